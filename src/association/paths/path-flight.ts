/**
 * What is in flight towards one destination address, and what the SACK at hand did to it.
 * Owns: the byte and chunk counts of one path, the one chunk whose round trip is being timed, how much
 * has been delivered, and the per-SACK tallies.
 * Does not own: cwnd (src/congestion), the T3-rtx deadline and RTO (path.ts), the chunks (sent-log.ts), samples of the delivery
 * rate (delivery-sampler.ts).
 */
import type { TsnSet } from "../../base/tsn-set.ts";
import type { DeliverySampler } from "./delivery-sampler.ts";

/** Values of `newestSentAtMs` that are no time: nothing was acknowledged that tells, and something sent here alone, again. */
const NOTHING_TELLS = -1;
const SENT_HERE_AGAIN = -2;

export class PathFlight {
  /** Bytes of DATA chunks, headers and padding included, sent to this address and neither acknowledged nor given up. */
  flightBytes = 0;
  flightChunkCount = 0;
  /** What was sent here last and is not acknowledged, in flight or not; listed where there are other paths (sent-log.ts). */
  outstanding: TsnSet | undefined = undefined;
  /** That filled the window when packets could last be sent; SACKs that are read together all find it so. */
  filledWindow = false;

  /** RFC 9260 6.3.1 C4: one measurement per round trip, on the chunk with this TSN. */
  isTiming = false;
  timedTsn = 0;

  /** Made when the path's controller asks for samples (sending/delivery-sampling.ts). */
  sampler: DeliverySampler | undefined = undefined;

  /** Bytes of DATA chunks, headers and padding included, that were acknowledged on this path since it was made. */
  deliveredBytes = 0;

  // The rest describes the last SACK only.
  ackedBytes = 0;
  /** In flight when it came, with what it takes back or shows to be in flight all the same. */
  flightBytesBefore = 0;
  /** The SACK acknowledged the earliest outstanding chunk of this address (RFC 9260 6.3.2 R3); undefined until that was looked at. */
  ackedEarliest: boolean | undefined = undefined;
  /** Of chunks last sent to this address, what counts as lost since then. */
  lostBytes = 0;
  /** NaN where the SACK allows no unambiguous measurement. */
  rttSampleMs: number = Number.NaN;
  /** When the chunk was sent that was sent last of those acknowledged, each sent once; below 0 where there is none. */
  newestSentAtMs: number = NOTHING_TELLS;
  /** `deliveredBytes` when that chunk was sent. */
  newestDeliveredBefore = 0;

  /** Nothing is in flight: another sent log counts from here (RFC 9260 5.2.4 A). */
  reset(): void {
    this.flightBytes = 0;
    this.flightChunkCount = 0;
    this.outstanding?.clear();
    this.filledWindow = false;
    this.isTiming = false;
    this.beginSack();
  }

  /** A SACK is about to be applied. */
  beginSack(): void {
    this.ackedBytes = 0;
    this.flightBytesBefore = this.flightBytes;
    this.ackedEarliest = undefined;
    this.lostBytes = 0;
    this.rttSampleMs = Number.NaN;
    this.newestSentAtMs = NOTHING_TELLS;
    this.sampler?.beginSack();
  }

  /** A chunk was acknowledged that was never sent elsewhere. */
  get ackedHere(): boolean {
    return this.newestSentAtMs !== NOTHING_TELLS;
  }

  /**
   * The SACK acknowledged a chunk for the first time since it was last sent here.
   * It was sent once, so that it is known which transmission was acknowledged (RFC 9260 6.3.1 C5).
   */
  onAckedOnce(chunkBytes: number, sentAtMs: number, deliveredBefore: number): void {
    this.ackedBytes += chunkBytes;
    this.deliveredBytes += chunkBytes;
    if (sentAtMs < this.newestSentAtMs) return;
    this.newestSentAtMs = sentAtMs;
    this.newestDeliveredBefore = deliveredBefore;
  }

  /** As `onAckedOnce`, of a chunk that was sent several times. @param elsewhere to another address, too */
  onAckedAgain(chunkBytes: number, elsewhere: boolean): void {
    this.ackedBytes += chunkBytes;
    this.deliveredBytes += chunkBytes;
    if (!elsewhere && this.newestSentAtMs < 0) this.newestSentAtMs = SENT_HERE_AGAIN;
  }
}
