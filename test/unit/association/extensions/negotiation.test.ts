import { describe, expect, it } from "vitest";
import type { Association } from "../../../../src/association/association.ts";
import type { InitAckChunk, InitChunk } from "../../../../src/chunks/chunk.ts";
import type { Parameter } from "../../../../src/chunks/parameters.ts";
import {
  chunksOf,
  cookieParameter,
  echoOf,
  firstOf,
  initAckChunk,
  initChunk,
  Lab,
  Link,
  OUR_ADDRESS,
  OUR_PORT,
  only,
  PEER_ADDRESS,
  PEER_PORT,
  PEER_TSN,
  type SentPacket,
  UDP_PORT,
} from "../../../conformance/lab.ts";
import {
  QUIET_MS,
  TALLY_PARAMETER,
  tallyChunk,
  tallyExtension,
  tallyParameter,
} from "../../../inside/tally-extension.ts";

/** Skipped in silence, and skipped with a report, where it is not known (RFC 9260 3.2). */
const SILENT = 0xbf;
const REPORTED = 0xff;

const supported = (...chunkTypes: readonly number[]): Parameter => ({
  kind: "Supported Extensions",
  type: 0x8008,
  chunkTypes,
});
/** What a peer says that has the extension. */
const OFFER = [tallyParameter(0x77), supported(0xc1, REPORTED)];

const labWith = (localAddresses?: readonly string[]): Lab =>
  new Lab({ extensions: [tallyExtension(REPORTED)], ...(localAddresses && { localAddresses }) });

/** What a chunk of the handshake says of the extension. */
function saidIn({ parameters }: InitChunk | InitAckChunk): Parameter[] {
  return parameters.filter(({ type }) => type === TALLY_PARAMETER || type === 0x8008);
}

/** The byte that this side drew. */
function wordIn(chunk: InitChunk | InitAckChunk): number {
  const [said] = saidIn(chunk);
  return said?.kind === "unknown" ? (said.value[0] ?? -1) : -1;
}

/** What this side's counter said. */
function saysIn(packets: readonly SentPacket[]): number[][] {
  return chunksOf(packets, "unknown").map(({ value }) => [...value]);
}

/** The answers to a chunk of the extension. */
const count = (link: Link): SentPacket[] => link.receive([tallyChunk(REPORTED)]);

function accepted(lab: Lab, init: Partial<InitChunk>): { link: Link; initAck: InitAckChunk } {
  lab.listen();
  const initAck = only(lab.receive([initChunk(init)]), "INIT ACK");
  lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
  return { link: new Link(lab, newest(lab), PEER_TSN, initAck.initialTsn), initAck };
}

function newest(lab: Lab): Association {
  const association = [...lab.stack.associations].at(-1);
  if (association === undefined) throw new Error("there is no association");
  return association;
}

/** Carries packets between two labs until both are quiet. */
function exchange(ours: Lab, theirs: Lab): SentPacket[] {
  const all: SentPacket[] = [];
  for (let round = 0; round < 20; round++) {
    const packets = [...ours.flush(), ...theirs.flush()];
    for (const { bytes, from, to } of packets) {
      const lab = to === OUR_ADDRESS ? ours : theirs;
      // Answers wait for the next round: `receiveBytes` flushes.
      lab.stack.receive(bytes, { address: from, port: UDP_PORT }, to, lab.nowMs);
    }
    all.push(...packets);
  }
  return all;
}

describe("the side that asks", () => {
  it("offers, and says the same again when its INIT is repeated", () => {
    const lab = labWith();
    lab.connect();
    const init = only(lab.flush(), "INIT");
    expect(saidIn(init)).toEqual([tallyParameter(wordIn(init)), supported(REPORTED)]);
    expect(only(lab.runUntilSent(), "INIT")).toEqual(init);
  });

  it("offers nothing that its options do not want, and then knows nothing of it", () => {
    const lab = labWith();
    lab.connect({ noDelay: false });
    const init = only(lab.flush(), "INIT");
    expect(saidIn(init)).toEqual([]);
    const parameters = [cookieParameter(), ...OFFER];
    const answer = lab.receive([initAckChunk({ parameters })], { tag: init.initiateTag });
    expect(chunksOf(answer, "ERROR")).toHaveLength(1);
  });

  it("has it at work once the INIT ACK agrees, before the association is established", () => {
    const lab = labWith();
    const association = lab.connect();
    const init = only(lab.flush(), "INIT");
    const parameters = [cookieParameter(), ...OFFER];
    const echo = lab.receive([initAckChunk({ parameters })], { tag: init.initiateTag });
    expect(echo.map(({ kinds }) => kinds)).toEqual([["COOKIE ECHO"]]);
    const chunks = [{ kind: "COOKIE ACK" } as const, tallyChunk(REPORTED)];
    expect(saysIn(lab.receive(chunks, { tag: init.initiateTag }))).toEqual([[wordIn(init), 0x77, 1]]);
    expect(association.state).toBe("ESTABLISHED");
  });

  it.each([
    ["neither", [], REPORTED, ["Unrecognized Chunk Type"]],
    ["only the chunk type", [supported(REPORTED)], REPORTED, ["Unrecognized Chunk Type"]],
    ["only the parameter", [tallyParameter(1)], REPORTED, ["Unrecognized Chunk Type"]],
    ["nothing, of a type that is skipped in silence", [], SILENT, []],
  ])("knows no such chunk if the INIT ACK has %s", (_title, said, type, causes) => {
    const lab = new Lab({ extensions: [tallyExtension(type)] });
    const link = lab.connected({}, { parameters: [cookieParameter(), ...said] });
    const answers = link.receive([tallyChunk(type)]);
    expect(saysIn(answers)).toEqual([]);
    expect(chunksOf(answers, "ERROR").flatMap((error) => error.causes.map(({ kind }) => kind))).toEqual(
      causes,
    );
    expect(lab.stack.counters["unknown-chunk"]).toBe(1);
  });
});

describe("the side that answers", () => {
  it("says nothing unless it was asked, and as before of a parameter that it does not want", () => {
    const lab = labWith();
    lab.listen();
    expect(saidIn(only(lab.receive([initChunk()]), "INIT ACK"))).toEqual([]);
    const half = only(lab.receive([initChunk({ parameters: [tallyParameter(1)] })]), "INIT ACK");
    expect(half.parameters.map(({ kind }) => kind)).toEqual(["State Cookie"]);
    const unwilling = labWith();
    unwilling.listen({ noDelay: false });
    const { parameters } = only(unwilling.receive([initChunk({ parameters: OFFER })]), "INIT ACK");
    expect(parameters.map(({ kind }) => kind)).toEqual(["State Cookie", "Unrecognized Parameter"]);
  });

  it("agrees, and knows it again by the cookie alone, for the chunks behind it already", () => {
    const lab = labWith();
    lab.listen();
    const initAck = only(lab.receive([initChunk({ parameters: OFFER })]), "INIT ACK");
    expect(saidIn(initAck)).toEqual([tallyParameter(wordIn(initAck)), supported(REPORTED)]);
    const answers = lab.receive([echoOf(initAck), tallyChunk(REPORTED)], { tag: initAck.initiateTag });
    expect(saysIn(answers)).toEqual([[wordIn(initAck), 0x77, 1]]);
    expect(lab.stack.counters["unknown-chunk"]).toBeUndefined();
  });

  it("does not agree to what stands behind a parameter at which it has to stop (RFC 9260 3.2.1)", () => {
    const stop: Parameter = { kind: "unknown", type: 0x3fff, value: new Uint8Array(0) };
    const { link } = accepted(labWith(), { parameters: [stop, ...OFFER] });
    expect(saysIn(count(link))).toEqual([]);
  });

  it("refuses the cookie of another version of itself that promised what it cannot do", () => {
    const [modern, plain] = [labWith(), new Lab()];
    for (const lab of [modern, plain]) lab.listen();
    // The same seed: the same secrets.
    const [promise, nothing] = [OFFER, []].map((parameters) =>
      only(modern.receive([initChunk({ parameters })]), "INIT ACK"),
    );
    if (promise === undefined || nothing === undefined) throw new Error("no INIT ACK");
    expect(plain.receive([echoOf(promise)], { tag: promise.initiateTag })).toEqual([]);
    expect(plain.stack.counters).toMatchObject({ "invalid-cookie": 1 });
    expect(
      firstOf(plain.receive([echoOf(nothing)], { tag: nothing.initiateTag }), "COOKIE ACK"),
    ).toBeDefined();
  });
});

it("two stacks agree, each with its own word first", () => {
  const [ours, theirs] = [labWith(), labWith([PEER_ADDRESS])];
  theirs.stack.listen({ port: PEER_PORT });
  ours.connect();
  const packets = exchange(ours, theirs);
  const [init, initAck] = [firstOf(packets, "INIT"), firstOf(packets, "INIT ACK")];
  const [our, their] = [newest(ours), newest(theirs)];
  expect([our.state, their.state]).toEqual(["ESTABLISHED", "ESTABLISHED"]);
  const fromPeer = ours.receive([tallyChunk(REPORTED)], { tag: our.localTag });
  expect(saysIn(fromPeer)).toEqual([[wordIn(init), wordIn(initAck), 1]]);
  const ports = { sourcePort: OUR_PORT, destinationPort: PEER_PORT, from: OUR_ADDRESS, to: PEER_ADDRESS };
  const fromUs = theirs.receive([tallyChunk(REPORTED)], { tag: their.localTag, ...ports });
  expect(saysIn(fromUs)).toEqual([[wordIn(initAck), wordIn(init), 1]]);
});

describe("a collision (RFC 9260 5.2.1)", () => {
  it.each([
    ["with the extension", OFFER, 1],
    ["without it", [], 0],
  ])("repeats in the INIT ACK what the INIT said, to a peer %s", (_title, parameters, handled) => {
    const lab = labWith();
    const association = lab.connect();
    const init = only(lab.flush(), "INIT");
    const initAck = only(lab.receive([initChunk({ parameters })]), "INIT ACK");
    expect(saidIn(initAck)).toEqual(saidIn(init));
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(association.state).toBe("ESTABLISHED");
    const says = saysIn(lab.receive([tallyChunk(REPORTED)], { tag: init.initiateTag }));
    expect(says).toEqual(handled === 0 ? [] : [[wordIn(init), 0x77, 1]]);
  });

  it("of two stacks ends in one agreement", () => {
    const [ours, theirs] = [labWith(), labWith([PEER_ADDRESS])];
    ours.connect();
    theirs.stack.connect(
      {
        remoteAddresses: [OUR_ADDRESS],
        remotePort: OUR_PORT,
        remoteUdpPort: UDP_PORT,
        localPort: PEER_PORT,
      },
      theirs.nowMs,
    );
    const packets = exchange(ours, theirs);
    const [ourInit, theirInit] = chunksOf(packets, "INIT");
    if (ourInit === undefined || theirInit === undefined) throw new Error("no two INITs");
    const says = saysIn(ours.receive([tallyChunk(REPORTED)], { tag: newest(ours).localTag }));
    expect(says).toEqual([[wordIn(ourInit), wordIn(theirInit), 1]]);
    expect(newest(theirs).state).toBe("ESTABLISHED");
  });
});

describe("an association that has it at work", () => {
  it("keeps it as it was when the COOKIE ECHO comes twice", () => {
    const { link, initAck } = accepted(labWith(), { parameters: OFFER });
    count(link);
    link.receive([echoOf(initAck)]);
    expect(saysIn(count(link))).toEqual([[wordIn(initAck), 0x77, 2]]);
  });

  it.each([
    ["with it: it begins anew", [tallyParameter(0x99), supported(REPORTED)], true],
    ["without it: it leaves", [], false],
  ])("follows a peer that restarts %s", (_title, parameters, stays) => {
    const { link } = accepted(labWith(), { parameters: OFFER });
    count(link);
    const initAck = only(link.lab.receive([initChunk({ initiateTag: 0x5555, parameters })]), "INIT ACK");
    link.lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(link.lab.eventKinds).toContain("restarted");
    expect(saysIn(count(link))).toEqual(stays ? [[wordIn(initAck), 0x99, 1]] : []);
    expect(saysIn(link.lab.run(QUIET_MS))).toEqual(stays ? [[0xff]] : []);
  });

  it("follows a peer that restarts with it, after it had begun without", () => {
    const { link } = accepted(labWith(), {});
    const initAck = only(
      link.lab.receive([initChunk({ initiateTag: 0x5555, parameters: OFFER })]),
      "INIT ACK",
    );
    link.lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(saysIn(count(link))).toEqual([[wordIn(initAck), 0x77, 1]]);
  });

  it("is called when its deadline has come, and not before", () => {
    const { link } = accepted(labWith(), { parameters: OFFER });
    count(link);
    expect(saysIn(link.lab.run(QUIET_MS - 1))).toEqual([]);
    expect(saysIn(link.lab.run(1))).toEqual([[0xff]]);
    expect(link.lab.run(QUIET_MS)).toEqual([]);
  });
});
