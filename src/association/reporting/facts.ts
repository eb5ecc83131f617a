/**
 * What can be known of an association without changing it.
 * Owns: the answers to STATUS and about paths (RFC 9260 11.1.8). Does not own: their shapes (status.ts), the parts that they
 * come from.
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { received } from "../../base/option-check.ts";
import type { Capabilities } from "../model/capabilities.ts";
import { measured } from "../model/events.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
import type { Settings } from "../model/settings.ts";
import type { SearchState } from "../paths/packet-size-search.ts";
import type { Path } from "../paths/path.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { Inbound } from "../receiving/inbound.ts";
import type { Outbound } from "../sending/outbound.ts";
import type { AssociationStatus, PathInfo } from "./status.ts";

const NO_SOURCES: readonly never[] = [];

export interface FactsParts {
  readonly lifecycle: Lifecycle;
  readonly settings: Settings;
  readonly paths: PathSet;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  /** Asked anew each time: another agreement brings another. */
  readonly extensions: { readonly capabilities: Capabilities };
}

export class Facts {
  readonly #parts: FactsParts;

  constructor(parts: FactsParts) {
    this.#parts = parts;
  }

  /** Local addresses that paths leave from, each once. */
  get localAddresses(): readonly string[] {
    return [...new Set(this.#parts.paths.all.map((path) => path.localAddress))];
  }
  get remoteAddresses(): readonly string[] {
    return this.#parts.paths.all.map((path) => path.address);
  }
  get primaryAddress(): string {
    return this.#parts.paths.primary?.address ?? "";
  }

  /** The extensions that both sides agreed on. */
  get capabilities(): Capabilities {
    return this.#parts.extensions.capabilities;
  }

  status(): AssociationStatus {
    const { lifecycle, outbound, inbound } = this.#parts;
    return {
      state: lifecycle.state,
      primaryAddress: this.primaryAddress,
      inboundStreams: inbound.streamCount,
      outboundStreams: outbound.streamCount,
      peerRwndBytes: outbound.peerWindow.freeBytes,
      unackedChunks: outbound.sent.outstandingCount,
      pendingBytes: outbound.queue.pendingBytes,
      readableMessages: inbound.buffer.readyCount,
      heldBytes: inbound.buffer.usedBytes,
      localRwndBytes: inbound.buffer.freeBytes,
      receiveBufferBytes: inbound.buffer.capacityBytes,
      sendBufferBytes: outbound.sendBufferBytes,
      fragmentationPointBytes: outbound.fragmentationPointBytes,
      isInterleaved: outbound.isInterleaved,
    };
  }

  /** @throws SctpError ERR_SCTP_INVALID_ADDRESS if the address is none of the peer's */
  pathOf(address: string): Path {
    const path = this.#parts.paths.byAddress(address);
    if (path !== undefined) return path;
    const known = this.remoteAddresses.join(", ");
    throw new SctpError(
      SctpErrorCode.InvalidAddress,
      `${received(address)} is none of the peer's addresses (${known})`,
    );
  }

  pathInfo(path: Path): PathInfo {
    return {
      address: path.address,
      localAddress: path.localAddress,
      sources: path.sources?.facts ?? NO_SOURCES,
      remoteUdpPort: path.remoteUdpPort,
      state: path.stateName,
      isPrimary: path === this.#parts.paths.primary,
      carriesData: this.#carriesData(path),
      cwndBytes: path.congestion.cwndBytes,
      ssthreshBytes: path.congestion.ssthreshBytes,
      partialBytesAcked: path.congestion.partialBytesAcked,
      flightBytes: path.flight.flightBytes,
      srttMs: measured(path.rto.srttMs),
      rttvarMs: measured(path.rto.rttvarMs),
      rtoMs: path.rto.rtoMs,
      errorCount: path.errorCount,
      retransmittedChunks: path.retransmittedChunks,
      maxPacketBytes: path.maxPacketBytes,
      pathMtuSearch: this.#searchOf(path),
      pathMaxRetrans: path.thresholds.pathMaxRetrans,
      potentiallyFailedMaxRetrans: path.thresholds.potentiallyFailedMaxRetrans,
      primarySwitchoverMaxRetrans: path.thresholds.primarySwitchoverMaxRetrans,
      heartbeatIntervalMs: path.heartbeatIntervalMs,
      heartbeatEnabled: path.heartbeatEnabled,
    };
  }

  #carriesData(path: Path): boolean {
    const { paths, settings } = this.#parts;
    return path === paths.forData || (path.usable && settings.options.multipath !== "off");
  }

  /** A search that begins by itself, once enough has been sent, is there and has not begun (RFC 8899 5.2). */
  #searchOf(path: Path): SearchState | undefined {
    const sizes = this.#parts.paths.observer?.packetSizes;
    if (sizes !== undefined) return sizes.searchOf(path)?.state;
    return this.#parts.settings.options.pathMtuDiscovery === "auto" ? "DISABLED" : undefined;
  }
}
