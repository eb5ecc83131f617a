/** Captures are read as other programs write them; what is cut, damaged or hostile ends in a word and never in a loop. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SctpError } from "../../../src/base/errors.ts";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { CaptureError } from "../../../src/trace/captures/capture-frame.ts";
import { CaptureExplainer } from "../../../src/trace/captures/explain-capture.ts";
import {
  type CapturedPacket,
  type CaptureEntry,
  readCapture,
} from "../../../src/trace/captures/read-capture.ts";
import { PcapngWriter } from "../../../src/trace/pcapng.ts";
import { be16, ipv4, ipv6, joined, type PcapRecord, pcapFile, pcapngBlocks, udp } from "./capture-files.ts";
import * as talk from "./conversation.ts";

const FIXTURES = new URL("../../fixtures/captures/", import.meta.url);
const fixture = (name: string): Uint8Array => readFileSync(new URL(name, FIXTURES));

const SCTP = talk.fromClient([talk.data(talk.CLIENT_TSN, "hello")]);
const UDP_SCTP = udp(40_001, 40_002, SCTP);

const rawFile = (...frames: readonly Uint8Array[]): Uint8Array => framesFile(101, ...frames);
const framesFile = (linkType: number, ...frames: readonly Uint8Array[]): Uint8Array =>
  pcapFile(
    frames.map((bytes) => ({ seconds: 0, fraction: 0, bytes })),
    { little: true, linkType },
  );
const read = (file: Uint8Array, udpPorts?: readonly number[]): CaptureEntry[] => [
  ...readCapture(file, udpPorts && { udpPorts }),
];
/** The one frame of a capture, which must be an SCTP packet. */
function packetIn(file: Uint8Array, udpPorts?: readonly number[]): CapturedPacket {
  const [entry] = read(file, udpPorts);
  if (entry?.kind !== "packet") throw new Error(`not a packet: ${JSON.stringify({ ...entry, frame: 0 })}`);
  return entry;
}
function otherIn(file: Uint8Array, udpPorts?: readonly number[]): string {
  const [entry] = read(file, udpPorts);
  return entry?.kind === "other" ? entry.what : `a ${entry?.kind}`;
}
/** What was read before the reading failed, and how it failed. */
function readUntilFault(file: Uint8Array): {
  readonly count: number;
  readonly code: string;
  readonly offset: number;
} {
  let count = 0;
  try {
    for (const _ of readCapture(file)) count++;
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return { count, code: error.code, offset: error.offset };
  }
  return { count, code: "none", offset: file.length };
}

describe("captures made by dumpcap and editcap", () => {
  it.each([
    ["ethernet.pcapng", 1_000_000n],
    ["cooked.pcapng", 1_000_000n],
    ["ethernet-us.pcap", 1_000n],
    ["ethernet-ns.pcap", 1_000_000n],
  ])("%s holds an association from INIT to SHUTDOWN COMPLETE", (name) => {
    const frames = read(fixture(name));
    // Before it knows that somebody is there, a client sends an empty datagram, which a port that is closed would refuse.
    expect(frames.filter(({ kind }) => kind !== "packet")).toMatchObject([{ what: "UDP without a payload" }]);
    const entries = frames.filter(({ kind }) => kind === "packet");
    const explainer = new CaptureExplainer();
    const names = entries.map((entry) =>
      explainer
        .lines(entry)
        .filter((line) => /^ {2}[A-Z][A-Z -]*$/.test(line))
        .map((line) => line.trim()),
    );
    expect(names).toEqual([
      ["INIT"],
      ["INIT ACK"],
      ["COOKIE ECHO", "DATA"],
      ["COOKIE ACK", "SACK"],
      ["DATA"],
      ["SHUTDOWN", "SACK"],
      ["SHUTDOWN ACK"],
      ["SHUTDOWN COMPLETE"],
    ]);
  });

  it("keeps micro- and nanoseconds apart", () => {
    const [micro, nano] = ["ethernet-us.pcap", "ethernet-ns.pcap"].map((name) => read(fixture(name)));
    expect(micro!.map(({ frame }) => frame.timeNs)).toEqual(
      nano!.map(({ frame }) => ((frame.timeNs ?? 0n) / 1_000n) * 1_000n),
    );
    expect(nano!.some(({ frame }) => (frame.timeNs ?? 0n) % 1_000n !== 0n)).toBe(true);
  });

  it("says of a capture that cut its packets how much is missing, where the port says that it is SCTP", () => {
    const packetsOf = (name: string, ports?: number[]): CapturedPacket[] =>
      read(fixture(name), ports).filter((entry) => entry.kind === "packet");
    const whole = packetsOf("ethernet.pcapng");
    const [{ destination }] = whole as [CapturedPacket];
    const cut = packetsOf("ethernet-cut.pcapng", [destination.port]);
    expect(cut.map(({ bytes }) => bytes.length)).toEqual(
      whole.map(({ bytes }) => Math.min(38, bytes.length)),
    );
    expect(cut.map(({ bytes, missingBytes }) => bytes.length + missingBytes)).toEqual(
      whole.map(({ bytes }) => bytes.length),
    );
    expect(new CaptureExplainer().lines(cut[0]!)[1]).toBe(
      "  cut: the capture holds 38 of 44 bytes: it begins with INIT",
    );
  });
});

describe("pcap", () => {
  const records: PcapRecord[] = [
    { seconds: 1_700_000_000, fraction: 999_999, bytes: ipv4(132, SCTP) },
    { seconds: 1_700_000_001, fraction: 5, bytes: ipv4(132, SCTP) },
  ];
  it.each([
    [true, 0xa1b2c3d4, 1_000n],
    [false, 0xa1b2c3d4, 1_000n],
    [true, 0xa1b23c4d, 1n],
    [false, 0xa1b23c4d, 1n],
  ])("little-endian %s, magic %i", (little, magic, unit) => {
    const entries = read(pcapFile(records, { little, magic }));
    expect(entries.map(({ frame }) => frame.timeNs)).toEqual([
      1_700_000_000_000_000_000n + 999_999n * unit,
      1_700_000_001_000_000_000n + 5n * unit,
    ]);
    expect(entries.map(({ frame }) => frame.number)).toEqual([1, 2]);
    expect(entries[0]!.timeMs).toBe(0);
    expect(entries[1]!.timeMs).toBeCloseTo(Number(1_000_000_000n - 999_994n * unit) / 1e6, 6);
  });

  it("takes the length of a frame check sequence for no part of the link type", () => {
    expect(packetIn(pcapFile(records, { little: true, linkType: 0x4400_0065 })).bytes).toEqual(SCTP);
  });

  it("fails at once at what is none, and where the file ends, with what stands before", () => {
    const file = pcapFile(records, { little: true });
    expect(readUntilFault(new Uint8Array(0))).toEqual({ count: 0, code: "NOT_A_CAPTURE", offset: 0 });
    expect(readUntilFault(Uint8Array.of(1, 2, 3, 4, 5))).toEqual({
      count: 0,
      code: "NOT_A_CAPTURE",
      offset: 0,
    });
    expect(readUntilFault(file.subarray(0, 23))).toEqual({ count: 0, code: "TRUNCATED", offset: 23 });
    expect(readUntilFault(file.subarray(0, 24))).toEqual({ count: 0, code: "none", offset: 24 });
    const second = 24 + 16 + records[0]!.bytes.length;
    expect(readUntilFault(file.subarray(0, second + 15))).toEqual({
      count: 1,
      code: "TRUNCATED",
      offset: second,
    });
    expect(readUntilFault(file.subarray(0, -1))).toEqual({ count: 1, code: "TRUNCATED", offset: second });
    expect(readUntilFault(pcapFile([], { little: false, version: 3 })).code).toBe("UNKNOWN_VERSION");
  });
});

describe.each([true, false])("pcapng, little-endian %s", (little) => {
  const ng = pcapngBlocks({ little });
  const frame = ipv4(132, SCTP);

  it("is read with comments, direction and the name of the interface; other blocks are skipped", () => {
    const options = [
      ng.option(1, new TextEncoder().encode("größer")),
      ng.option(2, ng.u32(2)),
      ng.option(1, Uint8Array.of(0xff)),
      ng.option(1, new TextEncoder().encode("second")),
      ng.option(0, []),
    ];
    const name = ng.option(2, new TextEncoder().encode("eth7"));
    const [entry, again] = read(
      joined(
        ng.section(),
        ng.interface(101, 0, name),
        ng.block(0xbad, [1, 2, 3, 4]),
        ng.enhanced(0, 1_700_000_000_000_001n, frame, frame.length + 9, ...options),
        ng.enhanced(0, 1_700_000_000_000_002n, frame),
      ),
    );
    expect(entry!.frame).toMatchObject({
      number: 1,
      timeNs: 1_700_000_000_000_001_000n,
      interfaceName: "eth7",
      direction: "sent",
      comments: ["größer", "second"],
      originalBytes: frame.length + 9,
    });
    expect(again!.frame).toMatchObject({ number: 2, direction: undefined, comments: [] });
    expect(again!.timeMs).toBe(0.001);
  });

  it("counts time as the interface says: powers of ten, of two, and from another beginning", () => {
    const wait = (seconds: number): number[] =>
      little ? [...ng.u32(seconds), ...ng.u32(0)] : [...ng.u32(0), ...ng.u32(seconds)];
    const times = read(
      joined(
        ng.section(),
        ng.interface(101, 0, ng.option(9, [9])),
        ng.interface(101, 0, ng.option(9, [0x80 | 10])),
        ng.interface(101, 0, ng.option(14, wait(3))),
        ng.interface(101, 0, ng.option(9, [0x7f])),
        ng.enhanced(0, 7_000_000_001n, frame),
        ng.enhanced(1, 1_536n, frame),
        ng.enhanced(2, 500_000n, frame),
        ng.enhanced(3, 500_000n, frame),
      ),
    ).map((entry) => entry.frame.timeNs);
    expect(times).toEqual([7_000_000_001n, 1_500_000_000n, 3_500_000_000n, 0n]);
  });

  it("takes simple and old packet blocks, and counts interfaces anew in each section", () => {
    const entries = read(
      joined(
        ng.section(),
        ng.interface(113),
        ng.interface(101),
        ng.old(1, 5n, frame),
        ng.section(),
        ng.interface(101, 30),
        ng.simple(frame.length, frame.subarray(0, 30)),
      ),
    );
    expect(entries.map(({ kind, timeMs }) => [kind, timeMs])).toEqual([
      ["packet", 0],
      ["packet", undefined],
    ]);
    expect(entries[1]).toMatchObject({ missingBytes: frame.length - 30 });
    expect(entries[1]!.frame.bytes).toHaveLength(30);
  });

  it.each<[what: string, code: string, blocks: Uint8Array[]]>([
    ["a length that is no multiple of 4", "MALFORMED", [joined(ng.u32(6), ng.u32(13), [0, 0, 0, 0, 0, 0])]],
    ["a length of 0", "MALFORMED", [joined(ng.u32(6), ng.u32(0), ng.u32(0))]],
    ["a length of 8", "MALFORMED", [joined(ng.u32(9), ng.u32(8), ng.u32(8))]],
    ["two lengths", "MALFORMED", [joined(ng.u32(9), ng.u32(12), ng.u32(16))]],
    ["a length beyond the end", "TRUNCATED", [joined(ng.u32(9), ng.u32(0x7fff_fffc), ng.u32(0))]],
    ["the beginning of a block", "TRUNCATED", [joined(ng.u32(9), ng.u32(12))]],
    ["an interface that is not described", "MALFORMED", [ng.enhanced(1, 0n, frame)]],
    [
      "a packet longer than its block",
      "MALFORMED",
      [ng.block(6, ng.u32(0), ng.u32(0), ng.u32(0), ng.u32(1), ng.u32(1))],
    ],
    ["a packet block that is too short", "MALFORMED", [ng.block(6, ng.u32(0), ng.u32(0))]],
    [
      "an option longer than its block",
      "MALFORMED",
      [ng.interface(1, 0, joined(ng.u16(2), ng.u16(9), [0, 0, 0, 0]))],
    ],
    ["a section of version 2", "UNKNOWN_VERSION", [ng.section(2)]],
    [
      "a section without a byte order",
      "MALFORMED",
      [ng.block(0x0a0d0d0a, ng.u32(0), ng.u32(0), ng.u32(0), ng.u32(0))],
    ],
  ])("ends with %s, after what stands before", (_what, code, blocks) => {
    const good = joined(ng.section(), ng.interface(101), ng.enhanced(0, 0n, frame));
    expect(readUntilFault(joined(good, ...blocks))).toEqual({ count: 1, code, offset: good.length });
  });
});

describe("what stands around SCTP", () => {
  const macs = Array.from({ length: 12 }, () => 2);
  const ip = ipv4(17, UDP_SCTP);
  it.each<[what: string, linkType: number, frame: Uint8Array]>([
    ["Ethernet, padded", 1, joined(macs, be16(0x0800), ip, new Uint8Array(10))],
    ["a VLAN", 1, joined(macs, be16(0x8100), be16(5), be16(0x0800), ip)],
    ["a VLAN in a VLAN", 1, joined(macs, be16(0x88a8), be16(5), be16(0x8100), be16(6), be16(0x0800), ip)],
    ["Linux cooked", 113, joined(new Uint8Array(14), be16(0x0800), ip)],
    ["Linux cooked, a VLAN", 113, joined(new Uint8Array(14), be16(0x8100), be16(5), be16(0x0800), ip)],
    ["Linux cooked, version 2", 276, joined(be16(0x0800), new Uint8Array(18), ip)],
    ["raw IP", 101, ip],
    ["raw IP by another number", 12, ip],
    ["raw IPv4", 228, ip],
    ["loopback, little-endian", 0, joined([2, 0, 0, 0], ip)],
    ["loopback, big-endian", 0, joined([0, 0, 0, 2], ip)],
    ["OpenBSD's loopback", 108, joined([0, 0, 0, 2], ip)],
    ["IPv4 with options", 101, ipv4(17, UDP_SCTP, { options: [1, 1, 1, 1, 1, 1, 1, 0] })],
    ["IPv4 that does not tell its length", 101, ipv4(17, UDP_SCTP, { totalBytes: 0 })],
    ["IPv4 that must not be cut", 101, ipv4(17, UDP_SCTP, { flagsAndOffset: 0x4000 })],
  ])("%s", (_what, linkType, frame) => {
    const { source, destination, isUdp, bytes, missingBytes } = packetIn(framesFile(linkType, frame));
    expect([source, destination]).toEqual([
      { address: "192.0.2.1", port: 40_001 },
      { address: "192.0.2.2", port: 40_002 },
    ]);
    expect([isUdp, missingBytes]).toEqual([true, 0]);
    expect(bytes).toEqual(SCTP);
  });

  it.each<[what: string, linkType: number, frame: Uint8Array]>([
    ["Ethernet", 1, joined(macs, be16(0x86dd), ipv6(132, SCTP))],
    ["loopback of macOS", 0, joined([30, 0, 0, 0], ipv6(132, SCTP))],
    ["raw IPv6", 229, ipv6(132, SCTP)],
    ["hop-by-hop options", 101, ipv6(0, joined([132, 1], new Uint8Array(14), SCTP))],
    [
      "three headers",
      101,
      ipv6(
        0,
        joined([43, 0], new Uint8Array(6), [60, 0], new Uint8Array(6), [132, 0], new Uint8Array(6), SCTP),
      ),
    ],
    ["an authentication header", 101, ipv6(51, joined([132, 4], new Uint8Array(22), SCTP))],
    ["a fragment header around all of it", 101, ipv6(44, joined([132, 0, 0, 0, 1, 2, 3, 4], SCTP))],
    ["no length told", 101, ipv6(132, SCTP, 0)],
  ])("IPv6: %s", (_what, linkType, frame) => {
    const { source, destination, isUdp, bytes } = packetIn(framesFile(linkType, frame));
    expect([source.address, source.port, destination.address]).toEqual(["2001:db8::1", 0, "2001:db8::2"]);
    expect(isUdp).toBe(false);
    expect(bytes).toEqual(SCTP);
  });

  it("IPv4 in a short frame of Ethernet, which is padded", () => {
    const packet = packetIn(framesFile(1, joined(macs, be16(0x0800), ipv4(132, SCTP), new Uint8Array(6))));
    expect(packet.bytes).toEqual(SCTP);
    expect(packet.missingBytes).toBe(0);
  });

  it.each<[what: string, frame: Uint8Array]>([
    ["IP protocol 6", ipv4(6, SCTP)],
    ["IPv4, cut in its header", ipv4(132, SCTP).subarray(0, 19)],
    ["IPv4, cut in its options", ipv4(132, SCTP, { options: [1, 1, 1, 1] }).subarray(0, 22)],
    ["IPv4 with a wrong length", ipv4(132, SCTP, { totalBytes: 19 })],
    ["IPv4 with a wrong length", joined([0x44], ipv4(132, SCTP).subarray(1))],
    ["IPv6, cut in its header", ipv6(132, SCTP).subarray(0, 39)],
    ["IPv6, cut in an extension header", ipv6(0, Uint8Array.of(132, 0, 0, 0))],
    ["IPv6, cut in an extension header", ipv6(0, Uint8Array.of(132, 5, 0, 0, 0, 0, 0, 0))],
    ["IP protocol 59", ipv6(59, SCTP)],
    ["IP of version 5", Uint8Array.of(0x50, 0)],
    ["a frame that is cut before its IP header", new Uint8Array(0)],
    ["UDP, cut in its header", ipv4(17, UDP_SCTP.subarray(0, 7))],
    ["UDP with a wrong length", ipv4(17, udp(9899, 9899, SCTP, SCTP.length + 9))],
    ["UDP with a wrong length", ipv4(17, udp(9899, 9899, SCTP, 7))],
    ["UDP without a payload", ipv4(17, udp(9899, 9899, new Uint8Array(0)))],
  ])("is not: %s", (what, frame) => {
    expect(otherIn(rawFile(frame))).toBe(what);
  });

  it.each<[what: string, linkType: number, frame: Uint8Array]>([
    ["EtherType 0x0806", 1, joined(macs, be16(0x0806), ip)],
    ["a frame that is cut in its header", 1, Uint8Array.from(macs)],
    ["a frame that is cut in its VLAN tag", 1, joined(macs, be16(0x8100), [1, 2, 3])],
    ["a frame that is cut in its header", 113, new Uint8Array(15)],
    ["a frame that is cut in its header", 276, new Uint8Array(19)],
    ["a frame that is cut in its header", 0, new Uint8Array(3)],
    ["a loopback frame that is not IP", 0, joined([7, 0, 0, 0], ip)],
    ["a frame of link type 147", 147, ip],
  ])("is not: %s of link type %i", (what, linkType, frame) => {
    expect(otherIn(framesFile(linkType, frame))).toBe(what);
  });
});

describe("which UDP datagrams are SCTP", () => {
  const damaged = Uint8Array.from(SCTP, (byte, at) => (at === 8 ? byte ^ 1 : byte));
  const datagram = (payload: Uint8Array, from = 40_001, to = 40_002): Uint8Array =>
    ipv4(17, udp(from, to, payload));
  const kinds = (file: Uint8Array, udpPorts?: readonly number[]): string[] =>
    read(file, udpPorts).map(({ kind }) => kind);

  it("those with a right checksum, and from then on all of these two endpoints", () => {
    const file = rawFile(
      datagram(damaged),
      datagram(SCTP),
      datagram(damaged, 40_002, 40_001),
      datagram(damaged),
      datagram(damaged, 40_001, 40_003),
    );
    // The answer goes from the other address: the frames of this test all come from the first one.
    expect(kinds(file)).toEqual(["other", "packet", "other", "packet", "other"]);
  });

  it("those of port 9899, whatever they say, and those of a port that is given, and no others then", () => {
    expect(kinds(rawFile(datagram(damaged, 9899), datagram(damaged, 5, 9899)))).toEqual(["packet", "packet"]);
    const file = rawFile(datagram(damaged), datagram(SCTP, 1, 2), datagram(SCTP, 9899, 9899));
    expect(kinds(file, [40_002])).toEqual(["packet", "other", "other"]);
    expect(kinds(file, [40_001, 9899])).toEqual(["packet", "other", "packet"]);
  });

  it("none whose chunks do not end where it does, that comes from port 0 or has no chunk", () => {
    const withoutChunk = talk.fromClient([]);
    const fromPortZero = Uint8Array.from(SCTP);
    fromPortZero.set([0, 0]);
    expect(kinds(rawFile(datagram(withoutChunk)))).toEqual(["other"]);
    expect(kinds(rawFile(datagram(fromPortZero)))).toEqual(["other"]);
  });

  it("refuses ports that are none, and what is no file, at once", () => {
    expect(() => readCapture(SCTP, { udpPorts: [70_000] })).toThrow(SctpError);
    expect(() => readCapture("file.pcap" as never)).toThrow("file of readCapture() must be a Uint8Array");
  });
});

describe("fragments", () => {
  it("of SCTP are told as such, and so are those of UDP whose first one has a port of SCTP", () => {
    const big = new Uint8Array(1_480);
    const first = { identification: 77, flagsAndOffset: 0x2000 };
    const rest = { identification: 77, flagsAndOffset: 185 };
    const entries = read(
      rawFile(
        ipv4(132, big, first),
        ipv4(17, big.subarray(0, 100), { ...rest, identification: 5 }),
        ipv4(17, udp(9899, 9899, big.subarray(8), 3_000), first),
        ipv4(17, big.subarray(0, 100), rest),
        ipv4(17, udp(53, 53, big.subarray(8), 3_000), { ...first, identification: 5 }),
        ipv4(17, big.subarray(0, 100), { ...rest, identification: 5 }),
        ipv6(44, joined([132, 0, ...be16(0x0009), 0, 0, 0, 1], big)),
      ),
    );
    expect(entries.map((entry) => (entry.kind === "fragment" ? entry.offsetBytes : entry.kind))).toEqual([
      ...[0, "other", 0, 1_480, "other", "other", 8],
    ]);
    expect(new CaptureExplainer().lines(entries[3]!)).toEqual([
      "#4  0.000000 s  192.0.2.1 > 192.0.2.2",
      "  a fragment of IP: bytes 1480 to 1580 of what it carries",
    ]);
  });
});

describe("CaptureExplainer", () => {
  it("calls A who was seen first, on whichever path its packets go", () => {
    const writer = new PcapngWriter();
    const other = { address: "198.51.100.9", port: 5 };
    const conversation = [
      ...talk.HANDSHAKE,
      ["sent", talk.fromClient([talk.data(talk.CLIENT_TSN, "x")])] as const,
      ["received", talk.fromServer([talk.data(talk.SERVER_TSN, "y")])] as const,
      [
        "received",
        talk.fromServer([{ kind: "ABORT", tagReflected: true, causes: [] }], talk.SERVER_TAG),
      ] as const,
    ];
    const file = joined(
      writer.header(),
      ...conversation.map(([way, payload], i) => {
        const [client, server] = i < 4 ? [talk.CLIENT, talk.SERVER] : [other, { ...other, port: 6 }];
        const [source, destination] = way === "sent" ? [client, server] : [server, client];
        return writer.packet({
          timeMs: i,
          source,
          destination,
          payload,
          comments: i === 0 ? ["because"] : [],
        });
      }),
    );
    const explainer = new CaptureExplainer();
    const told = [...readCapture(file)].map((entry) => explainer.lines(entry));
    expect(told.map(([head]) => head?.slice(0, 23))).toEqual([
      "#1  0.000000 s  A > B  ",
      "#2  0.001000 s  B > A  ",
      "#3  0.002000 s  A > B  ",
      "#4  0.003000 s  B > A  ",
      "#5  0.004000 s  A > B  ",
      "#6  0.005000 s  B > A  ",
      "#7  0.006000 s  B > A  ",
    ]);
    expect(told[0]!.slice(1, 4)).toEqual([
      "  | because",
      "  SCTP packet of 32 bytes, port 5000 to 7, verification tag 0x00000000",
      "  INIT",
    ]);
    expect(told[4]!.join("\n")).toContain("#1: message 0 of stream 3");
  });

  it("finds an INIT ACK that comes from elsewhere by the tag that its INIT announced", () => {
    const [[, init], [, initAck]] = talk.HANDSHAKE as readonly [
      readonly [string, Uint8Array],
      readonly [string, Uint8Array],
    ];
    const elsewhere = { address: "203.0.113.5", port: 9899 };
    const writer = new PcapngWriter();
    const file = joined(
      writer.header(),
      writer.packet({ timeMs: 0, source: talk.CLIENT, destination: talk.SERVER, payload: init }),
      writer.packet({ timeMs: 0, source: elsewhere, destination: talk.CLIENT, payload: initAck }),
    );
    const explainer = new CaptureExplainer();
    expect([...readCapture(file)].map((entry) => explainer.lines(entry)[0]?.slice(16, 21))).toEqual([
      "A > B",
      "B > A",
    ]);
  });

  it("tells two INITs apart that meet on their way (RFC 9260 5.2.1)", () => {
    const init = (initiateTag: number): Uint8Array =>
      talk.fromClient([{ ...talk.init, initiateTag } as Chunk], 0);
    const same = Uint8Array.from(init(2));
    same.set(init(2).subarray(2, 4)); // From port 7 to port 5000, as the answers go.
    same.set(init(2).subarray(0, 2), 2);
    const writer = new PcapngWriter();
    const file = joined(
      writer.header(),
      writer.packet({ timeMs: 0, source: talk.CLIENT, destination: talk.SERVER, payload: init(1) }),
      writer.packet({ timeMs: 0, source: talk.SERVER, destination: talk.CLIENT, payload: same }),
    );
    const explainer = new CaptureExplainer();
    expect([...readCapture(file)].map((entry) => explainer.lines(entry)[0]?.slice(16, 21))).toEqual([
      "A > B",
      "B > A",
    ]);
  });

  it("knows sides by their addresses where the beginning was not seen", () => {
    const payload = [talk.fromServer([talk.cookieAck]), talk.fromClient([talk.cookieAck])];
    const writer = new PcapngWriter();
    const file = joined(
      writer.header(),
      writer.packet({ timeMs: 0, source: talk.SERVER, destination: talk.CLIENT, payload: payload[0]! }),
      writer.packet({ timeMs: 0, source: talk.CLIENT, destination: talk.SERVER, payload: payload[1]! }),
    );
    const explainer = new CaptureExplainer();
    expect([...readCapture(file)].map((entry) => explainer.lines(entry)[0]?.slice(16, 21))).toEqual([
      "A > B",
      "B > A",
    ]);
  });

  it("says of a packet that is none what is wrong with it", () => {
    const [entry] = read(rawFile(ipv4(132, Uint8Array.of(1, 2, 3))));
    expect(new CaptureExplainer().lines(entry!)[1]).toBe(
      "  not an SCTP packet: PACKET_TOO_SHORT at byte 3 of 3",
    );
    expect(new CaptureExplainer().lines(read(rawFile(ipv4(6, SCTP)))[0]!)).toEqual([]);
  });
});

describe("hostile captures", () => {
  /** Every capture that is tried ends, in entries that can be explained or in a CaptureError. */
  function survives(file: Uint8Array): void {
    const explainer = new CaptureExplainer();
    let frames = 0;
    try {
      for (const entry of readCapture(file)) {
        explainer.lines(entry);
        expect(++frames).toBeLessThanOrEqual(file.length / 12);
      }
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      expect(error.offset).toBeLessThanOrEqual(file.length);
    }
  }

  it("real files with any bytes changed and any length end in words", () => {
    const names = ["ethernet.pcapng", "cooked.pcapng", "ethernet-us.pcap", "ethernet-cut.pcapng"];
    const files = names.map(fixture);
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(1_600), fc.oneof(fc.nat(255), fc.constantFrom(0, 4, 12, 0x7f, 0xff))), {
          maxLength: 12,
        }),
        fc.nat(1_600),
        (file, changes, cut) => {
          const bytes = Uint8Array.from(file);
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
          survives(bytes.subarray(0, Math.max(bytes.length - cut, 0)));
          survives(bytes);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("frames of any bytes on any link end in words", () => {
    const links = [0, 1, 101, 108, 113, 228, 229, 276];
    const beginnings = [[], [0x45], [0x60], [0x4f], [2, 0, 0, 0, 0x45], [0x81, 0x00]];
    fc.assert(
      fc.property(
        fc.constantFrom(...links),
        fc.constantFrom(...beginnings),
        fc.uint8Array({ maxLength: 120, size: "max" }),
        (linkType, beginning, rest) => survives(framesFile(linkType, joined(beginning, rest))),
      ),
      { numRuns: 500 },
    );
  });
});
