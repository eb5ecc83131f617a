/** Each scenario of docs/simulation.md is played by the command, and is an address of the playground. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readAddress } from "../../../playground/src/session/address.ts";
import { sim } from "../../../src/cli/commands/sim.ts";
import { readScenario, type Scenario } from "../../../src/sim/index.ts";
import { FRAGMENTS, LISTED, WRITTEN_OUT } from "../../simulation-page.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sctpkit-scenarios-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string): string =>
  readFileSync(new URL(`../../../examples/scenarios/${name}.json`, import.meta.url), "utf8");

const WITH_NAMES: ReadonlyArray<readonly [name: string, text: string]> = [
  ...LISTED.map((name) => [name, fileOf(name)] as const),
  ...WRITTEN_OUT.map((document, i) => [`written-out-${i + 1}`, JSON.stringify(document)] as const),
];

it.each(WITH_NAMES)("sctp sim plays %s, and tells of each host", (name, text) => {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, text);
  const lines: string[] = [];
  const files = { svg: undefined, plot: undefined, capture: undefined };
  sim({ command: "sim", file, diagram: false, seed: undefined, ...files }, (line) => lines.push(line));
  for (const host of readScenario(text).hosts)
    expect(lines.some((line) => line.startsWith(`${host.name} `))).toBe(true);
  expect(lines.filter((line) => line.includes("was refused"))).toEqual([]);
});

it("has an address for each of them", async () => {
  const [listed, writtenOut]: [Scenario[], Scenario[]] = [[], []];
  for (const fragment of FRAGMENTS) {
    const { name, document } = await readAddress(fragment);
    if (document !== undefined) writtenOut.push(readScenario(document));
    else listed.push(readScenario(fileOf(name ?? "")));
  }
  const byName = (name: string): Scenario => readScenario(fileOf(name));
  expect(LISTED.length).toBeGreaterThanOrEqual(12);
  expect(listed).toEqual(LISTED.map(byName));
  expect(WRITTEN_OUT.length).toBeGreaterThanOrEqual(2);
  expect(writtenOut).toEqual(WRITTEN_OUT.map((document) => readScenario(document)));
});
