/** docs/simulation.md: each of its programs prints what the page says. */
import { afterAll, expect, it } from "vitest";
import { Page } from "./pages.ts";

const page = new Page("docs/simulation.md");
afterAll(() => page.close());

it("has no block of code that is not run [C12]", () => {
  expect(page.programs.size).toBe(page.blockCount);
  expect([...page.prints.keys()]).toEqual([...page.programs.keys()]);
});

it("says of each of its programs what it prints [C12]", async () => {
  const printed = await page.outputs([...page.programs.keys()]);
  expect(Object.fromEntries(printed)).toEqual(Object.fromEntries(page.prints));
});

it("begins with a program of twenty lines [C12]", () => {
  const first = [...page.programs.values()][0] ?? "";
  expect(first.trim().split("\n").length).toBeLessThanOrEqual(20);
});
