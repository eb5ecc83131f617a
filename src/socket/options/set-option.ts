/**
 * `setOption`, one call for each option that can be set.
 * Owns: nothing of its own: `npm run docs` makes it from the options table. Does not own: the table (options-table.ts).
 */
import type { OptionInput, WritableOption } from "./options-table.ts";

/** Sets an option of RFC 6458 or of an extension; `Target` says of which association, where a socket has several. */
export interface SetOption<Self, Target extends readonly unknown[] = []> {
  /** The bounds of the RTO. 0 keeps a value. (RFC 6458 8.1.1) */
  (name: "SCTP_RTOINFO", value: OptionInput<"SCTP_RTOINFO">, ...target: Target): Self;
  /** Parameters of the association. 0 keeps a value. (RFC 6458 8.1.2) */
  (name: "SCTP_ASSOCINFO", value: OptionInput<"SCTP_ASSOCINFO">, ...target: Target): Self;
  /** How associations of this socket are set up from now on. (RFC 6458 8.1.3) */
  (name: "SCTP_INITMSG", value: OptionInput<"SCTP_INITMSG">, ...target: Target): Self;
  /**
   * On with a time of 0 makes `close` abort. With another time `close` returns at once, as all calls do, and
   * the shutdown goes on. (RFC 6458 8.1.4)
   */
  (name: "SO_LINGER", value: OptionInput<"SO_LINGER">, ...target: Target): Self;
  /**
   * Send small messages at once instead of gathering them while data is in flight. Value: On by default. (RFC
   * 6458 8.1.5)
   */
  (name: "SCTP_NODELAY", value: OptionInput<"SCTP_NODELAY">, ...target: Target): Self;
  /**
   * The receive buffer of each association, from which the advertised window is made: what it begins with.
   * Setting it fixes it. Value: Size. (RFC 6458 8.1.6)
   */
  (name: "SO_RCVBUF", value: OptionInput<"SO_RCVBUF">, ...target: Target): Self;
  /**
   * The send buffer of each association: what it begins with, and no message is larger; sending gives EAGAIN
   * while it is full. Setting it fixes it. Value: Size. (RFC 6458 8.1.7)
   */
  (name: "SO_SNDBUF", value: OptionInput<"SO_SNDBUF">, ...target: Target): Self;
  /**
   * Shuts associations down that have carried no user data for so long. Value: Idle time; 0 turns the option
   * off. (RFC 6458 8.1.8)
   */
  (name: "SCTP_AUTOCLOSE", value: OptionInput<"SCTP_AUTOCLOSE">, ...target: Target): Self;
  /** The primary path. (RFC 6458 8.1.9) */
  (name: "SCTP_PRIMARY_ADDR", value: OptionInput<"SCTP_PRIMARY_ADDR">, ...target: Target): Self;
  /**
   * The Adaptation Layer Indication of future handshakes; 0 is read where there is none. (RFC 6458 8.1.10)
   */
  (name: "SCTP_ADAPTATION_LAYER", value: OptionInput<"SCTP_ADAPTATION_LAYER">, ...target: Target): Self;
  /**
   * Refuses messages that do not fit in one packet with EMSGSIZE. Value: Off by default. (RFC 6458 8.1.11)
   */
  (name: "SCTP_DISABLE_FRAGMENTS", value: OptionInput<"SCTP_DISABLE_FRAGMENTS">, ...target: Target): Self;
  /**
   * Parameters of one path, or without an address of all present and future paths. Flow labels and DSCPs are
   * out of a UDP socket's reach. (RFC 6458 8.1.12)
   */
  (name: "SCTP_PEER_ADDR_PARAMS", value: OptionInput<"SCTP_PEER_ADDR_PARAMS">, ...target: Target): Self;
  /** What sending calls take for granted; use SCTP_DEFAULT_SNDINFO. (RFC 6458 8.1.13) */
  (name: "SCTP_DEFAULT_SEND_PARAM", value: OptionInput<"SCTP_DEFAULT_SEND_PARAM">, ...target: Target): Self;
  /**
   * Subscribes to notifications and to SCTP_SNDRCV; use SCTP_EVENT and SCTP_RECVRCVINFO. (RFC 6458 8.1.14)
   */
  (name: "SCTP_EVENTS", value: OptionInput<"SCTP_EVENTS">, ...target: Target): Self;
  /**
   * Gives IPv4 addresses as ::ffff:a.b.c.d; an error on an IPv4 socket. Value: Off by default. (RFC 6458
   * 8.1.15)
   */
  (
    name: "SCTP_I_WANT_MAPPED_V4_ADDR",
    value: OptionInput<"SCTP_I_WANT_MAPPED_V4_ADDR">,
    ...target: Target
  ): Self;
  /** Largest payload of a DATA chunk. Value: Size; 0 leaves it to the path. (RFC 6458 8.1.16) */
  (name: "SCTP_MAXSEG", value: OptionInput<"SCTP_MAXSEG">, ...target: Target): Self;
  /** The HMACs that the peer must use, in order of preference. (RFC 6458 8.1.17) */
  (name: "SCTP_HMAC_IDENT", value: OptionInput<"SCTP_HMAC_IDENT">, ...target: Target): Self;
  /** The shared key that messages are authenticated with. (RFC 6458 8.1.18) */
  (name: "SCTP_AUTH_ACTIVE_KEY", value: OptionInput<"SCTP_AUTH_ACTIVE_KEY">, ...target: Target): Self;
  /** When an acknowledgement is sent. 0 keeps a value. (RFC 6458 8.1.19) */
  (name: "SCTP_DELAYED_SACK", value: OptionInput<"SCTP_DELAYED_SACK">, ...target: Target): Self;
  /**
   * What may be read between the pieces of a message that is delivered in pieces: 0 nothing, 1 messages of
   * other associations, 2 also of other streams. 2 needs SCTP_RECVRCVINFO. Value: Level; 1 on one-to-many
   * sockets, 0 on one-to-one ones by default. (RFC 6458 8.1.20)
   */
  (name: "SCTP_FRAGMENT_INTERLEAVE", value: OptionInput<"SCTP_FRAGMENT_INTERLEAVE">, ...target: Target): Self;
  /**
   * A message that is longer is delivered in pieces before all of it is there. Value: Size, at most that of
   * the receive buffer; 0: only when the buffer is full. (RFC 6458 8.1.21)
   */
  (
    name: "SCTP_PARTIAL_DELIVERY_POINT",
    value: OptionInput<"SCTP_PARTIAL_DELIVERY_POINT">,
    ...target: Target
  ): Self;
  /** SCTP_EXTRCV instead of SCTP_SNDRCV; use SCTP_RECVNXTINFO. Value: Off by default. (RFC 6458 8.1.22) */
  (name: "SCTP_USE_EXT_RCVINFO", value: OptionInput<"SCTP_USE_EXT_RCVINFO">, ...target: Target): Self;
  /**
   * Follows the addresses of the host, and tells peers of those that come and go; EOPNOTSUPP where nothing is
   * known of the host's. Value: Off by default. (RFC 6458 8.1.23)
   */
  (name: "SCTP_AUTO_ASCONF", value: OptionInput<"SCTP_AUTO_ASCONF">, ...target: Target): Self;
  /** New packets sent for one SACK. Value: Max.Burst; 0 sets no bound. (RFC 6458 8.1.24) */
  (name: "SCTP_MAX_BURST", value: OptionInput<"SCTP_MAX_BURST">, ...target: Target): Self;
  /** A number that comes with every message from the peer. Value: The number. (RFC 6458 8.1.25) */
  (name: "SCTP_CONTEXT", value: OptionInput<"SCTP_CONTEXT">, ...target: Target): Self;
  /**
   * Sending calls give parts of a record, which ends with SCTP_EOR. It leaves when it has ended. Value: Off
   * by default. (RFC 6458 8.1.26)
   */
  (name: "SCTP_EXPLICIT_EOR", value: OptionInput<"SCTP_EXPLICIT_EOR">, ...target: Target): Self;
  /**
   * Several sockets may be bound to one port, of which one listens; to be set before binding. Value: Off by
   * default. (RFC 6458 8.1.27)
   */
  (name: "SCTP_REUSE_PORT", value: OptionInput<"SCTP_REUSE_PORT">, ...target: Target): Self;
  /** Subscribes to one notification. (RFC 6458 8.1.28) */
  (name: "SCTP_EVENT", value: OptionInput<"SCTP_EVENT">, ...target: Target): Self;
  /** SCTP_RCVINFO with every message. Value: Off by default. (RFC 6458 8.1.29) */
  (name: "SCTP_RECVRCVINFO", value: OptionInput<"SCTP_RECVRCVINFO">, ...target: Target): Self;
  /** SCTP_NXTINFO with every message, if there is a next one. Value: Off by default. (RFC 6458 8.1.30) */
  (name: "SCTP_RECVNXTINFO", value: OptionInput<"SCTP_RECVNXTINFO">, ...target: Target): Self;
  /** What sending calls take for granted. (RFC 6458 8.1.31) */
  (name: "SCTP_DEFAULT_SNDINFO", value: OptionInput<"SCTP_DEFAULT_SNDINFO">, ...target: Target): Self;
  /** When messages are given up, unless the sending call says so. (RFC 6458 8.1.32) */
  (name: "SCTP_DEFAULT_PRINFO", value: OptionInput<"SCTP_DEFAULT_PRINFO">, ...target: Target): Self;
  /** Asks the peer to make one of this side's addresses its primary path. (RFC 6458 8.3.1) */
  (
    name: "SCTP_SET_PEER_PRIMARY_ADDR",
    value: OptionInput<"SCTP_SET_PEER_PRIMARY_ADDR">,
    ...target: Target
  ): Self;
  /** A chunk type that this side wants authenticated. (RFC 6458 8.3.2) */
  (name: "SCTP_AUTH_CHUNK", value: OptionInput<"SCTP_AUTH_CHUNK">, ...target: Target): Self;
  /** Sets a shared key. (RFC 6458 8.3.3) */
  (name: "SCTP_AUTH_KEY", value: OptionInput<"SCTP_AUTH_KEY">, ...target: Target): Self;
  /** Ends the use of a shared key. (RFC 6458 8.3.4) */
  (name: "SCTP_AUTH_DEACTIVATE_KEY", value: OptionInput<"SCTP_AUTH_DEACTIVATE_KEY">, ...target: Target): Self;
  /** Forgets a shared key that is in use no more. (RFC 6458 8.3.5) */
  (name: "SCTP_AUTH_DELETE_KEY", value: OptionInput<"SCTP_AUTH_DELETE_KEY">, ...target: Target): Self;
  /** The UDP port by which an address of the peer is reached, or future associations. (RFC 6951 6.1) */
  (
    name: "SCTP_REMOTE_UDP_ENCAPS_PORT",
    value: OptionInput<"SCTP_REMOTE_UDP_ENCAPS_PORT">,
    ...target: Target
  ): Self;
  /**
   * How long the answer to a packet of a size that is tried is waited for; as Linux has it, it also turns the
   * search on, and 0 off. Value: PROBE_TIMER, 1,000 to 600,000; 0: no search. (RFC 8899 5.1.1)
   */
  (
    name: "SCTP_PLPMTUD_PROBE_INTERVAL",
    value: OptionInput<"SCTP_PLPMTUD_PROBE_INTERVAL">,
    ...target: Target
  ): Self;
  /**
   * Whether partial reliability is offered; of an association, whether it has been agreed on. Value: Whether
   * it is. (RFC 7496 4.5)
   */
  (name: "SCTP_PR_SUPPORTED", value: OptionInput<"SCTP_PR_SUPPORTED">, ...target: Target): Self;
  /**
   * Whether authentication is offered; of an association, whether it has been agreed on. Linux and FreeBSD
   * have the option. Value: Whether it is. (RFC 4895 6.1)
   */
  (name: "SCTP_AUTH_SUPPORTED", value: OptionInput<"SCTP_AUTH_SUPPORTED">, ...target: Target): Self;
  /**
   * Whether addresses that come and go are offered, and authentication with it; of an association, whether
   * they have been agreed on. Linux and FreeBSD have the option. Value: Whether they are. (RFC 5061 4.2.7)
   */
  (name: "SCTP_ASCONF_SUPPORTED", value: OptionInput<"SCTP_ASCONF_SUPPORTED">, ...target: Target): Self;
  /**
   * Whether stream reconfiguration is offered; of an association, whether it has been agreed on. Linux and
   * FreeBSD have the option. Value: Whether it is. (RFC 6525 6.3)
   */
  (name: "SCTP_RECONFIG_SUPPORTED", value: OptionInput<"SCTP_RECONFIG_SUPPORTED">, ...target: Target): Self;
  /** What the peer may ask for; the rest is denied. Value: Nothing by default. (RFC 6525 6.3.1) */
  (name: "SCTP_ENABLE_STREAM_RESET", value: OptionInput<"SCTP_ENABLE_STREAM_RESET">, ...target: Target): Self;
  /** Asks for streams to begin at SSN 0 again; SCTP_STREAM_RESET_EVENT tells the outcome. (RFC 6525 6.3.2) */
  (name: "SCTP_RESET_STREAMS", value: OptionInput<"SCTP_RESET_STREAMS">, ...target: Target): Self;
  /**
   * Asks for all SSNs and TSNs to begin anew, once within 30 s; SCTP_ASSOC_RESET_EVENT tells the outcome.
   * (RFC 6525 6.3.3)
   */
  (name: "SCTP_RESET_ASSOC", value: OptionInput<"SCTP_RESET_ASSOC">, ...target: Target): Self;
  /** Asks for more streams; SCTP_STREAM_CHANGE_EVENT tells the outcome. (RFC 6525 6.3.4) */
  (name: "SCTP_ADD_STREAMS", value: OptionInput<"SCTP_ADD_STREAMS">, ...target: Target): Self;
  /**
   * Whether I-DATA is offered, which takes level 2 of SCTP_FRAGMENT_INTERLEAVE; of an association, whether it
   * has been agreed on. Value: Whether it is. (RFC 8260 4.3.1)
   */
  (
    name: "SCTP_INTERLEAVING_SUPPORTED",
    value: OptionInput<"SCTP_INTERLEAVING_SUPPORTED">,
    ...target: Target
  ): Self;
  /**
   * Whether NR-SACK is offered; of an association, whether it has been agreed on. FreeBSD and usrsctp have
   * the option. Value: Whether it is. (draft-tuexen-tsvwg-sctp-multipath 4.1)
   */
  (name: "SCTP_NRSACK_SUPPORTED", value: OptionInput<"SCTP_NRSACK_SUPPORTED">, ...target: Target): Self;
  /**
   * Which stream is served next, of what waits as well. Value: The scheduler; SCTP_SS_DEFAULT is
   * SCTP_SS_FCFS, and SCTP_SS_FB another name of SCTP_SS_FC. (RFC 8260 4.3.2)
   */
  (name: "SCTP_STREAM_SCHEDULER", value: OptionInput<"SCTP_STREAM_SCHEDULER">, ...target: Target): Self;
  /** The priority or the weight of a stream, as the scheduler takes it. (RFC 8260 4.3.3) */
  (
    name: "SCTP_STREAM_SCHEDULER_VALUE",
    value: OptionInput<"SCTP_STREAM_SCHEDULER_VALUE">,
    ...target: Target
  ): Self;
  /**
   * The error counts beyond which a path is inactive, is potentially failed, and is the primary one no
   * longer. (RFC 7829 7.2)
   */
  (name: "SCTP_PEER_ADDR_THLDS", value: OptionInput<"SCTP_PEER_ADDR_THLDS">, ...target: Target): Self;
  /**
   * Whether SCTP_PEER_ADDR_CHANGE and SCTP_GET_PEER_ADDR_INFO tell of potentially failed paths; otherwise
   * those are active ones. Value: On by default. (RFC 7829 7.3)
   */
  (
    name: "SCTP_EXPOSE_POTENTIALLY_FAILED_STATE",
    value: OptionInput<"SCTP_EXPOSE_POTENTIALLY_FAILED_STATE">,
    ...target: Target
  ): Self;
  /** An option whose name is known when the program runs. */
  <K extends WritableOption>(name: K, value: OptionInput<K>, ...target: Target): Self;
}
