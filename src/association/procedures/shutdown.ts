/**
 * Ending an association gracefully (RFC 9260 9.2), with T2-shutdown and T5-shutdown-guard.
 * Owns: the SHUTDOWN states, the retransmission of SHUTDOWN and SHUTDOWN ACK.
 * Does not own: reading the peer's SHUTDOWN chunks (shutdown-receiver.ts), ABORT and the end itself (termination.ts), the data
 * that still goes out before (sending/outbound.ts).
 */

import { shutdownGuardMsOf } from "../../base/options.ts";
import type { TimerName } from "../../base/trace-sink.ts";
import type { ControlQueue } from "../model/control-queue.ts";
import type { TimedPart } from "../model/deadlines.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
import type { Seat } from "../model/seat.ts";
import type { Settings } from "../model/settings.ts";
import type { LocalSources } from "../paths/local-sources.ts";
import type { Path } from "../paths/path.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { ReplyPaths } from "../paths/reply-paths.ts";
import type { Inbound } from "../receiving/inbound.ts";
import type { Tracer } from "../reporting/tracer.ts";
import type { Outbound } from "../sending/outbound.ts";
import type { PathMonitor } from "./path-monitor.ts";
import type { Termination } from "./termination.ts";

const NEVER = Number.POSITIVE_INFINITY;

export interface ShutdownParts {
  readonly seat: Seat;
  readonly settings: Settings;
  readonly lifecycle: Lifecycle;
  readonly paths: PathSet;
  readonly sources: LocalSources;
  readonly replyPaths: ReplyPaths;
  readonly control: ControlQueue<Path>;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly monitor: PathMonitor;
  readonly termination: Termination;
  readonly tracer: Tracer;
}

export class Shutdown implements TimedPart {
  readonly #parts: ShutdownParts;
  /** Undefined, not Infinity, while they do not run: a number that is no small integer takes memory of its own. */
  #t2DeadlineMs: number | undefined = undefined;
  #t5DeadlineMs: number | undefined = undefined;
  #retransmitCount = 0;
  #path: Path | undefined = undefined;
  /** The user has asked, which nothing takes back. */
  #requested = false;

  constructor(parts: ShutdownParts) {
    this.#parts = parts;
  }

  /** Whether the user has ended the association: maybe before it was established, or while its peer was another one. */
  get isRequested(): boolean {
    return this.#requested;
  }

  get deadlineMs(): number {
    return Math.min(this.#t2DeadlineMs ?? NEVER, this.#t5DeadlineMs ?? NEVER);
  }

  get timer(): TimerName {
    return (this.#t5DeadlineMs ?? NEVER) <= (this.#t2DeadlineMs ?? NEVER)
      ? "T5-shutdown-guard"
      : "T2-shutdown";
  }

  /** The SHUTDOWN primitive. Later ones are ignored (RFC 9260 9.2). Before the set-up is complete it waits for that. */
  request(nowMs: number): void {
    this.#requested = true;
    this.#startGuard(nowMs);
    this.begin(nowMs);
  }

  /** Leaves ESTABLISHED; in any other state nothing happens. */
  begin(nowMs: number): void {
    if (this.#parts.lifecycle.state !== "ESTABLISHED") return;
    this.#parts.lifecycle.enter("SHUTDOWN-PENDING");
    this.#startGuard(nowMs);
    this.advance(nowMs);
  }

  /**
   * Moves on once nothing is outstanding any more. Called after whatever may have emptied the queues.
   * @param asker where the SHUTDOWN came from that is being read
   */
  advance(nowMs: number, asker?: Path): void {
    if (!this.#parts.outbound.isIdle) return;
    const { state } = this.#parts.lifecycle;
    if (state === "SHUTDOWN-PENDING") {
      this.#parts.lifecycle.enter("SHUTDOWN-SENT");
      this.#sendFirst(nowMs);
    } else if (state === "SHUTDOWN-RECEIVED") {
      this.#parts.lifecycle.enter("SHUTDOWN-ACK-SENT");
      this.#sendFirst(nowMs, asker);
    }
  }

  /** A SHUTDOWN arrived; its cumulative ack has been dealt with. @returns whether the user is to hear of it */
  onShutdown(source: Path, nowMs: number): boolean {
    switch (this.#parts.lifecycle.state) {
      case "ESTABLISHED":
      case "SHUTDOWN-PENDING":
        this.#parts.lifecycle.enter("SHUTDOWN-RECEIVED");
        this.#startGuard(nowMs);
        this.#path = source;
        this.advance(nowMs, source);
        return true;
      case "SHUTDOWN-SENT":
        this.#parts.control.remove("SHUTDOWN");
        this.#parts.lifecycle.enter("SHUTDOWN-ACK-SENT");
        this.#path = source;
        this.#sendFirst(nowMs, source);
        return false;
      case "SHUTDOWN-ACK-SENT":
        this.repeatShutdownAck(source, source);
        return false;
      default:
        return false;
    }
  }

  /**
   * RFC 9260 9.2: in SHUTDOWN-SENT every packet with DATA is answered at once with a SHUTDOWN; with a SACK beside it for
   * what a cumulative ack cannot say: gaps, and the window.
   */
  onDataInShutdownSent(source: Path, nowMs: number): void {
    const inbound = this.#parts.inbound;
    if (inbound.hasSackNews) inbound.sackPolicy.sendNow();
    else inbound.sackPolicy.onSackSent();
    this.#path = this.#parts.replyPaths.to(source);
    this.#retransmitCount = 0;
    this.#send(source);
    this.#arm(nowMs);
  }

  /** RFC 9260 9.2: any packet from the peer shows that it is alive, and gives it time for its queue. */
  onPacketInShutdownSent(nowMs: number): void {
    this.#retransmitCount = 0;
    this.#arm(nowMs);
  }

  /**
   * RFC 9260 5.2.4 A, 9.2: the peer restarted or tries to, before it has heard our SHUTDOWN ACK.
   * @param asker where the packet came from that asks for it, if one does
   */
  repeatShutdownAck(path: Path, asker?: Path): void {
    this.#parts.control.remove("SHUTDOWN ACK");
    const to = this.#parts.replyPaths.to(path);
    this.#parts.control.push({ kind: "SHUTDOWN ACK" }, to, this.#leavesFrom(to, asker));
  }

  onTimeout(nowMs: number): void {
    if (nowMs >= (this.#t5DeadlineMs ?? NEVER)) {
      this.#parts.tracer.onTimer("T5-shutdown-guard");
      this.#parts.termination.abandonShutdown();
      return;
    }
    const path = this.#pathOrData();
    this.#parts.tracer.onTimer("T2-shutdown", path);
    if (++this.#retransmitCount > this.#parts.settings.options.associationMaxRetrans) {
      this.#parts.termination.giveUp("shutdown");
      return;
    }
    if (path !== undefined) {
      path.rto.backOff();
      this.#path = this.#parts.sources.onTimeout(path, nowMs);
      this.#parts.paths.countError(path);
    }
    this.#parts.seat.scratch.writer.discountRepeated();
    this.#send();
    this.#arm(nowMs);
  }

  /**
   * The peer restarted: what was under way is over, and where it took place may be no address of the peer's any more. What
   * the user has ended stays guarded from when that was: a peer that restarts again and again cannot prolong it.
   */
  stop(): void {
    this.#path = undefined;
    this.#t2DeadlineMs = undefined;
    if (!this.#requested) this.#t5DeadlineMs = undefined;
  }

  /**
   * RFC 9260 9.2: from the first that either side says of an end, whatever the state: a peer that answers and never takes
   * what is queued would keep the association for ever, as nothing counts as an error.
   */
  #startGuard(nowMs: number): void {
    if (this.#t5DeadlineMs !== undefined || this.#parts.termination.isOver) return;
    const guardMs = shutdownGuardMsOf(this.#parts.settings.options);
    if (guardMs > 0) this.#t5DeadlineMs = nowMs + guardMs;
  }

  /** RFC 9260 8.3: no heartbeats once SHUTDOWN or SHUTDOWN ACK has been sent. */
  #sendFirst(nowMs: number, asker?: Path): void {
    this.#parts.monitor.stop();
    this.#retransmitCount = 0;
    this.#send(asker);
    this.#arm(nowMs);
  }

  #send(asker?: Path): void {
    const path = this.#pathOrData();
    if (path === undefined) return;
    if (this.#parts.lifecycle.state === "SHUTDOWN-SENT") {
      this.#parts.control.remove("SHUTDOWN");
      this.#parts.control.push(
        { kind: "SHUTDOWN", cumulativeTsnAck: this.#parts.inbound.tsns.cumulativeTsn },
        path,
        this.#leavesFrom(path, asker),
      );
    } else {
      this.repeatShutdownAck(path, asker);
    }
  }

  /** What is asked for leaves from where it was asked for; the rest from where the path leaves. */
  #leavesFrom(path: Path, asker: Path | undefined): string | undefined {
    const { replyPaths, seat } = this.#parts;
    return asker && replyPaths.leavesFrom(path, asker, seat.scratch.cameTo);
  }

  #arm(nowMs: number): void {
    this.#t2DeadlineMs = nowMs + (this.#pathOrData()?.rto.rtoMs ?? this.#parts.settings.options.rtoInitialMs);
  }

  #pathOrData(): Path | undefined {
    const chosen = this.#path;
    const { all, forData } = this.#parts.paths;
    return chosen?.usable && all.includes(chosen) ? chosen : forData; // The peer may have removed it (RFC 5061).
  }
}
