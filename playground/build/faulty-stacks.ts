/**
 * Stacks with one fault each: `virtual:fault/queue-three` is the simulator on a stack into which that mutant of test/mutants has
 * been put, and the fault itself. A plugin for Vite, and so for Vitest.
 * Owns: making the copy: what imports the faulty file, directly or not, is there once more, and the rest is shared.
 * Does not own: the mutants (test/mutants), what is shown of them (src/lessons/bugs.ts).
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { MUTANTS } from "../../test/mutants/list.ts";
import { mutate } from "../../test/mutants/judging/mutation.ts";
import type { Mutant } from "../../test/mutants/mutant.ts";

const SRC = fileURLToPath(new URL("../../src/", import.meta.url)).replaceAll("\\", "/");
const MODULE = "virtual:fault/";
/** Behind the path of a module that is a copy. */
const COPY = "?fault=";
const IMPORT = /(?:import|export)\b[^"';]*?from\s*"(\.[^"]+)"/g;

/** What this needs of a plugin of Vite. */
interface Plugin {
  readonly name: string;
  readonly enforce: "pre";
  resolveId(source: string, importer: string | undefined): string | undefined;
  load(id: string): string | undefined;
}

export function faultyStacks(): Plugin {
  const copied = new Map<string, ReadonlySet<string>>();
  const filesOf = (id: string): ReadonlySet<string> => {
    const known = copied.get(id) ?? dependentsOf(`${SRC}${mutantOf(id).file}`);
    copied.set(id, known);
    return known;
  };
  return {
    name: "faulty-stacks",
    enforce: "pre",
    resolveId(source, importer) {
      if (source.startsWith(MODULE)) return `\0${source}`;
      const [from = "", id] = (importer ?? "").split(COPY);
      if (id === undefined || !source.startsWith(".")) {
        return source.includes(COPY) ? source : undefined;
      }
      const path = posix.join(dirname(from), source);
      return filesOf(id).has(path) ? `${path}${COPY}${id}` : path;
    },
    load(moduleId) {
      if (moduleId.startsWith(`\0${MODULE}`)) return entryOf(moduleId.slice(MODULE.length + 1));
      const [path = "", id] = moduleId.split(COPY);
      if (id === undefined) return undefined;
      const text = readFileSync(path, "utf8");
      const mutant = mutantOf(id);
      return path === `${SRC}${mutant.file}` ? mutated(text, mutant) : text;
    },
  };
}

function entryOf(id: string): string {
  const { file, find, replace } = mutantOf(id);
  return [
    `export { ScenarioRun } from ${JSON.stringify(`${SRC}sim/index.ts${COPY}${id}`)};`,
    `export const fault = ${JSON.stringify({ file: `src/${file}`, right: find.trim(), wrong: replace.trim() })};`,
  ].join("\n");
}

function mutantOf(id: string): Mutant {
  const found = MUTANTS.find((mutant) => mutant.id === id);
  if (found === undefined) throw new Error(`there is no mutant "${id}" in test/mutants`);
  return found;
}

function mutated(text: string, mutant: Mutant): string {
  const mutation = mutate(text, mutant);
  if (typeof mutation === "string") throw new Error(`${mutant.id}: ${mutation}`);
  return mutation.text;
}

/** A file of src, and all files of src that cannot be without it. */
function dependentsOf(file: string): Set<string> {
  const importers = new Map<string, string[]>();
  for (const name of readdirSync(SRC, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".ts")) continue;
    const from = `${SRC}${name.replaceAll("\\", "/")}`;
    for (const [, source = ""] of readFileSync(from, "utf8").matchAll(IMPORT)) {
      const to = posix.join(dirname(from), source);
      importers.set(to, [...(importers.get(to) ?? []), from]);
    }
  }
  const found = new Set([file]);
  for (const each of found) for (const importer of importers.get(each) ?? []) found.add(importer);
  return found;
}
