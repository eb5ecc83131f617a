/**
 * One trial: a sink and a source of one side run one case, and are measured between two marks.
 * Owns: the order of things, and the figures of one trial. Does not own: processes (program.ts), medians (statistics.ts).
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Case } from "./cases.ts";
import { type MeasuredMark, Program } from "./program.ts";
import { commandOf, type Side } from "./sides.ts";

export interface Timing {
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** Sink and source on one core each, instead of where the kernel puts them. */
  readonly pinned: boolean;
}

/** What one trial showed; NaN where there is nothing to say. */
export interface Outcome {
  readonly messagesPerSecond: number;
  readonly megabytesPerSecond: number;
  /** CPU time of both ends. */
  readonly cpuSecondsPerGigabyte: number;
  readonly cpuSecondsPerMillionMessages: number;
  /** CPU seconds per second of the sink and of the source: what is far below 1 was waiting. */
  readonly sinkLoad: number;
  readonly sourceLoad: number;
  readonly peakMegabytes: number;
  /** Bytes allocated on the JavaScript heap for a datagram, sent or received, mean of both ends. */
  readonly allocatedBytesPerPacket: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
}

const SINK_CORE = 1;
const SOURCE_CORE = 0;
/** Below the range of ephemeral ports; each trial takes the next ones, so that nothing late reaches the wrong one. */
const FIRST_PORT = 20_000;
const LAST_PORT = 31_000;
let nextPort = FIRST_PORT + (process.pid % 1_000) * 10;

function takePort(): number {
  nextPort = nextPort >= LAST_PORT ? FIRST_PORT : nextPort + 1;
  return nextPort;
}

/** @throws Error saying which program failed and what it wrote */
export async function runTrial(side: Side, test: Case, timing: Timing): Promise<Outcome> {
  const programs: Program[] = [];
  const sinkPort = takePort();
  const sourcePort = takePort();
  const start = (role: "sink" | "source", own: number, remote: number, core: number): Program => {
    const command = commandOf(side, test, role, own, remote);
    const program = new Program(`${side.name} ${role}`, command, timing.pinned ? core : undefined);
    programs.push(program);
    return program;
  };
  try {
    const sink = start("sink", sinkPort, sourcePort, SINK_CORE);
    await sink.next("ready");
    const source = start("source", sourcePort, sinkPort, SOURCE_CORE);
    await source.next("connected");
    await sleep(timing.warmUpMs);
    const before = await Promise.all([sink.mark(), source.mark()]);
    await sleep(timing.durationMs);
    const after = await Promise.all([sink.mark(), source.mark()]);
    return outcome(test, before, after);
  } finally {
    await Promise.all(programs.map((program) => program.stop()));
  }
}

type Marks = readonly [sink: MeasuredMark, source: MeasuredMark];

function outcome(test: Case, before: Marks, after: Marks): Outcome {
  const sink = difference(before[0], after[0]);
  const source = difference(before[1], after[1]);
  const receivers = { oneway: [sink], both: [sink, source], pingpong: [source], handshakes: [source] }[
    test.measure
  ];
  const messagesPerSecond = sum(receivers.map(({ messages, seconds }) => messages / seconds));
  const bytesPerSecond = sum(receivers.map(({ bytes, seconds }) => bytes / seconds));
  const load = sink.cpuSeconds / sink.seconds + source.cpuSeconds / source.seconds;
  return {
    messagesPerSecond,
    megabytesPerSecond: bytesPerSecond / 1e6,
    cpuSecondsPerGigabyte: (load / bytesPerSecond) * 1e9,
    cpuSecondsPerMillionMessages: (load / messagesPerSecond) * 1e6,
    sinkLoad: sink.cpuSeconds / sink.seconds,
    sourceLoad: source.cpuSeconds / source.seconds,
    peakMegabytes: after[0].peakMegabytes + after[1].peakMegabytes,
    allocatedBytesPerPacket: (sink.allocatedBytes + source.allocatedBytes) / (sink.packets + source.packets),
    p50Us: after[1].p50Us ?? Number.NaN,
    p99Us: after[1].p99Us ?? Number.NaN,
    p999Us: after[1].p999Us ?? Number.NaN,
  };
}

function difference(before: MeasuredMark, after: MeasuredMark) {
  return {
    seconds: after.seconds - before.seconds,
    messages: after.messages - before.messages,
    bytes: after.bytes - before.bytes,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    packets: (after.packets ?? Number.NaN) - (before.packets ?? Number.NaN),
    allocatedBytes: after.allocatedBytes ?? Number.NaN,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
