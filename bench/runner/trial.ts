/**
 * One trial: a sink and a source of one side (or two of each) run one case, and are measured between two marks.
 * Owns: the order of things, and the figures of one trial. Does not own: processes (program.ts), medians (statistics.ts).
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Case } from "./cases.ts";
import { HostLoad } from "./host-load.ts";
import { type MeasuredMark, Program } from "./program.ts";
import { commandOf, relayCommand, type Side } from "./sides.ts";

export interface Timing {
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** Sink and source on one core each, instead of where the kernel puts them. */
  readonly pinned: boolean;
  /** Of the losses on a link. */
  readonly seed: number;
}

/** What one trial showed; NaN where there is nothing to say. */
export interface Outcome {
  readonly messagesPerSecond: number;
  readonly megabytesPerSecond: number;
  /** For each CPU second of the busier end: what the pair would do if nothing else used the host, and nothing waited. */
  readonly megabytesPerCoreSecond: number;
  /** CPU time of both ends. */
  readonly cpuSecondsPerGigabyte: number;
  readonly cpuSecondsPerMillionMessages: number;
  /** CPU seconds per second of the sink and of the source: what is far below 1 was waiting. */
  readonly sinkLoad: number;
  readonly sourceLoad: number;
  /** CPU seconds per second of everything else on the host: what is far above 0 was disturbed. */
  readonly foreignLoad: number;
  readonly peakMegabytes: number;
  /** Bytes allocated on the JavaScript heap for a datagram, sent or received, mean of both ends. */
  readonly allocatedBytesPerPacket: number;
  /** The slowest flow's rate as a share of the fastest's. */
  readonly flowShare: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
  /** Datagrams that the relay of a link dropped, both ways, by reason. */
  readonly droppedAtRandom: number;
  readonly droppedByQueue: number;
  readonly droppedTooLarge: number;
}

const SINK_CORE = 1;
const SOURCE_CORE = 0;
const WARM_UP_STEP_MS = 100;
const WARM_UP_PATIENCE = 5;
/** Of the time that is asked for: what waits for its peer now and then is warm all the same. */
const WARM_UP_CPU_SHARE = 0.7;
/** Below the range of ephemeral ports; each trial takes the next ones, so that nothing late reaches the wrong one. */
const FIRST_PORT = 20_000;
const LAST_PORT = 31_000;
let nextPort = FIRST_PORT + (process.pid % 1_000) * 10;

function takePort(): number {
  nextPort = nextPort >= LAST_PORT ? FIRST_PORT : nextPort + 1;
  return nextPort;
}

/** The programs of one trial; a source and a sink for each flow, and what lies between them. */
interface Cast {
  readonly relay: Program | undefined;
  readonly sinks: readonly Program[];
  readonly sources: readonly Program[];
}

/** @throws Error saying which program failed and what it wrote */
export async function runTrial(side: Side, test: Case, timing: Timing): Promise<Outcome> {
  const programs: Program[] = [];
  try {
    const cast = await assemble(side, test, timing, programs);
    if (test.link === undefined) await warmUp(cast, timing.warmUpMs);
    else await sleep(Math.max(timing.warmUpMs, test.link.warmUpMs));
    const before = await takeMarks(cast);
    const host = new HostLoad();
    await sleep(Math.max(timing.durationMs, test.link?.durationMs ?? 0));
    const hostLoad = host.take();
    return outcome(test, before, await takeMarks(cast), hostLoad);
  } finally {
    await Promise.all(programs.map((program) => program.stop()));
  }
}

async function assemble(side: Side, test: Case, timing: Timing, programs: Program[]): Promise<Cast> {
  const { link } = test;
  const flows = Array.from({ length: link?.flows ?? 1 }, () => {
    const [sink, source] = [takePort(), takePort()];
    return link === undefined
      ? { sink, source, front: sink, back: source }
      : { sink, source, front: takePort(), back: takePort() };
  });
  const start = (name: string, command: readonly string[], core: number): Program => {
    const program = new Program(`${side.name} ${name}`, command, timing.pinned ? core : undefined);
    programs.push(program);
    return program;
  };
  let relay: Program | undefined;
  if (link !== undefined) {
    relay = new Program("relay", relayCommand(link, test.pathMtuBytes, flows, timing.seed), undefined);
    programs.push(relay);
    await relay.next("ready");
  }
  const sinks = flows.map((ports) =>
    start("sink", commandOf(side, test, "sink", ports.sink, ports.back), SINK_CORE),
  );
  await Promise.all(sinks.map((sink) => sink.next("ready")));
  const sources = flows.map((ports) =>
    start("source", commandOf(side, test, "source", ports.source, ports.front), SOURCE_CORE),
  );
  await Promise.all(sources.map((source) => source.next("connected")));
  return { relay, sinks, sources };
}

/** Until the busier end has had so much CPU time, for compilers work by the clock of their own process; or much longer. */
async function warmUp(cast: Cast, warmUpMs: number): Promise<void> {
  await sleep(warmUpMs);
  for (let waitedMs = 0; waitedMs < WARM_UP_PATIENCE * warmUpMs; waitedMs += WARM_UP_STEP_MS) {
    const loads = [...cast.sinks, ...cast.sources].map((program) => program.cpuSeconds());
    if (Math.max(...loads) * 1_000 >= WARM_UP_CPU_SHARE * warmUpMs) return;
    await sleep(WARM_UP_STEP_MS);
  }
}

interface Marks {
  readonly sinks: readonly MeasuredMark[];
  readonly sources: readonly MeasuredMark[];
  readonly relay: MeasuredMark | undefined;
}

async function takeMarks({ relay, sinks, sources }: Cast): Promise<Marks> {
  const mark = (program: Program): Promise<MeasuredMark> => program.mark();
  const all = await Promise.all([...sinks, ...sources].map(mark));
  return { sinks: all.slice(0, sinks.length), sources: all.slice(sinks.length), relay: await relay?.mark() };
}

function outcome(test: Case, before: Marks, after: Marks, hostLoad: number): Outcome {
  const sinks = after.sinks.map((mark, i) => difference(before.sinks[i] ?? mark, mark));
  const sources = after.sources.map((mark, i) => difference(before.sources[i] ?? mark, mark));
  const receivers = {
    oneway: sinks,
    both: [...sinks, ...sources],
    pingpong: sources,
    handshakes: sources,
  }[test.measure];
  const messagesPerSecond = sum(receivers.map(({ messages, seconds }) => messages / seconds));
  const rates = receivers.map(({ bytes, seconds }) => bytes / seconds);
  const bytesPerSecond = sum(rates);
  const sinkLoad = sum(sinks.map(({ cpuSeconds, seconds }) => cpuSeconds / seconds));
  const sourceLoad = sum(sources.map(({ cpuSeconds, seconds }) => cpuSeconds / seconds));
  const ends = [...sinks, ...sources];
  const [source] = after.sources;
  const dropped = (name: "droppedAtRandom" | "droppedByQueue" | "droppedTooLarge"): number =>
    (after.relay?.[name] ?? Number.NaN) - (before.relay?.[name] ?? Number.NaN);
  return {
    messagesPerSecond,
    megabytesPerSecond: bytesPerSecond / 1e6,
    megabytesPerCoreSecond: bytesPerSecond / 1e6 / Math.max(sinkLoad, sourceLoad),
    cpuSecondsPerGigabyte: ((sinkLoad + sourceLoad) / bytesPerSecond) * 1e9,
    cpuSecondsPerMillionMessages: ((sinkLoad + sourceLoad) / messagesPerSecond) * 1e6,
    sinkLoad,
    sourceLoad,
    foreignLoad: test.link === undefined ? Math.max(0, hostLoad - sinkLoad - sourceLoad) : Number.NaN,
    peakMegabytes: sum([...after.sinks, ...after.sources].map(({ peakMegabytes }) => peakMegabytes)),
    allocatedBytesPerPacket: sum(ends.map((end) => end.allocatedBytes)) / sum(ends.map((end) => end.packets)),
    flowShare: Math.min(...rates) / Math.max(...rates),
    p50Us: source?.p50Us ?? Number.NaN,
    p99Us: source?.p99Us ?? Number.NaN,
    p999Us: source?.p999Us ?? Number.NaN,
    droppedAtRandom: dropped("droppedAtRandom"),
    droppedByQueue: dropped("droppedByQueue"),
    droppedTooLarge: dropped("droppedTooLarge"),
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
