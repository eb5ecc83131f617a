/** A send buffer that grows with what may be in flight. */
import { describe, expect, it } from "vitest";
import { sendBufferWorth } from "../../../../src/association/sending/send-buffer-worth.ts";
import type { AssociationOptions } from "../../../../src/base/options.ts";
import {
  chunksOf,
  FORWARD_TSN_SUPPORTED,
  Lab,
  type LabOptions,
  type Link,
} from "../../../conformance/lab.ts";
import { testPath } from "../../../inside/seat.ts";

/** More than twice the first window. */
const BEGIN_BYTES = 24_000;
const LIMIT_BYTES = 60_000;
const GROWING = {
  sendBufferBytes: BEGIN_BYTES,
  sendBufferLimitBytes: LIMIT_BYTES,
  heartbeatIntervalMs: 0,
  maxBurst: 1_024,
} as const satisfies Partial<AssociationOptions>;
const KILOBYTE = new Uint8Array(1_000);

function linkOf(options: Partial<AssociationOptions> = {}, stack: LabOptions["stack"] = {}): Link {
  return new Lab({ stack }).accepted({ ...GROWING, ...options });
}

function fill({ association, lab }: Link): void {
  while (association.isWritable) association.send(KILOBYTE, {}, lab.nowMs);
  lab.flush();
}

/** Of all that has been sent. */
function acknowledge(link: Link, aRwndBytes = 1_000_000): void {
  link.lab.run(50);
  link.receive([link.sack(chunksOf(link.lab.sent, "DATA").length - 1, { aRwndBytes })]);
  link.lab.flush();
}

function sizeOf({ association }: Link): number {
  return association.status().sendBufferBytes;
}

/** How large it gets where the user always sends. */
function largest(link: Link, aRwndBytes?: number): number {
  let bytes = 0;
  for (let i = 0; i < 30; i++) {
    fill(link);
    bytes = Math.max(bytes, sizeOf(link));
    acknowledge(link, aRwndBytes);
  }
  return bytes;
}

describe("the send buffer", () => {
  it("begins with its size, and grows to twice the congestion window once the user has filled it, up to the limit", () => {
    const link = linkOf();
    fill(link);
    expect(link.association.bufferedBytes).toBe(BEGIN_BYTES);
    let isBetween = false;
    for (let i = 0; i < 30; i++) {
      acknowledge(link);
      const { cwndBytes } = link.association.paths()[0]!;
      fill(link);
      const bytes = sizeOf(link);
      expect(bytes).toBeGreaterThanOrEqual(Math.min(2 * cwndBytes, LIMIT_BYTES));
      isBetween ||= bytes > BEGIN_BYTES && bytes < LIMIT_BYTES;
    }
    expect(isBetween).toBe(true);
    expect(sizeOf(link)).toBe(LIMIT_BYTES);
    expect(link.association.bufferedBytes).toBe(LIMIT_BYTES);
  });

  it("stays as it is where its user was given a size and no limit, or the same limit", () => {
    expect(largest(linkOf({ sendBufferLimitBytes: BEGIN_BYTES }))).toBe(BEGIN_BYTES);
    const fixed = new Lab().accepted({
      sendBufferBytes: BEGIN_BYTES,
      heartbeatIntervalMs: 0,
      maxBurst: 1_024,
    });
    expect(largest(fixed)).toBe(BEGIN_BYTES);
  });

  it("grows to no more than twice what the peer has room for", () => {
    expect(largest(linkOf(), 15_000)).toBe(30_000);
    expect(largest(linkOf(), 1_500)).toBe(BEGIN_BYTES);
  });

  it("has its first size again when nothing is left to be acknowledged", () => {
    const link = linkOf();
    largest(link);
    fill(link);
    expect(sizeOf(link)).toBe(LIMIT_BYTES);
    for (let i = 0; i < 10; i++) acknowledge(link);
    expect(link.association.isDry).toBe(true);
    expect(sizeOf(link)).toBe(BEGIN_BYTES);
  });

  it("tells of room when half of what it has grown to is free", () => {
    const link = linkOf();
    largest(link);
    fill(link);
    const before = link.lab.eventKinds.filter((kind) => kind === "writable").length;
    const told = (): number => link.lab.eventKinds.filter((kind) => kind === "writable").length - before;
    const outstanding = chunksOf(link.lab.sent, "DATA").length - link.association.status().unackedChunks;
    link.receive([link.sack(outstanding + 28)]); // 29 of the sixty.
    expect(told()).toBe(0);
    link.receive([link.sack(outstanding + 29)]);
    expect(told()).toBe(1);
  });

  it("gives back what it has grown by where a smaller size is said while it lives", () => {
    const link = linkOf();
    largest(link);
    fill(link);
    link.association.setOptions({ sackDelayMs: 100 }, link.lab.nowMs);
    expect(sizeOf(link)).toBe(LIMIT_BYTES);
    link.association.setOptions({ sendBufferBytes: 30_000 }, link.lab.nowMs);
    expect(sizeOf(link)).toBe(30_000);
    expect(link.association.isWritable).toBe(false);
    expect(largest(link)).toBe(30_000);
  });

  it("gives up messages for a more important one only where it may not grow (RFC 7496 3.2)", () => {
    for (const mayGrow of [true, false]) {
      const link = new Lab().accepted(GROWING, { parameters: [FORWARD_TSN_SUPPORTED] });
      largest(link);
      for (let i = 0; i < 10; i++) acknowledge(link);
      const { association, lab } = link;
      if (!mayGrow) association.setOptions({ sendBufferLimitBytes: BEGIN_BYTES }, lab.nowMs);
      for (let i = 0; i < 23; i++) association.send(KILOBYTE, { reliability: { priority: 3 } }, lab.nowMs);
      association.send(new Uint8Array(3_000), {}, lab.nowMs);
      expect(association.stats.abandonedUnsent + association.stats.abandonedSent).toBe(mayGrow ? 0 : 2);
      expect(sizeOf(link)).toBe(mayGrow ? LIMIT_BYTES : BEGIN_BYTES);
    }
  });
});

describe("what it is worth", () => {
  it("is twice the windows of all paths, and no more than the peer has room for, whatever a user's controller says", () => {
    const paths = [testPath("10.0.0.2"), testPath("10.1.0.2")];
    const sum = paths.reduce((bytes, { congestion }) => bytes + congestion.cwndBytes, 0);
    expect(sum).toBeGreaterThan(paths[0]!.congestion.cwndBytes);
    expect(sendBufferWorth({ all: paths }, { advertisedBytes: 1_000_000 })).toBe(2 * sum);
    expect(sendBufferWorth({ all: paths }, { advertisedBytes: 3_000 })).toBe(6_000);
    for (const cwndBytes of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(sendBufferWorth({ all: [withWindow(cwndBytes)] }, { advertisedBytes: 3_000 })).toBe(6_000);
    expect(sendBufferWorth({ all: [withWindow(100.5)] }, { advertisedBytes: 3_000 })).toBe(202);
  });

  it("holds what all paths send in the longest round trip, where all are used at once", () => {
    const paths = [testPath("10.0.0.2"), testPath("10.1.0.2"), testPath("10.2.0.2")];
    const [quick, slow] = paths;
    quick!.rto.sample(10);
    slow!.rto.sample(50);
    const { cwndBytes } = quick!.congestion;
    const peer = { advertisedBytes: 1_000_000 };
    expect(sendBufferWorth({ all: paths }, peer, true)).toBe(2 * (5 + 1 + 1) * cwndBytes);
    expect(sendBufferWorth({ all: paths }, peer)).toBe(2 * 3 * cwndBytes);
  });
});

function withWindow(cwndBytes: number): ReturnType<typeof testPath> {
  const path = testPath("10.0.0.2");
  Object.defineProperty(path.congestion, "cwndBytes", { value: cwndBytes });
  return path;
}
