/**
 * The trace of one simulated host.
 * Owns: telling a packet apart that the network will lose, which the stack that sends it cannot know.
 * Does not own: the sink, what is lost (network.ts, planned-faults.ts).
 */
import {
  detailsFor,
  type TraceDirection,
  type TraceEvent,
  type TraceSink,
  traceLost,
} from "../../base/trace-sink.ts";
import type { TransportAddress } from "../../platform/address.ts";

type Packet = Parameters<TraceSink["packet"]>;

export class HostTrace implements TraceSink {
  readonly #sink: TraceSink;
  readonly detail: TraceSink["detail"];
  /** What the stack has sent, until the network has said what becomes of it. */
  #underWay: Packet | undefined = undefined;

  constructor(sink: TraceSink) {
    this.#sink = sink;
    this.detail = detailsFor(sink);
  }

  packet(
    direction: TraceDirection,
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
    nowMs: number,
  ): void {
    if (direction === "sent") this.#underWay = [direction, datagram, local, remote, nowMs];
    else this.#sink.packet(direction, datagram, local, remote, nowMs);
  }

  event(event: TraceEvent, nowMs: number): void {
    this.#sink.event(event, nowMs);
  }

  /** The network has taken the packet that the stack sent last. */
  onSent(datagram: Uint8Array, arrives: boolean): void {
    if (this.#underWay === undefined) return;
    const [direction, , local, remote, nowMs] = this.#underWay;
    this.#underWay = undefined;
    if (arrives) this.#sink.packet(direction, datagram, local, remote, nowMs);
    else traceLost(this.#sink, direction, datagram, local, remote, nowMs);
  }

  /** The network has lost a packet that somebody sent here. */
  onMissed(datagram: Uint8Array, local: TransportAddress, remote: TransportAddress, nowMs: number): void {
    traceLost(this.#sink, "received", datagram, local, remote, nowMs);
  }
}
