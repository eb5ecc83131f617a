/**
 * All destination addresses of one peer.
 * Owns: the list, the primary path, which path carries DATA (RFC 9260 6.4), error counts against the paths' thresholds and
 * the resulting path states (8.2, RFC 7829 3.2, 5).
 * Does not own: the association's error count, timers, heartbeats, which path is the least doubtful (quick-failover.ts).
 */
import type { PathThresholds } from "../model/path-thresholds.ts";
import type { PacketSizeSearch } from "./packet-size-search.ts";
import type { Path } from "./path.ts";
import type { PathFlight } from "./path-flight.ts";
import { isLessDoubtful, leastDoubtful, mostErrors } from "./quick-failover.ts";
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
  /** Another path is the primary, by itself (RFC 7829 5). */
  primaryChanged(path: Path): void;
  /**
   * T3-rtx has expired, which is an error of the path.
   * @param flightBytes what was in flight
   * @param isRepeated nothing has been acknowledged since it expired before
   */
  onDataTimeout?(path: Path, flightBytes: number, isRepeated: boolean, nowMs: number): void;
  /** The peer has that address no more. */
  onPathRemoved?(path: Path): void;
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
    this.observer?.onPathRemoved?.(path);
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
   * The path for new DATA: the primary; while it is not active another active one (RFC 9260 6.4.1); with none active, the
   * least doubtful one, the primary before others with as many errors. Undefined while no address is confirmed.
   */
  get forData(): Path | undefined {
    const primary = this.#primary;
    if (primary?.usable) return primary;
    let fallback = primary?.confirmed ? primary : undefined;
    for (const path of this.#paths) {
      if (path.usable) return path;
      if (path.confirmed && (fallback === undefined || isLessDoubtful(path, fallback))) fallback = path;
    }
    return fallback;
  }

  /**
   * An active path other than `path`, the next one in turn (RFC 9260 6.4, 6.4.1); one that no local address has reached lately
   * only if there is no other; with none active the least doubtful one, or `path` itself.
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
    return doubtful ?? leastDoubtful(this.#paths, path);
  }

  /**
   * RFC 9260 8.2: an expired T3-rtx or an unanswered HEARTBEAT. A destination is given up if it is reached from no local address;
   * it is suspected earlier, whatever is known of those (RFC 7829 3.2-2).
   * @returns whether it is suspected now and was not before, or the other way round
   */
  countError(path: Path): boolean {
    const { active: wasActive, isPotentiallyFailed: wasSuspected } = path;
    if (path.errorCount < mostErrors(path)) path.errorCount++;
    if (path.errorCount > path.thresholds.pathMaxRetrans && !path.sources?.anyReaches) path.active = false;
    if (wasActive && !path.active) this.observer?.onPathStateChange(path, "too many errors");
    else if (!wasSuspected && path.isPotentiallyFailed)
      this.observer?.onPathStateChange(path, "an answer is missing");
    this.#switchOver();
    return wasSuspected !== path.isPotentiallyFailed;
  }

  /** The peer was heard to have received something sent to this address. */
  clearErrors(path: Path, reason: string): void {
    if (path.active && path.errorCount === 0) return;
    const wasSuspected = path.isPotentiallyFailed;
    path.errorCount = 0;
    if (path.active && !wasSuspected) return;
    path.active = true;
    this.observer?.onPathStateChange(path, reason);
  }

  /** Other thresholds hold for a path, by which it may be in another state. */
  setThresholds(path: Path, thresholds: PathThresholds): void {
    const wasSuspected = path.isPotentiallyFailed;
    path.thresholds = thresholds;
    if (wasSuspected !== path.isPotentiallyFailed) this.observer?.onPathStateChange(path, "other thresholds");
    this.#switchOver();
  }

  /** RFC 7829 5: a primary path with too many errors gives way to the one that carries DATA now, and is one like any other. */
  #switchOver(): void {
    const primary = this.#primary;
    if (primary === undefined || primary.errorCount <= primary.thresholds.primarySwitchoverMaxRetrans) return;
    const next = this.forData;
    if (next === undefined || next === primary) return;
    this.#primary = next;
    this.observer?.primaryChanged(next);
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
    path.errorCount = 0; // Those of the probes.
    this.observer?.onPathStateChange(path, "confirmed");
  }
}
