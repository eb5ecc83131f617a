/**
 * A slice of the model fuzzing: random command sequences for the parts that keep books.
 * Owns: how many, and from which seed. Does not own: the models (models/), the long run (run.ts).
 */
import { expect, it } from "vitest";
import { SeededRandom } from "../../src/platform/random.ts";
import { MODEL_TARGETS } from "./models/all.ts";
import { formatInput } from "./step.ts";

const PROGRAMS = 300;

it.each(MODEL_TARGETS)("$name agrees with its model, whatever the commands", (target) => {
  const random = new SeededRandom(1);
  for (let i = 0; i < PROGRAMS; i++) {
    const input = target.generate(random, []);
    expect(() => target.play(input), formatInput(input)).not.toThrow();
  }
});
