/** docs/conformance.md is what the tests say, and leaves no section out. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { conformanceReport, gaps, misnamed } from "./report.ts";

it("finds the section and the strength of its requirement in every title", () => {
  expect(misnamed()).toEqual([]);
});

it("finds a test or an explanation for every section that asks for something", () => {
  expect(gaps()).toEqual([]);
});

it("docs/conformance.md is up to date: run npm run docs", () => {
  const page = readFileSync(new URL("../../docs/conformance.md", import.meta.url), "utf8");
  expect(page).toBe(conformanceReport());
});
