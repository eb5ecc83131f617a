/** Messages that wait for the reset of their stream, beside those that do not. */
import { expect, it } from "vitest";
import { OutboundMessage } from "../../../../src/association/model/outbound-message.ts";
import { FcfsScheduler } from "../../../../src/association/sending/fcfs-scheduler.ts";
import { SendQueue } from "../../../../src/association/sending/send-queue.ts";

const queueOf = (): SendQueue => new SendQueue(() => new FcfsScheduler());
const message = (streamId: number, lengthBytes = 1, priority?: number): OutboundMessage =>
  new OutboundMessage(new Uint8Array(lengthBytes), {
    streamId,
    ...(priority === undefined ? {} : { reliability: { priority } }),
  });

/** Takes all that may be sent now: stream, SSN and length of each. */
function sendAll(queue: SendQueue): Array<readonly [streamId: number, ssn: number, lengthBytes: number]> {
  const sent: Array<readonly [number, number, number]> = [];
  for (let next = queue.peek(); next !== undefined; next = queue.peek()) {
    queue.consume(next, next.data.length - next.sentBytes);
    sent.push([next.streamId, next.ssn, next.data.length]);
  }
  return sent;
}

it("what is held is counted, is not sent, and follows in its order when it is let go", () => {
  const queue = queueOf();
  queue.push(message(1, 10));
  const hold = queue.hold([1]);
  for (const lengthBytes of [20, 30]) queue.push(message(1, lengthBytes));
  queue.push(message(2, 40));
  expect([queue.messageCount, queue.pendingBytes, queue.isDrained(hold)]).toEqual([4, 100, false]);
  expect(sendAll(queue)).toEqual([
    [1, 0, 10],
    [2, 0, 40],
  ]);
  expect([queue.isEmpty, queue.pendingBytes, queue.isDrained(hold)]).toEqual([false, 50, true]);
  queue.restart([1]);
  queue.letGo(hold);
  expect(sendAll(queue)).toEqual([
    [1, 0, 20],
    [1, 1, 30],
  ]);
  expect([queue.isEmpty, queue.pendingBytes]).toEqual([true, 0]);
});

it("waits for its own streams, and for no other (RFC 6525 5.1.2)", () => {
  const queue = queueOf();
  for (const streamId of [0, 2]) queue.push(message(streamId, 10));
  expect(queue.isDrained(queue.hold([1]))).toBe(true);
});

it("what is given up while it is held is not sent, and neither do places of what was given up before keep a hold waiting", () => {
  const queue = queueOf();
  const [before, held] = [message(1, 10, 5), message(1, 20, 5)];
  queue.push(before);
  const hold = queue.hold(undefined);
  queue.push(held);
  queue.push(message(1, 30));
  expect(queue.limited).toEqual([before, held]);
  expect(queue.isDrained(hold)).toBe(false);
  queue.giveUp(before);
  queue.giveUp(held);
  expect(queue.isDrained(hold)).toBe(true);
  expect([queue.messageCount, queue.pendingBytes]).toEqual([1, 30]);
  queue.letGo(hold);
  expect(sendAll(queue)).toEqual([[1, 0, 30]]);
  expect([queue.isEmpty, queue.pendingBytes]).toEqual([true, 0]);
});

it("many that are given up, held or not, leave the order, the hold and a pause as they are", () => {
  const queue = queueOf();
  const doomed = Array.from({ length: 200 }, () => message(1, 2, 5));
  queue.push(message(1, 7));
  for (const each of doomed.slice(0, 100)) queue.push(each);
  const hold = queue.hold([1]);
  for (const each of doomed.slice(100)) queue.push(each);
  queue.push(message(1, 9));
  queue.pause();
  for (const each of doomed) queue.giveUp(each);
  expect(queue.peek()).toBeUndefined();
  queue.resume();
  expect(sendAll(queue)).toEqual([[1, 0, 7]]);
  expect(hold.messages.length).toBeLessThan(100);
  queue.letGo(hold);
  expect(sendAll(queue)).toEqual([[1, 1, 9]]);
  expect([queue.messageCount, queue.pendingBytes]).toEqual([0, 0]);
});

it("all come back in order when the association ends, those that are held last", () => {
  const queue = queueOf();
  const messages = [message(1, 1), message(2, 2), message(1, 3), message(2, 4)];
  queue.push(messages[0] as OutboundMessage);
  queue.push(messages[1] as OutboundMessage);
  queue.hold([1]);
  queue.hold([2]);
  queue.push(messages[2] as OutboundMessage);
  queue.push(messages[3] as OutboundMessage);
  expect(queue.drain()).toEqual(messages);
  expect([queue.isEmpty, queue.pendingBytes]).toEqual([true, 0]);
  queue.reset(false);
  queue.push(message(1, 5));
  expect(sendAll(queue)).toEqual([[1, 0, 5]]);
});

it("a pause lets what has been begun be finished, begins nothing else, and forgets no turn", () => {
  const queue = queueOf();
  const [begun, next] = [message(1, 10), message(2, 20)];
  queue.push(begun);
  queue.consume(queue.peek() as OutboundMessage, 4);
  queue.push(next);
  queue.pause();
  expect([queue.isHalfSent, queue.peek()]).toEqual([true, begun]);
  queue.consume(begun, 6);
  queue.push(message(3, 30));
  expect([queue.isHalfSent, queue.peek()]).toEqual([false, undefined]);
  queue.resume();
  expect(sendAll(queue).map(([streamId]) => streamId)).toEqual([2, 3]);
});
