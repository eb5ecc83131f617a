/**
 * Programs for the models: random commands, and random changes to programs that were kept.
 * Owns: choosing and mutating commands and their numbers. Does not own: what they mean.
 */
import type { SeededRandom } from "../../../src/platform/random.ts";
import { type CommandStep, command, type Input, type Step } from "../step.ts";

/** Numbers at which 32-bit serial numbers are apt to go wrong. */
const SEAMS = [0, 1, 0x7fff_fff0, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff] as const;

/** A serial number, half of the time near a wrap. */
export function serial(random: SeededRandom): number {
  if (random.integer(0, 1) === 0) return random.uint32();
  return ((pick(random, SEAMS) ?? 0) - random.integer(0, 300)) >>> 0;
}

export function pick<T>(random: SeededRandom, items: readonly T[]): T | undefined {
  return items[random.integer(0, items.length - 1)];
}

export interface Program {
  /** The command that begins every program. */
  first(random: SeededRandom): CommandStep;
  next(random: SeededRandom): CommandStep;
  readonly maxLength: number;
}

/** A fresh program, or one that was kept and is changed in a few places. */
export function generateProgram(random: SeededRandom, kept: readonly Input[], program: Program): Input {
  const old = random.integer(0, 3) === 0 ? pick(random, kept) : undefined;
  if (old === undefined) {
    const steps: Step[] = [program.first(random)];
    for (let i = random.integer(1, program.maxLength); i > 0; i--) steps.push(program.next(random));
    return steps;
  }
  const steps = [...old];
  for (let i = random.integer(1, 6); i > 0; i--) {
    const at = random.integer(0, steps.length - 1);
    const choice = random.integer(0, 4);
    if (choice === 0) steps.splice(at, random.integer(1, 4));
    else if (choice === 1) steps.splice(at, 0, program.next(random));
    else if (choice === 2) steps.splice(at, 0, ...steps.slice(at, at + random.integer(1, 20)));
    else if (choice === 3) steps[at] = changed(random, steps[at] ?? program.next(random));
    else steps.push(program.next(random), program.next(random));
  }
  return steps.slice(0, 2 * program.maxLength);
}

function changed(random: SeededRandom, step: Step): Step {
  if (step.kind !== "command" || step.values.length === 0) return step;
  const values = [...step.values];
  const at = random.integer(0, values.length - 1);
  values[at] = Math.max(0, (values[at] ?? 0) + random.integer(-2, 2));
  return command(step.name, ...values);
}

/** Number `i` of a command; 0 where it has none. */
export function numberOf(step: CommandStep, i: number): number {
  return step.values[i] ?? 0;
}
