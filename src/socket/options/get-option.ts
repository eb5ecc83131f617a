/**
 * `getOption`, one call for each option that can be read.
 * Owns: nothing of its own: `npm run docs` makes it from the options table. Does not own: the table (options-table.ts).
 */
import type { GetArguments, OptionValue, ReadableOption } from "./options-table.ts";

/** Reads an option of RFC 6458 or of an extension. */
export interface GetOption {
  /** The bounds of the RTO. 0 keeps a value. (RFC 6458 8.1.1) */
  (name: "SCTP_RTOINFO", ...rest: GetArguments<"SCTP_RTOINFO">): OptionValue<"SCTP_RTOINFO">;
  /** Parameters of the association. 0 keeps a value. (RFC 6458 8.1.2) */
  (name: "SCTP_ASSOCINFO", ...rest: GetArguments<"SCTP_ASSOCINFO">): OptionValue<"SCTP_ASSOCINFO">;
  /** How associations of this socket are set up from now on. (RFC 6458 8.1.3) */
  (name: "SCTP_INITMSG", ...rest: GetArguments<"SCTP_INITMSG">): OptionValue<"SCTP_INITMSG">;
  /**
   * On with a time of 0 makes `close` abort. With another time `close` returns at once, as all calls do, and
   * the shutdown goes on. (RFC 6458 8.1.4)
   */
  (name: "SO_LINGER", ...rest: GetArguments<"SO_LINGER">): OptionValue<"SO_LINGER">;
  /**
   * Send small messages at once instead of gathering them while data is in flight. Value: On by default. (RFC
   * 6458 8.1.5)
   */
  (name: "SCTP_NODELAY", ...rest: GetArguments<"SCTP_NODELAY">): OptionValue<"SCTP_NODELAY">;
  /**
   * The receive buffer of each association, from which the advertised window is made: what it begins with.
   * Setting it fixes it. Value: Size. (RFC 6458 8.1.6)
   */
  (name: "SO_RCVBUF", ...rest: GetArguments<"SO_RCVBUF">): OptionValue<"SO_RCVBUF">;
  /**
   * The send buffer of each association: what it begins with, and no message is larger; sending gives EAGAIN
   * while it is full. Setting it fixes it. Value: Size. (RFC 6458 8.1.7)
   */
  (name: "SO_SNDBUF", ...rest: GetArguments<"SO_SNDBUF">): OptionValue<"SO_SNDBUF">;
  /**
   * Shuts associations down that have carried no user data for so long. Value: Idle time; 0 turns the option
   * off. (RFC 6458 8.1.8)
   */
  (name: "SCTP_AUTOCLOSE", ...rest: GetArguments<"SCTP_AUTOCLOSE">): OptionValue<"SCTP_AUTOCLOSE">;
  /** The primary path. (RFC 6458 8.1.9) */
  (name: "SCTP_PRIMARY_ADDR", ...rest: GetArguments<"SCTP_PRIMARY_ADDR">): OptionValue<"SCTP_PRIMARY_ADDR">;
  /**
   * The Adaptation Layer Indication of future handshakes; 0 is read where there is none. (RFC 6458 8.1.10)
   */
  (
    name: "SCTP_ADAPTATION_LAYER",
    ...rest: GetArguments<"SCTP_ADAPTATION_LAYER">
  ): OptionValue<"SCTP_ADAPTATION_LAYER">;
  /**
   * Refuses messages that do not fit in one packet with EMSGSIZE. Value: Off by default. (RFC 6458 8.1.11)
   */
  (
    name: "SCTP_DISABLE_FRAGMENTS",
    ...rest: GetArguments<"SCTP_DISABLE_FRAGMENTS">
  ): OptionValue<"SCTP_DISABLE_FRAGMENTS">;
  /**
   * Parameters of one path, or without an address of all present and future paths. Flow labels and DSCPs are
   * out of a UDP socket's reach. (RFC 6458 8.1.12)
   */
  (
    name: "SCTP_PEER_ADDR_PARAMS",
    ...rest: GetArguments<"SCTP_PEER_ADDR_PARAMS">
  ): OptionValue<"SCTP_PEER_ADDR_PARAMS">;
  /** What sending calls take for granted; use SCTP_DEFAULT_SNDINFO. (RFC 6458 8.1.13) */
  (
    name: "SCTP_DEFAULT_SEND_PARAM",
    ...rest: GetArguments<"SCTP_DEFAULT_SEND_PARAM">
  ): OptionValue<"SCTP_DEFAULT_SEND_PARAM">;
  /**
   * Subscribes to notifications and to SCTP_SNDRCV; use SCTP_EVENT and SCTP_RECVRCVINFO. (RFC 6458 8.1.14)
   */
  (name: "SCTP_EVENTS", ...rest: GetArguments<"SCTP_EVENTS">): OptionValue<"SCTP_EVENTS">;
  /**
   * Gives IPv4 addresses as ::ffff:a.b.c.d; an error on an IPv4 socket. Value: Off by default. (RFC 6458
   * 8.1.15)
   */
  (
    name: "SCTP_I_WANT_MAPPED_V4_ADDR",
    ...rest: GetArguments<"SCTP_I_WANT_MAPPED_V4_ADDR">
  ): OptionValue<"SCTP_I_WANT_MAPPED_V4_ADDR">;
  /** Largest payload of a DATA chunk. Value: Size; 0 leaves it to the path. (RFC 6458 8.1.16) */
  (name: "SCTP_MAXSEG", ...rest: GetArguments<"SCTP_MAXSEG">): OptionValue<"SCTP_MAXSEG">;
  /** The HMACs that the peer must use, in order of preference. (RFC 6458 8.1.17) */
  (name: "SCTP_HMAC_IDENT", ...rest: GetArguments<"SCTP_HMAC_IDENT">): OptionValue<"SCTP_HMAC_IDENT">;
  /** The shared key that messages are authenticated with. (RFC 6458 8.1.18) */
  (
    name: "SCTP_AUTH_ACTIVE_KEY",
    ...rest: GetArguments<"SCTP_AUTH_ACTIVE_KEY">
  ): OptionValue<"SCTP_AUTH_ACTIVE_KEY">;
  /** When an acknowledgement is sent. 0 keeps a value. (RFC 6458 8.1.19) */
  (name: "SCTP_DELAYED_SACK", ...rest: GetArguments<"SCTP_DELAYED_SACK">): OptionValue<"SCTP_DELAYED_SACK">;
  /**
   * What may be read between the pieces of a message that is delivered in pieces: 0 nothing, 1 messages of
   * other associations, 2 also of other streams. 2 needs SCTP_RECVRCVINFO. Value: Level; 1 on one-to-many
   * sockets, 0 on one-to-one ones by default. (RFC 6458 8.1.20)
   */
  (
    name: "SCTP_FRAGMENT_INTERLEAVE",
    ...rest: GetArguments<"SCTP_FRAGMENT_INTERLEAVE">
  ): OptionValue<"SCTP_FRAGMENT_INTERLEAVE">;
  /**
   * A message that is longer is delivered in pieces before all of it is there. Value: Size, at most that of
   * the receive buffer; 0: only when the buffer is full. (RFC 6458 8.1.21)
   */
  (
    name: "SCTP_PARTIAL_DELIVERY_POINT",
    ...rest: GetArguments<"SCTP_PARTIAL_DELIVERY_POINT">
  ): OptionValue<"SCTP_PARTIAL_DELIVERY_POINT">;
  /** SCTP_EXTRCV instead of SCTP_SNDRCV; use SCTP_RECVNXTINFO. Value: Off by default. (RFC 6458 8.1.22) */
  (
    name: "SCTP_USE_EXT_RCVINFO",
    ...rest: GetArguments<"SCTP_USE_EXT_RCVINFO">
  ): OptionValue<"SCTP_USE_EXT_RCVINFO">;
  /**
   * Follows the addresses of the host, and tells peers of those that come and go; EOPNOTSUPP where nothing is
   * known of the host's. Value: Off by default. (RFC 6458 8.1.23)
   */
  (name: "SCTP_AUTO_ASCONF", ...rest: GetArguments<"SCTP_AUTO_ASCONF">): OptionValue<"SCTP_AUTO_ASCONF">;
  /** New packets sent for one SACK. Value: Max.Burst; 0 sets no bound. (RFC 6458 8.1.24) */
  (name: "SCTP_MAX_BURST", ...rest: GetArguments<"SCTP_MAX_BURST">): OptionValue<"SCTP_MAX_BURST">;
  /** A number that comes with every message from the peer. Value: The number. (RFC 6458 8.1.25) */
  (name: "SCTP_CONTEXT", ...rest: GetArguments<"SCTP_CONTEXT">): OptionValue<"SCTP_CONTEXT">;
  /**
   * Sending calls give parts of a record, which ends with SCTP_EOR. It leaves when it has ended. Value: Off
   * by default. (RFC 6458 8.1.26)
   */
  (name: "SCTP_EXPLICIT_EOR", ...rest: GetArguments<"SCTP_EXPLICIT_EOR">): OptionValue<"SCTP_EXPLICIT_EOR">;
  /**
   * Several sockets may be bound to one port, of which one listens; to be set before binding. Value: Off by
   * default. (RFC 6458 8.1.27)
   */
  (name: "SCTP_REUSE_PORT", ...rest: GetArguments<"SCTP_REUSE_PORT">): OptionValue<"SCTP_REUSE_PORT">;
  /** Subscribes to one notification. (RFC 6458 8.1.28) */
  (name: "SCTP_EVENT", ...rest: GetArguments<"SCTP_EVENT">): OptionValue<"SCTP_EVENT">;
  /** SCTP_RCVINFO with every message. Value: Off by default. (RFC 6458 8.1.29) */
  (name: "SCTP_RECVRCVINFO", ...rest: GetArguments<"SCTP_RECVRCVINFO">): OptionValue<"SCTP_RECVRCVINFO">;
  /** SCTP_NXTINFO with every message, if there is a next one. Value: Off by default. (RFC 6458 8.1.30) */
  (name: "SCTP_RECVNXTINFO", ...rest: GetArguments<"SCTP_RECVNXTINFO">): OptionValue<"SCTP_RECVNXTINFO">;
  /** What sending calls take for granted. (RFC 6458 8.1.31) */
  (
    name: "SCTP_DEFAULT_SNDINFO",
    ...rest: GetArguments<"SCTP_DEFAULT_SNDINFO">
  ): OptionValue<"SCTP_DEFAULT_SNDINFO">;
  /** When messages are given up, unless the sending call says so. (RFC 6458 8.1.32) */
  (
    name: "SCTP_DEFAULT_PRINFO",
    ...rest: GetArguments<"SCTP_DEFAULT_PRINFO">
  ): OptionValue<"SCTP_DEFAULT_PRINFO">;
  /** The state of an association. (RFC 6458 8.2.1) */
  (name: "SCTP_STATUS", ...rest: GetArguments<"SCTP_STATUS">): OptionValue<"SCTP_STATUS">;
  /** The state of one path. Without an association's id the address and port find it. (RFC 6458 8.2.2) */
  (
    name: "SCTP_GET_PEER_ADDR_INFO",
    ...rest: GetArguments<"SCTP_GET_PEER_ADDR_INFO">
  ): OptionValue<"SCTP_GET_PEER_ADDR_INFO">;
  /** Chunk types that the peer wants authenticated. (RFC 6458 8.2.3) */
  (
    name: "SCTP_PEER_AUTH_CHUNKS",
    ...rest: GetArguments<"SCTP_PEER_AUTH_CHUNKS">
  ): OptionValue<"SCTP_PEER_AUTH_CHUNKS">;
  /** Chunk types that this side wants authenticated. (RFC 6458 8.2.4) */
  (
    name: "SCTP_LOCAL_AUTH_CHUNKS",
    ...rest: GetArguments<"SCTP_LOCAL_AUTH_CHUNKS">
  ): OptionValue<"SCTP_LOCAL_AUTH_CHUNKS">;
  /** How many associations the socket has. Value: Their number. (RFC 6458 8.2.5) */
  (
    name: "SCTP_GET_ASSOC_NUMBER",
    ...rest: GetArguments<"SCTP_GET_ASSOC_NUMBER">
  ): OptionValue<"SCTP_GET_ASSOC_NUMBER">;
  /** The associations of the socket. Value: Their ids. (RFC 6458 8.2.6) */
  (
    name: "SCTP_GET_ASSOC_ID_LIST",
    ...rest: GetArguments<"SCTP_GET_ASSOC_ID_LIST">
  ): OptionValue<"SCTP_GET_ASSOC_ID_LIST">;
  /** The UDP port by which an address of the peer is reached, or future associations. (RFC 6951 6.1) */
  (
    name: "SCTP_REMOTE_UDP_ENCAPS_PORT",
    ...rest: GetArguments<"SCTP_REMOTE_UDP_ENCAPS_PORT">
  ): OptionValue<"SCTP_REMOTE_UDP_ENCAPS_PORT">;
  /**
   * How long the answer to a packet of a size that is tried is waited for; as Linux has it, it also turns the
   * search on, and 0 off. Value: PROBE_TIMER, 1,000 to 600,000; 0: no search. (RFC 8899 5.1.1)
   */
  (
    name: "SCTP_PLPMTUD_PROBE_INTERVAL",
    ...rest: GetArguments<"SCTP_PLPMTUD_PROBE_INTERVAL">
  ): OptionValue<"SCTP_PLPMTUD_PROBE_INTERVAL">;
  /** Messages of a stream that were given up. (RFC 7496 4.3) */
  (
    name: "SCTP_PR_STREAM_STATUS",
    ...rest: GetArguments<"SCTP_PR_STREAM_STATUS">
  ): OptionValue<"SCTP_PR_STREAM_STATUS">;
  /** Messages of an association that were given up. (RFC 7496 4.4) */
  (
    name: "SCTP_PR_ASSOC_STATUS",
    ...rest: GetArguments<"SCTP_PR_ASSOC_STATUS">
  ): OptionValue<"SCTP_PR_ASSOC_STATUS">;
  /**
   * Whether partial reliability is offered; of an association, whether it has been agreed on. Value: Whether
   * it is. (RFC 7496 4.5)
   */
  (name: "SCTP_PR_SUPPORTED", ...rest: GetArguments<"SCTP_PR_SUPPORTED">): OptionValue<"SCTP_PR_SUPPORTED">;
  /**
   * Whether authentication is offered; of an association, whether it has been agreed on. Linux and FreeBSD
   * have the option. Value: Whether it is. (RFC 4895 6.1)
   */
  (
    name: "SCTP_AUTH_SUPPORTED",
    ...rest: GetArguments<"SCTP_AUTH_SUPPORTED">
  ): OptionValue<"SCTP_AUTH_SUPPORTED">;
  /**
   * Whether addresses that come and go are offered, and authentication with it; of an association, whether
   * they have been agreed on. Linux and FreeBSD have the option. Value: Whether they are. (RFC 5061 4.2.7)
   */
  (
    name: "SCTP_ASCONF_SUPPORTED",
    ...rest: GetArguments<"SCTP_ASCONF_SUPPORTED">
  ): OptionValue<"SCTP_ASCONF_SUPPORTED">;
  /**
   * Whether stream reconfiguration is offered; of an association, whether it has been agreed on. Linux and
   * FreeBSD have the option. Value: Whether it is. (RFC 6525 6.3)
   */
  (
    name: "SCTP_RECONFIG_SUPPORTED",
    ...rest: GetArguments<"SCTP_RECONFIG_SUPPORTED">
  ): OptionValue<"SCTP_RECONFIG_SUPPORTED">;
  /** What the peer may ask for; the rest is denied. Value: Nothing by default. (RFC 6525 6.3.1) */
  (
    name: "SCTP_ENABLE_STREAM_RESET",
    ...rest: GetArguments<"SCTP_ENABLE_STREAM_RESET">
  ): OptionValue<"SCTP_ENABLE_STREAM_RESET">;
  /**
   * Whether I-DATA is offered, which takes level 2 of SCTP_FRAGMENT_INTERLEAVE; of an association, whether it
   * has been agreed on. Value: Whether it is. (RFC 8260 4.3.1)
   */
  (
    name: "SCTP_INTERLEAVING_SUPPORTED",
    ...rest: GetArguments<"SCTP_INTERLEAVING_SUPPORTED">
  ): OptionValue<"SCTP_INTERLEAVING_SUPPORTED">;
  /**
   * Whether NR-SACK is offered; of an association, whether it has been agreed on. FreeBSD and usrsctp have
   * the option. Value: Whether it is. (draft-tuexen-tsvwg-sctp-multipath 4.1)
   */
  (
    name: "SCTP_NRSACK_SUPPORTED",
    ...rest: GetArguments<"SCTP_NRSACK_SUPPORTED">
  ): OptionValue<"SCTP_NRSACK_SUPPORTED">;
  /**
   * Which stream is served next, of what waits as well. Value: The scheduler; SCTP_SS_DEFAULT is
   * SCTP_SS_FCFS, and SCTP_SS_FB another name of SCTP_SS_FC. (RFC 8260 4.3.2)
   */
  (
    name: "SCTP_STREAM_SCHEDULER",
    ...rest: GetArguments<"SCTP_STREAM_SCHEDULER">
  ): OptionValue<"SCTP_STREAM_SCHEDULER">;
  /** The priority or the weight of a stream, as the scheduler takes it. (RFC 8260 4.3.3) */
  (
    name: "SCTP_STREAM_SCHEDULER_VALUE",
    ...rest: GetArguments<"SCTP_STREAM_SCHEDULER_VALUE">
  ): OptionValue<"SCTP_STREAM_SCHEDULER_VALUE">;
  /**
   * The error counts beyond which a path is inactive, is potentially failed, and is the primary one no
   * longer. (RFC 7829 7.2)
   */
  (
    name: "SCTP_PEER_ADDR_THLDS",
    ...rest: GetArguments<"SCTP_PEER_ADDR_THLDS">
  ): OptionValue<"SCTP_PEER_ADDR_THLDS">;
  /**
   * Whether SCTP_PEER_ADDR_CHANGE and SCTP_GET_PEER_ADDR_INFO tell of potentially failed paths; otherwise
   * those are active ones. Value: On by default. (RFC 7829 7.3)
   */
  (
    name: "SCTP_EXPOSE_POTENTIALLY_FAILED_STATE",
    ...rest: GetArguments<"SCTP_EXPOSE_POTENTIALLY_FAILED_STATE">
  ): OptionValue<"SCTP_EXPOSE_POTENTIALLY_FAILED_STATE">;
  /** An option whose name is known when the program runs. */
  <K extends ReadableOption>(name: K, ...rest: GetArguments<K>): OptionValue<K>;
}
