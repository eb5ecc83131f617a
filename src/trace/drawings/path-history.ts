/**
 * What a stack tells of its paths over time: windows and round trips.
 * Owns: taking it down, within a limit. Does not own: drawing it (path-plot.ts).
 */
import type { TraceEvent, TraceSink } from "../../base/trace-sink.ts";

/** What a sender allowed itself, as it was from `atMs` on. */
export interface WindowSample {
  readonly atMs: number;
  readonly cwndBytes: number;
  readonly ssthreshBytes: number;
  readonly flightBytes: number;
}

/** A round trip that was measured, and what followed from it. */
export interface RoundTripSample {
  readonly atMs: number;
  readonly sampleMs: number;
  readonly srttMs: number;
  readonly rtoMs: number;
}

export interface PathSeries {
  /** The peer's. */
  readonly address: string;
  readonly windows: readonly WindowSample[];
  readonly roundTrips: readonly RoundTripSample[];
}

/** Of each series; later ones are left out. */
const MAX_SAMPLES = 100_000;
const MAX_PATHS = 64;

interface Series {
  readonly address: string;
  readonly windows: WindowSample[];
  readonly roundTrips: RoundTripSample[];
}

/** A trace sink that keeps the history of each path of one host. */
export class PathHistory implements TraceSink {
  readonly #series = new Map<string, Series>();

  /** In the order in which they were first heard of. */
  get paths(): readonly PathSeries[] {
    return [...this.#series.values()];
  }

  packet(): void {
    // Paths are told of by events.
  }

  event(event: TraceEvent, nowMs: number): void {
    if (event.kind !== "congestion" && event.kind !== "rtt") return;
    const series = this.#seriesOf(event.address);
    if (event.kind === "congestion") {
      const { cwndBytes, ssthreshBytes, flightBytes } = event;
      if (series.windows.length < MAX_SAMPLES)
        series.windows.push({ atMs: nowMs, cwndBytes, ssthreshBytes, flightBytes });
    } else if (series.roundTrips.length < MAX_SAMPLES) {
      const { sampleMs, srttMs, rtoMs } = event;
      series.roundTrips.push({ atMs: nowMs, sampleMs, srttMs, rtoMs });
    }
  }

  #seriesOf(address: string): Series {
    const known = this.#series.get(address);
    if (known !== undefined) return known;
    const series: Series = { address, windows: [], roundTrips: [] };
    if (this.#series.size < MAX_PATHS) this.#series.set(address, series);
    return series;
  }
}
