/**
 * A log of everything that a stack does, one JSON object a line.
 * Owns: the form of the lines. Does not own: where they go (the host writes them).
 *
 * Each line has `timeMs` (on the clock of the trace) and `kind`; a packet's line has `direction`, `local`, `remote`,
 * `bytes` and the names of its chunks, and `lost: true` if a simulated network lost it; the other lines have the fields of
 * their `TraceEvent`.
 */

import {
  checkArgument,
  checkOptions,
  hasMethods,
  isFunction,
  type Kind,
  type OptionNames,
} from "../base/option-check.ts";
import type { TraceEvent, TraceSink } from "../base/trace-sink.ts";
import { addressFamily, type TransportAddress } from "../platform/address.ts";
import { chunkNames } from "./labels.ts";

export interface EventLogOptions {
  /** The kinds of lines wanted; default: all. "packet" stands for packets. */
  readonly kinds?: ReadonlySet<TraceEvent["kind"] | "packet">;
}

const isSet: Kind = (value) =>
  hasMethods(value, ["has"]) ? undefined : 'a Set, as in new Set(["state", "packet"])';

const NAMES: OptionNames<EventLogOptions> = {
  of: "EventLog",
  see: "EventLogOptions",
  kinds: { kinds: isSet },
};

/** A trace sink that gives a line of JSON, without line feed, for each packet and event. */
export class EventLog implements TraceSink {
  readonly #write: (line: string) => void;
  readonly #kinds: EventLogOptions["kinds"];

  /** @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION */
  constructor(write: (line: string) => void, options: EventLogOptions = {}) {
    checkArgument("write of EventLog", write, isFunction);
    this.#write = write;
    this.#kinds = checkOptions(options, NAMES).kinds;
  }

  packet(
    direction: "sent" | "received",
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
    nowMs: number,
  ): void {
    if (this.#kinds?.has("packet") === false) return;
    this.#line(nowMs, this.#fieldsOf(direction, datagram, local, remote));
  }

  lost(
    direction: "sent" | "received",
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
    nowMs: number,
  ): void {
    if (this.#kinds?.has("packet") === false) return;
    this.#line(nowMs, { ...this.#fieldsOf(direction, datagram, local, remote), lost: true });
  }

  event(event: TraceEvent, nowMs: number): void {
    if (this.#kinds?.has(event.kind) === false) return;
    this.#line(nowMs, event);
  }

  #fieldsOf(
    direction: "sent" | "received",
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
  ): object {
    return {
      kind: "packet",
      direction,
      local: endpointText(local),
      remote: endpointText(remote),
      bytes: datagram.length,
      chunks: chunkNames(datagram),
    };
  }

  #line(nowMs: number, fields: object): void {
    this.#write(JSON.stringify({ timeMs: Math.round(nowMs * 1_000) / 1_000, ...fields }));
  }
}

/** "192.0.2.1:9899", "[2001:db8::1]:9899". */
export function endpointText({ address, port }: TransportAddress): string {
  return addressFamily(address) === 4 ? `${address}:${port}` : `[${address}]:${port}`;
}
