/**
 * What one association tells the trace sink.
 * Owns: building trace events, and only where somebody listens; counting what was lost and which
 * timers expired.
 * Does not own: the sink, the events' meaning.
 */
import type { TimerName, TraceSink } from "../../base/trace-sink.ts";
import type { AssociationState } from "../model/state.ts";
import type { Path } from "../paths/path.ts";
import type { OutboundObserver, RetransmitReason } from "../sending/outbound.ts";
import type { CongestionReason } from "../sending/path-feedback.ts";
import type { SentChunk } from "../sending/sent-chunk.ts";
import type { Counters } from "./status.ts";

export class Tracer implements OutboundObserver {
  /** The time of the call at hand. */
  nowMs = 0;
  readonly #sink: TraceSink | undefined;
  readonly #association: number;
  readonly #stats: Counters;

  /** @param association its id */
  constructor(sink: TraceSink | undefined, association: number, stats: Counters) {
    this.#sink = sink;
    this.#association = association;
    this.#stats = stats;
  }

  onStateChange(from: AssociationState, to: AssociationState): void {
    this.#sink?.event({ kind: "state", association: this.#association, from, to }, this.nowMs);
  }

  /** A timer has expired. @param path where it belongs to one */
  onTimer(timer: TimerName, path?: Path): void {
    if (timer === "T1-init" || timer === "T1-cookie") this.#stats.sctpAssocT1expireds++;
    if (timer === "T2-shutdown") this.#stats.sctpAssocT2expireds++;
    if (this.#sink === undefined) return;
    this.#sink.event(
      { kind: "timer", association: this.#association, timer, address: path?.address },
      this.nowMs,
    );
  }

  onPathStateChange(path: Path, reason: string): void {
    this.onPathNews(path.address, path.stateName, reason);
  }

  onPathNews(address: string, state: string, reason: string): void {
    this.#sink?.event({ kind: "path", association: this.#association, address, state, reason }, this.nowMs);
  }

  onRetransmit(path: Path, { tsn }: SentChunk, reason: RetransmitReason): void {
    this.#stats.retransmittedChunks++;
    path.retransmittedChunks++;
    const { address } = path;
    this.#sink?.event(
      { kind: "retransmit", association: this.#association, reason, address, tsn },
      this.nowMs,
    );
  }

  onCongestionChange(path: Path, reason: CongestionReason): void {
    if (reason === "fast retransmit") this.#stats.fastRetransmits++;
    if (reason === "T3-rtx expired") this.#stats.timeouts++;
    if (this.#sink === undefined) return;
    const { address } = path;
    const { cwndBytes, ssthreshBytes } = path.congestion;
    const { flightBytes } = path.flight;
    const association = this.#association;
    this.#sink.event(
      { kind: "congestion", association, address, reason, cwndBytes, ssthreshBytes, flightBytes },
      this.nowMs,
    );
  }

  /** The path carries larger or smaller packets from now on. @param search what is known of that */
  onPacketSizeChange({ address, maxPacketBytes }: Path, search: string): void {
    const association = this.#association;
    this.#sink?.event({ kind: "packet-size", association, address, maxPacketBytes, search }, this.nowMs);
  }

  onRttSample(path: Path, sampleMs: number): void {
    if (this.#sink === undefined) return;
    const { address } = path;
    const { srttMs, rtoMs } = path.rto;
    this.#sink.event(
      { kind: "rtt", association: this.#association, address, sampleMs, srttMs, rtoMs },
      this.nowMs,
    );
  }
}
