/**
 * How far a thing is carried: its hand-overs as one walk.
 * Owns: counting, printing a walk. Does not own: watching (recorder.ts).
 */
import type { Frame, HandOver } from "./recorder.ts";

/** What one hand-over adds to the walk. */
export interface Step {
  readonly what: string;
  /** The calls that no hand-over before it had, the outermost first. */
  readonly frames: readonly Frame[];
}

export interface Walk {
  readonly title: string;
  /** Functions under src/ that are called on the way, each counted once. */
  readonly total: number;
  readonly steps: readonly Step[];
}

/** A container of ours, which counts no more than JavaScript's own: the call that puts something into it does. */
const CONTAINER = /(^|\/)fifo\.ts$/;

export function walkOf(title: string, handOvers: readonly HandOver[]): Walk {
  const known = new Set<string>();
  const steps = handOvers.map(({ what, frames }): Step => {
    const added = frames.filter((frame) => {
      if (CONTAINER.test(frame.file) || known.has(keyOf(frame))) return false;
      known.add(keyOf(frame));
      return true;
    });
    return { what, frames: added };
  });
  return { title, total: known.size, steps };
}

/** A function without a name is known by where it is. */
function keyOf({ file, line, name }: Frame): string {
  return name.endsWith("<anonymous>") ? `${file} ${name} ${line}` : `${file} ${name}`;
}

export function textOf({ title, total, steps }: Walk): string {
  const lines = [`${title}: ${total}`];
  for (const { what, frames } of steps) {
    for (const { file, line, name } of frames) lines.push(`    ${file}:${line} ${name}`);
    lines.push(`  ${what}`);
  }
  return lines.join("\n");
}
