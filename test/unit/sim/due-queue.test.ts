import { expect, it } from "vitest";
import { SeededRandom } from "../../../src/platform/random.ts";
import { type Due, DueQueue } from "../../../src/sim/checks/due-queue.ts";

const message = (n: number): Uint8Array => Uint8Array.of(n & 0xff, n >>> 8);

it("gives what was put in, in order, with thousands waiting", () => {
  const queue = new DueQueue();
  const all = Array.from({ length: 5_000 }, (_, n) => message(n));
  for (const each of all) queue.push(each);
  for (const [n, each] of all.entries()) {
    expect(queue.shift()).toBe(each);
    if (n % 1_000 === 500) expect(queue.messages).toHaveLength(all.length - n - 1);
  }
  expect(queue.shift()).toBeUndefined();
  queue.push(message(1));
  expect(queue.messages).toEqual([message(1)]);
});

it("takes all up to the next reset, and nothing where there is none", () => {
  const queue = new DueQueue();
  queue.push(message(0));
  queue.push(message(1));
  expect(queue.takeThroughReset()).toEqual([]);
  expect(queue.shift()).toEqual(message(0));
  queue.push({ reset: 4 });
  queue.push(message(2));
  expect(queue.takeThroughReset()).toEqual([message(1)]);
  expect(queue.shift()).toEqual(message(2));
});

it("drops a reset that is not done, and no other", () => {
  const queue = new DueQueue();
  for (const due of [message(0), { reset: 1 }, { reset: 2 }, message(1)]) queue.push(due);
  queue.dropReset(1);
  expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([message(0), { reset: 2 }, message(1)]);
});

it("does what a plain array would, whatever is done", () => {
  const random = new SeededRandom(5);
  const queue = new DueQueue();
  let model: Due[] = [];
  for (let n = 0; n < 20_000; n++) {
    const what = random.integer(0, 99);
    // At first more comes than goes.
    if (what < (n < 10_000 ? 60 : 40)) {
      const due = what === 0 ? { reset: n } : message(n);
      queue.push(due);
      model.push(due);
    } else if (what < 99) {
      expect(queue.shift()).toBe(model.shift());
    } else if (n % 10 === 0) {
      const reset = model.find((due) => !(due instanceof Uint8Array)) as { reset: number } | undefined;
      queue.dropReset(reset?.reset ?? 0);
      model = model.filter((due) => due !== reset);
    }
  }
  expect(queue.messages).toEqual(model.filter((due) => due instanceof Uint8Array));
});
