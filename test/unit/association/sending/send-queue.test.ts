/** The streams' queues together: order, SSNs, what is dropped and drained, and a scheduler of another mind. */
import { describe, expect, it } from "vitest";
import { OutboundMessage } from "../../../../src/association/model/outbound-message.ts";
import { FcfsScheduler } from "../../../../src/association/sending/fcfs-scheduler.ts";
import { SendQueue } from "../../../../src/association/sending/send-queue.ts";
import type { StreamQueue } from "../../../../src/association/sending/stream-queue.ts";
import type { StreamScheduler } from "../../../../src/association/sending/stream-scheduler.ts";

/** `name` is the message's context: what the tests know it by. */
function message(name: number, streamId: number, bytes = 10, unordered = false): OutboundMessage {
  return new OutboundMessage(new Uint8Array(bytes), { streamId, unordered, context: name });
}

/** Cuts everything that waits into chunks of `bytes`; tells stream, message and SSN of each. */
function cutAll(queue: SendQueue, bytes: number): string[] {
  const chunks: string[] = [];
  for (let next = queue.peek(); next !== undefined; next = queue.peek()) {
    queue.consume(next, Math.min(bytes, next.data.length - next.sentBytes));
    chunks.push(`${next.streamId}:${next.context}#${next.ssn}`);
  }
  return chunks;
}

/** Serves the stream with the highest id. */
class HighestFirst implements StreamScheduler {
  readonly isPerPacket = false;
  readonly told: string[] = [];
  readonly #waiting: StreamQueue[] = [];

  onQueued(stream: StreamQueue): void {
    this.#waiting.push(stream);
  }

  next(): StreamQueue | undefined {
    return this.#waiting.toSorted((a, b) => b.streamId - a.streamId)[0];
  }

  onTaken(stream: StreamQueue, bytes: number, endOfMessage: boolean): void {
    this.told.push(`${stream.streamId} ${bytes} ${endOfMessage}`);
    if (endOfMessage) this.#waiting.splice(this.#waiting.indexOf(stream), 1);
  }
}

describe("first come, first served", () => {
  it("is the order of the user, across streams", () => {
    const queue = new SendQueue(() => new FcfsScheduler());
    for (const [name, streamId] of [3, 1, 3, 65_535, 0, 1].entries()) queue.push(message(name, streamId));
    expect(cutAll(queue, 10)).toEqual(["3:0#0", "1:1#0", "3:2#1", "65535:3#0", "0:4#0", "1:5#1"]);
    expect(queue.isEmpty).toBe(true);
  });

  it("stays so where messages are queued while others leave", () => {
    const queue = new SendQueue(() => new FcfsScheduler());
    queue.push(message(0, 5));
    queue.push(message(1, 4));
    queue.consume(queue.peek()!, 10);
    queue.push(message(2, 5));
    queue.push(message(3, 0));
    expect(cutAll(queue, 10)).toEqual(["4:1#0", "5:2#1", "0:3#0"]);
  });
});

it("numbers the ordered messages of each stream from 0, one number for all fragments of a message, none for unordered", () => {
  const queue = new SendQueue(() => new FcfsScheduler());
  queue.push(message(0, 1, 25));
  queue.push(message(1, 1, 10, true));
  queue.push(message(2, 1));
  queue.push(message(3, 2));
  expect(cutAll(queue, 10)).toEqual(["1:0#0", "1:0#0", "1:0#0", "1:1#0", "1:2#1", "2:3#0"]);
});

it("numbers each stream from 0 again after a reset", () => {
  const queue = new SendQueue(() => new FcfsScheduler());
  queue.push(message(0, 1));
  queue.push(message(1, 1));
  cutAll(queue, 10);
  queue.reset(false);
  queue.push(message(2, 1));
  expect(cutAll(queue, 10)).toEqual(["1:2#0"]);
});

it("counts what waits, through fragments, drops and draining", () => {
  const queue = new SendQueue(() => new FcfsScheduler());
  for (let name = 0; name < 4; name++) queue.push(message(name, name, 100));
  expect([queue.messageCount, queue.pendingBytes]).toEqual([4, 400]);
  queue.drop(queue.peek()!);
  expect([queue.messageCount, queue.pendingBytes]).toEqual([3, 300]);
  queue.consume(queue.peek()!, 40);
  expect([queue.messageCount, queue.pendingBytes]).toEqual([3, 260]);
  const left = queue.drain();
  expect(left.map(({ context, sentBytes }) => [context, sentBytes])).toEqual([
    [1, 40],
    [2, 0],
    [3, 0],
  ]);
  expect([queue.messageCount, queue.pendingBytes, queue.isEmpty]).toEqual([0, 0, true]);
  expect(queue.peek()).toBeUndefined();
});

it("lets go of what has left: a message does not hold those that were queued behind it", () => {
  const queue = new SendQueue(() => new FcfsScheduler());
  const first = message(0, 1);
  queue.push(first);
  queue.push(message(1, 1));
  expect(first.behind).toBeDefined();
  queue.consume(queue.peek()!, 10);
  expect(first.behind).toBeUndefined();
});

describe("another scheduler", () => {
  it("chooses between messages, never within one, and hears of every chunk", () => {
    const scheduler = new HighestFirst();
    const queue = new SendQueue(() => scheduler);
    queue.push(message(0, 1, 20));
    expect(queue.peek()?.context).toBe(0);
    queue.push(message(1, 2)); // Nothing of message 0 has been sent: the other stream goes first.
    expect(queue.peek()?.context).toBe(1);
    queue.consume(queue.peek()!, 10);
    queue.consume(queue.peek()!, 10);
    queue.push(message(2, 3)); // Now it has been begun.
    expect(cutAll(queue, 10)).toEqual(["1:0#0", "3:2#0"]);
    expect(scheduler.told).toEqual(["2 10 true", "1 10 false", "1 10 true", "3 10 true"]);
  });

  it("hears of a message that is dropped", () => {
    const scheduler = new HighestFirst();
    const queue = new SendQueue(() => scheduler);
    queue.push(message(0, 1));
    queue.push(message(1, 2));
    queue.drop(queue.peek()!);
    expect(scheduler.told).toEqual(["2 0 true"]);
    expect(queue.peek()?.context).toBe(0);
  });
});

it("forgets, with a message that is dropped half sent, what was left of it", () => {
  const queue = new SendQueue(() => new FcfsScheduler());
  queue.push(message(0, 0, 30));
  queue.push(message(1, 0, 10));
  const half = queue.peek()!;
  queue.consume(half, 10);
  queue.drop(half);
  expect([queue.messageCount, queue.pendingBytes]).toEqual([1, 10]);
});

describe("what is given up while it waits", () => {
  const limited = (name: number, streamId: number): OutboundMessage =>
    new OutboundMessage(new Uint8Array(10), { streamId, context: name, reliability: { priority: 1 } });

  it("is passed over, counts no more, and takes no number of its stream", () => {
    const queue = new SendQueue(() => new FcfsScheduler());
    const messages = Array.from({ length: 6 }, (_, name) => limited(name, name % 2));
    for (const each of messages) queue.push(each);
    for (const name of [0, 3, 4]) queue.giveUp(messages[name]!);
    expect([queue.messageCount, queue.pendingBytes]).toEqual([3, 30]);
    expect(queue.limited.map(({ context }) => context)).toEqual([2, 1, 5]);
    expect(cutAll(queue, 10)).toEqual(["1:1#0", "0:2#0", "1:5#1"]);
    expect([queue.messageCount, queue.pendingBytes]).toEqual([0, 0]);
  });

  it.each([
    ["first come, first served", () => new FcfsScheduler(), "0:0#0"],
    ["a scheduler of another mind", () => new HighestFirst(), "0:0#0"],
  ])("leaves room, however much it is, and what is half sent stays next: %s", (_title, scheduler, half) => {
    const queue = new SendQueue(scheduler);
    queue.push(message(0, 0, 30));
    queue.consume(queue.peek()!, 10);
    queue.push(message(1, 1));
    for (let name = 2; name < 1_000; name++) {
      const each = limited(name, 1 + (name % 3));
      queue.push(each);
      queue.giveUp(each);
    }
    expect([queue.messageCount, queue.pendingBytes]).toEqual([2, 30]);
    expect(cutAll(queue, 10)).toEqual([half, half, "1:1#0"]);
  });
});
