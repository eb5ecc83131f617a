/**
 * The options of associations and stacks, for the compiler and for editors.
 * Owns: nothing of its own: `npm run docs` makes it from the tables in options.ts. Does not own: the tables.
 */
import type { AuthenticationOption } from "./authentication.ts";
import type { CongestionControllerFactory, CongestionControlName } from "./congestion-control.ts";
import type { DynamicAddressesOption } from "./dynamic-addresses.ts";
import type { LossDetectionName } from "./loss-detection.ts";
import type { MultipathMode } from "./multipath.ts";
import type { PresetName } from "./presets.ts";
import type { StreamSchedulerName } from "./stream-schedulers.ts";

/** Every option of an association, checked and frozen. */
export interface AssociationOptions {
  /**
   * Options that go together; what is given beside it wins. `fastFailover`: rtoMinMs 100, rtoInitialMs 200,
   * sackDelayMs 20, potentiallyFailedMaxRetrans 0, heartbeatIntervalMs 500. "none" if absent (RFC 7829 6).
   */
  readonly preset: PresetName;
  /** Outbound streams asked for (OS in the INIT). 10 if absent; 1 to 65,535 (RFC 9260 5.1.1). */
  readonly outboundStreams: number;
  /** Inbound streams allowed to the peer (MIS in the INIT). 2,048 if absent; 1 to 65,535 (RFC 9260 5.1.1). */
  readonly maxInboundStreams: number;
  /**
   * RTO until the first round trip has been measured. 1,000 if absent; 1 to 60,000 ms (RFC 9260 6.3.1 C1).
   */
  readonly rtoInitialMs: number;
  /** Lower bound of the RTO. 1,000 if absent; 1 to 60,000 ms (RFC 9260 6.3.1 C6). */
  readonly rtoMinMs: number;
  /** Upper bound of the RTO, back-off included. 60,000 if absent; 10 to 600,000 ms (RFC 9260 6.3.1 C7). */
  readonly rtoMaxMs: number;
  /**
   * The congestion control of each path, by name, or a function that makes a controller of your own. `cubic`
   * is TCP's, with HyStart++ and PRR; `rfc9260` keeps to the letter of RFC 9260; `bbr` is BBRv3, which models
   * the path and paces. "cubic" if absent (RFC 9438, RFC 9260 7.2).
   */
  readonly congestionControl: CongestionControlName | CongestionControllerFactory;
  /**
   * How much may be lost in a round trip, in percent, while `bbr` looks for more bandwidth (BBR.LossThresh).
   * More than 2 helps where a path loses that much whatever you send, and harms others where it does not. 2
   * if absent; 2 to 50 (draft-ietf-ccwg-bbr-06 2.8).
   */
  readonly bbrLossThresholdPercent: number;
  /**
   * New packets sent at a time, or for a SACK that arrives (Max.Burst): as many as the first window has. With
   * congestionControl "rfc9260", whose window begins smaller, it is 4 unless it is given. 10 if absent; 1 to
   * 1,024 (RFC 9260 6.1 D).
   */
  readonly maxBurst: number;
  /**
   * Consecutive retransmissions before the peer counts as unreachable. 10 if absent; 0 to 255 (RFC 9260 8.1).
   */
  readonly associationMaxRetrans: number;
  /** Consecutive errors before a path counts as inactive. 5 if absent; 0 to 255 (RFC 9260 8.2). */
  readonly pathMaxRetrans: number;
  /**
   * Consecutive errors before a path counts as potentially failed, so that DATA goes by another one and
   * HEARTBEATs go there once per RTO (PotentiallyFailed.Max.Retrans); 65,535 is quick failover turned off. 0
   * if absent; 0 to 65,535 (RFC 7829 3.2).
   */
  readonly potentiallyFailedMaxRetrans: number;
  /**
   * Consecutive errors of the primary path before the one that carries DATA becomes the primary, and stays it
   * (Primary.Switchover.Max.Retrans); not below potentiallyFailedMaxRetrans or, with quick failover off,
   * pathMaxRetrans. 65,535: the primary path stays what it is. 65,535 if absent; 0 to 65,535 (RFC 7829 5).
   */
  readonly primarySwitchoverMaxRetrans: number;
  /** Retransmissions of INIT and of COOKIE ECHO. 8 if absent; 0 to 255 (RFC 9260 5.1.6). */
  readonly maxInitRetransmits: number;
  /**
   * Upper bound of the RTO of INIT and COOKIE ECHO, in place of rtoMaxMs. rtoMaxMs if absent; 10 to 600,000
   * ms (RFC 6458 8.1.3).
   */
  readonly initTimeoutMaxMs: number | undefined;
  /**
   * Idle time, beyond the RTO, before a HEARTBEAT (HB.interval); 0 turns heartbeats off. RFC 9260 16
   * recommends 30 s; inside UDP that loses the bindings of NATs which forget after 30 s, so it is 15 s, the
   * shortest interval that RFC 8085 3.5 lets a keep-alive have. 15,000 if absent; 0 to 86,400,000 ms (RFC
   * 9260 8.3).
   */
  readonly heartbeatIntervalMs: number;
  /** Unconfirmed paths probed per RTO (HB.Max.Burst). 1 if absent; 1 to 16 (RFC 9260 5.4). */
  readonly heartbeatMaxBurst: number;
  /** Longest delay of an acknowledgement (SACK.Delay). 200 if absent; 0 to 500 ms (RFC 9260 6.2). */
  readonly sackDelayMs: number;
  /** A SACK is due for every so many packets with DATA. 2 if absent; 1 to 16 packets (RFC 9260 6.2). */
  readonly sackFrequencyPackets: number;
  /**
   * What counts as lost: `rack` what was sent a while before something that has come, as in TCP, and the tail
   * of a burst is probed; `rfc9260` what three SACKs have reported as missing. An association keeps what it
   * began with. "rack" if absent (RFC 8985, RFC 9260 7.2.4).
   */
  readonly lossDetection: LossDetectionName;
  /**
   * Fast retransmit a chunk again where its retransmission was lost; off, as rule 5 has it, that waits for
   * T3-rtx. `rack` always does. true if absent (RFC 9260 7.2.4).
   */
  readonly repeatFastRetransmit: boolean;
  /**
   * Send on all active paths at once. `independent`: each as fast as if it were alone, for paths that have no
   * link in common. `coupled`: where they have one, together no faster than one of them would be; with
   * congestionControl `rfc9260` or `cubic`. The peer needs to know nothing of it. An association keeps what
   * it began with. "off" if absent (draft-tuexen-tsvwg-sctp-multipath 3, RFC 6356).
   */
  readonly multipath: MultipathMode;
  /**
   * Send small messages at once instead of holding them back while data is in flight (Nagle). true if absent
   * (RFC 9260 6.1).
   */
  readonly noDelay: boolean;
  /**
   * T5-shutdown-guard: longest time for a graceful end, from the first that is said of it, queued data
   * included; 0: no limit. 5 * rtoMaxMs if absent; 0 to 86,400,000 ms (RFC 9260 9.2).
   */
  readonly shutdownGuardMs: number | undefined;
  /**
   * Send one ABORT to each address of a peer that is given up because it does not answer. true if absent (RFC
   * 9260 8.1).
   */
  readonly abortUnreachable: boolean;
  /**
   * Largest SCTP packet, which is the UDP payload. 1,200 crosses every known path unfragmented. 1,200 if
   * absent; 512 to 65,507 bytes (RFC 6951 5.6).
   */
  readonly maxPacketBytes: number;
  /**
   * Search for the largest packet that each path carries, from maxPacketBytes upwards, by padded HEARTBEATs;
   * docs/tuning.md says what that means on a UDP socket. `auto`: once 64 KiB have been sent, and only where
   * the interface tells its MTU (Linux, and the loopback interface of macOS); so it is on Node's sockets
   * unless it, or maxPacketBytes, is given. false if absent (RFC 8899).
   */
  readonly pathMtuDiscovery: boolean | "auto";
  /**
   * The largest packet that pathMtuDiscovery tries (MAX_PLPMTU), where the interface lets out more and a
   * sixteenth of the peer's window is more. 65,507 if absent; 512 to 65,507 bytes (RFC 8899 5.1.2).
   */
  readonly pathMtuMaxBytes: number;
  /**
   * How long the answer to a probe of pathMtuDiscovery is waited for (PROBE_TIMER). 20,000 if absent; 1,000
   * to 600,000 ms (RFC 8899 5.1.1).
   */
  readonly pathMtuProbeTimeoutMs: number;
  /**
   * Probes of one size that may be lost in a row before the search ends for ten minutes (MAX_PROBES). RFC
   * 8899 recommends 3; a host that has been told of a smaller MTU cuts the second one in silence, and it
   * arrives. 1 if absent; 1 to 10 (RFC 8899 5.1.2).
   */
  readonly pathMtuMaxProbes: number;
  /**
   * Memory for received messages that the user has not taken yet, to begin with; what is left of it is the
   * advertised window. It grows with the flow up to receiveBufferLimitBytes; given without that, it is fixed.
   * 1,048,576 if absent; 4,096 to 1,073,741,824 bytes (RFC 9260 6.2).
   */
  readonly receiveBufferBytes: number;
  /**
   * What the receive buffer grows to at most, by what the user reads within a round trip; where it is
   * receiveBufferBytes itself, the buffer does not grow. 8,388,608 if absent; 4,096 to 1,073,741,824 bytes
   * (RFC 9260 6.2).
   */
  readonly receiveBufferLimitBytes: number;
  /**
   * Bytes accepted from the user and not yet acknowledged above which the association asks the user to wait,
   * to begin with. They grow with the flow up to sendBufferLimitBytes; given without that, they are fixed.
   * 1,048,576 if absent; 4,096 to 1,073,741,824 bytes (RFC 6458 8.1.20).
   */
  readonly sendBufferBytes: number;
  /**
   * What the send buffer grows to at most, by what may be in flight; where it is sendBufferBytes itself, the
   * buffer does not grow. With congestionControl "rfc9260", whose slow start ends by losses alone, it is that
   * unless it is given. 8,388,608 if absent; 4,096 to 1,073,741,824 bytes (RFC 6458 8.1.20).
   */
  readonly sendBufferLimitBytes: number;
  /**
   * Largest message that may be sent, and that a socket joins for its reader. 67,108,864 if absent; 1 to
   * 1,073,741,824 bytes (RFC 9260 6.9).
   */
  readonly maxMessageBytes: number;
  /**
   * The least that a message or fragment counts against receiveBufferBytes while it is held, however small it
   * is. 256 if absent; 0 to 65,536 bytes (RFC 9260 6.2).
   */
  readonly minReceiveChargeBytes: number;
  /**
   * Largest payload of one DATA chunk, where the path would allow more; 0 leaves it to the path. 0 if absent;
   * 0 to 65,507 bytes (RFC 6458 8.1.16).
   */
  readonly maxFragmentBytes: number;
  /**
   * An unfinished message above this size is handed out in pieces; 0 does so only when the receive buffer is
   * full. 0 if absent; 0 to 1,073,741,824 bytes (RFC 6458 8.1.21).
   */
  readonly partialDeliveryPointBytes: number;
  /**
   * Hand out other messages between the pieces of one; off holds them back until its last piece. true if
   * absent (RFC 6458 8.1.20).
   */
  readonly interleavedDelivery: boolean;
  /**
   * Offer partial reliability, and agree to it: messages with `reliability` can be given up once they have
   * been sent. true if absent (RFC 3758 3.1).
   */
  readonly partialReliability: boolean;
  /**
   * Offer I-DATA, and agree to it, unless `interleavedDelivery` is off: a large message on one stream holds
   * up none on another. false if absent (RFC 8260 2.2.1).
   */
  readonly interleaving: boolean;
  /**
   * Offer NR-SACK, and agree to it: what the peer has delivered out of order, and will not drop, leaves the
   * send buffer at once. false if absent (draft-tuexen-tsvwg-sctp-multipath 4.1).
   */
  readonly nrSack: boolean;
  /**
   * Which stream is served next: `fcfs` in the order of the calls, `rr` each stream in turn, `rr-packet` one
   * for each packet, `priority` by the streams' priorities, `fair` as many bytes for each, `wfq` by their
   * weights. "fcfs" if absent (RFC 8260 3).
   */
  readonly streamScheduler: StreamSchedulerName;
  /**
   * Offer stream reconfiguration, and agree to it: streams can be reset and added. What the peer may ask for,
   * other options say. true if absent (RFC 6525 5.1.1).
   */
  readonly streamReconfiguration: boolean;
  /**
   * Reset streams when the peer asks for it, in either direction; off, it is denied
   * (SCTP_ENABLE_RESET_STREAM_REQ). false if absent (RFC 6525 6.3.1).
   */
  readonly allowStreamReset: boolean;
  /**
   * Reset all SSNs and TSNs when the peer asks for it; off, it is denied (SCTP_ENABLE_RESET_ASSOC_REQ). false
   * if absent (RFC 6525 6.3.1).
   */
  readonly allowAssociationReset: boolean;
  /**
   * Add streams when the peer asks for it, up to maxInboundStreams in either direction; off, it is denied
   * (SCTP_ENABLE_CHANGE_ASSOC_REQ). false if absent (RFC 6525 6.3.1).
   */
  readonly allowAddStreams: boolean;
  /**
   * Offer authentication of chunks, and agree to it: which chunk types the peer must authenticate, by which
   * HMACs, and the keys that both sides know. false if absent (RFC 4895 6.1).
   */
  readonly authentication: AuthenticationOption;
  /**
   * Offer to add and to remove addresses while the association lives, and agree to it. It brings
   * authentication with it, of which `authentication` gives the keys. false if absent (RFC 5061 4.2.7).
   */
  readonly dynamicAddresses: DynamicAddressesOption;
  /**
   * What the peer is told that stands between SCTP and its user (Adaptation Layer Indication), in the set-up;
   * what the peer says is heard in any case. none if absent; 0 to 4,294,967,295 (RFC 5061 4.2.6).
   */
  readonly adaptationIndication: number | undefined;
  /**
   * Time without user data in either direction after which the association shuts down; 0 never. 0 if absent;
   * 0 to 31,536,000,000 ms (RFC 6458 8.1.8).
   */
  readonly autoCloseMs: number;
  /**
   * Life of the State Cookies made for a listening port, where the stack's cookieLifeMs is longer. 3,600,000
   * if absent; 1 to 3,600,000 ms (RFC 6458 8.1.2).
   */
  readonly maxCookieLifeMs: number;
  /** Fragments of unfinished messages held for the peer. 65,536 if absent; 16 to 1,048,576 (RFC 9260 6.9). */
  readonly maxReassemblyFragments: number;
  /** Duplicate TSNs listed in one SACK. 64 if absent; 0 to 1,024 (RFC 9260 3.3.4). */
  readonly maxDuplicateTsnsReported: number;
  /**
   * Gap Ack Blocks listed in one SACK, if the packet has room. 16,384 if absent; 1 to 16,384 (RFC 9260
   * 3.3.4).
   */
  readonly maxGapBlocksReported: number;
  /**
   * Addresses taken from the peer's INIT or INIT ACK; more are ignored. 32 if absent; 1 to 1,024 (RFC 9260
   * 5.1.2).
   */
  readonly maxPeerAddresses: number;
  /** Unrecognized parameters or chunks reported in one answer. 16 if absent; 0 to 256 (RFC 9260 3.2.2). */
  readonly maxUnrecognizedReported: number;
  /**
   * Control chunks that may wait to be sent, answers to the peer's among them; more are dropped. 64 if
   * absent; 8 to 4,096 (RFC 9260 6.10).
   */
  readonly maxControlChunksQueued: number;
  /**
   * Bytes of answers to the peer's chunks (HEARTBEAT ACK, ERROR) that may wait to be sent; more are dropped.
   * 131,072 if absent; 65,536 to 16,777,216 bytes (RFC 9260 8.3).
   */
  readonly maxReplyBytesQueued: number;
  /**
   * ERROR chunks of one packet that are told to the user; more are skipped. 16 if absent; 1 to 1,024 (RFC
   * 9260 3.3.10).
   */
  readonly maxErrorChunksPerPacket: number;
  /**
   * Bytes of unrecognized parameters reported in one INIT ACK, or beside one COOKIE ECHO; never more than fit
   * in its packet. 32,768 if absent; 0 to 32,768 bytes (RFC 9260 3.2.2).
   */
  readonly maxUnrecognizedBytes: number;
}

/** Options of an association as they are given: what is left out has its default. */
export interface AssociationOptionsInput {
  /**
   * Options that go together; what is given beside it wins. `fastFailover`: rtoMinMs 100, rtoInitialMs 200,
   * sackDelayMs 20, potentiallyFailedMaxRetrans 0, heartbeatIntervalMs 500. "none" if absent (RFC 7829 6).
   */
  readonly preset?: PresetName;
  /** Outbound streams asked for (OS in the INIT). 10 if absent; 1 to 65,535 (RFC 9260 5.1.1). */
  readonly outboundStreams?: number;
  /** Inbound streams allowed to the peer (MIS in the INIT). 2,048 if absent; 1 to 65,535 (RFC 9260 5.1.1). */
  readonly maxInboundStreams?: number;
  /**
   * RTO until the first round trip has been measured. 1,000 if absent; 1 to 60,000 ms (RFC 9260 6.3.1 C1).
   */
  readonly rtoInitialMs?: number;
  /** Lower bound of the RTO. 1,000 if absent; 1 to 60,000 ms (RFC 9260 6.3.1 C6). */
  readonly rtoMinMs?: number;
  /** Upper bound of the RTO, back-off included. 60,000 if absent; 10 to 600,000 ms (RFC 9260 6.3.1 C7). */
  readonly rtoMaxMs?: number;
  /**
   * The congestion control of each path, by name, or a function that makes a controller of your own. `cubic`
   * is TCP's, with HyStart++ and PRR; `rfc9260` keeps to the letter of RFC 9260; `bbr` is BBRv3, which models
   * the path and paces. "cubic" if absent (RFC 9438, RFC 9260 7.2).
   */
  readonly congestionControl?: CongestionControlName | CongestionControllerFactory;
  /**
   * How much may be lost in a round trip, in percent, while `bbr` looks for more bandwidth (BBR.LossThresh).
   * More than 2 helps where a path loses that much whatever you send, and harms others where it does not. 2
   * if absent; 2 to 50 (draft-ietf-ccwg-bbr-06 2.8).
   */
  readonly bbrLossThresholdPercent?: number;
  /**
   * New packets sent at a time, or for a SACK that arrives (Max.Burst): as many as the first window has. With
   * congestionControl "rfc9260", whose window begins smaller, it is 4 unless it is given. 10 if absent; 1 to
   * 1,024 (RFC 9260 6.1 D).
   */
  readonly maxBurst?: number;
  /**
   * Consecutive retransmissions before the peer counts as unreachable. 10 if absent; 0 to 255 (RFC 9260 8.1).
   */
  readonly associationMaxRetrans?: number;
  /** Consecutive errors before a path counts as inactive. 5 if absent; 0 to 255 (RFC 9260 8.2). */
  readonly pathMaxRetrans?: number;
  /**
   * Consecutive errors before a path counts as potentially failed, so that DATA goes by another one and
   * HEARTBEATs go there once per RTO (PotentiallyFailed.Max.Retrans); 65,535 is quick failover turned off. 0
   * if absent; 0 to 65,535 (RFC 7829 3.2).
   */
  readonly potentiallyFailedMaxRetrans?: number;
  /**
   * Consecutive errors of the primary path before the one that carries DATA becomes the primary, and stays it
   * (Primary.Switchover.Max.Retrans); not below potentiallyFailedMaxRetrans or, with quick failover off,
   * pathMaxRetrans. 65,535: the primary path stays what it is. 65,535 if absent; 0 to 65,535 (RFC 7829 5).
   */
  readonly primarySwitchoverMaxRetrans?: number;
  /** Retransmissions of INIT and of COOKIE ECHO. 8 if absent; 0 to 255 (RFC 9260 5.1.6). */
  readonly maxInitRetransmits?: number;
  /**
   * Upper bound of the RTO of INIT and COOKIE ECHO, in place of rtoMaxMs. rtoMaxMs if absent; 10 to 600,000
   * ms (RFC 6458 8.1.3).
   */
  readonly initTimeoutMaxMs?: number | undefined;
  /**
   * Idle time, beyond the RTO, before a HEARTBEAT (HB.interval); 0 turns heartbeats off. RFC 9260 16
   * recommends 30 s; inside UDP that loses the bindings of NATs which forget after 30 s, so it is 15 s, the
   * shortest interval that RFC 8085 3.5 lets a keep-alive have. 15,000 if absent; 0 to 86,400,000 ms (RFC
   * 9260 8.3).
   */
  readonly heartbeatIntervalMs?: number;
  /** Unconfirmed paths probed per RTO (HB.Max.Burst). 1 if absent; 1 to 16 (RFC 9260 5.4). */
  readonly heartbeatMaxBurst?: number;
  /** Longest delay of an acknowledgement (SACK.Delay). 200 if absent; 0 to 500 ms (RFC 9260 6.2). */
  readonly sackDelayMs?: number;
  /** A SACK is due for every so many packets with DATA. 2 if absent; 1 to 16 packets (RFC 9260 6.2). */
  readonly sackFrequencyPackets?: number;
  /**
   * What counts as lost: `rack` what was sent a while before something that has come, as in TCP, and the tail
   * of a burst is probed; `rfc9260` what three SACKs have reported as missing. An association keeps what it
   * began with. "rack" if absent (RFC 8985, RFC 9260 7.2.4).
   */
  readonly lossDetection?: LossDetectionName;
  /**
   * Fast retransmit a chunk again where its retransmission was lost; off, as rule 5 has it, that waits for
   * T3-rtx. `rack` always does. true if absent (RFC 9260 7.2.4).
   */
  readonly repeatFastRetransmit?: boolean;
  /**
   * Send on all active paths at once. `independent`: each as fast as if it were alone, for paths that have no
   * link in common. `coupled`: where they have one, together no faster than one of them would be; with
   * congestionControl `rfc9260` or `cubic`. The peer needs to know nothing of it. An association keeps what
   * it began with. "off" if absent (draft-tuexen-tsvwg-sctp-multipath 3, RFC 6356).
   */
  readonly multipath?: MultipathMode;
  /**
   * Send small messages at once instead of holding them back while data is in flight (Nagle). true if absent
   * (RFC 9260 6.1).
   */
  readonly noDelay?: boolean;
  /**
   * T5-shutdown-guard: longest time for a graceful end, from the first that is said of it, queued data
   * included; 0: no limit. 5 * rtoMaxMs if absent; 0 to 86,400,000 ms (RFC 9260 9.2).
   */
  readonly shutdownGuardMs?: number | undefined;
  /**
   * Send one ABORT to each address of a peer that is given up because it does not answer. true if absent (RFC
   * 9260 8.1).
   */
  readonly abortUnreachable?: boolean;
  /**
   * Largest SCTP packet, which is the UDP payload. 1,200 crosses every known path unfragmented. 1,200 if
   * absent; 512 to 65,507 bytes (RFC 6951 5.6).
   */
  readonly maxPacketBytes?: number;
  /**
   * Search for the largest packet that each path carries, from maxPacketBytes upwards, by padded HEARTBEATs;
   * docs/tuning.md says what that means on a UDP socket. `auto`: once 64 KiB have been sent, and only where
   * the interface tells its MTU (Linux, and the loopback interface of macOS); so it is on Node's sockets
   * unless it, or maxPacketBytes, is given. false if absent (RFC 8899).
   */
  readonly pathMtuDiscovery?: boolean | "auto";
  /**
   * The largest packet that pathMtuDiscovery tries (MAX_PLPMTU), where the interface lets out more and a
   * sixteenth of the peer's window is more. 65,507 if absent; 512 to 65,507 bytes (RFC 8899 5.1.2).
   */
  readonly pathMtuMaxBytes?: number;
  /**
   * How long the answer to a probe of pathMtuDiscovery is waited for (PROBE_TIMER). 20,000 if absent; 1,000
   * to 600,000 ms (RFC 8899 5.1.1).
   */
  readonly pathMtuProbeTimeoutMs?: number;
  /**
   * Probes of one size that may be lost in a row before the search ends for ten minutes (MAX_PROBES). RFC
   * 8899 recommends 3; a host that has been told of a smaller MTU cuts the second one in silence, and it
   * arrives. 1 if absent; 1 to 10 (RFC 8899 5.1.2).
   */
  readonly pathMtuMaxProbes?: number;
  /**
   * Memory for received messages that the user has not taken yet, to begin with; what is left of it is the
   * advertised window. It grows with the flow up to receiveBufferLimitBytes; given without that, it is fixed.
   * 1,048,576 if absent; 4,096 to 1,073,741,824 bytes (RFC 9260 6.2).
   */
  readonly receiveBufferBytes?: number;
  /**
   * What the receive buffer grows to at most, by what the user reads within a round trip; where it is
   * receiveBufferBytes itself, the buffer does not grow. 8,388,608 if absent; 4,096 to 1,073,741,824 bytes
   * (RFC 9260 6.2).
   */
  readonly receiveBufferLimitBytes?: number;
  /**
   * Bytes accepted from the user and not yet acknowledged above which the association asks the user to wait,
   * to begin with. They grow with the flow up to sendBufferLimitBytes; given without that, they are fixed.
   * 1,048,576 if absent; 4,096 to 1,073,741,824 bytes (RFC 6458 8.1.20).
   */
  readonly sendBufferBytes?: number;
  /**
   * What the send buffer grows to at most, by what may be in flight; where it is sendBufferBytes itself, the
   * buffer does not grow. With congestionControl "rfc9260", whose slow start ends by losses alone, it is that
   * unless it is given. 8,388,608 if absent; 4,096 to 1,073,741,824 bytes (RFC 6458 8.1.20).
   */
  readonly sendBufferLimitBytes?: number;
  /**
   * Largest message that may be sent, and that a socket joins for its reader. 67,108,864 if absent; 1 to
   * 1,073,741,824 bytes (RFC 9260 6.9).
   */
  readonly maxMessageBytes?: number;
  /**
   * The least that a message or fragment counts against receiveBufferBytes while it is held, however small it
   * is. 256 if absent; 0 to 65,536 bytes (RFC 9260 6.2).
   */
  readonly minReceiveChargeBytes?: number;
  /**
   * Largest payload of one DATA chunk, where the path would allow more; 0 leaves it to the path. 0 if absent;
   * 0 to 65,507 bytes (RFC 6458 8.1.16).
   */
  readonly maxFragmentBytes?: number;
  /**
   * An unfinished message above this size is handed out in pieces; 0 does so only when the receive buffer is
   * full. 0 if absent; 0 to 1,073,741,824 bytes (RFC 6458 8.1.21).
   */
  readonly partialDeliveryPointBytes?: number;
  /**
   * Hand out other messages between the pieces of one; off holds them back until its last piece. true if
   * absent (RFC 6458 8.1.20).
   */
  readonly interleavedDelivery?: boolean;
  /**
   * Offer partial reliability, and agree to it: messages with `reliability` can be given up once they have
   * been sent. true if absent (RFC 3758 3.1).
   */
  readonly partialReliability?: boolean;
  /**
   * Offer I-DATA, and agree to it, unless `interleavedDelivery` is off: a large message on one stream holds
   * up none on another. false if absent (RFC 8260 2.2.1).
   */
  readonly interleaving?: boolean;
  /**
   * Offer NR-SACK, and agree to it: what the peer has delivered out of order, and will not drop, leaves the
   * send buffer at once. false if absent (draft-tuexen-tsvwg-sctp-multipath 4.1).
   */
  readonly nrSack?: boolean;
  /**
   * Which stream is served next: `fcfs` in the order of the calls, `rr` each stream in turn, `rr-packet` one
   * for each packet, `priority` by the streams' priorities, `fair` as many bytes for each, `wfq` by their
   * weights. "fcfs" if absent (RFC 8260 3).
   */
  readonly streamScheduler?: StreamSchedulerName;
  /**
   * Offer stream reconfiguration, and agree to it: streams can be reset and added. What the peer may ask for,
   * other options say. true if absent (RFC 6525 5.1.1).
   */
  readonly streamReconfiguration?: boolean;
  /**
   * Reset streams when the peer asks for it, in either direction; off, it is denied
   * (SCTP_ENABLE_RESET_STREAM_REQ). false if absent (RFC 6525 6.3.1).
   */
  readonly allowStreamReset?: boolean;
  /**
   * Reset all SSNs and TSNs when the peer asks for it; off, it is denied (SCTP_ENABLE_RESET_ASSOC_REQ). false
   * if absent (RFC 6525 6.3.1).
   */
  readonly allowAssociationReset?: boolean;
  /**
   * Add streams when the peer asks for it, up to maxInboundStreams in either direction; off, it is denied
   * (SCTP_ENABLE_CHANGE_ASSOC_REQ). false if absent (RFC 6525 6.3.1).
   */
  readonly allowAddStreams?: boolean;
  /**
   * Offer authentication of chunks, and agree to it: which chunk types the peer must authenticate, by which
   * HMACs, and the keys that both sides know. false if absent (RFC 4895 6.1).
   */
  readonly authentication?: AuthenticationOption;
  /**
   * Offer to add and to remove addresses while the association lives, and agree to it. It brings
   * authentication with it, of which `authentication` gives the keys. false if absent (RFC 5061 4.2.7).
   */
  readonly dynamicAddresses?: DynamicAddressesOption;
  /**
   * What the peer is told that stands between SCTP and its user (Adaptation Layer Indication), in the set-up;
   * what the peer says is heard in any case. none if absent; 0 to 4,294,967,295 (RFC 5061 4.2.6).
   */
  readonly adaptationIndication?: number | undefined;
  /**
   * Time without user data in either direction after which the association shuts down; 0 never. 0 if absent;
   * 0 to 31,536,000,000 ms (RFC 6458 8.1.8).
   */
  readonly autoCloseMs?: number;
  /**
   * Life of the State Cookies made for a listening port, where the stack's cookieLifeMs is longer. 3,600,000
   * if absent; 1 to 3,600,000 ms (RFC 6458 8.1.2).
   */
  readonly maxCookieLifeMs?: number;
  /** Fragments of unfinished messages held for the peer. 65,536 if absent; 16 to 1,048,576 (RFC 9260 6.9). */
  readonly maxReassemblyFragments?: number;
  /** Duplicate TSNs listed in one SACK. 64 if absent; 0 to 1,024 (RFC 9260 3.3.4). */
  readonly maxDuplicateTsnsReported?: number;
  /**
   * Gap Ack Blocks listed in one SACK, if the packet has room. 16,384 if absent; 1 to 16,384 (RFC 9260
   * 3.3.4).
   */
  readonly maxGapBlocksReported?: number;
  /**
   * Addresses taken from the peer's INIT or INIT ACK; more are ignored. 32 if absent; 1 to 1,024 (RFC 9260
   * 5.1.2).
   */
  readonly maxPeerAddresses?: number;
  /** Unrecognized parameters or chunks reported in one answer. 16 if absent; 0 to 256 (RFC 9260 3.2.2). */
  readonly maxUnrecognizedReported?: number;
  /**
   * Control chunks that may wait to be sent, answers to the peer's among them; more are dropped. 64 if
   * absent; 8 to 4,096 (RFC 9260 6.10).
   */
  readonly maxControlChunksQueued?: number;
  /**
   * Bytes of answers to the peer's chunks (HEARTBEAT ACK, ERROR) that may wait to be sent; more are dropped.
   * 131,072 if absent; 65,536 to 16,777,216 bytes (RFC 9260 8.3).
   */
  readonly maxReplyBytesQueued?: number;
  /**
   * ERROR chunks of one packet that are told to the user; more are skipped. 16 if absent; 1 to 1,024 (RFC
   * 9260 3.3.10).
   */
  readonly maxErrorChunksPerPacket?: number;
  /**
   * Bytes of unrecognized parameters reported in one INIT ACK, or beside one COOKIE ECHO; never more than fit
   * in its packet. 32,768 if absent; 0 to 32,768 bytes (RFC 9260 3.2.2).
   */
  readonly maxUnrecognizedBytes?: number;
}

/** Every option of a stack, checked and frozen. */
export interface StackOptions {
  /** Life of a State Cookie (Valid.Cookie.Life). 60,000 if absent; 1 to 3,600,000 ms (RFC 9260 5.1.3). */
  readonly cookieLifeMs: number;
  /**
   * How long one cookie secret signs before the next one does. 3,600,000 if absent; 1,000 to 86,400,000 ms
   * (RFC 9260 5.1.3).
   */
  readonly cookieSecretLifeMs: number;
  /**
   * Longest extension of a cookie's life that a peer may ask for. 10,000 if absent; 0 to 3,600,000 ms (RFC
   * 9260 3.3.2.1.3).
   */
  readonly maxCookiePreservativeMs: number;
  /**
   * Associations that may exist at once on the stack. 1,000,000 if absent; 1 to 16,777,216 (RFC 9260
   * 12.2.4.1).
   */
  readonly maxAssociations: number;
  /**
   * Verification tags of ended associations remembered while a cookie for one might still come. 65,536 if
   * absent; 0 to 16,777,216 (RFC 9260 5.3.1).
   */
  readonly maxClosedTags: number;
  /** Answers to out-of-the-blue packets per second. 1,000 if absent; 0 to 1,000,000 (RFC 9260 8.4). */
  readonly maxOotbAnswersPerSecond: number;
  /**
   * HEARTBEATs per second to addresses that peers have listed and that are not confirmed, all associations
   * together. 1,000 if absent; 1 to 1,000,000 (RFC 9260 5.4).
   */
  readonly maxProbesPerSecond: number;
  /** INIT ACKs sent per second. 1,000,000 if absent; 1 to 100,000,000 (RFC 9260 5.1.3). */
  readonly maxInitAnswersPerSecond: number;
  /**
   * Answers outside of associations (INIT ACK, ABORT and the like) that may wait to be sent; more are
   * dropped. 1,024 if absent; 16 to 1,048,576 (RFC 9260 8.4).
   */
  readonly maxQueuedAnswers: number;
  /**
   * Events that the user has not taken beyond which incoming packets are dropped unread. 65,536 if absent; 64
   * to 16,777,216 (RFC 9260 11.2).
   */
  readonly maxQueuedEvents: number;
  /**
   * By how much the receive and send buffers of all associations together may have grown. 268,435,456 if
   * absent; 0 to 1,099,511,627,776 bytes (RFC 9260 6.2).
   */
  readonly maxBufferGrowthBytes: number;
  /** Chunks read from one packet; the rest is dropped. 1,024 if absent; 16 to 16,384 (RFC 9260 6.10). */
  readonly maxChunksPerPacket: number;
}

/** Options of a stack as they are given: what is left out has its default. */
export interface StackOptionsInput {
  /** Life of a State Cookie (Valid.Cookie.Life). 60,000 if absent; 1 to 3,600,000 ms (RFC 9260 5.1.3). */
  readonly cookieLifeMs?: number;
  /**
   * How long one cookie secret signs before the next one does. 3,600,000 if absent; 1,000 to 86,400,000 ms
   * (RFC 9260 5.1.3).
   */
  readonly cookieSecretLifeMs?: number;
  /**
   * Longest extension of a cookie's life that a peer may ask for. 10,000 if absent; 0 to 3,600,000 ms (RFC
   * 9260 3.3.2.1.3).
   */
  readonly maxCookiePreservativeMs?: number;
  /**
   * Associations that may exist at once on the stack. 1,000,000 if absent; 1 to 16,777,216 (RFC 9260
   * 12.2.4.1).
   */
  readonly maxAssociations?: number;
  /**
   * Verification tags of ended associations remembered while a cookie for one might still come. 65,536 if
   * absent; 0 to 16,777,216 (RFC 9260 5.3.1).
   */
  readonly maxClosedTags?: number;
  /** Answers to out-of-the-blue packets per second. 1,000 if absent; 0 to 1,000,000 (RFC 9260 8.4). */
  readonly maxOotbAnswersPerSecond?: number;
  /**
   * HEARTBEATs per second to addresses that peers have listed and that are not confirmed, all associations
   * together. 1,000 if absent; 1 to 1,000,000 (RFC 9260 5.4).
   */
  readonly maxProbesPerSecond?: number;
  /** INIT ACKs sent per second. 1,000,000 if absent; 1 to 100,000,000 (RFC 9260 5.1.3). */
  readonly maxInitAnswersPerSecond?: number;
  /**
   * Answers outside of associations (INIT ACK, ABORT and the like) that may wait to be sent; more are
   * dropped. 1,024 if absent; 16 to 1,048,576 (RFC 9260 8.4).
   */
  readonly maxQueuedAnswers?: number;
  /**
   * Events that the user has not taken beyond which incoming packets are dropped unread. 65,536 if absent; 64
   * to 16,777,216 (RFC 9260 11.2).
   */
  readonly maxQueuedEvents?: number;
  /**
   * By how much the receive and send buffers of all associations together may have grown. 268,435,456 if
   * absent; 0 to 1,099,511,627,776 bytes (RFC 9260 6.2).
   */
  readonly maxBufferGrowthBytes?: number;
  /** Chunks read from one packet; the rest is dropped. 1,024 if absent; 16 to 16,384 (RFC 9260 6.10). */
  readonly maxChunksPerPacket?: number;
}
