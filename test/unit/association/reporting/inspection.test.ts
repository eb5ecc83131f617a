/** What an association at work tells of itself, and that looking changes nothing. */
import { expect, it } from "vitest";
import type { AssociationOptions } from "../../../../src/base/options.ts";
import {
  BY_RFC_9260_7_2,
  chunksOf,
  cookieParameter,
  Lab,
  type Link,
  RECONFIG_SUPPORTED,
  supportedExtensions,
} from "../../../conformance/lab.ts";

const connected = (options: Partial<AssociationOptions> = {}): Link =>
  new Lab().connected({ heartbeatIntervalMs: 0, ...options }, { inboundStreams: 9, outboundStreams: 9 });

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(0x62);

it("an idle association has TSNs, and nothing waits", () => {
  const link = connected();
  expect(link.association.inspect()).toEqual({
    nextTsn: link.ourTsn,
    cumulativeTsnAckPoint: (link.ourTsn - 1) >>> 0,
    peerCumulativeTsn: link.peerTsn - 1,
    peerHighestTsn: link.peerTsn - 1,
    timers: [],
    outstanding: [],
    outboundQueues: [],
    inboundQueues: [],
  });
});

it("what is sent is outstanding until it is acknowledged, and what the window keeps back waits in its stream", () => {
  const link = connected({ congestionControl: "rfc9260" });
  for (const streamId of [2, 0, 2]) link.association.send(bytes(3_000), { streamId }, link.lab.nowMs);
  link.association.setStreamShare(0, { priority: 7, weight: 3 });
  const sentCount = chunksOf(link.lab.flush(), "DATA").length;
  const { outstanding, outboundQueues, nextTsn, timers } = link.association.inspect();
  expect(outstanding).toHaveLength(sentCount);
  expect(nextTsn).toBe((link.ourTsn + sentCount) >>> 0);
  const [first, second] = outstanding;
  expect(first).toMatchObject({
    tsn: link.ourTsn,
    streamId: 2,
    unordered: false,
    number: 0,
    fragmentNumber: 0,
  });
  expect(first).toMatchObject({ state: "in flight", transmitCount: 1 });
  expect(second).toMatchObject({ fragmentNumber: 1 });
  const outstandingOn = (id: number): number =>
    outstanding
      .filter(({ streamId }) => streamId === id)
      .reduce((sum, { payloadBytes }) => sum + payloadBytes, 0);
  expect(outboundQueues).toEqual([
    {
      streamId: 0,
      queuedMessages: 1,
      queuedBytes: 3_000 - outstandingOn(0),
      outstandingBytes: outstandingOn(0),
      priority: 7,
      weight: 3,
    },
    {
      streamId: 2,
      queuedMessages: 1,
      queuedBytes: 6_000 - outstandingOn(2),
      outstandingBytes: outstandingOn(2),
      priority: 0,
      weight: 1,
    },
  ]);
  expect(timers).toEqual([
    { timer: "T3-rtx", address: "10.0.0.2", deadlineMs: link.association.paths()[0]!.rtoMs + link.lab.nowMs },
  ]);
});

it("a chunk behind a gap is acknowledged and outstanding, and one that is lost is to be sent again", () => {
  const link = connected(BY_RFC_9260_7_2);
  for (let i = 0; i < 6; i++) link.association.send(bytes(100), { unordered: i === 5 }, link.lab.nowMs);
  link.lab.flush();
  expect(link.association.inspect().outboundQueues).toMatchObject([
    { streamId: 0, queuedMessages: 0, queuedBytes: 0, outstandingBytes: 600 },
  ]);
  link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end: 2 }] })]);
  const states = (): string[] => link.association.inspect().outstanding.map(({ state }) => state);
  expect(states().slice(0, 3)).toEqual(["in flight", "acknowledged", "in flight"]);
  expect(link.association.inspect().outstanding[5]).toMatchObject({ unordered: true, number: 0 });
  link.lab.run(link.association.paths()[0]!.rtoMs);
  expect(states()).not.toContain("abandoned");
  expect(link.association.inspect().outstanding[0]).toMatchObject({ state: "in flight", transmitCount: 2 });
  expect(link.association.inspect().cumulativeTsnAckPoint).toBe((link.ourTsn - 1) >>> 0);
});

it("a message that came too early waits for an earlier one, one in pieces for its fragments, one that is whole for the user", () => {
  const link = connected({ maxInboundStreams: 9 });
  link.receive([link.data(0, { streamId: 3, ssn: 0, payload: bytes(10) })]);
  link.receive([link.data(2, { streamId: 3, ssn: 2, payload: bytes(20) })]);
  link.receive([link.data(4, { streamId: 4, ssn: 0, payload: bytes(30), beginning: false })]);
  link.receive([link.data(5, { streamId: 5, ssn: 7, payload: bytes(40), unordered: true })]);
  const first = link.association.inspect();
  expect(first.inboundQueues).toEqual([
    {
      streamId: 3,
      nextNumber: 1,
      held: [
        { number: 0, unordered: false, tsn: link.peerTsn, payloadBytes: 10, waitsFor: "user" },
        { number: 2, unordered: false, tsn: link.peerTsn + 2, payloadBytes: 20, waitsFor: "order" },
      ],
    },
    {
      streamId: 4,
      nextNumber: 0,
      held: [{ number: 0, unordered: false, tsn: link.peerTsn + 4, payloadBytes: 30, waitsFor: "fragments" }],
    },
    {
      streamId: 5,
      nextNumber: 0,
      held: [{ number: 7, unordered: true, tsn: link.peerTsn + 5, payloadBytes: 40, waitsFor: "user" }],
    },
  ]);
  expect([first.peerCumulativeTsn, first.peerHighestTsn]).toEqual([link.peerTsn, link.peerTsn + 5]);
  expect(link.association.inspect()).toEqual(first);
  link.receive([link.data(1, { streamId: 3, ssn: 1, payload: bytes(5) })]);
  expect(link.read()).toHaveLength(4);
  expect(link.association.inspect().inboundQueues[0]).toEqual({ streamId: 3, nextNumber: 3, held: [] });
});

it("fragments of I-DATA that wait are told by their messages", () => {
  const extra = supportedExtensions(64, 192);
  const link = new Lab().connected(
    { heartbeatIntervalMs: 0, interleaving: true, maxInboundStreams: 9 },
    { inboundStreams: 9, outboundStreams: 9, parameters: [cookieParameter(), extra] },
  );
  expect(link.association.isInterleaved).toBe(true);
  link.receive([
    link.iData(3, { streamId: 4, mid: 6, payload: bytes(30), beginning: false, ending: false, ppidOrFsn: 2 }),
  ]);
  link.receive([link.iData(1, { streamId: 4, mid: 6, payload: bytes(11), ending: false })]);
  expect(link.association.inspect().inboundQueues).toEqual([
    {
      streamId: 4,
      nextNumber: 0,
      held: [{ number: 6, unordered: false, tsn: link.peerTsn + 1, payloadBytes: 41, waitsFor: "fragments" }],
    },
  ]);
});

it("what comes from behind a reset that is not due waits for it", () => {
  const link = new Lab().connected(
    { heartbeatIntervalMs: 0, allowStreamReset: true, maxInboundStreams: 9 },
    { inboundStreams: 9, outboundStreams: 9, parameters: [cookieParameter(), RECONFIG_SUPPORTED] },
  );
  const request = {
    kind: "Outgoing SSN Reset Request",
    type: 13,
    requestNumber: link.peerTsn,
    responseNumber: (link.ourTsn - 1) >>> 0,
    lastTsn: link.peerTsn,
    streamIds: [2],
  } as const;
  link.receive([{ kind: "RE-CONFIG", parameters: [request] }]);
  link.receive([link.data(1, { streamId: 2, ssn: 0, payload: bytes(9) })]);
  expect(link.association.inspect().inboundQueues).toEqual([
    {
      streamId: 2,
      nextNumber: 0,
      held: [{ number: 0, unordered: false, tsn: link.peerTsn + 1, payloadBytes: 9, waitsFor: "reset" }],
    },
  ]);
});

it("whole messages behind one of which the user has the beginning wait for its delivery", () => {
  const link = connected({
    partialDeliveryPointBytes: 100,
    interleavedDelivery: false,
    maxInboundStreams: 9,
  });
  link.receive([link.data(0, { streamId: 1, ssn: 0, payload: bytes(300), ending: false })]);
  expect(link.read()).toHaveLength(1);
  link.receive([link.data(2, { streamId: 2, ssn: 0, payload: bytes(8) })]);
  expect(link.association.inspect().inboundQueues.find(({ streamId }) => streamId === 2)!.held).toEqual([
    { number: 0, unordered: false, tsn: link.peerTsn + 2, payloadBytes: 8, waitsFor: "delivery" },
  ]);
});
