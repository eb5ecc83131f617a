/** docs/simulation.md: each of its programs prints what the page says. */
import { afterAll, expect, it } from "vitest";
import { Page } from "./pages.ts";

const page = new Page("docs/simulation.md");
afterAll(() => page.close());

it("has no block of code that is not run [C12]", () => {
  expect(page.programs.size).toBe(page.blockCount);
  expect([...page.prints.keys()]).toEqual([...page.programs.keys()]);
});

it.each([...page.programs.keys()])("%s prints what the page says [C12]", async (name) => {
  expect(await page.output(name)).toBe(page.prints.get(name));
});

it("begins with a program of twenty lines [C12]", () => {
  const first = [...page.programs.values()][0] ?? "";
  expect(first.trim().split("\n").length).toBeLessThanOrEqual(20);
});
