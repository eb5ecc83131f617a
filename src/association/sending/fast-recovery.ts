/**
 * What lasts from a loss until it has been made good (RFC 9260 7.2.4).
 * Owns: whether the association is in Fast Recovery and up to which TSN, whether the first packet of a Fast Retransmit has
 * still to go out. Does not own: what counts as lost (loss-detector.ts), the windows (src/congestion).
 */
import { tsnGte } from "../../base/serial.ts";

export class FastRecovery {
  /** Between a loss and the acknowledgement of all that was outstanding then: further losses reduce no window. */
  isActive = false;
  /** The first packet of a Fast Retransmit goes out whatever cwnd says (RFC 9260 7.2.4 rule 3). */
  retransmitDue = false;
  #exitTsn = 0;

  /** RFC 9260 7.2.4 rule 6. @param highestTsn that is outstanding */
  enter(highestTsn: number): void {
    this.isActive = true;
    this.retransmitDue = true;
    this.#exitTsn = highestTsn;
  }

  /** RFC 9260 6.2.1 D-iv. */
  onCumulativeAck(cumulativeAckPoint: number): void {
    if (this.isActive && tsnGte(cumulativeAckPoint, this.#exitTsn)) this.isActive = false;
  }

  /** The first packet of a Fast Retransmit is out, or something else sends what it would have. */
  cancelRetransmit(): void {
    this.retransmitDue = false;
  }

  reset(): void {
    this.isActive = false;
    this.retransmitDue = false;
  }
}
