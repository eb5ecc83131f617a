/**
 * What the fuzzer drives: the stack in one state, or one part beside its model.
 * Owns: that interface, and how a broken invariant is told. Does not own: the targets (packets/, models/).
 */

import type { TraceSink } from "../../src/base/trace-sink.ts";
import type { SeededRandom } from "../../src/platform/random.ts";
import type { Input } from "./step.ts";

/** An invariant does not hold. */
export class Broken extends Error {
  override readonly name = "Broken";
}

export interface Target {
  /** A word: it names the target's folder in the corpus. */
  readonly name: string;
  /** Makes an input, from nothing or out of inputs that were worth keeping. */
  generate(random: SeededRandom, kept: readonly Input[]): Input;
  /**
   * Plays an input from a fresh start. The same input does the same every time.
   * @returns what happened, in words that are compared with those of other inputs: news make an input worth keeping
   * @throws Broken, or whatever the code under test throws
   */
  play(input: Input, trace?: TraceSink): readonly string[];
}

export function check(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new Broken(message());
}

export function checkEqual<T extends string | number | boolean | undefined>(
  actual: T,
  expected: T,
  what: string,
): void {
  if (actual !== expected) throw new Broken(`${what}: ${actual}, and the model says ${expected}`);
}
