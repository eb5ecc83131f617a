/** What decides which tests run on a mutant, and whether a result still holds. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CoverageMap, type Measured } from "../../mutants/judging/coverage-map.ts";
import { ImportGraph } from "../../mutants/judging/import-graph.ts";
import { KeptResults } from "../../mutants/judging/kept-results.ts";
import { Killers } from "../../mutants/judging/killers.ts";
import { type Mutation, mutate } from "../../mutants/judging/mutation.ts";
import { mutant } from "../../mutants/mutant.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sctpkit-trying-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("a mutation", () => {
  const source = "first();\nif (\n  a &&\n  b\n) c();\nlast();\n";
  const linesOf = (find: string, replace: string): readonly [number, number] => {
    const { firstLine, lastLine } = mutate(source, mutant("m", "a.ts", find, replace, "")) as Mutation;
    return [firstLine, lastLine];
  };

  it("puts the mistake into the text, whatever signs it has", () => {
    const mutation = mutate(source, mutant("m", "a.ts", "last();", "$&$1;", ""));
    expect(mutation).toMatchObject({ text: source.replace("last();", () => "$&$1;") });
  });

  it("is where the texts differ, not where the anchor begins and ends", () => {
    expect(linesOf("a &&\n  b\n", "a &&\n  d\n")).toEqual([4, 4]);
    expect(linesOf("a &&\n  b", "a ||\n  b")).toEqual([3, 3]);
    expect(linesOf("first();\nif (", "if (")).toEqual([1, 2]);
    expect(linesOf("last();", "last();more();")).toEqual([6, 6]);
  });

  it("is refused where the anchor is missing, or there twice, or nothing changes", () => {
    expect(mutate(source, mutant("m", "a.ts", "none", "", ""))).toMatch(/must occur once in src\/a\.ts/);
    expect(mutate(source, mutant("m", "playground/src/a.ts", "();", "", ""))).toMatch(
      /must occur once in playground\/src\/a\.ts/,
    );
    expect(mutate(source, mutant("m", "a.ts", "last", "last", ""))).toBe("it changes nothing");
  });
});

describe("the coverage map", () => {
  const measured = (
    testFile: string,
    durationMs: number,
    executed: number[],
    idle: number[] = [],
  ): Measured => ({
    testFile,
    durationMs,
    sources: { "src/a.ts": { executed, idle } },
  });
  const hashes: Record<string, string> = {};
  const hashOf = (testFile: string): string => hashes[testFile] ?? testFile;

  function take(map: CoverageMap, testFiles: string[], all: readonly Measured[]): void {
    const written = join(folder, "measured");
    mkdirSync(written, { recursive: true });
    for (const [i, one] of all.entries()) writeFileSync(join(written, `${i}.json`), JSON.stringify(one));
    map.take(written, (testFile) => testFiles.includes(testFile), hashOf);
  }

  it("names the tests that execute one of the lines, quick ones first", () => {
    const map = new CoverageMap(folder);
    const tests = ["slow", "quick", "elsewhere"];
    take(map, tests, [
      measured("slow", 900, [1, 4]),
      measured("quick", 20, [4], [5]),
      measured("elsewhere", 1, [1], [4, 5]),
    ]);
    expect(map.reaching(tests, "src/a.ts", 4, 5)).toEqual(["quick", "slow"]);
    expect(map.reaching(["slow"], "src/a.ts", 4, 5)).toEqual(["slow"]);
    expect(map.reaching(tests, "src/b.ts", 4, 5)).toEqual([]);
  });

  it("takes lines without code as executed by whoever loads the file", () => {
    const map = new CoverageMap(folder);
    take(map, ["loads"], [measured("loads", 1, [1], [3])]);
    expect(map.reaching(["loads"], "src/a.ts", 2, 2)).toEqual(["loads"]);
    expect(map.reaching(["loads"], "src/a.ts", 2, 3)).toEqual([]);
  });

  it("forgets a test that fails now", () => {
    const map = new CoverageMap(folder);
    take(map, ["fails"], [measured("fails", 1, [1])]);
    take(map, [], [measured("fails", 1, [1])]);
    expect(map.reaching(["fails"], "src/a.ts", 1, 1)).toEqual([]);
    expect(map.unmeasured(["fails"], hashOf)).toEqual(["fails"]);
  });

  it("is kept, for tests that are still there and depend on nothing that has changed", () => {
    take(
      new CoverageMap(folder),
      ["same", "changed"],
      [measured("same", 1, [1]), measured("changed", 2, [1]), measured("gone", 3, [1])],
    );
    hashes["changed"] = "another";
    const map = new CoverageMap(folder);
    expect(map.unmeasured(["same", "changed", "gone"], hashOf)).toEqual(["changed", "gone"]);
    expect(map.durationMs("same")).toBe(1);
    writeFileSync(join(folder, "coverage.json"), "[{");
    expect(new CoverageMap(folder).unmeasured(["same"], hashOf)).toEqual(["same"]);
  });
});

describe("the order of tests", () => {
  it("begins with the one that killed the mutant last, and those that killed others in its source", () => {
    const killers = new Killers();
    const tests = ["a", "b", "c", "d"];
    for (const testFile of ["c", "d", "d"]) killers.add("src/x.ts", testFile);
    killers.add("src/y.ts", "a");
    expect(killers.sort("src/x.ts", tests, "b")).toEqual(["b", "d", "c", "a"]);
    expect(killers.sort("src/x.ts", tests, undefined)).toEqual(["d", "c", "a", "b"]);
    expect(killers.sort("src/z.ts", tests, "gone")).toEqual(tests);
  });
});

describe("what a test depends on", () => {
  const tree = {
    "test/a.test.ts": 'import { it } from "vitest";\nimport { b } from "../src/b.ts";',
    "test/reads.test.ts": 'import { readFileSync } from "node:fs";',
    "test/far.test.ts": 'import { x } from "./reads.test.ts";',
    "test/computed.test.ts": "await import(name);",
    "src/b.ts": 'export { c } from "./c.ts";',
    "src/c.ts": 'import type { b } from "./b.ts";',
    "src/other.ts": "",
    "docs/page.md": "",
  };
  const hashOf = (file: string, changes: Record<string, string> = {}): string =>
    new ImportGraph(new Map(Object.entries({ ...tree, ...changes }))).hashOf(file);
  const dependsOn = (file: string, other: string): boolean =>
    hashOf(file) !== hashOf(file, { [other]: "changed" });

  it("is what it imports, directly or not, and nothing else", () => {
    for (const file of ["test/a.test.ts", "src/b.ts", "src/c.ts"])
      expect(dependsOn("test/a.test.ts", file)).toBe(true);
    for (const file of ["src/other.ts", "docs/page.md", "test/reads.test.ts"])
      expect(dependsOn("test/a.test.ts", file)).toBe(false);
  });

  it("is the whole tree where it reads files, directly or not, or computes what it imports", () => {
    for (const file of ["test/reads.test.ts", "test/far.test.ts", "test/computed.test.ts"])
      expect(dependsOn(file, "docs/page.md")).toBe(true);
  });

  it("is not more because of words that look like an import", () => {
    const prose = { "src/c.ts": "Buffer.from('letters'); throw new Error(`from 'two words'`);" };
    expect(hashOf("test/a.test.ts", { ...prose, "docs/page.md": "changed" })).toBe(
      hashOf("test/a.test.ts", prose),
    );
  });

  it("is another thing when a text moves from one file to the next", () => {
    const moved = { "src/b.ts": "", "src/c.ts": `${tree["src/b.ts"]}${tree["src/c.ts"]}` };
    expect(hashOf("docs/page.md", moved)).toBe(hashOf("docs/page.md"));
    expect(hashOf("test/a.test.ts", moved)).not.toBe(hashOf("test/a.test.ts"));
  });
});

describe("a kept result", () => {
  const m = mutant("m", "a.ts", "a", "b", "");
  const killed = { killedBy: "test/x.test.ts > fails", testFile: "test/x.test.ts" };
  const lives = { killedBy: undefined, testFile: undefined };

  function results(
    changes: { environment?: string; treeHash?: string; files?: Record<string, string> } = {},
  ) {
    const { environment = "node", treeHash = "tree", files = {} } = changes;
    return new KeptResults(folder, { environment, treeHash, textOf: (file) => files[file] ?? "same" });
  }

  it("of a killed mutant holds while the mutant, its source and the test that killed it are the same", () => {
    results().set(m, killed);
    expect(results().get(m)).toMatchObject(killed);
    expect(results({ treeHash: "another" }).get(m)).toMatchObject(killed);
    for (const file of ["src/a.ts", "test/x.test.ts"])
      expect(results({ files: { [file]: "another" } }).get(m)).toBeUndefined();
    expect(results({ environment: "another" }).get(m)).toBeUndefined();
    expect(results().get({ ...m, replace: "c" })).toBeUndefined();
    expect(results().get({ ...m, id: "other" })).toBeUndefined();
  });

  it("of one that lives holds while nothing changes at all", () => {
    results().set(m, lives);
    expect(results().get(m)?.killedBy).toBeUndefined();
    expect(results().get(m)).toBeDefined();
    expect(results({ treeHash: "another" }).get(m)).toBeUndefined();
  });

  it("still names the test that killed it last when it holds no more", () => {
    results().set(m, killed);
    expect(results({ environment: "another" }).lastKiller(m)).toBe("test/x.test.ts");
  });
});
