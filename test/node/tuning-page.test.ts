/** docs/tuning.md: its program prints what the page shows, and its prose claims nothing else. */
import { afterAll, expect, it } from "vitest";
import { ASSOCIATION_OPTIONS } from "../../src/core.ts";
import { Page } from "./pages.ts";

const page = new Page("docs/tuning.md");
afterAll(() => page.close());
const printed = page.prints.get("measure") ?? "";

it("shows what its program measures", async () => {
  expect(await page.output("measure")).toBe(printed);
});

it("claims nothing of the defaults that was not measured", () => {
  const row = (name: string): string[] => {
    const line = printed.split("\n").find((each) => each.startsWith(`${name} `)) ?? "";
    return line.slice(19).trim().split(/ {2,}/);
  };
  const [givenUp, longestWait, busy, idle, unanswered] = row("defaults");
  const slowly = row("no quick failover").slice(0, 2);
  const claims = page.text.slice(page.text.indexOf("| what happens |"), page.text.indexOf("A process that"));
  const times = [...claims.matchAll(/(?:after|is) ([\d.]+ s)/g)].map(([, time]) => time);
  expect(times).toEqual([givenUp, longestWait, ...slowly, busy, idle, unanswered]);
});

it("names the options with their defaults", () => {
  const rows = [...page.text.matchAll(/^\| `(\w+)` \| ([\d,]+) \|/gm)];
  expect(rows.length).toBe(16);
  for (const [, name = "", value = ""] of rows) {
    const spec = ASSOCIATION_OPTIONS[name as "rtoMinMs"];
    expect([name, spec.default]).toEqual([name, Number(value.replaceAll(",", ""))]);
  }
});

it("warns of no profile of its own: two paths are given up no earlier than the peer", () => {
  const code = page.programs.get("measure") ?? "";
  const numbers = (name: string): number[] =>
    [...code.matchAll(new RegExp(`    ${name}: (\\d+),`, "g"))].map(([, value]) => Number(value));
  const [ofPaths, ofAssociations] = [numbers("pathMaxRetrans"), numbers("associationMaxRetrans")];
  expect(ofPaths).toHaveLength(2);
  ofAssociations.forEach((most, i) => {
    expect(most).toBeLessThanOrEqual(2 * (ofPaths[i] ?? 0));
  });
});

it.each(["wan", "lan"])("describes the profile %s as it was measured", (name) => {
  const flat = (code: string): string => code.replace(/[\s,]+/g, " ").trim();
  const said = new RegExp(`\\*\\*\`${name}\`\\*\\* suits .*?\`\\{(.*?)\\}\``, "s").exec(page.text)?.[1];
  const measured = new RegExp(`  ${name}: \\{(.*?)\\}`, "s").exec(page.programs.get("measure") ?? "")?.[1];
  expect(flat(said ?? "nothing")).toBe(flat(measured ?? ""));
});
