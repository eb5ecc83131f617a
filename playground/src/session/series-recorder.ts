/**
 * What every path was like over virtual time, for plots.
 * Owns: taking it down from snapshots, within a limit: old samples are thinned. Does not own: the plots (src/views/plots), snapshots
 * (snapshot.ts), going back: who does so begins with another recorder (player.ts).
 */
import type { PathInfo } from "../../../src/core.ts";
import type { AssociationSnapshot } from "./snapshot.ts";

/** What of a snapshot is taken down. */
export interface PathsSnapshot {
  readonly nowMs: number;
  readonly hosts: readonly { readonly name: string; readonly associations: readonly EndOfPaths[] }[];
}

type EndOfPaths = Pick<AssociationSnapshot, "id" | "status" | "stats" | "paths">;

/** A path as it was from `atMs` on. */
export interface PathSample {
  readonly atMs: number;
  readonly cwndBytes: number;
  readonly ssthreshBytes: number;
  readonly flightBytes: number;
  /** What the peer could still take. */
  readonly rwndBytes: number;
  /** Undefined before the first measurement. */
  readonly srttMs: number | undefined;
  readonly rtoMs: number;
}

/** When a sender took something for lost, and by what. */
export interface LossMark {
  readonly atMs: number;
  readonly by: "fast retransmit" | "timeout";
}

export interface PathRecord {
  readonly host: string;
  /** The peer's. */
  readonly address: string;
  readonly samples: readonly PathSample[];
  /** By the association's counters, where the path's window or RTO says that it was this one. */
  readonly losses: readonly LossMark[];
}

/** When a series has more samples than this, every second one of its older half is left out. */
const MAX_SAMPLES = 2_000;
const MAX_LOSSES = 500;
const MAX_PATHS = 32;

interface Series {
  readonly host: string;
  readonly address: string;
  /** Of the association that was seen last; a restarted one goes on in the same series. */
  id: number;
  samples: PathSample[];
  losses: LossMark[];
  counts: LossCounts;
}

/** Of the last moment. */
interface LossCounts {
  readonly fastRetransmits: number;
  readonly timeouts: number;
  /** Of the path. */
  readonly cwndBytes: number;
  readonly rtoMs: number;
}

export class SeriesRecorder {
  readonly #series = new Map<string, Series>();

  /** Of each path that there was, in the order in which they were first seen. */
  get records(): readonly PathRecord[] {
    return Array.from(this.#series.values(), ({ host, address, samples, losses }) => ({
      host,
      address,
      samples: [...samples],
      losses: [...losses],
    }));
  }

  /** @param snapshot of the last moment, or of a later one */
  record({ nowMs, hosts }: PathsSnapshot): void {
    for (const { name, associations } of hosts) {
      const end = associations.at(-1);
      for (const path of end?.paths ?? []) {
        const series = this.#seriesOf(name, path.address);
        if (end !== undefined && series !== undefined) take(series, end, path, nowMs);
      }
    }
  }

  /** Undefined beyond the limit. */
  #seriesOf(host: string, address: string): Series | undefined {
    const key = `${host} ${address}`;
    const known = this.#series.get(key);
    if (known !== undefined || this.#series.size >= MAX_PATHS) return known;
    const counts = { fastRetransmits: 0, timeouts: 0, cwndBytes: 0, rtoMs: 0 };
    const series = { host, address, id: 0, samples: [], losses: [], counts };
    this.#series.set(key, series);
    return series;
  }
}

function take(series: Series, end: EndOfPaths, path: PathInfo, nowMs: number): void {
  const { cwndBytes, ssthreshBytes, flightBytes, srttMs, rtoMs } = path;
  const rwndBytes = end.status.peerRwndBytes;
  const sample = { atMs: nowMs, cwndBytes, ssthreshBytes, flightBytes, rwndBytes, srttMs, rtoMs };
  const last = series.samples.at(-1);
  if (last === undefined || !isSame(last, sample)) {
    if (last?.atMs === nowMs) series.samples.pop();
    series.samples.push(sample);
    if (series.samples.length > MAX_SAMPLES) series.samples = thinned(series.samples);
    takeLosses(series, end, path, nowMs); // What is lost changes what is in flight, at least.
  }
}

function takeLosses(series: Series, end: EndOfPaths, path: PathInfo, nowMs: number): void {
  const { fastRetransmits, timeouts } = end.stats;
  const { cwndBytes, rtoMs } = path;
  const { counts, id } = series;
  series.counts = { fastRetransmits, timeouts, cwndBytes, rtoMs };
  series.id = end.id;
  if (id !== end.id || series.losses.length >= MAX_LOSSES) return;
  // The counters are the association's: the path that is meant has less to send for it, or waits longer (RFC 9260 7.2.3, 6.3.3).
  const isHere = cwndBytes < counts.cwndBytes || rtoMs > counts.rtoMs || end.paths.length === 1;
  if (!isHere) return;
  if (timeouts > counts.timeouts) series.losses.push({ atMs: nowMs, by: "timeout" });
  else if (fastRetransmits > counts.fastRetransmits)
    series.losses.push({ atMs: nowMs, by: "fast retransmit" });
}

function isSame(a: PathSample, b: PathSample): boolean {
  return (
    a.cwndBytes === b.cwndBytes &&
    a.ssthreshBytes === b.ssthreshBytes &&
    a.flightBytes === b.flightBytes &&
    a.rwndBytes === b.rwndBytes &&
    a.srttMs === b.srttMs &&
    a.rtoMs === b.rtoMs
  );
}

/** The newer half stays as it is. */
function thinned(samples: readonly PathSample[]): PathSample[] {
  const half = samples.length >> 1;
  return samples.filter((_, i) => i >= half || i % 2 === 0);
}
