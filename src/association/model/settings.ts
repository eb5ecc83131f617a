/**
 * The options of one association, as they are now.
 * Owns: the one place where they stand. Does not own: what each means (base/options.ts), what follows from a change
 * (association.ts).
 */
import type { AssociationOptions } from "../../base/options.ts";

export class Settings {
  #options: AssociationOptions;

  constructor(options: AssociationOptions) {
    this.#options = options;
  }

  get options(): AssociationOptions {
    return this.#options;
  }

  replace(options: AssociationOptions): void {
    this.#options = options;
  }
}
