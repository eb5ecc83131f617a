/** Formats: RFC 9260 section 3. Byte by byte where a decoder could hide a mistake; test/unit/chunks has captured packets. */
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../src/chunks/chunk.ts";
import { sealPacket } from "../../src/chunks/common-header.ts";
import { encodePacket } from "../../src/chunks/packet.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import {
  addressParameter,
  chunksOf,
  cookieOf,
  cookieParameter,
  dataChunk,
  echoOf,
  firstOf,
  HEARTBEAT,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  OUR_PORT,
  OUR_SECOND_ADDRESS,
  only,
  PEER_COOKIE,
  PEER_PORT,
  PEER_TAG,
  type SentPacket,
} from "./lab.ts";

const QUIET = { heartbeatIntervalMs: 0 };
/** Types whose two highest bits say: stop; stop and report; skip; skip and report (3.2.1). */
const UNKNOWN_PARAMETERS = { stop: 0x3fff, stopReport: 0x7fff, skip: 0xbffe, skipReport: 0xfffe };
const UNKNOWN_CHUNKS = { stop: 0x3e, stopReport: 0x7e, skip: 0xbe, skipReport: 0xfe };

function unknownParameter(type: number, value = new Uint8Array([1, 2, 3])): Parameter {
  return { kind: "unknown", type, value };
}

function unknownChunk(type: number, value = new Uint8Array([1, 2, 3])): Chunk {
  return { kind: "unknown", type, flags: 0, value };
}

function bytesOf(packets: readonly SentPacket[]): Uint8Array {
  const [packet] = packets;
  if (packets.length !== 1 || packet === undefined)
    throw new Error(`expected one packet, saw ${kindsOf(packets)}`);
  return packet.bytes;
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) * 0x1_0000 + u16(bytes, at + 2);
}

/** A HEARTBEAT whose answer shows that the rest of a packet was read. */

describe("RFC 9260 3 SCTP Packet Format", () => {
  it("MUST NOT: bundles INIT, INIT ACK or SHUTDOWN COMPLETE with anything", () => {
    const client = new Lab();
    const association = client.connect();
    association.send(new Uint8Array(10), {}, client.nowMs);
    expect(kindsOf(client.flush())).toEqual(["INIT"]);
    const server = new Lab();
    server.listen();
    expect(kindsOf(server.receive([initChunk()]))).toEqual(["INIT ACK"]);
    const link = new Lab().accepted(QUIET);
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    expect(kindsOf(link.receive([{ kind: "SHUTDOWN ACK" }]))).toEqual(["SHUTDOWN COMPLETE"]);
  });

  it("MUST: writes every integer in network byte order", () => {
    const lab = new Lab();
    lab.connect({ outboundStreams: 0x0102, maxInboundStreams: 0x0304, receiveBufferBytes: 0x0506_0708 });
    const packets = lab.flush();
    const init = only(packets, "INIT");
    const bytes = bytesOf(packets);
    expect([u16(bytes, 0), u16(bytes, 2), u32(bytes, 4)]).toEqual([OUR_PORT, PEER_PORT, 0]);
    expect([u32(bytes, 16), u32(bytes, 20)]).toEqual([init.initiateTag, 0x0506_0708]);
    expect([u16(bytes, 24), u16(bytes, 26), u32(bytes, 28)]).toEqual([0x0102, 0x0304, init.initialTsn]);
  });
});

describe("RFC 9260 3.1 SCTP Common Header Field Descriptions", () => {
  it("MUST NOT: uses port 0, whatever is asked for", () => {
    const lab = new Lab();
    expect(lab.stack.listen({ port: 0 })).toBeGreaterThan(0);
    const remote = { remoteAddresses: ["10.0.0.2"], remoteUdpPort: 9_899 };
    expect(() => lab.stack.connect({ ...remote, remotePort: 0 }, lab.nowMs)).toThrow("remotePort");
    expect(lab.stack.connect({ ...remote, remotePort: 1 }, lab.nowMs).localPort).toBeGreaterThan(0);
  });

  it("MUST NOT: accepts an INIT from port 0, to which no answer could go", () => {
    const lab = new Lab();
    lab.listen();
    expect(lab.receive([initChunk()], { sourcePort: 0 })).toEqual([]);
    expect(lab.receive([initChunk()], { destinationPort: 0 })).toEqual([]);
    expect(lab.receive([initChunk()])).toHaveLength(1);
  });

  it("MUST: sends the peer's Initiate Tag in every packet, and 0 only with an INIT", () => {
    const link = new Lab().connected(QUIET);
    link.send(10);
    link.receive([link.data(0)]);
    link.association.shutdown(link.lab.nowMs);
    link.receive([link.sack(0)]);
    expect(link.lab.sent.map(({ kinds, tag }) => [kinds[0], tag])).toEqual([
      ["INIT", 0],
      ["COOKIE ECHO", PEER_TAG],
      ["DATA", PEER_TAG],
      ["SACK", PEER_TAG],
      ["SHUTDOWN", PEER_TAG],
    ]);
  });
});

describe("RFC 9260 3.2 Chunk Field Descriptions", () => {
  it("MUST: pads a chunk with zero bytes to a multiple of four, never more than three, and does not count them", () => {
    for (let lengthBytes = 1; lengthBytes <= 8; lengthBytes++) {
      const link = new Lab().accepted(QUIET);
      const bytes = bytesOf(link.send(lengthBytes));
      const data = bytes.subarray(12);
      expect(u16(data, 2)).toBe(16 + lengthBytes);
      expect(bytes.length).toBe(12 + 16 + 4 * Math.ceil(lengthBytes / 4));
      expect([...data.subarray(16 + lengthBytes)].every((byte) => byte === 0)).toBe(true);
    }
  });

  it("MUST: ignores what the padding holds, and takes a chunk whose last padding is missing", () => {
    const link = new Lab().accepted(QUIET);
    const packet = encodePacket({
      sourcePort: PEER_PORT,
      destinationPort: OUR_PORT,
      verificationTag: link.association.localTag,
      chunks: [link.data(0, { payload: new TextEncoder().encode("A") })],
    });
    packet.fill(0xaa, packet.length - 3);
    sealPacket(packet);
    link.lab.receiveBytes(packet);
    expect(link.read()).toEqual(["A"]);
    const second = packet.slice(0, packet.length - 3);
    second.set([0, 0, 0x10, 1], 16);
    second[23] = 1;
    sealPacket(second);
    link.lab.receiveBytes(second);
    expect(link.read()).toEqual(["A"]);
  });

  it("MUST: ignores reserved flags", () => {
    const link = new Lab().accepted(QUIET);
    const flagged = new Uint8Array([0, 0xf3, 0, 17, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x41, 0, 0, 0]);
    expect(kindsOf(link.receive([chunkFromBytes(flagged)]))).toEqual(["SACK"]);
    expect(
      kindsOf(link.receive([{ kind: "unknown", type: 11, flags: 0xff, value: new Uint8Array(0) }])),
    ).toEqual([]);
    expect(link.state).toBe("ESTABLISHED");
  });

  it("SHOULD: does with an unknown chunk what its two highest bits ask for", () => {
    const answers = (type: number): string[] => {
      const link = new Lab().accepted(QUIET);
      return kindsOf(link.receive([unknownChunk(type), HEARTBEAT]));
    };
    expect(answers(UNKNOWN_CHUNKS.stop)).toEqual([]);
    expect(answers(UNKNOWN_CHUNKS.stopReport)).toEqual(["ERROR"]);
    expect(answers(UNKNOWN_CHUNKS.skip)).toEqual(["HEARTBEAT ACK"]);
    expect(answers(UNKNOWN_CHUNKS.skipReport)).toEqual(["ERROR+HEARTBEAT ACK"]);
  });

  it("SHOULD: reports an unknown chunk whole, header included", () => {
    const link = new Lab().accepted(QUIET);
    const error = only(link.receive([unknownChunk(UNKNOWN_CHUNKS.skipReport)]), "ERROR");
    const chunk = new Uint8Array([0xfe, 0, 0, 7, 1, 2, 3]);
    expect(error.causes).toEqual([{ kind: "Unrecognized Chunk Type", code: 6, chunk }]);
  });
});

describe("RFC 9260 3.2.1 Optional/Variable-Length Parameter Format", () => {
  function reported(types: readonly number[]): number[] {
    const lab = new Lab();
    lab.listen();
    const initAck = only(
      lab.receive([initChunk({ parameters: types.map((type) => unknownParameter(type)) })]),
      "INIT ACK",
    );
    return initAck.parameters.flatMap((parameter) =>
      parameter.kind === "Unrecognized Parameter" ? [u16(parameter.parameter, 0)] : [],
    );
  }

  it("MUST: stops at, or skips, and reports or not, as the two highest bits of an unknown parameter say", () => {
    const { stop, stopReport, skip, skipReport } = UNKNOWN_PARAMETERS;
    expect(reported([skip, skipReport])).toEqual([skipReport]);
    expect(reported([stop, skipReport])).toEqual([]);
    expect(reported([stopReport, skipReport])).toEqual([stopReport]);
    expect(reported([skipReport, stop])).toEqual([skipReport]);
  });

  it("MUST: answers the INIT all the same, in all four cases", () => {
    for (const type of Object.values(UNKNOWN_PARAMETERS)) {
      const lab = new Lab();
      lab.listen();
      const init = initChunk({ parameters: [unknownParameter(type)] });
      expect(kindsOf(lab.receive([init]))).toEqual(["INIT ACK"]);
      const client = new Lab();
      client.connect();
      const { initiateTag } = only(client.flush(), "INIT");
      const initAck = initAckChunk({ parameters: [cookieParameter(), unknownParameter(type)] });
      expect(client.receive([initAck], { tag: initiateTag })[0]?.kinds[0]).toBe("COOKIE ECHO");
    }
  });

  it("MUST: pads a parameter with zero bytes to a multiple of four that it does not count", () => {
    const lab = new Lab();
    lab.listen();
    const packets = lab.receive([
      initChunk({ parameters: [unknownParameter(UNKNOWN_PARAMETERS.skipReport)] }),
    ]);
    const bytes = bytesOf(packets);
    // The last parameter of the INIT ACK: Unrecognized Parameter (8), 4 + 7 bytes, one byte of padding.
    const at = bytes.length - 12;
    expect([...bytes.subarray(at)]).toEqual([0, 8, 0, 11, 0xff, 0xfe, 0, 7, 1, 2, 3, 0]);
  });

  it("MUST NOT: believes a parameter that runs beyond its chunk", () => {
    const lab = new Lab();
    lab.listen();
    const fixed = [0, 0, 0, 5, 0, 1, 0, 0, 0, 10, 0, 10, 0, 0, 0, 1];
    const overrun: Chunk = {
      kind: "unknown",
      type: 1,
      flags: 0,
      value: new Uint8Array([...fixed, 0xc0, 0, 0, 40]),
    };
    expect(kindsOf(lab.receive([overrun]))).toEqual(["ABORT"]);
    expect(lab.stack.counters["malformed-chunk"]).toBe(1);
  });
});

describe("RFC 9260 3.2.2 Reporting of Unrecognized Parameters", () => {
  it("MUST: puts what it does not know of an INIT into the INIT ACK, whole", () => {
    const lab = new Lab();
    lab.listen();
    const init = initChunk({ parameters: [unknownParameter(UNKNOWN_PARAMETERS.skipReport)] });
    const initAck = only(lab.receive([init]), "INIT ACK");
    expect(initAck.parameters).toContainEqual({
      kind: "Unrecognized Parameter",
      type: 8,
      parameter: new Uint8Array([0xff, 0xfe, 0, 7, 1, 2, 3]),
    });
  });

  it("MUST NOT: reports unknown parameters in an ABORT that refuses the INIT", () => {
    const lab = new Lab();
    lab.listen();
    const init = initChunk({
      outboundStreams: 0,
      parameters: [unknownParameter(UNKNOWN_PARAMETERS.skipReport)],
    });
    expect(only(lab.receive([init]), "ABORT").causes).toEqual([
      { kind: "Invalid Mandatory Parameter", code: 7 },
    ]);
  });

  it("SHOULD: reports what it does not know of an INIT ACK in an ERROR behind the COOKIE ECHO", () => {
    const lab = new Lab();
    lab.connect();
    const { initiateTag } = only(lab.flush(), "INIT");
    const initAck = initAckChunk({
      parameters: [cookieParameter(), unknownParameter(UNKNOWN_PARAMETERS.skipReport)],
    });
    const packets = lab.receive([initAck], { tag: initiateTag });
    expect(kindsOf(packets)).toEqual(["COOKIE ECHO+ERROR"]);
    expect(firstOf(packets, "ERROR").causes).toEqual([
      { kind: "Unrecognized Parameters", code: 8, parameters: new Uint8Array([0xff, 0xfe, 0, 7, 1, 2, 3]) },
    ]);
  });

  it("MAY: sends that ERROR by itself where it does not fit, but not before the COOKIE ACK", () => {
    const lab = new Lab();
    lab.connect({ ...QUIET, maxUnrecognizedBytes: 1_000 });
    const { initiateTag } = only(lab.flush(), "INIT");
    const large = unknownParameter(UNKNOWN_PARAMETERS.skipReport, new Uint8Array(600));
    const initAck = initAckChunk({ parameters: [cookieParameter(new Uint8Array(700)), large] });
    expect(kindsOf(lab.receive([initAck], { tag: initiateTag }))).toEqual(["COOKIE ECHO"]);
    expect(kindsOf(lab.receive([{ kind: "COOKIE ACK" }], { tag: initiateTag }))).toEqual(["ERROR"]);
  });

  it("MUST: keeps the COOKIE ECHO in front whenever it is sent", () => {
    const lab = new Lab();
    const association = lab.connect();
    const { initiateTag } = only(lab.flush(), "INIT");
    association.send(new Uint8Array(10), {}, lab.nowMs);
    const initAck = initAckChunk({
      parameters: [cookieParameter(), unknownParameter(UNKNOWN_PARAMETERS.skipReport)],
    });
    expect(kindsOf(lab.receive([initAck], { tag: initiateTag }))).toEqual(["COOKIE ECHO+ERROR+DATA"]);
    expect(lab.runUntilSent()[0]?.kinds[0]).toBe("COOKIE ECHO");
    expect(lab.receive([HEARTBEAT], { tag: initiateTag })[0]?.kinds[0]).toBe("COOKIE ECHO");
  });
});

describe("RFC 9260 3.3.1 Payload Data (DATA) (0)", () => {
  it("MUST: writes the chunk as the figure shows", () => {
    const link = new Lab().accepted(QUIET);
    link.association.send(
      new TextEncoder().encode("hi!"),
      { streamId: 3, ppid: 0x0102_0304 },
      link.lab.nowMs,
    );
    const data = bytesOf(link.lab.flush()).subarray(12);
    expect([...data.subarray(0, 4)]).toEqual([0, 0b0011, 0, 19]);
    expect([u32(data, 4), u16(data, 8), u16(data, 10), u32(data, 12)]).toEqual([
      link.ourTsn,
      3,
      0,
      0x0102_0304,
    ]);
    expect([...data.subarray(16)]).toEqual([0x68, 0x69, 0x21, 0]);
  });

  it("MUST: gives all fragments of a message its stream, its SSN, its PPID and its U bit, and TSNs in a row", () => {
    const link = new Lab().accepted(QUIET);
    for (const unordered of [false, true]) {
      link.association.send(new Uint8Array(3_000), { streamId: 2, ppid: 7, unordered }, link.lab.nowMs);
      const chunks = chunksOf(link.lab.flush(), "DATA");
      expect(chunks.map(({ beginning, ending }) => [beginning, ending])).toEqual([
        [true, false],
        [false, false],
        [false, true],
      ]);
      const [first] = chunks;
      for (const [i, chunk] of chunks.entries()) {
        expect(chunk).toMatchObject({ streamId: 2, ppid: 7, unordered, ssn: first?.ssn });
        expect(chunk.tsn).toBe(((first?.tsn ?? 0) + i) >>> 0);
      }
      link.receive([link.sack(unordered ? 5 : 2)]);
    }
  });

  it("MUST: sets both B and E on a message that is not cut, and sends at least one byte of user data", () => {
    const link = new Lab().accepted(QUIET);
    expect(only(link.send(1), "DATA")).toMatchObject({ beginning: true, ending: true });
    expect(() => link.send(0)).toThrow(/empty/);
  });

  it("MUST NOT: takes a chunk that is shorter than the fixed fields for DATA", () => {
    const link = new Lab().accepted(QUIET);
    for (let lengthBytes = 4; lengthBytes < 16; lengthBytes++) {
      const short: Chunk = { kind: "unknown", type: 0, flags: 3, value: new Uint8Array(lengthBytes - 4) };
      expect(kindsOf(link.receive([short, HEARTBEAT]))).toEqual(["HEARTBEAT ACK"]);
    }
    expect(link.lab.stack.counters["malformed-chunk"]).toBe(12);
  });

  it("MUST: ignores the SSN of an unordered chunk, and hands it up at once", () => {
    const link = new Lab().accepted(QUIET);
    link.receive([link.data(1, { ssn: 1 })]);
    link.receive([link.data(2, { ssn: 60_000, unordered: true, payload: new TextEncoder().encode("now") })]);
    expect(link.read()).toEqual(["now"]);
  });
});

describe("RFC 9260 3.3.2 Initiation (INIT) (1)", () => {
  it("MUST: silently discards an INIT with the Initiate Tag 0", () => {
    const lab = new Lab();
    lab.listen();
    expect(lab.receive([initChunk({ initiateTag: 0 })])).toEqual([]);
  });

  it("MUST: refuses an INIT with no streams or a window below 1,500 bytes by an ABORT with its Initiate Tag", () => {
    for (const wrong of [{ outboundStreams: 0 }, { inboundStreams: 0 }, { aRwndBytes: 1_499 }]) {
      const lab = new Lab();
      lab.listen();
      const packets = lab.receive([initChunk(wrong)]);
      expect(packets).toMatchObject([{ tag: PEER_TAG, kinds: ["ABORT"] }]);
      expect(only(packets, "ABORT")).toMatchObject({ tagReflected: false, causes: [{ code: 7 }] });
    }
    const lab = new Lab();
    lab.listen();
    expect(kindsOf(lab.receive([initChunk({ aRwndBytes: 1_500 })]))).toEqual(["INIT ACK"]);
  });

  it("MUST NOT: lets such an INIT touch an association that exists", () => {
    for (const wrong of [{ outboundStreams: 0 }, { inboundStreams: 0 }, { aRwndBytes: 1_499 }]) {
      const link = new Lab().accepted(QUIET);
      const before = link.association.status();
      expect(kindsOf(link.lab.receive([initChunk({ ...wrong, initiateTag: 99 })]))).toEqual(["ABORT"]);
      expect(link.association.status()).toEqual(before);
      expect(kindsOf(link.receive([link.data(0)]))).toEqual(["SACK"]);
    }
  });

  it("MUST: sends the peer's Initiate Tag with everything, and never advertises a window below 1,500 bytes", () => {
    const lab = new Lab();
    lab.connect({ receiveBufferBytes: 4_096 });
    expect(only(lab.flush(), "INIT").aRwndBytes).toBeGreaterThanOrEqual(1_500);
    expect(() => new Lab().connect({ receiveBufferBytes: 1_499 })).toThrow("receiveBufferBytes");
  });

  it("MUST NOT: asks for 0 streams either way, nor puts flags or a Host Name Address into an INIT", () => {
    expect(() => new Lab().connect({ outboundStreams: 0 })).toThrow("outboundStreams");
    expect(() => new Lab().connect({ maxInboundStreams: 0 })).toThrow("maxInboundStreams");
    const lab = new Lab();
    lab.connect({ partialReliability: false, streamReconfiguration: false });
    const packets = lab.flush();
    expect(bytesOf(packets)[13]).toBe(0);
    expect(only(packets, "INIT").parameters).toEqual([]);
  });

  it("SHOULD: starts at a random TSN", () => {
    const lab = new Lab();
    const tsns = Array.from({ length: 50 }, (_, i) => {
      lab.stack.connect(
        { remoteAddresses: ["10.0.0.2"], remotePort: 1 + i, remoteUdpPort: 9_899 },
        lab.nowMs,
      );
      return only(lab.flush(), "INIT").initialTsn;
    });
    expect(new Set(tsns).size).toBe(50);
    expect(tsns.some((tsn) => tsn > 0x8000_0000) && tsns.some((tsn) => tsn < 0x8000_0000)).toBe(true);
  });

  it("MUST: takes a parameter that comes twice once", () => {
    const lab = new Lab();
    lab.connect();
    const { initiateTag } = only(lab.flush(), "INIT");
    const parameters = [cookieParameter(), cookieParameter(new Uint8Array(8))];
    const packets = lab.receive([initAckChunk({ parameters })], { tag: initiateTag });
    expect(only(packets, "COOKIE ECHO").cookie).toEqual(PEER_COOKIE);
  });
});

describe("RFC 9260 3.3.2.1 Optional or Variable-Length Parameters in INIT chunks", () => {
  it("MUST: puts parameters behind the fixed fields", () => {
    const lab = new Lab({ localAddresses: ["10.0.0.1", OUR_SECOND_ADDRESS] });
    lab.connect();
    const bytes = bytesOf(lab.flush());
    // Chunk header 4, fixed fields 16; then IPv4 Address (5) of 8 bytes.
    expect([...bytes.subarray(32, 40)]).toEqual([0, 5, 0, 8, 10, 0, 0, 1]);
    expect([...bytes.subarray(40, 48)]).toEqual([0, 5, 0, 8, 10, 1, 0, 1]);
  });
});

describe("RFC 9260 3.3.2.1.2 IPv6 Address (6)", () => {
  it("MUST: uses the source alone where no address is listed", () => {
    const link = new Lab().accepted();
    expect(link.association.remoteAddresses).toEqual(["10.0.0.2"]);
  });

  it("MUST NOT: writes an IPv4-mapped address, which is an IPv4 address", () => {
    const lab = new Lab({ localAddresses: ["10.0.0.1", "::ffff:10.1.0.1", "2001:db8::1"] });
    lab.connect();
    const listed = only(lab.flush(), "INIT").parameters.filter(({ kind }) => kind.endsWith("Address"));
    expect(listed).toEqual([
      { kind: "IPv4 Address", type: 5, address: "10.0.0.1" },
      { kind: "IPv4 Address", type: 5, address: "10.1.0.1" },
      { kind: "IPv6 Address", type: 6, address: "2001:db8::1" },
    ]);
  });
});

describe("RFC 9260 3.3.2.1.4 Host Name Address (11)", () => {
  const hostName: Parameter = {
    kind: "Host Name Address",
    type: 11,
    hostName: new TextEncoder().encode("peer\0"),
  };

  it("MUST: answers an INIT with a host name by an ABORT", () => {
    const lab = new Lab();
    lab.listen();
    const packets = lab.receive([initChunk({ parameters: [hostName] })]);
    expect(packets[0]?.tag).toBe(PEER_TAG);
    expect(only(packets, "ABORT").causes).toMatchObject([{ kind: "Unresolvable Address", code: 5 }]);
  });

  it("MUST: answers an INIT ACK with a host name by an ABORT, and gives up", () => {
    const lab = new Lab();
    const association = lab.connect();
    const { initiateTag } = only(lab.flush(), "INIT");
    const packets = lab.receive([initAckChunk({ parameters: [cookieParameter(), hostName] })], {
      tag: initiateTag,
    });
    expect(packets[0]?.tag).toBe(PEER_TAG);
    expect(only(packets, "ABORT").causes).toMatchObject([{ kind: "Unresolvable Address", code: 5 }]);
    expect(association.state).toBe("CLOSED");
  });
});

describe("RFC 9260 3.3.2.1.5 Supported Address Types (12)", () => {
  it("MUST NOT: lists the type of host names; lists the families that it has sockets for", () => {
    const typesOf = (localAddresses: readonly string[], remote: string): readonly number[] => {
      const lab = new Lab({ localAddresses });
      lab.connect({}, [remote]);
      const { initiateTag: tag } = only(lab.flush(), "INIT");
      const foreign = addressParameter(remote.includes(":") ? "192.0.2.9" : "2001:db8::9");
      const parameters = [cookieParameter(), localAddresses.length > 1 ? addressParameter("::") : foreign];
      const again = lab.receive([initAckChunk({ parameters })], { tag, from: remote });
      if (localAddresses.length > 1) {
        expect(kindsOf(again)).toEqual(["COOKIE ECHO"]);
        return [];
      }
      const parameter = only(again, "INIT").parameters.find(({ kind }) => kind === "Supported Address Types");
      return parameter?.kind === "Supported Address Types" ? parameter.addressTypes : [];
    };
    expect(typesOf(["10.0.0.1"], "10.0.0.2")).toEqual([5]);
    expect(typesOf(["2001:db8::1"], "2001:db8::2")).toEqual([6]);
    expect(typesOf(["2001:db8::1", "10.0.0.1"], "10.0.0.2")).toEqual([]); // Nothing can be foreign to it.
  });

  it("MUST: ignores the type of host names in it", () => {
    const lab = new Lab();
    lab.listen();
    const types: Parameter = { kind: "Supported Address Types", type: 12, addressTypes: [11, 5] };
    expect(kindsOf(lab.receive([initChunk({ parameters: [types] })]))).toEqual(["INIT ACK"]);
  });
});

describe("RFC 9260 3.3.3 Initiation Acknowledgement (INIT ACK) (2)", () => {
  function answeredBy(initAck: Parameters<typeof initAckChunk>[0]) {
    const lab = new Lab();
    const association = lab.connect();
    const { initiateTag } = only(lab.flush(), "INIT");
    return {
      lab,
      association,
      initiateTag,
      packets: lab.receive([initAckChunk(initAck)], { tag: initiateTag }),
    };
  }

  it("MUST: gives up at an INIT ACK with the Initiate Tag 0, and sends an ABORT with the T bit", () => {
    const { association, initiateTag, packets } = answeredBy({ initiateTag: 0 });
    expect(association.state).toBe("CLOSED");
    expect(packets[0]?.tag).toBe(initiateTag);
    expect(only(packets, "ABORT").tagReflected).toBe(true);
  });

  it("MUST: gives up at an INIT ACK with no streams, and sends an ABORT with its Initiate Tag", () => {
    for (const wrong of [{ outboundStreams: 0 }, { inboundStreams: 0 }]) {
      const { association, packets } = answeredBy(wrong);
      expect(association.state).toBe("CLOSED");
      expect(packets[0]?.tag).toBe(PEER_TAG);
      expect(only(packets, "ABORT")).toMatchObject({ tagReflected: false, causes: [{ code: 7 }] });
    }
  });

  it("MUST: discards an INIT ACK with a window below 1,500 bytes, answers with ABORT, and stays as it is", () => {
    const { lab, association, initiateTag, packets } = answeredBy({ aRwndBytes: 1_499 });
    expect(only(packets, "ABORT").tagReflected).toBe(false);
    expect(association.state).toBe("COOKIE-WAIT");
    expect(lab.receive([initAckChunk({ aRwndBytes: 1_500 })], { tag: initiateTag })[0]?.kinds[0]).toBe(
      "COOKIE ECHO",
    );
  });

  it("MUST NOT: asks for more streams in an INIT ACK than the INIT allows", () => {
    const lab = new Lab();
    lab.listen({ outboundStreams: 100 });
    expect(only(lab.receive([initChunk({ inboundStreams: 7 })]), "INIT ACK").outboundStreams).toBe(7);
  });

  it("MUST: is ready for an INIT ACK of many kilobytes", () => {
    const addresses = Array.from({ length: 1_000 }, (_, i): Parameter => {
      return { kind: "IPv4 Address", type: 5, address: `10.9.${i >> 8}.${i & 255}` };
    });
    const { association, packets } = answeredBy({
      parameters: [...addresses, cookieParameter(new Uint8Array(900))],
    });
    expect(packets[0]?.kinds[0]).toBe("COOKIE ECHO");
    expect(association.remoteAddresses.length).toBe(33);
  });

  it("MUST: sends what it does not understand of neither flags nor parameters as an answer to an INIT", () => {
    const lab = new Lab();
    lab.listen();
    const flagged = lab.receive([{ kind: "unknown", type: 1, flags: 0xff, value: initValue() }]);
    expect(kindsOf(flagged)).toEqual(["INIT ACK"]);
    expect(bytesOf(flagged)[13]).toBe(0);
  });
});

describe("RFC 9260 3.3.3.1 Optional or Variable-Length Parameters in INIT ACK Chunks", () => {
  it("MUST: puts parameters behind the fixed fields, and never a host name", () => {
    const lab = new Lab();
    lab.listen();
    const packets = lab.receive([initChunk()]);
    expect(only(packets, "INIT ACK").parameters.map(({ kind }) => kind)).toEqual(["State Cookie"]);
    expect(u16(bytesOf(packets), 32)).toBe(7);
  });
});

describe("RFC 9260 3.3.3.1.1 State Cookie (7)", () => {
  it("MUST: holds all that the association needs: the server that answers the COOKIE ECHO kept nothing", () => {
    const lab = new Lab();
    lab.listen({ maxInboundStreams: 5 });
    const init = initChunk({
      outboundStreams: 9,
      inboundStreams: 4,
      aRwndBytes: 54_321,
      initialTsn: 0xffff_fff0,
    });
    const initAck = only(lab.receive([init]), "INIT ACK");
    expect(lab.stack.associationCount).toBe(0);
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    const [association] = lab.stack.associations;
    expect(association).toMatchObject({
      localTag: initAck.initiateTag,
      peerTag: PEER_TAG,
      remotePort: PEER_PORT,
    });
    expect(association?.status()).toMatchObject({
      inboundStreams: 5,
      outboundStreams: 4,
      peerRwndBytes: 54_321,
    });
  });
});

describe("RFC 9260 3.3.3.1.2 Unrecognized Parameter (8)", () => {
  it("SHOULD: returns only parameters whose type asks for it, as many as maxUnrecognizedReported", () => {
    const lab = new Lab();
    lab.listen({ maxUnrecognizedReported: 2 });
    const parameters = [
      unknownParameter(UNKNOWN_PARAMETERS.skip),
      ...Array.from({ length: 5 }, () => unknownParameter(UNKNOWN_PARAMETERS.skipReport)),
    ];
    const initAck = only(lab.receive([initChunk({ parameters })]), "INIT ACK");
    expect(initAck.parameters.filter(({ kind }) => kind === "Unrecognized Parameter")).toHaveLength(2);
  });
});

describe("RFC 9260 3.3.4 Selective Acknowledgement (SACK) (3)", () => {
  it("MUST: writes the chunk as the figure shows", () => {
    const link = new Lab().accepted({ ...QUIET, receiveBufferBytes: 100_000 });
    link.receive([link.data(0), link.data(2), link.data(3), link.data(2)]);
    link.read();
    const packets = link.receive([link.data(5)]);
    const sack = bytesOf(packets).subarray(12);
    expect([...sack.subarray(0, 4)]).toEqual([3, 0, 0, 16 + 2 * 4]);
    expect([u32(sack, 4), u16(sack, 12), u16(sack, 14)]).toEqual([link.peerTsn, 2, 0]);
    expect(u32(sack, 8)).toBeGreaterThan(90_000);
    expect([u16(sack, 16), u16(sack, 18), u16(sack, 20), u16(sack, 22)]).toEqual([2, 3, 5, 5]);
  });

  it("SHOULD: sends Gap Ack Blocks that are isolated and ascend", () => {
    const link = new Lab().accepted(QUIET);
    const offsets = [9, 4, 2, 3, 12, 10, 11, 6];
    const packets = link.receive(offsets.map((offset) => link.data(offset)));
    expect(firstOf(packets, "SACK").gapBlocks).toEqual([
      { start: 3, end: 5 },
      { start: 7, end: 7 },
      { start: 10, end: 13 },
    ]);
  });

  it("MUST: lists a TSN once for every time that it came again, and then no more", () => {
    const link = new Lab().accepted(QUIET);
    const twice = link.receive([link.data(0), link.data(0), link.data(0)]);
    expect(firstOf(twice, "SACK").duplicateTsns).toEqual([link.peerTsn, link.peerTsn]);
    expect(firstOf(link.receive([link.data(0)]), "SACK").duplicateTsns).toEqual([link.peerTsn]);
    link.receive([link.data(1)]);
    expect(firstOf(link.receive([link.data(2)]), "SACK").duplicateTsns).toEqual([]);
  });
});

describe("RFC 9260 3.3.5 Heartbeat Request (HEARTBEAT) (4)", () => {
  it("SHOULD: probes an idle address, and says in the Heartbeat Info when and where to it was sent", () => {
    const link = new Lab().accepted();
    const [packet] = link.lab.runUntilSent();
    const heartbeat = only(packet === undefined ? [] : [packet], "HEARTBEAT");
    const info = heartbeat.info ?? new Uint8Array(0);
    expect(new DataView(info.buffer, info.byteOffset).getFloat64(8)).toBe(packet?.atMs);
    expect([...info.subarray(28)]).toEqual([10, 0, 0, 2]);
  });

  it("MUST: carries a nonce of 64 bits, another one every time", () => {
    const link = new Lab().accepted();
    const nonces = new Set<string>();
    for (let i = 0; i < 20; i++) {
      link.association.requestHeartbeat("10.0.0.2", link.lab.nowMs);
      nonces.add(String(firstOf(link.lab.flush(), "HEARTBEAT").info?.subarray(0, 8)));
    }
    expect(nonces.size).toBe(20);
  });
});

describe("RFC 9260 3.3.6 Heartbeat Acknowledgement (HEARTBEAT ACK) (5)", () => {
  it("MUST: returns the Heartbeat Info as it came, to where it came from", () => {
    const link = new Lab().accepted(QUIET);
    const parameters = new Uint8Array([0, 1, 0, 9, 1, 2, 3, 4, 5, 0, 0, 0]);
    const packets = link.receive([{ kind: "HEARTBEAT", parameters, info: undefined }]);
    expect(packets).toMatchObject([{ to: "10.0.0.2", tag: PEER_TAG }]);
    expect([...bytesOf(packets).subarray(12)]).toEqual([5, 0, 0, 16, ...parameters]);
  });
});

describe("RFC 9260 3.3.7 Abort Association (ABORT) (6)", () => {
  it("MUST NOT: bundles DATA with an ABORT", () => {
    const link = new Lab().accepted(QUIET);
    link.association.send(new Uint8Array(10), {}, link.lab.nowMs);
    link.association.abort(new Uint8Array(0), link.lab.nowMs);
    expect(kindsOf(link.lab.flush())).toEqual(["ABORT"]);
  });

  it("MUST: silently discards an ABORT with a format error", () => {
    const link = new Lab().accepted(QUIET);
    for (const lengthBytes of [0, 3, 9, 40]) {
      const header = { sourcePort: PEER_PORT, destinationPort: OUR_PORT };
      const abort: Chunk = { kind: "unknown", type: 6, flags: 0, value: new Uint8Array(4) };
      const packet = encodePacket({ ...header, verificationTag: link.association.localTag, chunks: [abort] });
      new DataView(packet.buffer).setUint16(14, lengthBytes);
      sealPacket(packet);
      expect(link.lab.receiveBytes(packet)).toEqual([]);
      expect(link.state).toBe("ESTABLISHED");
    }
  });

  it("MUST: heeds an ABORT behind other control chunks, and ignores what comes behind the ABORT", () => {
    const link = new Lab().accepted(QUIET);
    const error: Chunk = { kind: "ERROR", causes: [{ kind: "Out of Resource", code: 4 }] };
    const abort: Chunk = { kind: "ABORT", tagReflected: false, causes: [] };
    expect(link.receive([error, abort, HEARTBEAT])).toEqual([]);
    expect(link.state).toBe("CLOSED");
    expect(link.lab.eventKinds.slice(-2)).toEqual(["remote-error", "closed"]);
  });

  it("MUST NOT: answers an ABORT with an ABORT, known association or not", () => {
    const lab = new Lab();
    lab.listen();
    expect(lab.receive([{ kind: "ABORT", tagReflected: false, causes: [] }], { tag: 77 })).toEqual([]);
    expect(lab.receive([{ kind: "ABORT", tagReflected: true, causes: [] }], { tag: 77 })).toEqual([]);
  });
});

describe("RFC 9260 3.3.8 Shutdown Association (SHUTDOWN) (7)", () => {
  it("MUST: ends gracefully with a SHUTDOWN that says what has been received", () => {
    const link = new Lab().accepted(QUIET);
    link.receive([link.data(0), link.data(1)]);
    link.association.shutdown(link.lab.nowMs);
    const bytes = bytesOf(link.lab.flush());
    expect([...bytes.subarray(12, 16)]).toEqual([7, 0, 0, 8]);
    expect(u32(bytes, 16)).toBe(link.peerTsn + 1);
  });

  it("MUST NOT: takes the lack of Gap Ack Blocks in a SHUTDOWN for reneging", () => {
    const link = new Lab().accepted(QUIET);
    for (let i = 0; i < 3; i++) link.send(100);
    link.receive([link.sack(0, { gapBlocks: [{ start: 2, end: 2 }] })]);
    const inFlight = link.association.paths()[0]?.flightBytes;
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: link.ourTsn }]);
    expect(link.association.paths()[0]?.flightBytes).toBe(inFlight);
    // Only TSN 1 is missing still: T3-rtx repeats it alone.
    expect(chunksOf(link.lab.runUntilSent(), "DATA").map(({ tsn }) => tsn)).toEqual([
      (link.ourTsn + 1) >>> 0,
    ]);
  });

  it("SHOULD: sends again what a SHUTDOWN shows to be missing, though a gap block reported it before", () => {
    const link = new Lab().accepted(QUIET);
    for (let i = 0; i < 3; i++) link.send(100);
    link.receive([link.sack(0, { gapBlocks: [{ start: 2, end: 2 }] })]);
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn + 1) >>> 0 }]);
    expect(chunksOf(link.lab.runUntilSent(), "DATA").map(({ tsn }) => tsn)).toEqual([
      (link.ourTsn + 2) >>> 0,
    ]);
  });
});

describe("RFC 9260 3.3.9 Shutdown Acknowledgement (SHUTDOWN ACK) (8)", () => {
  it("MUST: acknowledges a SHUTDOWN once all its own DATA is acknowledged, with a chunk of four bytes", () => {
    const link = new Lab().accepted(QUIET);
    const packets = link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }]);
    expect([...bytesOf(packets).subarray(12)]).toEqual([8, 0, 0, 4]);
  });
});

describe("RFC 9260 3.3.10.3 Stale Cookie (3)", () => {
  it("MAY: says by how many microseconds the cookie is too old, rounded up", () => {
    const lab = new Lab({ stack: { cookieLifeMs: 1_000 } });
    lab.listen();
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    lab.nowMs += 1_250.0004;
    const echo = echoOf(initAck);
    const error = only(lab.receive([echo], { tag: initAck.initiateTag }), "ERROR");
    expect(error.causes).toEqual([{ kind: "Stale Cookie", code: 3, stalenessUs: 250_001 }]);
  });
});

describe("RFC 9260 3.3.11 Cookie Echo (COOKIE ECHO) (10)", () => {
  it("MUST: returns the exact cookie, before any DATA of the association", () => {
    const lab = new Lab();
    const association = lab.connect();
    association.send(new Uint8Array(10), {}, lab.nowMs);
    const { initiateTag } = only(lab.flush(), "INIT");
    const packets = lab.receive([initAckChunk()], { tag: initiateTag });
    expect(kindsOf(packets)).toEqual(["COOKIE ECHO+DATA"]);
    const echo = bytesOf(packets).subarray(12);
    expect([...echo.subarray(0, 4)]).toEqual([10, 0, 0, 4 + PEER_COOKIE.length]);
    expect(echo.subarray(4, 4 + PEER_COOKIE.length)).toEqual(PEER_COOKIE);
  });

  it("SHOULD: keeps its own cookies small", () => {
    const lab = new Lab();
    lab.listen();
    expect(cookieOf(only(lab.receive([initChunk()]), "INIT ACK")).length).toBeLessThan(150);
  });
});

describe("RFC 9260 3.3.12 Cookie Acknowledgement (COOKIE ACK) (11)", () => {
  it("MUST: precedes every DATA and SACK chunk of the association", () => {
    const lab = new Lab();
    lab.listen();
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    const echo = echoOf(initAck);
    const packets = lab.receive([echo, dataChunk()], { tag: initAck.initiateTag });
    expect(kindsOf(packets)).toEqual(["COOKIE ACK+SACK"]);
  });
});

describe("RFC 9260 3.3.13 Shutdown Complete (SHUTDOWN COMPLETE) (14)", () => {
  it("MUST: answers a SHUTDOWN ACK, with the T bit set only if the tag is reflected", () => {
    const link = new Lab().accepted(QUIET);
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    const known = link.receive([{ kind: "SHUTDOWN ACK" }]);
    expect(known[0]?.tag).toBe(PEER_TAG);
    expect(only(known, "SHUTDOWN COMPLETE").tagReflected).toBe(false);
    const late = link.receive([{ kind: "SHUTDOWN ACK" }]);
    expect(late[0]?.tag).toBe(link.association.localTag);
    expect(only(late, "SHUTDOWN COMPLETE").tagReflected).toBe(true);
  });
});

/** A chunk given by its bytes: type, flags and length are its own. */
function chunkFromBytes(bytes: Uint8Array): Chunk {
  return {
    kind: "unknown",
    type: bytes[0] ?? 0,
    flags: bytes[1] ?? 0,
    value: bytes.subarray(4, u16(bytes, 2)),
  };
}

/** The value of a plain INIT. */
function initValue(): Uint8Array {
  return new Uint8Array([0, 0, 0, 5, 0, 1, 0, 0, 0, 10, 0, 10, 0, 0, 0, 1]);
}
