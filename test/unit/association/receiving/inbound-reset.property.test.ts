/** An inbound half that has been reset cannot be told from a new one, whatever it went through before. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { ReceivedMessage } from "../../../../src/association/model/received-message.ts";
import { Inbound } from "../../../../src/association/receiving/inbound.ts";
import { associationOptions } from "../../../../src/base/options.ts";
import { tsnAdd } from "../../../../src/base/serial.ts";
import type { UserDataChunk } from "../../../../src/chunks/user-data.ts";
import { userData } from "../../../user-data.ts";

const STREAMS = 3;
const PAYLOAD_BYTES = 200;
const FRAGMENTS = 3;
const OPTIONS = associationOptions({
  receiveBufferBytes: 4_096,
  partialDeliveryPointBytes: PAYLOAD_BYTES,
  interleavedDelivery: false,
  maxReassemblyFragments: 16,
});

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("data" as const), index: fc.nat(40) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("packet" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("read" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("acknowledge" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What an honest peer sends at an index: in turn three whole messages, and one of three fragments. */
function chunkAt(initialTsn: number, index: number): UserDataChunk {
  const round = Math.floor(index / (STREAMS + FRAGMENTS));
  const place = index % (STREAMS + FRAGMENTS);
  const isWhole = place < STREAMS;
  return userData(tsnAdd(initialTsn, index), {
    streamId: isWhole ? place : round % STREAMS,
    sequenceNumber: round,
    isUnordered: !isWhole,
    isBeginning: isWhole || place === STREAMS,
    isEnding: isWhole || place === STREAMS + FRAGMENTS - 1,
    payloadStart: 0,
    payloadBytes: PAYLOAD_BYTES,
  });
}

/** As the user's call does. */
function take(inbound: Inbound): ReceivedMessage | undefined {
  const message = inbound.buffer.shift();
  if (message !== undefined) inbound.onTaken();
  return message;
}

/** Plays one step; what can be seen of it and after it. */
function play(inbound: Inbound, initialTsn: number, { kind, ...more }: Step, nowMs: number): unknown {
  let seen: unknown;
  if (kind === "data" && "index" in more)
    seen = inbound.onData(chunkAt(initialTsn, more.index), new Uint8Array(PAYLOAD_BYTES).fill(more.index));
  if (kind === "packet") inbound.sackPolicy.onDataPacket(nowMs);
  if (kind === "read") {
    const message = take(inbound);
    seen = message && { ...message, tsn: tsnAdd(message.tsn, -initialTsn), data: [...message.data] };
  }
  if (kind === "acknowledge") {
    seen = inbound.buffer.advertise();
    inbound.tsns.clearDuplicates();
    inbound.sackPolicy.onSackSent();
  }
  const { buffer, sackPolicy, tsns } = inbound;
  const gaps = new DataView(new ArrayBuffer(400));
  const gapCount = tsns.writeGapBlocks(gaps, 0, 100);
  return {
    seen,
    used: [buffer.usedBytes, buffer.heldBytes, buffer.readyCount, buffer.lastAdvertisedBytes],
    accepted: inbound.acceptedChunkCount,
    streamCount: inbound.streamCount,
    open: inbound.openDeliveries.length,
    hasSackNews: inbound.hasSackNews,
    sack: [sackPolicy.isDue, sackPolicy.isPending, sackPolicy.deadlineMs],
    tsns: [
      tsnAdd(tsns.cumulativeTsn, -initialTsn),
      tsnAdd(tsns.highestTsn, -initialTsn),
      tsns.duplicateCount,
    ],
    gaps: [...new Uint8Array(gaps.buffer, 0, 4 * gapCount)],
  };
}

function inboundOf(initialTsn: number): Inbound {
  const inbound = new Inbound({ options: OPTIONS, allocate: (lengthBytes) => new Uint8Array(lengthBytes) });
  inbound.reset({ initialTsn, streamCount: STREAMS, isInterleaved: false, tellsKept: false });
  return inbound;
}

it("does after a reset what a new one would", () => {
  const steps = fc.array(step, { maxLength: 60, size: "max" });
  const initialTsns = fc.constantFrom(0, 7, 0xffff_fff0, 0x7fff_fff0);
  fc.assert(
    fc.property(initialTsns, initialTsns, steps, steps, (before, after, history, program) => {
      const worn = inboundOf(before);
      history.forEach((each, i) => {
        play(worn, before, each, i);
      });
      worn.reset({ initialTsn: after, streamCount: STREAMS, isInterleaved: false, tellsKept: false });
      while (take(worn) !== undefined); // What it kept for the user is not compared.
      worn.sackPolicy.onSackSent(); // Reading may have asked for a window update.
      const fresh = inboundOf(after);
      program.forEach((each, i) => {
        const [one, other] = [worn, fresh].map((inbound) => play(inbound, after, each, 1_000 + i));
        expect(one).toEqual(other);
      });
    }),
    { numRuns: 200 },
  );
});

it("keeps for the user what was acknowledged, also what waits behind a message that is delivered in pieces", () => {
  const inbound = inboundOf(0);
  const texts = (): string[] => {
    const taken: string[] = [];
    for (let next = take(inbound); next !== undefined; next = take(inbound))
      taken.push(`${next.streamId}:${next.data[0]}${next.endOfMessage ? "" : "..."}`);
    return taken;
  };
  const arrive = (tsn: number, more: Partial<UserDataChunk>): string =>
    inbound.onData(
      userData(tsn, { payloadStart: 0, payloadBytes: PAYLOAD_BYTES + 1, ...more }),
      new Uint8Array(PAYLOAD_BYTES + 1).fill(tsn),
    );
  arrive(0, {});
  arrive(1, { isEnding: false, streamId: 1 });
  arrive(2, { isBeginning: false, isEnding: false, streamId: 1 });
  expect(arrive(4, { streamId: 2 })).toBe("accepted");
  expect(inbound.openDeliveries).toHaveLength(1);
  inbound.reset({ initialTsn: 100, streamCount: STREAMS, isInterleaved: false, tellsKept: false });
  expect(inbound.openDeliveries).toEqual([]);
  expect(inbound.buffer.heldBytes).toBe(0);
  arrive(100, { streamId: 1 });
  expect(texts()).toEqual(["0:0", "1:1...", "1:2...", "2:4", "1:100"]);
});

it("offers as many streams as the options say, until another number has been agreed on", () => {
  const options = associationOptions({ maxInboundStreams: 12 });
  const inbound = new Inbound({ options, allocate: (lengthBytes) => new Uint8Array(lengthBytes) });
  expect(inbound.streamCount).toBe(12);
  inbound.setOptions(associationOptions({ maxInboundStreams: 20 }, options));
  expect(inbound.streamCount).toBe(20);
  inbound.reset({ initialTsn: 5, streamCount: 3, isInterleaved: false, tellsKept: false });
  expect(inbound.streamCount).toBe(3);
  inbound.setOptions(options);
  expect(inbound.streamCount).toBe(3);
  const accepts = [2, 3].map((streamId, i) =>
    inbound.onData(userData(5 + i, { streamId }), new Uint8Array(20)),
  );
  expect(accepts).toEqual(["accepted", "invalid-stream"]);
});
