/**
 * Where answers go (RFC 9260 6.4): back to where they were asked for.
 * Owns: the path that the last DATA came on. Does not own: which paths there are (path-set.ts).
 */
import type { Path } from "./path.ts";
import type { PathSet } from "./path-set.ts";

export class ReplyPaths {
  readonly #paths: PathSet;
  #lastDataPath: Path | undefined = undefined;

  constructor(paths: PathSet) {
    this.#paths = paths;
  }

  /** A packet with DATA has been read to its end. */
  onData(source: Path): void {
    this.#lastDataPath = source;
  }

  /** The path is gone, or what is known of it is. */
  forget(path: Path): void {
    if (this.#lastDataPath === path) this.#lastDataPath = undefined;
  }

  /** Where a SACK goes. Undefined while no address is confirmed. */
  get forSack(): Path | undefined {
    return this.#lastDataPath === undefined ? this.#paths.forData : this.to(this.#lastDataPath);
  }

  /** Where the answer to something from `source` goes: not to an address that is unconfirmed (RFC 9260 5.4). */
  to(source: Path): Path {
    return source.confirmed ? source : (this.#paths.forData ?? source);
  }
}
