import { describe, expect, it } from "vitest";
import { linesOf } from "../../mutants/judging/executed-lines.ts";
import { segmentsOf } from "../../mutants/judging/source-map.ts";

function scriptOf(code: string, mappings: string): string {
  const map = Buffer.from(JSON.stringify({ version: 3, mappings })).toString("base64");
  return `'use strict';async (a,b)=>{{${code}\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${map}\n}}`;
}

/** V8's ranges: what of the script runs from the first of the text to the end of it, and whether it ran. */
function rangeOf(
  script: string,
  text: string,
  count: number,
): { startOffset: number; endOffset: number; count: number } {
  const startOffset = script.indexOf(text);
  return { startOffset, endOffset: startOffset + text.length, count };
}

describe("segmentsOf", () => {
  it("adds up the steps of the columns within a line, and of sources and lines across them", () => {
    expect(segmentsOf("AAAA,IAEA;;ACDC,C,+BgCkC")).toEqual([
      { generatedLine: 0, generatedColumn: 0, sourceIndex: 0, sourceLine: 0 },
      { generatedLine: 0, generatedColumn: 4, sourceIndex: 0, sourceLine: 2 },
      { generatedLine: 2, generatedColumn: 0, sourceIndex: 1, sourceLine: 1 },
      { generatedLine: 2, generatedColumn: 32, sourceIndex: 33, sourceLine: 35 },
    ]);
  });

  it("refuses what is no base64 VLQ", () => {
    expect(() => segmentsOf("A*")).toThrow('"A*" is no base64 VLQ');
  });
});

describe("linesOf", () => {
  const block = "{\n  f();\n  g();\n}";
  // A source whose first line, a type, leaves no code: its lines are one further down than those of the code.
  const script = scriptOf(`const a = 1;\nif (a) ${block}\nh();`, "AACA;AACA,OAAO;EACE;EACA;;AACA");
  const all = rangeOf(script, script, 1);
  const coverage = (ranges: (typeof all)[]) => [{ functionName: "", ranges, isBlockCoverage: true }];

  it("tells what the innermost range says of each line that has code", () => {
    const ranges = coverage([all, rangeOf(script, block, 0)]);
    expect(linesOf(script, ranges)).toEqual({ executed: [2, 3, 6], idle: [4, 5] });
  });

  it("looks into a function within what was not executed, and behind it", () => {
    const ranges = coverage([rangeOf(script, "g();", 1), rangeOf(script, block, 0), all]);
    expect(linesOf(script, ranges)).toEqual({ executed: [2, 3, 5, 6], idle: [4] });
  });

  it("knows nothing of a script without a source map", () => {
    expect(linesOf("f();", coverage([]))).toBeUndefined();
  });
});
