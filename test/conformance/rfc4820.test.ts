/** The padding chunk and the padding parameter (RFC 4820). */
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../src/chunks/chunk.ts";
import { sealPacket } from "../../src/chunks/common-header.ts";
import { encodePacket } from "../../src/chunks/packet.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import {
  chunksOf,
  cookieOf,
  cookieParameter,
  HEARTBEAT,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  OUR_PORT,
  only,
  PEER_PORT,
} from "./lab.ts";

const pad = (paddingBytes: number): Chunk => ({
  kind: "PAD",
  padding: new Uint8Array(paddingBytes).fill(0xff),
});
const padding = (paddingBytes: number): Parameter => ({
  kind: "Padding",
  type: 0x8005,
  padding: new Uint8Array(paddingBytes).fill(0xff),
});

/** Why chunks went no further, by reason. */
function drops({ lab }: Link): string[] {
  return Object.keys(lab.stack.counters).filter((name) => !name.endsWith("-packets"));
}

describe("RFC 4820 3 Padding Chunk (PAD)", () => {
  it("MUST: is discarded, and the chunks around it are read as if it were not there", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    const answers = link.receive([
      pad(0),
      link.data(0),
      pad(3),
      HEARTBEAT,
      pad(1_000),
      link.data(1),
      pad(60_000),
    ]);
    expect(kindsOf(answers)).toEqual(["HEARTBEAT ACK+SACK"]);
    expect(link.read()).toEqual(["hello", "hello"]);
    expect(drops(link)).toEqual([]);
  });

  it("MUST: its flags and its data are ignored, chunks among the data included", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    const inside = new Uint8Array([6, 0, 0, 4, 3, 0, 0, 4, 0, 0, 0, 1]); // An ABORT, a bad SACK and bad DATA.
    const bytes = encodePacket({
      sourcePort: PEER_PORT,
      destinationPort: OUR_PORT,
      verificationTag: link.association.localTag,
      chunks: [{ kind: "PAD", padding: inside }, link.data(0)],
    });
    bytes[13] = 0xff;
    sealPacket(bytes);
    link.lab.receiveBytes(bytes);
    expect(link.state).toBe("ESTABLISHED");
    expect(link.read()).toEqual(["hello"]);
    expect(drops(link)).toEqual([]);
  });

  it("MUST: alone in a packet it is not answered", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    expect(link.receive([pad(1_000)])).toEqual([]);
    expect(link.lab.run(10_000)).toEqual([]);
  });

  it("MUST: one whose length lies is where the reading of the packet ends", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    const bytes = encodePacket({
      sourcePort: PEER_PORT,
      destinationPort: OUR_PORT,
      verificationTag: link.association.localTag,
      chunks: [link.data(0), pad(4)],
    });
    bytes[bytes.length - 5] = 200;
    sealPacket(bytes);
    link.lab.receiveBytes(bytes);
    expect(link.read()).toEqual(["hello"]);
    expect(drops(link)).toEqual(["malformed-chunk"]);
  });
});

describe("RFC 4820 4 Padding Parameter (PAD)", () => {
  /** The INIT ACK for an INIT with these parameters. */
  function answerTo(parameters: readonly Parameter[]) {
    const lab = new Lab();
    lab.listen();
    return only(lab.receive([initChunk({ parameters })]), "INIT ACK");
  }

  it("MUST: is discarded in silence, however often it is there, and what stands behind it is read", () => {
    const unknown: Parameter = { kind: "unknown", type: 0xc444, value: new Uint8Array(4) };
    const { parameters } = answerTo([padding(0), padding(4), padding(20_000), unknown, padding(7)]);
    const reported = parameters.flatMap((each) =>
      each.kind === "Unrecognized Parameter" ? [...each.parameter.subarray(0, 2)] : [],
    );
    expect(reported).toEqual([0xc4, 0x44]);
    expect(parameters.some(({ kind }) => kind === "Padding")).toBe(false);
  });

  it("MUST NOT: it makes no State Cookie longer, for it is not in there", () => {
    const plain = cookieOf(answerTo([])).length;
    expect(cookieOf(answerTo([padding(4)])).length).toBe(plain);
    expect(cookieOf(answerTo([padding(30_000), padding(30_000)])).length).toBe(plain);
  });

  it("MUST NOT: none is sent, and in an INIT ACK, where it has no business, it does no harm", () => {
    const parameters = [padding(8), cookieParameter()];
    const link = new Lab().connected({}, { parameters });
    expect(link.state).toBe("ESTABLISHED");
    const sent = [...chunksOf(link.lab.sent, "INIT"), answerTo([])];
    expect(sent.flatMap((chunk) => chunk.parameters.map(({ kind }) => kind))).not.toContain("Padding");
  });
});
