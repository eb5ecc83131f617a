/**
 * The addresses that a trace shows for a UDP port that is bound to a wildcard.
 * Owns: what is remembered and shown. Does not own: the sink, asking the host from where it sends (source-towards.ts).
 *
 * A wildcard socket is not told at which address a datagram came in, and a capture that shows 0.0.0.0 reads as a fault. What
 * is shown instead is where the host's routes let an answer leave from. It is asked for once per peer, and only for a trace.
 */
import { detailsFor, type TraceDirection, type TraceEvent, type TraceSink } from "../../base/trace-sink.ts";
import { addressFamily, isWildcardAddress, type TransportAddress } from "../../platform/address.ts";
import { sourceTowards } from "./source-towards.ts";

/** Peers whose source address is remembered: a trace may be left running for days. */
const MAX_REMEMBERED = 1_024;

export class SourceTrace implements TraceSink {
  readonly #sink: TraceSink;
  readonly detail: TraceSink["detail"];
  readonly #sources = new Map<string, string>();

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
    const shown = isWildcardAddress(local.address) ? { ...local, address: this.#sourceFor(remote) } : local;
    this.#sink.packet(direction, datagram, shown, remote, nowMs);
  }

  event(event: TraceEvent, nowMs: number): void {
    this.#sink.event(event, nowMs);
  }

  #sourceFor(remote: TransportAddress): string {
    const known = this.#sources.get(remote.address);
    if (known !== undefined) return known;
    const [oldest] = this.#sources.keys();
    if (this.#sources.size >= MAX_REMEMBERED && oldest !== undefined) this.#sources.delete(oldest);
    const source = sourceTowards(remote.address) ?? wildcardOf(addressFamily(remote.address));
    this.#sources.set(remote.address, source);
    return source;
  }
}

function wildcardOf(family: 4 | 6): string {
  return family === 4 ? "0.0.0.0" : "::";
}
