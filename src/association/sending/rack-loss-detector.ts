/**
 * Loss by time: what was sent long enough before something that has come (RACK-TLP, RFC 8985).
 * Owns: for each path, what was sent last of what has come, its round trip, when what is missing has been waited for, when nothing
 * else looks for losses.
 * Does not own: the order of sending (send-order.ts), how long is waited (reordering-window.ts), when a tail is probed
 * (tail-loss-probe.ts), the chunks (sent-log.ts), what a loss does to windows (fast-recovery.ts, src/congestion), T3-rtx (path.ts).
 *
 * What RFC 8985 says of a connection is said of a path here, and of what was sent there last: paths reorder among one another.
 * Duplicate TSNs are its DSACK. Where it breaks ties of a coarse clock by sequence numbers, the order of sending is kept: that
 * also tells what of one millisecond was sent again. T3-rtx has all of the path sent again, as RFC 9260 6.3.3 has it.
 *
 * Hot: a SACK looks at what it acknowledges and at what it makes lost, and at one chunk more.
 */
import { tsnAdd, tsnGt, tsnGte, tsnLt } from "../../base/serial.ts";
import { TsnSet } from "../../base/tsn-set.ts";
import type { Path } from "../paths/path.ts";
import type { PathFlight } from "../paths/path-flight.ts";
import type { PathSet } from "../paths/path-set.ts";
import type {
  DueProbe,
  DuplicateReports,
  LossDetector,
  OutstandingChunks,
  TimedChunks,
} from "./loss-detector.ts";
import { LossEpisode } from "./loss-episode.ts";
import { RecentMinimum } from "./recent-minimum.ts";
import { ReorderingWindow } from "./reordering-window.ts";
import { OrderEnds, SendOrder } from "./send-order.ts";
import { type SentChunk, SentState } from "./sent-chunk.ts";
import { TailLossProbe } from "./tail-loss-probe.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** Where a TSN is asked for and there is none. */
const NO_TSN = -1;

const SpuriousEpisode = { None: 0, Losses: 1, Timeout: 2 } as const;
type SpuriousEpisode = (typeof SpuriousEpisode)[keyof typeof SpuriousEpisode];

/** What all paths of an association have in common. */
class RackCommon {
  readonly order: SendOrder = new SendOrder();
  /** SACKs since the cumulative ack moved that told of more beyond it. */
  reports = 0;
}

/** What is known of one path. */
export class RackPath {
  readonly path: Path;
  readonly common: RackCommon;
  readonly ends: OrderEnds = new OrderEnds();
  /** What is due, and SACKs have had no room for: out of the way of what was sent after it. Made for the first one. */
  aside: TsnSet | undefined = undefined;
  readonly window: ReorderingWindow = new ReorderingWindow();
  readonly minRtt: RecentMinimum = new RecentMinimum();
  readonly probe: TailLossProbe = new TailLossProbe();
  /** Place of what was sent last of all that has come (RACK.xmit_ts and RACK.end_seq). */
  newestPlace = 0;
  /** Of what was sent last of those that the last SACK with any acknowledged (RACK.rtt). */
  rttMs: number = Number.NaN;
  /** Place of the chunk that this was measured on, while the SACK is being settled. */
  measuredPlace = 0;
  /** The highest TSN that was acknowledged (RACK.fack). */
  highestAckedTsn: number = NO_TSN;
  /** Something has been sent again since the window grew last. */
  hasResent = false;
  /** All that had been sent when T3-rtx expired; undefined once that is acknowledged. */
  timedOutThroughTsn: number | undefined = undefined;
  /** Losses of what had been sent by then have been answered by a smaller window. */
  answeredPlace = 0;
  /** The last SACK or timeout has shown that something was lost which had been sent again after that. */
  hasLostAgain = false;
  /** What the window was last reduced for; undefined where that was for good. */
  episode: LossEpisode | undefined = undefined;
  /** All of that was late, and nobody has asked yet. */
  spurious: SpuriousEpisode = SpuriousEpisode.None;
  /** A probe has made good what was lost, and nobody has asked yet. */
  isRepaired = false;
  /** When the first chunk that is waited for counts as lost. */
  deadlineMs: number = NEVER;

  constructor(path: Path, common: RackCommon) {
    this.path = path;
    this.common = common;
  }
}

const NO_RACKS: readonly RackPath[] = [];

export class RackLossDetector implements LossDetector {
  probing: DueProbe | undefined = undefined;
  protected readonly paths: PathSet;
  /** Of the paths that something has been sent on. */
  #racks: readonly RackPath[] = NO_RACKS;

  constructor(paths: PathSet) {
    this.paths = paths;
  }

  setOptions(): void {}

  onSent(chunk: SentChunk): void {
    const rack = this.#rackOf(chunk.flight);
    chunk.fastRetransmitted = false;
    if (rack !== undefined) rack.common.order.append(rack.ends, chunk);
  }

  onResent(chunk: SentChunk): void {
    const rack = this.#rackOf(chunk.flight);
    chunk.fastRetransmitted = false;
    if (rack === undefined) return;
    if (this.mayDuplicate(chunk)) rack.hasResent = true;
    rack.common.order.append(rack.ends, chunk);
  }

  /** It waits for news of what is sent from now on, as if it had been sent now. */
  onReneged(chunk: SentChunk): void {
    const rack = this.#rackOf(chunk.flight);
    chunk.fastRetransmitted = false;
    if (rack !== undefined) rack.common.order.append(rack.ends, chunk);
  }

  onLeftFlight(chunk: SentChunk): void {
    const rack = this.#rackOf(chunk.flight);
    if (rack === undefined) return;
    if (chunk.isSetAside) rack.aside?.delete(chunk.tsn);
    else rack.common.order.remove(rack.ends, chunk);
    chunk.isSetAside = false;
  }

  /** RFC 8985 6.2, steps 1 to 3. */
  onAcked(chunk: SentChunk, nowMs: number): void {
    const rack = this.#rackOf(chunk.flight);
    if (rack === undefined) return;
    const { tsn } = chunk;
    const rttMs = nowMs - chunk.sentAtMs;
    const wasSentOnce = chunk.transmitCount === 1;
    if (rack.episode !== undefined && wasLate(chunk, rttMs, rack.minRtt.valueMs)) onLate(rack, tsn);
    if (wasSentOnce) rack.minRtt.sample(rttMs, nowMs);
    if (rack.highestAckedTsn === NO_TSN || tsnGt(tsn, rack.highestAckedTsn)) rack.highestAckedTsn = tsn;
    else if (wasSentOnce && tsnLt(tsn, rack.highestAckedTsn)) rack.window.hasSeenReordering = true;
    // Sooner than any round trip: it was the earlier transmission that came, or nobody knows.
    if (!wasSentOnce && !(rttMs >= rack.minRtt.valueMs)) {
      if (rttMs < rack.minRtt.valueMs) rack.probe.onFirstCame(tsn);
      return;
    }
    const { place } = chunk;
    if (place > rack.measuredPlace) {
      rack.measuredPlace = place;
      rack.rttMs = rttMs;
    }
    if (place > rack.newestPlace) rack.newestPlace = place;
  }

  onSack(sent: TimedChunks, inFastRecovery: boolean, nowMs: number, duplicates: DuplicateReports): boolean {
    const base = sent.cumulativeAckPoint;
    const { duplicateCount } = duplicates;
    this.probing = undefined;
    const isRepeated = !sent.cumulativeAckAdvanced && sent.gapRanges.length === 0;
    const common = this.#racks[0]?.common;
    if (common === undefined) return false;
    if (sent.cumulativeAckAdvanced) common.reports = 0;
    if (tsnGt(sent.highestNewlyAckedTsn, base)) common.reports++;
    let anyLost = false;
    for (const rack of this.#racks) {
      rack.measuredPlace = 0;
      rack.hasLostAgain = false;
      if (!Number.isNaN(rack.path.flight.rttSampleMs)) rack.probe.onMeasured();
      for (let i = 0; i < duplicateCount && rack.episode !== undefined; i++)
        onLate(rack, duplicates.duplicateTsn(i));
      if (rack.spurious === SpuriousEpisode.Timeout) {
        rack.timedOutThroughTsn = undefined;
        common.order.restore(rack.ends, sent.restoreTimedOut(rack.path.flight));
      }
      rack.isRepaired = rack.probe.onSack(base, isRepeated, duplicates);
      if (rack.timedOutThroughTsn !== undefined && tsnGte(base, rack.timedOutThroughTsn))
        rack.timedOutThroughTsn = undefined;
      const inRecovery = this.isInFastRecovery(rack, inFastRecovery);
      const recovering = isRecovering(rack, inRecovery);
      const sentTooOften = duplicateCount > 0 && rack.hasResent;
      if (sentTooOften) rack.hasResent = false;
      rack.window.onSack(base, tsnAdd(sent.nextTsn, -1), sentTooOften, recovering);
      if (this.#detect(rack, sent, inRecovery, nowMs)) anyLost = true;
    }
    return anyLost;
  }

  /** It was for nothing if what was sent first turns out to have been late: then what still waits to be sent again is judged anew. */
  onT3(sent: OutstandingChunks, flight: PathFlight): void {
    const rack = this.#rackOf(flight);
    if (rack === undefined) return;
    rack.timedOutThroughTsn = tsnAdd(sent.nextTsn, -1);
    rack.probe.cancel();
    rack.spurious = SpuriousEpisode.None;
    const tsn = rack.aside?.first(tsnAdd(sent.cumulativeAckPoint, 1)) ?? rack.ends.first?.tsn;
    rack.episode = tsn === undefined ? undefined : new LossEpisode(true);
    if (tsn !== undefined) rack.episode?.add(tsn, sent.at(tsn).transmitCount > 1);
  }

  hasLostAgain(path: Path): boolean {
    return this.#racks.some((rack) => rack.path === path && rack.hasLostAgain);
  }

  get deadlineMs(): number {
    let earliestMs = NEVER;
    for (const rack of this.#racks) {
      if (rack.ends.first === undefined && !hasAside(rack)) continue;
      earliestMs = Math.min(earliestMs, rack.deadlineMs, rack.probe.dueMs(rack.path));
    }
    return earliestMs;
  }

  isLossDue(nowMs: number): boolean {
    return this.#racks.some(({ deadlineMs }) => nowMs >= deadlineMs);
  }

  onTimeout(sent: OutstandingChunks, inFastRecovery: boolean, nowMs: number): boolean {
    let anyLost = false;
    for (const rack of this.#racks) {
      rack.hasLostAgain = false;
      if (nowMs < rack.deadlineMs) continue;
      if (this.#detect(rack, sent, this.isInFastRecovery(rack, inFastRecovery), nowMs)) anyLost = true;
    }
    return anyLost;
  }

  /** RFC 8985 7.2: not while a recovery or the reordering timer looks for losses. */
  armProbe(path: Path, isSearching: boolean, nowMs: number): void {
    const rack = this.#rackOf(path.flight);
    if (rack === undefined) return;
    if (hasOvertaken(rack) || isRecovering(rack, isSearching)) rack.probe.deadlineMs = NEVER;
    else rack.probe.arm(path, nowMs);
  }

  takeDueProbe(nowMs: number): Path | undefined {
    for (const { path, probe } of this.#racks) {
      if (nowMs < probe.dueMs(path)) continue;
      probe.deadlineMs = NEVER;
      return path;
    }
    return undefined;
  }

  lastInFlight(path: Path): number | undefined {
    const rack = this.#rackOf(path.flight);
    return rack?.ends.last?.tsn;
  }

  onProbe({ path, resentTsn }: DueProbe, nextTsn: number): void {
    this.#rackOf(path.flight)?.probe.onSent(resentTsn, tsnAdd(nextTsn, -1));
  }

  takeSpurious(): Path | undefined {
    for (const rack of this.#racks) {
      if (rack.spurious === SpuriousEpisode.None) continue;
      rack.spurious = SpuriousEpisode.None;
      return rack.path;
    }
    return undefined;
  }

  takeRepaired(): Path | undefined {
    for (const rack of this.#racks) {
      if (!rack.isRepaired) continue;
      rack.isRepaired = false;
      return rack.path;
    }
    return undefined;
  }

  onPathRemoved(path: Path): void {
    if (this.probing?.path === path) this.probing = undefined;
    this.#racks = this.#racks.filter((rack) => rack.path !== path);
  }

  reset(): void {
    this.probing = undefined;
    this.#racks = NO_RACKS;
  }

  /** Whether a duplicate report may be the answer to what is sent again on a path, and so tell that the path reorders. */
  protected mayDuplicate(_chunk: SentChunk): boolean {
    return true;
  }

  protected isInFastRecovery(_rack: RackPath, inFastRecovery: boolean): boolean {
    return inFastRecovery;
  }

  /** At least so many packets have come of those that were sent after what is missing. */
  protected packetsBeyond({ path, common }: RackPath, sent: OutstandingChunks): number {
    return Math.max(common.reports, Math.ceil(sent.gapAckedBytes / path.maxPacketBytes));
  }

  /** RFC 8985 6.2, step 5. @returns whether anything was marked */
  #detect(rack: RackPath, sent: OutstandingChunks, inFastRecovery: boolean, nowMs: number): boolean {
    const { path, answeredPlace } = rack;
    const { order } = rack.common;
    rack.deadlineMs = NEVER;
    if (!hasOvertaken(rack) && !hasAside(rack)) return false;
    const packets = this.packetsBeyond(rack, sent);
    const { valueMs } = rack.minRtt;
    const recovering = isRecovering(rack, inFastRecovery);
    const waitMs = rack.rttMs + rack.window.widthMs(valueMs, path.rto.srttMs, recovering, packets);
    let anyLost = false;
    for (
      let chunk = nextLost(rack, sent, waitMs, nowMs);
      chunk !== undefined;
      chunk = nextLost(rack, sent, waitMs, nowMs)
    ) {
      const { tsn, place } = chunk;
      const wasSentAgain = chunk.transmitCount > 1;
      if (!inFastRecovery) {
        if (!anyLost) rack.episode = new LossEpisode(false);
        rack.answeredPlace = order.lastPlace;
      } else if (wasSentAgain && place > answeredPlace) {
        rack.answeredPlace = order.lastPlace;
        rack.hasLostAgain = true;
      }
      rack.episode?.add(tsn, wasSentAgain);
      path.flight.lostBytes += chunk.chunkBytes;
      chunk.fastRetransmitted = true;
      sent.markLost(chunk);
      anyLost = true;
    }
    if (anyLost) rack.probe.cancel();
    return anyLost;
  }

  /** Most associations have one path: small enough for V8 to inline it wherever a chunk comes by. */
  #rackOf(flight: PathFlight | undefined): RackPath | undefined {
    const first = this.#racks[0];
    return first !== undefined && first.path.flight === flight ? first : this.#otherRackOf(flight);
  }

  #otherRackOf(flight: PathFlight | undefined): RackPath | undefined {
    if (flight === undefined) return undefined;
    for (const rack of this.#racks) if (rack.path.flight === flight) return rack;
    return this.#begin(flight);
  }

  #begin(flight: PathFlight): RackPath | undefined {
    const path = this.paths.byFlight(flight);
    if (path === undefined) return undefined;
    const rack = new RackPath(path, this.#racks[0]?.common ?? new RackCommon());
    this.#racks = [...this.#racks, rack];
    return rack;
  }
}

/** Something that was sent later on the path than the first of what is in flight there has come. */
function hasOvertaken({ ends, newestPlace }: RackPath): boolean {
  return ends.first !== undefined && ends.first.place < newestPlace;
}

function hasAside({ aside }: RackPath): boolean {
  return aside !== undefined && aside.size > 0;
}

/**
 * The next chunk that counts as lost, or else when one will. What is due and not known to be missing is set aside until SACKs have room
 * for it, so that they look at each such chunk once.
 */
function nextLost(
  rack: RackPath,
  sent: OutstandingChunks,
  waitMs: number,
  nowMs: number,
): SentChunk | undefined {
  const { ends, newestPlace } = rack;
  const lowestTsn = tsnAdd(sent.cumulativeAckPoint, 1);
  const due = rack.aside?.first(lowestTsn);
  if (due !== undefined && sent.isKnown(due)) return sent.at(due);
  for (let chunk = ends.first; chunk !== undefined && chunk.place < newestPlace; chunk = ends.first) {
    const dueMs = chunk.sentAtMs + waitMs;
    if (dueMs > nowMs) {
      rack.deadlineMs = dueMs;
      rack.probe.deadlineMs = NEVER;
      return undefined;
    }
    if (sent.isKnown(chunk.tsn)) return chunk;
    rack.common.order.remove(ends, chunk);
    rack.aside ??= new TsnSet();
    rack.aside.add(chunk.tsn, lowestTsn);
    chunk.isSetAside = true;
  }
  return undefined;
}

/** RFC 8985 6.2: in Fast Recovery, or in what follows a timeout of the path. */
function isRecovering({ timedOutThroughTsn }: RackPath, inFastRecovery: boolean): boolean {
  return inFastRecovery || timedOutThroughTsn !== undefined;
}

/**
 * A chunk that counted as lost is acknowledged before it could be sent again, or much sooner after that than any round trip
 * takes: it was the first transmission that came.
 */
function wasLate(
  { state, transmitCount, sentElsewhere }: SentChunk,
  rttMs: number,
  minRttMs: number,
): boolean {
  if (state === SentState.ToRetransmit) return true;
  return transmitCount > 1 && !sentElsewhere && rttMs < minRttMs / 2;
}

function onLate(rack: RackPath, tsn: number): void {
  const { episode } = rack;
  if (episode?.onLate(tsn) !== true) return;
  rack.episode = undefined;
  rack.spurious = episode.isTimeout ? SpuriousEpisode.Timeout : SpuriousEpisode.Losses;
}
