/**
 * The probe of one path's tail: one packet that makes the peer tell what has come, before T3-rtx would (RFC 8985 7).
 * Owns: when it is due, whether one is under way, what its acknowledgement says.
 * Does not own: what is sent as a probe, T3-rtx (loss-recovery.ts), what its acknowledgement makes lost (rack-loss-detector.ts).
 */
import { tsnGt, tsnGte } from "../../base/serial.ts";
import type { Path } from "../paths/path.ts";
import type { DuplicateReports } from "./loss-detector.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** How long a peer may keep its answer to a single packet (SACK.Delay, RFC 9260 16). */
const MAX_SACK_DELAY_MS = 200;
/** A turn of either side's event loop may take longer than a round trip within a host, and nothing is lost then. */
const MIN_TIMEOUT_MS = 10;

export class TailLossProbe {
  deadlineMs: number = NEVER;
  /** The last TSN that had been sent when the probe went out; undefined where none is under way (TLP.end_seq). */
  #endTsn: number | undefined = undefined;
  /** What was sent again as a probe; undefined where it was new (TLP.is_retrans). */
  #resentTsn: number | undefined = undefined;
  /** No round trip has been measured since the last probe. */
  #isUnmeasured = false;

  /** RFC 8985 7.2: new DATA has gone out, or the cumulative ack has moved, and nothing else looks for losses. */
  arm(path: Path, nowMs: number): void {
    this.deadlineMs = NEVER;
    const { srttMs } = path.rto;
    if (Number.isNaN(srttMs) || !path.t3Running) return;
    if (this.#endTsn !== undefined || this.#isUnmeasured) return; // RFC 8985 7.3: one at a time, each for a round trip of its own.
    const isOnePacket = path.flight.flightBytes <= path.maxPacketBytes;
    const timeoutMs = Math.max(MIN_TIMEOUT_MS, 2 * srttMs) + (isOnePacket ? MAX_SACK_DELAY_MS : 0);
    this.deadlineMs = Math.min(nowMs + timeoutMs, path.t3DeadlineMs);
  }

  /** What goes with the COOKIE ECHO is watched over by T1-cookie, and what has come by nobody. */
  dueMs({ t3Running }: Path): number {
    return t3Running ? this.deadlineMs : NEVER;
  }

  /** The round trip has been measured. */
  onMeasured(): void {
    this.#isUnmeasured = false;
  }

  /** @param resentTsn undefined where it is new DATA; @param endTsn the last that has been sent, the probe included */
  onSent(resentTsn: number | undefined, endTsn: number): void {
    this.deadlineMs = NEVER;
    this.#endTsn = endTsn;
    this.#resentTsn = resentTsn;
    this.#isUnmeasured = true;
  }

  /**
   * RFC 8985 7.4.2. A duplicate is told of once, maybe long before other paths have brought what had been sent by then.
   * @param isRepeated the SACK says nothing new, and of no gaps
   * @returns whether the probe has made good a loss that nothing else tells of
   */
  onSack(cumulativeAckPoint: number, isRepeated: boolean, duplicates: DuplicateReports): boolean {
    const endTsn = this.#endTsn;
    if (endTsn === undefined) return false;
    const isWhole = tsnGte(cumulativeAckPoint, endTsn);
    let isSpurious = isWhole && (this.#resentTsn === undefined || isRepeated);
    for (let i = 0; i < duplicates.duplicateCount && !isSpurious; i++)
      isSpurious = duplicates.duplicateTsn(i) === this.#resentTsn;
    const isRepaired = !isSpurious && tsnGt(cumulativeAckPoint, endTsn);
    if (isSpurious || isRepaired) this.#endTsn = undefined;
    return isRepaired;
  }

  /** A chunk was acknowledged before what was sent again can have been: if that was the probe, it has repaired nothing. */
  onFirstCame(tsn: number): void {
    if (tsn === this.#resentTsn) this.#endTsn = undefined;
  }

  /** What was lost is found in other ways from now on, a probe that is under way included (RFC 8985 7.1). */
  cancel(): void {
    this.deadlineMs = NEVER;
    this.#endTsn = undefined;
  }
}
