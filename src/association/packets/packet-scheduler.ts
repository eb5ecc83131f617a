/**
 * What goes into the next packet of an association, and where to.
 * Owns: the order of chunks in a packet: set-up chunks first, control before DATA, the SACK that rides along, what
 * must travel alone or wait for the COOKIE ACK (RFC 9260 6.10, 5.1, 5.4), what is padded (RFC 4820).
 * Does not own: what the chunks say, windows (sending/outbound.ts), when a SACK is due (receiving/sack-policy.ts).
 */

import { NR_SACK_HEADER_BYTES } from "../../chunks/nr-sack.ts";
import type { PacketWriter } from "../../chunks/packet-writer.ts";
import { SACK_HEADER_BYTES } from "../../chunks/sack.ts";
import type { PacketSlab } from "../../chunks/slab.ts";
import { padded } from "../../chunks/tlv.ts";
import type { ExtensionsAtWork } from "../extensions/extensions-at-work.ts";
import type { ControlItem, ControlQueue } from "../model/control-queue.ts";
import type { Identity } from "../model/identity.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
import type { Seat } from "../model/seat.ts";
import { mayReceiveData, maySendData } from "../model/state.ts";
import type { Path } from "../paths/path.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { ReplyPaths } from "../paths/reply-paths.ts";
import type { Inbound } from "../receiving/inbound.ts";
import type { Counters } from "../reporting/status.ts";
import type { Outbound } from "../sending/outbound.ts";

export interface PacketSchedulerParts {
  readonly identity: Identity;
  readonly lifecycle: Lifecycle;
  readonly paths: PathSet;
  readonly replyPaths: ReplyPaths;
  readonly control: ControlQueue<Path>;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  /** Asked anew each time: another agreement brings another. */
  readonly extensions: Pick<ExtensionsAtWork, "authentication" | "dynamicAddresses">;
  readonly seat: Seat;
  readonly stats: Counters;
}

/** What became of the question for the next packet. To be read before the next question. */
export interface NextPacket {
  /** Length of the packet that was written; 0 where there was nothing to send. */
  readonly lengthBytes: number;
  /** Where it goes. */
  readonly path: Path | undefined;
  /** Where it leaves from. */
  readonly localAddress: string;
}

export class PacketScheduler implements NextPacket {
  readonly #parts: PacketSchedulerParts;
  lengthBytes = 0;
  path: Path | undefined = undefined;
  localAddress = "";
  readonly #writer: PacketWriter;

  constructor(parts: PacketSchedulerParts) {
    this.#parts = parts;
    this.#writer = parts.seat.scratch.writer;
  }

  /** Writes the next packet into the slab: control chunks first, then DATA; a SACK goes along, or alone if it is due. */
  next(slab: PacketSlab, nowMs: number): NextPacket {
    const control = this.#parts.control;
    const { state } = this.#parts.lifecycle;
    this.lengthBytes = 0;
    if (state === "CLOSED") return this;
    this.#parts.extensions.authentication?.reviewKeys();
    this.#parts.extensions.dynamicAddresses?.review(nowMs);
    if (maySendData(state)) {
      this.#parts.outbound.abandonment?.review(nowMs);
      this.#parts.outbound.renumbering?.review(nowMs);
    }
    for (let item = control.first; item !== undefined; item = control.first) {
      // 5.1 C: until the COOKIE ACK has come, no packet goes out that does not begin with the COOKIE ECHO.
      if (state === "COOKIE-ECHOED" && item.chunk.kind !== "COOKIE ECHO") return this;
      this.lengthBytes = this.#controlPacket(slab, item, nowMs);
      if (this.lengthBytes > 0) return this;
      control.shift(); // It fits into no packet at all: it must not stand in the way of the rest.
    }
    const { sackPolicy } = this.#parts.inbound;
    const dataPath = maySendData(state) ? this.#parts.outbound.nextPath(nowMs) : undefined;
    const sackDue = sackPolicy.isDue && this.#mayAcknowledge;
    const { replyPaths } = this.#parts;
    const path = sackDue ? (replyPaths.forSack ?? dataPath) : dataPath;
    if (path === undefined) return this;
    const localAddress = sackDue && path.sources !== undefined ? replyPaths.sackLeavesFrom : undefined;
    this.#begin(slab, path, localAddress, this.#parts.identity.peerTag);
    this.#maybeAppendSack(path);
    if (path === dataPath && this.localAddress === path.localAddress)
      this.#parts.outbound.fill(this.#writer, path, state === "SHUTDOWN-PENDING", nowMs);
    this.lengthBytes = this.#finish();
    return this;
  }

  /** @returns the packet's length; 0 if its first chunk is larger than the slab */
  #controlPacket(slab: PacketSlab, first: ControlItem<Path>, nowMs: number): number {
    if (first.probeBytes > 0) return this.#probePacket(slab, first);
    const control = this.#parts.control;
    const { state } = this.#parts.lifecycle;
    const { path } = first;
    this.#begin(
      slab,
      path,
      first.localAddress,
      first.chunk.kind === "INIT" ? 0 : this.#parts.identity.peerTag,
    );
    let item: ControlItem<Path> | undefined = first;
    let alone = false;
    while (item !== undefined && this.#goesAlong(item) && !alone) {
      if (!this.#writer.appendChunk(item.chunk)) break;
      control.shift();
      alone = goesAlone(item);
      item = control.first;
      if (item !== undefined && goesAlone(item)) break;
    }
    if (this.#writer.isEmpty) return 0;
    const asksForSack = state === "SHUTDOWN-PENDING";
    if (state === "COOKIE-ECHOED") {
      if (path.confirmed && this.#parts.outbound.nextPath(nowMs) === path)
        this.#parts.outbound.fill(this.#writer, path, asksForSack, nowMs);
      path.stopT3(); // T1-cookie repeats both.
    } else if (path.confirmed && !alone && state !== "COOKIE-WAIT") {
      this.#maybeAppendSack(path);
      if (this.localAddress !== path.localAddress) return this.#finish();
      // 6.10: DATA never shares a packet with SHUTDOWN or SHUTDOWN ACK, for in the states that send those it is not sent.
      if (maySendData(state) && this.#parts.outbound.nextPath(nowMs) === path)
        this.#parts.outbound.fill(this.#writer, path, asksForSack, nowMs);
    }
    return this.#finish();
  }

  /** Nothing goes along: it has the length that is tried (RFC 8899 6.2.1.2). @returns as `#controlPacket` */
  #probePacket(slab: PacketSlab, { chunk, path, localAddress, probeBytes }: ControlItem<Path>): number {
    this.#begin(slab, path, localAddress, this.#parts.identity.peerTag);
    if (!this.#writer.appendChunk(chunk)) return 0;
    this.#parts.control.shift();
    this.#writer.padTo(probeBytes);
    return this.#seal();
  }

  /** A SACK that is due goes in; one that merely waits rides along if it costs the DATA behind it no room (6.1). */
  #maybeAppendSack(path: Path): void {
    const { sackPolicy, tsns } = this.#parts.inbound;
    if (!sackPolicy.isPending || !this.#mayAcknowledge || path !== this.#parts.replyPaths.forSack) return;
    if (path.sources !== undefined && this.localAddress !== this.#parts.replyPaths.sackLeavesFrom) return;
    if (!sackPolicy.isDue) {
      const dataBytes = this.#parts.outbound.nextChunkBytes;
      if (dataBytes === 0 || tsns.hasGaps) return;
      const headerBytes = tsns.tellsKept ? NR_SACK_HEADER_BYTES : SACK_HEADER_BYTES;
      if (headerBytes + dataBytes > this.#writer.remainingBytes) return;
    }
    this.#parts.inbound.writeSack(this.#writer);
  }

  /** Whether a control chunk goes the same way as the packet that has been begun. */
  #goesAlong({ path, localAddress, probeBytes }: ControlItem<Path>): boolean {
    if (probeBytes > 0) return false;
    return path === this.path && (localAddress ?? path.localAddress) === this.localAddress;
  }

  #begin(slab: PacketSlab, path: Path, localAddress: string | undefined, verificationTag: number): void {
    const { localPort, remotePort } = this.#parts.identity;
    this.path = path;
    this.localAddress = localAddress ?? path.localAddress;
    const { authentication } = this.#parts.extensions;
    this.#writer.begin(slab, localPort, remotePort, verificationTag, path.maxPacketBytes, authentication);
  }

  /** @returns the packet's length; 0 if nothing has been written */
  #finish(): number {
    if (this.#writer.isEmpty) return 0;
    if (this.#writer.isOversized) this.#haveCut();
    return this.#seal();
  }

  /**
   * RFC 9260 6.9: what cannot be split and is too large for the path goes in fragments of IP. Where a host cuts only what its own
   * link does not take, it is made larger than that.
   */
  #haveCut(): void {
    const { observer } = this.#parts.paths;
    const cutFromBytes = this.path && observer?.packetSizes?.cutFromBytes(this.path);
    if (cutFromBytes !== undefined) this.#writer.padInFrontTo(padded(cutFromBytes));
  }

  #seal(): number {
    this.#parts.stats.sentPackets++;
    return this.#writer.finish();
  }

  /** SHUTDOWN-RECEIVED still acknowledges what came before the SHUTDOWN. */
  get #mayAcknowledge(): boolean {
    const { state } = this.#parts.lifecycle;
    return mayReceiveData(state) || state === "SHUTDOWN-RECEIVED";
  }
}

/**
 * An INIT (RFC 9260 6.10), and an ASCONF that leaves from elsewhere than its path: maybe from an address that the peer does not know,
 * which finds the association by that chunk alone, and takes nothing else from there (RFC 5061 5.3 F1).
 */
function goesAlone({ chunk, localAddress }: ControlItem<Path>): boolean {
  return chunk.kind === "INIT" || (chunk.kind === "ASCONF" && localAddress !== undefined);
}
