/** Further reasons to give a message up: limited retransmissions, priorities (RFC 7496). */
import { describe, expect, it } from "vitest";
import type { AssociationEvent } from "../../src/association/association-event.ts";
import type { Reliability } from "../../src/association/model/reliability.ts";
import type { AssociationOptions } from "../../src/base/options.ts";
import {
  chunksOf,
  cookieParameter,
  FORWARD_TSN_SUPPORTED,
  firstOf,
  kindsOf,
  Lab,
  type Link,
  PEER_ADDRESS,
} from "./lab.ts";

function agreed(options: Partial<AssociationOptions> = {}): Link {
  const parameters = [cookieParameter(), FORWARD_TSN_SUPPORTED];
  return new Lab().connected({ heartbeatIntervalMs: 0, ...options }, { parameters });
}

const limited = (maxRetransmits: number): { reliability: Reliability } => ({
  reliability: { maxRetransmits },
});
const ranked = (priority: number): { reliability: Reliability } => ({ reliability: { priority } });

/** The contexts of what came back, in the order told. */
function failedOf({ lab }: Link): number[] {
  return lab.events
    .filter((event): event is AssociationEvent & { kind: "send-failed" } => event.kind === "send-failed")
    .map(({ message }) => message.context);
}

/** The peer's window is closed, and a probe is out: whatever is sent from now on waits. */
function blocked(options: Partial<AssociationOptions> = {}): Link {
  const link = agreed({ sendBufferBytes: 10_000, ...options });
  link.receive([link.sack(-1, { aRwndBytes: 0 })]);
  return link;
}

function queue({ association, lab }: Link, lengthBytes: number, context: number, info = {}): void {
  association.send(new Uint8Array(lengthBytes), { context, ...info }, lab.nowMs);
}

const hasRoom = ({ association }: Link, lengthBytes: number, reliability?: Reliability): boolean =>
  association.makeRoom(new Uint8Array(lengthBytes), { reliability });

describe("RFC 7496 3.1 Limited Retransmissions Policy", () => {
  it("MUST: gives a message up when it would be sent again more often than that; the first time counts for nothing", () => {
    for (const limit of [0, 1, 3]) {
      const link = agreed();
      link.send(10, limited(limit));
      for (let i = 0; i < limit; i++) expect(kindsOf(link.lab.runUntilSent())).toEqual(["DATA"]);
      expect(kindsOf(link.lab.runUntilSent())).toEqual(["FORWARD TSN"]);
    }
  });

  it("MUST: counts for each chunk by itself, fast retransmissions and those after T3-rtx alike", () => {
    const link = agreed({ maxFragmentBytes: 100 });
    link.send(300, limited(1));
    link.send(10);
    link.send(10);
    // The first fragment is lost, and is fast retransmitted.
    for (const end of [3, 4, 5]) link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end }] })]);
    expect(link.association.stats.retransmittedChunks).toBe(1);
    expect(failedOf(link)).toEqual([]);
    const packets = link.lab.runUntilSent();
    expect(firstOf(packets, "FORWARD TSN").newCumulativeTsn).toBe((link.ourTsn + 2) >>> 0);
    expect(chunksOf(packets, "DATA")).toEqual([]);
  });

  it("MUST: does all else that a loss asks for: the window falls, the RTO backs off, errors are counted", () => {
    const link = agreed();
    link.send(1_000, limited(0));
    const { rtoMs } = link.association.path(PEER_ADDRESS);
    link.lab.runUntilSent();
    const after = link.association.path(PEER_ADDRESS);
    expect(after).toMatchObject({ errorCount: 1, rtoMs: 2 * rtoMs });
    expect(after.cwndBytes).toBeLessThan(2_000);
  });

  it("MUST: gives nothing up for the probe of a tail (RFC 8985 7.3): nobody knows that it was lost", () => {
    const link = agreed({ lossDetection: "rack" });
    link.send(10);
    link.lab.run(5);
    link.receive([link.sack(0)]);
    link.send(1_000, limited(0));
    expect(link.lab.run(999)).toEqual([]);
    expect(failedOf(link)).toEqual([]);
    expect(kindsOf(link.lab.run(1))).toEqual(["FORWARD TSN"]);
    expect(failedOf(link)).toHaveLength(1);
  });

  it("MAY: with a limit of 0 sends each message once, as UDP does", () => {
    const link = agreed();
    for (let i = 0; i < 4; i++) link.send(100, limited(0));
    const packets = link.lab.runUntilSent();
    expect(kindsOf(packets)).toEqual(["FORWARD TSN"]);
    link.receive([link.sack(3)]);
    expect(link.association.isDry).toBe(true);
    expect(link.association.stats).toMatchObject({
      abandonedSent: 4,
      abandonedUnsent: 0,
      retransmittedChunks: 0,
    });
  });
});

describe("RFC 7496 3.2 Priority Policy", () => {
  it("MAY: gives up what is less important, the least important first, of equals the oldest, and no more than it must", () => {
    const link = blocked();
    queue(link, 1_000, 0); // The probe.
    for (const [context, priority] of [
      [1, 5],
      [2, 9],
      [3, 9],
      [4, 2],
    ] as const)
      queue(link, 2_000, context, ranked(priority));
    expect(hasRoom(link, 2_000, { priority: 1 })).toBe(true);
    queue(link, 2_000, 5, ranked(1));
    link.lab.flush();
    expect(failedOf(link)).toEqual([2]);
    queue(link, 4_000, 6, ranked(1));
    link.lab.flush();
    expect(failedOf(link)).toEqual([2, 3, 1]);
    expect(link.association.abandoned()).toEqual({ unsent: 3, sent: 0 });
  });

  it("MUST NOT: gives up what is as important, or more, or has another limit", () => {
    const link = blocked({ sendBufferBytes: 4_096 });
    queue(link, 1_000, 0);
    queue(link, 1_500, 1, ranked(2));
    queue(link, 1_700, 2, ranked(3));
    expect(hasRoom(link, 1_000, { priority: 3 })).toBe(false);
    expect(hasRoom(link, 1_000, { maxRetransmits: 0 })).toBe(false);
    expect(hasRoom(link, 1_000, { lifetimeMs: 10 })).toBe(false);
    link.lab.flush();
    expect(failedOf(link)).toEqual([]);
  });

  it("MUST: ranks what is to be delivered reliably above all priorities", () => {
    const link = blocked({ sendBufferBytes: 4_096 });
    queue(link, 4_000, 1);
    queue(link, 1_000, 2, ranked(0));
    expect(hasRoom(link, 1_000, { priority: 0 })).toBe(false);
    expect(hasRoom(link, 50)).toBe(true);
    link.lab.flush();
    expect(failedOf(link)).toEqual([2]);
  });

  it("MUST NOT: gives up by priority what has been sent, or is half sent", () => {
    const link = agreed({ sendBufferBytes: 20_000 });
    link.send(30_000, ranked(9));
    expect(hasRoom(link, 100)).toBe(false);
    for (let i = 0; i < 3; i++) expect(kindsOf(link.lab.runUntilSent())[0]).toBe("DATA");
    expect(failedOf(link)).toEqual([]);
  });

  it("MUST: keeps the order of the rest, and leaves no stream sequence number out", () => {
    const link = blocked();
    queue(link, 10, 0);
    for (let context = 1; context <= 200; context++)
      queue(link, 90, context, context % 2 === 0 ? ranked(7) : {});
    queue(link, 8_000, 999, ranked(1));
    link.lab.flush();
    expect(failedOf(link).every((context) => context % 2 === 0)).toBe(true);
    const givenUp = failedOf(link).length;
    expect(givenUp).toBeGreaterThan(60);
    link.receive([link.sack(-1)]);
    for (let round = 0; round < 400 && !link.association.isDry; round++) {
      const tsns = chunksOf(link.lab.sent, "DATA").map(({ tsn }) => (tsn - link.ourTsn) | 0);
      link.receive([link.sack(Math.max(-1, ...tsns))]);
    }
    const sent = chunksOf(link.lab.sent, "DATA").filter(({ beginning }) => beginning);
    expect(sent.map(({ ssn }) => ssn)).toEqual(sent.map((_, i) => i));
    expect(sent).toHaveLength(202 - givenUp);
    expect(chunksOf(link.lab.sent, "FORWARD TSN")).toEqual([]);
  });

  it("MUST: sends what is left where all has made room that waited on the stream whose turn it is", () => {
    const link = blocked();
    queue(link, 90, 0, { ...ranked(7), streamId: 9 });
    for (let context = 1; context <= 100; context++)
      queue(link, 90, context, { ...ranked(7), streamId: context % 9 });
    link.lab.flush();
    queue(link, 9_000, 999, ranked(1));
    link.lab.flush();
    expect(failedOf(link).slice(0, 2)).toEqual([0, 1]);
    expect(failedOf(link).length).toBeGreaterThan(80);
    expect(kindsOf(link.receive([link.sack(-1)]))[0]).toMatch(/^DATA/);
  });
});

describe("RFC 7496 4.3 Socket Option for Getting the Stream-Specific PR-SCTP Status", () => {
  it("MUST: counts each message that is given up once, by stream and policy, sent or unsent", () => {
    const link = agreed({ maxFragmentBytes: 100 });
    link.send(300, { ...limited(0), streamId: 1 });
    link.send(10, { ...limited(0), streamId: 2 });
    link.send(10, { reliability: { lifetimeMs: 10 }, streamId: 2 });
    link.lab.runUntilSent();
    const { association } = link;
    expect(association.abandoned(1)).toEqual({ unsent: 0, sent: 1 });
    expect(association.abandoned(2)).toEqual({ unsent: 0, sent: 2 });
    expect(association.abandoned(2, "lifetime")).toEqual({ unsent: 0, sent: 1 });
    expect(association.abandoned(undefined, "retransmissions")).toEqual({ unsent: 0, sent: 2 });
    expect(association.abandoned(3)).toEqual({ unsent: 0, sent: 0 });
  });
});

describe("RFC 7496 4.5 Socket Option for Getting and Setting the PR-SCTP Support", () => {
  it("MAY: leaves partial reliability out of future associations", () => {
    const link = agreed({ partialReliability: false });
    link.send(10, limited(0));
    expect(kindsOf(link.lab.runUntilSent())).toEqual(["DATA"]);
  });
});
