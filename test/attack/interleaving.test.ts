/**
 * A peer that has agreed on I-DATA, and opens whatever can be opened: what is held stays within its limits, and no step costs more
 * because of what is held (RFC 8260 6).
 * Owns: I-DATA and I-FORWARD-TSN in their abuses. Does not own: DATA (receiving.test.ts).
 */
import { describe, expect, it, vi } from "vitest";
import type { AssociationOptions } from "../../src/base/options.ts";
import type { IDataChunk } from "../../src/chunks/chunk.ts";
import { SeededRandom } from "../../src/platform/random.ts";
import { FORWARD_TSN_SUPPORTED, Lab, type Link, supportedExtensions } from "../conformance/lab.ts";

const BUFFER_BYTES = 65_536;
/** What a window allowed is taken though small pieces cost more than their payload, but no more than this. */
const LARGEST_COST_BYTES = 4 * BUFFER_BYTES;
const ONE_BYTE = new Uint8Array(1);

function interleaved(options: Partial<AssociationOptions> = {}): Link {
  return new Lab().accepted(
    { interleaving: true, receiveBufferBytes: BUFFER_BYTES, heartbeatIntervalMs: 0, ...options },
    { parameters: [FORWARD_TSN_SUPPORTED, supportedExtensions(64, 192, 194)], outboundStreams: 1_000 },
  );
}

/** The first fragment of a message of its own. */
function begun(link: Link, offset: number, more: Partial<IDataChunk> = {}): IDataChunk {
  return link.iData(offset, { ending: false, unordered: true, payload: ONE_BYTE, ...more });
}

const heldBytes = ({ association }: Link): number => association.status().heldBytes;

/** Sends chunks, so many in a packet. */
function pour(link: Link, chunks: readonly IDataChunk[], perPacket = 40): void {
  for (let i = 0; i < chunks.length && link.state === "ESTABLISHED"; i += perPacket)
    link.receive(chunks.slice(i, i + perPacket));
}

describe("messages that are begun and never ended", () => {
  it.each([
    ["a million MIDs of one stream", (): number => 0],
    ["a million MIDs of a thousand streams", (i: number): number => i % 1_000],
  ])("%s take no more than the buffer costs", (_what, streamOf) => {
    const link = interleaved();
    for (let i = 0; i < 1_000_000; i += 2_500) {
      const chunks = Array.from({ length: 40 }, (_, k) =>
        begun(link, i + k, { streamId: streamOf(i + k), mid: i + k }),
      );
      link.receive(chunks);
      expect(heldBytes(link)).toBeLessThanOrEqual(LARGEST_COST_BYTES);
    }
    expect(link.state).toBe("ESTABLISHED");
  });

  it("are no more than `maxReassemblyFragments`", () => {
    const link = interleaved({ maxReassemblyFragments: 100, receiveBufferBytes: 1_048_576 });
    pour(
      link,
      Array.from({ length: 1_000 }, (_, i) => begun(link, i, { mid: i })),
    );
    expect(heldBytes(link)).toBe(100 * 256);
    expect(link.association.cumulativeTsn).toBe((link.peerTsn + 99) >>> 0);
  });

  it("are open to the user once for each stream at most, though each is large enough to be handed out", () => {
    const link = interleaved({ partialDeliveryPointBytes: 1, maxInboundStreams: 8 });
    let offset = 0;
    const pieces: number[] = [];
    for (let mid = 0; mid < 300; mid++)
      for (let streamId = 0; streamId < 8; streamId++) {
        link.receive([begun(link, offset++, { streamId, mid, payload: new Uint8Array(10) })]);
        for (let next = link.association.receiveMessage(link.lab.nowMs); next !== undefined; ) {
          pieces.push(next.streamId);
          next = link.association.receiveMessage(link.lab.nowMs);
        }
      }
    expect(pieces.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("make room for what lies lower, and come again", () => {
    const link = interleaved({ receiveBufferBytes: 8_192 });
    const far = Array.from({ length: 200 }, (_, i) =>
      begun(link, 2 + i, { mid: 1 + i, payload: new Uint8Array(200) }),
    );
    pour(link, far, 4);
    expect(heldBytes(link)).toBeGreaterThan(6_000);
    link.receive([begun(link, 0, { mid: 0, unordered: false, payload: new Uint8Array(1_000) })]);
    link.receive([link.iData(1, { mid: 0, beginning: false, ppidOrFsn: 1, payload: new Uint8Array(1_000) })]);
    expect(link.read().map(({ length }) => length)).toContain(2_000);
  });
});

describe("numbers far away", () => {
  it("cost no more than near ones: FSNs and MIDs anywhere in their 32 bits", () => {
    const link = interleaved();
    const random = new SeededRandom(8);
    for (let i = 0; i < 20_000 && link.state === "ESTABLISHED"; i++) {
      const mid = random.uint32();
      link.receive([
        link.iData(i, {
          mid,
          unordered: true,
          beginning: false,
          ending: false,
          ppidOrFsn: random.uint32() >>> 1,
          payload: ONE_BYTE,
        }),
      ]);
      expect(heldBytes(link)).toBeLessThanOrEqual(LARGEST_COST_BYTES);
    }
  });

  it("end the association where they have been delivered, or lie in no order", () => {
    const link = interleaved();
    link.receive([link.iData(0, { mid: 0 })]);
    link.receive([begun(link, 1, { mid: 0, unordered: false })]);
    expect(link.state).toBe("CLOSED");
    const other = interleaved();
    other.receive([begun(other, 0, { mid: 0, beginning: false, ppidOrFsn: 0x9000_0000 })]);
    expect(other.state).toBe("CLOSED");
  });
});

describe("I-FORWARD-TSN", () => {
  it("backwards, and again and again, does nothing but bring a SACK", () => {
    const link = interleaved();
    for (let i = 0; i < 5; i++) link.receive([link.iData(i)]);
    link.read();
    for (let i = 0; i < 1_000; i++) {
      const answer = link.receive([
        link.iForwardTsn(4 - (i % 50), [{ streamId: 0, unordered: false, mid: 2 ** 31 + i }]),
      ]);
      expect(answer.map(({ kinds }) => kinds.join())).toEqual(["SACK"]);
    }
    link.receive([link.iData(5)]);
    expect(link.read()).toEqual(["hello"]);
  });

  it("far ahead leaves a stream that still works, with the numbers that follow", () => {
    const link = interleaved();
    link.receive([link.iForwardTsn(0x7fff_0000, [{ streamId: 0, unordered: false, mid: 0x7fff_fff0 }])]);
    link.receive([link.iData(0x7fff_0001, { mid: 0x7fff_fff1 })]);
    expect(link.read()).toEqual(["hello"]);
  });

  it("of streams that there are not, and of one a thousand times, is no work", () => {
    const link = interleaved();
    const steps = vi.spyOn(Map.prototype, "values");
    pour(
      link,
      Array.from({ length: 2_000 }, (_, i) => begun(link, 1 + 2 * i, { mid: i + 1 })),
    );
    steps.mockClear();
    const skipped = Array.from({ length: 140 }, (_, i) => ({
      streamId: i % 2 === 0 ? 0 : 60_000 + i,
      unordered: true,
      mid: 0,
    }));
    link.receive([link.iForwardTsn(0, skipped)]);
    // One walk over the messages of the one stream, whatever the list says.
    expect(steps.mock.calls.length).toBeLessThan(10);
    steps.mockRestore();
  });

  it("of every stream, over and over, keeps two numbers for each", () => {
    const link = interleaved({ maxInboundStreams: 1_000 });
    for (let round = 0; round < 20; round++) {
      for (let from = 0; from < 1_000; from += 100) {
        const skipped = Array.from({ length: 100 }, (_, i) => ({
          streamId: from + i,
          unordered: round % 2 === 0,
          mid: round,
        }));
        link.receive([link.iForwardTsn(round * 10 + from / 100, skipped)]);
      }
    }
    expect(heldBytes(link)).toBe(0);
    link.receive([link.iData(200, { streamId: 999, mid: 20 })]);
    expect(link.read()).toEqual(["hello"]);
  });
});
