/**
 * What goes into the next packet of an association, and where to.
 * Owns: the order of chunks in a packet: set-up chunks first, control before DATA, the SACK that rides along, what
 * must travel alone or wait for the COOKIE ACK (RFC 9260 6.10, 5.1, 5.4).
 * Does not own: what the chunks say, windows (outbound.ts), when a SACK is due (sack-policy.ts).
 */

import type { PacketWriter } from "../../chunks/packet-writer.ts";
import { SACK_HEADER_BYTES } from "../../chunks/sack.ts";
import type { PacketSlab } from "../../chunks/slab.ts";
import type { ControlItem } from "../model/control-queue.ts";
import { mayReceiveData, maySendData } from "../model/state.ts";
import type { Path } from "../paths/path.ts";
import type { Tcb } from "../tcb.ts";

export class PacketScheduler {
  /** Where the packet that `next` wrote goes. */
  path: Path | undefined = undefined;
  /** `next` wrote nothing because a SACK is being gathered: it is to be asked again before long. */
  holdsSack = false;
  readonly #tcb: Tcb;
  readonly #writer: PacketWriter;

  constructor(tcb: Tcb, writer: PacketWriter) {
    this.#tcb = tcb;
    this.#writer = writer;
  }

  /**
   * Writes the next packet into the slab; returns its length, 0 where there is nothing to send.
   * @param gathering a SACK may wait for more packets
   */
  next(slab: PacketSlab, nowMs: number, gathering: boolean): number {
    this.holdsSack = false;
    const { control, state } = this.#tcb;
    for (let item = control.first; item !== undefined; item = control.first) {
      // 5.1 C: until the COOKIE ACK has come, no packet goes out that does not begin with the COOKIE ECHO.
      if (state === "COOKIE-ECHOED" && item.chunk.kind !== "COOKIE ECHO") return 0;
      const lengthBytes = this.#controlPacket(slab, item, nowMs);
      if (lengthBytes > 0) return lengthBytes;
      control.shift(); // It fits into no packet at all: it must not stand in the way of the rest.
    }
    return this.#dataPacket(slab, nowMs, gathering);
  }

  /** @returns the packet's length; 0 if its first chunk is larger than the slab */
  #controlPacket(slab: PacketSlab, first: ControlItem, nowMs: number): number {
    const { control, state } = this.#tcb;
    const { path } = first;
    this.#begin(slab, path, first.chunk.kind === "INIT" ? 0 : this.#tcb.peerTag);
    let item: ControlItem | undefined = first;
    let alone = false;
    while (item !== undefined && item.path === path && !alone) {
      if (!this.#writer.appendChunk(item.chunk)) break;
      control.shift();
      alone = item.chunk.kind === "INIT";
      item = control.first;
      if (item?.chunk.kind === "INIT") break;
    }
    if (this.#writer.isEmpty) return 0;
    if (state === "COOKIE-ECHOED") {
      if (path.confirmed && this.#tcb.outbound.nextPath(nowMs) === path) this.#fill(path, nowMs);
      path.stopT3(); // T1-cookie repeats both.
    } else if (path.confirmed && !alone && state !== "COOKIE-WAIT") {
      this.#maybeAppendSack(path);
      // 6.10: DATA never shares a packet with SHUTDOWN or SHUTDOWN ACK, for in the states that send those it is not sent.
      if (maySendData(state) && this.#tcb.outbound.nextPath(nowMs) === path) this.#fill(path, nowMs);
    }
    return this.#writer.finish();
  }

  #dataPacket(slab: PacketSlab, nowMs: number, gathering: boolean): number {
    const tcb = this.#tcb;
    const dataPath = maySendData(tcb.state) ? tcb.outbound.nextPath(nowMs) : undefined;
    const sackDue = tcb.inbound.sackPolicy.isDue && mayAcknowledge(tcb);
    if (dataPath === undefined && !sackDue) return 0;
    if (dataPath === undefined && gathering && tcb.inbound.sackPolicy.gather()) {
      this.holdsSack = true;
      return 0;
    }
    const sackPath = this.#sackPath();
    const path = sackDue ? (sackPath ?? dataPath) : dataPath;
    if (path === undefined) return 0;
    this.#begin(slab, path, tcb.peerTag);
    this.#maybeAppendSack(path);
    if (path === dataPath) this.#fill(path, nowMs);
    return this.#writer.isEmpty ? 0 : this.#writer.finish();
  }

  /** A SACK that is due goes in; one that merely waits rides along if it costs the DATA behind it no room (6.1). */
  #maybeAppendSack(path: Path): void {
    const tcb = this.#tcb;
    const { sackPolicy, tsns } = tcb.inbound;
    if (!sackPolicy.isPending || !mayAcknowledge(tcb) || path !== this.#sackPath()) return;
    if (!sackPolicy.isDue) {
      const dataBytes = tcb.outbound.nextChunkBytes;
      if (dataBytes === 0 || tsns.hasGaps) return;
      if (SACK_HEADER_BYTES + dataBytes > this.#writer.remainingBytes) return;
    }
    tcb.inbound.writeSack(this.#writer);
  }

  #fill(path: Path, nowMs: number): void {
    this.#tcb.outbound.fill(this.#writer, path, this.#tcb.state === "SHUTDOWN-PENDING", nowMs);
  }

  #sackPath(): Path | undefined {
    const source = this.#tcb.sackPath;
    return source === undefined ? this.#tcb.paths.forData : this.#tcb.replyPath(source);
  }

  #begin(slab: PacketSlab, path: Path, verificationTag: number): void {
    const { localPort, remotePort } = this.#tcb;
    this.path = path;
    this.#writer.begin(slab, localPort, remotePort, verificationTag, path.maxPacketBytes);
  }
}

/** SHUTDOWN-RECEIVED still acknowledges what came before the SHUTDOWN. */
function mayAcknowledge(tcb: Tcb): boolean {
  return mayReceiveData(tcb.state) || tcb.state === "SHUTDOWN-RECEIVED";
}
