import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OutboundMessage } from "../../../../src/association/model/outbound-message.ts";
import { SendQueue } from "../../../../src/association/sending/send-queue.ts";
import { SCHEDULER_MAKERS } from "../../../../src/association/sending/stream-schedulers.ts";
import { STREAM_SCHEDULERS, type StreamSchedulerName } from "../../../../src/base/stream-schedulers.ts";

const FULL_CHUNK = 1_000;

interface Cut {
  readonly streamId: number;
  readonly name: number;
  readonly bytes: number;
  readonly isLast: boolean;
}

function queueOf(scheduler: StreamSchedulerName, isInterleaved: boolean): SendQueue {
  const queue = new SendQueue(SCHEDULER_MAKERS[scheduler]);
  queue.reset(isInterleaved);
  return queue;
}

/** `name` is the message's context: what the tests know it by. */
function push(queue: SendQueue, streamId: number, bytes: number, name = 0): void {
  queue.push(new OutboundMessage(new Uint8Array(bytes), { streamId, context: name }));
}

/** One more chunk, as large as it can be. */
function cutOne(queue: SendQueue, maxBytes: number = FULL_CHUNK): Cut | undefined {
  const message = queue.peek();
  if (message === undefined) return undefined;
  const bytes = Math.min(maxBytes, message.data.length - message.sentBytes);
  queue.consume(message, bytes);
  return {
    streamId: message.streamId,
    name: message.context,
    bytes,
    isLast: message.sentBytes === message.data.length,
  };
}

function cutAll(queue: SendQueue, maxChunks = 100_000): Cut[] {
  const cuts: Cut[] = [];
  for (let cut = cutOne(queue); cut !== undefined; cut = cutOne(queue)) {
    cuts.push(cut);
    if (cuts.length === maxChunks) break;
  }
  return cuts;
}

/** By stream, of the chunks while every stream still had something. */
function shares(cuts: readonly Cut[], streams: number, measure: (cut: Cut) => number): number[] {
  const sums = Array.from({ length: streams }, () => 0);
  for (const cut of cuts) sums[cut.streamId] = (sums[cut.streamId] ?? 0) + measure(cut);
  return sums;
}

const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
/** So much waits on each stream that none is empty while as much as `PART` of one is looked at. */
const WAITING = 60;
const sizes = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: WAITING, maxLength: WAITING });
const backlog = fc.array(sizes, { minLength: 2, maxLength: 6 });

/** Fills the streams one after the other, the last one first. */
function fill(queue: SendQueue, messages: readonly (readonly number[])[]): void {
  for (const [streamId, lengths] of [...messages.entries()].reverse())
    for (const [name, bytes] of lengths.entries()) push(queue, streamId, bytes, name);
}

/** While each stream has something left: as much as the least of them has, cut down to what is sure. */
function whileAllWait(queue: SendQueue, messages: readonly (readonly number[])[], maxChunks: number): Cut[] {
  const left = messages.map((lengths) => lengths.reduce((sum, bytes) => sum + bytes, 0));
  const cuts: Cut[] = [];
  for (let i = 0; i < maxChunks; i++) {
    const cut = cutOne(queue);
    if (cut === undefined) break;
    cuts.push(cut);
    left[cut.streamId] = (left[cut.streamId] ?? 0) - cut.bytes;
    if (left.some((bytes) => bytes <= 0)) break;
  }
  return cuts;
}

describe.each([...STREAM_SCHEDULERS])("%s", (scheduler) => {
  /** Killed: a stream that has run empty is served; one that comes back is forgotten; what is given up is sent. */
  it.each([false, true])(
    "sends everything once, each stream in its order (interleaved: %s)",
    (isInterleaved) => {
      const steps = fc.array(
        fc.oneof(
          {
            weight: 3,
            arbitrary: fc.record({ streamId: fc.nat(4), bytes: fc.integer({ min: 1, max: 4_000 }) }),
          },
          { weight: 3, arbitrary: fc.constant("cut" as const) },
          { weight: 1, arbitrary: fc.constantFrom(...STREAM_SCHEDULERS) },
          {
            weight: 1,
            arbitrary: fc.record({
              streamId: fc.nat(4),
              priority: fc.nat(3),
              weight: fc.integer({ min: 1, max: 9 }),
            }),
          },
        ),
        { maxLength: 120, size: "max" },
      );
      fc.assert(
        fc.property(steps, (plan) => {
          const queue = queueOf(scheduler, isInterleaved);
          const queued: number[][] = [[], [], [], [], []];
          const cuts: Cut[] = [];
          let name = 0;
          for (const step of plan) {
            if (step === "cut") {
              const cut = cutOne(queue);
              if (cut !== undefined) cuts.push(cut);
            } else if (typeof step === "string") queue.schedule(SCHEDULER_MAKERS[step]);
            else if ("bytes" in step) {
              push(queue, step.streamId, step.bytes, ++name);
              queued[step.streamId]?.push(name);
            } else queue.setShare(step.streamId, step);
          }
          cuts.push(...cutAll(queue));
          expect(queue.isEmpty).toBe(true);
          expect(queue.pendingBytes).toBe(0);
          for (const [streamId, names] of queued.entries()) {
            const ofStream = cuts.filter((cut) => cut.streamId === streamId);
            expect(ofStream.filter(({ isLast }) => isLast).map((cut) => cut.name)).toEqual(names);
            // No message begins before the one before it in its stream has been finished.
            expect(ofStream.map((cut) => cut.name)).toEqual(
              ofStream.map((cut) => cut.name).toSorted((a, b) => a - b),
            );
          }
          if (isInterleaved) return;
          for (const [at, { isLast, name: of }] of cuts.entries())
            expect(isLast || cuts[at + 1]?.name === of).toBe(true);
        }),
        { numRuns: 120 },
      );
    },
  );
});

describe("fcfs (RFC 8260 3.1)", () => {
  it.each([false, true])(
    "keeps the order of the user, whatever order held before (interleaved: %s)",
    (isInterleaved) => {
      const queue = queueOf("rr", isInterleaved);
      for (const [name, streamId] of [2, 2, 0, 1, 2, 0].entries()) push(queue, streamId, 10, name);
      queue.schedule(SCHEDULER_MAKERS.fcfs);
      expect(cutAll(queue).map(({ name }) => name)).toEqual([0, 1, 2, 3, 4, 5]);
    },
  );
});

describe("rr (RFC 8260 3.2)", () => {
  it("serves each stream a message at a time, or a chunk where fragments are interleaved, as in the RFC's figures", () => {
    const asInTheFigures = (isInterleaved: boolean): number[] => {
      const queue = queueOf("rr", isInterleaved);
      push(queue, 0, 3_000);
      for (let i = 0; i < 3; i++) push(queue, 1, 1_000);
      push(queue, 2, 3_000);
      return cutAll(queue).map(({ streamId }) => streamId);
    };
    expect(asInTheFigures(false)).toEqual([0, 0, 0, 1, 2, 2, 2, 1, 1]);
    expect(asInTheFigures(true)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
  });

  /** Killed: the turn stays where a message has been finished; a stream that waits gets two turns. */
  it("gives streams that all wait as many messages, or as many chunks, but for one", () => {
    fc.assert(
      fc.property(
        backlog,
        fc.boolean(),
        fc.integer({ min: 1, max: 200 }),
        (messages, isInterleaved, chunks) => {
          const queue = queueOf("rr", isInterleaved);
          fill(queue, messages);
          const cuts = whileAllWait(queue, messages, chunks);
          const counts = shares(cuts, messages.length, ({ isLast }) => (isInterleaved || isLast ? 1 : 0));
          expect(spread(counts)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

describe("rr-packet (RFC 8260 3.3)", () => {
  /** Killed: the next stream has its turn in the same packet; a stream that has run empty costs another its packet. */
  it("gives streams that all wait as many packets, but for one, and mixes none", () => {
    fc.assert(
      fc.property(backlog, fc.boolean(), (messages, isInterleaved) => {
        const queue = queueOf("rr-packet", isInterleaved);
        fill(queue, messages);
        const packets: number[] = [];
        const left = messages.map((lengths) => lengths.length);
        while (packets.length < 40 && left.every((count) => count > 1)) {
          const { streamId } = queue.peek() ?? { streamId: -1 };
          for (let room = FULL_CHUNK; room > 0 && queue.peek()?.streamId === streamId; ) {
            const cut = cutOne(queue, room);
            room -= cut?.bytes ?? room;
            if (cut?.isLast === true) left[streamId] = (left[streamId] ?? 0) - 1;
          }
          expect(queue.isPerPacket).toBe(true);
          queue.onPacketEnd();
          packets.push(streamId);
        }
        const turns = packets.filter((streamId, at) => streamId !== packets[at - 1]);
        // A message of DATA that spans packets keeps its turn; otherwise each packet is another stream's.
        if (isInterleaved) expect(turns).toEqual(packets);
        expect(
          spread(
            shares(
              turns.map((streamId) => ({ streamId, name: 0, bytes: 0, isLast: true })),
              messages.length,
              () => 1,
            ),
          ),
        ).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("takes the turn of no other stream where one has sent its last message", () => {
    const queue = queueOf("rr-packet", true);
    push(queue, 0, 10);
    for (const streamId of [1, 2]) for (let i = 0; i < 2; i++) push(queue, streamId, 10);
    const served: number[] = [];
    for (let cut = cutOne(queue); cut !== undefined; cut = cutOne(queue)) {
      served.push(cut.streamId);
      queue.onPacketEnd();
    }
    expect(served).toEqual([0, 1, 2, 1, 2]);
  });
});

describe("priority (RFC 8260 3.4)", () => {
  /** Killed: a larger number goes first; the one that came first goes first. */
  it("sends nothing of a stream while another one with a smaller number waits", () => {
    const priorities = fc.array(fc.nat(3), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(priorities, fc.boolean(), (numbers, isInterleaved) => {
        const queue = queueOf("priority", isInterleaved);
        for (const [streamId, priority] of numbers.entries()) queue.setShare(streamId, { priority });
        for (let i = 0; i < 3; i++) for (const streamId of numbers.keys()) push(queue, streamId, 1_500);
        const served = cutAll(queue).map(({ streamId }) => numbers[streamId] ?? 0);
        expect(served).toEqual(served.toSorted((a, b) => a - b));
      }),
    );
  });

  it.each([
    [false, [1, 1, 1, 0, 0]],
    [true, [1, 0, 0, 1, 1]],
  ])(
    "lets what is more important pass a large message, where that can be interrupted (%s)",
    (isInterleaved, expected) => {
      const queue = queueOf("priority", isInterleaved);
      queue.setShare(1, { priority: 7 });
      push(queue, 1, 3_000);
      const cuts = [cutOne(queue)];
      push(queue, 0, 2_000);
      expect([...cuts, ...cutAll(queue)].map((cut) => cut?.streamId)).toEqual(expected);
    },
  );

  it("lets streams of the same number take turns, and heeds another number at once", () => {
    const queue = queueOf("priority", false);
    for (const streamId of [0, 1, 2]) for (let i = 0; i < 2; i++) push(queue, streamId, 10);
    expect(cutOne(queue)?.streamId).toBe(0);
    queue.setShare(2, { priority: 0 });
    queue.setShare(0, { priority: 5 });
    expect(cutAll(queue).map(({ streamId }) => streamId)).toEqual([1, 2, 1, 2, 0]);
  });
});

describe.each(["fair", "wfq"] as const)("%s (RFC 8260 3.5, 3.6)", (scheduler) => {
  /** Killed: weights count for nothing, or the other way round; a stream that was idle catches up; the clock stands still. */
  it("gives streams that all wait bytes by their weights, but for the largest message or chunk of each", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(backlog, weights, fc.boolean(), (messages, weightOf, isInterleaved) => {
        const queue = queueOf(scheduler, isInterleaved);
        for (const streamId of messages.keys()) queue.setShare(streamId, { weight: weightOf[streamId] ?? 1 });
        fill(queue, messages);
        const cuts = whileAllWait(queue, messages, 400);
        const counted = isInterleaved ? cuts : cuts.slice(0, cuts.findLastIndex(({ isLast }) => isLast) + 1);
        const had = shares(counted, messages.length, ({ bytes }) => bytes);
        const byWeight = had.map((bytes, id) => bytes / (scheduler === "wfq" ? (weightOf[id] ?? 1) : 1));
        const largest = isInterleaved ? FULL_CHUNK : 5_000;
        expect(spread(byWeight)).toBeLessThanOrEqual(largest);
      }),
    );
  });

  it("lets nobody save up what it did not use", () => {
    const queue = queueOf(scheduler, true);
    for (let i = 0; i < 50; i++) push(queue, 0, FULL_CHUNK);
    cutAll(queue, 30);
    for (let i = 0; i < 20; i++) push(queue, 1, FULL_CHUNK);
    const served = cutAll(queue, 10).map(({ streamId }) => streamId);
    expect(
      spread(
        shares(
          served.map((streamId) => ({ streamId, name: 0, bytes: 0, isLast: true })),
          2,
          () => 1,
        ),
      ),
    ).toBeLessThanOrEqual(1);
  });
});
