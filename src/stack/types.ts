/**
 * The shapes that cross the border between the core and whoever drives it.
 * Owns: what a stack is asked and what it hands out. Does not own: any behaviour; what it tells its user (src/association/model/events.ts).
 */
import type { PacketLimits } from "../association/model/packet-limits.ts";
import type { AssociationOptionsInput } from "../base/options.ts";

export type { PacketLimits };

/** What carries the packets of a local address: a UDP socket, or whatever else there is (RFC 6951 5.6). */
export interface LowerLayer {
  /** The largest packet that it takes, in bytes; 512 to 65,507. */
  readonly maxPacketBytes: number;
  /**
   * What is known of the way to one peer address, asked when the largest packet that it carries is searched for
   * (RFC 8899); undefined where nothing more is known.
   */
  readonly limitsTo?: ((remoteAddress: string) => PacketLimits | undefined) | undefined;
}

/** A datagram that `pollTransmit` wrote into the slab. The object is reused: read it before the next poll. */
export interface Transmit {
  /** Bytes of the slab that make up the UDP payload. */
  readonly lengthBytes: number;
  /** The local address to send from: one of those given to `addLocalAddress`. */
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly remoteUdpPort: number;
}

/** Asks a stack to accept associations on an SCTP port. */
export interface ListenOptions {
  /** SCTP port, 1 to 65535; 0 picks a free one. */
  readonly port: number;
  readonly options?: AssociationOptionsInput;
  /** The local addresses that are listened on; all of the stack's if absent. */
  readonly localAddresses?: readonly string[] | undefined;
}

/** Asks a stack for an association (the ASSOCIATE primitive, RFC 9260 11.1.2). */
export interface ConnectOptions {
  /** Peer addresses, IP literals; the first is the initial primary path. All count as confirmed (RFC 9260 5.4). */
  readonly remoteAddresses: readonly string[];
  /** SCTP port of the peer, 1 to 65535. */
  readonly remotePort: number;
  /** UDP encapsulation port of the peer, 1 to 65535. */
  readonly remoteUdpPort: number;
  /** SCTP port of this side; 0 or absent picks a free one. */
  readonly localPort?: number;
  /** The local addresses that the association uses; all of the stack's if absent. */
  readonly localAddresses?: readonly string[] | undefined;
  readonly options?: AssociationOptionsInput;
}
