/**
 * A slice of the fuzzing that `npm run fuzz` does at length: the whole corpus, and some fresh inputs for every target.
 * Owns: how many, and from which seed; that the fuzzer's own tools work. Does not own: the targets (targets.ts).
 */
import { describe, expect, it } from "vitest";
import { SeededRandom } from "../../src/platform/random.ts";
import { keptInputs } from "./corpus.ts";
import { Painting } from "./coverage.ts";
import { minimised } from "./minimise.ts";
import { command, formatInput, type Input, parseInput } from "./step.ts";
import { Broken } from "./target.ts";
import { TARGETS, targetNamed } from "./targets.ts";

const FRESH_INPUTS = 200;

describe.each(TARGETS)("fuzzing: $name", (target) => {
  it("holds for every kept input", () => {
    const kept = keptInputs(target.name);
    expect(kept.length).toBeGreaterThan(0);
    for (const { name, input } of kept) expect(() => target.play(input), name).not.toThrow();
  });

  it("holds for fresh inputs, and does the same for the same input", () => {
    const random = new SeededRandom(1);
    const kept = keptInputs(target.name).map(({ input }) => input);
    for (let i = 0; i < FRESH_INPUTS; i++) {
      const input = target.generate(random, kept);
      const text = formatInput(input);
      let happenings: readonly string[] = [];
      expect(() => (happenings = target.play(input)), text).not.toThrow();
      if (i % 10 === 0) expect(target.play(parseInput(text)), text).toEqual(happenings);
    }
  });
});

describe("the fuzzer", () => {
  it("notices a blind packet that ends an association, were there one", () => {
    // An ABORT under the right tag does end it: told as a stranger's, it would be a breach.
    const abort = "packet right peer sealed flushed 138900070000000000000000060000040000000000000000";
    expect(targetNamed("established").play(parseInput(abort))).toContain(
      "abort: the peer aborted the association",
    );
    const unsealed = abort.replace("sealed", "unsealed");
    expect(targetNamed("established").play(parseInput(unsealed))).toContain("shutdown");
  });

  it("makes a failing input small", () => {
    const input: Input = Array.from({ length: 40 }, (_, i) => command("wait", i));
    const fails = (candidate: Input): boolean => {
      const waits = candidate.flatMap((step) => (step.kind === "command" ? step.values : []));
      return waits.includes(7) && waits.includes(31);
    };
    expect(formatInput(minimised(input, fails))).toBe("wait 7\nwait 31\n");
  });

  it("tells what runs for the first time from what has run before", () => {
    const painting = new Painting();
    painting.add([{ code: "a.ts:f:0", start: 10, end: 20 }]);
    expect(painting.add([{ code: "a.ts:f:0", start: 5, end: 25 }])).toEqual([
      { code: "a.ts:f:0", start: 5, end: 10 },
      { code: "a.ts:f:0", start: 20, end: 25 },
    ]);
    expect(painting.add([{ code: "a.ts:f:0", start: 5, end: 25 }])).toEqual([]);
  });

  it("refuses lines that are no steps", () => {
    expect(() => parseInput("packet sideways peer sealed flushed 00")).toThrow("not a packet");
    expect(() => parseInput("wait a while")).toThrow("not a step");
    expect(new Broken("x")).toBeInstanceOf(Error);
  });
});
