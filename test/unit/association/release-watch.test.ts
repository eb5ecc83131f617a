/** Receipts and marks: what is told of messages that the peer has acknowledged, or that come back. */
import { describe, expect, it } from "vitest";
import type { AssociationOptions } from "../../../src/base/options.ts";
import {
  cookieParameter,
  echoOf,
  FORWARD_TSN_SUPPORTED,
  firstOf,
  initChunk,
  Lab,
  type Link,
  sackChunk,
} from "../../conformance/lab.ts";

const agreed = (options: Partial<AssociationOptions> = {}): Link =>
  new Lab().connected(
    { heartbeatIntervalMs: 0, outboundStreams: 4, ...options },
    { outboundStreams: 4, inboundStreams: 4, parameters: [cookieParameter(), FORWARD_TSN_SUPPORTED] },
  );

/** What became of messages that were sent with a receipt: "+" the delivered ones. */
function outcomesOf({ lab }: Link): string[] {
  return lab.events.flatMap((event) => {
    if (event.kind === "delivered") return [`+${event.receipt}`];
    if (event.kind !== "send-failed" || event.receipt === undefined) return [];
    return [`-${event.receipt}`];
  });
}

const marksOf = ({ lab }: Link): (number | undefined)[] =>
  lab.events.flatMap((event) => (event.kind === "buffered-low" ? [event.streamId] : []));

describe("receipts", () => {
  it("come back when all of the message has been acknowledged cumulatively, not before", () => {
    const link = agreed();
    link.send(3_000, { receipt: "long" });
    link.send(10, { receipt: "short", streamId: 1 });
    link.send(10, { streamId: 1 });
    link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end: 4 }] })]);
    expect(outcomesOf(link)).toEqual([]);
    link.receive([link.sack(1)]);
    expect(outcomesOf(link)).toEqual([]);
    link.receive([link.sack(3)]);
    expect(outcomesOf(link)).toEqual(["+long", "+short"]);
    link.receive([link.sack(4)]);
    expect(outcomesOf(link)).toHaveLength(2);
  });

  it("come back by a SHUTDOWN that acknowledges, too", () => {
    const link = agreed();
    link.send(10, { receipt: 1 });
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: link.sack(0).cumulativeTsnAck }]);
    expect(outcomesOf(link)).toEqual(["+1"]);
  });

  it("come back with what was given up, once, though its TSNs are acknowledged later", () => {
    const link = agreed();
    link.send(3_000, { receipt: "lost", reliability: { maxRetransmits: 0 } });
    link.send(10, { receipt: "kept" });
    link.lab.run(1_000);
    expect(outcomesOf(link)).toEqual(["-lost"]);
    link.receive([link.sack(2)]);
    link.receive([link.sack(3)]);
    expect(outcomesOf(link)).toEqual(["-lost", "+kept"]);
  });

  it("come back with what waits and what is sent when the association ends", () => {
    const link = agreed();
    link.send(10, { receipt: "acknowledged" });
    link.receive([link.sack(0)]);
    link.send(10, { receipt: "sent" });
    link.association.send(new Uint8Array(100_000), { receipt: "waits" }, link.lab.nowMs);
    link.association.abort(new Uint8Array(0), link.lab.nowMs);
    link.lab.flush();
    expect(outcomesOf(link)).toEqual(["+acknowledged", "-sent", "-waits"]);
  });

  it("come back when the life of a message ends before it is sent", () => {
    const link = agreed();
    link.send(10, { receipt: "first" });
    link.receive([link.sack(0, { aRwndBytes: 0 })]);
    link.send(10, { receipt: "expired", reliability: { lifetimeMs: 100 } });
    link.lab.run(200);
    expect(outcomesOf(link)).toEqual(["+first", "-expired"]);
  });
});

describe("marks", () => {
  it("are told each time that what is held comes down to them, not while it stays below", () => {
    const link = agreed();
    link.association.watchBuffered(undefined, 100);
    link.send(100);
    link.receive([link.sack(0)]);
    expect(marksOf(link)).toEqual([]);
    link.send(80);
    link.send(80);
    link.receive([link.sack(1)]);
    link.receive([link.sack(2)]);
    link.send(200);
    link.receive([link.sack(3)]);
    expect(marksOf(link)).toEqual([undefined, undefined]);
  });

  it("of a stream count what was sent before they were named, and nothing of other streams", () => {
    const link = agreed();
    link.send(500, { streamId: 1 });
    link.send(500, { streamId: 2 });
    link.association.watchBuffered(1, 0);
    expect(link.association.bufferedBytesOn(1)).toBe(500);
    link.send(300, { streamId: 1 });
    link.receive([link.sack(0)]);
    link.receive([link.sack(1)]);
    expect(marksOf(link)).toEqual([]);
    link.receive([link.sack(2)]);
    expect(marksOf(link)).toEqual([1]);
    expect(link.association.bufferedBytesOn(1)).toBe(0);
  });

  it("are reached by what is given up, too", () => {
    const link = agreed();
    link.association.watchBuffered(3, 0);
    link.send(3_000, { streamId: 3, reliability: { maxRetransmits: 0 } });
    expect(link.association.bufferedBytesOn(3)).toBe(3_000);
    link.lab.runUntilSent();
    expect(link.association.bufferedBytesOn(3)).toBe(0);
    link.receive([link.sack(2)]);
    expect(marksOf(link)).toEqual([3]);
  });

  it("begin anew with a peer that restarts: what was held has come back", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    const { lab, association } = link;
    for (const streamId of [undefined, 1]) association.watchBuffered(streamId, 0);
    link.send(100, { streamId: 1 });
    const initAck = firstOf(lab.receive([initChunk({ initiateTag: 99, initialTsn: 5 })]), "INIT ACK");
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(marksOf(link)).toEqual([1, undefined]);
    link.send(100, { streamId: 1 });
    lab.receive([sackChunk({ cumulativeTsnAck: initAck.initialTsn })], { tag: association.localTag });
    expect(marksOf(link)).toEqual([1, undefined, 1, undefined]);
  });

  it("that move remember that they were exceeded, and are forgotten when nobody asks any longer", () => {
    const link = agreed();
    link.association.watchBuffered(undefined, 0);
    link.send(100);
    link.association.watchBuffered(undefined, 100);
    link.send(10);
    link.receive([link.sack(0)]);
    expect(marksOf(link)).toEqual([undefined]);
    link.association.watchBuffered(undefined, undefined);
    link.send(500);
    link.receive([link.sack(2)]);
    expect(marksOf(link)).toHaveLength(1);
    link.association.watchBuffered(undefined, 100);
    link.send(50);
    link.association.watchBuffered(undefined, 20);
    link.receive([link.sack(3)]);
    expect(marksOf(link)).toHaveLength(2);
  });
});
