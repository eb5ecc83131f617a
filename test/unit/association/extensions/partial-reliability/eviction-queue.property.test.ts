/** Goal: the least important message goes first, of equals the oldest. Method: a sorted list beside the heap, random programs. */
import { expect, it } from "vitest";
import { EvictionQueue } from "../../../../../src/association/extensions/partial-reliability/eviction-queue.ts";
import { OutboundMessage } from "../../../../../src/association/model/outbound-message.ts";
import { SeededRandom } from "../../../../../src/platform/random.ts";

interface Listed {
  readonly message: OutboundMessage;
  readonly value: number;
  readonly number: number;
}

it.each(Array.from({ length: 40 }, (_, seed) => seed))(
  "gives what a sorted list would, with seed %i",
  (seed) => {
    const random = new SeededRandom(seed);
    const queue = new EvictionQueue();
    let listed: Listed[] = [];
    for (let number = 0; number < 400; number++) {
      const action = random.integer(0, 9);
      if (action < 6) {
        const value = random.integer(0, 12);
        const message = new OutboundMessage(new Uint8Array(1), { reliability: { priority: value } });
        if (message.limit !== undefined) message.limit.isWaiting = true;
        queue.push(message, value);
        listed.push({ message, value, number });
      } else if (action < 7) {
        // One is sent meanwhile.
        const [gone] = listed.splice(random.integer(0, Math.max(0, listed.length - 1)), 1);
        if (gone?.message.limit !== undefined) gone.message.limit.isWaiting = false;
      } else {
        const below = random.integer(-1, 12);
        const [first] = [...listed].sort((a, b) => b.value - a.value || a.number - b.number);
        const expected = first !== undefined && first.value > below ? first.message : undefined;
        expect(queue.takeBelow(below)).toBe(expected);
        if (expected !== undefined) listed = listed.filter(({ message }) => message !== expected);
      }
    }
  },
);

it("keeps little of what has been sent", () => {
  const queue = new EvictionQueue();
  for (let i = 0; i < 10_000; i++)
    queue.push(new OutboundMessage(new Uint8Array(1), { reliability: { priority: i % 7 } }), i % 7);
  expect(queue.size).toBeLessThanOrEqual(64);
});
