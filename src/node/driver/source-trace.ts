/**
 * The addresses that a trace shows for a UDP port that is bound to a wildcard.
 * Owns: asking the host from where it sends to a peer. Does not own: the sink, which address really is chosen (the host).
 *
 * A wildcard socket is not told at which address a datagram came in, and a capture that shows 0.0.0.0 reads as a fault. What
 * is shown instead is where the host's routes let an answer leave from. It is asked for once per peer, and only for a trace.
 */
import { createSocket } from "node:dgram";
import { detailsFor, type TraceDirection, type TraceEvent, type TraceSink } from "../../base/trace-sink.ts";
import {
  addressFamily,
  canonicalAddress,
  isWildcardAddress,
  type TransportAddress,
} from "../../platform/address.ts";

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
    const source = routedSource(remote);
    this.#sources.set(remote.address, source);
    return source;
  }
}

/** Where the host sends from to this address: a UDP socket that is connected to it knows, and sends nothing. */
function routedSource({ address, port }: TransportAddress): string {
  const family = addressFamily(address);
  // With a lookup that answers at once, connect() has done its work when it returns.
  const socket = createSocket({
    type: family === 4 ? "udp4" : "udp6",
    lookup: (host, _options, callback) => callback(null, host, family),
  });
  socket.on("error", () => {}); // No route: what is known then is the wildcard.
  try {
    socket.connect(port, address);
    return canonicalAddress(socket.address().address) ?? wildcardOf(family);
  } catch {
    return wildcardOf(family);
  } finally {
    socket.close();
  }
}

function wildcardOf(family: 4 | 6): string {
  return family === 4 ? "0.0.0.0" : "::";
}
