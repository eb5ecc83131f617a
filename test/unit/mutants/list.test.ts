/** The list of mistakes fits the sources: each has a name of its own, and its place is there, once. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { mutate } from "../../mutants/judging/mutation.ts";
import { MUTANTS } from "../../mutants/list.ts";
import { sourceOf } from "../../mutants/mutant.ts";

const texts = new Map<string, string>();

function textOf(path: string): string {
  const text = texts.get(path) ?? readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
  texts.set(path, text);
  return text;
}

it("names no two mutants alike", () => {
  const ids = MUTANTS.map(({ id }) => id);
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
});

it("finds the place of each mutant exactly once, and changes something there", () => {
  const tried = MUTANTS.map((mutant) => [mutant.id, mutate(textOf(sourceOf(mutant)), mutant)] as const);
  expect(tried.filter(([, outcome]) => typeof outcome === "string")).toEqual([]);
});
