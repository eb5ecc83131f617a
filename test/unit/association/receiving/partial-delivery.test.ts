/** Messages that are handed out in pieces, and what may pass between the pieces (RFC 6458 8.1.20, 8.1.21). */
import { describe, expect, it } from "vitest";
import type { AssociationOptions } from "../../../../src/base/options.ts";
import type { DataChunk } from "../../../../src/chunks/chunk.ts";
import { initChunk, Lab, type Link } from "../../../conformance/lab.ts";

const TEXT = new TextEncoder();

function link(options: Partial<AssociationOptions>): Link {
  return new Lab().accepted({ heartbeatIntervalMs: 0, partialDeliveryPointBytes: 8, ...options });
}

/** A fragment `offset` TSNs on; `where` has B for the first and E for the last. */
function fragment(
  ends: Link,
  offset: number,
  text: string,
  where: string,
  more: Partial<DataChunk> = {},
): DataChunk {
  const payload = TEXT.encode(text);
  return ends.data(offset, {
    beginning: where.includes("B"),
    ending: where.includes("E"),
    payload,
    ssn: 0,
    ...more,
  });
}

function read(ends: Link): string[] {
  const pieces: string[] = [];
  for (;;) {
    const message = ends.association.receiveMessage(ends.lab.nowMs);
    if (message === undefined) return pieces;
    const text = new TextDecoder().decode(message.data);
    pieces.push(`${message.streamId}:${text}${message.endOfMessage ? "" : "..."}`);
  }
}

describe("partialDeliveryPointBytes", () => {
  it("hands a message out in pieces once it is longer than that, and not before", () => {
    const ends = link({});
    ends.receive([fragment(ends, 0, "12345678", "B")]);
    expect(read(ends)).toEqual([]);
    ends.receive([fragment(ends, 1, "9", "")]);
    expect(read(ends)).toEqual(["0:123456789..."]);
    ends.receive([fragment(ends, 3, "c", "")]);
    expect(read(ends)).toEqual([]);
    ends.receive([fragment(ends, 2, "b", "")]);
    expect(read(ends)).toEqual(["0:bc..."]);
    ends.receive([fragment(ends, 4, "d", "E")]);
    expect(read(ends)).toEqual(["0:d"]);
  });

  it("tells of a message that will not be ended because its association has", () => {
    const ends = link({});
    ends.receive([fragment(ends, 0, "0123456789", "B")]);
    ends.receive([{ kind: "ABORT", tagReflected: false, causes: [] }]);
    expect(ends.lab.events.slice(-3)).toMatchObject([
      { kind: "readable" },
      { kind: "delivery-aborted", delivery: { streamId: 0, ssn: 0, unordered: false } },
      { kind: "closed" },
    ]);
    expect(read(ends)).toEqual(["0:0123456789..."]);
  });

  it("hands nothing out whose turn in its stream has not come", () => {
    const ends = link({});
    ends.receive([fragment(ends, 1, "0123456789", "B", { ssn: 1 })]);
    expect(read(ends)).toEqual([]);
    ends.receive([fragment(ends, 0, "first", "BE")]);
    expect(read(ends)).toEqual(["0:first", "0:0123456789..."]);
    ends.receive([fragment(ends, 2, "x", "E", { ssn: 1 })]);
    expect(read(ends)).toEqual(["0:x"]);
  });

  it("at 0 waits for the whole message while there is room", () => {
    const ends = link({ partialDeliveryPointBytes: 0 });
    ends.receive([fragment(ends, 0, "x".repeat(1_000), "B")]);
    ends.receive([fragment(ends, 1, "y".repeat(1_000), "")]);
    expect(read(ends)).toEqual([]);
  });
});

describe("interleavedDelivery", () => {
  it("on, lets messages of other streams pass between the pieces of one", () => {
    const ends = link({ interleavedDelivery: true });
    ends.receive([fragment(ends, 0, "0123456789", "B")]);
    ends.receive([fragment(ends, 3, "other", "BE", { streamId: 1 })]);
    ends.receive([fragment(ends, 1, "ab", "")]);
    expect(read(ends)).toEqual(["0:0123456789...", "1:other", "0:ab..."]);
  });

  it("off, holds them back until the last piece, and then gives them in the order of their coming", () => {
    const ends = link({ interleavedDelivery: false });
    ends.receive([fragment(ends, 0, "0123456789", "B")]);
    ends.receive([fragment(ends, 4, "second", "BE", { streamId: 1, ssn: 0 })]);
    ends.receive([fragment(ends, 3, "any", "BE", { streamId: 2, unordered: true })]);
    ends.receive([fragment(ends, 1, "ab", "")]);
    expect(read(ends)).toEqual(["0:0123456789...", "0:ab..."]);
    ends.receive([fragment(ends, 2, "c", "E")]);
    expect(read(ends)).toEqual(["0:c", "1:second", "2:any"]);
    expect(ends.association.status().heldBytes).toBe(0);
  });

  it("off, begins no second message in pieces before the first has ended", () => {
    const ends = link({ interleavedDelivery: false });
    ends.receive([fragment(ends, 0, "0123456789", "B")]);
    ends.receive([fragment(ends, 2, "ABCDEFGHIJ", "B", { streamId: 1 })]);
    ends.receive([fragment(ends, 3, "K", "", { streamId: 1 })]);
    expect(read(ends)).toEqual(["0:0123456789..."]);
    ends.receive([fragment(ends, 1, "z", "E")]);
    ends.receive([fragment(ends, 4, "L", "", { streamId: 1 })]);
    expect(read(ends)).toEqual(["0:z", "1:ABCDEFGHIJK...", "1:L..."]);
  });

  it("turned on in the middle, lets go what waits", () => {
    const ends = link({ interleavedDelivery: false });
    ends.receive([fragment(ends, 0, "0123456789", "B")]);
    ends.receive([fragment(ends, 2, "other", "BE", { streamId: 1 })]);
    ends.association.setOptions({ interleavedDelivery: true }, ends.lab.nowMs);
    expect(read(ends)).toEqual(["0:0123456789...", "1:other"]);
  });

  it("off, keeps room for the pieces, however much is sent on other streams meanwhile", () => {
    const ends = link({ interleavedDelivery: false, receiveBufferBytes: 20_000 });
    ends.receive([fragment(ends, 0, "0123456789", "B")]);
    read(ends);
    const filler = "f".repeat(1_000);
    for (let i = 0; i < 60; i++) ends.receive([fragment(ends, 3 + i, filler, "BE", { streamId: 1, ssn: i })]);
    expect(ends.association.status().heldBytes).toBeLessThan(14_000);
    ends.receive([fragment(ends, 1, "g".repeat(1_000), "")]);
    ends.receive([fragment(ends, 2, "end", "E")]);
    const [piece, end, ...others] = read(ends);
    expect([piece?.length, end]).toEqual([1_005, "0:end"]);
    expect(others.length).toBeGreaterThan(5);
  });
});

describe("a restart of the peer", () => {
  it("takes away nothing that had been acknowledged and not been read", () => {
    const ends = link({});
    ends.receive([fragment(ends, 0, "before", "BE")]);
    const { lab, association } = ends;
    const again = lab.receive([initChunk({ initiateTag: 0x99, initialTsn: 0x9000 })])[0]?.chunks[0];
    if (again?.kind !== "INIT ACK") throw new Error("no INIT ACK");
    const cookie = again.parameters.find((parameter) => parameter.kind === "State Cookie");
    if (cookie?.kind !== "State Cookie") throw new Error("no cookie");
    lab.receive([{ kind: "COOKIE ECHO", cookie: cookie.cookie }], { tag: again.initiateTag });
    expect(lab.events.find(({ kind }) => kind === "restarted")).toMatchObject({ waitingCount: 1 });
    lab.receive([fragment(ends, 0, "after", "BE", { tsn: 0x9000 })], { tag: association.localTag });
    expect(read(ends)).toEqual(["0:before", "0:after"]);
  });
});
