/**
 * The Transmission Control Block: what the parts of one association share (RFC 9260 14.2).
 * Owns: ports, tags, the state, the paths, the control queue, both halves of the data transfer.
 * Does not own: behaviour; each part acts on it within its own business (setup.ts, teardown.ts, path-monitor.ts,
 * packet-scheduler.ts), and wiring.ts connects them.
 */

import type { AssociationOptions } from "../base/options.ts";
import { COMMON_HEADER_BYTES } from "../chunks/common-header.ts";
import { createController } from "../congestion/create.ts";
import { addressFamily } from "../platform/address.ts";
import { ControlQueue } from "./model/control-queue.ts";
import type { CloseReason } from "./model/events.ts";
import { type AssociationState, isSettingUp } from "./model/state.ts";
import { Path } from "./paths/path.ts";
import { type PathObserver, PathSet } from "./paths/path-set.ts";
import { RetransmissionTimeout } from "./paths/rto.ts";
import { Inbound } from "./receiving/inbound.ts";
import { Outbound, type OutboundObserver } from "./sending/outbound.ts";

/** What the wiring does for the parts. */
export interface TcbOwner extends PathObserver {
  onStateChange(from: AssociationState, to: AssociationState): void;
  onEstablished(nowMs: number): void;
  onClosed(reason: CloseReason): void;
  /** Packets from this address are ours from now on; false if they are another association's. */
  claimAddress(address: string): boolean;
  unclaimAddress(address: string): void;
}

/** What both sides agreed on in the handshake; from an INIT ACK or out of a State Cookie. */
export interface Agreement {
  readonly localTag: number;
  readonly peerTag: number;
  readonly localInitialTsn: number;
  readonly peerInitialTsn: number;
  readonly peerRwndBytes: number;
  readonly outboundStreams: number;
  readonly inboundStreams: number;
}

export class Tcb {
  options: AssociationOptions;
  readonly localPort: number;
  readonly remotePort: number;
  readonly paths: PathSet;
  readonly control: ControlQueue;
  localTag: number;
  /** 0 until the peer has told it. */
  peerTag = 0;
  localInitialTsn: number;
  /** RFC 9260 5.2.2: what a cookie made for a restarting peer must carry; 0 before there was any. */
  localTieTag = 0;
  peerTieTag = 0;
  state: AssociationState = "CLOSED";
  /** RFC 9260 8.1: consecutive errors of the association. */
  errorCount = 0;
  readonly inbound: Inbound;
  outbound: Outbound;
  outboundStreams: number;
  /** Where the last DATA came from: SACKs go there (RFC 9260 6.4). */
  sackPath: Path | undefined = undefined;
  readonly #owner: TcbOwner;
  readonly #observer: OutboundObserver;

  constructor(
    owner: TcbOwner,
    observer: OutboundObserver,
    options: AssociationOptions,
    localPort: number,
    remotePort: number,
    localTag: number,
    localInitialTsn: number,
    allocate: (lengthBytes: number) => Uint8Array,
  ) {
    this.options = options;
    this.control = new ControlQueue(options);
    this.localPort = localPort;
    this.remotePort = remotePort;
    this.localTag = localTag;
    this.localInitialTsn = localInitialTsn;
    this.outboundStreams = options.outboundStreams;
    this.#owner = owner;
    this.#observer = observer;
    this.paths = new PathSet(owner);
    this.inbound = new Inbound({ options, allocate });
    this.outbound = new Outbound(localInitialTsn, 0, options, this.paths, observer);
  }

  setState(state: AssociationState): void {
    const from = this.state;
    if (from === state) return;
    this.state = state;
    this.#owner.onStateChange(from, state);
  }

  close(reason: CloseReason): void {
    if (this.state !== "CLOSED") this.#owner.onClosed(reason);
  }

  established(nowMs: number): void {
    this.#owner.onEstablished(nowMs);
  }

  /** Claims a peer address; a path may be added for it if that succeeds. */
  mayClaim(address: string): boolean {
    return this.#owner.claimAddress(address);
  }

  /** Others may have the path's address from now on; it is to be claimed again before it is confirmed. */
  unclaim(path: Path): void {
    this.#owner.unclaimAddress(path.address);
  }

  addPath(address: string, localAddress: string, remoteUdpPort: number, confirmed: boolean): Path {
    const { options } = this;
    const { maxPacketBytes } = options;
    const path = new Path(
      address,
      localAddress,
      remoteUdpPort,
      confirmed,
      maxPacketBytes,
      createController(maxPacketBytes - COMMON_HEADER_BYTES, addressFamily(address)),
      new RetransmissionTimeout(options.rtoInitialMs, options.rtoMinMs, options.rtoMaxMs),
    );
    path.heartbeatIntervalMs = options.heartbeatIntervalMs;
    path.maxErrors = options.pathMaxRetrans;
    this.paths.add(path);
    this.outbound.sent.addFlight(path.flight);
    this.outbound.onPathsChanged();
    return path;
  }

  /** Other options hold from now on; those of the set-up only while it lasts. */
  setOptions(options: AssociationOptions): void {
    const before = this.options;
    this.options = options;
    const { rtoInitialMs, rtoMinMs, rtoMaxMs, pathMaxRetrans, heartbeatIntervalMs, maxPacketBytes } = options;
    for (const path of this.paths.all) {
      path.rto.setBounds(rtoInitialMs, rtoMinMs, rtoMaxMs);
      if (pathMaxRetrans !== before.pathMaxRetrans) path.maxErrors = pathMaxRetrans;
      if (heartbeatIntervalMs !== before.heartbeatIntervalMs) path.heartbeatIntervalMs = heartbeatIntervalMs;
      if (maxPacketBytes !== before.maxPacketBytes) this.setMaxPacketBytes(path, maxPacketBytes);
    }
    if (isSettingUp(this.state) && this.peerTag === 0) {
      this.outboundStreams = options.outboundStreams;
      this.inbound.offerStreams(options.maxInboundStreams);
    }
    this.inbound.setOptions(options);
    this.outbound.setOptions(options);
  }

  /** The path carries larger or smaller packets from now on (RFC 9260 7.3). */
  setMaxPacketBytes(path: Path, maxPacketBytes: number): void {
    path.maxPacketBytes = maxPacketBytes;
    path.congestion.setPmdcs(maxPacketBytes - COMMON_HEADER_BYTES);
    this.outbound.onPathsChanged();
  }

  removePath(path: Path): void {
    this.#owner.unclaimAddress(path.address);
    this.outbound.sent.removeFlight(path.flight);
    this.paths.remove(path);
    this.outbound.onPathsChanged();
    this.control.removePath(path);
    if (this.sackPath === path) this.sackPath = undefined;
  }

  /** Begins both halves of the data transfer; what the user queued before is kept, and sent anew if it was sent. */
  agree(agreement: Agreement): void {
    this.localTag = agreement.localTag;
    this.peerTag = agreement.peerTag;
    this.localInitialTsn = agreement.localInitialTsn;
    this.outboundStreams = agreement.outboundStreams;
    const queued = this.outbound.drain();
    this.inbound.reset({ initialTsn: agreement.peerInitialTsn, streamCount: agreement.inboundStreams });
    this.outbound = new Outbound(
      agreement.localInitialTsn,
      agreement.peerRwndBytes,
      this.options,
      this.paths,
      this.#observer,
    );
    for (const message of queued) {
      message.rewind();
      this.outbound.enqueue(message);
    }
  }

  /** RFC 9260 6.4: replies go where the request came from, unless that address is unconfirmed (5.4). */
  replyPath(source: Path): Path {
    return source.confirmed ? source : (this.paths.forData ?? source);
  }
}
