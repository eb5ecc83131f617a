/** Partial reliability: FORWARD TSN and timed reliability (RFC 3758). */
import { describe, expect, it } from "vitest";
import type { AssociationEvent } from "../../src/association/association-event.ts";
import type { Reliability } from "../../src/association/model/reliability.ts";
import type { AssociationOptions } from "../../src/base/options.ts";
import {
  BY_RFC_9260_7_2,
  chunksOf,
  cookieParameter,
  echoOf,
  FORWARD_TSN_SUPPORTED,
  firstOf,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  only,
  type SentPacket,
  supportedExtensions,
} from "./lab.ts";

const ONCE: { readonly reliability: Reliability } = { reliability: { maxRetransmits: 0 } };

/** With a peer that says so; no heartbeats, and nothing is sent again before T3-rtx but by reports. */
function agreed(options: Partial<AssociationOptions> = {}, said = [FORWARD_TSN_SUPPORTED]): Link {
  return new Lab().connected(
    { ...BY_RFC_9260_7_2, heartbeatIntervalMs: 0, ...options },
    { parameters: [cookieParameter(), ...said] },
  );
}

/** What failed: its length, and whether it had been sent. */
function failedOf({ lab }: Link): Array<readonly [lengthBytes: number, transmitted: boolean]> {
  return lab.events
    .filter((event): event is AssociationEvent & { kind: "send-failed" } => event.kind === "send-failed")
    .map(({ message }) => [message.data.length, message.transmitted] as const);
}

/** T3-rtx expires; what is sent then. */
function timeOut({ lab }: Link): SentPacket[] {
  return lab.runUntilSent();
}

const skippedIn = (packets: readonly SentPacket[]) => firstOf(packets, "FORWARD TSN").skipped;

describe("RFC 3758 3.1 Forward-TSN-Supported Parameter For INIT and INIT ACK", () => {
  it("MAY: says in the INIT that it knows FORWARD TSN, and in the Supported Extensions too", () => {
    const lab = new Lab();
    lab.connect();
    expect(only(lab.flush(), "INIT").parameters).toEqual([
      FORWARD_TSN_SUPPORTED,
      supportedExtensions(130, 192),
    ]);
    lab.connect({ partialReliability: false, streamReconfiguration: false }, ["10.0.0.9"]);
    expect(only(lab.flush(), "INIT").parameters).toEqual([]);
  });
});

describe("RFC 3758 3.2 Forward Cumulative TSN Chunk Definition (FORWARD TSN)", () => {
  it("MUST: lists the last stream sequence number of each stream that is skipped, each stream once", () => {
    const link = agreed();
    for (const streamId of [1, 2, 1]) link.send(10, { ...ONCE, streamId });
    const forward = firstOf(timeOut(link), "FORWARD TSN");
    expect(forward).toEqual({
      kind: "FORWARD TSN",
      newCumulativeTsn: (link.ourTsn + 2) >>> 0,
      skipped: [
        { streamId: 2, ssn: 0 },
        { streamId: 1, ssn: 1 },
      ],
    });
  });

  it("MUST NOT: lists unordered messages", () => {
    const link = agreed();
    link.send(10, { ...ONCE, unordered: true, streamId: 3 });
    link.send(10, { ...ONCE, streamId: 4 });
    expect(skippedIn(timeOut(link))).toEqual([{ streamId: 4, ssn: 0 }]);
  });

  it("MUST: counts what is missing up to the New Cumulative TSN as received, and reports it no more", () => {
    const link = agreed();
    link.receive([link.data(2)]);
    const sack = firstOf(link.receive([link.forwardTsn(1, [{ streamId: 0, ssn: 1 }])]), "SACK");
    expect(sack).toMatchObject({ cumulativeTsnAck: (link.peerTsn + 2) >>> 0, gapBlocks: [] });
  });
});

describe("RFC 3758 3.3.1 Sending Forward-TSN-Supported param in INIT", () => {
  it("MUST: without it answers a FORWARD TSN with an ERROR, and does nothing of what it says", () => {
    for (const link of [agreed({ partialReliability: false }), agreed({}, [])]) {
      link.receive([link.data(1)]);
      const answer = link.receive([link.forwardTsn(0, [{ streamId: 0, ssn: 0 }])]);
      expect(firstOf(answer, "ERROR").causes.map(({ kind }) => kind)).toEqual(["Unrecognized Chunk Type"]);
      expect(link.association.cumulativeTsn).toBe((link.peerTsn - 1) >>> 0);
      expect(link.read()).toEqual([]);
    }
  });
});

describe("RFC 3758 3.3.2 Receipt of Forward-TSN-Supported parameter in INIT or INIT-ACK", () => {
  it("MAY: answers it in the INIT ACK, and has agreed to it then", () => {
    const lab = new Lab();
    const link = lab.accepted({}, { parameters: [FORWARD_TSN_SUPPORTED] });
    expect(link.association.partialReliability).toBe(true);
    const initAck = chunksOf(lab.sent, "INIT ACK")[0];
    expect(initAck?.parameters.slice(1)).toEqual([FORWARD_TSN_SUPPORTED, supportedExtensions(192)]);
  });

  it("MAY: takes a peer's word for it by its Supported Extensions alone", () => {
    const link = agreed({}, [supportedExtensions(130, 192)]);
    expect(link.association.partialReliability).toBe(true);
    link.send(10, ONCE);
    expect(kindsOf(timeOut(link))).toEqual(["FORWARD TSN"]);
  });

  it("MUST NOT: sends FORWARD TSN to a peer that has not said that it knows it: it sends again, whatever was asked for", () => {
    const link = agreed({}, []);
    expect(link.association.partialReliability).toBe(false);
    link.send(10, ONCE);
    link.send(10, { reliability: { lifetimeMs: 100 } });
    for (let i = 0; i < 3; i++) expect(kindsOf(timeOut(link))).toEqual(["DATA+DATA"]);
    expect(failedOf(link)).toEqual([]);
  });

  it("SHOULD: lets the user see that the peer does not know it, before and after a restart of the peer", () => {
    const link = new Lab().accepted({}, { parameters: [FORWARD_TSN_SUPPORTED] });
    const { lab, association } = link;
    link.send(10, ONCE);
    timeOut(link);
    const init = initChunk({ initiateTag: 99, initialTsn: 5 });
    const initAck = firstOf(lab.receive([init]), "INIT ACK");
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(association.state).toBe("ESTABLISHED");
    expect(association.partialReliability).toBe(false);
    // What may be given up is not, from now on; what was given up before is still known.
    link.send(20, ONCE);
    expect(kindsOf(timeOut(link))).toEqual(["DATA"]);
    expect(association.abandoned()).toEqual({ unsent: 0, sent: 1 });
  });
});

describe("RFC 3758 3.3.3 Receipt of Op. Error for Forward-TSN-Supported Param", () => {
  it("MUST NOT: sends FORWARD TSN to a peer that reported the parameter as unrecognized; it goes on without", () => {
    const parameter = Uint8Array.of(0xc0, 0, 0, 4);
    const link = agreed({}, [{ kind: "Unrecognized Parameter", type: 8, parameter }]);
    expect(link.association.partialReliability).toBe(false);
    link.send(10, ONCE);
    expect(kindsOf(timeOut(link))).toEqual(["DATA"]);
  });
});

describe("RFC 3758 3.4 Definition of abandoned in the context of PR-SCTP", () => {
  it("MAY: gives up a chunk, which is not sent again then, and comes back to the user once", () => {
    const link = agreed();
    link.send(10, ONCE);
    expect(kindsOf(timeOut(link))).toEqual(["FORWARD TSN"]);
    expect(chunksOf(link.lab.run(30_000), "DATA")).toEqual([]);
    link.receive([link.sack(0)]);
    expect(failedOf(link)).toEqual([[10, true]]);
    expect(link.association.abandoned()).toEqual({ unsent: 0, sent: 1 });
  });
});

describe("RFC 3758 3.5 Sender Side Implementation of PR-SCTP", () => {
  it("MUST: A2: tells who waits for room that there is some", () => {
    const link = agreed({ sendBufferBytes: 4_096 });
    link.send(4_096, ONCE);
    expect(link.association.isWritable).toBe(false);
    timeOut(link);
    expect(link.lab.eventKinds.slice(-2)).toEqual(["send-failed", "writable"]);
  });

  it("MUST: A2: counts what is given up as acknowledged: neither in flight nor in the send buffer", () => {
    const link = agreed();
    link.send(1_000, ONCE);
    link.send(900);
    timeOut(link);
    expect(link.association.bufferedBytes).toBe(900);
    expect(link.association.path("10.0.0.2").flightBytes).toBe(16 + 900);
  });

  it("MUST: A2: counts what is given up while it is in flight as acknowledged", () => {
    const link = agreed();
    link.send(20_000, { reliability: { lifetimeMs: 50 } }); // More than the first window takes: it is half sent when its life ends.
    link.lab.run(60);
    expect(link.association.path("10.0.0.2").flightBytes).toBeGreaterThan(2_000);
    link.receive([link.sack(0)]);
    expect(link.association.path("10.0.0.2").flightBytes).toBe(0);
    expect(link.association.bufferedBytes).toBe(0);
  });

  it("MUST NOT: A2: lets what was given up count for cwnd or partial_bytes_acked", () => {
    const link = agreed();
    for (let i = 0; i < 3; i++) link.send(1_000, ONCE);
    timeOut(link);
    const before = link.association.path("10.0.0.2");
    link.receive([link.sack(2)]);
    const { cwndBytes, partialBytesAcked } = link.association.path("10.0.0.2");
    expect([cwndBytes, partialBytesAcked]).toEqual([before.cwndBytes, before.partialBytesAcked]);
    expect(link.association.isDry).toBe(true);
  });

  it("MUST: A3: gives up all fragments of a message at once, also those that a gap block has acknowledged", () => {
    const link = agreed({ maxFragmentBytes: 100 });
    link.send(400, ONCE);
    link.receive([link.sack(-1, { gapBlocks: [{ start: 3, end: 3 }] })]);
    const packets = timeOut(link);
    expect(firstOf(packets, "FORWARD TSN").newCumulativeTsn).toBe((link.ourTsn + 3) >>> 0);
    expect(chunksOf(packets, "DATA")).toEqual([]);
    expect(failedOf(link)).toEqual([[400, true]]);
    // What it had reported is reneged on, and reported again: that changes nothing any more.
    link.receive([link.sack(-1)]);
    link.receive([link.sack(-1, { gapBlocks: [{ start: 3, end: 4 }] })]);
    link.receive([link.sack(3)]);
    expect(link.association.isDry).toBe(true);
  });

  it("MUST: A3: skips one TSN for the fragments that were not sent, so that the peer sees the message without an end", () => {
    const link = agreed();
    const sent = chunksOf(link.send(60_000, ONCE), "DATA");
    const packets = timeOut(link);
    const forward = firstOf(packets, "FORWARD TSN");
    expect(forward.newCumulativeTsn).toBe((link.ourTsn + sent.length) >>> 0);
    expect(forward.skipped).toEqual([{ streamId: 0, ssn: 0 }]);
    expect(link.association.bufferedBytes).toBe(0);
    // The next message goes on behind it, under the next number of its stream.
    const [data] = chunksOf(link.receive([link.sack(sent.length)]).concat(link.send(10)), "DATA");
    expect(data).toMatchObject({ tsn: (link.ourTsn + sent.length + 1) >>> 0, ssn: 1, beginning: true });
    expect(failedOf(link)).toEqual([[60_000, true]]);
  });

  it("MUST: A3: gives up a message of which all that was sent has been acknowledged", () => {
    const link = agreed();
    const sent = chunksOf(link.send(30_000, { reliability: { lifetimeMs: 50 } }), "DATA");
    link.lab.run(60);
    const packets = link.receive([link.sack(sent.length - 1)]);
    expect(kindsOf(packets)).toEqual(["FORWARD TSN"]);
    expect(firstOf(packets, "FORWARD TSN")).toEqual({
      kind: "FORWARD TSN",
      newCumulativeTsn: (link.ourTsn + sent.length) >>> 0,
      skipped: [{ streamId: 0, ssn: 0 }],
    });
    link.receive([link.sack(sent.length)]);
    expect(link.association.isDry).toBe(true);
    const event = link.lab.events.find(({ kind }) => kind === "send-failed");
    const acknowledgedBytes = sent.reduce((sum, { payload }) => sum + payload.length, 0);
    expect(event).toMatchObject({ message: { transmitted: false, acknowledgedBytes } });
  });

  it("MUST: A3: sends none of it again when the peer takes back what it had reported of it", () => {
    const link = agreed({ maxFragmentBytes: 100 });
    link.send(400, ONCE);
    for (let i = 0; i < 3; i++) link.send(10);
    const gaps = [
      { start: 3, end: 3 },
      { start: 6, end: 6 },
    ];
    link.receive([link.sack(-1, { gapBlocks: gaps })]);
    timeOut(link);
    link.receive([link.sack(-1, { gapBlocks: gaps.slice(1) })]);
    // Those of the others are that the peer has not reported.
    const sent = chunksOf(timeOut(link), "DATA");
    expect(sent.map(({ tsn }) => (tsn - link.ourTsn) | 0)).toEqual([4, 6]);
  });

  it("MUST: A2: measures round trips on, though the chunk that was timed has been given up", () => {
    const link = agreed();
    for (const info of [ONCE, {}, {}, {}]) link.send(10, info);
    for (const end of [2, 3, 4]) link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end }] })]);
    link.receive([link.sack(3)]);
    const { srttMs } = link.association.path("10.0.0.2");
    link.send(10);
    link.lab.run(300);
    link.receive([link.sack(4)]);
    expect(link.association.path("10.0.0.2").srttMs).not.toBe(srttMs);
  });

  it("MUST: C1 to C3: moves the point over what was given up, and no further than what is to arrive", () => {
    const link = agreed();
    for (const info of [ONCE, ONCE, {}, ONCE]) link.send(1_000, info);
    const packets = timeOut(link);
    expect(firstOf(packets, "FORWARD TSN").newCumulativeTsn).toBe((link.ourTsn + 1) >>> 0);
    expect(chunksOf(packets, "DATA").map(({ tsn }) => tsn)).toEqual([(link.ourTsn + 2) >>> 0]);
    // What is to arrive has come: the last one can be skipped too.
    const next = link.receive([link.sack(2)]);
    expect(firstOf(next, "FORWARD TSN").newCumulativeTsn).toBe((link.ourTsn + 3) >>> 0);
  });

  it("MUST: C2: stays before what only a gap block has acknowledged", () => {
    const link = agreed();
    for (const info of [ONCE, {}, ONCE]) link.send(10, info);
    link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end: 2 }] })]);
    expect(firstOf(timeOut(link), "FORWARD TSN").newCumulativeTsn).toBe(link.ourTsn);
  });

  it("SHOULD: C4: says no more than fits in a packet, also when packets become smaller, and the rest once that is acknowledged", () => {
    for (const forwardsBefore of [0, 1]) {
      const wide = new Lab().connected(
        { heartbeatIntervalMs: 0, maxPacketBytes: 4_000, outboundStreams: 300 },
        { parameters: [cookieParameter(), FORWARD_TSN_SUPPORTED], inboundStreams: 300 },
      );
      for (let streamId = 0; streamId < 200; streamId++)
        wide.association.send(new Uint8Array(4), { ...ONCE, streamId }, wide.lab.nowMs);
      wide.lab.flush();
      if (forwardsBefore > 0) expect(skippedIn(timeOut(wide))).toHaveLength(200);
      wide.association.setPathOptions("10.0.0.2", { maxPacketBytes: 512 }, wide.lab.nowMs);
      wide.lab.sent.length = 0;
      const skipped: number[] = [];
      let packets = timeOut(wide);
      while (!wide.association.isDry) {
        const forward = firstOf(packets, "FORWARD TSN");
        skipped.push(...forward.skipped.map(({ streamId }) => streamId));
        packets = wide.receive([wide.sack((forward.newCumulativeTsn - wide.ourTsn) | 0)]);
      }
      expect(skipped).toEqual(Array.from({ length: 200 }, (_, streamId) => streamId));
      for (const { lengthBytes } of wide.lab.sent) expect(lengthBytes).toBeLessThanOrEqual(512);
    }
  });

  it("MUST: C5: has T3-rtx running, and says it again when that expires, until a SACK has it", () => {
    const link = agreed();
    link.send(10, ONCE);
    const first = timeOut(link);
    const second = timeOut(link);
    expect(kindsOf([...first, ...second])).toEqual(["FORWARD TSN", "FORWARD TSN"]);
    expect(second[0]?.chunks).toEqual(first[0]?.chunks);
    link.receive([link.sack(0)]);
    expect(link.lab.run(60_000)).toEqual([]);
    expect(link.association.path("10.0.0.2").errorCount).toBe(0);
  });

  it("SHOULD: C5: counts a FORWARD TSN that is never answered as RFC 9260 8.1 counts, and gives up the peer", () => {
    const link = agreed({ associationMaxRetrans: 3, pathMaxRetrans: 3 });
    link.send(10, ONCE);
    link.lab.run(600_000);
    expect(link.state).toBe("CLOSED");
    expect(failedOf(link)).toEqual([[10, true]]);
  });

  it("SHOULD: C5: takes the answer to a FORWARD TSN for a sign of life: losses in a row are no dead peer", () => {
    const link = agreed({ associationMaxRetrans: 3, pathMaxRetrans: 5 });
    for (let offset = 0; offset < 8; offset++) {
      link.send(10, ONCE);
      timeOut(link);
      link.receive([link.sack(offset)]);
    }
    expect(link.state).toBe("ESTABLISHED");
  });

  it("SHOULD: A5: tries to advance when T3-rtx expires", () => {
    const link = agreed();
    link.send(10, { reliability: { lifetimeMs: 500 } });
    expect(kindsOf(timeOut(link))).toEqual(["FORWARD TSN"]);
  });

  it("MUST NOT: F1: says anything of what was neither sent nor given up", () => {
    const link = agreed({}, [FORWARD_TSN_SUPPORTED]);
    link.association.send(new Uint8Array(1_000), {}, link.lab.nowMs);
    link.send(10, { reliability: { lifetimeMs: 20 } });
    link.receive([link.sack(1)]);
    link.association.send(new Uint8Array(10), { reliability: { lifetimeMs: 20 } }, link.lab.nowMs);
    link.lab.nowMs += 50; // It has not been sent when its life ends.
    expect(link.lab.run(10)).toEqual([]);
    expect(failedOf(link)).toEqual([[10, false]]);
    expect(link.association.abandoned()).toEqual({ unsent: 1, sent: 0 });
  });

  it("SHOULD: F2: bundles it with DATA, and repeats it once a round trip, not for each SACK", () => {
    const link = agreed();
    link.send(10);
    link.lab.run(100);
    link.receive([link.sack(0)]); // A round trip of 100 ms.
    for (const info of [ONCE, {}, {}, {}]) link.send(10, info);
    const gaps = (end: number) => link.sack(0, { gapBlocks: [{ start: 2, end }] });
    link.receive([gaps(2)]);
    link.receive([gaps(3)]);
    link.association.send(new Uint8Array(20), {}, link.lab.nowMs);
    expect(kindsOf(link.receive([gaps(4)]))).toEqual(["FORWARD TSN+DATA"]);
    for (let i = 0; i < 5; i++) expect(link.receive([gaps(4)])).toEqual([]);
    link.lab.run(150);
    expect(kindsOf(link.receive([gaps(4)]))).toEqual(["FORWARD TSN"]);
  });

  it("MUST: F4: takes a SACK for old by the Cumulative TSN Ack before it, not by the point", () => {
    const link = agreed();
    for (const info of [ONCE, ONCE, {}]) link.send(10, info);
    timeOut(link);
    // Behind the point, and not behind the last SACK: it counts.
    link.receive([link.sack(0)]);
    expect(link.association.status().unackedChunks).toBe(2);
    expect(link.lab.stack.counters["stale-sack"] ?? 0).toBe(0);
  });

  it("MUST: F5: lets the congestion window fall as if the chunk were to be sent again", () => {
    const link = agreed();
    for (const info of [ONCE, {}, {}, {}]) link.send(1_000, info);
    const { cwndBytes } = link.association.path("10.0.0.2");
    for (const end of [2, 3, 4]) link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end }] })]);
    expect(link.association.stats.fastRetransmits).toBe(1);
    expect(link.association.path("10.0.0.2").cwndBytes).toBeLessThan(cwndBytes + 1_016);
    expect(firstOf(link.lab.sent, "FORWARD TSN").newCumulativeTsn).toBe(link.ourTsn);
  });

  it("MUST: ends gracefully only when the peer has acknowledged what was given up", () => {
    const link = agreed();
    link.send(10, ONCE);
    link.association.shutdown(link.lab.nowMs);
    expect(kindsOf(timeOut(link))).toEqual(["FORWARD TSN"]);
    expect(link.state).toBe("SHUTDOWN-PENDING");
    expect(kindsOf(link.receive([link.sack(0)]))).toEqual(["SHUTDOWN"]);
  });
});

describe("RFC 3758 3.6 Receiver Side Implementation of PR-SCTP", () => {
  it("MUST: moves its cumulative TSN to the new one, and on over what has come", () => {
    const link = agreed();
    for (const offset of [0, 2, 3, 5]) link.receive([link.data(offset, { unordered: true })]);
    const sack = firstOf(link.receive([link.forwardTsn(1)]), "SACK");
    expect(sack.cumulativeTsnAck).toBe((link.peerTsn + 3) >>> 0);
    expect(sack.gapBlocks).toEqual([{ start: 2, end: 2 }]);
  });

  it("MUST NOT: goes back for one that is out of date, which it SHOULD answer with a SACK at once", () => {
    const link = agreed();
    link.receive([link.data(0)]);
    link.receive([link.data(1), link.data(2)]);
    for (const offset of [0, 2]) {
      const sack = only(link.receive([link.forwardTsn(offset, [{ streamId: 0, ssn: 9 }])]), "SACK");
      expect(sack.cumulativeTsnAck).toBe((link.peerTsn + 2) >>> 0);
    }
    // Nor does it skip what that one says of the streams.
    link.receive([link.data(3)]);
    expect(link.read()).toHaveLength(4);
  });

  it("MUST: acknowledges it as DATA: at once where there is a gap, for the second packet, or after the delay", () => {
    const link = agreed();
    link.receive([link.data(0)]);
    expect(link.receive([link.forwardTsn(1, [{ streamId: 0, ssn: 1 }])])).toEqual([]);
    expect(kindsOf(link.receive([link.forwardTsn(2, [{ streamId: 0, ssn: 2 }])]))).toEqual(["SACK"]);
    link.receive([link.forwardTsn(3, [{ streamId: 0, ssn: 3 }])]);
    const late = link.lab.runUntilSent(500);
    expect(firstOf(late, "SACK").cumulativeTsnAck).toBe((link.peerTsn + 3) >>> 0);
    link.receive([link.data(5)]);
    expect(kindsOf(link.receive([link.forwardTsn(4, [{ streamId: 0, ssn: 4 }])]))).toEqual(["SACK"]);
  });

  it("MUST: gives the user what has waited for messages that are skipped, and what follows it", () => {
    const link = agreed();
    const text = (word: string) => ({ payload: new TextEncoder().encode(word) });
    link.receive([link.data(1, text("one")), link.data(2, text("two")), link.data(4, text("four"))]);
    link.receive([link.data(5, { streamId: 1, ssn: 1, ...text("other") })]);
    expect(link.read()).toEqual([]);
    link.receive([link.forwardTsn(0, [{ streamId: 0, ssn: 0 }])]);
    expect(link.read()).toEqual(["one", "two"]);
    link.receive([
      link.forwardTsn(3, [
        { streamId: 0, ssn: 3 },
        { streamId: 1, ssn: 0 },
        { streamId: 9_999, ssn: 4 },
      ]),
    ]);
    expect(link.read()).toEqual(["four", "other"]);
    link.receive([link.data(6, { ssn: 5, ...text("six") })]);
    expect(link.read()).toEqual(["six"]);
  });

  it("MUST: gives the user, in their order, those messages too that the peer gave up although they have come", () => {
    const link = agreed();
    const text = (word: string) => ({ payload: new TextEncoder().encode(word) });
    link.receive([link.data(2, text("two"))]);
    link.receive([link.data(1, text("one"))]);
    link.receive([link.forwardTsn(2, [{ streamId: 0, ssn: 2 }])]);
    expect(link.read()).toEqual(["one", "two"]);
  });

  it("MUST: removes what it has of a message that is skipped, and gives its memory back", () => {
    const link = agreed();
    const part = (offset: number, more = {}) =>
      link.data(offset, { ssn: 0, beginning: false, ending: false, ...more });
    link.receive([part(0, { beginning: true }), part(1), part(3)]);
    expect(link.association.stats.heldBytes).toBeGreaterThan(0);
    link.receive([link.forwardTsn(4, [{ streamId: 0, ssn: 0 }])]);
    expect(link.association.stats.heldBytes).toBe(0);
    link.receive([link.data(5, { ssn: 1 })]);
    expect(link.read()).toEqual(["hello"]);
  });

  it("MUST: drops what comes later of a message that was skipped in part, whatever its order", () => {
    for (const order of [
      [4, 5],
      [5, 4],
    ]) {
      const link = agreed();
      const part = (offset: number, more = {}) =>
        link.data(offset, { ssn: 0, beginning: false, ending: offset === 5, ...more });
      link.receive([part(0, { beginning: true }), part(2)]);
      link.receive([link.forwardTsn(3, [{ streamId: 0, ssn: 0 }])]);
      for (const offset of order) link.receive([part(offset)]);
      expect(link.state).toBe("ESTABLISHED");
      link.receive([link.data(6, { ssn: 1 })]);
      expect(link.read()).toEqual(["hello"]);
      expect(link.association.stats.heldBytes).toBe(0);
    }
  });

  it("MUST: removes also what it had of a message up to its cumulative TSN", () => {
    const link = agreed();
    link.receive([
      link.data(0, { ending: false }),
      link.data(1, { ssn: 0, beginning: false, ending: false }),
    ]);
    link.receive([link.forwardTsn(2, [{ streamId: 0, ssn: 0 }])]);
    expect(link.association.stats.heldBytes).toBe(0);
  });

  it("MUST: drops all of a message that is skipped to its middle, where more of it has come already", () => {
    const link = agreed();
    const part = (offset: number, ending = false) => link.data(offset, { ssn: 0, beginning: false, ending });
    link.receive([part(1), part(2)]);
    link.receive([link.forwardTsn(1, [{ streamId: 0, ssn: 0 }])]);
    link.receive([part(3, true)]);
    link.receive([link.data(4, { ssn: 1 })]);
    expect(link.state).toBe("ESTABLISHED");
    expect(link.read()).toEqual(["hello"]);
    expect(link.association.stats.heldBytes).toBe(0);
  });

  it("MUST: drops the rest of a message of which nothing had come before it was skipped", () => {
    const link = agreed();
    link.receive([link.forwardTsn(1, [{ streamId: 0, ssn: 0 }])]);
    link.receive([link.data(2, { ssn: 0, beginning: false, ending: false })]);
    link.receive([link.data(3, { ssn: 0, beginning: false })]);
    expect(link.state).toBe("ESTABLISHED");
    link.receive([link.data(4, { ssn: 1 })]);
    expect(link.read()).toEqual(["hello"]);
  });

  it("MUST: takes the message with the new cumulative TSN for given up, though the peer never sent its end", () => {
    const link = agreed();
    link.receive([link.data(0, { ending: false, unordered: true }), link.data(2, { unordered: true })]);
    link.receive([link.forwardTsn(1)]);
    link.receive([link.data(3, { unordered: true })]);
    expect(link.state).toBe("ESTABLISHED");
    expect(link.read()).toEqual(["hello", "hello"]);
  });

  it("SHOULD: tells the user that a message of which it has the beginning will not be ended, once", () => {
    const link = agreed({ partialDeliveryPointBytes: 100, interleavedDelivery: false });
    const payload = new Uint8Array(200).fill(0x62);
    link.receive([link.data(0, { ssn: 0, ending: false, payload })]);
    link.receive([link.data(2, { ssn: 1 }), link.data(3, { streamId: 1, ssn: 0 })]);
    expect(link.read()).toEqual(["b".repeat(200)]);
    link.receive([link.forwardTsn(1, [{ streamId: 0, ssn: 0 }])]);
    const aborted = link.lab.events.filter(({ kind }) => kind === "delivery-aborted");
    expect(aborted).toMatchObject([{ delivery: { streamId: 0, ssn: 0, unordered: false } }]);
    // What waited behind it comes now.
    expect(link.read()).toEqual(["hello", "hello"]);
  });

  it("MUST: reports what was skipped and comes all the same as a duplicate, and drops it", () => {
    const link = agreed();
    link.receive([link.forwardTsn(1, [{ streamId: 0, ssn: 1 }])]);
    const sack = firstOf(link.receive([link.data(0)]), "SACK");
    expect(sack.duplicateTsns).toEqual([link.peerTsn]);
    expect(link.read()).toEqual([]);
  });

  it("MUST: follows it however far it goes: half of the TSN space in one step", () => {
    const link = agreed();
    link.receive([link.data(3), link.data(70)]);
    link.receive([link.forwardTsn(0x7fff_fff0, [{ streamId: 0, ssn: 80 }])]);
    expect(link.association.cumulativeTsn).toBe((link.peerTsn + 0x7fff_fff0) >>> 0);
    link.receive([link.data(0x7fff_fff1, { ssn: 81 })]);
    expect(link.read()).toEqual(["hello", "hello", "hello"]);
  });

  it("MUST: acknowledges one in SHUTDOWN-SENT as it does DATA: with a SHUTDOWN", () => {
    const link = agreed();
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    const shutdown = firstOf(link.receive([link.forwardTsn(0, [{ streamId: 0, ssn: 0 }])]), "SHUTDOWN");
    expect(shutdown.cumulativeTsnAck).toBe(link.peerTsn);
  });
});

describe("RFC 3758 4.1 PR-SCTP Service Definition for timed reliability", () => {
  it("MUST: TR2: sends a message again as long as its life lasts", () => {
    const link = agreed();
    link.send(10, { reliability: { lifetimeMs: 1_500 } });
    expect(kindsOf(timeOut(link))).toEqual(["DATA"]);
    expect(kindsOf(timeOut(link))).toEqual(["FORWARD TSN"]);
  });

  it("MUST NOT: TR3: gives a TSN to a message whose life has ended", () => {
    const link = agreed({}, [FORWARD_TSN_SUPPORTED]);
    link.receive([link.sack(-1, { aRwndBytes: 0 })]);
    link.association.send(new Uint8Array(10), {}, link.lab.nowMs);
    link.send(20, { reliability: { lifetimeMs: 100 } });
    link.lab.run(200);
    link.receive([link.sack(-1)]);
    link.receive([link.sack(0)]);
    const ours = chunksOf([...link.lab.sent, ...link.send(30)], "DATA");
    expect(ours.map(({ payload }) => payload.length)).not.toContain(20);
    expect(ours.at(-1)).toMatchObject({ tsn: (link.ourTsn + 1) >>> 0, ssn: 1 });
    expect(failedOf(link)).toEqual([[20, false]]);
  });

  it("MUST: TR4: looks again before each retransmission, also of what was lost while it still lived", () => {
    const link = agreed();
    const lifetimes = [{}, {}, {}, { reliability: { lifetimeMs: 1_200 } }];
    for (const info of lifetimes) link.send(1_100, info);
    timeOut(link); // At 1,000 ms, one packet: the last one waits for the window.
    link.lab.run(500);
    const packets = [0, 1, 2].flatMap((offset) => link.receive([link.sack(offset)]));
    expect(chunksOf(packets, "DATA").map(({ tsn }) => (tsn - link.ourTsn) | 0)).not.toContain(3);
    expect(chunksOf(packets, "FORWARD TSN").at(-1)?.newCumulativeTsn).toBe((link.ourTsn + 3) >>> 0);
  });

  it("MUST: TR4: looks at each chunk that a packet has room for, not at the first alone", () => {
    const link = agreed();
    link.send(10);
    link.send(20, { reliability: { lifetimeMs: 500 } });
    link.send(30);
    const packets = timeOut(link);
    expect(chunksOf(packets, "DATA").map(({ payload }) => payload.length)).toEqual([10, 30]);
    expect(failedOf(link)).toEqual([[20, true]]);
    expect(kindsOf(link.receive([link.sack(0)]))).toEqual(["FORWARD TSN"]);
  });

  it("MUST NOT: TR6: heeds what the user does to the lifetime once the message has been handed over", () => {
    const link = agreed();
    const reliability = { lifetimeMs: 500 };
    link.send(10, { reliability });
    reliability.lifetimeMs = 50_000;
    expect(kindsOf(timeOut(link))).toEqual(["FORWARD TSN"]);
  });
});

describe("RFC 3758 4.2 PR-SCTP Association Establishment", () => {
  it("SHOULD: tells whether both sides know FORWARD TSN, and can be told to offer nothing", () => {
    expect(agreed().association.partialReliability).toBe(true);
    expect(agreed({ partialReliability: false }).association.partialReliability).toBe(false);
    const lab = new Lab();
    lab.listen({ partialReliability: false });
    const initAck = only(lab.receive([initChunk({ parameters: [FORWARD_TSN_SUPPORTED] })]), "INIT ACK");
    expect(initAck.parameters.map(({ kind }) => kind)).toEqual(["State Cookie", "Unrecognized Parameter"]);
  });

  it("MUST: keeps a message that was queued before the peer had said what it knows, and gives it up then", () => {
    const lab = new Lab();
    const association = lab.connect({ heartbeatIntervalMs: 0 });
    association.send(new Uint8Array(10), ONCE, lab.nowMs);
    const tag = only(lab.flush(), "INIT").initiateTag;
    lab.receive([initAckChunk({ parameters: [cookieParameter(), FORWARD_TSN_SUPPORTED] })], { tag });
    lab.receive([{ kind: "COOKIE ACK" }], { tag });
    expect(kindsOf(lab.runUntilSent())).toEqual(["FORWARD TSN"]);
  });
});
