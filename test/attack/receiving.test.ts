/**
 * A peer that sends what no honest one would: our memory stays within the receive buffer, our answers within reason.
 * Owns: DATA in all its abuses, and chunks by the hundred. Does not own: the count of steps (work.test.ts), edges of
 * limits (limits.test.ts).
 */
import { describe, expect, it, vi } from "vitest";
import type { Chunk, DataChunk } from "../../src/chunks/chunk.ts";
import { SeededRandom } from "../../src/platform/random.ts";
import { chunksOf, FORWARD_TSN_SUPPORTED, HEARTBEAT, Lab, type Link, only } from "../conformance/lab.ts";

const BUFFER_BYTES = 65_536;
/** One packet may arrive on top of a buffer that is all but full. */
const SLACK_BYTES = 1_500;
/** What a window allowed is taken though small pieces cost more than their payload, but no more than this. */
const LARGEST_COST_BYTES = 4 * BUFFER_BYTES;

function heldBytes(link: Link): number {
  return link.association.status().heldBytes;
}

/** DATA of a thousand bytes, wholly of the attacker's choosing. */
function data(link: Link, offset: number, more: Partial<DataChunk> = {}): DataChunk {
  return link.data(offset, { payload: new Uint8Array(1_000), ...more });
}

function piece(link: Link, offset: number, more: Partial<DataChunk> = {}): DataChunk {
  return data(link, offset, { beginning: false, ending: false, ssn: 0, ...more });
}

describe("DATA beyond every window", () => {
  it("is dropped once the buffer is full, whoever does not read it", () => {
    const link = new Lab().accepted({ receiveBufferBytes: BUFFER_BYTES });
    for (let i = 0; i < 10_000; i++) {
      link.receive([data(link, i)]);
      expect(heldBytes(link)).toBeLessThanOrEqual(BUFFER_BYTES + SLACK_BYTES);
    }
    expect(link.association.readableCount).toBeLessThanOrEqual(66);
    // The reader comes back, and so does the window.
    link.read();
    expect(heldBytes(link)).toBe(0);
    expect(only(link.lab.flush(), "SACK").aRwndBytes).toBeGreaterThan(BUFFER_BYTES / 2);
  });

  it.each([1, 2, 3])("is dropped in any order, streams and shapes of it (seed %i)", (seed) => {
    const link = new Lab().accepted({ receiveBufferBytes: BUFFER_BYTES }, { outboundStreams: 10 });
    const random = new SeededRandom(seed);
    const bit = (): boolean => (random.uint32() & 1) === 1;
    for (let i = 0; i < 20_000 && link.state === "ESTABLISHED"; i++) {
      const offset = random.uint32() % 4_000;
      // Every message has its place, so that no two pieces contradict one another: it starts at a multiple of eight.
      const beginning = offset % 8 === 0;
      const ending = offset % 8 === 7;
      const streamId = (offset >>> 3) % 10;
      const ssn = Math.floor((offset >>> 3) / 10);
      const payload = new Uint8Array(1 + (random.uint32() % 1_100));
      link.receive([link.data(offset, { beginning, ending, streamId, ssn, payload })]);
      // One piece of four or so costs more than its payload, by half of the least charge.
      expect(heldBytes(link)).toBeLessThanOrEqual(BUFFER_BYTES + BUFFER_BYTES / 8);
      if (bit() && bit() && bit()) link.association.receiveMessage(link.lab.nowMs);
    }
    expect(link.state).toBe("ESTABLISHED");
  });

  it("is dropped if its TSN lies further ahead than a SACK can tell", () => {
    const link = new Lab().accepted();
    const random = new SeededRandom(5);
    for (let i = 0; i < 1_000; i++) {
      const offset = 65_535 + (random.uint32() % 0x7ffe_0000);
      const sack = only(link.receive([data(link, offset)]), "SACK");
      expect(sack).toMatchObject({ cumulativeTsnAck: link.peerTsn - 1, gapBlocks: [] });
    }
    expect(heldBytes(link)).toBe(0);
    expect(link.association.readableCount).toBe(0);
  });
});

describe("a message that never ends", () => {
  it.each([false, true])(
    "goes to its reader in pieces, and takes no more than the buffer (unordered: %s)",
    (unordered) => {
      const link = new Lab().accepted({ receiveBufferBytes: BUFFER_BYTES });
      let read = 0;
      for (let i = 0; i < 5_000; i++) {
        link.receive([piece(link, i, { beginning: i === 0, unordered })]);
        expect(heldBytes(link)).toBeLessThanOrEqual(BUFFER_BYTES + SLACK_BYTES);
        for (;;) {
          const message = link.association.receiveMessage(link.lab.nowMs);
          if (message === undefined) break;
          expect(message.endOfMessage).toBe(false);
          read += message.data.length;
        }
      }
      expect(read + heldBytes(link)).toBe(5_000_000);
    },
  );

  it("takes no more than the buffer where nobody reads", () => {
    const link = new Lab().accepted({ receiveBufferBytes: BUFFER_BYTES });
    for (let i = 0; i < 5_000; i++) link.receive([piece(link, i, { beginning: i === 0 })]);
    expect(heldBytes(link)).toBeLessThanOrEqual(BUFFER_BYTES + SLACK_BYTES);
    expect(link.association.readableCount).toBe(1);
  });

  it("can be begun a thousand times beyond gaps: none of it is handed out, and the lowest TSN displaces it", () => {
    const link = new Lab().accepted({ receiveBufferBytes: BUFFER_BYTES });
    for (let i = 1; i <= 1_000; i++)
      link.receive([piece(link, 2 * i, { beginning: true, unordered: true, streamId: i % 10 })]);
    expect(heldBytes(link)).toBeLessThanOrEqual(BUFFER_BYTES + SLACK_BYTES);
    expect(link.association.readableCount).toBe(0);
    link.receive([data(link, 0)]);
    expect(link.association.readableCount).toBe(1);
  });
});

describe("small pieces", () => {
  it("count more than their payload: a flood of single bytes ends at four times the buffer", () => {
    const link = new Lab().accepted({ receiveBufferBytes: BUFFER_BYTES });
    const payload = new Uint8Array(1);
    for (let i = 0; i < 5_000; i++) link.receive([link.data(i, { payload })]);
    expect(link.association.readableCount).toBe(LARGEST_COST_BYTES / 256);
    for (let i = 0; i < 5_000; i++) link.receive([piece(link, 10_000 + 2 * i, { payload })]);
    expect(heldBytes(link)).toBe(LARGEST_COST_BYTES);
  });

  it("do not keep the large datagrams that they came in", () => {
    const link = new Lab().accepted();
    const padding: Chunk = { kind: "unknown", type: 0x84, flags: 0, value: new Uint8Array(60_000) };
    for (let i = 0; i < 40; i++) {
      link.receive([
        link.data(2 * i, { ssn: i, payload: new Uint8Array(10) }),
        piece(link, 2 * i + 1_001, { unordered: true, payload: new Uint8Array(10) }),
        padding,
      ]);
      // What is in order goes to its reader at once; what was skipped is filled in.
      link.receive([link.data(2 * i + 1, { streamId: 1, ssn: i, payload: new Uint8Array(10) })]);
    }
    let pinned = 0;
    for (;;) {
      const message = link.association.receiveMessage(link.lab.nowMs);
      if (message === undefined) break;
      pinned += message.data.buffer.byteLength;
    }
    expect(pinned).toBeLessThan(80 * 4_096);
  });
});

describe("duplicates", () => {
  it("are answered by a SACK a packet that lists no more of them than the limit, and are not delivered again", () => {
    const link = new Lab().accepted();
    link.receive([link.data(0)]);
    for (let round = 0; round < 50; round++) {
      const answers = link.receive(new Array<Chunk>(1_000).fill(link.data(0)));
      expect(only(answers, "SACK").duplicateTsns).toHaveLength(64);
      expect(answers[0]?.lengthBytes).toBeLessThan(300);
    }
    expect(link.association.readableCount).toBe(1);
  });
});

describe("65,535 streams", () => {
  it("that are asked for get as many as are allowed", () => {
    const link = new Lab().accepted({}, { outboundStreams: 65_535, inboundStreams: 65_535 });
    expect(link.association.inboundStreams).toBe(2_048);
    expect(link.association.outboundStreams).toBe(10);
  });

  it("that are all begun out of order hold no more than four times the buffer", () => {
    const link = new Lab().accepted(
      { receiveBufferBytes: BUFFER_BYTES, maxInboundStreams: 65_535 },
      { outboundStreams: 65_535 },
    );
    for (let streamId = 0; streamId < 60_000; streamId++)
      link.receive([link.data(1 + streamId, { streamId, ssn: 1 })]);
    expect(heldBytes(link)).toBe(LARGEST_COST_BYTES);
  });
});

describe("chunks by the hundred", () => {
  it.each<[string, (link: Link, i: number) => Chunk]>([
    ["ERROR", () => ({ kind: "ERROR", causes: [{ kind: "Out of Resource", code: 4 }] })],
    ["unknown, to be reported", () => ({ kind: "unknown", type: 0xfe, flags: 0, value: new Uint8Array(8) })],
    ["unknown, to be skipped", () => ({ kind: "unknown", type: 0xbe, flags: 0, value: new Uint8Array(8) })],
    ["HEARTBEAT", () => HEARTBEAT],
    [
      "HEARTBEAT ACK",
      () => ({ kind: "HEARTBEAT ACK", parameters: new Uint8Array([0, 1, 0, 4]), info: undefined }),
    ],
    ["COOKIE ACK", () => ({ kind: "COOKIE ACK" })],
    ["SACK", (link) => link.sack(-1)],
    ["DATA on a stream that there is not", (link, i) => link.data(i, { streamId: 9_999 })],
    ["DATA without order", (link, i) => link.data(2 * i + 2, { ssn: (7 * i + 1) & 0xff, streamId: i % 10 })],
  ])("%s: one packet in, at most one packet out, and nothing is left over", (_name, chunk) => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    let offset = 0;
    for (let packet = 0; packet < 50; packet++) {
      const answers = link.receive(Array.from({ length: 100 }, () => chunk(link, offset++)));
      expect(answers.length).toBeLessThanOrEqual(1);
      expect(answers[0]?.lengthBytes ?? 0).toBeLessThanOrEqual(1_200);
    }
    expect(link.lab.run(1_000).length).toBeLessThanOrEqual(1);
    expect(link.lab.events.length).toBeLessThanOrEqual(1 + 1 + 50 * 16);
    if (link.state === "ESTABLISHED") expect(chunksOf(link.send(10), "DATA")).toHaveLength(1);
  });
});

describe("a peer whose UDP port moves with every packet", () => {
  it("is answered where it was heard last, and leaves nothing behind", () => {
    const link = new Lab().accepted();
    for (let i = 0; i < 5_000; i++) {
      const fromUdpPort = 1_024 + ((i * 7_919) % 60_000);
      link.receive([link.data(i)], { fromUdpPort });
      const [answer] = link.send(1);
      if (answer !== undefined) expect(answer.toUdpPort).toBe(fromUdpPort);
      link.receive([link.sack(i)], { fromUdpPort });
      link.association.receiveMessage(link.lab.nowMs);
    }
    expect(link.association.paths()).toHaveLength(1);
    expect(link.lab.stack.associationCount).toBe(1);
  });
});

describe("FORWARD TSN", () => {
  it("leaves nothing behind of streams that the peer may not use, nor of numbers far ahead", () => {
    const link = new Lab().accepted({ maxInboundStreams: 10 }, { parameters: [FORWARD_TSN_SUPPORTED] });
    const kept = vi.spyOn(Map.prototype, "set");
    for (let i = 0; i < 10; i++) {
      const skipped = Array.from({ length: 10_000 }, (_, n) => ({ streamId: 10 + n, ssn: 0x7000 }));
      link.receive([link.forwardTsn(100_000_000 * (i + 1), skipped)]);
    }
    const entries = kept.mock.calls.length;
    kept.mockRestore();
    expect(link.association.cumulativeTsn).toBe((link.peerTsn + 1_000_000_000) >>> 0);
    expect(entries).toBeLessThan(10);
    expect(heldBytes(link)).toBe(0);
  });
});
