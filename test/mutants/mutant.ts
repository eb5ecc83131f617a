/** The form of a mistake that the tests must find. Owns: nothing else. Does not own: the mistakes, running the tests. */

export interface Mutant {
  readonly id: string;
  /** Below src/, or one of the playground's, from playground/ on. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** What the mistake is. */
  readonly why: string;
}

/** Where the mistake is made, from the root on. */
export const sourceOf = ({ file }: Pick<Mutant, "file">): string =>
  file.startsWith("playground/") ? file : `src/${file}`;

export const mutant = (id: string, file: string, find: string, replace: string, why: string): Mutant => ({
  id,
  file,
  find,
  replace,
  why,
});
