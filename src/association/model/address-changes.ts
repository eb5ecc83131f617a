/**
 * The seam between an association and whoever changes its addresses while it lives (RFC 5061).
 * Owns: its shape. Does not own: what is behind it (src/association/extensions/dynamic-addresses.ts), our addresses as sources of
 * packets (src/association/paths/local-sources.ts).
 *
 * There is none unless both sides have agreed on it.
 */
import type { Route } from "./seat.ts";

export interface AddressChanges {
  /** Packets are about to be asked for: the time to ask the peer for what waits. */
  review(nowMs: number): void;
  /** A packet is about to be read that came from there, which is no address of the peer's yet (5.2 D2). */
  comesFrom(origin: Route): void;
  /** Whether the peer has just removed an address of its own, by an ASCONF that may come again from elsewhere (5.2 E2). */
  hasRemoved(peerAddress: string): boolean;
  /** A packet has been read: its ASCONFs are answered together (5.2 E6). */
  endPacket(nowMs: number): void;
  /** Whether packets may not leave from an address of ours, whatever comes to it: the peer does not know it, or no more (5.3 F1, F4). */
  isWithheld(localAddress: string): boolean;
  /** Whether an address of ours is being removed, or has been: an ABORT that comes there means nothing (5.3.1). */
  isLeaving(localAddress: string): boolean;
}
