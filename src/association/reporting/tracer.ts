/**
 * What one association tells the trace sink.
 * Owns: building trace events, and only where somebody listens; counting what was lost and which
 * timers expired.
 * Does not own: the sink, the events' meaning.
 */
import type { MessageStep, TimerName, TraceSink } from "../../base/trace-sink.ts";
import type { Deadlines } from "../model/deadlines.ts";
import type { AssociationState } from "../model/state.ts";
import type { Path } from "../paths/path.ts";
import type { RetransmitReason } from "../sending/loss-recovery.ts";
import type { OutboundObserver } from "../sending/outbound.ts";
import type { CongestionReason } from "../sending/path-feedback.ts";
import type { SentChunk } from "../sending/sent-chunk.ts";
import { PacketReasons } from "./packet-reasons.ts";
import type { Counters } from "./status.ts";
import { type RunningTimer, runningTimers, TimerWatch } from "./timer-watch.ts";

/** A message, or a part of one. */
interface TracedMessage {
  readonly data: Uint8Array;
  readonly streamId: number;
  readonly unordered: boolean;
  readonly ppid: number;
}

/** Made only where somebody listens. */
interface Watch {
  readonly sink: TraceSink;
  /** The association's id. */
  readonly association: number;
  /** Undefined where the sink does not ask for details. */
  readonly reasons: PacketReasons | undefined;
  readonly timers: TimerWatch;
}

export class Tracer implements OutboundObserver {
  /** The time of the call at hand. */
  nowMs = 0;
  readonly #watch: Watch | undefined;
  readonly #stats: Counters;

  /** @param association its id */
  constructor(sink: TraceSink | undefined, association: number, stats: Counters) {
    const reasons = sink?.detail === undefined ? undefined : new PacketReasons();
    this.#watch = sink && { sink, association, reasons, timers: new TimerWatch() };
    this.#stats = stats;
  }

  onStateChange(from: AssociationState, to: AssociationState): void {
    const watch = this.#watch;
    watch?.sink.event({ kind: "state", association: watch.association, from, to }, this.nowMs);
    if (to === "CLOSED") reviewTimers(watch, [], this.nowMs);
  }

  /** A timer has expired. @param path where it belongs to one */
  onTimer(timer: TimerName, path?: Path): void {
    if (timer === "T1-init" || timer === "T1-cookie") this.#stats.sctpAssocT1expireds++;
    if (timer === "T2-shutdown") this.#stats.sctpAssocT2expireds++;
    if (this.#watch === undefined) return;
    const { sink, association, reasons } = this.#watch;
    sink.event({ kind: "timer", association, timer, address: path?.address }, this.nowMs);
    reasons?.onTimer(timer, path?.address);
  }

  onPathStateChange(path: Path, reason: string): void {
    this.onPathNews(path.address, path.stateName, reason);
  }

  onPathNews(address: string, state: string, reason: string): void {
    const watch = this.#watch;
    watch?.sink.event({ kind: "path", association: watch.association, address, state, reason }, this.nowMs);
  }

  onRetransmit(path: Path, { tsn }: SentChunk, reason: RetransmitReason): void {
    this.#stats.retransmittedChunks++;
    path.retransmittedChunks++;
    if (this.#watch === undefined) return;
    const { sink, association, reasons } = this.#watch;
    sink.event({ kind: "retransmit", association, reason, address: path.address, tsn }, this.nowMs);
    reasons?.onRetransmit(tsn, reason);
  }

  onCongestionChange(path: Path, reason: CongestionReason): void {
    if (reason === "fast retransmit") this.#stats.fastRetransmits++;
    if (reason === "T3-rtx expired") this.#stats.timeouts++;
    if (this.#watch === undefined) return;
    const { sink, association } = this.#watch;
    const { address } = path;
    const { cwndBytes, ssthreshBytes } = path.congestion;
    const { flightBytes } = path.flight;
    sink.event(
      { kind: "congestion", association, address, reason, cwndBytes, ssthreshBytes, flightBytes },
      this.nowMs,
    );
  }

  /** The path carries larger or smaller packets from now on. @param search what is known of that */
  onPacketSizeChange({ address, maxPacketBytes }: Path, search: string): void {
    const watch = this.#watch;
    const { nowMs } = this;
    watch?.sink.event(
      { kind: "packet-size", association: watch.association, address, maxPacketBytes, search },
      nowMs,
    );
  }

  onRttSample(path: Path, sampleMs: number): void {
    if (this.#watch === undefined) return;
    const { sink, association } = this.#watch;
    const { address } = path;
    const { srttMs, rtoMs } = path.rto;
    sink.event({ kind: "rtt", association, address, sampleMs, srttMs, rtoMs }, this.nowMs);
  }

  /** The packet is about to leave. Only to be called where the sink asks for details. */
  onSending(packet: Uint8Array, path: Path, nowMs: number): void {
    if (this.#watch?.reasons === undefined) return;
    const { sink, association, reasons } = this.#watch;
    const { address } = path;
    for (const piece of reasons.newPieces(packet)) {
      const { streamId, unordered, bytes, tsn } = piece;
      sink.detail?.(
        { kind: "message", association, step: "cut", streamId, unordered, bytes, ppid: undefined, tsn },
        nowMs,
      );
    }
    sink.detail?.({ kind: "sending", association, address, reasons: reasons.of(packet, path) }, nowMs);
  }

  /** What has become of a message. */
  onMessage(step: Exclude<MessageStep, "cut">, message: TracedMessage, nowMs: number): void {
    if (this.#watch?.sink.detail === undefined) return;
    const { sink, association } = this.#watch;
    const { streamId, unordered, ppid } = message;
    const bytes = message.data.length;
    sink.detail?.(
      { kind: "message", association, step, streamId, unordered, bytes, ppid, tsn: undefined },
      nowMs,
    );
  }

  /** All that was to be done has been done. Only to be called where the sink asks for details. */
  onSettled(deadlines: Deadlines, paths: readonly Path[], nowMs: number): void {
    reviewTimers(this.#watch, runningTimers(deadlines, paths), nowMs);
  }
}

/** No method of the tracer: a class with private methods has a slot more in each object. */
function reviewTimers(watch: Watch | undefined, running: readonly RunningTimer[], nowMs: number): void {
  if (watch?.sink.detail === undefined) return;
  const { sink, association, timers } = watch;
  timers.review(
    running,
    nowMs,
    (one) => sink.detail?.({ kind: "timer-set", association, ...one }, nowMs),
    ({ timer, address }) => sink.detail?.({ kind: "timer-cancelled", association, timer, address }, nowMs),
  );
}
