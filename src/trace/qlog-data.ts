/**
 * What qlog's events say, as plain objects.
 * Owns: the names of the events and the fields of their `data`: docs/sctp-qlog.schema.json describes them all. Does not own: the file and
 * its records (qlog.ts).
 */
import type { TraceDetail, TraceDirection, TraceEvent } from "../base/trace-sink.ts";
import type { Chunk } from "../chunks/chunk.ts";
import { ParseError } from "../chunks/errors.ts";
import { decodePacket } from "../chunks/packet.ts";
import type { TransportAddress } from "../platform/address.ts";
import { chunkNames } from "./labels.ts";

/** Bytes of a chunk's field that are shown; how long it is is told always. */
const SHOWN_BYTES = 64;

export interface QlogEvent {
  /** "namespace:event". */
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Fields that are undefined are left out when they are written. */
export function qlogEventOf(event: TraceEvent): QlogEvent {
  switch (event.kind) {
    case "state":
      return { name: "association:state_updated", data: { old: event.from, new: event.to } };
    case "drop":
      return { name: "sctp:packet_dropped", data: { trigger: event.reason, details: event.detail } };
    case "timer":
      return { name: "timer:expired", data: timerData(event) };
    case "retransmit": {
      const { address, tsn, reason } = event;
      return {
        name: "recovery:chunk_retransmitted",
        data: { remote_address: address, tsn, trigger: reason },
      };
    }
    case "congestion":
      return {
        name: "recovery:metrics_updated",
        data: {
          remote_address: event.address,
          trigger: event.reason,
          congestion_window: finite(event.cwndBytes),
          ssthresh: finite(event.ssthreshBytes),
          bytes_in_flight: event.flightBytes,
        },
      };
    case "rtt":
      return {
        name: "recovery:metrics_updated",
        data: {
          remote_address: event.address,
          trigger: "round trip measured",
          latest_rtt: event.sampleMs,
          smoothed_rtt: finite(event.srttMs),
          rto: event.rtoMs,
        },
      };
    case "packet-size": {
      const { address, maxPacketBytes, search } = event;
      return {
        name: "path:packet_size_updated",
        data: { remote_address: address, max_packet_size: maxPacketBytes, search },
      };
    }
    case "path": {
      const { address, state, reason } = event;
      return { name: "path:state_updated", data: { remote_address: address, new: state, trigger: reason } };
    }
  }
}

/** All but "sending", which goes with its packet. */
export function qlogDetailOf(detail: Exclude<TraceDetail, { kind: "sending" }>, nowMs: number): QlogEvent {
  switch (detail.kind) {
    case "timer-set": {
      const ms = Math.max(0, microseconds(detail.deadlineMs - nowMs));
      return { name: "timer:set", data: { ...timerData(detail), ms } };
    }
    case "timer-cancelled":
      return { name: "timer:cancelled", data: timerData(detail) };
    case "message": {
      const { step, streamId, unordered, bytes, ppid, tsn } = detail;
      return { name: `message:${step}`, data: { stream_id: streamId, unordered, length: bytes, ppid, tsn } };
    }
    case "told":
      return {
        name: "association:user_told",
        data: { news: detail.news, facts: snakeCase(detail.facts, false) },
      };
  }
}

export interface QlogPacket {
  readonly packetId: number;
  readonly datagram: Uint8Array;
  readonly source: TransportAddress;
  readonly destination: TransportAddress;
  /** Of a packet that is sent, as far as they are known. */
  readonly reasons: readonly string[] | undefined;
  /** Of a packet that the network lost, which way it went. */
  readonly lostWhen: TraceDirection | undefined;
}

/** @param redact no bytes at all, only how many there are */
export function qlogPacketData(packet: QlogPacket, redact: boolean): Readonly<Record<string, unknown>> {
  const { packetId, datagram, source, destination, reasons, lostWhen } = packet;
  const about = {
    packet_id: packetId,
    source: { address: source.address, udp_port: source.port },
    destination: { address: destination.address, udp_port: destination.port },
    length: datagram.length,
    reasons,
    direction: lostWhen,
  };
  try {
    const { sourcePort, destinationPort, verificationTag, checksumValid, chunks } = decodePacket(datagram);
    return {
      ...about,
      header: {
        source_port: sourcePort,
        destination_port: destinationPort,
        verification_tag: verificationTag,
        checksum_valid: checksumValid,
      },
      chunks: chunks.map((chunk) => chunkData(chunk, redact)),
    };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { ...about, malformed: error.code, chunk_types: chunkNames(datagram, true) };
  }
}

/** A chunk with the names of its fields as qlog writes names. */
function chunkData(chunk: Chunk, redact: boolean): Record<string, unknown> {
  const { kind, ...fields } = chunk;
  return { chunk_type: kind, ...(snakeCase(fields, redact) as object) };
}

function timerData({
  timer,
  address,
}: Pick<Extract<TraceEvent, { kind: "timer" }>, "timer" | "address">): QlogEvent["data"] {
  return { timer, remote_address: address };
}

/** `streamId` becomes `stream_id`; bytes become their number, and, unless they are to be left out, the first of them in hex. */
function snakeCase(value: unknown, redact: boolean): unknown {
  if (typeof value === "number") return finite(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array)
    return redact ? { length: value.length } : { length: value.length, data: hexOf(value) };
  if (Array.isArray(value)) return value.map((item) => snakeCase(item, redact));
  const named = Object.entries(value).map(([name, inner]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    snakeCase(inner, redact),
  ]);
  return Object.fromEntries(named);
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** JSON knows no infinity. */
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** Milliseconds with three digits behind the point. */
export function microseconds(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
