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
  /** An AUTH chunk is wrong: nothing behind it is heeded (RFC 4895 6.3). */
  | "bad-authentication"
  /** A chunk that must be authenticated is not (RFC 4895 6.3). */
  | "unauthenticated-chunk"
  | "receive-window-full"
  | "tsn-out-of-window"
  | "stale-sack"
  | "invalid-sack"
  | "limit-reached";

/** The timers of an association that the trace tells of when they expire; T1 to T5 are named as in RFC 9260. */
export type TimerName =
  | "T1-init"
  | "T1-cookie"
  | "T2-shutdown"
  | "T3-rtx"
  | "T5-shutdown-guard"
  /** A path was idle for HB.interval, or is to be verified: a HEARTBEAT is sent (RFC 9260 8.3, 5.4). */
  | "heartbeat"
  /** A HEARTBEAT was not answered within the RTO (RFC 9260 8.3). */
  | "heartbeat-ack"
  /** DATA has waited for its acknowledgement for as long as it may (RFC 9260 6.2). */
  | "delayed-sack"
  /** The peer's window is closed: it is asked whether it still is (RFC 9260 6.1 A). */
  | "zero-window-probe"
  /** What was missing has been waited for (RFC 8985 6.2). */
  | "reordering"
  /** Nothing has come for two round trips: one packet asks what has (RFC 8985 7). */
  | "tail-loss-probe"
  /** The life of a message ended before it was sent (RFC 9260 11.1.5). */
  | "message-lifetime"
  /** An ASCONF was not answered (RFC 5061 5.1 B). */
  | "T4-rto"
  /** A request to reconfigure streams was not answered, or is still in progress (RFC 6525 5.1.1). */
  | "re-configuration"
  /** A packet of a size that is tried was not answered (PROBE_TIMER, RFC 8899 5.1.1). */
  | "path-mtu-probe"
  /** Larger packets may be tried again (PMTU_RAISE_TIMER, RFC 8899 5.1.1). */
  | "path-mtu-raise"
  /** No user data moved for `autoCloseMs` (RFC 6458 8.1.8). */
  | "auto-close";

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
      readonly timer: TimerName;
      /** The destination that the timer belongs to; undefined if it belongs to the association. */
      readonly address: string | undefined;
    }
  | {
      readonly kind: "retransmit";
      readonly association: number;
      readonly reason: "T3-rtx" | "fast-retransmit" | "tail-loss-probe" | "rescheduled";
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
      readonly kind: "packet-size";
      readonly association: number;
      readonly address: string;
      /** What packets to that address may be as large as from now on. */
      readonly maxPacketBytes: number;
      /** The state of the search for larger ones, as RFC 8899 5.2 calls it. */
      readonly search: string;
    }
  | {
      readonly kind: "path";
      readonly association: number;
      readonly address: string;
      readonly state: string;
      readonly reason: string;
    };

/** What a message comes by on its way, in the eyes of the side that is traced. */
export type MessageStep =
  /** The user has given it to be sent. */
  | "queued"
  /** A part of it, which is too large for one chunk, has got its TSN. */
  | "cut"
  /** The user has taken it, or a part of it, as it came from the peer. */
  | "delivered"
  /** It was given up, as its sender allowed (RFC 3758, RFC 7496). */
  | "abandoned"
  /** It came back to the user: it will not arrive, or cannot be known to have arrived. */
  | "failed";

/** What a trace tells of a thing: never bytes. */
export type TraceFact = string | number | boolean | readonly (string | number | boolean)[];

/** What happens all the time, told to those that ask for it (`TraceSink.detail`). `association` is the association's id. */
export type TraceDetail =
  | {
      /** The packet that is told of next, sent to that address, and why. */
      readonly kind: "sending";
      /** Undefined where it belongs to no association, or to one that has ended. */
      readonly association: number | undefined;
      readonly address: string;
      /** One for each kind of chunk, which it begins with: "SACK: DATA is missing, which is told at once (RFC 9260 6.7)". */
      readonly reasons: readonly string[];
    }
  | {
      /** A timer runs from now on until then. One that runs already is told of again where its end has moved. */
      readonly kind: "timer-set";
      readonly association: number;
      readonly timer: TimerName;
      /** The destination that the timer belongs to; undefined if it belongs to the association. */
      readonly address: string | undefined;
      readonly deadlineMs: number;
    }
  | {
      /** A timer runs no more, and has not expired. */
      readonly kind: "timer-cancelled";
      readonly association: number;
      readonly timer: TimerName;
      readonly address: string | undefined;
    }
  | {
      readonly kind: "message";
      readonly association: number;
      readonly step: MessageStep;
      readonly streamId: number;
      readonly unordered: boolean;
      /** Of the message; of what is cut off it, or of a part that is delivered, of that. */
      readonly bytes: number;
      /** Undefined where it is not at hand. */
      readonly ppid: number | undefined;
      /** Of what is cut; undefined otherwise. */
      readonly tsn: number | undefined;
    }
  | {
      /** The user was told of something: one of the events that `Stack.pollEvent` gives, by its name and its plain fields. */
      readonly kind: "told";
      readonly association: number;
      readonly news: string;
      readonly facts: Readonly<Record<string, TraceFact>>;
    };

/** Which way a packet went, seen from the side that is traced. */
export type TraceDirection = "sent" | "received";

export interface TraceSink {
  /**
   * A packet as it went out or came in (before any check). `datagram` is the UDP payload and is valid only during the
   * call: copy what you keep. `local` and `remote` carry UDP ports.
   */
  packet(
    direction: TraceDirection,
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
    nowMs: number,
  ): void;
  event(event: TraceEvent, nowMs: number): void;
  /** A sink that has this method is told more; where it is not there, none of that is put together. */
  readonly detail?: ((detail: TraceDetail, nowMs: number) => void) | undefined;
  /**
   * A packet that the network lost, at the time when it was sent: only a simulator can tell. A sink that has this method is
   * told here, and not by `packet`, of the lost packets that its side sent, and also of those that were on their way to it.
   */
  lost?(
    direction: TraceDirection,
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
    nowMs: number,
  ): void;
}

/** The method `detail` of whoever passes on to `sinks` what it is told: there only if one of them wants to know. */
export function detailsFor(...sinks: readonly TraceSink[]): TraceSink["detail"] {
  const asking = sinks.filter((sink) => sink.detail !== undefined);
  if (asking.length === 0) return undefined;
  return (detail, nowMs) => {
    for (const sink of asking) sink.detail?.(detail, nowMs);
  };
}

/** Tells a sink of a packet that the network lost; one that does not ask for them sees what its side sent, as ever. */
export function traceLost(sink: TraceSink, ...lost: Parameters<NonNullable<TraceSink["lost"]>>): void {
  if (sink.lost !== undefined) sink.lost(...lost);
  else if (lost[0] === "sent") sink.packet(...lost);
}
