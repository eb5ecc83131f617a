/**
 * Mistakes that somebody could make in reading captures and explaining them; the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const PCAP = "trace/captures/pcap-file.ts";
const PCAPNG = "trace/captures/pcapng-file.ts";
const LINK = "trace/captures/link-layer.ts";
const IP = "trace/captures/ip-packet.ts";
const READ = "trace/captures/read-capture.ts";
const SIDES = "trace/captures/capture-sides.ts";
const EXPLAIN = "trace/captures/explain-capture.ts";
const HOSTS = "trace/captures/capture-hosts.ts";
const DRAWN = "trace/captures/capture-ladder.ts";

export const CAPTURE_MUTANTS: readonly Mutant[] = [
  // ---- ladders ----
  mutant(
    "hosts-tag",
    HOSTS,
    "this.#join(destination, receiverBy(tag));",
    "",
    "the second address of whoever is sent to is another host",
  ),
  mutant(
    "hosts-announced",
    HOSTS,
    "this.#join(source, receiverBy(announced));",
    "",
    "whoever sends an INIT again from elsewhere is another host",
  ),
  mutant(
    "hosts-ends",
    HOSTS,
    "this.#join(source, senderBy(tag));",
    "this.#join(source, receiverBy(tag));",
    "both ends of an association are one host",
  ),
  mutant(
    "hosts-reflected",
    HOSTS,
    "if (tag !== 0 && !isTagReflected(bytes)) {",
    "if (tag !== 0) {",
    "an ABORT with the T bit makes two hosts one",
  ),
  mutant(
    "hosts-zero",
    HOSTS,
    "if (tag !== 0 && !isTagReflected(bytes)) {",
    "if (!isTagReflected(bytes)) {",
    "all that send an INIT are one host",
  ),
  mutant(
    "hosts-itself",
    HOSTS,
    "if (source.address !== destination.address || bytes.length < COMMON_HEADER_BYTES)",
    "if (isUdp !== true)",
    "a host that talks to itself has one end",
  ),
  mutant(
    "hosts-port",
    HOSTS,
    "if (isUdp) return [endpointText(source), endpointText(destination)];",
    "if (isUdp) return [source.address, destination.address];",
    "two hosts behind one address are one",
  ),
  mutant(
    "drawn-offload",
    DRAWN,
    "return isUdp && missingBytes === 0",
    "return missingBytes === 0",
    "what a network card has yet to sum up is damaged",
  ),
  mutant(
    "drawn-cut",
    DRAWN,
    "label: missingBytes > 0 ? cutLabel(bytes) : undefined,",
    "label: undefined,",
    "what the capture has cut is not SCTP",
  ),
  mutant(
    "drawn-strangers",
    DRAWN,
    "if (from >= MAX_LANES || to >= MAX_LANES) return undefined;",
    "",
    "packets hang in the air beside the sixteenth host",
  ),
  mutant(
    "drawn-fault",
    DRAWN,
    "if (error instanceof CaptureError) return error;",
    "if (error instanceof CaptureError) return undefined;",
    "nobody hears that the file is cut",
  ),
  mutant(
    "drawn-read",
    "trace/drawings/ladder.ts",
    "if (label === undefined) this.#read(draft, datagram, isHeard);",
    "this.#read(draft, datagram, isHeard);",
    "what is not all there is read",
  ),
  // ---- pcap ----
  mutant(
    "cap-order",
    PCAP,
    "for (const littleEndian of [true, false])",
    "for (const littleEndian of [true])",
    "big-endian pcap is no capture",
  ),
  mutant(
    "cap-nano",
    PCAP,
    "return { littleEndian, nsPerUnit: 1n };",
    "return { littleEndian, nsPerUnit: 1_000n };",
    "nanoseconds are taken for microseconds",
  ),
  mutant(
    "cap-fcs",
    PCAP,
    "LINK_TYPE_MASK = 0xffff",
    "LINK_TYPE_MASK = 0xffff_ffff",
    "a frame check sequence makes another link",
  ),
  mutant(
    "cap-cut-record",
    PCAP,
    "capturedBytes > file.byteLength - dataAt",
    "capturedBytes > file.byteLength",
    "a record that passes the end of the file is an exception of the engine's",
  ),
  mutant(
    "cap-cut-header",
    PCAP,
    "at + RECORD_HEADER_BYTES > file.byteLength",
    "at > file.byteLength",
    "a record's header that passes the end is an exception of the engine's",
  ),
  // ---- pcapng ----
  mutant(
    "ng-order",
    PCAPNG,
    "if (magic === BYTE_ORDER_MAGIC) return false;",
    "if (magic === BYTE_ORDER_MAGIC) return true;",
    "a big-endian section is read as a little-endian one",
  ),
  mutant(
    "ng-zero-length",
    PCAPNG,
    "lengthBytes < BLOCK_OVERHEAD_BYTES || lengthBytes % 4",
    "lengthBytes % 4",
    "a block of length 0 is read for ever, or out of bounds",
  ),
  mutant(
    "ng-sections",
    PCAPNG,
    "this.#interfaces = []; // They are counted anew in each section.",
    "",
    "interfaces of an earlier section are taken for those of this one",
  ),
  mutant(
    "ng-power-of-two",
    PCAPNG,
    "(resolution & 0x80) === 0 ?",
    "resolution > 0 ?",
    "powers of two are read as powers of ten",
  ),
  mutant(
    "ng-offset",
    PCAPNG,
    "on.offsetSeconds * NS_PER_SECOND + ",
    "",
    "the beginning of time that an interface tells is not heeded",
  ),
  mutant(
    "ng-padding",
    PCAPNG,
    "at += 4 + ((lengthBytes + 3) & ~3);",
    "at += 4 + lengthBytes;",
    "options behind one whose length is odd are not found",
  ),
  mutant(
    "ng-snapshot",
    PCAPNG,
    "on.snapshotBytes === 0 ? originalBytes : on.snapshotBytes",
    "originalBytes",
    "padding of a simple packet block is taken for the packet",
  ),
  // ---- Frames ----
  mutant(
    "link-vlan",
    LINK,
    "for (; VLAN_TAGS.has(type); at += 4)",
    "if (VLAN_TAGS.has(type))",
    "tags behind a tag are not read",
  ),
  mutant(
    "link-sll2",
    LINK,
    "behindEtherType(frame, 0, SLL2",
    "behindEtherType(frame, 2, SLL2",
    "the type stands elsewhere in SLL2",
  ),
  mutant(
    "link-family-order",
    LINK,
    "(frame[0] as number) + (frame[3] as number)",
    "frame[0] as number",
    "loopback frames of the other byte order are not IP",
  ),
  mutant(
    "link-macos",
    LINK,
    "new Set([2, 10, 24, 28, 30])",
    "new Set([2, 10, 24, 28])",
    "IPv6 on the loopback of macOS is not IP",
  ),
  mutant(
    "link-short",
    LINK,
    "if (frame.length < at + 4) return",
    "if (frame.length < at) return",
    "a tag is read beyond the frame",
  ),
  mutant(
    "ip-options",
    IP,
    "bytes.subarray(headerBytes, isTold",
    "bytes.subarray(20, isTold",
    "IPv4 options are read as payload",
  ),
  mutant(
    "ip-padding",
    IP,
    "isTold ? totalBytes : bytes.length),",
    "bytes.length),",
    "what pads a short Ethernet frame is read as payload",
  ),
  mutant(
    "ip-dont-fragment",
    IP,
    "(flagsAndOffset & 0x2000)",
    "(flagsAndOffset & 0x6000)",
    "what must not be cut is called a fragment",
  ),
  mutant(
    "ip-atomic",
    IP,
    "(offsetAndMore & 0xfff9) !== 0",
    "offsetAndMore >= 0",
    "a fragment that is the whole packet is called a part",
  ),
  mutant(
    "ip-ah",
    IP,
    "(length + 2) * 4",
    "(length + 1) * 8",
    "the length of an authentication header is counted as that of others",
  ),
  mutant(
    "ip-udp-length",
    IP,
    "|| wantedBytes > thereBytes",
    "",
    "a UDP length beyond the packet is believed",
  ),
  // ---- Which frames are SCTP ----
  mutant("cap-pairs", READ, "this.#pairs.has(pair) ||", "", "a damaged packet of an association is not SCTP"),
  mutant(
    "cap-checksum",
    READ,
    "!cursor.malformed && checksumIsValid(datagram)",
    "!cursor.malformed",
    "anything with chunks is SCTP",
  ),
  mutant(
    "cap-ports",
    READ,
    "if (this.#udpPorts !== undefined)",
    "if (this.#udpPorts?.size === 0)",
    "ports that are given are not heeded",
  ),
  mutant(
    "cap-fragment",
    READ,
    "if (ip.fragment !== undefined) return fragmentOf(ip);",
    "",
    "a fragment is read as a packet",
  ),
  mutant(
    "cap-udp-fragment",
    READ,
    "remember(this.#fragmented, fragmentKey);",
    "",
    "only the first fragment of a datagram is told",
  ),
  mutant(
    "cap-empty",
    READ,
    "payload.length + missingBytes === 0",
    "payload.length < 0",
    "an empty datagram is called a packet",
  ),
  // ---- Who is who ----
  mutant(
    "sides-announced",
    SIDES,
    "announced !== undefined",
    "announced === 0",
    "another path of an association is another association",
  ),
  mutant(
    "sides-reflected",
    SIDES,
    "isReflected && byTag !== undefined ? otherSide(byTag) : byTag",
    "byTag",
    "the T bit is not heeded",
  ),
  mutant(
    "sides-pair",
    SIDES,
    "otherSide(side));\n    // An INIT",
    "side);\n    // An INIT",
    "without a handshake, both sides are called A",
  ),
  mutant(
    "sides-tag-zero",
    SIDES,
    "if (tag !== 0 && !isReflected)",
    "if (!isReflected)",
    "every INIT goes the way of the first one",
  ),
  mutant(
    "told-cut",
    EXPLAIN,
    "if (missingBytes > 0) {",
    "if (missingBytes < 0) {",
    "a packet that the capture cut is called malformed",
  ),
  mutant(
    "told-way",
    EXPLAIN,
    'side === "sent" ? "A > B"',
    'side === "received" ? "A > B"',
    "A and B are confused",
  ),
  mutant("told-comments", EXPLAIN, "...comments.map((line)", "...[].map((line)", "comments are not shown"),
  mutant(
    "told-hostile",
    EXPLAIN,
    "if (!(error instanceof ParseError)) throw error;",
    "throw error;",
    "a malformed packet stops all",
  ),
  mutant(
    "told-others",
    EXPLAIN,
    'if (entry.kind === "other") return [];',
    'if (entry.kind === "other") return [""];',
    "frames that are not SCTP are shown",
  ),
  // ---- The command ----
  mutant(
    "cli-explain-fault",
    "cli/commands/explain.ts",
    "if (!(error instanceof CaptureError)) throw error;",
    "throw error;",
    "of a capture that is cut nothing is printed",
  ),
  mutant(
    "cli-explain-none",
    "cli/commands/explain.ts",
    "if (verbose || !(counts",
    "if (verbose && !(counts",
    "a capture without SCTP is passed over in silence",
  ),
  mutant(
    "cli-explain-ports",
    "cli/commands/explain.ts",
    "udpPorts.length === 0 ? {} :",
    "udpPorts.length >= 0 ? {} :",
    "--in-udp-port does nothing",
  ),
];
