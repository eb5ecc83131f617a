/**
 * What one association tells the trace sink.
 * Owns: building trace events, and only where somebody listens. Does not own: the sink, the events' meaning.
 */
import type { TraceSink } from "../trace/sink.ts";
import type { CongestionReason, RetransmitReason } from "./outbound.ts";
import type { Path } from "./path.ts";
import type { AssociationState } from "./state.ts";

export class Tracer {
  readonly #sink: TraceSink | undefined;
  readonly #association: number;

  /** @param association its id */
  constructor(sink: TraceSink | undefined, association: number) {
    this.#sink = sink;
    this.#association = association;
  }

  stateChange(from: AssociationState, to: AssociationState, nowMs: number): void {
    this.#sink?.event({ kind: "state", association: this.#association, from, to }, nowMs);
  }

  pathStateChange(path: Path, reason: string, nowMs: number): void {
    const { address, stateName: state } = path;
    this.#sink?.event({ kind: "path", association: this.#association, address, state, reason }, nowMs);
  }

  retransmit(path: Path, tsn: number, reason: RetransmitReason, nowMs: number): void {
    const { address } = path;
    this.#sink?.event({ kind: "retransmit", association: this.#association, reason, address, tsn }, nowMs);
  }

  congestionChange(path: Path, reason: CongestionReason, nowMs: number): void {
    if (this.#sink === undefined) return;
    const { address } = path;
    const { cwndBytes, ssthreshBytes } = path.congestion;
    const { flightBytes } = path.flight;
    const association = this.#association;
    this.#sink.event(
      { kind: "congestion", association, address, reason, cwndBytes, ssthreshBytes, flightBytes },
      nowMs,
    );
  }

  rttSample(path: Path, sampleMs: number, nowMs: number): void {
    if (this.#sink === undefined) return;
    const { address } = path;
    const { srttMs, rtoMs } = path.rto;
    this.#sink.event(
      { kind: "rtt", association: this.#association, address, sampleMs, srttMs, rtoMs },
      nowMs,
    );
  }
}
