/** A receive window that follows the flow: RFC 9260 section 6.2, where buffers grow and shrink. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AssociationOptions } from "../../src/base/options.ts";
import { chunksOf, initChunk, Lab, type LabOptions, type Link, only } from "./lab.ts";
import { WindowPeer } from "./window-peer.ts";

const BEGIN_BYTES = 20_000;
const LIMIT_BYTES = 160_000;
const GROWING = {
  receiveBufferBytes: BEGIN_BYTES,
  receiveBufferLimitBytes: LIMIT_BYTES,
  heartbeatIntervalMs: 0,
} as const satisfies Partial<AssociationOptions>;
const PERIOD_MS = 60_000;

function peerOf(options: Partial<AssociationOptions> = {}, stack: LabOptions["stack"] = {}): WindowPeer {
  return new WindowPeer(new Lab({ stack }).accepted({ ...GROWING, ...options }), BEGIN_BYTES);
}

function bufferBytes({ association }: Link): number {
  return association.status().receiveBufferBytes;
}

function droppedCount({ lab }: Link): number {
  return lab.stack.counters["receive-window-full"] ?? 0;
}

/** An association whose HEARTBEATs have been answered after so long. */
function measured(roundTripMs: number): Link {
  const link = new Lab().accepted({ ...GROWING, heartbeatIntervalMs: 1_000 });
  for (let i = 0; i < 10; i++) {
    const beats = chunksOf(link.lab.runUntilSent(), "HEARTBEAT");
    link.lab.run(roundTripMs);
    for (const beat of beats) link.receive([{ ...beat, kind: "HEARTBEAT ACK" }]);
  }
  expect(link.association.paths()[0]?.srttMs).toBeCloseTo(roundTripMs, -1);
  link.association.setOptions({ heartbeatIntervalMs: 0 }, link.lab.nowMs);
  return link;
}

describe("RFC 9260 6.2 Acknowledgement on Reception of DATA Chunks", () => {
  it("MUST: tells the size that its buffer begins with in the INIT ACK, not what it may grow to", () => {
    const lab = new Lab();
    lab.listen(GROWING);
    expect(only(lab.receive([initChunk()]), "INIT ACK").aRwndBytes).toBe(BEGIN_BYTES);
    const bare = new Lab();
    bare.listen();
    expect(only(bare.receive([initChunk()]), "INIT ACK").aRwndBytes).toBe(1_048_576);
  });

  it("SHOULD: opens its window to twice what its user reads in a round trip, up to the limit, and not beyond", () => {
    const peer = peerOf();
    const sizes: number[] = [];
    for (let i = 0; i < 20 && peer.aRwndBytes <= LIMIT_BYTES; i++) {
      peer.flow(1, 100);
      sizes.push(peer.aRwndBytes);
    }
    expect(sizes[0]).toBe(BEGIN_BYTES);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(sizes.at(-1)).toBe(LIMIT_BYTES);
    expect(sizes.some((size) => size > BEGIN_BYTES && size < LIMIT_BYTES)).toBe(true);
    expect(droppedCount(peer.link)).toBe(0);
  });

  it("SHOULD: keeps its window where less than half of it is read in a round trip", () => {
    const peer = peerOf();
    for (let i = 0; i < 200; i++) {
      peer.send(4);
      peer.link.read();
      peer.run(50);
      peer.hear();
      peer.run(50);
    }
    // A round trip is taken for as long as a window's worth and a packet more takes: six of these. Twice that, once, is all.
    expect(bufferBytes(peer.link)).toBeLessThanOrEqual(2 * 6 * 4_000);
  });

  it("SHOULD: knows the round trip from HEARTBEATs where it is longer than it seems", () => {
    const peer = new WindowPeer(measured(1_000), BEGIN_BYTES);
    const { link } = peer;
    // A window's worth in 100 ms, ten of them in the round trip.
    for (let i = 0; i < 30; i++) {
      peer.send(BEGIN_BYTES / 1_000);
      link.read();
      peer.run(100);
      peer.hear();
    }
    expect(bufferBytes(link)).toBe(LIMIT_BYTES);
  });

  it("SHOULD: keeps its window for a flow that is slow, whose window's worth takes many round trips", () => {
    const peer = new WindowPeer(measured(100), BEGIN_BYTES);
    for (let i = 0; i < 100; i++) {
      peer.send(15);
      peer.link.read();
      peer.run(1_000);
      peer.hear();
    }
    expect(bufferBytes(peer.link)).toBe(BEGIN_BYTES);
  });

  it("SHOULD: knows by what comes that the round trip is longer than it was when it was measured", () => {
    const peer = new WindowPeer(measured(100), BEGIN_BYTES);
    peer.flow(20, 350);
    expect(peer.aRwndBytes).toBe(LIMIT_BYTES);
  });

  it("SHOULD: does not grow where its user was given a size, or gave one and no limit", () => {
    for (const options of [
      { receiveBufferLimitBytes: BEGIN_BYTES },
      { receiveBufferLimitBytes: undefined },
    ]) {
      const link = new Lab().accepted({ ...GROWING, ...options } as Partial<AssociationOptions>);
      const peer = new WindowPeer(link, BEGIN_BYTES);
      peer.flow(20, 100);
      expect(peer.aRwndBytes).toBe(BEGIN_BYTES);
    }
  });

  it("SHOULD NOT: grows for a reader that leaves something unread, however much it reads", () => {
    const peer = peerOf();
    for (let i = 0; i < 200; i++) {
      peer.send();
      while (peer.link.association.readableCount > 2)
        peer.link.association.receiveMessage(peer.link.lab.nowMs);
      peer.run(50);
      peer.hear();
      peer.run(50);
    }
    expect(peer.link.association.stats.receivedBytes).toBeGreaterThan(100 * BEGIN_BYTES);
    expect(bufferBytes(peer.link)).toBe(BEGIN_BYTES);
  });

  it("SHOULD NOT: grows by what waits for others, or for a reader", () => {
    const peer = peerOf();
    peer.flow(2, 100);
    const before = bufferBytes(peer.link);
    peer.sentCount++; // One is lost, and what follows it waits.
    peer.send(15);
    for (let i = 0; i < 10; i++) {
      peer.link.read();
      peer.run(100);
    }
    expect(bufferBytes(peer.link)).toBe(before);
  });

  it("MUST: takes what its windows allowed while it grows, though nothing is read any more", () => {
    for (const rounds of [1, 2, 3, 5, 8, 13]) {
      const peer = peerOf();
      peer.flow(rounds, 100);
      peer.send();
      peer.run(200);
      expect(droppedCount(peer.link)).toBe(0);
      expect(peer.link.association.readableCount).toBe(
        peer.sentCount - peer.link.association.stats.receivedMessages,
      );
    }
  });

  it("SHOULD: says so when it has become smaller again: while nothing came for a minute, and nothing waits", () => {
    const peer = peerOf();
    peer.flow(20, 100);
    peer.run(PERIOD_MS);
    peer.hear();
    expect(peer.aRwndBytes).toBe(LIMIT_BYTES); // Of this minute it was needed.
    peer.run(PERIOD_MS);
    peer.hear();
    expect(peer.aRwndBytes).toBe(BEGIN_BYTES);
    expect(bufferBytes(peer.link)).toBe(BEGIN_BYTES);
    // There is nothing left to wait for.
    peer.run(PERIOD_MS);
    expect(peer.link.lab.stack.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it("SHOULD: stays as it is while something waits in it, or the flow goes on", () => {
    const waits = peerOf();
    waits.flow(20, 100);
    waits.send(1);
    waits.run(5 * PERIOD_MS);
    expect(bufferBytes(waits.link)).toBe(LIMIT_BYTES);
    const flows = peerOf();
    flows.flow(70, 2_000);
    expect(bufferBytes(flows.link)).toBe(LIMIT_BYTES);
  });

  it("MUST: takes what a larger window had allowed, though it has become smaller since", () => {
    const peer = peerOf();
    peer.flow(20, 100);
    peer.run(2 * PERIOD_MS); // The peer has not heard of it.
    expect(bufferBytes(peer.link)).toBe(BEGIN_BYTES);
    peer.send();
    peer.run(200);
    expect(peer.link.association.readableCount).toBe(LIMIT_BYTES / 1_000);
    expect(droppedCount(peer.link)).toBe(0);
  });

  it("MAY: drops what only a window of a minute ago had allowed, after which the peer was told of a smaller one", () => {
    const peer = peerOf();
    peer.flow(20, 100);
    peer.run(3 * PERIOD_MS);
    peer.send();
    peer.run(200);
    expect(peer.link.association.readableCount).toBe(BEGIN_BYTES / 1_000);
    expect(droppedCount(peer.link)).toBe((LIMIT_BYTES - BEGIN_BYTES) / 1_000);
  });

  it("MUST: takes what its windows allowed through every growing and shrinking", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("send" as const), count: fc.integer({ min: 1, max: 200 }) }),
      fc.record({ kind: fc.constant("read" as const), count: fc.integer({ min: 1, max: 200 }) }),
      fc.record({ kind: fc.constant("flow" as const), count: fc.integer({ min: 1, max: 8 }) }),
      fc.record({ kind: fc.constant("wait" as const), count: fc.integer({ min: 1, max: 70_000 }) }),
      fc.record({ kind: fc.constant("hear" as const), count: fc.constant(0) }),
    );
    const sizes = fc.constantFrom(300, 1_000, 1_400);
    const budgets = fc.constantFrom(0, 10_000, 1_000_000);
    fc.assert(
      fc.property(fc.array(step, { size: "max", maxLength: 24 }), sizes, budgets, (steps, size, budget) => {
        const lab = new Lab({ stack: { maxBufferGrowthBytes: budget } });
        const peer = new WindowPeer(lab.accepted(GROWING), BEGIN_BYTES, size);
        const { link } = peer;
        let heardAtMs = lab.nowMs;
        for (const { kind, count } of steps) {
          if (kind === "send") peer.send(Math.min(count, peer.allowance));
          if (kind === "flow") peer.flow(count, 80);
          if (kind === "hear") peer.hear();
          if (kind === "read") for (let i = 0; i < count; i++) link.association.receiveMessage(lab.nowMs);
          if (kind === "wait") peer.run(count);
          peer.note(lab.flush());
          // A packet of a minute ago is not on its way any more.
          if (lab.nowMs - heardAtMs > PERIOD_MS / 2) peer.hear();
          heardAtMs = kind === "hear" || kind === "flow" || kind === "wait" ? lab.nowMs : heardAtMs;
          expect(droppedCount(link)).toBe(0);
          const bytes = bufferBytes(link);
          expect(bytes).toBeGreaterThanOrEqual(BEGIN_BYTES);
          expect(bytes).toBeLessThanOrEqual(Math.min(LIMIT_BYTES, BEGIN_BYTES + budget));
          expect(link.association.heldBytes).toBeLessThanOrEqual(4 * LIMIT_BYTES);
        }
      }),
      { numRuns: 30 },
    );
  });
});
