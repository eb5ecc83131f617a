/**
 * What a user can ask about an association.
 * Owns: the shapes of status, path information and counters. Does not own: the values (facts.ts), what counts
 * (association.ts, engine.ts, tracer.ts).
 */
import type { PathSource } from "../model/events.ts";
import type { AssociationState } from "../model/state.ts";
import type { SearchState } from "../paths/packet-size-search.ts";

/** The STATUS primitive, RFC 9260 11.1.8. */
export interface AssociationStatus {
  readonly state: AssociationState;
  readonly primaryAddress: string;
  readonly inboundStreams: number;
  readonly outboundStreams: number;
  /** What the peer can still take, by our account of its window. */
  readonly peerRwndBytes: number;
  /** DATA chunks sent and not cumulatively acknowledged. */
  readonly unackedChunks: number;
  /** Payload bytes that have not been sent yet. */
  readonly pendingBytes: number;
  /** Messages that wait for the user. */
  readonly readableMessages: number;
  /** What counts against the receive buffer. */
  readonly heldBytes: number;
  /** What is left of the receive buffer. */
  readonly localRwndBytes: number;
  /** The receive buffer, as large as it has grown. */
  readonly receiveBufferBytes: number;
  /** The send buffer, as large as it has grown. */
  readonly sendBufferBytes: number;
  /** Messages up to this size travel in one chunk. */
  readonly fragmentationPointBytes: number;
  /** User data goes and comes in I-DATA: fragments of several messages may be mixed (RFC 8260 2.2.1). */
  readonly isInterleaved: boolean;
}

/** One destination address of the peer. */
export interface PathInfo {
  /** The peer's address. */
  readonly address: string;
  /** Where packets to it leave from now; answers leave from where they were asked for. */
  readonly localAddress: string;
  /** Where it may be reached from several local addresses: what is known of each of them. Empty where there is one. */
  readonly sources: readonly PathSource[];
  /** UDP port of the peer, by which the address is reached. */
  readonly remoteUdpPort: number;
  /**
   * `active`: it answers; `potentially-failed`: an answer is missing, and DATA goes elsewhere meanwhile (RFC 7829); `inactive`: too
   * many errors in a row; `unconfirmed`: it has not answered yet; `removed`: it is none of the peer's any more.
   */
  readonly state: "active" | "potentially-failed" | "inactive" | "unconfirmed" | "removed";
  /** Whether it is the primary path, by choice of the user or of the set-up. */
  readonly isPrimary: boolean;
  /**
   * Whether new DATA goes there now: the primary path, or another while that one does not work (RFC 9260 6.4); with `multipath` each
   * that works.
   */
  readonly carriesData: boolean;
  /** Congestion window: how much may be in flight. */
  readonly cwndBytes: number;
  /** Slow start threshold. */
  readonly ssthreshBytes: number;
  /** Acknowledged since the window last grew in congestion avoidance (partial_bytes_acked). */
  readonly partialBytesAcked: number;
  /** Sent there and not acknowledged. */
  readonly flightBytes: number;
  /** Smoothed round-trip time; undefined before the first measurement. */
  readonly srttMs: number | undefined;
  /** Its variation; undefined before the first measurement. */
  readonly rttvarMs: number | undefined;
  /** Retransmission timeout. */
  readonly rtoMs: number;
  /** Consecutive errors. */
  readonly errorCount: number;
  /** DATA chunks that were sent there again (RFC 3873, sctpAssocRemAddrRtx). */
  readonly retransmittedChunks: number;
  /** Largest SCTP packet sent on the path: what the user said, or what `pathMtuDiscovery` has found so far. */
  readonly maxPacketBytes: number;
  /**
   * The state of the search for larger packets, as RFC 8899 5.2 calls it: `DISABLED` where it may begin by itself, too; undefined where
   * there is none.
   */
  readonly pathMtuSearch: SearchState | undefined;
  /** Consecutive errors after which the path counts as inactive. */
  readonly pathMaxRetrans: number;
  /** Consecutive errors after which it counts as potentially failed; 65,535: it never does. */
  readonly potentiallyFailedMaxRetrans: number;
  /** Consecutive errors after which it is the primary path no longer; 65,535: it stays it. */
  readonly primarySwitchoverMaxRetrans: number;
  /** Idle time, beyond the RTO, before a HEARTBEAT; 0: none are sent. */
  readonly heartbeatIntervalMs: number;
  /** Whether HEARTBEATs were not turned off for this address. */
  readonly heartbeatEnabled: boolean;
}

/** Counters since the association began. */
export interface Counters {
  sentMessages: number;
  receivedMessages: number;
  sentBytes: number;
  receivedBytes: number;
  sentPackets: number;
  receivedPackets: number;
  /** DATA chunks sent again, on whichever path. */
  retransmittedChunks: number;
  fastRetransmits: number;
  timeouts: number;
  /** How often T1-init and T1-cookie have expired while the association was set up (RFC 3873). */
  sctpAssocT1expireds: number;
  /** How often T2-shutdown has expired (RFC 3873). */
  sctpAssocT2expireds: number;
}

/** The counters, and what counts against the receive buffer at this moment. */
export interface AssociationStats extends Readonly<Counters> {
  /** Messages given up for their `reliability` before any of them had been sent, and later (RFC 7496 4.3). */
  readonly abandonedUnsent: number;
  readonly abandonedSent: number;
  /** Resets of streams that were performed (RFC 6525), of this side's and of the peer's, however many streams each names. */
  readonly outgoingStreamResets: number;
  readonly incomingStreamResets: number;
  /** Requests of the peer to reset or add streams that were denied, or came while another was in progress. */
  readonly refusedReconfigurations: number;
  /** Requests of this side that were sent again. */
  readonly retransmittedReconfigurations: number;
  /** Addresses that the peer has added and removed while the association lived (RFC 5061), and what it was refused. */
  readonly addedPeerAddresses: number;
  readonly removedPeerAddresses: number;
  readonly refusedAddressChanges: number;
  /** ASCONF chunks of this side that were sent again. */
  readonly retransmittedAddressChanges: number;
  /** Bytes that count against the receive buffer now. */
  readonly heldBytes: number;
  /** `retransmittedChunks` by the name of RFC 3873. */
  readonly sctpAssocRtxChunks: number;
}

export function emptyCounters(): Counters {
  return {
    sentMessages: 0,
    receivedMessages: 0,
    sentBytes: 0,
    receivedBytes: 0,
    sentPackets: 0,
    receivedPackets: 0,
    retransmittedChunks: 0,
    fastRetransmits: 0,
    timeouts: 0,
    sctpAssocT1expireds: 0,
    sctpAssocT2expireds: 0,
  };
}
