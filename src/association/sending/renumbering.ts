/**
 * The seam between the halves of the data transfer and whoever begins their numbers anew (RFC 6525).
 * Owns: what it is asked and told. Does not own: what is asked of the peer and answered (src/association/extensions/
 * stream-reconfiguration), which messages wait meanwhile (stream-hold.ts).
 *
 * There is none until either side has asked for a reconfiguration.
 */

export interface Renumbering {
  /** Packets are about to be asked for: the time to ask for what had to wait until something was sent or acknowledged. */
  review(nowMs: number): void;
  /** This side has asked for other TSNs: what the peer acknowledges may be some of those, before the answer has come. */
  readonly awaitsTsns: boolean;
  /** Whether an acknowledgement of a TSN that has not been sent may be one from before TSNs of this side began anew, come late. */
  isAckFromBefore(tsn: number): boolean;
  /** Whether a TSN, far ahead of those that have come, is one from before those of the peer began anew. */
  isFromBefore(tsn: number): boolean;
  /** There is a new agreement with the peer: whatever was asked under the one before is over. */
  reset(): void;
}
