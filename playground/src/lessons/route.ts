/**
 * Where a reader is, in the address: #lesson=NAME&step=N, the step counted from 1.
 * Owns: reading and writing it. Does not own: what is shown there (lessons-page.tsx).
 */
export interface Route {
  /** Of a lesson or of a bug; undefined: the list. */
  readonly lesson: string | undefined;
  /** Counted from 0. */
  readonly step: number;
}

export function readRoute(fragment: string): Route {
  const fields = new URLSearchParams(fragment.replace(/^#/, ""));
  const step = Number(fields.get("step") ?? 1);
  return {
    lesson: fields.get("lesson") ?? undefined,
    step: Number.isSafeInteger(step) && step >= 1 ? step - 1 : 0,
  };
}

export function routeTo(lesson: string, step = 0): string {
  return `#${new URLSearchParams({ lesson, step: String(step + 1) })}`;
}
