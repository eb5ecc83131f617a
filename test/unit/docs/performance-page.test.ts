import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fillParts } from "../../../docs/page-parts.ts";
import { performancePage } from "../../../docs/performance-page.ts";

it("docs/performance.md has the figures of the published run: npm run docs", () => {
  const page = readFileSync(new URL("../../../docs/performance.md", import.meta.url), "utf8");
  expect(performancePage(page)).toBe(page);
});

it("a page without its markers is refused", () => {
  const page = "before\n<!-- one: made by npm run docs -->\nold\n<!-- end of one -->\nafter";
  expect(fillParts(page, { one: () => "new" })).toBe(page.replace("old", "new"));
  expect(() => fillParts(page, { two: () => "new" })).toThrow('no markers for "two"');
});
