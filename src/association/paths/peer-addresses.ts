/**
 * The peer's addresses coming and going.
 * Owns: making a path for an address, with what belongs to it, and taking one away; the claim on an address, which no two
 * associations share. Does not own: the list of paths (path-set.ts), which addresses the peer has (src/association/procedures).
 */
import type { CongestionController } from "../../base/congestion-control.ts";
import type { AssociationOptions } from "../../base/options.ts";
import { COMMON_HEADER_BYTES } from "../../chunks/common-header.ts";
import { createController } from "../../congestion/create.ts";
import { addressFamily } from "../../platform/address.ts";
import type { ControlQueue } from "../model/control-queue.ts";
import { thresholdsAfter } from "../model/path-thresholds.ts";
import type { Seat } from "../model/seat.ts";
import type { Settings } from "../model/settings.ts";
import { Path } from "./path.ts";
import type { PathSet } from "./path-set.ts";
import type { ReplyPaths } from "./reply-paths.ts";
import { RetransmissionTimeout } from "./rto.ts";

/** Whoever sends on paths. */
export interface PathUser {
  onPathAdded(path: Path): void;
  onPathRemoved(path: Path): void;
  /** A path carries packets of another size from now on. */
  onPacketSizeChanged(): void;
}

export interface PeerAddressesParts {
  readonly seat: Seat;
  readonly settings: Settings;
  readonly paths: PathSet;
  readonly replyPaths: ReplyPaths;
  readonly control: ControlQueue<Path>;
  /** The sending half. */
  readonly outbound: PathUser;
}

/** An address of the peer, and how it is reached. */
export interface NewAddress {
  readonly address: string;
  /** The local address to send from; the host's choice if absent. */
  readonly localAddress?: string | undefined;
  readonly remoteUdpPort: number;
  /** Whether it needs no verification (RFC 9260 5.4). */
  readonly confirmed: boolean;
}

export class PeerAddresses {
  readonly #parts: PeerAddressesParts;

  constructor(parts: PeerAddressesParts) {
    this.#parts = parts;
  }

  /** Whether packets from this address are ours from now on; false if they are another association's. */
  claim(address: string): boolean {
    return this.#parts.seat.claimAddress(address);
  }

  /** Others may have the path's address from now on; it is to be claimed again before it is confirmed. */
  unclaim(path: Path): void {
    this.#parts.seat.unclaimAddress(path.address);
  }

  /** Adds a path for an address that has been claimed. */
  add({ address, localAddress, remoteUdpPort, confirmed }: NewAddress): Path {
    const { options } = this.#parts.settings;
    const { maxPacketBytes } = options;
    const path = new Path({
      address,
      localAddress: localAddress ?? this.#parts.seat.localAddressFor(address),
      remoteUdpPort,
      confirmed,
      maxPacketBytes,
      congestion: this.#controllerFor(address, maxPacketBytes),
      rto: new RetransmissionTimeout(options.rtoInitialMs, options.rtoMinMs, options.rtoMaxMs),
      thresholds: options,
    });
    path.heartbeatIntervalMs = options.heartbeatIntervalMs;
    this.#parts.paths.add(path);
    this.#parts.outbound.onPathAdded(path);
    return path;
  }

  /** Takes a path away; what was in flight there is sent again elsewhere. */
  remove(path: Path): void {
    this.#parts.seat.unclaimAddress(path.address);
    this.#parts.paths.remove(path);
    this.#parts.outbound.onPathRemoved(path);
    this.#parts.control.removePath(path);
    this.#parts.replyPaths.forget(path);
  }

  /** Takes away all paths but those of the listed addresses; one is always left. */
  keepOnly(addresses: ReadonlySet<string>): void {
    for (const path of [...this.#parts.paths.all]) {
      if (!addresses.has(path.address) && this.#parts.paths.all.length > 1) this.remove(path);
    }
  }

  /** The path carries larger or smaller packets from now on (RFC 9260 7.3). */
  setMaxPacketBytes(path: Path, maxPacketBytes: number): void {
    path.maxPacketBytes = maxPacketBytes;
    path.congestion.setPmdcs(maxPacketBytes - COMMON_HEADER_BYTES);
    this.#parts.outbound.onPacketSizeChanged();
  }

  /** Other options hold for all paths; a path's own parameters stay unless the same option has changed. */
  configure(options: AssociationOptions, before: AssociationOptions): void {
    const { rtoInitialMs, rtoMinMs, rtoMaxMs, heartbeatIntervalMs, maxPacketBytes } = options;
    for (const path of this.#parts.paths.all) {
      path.rto.setBounds(rtoInitialMs, rtoMinMs, rtoMaxMs);
      this.#parts.paths.setThresholds(path, thresholdsAfter(path.thresholds, options, before));
      if (heartbeatIntervalMs !== before.heartbeatIntervalMs) path.heartbeatIntervalMs = heartbeatIntervalMs;
      if (anotherController(options, before))
        path.congestion = this.#controllerFor(path.address, path.maxPacketBytes);
      if (maxPacketBytes !== before.maxPacketBytes) this.setMaxPacketBytes(path, maxPacketBytes);
    }
  }

  #controllerFor(address: string, maxPacketBytes: number): CongestionController {
    const pmdcsBytes = maxPacketBytes - COMMON_HEADER_BYTES;
    const { settings, paths } = this.#parts;
    return createController(settings.options, { pmdcsBytes, family: addressFamily(address) }, paths);
  }
}

/** Whether what is chosen now takes another controller than before. */
function anotherController(options: AssociationOptions, before: AssociationOptions): boolean {
  if (options.congestionControl !== before.congestionControl) return true;
  const isTuned = options.bbrLossThresholdPercent !== before.bbrLossThresholdPercent;
  return options.congestionControl === "bbr" && isTuned;
}
