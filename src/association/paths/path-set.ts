/**
 * All destination addresses of one peer.
 * Owns: the list, the primary path, which path carries DATA (RFC 9260 6.4), error counts against Path.Max.Retrans and
 * the resulting path states (8.2).
 * Does not own: the association's error count, timers, heartbeats.
 */
import type { PacketSizeSearch } from "./packet-size-search.ts";
import type { Path } from "./path.ts";
import type { PathFlight } from "./path-flight.ts";
import type { SourceAddress } from "./source-addresses.ts";

/** What is known of the sizes that paths carry. */
export interface PacketSizes {
  /** Undefined where nothing is searched for. */
  searchOf(path: Path): PacketSizeSearch | undefined;
  /** From this length on, packets are sure to be cut on their way there; undefined where that is not known. */
  cutFromBytes(path: Path): number | undefined;
}

/** Told when a path changes its state. */
export interface PathObserver {
  onPathStateChange(path: Path, reason: string): void;
  /** Another local address reaches the destination, or one does no longer. */
  onSourceChange(path: Path, source: SourceAddress): void;
  /**
   * T3-rtx has expired, which is an error of the path.
   * @param flightBytes what was in flight
   * @param isRepeated nothing has been acknowledged since it expired before
   */
  onDataTimeout?(path: Path, flightBytes: number, isRepeated: boolean, nowMs: number): void;
  /** Undefined while nobody searches for sizes. */
  readonly packetSizes?: PacketSizes | undefined;
}

export class PathSet {
  /** Concatenated, not pushed to: that would reserve room for seventeen, and most peers have one address. */
  #paths: Path[] = [];
  #primary: Path | undefined = undefined;
  /** Set before any path can change its state. Whoever takes its place passes on what it is told. */
  observer: PathObserver | undefined = undefined;

  get all(): readonly Path[] {
    return this.#paths;
  }
  get primary(): Path | undefined {
    return this.#primary;
  }

  add(path: Path): void {
    this.#paths = this.#paths.concat(path);
    this.#primary ??= path;
  }

  remove(path: Path): void {
    const index = this.#paths.indexOf(path);
    if (index === -1) return;
    this.#paths.splice(index, 1);
    if (this.#primary === path) this.#primary = this.#paths.find((other) => other.usable) ?? this.#paths[0];
  }

  setPrimary(path: Path): void {
    this.#primary = path;
  }

  byAddress(address: string): Path | undefined {
    for (const path of this.#paths) if (path.address === address) return path;
    return undefined;
  }

  byFlight(flight: PathFlight | undefined): Path | undefined {
    for (const path of this.#paths) if (path.flight === flight) return path;
    return undefined;
  }

  /**
   * The path for new DATA: the primary; while it is inactive another active one (RFC 9260 6.4.1); with none active,
   * the primary still, or any confirmed one. Undefined while no address is confirmed.
   */
  get forData(): Path | undefined {
    const primary = this.#primary;
    if (primary?.usable) return primary;
    let fallback = primary?.confirmed ? primary : undefined;
    for (const path of this.#paths) {
      if (path.usable) return path;
      if (path.confirmed) fallback ??= path;
    }
    return fallback;
  }

  /**
   * An active path other than `path`, the next one in turn, or `path` itself (RFC 9260 6.4, 6.4.1); one that no local address
   * has reached lately only if there is no other.
   */
  alternateTo(path: Path): Path {
    const start = this.#paths.indexOf(path);
    let doubtful: Path | undefined;
    for (let step = 1; step < this.#paths.length; step++) {
      const other = this.#paths[(start + step) % this.#paths.length];
      if (other === undefined || !other.usable) continue;
      if (other.sources === undefined || !other.sources.allLost) return other;
      doubtful ??= other;
    }
    return doubtful ?? path;
  }

  /** RFC 9260 8.2: an expired T3-rtx or an unanswered HEARTBEAT. A destination is reached if it is from one local address. */
  countError(path: Path): void {
    if (path.errorCount <= path.maxErrors) path.errorCount++; // 8.3: counting stops once the path is inactive.
    if (path.errorCount <= path.maxErrors || !path.active || path.sources?.anyReaches) return;
    path.active = false;
    this.observer?.onPathStateChange(path, "too many errors");
  }

  /** The peer was heard to have received something sent to this address. */
  clearErrors(path: Path, reason: string): void {
    path.errorCount = 0;
    if (path.active) return;
    path.active = true;
    this.observer?.onPathStateChange(path, reason);
  }

  /** What left from there was answered. @param rttMs NaN where it was not measured */
  sourceAnswered(path: Path, source: SourceAddress | undefined, rttMs: number, nowMs: number): void {
    // Where the whole path is away, or unknown, its return is the news.
    if (source !== undefined && path.sources?.onAnswered(source, rttMs, nowMs) && path.usable)
      this.observer?.onSourceChange(path, source);
  }

  /** What left from there was not answered in time. */
  sourceUnanswered(path: Path, source: SourceAddress | undefined): void {
    if (source !== undefined && path.sources?.onUnanswered(source) && path.usable)
      this.observer?.onSourceChange(path, source);
  }

  /** RFC 9260 5.4: the address echoed its nonce. */
  confirm(path: Path): void {
    if (path.confirmed) return;
    path.confirmed = true;
    this.observer?.onPathStateChange(path, "confirmed");
  }
}
