/**
 * What a valid State Cookie does to an association (RFC 9260 5.1 D, 5.2.4).
 * Owns: the paths of the answering side and which of them are confirmed, the COOKIE ACK, the reset by a restart.
 * Does not own: which case of Table 12 applies (src/stack/cookie-receiver.ts), what both sides of a handshake have in common
 * (establishment.ts).
 */
import type { Cause } from "../../chunks/causes.ts";
import { CauseCode } from "../../chunks/codes.ts";
import type { Agreement } from "../model/agreement.ts";
import type { ControlQueue } from "../model/control-queue.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
import type { Route, Seat } from "../model/seat.ts";
import { isSettingUp, sendsHeartbeats } from "../model/state.ts";
import type { LocalSources } from "../paths/local-sources.ts";
import type { Path } from "../paths/path.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { PeerAddresses } from "../paths/peer-addresses.ts";
import type { ReplyPaths } from "../paths/reply-paths.ts";
import type { UserEvents } from "../reporting/user-events.ts";
import type { Establishment } from "./establishment.ts";
import type { PathMonitor } from "./path-monitor.ts";
import type { Shutdown } from "./shutdown.ts";

export interface AcceptanceParts {
  readonly seat: Seat;
  readonly lifecycle: Lifecycle;
  readonly paths: PathSet;
  readonly addresses: PeerAddresses;
  readonly sources: LocalSources;
  readonly replyPaths: ReplyPaths;
  readonly control: ControlQueue<Path>;
  readonly events: UserEvents;
  readonly monitor: PathMonitor;
  readonly shutdown: Shutdown;
  readonly establishment: Establishment;
  /** The user has heard of the restart: extensions may have more to tell. */
  onAnnounced(): void;
}

/** A cookie that came back, and who sent it. */
export interface AcceptedCookie {
  readonly agreement: Agreement;
  /** The addresses that the INIT listed. */
  readonly addresses: readonly string[];
  /** Where the INIT ACK went: this address is vouched for (RFC 9260 5.4 rule 2). */
  readonly confirmed: Route;
  /** Where the COOKIE ECHO came from. */
  readonly source: Route;
}

export class Acceptance {
  readonly #parts: AcceptanceParts;

  constructor(parts: AcceptanceParts) {
    this.#parts = parts;
  }

  /** The association becomes what the cookie describes (RFC 9260 5.1 D). */
  accept(cookie: AcceptedCookie, nowMs: number): void {
    this.#parts.establishment.agree(cookie.agreement);
    this.#addPaths(cookie);
    this.#parts.lifecycle.enter("COOKIE-ECHOED"); // Passed through, so that the change to ESTABLISHED is one like any other.
    this.meetDuplicate(cookie.source, nowMs);
  }

  /** Action A: nothing that was learned of the peer holds any more, its list of addresses included. */
  restart(cookie: AcceptedCookie, nowMs: number): void {
    const { agreement, addresses, confirmed, source } = cookie;
    this.#noteTold(cookie, true);
    this.#parts.events.failUnsent();
    this.#parts.events.abortDeliveries();
    this.#parts.shutdown.stop();
    this.#parts.control.clear();
    this.#parts.addresses.keepOnly(new Set([confirmed.address, source.address, ...addresses]));
    for (const path of [...this.#parts.paths.all]) {
      path.reset();
      this.#parts.replyPaths.forget(path);
      const isOurs = this.#parts.addresses.claim(path.address); // It may have been given up, and be somebody else's by now.
      path.confirmed = isOurs && path.address === confirmed.address; // 5.4 rule 2
      if (!isOurs && this.#parts.paths.all.length > 1) this.#parts.addresses.remove(path);
    }
    this.#parts.establishment.restart(agreement, nowMs);
    const asker = this.#parts.paths.byAddress(source.address);
    if (asker !== undefined) this.#parts.sources.answerFrom(asker, source.localAddress, nowMs);
    this.#sendCookieAck(source, nowMs);
    this.#parts.events.restarted();
    this.#parts.onAnnounced();
  }

  /** Action B in the set-up: the peer sent its INIT after it had answered ours, under another tag; the cookie's tags hold. */
  adopt(cookie: AcceptedCookie, nowMs: number): void {
    this.#parts.establishment.agree(cookie.agreement);
    this.#addPaths(cookie);
    this.#parts.events.failInvalidStreams();
    this.meetDuplicate(cookie.source, nowMs);
  }

  /** Actions B and D: enters ESTABLISHED if it is not there yet, and sends a COOKIE ACK. */
  meetDuplicate(source: Route, nowMs: number): void {
    if (isSettingUp(this.#parts.lifecycle.state)) {
      this.#parts.control.remove("INIT", "COOKIE ECHO");
      this.#parts.establishment.complete(nowMs);
    }
    this.#sendCookieAck(source, nowMs);
  }

  /** Action A, 9.2: something tries to set up anew while our SHUTDOWN ACK is unanswered. */
  repeatShutdownAck(source: Route, cookieReceived: boolean): void {
    const path = this.#parts.paths.byAddress(source.address) ?? this.#parts.paths.forData;
    if (path === undefined) return;
    this.#parts.shutdown.repeatShutdownAck(path, path);
    if (!cookieReceived) return;
    const cause: Cause = {
      kind: "Cookie Received While Shutting Down",
      code: CauseCode.CookieReceivedWhileShuttingDown,
    };
    const { control, replyPaths } = this.#parts;
    const to = replyPaths.to(path);
    const localAddress = replyPaths.leavesFrom(to, path, source.localAddress);
    control.push({ kind: "ERROR", causes: [cause] }, to, localAddress);
  }

  /** RFC 9260 5.4 rule 2: only where the INIT ACK went is confirmed. */
  #addPaths(cookie: AcceptedCookie): void {
    this.#noteTold(cookie, false);
    const { addresses, confirmed, source } = cookie;
    const reachable = addresses.filter((address) => this.#parts.seat.canReach(address));
    for (const address of new Set([confirmed.address, source.address, ...reachable])) {
      const known = this.#parts.paths.byAddress(address);
      if (known !== undefined) {
        known.confirmed ||= address === confirmed.address;
        continue;
      }
      if (!this.#parts.addresses.claim(address)) continue;
      const route = address === source.address ? source : confirmed;
      this.#parts.addresses.add({
        address,
        localAddress: address === route.address ? route.localAddress : undefined,
        remoteUdpPort: route.remoteUdpPort,
        confirmed: address === confirmed.address,
      });
    }
  }

  /** The INIT ACK listed addresses of ours, and left from one; the COOKIE ECHO came to one. */
  #noteTold({ addresses, confirmed, source }: AcceptedCookie, anew: boolean): void {
    const { seat } = this.#parts;
    const listed = seat.advertisedAddresses([confirmed.address, ...addresses]);
    seat.tell([confirmed.localAddress, source.localAddress, ...listed], anew);
  }

  /**
   * RFC 9260 5.4: to an unconfirmed address a COOKIE ACK goes only beside a HEARTBEAT with a nonce. Where an end that waited
   * for this allows no more of those (8.3), it goes to a confirmed one.
   */
  #sendCookieAck(source: Route, nowMs: number): void {
    const { paths, sources, monitor, control, replyPaths, lifecycle } = this.#parts;
    const asker = paths.byAddress(source.address);
    const path =
      asker?.confirmed || sendsHeartbeats(lifecycle.state) ? (asker ?? paths.forData) : paths.forData;
    if (path === undefined) return;
    if (asker !== undefined) sources.onCameTo(asker, source.localAddress);
    const localAddress = replyPaths.leavesFrom(path, path, source.localAddress);
    if (!path.confirmed) monitor.sendHeartbeat(path, nowMs, localAddress);
    control.pushFront({ kind: "COOKIE ACK" }, path, localAddress);
  }
}
