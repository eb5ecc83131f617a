/**
 * The socket options of the extension RFCs.
 * Owns: their rows of the options table. Does not own: what they do (association-options.ts).
 */
import {
  address,
  boolean,
  may,
  must,
  name,
  names,
  number,
  numbers,
  type OptionRow,
  read,
} from "./option-spec.ts";

const ANY = ["future", "current", "all"] as const;
const FUTURE = ["future"] as const;

const PRSTATUS = {
  streamId: read(number("", "The stream; 0 for the whole association.")),
  abandonedUnsent: read(number("", "Messages given up before any of them had been sent.")),
  abandonedSent: read(number("", "Messages given up later.")),
};
const ALL_POLICIES = [
  "SCTP_PR_SCTP_ALL",
  "SCTP_PR_SCTP_TTL",
  "SCTP_PR_SCTP_RTX",
  "SCTP_PR_SCTP_PRIO",
] as const;

export const EXTENSION_OPTIONS = {
  SCTP_REMOTE_UDP_ENCAPS_PORT: {
    section: "RFC 6951 6.1",
    description: "The UDP port by which an address of the peer is reached, or future associations.",
    access: "read-write",
    targets: FUTURE,
    query: { address: may(address("One of the peer's addresses; the primary path if absent.")) },
    fields: {
      address: may(address("One of the peer's addresses; future paths alone if absent.")),
      port: must(
        number("", "The UDP port. 0, which turns encapsulation off, is not possible here.", 0, 65_535),
      ),
    },
  },
  SCTP_PLPMTUD_PROBE_INTERVAL: {
    section: "RFC 8899 5.1.1",
    description:
      "How long the answer to a packet of a size that is tried is waited for; as Linux has it, it also turns the search on, and 0 off.",
    access: "read-write",
    targets: FUTURE,
    value: number("ms", "PROBE_TIMER, 1,000 to 600,000; 0: no search.", 0, 600_000),
  },
  SCTP_PR_STREAM_STATUS: {
    section: "RFC 7496 4.3",
    description: "Messages of a stream that were given up.",
    access: "read",
    targets: [],
    query: {
      streamId: must(number("", "The stream.", 0, 65_535)),
      policy: must(name(ALL_POLICIES, "By which policy.")),
    },
    fields: PRSTATUS,
  },
  SCTP_PR_ASSOC_STATUS: {
    section: "RFC 7496 4.4",
    description: "Messages of an association that were given up.",
    access: "read",
    targets: [],
    query: { policy: must(name(ALL_POLICIES, "By which policy.")) },
    fields: PRSTATUS,
  },
  SCTP_PR_SUPPORTED: {
    section: "RFC 7496 4.5",
    description: "Whether partial reliability is offered; of an association, whether it has been agreed on.",
    access: "read-write",
    targets: FUTURE,
    value: boolean("Whether it is."),
  },
  SCTP_AUTH_SUPPORTED: {
    section: "RFC 4895 6.1",
    description:
      "Whether authentication is offered; of an association, whether it has been agreed on. Linux and FreeBSD have the option.",
    access: "read-write",
    targets: FUTURE,
    value: boolean("Whether it is."),
  },
  SCTP_ASCONF_SUPPORTED: {
    section: "RFC 5061 4.2.7",
    description:
      "Whether addresses that come and go are offered, and authentication with it; of an association, whether they have been agreed on. Linux and FreeBSD have the option.",
    access: "read-write",
    targets: FUTURE,
    value: boolean("Whether they are."),
  },
  SCTP_RECONFIG_SUPPORTED: {
    section: "RFC 6525 6.3",
    description:
      "Whether stream reconfiguration is offered; of an association, whether it has been agreed on. Linux and FreeBSD have the option.",
    access: "read-write",
    targets: FUTURE,
    value: boolean("Whether it is."),
  },
  SCTP_ENABLE_STREAM_RESET: {
    section: "RFC 6525 6.3.1",
    description: "What the peer may ask for; the rest is denied.",
    access: "read-write",
    targets: ANY,
    value: names(
      ["SCTP_ENABLE_RESET_STREAM_REQ", "SCTP_ENABLE_RESET_ASSOC_REQ", "SCTP_ENABLE_CHANGE_ASSOC_REQ"],
      "Nothing by default.",
    ),
  },
  SCTP_RESET_STREAMS: {
    section: "RFC 6525 6.3.2",
    description: "Asks for streams to begin at SSN 0 again; SCTP_STREAM_RESET_EVENT tells the outcome.",
    access: "write",
    targets: [],
    fields: {
      direction: must(
        names(["SCTP_STREAM_RESET_INCOMING", "SCTP_STREAM_RESET_OUTGOING"], "One of them, or both."),
      ),
      streams: may(numbers("Their ids; all if absent.")),
    },
  },
  SCTP_RESET_ASSOC: {
    section: "RFC 6525 6.3.3",
    description:
      "Asks for all SSNs and TSNs to begin anew, once within 30 s; SCTP_ASSOC_RESET_EVENT tells the outcome.",
    access: "write",
    targets: [],
    fields: {},
  },
  SCTP_ADD_STREAMS: {
    section: "RFC 6525 6.3.4",
    description: "Asks for more streams; SCTP_STREAM_CHANGE_EVENT tells the outcome.",
    access: "write",
    targets: [],
    fields: {
      inboundStreams: must(number("", "Inbound streams to add.", 0, 65_535)),
      outboundStreams: must(number("", "Outbound streams to add.", 0, 65_535)),
    },
  },
  SCTP_INTERLEAVING_SUPPORTED: {
    section: "RFC 8260 4.3.1",
    description:
      "Whether I-DATA is offered, which takes level 2 of SCTP_FRAGMENT_INTERLEAVE; of an association, whether it has been agreed on.",
    access: "read-write",
    targets: FUTURE,
    value: boolean("Whether it is."),
  },
  SCTP_NRSACK_SUPPORTED: {
    section: "draft-tuexen-tsvwg-sctp-multipath 4.1",
    description:
      "Whether NR-SACK is offered; of an association, whether it has been agreed on. FreeBSD and usrsctp have the option.",
    access: "read-write",
    targets: FUTURE,
    value: boolean("Whether it is."),
  },
  SCTP_STREAM_SCHEDULER: {
    section: "RFC 8260 4.3.2",
    description: "Which stream is served next, of what waits as well.",
    access: "read-write",
    targets: ANY,
    value: name(
      [
        "SCTP_SS_DEFAULT",
        "SCTP_SS_FCFS",
        "SCTP_SS_RR",
        "SCTP_SS_RR_PKT",
        "SCTP_SS_PRIO",
        "SCTP_SS_FC",
        "SCTP_SS_FB",
        "SCTP_SS_WFQ",
      ],
      "The scheduler; SCTP_SS_DEFAULT is SCTP_SS_FCFS, and SCTP_SS_FB another name of SCTP_SS_FC.",
    ),
  },
  SCTP_STREAM_SCHEDULER_VALUE: {
    section: "RFC 8260 4.3.3",
    description: "The priority or the weight of a stream, as the scheduler takes it.",
    access: "read-write",
    targets: ANY,
    query: { streamId: must(number("", "The stream.", 0, 65_535)) },
    fields: {
      streamId: must(number("", "The stream.", 0, 65_535)),
      value: must(
        number("", "Its priority, 0 being the first, and its weight, for which 0 counts as 1.", 0, 65_535),
      ),
    },
  },
  SCTP_PEER_ADDR_THLDS: {
    section: "RFC 7829 7.2",
    description:
      "The error counts beyond which a path is inactive, is potentially failed, and is the primary one no longer.",
    access: "read-write",
    targets: FUTURE,
    query: { address: may(address("The path; the association's values for future paths if absent.")) },
    fields: {
      address: may(
        address("One of the peer's addresses; all present and future ones if absent or a wildcard."),
      ),
      pathMaxRetransmissions: must(number("", "Path.Max.Retrans.", 0, 255)),
      potentiallyFailedThreshold: must(
        number("", "PotentiallyFailed.Max.Retrans; 65535 turns quick failover off.", 0, 65_535),
      ),
      primarySwitchoverThreshold: may(
        number(
          "",
          "Primary.Switchover.Max.Retrans, not below the one before or, without quick failover, Path.Max.Retrans; 65535: the primary path stays what it is.",
          0,
          65_535,
        ),
      ),
    },
  },
  SCTP_EXPOSE_POTENTIALLY_FAILED_STATE: {
    section: "RFC 7829 7.3",
    description:
      "Whether SCTP_PEER_ADDR_CHANGE and SCTP_GET_PEER_ADDR_INFO tell of potentially failed paths; otherwise those are active ones.",
    access: "read-write",
    targets: FUTURE,
    value: boolean("On by default."),
  },
} as const satisfies Readonly<Record<string, OptionRow>>;
