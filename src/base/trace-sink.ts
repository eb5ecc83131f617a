/**
 * The seam through which everything that happens in a stack can be watched.
 * Owns: the sink interface and the events that go through it.
 * Does not own: what is done with them (pcapng.ts, event-log.ts, sequence-diagram.ts beside this file).
 *
 * The stack asks whether there is a sink before it builds an event, so that tracing costs nothing when it is off.
 */
import type { TransportAddress } from "../platform/address.ts";

/** Why an incoming packet or chunk went no further; the names of the stack's drop counters. */
export type DropReason =
  | "too-short"
  | "bad-checksum"
  | "bad-verification-tag"
  | "not-unicast"
  | "port-zero"
  | "no-association"
  | "malformed-chunk"
  | "invalid-cookie"
  | "stale-cookie"
  | "unexpected-chunk"
  | "unknown-chunk"
  | "receive-window-full"
  | "tsn-out-of-window"
  | "stale-sack"
  | "invalid-sack"
  | "limit-reached";

/** What happened inside a stack beside packets going in and out. `association` is the association's id. */
export type TraceEvent =
  | { readonly kind: "state"; readonly association: number; readonly from: string; readonly to: string }
  | {
      readonly kind: "drop";
      readonly association: number | undefined;
      readonly reason: DropReason;
      readonly detail: string;
    }
  | {
      readonly kind: "timer";
      readonly association: number;
      readonly timer: string;
      readonly address: string | undefined;
    }
  | {
      readonly kind: "retransmit";
      readonly association: number;
      readonly reason: "T3-rtx" | "fast-retransmit";
      readonly address: string;
      readonly tsn: number;
    }
  | {
      readonly kind: "congestion";
      readonly association: number;
      readonly address: string;
      readonly reason: string;
      readonly cwndBytes: number;
      readonly ssthreshBytes: number;
      readonly flightBytes: number;
    }
  | {
      readonly kind: "rtt";
      readonly association: number;
      readonly address: string;
      readonly sampleMs: number;
      readonly srttMs: number;
      readonly rtoMs: number;
    }
  | {
      readonly kind: "path";
      readonly association: number;
      readonly address: string;
      readonly state: string;
      readonly reason: string;
    };

export interface TraceSink {
  /**
   * A packet as it went out or came in (before any check). `datagram` is the UDP payload and is valid only during the
   * call: copy what you keep. `local` and `remote` carry UDP ports.
   */
  packet(
    direction: "sent" | "received",
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
    nowMs: number,
  ): void;
  event(event: TraceEvent, nowMs: number): void;
}
