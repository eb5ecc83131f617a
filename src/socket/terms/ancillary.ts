/**
 * What goes with a message (RFC 6458 5.3).
 * Owns: the shapes of the ancillary data, of flags and of socket addresses.
 * Does not own: what is done with them (send.ts, receive.ts); notifications (notifications.ts).
 *
 * Names are the RFC's without the structures' prefixes, in camel case, with units. PPIDs are numbers in host order.
 */

/** One address of an endpoint: an IP literal and an SCTP port. */
export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

/** Options and notifications of associations that will come to be. */
export const SCTP_FUTURE_ASSOC = "future";
/** Those of the associations that are. */
export const SCTP_CURRENT_ASSOC = "current";
/** Both. */
export const SCTP_ALL_ASSOC = "all";

/** An association by its id, or some of them by the RFC's constants. One-to-one sockets ignore it. */
export type AssociationTarget =
  | number
  | typeof SCTP_FUTURE_ASSOC
  | typeof SCTP_CURRENT_ASSOC
  | typeof SCTP_ALL_ASSOC;

/** What may be asked for when a message is sent (RFC 6458 5.3.4; RFC 9260 for the I bit). */
export type SendFlag =
  /** Deliver without waiting for earlier messages of the stream. */
  | "SCTP_UNORDERED"
  /** Send to the address given, not to the primary path. */
  | "SCTP_ADDR_OVER"
  /** Abort the association; the data is the reason that the peer is told. */
  | "SCTP_ABORT"
  /** Shut the association down once everything has been acknowledged. */
  | "SCTP_EOF"
  /** Send to every established association of a one-to-many socket. */
  | "SCTP_SENDALL"
  /** Ask the peer to acknowledge at once. */
  | "SCTP_SACK_IMMEDIATELY"
  /** The record ends with this call; means something with SCTP_EXPLICIT_EOR only. */
  | "SCTP_EOR";

/** Flags of a received message. */
export type ReceiveFlag = "MSG_EOR" | "MSG_NOTIFICATION";

/** SCTP_INIT and SCTP_INITMSG (5.3.1); what is absent or 0 is left at the socket's value. */
export interface InitInfo {
  /** Outbound streams asked for, 1 to 65,535. */
  readonly outboundStreams?: number | undefined;
  /** Inbound streams allowed, 1 to 65,535. */
  readonly maxInboundStreams?: number | undefined;
  /** Retransmissions of the INIT, 1 to 255. */
  readonly maxAttempts?: number | undefined;
  /** Upper bound of the RTO during the set-up, in ms. */
  readonly maxInitTimeoutMs?: number | undefined;
}

/** SCTP_SNDINFO (5.3.4); what is absent is the socket's default (SCTP_DEFAULT_SNDINFO). */
export interface SndInfo {
  readonly streamId?: number | undefined;
  readonly flags?: readonly SendFlag[] | undefined;
  /** Host order. */
  readonly ppid?: number | undefined;
  /** Comes back with a send failure; 32 bits. */
  readonly context?: number | undefined;
  /** Ignored by one-to-one sockets. */
  readonly associationId?: number | undefined;
}

/** The ways to give up a message (RFC 6458 5.3.7, RFC 7496). */
export type PrPolicy = "SCTP_PR_SCTP_NONE" | "SCTP_PR_SCTP_TTL" | "SCTP_PR_SCTP_RTX" | "SCTP_PR_SCTP_PRIO";

/** SCTP_PRINFO (5.3.7). */
export interface PrInfo {
  readonly policy: PrPolicy;
  /** The lifetime in ms, the number of retransmissions, or the priority: 0 is the highest. */
  readonly value: number;
}

/** SCTP_AUTHINFO (5.3.8). */
export interface AuthInfo {
  readonly keyNumber: number;
}

/** SCTP_SNDRCV as it is sent (5.3.2, deprecated). */
export interface SndRcvSendInfo extends SndInfo {
  /** 0: the message does not expire. */
  readonly timeToLiveMs?: number | undefined;
}

/** Ancillary data of `sendmsg`. */
export type SendAncillary =
  | ({ readonly type: "SCTP_INIT" } & InitInfo)
  | ({ readonly type: "SCTP_SNDINFO" } & SndInfo)
  | ({ readonly type: "SCTP_PRINFO" } & PrInfo)
  | ({ readonly type: "SCTP_AUTHINFO" } & AuthInfo)
  | ({ readonly type: "SCTP_SNDRCV" } & SndRcvSendInfo)
  /** One more address of a peer to set up an association with; its port is that of `name`. */
  | { readonly type: "SCTP_DSTADDRV4"; readonly address: string }
  | { readonly type: "SCTP_DSTADDRV6"; readonly address: string };

/** SCTP_RCVINFO (5.3.5). */
export interface RcvInfo {
  readonly streamId: number;
  /** 0 where unordered. */
  readonly ssn: number;
  readonly flags: readonly "SCTP_UNORDERED"[];
  /** Host order. */
  readonly ppid: number;
  /** Of the first chunk of what was read. */
  readonly tsn: number;
  readonly cumulativeTsn: number;
  /** What SCTP_CONTEXT has been set to. */
  readonly context: number;
  readonly associationId: number;
}

/** SCTP_NXTINFO (5.3.6). */
export interface NxtInfo {
  readonly streamId: number;
  /** SCTP_COMPLETE: `lengthBytes` is that of the whole message. */
  readonly flags: readonly ("SCTP_UNORDERED" | "SCTP_COMPLETE" | "SCTP_NOTIFICATION")[];
  readonly ppid: number;
  /** 0 for a notification. */
  readonly lengthBytes: number;
  readonly associationId: number;
}

/** SCTP_SNDRCV as it is received (5.3.2, deprecated). */
export interface SndRcvInfo extends RcvInfo {
  /** Means nothing here. */
  readonly timeToLiveMs: number;
}

/** SCTP_EXTRCV (5.3.3, deprecated). */
export interface ExtRcvInfo extends SndRcvInfo {
  /** Undefined where nothing is known of the next message (SCTP_NEXT_MSG_AVAIL is off). */
  readonly next: NxtInfo | undefined;
}

/** Ancillary data of `recvmsg`. */
export type ReceiveAncillary =
  | ({ readonly type: "SCTP_RCVINFO" } & RcvInfo)
  | ({ readonly type: "SCTP_NXTINFO" } & NxtInfo)
  | ({ readonly type: "SCTP_SNDRCV" } & SndRcvInfo)
  | ({ readonly type: "SCTP_EXTRCV" } & ExtRcvInfo);

/** What `sendmsg` is given (5.1). */
export interface SendMessage {
  /** The user message: one piece, or several that are sent as one. */
  readonly data: Uint8Array | readonly Uint8Array[];
  /**
   * One-to-many: a peer, for a message without an association id; an association is set up where there is none.
   * One-to-one: the address of the peer to prefer, or the peer to set an association up with.
   */
  readonly name?: SocketAddress | undefined;
  readonly control?: readonly SendAncillary[] | undefined;
}

/** What `sendv` is given beside the data (9.12). */
export interface SendvInfo {
  /** One address of a peer, or several to set an association up with. */
  readonly to?: SocketAddress | readonly SocketAddress[] | undefined;
  readonly sndinfo?: SndInfo | undefined;
  readonly prinfo?: PrInfo | undefined;
  readonly authinfo?: AuthInfo | undefined;
  readonly init?: InitInfo | undefined;
  /** Not of the RFC: as `SendInfo` of the core has it; for whole messages only. */
  readonly receipt?: unknown;
}
