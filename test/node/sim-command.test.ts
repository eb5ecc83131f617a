/** `sctp sim`, as whoever types it gets it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { sim } from "../../src/cli/commands/sim.ts";
import { textsOf, xmlFaults } from "../unit/trace/well-formed.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const FAILOVER = fileURLToPath(new URL("../../examples/scenarios/failover.json", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "sctpkit-sim-"));
afterAll(() => rmSync(folder, { recursive: true }));

function sctp(...words: string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  return spawnSync(process.execPath, ["--import", "tsx", MAIN, ...words], { encoding: "utf8" });
}

const NOTHING = {
  command: "sim",
  file: FAILOVER,
  diagram: false,
  svg: undefined,
  plot: undefined,
  capture: undefined,
  seed: undefined,
} as const;

/** The lines that it prints. */
function played(more: Partial<Parameters<typeof sim>[0]>): string[] {
  const lines: string[] = [];
  sim({ ...NOTHING, ...more }, (line) => lines.push(line));
  return lines;
}

it("prints the account of a scenario", () => {
  const { status, stdout, stderr } = sctp("sim", FAILOVER);
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^failover: 13\.000 s, seed 1, \d+ packets\n/);
  expect(stdout).toContain("bob    0 messages sent, 90 received; nothing sent again; ended by shutdown");
});

it("refuses a document that makes no sense with the field and exit code 2", () => {
  const file = join(folder, "wrong.json");
  writeFileSync(file, '{ "hosts": [], "links": [], "timeline": [] }');
  const { status, stderr } = sctp("sim", file);
  expect([status, stderr]).toEqual([
    2,
    `sctp: ${file}: hosts must be a list of 1 to 16 items, not a list of 0\n`,
  ]);
  expect(() => played({ file: join(folder, "none.json") })).toThrow(/cannot read .*none\.json: ENOENT/);
});

it("draws what was asked for", () => {
  const [svg, plot, capture] = ["a.svg", "b.svg", "c.pcapng"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const lines = played({ svg, plot, capture, diagram: true, seed: 5 });
  expect(lines[0]).toMatch(/^time \(ms\) {2}alice +bob$/);
  expect(lines.some((line) => line.includes("✕ lost │  cut"))).toBe(true);
  expect(lines).toContainEqual(expect.stringContaining("failover: 13.000 s, seed 5"));
  const [ladder, curves] = [readFileSync(svg, "utf8"), readFileSync(plot, "utf8")];
  expect([xmlFaults(ladder), xmlFaults(curves)]).toEqual([[], []]);
  expect(textsOf(ladder, "title")[0]).toBe("failover");
  expect(textsOf(curves, "text")).toEqual(expect.arrayContaining(["alice to 10.0.0.2", "alice to 10.1.0.2"]));
  const bytes = readFileSync(capture);
  expect([bytes.readUInt32LE(0), bytes.includes("bad-checksum")]).toEqual([0x0a0d0d0a, false]);
  expect(bytes.length).toBeGreaterThan(50_000);
});

it.each([
  [["sim"], "it goes: sctp sim FILE"],
  [["sim", "a", "b"], "it goes: sctp sim FILE"],
  [["sim", "a", "--seed", "-1"], "--seed"],
  [["sim", "a", "--seed", "x"], '--seed is a whole number from 0 to 4294967295, not "x"'],
  [["sim", "a", "--stream", "3"], "--stream is not for sim"],
  [["sim", "a", "-l"], "--listen is not for sim"],
  [["echo", "--diagram"], "--diagram is for sim"],
])("refuses %j", (words, complaint) => {
  expect(() => parseArguments(words)).toThrow(complaint);
});

it("reads its words", () => {
  expect(
    parseArguments([
      "sim",
      "f.json",
      "--diagram",
      "--svg",
      "s",
      "--plot",
      "p",
      "--capture",
      "c",
      "--seed",
      "9",
    ]),
  ).toEqual({
    command: "sim",
    file: "f.json",
    diagram: true,
    svg: "s",
    plot: "p",
    capture: "c",
    seed: 9,
  });
});
