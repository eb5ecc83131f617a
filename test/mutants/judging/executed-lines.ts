/**
 * From what V8 counted in the code that vitest made to lines of the sources.
 * Owns: finding the lines that were executed and those that were not. Does not own: counting (measure.ts).
 */
import type { Profiler } from "node:inspector";
import { segmentsOf } from "./source-map.ts";

/** Lines of one source, counted from 1, in ascending order. Lines without code are in neither list. */
export interface SourceLines {
  readonly executed: readonly number[];
  readonly idle: readonly number[];
}

/** Vitest puts a module's code into a function: up to here. */
const WRAPPER_END = "{{";
const INLINE_MAP = /\n\/\/# sourceMappingURL=data:application\/json;[^,]*base64,([A-Za-z0-9+/=]+)\s*/;

/**
 * @param script what V8 ran, with its source map inline
 * @param functions V8's ranges, which nest; the innermost one says whether a place was executed
 * @returns undefined for a script without a source map
 */
export function linesOf(
  script: string,
  functions: readonly Profiler.FunctionCoverage[],
): SourceLines | undefined {
  const inline = INLINE_MAP.exec(script);
  if (inline === null) return undefined;
  const { mappings } = JSON.parse(Buffer.from(inline[1] ?? "", "base64").toString()) as { mappings: string };
  const lineStarts = startsOfLines(script);
  lineStarts[0] = script.indexOf(WRAPPER_END) + WRAPPER_END.length;
  const isExecuted = executionAt(functions);
  const executed = new Set<number>();
  const known = new Set<number>();
  for (const { generatedLine, generatedColumn, sourceIndex, sourceLine } of segmentsOf(mappings)) {
    if (sourceIndex !== 0) continue;
    known.add(sourceLine + 1);
    if (isExecuted((lineStarts[generatedLine] ?? 0) + generatedColumn)) executed.add(sourceLine + 1);
  }
  const ascending = (lines: Iterable<number>): number[] => [...lines].sort((a, b) => a - b);
  return {
    executed: ascending(executed),
    idle: ascending([...known].filter((line) => !executed.has(line))),
  };
}

function startsOfLines(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** For ascending offsets, which is how segments come: whether the innermost range around each was executed. */
function executionAt(functions: readonly Profiler.FunctionCoverage[]): (offset: number) => boolean {
  const ranges = functions
    .flatMap((one) => one.ranges)
    .sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  const around: Profiler.CoverageRange[] = [];
  let next = 0;
  return (offset) => {
    for (let range = ranges[next]; range !== undefined && range.startOffset <= offset; range = ranges[++next])
      around.push(range);
    while ((around.at(-1)?.endOffset ?? Number.POSITIVE_INFINITY) <= offset) around.pop();
    return (around.at(-1)?.count ?? 0) > 0;
  };
}
