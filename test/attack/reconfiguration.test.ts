/**
 * A peer that asks for streams to be reset and added as nobody would: our memory and our answers stay within reason.
 * Owns: RE-CONFIG in all its abuses. Does not own: the rules (test/conformance/rfc6525.test.ts).
 */
import { describe, expect, it } from "vitest";
import type { AssociationOptions } from "../../src/base/options.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import { chunksOf, Lab, type Link, RECONFIG_SUPPORTED, type SentPacket } from "../conformance/lab.ts";

const ALLOWED = { allowStreamReset: true, allowAssociationReset: true, allowAddStreams: true } as const;

function link(options: Partial<AssociationOptions> = {}): Link {
  const init = { parameters: [RECONFIG_SUPPORTED], outboundStreams: 65_535, inboundStreams: 65_535 };
  return new Lab().accepted(
    { ...ALLOWED, outboundStreams: 65_535, maxInboundStreams: 65_535, heartbeatIntervalMs: 0, ...options },
    init,
  );
}

const says = (to: Link, ...parameters: readonly Parameter[]): SentPacket[] =>
  to.receive([{ kind: "RE-CONFIG", parameters }]);
const numberOf = (to: Link, number: number): number => (to.peerTsn + number) >>> 0;
const resetsOwn = (to: Link, number: number, lastTsn: number, streamIds: readonly number[]): Parameter => ({
  kind: "Outgoing SSN Reset Request",
  type: 13,
  requestNumber: numberOf(to, number),
  responseNumber: 0,
  lastTsn,
  streamIds,
});
const asksForReset = (to: Link, number: number, streamIds: readonly number[]): Parameter => ({
  kind: "Incoming SSN Reset Request",
  type: 14,
  requestNumber: numberOf(to, number),
  streamIds,
});
const resultsIn = (packets: readonly SentPacket[]): number[] =>
  chunksOf(packets, "RE-CONFIG")
    .flatMap(({ parameters }) => parameters)
    .flatMap((each) => (each.kind === "Re-configuration Response" ? [each.result] : []));

describe("a flood of RE-CONFIG", () => {
  it("65,535 streams are reset in a loop, one by one and all at once: each costs a step, and none is kept", () => {
    const to = link();
    const before = to.association.status();
    for (let number = 0; number < 65_535; number++)
      says(to, resetsOwn(to, number, numberOf(to, -1), [number]));
    const ids = Array.from({ length: 500 }, (_, i) => i * 131);
    for (let i = 0; i < 100; i++)
      says(to, resetsOwn(to, 65_535 + i, numberOf(to, -1), i % 2 === 0 ? [] : ids));
    expect(to.association.stats.incomingStreamResets).toBe(65_635);
    expect(to.association.status()).toEqual(before);
    to.receive([to.data(0, { streamId: 65_534, ssn: 0 })]);
    expect(to.read()).toEqual(["hello"]);
  });

  it("requests for our streams: one is under way and one waits, whatever else is asked for", () => {
    const to = link();
    for (let streamId = 0; streamId < 200; streamId++) {
      to.send(1, { streamId });
      to.receive([to.sack(streamId)]);
    }
    const results = new Map<number, number>();
    for (let number = 0; number < 5_000; number++)
      for (const result of resultsIn(says(to, asksForReset(to, number, [number % 200]))))
        results.set(result, (results.get(result) ?? 0) + 1);
    expect(results.get(1)).toBe(1); // It waits for the one that is under way.
    expect((results.get(4) ?? 0) + (results.get(0) ?? 0)).toBeGreaterThan(4_900);
    // What we ask for comes to no end by itself: it is repeated at the rate of the timer.
    const sent = to.lab.run(120_000);
    expect(sent.length).toBeLessThan(12);
  });

  it("a reset whose last TSN never comes holds back what lies behind it, within the receive buffer", () => {
    const to = link({ receiveBufferBytes: 65_536 });
    says(to, resetsOwn(to, 0, numberOf(to, 1), []));
    const payload = new Uint8Array(1_000);
    for (let i = 2; i < 2_000; i++) {
      to.receive([to.data(i, { streamId: i % 300, ssn: 0, payload })]);
      expect(to.association.status().heldBytes).toBeLessThanOrEqual(65_536 + 1_500);
    }
    for (let number = 1; number < 1_000; number++)
      expect(resultsIn(says(to, resetsOwn(to, number, numberOf(to, 5), [])))).toEqual([4]);
    to.receive([to.data(0), to.data(1, { ssn: 1 })]);
    expect(to.state).toBe("ESTABLISHED");
    expect(to.association.stats.incomingStreamResets).toBe(1);
  });

  it("streams are added until there are as many as there may be, and none costs memory until it is used", () => {
    const to = link({ outboundStreams: 10, maxInboundStreams: 60_000 });
    const inbound = to.association.inboundStreams;
    for (let number = 0; number < 3_000; number++)
      says(to, {
        kind: "Add Outgoing Streams Request",
        type: 17,
        requestNumber: numberOf(to, number),
        newStreamCount: 1 + (number % 60_000),
      });
    expect(to.association.inboundStreams).toBeGreaterThanOrEqual(inbound);
    expect(to.association.inboundStreams).toBeLessThanOrEqual(60_000);
    let sent: SentPacket[] = [];
    for (let number = 3_000; number < 6_000; number++)
      sent = says(to, {
        kind: "Add Incoming Streams Request",
        type: 18,
        requestNumber: numberOf(to, number),
        newStreamCount: 1,
      });
    expect(resultsIn(sent)).toEqual([4]); // Ours is under way, another waits.
  });

  it("many chunks in one packet are answered within one packet", () => {
    const to = link();
    const chunks = Array.from({ length: 200 }, (_, number) => ({
      kind: "RE-CONFIG" as const,
      parameters: [resetsOwn(to, number, numberOf(to, -1), [])],
    }));
    const sent = to.receive(chunks);
    expect(sent.length).toBeLessThanOrEqual(2);
    const bad = Array.from({ length: 200 }, () => ({ kind: "RE-CONFIG" as const, parameters: [] }));
    const complaints = to.receive(bad);
    expect(chunksOf(complaints, "ERROR")).toHaveLength(1);
    expect(complaints).toHaveLength(1);
    expect(to.state).toBe("ESTABLISHED");
  });

  it("answers to nothing change nothing", () => {
    const to = link();
    const answer = (number: number): Parameter => ({
      kind: "Re-configuration Response",
      type: 16,
      responseNumber: (to.ourTsn + number) >>> 0,
      result: 1,
      nextTsns: { sender: 1, receiver: 2 },
    });
    for (let number = -50; number < 50; number++)
      expect(says(to, answer(number), answer(number))).toEqual([]);
    expect(to.association.isReconfiguring).toBe(false);
    expect(to.lab.events.filter(({ kind }) => kind === "association-reset")).toEqual([]);
  });
});
