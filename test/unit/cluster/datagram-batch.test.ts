import fc from "fast-check";
import { expect, it } from "vitest";
import { BatchWriter, readBatch } from "../../../src/cluster/datagram-batch.ts";
import type { Passage } from "../../../src/cluster/member.ts";

const passages = fc.record({
  address: fc.constantFrom("10.0.0.1", "255.255.255.255", "::1", "fe80::1234:5678:9abc:def0%enp0s31f6"),
  port: fc.constantFrom(0, 1, 9_899, 65_535),
  localIndex: fc.constantFrom(0, 1, 255),
  ingress: fc.constantFrom(0, 127, 255),
  step: fc.constantFrom(0, 32),
  settled: fc.boolean(),
});
const datagrams = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom(1_200, 16_384, 65_507).map((length) => new Uint8Array(length).fill(length)),
);
const entries = fc.array(fc.tuple(datagrams, passages), { maxLength: 12 });

function read(bytes: Uint8Array): Array<[Uint8Array, Passage]> {
  const found: Array<[Uint8Array, Passage]> = [];
  readBatch(bytes, (datagram, passage) => found.push([datagram, passage]));
  return found;
}

/** Strings are compared a thousand times faster than arrays of bytes. */
const legible = (batch: ReadonlyArray<readonly [Uint8Array, Passage]>) =>
  batch.map(([datagram, passage]) => [Buffer.from(datagram).toString("hex"), passage]);

it("what was added comes out, in order, from each of many batches", () => {
  const writer = new BatchWriter();
  fc.assert(
    fc.property(entries, (batch) => {
      for (const [datagram, passage] of batch) writer.add(datagram, passage);
      expect(writer.count).toBe(batch.length);
      const bytes = writer.take();
      expect(writer.lengthBytes).toBe(0);
      expect(legible(read(bytes))).toEqual(legible(batch));
    }),
    { numRuns: 200 },
  );
});

it("the largest datagrams fit, as many as there are", () => {
  const writer = new BatchWriter();
  const passage: Passage = { address: "::1", port: 1, localIndex: 0, ingress: 255, step: 0, settled: false };
  for (let i = 0; i < 5; i++) writer.add(new Uint8Array(65_507).fill(i), passage);
  const found = read(writer.take());
  expect(found.map(([{ length }]) => length)).toEqual(new Array(5).fill(65_507));
  expect(found.every(([bytes], i) => bytes.every((byte) => byte === i))).toBe(true);
});

it("a batch keeps its bytes when the next one is written", () => {
  const writer = new BatchWriter();
  const passage: Passage = { address: "::1", port: 1, localIndex: 0, ingress: 255, step: 0, settled: false };
  writer.add(Uint8Array.of(1, 2, 3), passage);
  const first = writer.take();
  writer.add(Uint8Array.of(4, 5, 6), passage);
  expect(read(first)).toEqual([[Uint8Array.of(1, 2, 3), passage]]);
  expect(read(writer.take())).toEqual([[Uint8Array.of(4, 5, 6), passage]]);
  expect(read(writer.take())).toEqual([]);
});

it("a batch that was cut gives what is whole", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.uint8Array({ maxLength: 40 }), passages), { maxLength: 5 }),
      fc.nat(400),
      (batch, cut) => {
        const writer = new BatchWriter();
        for (const [datagram, passage] of batch) writer.add(datagram, passage);
        const found = read(writer.take().subarray(0, cut));
        expect(legible(found)).toEqual(legible(batch.slice(0, found.length)));
      },
    ),
  );
});
