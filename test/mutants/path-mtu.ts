/**
 * Mistakes that somebody could make in finding the largest packet of a path; the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const SEARCH = "association/paths/packet-size-search.ts";
const DISCOVERY = "association/procedures/path-mtu-discovery.ts";
const SCHEDULER = "association/packets/packet-scheduler.ts";
const WRITER = "chunks/packet-writer.ts";
const INTERFACE = "node/driver/interface-mtu.ts";
const LOCAL = "stack/local-addresses.ts";

export const PATH_MTU_MUTANTS: readonly Mutant[] = [
  // ---- The states and sizes of a search ----
  mutant("pm-max", SEARCH, "bytes >= least && bytes < largest", "bytes >= least", "above the bound"),
  mutant("pm-four", SEARCH, "maxBytes : maxBytes) & ~3;", "maxBytes : maxBytes);", "no whole chunks"),
  mutant(
    "pm-gain",
    SEARCH,
    "if (largest < worthwhile) return undefined;",
    "",
    "tries the same size for ever",
  ),
  mutant(
    "pm-count",
    SEARCH,
    "    this.#probeCount = 0;\n    this.#isWaiting",
    "    this.#isWaiting",
    "MAX_PROBES over all sizes",
  ),
  mutant(
    "pm-probes",
    SEARCH,
    "if (this.#probeCount < this.#bounds.maxProbes) return;",
    "if (this.#probeCount <= this.#bounds.maxProbes) return;",
    "one probe too many",
  ),
  mutant(
    "pm-error",
    SEARCH,
    "      this.confirmedBytes = this.#minBytes;\n",
    "",
    "packets of a size that does not arrive",
  ),
  mutant(
    "pm-ipv6",
    SEARCH,
    "family === 4 ? MIN_PACKET_BYTES : ",
    "family > 0 ? MIN_PACKET_BYTES : ",
    "smaller than any link of IPv6",
  ),
  mutant(
    "pm-black",
    SEARCH,
    "    this.confirmedBytes = this.baseBytes;\n    if (this.#bounds.isUnasked)",
    "    if (this.#bounds.isUnasked)",
    "what vanishes is sent again",
  ),
  mutant(
    "pm-stop",
    SEARCH,
    "Math.min(this.confirmedBytes, this.baseBytes)",
    "this.baseBytes",
    "a dead path with small packets grows",
  ),
  mutant(
    "pm-raise",
    SEARCH,
    "this.deadlineMs = nowMs + RAISE_INTERVAL_MS;",
    "this.deadlineMs = nowMs + RAISE_INTERVAL_MS / 2;",
    "believed while the host still cuts",
  ),

  mutant(
    "pm-limit",
    SEARCH,
    "isLimited ? limit.maxBytes : maxBytes",
    "maxBytes",
    "after a black hole a size is tried that the host cuts",
  ),
  mutant(
    "pm-until",
    SEARCH,
    "limit !== undefined && nowMs < limit.untilMs",
    "limit !== undefined",
    "a size that was lost once is never tried again",
  ),
  mutant(
    "pm-shared",
    DISCOVERY,
    "if (limit !== undefined) search.heed(limit);",
    "",
    "another association believes what the host cuts",
  ),
  mutant(
    "pm-oldest",
    "association/model/lost-sizes.ts",
    "if (this.#limits.size <= MAX_ADDRESSES) return;",
    "return;",
    "remembers without bound",
  ),

  // ---- Probes and answers ----
  mutant(
    "pm-nonce",
    DISCOVERY,
    "search.isWaiting && view.getUint32(0) === nonceHigh && view.getUint32(4) === nonceLow",
    "search.isWaiting",
    "any answer confirms",
  ),
  mutant(
    "pm-waiting",
    DISCOVERY,
    "search.isWaiting && view",
    "view",
    "an answer that comes twice confirms the next size",
  ),
  mutant(
    "pm-new-nonce",
    DISCOVERY,
    "    probing.nonceHigh = seat.platform.random.uint32();\n    probing.nonceLow = seat.platform.random.uint32();\n",
    "    probing.nonceHigh = 1;\n",
    "who does not see a probe can answer it",
  ),
  mutant(
    "pm-heard",
    DISCOVERY,
    '    monitor.onPeerHeard();\n    paths.clearErrors(path, "probe answered");\n',
    "",
    "no success of the path",
  ),
  mutant(
    "pm-window",
    DISCOVERY,
    "Math.floor(this.#windowBytes * MAX_WINDOW_SHARE)",
    "Number.POSITIVE_INFINITY",
    "one packet fills the peer's window",
  ),
  mutant(
    "pm-interface",
    DISCOVERY,
    "Math.min(layerBytes, pathMtuMaxBytes,",
    "Math.min(pathMtuMaxBytes,",
    "above the interface",
  ),
  mutant(
    "pm-idle",
    DISCOVERY,
    "if (isComplete && path.lastTransmissionMs < probing.sentAtMs) return search.postpone(nowMs);",
    "",
    "an idle association probes",
  ),
  mutant(
    "pm-usable",
    DISCOVERY,
    "if (!path.isReachable || !maySendData(lifecycle.state)) return;",
    "if (!maySendData(lifecycle.state)) return;",
    "an address that nobody has vouched for is probed",
  ),
  mutant(
    "pm-end",
    DISCOVERY,
    " || !maySendData(lifecycle.state)) this.end(path);",
    ") this.end(path);",
    "probes behind a SHUTDOWN",
  ),
  mutant(
    "pm-anew",
    DISCOVERY,
    "  pathMtuDiscoveryOf(parts.paths)?.beginAnew(nowMs);\n",
    "",
    "a restart keeps what was found",
  ),
  mutant(
    "pm-inactive",
    DISCOVERY,
    "if (!path.isReachable) this.#stop(path);",
    "if (!path.isReachable) return;",
    "a dead path keeps its size",
  ),

  // ---- Black holes ----
  mutant(
    "pm-row",
    DISCOVERY,
    "    if (!isRepeated) probing.vanishedCount = 0;\n",
    "",
    "timeouts with answers between them count",
  ),
  mutant(
    "pm-large",
    DISCOVERY,
    "if (isLarge) probing.vanishedCount++;",
    "probing.vanishedCount++;",
    "small packets count",
  ),
  mutant(
    "pm-thrice",
    DISCOVERY,
    "const BLACK_HOLE_TIMEOUTS = 3;",
    "const BLACK_HOLE_TIMEOUTS = 4;",
    "found late",
  ),
  mutant(
    "pm-repeated",
    "association/procedures/path-monitor.ts",
    "const { flight, onePacketOnly: isRepeated } = path;",
    "const { flight } = path;\n    const isRepeated = false;",
    "never three in a row",
  ),

  // ---- Packets ----
  mutant("pm-alone", SCHEDULER, "    if (probeBytes > 0) return false;\n", "", "a probe in another packet"),
  mutant(
    "pm-cut",
    SCHEDULER,
    "    if (this.#writer.isOversized) this.#haveCut();\n",
    "",
    "what is too large never arrives",
  ),
  mutant(
    "pm-zero",
    WRITER,
    "    bytes.fill(0, at + PAD_HEADER_BYTES, at + padBytes);\n",
    "",
    "memory goes out as padding",
  ),
  mutant(
    "pm-order",
    WRITER,
    "    this.#slab.bytes.copyWithin(COMMON_HEADER_BYTES + padBytes, COMMON_HEADER_BYTES, this.#at);\n",
    "",
    "padding over the data",
  ),
  mutant(
    "pm-reach",
    WRITER,
    "padBytes >= PAD_HEADER_BYTES && padBytes % 4 === 0",
    "padBytes % 4 === 0",
    "a chunk of no length",
  ),

  // ---- What the host knows ----
  mutant(
    "pm-headers",
    INTERFACE,
    "payloadOfMtu(mtuBytes ?? USUAL_MTU_BYTES, family)",
    "(mtuBytes ?? USUAL_MTU_BYTES)",
    "the headers are forgotten",
  ),
  mutant(
    "pm-family",
    INTERFACE,
    "mtuBytes !== undefined && family === 4 && maxBytes",
    "mtuBytes !== undefined && maxBytes",
    "IPv6 is taken to cut",
  ),
  mutant("pm-loopback", INTERFACE, "&& maxBytes < MAX_DATAGRAM_BYTES;", ";", "more than a datagram holds"),
  mutant(
    "pm-layer",
    LOCAL,
    "maxBytes: Math.min(maxBytes, limits.maxBytes)",
    "maxBytes: limits.maxBytes",
    "what the lower layer refuses",
  ),

  // ---- What is done unasked ----
  mutant(
    "pm-unasked-from",
    DISCOVERY,
    "if (stats.sentBytes < UNASKED_FROM_BYTES || ",
    "if (",
    "an association of a few packets searches",
  ),
  mutant(
    "pm-unasked-base",
    SEARCH,
    "    if (this.#bounds.isUnasked) return this.#goOn(nowMs);\n",
    "",
    "a peer that answers no probes gets packets of 512 bytes",
  ),
  mutant(
    "pm-unasked-layer",
    DISCOVERY,
    "isUnasked ? (limits.unaskedMaxBytes ?? 0) : limits.maxBytes",
    "limits.maxBytes",
    "searched unasked on every interface",
  ),
  mutant(
    "pm-unasked-end",
    DISCOVERY,
    'if (isUnasked && search.state === "SEARCH_COMPLETE") this.end(path);\n    else this',
    "this",
    "an interface that gains nothing costs a search for life",
  ),
  mutant(
    "pm-unasked-patience",
    DISCOVERY,
    "isPatient ? Math.max(pathMtuMaxProbes, ON_HOST.maxProbes) : pathMtuMaxProbes",
    "pathMtuMaxProbes",
    "a full buffer on the host ends the search",
  ),
  mutant(
    "pm-unasked-note",
    DISCOVERY,
    "if (isForAll && search.limit",
    "if (search.limit",
    "what one peer on the host does not read is not tried with another one",
  ),
  mutant(
    "pm-unasked-costly",
    DISCOVERY,
    "++probing.costlyCount >= COSTLY_TIMEOUTS && ",
    "false && ",
    "large packets that are lost again and again cost a second each",
  ),
  mutant(
    "pm-unasked-cheap",
    DISCOVERY,
    "confirmedBytes > usualBytes",
    "confirmedBytes > probing.search.baseBytes",
    "timeouts end what Ethernet carries",
  ),
  mutant(
    "pm-unasked-step",
    SEARCH,
    "isUnasked ? Math.max(worthwhile, this.usualBytes) : worthwhile",
    "worthwhile",
    "many round trips until packets are as large as Ethernet's",
  ),
  mutant(
    "pm-unasked-unknown",
    INTERFACE,
    "mtuBytes === undefined ? undefined : unaskedBytes(maxBytes)",
    "unaskedBytes(maxBytes)",
    "searched where the host may cut",
  ),
  mutant(
    "pm-unasked-minute",
    DISCOVERY,
    "if (nowMs - probing.costlySinceMs > COSTLY_WITHIN_MS) {",
    "if (probing.costlyCount === 0) {",
    "three timeouts in a life end it",
  ),
  mutant(
    "pm-unasked-rest",
    DISCOVERY,
    "      search.heed({ maxBytes: search.baseBytes, untilMs: nowMs + RAISE_INTERVAL_MS });\n",
    "      search.heed({ maxBytes: search.baseBytes, untilMs: nowMs });\n",
    "what was lost is tried again at once",
  ),
  mutant(
    "pm-unasked-path",
    DISCOVERY,
    "?? (isAuto ? new PathMtuDiscovery(parts) : undefined)",
    "",
    "begins although the user has said how large packets of the path are",
  ),
  mutant(
    "pm-unasked-said",
    DISCOVERY,
    "else if (isWanted === false || discovery?.isUnasked(path)) discovery?.end(path);",
    "else if (isWanted === false) discovery?.end(path);",
    "searches beyond what the user has said",
  ),
  mutant(
    "pm-unasked-size",
    "base/options.ts",
    'isSizeGiven && given.pathMtuDiscovery === undefined && base?.pathMtuDiscovery === "auto"',
    "false",
    "a size that was given does not win",
  ),
  mutant(
    "pm-unasked-given",
    "node/common/option-names.ts",
    "given.maxPacketBytes === undefined ? { ...NODE_DEFAULTS, ...given } : given",
    "{ ...NODE_DEFAULTS, ...given }",
    "a size that was given to connect does not win",
  ),
  mutant(
    "pm-unasked-room",
    INTERFACE,
    "Math.max(usualBytes, Math.floor(roomBytes))",
    "jumboBytes",
    "more than the socket has room for",
  ),
  mutant(
    "pm-unasked-usual",
    INTERFACE,
    "Math.max(usualBytes, Math.floor(roomBytes))",
    "Math.floor(roomBytes)",
    "many associations of one port have small packets",
  ),
  mutant(
    "pm-one-options",
    "base/options.ts",
    "  made.set(given, known);\n",
    "",
    "each association has options of its own",
  ),
];
