import { expect, it } from "vitest";
import { SeededRandom } from "../../../src/platform/random.ts";

const take = (seed: number, count: number): number[] => {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => random.uint32());
};

it("repeats itself for the same seed, and not for the next one", () => {
  expect(take(7, 50)).toEqual(take(7, 50));
  expect(take(7, 50)).not.toEqual(take(8, 50));
});

it("gives whole numbers of 32 bits, spread evenly", () => {
  const numbers = take(1, 20_000);
  expect(numbers.every((n) => Number.isInteger(n) && n >= 0 && n <= 0xffff_ffff)).toBe(true);
  for (let bit = 0; bit < 32; bit++) {
    const ones = numbers.filter((n) => Math.floor(n / 2 ** bit) % 2 === 1).length;
    expect(Math.abs(ones - 10_000), `bit ${bit}`).toBeLessThan(500);
  }
});

it("keeps integers between their bounds, both included", () => {
  const random = new SeededRandom(3);
  const seen = new Set(Array.from({ length: 500 }, () => random.integer(-1, 2)));
  expect([...seen].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2]);
});

it("keeps fractions below one and fills arrays", () => {
  const random = new SeededRandom(4);
  for (let i = 0; i < 1_000; i++) {
    const fraction = random.fraction();
    expect(fraction).toBeGreaterThanOrEqual(0);
    expect(fraction).toBeLessThan(1);
  }
  const bytes = new Uint8Array(64);
  random.fill(bytes);
  expect(new Set(bytes).size).toBeGreaterThan(30);
});

it("fills with the low bytes of its numbers, and goes on behind them", () => {
  const [filler, teller] = [new SeededRandom(9), new SeededRandom(9)];
  const bytes = new Uint8Array(1_001);
  filler.fill(bytes);
  expect([...bytes]).toEqual(Array.from(bytes, () => teller.uint32() & 0xff));
  for (let n = 0; n < 4; n++) expect(filler.uint32()).toBe(teller.uint32());
});
