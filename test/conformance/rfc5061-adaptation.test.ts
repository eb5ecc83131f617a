/** The Adaptation Layer Indication (RFC 5061). */
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../src/chunks/chunk.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import {
  chunksOf,
  cookieEchoed,
  cookieOf,
  cookieParameter,
  dataChunk,
  echoOf,
  initAckChunk,
  initChunk,
  Lab,
  only,
  PEER_TSN,
} from "./lab.ts";

const OURS = 0xf0e0_d0c0;
const THEIRS = 0x8000_0001;

function indication(adaptationCode: number): Parameter {
  return { kind: "Adaptation Layer Indication", type: 0xc006, adaptationCode };
}

/** The code points in the parameters. */
function codesIn(chunk: { readonly parameters: readonly Parameter[] }): number[] {
  return chunk.parameters.flatMap((each) =>
    each.kind === "Adaptation Layer Indication" ? [each.adaptationCode] : [],
  );
}

/** What the user was told: an indication by its value, the rest by its kind. */
function told(lab: Lab): unknown[] {
  return lab.events.map((event) => (event.kind === "adaptation" ? event.indication : event.kind));
}

const unrecognized = (chunk: { readonly parameters: readonly Parameter[] }): Parameter[] =>
  chunk.parameters.filter(({ kind }) => kind === "Unrecognized Parameter");

describe("RFC 5061 4.2.6 Adaptation Layer Indication", () => {
  it("MAY: says it in the INIT, the same each time, and in the INIT ACK, whether or not the peer says one", () => {
    const asking = new Lab();
    asking.connect({ adaptationIndication: OURS });
    expect(codesIn(only(asking.flush(), "INIT"))).toEqual([OURS]);
    expect(codesIn(only(asking.runUntilSent(), "INIT"))).toEqual([OURS]);
    const asked = new Lab();
    asked.listen({ adaptationIndication: OURS });
    const toNobody = only(asked.receive([initChunk()]), "INIT ACK");
    const toOne = only(asked.receive([initChunk({ parameters: [indication(THEIRS)] })]), "INIT ACK");
    expect([codesIn(toNobody), codesIn(toOne)]).toEqual([[OURS], [OURS]]);
  });

  it("MAY: says nothing unless the user asks for it, and 0 where the user says 0", () => {
    const lab = new Lab();
    lab.connect();
    expect(only(lab.flush(), "INIT").parameters.map(({ type }) => type)).not.toContain(0xc006);
    lab.listen();
    const initAck = only(lab.receive([initChunk({ parameters: [indication(THEIRS)] })]), "INIT ACK");
    expect(codesIn(initAck)).toEqual([]);
    const zero = new Lab();
    zero.connect({ adaptationIndication: 0 });
    expect(codesIn(only(zero.flush(), "INIT"))).toEqual([0]);
  });

  it("SHOULD: passes what the INIT said to the user, through the State Cookie, behind COMMUNICATION UP and before data", () => {
    for (const options of [{}, { adaptationIndication: OURS }]) {
      const lab = new Lab();
      lab.listen(options);
      const initAck = only(lab.receive([initChunk({ parameters: [indication(THEIRS)] })]), "INIT ACK");
      expect(unrecognized(initAck)).toEqual([]);
      expect(lab.events).toEqual([]);
      lab.receive([echoOf(initAck), dataChunk()], { tag: initAck.initiateTag });
      expect(told(lab)).toEqual(["established", THEIRS, "readable"]);
      const [association] = lab.stack.associations;
      expect(association?.peerAdaptationIndication).toBe(THEIRS);
    }
  });

  it("SHOULD: passes what the INIT ACK said to the user when the COOKIE ACK has come, not before", () => {
    const lab = new Lab();
    const association = lab.connect();
    const { initiateTag: tag } = only(lab.flush(), "INIT");
    const parameters = [cookieParameter(), indication(THEIRS)];
    const packets = lab.receive([initAckChunk({ parameters })], { tag });
    expect(packets.flatMap(({ kinds }) => kinds)).toEqual(["COOKIE ECHO"]); // And no ERROR about the parameter.
    expect(lab.events).toEqual([]);
    lab.receive([{ kind: "COOKIE ACK" }, dataChunk()], { tag });
    expect(told(lab)).toEqual(["established", THEIRS, "readable"]);
    expect(association.peerAdaptationIndication).toBe(THEIRS);
  });

  it("SHOULD: tells nothing where the peer says nothing, whatever this side says", () => {
    const accepted = new Lab().accepted({ adaptationIndication: OURS });
    const connected = new Lab().connected({ adaptationIndication: OURS });
    for (const link of [accepted, connected]) {
      expect(told(link.lab)).toEqual(["established"]);
      expect(link.association.peerAdaptationIndication).toBeUndefined();
    }
  });

  it("SHOULD: tells what a peer says that begins anew, and forgets what it said before", () => {
    for (const [parameters, news] of [
      [[indication(7)], ["restarted", 7]],
      [[], ["restarted"]],
    ] as const) {
      const link = new Lab().accepted({}, { parameters: [indication(THEIRS)] });
      link.lab.events.length = 0;
      const init = initChunk({ initiateTag: 0x55, initialTsn: 0x77, parameters });
      const initAck = only(link.lab.receive([init]), "INIT ACK");
      link.lab.receive([{ kind: "COOKIE ECHO", cookie: cookieOf(initAck) }], { tag: initAck.initiateTag });
      expect(told(link.lab)).toEqual(news);
      expect(link.association.peerAdaptationIndication).toBe(news[1]);
    }
  });

  it("SHOULD: hears it in a collision, and says its own once more", () => {
    const lab = new Lab();
    const association = lab.connect({ adaptationIndication: OURS });
    lab.flush();
    const initAck = only(lab.receive([initChunk({ parameters: [indication(THEIRS)] })]), "INIT ACK");
    expect(codesIn(initAck)).toEqual([OURS]);
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(told(lab)).toEqual(["established", THEIRS]);
    expect(association.peerAdaptationIndication).toBe(THEIRS);
  });

  it("SHOULD NOT: looks at it: every value comes as it is, and of several the first", () => {
    for (const code of [0, 1, 0x7fff_ffff, 0xffff_ffff]) {
      const link = new Lab().accepted({}, { parameters: [indication(code), indication(5)] });
      expect(told(link.lab)).toEqual(["established", code]);
    }
  });

  it("MUST NOT: takes an INIT whose parameter has another length than 8, or keeps anything of it", () => {
    const lab = new Lab();
    lab.listen();
    for (const lengthBytes of [0, 8]) {
      const parameter: Parameter = { kind: "unknown", type: 0xc006, value: new Uint8Array(lengthBytes) };
      const answers = lab.receive([initChunk({ parameters: [parameter] })]);
      expect(answers.flatMap(({ kinds }) => kinds)).toEqual(["ABORT"]);
    }
    expect([...lab.stack.associations]).toEqual([]);
  });

  it("MUST NOT: says it in any other chunk, and MUST: ignores it there", () => {
    const { lab, packets, tag } = cookieEchoed({ adaptationIndication: OURS });
    const code = [0xf0, 0xe0, 0xd0, 0xc0];
    expect(packets.some(({ bytes }) => Buffer.from(bytes).includes(Buffer.from(code)))).toBe(false);
    lab.receive([{ kind: "COOKIE ACK" }], { tag });
    const reconfig: Chunk = { kind: "RE-CONFIG", parameters: [indication(THEIRS)] };
    lab.receive([reconfig, dataChunk({ tsn: PEER_TSN })], { tag });
    expect(lab.eventKinds).not.toContain("adaptation");
    expect(lab.eventKinds).toContain("readable");
    expect(chunksOf(lab.sent, "ABORT")).toEqual([]);
  });
});
