/**
 * The contract that every program of the benchmark keeps, whatever it is written in.
 *
 *   PROGRAM sink|source [--OPTION VALUE]...
 *
 * The source opens its associations to the sink and sends for as long as it lives. Both write one JSON object a line:
 * `ready` (the sink can be reached), `connected` (the source's associations are up), and a `mark` for each line "mark"
 * that they read: what they have received so far, by their own monotonic clock. When their input ends they exit at once.
 *
 * A runner drives the programs of older revisions as well (../../runner/baseline.ts): an option or a field that is added must
 * be one that may be left out.
 *
 * Owns: the options, the lines, the counts behind a mark. Does not own: transports; the two programs that keep the same
 * contract in C and Go (../usrsctp, ../pion).
 */
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { LatencyRecorder } from "./latency.ts";

export const HOST = "127.0.0.1";
/** The sink's SCTP port. */
export const SCTP_PORT = 5_001;

/**
 * oneway: the source sends; both: both do; pingpong: one message at a time, echoed; handshakes: set up and abort; bursts:
 * so many messages at a time, answered by one, after a pause.
 */
export type Measure = "oneway" | "both" | "pingpong" | "handshakes" | "bursts";

/** What a program is told. */
export interface Job {
  readonly role: "sink" | "source";
  /** What the node program speaks; the others speak one thing. */
  readonly transport: string;
  readonly measure: Measure;
  readonly messageBytes: number;
  /** In the measure "bursts": messages sent at a time. */
  readonly burst: number;
  /** In the measure "bursts": one after the other over one association, not each over its own. */
  readonly isInARow: boolean;
  readonly streams: number;
  readonly associations: number;
  /** Largest UDP payload; 0 leaves the transport's own default. */
  readonly packetBytes: number;
  /** Send and receive buffer of an association; 0 leaves the transport's own default. */
  readonly bufferBytes: number;
  /** The UDP port of this program; 0: whatever its transport takes by itself. */
  readonly udpPort: number;
  /** The UDP port that the source sends to. */
  readonly remotePort: number;
  /** This program's own address, and the sink's. */
  readonly localAddress: string;
  readonly remoteAddress: string;
  /** What sctpkit alone is told beside all that, as JSON. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** One answer to "mark". */
export interface Mark {
  readonly event: "mark";
  /** Of this program's monotonic clock. */
  readonly seconds: number;
  /** Received; round trips or handshakes in those measures. */
  readonly messages: number;
  readonly bytes: number;
  /** Datagrams sent and received, where the program can tell. */
  readonly packets?: number | undefined;
  /** Bytes allocated on the JavaScript heap since the mark before, where the program can tell. */
  readonly allocatedBytes?: number | undefined;
  /** Quantiles of the round trips since the mark before. */
  readonly p50Us?: number | undefined;
  readonly p99Us?: number | undefined;
  readonly p999Us?: number | undefined;
  /** Datagrams that a relay has dropped so far, both ways. */
  readonly droppedAtRandom?: number | undefined;
  readonly droppedByQueue?: number | undefined;
  readonly droppedTooLarge?: number | undefined;
  /** Of the path that carries the first association's data, where the source can tell. */
  readonly cwndBytes?: number | undefined;
  readonly flightBytes?: number | undefined;
  readonly srttMs?: number | undefined;
}

/** What a program has received so far. */
export class Received {
  messages = 0;
  bytes = 0;
  readonly latency = new LatencyRecorder();

  add(bytes: number): void {
    this.messages++;
    this.bytes += bytes;
  }
}

export function readJob(argv: readonly string[]): Job {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      transport: text,
      measure: text,
      size: text,
      burst: text,
      "in-a-row": text,
      streams: text,
      associations: text,
      packet: text,
      buffer: text,
      udp: text,
      remote: text,
      address: text,
      to: text,
      options: text,
    },
  });
  const role = positionals[0];
  if (role !== "sink" && role !== "source") throw new Error("the first argument is sink or source");
  return {
    role,
    transport: values.transport ?? "sctpkit",
    measure: (values.measure ?? "oneway") as Measure,
    messageBytes: Number(values.size ?? 1_000),
    burst: Number(values.burst ?? 1),
    isInARow: values["in-a-row"] === "1",
    streams: Number(values.streams ?? 1),
    associations: Number(values.associations ?? 1),
    packetBytes: Number(values.packet ?? 0),
    bufferBytes: Number(values.buffer ?? 0),
    udpPort: Number(values.udp ?? 0),
    remotePort: Number(values.remote ?? 0),
    localAddress: values.address ?? HOST,
    remoteAddress: values.to ?? HOST,
    options: JSON.parse(values.options ?? "{}") as Readonly<Record<string, unknown>>,
  };
}

export function announce(event: "ready" | "connected"): void {
  process.stdout.write(`${JSON.stringify({ event })}\n`);
}

/** What a transport may add to a mark. */
export type MarkExtras = () => Partial<Mark>;

/** Answers each "mark" until the input ends, and then exits. */
export function answerMarks(received: Received, extras: MarkExtras): void {
  let rest = "";
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line === "mark") process.stdout.write(`${JSON.stringify(mark())}\n`);
  });
  process.stdin.on("end", () => process.exit(0));

  function mark(): Mark {
    const seconds = performance.now() / 1_000;
    const { messages, bytes, latency } = received;
    return { event: "mark", seconds, messages, bytes, ...latency.take(), ...extras() };
  }
}
