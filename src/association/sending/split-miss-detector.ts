/**
 * Loss by miss indications, counted for each path by itself (draft-tuexen-tsvwg-sctp-multipath 3.1, Split Fast Retransmit).
 * Owns: which reports tell of which path. Does not own: how misses are counted (rfc9260-loss-detector.ts), the chunks (sent-log.ts).
 *
 * Paths overtake one another: what has come by one says nothing of what was sent by another. So each path has a detector of its own,
 * which sees nothing but what was sent there last.
 *
 * Where a SACK stands for several packets, the draft would have it count as several misses (3.3). It has no number for the flags that are
 * to say so, and no peer that is known sends them unasked: a SACK is one miss indication, as in RFC 9260 7.2.4.
 */
import type { AssociationOptions } from "../../base/options.ts";
import { tsnAdd, tsnGt, tsnLte } from "../../base/serial.ts";
import type { Path } from "../paths/path.ts";
import type { PathFlight } from "../paths/path-flight.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { LossDetector, OutstandingChunks } from "./loss-detector.ts";
import { Rfc9260LossDetector } from "./rfc9260-loss-detector.ts";
import { SentChunk } from "./sent-chunk.ts";
import { SplitRecovery } from "./split-recovery.ts";

/** Stands for whatever went elsewhere: neither in flight nor lost. */
const ELSEWHERE = new SentChunk();

/**
 * What comes from another path is sent behind much of what has a higher TSN: only of what was first sent after it does a report tell
 * that it should have come as well.
 */
class PathMissDetector extends Rfc9260LossDetector {
  protected override countsFrom(chunk: SentChunk): number {
    return chunk.sentElsewhere ? chunk.resentBefore : super.countsFrom(chunk);
  }
}

/** What was sent on one path, as its detector sees it. */
class PathChunks implements OutstandingChunks {
  readonly path: Path;
  readonly detector: PathMissDetector = new PathMissDetector();
  cumulativeAckPoint = 0;
  nextTsn = 0;
  gapRanges: readonly number[] = [];
  highestReportedTsn = 0;
  highestNewlyAckedTsn = 0;
  #sent: OutstandingChunks | undefined = undefined;
  /** The highest TSN that has been acknowledged here, ever and by the SACK at hand; undefined where there is none. */
  #highestAckedTsn: number | undefined = undefined;
  #newlyAckedTsn: number | undefined = undefined;

  constructor(path: Path) {
    this.path = path;
  }

  get cumulativeAckAdvanced(): boolean {
    return this.path.flight.ackedEarliest === true;
  }

  get gapAckedBytes(): number {
    return this.#sent?.gapAckedBytes ?? 0;
  }

  /** In order of TSN. */
  onAcked(tsn: number): void {
    this.#newlyAckedTsn = tsn;
    if (this.#highestAckedTsn === undefined || tsnGt(tsn, this.#highestAckedTsn)) this.#highestAckedTsn = tsn;
  }

  /** What the highest is of those that are reported still, if any, is not worth a search: less counts against what is missing. */
  onReneged(tsn: number): void {
    if (tsn === this.#highestAckedTsn) this.#highestAckedTsn = undefined;
  }

  /** A SACK has been settled. */
  look(sent: OutstandingChunks): void {
    const base = sent.cumulativeAckPoint;
    this.#sent = sent;
    this.cumulativeAckPoint = base;
    this.nextTsn = sent.nextTsn;
    this.gapRanges = sent.gapRanges;
    if (this.#highestAckedTsn !== undefined && tsnLte(this.#highestAckedTsn, base))
      this.#highestAckedTsn = undefined;
    this.highestReportedTsn = this.#highestAckedTsn ?? base;
    if (!sent.isKnown(this.highestReportedTsn)) this.highestReportedTsn = sent.highestReportedTsn;
    this.highestNewlyAckedTsn = this.#newlyAckedTsn ?? tsnAdd(base, -1);
    this.#newlyAckedTsn = undefined;
  }

  at(tsn: number): SentChunk {
    const chunk = this.#sent?.at(tsn);
    return chunk?.flight === this.path.flight ? chunk : ELSEWHERE;
  }

  isKnown(tsn: number): boolean {
    return this.#sent?.isKnown(tsn) === true;
  }

  markLost(chunk: SentChunk): void {
    this.#sent?.markLost(chunk);
  }
}

export class SplitMissDetector implements LossDetector {
  readonly recovery: SplitRecovery = new SplitRecovery();
  readonly #paths: PathSet;
  /** Of the paths that something has been sent on. */
  #views: readonly PathChunks[] = [];
  #options: AssociationOptions | undefined = undefined;

  constructor(paths: PathSet) {
    this.#paths = paths;
  }

  setOptions(options: AssociationOptions): void {
    this.#options = options;
    for (const { detector } of this.#views) detector.setOptions(options);
  }

  onSent(chunk: SentChunk): void {
    this.#viewOf(chunk.flight)?.detector.onSent(chunk);
  }

  onResent(chunk: SentChunk, nextTsn: number): void {
    this.#viewOf(chunk.flight)?.detector.onResent(chunk, nextTsn);
  }

  onReneged(chunk: SentChunk): void {
    const view = this.#viewOf(chunk.flight);
    view?.onReneged(chunk.tsn);
    view?.detector.onReneged(chunk);
  }

  /** What went to several addresses does not say by which it came. */
  onAcked({ flight, sentElsewhere, tsn }: SentChunk): void {
    if (!sentElsewhere) this.#viewOf(flight)?.onAcked(tsn);
  }

  onSack(sent: OutstandingChunks): boolean {
    let anyLost = false;
    for (const view of this.#views) {
      const inFastRecovery = this.recovery.isActiveOn(view.path);
      view.look(sent);
      if (view.detector.onSack(view, inFastRecovery)) anyLost = true;
    }
    return anyLost;
  }

  onPathRemoved(path: Path): void {
    this.#views = this.#views.filter((view) => view.path !== path);
  }

  reset(): void {
    this.#views = [];
    this.recovery.reset();
  }

  #viewOf(flight: PathFlight | undefined): PathChunks | undefined {
    if (flight === undefined) return undefined;
    for (const view of this.#views) if (view.path.flight === flight) return view;
    return this.#begin(flight);
  }

  #begin(flight: PathFlight): PathChunks | undefined {
    const path = this.#paths.byFlight(flight);
    if (path === undefined) return undefined;
    const view = new PathChunks(path);
    if (this.#options !== undefined) view.detector.setOptions(this.#options);
    this.#views = [...this.#views, view];
    return view;
  }
}
