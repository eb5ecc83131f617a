/**
 * The one table of every option: name, unit, default, range, RFC section.
 * Owns: the defaults (RFC 9260 section 16), and that every option is checked before the core sees it.
 * Their interfaces (option-types.ts) and docs/options.md are made from it by `npm run docs`.
 * Does not own: the check of one (option-spec.ts), what an option does; host-only settings such as socket buffer sizes (src/node).
 */
import { type AuthenticationOption, checkedAuthentication } from "./authentication.ts";
import {
  CONGESTION_CONTROLS,
  type CongestionControllerFactory,
  type CongestionControlName,
} from "./congestion-control.ts";
import { checkedDynamicAddresses, type DynamicAddressesOption } from "./dynamic-addresses.ts";
import { SctpError, SctpErrorCode } from "./errors.ts";
import { LOSS_DETECTIONS, type LossDetectionName } from "./loss-detection.ts";
import { MULTIPATH_MODES, type MultipathMode } from "./multipath.ts";
import {
  bytes,
  choice,
  count,
  countOrNone,
  flag,
  formed,
  graded,
  ms,
  msFollowing,
  name,
  type OptionSpec,
  validated,
} from "./option-spec.ts";
import type {
  AssociationOptions,
  AssociationOptionsInput,
  StackOptions,
  StackOptionsInput,
} from "./option-types.ts";
import { PRESET_NAMES, type PresetName, withPreset } from "./presets.ts";
import { STREAM_SCHEDULERS, type StreamSchedulerName } from "./stream-schedulers.ts";

const HOUR_MS = 3_600_000;
/** Of one direction: as many as a count of 16 bits can say (RFC 9260 3.3.2). */
export const MAX_STREAMS = 65_535;
/** A number of errors that is never exceeded (RFC 7829 7.2): what would follow never does. */
export const NEVER_EXCEEDED = 65_535;

/** What may leave at once: the first windows of TCP and QUIC (RFC 6928, RFC 9002 7.2), and what RFC 9260 16 recommends with its own. */
const MAX_BURST = 10;
const RFC9260_MAX_BURST = 4;
/** What a send buffer holds to begin with. */
const SEND_BUFFER_BYTES = 1_048_576;

/** Options of one association; a listening port's options are those of the associations that it accepts. */
export const ASSOCIATION_OPTIONS = {
  preset: name<PresetName>(
    "none",
    PRESET_NAMES,
    "RFC 7829 6",
    "Options that go together; what is given beside it wins. `fastFailover`: rtoMinMs 100, rtoInitialMs 200, sackDelayMs 20, potentiallyFailedMaxRetrans 0, heartbeatIntervalMs 500.",
  ),
  outboundStreams: count(
    10,
    1,
    MAX_STREAMS,
    "RFC 9260 5.1.1",
    "Outbound streams asked for (OS in the INIT).",
  ),
  maxInboundStreams: count(
    2_048,
    1,
    MAX_STREAMS,
    "RFC 9260 5.1.1",
    "Inbound streams allowed to the peer (MIS in the INIT).",
  ),
  rtoInitialMs: ms(
    1_000,
    1,
    60_000,
    "RFC 9260 6.3.1 C1",
    "RTO until the first round trip has been measured.",
  ),
  rtoMinMs: ms(1_000, 1, 60_000, "RFC 9260 6.3.1 C6", "Lower bound of the RTO."),
  rtoMaxMs: ms(60_000, 10, 600_000, "RFC 9260 6.3.1 C7", "Upper bound of the RTO, back-off included."),
  congestionControl: choice<CongestionControlName, CongestionControllerFactory>(
    "cubic",
    CONGESTION_CONTROLS,
    "RFC 9438, RFC 9260 7.2",
    "The congestion control of each path, by name, or a function that makes a controller of your own. `cubic` is TCP's, with HyStart++ and PRR; `rfc9260` keeps to the letter of RFC 9260; `bbr` is BBRv3, which models the path and paces.",
  ),
  bbrLossThresholdPercent: count(
    2,
    2,
    50,
    "draft-ietf-ccwg-bbr-06 2.8",
    "How much may be lost in a round trip, in percent, while `bbr` looks for more bandwidth (BBR.LossThresh). More than 2 helps where a path loses that much whatever you send, and harms others where it does not.",
  ),
  maxBurst: count(
    MAX_BURST,
    1,
    1_024,
    "RFC 9260 6.1 D",
    'New packets sent at a time, or for a SACK that arrives (Max.Burst): as many as the first window has. With congestionControl "rfc9260", whose window begins smaller, it is 4 unless it is given.',
  ),
  associationMaxRetrans: count(
    10,
    0,
    255,
    "RFC 9260 8.1",
    "Consecutive retransmissions before the peer counts as unreachable.",
  ),
  pathMaxRetrans: count(5, 0, 255, "RFC 9260 8.2", "Consecutive errors before a path counts as inactive."),
  potentiallyFailedMaxRetrans: count(
    0,
    0,
    NEVER_EXCEEDED,
    "RFC 7829 3.2",
    "Consecutive errors before a path counts as potentially failed, so that DATA goes by another one and HEARTBEATs go there once per RTO (PotentiallyFailed.Max.Retrans); 65,535 is quick failover turned off.",
  ),
  primarySwitchoverMaxRetrans: count(
    NEVER_EXCEEDED,
    0,
    NEVER_EXCEEDED,
    "RFC 7829 5",
    "Consecutive errors of the primary path before the one that carries DATA becomes the primary, and stays it (Primary.Switchover.Max.Retrans); not below potentiallyFailedMaxRetrans or, with quick failover off, pathMaxRetrans. 65,535: the primary path stays what it is.",
  ),
  maxInitRetransmits: count(8, 0, 255, "RFC 9260 5.1.6", "Retransmissions of INIT and of COOKIE ECHO."),
  initTimeoutMaxMs: msFollowing(
    "rtoMaxMs",
    10,
    600_000,
    "RFC 6458 8.1.3",
    "Upper bound of the RTO of INIT and COOKIE ECHO, in place of rtoMaxMs.",
  ),
  heartbeatIntervalMs: ms(
    15_000,
    0,
    24 * HOUR_MS,
    "RFC 9260 8.3",
    "Idle time, beyond the RTO, before a HEARTBEAT (HB.interval); 0 turns heartbeats off. RFC 9260 16 recommends 30 s; inside UDP that loses the bindings of NATs which forget after 30 s, so it is 15 s, the shortest interval that RFC 8085 3.5 lets a keep-alive have.",
  ),
  heartbeatMaxBurst: count(1, 1, 16, "RFC 9260 5.4", "Unconfirmed paths probed per RTO (HB.Max.Burst)."),
  sackDelayMs: ms(200, 0, 500, "RFC 9260 6.2", "Longest delay of an acknowledgement (SACK.Delay)."),
  sackFrequencyPackets: {
    type: "number",
    unit: "packets",
    default: 2,
    min: 1,
    max: 16,
    section: "RFC 9260 6.2",
    description: "A SACK is due for every so many packets with DATA.",
  },
  lossDetection: name<LossDetectionName>(
    "rack",
    LOSS_DETECTIONS,
    "RFC 8985, RFC 9260 7.2.4",
    "What counts as lost: `rack` what was sent a while before something that has come, as in TCP, and the tail of a burst is probed; `rfc9260` what three SACKs have reported as missing. An association keeps what it began with.",
  ),
  repeatFastRetransmit: flag(
    true,
    "RFC 9260 7.2.4",
    "Fast retransmit a chunk again where its retransmission was lost; off, as rule 5 has it, that waits for T3-rtx. `rack` always does.",
  ),
  multipath: name<MultipathMode>(
    "off",
    MULTIPATH_MODES,
    "draft-tuexen-tsvwg-sctp-multipath 3, RFC 6356",
    "Send on all active paths at once. `independent`: each as fast as if it were alone, for paths that have no link in common. `coupled`: where they have one, together no faster than one of them would be; with congestionControl `rfc9260` or `cubic`. The peer needs to know nothing of it. An association keeps what it began with.",
  ),
  noDelay: flag(
    true,
    "RFC 9260 6.1",
    "Send small messages at once instead of holding them back while data is in flight (Nagle).",
  ),
  shutdownGuardMs: msFollowing(
    "5 * rtoMaxMs",
    0,
    24 * HOUR_MS,
    "RFC 9260 9.2",
    "T5-shutdown-guard: longest time for a graceful end, from the first that is said of it, queued data included; 0: no limit.",
  ),
  abortUnreachable: flag(
    true,
    "RFC 9260 8.1",
    "Send one ABORT to each address of a peer that is given up because it does not answer.",
  ),
  maxPacketBytes: bytes(
    1_200,
    512,
    65_507,
    "RFC 6951 5.6",
    "Largest SCTP packet, which is the UDP payload. 1,200 crosses every known path unfragmented.",
  ),
  pathMtuDiscovery: graded<"auto">(
    false,
    ["auto"],
    "RFC 8899",
    "Search for the largest packet that each path carries, from maxPacketBytes upwards, by padded HEARTBEATs; docs/tuning.md says what that means on a UDP socket. `auto`: once 64 KiB have been sent, and only where the interface tells its MTU (Linux, and the loopback interface of macOS); so it is on Node's sockets unless it, or maxPacketBytes, is given.",
  ),
  pathMtuMaxBytes: bytes(
    65_507,
    512,
    65_507,
    "RFC 8899 5.1.2",
    "The largest packet that pathMtuDiscovery tries (MAX_PLPMTU), where the interface lets out more and a sixteenth of the peer's window is more.",
  ),
  pathMtuProbeTimeoutMs: ms(
    20_000,
    1_000,
    600_000,
    "RFC 8899 5.1.1",
    "How long the answer to a probe of pathMtuDiscovery is waited for (PROBE_TIMER).",
  ),
  pathMtuMaxProbes: count(
    1,
    1,
    10,
    "RFC 8899 5.1.2",
    "Probes of one size that may be lost in a row before the search ends for ten minutes (MAX_PROBES). RFC 8899 recommends 3; a host that has been told of a smaller MTU cuts the second one in silence, and it arrives.",
  ),
  receiveBufferBytes: bytes(
    1_048_576,
    4_096,
    1_073_741_824,
    "RFC 9260 6.2",
    "Memory for received messages that the user has not taken yet, to begin with; what is left of it is the advertised window. It grows with the flow up to receiveBufferLimitBytes; given without that, it is fixed.",
  ),
  receiveBufferLimitBytes: bytes(
    8_388_608,
    4_096,
    1_073_741_824,
    "RFC 9260 6.2",
    "What the receive buffer grows to at most, by what the user reads within a round trip; where it is receiveBufferBytes itself, the buffer does not grow.",
  ),
  sendBufferBytes: bytes(
    SEND_BUFFER_BYTES,
    4_096,
    1_073_741_824,
    "RFC 6458 8.1.20",
    "Bytes accepted from the user and not yet acknowledged above which the association asks the user to wait, to begin with. They grow with the flow up to sendBufferLimitBytes; given without that, they are fixed.",
  ),
  sendBufferLimitBytes: bytes(
    8_388_608,
    4_096,
    1_073_741_824,
    "RFC 6458 8.1.20",
    'What the send buffer grows to at most, by what may be in flight; where it is sendBufferBytes itself, the buffer does not grow. With congestionControl "rfc9260", whose slow start ends by losses alone, it is that unless it is given.',
  ),
  maxMessageBytes: bytes(
    67_108_864,
    1,
    1_073_741_824,
    "RFC 9260 6.9",
    "Largest message that may be sent, and that a socket joins for its reader.",
  ),
  minReceiveChargeBytes: bytes(
    256,
    0,
    65_536,
    "RFC 9260 6.2",
    "The least that a message or fragment counts against receiveBufferBytes while it is held, however small it is.",
  ),
  maxFragmentBytes: bytes(
    0,
    0,
    65_507,
    "RFC 6458 8.1.16",
    "Largest payload of one DATA chunk, where the path would allow more; 0 leaves it to the path.",
  ),
  partialDeliveryPointBytes: bytes(
    0,
    0,
    1_073_741_824,
    "RFC 6458 8.1.21",
    "An unfinished message above this size is handed out in pieces; 0 does so only when the receive buffer is full.",
  ),
  interleavedDelivery: flag(
    true,
    "RFC 6458 8.1.20",
    "Hand out other messages between the pieces of one; off holds them back until its last piece.",
  ),
  partialReliability: flag(
    true,
    "RFC 3758 3.1",
    "Offer partial reliability, and agree to it: messages with `reliability` can be given up once they have been sent.",
  ),
  interleaving: flag(
    false,
    "RFC 8260 2.2.1",
    "Offer I-DATA, and agree to it, unless `interleavedDelivery` is off: a large message on one stream holds up none on another.",
  ),
  nrSack: flag(
    false,
    "draft-tuexen-tsvwg-sctp-multipath 4.1",
    "Offer NR-SACK, and agree to it: what the peer has delivered out of order, and will not drop, leaves the send buffer at once.",
  ),
  streamScheduler: name<StreamSchedulerName>(
    "fcfs",
    STREAM_SCHEDULERS,
    "RFC 8260 3",
    "Which stream is served next: `fcfs` in the order of the calls, `rr` each stream in turn, `rr-packet` one for each packet, `priority` by the streams' priorities, `fair` as many bytes for each, `wfq` by their weights.",
  ),
  streamReconfiguration: flag(
    true,
    "RFC 6525 5.1.1",
    "Offer stream reconfiguration, and agree to it: streams can be reset and added. What the peer may ask for, other options say.",
  ),
  allowStreamReset: flag(
    false,
    "RFC 6525 6.3.1",
    "Reset streams when the peer asks for it, in either direction; off, it is denied (SCTP_ENABLE_RESET_STREAM_REQ).",
  ),
  allowAssociationReset: flag(
    false,
    "RFC 6525 6.3.1",
    "Reset all SSNs and TSNs when the peer asks for it; off, it is denied (SCTP_ENABLE_RESET_ASSOC_REQ).",
  ),
  allowAddStreams: flag(
    false,
    "RFC 6525 6.3.1",
    "Add streams when the peer asks for it, up to maxInboundStreams in either direction; off, it is denied (SCTP_ENABLE_CHANGE_ASSOC_REQ).",
  ),
  authentication: formed<AuthenticationOption>(
    false,
    "`true`, `false`, `{ chunks, hmacs, keys, activeKeyId }`",
    checkedAuthentication,
    "RFC 4895 6.1",
    "Offer authentication of chunks, and agree to it: which chunk types the peer must authenticate, by which HMACs, and the keys that both sides know.",
  ),
  dynamicAddresses: formed<DynamicAddressesOption>(
    false,
    "`true`, `false`, `{ authenticated, behindNat }`",
    checkedDynamicAddresses,
    "RFC 5061 4.2.7",
    "Offer to add and to remove addresses while the association lives, and agree to it. It brings authentication with it, of which `authentication` gives the keys.",
  ),
  adaptationIndication: countOrNone(
    0,
    0xffff_ffff,
    "RFC 5061 4.2.6",
    "What the peer is told that stands between SCTP and its user (Adaptation Layer Indication), in the set-up; what the peer says is heard in any case.",
  ),
  autoCloseMs: ms(
    0,
    0,
    365 * 24 * HOUR_MS,
    "RFC 6458 8.1.8",
    "Time without user data in either direction after which the association shuts down; 0 never.",
  ),
  maxCookieLifeMs: ms(
    HOUR_MS,
    1,
    HOUR_MS,
    "RFC 6458 8.1.2",
    "Life of the State Cookies made for a listening port, where the stack's cookieLifeMs is longer.",
  ),
  maxReassemblyFragments: count(
    65_536,
    16,
    1_048_576,
    "RFC 9260 6.9",
    "Fragments of unfinished messages held for the peer.",
  ),
  maxDuplicateTsnsReported: count(64, 0, 1_024, "RFC 9260 3.3.4", "Duplicate TSNs listed in one SACK."),
  maxGapBlocksReported: count(
    16_384,
    1,
    16_384,
    "RFC 9260 3.3.4",
    "Gap Ack Blocks listed in one SACK, if the packet has room.",
  ),
  maxPeerAddresses: count(
    32,
    1,
    1_024,
    "RFC 9260 5.1.2",
    "Addresses taken from the peer's INIT or INIT ACK; more are ignored.",
  ),
  maxUnrecognizedReported: count(
    16,
    0,
    256,
    "RFC 9260 3.2.2",
    "Unrecognized parameters or chunks reported in one answer.",
  ),
  maxControlChunksQueued: count(
    64,
    8,
    4_096,
    "RFC 9260 6.10",
    "Control chunks that may wait to be sent, answers to the peer's among them; more are dropped.",
  ),
  maxReplyBytesQueued: bytes(
    131_072,
    65_536,
    16_777_216,
    "RFC 9260 8.3",
    "Bytes of answers to the peer's chunks (HEARTBEAT ACK, ERROR) that may wait to be sent; more are dropped.",
  ),
  maxErrorChunksPerPacket: count(
    16,
    1,
    1_024,
    "RFC 9260 3.3.10",
    "ERROR chunks of one packet that are told to the user; more are skipped.",
  ),
  maxUnrecognizedBytes: bytes(
    32_768,
    0,
    32_768,
    "RFC 9260 3.2.2",
    "Bytes of unrecognized parameters reported in one INIT ACK, or beside one COOKIE ECHO; never more than fit in its packet.",
  ),
} as const satisfies Record<string, OptionSpec>;

/** Options of the whole stack. */
export const STACK_OPTIONS = {
  cookieLifeMs: ms(60_000, 1, HOUR_MS, "RFC 9260 5.1.3", "Life of a State Cookie (Valid.Cookie.Life)."),
  cookieSecretLifeMs: ms(
    HOUR_MS,
    1_000,
    24 * HOUR_MS,
    "RFC 9260 5.1.3",
    "How long one cookie secret signs before the next one does.",
  ),
  maxCookiePreservativeMs: ms(
    10_000,
    0,
    HOUR_MS,
    "RFC 9260 3.3.2.1.3",
    "Longest extension of a cookie's life that a peer may ask for.",
  ),
  maxAssociations: count(
    1_000_000,
    1,
    16_777_216,
    "RFC 9260 12.2.4.1",
    "Associations that may exist at once on the stack.",
  ),
  maxClosedTags: count(
    65_536,
    0,
    16_777_216,
    "RFC 9260 5.3.1",
    "Verification tags of ended associations remembered while a cookie for one might still come.",
  ),
  maxOotbAnswersPerSecond: count(
    1_000,
    0,
    1_000_000,
    "RFC 9260 8.4",
    "Answers to out-of-the-blue packets per second.",
  ),
  maxProbesPerSecond: count(
    1_000,
    1,
    1_000_000,
    "RFC 9260 5.4",
    "HEARTBEATs per second to addresses that peers have listed and that are not confirmed, all associations together.",
  ),
  maxInitAnswersPerSecond: count(1_000_000, 1, 100_000_000, "RFC 9260 5.1.3", "INIT ACKs sent per second."),
  maxQueuedAnswers: count(
    1_024,
    16,
    1_048_576,
    "RFC 9260 8.4",
    "Answers outside of associations (INIT ACK, ABORT and the like) that may wait to be sent; more are dropped.",
  ),
  maxQueuedEvents: count(
    65_536,
    64,
    16_777_216,
    "RFC 9260 11.2",
    "Events that the user has not taken beyond which incoming packets are dropped unread.",
  ),
  maxBufferGrowthBytes: bytes(
    268_435_456,
    0,
    1_099_511_627_776,
    "RFC 9260 6.2",
    "By how much the receive and send buffers of all associations together may have grown.",
  ),
  maxChunksPerPacket: count(
    1_024,
    16,
    16_384,
    "RFC 9260 6.10",
    "Chunks read from one packet; the rest is dropped.",
  ),
} as const satisfies Record<string, OptionSpec>;

export type { AssociationOptions, AssociationOptionsInput, StackOptions, StackOptionsInput };

/** Made of what cannot change: the options of many associations are then one object. */
const made = new WeakMap<AssociationOptionsInput, AssociationOptions>();

/**
 * Fills in the defaults and checks the rest.
 * @throws SctpError ERR_SCTP_INVALID_OPTION if an option is unknown, of the wrong type or out of range
 */
export function associationOptions(
  given: AssociationOptionsInput = {},
  base?: AssociationOptions,
): AssociationOptions {
  if (base !== undefined || !Object.isFrozen(given)) return checkedTogether(given, base);
  const known = made.get(given) ?? checkedTogether(given, base);
  made.set(given, known);
  return known;
}

function checkedTogether(
  given: AssociationOptionsInput,
  base: AssociationOptions | undefined,
): AssociationOptions {
  const isSizeGiven = isGiven(given.maxPacketBytes);
  const endsSearch = isSizeGiven && given.pathMtuDiscovery === undefined && base?.pathMtuDiscovery === "auto";
  const asked = endsSearch ? { ...given, pathMtuDiscovery: false } : given; // A size that was said wins.
  const set = withBurst(withFixedBuffers(asked, base), base);
  const options = validated(ASSOCIATION_OPTIONS, withPreset(set), base);
  if (options.rtoMinMs > options.rtoMaxMs) {
    throw new SctpError(SctpErrorCode.InvalidOption, "rtoMinMs must not be above rtoMaxMs");
  }
  const { rtoInitialMs, rtoMinMs, rtoMaxMs } = options;
  if (rtoInitialMs < rtoMinMs || rtoInitialMs > rtoMaxMs) {
    throw new SctpError(
      SctpErrorCode.InvalidOption,
      `rtoInitialMs, ${rtoInitialMs}, must be from rtoMinMs, ${rtoMinMs}, to rtoMaxMs, ${rtoMaxMs}: give it with them`,
    );
  }
  checkSwitchover(options);
  checkCoupling(options);
  checkLimit(options, "receiveBufferBytes", "receiveBufferLimitBytes");
  checkLimit(options, "sendBufferBytes", "sendBufferLimitBytes");
  return options;
}

/** Who names windows has the bursts that go with them, unless others were said. */
function withBurst(
  given: AssociationOptionsInput,
  base: AssociationOptions | undefined,
): AssociationOptionsInput {
  const { congestionControl, maxBurst } = given;
  if (!congestionControl || isGiven(maxBurst)) return given;
  const isSaid = base !== undefined && base.maxBurst !== burstOf(base.congestionControl);
  return isSaid ? given : { ...given, maxBurst: burstOf(congestionControl) };
}

function burstOf(congestionControl: AssociationOptions["congestionControl"]): number {
  return congestionControl === "rfc9260" ? RFC9260_MAX_BURST : MAX_BURST;
}

/**
 * A buffer whose size was said, and no limit with it, has that size: as one that SO_RCVBUF or SO_SNDBUF was set for. RFC 9260's
 * slow start ends by losses alone, the more of them the more room it has: whoever names it gets no more than a beginning unasked.
 */
function withFixedBuffers(
  given: AssociationOptionsInput,
  base: AssociationOptions | undefined,
): AssociationOptionsInput {
  const { receiveBufferBytes, sendBufferBytes, congestionControl } = given;
  const endsByLoss = base === undefined && congestionControl === "rfc9260";
  let asked = given;
  if (isGiven(receiveBufferBytes) && !isGiven(given.receiveBufferLimitBytes))
    asked = { ...asked, receiveBufferLimitBytes: receiveBufferBytes };
  if ((isGiven(sendBufferBytes) || endsByLoss) && !isGiven(given.sendBufferLimitBytes))
    asked = { ...asked, sendBufferLimitBytes: sendBufferBytes ?? SEND_BUFFER_BYTES };
  return asked;
}

function isGiven(value: number | null | undefined): value is number {
  return value !== undefined && value !== null;
}

/** @throws SctpError ERR_SCTP_INVALID_OPTION */
function checkLimit(
  options: AssociationOptions,
  size: "receiveBufferBytes" | "sendBufferBytes",
  limit: "receiveBufferLimitBytes" | "sendBufferLimitBytes",
): void {
  if (options[size] <= options[limit]) return;
  throw new SctpError(
    SctpErrorCode.InvalidOption,
    `${limit}, ${options[limit]}, must not be below ${size}, ${options[size]}: give that with it`,
  );
}

/** RFC 7829 5-1. @throws SctpError ERR_SCTP_INVALID_OPTION */
function checkSwitchover({
  pathMaxRetrans,
  potentiallyFailedMaxRetrans,
  primarySwitchoverMaxRetrans,
}: AssociationOptions): void {
  const isQuick = potentiallyFailedMaxRetrans !== NEVER_EXCEEDED;
  const least = isQuick ? potentiallyFailedMaxRetrans : pathMaxRetrans;
  if (primarySwitchoverMaxRetrans >= least) return;
  const name = isQuick ? "potentiallyFailedMaxRetrans" : "pathMaxRetrans";
  throw new SctpError(
    SctpErrorCode.InvalidOption,
    `primarySwitchoverMaxRetrans, ${primarySwitchoverMaxRetrans}, must not be below ${name}, ${least}`,
  );
}

/** RFC 6356 is about windows that grow by what is acknowledged: there is no such rule in a model of the path. @throws SctpError ERR_SCTP_INVALID_OPTION */
function checkCoupling({ multipath, congestionControl }: AssociationOptions): void {
  if (multipath !== "coupled" || congestionControl === "rfc9260" || congestionControl === "cubic") return;
  const chosen =
    typeof congestionControl === "string" ? `"${congestionControl}"` : "a controller of your own";
  throw new SctpError(
    SctpErrorCode.InvalidOption,
    `multipath "coupled" is for congestionControl "rfc9260" and "cubic", not for ${chosen}: use "independent" with that`,
  );
}

/** T5-shutdown-guard: five times RTO.Max unless it was given (RFC 9260 9.2); 0 where there is none. */
export function shutdownGuardMsOf({ shutdownGuardMs, rtoMaxMs }: AssociationOptions): number {
  return shutdownGuardMs ?? 5 * rtoMaxMs;
}

/** The upper bound of T1-init and T1-cookie: RTO.Max unless it was given (RFC 6458 8.1.3). */
export function initTimeoutMaxMsOf({ initTimeoutMaxMs, rtoMaxMs }: AssociationOptions): number {
  return initTimeoutMaxMs ?? rtoMaxMs;
}

/**
 * Fills in the defaults and checks the rest.
 * @throws SctpError ERR_SCTP_INVALID_OPTION if an option is unknown, of the wrong type or out of range
 */
export function stackOptions(given: StackOptionsInput = {}): StackOptions {
  const options = validated(STACK_OPTIONS, given, undefined);
  if (options.cookieSecretLifeMs < options.cookieLifeMs + options.maxCookiePreservativeMs) {
    throw new SctpError(
      SctpErrorCode.InvalidOption,
      "cookieSecretLifeMs must not be below cookieLifeMs + maxCookiePreservativeMs: a cookie would outlive its secret",
    );
  }
  return options;
}
