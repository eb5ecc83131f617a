/**
 * An association's seat in the stack that it lives in: what it asks for, bound to it alone.
 * Owns: that seam. Does not own: the stack (src/stack/association-seat.ts is the other side), who else sits there.
 *
 * An association never passes itself: whoever makes the seat knows whose it is. So the parts of an association know no
 * association, and each can be tested with a seat of the test's own.
 */
import type { DropReason, TraceSink } from "../../base/trace-sink.ts";
import type { Chunk } from "../../chunks/chunk.ts";
import type { AddressFamily } from "../../platform/address.ts";
import type { Platform } from "../../platform/platform.ts";
import type { AssociationNews } from "./events.ts";
import type { GrowthBudget } from "./growth-budget.ts";
import type { PacketLimits } from "./packet-limits.ts";
import type { Scratch } from "./scratch.ts";

/** Where a packet goes and where it comes from. */
export interface Route {
  readonly localAddress: string;
  readonly address: string;
  readonly remoteUdpPort: number;
}

export interface Seat {
  readonly platform: Platform;
  /** Memory for a message in fragments, from the platform. */
  readonly allocate: (lengthBytes: number) => Uint8Array;
  readonly trace: TraceSink | undefined;
  readonly scratch: Scratch;
  /** By how much buffers may grow; all associations share it. */
  readonly growth: GrowthBudget;
  /** There may be something to send, or a deadline moved. */
  touch(): void;
  /** @param news made for this call: the stack keeps the object */
  emit(news: AssociationNews): void;
  /** Sends a packet that outlives the association: ABORT, SHUTDOWN COMPLETE. */
  sendDetached(verificationTag: number, chunks: readonly Chunk[], route: Route): void;
  /** The association also answers to this peer address from now on; false if another one does already. */
  claimAddress(address: string): boolean;
  unclaimAddress(address: string): void;
  /** The association is over. */
  release(): void;
  /** Counts and traces a packet or chunk that went no further. */
  countDrop(reason: DropReason, detail: string): void;
  /** Whether one more unconfirmed address may be probed now: all associations share the rate (RFC 5062 6.3). */
  mayProbe(nowMs: number): boolean;
  /** The local address from which to reach a peer address. */
  localAddressFor(remoteAddress: string): string;
  /** Our addresses for an INIT to a peer that has those: none unless several reach it (RFC 6951 5.7). */
  advertisedAddresses(peerAddresses: readonly string[]): readonly string[];
  /**
   * The peer has been told of these addresses of ours, or has written to them. Packets leave from no others: to the peer they
   * would be out of the blue, and answered with an ABORT (RFC 9260 8.4).
   * @param anew the peer began anew: what it was told before it has forgotten
   */
  tell(addresses: readonly string[], anew?: boolean): void;
  isTold(localAddress: string): boolean;
  /** Those addresses; none where there has been but one so far. */
  readonly told: readonly string[];
  /** Our addresses are about to change: the peer knows those that there were, and no others. */
  beforeChange(): void;
  /** Whether this host has the address now. */
  hasAddress(localAddress: string): boolean;
  /** Whether the peer was told of any address of the family of that one. */
  canReach(remoteAddress: string): boolean;
  /** What becomes of packets by their length on the way between two addresses. Asked when that matters, not for each. */
  packetLimits(localAddress: string, remoteAddress: string): PacketLimits;
  /** The families of our addresses. */
  addressFamilies(): readonly AddressFamily[];
}
