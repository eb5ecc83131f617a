/**
 * What is built in, RFC by RFC, for docs/features.md.
 * Owns: the table, and what is not built in on purpose. Does not own: the page (features-page.ts), what the tests and the interoperability cases say.
 */

export interface Feature {
  /** "RFC 3758". */
  readonly rfc: string;
  readonly name: string;
  /** What an INIT says of it, by the names of `wordsOf` (features-page.ts); nothing where there is nothing to negotiate. */
  readonly said: readonly string[];
  /** How it is turned on, off or used. */
  readonly option: string;
  /** The conformance tests about it: sections, without the RFC; all of the RFC's if there is none. */
  readonly sections: readonly string[];
  /** Where its tests stand, if that is not among the conformance tests. */
  readonly tests?: string;
  /** Cases of `npm run interop`, by the beginnings of their names; or why there is none. */
  readonly interop: readonly string[] | string;
}

export const FEATURES: readonly Feature[] = [
  {
    rfc: "RFC 9260",
    name: "set-up by cookie, restarts, collisions",
    said: [],
    option: "`connect()`, `createServer()`, `cookieLifetimeMs`",
    sections: ["5"],
    interop: ["restart on the same ports", "INIT collision", "1,000 associations", "200 associations"],
  },
  {
    rfc: "RFC 9260",
    name: "data transfer: streams, order, fragments, SACKs",
    said: [],
    option: "`send()`, `streamId`, `unordered`, `sackDelayMs`, `sackFrequencyPackets`",
    sections: ["3.3.1", "3.3.4", "6"],
    interop: ["1 % loss", "5 % loss", "20 % loss", "usrsctp sends", "as many SACKs"],
  },
  {
    rfc: "RFC 9260",
    name: "congestion control",
    said: [],
    option: "`congestionControl: \"rfc9260\"`, `maxBurst`",
    sections: ["7"],
    interop: ["usrsctp sends", "1 % loss"],
  },
  {
    rfc: "RFC 9438",
    name: "CUBIC",
    said: [],
    option: "`congestionControl: \"cubic\"`, the default",
    sections: [],
    interop: "nothing of it is on the wire: it is the sender's choice of the window",
  },
  {
    rfc: "draft-tuexen-tsvwg-sctp-multipath",
    name: "all paths at once: split fast retransmit, windows per path, buffers split, chunks rescheduled",
    said: [],
    option: '`multipath: "independent"`',
    sections: [],
    tests: "`test/unit/association/sending/multipath.test.ts`, `test/sim/multipath.sim.test.ts`",
    interop: ["two paths at once"],
  },
  {
    rfc: "draft-tuexen-tsvwg-sctp-multipath",
    name: "NR-SACK: what will not be taken back leaves the send buffer before it is acknowledged cumulatively",
    said: ["NR-SACK"],
    option: "`nrSack`; SCTP_NRSACK_SUPPORTED",
    sections: [],
    tests: "`test/unit/association/nr-sack.test.ts`, `test/unit/association/sending/nr-sack.property.test.ts`",
    interop: ["NR-SACK on 8 streams"],
  },
  {
    rfc: "RFC 6356",
    name: "coupled congestion control (LIA)",
    said: [],
    option: '`multipath: "coupled"`',
    sections: [],
    interop: "nothing of it is on the wire: it is the sender's choice of the windows",
  },
  {
    rfc: "RFC 9406",
    name: "HyStart++: the end of the first slow start",
    said: [],
    option: "part of `congestionControl: \"cubic\"`",
    sections: [],
    interop: "nothing of it is on the wire: it is the sender's choice of the window",
  },
  {
    rfc: "RFC 9937",
    name: "PRR: the way to the smaller window after a loss",
    said: [],
    option: "part of `congestionControl: \"cubic\"`",
    sections: [],
    interop: "nothing of it is on the wire: it is the sender's choice of the window",
  },
  {
    rfc: "draft-ietf-ccwg-bbr-06",
    name: "BBRv3, with pacing",
    said: [],
    option: "`congestionControl: \"bbr\"`, `bbrLossThresholdPercent`",
    sections: [],
    tests: "its Appendix A, in `test/unit/congestion`",
    interop: "nothing of it is on the wire: it is the sender's choice of rate and window",
  },
  {
    rfc: "RFC 7765",
    name: "RTO Restart: T3-rtx counts from the sending",
    said: [],
    option: "`lossDetection: \"rack\"`, the default",
    sections: ["4"],
    interop: "nothing of it is on the wire: it is the sender's choice of when to send again",
  },
  {
    rfc: "RFC 8985",
    name: "RACK-TLP: losses found by time, tails probed",
    said: [],
    option: "`lossDetection: \"rack\"`, the default",
    sections: [],
    interop: "nothing of it is on the wire: it is the sender's choice of what to send again",
  },
  {
    rfc: "RFC 9260",
    name: "multihoming, heartbeats, failover",
    said: [],
    option: "`hosts`, `localAddresses`, `heartbeatIntervalMs`, `pathMaxRetrans`",
    sections: ["5.4", "6.4", "8"],
    interop: ["two paths"],
  },
  {
    rfc: "RFC 9260",
    name: "graceful end and ABORT",
    said: [],
    option: "`end()`, `abort()`, `shutdownGuardMs`",
    sections: ["8.4", "9"],
    interop: ["shutdown by", "ABORT by"],
  },
  {
    rfc: "RFC 6951",
    name: "UDP encapsulation",
    said: [],
    option: "`localUdpPort`, `remoteUdpPort`, SCTP_REMOTE_UDP_ENCAPS_PORT",
    sections: [],
    interop: ["1,000 associations", "restart on the same ports"],
  },
  {
    rfc: "RFC 3758",
    name: "partial reliability: a lifetime, FORWARD TSN",
    said: ["Forward-TSN-Supported", "FORWARD TSN"],
    option: "`partialReliability`; `reliability: { lifetimeMs }`, SCTP_PRINFO",
    sections: [],
    interop: ["messages given up"],
  },
  {
    rfc: "RFC 4895",
    name: "authentication of chunks: AUTH, shared keys, HMAC-SHA-256 and HMAC-SHA-1",
    said: ["RANDOM", "CHUNKS", "HMAC-ALGO", "AUTH"],
    option:
      "`authentication: true` or `{ chunks, hmacs, keys, activeKeyId }`; `authKeyId`, SCTP_AUTHINFO; SCTP_AUTH_CHUNK, SCTP_AUTH_KEY, SCTP_AUTH_ACTIVE_KEY",
    sections: [],
    interop: ["authenticated"],
  },
  {
    rfc: "RFC 5061",
    name: "Adaptation Layer Indication",
    said: ["Adaptation Layer Indication"],
    option: "`adaptationIndication`, `peerAdaptationIndication`; SCTP_ADAPTATION_LAYER, SCTP_ADAPTATION_INDICATION",
    sections: ["4.2.6"],
    interop: ["adaptation layers"],
  },
  {
    rfc: "RFC 5061",
    name: "addresses that come and go: ASCONF, ASCONF-ACK, a host that moves between networks",
    said: ["ASCONF", "ASCONF-ACK"],
    option:
      "`dynamicAddresses: true` or `{ authenticated, behindNat }`; `addLocalAddress()`, `removeLocalAddress()`, `setPeerPrimaryAddress()` of an association",
    sections: [],
    interop: ["an address added"],
  },
  {
    rfc: "RFC 7496",
    name: "partial reliability: limited retransmissions, priorities",
    said: [],
    option: "`reliability: { maxRetransmits }` or `{ priority }`, SCTP_PRINFO, SCTP_PR_STREAM_STATUS",
    sections: [],
    interop: ["messages given up"],
  },
  {
    rfc: "RFC 8260",
    name: "interleaving: I-DATA, I-FORWARD-TSN",
    said: ["I-DATA", "I-FORWARD-TSN"],
    option: "`interleaving`; SCTP_FRAGMENT_INTERLEAVE, SCTP_INTERLEAVING_SUPPORTED",
    sections: ["2"],
    interop: ["I-DATA"],
  },
  {
    rfc: "RFC 8260",
    name: "stream schedulers",
    said: [],
    option: "`streamScheduler`; `stream.priority`, `stream.weight`; SCTP_STREAM_SCHEDULER",
    sections: ["3"],
    interop: ["I-DATA"],
  },
  {
    rfc: "RFC 6525",
    name: "resetting streams and the association",
    said: ["RE-CONFIG"],
    option: "`streamReconfiguration`, `allowStreamReset`, `allowAssociationReset`; `stream.reset()`, `resetStreams()`",
    sections: ["5.1.2", "5.1.3", "5.1.4", "5.2.2", "5.2.3", "5.2.4"],
    interop: ["streams reset"],
  },
  {
    rfc: "RFC 6525",
    name: "adding streams",
    said: [],
    option: "`allowAddStreams`; `addStreams()`, SCTP_ADD_STREAMS",
    sections: ["5.1.5", "5.1.6", "5.2.5", "5.2.6"],
    interop: ["streams added"],
  },
  {
    rfc: "RFC 8899",
    name: "path MTU discovery by padded HEARTBEATs, without ICMP",
    said: [],
    option:
      "`pathMtuDiscovery`, `pathMtuMaxBytes`, `pathMtuMaxProbes`; SCTP_PEER_ADDR_PARAMS, SCTP_PLPMTUD_PROBE_INTERVAL; `paths()`",
    sections: [],
    interop: ["larger packets"],
  },
  {
    rfc: "RFC 4820",
    name: "padding: PAD chunk and parameter",
    said: [],
    option: "what `pathMtuDiscovery` sends; taken from any peer",
    sections: [],
    interop: "none: peers skip it, whether they know it or not",
  },
  {
    rfc: "RFC 7829",
    name: "quick failover, primary path switchover",
    said: [],
    option:
      "`potentiallyFailedMaxRetrans`, `primarySwitchoverMaxRetrans`, `preset: \"fastFailover\"`; SCTP_PEER_ADDR_THLDS",
    sections: [],
    interop: ["two paths, one doubted"],
  },
];

/** What is not built in, and will not be. */
export interface Refusal {
  /** "RFC 6083", or what else names it. */
  readonly rfc: string;
  readonly name: string;
  readonly why: string;
}

export const REFUSALS: readonly Refusal[] = [
  {
    rfc: "RFC 3168, RFC 9260 3.2",
    name: "ECN: the chunks ECNE and CWR",
    why: "The marks stand in the IP header, and a UDP socket of Node neither sets those bits nor shows them (RFC 6951 5.8). Nothing of it is offered in an INIT, so that no peer sends any; traces read the chunks.",
  },
  {
    rfc: "draft-stewart-sctp-pktdrprep",
    name: "PKTDROP: packet drop reports",
    why: "The draft has expired and never became an RFC; FreeBSD and usrsctp alone know it. What it saves, losses by damaged packets, is what UDP drops before this stack sees it.",
  },
  {
    rfc: "RFC 6458 8.1.12",
    name: "DSCP and IPv6 flow label: `spp_dscp`, `spp_ipv6_flowlabel`",
    why: "Node has no socket option for either. The fields are left out of SCTP_PEER_ADDR_PARAMS; the host's packet filter can mark the UDP port.",
  },
  {
    rfc: "RFC 6083",
    name: "DTLS over SCTP",
    why: "Node has no DTLS. TLS runs over a stream (`stream.toNode()`); DTLS below the association is a transport of the user's own (RFC 8261).",
  },
];
