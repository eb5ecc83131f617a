/**
 * The limits on what a peer can make grow, and the tables of docs/security.md that list them.
 * Owns: which options are limits, and what bounds each collection of src/association and src/stack.
 * Does not own: the options themselves (src/base/options.ts), the tests of their edges (limits.test.ts).
 */
import { ASSOCIATION_OPTIONS, STACK_OPTIONS } from "../../src/base/options.ts";

type AnyOption = keyof typeof ASSOCIATION_OPTIONS | keyof typeof STACK_OPTIONS;

/** Options that bound something that a stranger or a peer can make grow; each has a test named after it. */
export const LIMITS: readonly AnyOption[] = [
  "receiveBufferBytes",
  "receiveBufferLimitBytes",
  "sendBufferLimitBytes",
  "maxBufferGrowthBytes",
  "minReceiveChargeBytes",
  "maxReassemblyFragments",
  "maxInboundStreams",
  "maxDuplicateTsnsReported",
  "maxGapBlocksReported",
  "maxPeerAddresses",
  "heartbeatMaxBurst",
  "maxControlChunksQueued",
  "maxReplyBytesQueued",
  "maxErrorChunksPerPacket",
  "maxUnrecognizedReported",
  "maxUnrecognizedBytes",
  "cookieLifeMs",
  "cookieSecretLifeMs",
  "maxCookiePreservativeMs",
  "maxAssociations",
  "maxClosedTags",
  "maxOotbAnswersPerSecond",
  "maxProbesPerSecond",
  "maxInitAnswersPerSecond",
  "maxQueuedAnswers",
  "maxQueuedEvents",
  "maxChunksPerPacket",
];

/** Options that sound like limits but bound what this side's user does, or time. */
export const NOT_A_PEERS: readonly AnyOption[] = [
  "maxBurst",
  "maxCookieLifeMs",
  "maxFragmentBytes",
  "maxInitRetransmits",
  "maxMessageBytes",
  "maxPacketBytes",
  "sendBufferBytes",
];

interface Collection {
  readonly file: string;
  /** The field, as the file declares it. */
  readonly field: string;
  readonly holds: string;
  readonly bound: string;
}

/** Every array, map, set, ring and queue of src/association and src/stack. */
export const COLLECTIONS: readonly Collection[] = [
  {
    file: "association/extensions/authentication.ts",
    field: "#usedIds",
    holds: "shared keys that the peer has used",
    bound: "the keys of the user: no other id passes",
  },
  {
    file: "association/extensions/authentication.ts",
    field: "#freed",
    holds: "shared keys that are used no more",
    bound: "the keys of the user",
  },
  {
    file: "association/extensions/authentication/association-keys.ts",
    field: "#vectors",
    holds: "what both sides said of authentication",
    bound: "1,024 bytes: no more is agreed on",
  },
  {
    file: "association/extensions/authentication/association-keys.ts",
    field: "#made",
    holds: "the keys of the association",
    bound: "one for each key of the user and each HMAC",
  },
  {
    file: "association/extensions/dynamic-addresses.ts",
    field: "#answers",
    holds: "answers to the ASCONFs of the packet that is being read",
    bound: "`maxChunksPerPacket`; of them only as many are sent as fit into one packet",
  },
  {
    file: "association/extensions/dynamic-addresses/own-addresses.ts",
    field: "#coming",
    holds: "addresses of this side that the peer does not know yet",
    bound: "what the user asks for, of the addresses that this host has",
  },
  {
    file: "association/extensions/dynamic-addresses/own-addresses.ts",
    field: "#leaving",
    holds:
      "addresses of this side that the peer is to forget, or has forgotten while the host still has them",
    bound: "what the user asks for, of the addresses that the peer knows",
  },
  {
    file: "association/extensions/dynamic-addresses/requester.ts",
    field: "#waiting",
    holds: "changes of addresses that the user has asked for",
    bound: "what the user asks for",
  },
  {
    file: "association/extensions/dynamic-addresses/requester.ts",
    field: "#unknownToPeer",
    holds: "what the peer has said that it does not understand",
    bound: "the three kinds of requests",
  },
  {
    file: "association/extensions/dynamic-addresses/responder.ts",
    field: "#remembered",
    holds: "answers to the last ASCONFs of the peer",
    bound: "eight, each no larger than a packet",
  },
  {
    file: "association/extensions/dynamic-addresses/responder.ts",
    field: "#removed",
    holds: "addresses that the last ASCONFs of the peer have removed",
    bound: "`maxPeerAddresses`",
  },
  {
    file: "association/extensions/partial-reliability.ts",
    field: "#counts",
    holds: "how many messages were given up, by stream and policy",
    bound: "the streams that the user sends on, three numbers each",
  },
  {
    file: "association/extensions/partial-reliability/advanced-ack-point.ts",
    field: "#stops",
    holds: "the last TSNs before resets of streams, until they are acknowledged",
    bound: "one for each chunk outstanding: a stream is reset again only once something has been sent on it",
  },
  {
    file: "association/extensions/partial-reliability/advanced-ack-point.ts",
    field: "#skipped",
    holds: "streams of which the peer has not heard yet that messages are skipped",
    bound: "what a FORWARD TSN has room for in a packet",
  },
  {
    file: "association/extensions/partial-reliability/eviction-queue.ts",
    field: "#heap",
    holds: "messages of the user that may make room for others",
    bound: "twice what waits in the send queue, and 64",
  },
  {
    file: "association/extensions/stream-reconfiguration/requester.ts",
    field: "#waiting",
    holds: "requests of this side to reset or to add streams",
    bound: "what the user asks for, and one that the peer has asked for",
  },
  {
    file: "association/extensions/stream-reconfiguration/responder.ts",
    field: "#answers",
    holds: "answers to the last RE-CONFIG of the peer",
    bound: "two, for a chunk has no more requests",
  },
  {
    file: "association/model/capabilities.ts",
    field: "#more",
    holds: "combinations of extensions that have been agreed on, shared by all associations",
    bound: "the combinations of those that are built in",
  },
  {
    file: "association/model/control-queue.ts",
    field: "#items",
    holds: "control chunks to be sent",
    bound: "`maxControlChunksQueued`; answers also `maxReplyBytesQueued`",
  },
  {
    file: "association/model/gap-reports.ts",
    field: "#current",
    holds: "the Gap Ack Blocks of the last SACK",
    bound: "what fits a datagram: 16,372 blocks; freed once no gap is left",
  },
  {
    file: "association/model/gap-reports.ts",
    field: "#previous",
    holds: "those of the SACK before",
    bound: "the same",
  },
  {
    file: "association/model/gap-reports.ts",
    field: "#difference",
    holds: "what differs between the two",
    bound: "the same, twice",
  },
  {
    file: "association/model/lost-sizes.ts",
    field: "#limits",
    holds: "addresses to which a packet was lost for its size",
    bound: "1,024 addresses, the oldest are forgotten",
  },
  {
    file: "association/paths/delivery-sampler.ts",
    field: "#snapshots",
    holds: "what was known of the path's rate as each chunk went out, where a controller asks for it",
    bound: "the chunks that are outstanding, to the next power of two",
  },
  {
    file: "association/paths/path-set.ts",
    field: "#paths",
    holds: "the peer's addresses",
    bound: "`maxPeerAddresses`, and the sources of INIT and COOKIE ECHO",
  },
  {
    file: "association/procedures/path-mtu-discovery.ts",
    field: "#probings",
    holds: "the search for the largest packet of each path",
    bound: "the peer's addresses",
  },
  {
    file: "association/receiving/deferred-reset.ts",
    field: "#waiting",
    holds:
      "messages from behind the reset of a stream that waits for what comes before it, and what is given up there",
    bound:
      "half of `receiveBufferLimitBytes` at `minReceiveChargeBytes` each, and one more for each and for each inbound stream",
  },
  {
    file: "association/receiving/deferred-reset.ts",
    field: "#skipAt",
    holds: "where it waits that messages of a stream were given up",
    bound: "`maxInboundStreams`",
  },
  {
    file: "association/receiving/delivery-gate.ts",
    field: "#waiting",
    holds: "messages behind one that is delivered in pieces",
    bound: "half of `receiveBufferLimitBytes` at `minReceiveChargeBytes` each",
  },
  {
    file: "association/receiving/i-data-assembler.ts",
    field: "#fragments",
    holds: "fragments of I-DATA",
    bound:
      "`maxReassemblyFragments`, and four times `receiveBufferLimitBytes` at `minReceiveChargeBytes` each",
  },
  {
    file: "association/receiving/i-data-assembler.ts",
    field: "#fragmentTsns",
    holds: "their TSNs, once memory was short",
    bound: "twice as many, and 64",
  },
  {
    file: "association/receiving/i-data-assembler.ts",
    field: "#unfinished",
    holds: "the messages that they are of",
    bound: "as many as fragments, and one more for each of `maxInboundStreams`",
  },
  {
    file: "association/receiving/i-data-assembler.ts",
    field: "#open",
    holds: "messages of which the user has the beginning",
    bound: "`maxInboundStreams`: one for each stream",
  },
  {
    file: "association/receiving/i-data-assembler.ts",
    field: "#promising",
    holds: "streams on which something has come",
    bound: "`maxInboundStreams`",
  },
  {
    file: "association/receiving/i-data-assembler.ts",
    field: "#givenUpThrough",
    holds: "numbers through which messages were given up",
    bound: "two for each of `maxInboundStreams`",
  },
  {
    file: "association/receiving/data-assembler.ts",
    field: "#runsByFirst",
    holds: "runs of fragments",
    bound:
      "`maxReassemblyFragments`, and four times `receiveBufferLimitBytes` at `minReceiveChargeBytes` each",
  },
  {
    file: "association/receiving/data-assembler.ts",
    field: "#runsByLast",
    holds: "the same runs",
    bound: "the same",
  },
  {
    file: "association/receiving/data-assembler.ts",
    field: "#lastTsns",
    holds: "their TSNs, once memory was short",
    bound: "twice as many, and 64",
  },
  {
    file: "association/receiving/receive-buffer.ts",
    field: "#queue",
    holds: "messages for the user",
    bound: "four times `receiveBufferLimitBytes` at `minReceiveChargeBytes` each",
  },
  {
    file: "association/sending/stream-hold.ts",
    field: "#messages",
    holds: "messages of the user that wait until their stream has been reset",
    bound: "`sendBufferLimitBytes`, which the user heeds",
  },
  {
    file: "association/sending/release-watch.ts",
    field: "#receipts",
    holds: "receipts of messages that one SACK has acknowledged",
    bound: "the user's messages that were outstanding",
  },
  {
    file: "association/sending/release-watch.ts",
    field: "#streams",
    holds: "marks for what streams hold in the send buffer",
    bound: "the streams that the user has named a mark for",
  },
  {
    file: "association/reporting/packet-reasons.ts",
    field: "#expired",
    holds: "timers that have expired, for who watches",
    bound: "the kinds of timers",
  },
  {
    file: "association/reporting/packet-reasons.ts",
    field: "#idle",
    holds: "addresses that are to be tested, for who watches",
    bound: "as many as paths",
  },
  {
    file: "association/reporting/packet-reasons.ts",
    field: "#repeated",
    holds: "TSNs that go again with the packet at hand, for who watches",
    bound: "the chunks of a packet",
  },
  {
    file: "association/reporting/timer-watch.ts",
    field: "#running",
    holds: "timers that are set, for who watches",
    bound: "the kinds of timers, and three for each path",
  },
  {
    file: "association/sending/loss-episode.ts",
    field: "#unproven",
    holds: "chunks that may have been late and not lost",
    bound: "256 chunks; where there are more, nothing is taken back",
  },
  {
    file: "association/sending/sent-log.ts",
    field: "#flights",
    holds: "counts for each path",
    bound: "as many as paths",
  },
  {
    file: "association/sending/split-rack-detector.ts",
    field: "#reports",
    holds: "SACKs that told of more on a path, a number for each, with RACK and `multipath`",
    bound: "`maxPeerAddresses`",
  },
  {
    file: "association/sending/split-recovery.ts",
    field: "#paths",
    holds: "paths that make good what they have lost, with `multipath`",
    bound: "`maxPeerAddresses`",
  },
  {
    file: "association/sending/pacing.ts",
    field: "#paces",
    holds: "what is paced on each path",
    bound: "as many as paths",
  },
  {
    file: "association/sending/sent-ring.ts",
    field: "#slots",
    holds: "chunks sent and not acknowledged",
    bound: "65,535; the user's data, `sendBufferLimitBytes` where it heeds `isWritable`",
  },
  {
    file: "association/sending/miss-queue.ts",
    field: "#heap",
    holds: "chunks that were sent again or reneged on",
    bound: "one for each TSN within 65,535 of the Cumulative TSN Ack",
  },
  {
    file: "association/sending/miss-queue.ts",
    field: "#deferred",
    holds: "some of them, within one call",
    bound: "the same",
  },
  {
    file: "association/sending/miss-queue.ts",
    field: "#tsns",
    holds: "which chunks count their misses one by one",
    bound: "the same",
  },
  {
    file: "base/tsn-set.ts",
    field: "#words",
    holds: "which chunks wait for retransmission, or are outstanding on one of several paths",
    bound: "65,536 bits, for each of the two; freed when the association falls idle",
  },
  {
    file: "association/sending/fcfs-scheduler.ts",
    field: "#turns",
    holds: "the stream of each of the user's messages",
    bound: "`sendBufferLimitBytes`, where the user heeds `isWritable`",
  },
  {
    file: "association/sending/round-robin-scheduler.ts",
    field: "#turns",
    holds: "streams with something to send",
    bound: "`outboundStreams`",
  },
  {
    file: "association/sending/round-robin-scheduler.ts",
    field: "#members",
    holds: "the same streams",
    bound: "the same",
  },
  {
    file: "association/sending/priority-scheduler.ts",
    field: "#levels",
    holds: "priorities of streams with something to send",
    bound: "`outboundStreams`",
  },
  {
    file: "association/sending/weighted-fair-scheduler.ts",
    field: "#shares",
    holds: "what streams have had of late",
    bound: "`outboundStreams`",
  },
  {
    file: "association/sending/weighted-fair-scheduler.ts",
    field: "#heap",
    holds: "streams with something to send",
    bound: "`outboundStreams`",
  },
  {
    file: "association/sending/send-queue.ts",
    field: "#halfSent",
    holds: "half-sent messages that may be given up",
    bound: "`outboundStreams`: one for each stream",
  },
  {
    file: "association/sending/send-queue.ts",
    field: "#streams",
    holds: "a queue for each outbound stream in use",
    bound:
      "`outboundStreams`; the messages in them, `sendBufferLimitBytes` where the user heeds `isWritable`",
  },
  {
    file: "association/procedures/setup.ts",
    field: "#cookie",
    holds: "the server's cookie, during the set-up",
    bound: "a datagram",
  },
  {
    file: "association/procedures/setup.ts",
    field: "#confirmedAddresses",
    holds: "addresses that the user passed",
    bound: "the user",
  },
  {
    file: "association/receiving/stream-ordering.ts",
    field: "#streams",
    holds: "inbound streams in use",
    bound: "`maxInboundStreams`",
  },
  {
    file: "association/receiving/stream-ordering.ts",
    field: "byLastTsn",
    holds: "messages that came too early",
    bound: "four times `receiveBufferLimitBytes` at `minReceiveChargeBytes` each",
  },
  {
    file: "association/receiving/stream-ordering.ts",
    field: "lastTsns",
    holds: "their TSNs, once memory was short",
    bound: "twice as many, and 64",
  },
  {
    file: "association/receiving/stream-ordering.ts",
    field: "scattered",
    holds: "all TSNs of those that came in fragments of I-DATA",
    bound: "one for each of their fragments",
  },
  {
    file: "base/tsn-heap.ts",
    field: "#heap",
    holds: "the TSNs of one of the two above",
    bound: "twice as many as the map has, and 64",
  },
  {
    file: "association/receiving/tsn-tracker.ts",
    field: "#bitmap",
    holds: "TSNs received behind gaps",
    bound: "65,536 bits: what a Gap Ack Block can tell",
  },
  {
    file: "association/receiving/tsn-tracker.ts",
    field: "#kept",
    holds: "those of them that the user has, with `nrSack`",
    bound: "the same",
  },
  {
    file: "association/receiving/tsn-tracker.ts",
    field: "#duplicates",
    holds: "duplicates since the last SACK",
    bound: "`maxDuplicateTsnsReported`",
  },
  { file: "stack/association-table.ts", field: "#byTag", holds: "associations", bound: "`maxAssociations`" },
  {
    file: "stack/association-table.ts",
    field: "#byAddress",
    holds: "their peers' addresses",
    bound: "`maxAssociations` times paths",
  },
  {
    file: "stack/association-table.ts",
    field: "#portUsers",
    holds: "local ports in use",
    bound: "the user: ports listened on and connected from",
  },
  {
    file: "stack/closed-tags.ts",
    field: "#forgetAtMs",
    holds: "tags of associations that have ended",
    bound: "`maxClosedTags`, and the life of a cookie",
  },
  { file: "stack/local-addresses.ts", field: "#addresses", holds: "our addresses", bound: "the host" },
  {
    file: "stack/local-addresses.ts",
    field: "#lowerLayers",
    holds: "what carries their packets",
    bound: "the host",
  },
  { file: "stack/sctp-ports.ts", field: "#listeners", holds: "ports listened on", bound: "the user" },
  { file: "stack/drop-counter.ts", field: "#counts", holds: "drops by reason", bound: "the reasons" },
  {
    file: "stack/outbox.ts",
    field: "#dirty",
    holds: "associations with something to send",
    bound: "each once",
  },
  {
    file: "stack/outbox.ts",
    field: "#detached",
    holds: "answers outside of associations",
    bound: "`maxQueuedAnswers`; the last packet of an association, one each",
  },
  {
    file: "stack/residents.ts",
    field: "#events",
    holds: "events for the user",
    bound: "`maxQueuedEvents`: beyond it packets are dropped unread",
  },
  { file: "stack/state-cookie.ts", field: "#keys", holds: "cookie secrets", bound: "two" },
];

/** The limits, with their defaults and ranges, as they stand in src/base/options.ts. */
export function limitsTable(): string {
  const lines = [
    "| option | of | default | range | what it bounds | section |",
    "|---|---|---:|---|---|---|",
  ];
  for (const name of LIMITS) {
    const ofStack = name in STACK_OPTIONS;
    const spec = { ...ASSOCIATION_OPTIONS, ...STACK_OPTIONS }[name];
    if (spec.type !== "number" || spec.default === undefined) continue;
    const whole = (value: number): string => value.toLocaleString("en-US");
    const range = `${whole(spec.min)} to ${whole(spec.max)}`;
    const of = ofStack ? "stack" : "association";
    lines.push(
      `| \`${name}\` | ${of} | ${whole(spec.default)} ${spec.unit} | ${range} | ${spec.description} | ${spec.section} |`,
    );
  }
  return lines.join("\n");
}

export function collectionsTable(): string {
  const lines = ["| where | holds | bounded by |", "|---|---|---|"];
  for (const { file, field, holds, bound } of COLLECTIONS)
    lines.push(`| \`${file}\` \`${field}\` | ${holds} | ${bound} |`);
  return lines.join("\n");
}
