/**
 * What a valid State Cookie does to an association (RFC 9260 5.1 D, 5.2.4).
 * Owns: the paths of the answering side and which of them are confirmed, the COOKIE ACK, the reset by a restart.
 * Does not own: which case of Table 12 applies (src/stack/cookie-receiver.ts), events.
 */
import type { Association } from "../association.ts";
import type { AssociationHost, Route } from "../model/host.ts";
import { isSettingUp } from "../model/state.ts";
import type { Agreement, Tcb } from "../tcb.ts";
import type { PathMonitor } from "./path-monitor.ts";

export class Acceptance {
  readonly #tcb: Tcb;
  readonly #host: AssociationHost;
  readonly #association: Association;
  readonly #monitor: PathMonitor;

  constructor(tcb: Tcb, host: AssociationHost, association: Association, monitor: PathMonitor) {
    this.#tcb = tcb;
    this.#host = host;
    this.#association = association;
    this.#monitor = monitor;
  }

  /** RFC 9260 5.4 rule 2: only where the INIT ACK went is confirmed. */
  addPaths(addresses: readonly string[], confirmed: Route, source: Route): void {
    for (const address of new Set([confirmed.address, source.address, ...addresses])) {
      const known = this.#tcb.paths.byAddress(address);
      if (known !== undefined) {
        known.confirmed ||= address === confirmed.address;
        continue;
      }
      if (!this.#tcb.mayClaim(address)) continue;
      const route = address === source.address ? source : confirmed;
      const localAddress =
        address === route.address
          ? route.localAddress
          : this.#host.localAddressFor(this.#association, address);
      this.#tcb.addPath(address, localAddress, route.remoteUdpPort, address === confirmed.address);
    }
  }

  /** Action A: nothing that was learned of the peer holds any more, its list of addresses included. */
  restart(
    agreement: Agreement,
    addresses: readonly string[],
    confirmed: string,
    source: string,
    nowMs: number,
  ): void {
    const tcb = this.#tcb;
    const listed = new Set([confirmed, source, ...addresses]);
    tcb.control.clear();
    for (const path of [...tcb.paths.all]) {
      if (!listed.has(path.address) && tcb.paths.all.length > 1) {
        tcb.removePath(path);
        continue;
      }
      path.reset();
      path.confirmed = path.address === confirmed; // 5.4 rule 2
    }
    tcb.errorCount = 0;
    tcb.sackPath = undefined;
    tcb.agree(agreement);
    tcb.setState("ESTABLISHED");
    this.#monitor.start(nowMs);
    this.sendCookieAck(source, nowMs);
  }

  /** Action B: the peer sent its INIT after it had answered ours, under another tag. */
  adopt(agreement: Agreement, addresses: readonly string[], source: Route): void {
    if (isSettingUp(this.#tcb.state)) {
      this.#tcb.agree(agreement);
      this.addPaths(addresses, source, source);
    } else {
      this.#tcb.peerTag = agreement.peerTag;
    }
  }

  /** RFC 9260 5.4: to an unconfirmed address a COOKIE ACK goes only beside a HEARTBEAT with a nonce. */
  sendCookieAck(source: string, nowMs: number): void {
    const path = this.#tcb.paths.byAddress(source) ?? this.#tcb.paths.forData;
    if (path === undefined) return;
    if (!path.confirmed) this.#monitor.sendHeartbeat(path, nowMs);
    this.#tcb.control.pushFront({ kind: "COOKIE ACK" }, path);
  }
}
