/**
 * Watching the paths of one association (RFC 9260 8).
 * Owns: what expired T3-rtx and heartbeat deadlines do to error counts, and the sending of HEARTBEATs.
 * Does not own: the error limits of single paths (path-set.ts), the contents of a HEARTBEAT (heartbeats.ts).
 */
import { ParameterType } from "../../chunks/codes.ts";
import { encodeParameter } from "../../chunks/parameters.ts";
import type { AssociationHost } from "../model/host.ts";
import type { Path } from "../paths/path.ts";
import type { Tcb } from "../tcb.ts";
import { Heartbeats } from "./heartbeats.ts";

const NEVER = Number.POSITIVE_INFINITY;

export class PathMonitor {
  readonly #tcb: Tcb;
  readonly #host: AssociationHost;
  readonly #heartbeats: Heartbeats;
  /** RFC 9260 5.4: the RTO at hand, in which HB.Max.Burst unconfirmed addresses are probed, and how many still may be. */
  #probeTurnEndsMs: number = Number.NEGATIVE_INFINITY;
  #probesLeft = 0;

  constructor(tcb: Tcb, host: AssociationHost) {
    this.#tcb = tcb;
    this.#host = host;
    this.#heartbeats = new Heartbeats(host.platform.random);
  }

  /** The association is established: idle paths are watched, unconfirmed ones probed (RFC 9260 5.4). */
  start(nowMs: number): void {
    for (const path of this.#tcb.paths.all) {
      if (path.confirmed) this.#heartbeats.schedule(path, nowMs);
      else path.heartbeatDeadlineMs = nowMs;
    }
  }

  stop(): void {
    for (const path of this.#tcb.paths.all) this.#heartbeats.stop(path);
    this.#tcb.control.remove("HEARTBEAT");
  }

  /** The heartbeat parameters of a path have changed. */
  reschedule(path: Path, nowMs: number): void {
    if (path.confirmed && this.#tcb.state === "ESTABLISHED") this.#heartbeats.schedule(path, nowMs);
  }

  onTimeout(nowMs: number): void {
    for (const path of [...this.#tcb.paths.all]) {
      if (nowMs >= path.t3DeadlineMs) this.#onT3(path, nowMs);
      if (nowMs >= path.heartbeatAckDeadlineMs) this.#onHeartbeatUnanswered(path, nowMs);
      if (nowMs >= path.heartbeatDeadlineMs && !isProbed(path)) this.#onHeartbeatDue(path, nowMs);
      if (this.#tcb.state === "CLOSED") return;
    }
    this.#probe(nowMs);
  }

  /** Sends a HEARTBEAT at once (RFC 9260 11.1.10). */
  sendHeartbeat(path: Path, nowMs: number): void {
    const info = this.#heartbeats.begin(path, nowMs);
    const parameters = encodeParameter({ kind: "Heartbeat Info", type: ParameterType.HeartbeatInfo, info });
    this.#tcb.control.push({ kind: "HEARTBEAT", parameters, info }, path);
  }

  /** Sends a HEARTBEAT whose answer nothing waits for: the timer of what it travels with repeats both. */
  sendUntimedHeartbeat(path: Path, nowMs: number): void {
    this.sendHeartbeat(path, nowMs);
    path.heartbeatAckDeadlineMs = NEVER;
  }

  /** RFC 9260 8.3, 5.4. An answer that is not genuine is ignored. */
  onHeartbeatAck(info: Uint8Array | undefined, nowMs: number): void {
    if (info === undefined) return;
    for (const path of this.#tcb.paths.all) {
      if (!this.#heartbeats.isAnswer(path, info)) continue;
      path.heartbeatOutstanding = false;
      path.heartbeatAckDeadlineMs = NEVER;
      path.rto.sample(nowMs - path.heartbeatSentAtMs);
      this.#tcb.errorCount = 0;
      if (!path.confirmed && !this.#tcb.mayClaim(path.address)) return this.#tcb.removePath(path);
      this.#tcb.paths.confirm(path);
      this.#tcb.paths.clearErrors(path, "HEARTBEAT answered");
      this.#heartbeats.schedule(path, nowMs);
      return;
    }
  }

  /** RFC 9260 8.1: one more consecutive error of the association. */
  #countAssociationError(): void {
    const tcb = this.#tcb;
    if (++tcb.errorCount > tcb.options.associationMaxRetrans)
      tcb.close({ kind: "unreachable", during: "transfer" });
  }

  #onT3(path: Path, nowMs: number): void {
    if (!this.#tcb.outbound.onT3(path, nowMs)) return;
    this.#tcb.paths.countError(path);
    this.#countAssociationError();
  }

  #onHeartbeatUnanswered(path: Path, nowMs: number): void {
    path.heartbeatAckDeadlineMs = NEVER;
    path.heartbeatOutstanding = false;
    path.rto.backOff();
    this.#tcb.paths.countError(path);
    // 8.1: only the path that carries data counts against the association; 5.4: a probe of an unconfirmed one never.
    if (path.confirmed && path === this.#tcb.paths.forData) this.#countAssociationError();
    if (path.confirmed) return;
    if (this.#tcb.paths.all.every(({ confirmed, active }) => !confirmed && !active)) {
      // No address was ever vouched for, and none answers: there is nobody there, and nothing else would find out.
      this.#tcb.close({ kind: "unreachable", during: "transfer" });
      return;
    }
    // 5.4: an unconfirmed path is probed once per RTO until it is given up, and at the rate of an idle one from then on.
    if (path.active) {
      path.heartbeatDeadlineMs = nowMs;
      return;
    }
    this.#heartbeats.schedule(path, nowMs);
    this.#tcb.unclaim(path); // RFC 5062 2: who lists an address without having it does not hold it for ever.
  }

  #onHeartbeatDue(path: Path, nowMs: number): void {
    if (path.heartbeatAckDeadlineMs !== NEVER) {
      // A backed-off RTO may be longer than HB.interval and the jitter: the answer has its time, or the error counts.
      path.heartbeatDeadlineMs = path.heartbeatAckDeadlineMs;
      return;
    }
    const idle = this.#heartbeats.isIdle(path, nowMs);
    if (idle && (path.confirmed || this.#host.mayProbe(nowMs))) this.sendHeartbeat(path, nowMs);
    this.#heartbeats.schedule(path, nowMs);
  }

  /**
   * RFC 9260 5.4, RFC 5062 6.3: of the unconfirmed addresses that are due, those that have waited longest are probed,
   * HB.Max.Burst of them in an RTO; the others wait for the next one. The peer's list may name the addresses of victims.
   */
  #probe(nowMs: number): void {
    for (let path = this.#nextToProbe(nowMs); path !== undefined; path = this.#nextToProbe(nowMs)) {
      if (nowMs >= this.#probeTurnEndsMs) {
        this.#probeTurnEndsMs = nowMs + (this.#tcb.paths.forData ?? path).rto.rtoMs;
        this.#probesLeft = this.#tcb.options.heartbeatMaxBurst;
      }
      if (this.#probesLeft === 0 || !this.#host.mayProbe(nowMs)) {
        path.heartbeatDeadlineMs = this.#probeTurnEndsMs;
      } else {
        this.#probesLeft--;
        this.sendHeartbeat(path, nowMs);
        path.heartbeatDeadlineMs = NEVER;
      }
    }
  }

  #nextToProbe(nowMs: number): Path | undefined {
    let next: Path | undefined;
    for (const path of this.#tcb.paths.all) {
      if (nowMs < path.heartbeatDeadlineMs || !isProbed(path)) continue;
      if (next === undefined || path.heartbeatSentAtMs < next.heartbeatSentAtMs) next = path;
    }
    return next;
  }
}

/** Neither confirmed nor given up. */
function isProbed(path: Path): boolean {
  return !path.confirmed && path.active;
}
