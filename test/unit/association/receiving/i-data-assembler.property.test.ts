import fc from "fast-check";
import { expect, it } from "vitest";
import type { ReceivedMessage } from "../../../../src/association/model/received-message.ts";
import { Inbound } from "../../../../src/association/receiving/inbound.ts";
import { associationOptions } from "../../../../src/base/options.ts";
import { tsnAdd } from "../../../../src/base/serial.ts";
import { DataChunkView, DataFlag } from "../../../../src/chunks/data.ts";
import { bindIData, I_DATA_HEADER_BYTES, writeIDataHeader } from "../../../../src/chunks/i-data.ts";

const STREAMS = 4;

interface Planned {
  readonly streamId: number;
  readonly unordered: boolean;
  /** Bytes of each fragment. */
  readonly fragments: readonly number[];
}

interface Sent {
  readonly message: number;
  readonly mid: number;
  readonly number: number;
  readonly tsn: number;
}

const messages: fc.Arbitrary<Planned[]> = fc.array(
  fc.record({
    streamId: fc.nat(STREAMS - 1),
    unordered: fc.boolean(),
    fragments: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 30, size: "max" },
);

/** What a sender makes of them: each stream one message after the other, the streams mixed as `turns` says. */
function sentBy(planned: readonly Planned[], turns: readonly number[], initialTsn: number): Sent[] {
  const next = new Map<string, number>();
  const queues: Sent[][] = Array.from({ length: STREAMS }, () => []);
  for (const [message, { streamId, unordered, fragments }] of planned.entries()) {
    const counter = `${streamId}${unordered}`;
    const mid = next.get(counter) ?? 0;
    next.set(counter, mid + 1);
    for (const number of fragments.keys()) queues[streamId]?.push({ message, mid, number, tsn: 0 });
  }
  const sent: Sent[] = [];
  for (let turn = 0; queues.some((queue) => queue.length > 0); turn++) {
    const waiting = queues.filter((queue) => queue.length > 0);
    const queue = waiting[(turns[turn % turns.length] ?? 0) % waiting.length];
    const fragment = queue?.shift();
    if (fragment !== undefined) sent.push({ ...fragment, tsn: tsnAdd(initialTsn, sent.length) });
  }
  return sent;
}

const byteOf = (message: number, number: number): number => (message * 7 + number) & 0xff;

/** A chunk in a datagram of its own. */
function arrive(inbound: Inbound, planned: readonly Planned[], { message, mid, number, tsn }: Sent): string {
  const { streamId, unordered, fragments } = planned[message] as Planned;
  const lengthBytes = fragments[number] ?? 0;
  const datagram = new Uint8Array(I_DATA_HEADER_BYTES + lengthBytes).fill(byteOf(message, number));
  const flags =
    (number === 0 ? DataFlag.Beginning : 0) |
    (number === fragments.length - 1 ? DataFlag.Ending : 0) |
    (unordered ? DataFlag.Unordered : 0);
  const view = new DataView(datagram.buffer);
  writeIDataHeader(view, 0, flags, tsn, streamId, mid, message, lengthBytes, number);
  return inbound.onData(bindIData(new DataChunkView(), datagram, 0, datagram.length), datagram);
}

function inboundOf(initialTsn: number, partialDeliveryPointBytes: number): Inbound {
  const options = associationOptions({ partialDeliveryPointBytes });
  const inbound = new Inbound({ options, allocate: (lengthBytes) => new Uint8Array(lengthBytes) });
  inbound.reset({ initialTsn, streamCount: STREAMS, isInterleaved: true, tellsKept: false });
  return inbound;
}

/** Whole messages by their keys, and in which order they ended. */
function joined(pieces: readonly ReceivedMessage[]): ReadonlyArray<{ ppid: number; bytes: number[] }> {
  const open = new Map<number, number[]>();
  const whole: { ppid: number; bytes: number[] }[] = [];
  for (const { messageKey, data, endOfMessage, ppid } of pieces) {
    const bytes = (open.get(messageKey) ?? []).concat([...data]);
    open.set(messageKey, bytes);
    if (!endOfMessage) continue;
    open.delete(messageKey);
    whole.push({ ppid, bytes });
  }
  expect(open.size).toBe(0);
  return whole;
}

/** As the sender began them, which the user must not see otherwise for an ordered stream. */
const bytesOf = ({ fragments }: Planned, message: number): number[] =>
  fragments.flatMap((lengthBytes, number) =>
    Array.from({ length: lengthBytes }, () => byteOf(message, number)),
  );

/**
 * Killed: both orders of a stream share their MIDs; fragments are joined by TSN; the PPID of the last fragment counts; the end is
 * taken for the whole; a piece that continues a message is taken for its beginning; a gap is passed over.
 */
it("gives every message once, whole and in the order of its stream, in whatever order the fragments come (RFC 8260 2.2.3)", () => {
  fc.assert(
    fc.property(
      messages,
      fc.array(fc.nat(STREAMS), { minLength: 1, maxLength: 12 }),
      fc.oneof(fc.constantFrom(0, 0xffff_fff0), fc.integer({ min: 0, max: 0xffff_ffff })),
      fc.array(fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(30)), {
        minLength: 1,
        maxLength: 40,
      }),
      fc.constantFrom(0, 1, 60),
      (planned, turns, initialTsn, delays, pointBytes) => {
        const inbound = inboundOf(initialTsn, pointBytes);
        const place = (at: number): number => at + (delays[at % delays.length] ?? 0);
        const arrivals = sentBy(planned, turns, initialTsn)
          .map((fragment, at) => ({ fragment, place: place(at) }))
          .sort((a, b) => a.place - b.place);
        const pieces: ReceivedMessage[] = [];
        for (const { fragment } of arrivals) {
          expect(["accepted", "completed"]).toContain(arrive(inbound, planned, fragment));
          for (let piece = inbound.buffer.shift(); piece !== undefined; piece = inbound.buffer.shift())
            pieces.push(piece);
        }
        const whole = joined(pieces);
        expect(whole.map(({ ppid }) => ppid).toSorted((a, b) => a - b)).toEqual([...planned.keys()]);
        for (const { ppid, bytes } of whole) expect(bytes).toEqual(bytesOf(planned[ppid] as Planned, ppid));
        for (let stream = 0; stream < STREAMS; stream++) {
          const ordered = whole
            .map(({ ppid }) => ppid)
            .filter((message) => {
              const { streamId, unordered } = planned[message] as Planned;
              return streamId === stream && !unordered;
            });
          expect(ordered).toEqual(ordered.toSorted((a, b) => a - b));
        }
        expect(inbound.buffer.usedBytes).toBe(0);
        expect(inbound.openDeliveries).toEqual([]);
        expect(inbound.tsns.cumulativeTsn).toBe(tsnAdd(initialTsn, arrivals.length - 1));
      },
    ),
    { numRuns: 120 },
  );
});

/** Killed: what was given up is forgotten at once; a message is dropped that its stream only waits for. */
it("loses and holds up nothing but what was given up, whatever is skipped when (RFC 8260 2.3.1)", () => {
  fc.assert(
    fc.property(
      messages,
      fc.array(fc.nat(STREAMS), { minLength: 1, maxLength: 12 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }),
      (planned, turns, losses, givesUp) => {
        const inbound = inboundOf(100, 0);
        const sent = sentBy(planned, turns, 100);
        const isLost = (at: number): boolean => losses[at % losses.length] === true;
        const isGivenUp = ({ message }: Sent): boolean => givesUp[message % givesUp.length] === true;
        // First what was not lost; then the sender forwards, or sends again, in the order of the TSNs.
        for (const [at, fragment] of sent.entries()) if (!isLost(at)) arrive(inbound, planned, fragment);
        for (const [at, fragment] of sent.entries()) {
          if (!isLost(at)) continue;
          const { streamId, unordered } = planned[fragment.message] as Planned;
          if (!isGivenUp(fragment)) arrive(inbound, planned, fragment);
          else inbound.skip(fragment.tsn, [{ streamId, unordered, ssn: fragment.mid }]);
        }
        const mustArrive = [...planned.keys()].filter(
          (message) =>
            !sent.some((fragment, at) => fragment.message === message && isLost(at) && isGivenUp(fragment)),
        );
        const pieces: ReceivedMessage[] = [];
        for (let piece = inbound.buffer.shift(); piece !== undefined; piece = inbound.buffer.shift())
          pieces.push(piece);
        const arrived = joined(pieces).map(({ ppid }) => ppid);
        expect(arrived.toSorted((a, b) => a - b)).toEqual(mustArrive);
        expect(inbound.buffer.usedBytes).toBe(0);
      },
    ),
    { numRuns: 150 },
  );
});
