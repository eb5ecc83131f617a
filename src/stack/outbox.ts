/**
 * What a stack has to send.
 * Owns: the order in which associations are asked for packets, packets that belong to none any more, the tracing of what
 * leaves. Does not own: what goes into an association's packets (src/association/packets), asking for them (stack.ts).
 */
import type { AssociationEngine } from "../association/engine.ts";
import type { Route } from "../association/model/seat.ts";
import { reasonWithoutAssociation } from "../association/reporting/packet-reasons.ts";
import { Fifo } from "../base/fifo.ts";
import type { TraceSink } from "../base/trace-sink.ts";
import type { Chunk } from "../chunks/chunk.ts";
import { COMMON_HEADER_BYTES } from "../chunks/common-header.ts";
import { encodePacket } from "../chunks/packet.ts";
import type { PacketSlab } from "../chunks/slab.ts";
import type { TimerWheel } from "../timer/timer-wheel.ts";
import type { DropCounter } from "./drop-counter.ts";
import type { Transmit } from "./types.ts";

/** A packet for somebody who has no association here, or no longer has one. */
export interface DetachedPacket {
  readonly localPort: number;
  readonly remotePort: number;
  readonly verificationTag: number;
  readonly chunks: readonly Chunk[];
  readonly route: Route;
}

interface EncodedPacket {
  readonly bytes: Uint8Array;
  readonly chunkCount: number;
  readonly route: Route;
}

export interface OutboxInit {
  readonly wheel: TimerWheel<AssociationEngine>;
  readonly drops: DropCounter;
  readonly trace: TraceSink | undefined;
  /** The local UDP port, for traces. */
  readonly udpPort: number;
  /** Answers to strangers that may wait. */
  readonly maxQueuedAnswers: number;
}

export class Outbox {
  sentPackets = 0;
  /** Control chunks in packets that belonged to no association any more, or to none at all. */
  detachedChunks = 0;
  readonly #wheel: TimerWheel<AssociationEngine>;
  readonly #drops: DropCounter;
  readonly #trace: TraceSink | undefined;
  readonly #udpPort: number;
  readonly #maxQueuedAnswers: number;
  readonly #dirty = new Fifo<AssociationEngine>();
  readonly #detached = new Fifo<EncodedPacket>();
  readonly #transmit: { -readonly [K in keyof Transmit]: Transmit[K] } = {
    lengthBytes: 0,
    localAddress: "",
    remoteAddress: "",
    remoteUdpPort: 0,
  };

  constructor(init: OutboxInit) {
    this.#wheel = init.wheel;
    this.#drops = init.drops;
    this.#trace = init.trace;
    this.#udpPort = init.udpPort;
    this.#maxQueuedAnswers = init.maxQueuedAnswers;
  }

  /** The association may have something to send, or a deadline of its moved. */
  touch(engine: AssociationEngine): void {
    if (engine.isDirty || engine.state === "CLOSED") return;
    engine.isDirty = true;
    this.#dirty.push(engine);
  }

  /** The last word of an association. */
  sendLastWord({ route, localPort, remotePort, verificationTag, chunks }: DetachedPacket): void {
    const bytes = encodePacket({
      sourcePort: localPort,
      destinationPort: remotePort,
      verificationTag,
      chunks,
    });
    const { localAddress, address, remoteUdpPort } = route;
    this.#detached.push({
      bytes,
      chunkCount: chunks.length,
      route: { localAddress, address, remoteUdpPort },
    });
  }

  /** Answers somebody who has no association, or one packet of somebody's: what cannot be sent soon is dropped. */
  answer(packet: DetachedPacket): void {
    if (this.#detached.length >= this.#maxQueuedAnswers)
      this.#drops.count(undefined, "limit-reached", "answers that wait to be sent");
    else this.sendLastWord(packet);
  }

  /** Writes a packet that belongs to no association into the slab; undefined where there is none. */
  takeDetached(slab: PacketSlab, nowMs: number): Transmit | undefined {
    for (let packet = this.#detached.shift(); packet !== undefined; packet = this.#detached.shift()) {
      if (packet.bytes.length > slab.bytes.length) continue; // It fits into no packet.
      slab.bytes.set(packet.bytes);
      const { bytes, route } = packet;
      this.detachedChunks += packet.chunkCount;
      if (this.#trace?.detail !== undefined) {
        const reasons = [reasonWithoutAssociation(bytes[COMMON_HEADER_BYTES] as number)];
        this.#trace.detail(
          { kind: "sending", association: undefined, address: route.address, reasons },
          nowMs,
        );
      }
      return this.transmitting(slab, bytes.length, route.localAddress, route, nowMs);
    }
    return undefined;
  }

  /** The association that is to be asked for a packet now; undefined where all have been. */
  get first(): AssociationEngine | undefined {
    return this.#dirty.peek();
  }

  /** The first association has no packet for now: when it is to be asked again is up to its deadline. */
  dismissFirst(nowMs: number): void {
    const engine = this.#dirty.shift();
    if (engine === undefined) return;
    engine.isDirty = false;
    if (engine.state !== "CLOSED") this.#wheel.set(engine.timer, engine.deadlineMs, nowMs);
  }

  /** The slab holds the next packet. The result is reused by the next call. */
  transmitting(
    slab: PacketSlab,
    lengthBytes: number,
    localAddress: string,
    to: Pick<Route, "address" | "remoteUdpPort">,
    nowMs: number,
  ): Transmit {
    const transmit = this.#transmit;
    transmit.lengthBytes = lengthBytes;
    transmit.localAddress = localAddress;
    transmit.remoteAddress = to.address;
    transmit.remoteUdpPort = to.remoteUdpPort;
    this.sentPackets++;
    if (this.#trace !== undefined) {
      const local = { address: localAddress, port: this.#udpPort };
      const remote = { address: to.address, port: to.remoteUdpPort };
      this.#trace.packet("sent", slab.bytes.subarray(0, lengthBytes), local, remote, nowMs);
    }
    return transmit;
  }
}
