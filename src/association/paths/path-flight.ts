/**
 * What is in flight towards one destination address, and what the SACK at hand did to it.
 * Owns: the byte and chunk counts of one path, the one chunk whose round trip is being timed, and the per-SACK tallies.
 * Does not own: cwnd (src/congestion), the T3-rtx deadline and RTO (path.ts), the chunks (retransmission-queue.ts).
 */

export class PathFlight {
  /** Bytes of DATA chunks, headers and padding included, sent to this address and neither acknowledged nor given up. */
  flightBytes = 0;
  flightChunkCount = 0;
  /** That filled the window when packets could last be sent; SACKs that are read together all find it so. */
  filledWindow = false;

  /** RFC 9260 6.3.1 C4: one measurement per round trip, on the chunk with this TSN. */
  isTiming = false;
  timedTsn = 0;
  timedSinceMs = 0;

  // The rest describes the last SACK only.
  ackedBytes = 0;
  /** The SACK acknowledged the earliest outstanding chunk of this address (RFC 9260 6.3.2 R3). */
  ackedEarliest = false;
  /** Whether the gap blocks have been asked about `ackedEarliest` yet. */
  earliestSettled = false;
  /** A chunk last sent to this address reached its third miss indication. */
  lossDetected = false;
  /** NaN where the SACK allows no unambiguous measurement. */
  rttSampleMs: number = Number.NaN;

  /** Nothing is in flight: another retransmission queue counts from here (RFC 9260 5.2.4 A). */
  reset(): void {
    this.flightBytes = 0;
    this.flightChunkCount = 0;
    this.filledWindow = false;
    this.isTiming = false;
    this.beginSack();
  }

  /** A SACK is about to be applied. */
  beginSack(): void {
    this.ackedBytes = 0;
    this.ackedEarliest = false;
    this.earliestSettled = false;
    this.lossDetected = false;
    this.rttSampleMs = Number.NaN;
  }
}
