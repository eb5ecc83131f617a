/**
 * Consecutive errors of the whole association (RFC 9260 8.1).
 * Owns: their count, and when it is too high. Does not own: what counts as one, the errors of single paths (path-set.ts),
 * the end that follows.
 */
import type { Settings } from "../model/settings.ts";

export class AssociationErrors {
  readonly #settings: Settings;
  #count = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** One more. @returns whether the peer counts as unreachable now */
  add(): boolean {
    return ++this.#count > this.#settings.options.associationMaxRetrans;
  }

  /** The peer has been heard to be alive. */
  clear(): void {
    this.#count = 0;
  }
}
