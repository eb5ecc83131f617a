/**
 * Chunk rescheduling (draft-tuexen-tsvwg-sctp-multipath 5.3): what a slow path keeps everything else waiting for goes out again on a fast one.
 * Owns: which chunk, and when that is worth a packet. Does not own: that everything waits (outbound.ts), the choice of the path
 * (paths/path-scheduler.ts), sending it (loss-recovery.ts).
 *
 * It is no loss: the path that it is under way on may deliver it yet, and its window stays as it is.
 */
import { tsnLt } from "../../base/serial.ts";
import type { Path } from "../paths/path.ts";
import type { PathScheduler } from "../paths/path-scheduler.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { Abandonment } from "./abandonment.ts";
import { type SentChunk, SentState } from "./sent-chunk.ts";
import type { SentLog } from "./sent-log.ts";

/** What it looks at of the sending half. */
interface BlockedSender {
  readonly sent: SentLog;
  readonly abandonment: Abandonment | undefined;
}

/**
 * The buffers are full: the earliest chunk that is under way on a slower path is marked for retransmission, if what was sent later has come
 * and the fastest path will have brought it sooner. Each is once; none is that would be given up for it, for nobody knows that it is lost.
 * @returns that path
 */
export function rescheduleEarliest(
  { sent, abandonment }: BlockedSender,
  paths: PathSet,
  scheduler: PathScheduler,
  nowMs: number,
): Path | undefined {
  if (sent.gapAckedBytes === 0) return undefined;
  const fast = scheduler.fastestWithRoom?.(undefined, nowMs);
  if (fast === undefined) return undefined;
  let slow: Path | undefined;
  let earliestTsn = sent.highestReportedTsn;
  for (const path of paths.all) {
    const tsn = path === fast ? undefined : sent.earliestOn(path.flight);
    if (tsn === undefined || !tsnLt(tsn, earliestTsn)) continue;
    const chunk = sent.at(tsn);
    if (!isWorthIt(chunk, path, nowMs + fast.rto.srttMs)) continue;
    if (abandonment?.wouldGiveUp(chunk, nowMs) === true) continue;
    slow = path;
    earliestTsn = tsn;
  }
  if (slow === undefined) return undefined;
  sent.detach(sent.at(earliestTsn));
  if (slow.flight.flightChunkCount === 0) slow.stopT3();
  return fast;
}

/** @param otherwiseMs when it will have been acknowledged if it is sent again now */
function isWorthIt({ state, sentElsewhere, sentAtMs }: SentChunk, path: Path, otherwiseMs: number): boolean {
  return state === SentState.InFlight && !sentElsewhere && otherwiseMs < sentAtMs + path.rto.srttMs;
}
