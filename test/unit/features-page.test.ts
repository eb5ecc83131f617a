/** docs/features.md says of each feature how it is negotiated and what shows that it works. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FEATURES, REFUSALS } from "../../docs/features.ts";
import { cellsOf, defaultInit, featuresPage } from "../../docs/features-page.ts";

const results = JSON.parse(
  readFileSync(new URL("../../interop/results.json", import.meta.url), "utf8"),
) as Record<string, readonly string[]>;

it("docs/features.md is up to date (npm run docs)", () => {
  expect(readFileSync(new URL("../../docs/features.md", import.meta.url), "utf8")).toBe(featuresPage());
});

describe.each(FEATURES)("$rfc, $name", (feature) => {
  it("has no empty cell, and a section of tests for each that is named", () => {
    for (const cell of cellsOf(feature)) expect(cell.trim()).not.toBe("");
    for (const section of feature.sections)
      expect(cellsOf({ ...feature, sections: [section] })[4]).not.toBe("");
  });

  it("is part of cases that pass with another stack", () => {
    if (typeof feature.interop === "string") return expect(feature.interop.length).toBeGreaterThan(10);
    for (const begin of feature.interop) {
      const cells = Object.entries(results).flatMap(([name, found]) => (name.startsWith(begin) ? found : []));
      expect(cells.filter((cell) => cell === "pass").length, begin).toBeGreaterThan(0);
      expect(cells, begin).not.toContain("FAIL");
    }
  });
});

it("all that a default INIT says belongs to a feature of the page", () => {
  const said = new Set(FEATURES.flatMap((feature) => feature.said));
  expect(defaultInit().filter((word) => !said.has(word))).toEqual([]);
});

it("says of what is not built in why that is so", () => {
  const page = featuresPage();
  for (const { rfc, name, why } of REFUSALS) {
    expect(why.length, name).toBeGreaterThan(40);
    expect(page).toContain(`| ${rfc} | ${name} | ${why} |`);
  }
  expect(REFUSALS.map(({ name }) => name.split(/\W/)[0])).toEqual(["ECN", "PKTDROP", "DSCP", "DTLS"]);
});
