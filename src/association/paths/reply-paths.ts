/**
 * Where answers go (RFC 9260 6.4): back to where they were asked for, and from the local address that they were asked at.
 * Owns: the path that the last DATA came on. Does not own: which paths there are (path-set.ts), where the last DATA of each
 * came to (source-addresses.ts).
 */
import type { Route } from "../model/seat.ts";
import type { Path } from "./path.ts";
import type { PathSet } from "./path-set.ts";

export class ReplyPaths {
  readonly #paths: PathSet;
  #lastDataPath: Path | undefined = undefined;

  constructor(paths: PathSet) {
    this.#paths = paths;
  }

  /** A packet with DATA has been read to its end. @param localAddress where it came to */
  onData(source: Path, localAddress: string): void {
    this.#lastDataPath = source;
    if (source.sources !== undefined) source.sources.dataCameTo = localAddress;
  }

  /** The path is gone, or what is known of it is. */
  forget(path: Path): void {
    if (this.#lastDataPath === path) this.#lastDataPath = undefined;
  }

  /** Where a SACK goes. Undefined while no address is confirmed. */
  get forSack(): Path | undefined {
    const path = this.#lastDataPath === undefined ? undefined : this.to(this.#lastDataPath);
    return path?.confirmed === true ? path : this.#paths.forData;
  }

  /** The local address that a SACK to `forSack` leaves from. */
  get sackLeavesFrom(): string | undefined {
    const path = this.forSack;
    if (path?.sources === undefined || path !== this.#lastDataPath) return path?.localAddress;
    return path.sources.of(path.sources.dataCameTo ?? "")?.address ?? path.localAddress;
  }

  /**
   * The local address that an answer on `path` to something from `source` leaves from; undefined for where the path leaves.
   * @param cameTo where that came to
   */
  leavesFrom(path: Path, source: Path, cameTo: string): string | undefined {
    return path === source ? source.sources?.of(cameTo)?.address : undefined;
  }

  /** The way back to `source` for what was asked at `localAddress`. */
  routeTo(source: Path, localAddress: string): Route {
    const { address, remoteUdpPort } = source;
    const from = source.sources?.of(localAddress)?.address;
    return from === undefined ? source : { localAddress: from, address, remoteUdpPort };
  }

  /** Where the answer to something from `source` goes: not to an address that is unconfirmed (RFC 9260 5.4). */
  to(source: Path): Path {
    return source.confirmed ? source : (this.#paths.forData ?? source);
  }
}
