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
  mutant(
    "pm-max",
    SEARCH,
    "bytes >= worthwhile && bytes < largest",
    "bytes >= worthwhile",
    "above the bound",
  ),
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
    '    this.state = "BASE";\n    this.confirmedBytes = this.baseBytes;',
    '    this.state = "BASE";',
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
    "Math.min(limits.maxBytes, pathMtuMaxBytes,",
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
    "if (flightBytes + COMMON_HEADER_BYTES > search.baseBytes) probing.vanishedCount++;",
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
    "(mtuBytes ?? USUAL_MTU_BYTES) - HEADER_BYTES[family]",
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
];
