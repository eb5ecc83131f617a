/**
 * Ending an association gracefully (RFC 9260 9.2), with T2-shutdown and T5-shutdown-guard.
 * Owns: the SHUTDOWN states, the retransmission of SHUTDOWN and SHUTDOWN ACK.
 * Does not own: ABORT (wiring.ts), the data that still goes out before (outbound.ts).
 */
import type { Path } from "../paths/path.ts";
import type { Tcb } from "../tcb.ts";

const NEVER = Number.POSITIVE_INFINITY;

export class Teardown {
  t2DeadlineMs: number = NEVER;
  t5DeadlineMs: number = NEVER;
  readonly #tcb: Tcb;
  #retransmitCount = 0;
  #path: Path | undefined = undefined;
  /** The user asked before the association was established. */
  #requested = false;

  constructor(tcb: Tcb) {
    this.#tcb = tcb;
  }

  /** Whether the user has asked for a shutdown that has not begun yet. */
  get isRequested(): boolean {
    return this.#requested;
  }

  /** The SHUTDOWN primitive. Later ones are ignored (RFC 9260 9.2). */
  request(nowMs: number): void {
    const { state } = this.#tcb;
    if (state === "COOKIE-WAIT" || state === "COOKIE-ECHOED") this.#requested = true;
    if (state !== "ESTABLISHED") return;
    this.#requested = false;
    this.#tcb.setState("SHUTDOWN-PENDING");
    this.advance(nowMs);
  }

  /** Moves on once nothing is outstanding any more. Called after whatever may have emptied the queues. */
  advance(nowMs: number): void {
    const tcb = this.#tcb;
    if (!tcb.outbound.isIdle) return;
    if (tcb.state === "SHUTDOWN-PENDING") {
      tcb.setState("SHUTDOWN-SENT");
      const { shutdownGuardMs } = tcb.options;
      if (shutdownGuardMs > 0) this.t5DeadlineMs = nowMs + shutdownGuardMs;
      this.#begin(nowMs);
    } else if (tcb.state === "SHUTDOWN-RECEIVED") {
      tcb.setState("SHUTDOWN-ACK-SENT");
      this.#begin(nowMs);
    }
  }

  /** A SHUTDOWN arrived; its cumulative ack has been dealt with. @returns whether the user is to hear of it */
  onShutdown(source: Path, nowMs: number): boolean {
    const tcb = this.#tcb;
    switch (tcb.state) {
      case "ESTABLISHED":
      case "SHUTDOWN-PENDING":
        tcb.setState("SHUTDOWN-RECEIVED");
        this.#path = source;
        this.advance(nowMs);
        return true;
      case "SHUTDOWN-SENT":
        tcb.control.remove("SHUTDOWN");
        tcb.setState("SHUTDOWN-ACK-SENT");
        this.#path = source;
        this.#begin(nowMs);
        return false;
      case "SHUTDOWN-ACK-SENT":
        this.repeatShutdownAck(source);
        return false;
      default:
        return false;
    }
  }

  /** RFC 9260 9.2: in SHUTDOWN-SENT every packet with DATA is answered at once with a SHUTDOWN. */
  onDataInShutdownSent(source: Path, nowMs: number): void {
    this.#path = this.#tcb.replyPath(source);
    this.#retransmitCount = 0;
    this.#send();
    this.#arm(nowMs);
  }

  /** RFC 9260 9.2: any packet from the peer shows that it is alive, and gives it time for its queue. */
  onPacketInShutdownSent(nowMs: number): void {
    this.#retransmitCount = 0;
    this.#arm(nowMs);
  }

  /** RFC 9260 5.2.4 A, 9.2: the peer restarted or tries to, before it has heard our SHUTDOWN ACK. */
  repeatShutdownAck(source: Path): void {
    this.#tcb.control.remove("SHUTDOWN ACK");
    this.#tcb.control.push({ kind: "SHUTDOWN ACK" }, this.#tcb.replyPath(source));
  }

  /** @returns "abort" when the guard timer says that the shutdown takes too long */
  onTimeout(nowMs: number): "abort" | undefined {
    const tcb = this.#tcb;
    if (nowMs >= this.t5DeadlineMs) {
      this.stop();
      return "abort";
    }
    if (nowMs < this.t2DeadlineMs) return undefined;
    if (++this.#retransmitCount > tcb.options.associationMaxRetrans) {
      this.stop();
      tcb.close({ kind: "unreachable", during: "shutdown" });
      return undefined;
    }
    const path = this.#pathOrData();
    if (path !== undefined) {
      path.rto.backOff();
      tcb.paths.countError(path);
      this.#path = tcb.paths.alternateTo(path);
    }
    this.#send();
    this.#arm(nowMs);
    return undefined;
  }

  stop(): void {
    this.t2DeadlineMs = NEVER;
    this.t5DeadlineMs = NEVER;
  }

  #begin(nowMs: number): void {
    this.#retransmitCount = 0;
    this.#send();
    this.#arm(nowMs);
  }

  #send(): void {
    const tcb = this.#tcb;
    const path = this.#pathOrData();
    if (path === undefined) return;
    if (tcb.state === "SHUTDOWN-SENT") {
      tcb.control.remove("SHUTDOWN");
      tcb.control.push({ kind: "SHUTDOWN", cumulativeTsnAck: tcb.inbound.tsns.cumulativeTsn }, path);
    } else {
      this.repeatShutdownAck(path);
    }
  }

  #arm(nowMs: number): void {
    this.t2DeadlineMs = nowMs + (this.#pathOrData()?.rto.rtoMs ?? this.#tcb.options.rtoInitialMs);
  }

  #pathOrData(): Path | undefined {
    const chosen = this.#path;
    return chosen?.usable ? chosen : this.#tcb.paths.forData;
  }
}
