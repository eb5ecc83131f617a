/**
 * What an association asks of the stack that it lives in.
 * Owns: that seam, and the scratch objects that all associations of a stack share within one call.
 * Does not own: the stack.
 */

import type { DropReason, TraceSink } from "../../base/trace-sink.ts";
import type { Chunk } from "../../chunks/chunk.ts";
import { DataChunkView } from "../../chunks/data.ts";
import { PacketWriter } from "../../chunks/packet-writer.ts";
import { SackView } from "../../chunks/sack.ts";
import { TlvCursor } from "../../chunks/tlv.ts";
import type { AddressFamily } from "../../platform/address.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Association } from "../association.ts";
import type { AssociationEvent } from "./events.ts";

/** Where a packet goes and where it comes from. */
export interface Route {
  readonly localAddress: string;
  readonly address: string;
  readonly remoteUdpPort: number;
}

export interface AssociationHost {
  readonly platform: Platform;
  /** Memory for a message in fragments, from the platform. */
  readonly allocate: (lengthBytes: number) => Uint8Array;
  readonly trace: TraceSink | undefined;
  readonly scratch: Scratch;
  /** The association may have something to send, or a deadline moved. */
  touch(association: Association): void;
  emit(event: AssociationEvent): void;
  /** Sends a packet that outlives the association: ABORT, SHUTDOWN COMPLETE. */
  sendDetached(
    association: Association,
    verificationTag: number,
    chunks: readonly Chunk[],
    route: Route,
  ): void;
  /** The association also answers to this peer address from now on; false if another one does already. */
  claimAddress(association: Association, address: string): boolean;
  unclaimAddress(association: Association, address: string): void;
  /** The association is over. */
  release(association: Association): void;
  /** Counts and traces a packet or chunk that went no further. */
  countDrop(association: number | undefined, reason: DropReason, detail: string): void;
  /** Whether one more unconfirmed address may be probed now: all associations share the rate (RFC 5062 6.3). */
  mayProbe(nowMs: number): boolean;
  /** The local address from which to reach a peer address. */
  localAddressFor(association: Association, remoteAddress: string): string;
  /** Our addresses for an INIT: none unless there are several (RFC 6951 5.7). */
  advertisedAddresses(association: Association): readonly string[];
  /** The families of our addresses. */
  addressFamilies(association: Association): readonly AddressFamily[];
}

/** Views and buffers that are rebound for every packet; valid within one call only. */
export class Scratch {
  readonly cursor: TlvCursor = new TlvCursor();
  readonly data: DataChunkView = new DataChunkView();
  readonly sack: SackView = new SackView();
  readonly writer: PacketWriter = new PacketWriter();
}
