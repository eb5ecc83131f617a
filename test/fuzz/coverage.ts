/**
 * Which blocks of the stack's code have run, by V8's own count.
 * Owns: the profiler session, and what has been reached so far. Does not own: what is done about news.
 *
 * V8 reports ranges of characters, and leaves out those that ran as often as the range around them. So ranges of
 * different reports are not comparable; the characters that they paint are. What runs in optimised code may go uncounted;
 * a branch that is new leaves that code, and is counted. To find out who took it, `exactly` does without optimising.
 */
import inspector from "node:inspector";
import v8 from "node:v8";

/** Characters [start, end) of a function that ran; other functions inside it count by themselves. */
export interface Reached {
  /** File, name and place of the function. */
  readonly code: string;
  readonly start: number;
  readonly end: number;
}

interface CoverageRange {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface FunctionCoverage {
  readonly functionName: string;
  readonly ranges: readonly CoverageRange[];
}

interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly FunctionCoverage[];
}

/** What has run, file by code: a byte for each character. */
export class Painting {
  readonly #sheets = new Map<string, Uint8Array>();
  /** Where blocks begin and end, function by function. */
  readonly #seams = new Map<string, Set<number>>();

  /** Adds what has run; returns what of it is new. */
  add(reached: readonly Reached[]): readonly Reached[] {
    const fresh: Reached[] = [];
    for (const { code, start, end } of reached) {
      const painted = this.#sheet(code, end);
      let from = -1;
      for (let at = start; at <= end; at++) {
        const isNew = at < end && painted[at] === 0;
        if (isNew) painted[at] = 1;
        if (isNew && from === -1) from = at;
        if (isNew || from === -1) continue;
        fresh.push({ code, start: from, end: at });
        from = -1;
      }
    }
    return fresh;
  }

  addSeams(code: string, ...offsets: readonly number[]): void {
    const seams = this.#seams.get(code) ?? new Set();
    this.#seams.set(code, seams);
    for (const offset of offsets) seams.add(offset);
  }

  /** Blocks that have run, of all between two seams that V8 has ever told of. */
  get blocks(): { readonly reached: number; readonly known: number } {
    let reached = 0;
    let known = 0;
    for (const [code, seams] of this.#seams) {
      const painted = this.#sheets.get(code);
      known += seams.size;
      for (const seam of seams) if (painted?.[seam] === 1) reached++;
    }
    return { reached, known };
  }

  #sheet(code: string, end: number): Uint8Array {
    const sheet = this.#sheets.get(code);
    if (sheet !== undefined && sheet.length >= end) return sheet;
    const larger = new Uint8Array(Math.max(end, 2 * (sheet?.length ?? 4_096)));
    if (sheet !== undefined) larger.set(sheet);
    this.#sheets.set(code, larger);
    return larger;
  }
}

export class Coverage {
  readonly #session = new inspector.Session();
  readonly #folder: string;
  /** Every block that V8 has told of, reached or not. */
  readonly seams = new Map<string, Set<number>>();

  /** @param folder the part of a script's URL that tells the code of interest */
  constructor(folder: string) {
    this.#folder = folder;
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /**
   * What has run since the last call.
   * @param wanted functions to which the answer may be limited
   */
  take(wanted?: ReadonlySet<string>): readonly Reached[] {
    let scripts: readonly ScriptCoverage[] = [];
    this.#session.post("Profiler.takePreciseCoverage", (error, { result }) => {
      if (error !== null) throw new Error(error.message);
      scripts = result;
    });
    const reached: Reached[] = [];
    for (const { url, functions } of scripts) {
      const at = url.indexOf(this.#folder);
      if (at === -1) continue;
      const file = url.slice(at + this.#folder.length);
      for (const one of functions) this.#paint(file, one, reached, wanted);
    }
    return reached;
  }

  /** Does some work in which every call is counted, and the code is slow. */
  exactly(work: () => void): void {
    v8.setFlagsFromString("--no-opt");
    this.#restart();
    try {
      work();
    } finally {
      v8.setFlagsFromString("--opt");
      this.#restart();
    }
  }

  stop(): void {
    this.#session.post("Profiler.stopPreciseCoverage");
    this.#session.disconnect();
  }

  /** The first range is the function; the others lie within those before them and say otherwise. */
  /** V8 gives up all optimised code when the count begins. */
  #restart(): void {
    this.#session.post("Profiler.stopPreciseCoverage");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  #paint(
    file: string,
    { functionName, ranges }: FunctionCoverage,
    reached: Reached[],
    wanted: ReadonlySet<string> | undefined,
  ): void {
    const [whole] = ranges;
    if (whole === undefined) return;
    const name = `${file}:${functionName}:${whole.startOffset}`;
    if (wanted !== undefined && !wanted.has(name)) return;
    const seams = this.seams.get(name) ?? new Set();
    this.seams.set(name, seams);
    for (const { startOffset } of ranges) seams.add(startOffset);
    if (whole.count === 0) return;
    // Between two seams one count holds: that of the innermost range, which is the last one to cover it.
    const edges = [...new Set(ranges.flatMap(({ startOffset, endOffset }) => [startOffset, endOffset]))];
    edges.sort((a, b) => a - b);
    for (let i = 0; i + 1 < edges.length; i++) {
      const start = edges[i] ?? 0;
      const end = edges[i + 1] ?? 0;
      const inner = ranges.findLast(({ startOffset, endOffset }) => startOffset <= start && end <= endOffset);
      if (inner !== undefined && inner.count > 0) reached.push({ code: name, start, end });
    }
  }
}
