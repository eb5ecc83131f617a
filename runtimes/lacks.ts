/**
 * What Deno and Bun lack that the Node-side tests need.
 * Owns: the reasons, and which tests each one explains. Does not own: running them (run.ts).
 */

interface Lack {
  readonly runtime: "bun" | "deno";
  /** Names of tests that fail for it. */
  readonly tests: RegExp;
  readonly reason: string;
}

const LACKS: readonly Lack[] = [];

/** Why a test fails on a runtime, where that is known. */
export function reasonFor(runtime: string, test: string): string | undefined {
  return LACKS.find((lack) => lack.runtime === runtime && lack.tests.test(test))?.reason;
}
