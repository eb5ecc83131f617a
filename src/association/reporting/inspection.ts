/**
 * An association at work, for those who watch it: its TSNs, timers, outstanding chunks, and what each stream waits for.
 * Owns: putting together what the parts hold, when somebody asks; nothing of it is kept. Does not own: the parts; the control
 * block and its paths (facts.ts); events (tracer.ts).
 */
import { tsnAdd, tsnGt, tsnLt } from "../../base/serial.ts";
import type { Deadlines } from "../model/deadlines.ts";
import type { OutboundMessage } from "../model/outbound-message.ts";
import type { ReceivedMessage } from "../model/received-message.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { Inbound } from "../receiving/inbound.ts";
import type { Outbound } from "../sending/outbound.ts";
import { type SentChunk, SentState } from "../sending/sent-chunk.ts";
import { type RunningTimer, runningTimers } from "./timer-watch.ts";

/** A chunk of user data that has a TSN and is not cumulatively acknowledged. */
export interface OutstandingChunk {
  readonly tsn: number;
  readonly streamId: number;
  readonly unordered: boolean;
  /** SSN of its message, MID in I-DATA; of an unordered message of DATA it says nothing. */
  readonly number: number;
  /** Its place in its message, from 0. */
  readonly fragmentNumber: number;
  readonly payloadBytes: number;
  /** `acknowledged`: by a Gap Ack Block; `abandoned`: given up (RFC 3758), the peer is told. */
  readonly state: "in flight" | "acknowledged" | "to be sent again" | "abandoned";
  /** How often it was sent. */
  readonly transmitCount: number;
}

/** What waits to be sent on a stream, or to be acknowledged. */
export interface OutboundQueue {
  readonly streamId: number;
  /** Messages of which some has no TSN yet. */
  readonly queuedMessages: number;
  /** Payload bytes that have no TSN yet. */
  readonly queuedBytes: number;
  /** Payload bytes with a TSN that is not cumulatively acknowledged. */
  readonly outstandingBytes: number;
  readonly priority: number;
  readonly weight: number;
}

/** A message, or what there is of one, that has come and that the user has not been given. */
export interface HeldMessage {
  /** SSN, MID in I-DATA; of an unordered message of DATA it says nothing. */
  readonly number: number;
  readonly unordered: boolean;
  /** Of the first of its fragments that are held. */
  readonly tsn: number;
  readonly payloadBytes: number;
  /**
   * What it waits for: `order`: an earlier message of its stream; `fragments`: the rest of itself; `delivery`: the rest of a message of
   * which the user has the beginning; `reset`: its stream is to begin anew behind what is missing (RFC 6525); `user`: to be read.
   */
  readonly waitsFor: "order" | "fragments" | "delivery" | "reset" | "user";
}

/** What came on a stream and has not been read. */
export interface InboundQueue {
  readonly streamId: number;
  /** The number of the ordered message that is next. */
  readonly nextNumber: number;
  /** By their TSNs. */
  readonly held: readonly HeldMessage[];
}

export interface AssociationInspection {
  /** The TSN that the next new chunk gets. */
  readonly nextTsn: number;
  /** The peer has acknowledged all TSNs of this side up to this one (Cumulative TSN Ack Point). */
  readonly cumulativeTsnAckPoint: number;
  /** All TSNs of the peer up to this one have come; without a meaning before the handshake has told its first. */
  readonly peerCumulativeTsn: number;
  /** The highest TSN of the peer that has come. */
  readonly peerHighestTsn: number;
  /** The timers that run. */
  readonly timers: readonly RunningTimer[];
  /** In the order of their TSNs. */
  readonly outstanding: readonly OutstandingChunk[];
  /** Streams on which something waits, in order. */
  readonly outboundQueues: readonly OutboundQueue[];
  /** Streams on which something has come since they began, in order. */
  readonly inboundQueues: readonly InboundQueue[];
}

/** The parts that are asked. */
interface InspectedParts {
  readonly deadlines: Deadlines;
  readonly paths: PathSet;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
}

/** Looks at all that is queued, outstanding and held. */
export function inspect({ deadlines, paths, inbound, outbound }: InspectedParts): AssociationInspection {
  const outstanding = outstandingChunks(outbound);
  return {
    nextTsn: outbound.sent.nextTsn,
    cumulativeTsnAckPoint: outbound.sent.cumulativeAckPoint,
    peerCumulativeTsn: inbound.tsns.cumulativeTsn,
    peerHighestTsn: inbound.tsns.highestTsn,
    timers: runningTimers(deadlines, paths.all),
    outstanding,
    outboundQueues: outboundQueues(outbound, outstanding),
    inboundQueues: inboundQueues(inbound),
  };
}

const STATES = {
  [SentState.InFlight]: "in flight",
  [SentState.Acked]: "acknowledged",
  [SentState.ToRetransmit]: "to be sent again",
  [SentState.Abandoned]: "abandoned",
} as const;

function outstandingChunks({ sent }: Outbound): OutstandingChunk[] {
  const chunks: OutstandingChunk[] = [];
  for (let tsn = tsnAdd(sent.cumulativeAckPoint, 1); tsnLt(tsn, sent.nextTsn); tsn = tsnAdd(tsn, 1))
    chunks.push(outstandingChunk(sent.at(tsn)));
  return chunks;
}

function outstandingChunk(chunk: SentChunk): OutstandingChunk {
  const { tsn, streamId, ssn, fragmentNumber, payloadBytes, transmitCount, message } = chunk;
  return {
    tsn,
    streamId,
    unordered: message?.unordered ?? false,
    number: ssn,
    fragmentNumber,
    payloadBytes,
    state: STATES[chunk.state as keyof typeof STATES],
    transmitCount,
  };
}

function outboundQueues({ queue }: Outbound, outstanding: readonly OutstandingChunk[]): OutboundQueue[] {
  const outstandingBytes = new Map<number, number>();
  for (const { streamId, payloadBytes } of outstanding)
    outstandingBytes.set(streamId, (outstandingBytes.get(streamId) ?? 0) + payloadBytes);
  const waiting = new Map<number, OutboundMessage[]>();
  for (const message of queue.waiting) {
    const messages = waiting.get(message.streamId);
    if (messages === undefined) waiting.set(message.streamId, [message]);
    else messages.push(message);
  }
  const streamIds = [...new Set([...waiting.keys(), ...outstandingBytes.keys()])].sort((a, b) => a - b);
  return streamIds.map((streamId) => {
    const messages = waiting.get(streamId) ?? [];
    const { priority, weight } = queue.shareOf(streamId);
    return {
      streamId,
      queuedMessages: messages.length,
      queuedBytes: messages.reduce((sum, { data, sentBytes }) => sum + data.length - sentBytes, 0),
      outstandingBytes: outstandingBytes.get(streamId) ?? 0,
      priority,
      weight,
    };
  });
}

function inboundQueues(inbound: Inbound): InboundQueue[] {
  const held = new Map<number, HeldMessage[]>();
  const add = (streamId: number, message: HeldMessage): void => {
    const messages = held.get(streamId);
    if (messages === undefined) held.set(streamId, [message]);
    else messages.push(message);
  };
  const addAll = (messages: Iterable<ReceivedMessage>, waitsFor: HeldMessage["waitsFor"]): void => {
    for (const { streamId, ssn, unordered, tsn, data } of messages)
      add(streamId, { number: ssn, unordered, tsn, payloadBytes: data.length, waitsFor });
  };
  const { ready, behindPieces, early, behindReset, unfinished } = inbound.holdings;
  addAll(ready, "user");
  addAll(behindPieces, "delivery");
  addAll(early, "order");
  addAll(behindReset, "reset");
  for (const { streamId, ssn, unordered, tsn, payloadBytes } of unfinished)
    add(streamId, { number: ssn, unordered, tsn, payloadBytes, waitsFor: "fragments" });
  const streamIds = [...new Set([...inbound.streamIds, ...held.keys()])].sort((a, b) => a - b);
  return streamIds.map((streamId) => ({
    streamId,
    nextNumber: inbound.nextNumberOf(streamId),
    held: (held.get(streamId) ?? []).sort((a, b) => (tsnGt(a.tsn, b.tsn) ? 1 : -1)),
  }));
}
