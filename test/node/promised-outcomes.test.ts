/** Who waits for the outcome of what an association was asked for. */
import { expect, it } from "vitest";
import { PromisedOutcomes } from "../../src/node/socket/promised-outcomes.ts";

it("gives whoever waits for an outcome once, and makes no error for the end when nobody waits any more", () => {
  const outcomes = new PromisedOutcomes();
  const rejected: unknown[] = [];
  const waiting = { resolve: () => {}, reject: (error: unknown) => rejected.push(error) };
  outcomes.add(1, waiting);
  outcomes.add(2, waiting);
  expect(outcomes.take(1)).toBe(waiting);
  expect(outcomes.take(1)).toBeUndefined();
  const over = new Error("over");
  outcomes.rejectAll(() => over);
  expect(rejected).toEqual([over]);
  outcomes.rejectAll(() => {
    throw new Error("nobody waits");
  });
  expect(outcomes.take(2)).toBeUndefined();
});
