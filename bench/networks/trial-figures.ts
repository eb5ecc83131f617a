/**
 * The figures of one trial, from what its programs have answered.
 * Owns: rates, shares, the queue's delay, the series. Does not own: asking (trial.ts), medians over trials (results.ts).
 */
import type { MeasuredMark } from "../runner/program.ts";
import { quantile } from "../runner/statistics.ts";
import type { Cell } from "./cells.ts";
import type { KernelState } from "./kernel-state.ts";

/** What both ends of each flow said at one time. */
export interface Moment {
  /** Since the flows began. */
  readonly ms: number;
  readonly ends: readonly {
    readonly sink: MeasuredMark;
    readonly source: MeasuredMark;
    readonly kernel: KernelState | undefined;
  }[];
}

/** Packets that did not arrive. */
interface DirectionCounts {
  readonly atRandom: number;
  readonly byQueue: number;
}

/** The link says more than others. */
export interface LinkMark extends MeasuredMark {
  readonly there: DirectionCounts;
  readonly back: DirectionCounts;
}

export interface Answers {
  readonly cell: Cell;
  readonly sides: readonly string[];
  readonly timing: { readonly warmUpMs: number; readonly sampleMs: number; readonly seed: number };
  readonly moments: readonly Moment[];
  /** At the end of the warm-up, and at the end. */
  readonly link: readonly [LinkMark, LinkMark];
  readonly queue: readonly { readonly ms: number; readonly bytes: number }[];
  readonly hostLoad: number;
}

/** One point of a flow's series; what it does not tell is absent. */
export interface FlowPoint {
  readonly ms: number;
  readonly megabytesPerSecond: number;
  readonly cwndBytes?: number;
  readonly rttMs?: number;
}

export interface FlowFigures {
  readonly side: string;
  readonly megabytesPerSecond: number;
  /** Of all flows' payload. */
  readonly share: number;
  /** What Linux says that it uses. */
  readonly kernelControl?: string;
  /** Of answered messages or bursts. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  readonly series?: readonly FlowPoint[];
}

export interface Trial {
  readonly cell: string;
  readonly seed: number;
  readonly flows: readonly FlowFigures[];
  /** How long a packet waits in the queue to the sinks. */
  readonly queueMedianMs: number;
  readonly queueP95Ms: number;
  /** Packets of both directions. */
  readonly lostAtRandom: number;
  readonly lostByQueue: number;
  /** CPU seconds per second of everything else on the host. */
  readonly foreignLoad: number;
  /** The longest wait in each interval of the series. */
  readonly queueSeries?: readonly { readonly ms: number; readonly waitMs: number }[];
}

export function figuresOf(answers: Answers): Trial {
  const { cell, timing, moments, queue } = answers;
  const measured = moments.filter(({ ms }) => ms >= timing.warmUpMs);
  const rates = answers.sides.map((_, i) => rateOf(measured, i));
  const total = rates.reduce((sum, rate) => sum + rate, 0);
  const waitMs = (bytes: number): number => (8 * bytes) / cell.conditions.megabitsPerSecond / 1_000;
  const waits = queue.filter(({ ms }) => ms >= timing.warmUpMs).map(({ bytes }) => waitMs(bytes));
  return {
    cell: cell.name,
    seed: timing.seed,
    flows: answers.sides.map((side, i) => ({
      side,
      megabytesPerSecond: rounded(rates[i] ?? Number.NaN),
      share: rounded((rates[i] ?? Number.NaN) / total),
      ...endState(measured.at(-1), i),
      ...(timing.sampleMs === 0 ? {} : { series: seriesOf(moments, i) }),
    })),
    queueMedianMs: rounded(quantile(waits, 0.5)),
    queueP95Ms: rounded(quantile(waits, 0.95)),
    lostAtRandom: lost(answers.link, "atRandom"),
    lostByQueue: lost(answers.link, "byQueue"),
    foreignLoad: rounded(Math.max(0, answers.hostLoad - ownLoad(measured, answers.link))),
    ...(timing.sampleMs === 0
      ? {}
      : {
          queueSeries: longestWaits(queue, timing.sampleMs).map(({ ms, bytes }) => ({
            ms,
            waitMs: waitMs(bytes),
          })),
        }),
  };
}

/** MB/s that the sink has received between the first moment and the last. */
function rateOf(moments: readonly Moment[], flow: number): number {
  const first = moments[0]?.ends[flow]?.sink;
  const last = moments.at(-1)?.ends[flow]?.sink;
  if (first === undefined || last === undefined) return Number.NaN;
  return (last.bytes - first.bytes) / (last.seconds - first.seconds) / 1e6;
}

function endState(last: Moment | undefined, flow: number): Partial<FlowFigures> {
  const ends = last?.ends[flow];
  const [p50Us, p99Us] = [ends?.source.p50Us, ends?.source.p99Us];
  return {
    ...(ends?.kernel?.control === undefined ? {} : { kernelControl: ends.kernel.control }),
    ...(p50Us === undefined ? {} : { p50Ms: rounded(p50Us / 1_000) }),
    ...(p99Us === undefined ? {} : { p99Ms: rounded(p99Us / 1_000) }),
  };
}

/** The rate of a point is that of the time since the point before. */
function seriesOf(moments: readonly Moment[], flow: number): FlowPoint[] {
  return moments.slice(1).map((moment, i) => {
    const { source, kernel } = moment.ends[flow] ?? {};
    const cwndBytes = source?.cwndBytes ?? kernel?.cwndBytes;
    const rttMs = source?.srttMs ?? kernel?.rttMs;
    return {
      ms: Math.round(moment.ms),
      megabytesPerSecond: rounded(rateOf([moments[i] as Moment, moment], flow)),
      ...(cwndBytes === undefined ? {} : { cwndBytes }),
      ...(rttMs === undefined ? {} : { rttMs: rounded(rttMs) }),
    };
  });
}

function longestWaits(queue: Answers["queue"], intervalMs: number): { ms: number; bytes: number }[] {
  const longest = new Map<number, number>();
  for (const { ms, bytes } of queue) {
    const interval = Math.floor(ms / intervalMs);
    longest.set(interval, Math.max(bytes, longest.get(interval) ?? 0));
  }
  return [...longest].filter(([i]) => i >= 0).map(([i, bytes]) => ({ ms: i * intervalMs, bytes }));
}

function lost([before, after]: Answers["link"], why: keyof DirectionCounts): number {
  const count = ({ there, back }: LinkMark): number => there[why] + back[why];
  return count(after) - count(before);
}

function ownLoad(moments: readonly Moment[], link: Answers["link"]): number {
  const [first, last] = [moments[0], moments.at(-1)];
  const seconds = ((last?.ms ?? 0) - (first?.ms ?? 0)) / 1_000;
  const cpuSeconds = (moment: Moment | undefined): number =>
    (moment?.ends ?? []).reduce((sum, { sink, source }) => sum + sink.cpuSeconds + source.cpuSeconds, 0);
  return (cpuSeconds(last) - cpuSeconds(first) + link[1].cpuSeconds - link[0].cpuSeconds) / seconds;
}

/** Four significant digits are more than a measurement has. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
