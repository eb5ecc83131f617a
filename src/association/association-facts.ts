/**
 * What can be asked of an association without changing it.
 * Owns: the getters that its user and the stack see. Does not own: what the answers come from (tcb.ts and its parts), the
 * calls (association.ts).
 */
import { SctpError, SctpErrorCode } from "../base/errors.ts";
import type { AssociationOptions } from "../base/options.ts";
import type { Route } from "./model/host.ts";
import type { ReceivedMessage } from "./model/received-message.ts";
import type { AssociationState } from "./model/state.ts";
import type { Path } from "./paths/path.ts";
import { type AssociationStatus, type PathInfo, pathInfo } from "./reporting/status.ts";
import type { Tcb } from "./tcb.ts";

export abstract class AssociationFacts {
  protected abstract readonly tcb: Tcb;

  // ---- What the user sees ------------------------------------------------------------------------------------

  get state(): AssociationState {
    return this.tcb.state;
  }
  get options(): AssociationOptions {
    return this.tcb.options;
  }
  /** SCTP port of this side. */
  get localPort(): number {
    return this.tcb.localPort;
  }
  /** SCTP port of the peer. */
  get remotePort(): number {
    return this.tcb.remotePort;
  }
  get localAddresses(): readonly string[] {
    return [...new Set(this.tcb.paths.all.map((path) => path.localAddress))];
  }
  get remoteAddresses(): readonly string[] {
    return this.tcb.paths.all.map((path) => path.address);
  }
  get primaryAddress(): string {
    return this.tcb.paths.primary?.address ?? "";
  }
  /** Streams that the peer may use; what this side offers until the handshake has settled it. */
  get inboundStreams(): number {
    return this.tcb.inbound.streamCount;
  }
  /** Streams that this side may use; what it asks for until the handshake has settled it. */
  get outboundStreams(): number {
    return this.tcb.outboundStreams;
  }
  /** Payload bytes accepted by `send` and not yet acknowledged by the peer. */
  get bufferedBytes(): number {
    return this.tcb.outbound.bufferedBytes;
  }
  /** Whether `bufferedBytes` is below `sendBufferBytes`. */
  get isWritable(): boolean {
    return this.bufferedBytes < this.options.sendBufferBytes;
  }
  /** Messages that `receiveMessage` would give. */
  get readableCount(): number {
    return this.tcb.inbound.buffer.readyCount;
  }
  /** The message that `receiveMessage` would give. */
  get nextMessage(): ReceivedMessage | undefined {
    return this.tcb.inbound.buffer.peek();
  }
  /** The Cumulative TSN Ack Point: all TSNs of the peer up to this one have been received. */
  get cumulativeTsn(): number {
    return this.tcb.inbound.tsns.cumulativeTsn;
  }
  /** Nothing is queued and everything sent has been acknowledged. */
  get isDry(): boolean {
    return this.tcb.outbound.isIdle;
  }
  /** Messages up to this size travel in one chunk. */
  get fragmentationPointBytes(): number {
    return this.tcb.outbound.fragmentationPointBytes;
  }

  /** The STATUS primitive, RFC 9260 11.1.8. */
  status(): AssociationStatus {
    const { outbound, inbound } = this.tcb;
    return {
      state: this.state,
      primaryAddress: this.primaryAddress,
      inboundStreams: this.inboundStreams,
      outboundStreams: this.outboundStreams,
      peerRwndBytes: outbound.peerWindow.freeBytes,
      unackedChunks: outbound.sent.outstandingCount,
      pendingBytes: outbound.queue.pendingBytes,
      readableMessages: inbound.buffer.readyCount,
      heldBytes: inbound.buffer.usedBytes,
      localRwndBytes: inbound.buffer.freeBytes,
      fragmentationPointBytes: outbound.fragmentationPointBytes,
    };
  }

  /** @throws SctpError ERR_SCTP_INVALID_ADDRESS if the address is none of the peer's */
  path(address: string): PathInfo {
    return pathInfo(this.pathOf(address), this.tcb);
  }

  paths(): readonly PathInfo[] {
    return this.tcb.paths.all.map((path) => pathInfo(path, this.tcb));
  }

  // ---- What the stack sees -----------------------------------------------------------------------------------

  /** Tags, for demultiplexing and for cookies. */
  get localTag(): number {
    return this.tcb.localTag;
  }
  get peerTag(): number {
    return this.tcb.peerTag;
  }
  get localTieTag(): number {
    return this.tcb.localTieTag;
  }
  get peerTieTag(): number {
    return this.tcb.peerTieTag;
  }
  get localInitialTsn(): number {
    return this.tcb.localInitialTsn;
  }

  hasAddress(address: string): boolean {
    return this.tcb.paths.byAddress(address) !== undefined;
  }

  /** How an address of the peer is reached now. */
  routeTo(address: string): Route | undefined {
    return this.tcb.paths.byAddress(address);
  }

  protected pathOf(address: string): Path {
    const path = this.tcb.paths.byAddress(address);
    if (path === undefined) {
      const known = this.remoteAddresses.join(", ");
      throw new SctpError(
        SctpErrorCode.InvalidAddress,
        `${address} is none of the peer's addresses (${known})`,
      );
    }
    return path;
  }
}
