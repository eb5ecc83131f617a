/** User message interleaving and stream schedulers (RFC 8260). */
import { describe, expect, it } from "vitest";
import type { AssociationEvent } from "../../src/association/association-event.ts";
import type { ReceivedMessage } from "../../src/association/model/received-message.ts";
import type { AssociationOptions } from "../../src/base/options.ts";
import { STREAM_SCHEDULERS } from "../../src/base/stream-schedulers.ts";
import type { Chunk, IDataChunk, IForwardTsnChunk } from "../../src/chunks/chunk.ts";
import { sealPacket } from "../../src/chunks/common-header.ts";
import { encodePacket } from "../../src/chunks/packet.ts";
import { infoOn } from "../../src/node/socket/message-stream.ts";
import type { SctpSocket } from "../../src/socket/socket.ts";
import { Net, notifications, ok, SERVER } from "../unit/socket/net.ts";
import {
  BY_RFC_9260_7_2,
  chunksOf,
  cookieParameter,
  cookieWait,
  echoOf,
  FORWARD_TSN_SUPPORTED,
  firstOf,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  OUR_PORT,
  only,
  PEER_PORT,
  type SentPacket,
  supportedExtensions,
} from "./lab.ts";

const I_DATA = supportedExtensions(64);
const BOTH = [FORWARD_TSN_SUPPORTED, supportedExtensions(64, 192, 194)];
const ONCE = { reliability: { maxRetransmits: 0 } } as const;
const WANTED = { heartbeatIntervalMs: 0, interleaving: true, maxBurst: 1_024 } as const;
/** Payload of a full chunk in a packet of 1,200 bytes. */
const FULL = 1_200 - 12 - 20;

/** With a peer that knows I-DATA; no heartbeats. */
function interleaved(options: Partial<AssociationOptions> = {}, said = [I_DATA]): Link {
  return new Lab().connected({ ...WANTED, ...options }, { parameters: [cookieParameter(), ...said] });
}

/** With a peer that knows I-FORWARD-TSN as well. */
const limited = (options: Partial<AssociationOptions> = {}): Link => interleaved(options, BOTH);

/** Stream, MID and number of each fragment, in the order sent. */
function fragmentsOf(packets: readonly SentPacket[]): string[] {
  return chunksOf(packets, "I-DATA").map(
    ({ streamId, mid, beginning, ppidOrFsn }) => `${streamId}/${mid}/${beginning ? 0 : ppidOrFsn}`,
  );
}

/** A fragment of a message on stream 0. */
function piece(link: Link, offset: number, number: number, more: Partial<IDataChunk> = {}): IDataChunk {
  const ends = { beginning: number === 0, ending: false };
  return link.iData(offset, { mid: 0, ...ends, ppidOrFsn: number === 0 ? 0x2e : number, ...more });
}

/** A packet from the peer, for a test that changes bytes of it before it is sealed. */
function packetOf({ association }: Link, chunk: Chunk): Uint8Array {
  const ports = { sourcePort: PEER_PORT, destinationPort: OUR_PORT };
  return encodePacket({ ...ports, verificationTag: association.localTag, chunks: [chunk] });
}

function sealed(datagram: Uint8Array): Uint8Array {
  sealPacket(datagram);
  return datagram;
}

function readPieces({ association, lab }: Link): ReceivedMessage[] {
  const pieces: ReceivedMessage[] = [];
  for (let next = association.receiveMessage(lab.nowMs); next !== undefined; ) {
    pieces.push(next);
    next = association.receiveMessage(lab.nowMs);
  }
  return pieces;
}

function abortedBy({ lab }: Link): AssociationEvent | undefined {
  return lab.events.find(({ kind }) => kind === "closed");
}

/** What its user is told, and that the peer was sent an ABORT that says why. */
function expectViolation(link: Link, answer: readonly SentPacket[]): void {
  expect(firstOf(answer, "ABORT").causes.map(({ kind }) => kind)).toEqual(["Protocol Violation"]);
  expect(abortedBy(link)).toMatchObject({ reason: { kind: "aborted", by: "local" } });
}

describe("RFC 8260 2.1 The I-DATA Chunk Supporting User Message Interleaving", () => {
  it("MUST: sets reserved bits to 0, and ignores them", () => {
    const link = interleaved();
    const [packet] = link.send(10, { unordered: true, ppid: 7 });
    const chunk = packet?.bytes.subarray(12) ?? new Uint8Array(0);
    expect([...chunk.subarray(0, 4)]).toEqual([64, 0x07, 0, 30]);
    expect([...chunk.subarray(10, 20)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
    const datagram = packetOf(link, link.iData(0));
    datagram[13] = (datagram[13] ?? 0) | 0xf0;
    datagram[22] = 0xff;
    datagram[23] = 0xff;
    link.lab.receiveBytes(sealed(datagram));
    expect(link.read()).toEqual(["hello"]);
  });

  it("MUST: counts ordered and unordered messages of each stream by themselves, each from 0", () => {
    const link = interleaved();
    const sent = [false, true, true, false, true].flatMap((unordered) =>
      link.send(5, { streamId: 3, unordered }),
    );
    const more = link.send(5, { streamId: 4, unordered: true });
    const mids = chunksOf([...sent, ...more], "I-DATA").map(({ mid, unordered }) => [mid, unordered]);
    expect(mids).toEqual([
      [0, false],
      [0, true],
      [1, true],
      [1, false],
      [2, true],
      [0, true],
    ]);
  });

  it("MUST: has the PPID in the first fragment, and the number of the fragment in the others", () => {
    const chunks = chunksOf(interleaved().send(3 * FULL, { ppid: 0x12345678 }), "I-DATA");
    expect(chunks.map(({ ppidOrFsn }) => ppidOrFsn)).toEqual([0x12345678, 1, 2]);
    expect(chunks.map(({ beginning, ending }) => [beginning, ending])).toEqual([
      [true, false],
      [false, false],
      [false, true],
    ]);
    expect(new Set(chunks.map(({ mid }) => mid))).toEqual(new Set([0]));
  });

  it("MUST: reckons with MIDs modulo 2^32", () => {
    const link = interleaved({}, BOTH);
    link.receive([link.iForwardTsn(0, [{ streamId: 0, unordered: false, mid: 0x7fff_fffe }])]);
    link.receive([link.iForwardTsn(1, [{ streamId: 0, unordered: false, mid: 0xffff_fffd }])]);
    link.receive([link.iData(3, { mid: 0xffff_ffff }), link.iData(4, { mid: 0 })]);
    expect(link.read()).toEqual([]);
    link.receive([link.iData(2, { mid: 0xffff_fffe, payload: Uint8Array.of(0x61) })]);
    expect(link.read()).toEqual(["a", "hello", "hello"]);
  });

  it("SHOULD NOT: delays the SACK for a chunk with the I bit, and asks for one by it", () => {
    const link = interleaved({ sackFrequencyPackets: 16 });
    link.receive([link.iData(0)]);
    expect(link.receive([link.iData(1)])).toEqual([]);
    expect(kindsOf(link.receive([link.iData(2, { immediate: true })]))).toEqual(["SACK"]);
    expect(firstOf(link.send(10, { sackImmediately: true }), "I-DATA").immediate).toBe(true);
  });
});

describe("RFC 8260 2.2.1 Negotiation", () => {
  it("MUST NOT: offers I-DATA, or agrees to it, unless the user wants it and takes pieces of several messages", () => {
    const said = (options: Partial<AssociationOptions>): string => {
      const lab = new Lab();
      lab.connect(options);
      return JSON.stringify(only(lab.flush(), "INIT").parameters);
    };
    expect(said({})).not.toContain("64");
    expect(said({ interleaving: true, interleavedDelivery: false })).not.toContain("64");
    expect(said({ interleaving: true })).toContain("[64,130,192,194]");
    expect(said({ interleaving: true, partialReliability: false })).toContain("[64,130]");
    for (const options of [{}, { interleaving: true, interleavedDelivery: false }]) {
      const lab = new Lab();
      const link = lab.accepted(options, { parameters: BOTH });
      expect(link.association.isInterleaved).toBe(false);
      const initAck = firstOf(lab.sent, "INIT ACK");
      expect(initAck.parameters.slice(1)).toEqual([FORWARD_TSN_SUPPORTED, supportedExtensions(192)]);
    }
  });

  it("MUST: uses I-DATA for all messages where both know it, and DATA where one does not", () => {
    const both = new Lab().accepted(WANTED, { parameters: BOTH });
    const initAck = firstOf(both.lab.sent, "INIT ACK");
    expect(initAck.parameters.slice(1)).toEqual([FORWARD_TSN_SUPPORTED, supportedExtensions(64, 192, 194)]);
    expect(both.association.status().isInterleaved).toBe(true);
    expect(kindsOf(both.send(10))).toEqual(["I-DATA"]);
    expect(kindsOf(interleaved().send(10))).toEqual(["I-DATA"]);
    expect(kindsOf(interleaved({}, []).send(10))).toEqual(["DATA"]);
    expect(kindsOf(interleaved({ interleaving: false }).send(10))).toEqual(["DATA"]);
  });

  it("MUST: uses it already beside the COOKIE ECHO, for what was queued before", () => {
    const client = cookieWait(WANTED);
    client.association.send(new Uint8Array(2_000), { streamId: 1 }, client.lab.nowMs);
    const parameters = [cookieParameter(), I_DATA];
    const [first, ...more] = client.lab.receive([initAckChunk({ parameters })], { tag: client.tag });
    expect(first?.kinds).toEqual(["COOKIE ECHO", "I-DATA"]);
    expect(more).toEqual([]);
    client.lab.receive([{ kind: "COOKIE ACK" }], { tag: client.tag });
    expect(fragmentsOf(client.lab.sent)).toEqual(["1/0/0", "1/0/1"]);
  });

  it("MUST: takes I-DATA behind the COOKIE ECHO: the State Cookie knows what was agreed on", () => {
    const lab = new Lab();
    lab.listen(WANTED);
    const initAck = only(lab.receive([initChunk({ parameters: [I_DATA] })]), "INIT ACK");
    const chunk = { ...interleaved().iData(0), tsn: initChunk().initialTsn };
    const answer = lab.receive([echoOf(initAck), chunk], { tag: initAck.initiateTag });
    expect(kindsOf(answer)).toEqual(["COOKIE ACK+SACK"]);
    const [association] = lab.stack.associations;
    expect(association?.readableCount).toBe(1);
  });

  it.each([
    ["to I-DATA", false],
    ["to DATA", true],
  ])("MUST: agrees anew when the peer restarts: %s", (_what, before) => {
    const link = new Lab().accepted(WANTED, { parameters: before ? [I_DATA] : [] });
    const { lab, association } = link;
    link.send(3_000, { streamId: 2 });
    link.send(3_000, { streamId: 2 });
    const init = initChunk({ initiateTag: 99, initialTsn: 5, parameters: before ? [] : [I_DATA] });
    const initAck = firstOf(lab.receive([init]), "INIT ACK");
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(association.state).toBe("ESTABLISHED");
    expect(association.isInterleaved).toBe(!before);
    const [packet] = link.send(10, { streamId: 2 });
    expect(packet?.chunks[0]).toMatchObject(before ? { kind: "DATA", ssn: 0 } : { kind: "I-DATA", mid: 0 });
  });
});

describe("RFC 8260 2.2.2 Sender-Side Considerations", () => {
  it("MUST: counts both orders from 0 again after a restart of the peer", () => {
    const link = new Lab().accepted(WANTED, { parameters: [I_DATA] });
    const { lab } = link;
    for (const unordered of [true, false, true]) link.send(10, { unordered });
    const init = initChunk({ initiateTag: 99, initialTsn: 5, parameters: [I_DATA] });
    const initAck = firstOf(lab.receive([init]), "INIT ACK");
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    const mids = [true, false].map((unordered) => firstOf(link.send(10, { unordered }), "I-DATA").mid);
    expect(mids).toEqual([0, 0]);
  });

  it("MUST: sets B on the first fragment and E on the last one alone, and counts windows as for DATA", () => {
    const link = interleaved({ maxBurst: 4 });
    const packets = link.send(100 * FULL);
    // The initial window is that of RFC 9260 7.2.1: four full packets, at most 4,404 bytes.
    expect(packets.length).toBe(4);
    expect(packets.every(({ lengthBytes }) => lengthBytes === 1_200)).toBe(true);
  });

  it("MUST NOT: begins another message of a stream before the one before it has been cut, ordered or not", () => {
    const link = interleaved({ streamScheduler: "rr" });
    const { association, lab } = link;
    for (const unordered of [false, true, false])
      association.send(new Uint8Array(2 * FULL), { streamId: 5, unordered }, lab.nowMs);
    const chunks = chunksOf(lab.flush(), "I-DATA");
    link.receive([link.sack(chunks.length - 1)]);
    const all = chunksOf(lab.sent, "I-DATA").map(({ unordered, mid, beginning }) => [
      unordered,
      mid,
      beginning,
    ]);
    expect(all).toEqual([
      [false, 0, true],
      [false, 0, false],
      [true, 0, true],
      [true, 0, false],
      [false, 1, true],
      [false, 1, false],
    ]);
  });

  it("MAY: sends messages of several streams at once", () => {
    const { association, lab } = interleaved({ streamScheduler: "rr" });
    for (const streamId of [1, 2]) association.send(new Uint8Array(2 * FULL), { streamId }, lab.nowMs);
    expect(fragmentsOf(lab.flush())).toEqual(["1/0/0", "2/0/0", "1/0/1", "2/0/1"]);
  });

  it("MUST: gives a later fragment a higher TSN, sends them in that order, and lost ones again under their own numbers", () => {
    const link = interleaved({ ...BY_RFC_9260_7_2, streamScheduler: "rr" });
    for (const streamId of [1, 2])
      link.association.send(new Uint8Array(2 * FULL), { streamId }, link.lab.nowMs);
    const first = chunksOf(link.lab.flush(), "I-DATA");
    expect(first.map(({ tsn }) => (tsn - link.ourTsn) >>> 0)).toEqual([0, 1, 2, 3]);
    expect(chunksOf(link.lab.runUntilSent(), "I-DATA")).toEqual([first[0]]);
    expect(chunksOf(link.receive([link.sack(0)]), "I-DATA")).toEqual(first.slice(1, 3));
  });
});

describe("RFC 8260 2.2.3 Receiver-Side Considerations", () => {
  it("MUST: finds the message by stream, U bit and MID, and the place by the FSN", () => {
    const link = interleaved();
    const text = (letter: string): Uint8Array => new TextEncoder().encode(letter);
    const parts = [
      piece(link, 0, 1, { ending: true, payload: text("B") }),
      piece(link, 1, 1, { unordered: true, ending: true, payload: text("D") }),
      piece(link, 2, 1, { mid: 1, ending: true, payload: text("F") }),
      piece(link, 3, 0, { mid: 1, payload: text("E") }),
      piece(link, 4, 0, { unordered: true, payload: text("C") }),
      piece(link, 5, 0, { payload: text("A") }),
      piece(link, 6, 1, { streamId: 1, ending: true, payload: text("H") }),
      piece(link, 7, 0, { streamId: 1, payload: text("G") }),
    ];
    for (const part of parts) link.receive([part]);
    expect(link.read()).toEqual(["CD", "AB", "EF", "GH"]);
  });

  it("MUST NOT: takes the TSN for the order of the fragments", () => {
    const link = interleaved();
    const numbers = [3, 0, 4, 2, 1];
    const payload = (number: number): Uint8Array => Uint8Array.of(0x30 + number);
    for (const [offset, number] of numbers.entries())
      link.receive([piece(link, offset, number, { ending: number === 4, payload: payload(number) })]);
    expect(link.read()).toEqual(["01234"]);
  });

  it("MUST: ends the association where DATA comes and I-DATA was agreed on", () => {
    const link = interleaved();
    expectViolation(link, link.receive([link.data(0)]));
    expect(link.read()).toEqual([]);
  });

  it("MUST: ends the association where I-DATA comes and was not agreed on", () => {
    for (const link of [interleaved({ interleaving: false }), interleaved({}, [])])
      expectViolation(link, link.receive([link.iData(0)]));
  });

  it("MUST: ends the association for fragments that contradict one another, and for none in user data", () => {
    const link = interleaved();
    link.receive([piece(link, 0, 0)]);
    expectViolation(link, link.receive([piece(link, 1, 0)]));
    const empty = interleaved();
    const answer = empty.receive([empty.iData(0, { payload: new Uint8Array(0) })]);
    expect(firstOf(answer, "ABORT").causes.map(({ kind }) => kind)).toEqual(["No User Data"]);
  });

  it("MAY: hands out several messages in pieces at once, where the user takes pieces", () => {
    const link = interleaved({ partialDeliveryPointBytes: 4 });
    link.association.setOptions({ interleavedDelivery: false }, link.lab.nowMs); // Too late: pieces come mixed.
    const streams = [0, 1, 2];
    for (const streamId of streams) link.receive([piece(link, streamId, 0, { streamId })]);
    const pieces = readPieces(link);
    expect(pieces.map(({ streamId, endOfMessage }) => [streamId, endOfMessage])).toEqual(
      streams.map((streamId) => [streamId, false]),
    );
    for (const streamId of [2, 0, 1])
      link.receive([piece(link, 3 + streamId, 1, { streamId, ending: true })]);
    const ends = readPieces(link);
    expect(ends.map(({ streamId, endOfMessage }) => [streamId, endOfMessage])).toEqual([
      [2, true],
      [0, true],
      [1, true],
    ]);
    for (const { streamId, messageKey } of ends) expect(pieces[streamId]?.messageKey).toBe(messageKey);
  });

  it("SHOULD: goes on where messages on many streams are larger than the receive buffer, together and each", () => {
    const link = interleaved({ receiveBufferBytes: 8_192, sackFrequencyPackets: 1 });
    const received = new Map<number, number>();
    const take = (): void => {
      for (const { streamId, data } of readPieces(link))
        received.set(streamId, (received.get(streamId) ?? 0) + data.length);
    };
    let offset = 0;
    for (let number = 0; number < 12; number++) {
      for (const streamId of [0, 1, 2, 3]) {
        const chunk = piece(link, offset++, number, {
          streamId,
          ending: number === 11,
          payload: new Uint8Array(900),
        });
        const sack = firstOf(link.receive([chunk]), "SACK");
        expect(sack.cumulativeTsnAck).toBe(chunk.tsn);
        take();
      }
    }
    expect([...received.values()]).toEqual([10_800, 10_800, 10_800, 10_800]);
  });
});

describe("RFC 8260 2.3.1 SCTP Partial Reliability Extension", () => {
  const skippedIn = (packets: readonly SentPacket[]): IForwardTsnChunk["skipped"] =>
    firstOf(packets, "I-FORWARD-TSN").skipped;

  it("MUST: sends I-FORWARD-TSN, with the last MID of each stream, ordered and unordered apart", () => {
    const link = limited();
    for (const unordered of [false, true, true, false]) link.send(10, { ...ONCE, streamId: 1, unordered });
    link.send(10, { ...ONCE, streamId: 2 });
    const packets = link.lab.runUntilSent();
    expect(chunksOf(packets, "FORWARD TSN")).toEqual([]);
    expect(firstOf(packets, "I-FORWARD-TSN").newCumulativeTsn).toBe((link.ourTsn + 4) >>> 0);
    expect(skippedIn(packets)).toEqual([
      { streamId: 1, unordered: true, mid: 1 },
      { streamId: 1, unordered: false, mid: 1 },
      { streamId: 2, unordered: false, mid: 0 },
    ]);
  });

  it("MUST: gives up the rest of several half-sent messages, and tells the peer of each", () => {
    const link = limited({ ...BY_RFC_9260_7_2, streamScheduler: "rr" });
    for (const streamId of [1, 2, 3])
      link.association.send(
        new Uint8Array(9 * FULL),
        { streamId, reliability: { lifetimeMs: 500 }, unordered: streamId === 3 },
        link.lab.nowMs,
      );
    const sent = fragmentsOf(link.lab.flush());
    expect(sent).toEqual(["1/0/0", "2/0/0", "3/0/0", "1/0/1"]);
    const forward = firstOf(link.lab.runUntilSent(), "I-FORWARD-TSN");
    expect(forward.skipped).toEqual([
      { streamId: 1, unordered: false, mid: 0 },
      { streamId: 2, unordered: false, mid: 0 },
      { streamId: 3, unordered: true, mid: 0 },
    ]);
    expect(link.association.bufferedBytes).toBe(0);
    expect(link.association.stats.abandonedSent).toBe(3);
    link.receive([link.sack(6)]);
    expect(link.association.isDry).toBe(true);
    expect(fragmentsOf(link.send(10, { streamId: 1 }))).toEqual(["1/1/0"]);
  });

  it("MUST: tells of a message that the peer has all of that was sent, for its end will not come", () => {
    const link = limited(BY_RFC_9260_7_2);
    link.send(5 * FULL, { reliability: { lifetimeMs: 300 }, streamId: 4, unordered: true });
    expect(fragmentsOf(link.lab.sent)).toHaveLength(4);
    link.receive([link.sack(3, { aRwndBytes: 0 })]);
    expect(skippedIn(link.lab.runUntilSent())).toEqual([{ streamId: 4, unordered: true, mid: 0 }]);
  });

  it("MUST: has nothing of partial reliability where a side does not know I-FORWARD-TSN", () => {
    const link = interleaved({}, [FORWARD_TSN_SUPPORTED, supportedExtensions(64, 192)]);
    expect(link.association.partialReliability).toBe(false);
    link.send(10, ONCE);
    expect(kindsOf(link.lab.runUntilSent())).toEqual(["I-DATA"]);
    const lab = new Lab();
    const accepted = lab.accepted(WANTED, {
      parameters: [FORWARD_TSN_SUPPORTED, supportedExtensions(64, 192)],
    });
    expect(accepted.association.partialReliability).toBe(false);
    expect(firstOf(lab.sent, "INIT ACK").parameters.slice(1)).toEqual([I_DATA]);
  });

  it("MUST: uses FORWARD TSN beside DATA, though I-FORWARD-TSN was offered, and does not answer that it knows the other", () => {
    const lab = new Lab();
    lab.accepted(WANTED, { parameters: [FORWARD_TSN_SUPPORTED, supportedExtensions(192, 194)] });
    const listed = firstOf(lab.sent, "INIT ACK").parameters.slice(1);
    expect(listed).toEqual([FORWARD_TSN_SUPPORTED, supportedExtensions(192)]);
    const link = interleaved({}, [FORWARD_TSN_SUPPORTED, supportedExtensions(192, 194)]);
    link.send(10, ONCE);
    expect(kindsOf(link.lab.runUntilSent())).toEqual(["FORWARD TSN"]);
  });

  it("MUST: ends the association where FORWARD TSN comes beside I-DATA, or I-FORWARD-TSN beside DATA", () => {
    const mixed = limited();
    expectViolation(mixed, mixed.receive([mixed.forwardTsn(0)]));
    const plain = interleaved({ interleaving: false }, [FORWARD_TSN_SUPPORTED]);
    expectViolation(plain, plain.receive([plain.iForwardTsn(0)]));
  });

  it("MUST: ignores flags and reserved bits of an I-FORWARD-TSN, and counts what is missing as received", () => {
    const link = limited();
    link.receive([link.iData(1, { mid: 1 })]);
    const datagram = packetOf(link, link.iForwardTsn(0, [{ streamId: 0, unordered: false, mid: 0 }]));
    datagram[13] = 0xff;
    datagram[22] = 0xff;
    datagram[23] = 0xfe;
    const answer = link.lab.receiveBytes(sealed(datagram));
    expect(firstOf(answer, "SACK")).toMatchObject({
      cumulativeTsnAck: (link.peerTsn + 1) >>> 0,
      gapBlocks: [],
    });
    expect(link.read()).toEqual(["hello"]);
  });

  it("MUST: drops unfinished messages up to the MID of their order, and no others", () => {
    const link = limited();
    link.receive([piece(link, 1, 0, { mid: 0, unordered: true })]);
    link.receive([piece(link, 2, 0, { mid: 1, unordered: true })]);
    link.receive([piece(link, 3, 0, { mid: 0 })]);
    link.receive([link.iForwardTsn(1, [{ streamId: 0, unordered: true, mid: 0 }])]);
    // What comes late of the message that was given up is acknowledged, and no breach.
    link.receive([piece(link, 4, 1, { mid: 0, unordered: true, ending: true })]);
    expect(link.read()).toEqual([]);
    link.receive([
      piece(link, 5, 1, { mid: 1, unordered: true, ending: true, payload: Uint8Array.of(0x21) }),
    ]);
    link.receive([piece(link, 6, 1, { mid: 0, ending: true, payload: Uint8Array.of(0x3f) })]);
    expect(link.read()).toEqual(["hello!", "hello?"]);
  });

  it("MUST: delivers what only waited for an ordered message that was given up", () => {
    const link = limited();
    link.receive([link.iData(3, { mid: 2, payload: Uint8Array.of(0x63) })]);
    link.receive([link.iData(2, { mid: 1, payload: Uint8Array.of(0x62) })]);
    expect(link.read()).toEqual([]);
    link.receive([link.iForwardTsn(1, [{ streamId: 0, unordered: false, mid: 0 }])]);
    expect(link.read()).toEqual(["b", "c"]);
  });

  it("SHOULD: tells the user of each message that will not be ended and of which it has the beginning", () => {
    const link = limited({ partialDeliveryPointBytes: 4 });
    for (const streamId of [0, 1]) link.receive([piece(link, streamId, 0, { streamId })]);
    link.receive([
      link.iForwardTsn(3, [
        { streamId: 0, unordered: false, mid: 0 },
        { streamId: 1, unordered: false, mid: 0 },
      ]),
    ]);
    const aborted = link.lab.events.filter(({ kind }) => kind === "delivery-aborted");
    expect(aborted).toMatchObject([{ delivery: { streamId: 0 } }, { delivery: { streamId: 1 } }]);
    link.receive([link.iData(4, { mid: 1 })]);
    expect(readPieces(link).at(-1)).toMatchObject({ ssn: 1, endOfMessage: true });
  });
});

describe("RFC 8260 2.3.2 SCTP Stream Reconfiguration Extension", () => {
  const ALL = [FORWARD_TSN_SUPPORTED, supportedExtensions(64, 130, 192, 194)];
  const reconfigurable = (options: Partial<AssociationOptions> = {}): Link =>
    interleaved({ allowStreamReset: true, ...options }, ALL);
  const midsOf = (packets: readonly SentPacket[]): number[] =>
    chunksOf(packets, "I-DATA").map(({ mid }) => mid);
  const resetByPeer = (link: Link, number: number, lastOffset: number): SentPacket[] =>
    link.receive([
      {
        kind: "RE-CONFIG",
        parameters: [
          {
            kind: "Outgoing SSN Reset Request",
            type: 13,
            requestNumber: (link.peerTsn + number) >>> 0,
            responseNumber: (link.ourTsn - 1) >>> 0,
            lastTsn: (link.peerTsn + lastOffset) >>> 0,
            streamIds: [0],
          },
        ],
      },
    ]);

  it("MUST: begins both counters of MIDs anew where it resets a stream, and those of no other", () => {
    const link = reconfigurable();
    const sendAll = (): number[] =>
      [1, 2].flatMap((streamId) =>
        [false, true].flatMap((unordered) => midsOf(link.send(5, { streamId, unordered }))),
      );
    expect([sendAll(), sendAll()]).toEqual([
      [0, 0, 0, 0],
      [1, 1, 1, 1],
    ]);
    link.receive([link.sack(7)]);
    link.association.resetStreams("outgoing", [1], link.lab.nowMs);
    const [request] = chunksOf(link.lab.flush(), "RE-CONFIG");
    expect(request?.parameters[0]).toMatchObject({ kind: "Outgoing SSN Reset Request", streamIds: [1] });
    const performed = {
      kind: "Re-configuration Response",
      type: 16,
      result: 1,
      nextTsns: undefined,
    } as const;
    link.receive([{ kind: "RE-CONFIG", parameters: [{ ...performed, responseNumber: link.ourTsn }] }]);
    expect(sendAll()).toEqual([0, 0, 2, 2]);
  });

  it("MUST: takes the peer's MIDs from 0 on again, ordered or not, whole or in pieces", () => {
    const link = reconfigurable();
    link.receive([link.iData(0, { mid: 0 }), link.iData(1, { mid: 0, unordered: true })]);
    resetByPeer(link, 0, 1);
    link.receive([link.iData(2, { mid: 0 }), link.iData(3, { mid: 0, unordered: true })]);
    link.receive([piece(link, 4, 0, { mid: 1 }), piece(link, 5, 1, { mid: 1, ending: true })]);
    expect(link.read()).toHaveLength(5);
    expect(abortedBy(link)).toBeUndefined();
  });

  it("MUST: what was given up under the old MIDs says nothing of the new ones", () => {
    const link = reconfigurable();
    link.receive([link.iForwardTsn(0, [{ streamId: 0, unordered: false, mid: 7 }])]);
    resetByPeer(link, 0, 0);
    link.receive([piece(link, 1, 0, { mid: 0 }), piece(link, 2, 1, { mid: 0, ending: true })]);
    expect(link.read()).toHaveLength(1);
  });

  it("MUST NOT: takes what an I-FORWARD-TSN tells by the old MIDs for given up under the new ones", () => {
    const link = reconfigurable();
    for (let i = 0; i <= 2; i++) link.receive([link.iData(i, { mid: i })]);
    resetByPeer(link, 0, 2);
    const late = { streamId: 0, unordered: false, mid: 2 };
    link.receive([link.iForwardTsn(3, [late, { streamId: 1, unordered: false, mid: 0 }])]);
    link.receive([piece(link, 4, 0, { mid: 0 }), piece(link, 5, 1, { mid: 0, ending: true })]);
    link.receive([link.iData(6, { mid: 1 })]);
    expect(link.read()).toHaveLength(5);
  });

  it("SHOULD: hands out a message larger than the receive buffer also where a reset of all numbers that was denied has kept its turn", () => {
    const link = interleaved({ receiveBufferBytes: 4_096 }, ALL);
    link.association.resetAssociation(link.lab.nowMs);
    link.lab.flush();
    link.receive([link.iData(0, { mid: 0 })]);
    const payload = new Uint8Array(1_000).fill(0x62);
    for (let i = 0; i < 5; i++) link.receive([piece(link, 1 + i, i, { mid: 1, payload })]);
    const denied = { kind: "Re-configuration Response", type: 16, result: 2, nextTsns: undefined } as const;
    link.receive([{ kind: "RE-CONFIG", parameters: [{ ...denied, responseNumber: link.ourTsn }] }]);
    expect(readPieces(link).map(({ data }) => data.length)).toEqual([5, 4_000]);
    const answer = link.receive([piece(link, 5, 4, { mid: 1, payload, ending: true })]);
    expect(firstOf(answer, "SACK").cumulativeTsnAck).toBe(link.peerTsn + 5);
  });

  it("MUST NOT: hands out a piece of a message before it is known which MIDs hold", () => {
    const link = interleaved({ partialDeliveryPointBytes: 1 }, ALL);
    link.receive([link.iData(0, { mid: 0 })]);
    link.association.resetAssociation(link.lab.nowMs);
    link.lab.flush();
    const first = link.iData(1, { mid: 0, payload: Uint8Array.of(0x61) });
    link.receive([first, piece(link, 2, 0, { mid: 1 })]);
    expect(link.read()).toEqual(["hello"]);
    const nextTsns = { sender: link.peerTsn + 1, receiver: 1_000 };
    const performed = { kind: "Re-configuration Response", type: 16, result: 1, nextTsns } as const;
    link.receive([{ kind: "RE-CONFIG", parameters: [{ ...performed, responseNumber: link.ourTsn }] }]);
    link.receive([first, piece(link, 3, 1, { mid: 1, ending: true })]);
    expect(link.read().join("")).toBe("ahellohello");
  });

  it.each([false, true])(
    "MUST NOT: drops what has the number of a message that was given up before all numbers began anew (unordered: %s)",
    (unordered) => {
      const link = interleaved({}, ALL);
      link.association.resetAssociation(link.lab.nowMs);
      link.lab.flush();
      link.receive([link.iForwardTsn(0, [{ streamId: 0, unordered, mid: 0 }])]);
      const anew = link.iData(1, { mid: 0, unordered });
      const refused = firstOf(link.receive([anew]), "SACK");
      expect([refused.cumulativeTsnAck, refused.gapBlocks]).toEqual([link.peerTsn, []]);
      const nextTsns = { sender: link.peerTsn + 1, receiver: 1_000 };
      const performed = { kind: "Re-configuration Response", type: 16, result: 1, nextTsns } as const;
      link.receive([{ kind: "RE-CONFIG", parameters: [{ ...performed, responseNumber: link.ourTsn }] }]);
      link.receive([anew]);
      expect(link.read()).toEqual(["hello"]);
    },
  );

  it("MUST: tells the user of what will not be ended where all numbers begin anew, and of nothing that has begun since", () => {
    const link = interleaved({ partialDeliveryPointBytes: 1 }, ALL);
    link.receive([piece(link, 0, 0)]);
    link.association.resetAssociation(link.lab.nowMs);
    link.lab.flush();
    link.receive([piece(link, 1, 0, { streamId: 1 })]);
    const nextTsns = { sender: link.peerTsn + 1, receiver: 1_000 };
    const performed = { kind: "Re-configuration Response", type: 16, result: 1, nextTsns } as const;
    link.receive([{ kind: "RE-CONFIG", parameters: [{ ...performed, responseNumber: link.ourTsn }] }]);
    const aborted = link.lab.events.filter(({ kind }) => kind === "delivery-aborted");
    expect(aborted).toMatchObject([{ delivery: { streamId: 0 } }]);
    link.receive([piece(link, 2, 1, { streamId: 1, ending: true }), link.iData(3, { mid: 0 })]);
    expect(readPieces(link).map(({ endOfMessage }) => endOfMessage)).toEqual([false, true, true]);
  });

  it("MUST NOT: takes what comes from behind a reset while something from before it is missing", () => {
    const link = reconfigurable();
    link.receive([link.iData(0, { mid: 0 })]);
    resetByPeer(link, 0, 1);
    const behind = link.iData(2, { mid: 0, payload: Uint8Array.of(0x62) });
    const refused = firstOf(link.receive([behind]), "SACK");
    expect([refused.cumulativeTsnAck, refused.gapBlocks]).toEqual([link.peerTsn, []]);
    link.receive([link.iData(1, { mid: 1, payload: Uint8Array.of(0x61) })]);
    resetByPeer(link, 0, 1);
    link.receive([behind]);
    expect(link.read()).toEqual(["hello", "a", "b"]);
  });

  it("SHOULD: tells the user of a message that it has the beginning of, and that the reset has cut", () => {
    const link = reconfigurable({ partialDeliveryPointBytes: 1 });
    link.receive([piece(link, 0, 0, { mid: 0 })]);
    expect(readPieces(link)).toMatchObject([{ ssn: 0, endOfMessage: false }]);
    resetByPeer(link, 0, 0);
    const told = link.lab.events.filter(
      ({ kind }) => kind === "delivery-aborted" || kind === "streams-reset",
    );
    expect(told).toMatchObject([
      { kind: "delivery-aborted", delivery: { streamId: 0, ssn: 0 } },
      { kind: "streams-reset", streamIds: [0] },
    ]);
    link.receive([link.iData(1, { mid: 0 })]);
    expect(readPieces(link)).toMatchObject([{ ssn: 0, endOfMessage: true }]);
  });

  it("SHOULD: the same where the reset waits for what comes before it, and where all numbers begin anew", () => {
    const waiting = reconfigurable({ partialDeliveryPointBytes: 1 });
    waiting.receive([piece(waiting, 0, 0, { mid: 0 })]);
    resetByPeer(waiting, 0, 1);
    expect(waiting.lab.eventKinds).not.toContain("delivery-aborted");
    waiting.receive([waiting.iData(1, { streamId: 1 })]);
    expect(waiting.lab.eventKinds).toContain("delivery-aborted");

    const asking = reconfigurable({ partialDeliveryPointBytes: 1 });
    asking.receive([piece(asking, 0, 0, { mid: 0 })]);
    asking.association.resetAssociation(asking.lab.nowMs);
    asking.lab.flush();
    const nextTsns = { sender: (asking.peerTsn + 500) >>> 0, receiver: 700 };
    const performed = { kind: "Re-configuration Response", type: 16, result: 1, nextTsns } as const;
    asking.receive([{ kind: "RE-CONFIG", parameters: [{ ...performed, responseNumber: asking.ourTsn }] }]);
    expect(asking.lab.eventKinds).toContain("delivery-aborted");
  });
});

describe("RFC 8260 3 Stream Schedulers", () => {
  it("MAY: changes the scheduler while messages wait, in the middle of one too, and keeps it over a restart", () => {
    const link = new Lab().accepted(
      { ...WANTED, ...BY_RFC_9260_7_2, streamScheduler: "rr" },
      { parameters: [I_DATA] },
    );
    const { association, lab } = link;
    for (const streamId of [1, 2]) association.send(new Uint8Array(30 * FULL), { streamId }, lab.nowMs);
    association.setStreamShare(2, { priority: 1 });
    lab.flush();
    association.setOptions({ streamScheduler: "priority" }, lab.nowMs);
    link.receive([link.sack(2)]);
    expect(
      new Set(
        fragmentsOf(lab.sent)
          .slice(4)
          .map((fragment) => fragment[0]),
      ),
    ).toEqual(new Set(["1"]));
    const init = initChunk({ initiateTag: 99, initialTsn: 5, parameters: [I_DATA] });
    const initAck = firstOf(lab.receive([init]), "INIT ACK");
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(association.streamShare(2)).toEqual({ priority: 1, weight: 1 });
    const before = lab.sent.length;
    for (const streamId of [2, 1]) association.send(new Uint8Array(FULL), { streamId }, lab.nowMs);
    lab.flush();
    expect(fragmentsOf(lab.sent.slice(before))).toEqual(["1/0/0", "2/0/0"]);
  });

  it("MUST: has weighted fair queueing, which data channels need", () => {
    expect(STREAM_SCHEDULERS).toContain("wfq");
  });
});

/** Three streams, a large message on the first, and the streams in the order in which chunks leave: four, of five. */
function served(options: Partial<AssociationOptions>, prepare: (link: Link) => void = () => {}): number[] {
  const link = interleaved({ ...BY_RFC_9260_7_2, ...options });
  const { association, lab } = link;
  prepare(link);
  association.send(new Uint8Array(3 * FULL), { streamId: 0 }, lab.nowMs);
  for (const streamId of [1, 2]) association.send(new Uint8Array(FULL - 100), { streamId }, lab.nowMs);
  return lab
    .flush()
    .flatMap(({ chunks }) =>
      chunks.flatMap((chunk) => (chunk.kind === "DATA" || chunk.kind === "I-DATA" ? [chunk.streamId] : [])),
    );
}

describe("RFC 8260 3.1 First-Come, First-Served Scheduler (SCTP_SS_FCFS)", () => {
  it("MAY: sends in the order of the calls, in I-DATA as in DATA", () => {
    for (const interleaving of [false, true]) expect(served({ interleaving })).toEqual([0, 0, 0, 1]);
  });
});

describe("RFC 8260 3.2 Round-Robin Scheduler (SCTP_SS_RR)", () => {
  it("MAY: cycles over streams by messages, and by chunks where fragments are interleaved", () => {
    expect(served({ streamScheduler: "rr", interleaving: false })).toEqual([0, 0, 0, 1]);
    expect(served({ streamScheduler: "rr" })).toEqual([0, 1, 2, 0]);
  });
});

describe("RFC 8260 3.3 Round-Robin Scheduler per Packet (SCTP_SS_RR_PKT)", () => {
  it("MAY: fills each packet with chunks of one stream, and takes another stream for the next packet", () => {
    for (const interleaving of [false, true]) {
      const { association, lab } = interleaved({ streamScheduler: "rr-packet", interleaving });
      for (let i = 0; i < 4; i++)
        for (const streamId of [0, 1]) association.send(new Uint8Array(300), { streamId }, lab.nowMs);
      const packets = lab
        .flush()
        .map(({ chunks }) => chunks.map((chunk) => ("streamId" in chunk ? chunk.streamId : -1)).join(""));
      expect(packets).toEqual(["000", "111", "0", "1"]);
    }
  });
});

describe("RFC 8260 3.4 Priority-Based Scheduler (SCTP_SS_PRIO)", () => {
  it("MAY: serves streams by their priorities, the smallest number first", () => {
    const prepare = ({ association }: Link): void => {
      for (const [streamId, priority] of [5, 3, 1].entries())
        association.setStreamShare(streamId, { priority });
    };
    for (const interleaving of [false, true])
      expect(served({ streamScheduler: "priority", interleaving }, prepare)).toEqual([2, 1, 0, 0]);
  });

  it("MAY: lets a message pass a large one that is less important, where fragments are interleaved", () => {
    for (const interleaving of [false, true]) {
      const link = interleaved({ streamScheduler: "priority", interleaving });
      const { association, lab } = link;
      association.setStreamShare(1, { priority: 9 });
      association.send(new Uint8Array(20 * FULL), { streamId: 1 }, lab.nowMs);
      lab.flush();
      association.send(new Uint8Array(10), { streamId: 0 }, lab.nowMs);
      const [next] = link.receive([link.sack(3)]);
      expect(next?.chunks[0]).toMatchObject({ streamId: interleaving ? 0 : 1 });
    }
  });
});

describe("RFC 8260 3.5 Fair Capacity Scheduler (SCTP_SS_FC)", () => {
  it("MAY: gives each stream as many bytes", () => {
    expect(served({ streamScheduler: "fair" })).toEqual([0, 1, 2, 0]);
  });
});

describe("RFC 8260 3.6 Weighted Fair Queueing Scheduler (SCTP_SS_WFQ)", () => {
  it("SHOULD: gives a stream of three times the weight three times the capacity", () => {
    const link = interleaved({ streamScheduler: "wfq" });
    const { association, lab } = link;
    association.setStreamShare(1, { weight: 3 });
    for (const streamId of [0, 1]) association.send(new Uint8Array(100 * FULL), { streamId }, lab.nowMs);
    let acknowledged = chunksOf(lab.flush(), "I-DATA").length;
    while (acknowledged < 60)
      acknowledged += chunksOf(link.receive([link.sack(acknowledged - 1)]), "I-DATA").length;
    const streams = chunksOf(lab.sent, "I-DATA").map(({ streamId }) => streamId);
    const first = streams.slice(0, 60).filter((streamId) => streamId === 1).length;
    expect([44, 45, 46]).toContain(first);
  });
});

/** Both sockets take mixed pieces, and want I-DATA. */
function interleavingNet(): { readonly net: Net; readonly server: SctpSocket; readonly client: SctpSocket } {
  const net = new Net();
  const client = net.near.socket("one-to-one");
  ok(client.setsockopt("SCTP_RECVRCVINFO", true));
  const server = net.server();
  for (const socket of [client, server]) {
    ok(socket.setsockopt("SCTP_FRAGMENT_INTERLEAVE", 2));
    ok(socket.setsockopt("SCTP_INTERLEAVING_SUPPORTED", true));
    ok(socket.setsockopt("SCTP_EVENT", { type: "SCTP_ASSOC_CHANGE", on: true }));
  }
  return { net, server, client };
}

describe("RFC 8260 4.1 Exposure of the Stream Sequence Number (SSN)", () => {
  it("MAY: shows the lower half of the MID as the SSN", () => {
    const link = limited();
    link.receive([link.iForwardTsn(0, [{ streamId: 0, unordered: false, mid: 0x0001_fffe }])]);
    link.receive([link.iData(1, { mid: 0x0001_ffff })]);
    const message = link.association.nextMessage;
    expect(message?.ssn).toBe(0x0001_ffff);
    expect(message === undefined ? -1 : infoOn(message, link.association, 0).ssn).toBe(0xffff);
  });
});

describe("RFC 8260 4.2 SCTP_ASSOC_CHANGE Notification", () => {
  it("SHOULD: lists SCTP_ASSOC_SUPPORTS_INTERLEAVING where both sides know I-DATA", () => {
    const { net, server, client } = interleavingNet();
    ok(client.connectx([SERVER]));
    net.run();
    for (const socket of [client, server])
      expect(notifications(socket, "SCTP_ASSOC_CHANGE")[0]?.features).toContain(
        "SCTP_ASSOC_SUPPORTS_INTERLEAVING",
      );
  });
});

describe("RFC 8260 4.3.1 Enable or Disable the Support of User Message Interleaving (SCTP_INTERLEAVING_SUPPORTED)", () => {
  it("MAY: is for associations to come, tells of one what was agreed on, and needs level 2 of SCTP_FRAGMENT_INTERLEAVE", () => {
    const { net, server, client } = interleavingNet();
    const other = net.near.socket("one-to-many");
    expect(other.getsockopt("SCTP_INTERLEAVING_SUPPORTED", "future")).toBe(false);
    expect(other.setsockopt("SCTP_INTERLEAVING_SUPPORTED", true, "future")).toBe("EINVAL");
    for (const target of ["current", "all"] as const)
      expect(other.setsockopt("SCTP_INTERLEAVING_SUPPORTED", true, target)).toBe("EINVAL");
    ok(client.connectx([SERVER]));
    net.run();
    expect(client.getsockopt("SCTP_INTERLEAVING_SUPPORTED")).toBe(true);
    expect(client.setsockopt("SCTP_INTERLEAVING_SUPPORTED", false)).toBe("EINVAL");
    expect(client.setsockopt("SCTP_FRAGMENT_INTERLEAVE", 0)).toBe("EINVAL");
    ok(server.setsockopt("SCTP_INTERLEAVING_SUPPORTED", false, "future"));
    const [id = 0] = server.associationIds;
    expect(server.getsockopt("SCTP_INTERLEAVING_SUPPORTED", id)).toBe(true);
    expect(server.setsockopt("SCTP_FRAGMENT_INTERLEAVE", 1)).toBe("EINVAL");
  });
});

describe("RFC 8260 4.3.2 Get or Set the Stream Scheduler (SCTP_STREAM_SCHEDULER)", () => {
  it("MAY: sets the scheduler of associations that are and that will be", () => {
    const { server, client, serverId } = new Net().connected("one-to-many");
    const names = [
      ["SCTP_SS_RR", "SCTP_SS_RR"],
      ["SCTP_SS_RR_PKT", "SCTP_SS_RR_PKT"],
      ["SCTP_SS_PRIO", "SCTP_SS_PRIO"],
      ["SCTP_SS_FC", "SCTP_SS_FC"],
      ["SCTP_SS_FB", "SCTP_SS_FC"],
      ["SCTP_SS_WFQ", "SCTP_SS_WFQ"],
      ["SCTP_SS_FCFS", "SCTP_SS_FCFS"],
      ["SCTP_SS_DEFAULT", "SCTP_SS_FCFS"],
    ] as const;
    expect(server.getsockopt("SCTP_STREAM_SCHEDULER", serverId)).toBe("SCTP_SS_FCFS");
    for (const [name, shown] of names) {
      ok(server.setsockopt("SCTP_STREAM_SCHEDULER", name, "all"));
      expect(server.getsockopt("SCTP_STREAM_SCHEDULER", serverId)).toBe(shown);
      expect(server.getsockopt("SCTP_STREAM_SCHEDULER", "future")).toBe(shown);
    }
    ok(server.setsockopt("SCTP_STREAM_SCHEDULER", "SCTP_SS_RR", "future"));
    expect(server.getsockopt("SCTP_STREAM_SCHEDULER", serverId)).toBe("SCTP_SS_FCFS");
    expect(client.setsockopt("SCTP_STREAM_SCHEDULER", "SCTP_SS_NONSENSE" as "SCTP_SS_RR", "all")).toBe(
      "EINVAL",
    );
  });
});

describe("RFC 8260 4.3.3 Get or Set the Stream Scheduler Parameter (SCTP_STREAM_SCHEDULER_VALUE)", () => {
  it("MAY: sets a stream's priority and weight, of associations that are and that will be", () => {
    const net = new Net();
    const server = net.server();
    const client = net.near.socket("one-to-many");
    ok(client.setsockopt("SCTP_STREAM_SCHEDULER", "SCTP_SS_PRIO", "future"));
    ok(client.setsockopt("SCTP_STREAM_SCHEDULER_VALUE", { streamId: 3, value: 7 }, "future"));
    ok(client.setsockopt("SCTP_STREAM_SCHEDULER_VALUE", { streamId: 9_999, value: 7 }, "future"));
    const id = ok(client.connectx([SERVER]));
    net.run();
    const shown = (target: number | "future", streamId: number): unknown =>
      client.getsockopt("SCTP_STREAM_SCHEDULER_VALUE", target, { streamId });
    expect(shown("future", 3)).toEqual({ streamId: 3, value: 7 });
    expect(shown(id, 3)).toEqual({ streamId: 3, value: 7 });
    expect(shown(id, 2)).toEqual({ streamId: 2, value: 0 });
    ok(client.setsockopt("SCTP_STREAM_SCHEDULER_VALUE", { streamId: 2, value: 0 }, id));
    ok(client.setsockopt("SCTP_STREAM_SCHEDULER", "SCTP_SS_WFQ", id));
    expect(shown(id, 3)).toEqual({ streamId: 3, value: 7 });
    expect(shown(id, 2)).toEqual({ streamId: 2, value: 1 });
    expect(client.setsockopt("SCTP_STREAM_SCHEDULER_VALUE", { streamId: 9_999, value: 1 }, id)).toBe(
      "EINVAL",
    );
    expect(server.associationIds).toHaveLength(1);
  });
});

describe("RFC 8260 6 Security Considerations", () => {
  it("SHOULD: bounds what unfinished messages of all streams take together", () => {
    const link = interleaved({ maxReassemblyFragments: 64 });
    for (let i = 0; i < 500; i++)
      link.receive([piece(link, i, 0, { streamId: i % 10, mid: i, unordered: true })]);
    expect(link.association.status().heldBytes).toBe(64 * 256);
    expect(link.state).toBe("ESTABLISHED");
  });
});
