/**
 * Watching the paths of one association (RFC 9260 8).
 * Owns: what expired T3-rtx and heartbeat deadlines do to error counts, and the sending of HEARTBEATs.
 * Does not own: the error limits of single paths (path-set.ts), the contents of a HEARTBEAT (heartbeats.ts).
 */
import { ParameterType } from "../chunks/codes.ts";
import { encodeParameter } from "../chunks/parameters.ts";
import type { RandomSource } from "../platform/random.ts";
import { Heartbeats } from "./heartbeats.ts";
import type { Path } from "./path.ts";
import type { Tcb } from "./tcb.ts";

const NEVER = Number.POSITIVE_INFINITY;

export class PathMonitor {
  readonly #tcb: Tcb;
  readonly #heartbeats: Heartbeats;

  constructor(tcb: Tcb, random: RandomSource) {
    this.#tcb = tcb;
    this.#heartbeats = new Heartbeats(random);
  }

  /** The association is established: idle paths are watched, unconfirmed ones probed (RFC 9260 5.4). */
  start(nowMs: number): void {
    let unconfirmed = 0;
    for (const path of this.#tcb.paths.all) {
      if (path.confirmed) {
        this.#heartbeats.schedule(path, nowMs);
      } else {
        const round = Math.floor(unconfirmed++ / this.#tcb.options.heartbeatMaxBurst);
        path.heartbeatDeadlineMs = nowMs + round * path.rto.rtoMs;
      }
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
      if (nowMs >= path.t3DeadlineMs) this.#onT3(path);
      if (nowMs >= path.heartbeatAckDeadlineMs) this.#onHeartbeatUnanswered(path, nowMs);
      if (nowMs >= path.heartbeatDeadlineMs) this.#onHeartbeatDue(path, nowMs);
      if (this.#tcb.state === "CLOSED") return;
    }
  }

  /** Sends a HEARTBEAT at once (RFC 9260 11.1.10). */
  sendHeartbeat(path: Path, nowMs: number): void {
    const info = this.#heartbeats.begin(path, nowMs);
    const parameters = encodeParameter({ kind: "Heartbeat Info", type: ParameterType.HeartbeatInfo, info });
    this.#tcb.control.push({ kind: "HEARTBEAT", parameters, info }, path);
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

  #onT3(path: Path): void {
    if (!this.#tcb.outbound.onT3(path)) return;
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
    // 5.4: an unconfirmed path is probed once per RTO until it is given up.
    if (!path.confirmed && path.active) path.heartbeatDeadlineMs = nowMs;
  }

  #onHeartbeatDue(path: Path, nowMs: number): void {
    const probing = !path.confirmed && path.active;
    if (probing || this.#heartbeats.isIdle(path, nowMs)) this.sendHeartbeat(path, nowMs);
    if (probing) path.heartbeatDeadlineMs = NEVER;
    else this.#heartbeats.schedule(path, nowMs);
  }
}
