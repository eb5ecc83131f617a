/** Streams, checksum, fragments and bundles: RFC 9260 sections 6.5, 6.6, 6.8, 6.9 and 6.10. */
import { describe, expect, it } from "vitest";
import { sealPacket } from "../../src/chunks/common-header.ts";
import { encodePacket } from "../../src/chunks/packet.ts";
import type { RandomSource } from "../../src/platform/random.ts";
import { SeededRandom } from "../../src/platform/random.ts";
import {
  BY_RFC_9260_7_2,
  chunksOf,
  dataChunk,
  FULL_PAYLOAD,
  firstOf,
  HEARTBEAT,
  Lab,
  type Link,
  OUR_PORT,
  only,
  PEER_ADDRESS,
  PEER_PORT,
} from "./lab.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Randomness whose every 32-bit number is the given one, but for a counter in the lowest bits. */
function nearWrap(start: number): RandomSource {
  const seeded = new SeededRandom(1);
  let next = start;
  return { uint32: () => next++ >>> 0, fill: (bytes) => seeded.fill(bytes) };
}

describe("RFC 9260 6.5 Stream Identifier and Stream Sequence Number", () => {
  it("SHOULD: acknowledges and discards DATA of an invalid stream, and answers with the cause Invalid Stream Identifier", () => {
    const link = new Lab().accepted();
    const answer = link.receive([link.data(0, { streamId: 10 })]);
    expect(firstOf(answer, "SACK").cumulativeTsnAck).toBe(link.peerTsn);
    expect(firstOf(answer, "ERROR").causes).toEqual([
      { kind: "Invalid Stream Identifier", code: 1, streamId: 10 },
    ]);
    expect(link.association.readableCount).toBe(0);
    expect(link.state).toBe("ESTABLISHED");
  });

  it("MUST: sends on valid streams only", () => {
    const link = new Lab().accepted({}, { inboundStreams: 3 });
    link.send(1, { streamId: 2 });
    expect(() => link.send(1, { streamId: 3 })).toThrow(
      expect.objectContaining({ code: "ERR_SCTP_INVALID_STREAM" }),
    );
  });

  it("MUST: counts the Stream Sequence Numbers of each stream from 0, by one for each ordered message", () => {
    const link = new Lab().accepted({ maxBurst: 100 });
    const seen = [0, 1, 0, 0, 1].flatMap((streamId) => chunksOf(link.send(4, { streamId }), "DATA"));
    expect(seen.map(({ streamId, ssn }) => [streamId, ssn])).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [0, 2],
      [1, 1],
    ]);
  });

  it("MUST: 65,535 is followed by 0, in both directions", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    const ssns: number[] = [];
    for (let i = 0; i < 65_538; i++) {
      for (const { ssn } of chunksOf(link.send(1), "DATA")) ssns.push(ssn);
      link.receive([link.sack(i)]);
      link.receive([link.data(i, { payload: text("x") })]);
      link.association.receiveMessage(link.lab.nowMs);
    }
    expect(ssns.slice(65_534)).toEqual([65_534, 65_535, 0, 1]);
    expect(link.association.stats.receivedMessages).toBe(65_538);
  });

  it("MUST NOT: changes the Stream Sequence Number for unordered messages", () => {
    const link = new Lab().accepted({ maxBurst: 100 });
    link.send(1);
    link.send(1, { unordered: true });
    expect(chunksOf(link.send(1), "DATA")[0]?.ssn).toBe(1);
  });

  it("MUST: TSNs go on across 2^32, in both directions", () => {
    const lab = new Lab({ random: nearWrap(0xffff_fffa) });
    const link = lab.accepted({ heartbeatIntervalMs: 0 }, { initialTsn: 0xffff_fffd });
    expect(link.ourTsn).toBeGreaterThan(0xffff_fff0);
    const tsns: number[] = [];
    for (let i = 0; i < 20; i++) {
      for (const { tsn } of chunksOf(link.send(1), "DATA")) tsns.push((tsn - link.ourTsn) >>> 0);
      link.receive([link.sack(i), link.data(i)]);
    }
    expect(tsns).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(link.read()).toHaveLength(20);
  });
});

describe("RFC 9260 6.6 Ordered and Unordered Delivery", () => {
  it("MUST: delivers ordered messages by their Stream Sequence Numbers, and holds what comes too early", () => {
    const link = new Lab().accepted();
    link.receive([link.data(1, { ssn: 1, payload: text("b") })]);
    link.receive([link.data(2, { ssn: 2, payload: text("c") })]);
    expect(link.read()).toEqual([]);
    link.receive([link.data(0, { ssn: 0, payload: text("a") })]);
    expect(link.read()).toEqual(["a", "b", "c"]);
  });

  it("MUST: treats a Stream Sequence Number that was used already as a breach of the protocol", () => {
    for (const ssn of [0, 65_535, 2]) {
      const link = new Lab().accepted();
      link.receive([link.data(0, { ssn: 0 }), link.data(2, { ssn: 2 })]);
      const [abort] = chunksOf(link.receive([link.data(3, { ssn })]), "ABORT");
      expect(abort?.causes).toMatchObject([{ kind: "Protocol Violation" }]);
      expect(link.state).toBe("CLOSED");
    }
  });

  it("MUST: holds messages more than half of the Stream Sequence Numbers ahead while a TSN is missing [A6]", () => {
    const link = new Lab().accepted({ receiveBufferBytes: 67_108_864 });
    const payload = new Uint8Array(1);
    const perPacket = 1_000;
    for (let offset = 40_000; offset > 0; offset -= perPacket) {
      const count = Math.min(perPacket, offset);
      link.receive(Array.from({ length: count }, (_, i) => link.data(offset - i, { payload })));
    }
    expect([link.state, link.association.readableCount]).toEqual(["ESTABLISHED", 0]);
    link.receive([link.data(0, { payload })]);
    const ssns: number[] = [];
    for (;;) {
      const message = link.association.receiveMessage(link.lab.nowMs);
      if (message === undefined) break;
      ssns.push(message.ssn);
    }
    expect(ssns).toEqual(Array.from({ length: 40_001 }, (_, ssn) => ssn));
  });

  it("MUST: lets one stream wait without the others", () => {
    const link = new Lab().accepted();
    link.receive([link.data(1, { ssn: 1, payload: text("early") })]);
    link.receive([link.data(2, { streamId: 1, ssn: 0, payload: text("other") })]);
    expect(link.read()).toEqual(["other"]);
  });

  it("MUST: delivers unordered messages at once, after reassembly, and ignores their Stream Sequence Number", () => {
    const link = new Lab().accepted();
    link.receive([link.data(3, { unordered: true, ssn: 999, payload: text("now") })]);
    expect(link.read()).toEqual(["now"]);
    link.receive([link.data(5, { unordered: true, ssn: 1, beginning: false, payload: text("lf") })]);
    expect(link.read()).toEqual([]);
    link.receive([link.data(4, { unordered: true, ssn: 7, ending: false, payload: text("ha") })]);
    expect(link.read()).toEqual(["half"]);
  });
});

describe("RFC 9260 6.8 CRC32c Checksum Calculation", () => {
  it("MUST: seals every packet with the CRC32c of header and chunks", () => {
    const link = new Lab().accepted();
    link.send(100); // The bench refuses packets whose checksum is wrong.
    expect(link.lab.sent.length).toBeGreaterThanOrEqual(3);
  });

  it("MUST: discards a packet whose checksum is wrong, in silence, before it looks at anything else", () => {
    const link = new Lab().accepted();
    const packet = encodePacket({
      sourcePort: PEER_PORT,
      destinationPort: OUR_PORT,
      verificationTag: link.association.localTag,
      chunks: [dataChunk({ tsn: link.peerTsn })],
    });
    for (let at = 0; at < packet.length; at++) {
      const bad = packet.slice();
      bad[at] = (bad[at] ?? 0) ^ 0x10;
      expect(link.lab.receiveBytes(bad, { fromUdpPort: 1_234 })).toEqual([]);
    }
    expect(link.association.readableCount).toBe(0);
    expect(link.association.path(PEER_ADDRESS).remoteUdpPort).toBe(9_899);
    expect(link.lab.receiveBytes(packet)).toHaveLength(1);
  });
});

describe("RFC 9260 6.9 Fragmentation and Reassembly", () => {
  it("MUST: cuts a message into consecutive TSNs of one SSN, marked 10, 00, 01", () => {
    const link = new Lab().accepted();
    const sent = chunksOf(link.send(3 * FULL_PAYLOAD), "DATA");
    expect(sent.map(({ tsn }) => tsn - link.ourTsn)).toEqual([0, 1, 2]);
    expect(sent.map(({ beginning, ending }) => [beginning, ending])).toEqual([
      [true, false],
      [false, false],
      [false, true],
    ]);
    expect(new Set(sent.map(({ ssn }) => ssn)).size).toBe(1);
  });

  it("MUST: sets the U flag on every fragment of an unordered message", () => {
    const link = new Lab().accepted();
    const sent = chunksOf(link.send(3 * FULL_PAYLOAD, { unordered: true }), "DATA");
    expect(sent.map(({ unordered }) => unordered)).toEqual([true, true, true]);
  });

  it("MUST: leaves room for the headers", () => {
    const link = new Lab().accepted();
    expect(Math.max(...link.send(5_000).map(({ lengthBytes }) => lengthBytes))).toBe(1_200);
  });

  it("MUST: takes the room of a SACK into account", () => {
    const link = new Lab().accepted();
    link.receive([link.data(0)]);
    for (const offset of [2, 3]) link.receive([link.data(offset)]);
    const sent = link.receive([link.data(4)]).concat(link.send(3_000));
    for (const { lengthBytes } of sent) expect(lengthBytes).toBeLessThanOrEqual(1_200);
  });

  it("MAY: cuts what does not fit into one chunk so that it fills the packet of what goes before", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    link.send(4 * FULL_PAYLOAD);
    const tailBytes = 300;
    const large = 2 * FULL_PAYLOAD + tailBytes;
    for (let i = 0; i < 3; i++) link.association.send(new Uint8Array(large).fill(i), {}, link.lab.nowMs);
    const sent = [3, 7].flatMap((acked) => link.receive([link.sack(acked)]));
    expect(sent.map(({ lengthBytes }) => lengthBytes).slice(0, -1)).toEqual(Array(6).fill(1_200));
    const sizes = chunksOf(sent, "DATA").map(({ payload }) => payload.length);
    const filling = FULL_PAYLOAD - tailBytes - 16;
    expect(sizes.slice(0, 5)).toEqual([FULL_PAYLOAD, FULL_PAYLOAD, tailBytes, filling, FULL_PAYLOAD]);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(3 * large);
  });

  it("MAY: leaves room that is not worth a chunk, and never cuts a message that fits into one", () => {
    const link = new Lab().accepted({ ...BY_RFC_9260_7_2, heartbeatIntervalMs: 0 });
    const almostFull = 1_040; // Leaves 116 bytes of payload behind it, less than an eighth of a chunk.
    link.send(4 * FULL_PAYLOAD);
    link.association.send(new Uint8Array(almostFull), {}, link.lab.nowMs);
    link.association.send(new Uint8Array(2 * FULL_PAYLOAD), {}, link.lab.nowMs);
    link.association.send(new Uint8Array(500), {}, link.lab.nowMs);
    link.association.send(new Uint8Array(FULL_PAYLOAD), {}, link.lab.nowMs);
    link.association.send(new Uint8Array(1), {}, link.lab.nowMs);
    const sent = [3, 7].flatMap((acked) => link.receive([link.sack(acked)])).concat(link.lab.run(300));
    const sizes = chunksOf(sent, "DATA").map(({ payload }) => payload.length);
    expect(sizes).toEqual([almostFull, FULL_PAYLOAD, FULL_PAYLOAD, 500, FULL_PAYLOAD, 1]);
  });

  it("MUST NOT: cuts a message anew once it has been cut: after a fall of the path MTU, IP fragments its packets", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    link.send(2 * FULL_PAYLOAD);
    link.association.setPathOptions(PEER_ADDRESS, { maxPacketBytes: 600 }, link.lab.nowMs);
    const again = link.lab.runUntilSent();
    expect(chunksOf(again, "DATA").map(({ payload }) => payload.length)).toEqual([FULL_PAYLOAD]);
    expect(again[0]?.lengthBytes).toBe(1_200);
    link.receive([link.sack(1)]);
    const later = link.send(1_000);
    expect(later.map(({ lengthBytes }) => lengthBytes).sort()).toEqual([456, 600]);
  });

  it("SHOULD: cuts for the smallest packet of all the peer's addresses", () => {
    const lab = new Lab();
    const link = lab.connected({}, {}, [PEER_ADDRESS]);
    expect(link.association.status().fragmentationPointBytes).toBe(FULL_PAYLOAD);
    link.association.setPathOptions(PEER_ADDRESS, { maxPacketBytes: 1_400 }, link.lab.nowMs);
    expect(link.association.status().fragmentationPointBytes).toBe(1_372);
  });

  it("MUST: puts fragments together in whatever order they come", () => {
    const orders = [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [1, 3, 0, 2],
      [2, 0, 3, 1],
    ];
    for (const order of orders) {
      const link = new Lab().accepted();
      for (const i of order) {
        const fragment = link.data(i, { ssn: 0, beginning: i === 0, ending: i === 3, payload: text(`${i}`) });
        link.receive([fragment]);
      }
      expect(link.read()).toEqual(["0123"]);
    }
  });

  it("SHOULD: hands out the beginning of a message for which the buffer is too small", () => {
    const link = new Lab().accepted({ receiveBufferBytes: 4_096 });
    let got = 0;
    for (let i = 0; i < 12; i++) {
      link.receive([
        link.data(i, { ssn: 0, beginning: i === 0, ending: i === 11, payload: new Uint8Array(1_000) }),
      ]);
      const piece = link.association.receiveMessage(link.lab.nowMs);
      got += piece?.data.length ?? 0;
    }
    for (
      let piece = link.association.receiveMessage(0);
      piece !== undefined;
      piece = link.association.receiveMessage(0)
    )
      got += piece.data.length;
    expect(got).toBe(12_000);
  });

  it("MUST: keeps the next message of the stream back while only the beginning of the one before it has been handed out", () => {
    const link = new Lab().accepted({ receiveBufferBytes: 4_096 });
    for (let i = 0; i < 4; i++) {
      link.receive([
        link.data(i, { ssn: 0, beginning: i === 0, ending: false, payload: new Uint8Array(1_000) }),
      ]);
    }
    expect(link.association.receiveMessage(0)).toMatchObject({ endOfMessage: false });
    link.receive([link.data(5, { ssn: 1, payload: text("next") })]);
    expect(link.read()).toEqual([]);
    link.receive([link.data(4, { ssn: 0, beginning: false, ending: true, payload: text("end") })]);
    expect(link.read()).toEqual(["end", "next"]);
  });

  it("MUST: treats fragments that contradict one another as a breach of the protocol", () => {
    const cases: Array<(link: Link) => ReturnType<Link["data"]>> = [
      (link) => link.data(1, { ssn: 5, beginning: false }), // Another SSN.
      (link) => link.data(1, { ssn: 0, streamId: 3, beginning: false }), // Another stream.
      (link) => link.data(1, { ssn: 0, unordered: true, beginning: false }), // Another U flag.
      (link) => link.data(1, { ssn: 1 }), // A whole message before the old one ended.
      (link) => link.data(1, { ssn: 1, ending: false }), // A new message before the old one ended.
    ];
    for (const contradiction of cases) {
      const link = new Lab().accepted();
      link.receive([link.data(0, { ssn: 0, ending: false })]);
      const abort = only(link.receive([contradiction(link)]), "ABORT");
      expect(abort.causes.map(({ kind }) => kind)).toEqual(["Protocol Violation"]);
    }
  });

  it("MUST: treats a fragment that cannot belong to any message so, too", () => {
    const cases: Array<(link: Link) => Array<ReturnType<Link["data"]>>> = [
      (link) => [link.data(0, { ssn: 0, beginning: false })], // The very first TSN begins nothing.
      (link) => [link.data(0), link.data(1, { ssn: 1, beginning: false })], // What came before has ended.
      (link) => [link.data(1, { ssn: 1 }), link.data(0, { ssn: 0, ending: false })], // What comes after begins.
      (link) => [link.data(1, { ssn: 0, beginning: false }), link.data(0, { ssn: 0 })], // What comes after does not.
    ];
    for (const fragments of cases) {
      const link = new Lab().accepted();
      const answers = fragments(link).flatMap((chunk) => link.receive([chunk]));
      expect(firstOf(answers, "ABORT").causes.map(({ kind }) => kind)).toEqual(["Protocol Violation"]);
    }
  });
});

describe("RFC 9260 6.10 Bundling", () => {
  it("MUST: bundles small messages in ascending order of TSN, within the packet size", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    link.send(4 * FULL_PAYLOAD);
    for (let i = 0; i < 100; i++) link.association.send(new Uint8Array(50), {}, link.lab.nowMs);
    const sent = link.receive([link.sack(3)]);
    expect(sent[0]?.kinds.length).toBeGreaterThan(10);
    for (const packet of sent) {
      expect(packet.lengthBytes).toBeLessThanOrEqual(1_200);
      const tsns = chunksOf([packet], "DATA").map(({ tsn }) => tsn);
      expect(tsns).toEqual([...tsns].sort((a, b) => a - b));
    }
  });

  it("MUST: places control chunks first", () => {
    const link = new Lab().accepted();
    link.association.send(new Uint8Array(5), {}, link.lab.nowMs);
    const [packet] = link.receive([HEARTBEAT, link.data(0)]);
    expect(packet?.kinds).toEqual(["HEARTBEAT ACK", "SACK", "DATA"]);
  });

  it("MUST: processes the chunks of a packet in their order", () => {
    const link = new Lab().accepted();
    link.receive([link.data(0, { payload: text("1") }), link.data(1, { payload: text("2") })]);
    expect(link.read()).toEqual(["1", "2"]);
  });

  it("MUST: drops a partial chunk, and keeps those before it", () => {
    const link = new Lab().accepted();
    const packet = encodePacket({
      sourcePort: PEER_PORT,
      destinationPort: OUR_PORT,
      verificationTag: link.association.localTag,
      chunks: [link.data(0, { payload: text("whole") }), link.data(1, { payload: text("partial!") })],
    });
    link.lab.receiveBytes(reseal(packet.slice(0, packet.length - 4)));
    expect(link.read()).toEqual(["whole"]);
    link.lab.run(200);
    expect(chunksOf(link.lab.sent, "SACK").at(-1)?.cumulativeTsnAck).toBe(link.peerTsn);
  });

  it("MUST NOT: bundles INIT, INIT ACK or SHUTDOWN COMPLETE with anything", () => {
    const lab = new Lab();
    const link = lab.accepted();
    link.association.send(new Uint8Array(10), {}, lab.nowMs);
    lab.flush();
    link.receive([link.sack(0)]);
    link.association.shutdown(lab.nowMs);
    lab.flush();
    link.receive([HEARTBEAT, { kind: "SHUTDOWN ACK" }]);
    const other = new Lab();
    other.connect();
    other.flush();
    for (const { kinds } of [...lab.sent, ...other.sent]) {
      if (kinds.some((kind) => kind === "INIT" || kind === "INIT ACK" || kind === "SHUTDOWN COMPLETE"))
        expect(kinds).toHaveLength(1);
    }
    expect(chunksOf(lab.sent, "SHUTDOWN COMPLETE")).toHaveLength(1);
  });

  it("MUST NOT: bundles DATA with SHUTDOWN or SHUTDOWN ACK", () => {
    const link = new Lab().accepted();
    link.send(3 * FULL_PAYLOAD);
    link.association.shutdown(link.lab.nowMs);
    link.receive([link.sack(0)]);
    const answer = link.receive([link.sack(2)]);
    expect(answer.at(-1)?.kinds).toEqual(["SHUTDOWN"]);
  });
});

/** The same packet with the checksum that it should have. */
function reseal(bytes: Uint8Array): Uint8Array {
  sealPacket(bytes);
  return bytes;
}
