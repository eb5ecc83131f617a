/**
 * The read/write socket options of RFC 6458 section 8.1.
 * Owns: their rows of the options table. Does not own: what they do (association-options.ts, socket-options.ts).
 */
import { NOTIFICATION_TYPES } from "../terms/notification-types.ts";
import { address, boolean, may, must, name, names, number, type OptionRow, read } from "./option-spec.ts";

const ANY = ["future", "current", "all"] as const;
const FUTURE = ["future"] as const;

const INIT = {
  outboundStreams: may(number("", "Outbound streams asked for; 0 keeps the value.", 0, 65_535)),
  maxInboundStreams: may(number("", "Inbound streams allowed to the peer; 0 keeps the value.", 0, 65_535)),
  maxAttempts: may(number("", "Retransmissions of INIT and COOKIE ECHO; 0 keeps the value.", 0, 255)),
  maxInitTimeoutMs: may(number("ms", "Upper bound of the RTO during the set-up; 0 keeps the value.")),
};
const SEND_FLAGS = ["SCTP_UNORDERED", "SCTP_EOF", "SCTP_SENDALL"] as const;
const SNDINFO = {
  streamId: may(number("", "Stream to send to.", 0, 65_535)),
  flags: may(names(SEND_FLAGS, "Flags of every message.")),
  ppid: may(number("", "Payload Protocol Identifier, host order.")),
  context: may(number("", "Comes back with a send failure.")),
};
const PR_POLICIES = [
  "SCTP_PR_SCTP_NONE",
  "SCTP_PR_SCTP_TTL",
  "SCTP_PR_SCTP_RTX",
  "SCTP_PR_SCTP_PRIO",
] as const;
const authKey = (description: string) => ({ keyNumber: must(number("", description, 0, 65_535)) });

export const RFC6458_OPTIONS = {
  SCTP_RTOINFO: {
    section: "RFC 6458 8.1.1",
    description: "The bounds of the RTO. 0 keeps a value.",
    access: "read-write",
    targets: FUTURE,
    fields: {
      initialMs: may(number("ms", "RTO until a round trip has been measured.")),
      maxMs: may(number("ms", "Upper bound, back-off included.")),
      minMs: may(number("ms", "Lower bound.")),
    },
  },
  SCTP_ASSOCINFO: {
    section: "RFC 6458 8.1.2",
    description: "Parameters of the association. 0 keeps a value.",
    access: "read-write",
    targets: FUTURE,
    fields: {
      maxRetransmissions: may(
        number("", "Consecutive retransmissions before the peer counts as unreachable.", 0, 255),
      ),
      numberPeerDestinations: read(number("", "Addresses that the peer has.")),
      peerRwndBytes: read(number("bytes", "What the peer can still take, less what is in flight.")),
      localRwndBytes: read(number("bytes", "What is left of the receive buffer.")),
      cookieLifeMs: may(
        number("ms", "Life of the State Cookies made for this port; no longer than the stack's."),
      ),
    },
  },
  SCTP_INITMSG: {
    section: "RFC 6458 8.1.3",
    description: "How associations of this socket are set up from now on.",
    access: "read-write",
    targets: undefined,
    fields: INIT,
  },
  SO_LINGER: {
    section: "RFC 6458 8.1.4",
    description:
      "On with a time of 0 makes `close` abort. With another time `close` returns at once, as all calls do, and the shutdown goes on.",
    access: "read-write",
    targets: undefined,
    fields: {
      enabled: must(boolean("Whether the option is on.")),
      lingerSeconds: may(number("s", "The linger time.", 0, 65_535)),
    },
  },
  SCTP_NODELAY: {
    section: "RFC 6458 8.1.5",
    description: "Send small messages at once instead of gathering them while data is in flight.",
    access: "read-write",
    targets: undefined,
    value: boolean("On by default."),
  },
  SO_RCVBUF: {
    section: "RFC 6458 8.1.6",
    description:
      "The receive buffer of each association, from which the advertised window is made: what it begins with. Setting it fixes it.",
    access: "read-write",
    targets: undefined,
    value: number("bytes", "Size.", 4_096, 1_073_741_824),
  },
  SO_SNDBUF: {
    section: "RFC 6458 8.1.7",
    description:
      "The send buffer of each association: what it begins with, and no message is larger; sending gives EAGAIN while it is full. Setting it fixes it.",
    access: "read-write",
    targets: undefined,
    value: number("bytes", "Size.", 4_096, 1_073_741_824),
  },
  SCTP_AUTOCLOSE: {
    section: "RFC 6458 8.1.8",
    description: "Shuts associations down that have carried no user data for so long.",
    access: "read-write",
    targets: undefined,
    style: "one-to-many",
    value: number("s", "Idle time; 0 turns the option off.", 0, 31_536_000),
  },
  SCTP_PRIMARY_ADDR: {
    section: "RFC 6458 8.1.9",
    description: "The primary path.",
    access: "read-write",
    targets: [],
    fields: { address: must(address("One of the peer's addresses.")) },
  },
  SCTP_ADAPTATION_LAYER: {
    section: "RFC 6458 8.1.10",
    description: "The Adaptation Layer Indication of future handshakes; 0 is read where there is none.",
    access: "read-write",
    targets: undefined,
    fields: {
      adaptationIndication: must(number("", "The 32 bits that the peer is told.", 0, 4_294_967_295)),
    },
  },
  SCTP_DISABLE_FRAGMENTS: {
    section: "RFC 6458 8.1.11",
    description: "Refuses messages that do not fit in one packet with EMSGSIZE.",
    access: "read-write",
    targets: undefined,
    value: boolean("Off by default."),
  },
  SCTP_PEER_ADDR_PARAMS: {
    section: "RFC 6458 8.1.12",
    description:
      "Parameters of one path, or without an address of all present and future paths. Flow labels and DSCPs are out of a UDP socket's reach.",
    access: "read-write",
    targets: FUTURE,
    query: { address: may(address("The path; the association's values for future paths if absent.")) },
    fields: {
      address: may(address("One of the peer's addresses; all of them if absent.")),
      heartbeatEnabled: may(boolean("SPP_HB_ENABLE or SPP_HB_DISABLE.")),
      heartbeatIntervalMs: may(
        number("ms", "HB.interval; 0 keeps it unless `heartbeatTimeIsZero` is given.", 0, 86_400_000),
      ),
      heartbeatTimeIsZero: may(
        boolean("SPP_HB_TIME_IS_ZERO: heartbeats after the RTO and its jitter alone."),
      ),
      heartbeatDemand: may(boolean("SPP_HB_DEMAND: send a HEARTBEAT now; needs an address.")),
      pathMaxRetransmissions: may(number("", "Path.Max.Retrans; 0 keeps it.", 0, 255)),
      pathMtuBytes: may(
        number(
          "bytes",
          "Bytes for chunks in a packet; 0 keeps it. Ignored without `pmtudEnabled: false`.",
          0,
          65_495,
        ),
      ),
      pmtudEnabled: may(
        boolean(
          "SPP_PMTUD_ENABLE or SPP_PMTUD_DISABLE: whether the largest packet is searched for (RFC 8899).",
        ),
      ),
    },
  },
  SCTP_DEFAULT_SEND_PARAM: {
    section: "RFC 6458 8.1.13",
    description: "What sending calls take for granted; use SCTP_DEFAULT_SNDINFO.",
    access: "read-write",
    targets: ANY,
    deprecated: true,
    fields: {
      ...SNDINFO,
      timeToLiveMs: may(number("ms", "Lifetime of every message; 0: they do not expire.")),
    },
  },
  SCTP_EVENTS: {
    section: "RFC 6458 8.1.14",
    description: "Subscribes to notifications and to SCTP_SNDRCV; use SCTP_EVENT and SCTP_RECVRCVINFO.",
    access: "read-write",
    targets: undefined,
    deprecated: true,
    fields: {
      dataIoEvent: may(boolean("SCTP_SNDRCV with every message.")),
      associationEvent: may(boolean("SCTP_ASSOC_CHANGE.")),
      addressEvent: may(boolean("SCTP_PEER_ADDR_CHANGE.")),
      sendFailureEvent: may(boolean("SCTP_SEND_FAILED.")),
      peerErrorEvent: may(boolean("SCTP_REMOTE_ERROR.")),
      shutdownEvent: may(boolean("SCTP_SHUTDOWN_EVENT.")),
      partialDeliveryEvent: may(boolean("SCTP_PARTIAL_DELIVERY_EVENT.")),
      adaptationLayerEvent: may(boolean("SCTP_ADAPTATION_INDICATION.")),
      authenticationEvent: may(boolean("SCTP_AUTHENTICATION_EVENT.")),
      senderDryEvent: may(boolean("SCTP_SENDER_DRY_EVENT.")),
    },
  },
  SCTP_I_WANT_MAPPED_V4_ADDR: {
    section: "RFC 6458 8.1.15",
    description: "Gives IPv4 addresses as ::ffff:a.b.c.d; an error on an IPv4 socket.",
    access: "read-write",
    targets: undefined,
    value: boolean("Off by default."),
  },
  SCTP_MAXSEG: {
    section: "RFC 6458 8.1.16",
    description: "Largest payload of a DATA chunk.",
    access: "read-write",
    targets: FUTURE,
    value: number("bytes", "Size; 0 leaves it to the path."),
  },
  SCTP_HMAC_IDENT: {
    section: "RFC 6458 8.1.17",
    description: "The HMACs that the peer must use, in order of preference.",
    access: "read-write",
    targets: undefined,
    fields: {
      idents: must(names(["SCTP_AUTH_HMAC_ID_SHA1", "SCTP_AUTH_HMAC_ID_SHA256"], "SHA1 must be among them.")),
    },
  },
  SCTP_AUTH_ACTIVE_KEY: {
    section: "RFC 6458 8.1.18",
    description: "The shared key that messages are authenticated with.",
    access: "read-write",
    targets: ANY,
    fields: authKey("A key that has been set."),
  },
  SCTP_DELAYED_SACK: {
    section: "RFC 6458 8.1.19",
    description: "When an acknowledgement is sent. 0 keeps a value.",
    access: "read-write",
    targets: ANY,
    fields: {
      delayMs: may(number("ms", "Longest delay.", 0, 500)),
      frequencyPackets: may(number("packets", "One SACK for so many packets; 1 turns the delay off.", 0, 16)),
    },
  },
  SCTP_FRAGMENT_INTERLEAVE: {
    section: "RFC 6458 8.1.20",
    description:
      "What may be read between the pieces of a message that is delivered in pieces: 0 nothing, 1 messages of other associations, 2 also of other streams. 2 needs SCTP_RECVRCVINFO.",
    access: "read-write",
    targets: undefined,
    value: number("", "Level; 1 on one-to-many sockets, 0 on one-to-one ones by default.", 0, 2),
  },
  SCTP_PARTIAL_DELIVERY_POINT: {
    section: "RFC 6458 8.1.21",
    description: "A message that is longer is delivered in pieces before all of it is there.",
    access: "read-write",
    targets: undefined,
    value: number("bytes", "Size, at most that of the receive buffer; 0: only when the buffer is full."),
  },
  SCTP_USE_EXT_RCVINFO: {
    section: "RFC 6458 8.1.22",
    description: "SCTP_EXTRCV instead of SCTP_SNDRCV; use SCTP_RECVNXTINFO.",
    access: "read-write",
    targets: undefined,
    deprecated: true,
    value: boolean("Off by default."),
  },
  SCTP_AUTO_ASCONF: {
    section: "RFC 6458 8.1.23",
    description:
      "Follows the addresses of the host, and tells peers of those that come and go; EOPNOTSUPP where nothing is known of the host's.",
    access: "read-write",
    targets: undefined,
    value: boolean("Off by default."),
  },
  SCTP_MAX_BURST: {
    section: "RFC 6458 8.1.24",
    description: "New packets sent for one SACK.",
    access: "read-write",
    targets: ANY,
    value: number("packets", "Max.Burst; 0 sets no bound."),
  },
  SCTP_CONTEXT: {
    section: "RFC 6458 8.1.25",
    description: "A number that comes with every message from the peer.",
    access: "read-write",
    targets: ANY,
    value: number("", "The number."),
  },
  SCTP_EXPLICIT_EOR: {
    section: "RFC 6458 8.1.26",
    description:
      "Sending calls give parts of a record, which ends with SCTP_EOR. It leaves when it has ended.",
    access: "read-write",
    targets: undefined,
    value: boolean("Off by default."),
  },
  SCTP_REUSE_PORT: {
    section: "RFC 6458 8.1.27",
    description: "Several sockets may be bound to one port, of which one listens; to be set before binding.",
    access: "read-write",
    targets: undefined,
    style: "one-to-one",
    value: boolean("Off by default."),
  },
  SCTP_EVENT: {
    section: "RFC 6458 8.1.28",
    description: "Subscribes to one notification.",
    access: "read-write",
    targets: ANY,
    query: { type: must(name(NOTIFICATION_TYPES, "The notification.")) },
    fields: {
      type: must(name(NOTIFICATION_TYPES, "The notification.")),
      on: must(boolean("Whether it is wanted.")),
    },
  },
  SCTP_RECVRCVINFO: {
    section: "RFC 6458 8.1.29",
    description: "SCTP_RCVINFO with every message.",
    access: "read-write",
    targets: undefined,
    value: boolean("Off by default."),
  },
  SCTP_RECVNXTINFO: {
    section: "RFC 6458 8.1.30",
    description: "SCTP_NXTINFO with every message, if there is a next one.",
    access: "read-write",
    targets: undefined,
    value: boolean("Off by default."),
  },
  SCTP_DEFAULT_SNDINFO: {
    section: "RFC 6458 8.1.31",
    description: "What sending calls take for granted.",
    access: "read-write",
    targets: ANY,
    fields: SNDINFO,
  },
  SCTP_DEFAULT_PRINFO: {
    section: "RFC 6458 8.1.32",
    description: "When messages are given up, unless the sending call says so.",
    access: "read-write",
    targets: ANY,
    fields: {
      policy: must(
        name(PR_POLICIES, "Whether it is by a lifetime, a number of retransmissions or a priority."),
      ),
      value: may(number("", "The lifetime in ms, the retransmissions, or the priority: 0 is the highest.")),
    },
  },
} as const satisfies Readonly<Record<string, OptionRow>>;
