/** docs/security.md says what the code says: options, collections, tests that exist, bytes out per byte in. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { ASSOCIATION_OPTIONS, STACK_OPTIONS } from "../../src/base/options.ts";
import { COLLECTIONS, LIMITS, NOT_A_PEERS } from "./limits.ts";
import { withTables } from "./security-page.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PAGE = readFileSync(`${ROOT}docs/security.md`, "utf8");

it("has tables that are up to date: run npm run docs", () => {
  expect(PAGE).toBe(withTables(PAGE));
});

it("lists every option that sounds like a limit", () => {
  const named = Object.keys({ ...ASSOCIATION_OPTIONS, ...STACK_OPTIONS }).filter((name) => /^max/.test(name));
  const known: readonly string[] = [...LIMITS, ...NOT_A_PEERS];
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

it("lists limits that are each tested at their edges, under their names", () => {
  const tests = readFileSync(`${ROOT}test/attack/limits.test.ts`, "utf8");
  expect(LIMITS.filter((name) => !tests.includes(`"${name} = `))).toEqual([]);
});

function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => name.replaceAll("\\", "/"));
}

it("lists every collection that a class of the association or the stack keeps", () => {
  const declared = ["association", "stack"].flatMap((folder) =>
    sourcesBelow(`${ROOT}src/${folder}`).flatMap((name) => {
      const text = readFileSync(`${ROOT}src/${folder}/${name}`, "utf8");
      const fields = /^ {2}(?:readonly )?(#\w+)(?:: ([^=;]+))?(?: = ([^;\n]+))?;?$/gm;
      return [...text.matchAll(fields)]
        .filter(([, , type = "", value = ""]) => {
          // What is read-only belongs to somebody else.
          if (/^(Readonly|readonly )/.test(type)) return false;
          return /\[\]|Array|Map<|Set<|\bRecord<|Fifo|TsnHeap|\[HmacKey/.test(`${type} ${value}`);
        })
        .map(([, field]) => `${folder}/${name} ${field}`);
    }),
  );
  const listed = COLLECTIONS.map(({ file, field }) => `${file} ${field}`);
  expect(declared.length).toBeGreaterThan(25);
  expect(declared.filter((entry) => !listed.includes(entry))).toEqual([]);
  for (const { file, field } of COLLECTIONS)
    expect(readFileSync(`${ROOT}src/${file}`, "utf8")).toContain(field);
});

it("names tests and files that exist", () => {
  const paths = [...PAGE.matchAll(/`((?:test|src|docs)\/[\w./-]+)`/g)].map(([, path = ""]) => path);
  expect(paths.length).toBeGreaterThan(10);
  expect(paths.filter((path) => !existsSync(ROOT + path))).toEqual([]);
});
