import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TransportAddress } from "../../../src/platform/address.ts";
import { readCapture } from "../../../src/trace/captures/read-capture.ts";
import { PcapngSink, PcapngWriter } from "../../../src/trace/pcapng.ts";
import { readBlocks, readDatagram } from "./pcapng-reader.ts";

const V4_A: TransportAddress = { address: "192.0.2.1", port: 9899 };
const V4_B: TransportAddress = { address: "198.51.100.7", port: 40_001 };
const V6_A: TransportAddress = { address: "2001:db8::1", port: 9899 };
const V6_B: TransportAddress = { address: "fe80::2%eth0", port: 40_001 };
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("PcapngWriter", () => {
  it("begins with a section header and one RAW interface", () => {
    const blocks = readBlocks(
      new PcapngWriter({ application: "a program", interfaceName: "udp9899" }).header(),
    );
    expect(blocks.map((block) => block.type)).toEqual([0x0a0d0d0a, 1]);
    const [section, description] = blocks;
    expect(section!.body.getUint32(0, true)).toBe(0x1a2b3c4d);
    expect(section!.body.getUint16(4, true)).toBe(1);
    expect(section!.body.getBigInt64(8, true)).toBe(-1n);
    expect(section!.options.map((option) => [option.code, text(option.value)])).toEqual([[4, "a program"]]);
    expect(description!.body.getUint16(0, true)).toBe(101);
    expect(description!.options.map((option) => option.code)).toEqual([2, 9]);
    expect(description!.options[1]!.value).toEqual(Uint8Array.of(6));
  });

  it("puts a datagram into an IPv4 packet with right checksums, time, direction and comments", () => {
    const writer = new PcapngWriter({ epochMs: 1_700_000_000_000 });
    const payload = Uint8Array.from({ length: 13 }, (_, i) => i);
    const [block] = readBlocks(
      writer.packet({
        timeMs: 1.25,
        source: V4_A,
        destination: V4_B,
        payload,
        direction: "received",
        comments: ["first", "größer als €9 😀"],
      }),
    );
    const datagram = readDatagram(block!);
    expect(block!.type).toBe(6);
    expect(datagram.timeUs).toBe(1_700_000_000_001_250);
    expect([...datagram.source, ...datagram.destination]).toEqual([192, 0, 2, 1, 198, 51, 100, 7]);
    expect([datagram.sourcePort, datagram.destinationPort]).toEqual([9899, 40_001]);
    expect(datagram.payload).toEqual(payload);
    expect(block!.options.map((option) => option.code)).toEqual([1, 1, 2]);
    expect(text(block!.options[0]!.value)).toBe("first");
    expect(text(block!.options[1]!.value)).toBe("größer als €9 😀");
    expect(block!.options[2]!.value).toEqual(Uint8Array.of(1, 0, 0, 0));
  });

  it("does so for IPv6, without the zone", () => {
    const [block] = readBlocks(
      new PcapngWriter().packet({
        timeMs: 0,
        source: V6_A,
        destination: V6_B,
        payload: Uint8Array.of(1, 2, 3),
      }),
    );
    const datagram = readDatagram(block!);
    expect([...datagram.source]).toEqual([0x20, 0x01, 0x0d, 0xb8, ...new Array<number>(11).fill(0), 1]);
    expect([...datagram.destination]).toEqual([0xfe, 0x80, ...new Array<number>(13).fill(0), 2]);
    expect(block!.options).toEqual([]);
  });

  it.each([
    ["0.0.0.0", V4_B, 4],
    ["::", V6_B, 16],
    ["::", V4_B, 4],
    ["0.0.0.0", V6_B, 16],
  ])("writes the wildcard %s in the family of the other side", (wildcard, other, addressBytes) => {
    const wild = { address: wildcard, port: 9899 };
    for (const [source, destination] of [
      [wild, other],
      [other, wild],
    ] as const) {
      const datagram = readDatagram(
        readBlocks(
          new PcapngWriter().packet({ timeMs: 0, source, destination, payload: Uint8Array.of(7) }),
        )[0]!,
      );
      const unknown = source === wild ? datagram.source : datagram.destination;
      expect([...unknown]).toEqual(new Array<number>(addressBytes).fill(0));
    }
  });

  // Killed by the next two: the odd byte in the wrong half, no pseudo-header length, a zero field, one fold only.
  it("writes checksums that any payload passes, the zero one included", () => {
    const writer = new PcapngWriter();
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 3_000, size: "max" }),
        fc.constantFrom([V4_A, V4_B], [V6_A, V6_B]),
        (payload, [source, destination]) => {
          const block = readBlocks(
            writer.packet({ timeMs: 0, source: source!, destination: destination!, payload }),
          )[0]!;
          expect(readDatagram(block).payload).toEqual(payload);
        },
      ),
    );
    // Two bytes that bring the sum to 0xffff: the field would be zero, which means "no checksum" (RFC 768).
    const zero = new Uint8Array(2);
    const probe = readBlocks(
      writer.packet({ timeMs: 0, source: V4_A, destination: V4_B, payload: zero }),
    )[0]!;
    zero.set(new Uint8Array(probe.body.buffer, probe.body.byteOffset + 20 + 26, 2));
    const block = readBlocks(
      writer.packet({ timeMs: 0, source: V4_A, destination: V4_B, payload: zero }),
    )[0]!;
    expect(block.body.getUint16(20 + 26)).toBe(0xffff);
    expect(readDatagram(block).payload).toEqual(zero);
  });

  it("folds the carries of a large sum until none is left", () => {
    const writer = new PcapngWriter();
    for (let fill = 0xe0; fill <= 0xff; fill++) {
      const payload = new Uint8Array(60_000).fill(fill);
      const block = readBlocks(writer.packet({ timeMs: 0, source: V4_A, destination: V4_B, payload }))[0]!;
      expect(readDatagram(block).payload.length).toBe(payload.length);
    }
  });

  it("cuts a comment at 65,535 bytes between two characters, and refuses what no UDP datagram holds", () => {
    const writer = new PcapngWriter();
    const datagram = { timeMs: 0, source: V4_A, destination: V4_B, payload: Uint8Array.of(1) };
    const [block] = readBlocks(writer.packet({ ...datagram, comments: [`a${"ü".repeat(40_000)}`] }));
    expect(text(block!.options[0]!.value)).toBe(`a${"ü".repeat(32_767)}`);
    expect(() => writer.packet({ ...datagram, payload: new Uint8Array(65_508) })).toThrow(RangeError);
    expect(readBlocks(writer.packet({ ...datagram, payload: new Uint8Array(65_507) }))).toHaveLength(1);
  });
});

describe("PcapngSink", () => {
  it("writes the header at once, then packets the way they went, events as comments on the next packet", () => {
    const pieces: Uint8Array[] = [];
    const sink = new PcapngSink((bytes) => pieces.push(bytes), { comment: () => ["explained"] });
    expect(pieces).toHaveLength(1);
    sink.packet("sent", Uint8Array.of(1), V4_A, V4_B, 1);
    sink.event({ kind: "state", association: 1, from: "CLOSED", to: "COOKIE-WAIT" }, 1.5);
    sink.packet("received", Uint8Array.of(2), V4_A, V4_B, 2);
    const all = pieces.flatMap((piece) => readBlocks(piece));
    expect(all.map(({ type }) => type)).toEqual([0x0a0d0d0a, 1, 1, 6, 6]);
    const blocks = all.slice(3);
    const [sent, received] = blocks.map((block) => readDatagram(block, 1));
    expect([sent!.sourcePort, sent!.destinationPort]).toEqual([9899, 40_001]);
    expect([received!.sourcePort, received!.destinationPort]).toEqual([40_001, 9899]);
    const comments = blocks.map((block) =>
      block.options.filter((o) => o.code === 1).map((o) => text(o.value)),
    );
    expect(comments[0]).toEqual(["explained"]);
    expect(comments[1]).toEqual([
      "explained",
      "before this packet, at 1.500 ms: state association=1 from=CLOSED to=COOKIE-WAIT",
    ]);
  });

  it("says of a packet that is sent why, and of none that is received", () => {
    const pieces: Uint8Array[] = [];
    const sink = new PcapngSink((bytes) => pieces.push(bytes), { comment: () => ["explained"] });
    const reasons = ["SACK: due", "DATA: new"];
    sink.detail({ kind: "sending", association: 1, address: V4_B.address, reasons });
    sink.packet("received", Uint8Array.of(2), V4_A, V4_B, 1);
    sink.packet("sent", Uint8Array.of(1), V4_A, V4_B, 1);
    sink.packet("sent", Uint8Array.of(3), V4_A, V4_B, 1);
    const frames = [...readCapture(Uint8Array.from(pieces.flatMap((piece) => [...piece])))];
    expect(frames.map(({ frame }) => [frame.direction, ...frame.comments])).toEqual([
      ["received", "explained"],
      ["sent", "explained", "why it is sent: SACK: due", "why it is sent: DATA: new"],
      ["sent", "explained"],
    ]);
  });

  it("gives each path an interface of its own, up to a limit, and the section its comments", () => {
    const pieces: Uint8Array[] = [];
    const sink = new PcapngSink((bytes) => pieces.push(bytes), {
      interfaceName: "the rest",
      sectionComments: ["seed 7", "größer"],
    });
    const [section] = readBlocks(pieces[0]!);
    expect(section!.options.map(({ code, value }) => [code, text(value)])).toEqual([
      [1, "seed 7"],
      [1, "größer"],
      [4, "sctpkit"],
    ]);
    const remote = (i: number): TransportAddress => ({ address: `10.0.${i >> 8}.${i & 255}`, port: 9_899 });
    for (const i of [0, 1, 0, ...Array.from({ length: 255 }, (_, k) => k + 2), 1])
      sink.packet(i === 1 ? "received" : "sent", Uint8Array.of(i & 255), V4_A, remote(i), 0);
    const names = [
      ...readCapture(Uint8Array.from(pieces.flatMap((piece) => [...piece])), { udpPorts: [9899] }),
    ].map(({ frame }) => frame.interfaceName);
    expect(names.slice(0, 4)).toEqual([
      "192.0.2.1 - 10.0.0.0",
      "192.0.2.1 - 10.0.0.1",
      "192.0.2.1 - 10.0.0.0",
      "192.0.2.1 - 10.0.0.2",
    ]);
    expect(names.slice(-3)).toEqual(["192.0.2.1 - 10.0.0.255", "the rest", "192.0.2.1 - 10.0.0.1"]);
  });

  it("keeps a bounded number of events", () => {
    const pieces: Uint8Array[] = [];
    const sink = new PcapngSink((bytes) => pieces.push(bytes));
    for (let i = 0; i < 1_000; i++) {
      sink.event({ kind: "timer", association: 1, timer: "T3-rtx", address: undefined }, i);
    }
    sink.packet("sent", Uint8Array.of(1), V4_A, V4_B, 1);
    expect(readBlocks(pieces[2]!)[0]!.options.filter((option) => option.code === 1)).toHaveLength(64);
  });
});
