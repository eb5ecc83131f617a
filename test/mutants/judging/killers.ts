/**
 * Which tests are likely to find a mistake in a source: those that found others there.
 * Owns: the order in which test files are tried. Does not own: which of them can see the mistake (coverage-map.ts).
 */
export class Killers {
  readonly #killed = new Map<string, Map<string, number>>();

  /** A mutant of the source was killed by this test file. */
  add(source: string, testFile: string): void {
    const ofSource = this.#killed.get(source) ?? new Map<string, number>();
    this.#killed.set(source, ofSource.set(testFile, (ofSource.get(testFile) ?? 0) + 1));
  }

  /**
   * The one that killed the mutant last, then those that killed most in its source, then the others as they come.
   * @param last is left out if it is none of the test files
   */
  sort(source: string, testFiles: readonly string[], last: string | undefined): string[] {
    const ofSource = this.#killed.get(source);
    const rank = (testFile: string): number =>
      testFile === last ? Number.POSITIVE_INFINITY : (ofSource?.get(testFile) ?? 0);
    return [...testFiles].sort((a, b) => Math.sign(rank(b) - rank(a)));
  }
}
