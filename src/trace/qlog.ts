/**
 * Everything that a stack does, as a qlog file: a record of JSON for each packet and event.
 * Owns: the file's first record, the form of the records (RFC 7464), ids of packets, whose association a packet is. Does not own: what the
 * events say (qlog-data.ts), where the text goes (the host writes it).
 *
 * The files are named `.sqlog`. Format: draft-ietf-quic-qlog-main-schema, its sequential form; the events are our own.
 */
import {
  checkArgument,
  checkOptions,
  isFlag,
  isFunction,
  isOneOf,
  isText,
  type OptionNames,
} from "../base/option-check.ts";
import type { TraceDetail, TraceDirection, TraceEvent, TraceSink } from "../base/trace-sink.ts";
import { COMMON_HEADER_BYTES, destinationPort, sourcePort } from "../chunks/common-header.ts";
import type { TransportAddress } from "../platform/address.ts";
import { microseconds, type QlogEvent, qlogDetailOf, qlogEventOf, qlogPacketData } from "./qlog-data.ts";

/** By which a reader knows the events; what they hold is in docs/sctp-qlog.schema.json. */
const EVENT_SCHEMA = "https://github.com/sctpkit/sctpkit/blob/main/docs/sctp-qlog.schema.json";
const RECORD_SEPARATOR = "\u001e";
/** Associations that are remembered by their ports and addresses: a trace may be left running for days. */
const MAX_REMEMBERED = 4_096;

export interface QlogOptions {
  /** What the trace is of. */
  readonly title?: string;
  readonly description?: string;
  /** A name for who is traced. */
  readonly vantagePointName?: string;
  /** Which side that is. Default "unknown": a stack may be both. */
  readonly vantagePoint?: "client" | "server" | "network" | "unknown";
  /** The time of day at which the stack's clock was 0, as RFC 3339 writes it; in Node, that of `performance.timeOrigin`. */
  readonly wallClockTime?: string;
  /** Leave out all bytes: payload, cookies, keys. How many there are is told. Default false: of each field, the first 64. */
  readonly redact?: boolean;
}

const NAMES: OptionNames<QlogOptions> = {
  of: "QlogSink",
  see: "QlogOptions",
  kinds: {
    title: isText,
    description: isText,
    vantagePointName: isText,
    vantagePoint: isOneOf("client", "server", "network", "unknown"),
    wallClockTime: isText,
    redact: isFlag,
  },
};

/** A trace sink that gives the records of a qlog file: packets with their chunks and reasons, states, timers, recovery, messages. */
export class QlogSink implements TraceSink {
  readonly #write: (record: string) => void;
  readonly #redact: boolean;
  #packetCount: number;
  /** Of the packet that is sent next. */
  #sending: Extract<TraceDetail, { kind: "sending" }> | undefined;
  /** By ports and the peer's address. */
  readonly #associations: Map<string, number>;

  /**
   * @param write takes each record, in order. Called at once with the first one
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION
   */
  constructor(write: (record: string) => void, options: QlogOptions = {}) {
    checkArgument("write of QlogSink", write, isFunction);
    const checked = checkOptions(options, NAMES);
    this.#write = write;
    this.#redact = checked.redact ?? false;
    this.#packetCount = 0;
    this.#sending = undefined;
    this.#associations = new Map();
    this.#record(headerOf(checked));
  }

  packet(
    direction: TraceDirection,
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
    nowMs: number,
  ): void {
    this.#packet(direction, false, datagram, local, remote, nowMs);
  }

  lost(
    direction: TraceDirection,
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
    nowMs: number,
  ): void {
    this.#packet(direction, true, datagram, local, remote, nowMs);
  }

  event(event: TraceEvent, nowMs: number): void {
    this.#event(nowMs, qlogEventOf(event), event.association);
  }

  detail(detail: TraceDetail, nowMs: number): void {
    if (detail.kind === "sending") this.#sending = detail;
    else this.#event(nowMs, qlogDetailOf(detail, nowMs), detail.association);
  }

  #packet(
    direction: TraceDirection,
    isLost: boolean,
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
    nowMs: number,
  ): void {
    const sent = direction === "sent";
    const sending = sent ? this.#sending : undefined;
    if (sent) this.#sending = undefined;
    const packet = {
      packetId: ++this.#packetCount,
      datagram,
      source: sent ? local : remote,
      destination: sent ? remote : local,
      reasons: sending?.reasons,
      lostWhen: isLost ? direction : undefined,
    };
    const name = isLost ? "sctp:packet_lost" : `sctp:packet_${direction}`;
    const association = this.#associationOf(direction, datagram, remote.address, sending?.association);
    const data = qlogPacketData(packet, this.#redact);
    this.#event(nowMs, { name, data }, association, `${local.address} - ${remote.address}`);
  }

  /** What is sent tells whose it is; what is received is whose that of the same ports and address was. */
  #associationOf(
    direction: TraceDirection,
    datagram: Uint8Array,
    remoteAddress: string,
    told: number | undefined,
  ): number | undefined {
    if (datagram.length < COMMON_HEADER_BYTES) return told;
    const [source, destination] = [sourcePort(datagram), destinationPort(datagram)];
    const [ours, theirs] = direction === "sent" ? [source, destination] : [destination, source];
    const key = `${ours} ${theirs} ${remoteAddress}`;
    if (told === undefined) return this.#associations.get(key);
    this.#associations.set(key, told);
    if (this.#associations.size > MAX_REMEMBERED) {
      const [oldest] = this.#associations.keys();
      if (oldest !== undefined) this.#associations.delete(oldest);
    }
    return told;
  }

  #event(nowMs: number, { name, data }: QlogEvent, association: number | undefined, path?: string): void {
    const group = association === undefined ? undefined : `${association}`;
    this.#record({ time: microseconds(nowMs), name, path, group_id: group, data });
  }

  #record(value: object): void {
    this.#write(`${RECORD_SEPARATOR}${JSON.stringify(value)}\n`);
  }
}

function headerOf({
  title,
  description,
  vantagePointName,
  vantagePoint,
  wallClockTime,
}: QlogOptions): object {
  return {
    file_schema: "urn:ietf:params:qlog:file:sequential",
    serialization_format: "application/qlog+json-seq",
    // By these two a reader that is older than the two above knows the file.
    qlog_version: "0.3",
    qlog_format: "JSON-SEQ",
    title,
    description,
    trace: {
      common_fields: {
        time_format: "relative_to_epoch",
        reference_time: { clock_type: "monotonic", epoch: "unknown", wall_clock_time: wallClockTime },
        protocol_types: ["SCTP"],
      },
      vantage_point: { name: vantagePointName, type: vantagePoint ?? "unknown" },
      event_schemas: [EVENT_SCHEMA],
    },
  };
}
