import { expect, it } from "vitest";
import { readBatch } from "../../src/cluster/datagram-batch.ts";
import { NO_WORKER } from "../../src/cluster/member.ts";
import { DatagramLink } from "../../src/node/cluster/cluster-link.ts";

const passage = { address: "10.0.0.1", port: 1, localIndex: 0, ingress: NO_WORKER, step: 0, settled: false };

/** A link whose batches and turns the test has in hand. */
function bench() {
  const posted: Uint8Array[] = [];
  const turns: Array<() => void> = [];
  const link = new DatagramLink(
    (bytes) => posted.push(bytes),
    (flush) => turns.push(flush),
  );
  const turn = () => {
    for (const flush of turns.splice(0)) flush();
  };
  return { link, posted, turn };
}

function sizes(batch: Uint8Array | undefined): number[] {
  const found: number[] = [];
  if (batch !== undefined) readBatch(batch, ({ length }) => found.push(length));
  return found;
}

it("sends what was added in one turn as one batch", () => {
  const { link, posted, turn } = bench();
  link.add(new Uint8Array(1), passage);
  link.add(new Uint8Array(2), passage);
  expect(posted.length).toBe(0);
  turn();
  link.add(new Uint8Array(3), passage);
  turn();
  turn();
  expect(posted.map(sizes)).toEqual([[1, 2], [3]]);
});

it("tells of each datagram when its batch has been taken, in order", () => {
  const { link, turn } = bench();
  const done: number[] = [];
  for (const number of [1, 2]) link.add(new Uint8Array(10), passage, () => done.push(number));
  turn();
  link.add(new Uint8Array(10), passage, () => done.push(3));
  turn();
  expect(done).toEqual([]);
  link.onTaken();
  expect(done).toEqual([1, 2]);
  link.onTaken();
  expect(done).toEqual([1, 2, 3]);
  link.onTaken(); // A word too many changes nothing.
  expect(done).toEqual([1, 2, 3]);
});

it("holds no more than a socket would while nobody takes, and goes on when somebody does", async () => {
  const { link, posted, turn } = bench();
  let done = 0;
  for (let i = 0; i < 10_000; i++) {
    link.add(new Uint8Array(1_200), passage, () => done++);
    if (i % 32 === 31) turn();
  }
  const heldBytes = posted.reduce((sum, { length }) => sum + length, 0);
  expect(heldBytes).toBeLessThanOrEqual(4_194_304);
  expect(heldBytes).toBeGreaterThan(4_000_000);
  const held = posted.flatMap(sizes).length;
  expect(link.droppedCount).toBe(10_000 - held);
  await new Promise((resolve) => process.nextTick(resolve));
  expect(done).toBe(link.droppedCount); // Who waits for a word gets one, even of a loss.
  link.relay(new Uint8Array(100_000));
  expect(posted.flatMap(sizes).length).toBe(held);
  for (const _ of posted) link.onTaken();
  expect(done).toBe(10_000);
  link.relay(new Uint8Array(100_000));
  link.add(new Uint8Array(7), passage);
  turn();
  expect(posted.slice(-2).map(({ length }) => length > 0)).toEqual([true, true]);
  expect(sizes(posted.at(-1))).toEqual([7]);
});
