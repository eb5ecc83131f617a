/** Packets taken apart: every byte in one field, whatever the bytes, and the values that the codec reads. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { sealPacket } from "../../../src/chunks/common-header.ts";
import { ParseError } from "../../../src/chunks/errors.ts";
import { decodePacket, encodePacket } from "../../../src/chunks/packet.ts";
import type { PacketField } from "../../../src/trace/fields/packet-field.ts";
import { packetFieldLines, packetFields } from "../../../src/trace/fields/packet-fields.ts";
import { chunk as anyChunk, u8, u32 } from "../chunks/arbitrary-chunks.ts";
import { data, fromClient, init } from "./conversation.ts";

const bytes = Uint8Array.of(1, 2, 3, 4);

/** Sees that fields lie one behind the other over [start, end), and the fields inside of each too. */
function expectCovered(fields: readonly PacketField[], start: number, end: number): void {
  let at = start;
  for (const field of fields) {
    if (!isSound(field, at)) expect.fail(`${JSON.stringify(field)} at ${at}`);
    at += field.lengthBytes;
    if (field.children.length > 0 && field.children[0]!.mask === undefined)
      expectCovered(field.children, field.offset, at);
  }
  if (at !== end) expect.fail(`the fields end at ${at}, not at ${end}: ${JSON.stringify(fields)}`);
}

function isSound({ offset, lengthBytes, meaning, section, children }: PacketField, at: number): boolean {
  const bits = children.filter(({ mask }) => mask !== undefined);
  return (
    offset === at &&
    lengthBytes > 0 &&
    meaning.endsWith(".") &&
    /^(RFC \d{4} \d+(\.\d+)*|draft-[a-z-]+( \d+(\.\d+)*)?)$/.test(section) &&
    (bits.length === 0 || bits.reduce((sum, { mask }) => sum + mask!, 0) === 0xff) &&
    bits.every((bit) => bit.offset === offset && bit.lengthBytes === 1 && lengthBytes === 1)
  );
}

const flat = (fields: readonly PacketField[]): PacketField[] =>
  fields.flatMap((field) => [field, ...flat(field.children)]);

/** "name: value" of what lies directly below a chunk, behind its type, flags and length. */
function told(chunk: Chunk): string[] {
  const [, field] = packetFields(fromClient([chunk]));
  return field!.children.slice(3).map(({ name, value }) => `${name}: ${value}`);
}

describe("every byte", () => {
  it("of a packet lies in one field, and nothing of it is faulty", () => {
    fc.assert(
      fc.property(fc.array(anyChunk, { minLength: 1, maxLength: 5 }), (chunks) => {
        const datagram = fromClient(chunks);
        const fields = packetFields(datagram);
        expectCovered(fields, 0, datagram.length);
        const empty = chunks.some((chunk) => "payload" in chunk && chunk.payload.length === 0);
        if (!empty) expect(flat(fields).filter(({ isFaulty }) => isFaulty)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("of anything at all lies in one field, too", () => {
    const anything = fc.uint8Array({ maxLength: 120, size: "max" });
    fc.assert(
      fc.property(anything, (datagram) => expectCovered(packetFields(datagram), 0, datagram.length)),
      { numRuns: 1_000 },
    );
  });

  it("of a packet that was damaged or cut does, and what the codec cannot read is faulty", () => {
    const damage = fc.record({ at: fc.nat({ max: 300 }), value: u8 });
    fc.assert(
      fc.property(
        fc.array(anyChunk, { minLength: 1, maxLength: 3 }),
        fc.array(damage, { maxLength: 4 }),
        fc.nat({ max: 20 }),
        (chunks, damages, cut) => {
          const whole = fromClient(chunks);
          for (const { at, value } of damages) if (at < whole.length) whole[at] = value;
          const datagram = whole.subarray(0, Math.max(1, whole.length - cut));
          if (datagram.length >= 12) sealPacket(datagram);
          const fields = packetFields(datagram);
          expectCovered(fields, 0, datagram.length);
          if (!isReadable(datagram)) expect(flat(fields).some(({ isFaulty }) => isFaulty)).toBe(true);
        },
      ),
      { numRuns: 800 },
    );
  });
});

function isReadable(datagram: Uint8Array): boolean {
  try {
    decodePacket(datagram);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(ParseError);
    return false;
  }
}

/** The names that the RFCs give to what the codec reads. */
const NAMES: Readonly<Record<string, string>> = {
  tsn: "TSN",
  streamId: "Stream Identifier",
  ssn: "Stream Sequence Number",
  ppid: "Payload Protocol Identifier",
  mid: "Message Identifier",
  initiateTag: "Initiate Tag",
  aRwndBytes: "Advertised Receiver Window Credit (a_rwnd)",
  outboundStreams: "Number of Outbound Streams",
  inboundStreams: "Number of Inbound Streams",
  initialTsn: "Initial TSN",
  cumulativeTsnAck: "Cumulative TSN Ack",
  newCumulativeTsn: "New Cumulative TSN",
  serialNumber: "Sequence Number",
  sharedKeyId: "Shared Key Identifier",
  requestNumber: "Re-configuration Request Sequence Number",
  responseNumber: "Re-configuration Response Sequence Number",
  lastTsn: "Sender's Last Assigned TSN",
  result: "Result",
  newStreamCount: "Number of new streams",
  incrementMs: "Suggested Cookie Life-Span Increment",
  errorDetectionMethod: "Error Detection Method Identifier",
  correlationId: "ASCONF-Request Correlation ID",
  adaptationCode: "Adaptation Code Point",
  stalenessUs: "Measure of Staleness",
  currentPort: "Current Encapsulation Port",
  newPort: "New Encapsulation Port",
};

type Read = Readonly<Record<string, unknown>> & { readonly kind: string };

/** Sees that a field says what the codec reads, as do the parameters and causes in it. */
function expectAgreement(read: Read, field: PacketField): void {
  if (read.kind !== "unknown") expect(field.name).toBe(read.kind);
  for (const [key, value] of Object.entries(read)) {
    const name = NAMES[key];
    if (name !== undefined) {
      const child = field.children.find((other) => other.name === name);
      expect([key, numberIn(child!.value)]).toEqual([key, value]);
    }
    if (key === "address" && typeof value === "string")
      expect(flat([field]).map((one) => one.value)).toContain(value);
    if (key === "parameters" || key === "causes") {
      if (value instanceof Uint8Array) continue;
      const inner = value as readonly Read[];
      const children = field.children.filter((one) =>
        /^(Parameter Type|Cause Code)$/.test(one.children[0]?.name ?? ""),
      );
      expect(children.length).toBe(inner.length);
      for (const [i, one] of inner.entries()) expectAgreement(one, children[i]!);
    }
  }
}

/** The number that a value begins with. */
function numberIn(value: string): number {
  return Number(/^(0x[0-9a-f]+|[\d,]+)/.exec(value)![0].replaceAll(",", ""));
}

it("says of every chunk, parameter and cause what the codec reads", () => {
  fc.assert(
    fc.property(fc.array(anyChunk, { minLength: 1, maxLength: 4 }), u32, (chunks, verificationTag) => {
      const packet = { sourcePort: 6_000, destinationPort: 7, verificationTag, chunks };
      const [header, ...fields] = packetFields(encodePacket(packet));
      expect(header!.children.slice(0, 3).map(({ value }) => numberIn(value))).toEqual([
        6_000,
        7,
        verificationTag,
      ]);
      expect(fields.length).toBe(chunks.length);
      for (const [i, chunk] of chunks.entries()) expectAgreement(chunk as unknown as Read, fields[i]!);
    }),
    { numRuns: 200 },
  );
});

describe("the common header", () => {
  const checksum = (datagram: Uint8Array): PacketField =>
    packetFields(datagram)[0]!.children.find(({ name }) => name === "Checksum")!;

  it("says that the checksum is right", () => {
    expect(checksum(fromClient([init]))).toMatchObject({ offset: 8, lengthBytes: 4, isFaulty: false });
    expect(checksum(fromClient([init])).value).toMatch(/^0x[0-9a-f]{8}, right$/);
  });

  it("says that it is wrong, and which one would be right", () => {
    const datagram = fromClient([init]);
    const right = checksum(datagram).value.slice(0, 10);
    datagram[9]! ^= 0x40;
    expect(checksum(datagram)).toMatchObject({ isFaulty: true });
    expect(checksum(datagram).value).toMatch(`, wrong: ${right} would be right`);
    datagram.fill(0, 8, 12);
    expect(checksum(datagram).value).toBe(
      `0x00000000, wrong: ${right} would be right, which says that there is none (RFC 9653)`,
    );
  });

  it("that is cut off is undecoded from there on", () => {
    const [header] = packetFields(Uint8Array.of(0, 9, 0, 7, 1, 2));
    expect(header).toMatchObject({ isFaulty: true, value: "cut off: Verification Tag takes 4 bytes" });
    expect(header!.children.map(({ name }) => name)).toEqual([
      "Source Port Number",
      "Destination Port Number",
      "undecoded",
    ]);
    expect(packetFields(new Uint8Array(0))).toEqual([]);
  });
});

describe("flags", () => {
  const flagsOf = (chunk: Chunk): PacketField => packetFields(fromClient([chunk]))[1]!.children[1]!;

  it("are told bit by bit, the reserved ones together", () => {
    const flags = flagsOf(data(1, "x", { unordered: true, ending: false }));
    expect(flags.value).toBe("0x06: U, B");
    expect(flags.children.map(({ mask, name, value }) => [mask, name, value])).toEqual([
      [0xf0, "Reserved", "0"],
      [0x08, "I", "0, not set"],
      [0x04, "U", "1, set"],
      [0x02, "B", "1, set"],
      [0x01, "E", "0, not set"],
    ]);
  });

  it("of an ABORT have the T bit, those of a SACK none", () => {
    expect(flagsOf({ kind: "ABORT", tagReflected: true, causes: [] }).value).toBe("0x01: T");
    expect(flagsOf({ kind: "SHUTDOWN", cumulativeTsnAck: 1 })).toMatchObject({ value: "0x00", children: [] });
  });
});

describe("a chunk's fields", () => {
  const piece = { beginning: true, ending: true, unordered: false, immediate: false, payload: bytes };

  it.each<[Chunk, string[]]>([
    [
      data(7, "hello"),
      [
        "TSN: 7",
        "Stream Identifier: 3",
        "Stream Sequence Number: 0",
        "Payload Protocol Identifier: 46",
        'User Data: 5 bytes: "hello"',
        "Padding: 3 zero bytes",
      ],
    ],
    [
      { kind: "I-DATA", ...piece, tsn: 1, streamId: 3, mid: 9, ppidOrFsn: 46 },
      [
        "TSN: 1",
        "Stream Identifier: 3",
        "Reserved: 0",
        "Message Identifier: 9",
        "Payload Protocol Identifier: 46",
        "User Data: 4 bytes: hex 01 02 03 04",
      ],
    ],
    [
      { kind: "I-DATA", ...piece, beginning: false, tsn: 1, streamId: 3, mid: 9, ppidOrFsn: 2 },
      [
        "TSN: 1",
        "Stream Identifier: 3",
        "Reserved: 0",
        "Message Identifier: 9",
        "Fragment Sequence Number: 2",
        "User Data: 4 bytes: hex 01 02 03 04",
      ],
    ],
    [
      {
        kind: "SACK",
        cumulativeTsnAck: 0xffff_fffe,
        aRwndBytes: 9_000,
        gapBlocks: [{ start: 2, end: 3 }],
        duplicateTsns: [5],
      },
      [
        "Cumulative TSN Ack: 4294967294",
        "Advertised Receiver Window Credit (a_rwnd): 9,000 bytes",
        "Number of Gap Ack Blocks: 1",
        "Number of Duplicate TSNs: 1",
        "Gap Ack Block 1: TSN 0 to 1",
        "Duplicate TSN 1: TSN 5",
      ],
    ],
    [
      {
        kind: "NR-SACK",
        cumulativeTsnAck: 10,
        aRwndBytes: 9_000,
        gapBlocks: [{ start: 2, end: 3 }],
        nonRenegableBlocks: [{ start: 5, end: 6 }],
        duplicateTsns: [9],
      },
      [
        "Cumulative TSN Ack: 10",
        "Advertised Receiver Window Credit (a_rwnd): 9,000 bytes",
        "Number of R Gap Ack Blocks: 1",
        "Number of NR Gap Ack Blocks: 1",
        "Number of Duplicate TSNs: 1",
        "Reserved: 0",
        "R Gap Ack Block 1: TSN 12 to 13",
        "NR Gap Ack Block 1: TSN 15 to 16",
        "Duplicate TSN 1: TSN 9",
      ],
    ],
    [
      { kind: "HEARTBEAT", parameters: Uint8Array.of(0, 1, 0, 6, 1, 2), info: undefined },
      ["Heartbeat Info: 2 bytes: hex 01 02", "Padding: 2 zero bytes"],
    ],
    [
      { kind: "FORWARD TSN", newCumulativeTsn: 5, skipped: [{ streamId: 3, ssn: 1 }] },
      ["New Cumulative TSN: 5", "Skipped Message 1: stream 3, SSN 1"],
    ],
    [
      {
        kind: "I-FORWARD-TSN",
        newCumulativeTsn: 5,
        skipped: [
          { streamId: 3, unordered: true, mid: 1 },
          { streamId: 4, unordered: false, mid: 2 },
        ],
      },
      [
        "New Cumulative TSN: 5",
        "Skipped Message 1: stream 3, unordered MID 1",
        "Skipped Message 2: stream 4, ordered MID 2",
      ],
    ],
    [
      { kind: "AUTH", sharedKeyId: 1, hmacId: 3, hmac: bytes },
      ["Shared Key Identifier: 1", "HMAC Identifier: SHA-256", "HMAC: 4 bytes: hex 01 02 03 04"],
    ],
    [
      {
        kind: "ASCONF",
        serialNumber: 6,
        parameters: [{ kind: "Add IP Address", type: 0xc001, correlationId: 1, address: "10.0.0.1" }],
      },
      ["Sequence Number: 6", "Add IP Address: 16 bytes"],
    ],
    [
      {
        kind: "RE-CONFIG",
        parameters: [
          {
            kind: "Outgoing SSN Reset Request",
            type: 13,
            requestNumber: 8,
            responseNumber: 1,
            lastTsn: 4,
            streamIds: [3, 9],
          },
        ],
      },
      ["Outgoing SSN Reset Request: 20 bytes"],
    ],
    [{ kind: "PAD", padding: bytes }, ["Padding Data: 4 bytes: hex 01 02 03 04"]],
    [{ kind: "COOKIE ECHO", cookie: bytes }, ["Cookie: 4 bytes: hex 01 02 03 04"]],
    [{ kind: "SHUTDOWN", cumulativeTsnAck: 1 }, ["Cumulative TSN Ack: 1"]],
    [{ kind: "CWR", value: bytes }, ["Chunk Value: 4 bytes: hex 01 02 03 04"]],
    [{ kind: "unknown", type: 0x7f, flags: 0, value: bytes }, ["Chunk Value: 4 bytes: hex 01 02 03 04"]],
    [
      { kind: "ERROR", causes: [{ kind: "Stale Cookie", code: 3, stalenessUs: 20 }] },
      ["Stale Cookie: 20 us"],
    ],
    [
      {
        kind: "ABORT",
        tagReflected: false,
        causes: [{ kind: "Missing Mandatory Parameter", code: 2, parameterTypes: [7, 8] }],
      },
      ["Missing Mandatory Parameter: 12 bytes"],
    ],
  ])("%o", (chunk, expected) => {
    expect(told(chunk)).toEqual(expected);
  });

  it("say which section they are from, and where each stands", () => {
    const chunk: Chunk = {
      kind: "RE-CONFIG",
      parameters: [{ kind: "Incoming SSN Reset Request", type: 14, requestNumber: 8, streamIds: [3, 9] }],
    };
    const [, field] = packetFields(fromClient([chunk]));
    expect(field).toMatchObject({ section: "RFC 6525 3.1", offset: 12, lengthBytes: 16 });
    const [type, length, number, first, second] = field!.children[3]!.children;
    expect(type).toMatchObject({
      name: "Parameter Type",
      value: "0x000e, Incoming SSN Reset Request",
      section: "RFC 9260 3.2.1",
    });
    expect(length).toMatchObject({ offset: 18, value: "12" });
    expect(number).toMatchObject({ offset: 20, section: "RFC 6525 4.2", value: "8" });
    expect(first).toMatchObject({ offset: 24, lengthBytes: 2, name: "Stream Number 1", value: "3" });
    expect(second).toMatchObject({ offset: 26, value: "9" });
  });
});

describe("what cannot be read", () => {
  /** A packet with these bytes behind the header. */
  const packetOf = (...rest: number[]): Uint8Array => {
    const datagram = Uint8Array.from([0, 1, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, ...rest]);
    sealPacket(datagram);
    return datagram;
  };
  const faults = (datagram: Uint8Array): string[] =>
    flat(packetFields(datagram))
      .filter(({ isFaulty }) => isFaulty)
      .map(({ name, value, offset, lengthBytes }) => `${name} at ${offset}, ${lengthBytes}: ${value}`);

  it.each<[string, Uint8Array, string[]]>([
    [
      "a chunk longer than the packet",
      packetOf(0, 3, 0, 99, 1),
      ["undecoded at 12, 5: a chunk whose length cannot be right"],
    ],
    [
      "DATA that is cut within its TSN",
      packetOf(0, 3, 0, 6, 1, 2),
      ["DATA at 12, 6: cut off: TSN takes 4 bytes", "undecoded at 16, 2: cut off: TSN takes 4 bytes"],
    ],
    [
      "DATA that is cut behind its TSN",
      packetOf(0, 3, 0, 8, 1, 2, 3, 4),
      ["DATA at 12, 8: cut off: Stream Identifier takes 2 bytes"],
    ],
    [
      "DATA that is cut, with a chunk behind it",
      packetOf(0, 3, 0, 6, 1, 2, 0, 0, 11, 0, 0, 4),
      ["DATA at 12, 8: cut off: TSN takes 4 bytes", "undecoded at 16, 2: cut off: TSN takes 4 bytes"],
    ],
    [
      "DATA without user data",
      packetOf(0, 3, 0, 16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
      ["DATA at 12, 16: no user data, which a chunk of this type must have"],
    ],
    [
      "a SACK with fewer blocks than it says",
      packetOf(3, 0, 0, 16, 0, 0, 0, 1, 0, 0, 0, 9, 0, 1, 0, 0),
      ["SACK at 12, 16: cut off: Gap Ack Block 1 takes 4 bytes"],
    ],
    [
      "a SACK with more than it says",
      packetOf(3, 0, 0, 18, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 7, 7),
      [
        "SACK at 12, 18: 2 bytes for which the format has no place",
        "undecoded at 28, 2: 2 bytes for which the format has no place",
      ],
    ],
    [
      "a parameter that is longer than its chunk",
      packetOf(130, 0, 0, 8, 0, 15, 0, 8),
      [
        "RE-CONFIG at 12, 8: a parameter whose length cannot be right",
        "undecoded at 16, 4: a parameter whose length cannot be right",
      ],
    ],
    [
      "an ASCONF that names no address",
      packetOf(193, 0, 0, 16, 0, 0, 0, 1, 0xc0, 1, 0, 8, 0, 0, 0, 1),
      ["Add IP Address at 20, 8: cut off: the address is missing"],
    ],
    [
      "another thing where an address stands",
      packetOf(193, 0, 0, 20, 0, 0, 0, 1, 0xc0, 1, 0, 12, 0, 0, 0, 1, 0, 7, 0, 4),
      ["State Cookie at 28, 4: an address stands here, and nothing else"],
    ],
    [
      "a request with two addresses",
      packetOf(
        193,
        0,
        0,
        32,
        0,
        0,
        0,
        1,
        0xc0,
        1,
        0,
        24,
        0,
        0,
        0,
        1,
        0,
        5,
        0,
        8,
        1,
        2,
        3,
        4,
        0,
        5,
        0,
        8,
        1,
        2,
        3,
        5,
      ),
      [
        "Add IP Address at 20, 24: 8 bytes for which the format has no place",
        "undecoded at 36, 8: 8 bytes for which the format has no place",
      ],
    ],
    [
      "a cause with fewer types than it says",
      packetOf(9, 0, 0, 14, 0, 2, 0, 10, 0, 0, 0, 2, 0, 7),
      ["Missing Mandatory Parameter at 16, 10: cut off: Missing Param Type 2 takes 2 bytes"],
    ],
    [
      "a cause that is too short",
      packetOf(9, 0, 0, 8, 0, 3, 0, 4),
      ["Stale Cookie at 16, 4: cut off: Measure of Staleness takes 4 bytes"],
    ],
  ])("%s", (_, datagram, expected) => {
    expectCovered(packetFields(datagram), 0, datagram.length);
    expect(faults(datagram)).toEqual(expected);
  });

  it("padding that is not zero is told, and breaks nothing", () => {
    const datagram = packetOf(132, 0, 0, 5, 1, 0, 9, 0);
    expect(faults(datagram)).toEqual([]);
    expect(packetFields(datagram)[1]!.children.at(-1)!.value).toBe("3 bytes, not zero as they ought to be");
  });
});

it("tells the fields in lines, what stands inside another behind it", () => {
  const lines = packetFieldLines(fromClient([data(7, "hello")]));
  expect(lines[0]).toMatch(
    /^ {3}0 {2}12 bytes {2}Common Header: port 5000 to 7, tag 0x22222222 {2}\(RFC 9260 3\.1\) /,
  );
  expect(lines).toContain(
    "    16  4 bytes  TSN: 7  (RFC 9260 3.3.1) Counts all chunks with user data of a sender; it is what acknowledgements speak of.",
  );
  expect(lines.some((line) => line.startsWith("      13  1 byte bits 0x04  U: 0, not set"))).toBe(true);
});
