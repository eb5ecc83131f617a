/**
 * What lasts from a loss until it has been made good (RFC 9260 7.2.4).
 * Owns: whether the association is in Fast Recovery and up to which TSN, whether the first packet of a Fast Retransmit has
 * still to go out. Does not own: what counts as lost (loss-detector.ts), the windows (src/congestion), paths
 * that recover by themselves (split-recovery.ts).
 */
import { tsnGte } from "../../base/serial.ts";
import type { Path } from "../paths/path.ts";
import type { PathFlight } from "../paths/path-flight.ts";

/** What is asked of the chunks once a SACK has been settled. */
export interface SettledChunks {
  readonly cumulativeAckPoint: number;
  /** The lowest TSN that is outstanding on a path; undefined where nothing is. */
  earliestOn(flight: PathFlight): number | undefined;
}

/** Fast Recovery: of the association, whichever path is named, or of each path by itself. */
export interface Recovery {
  /** On any path. */
  readonly isActive: boolean;
  isActiveOn(path: Path): boolean;
  /** When the SACK at hand came. */
  wasActiveOn(path: Path): boolean;
  /** The first packet of a Fast Retransmit goes out whatever cwnd says (RFC 9260 7.2.4 rule 3). */
  retransmitDueOn(path: Path): boolean;
  /** A SACK is about to be judged. */
  beginSack(): void;
  /** It has been: what has been made good is over. */
  onSettled(sent: SettledChunks): void;
  /** RFC 9260 7.2.4 rule 6. @param highestTsn that is outstanding */
  enter(highestTsn: number, path: Path): void;
  /** The first packet of a Fast Retransmit is out, or something else sends what it would have. @param path all, if absent */
  cancelRetransmit(path?: Path): void;
  /** @param path all, if absent */
  reset(path?: Path): void;
  /** The path has left the set, and what was to be sent again there has left it. */
  forget(path: Path): void;
}

export class FastRecovery implements Recovery {
  /** Between a loss and the acknowledgement of all that was outstanding then: further losses reduce no window. */
  isActive = false;
  /** The first packet of a Fast Retransmit goes out whatever cwnd says (RFC 9260 7.2.4 rule 3). */
  retransmitDue = false;
  #wasActive = false;
  #exitTsn = 0;

  isActiveOn(): boolean {
    return this.isActive;
  }

  wasActiveOn(): boolean {
    return this.#wasActive;
  }

  retransmitDueOn(): boolean {
    return this.retransmitDue;
  }

  beginSack(): void {
    this.#wasActive = this.isActive;
  }

  onSettled({ cumulativeAckPoint }: SettledChunks): void {
    this.onCumulativeAck(cumulativeAckPoint);
  }

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

  forget(): void {
    this.cancelRetransmit();
  }
}
