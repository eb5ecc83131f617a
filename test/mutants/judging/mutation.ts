/**
 * A mistake put into a text.
 * Owns: the changed text, and which of its lines the mistake is in. Does not own: the mistakes (../list.ts).
 */
import { type Mutant, sourceOf } from "../mutant.ts";

export interface Mutation {
  readonly text: string;
  /** Lines of the original, from 1, that a test has to execute to see a difference: the first and the last. */
  readonly firstLine: number;
  readonly lastLine: number;
}

/** @returns what is wrong with the mutant, if anything is */
export function mutate(original: string, mutant: Mutant): Mutation | string {
  const { find, replace } = mutant;
  const at = original.indexOf(find);
  if (at < 0 || original.indexOf(find, at + 1) >= 0)
    return `"${find}" must occur once in ${sourceOf(mutant)}`;
  if (find === replace) return "it changes nothing";
  // Code before the difference and behind it is executed by tests that see no difference.
  const shorter = Math.min(find.length, replace.length);
  let same = 0;
  while (same < shorter && find[same] === replace[same]) same++;
  let sameEnd = 0;
  while (sameEnd < shorter - same && find.at(-1 - sameEnd) === replace.at(-1 - sameEnd)) sameEnd++;
  return {
    text: original.slice(0, at) + replace + original.slice(at + find.length),
    firstLine: lineAt(original, at + same),
    lastLine: lineAt(original, at + find.length - sameEnd),
  };
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
