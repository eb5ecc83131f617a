/**
 * Recorded paths as columns of numbers and rows of text.
 * Owns: which lines a plot has, its scale, what is said of a moment, the table. Does not own: recording (series-recorder.ts),
 * drawing (line-plot.tsx).
 */
import type { PathRecord, PathSample } from "../../session/series-recorder.ts";

export interface PlotLine {
  /** The RFC's name. */
  readonly name: string;
  /** Which of the tokens' lines it is. */
  readonly style: 0 | 1 | 2 | 3;
  /** Undefined where there is nothing to draw. */
  readonly read: (sample: PathSample) => number | undefined;
  /** It may lie far above the others, and does not stretch the scale then. */
  readonly isCeiling: boolean;
}

export interface PlotKind {
  readonly name: string;
  readonly unit: "B" | "ms";
  readonly lines: readonly PlotLine[];
}

/** What stands for no threshold at all. */
const UNLIMITED_BYTES = 0x7fff_ffff;
/** A ceiling is in the picture while it is below so many times what is under it. */
const CEILING_FACTOR = 3;

export const PLOTS: readonly PlotKind[] = [
  {
    name: "Windows",
    unit: "B",
    lines: [
      { name: "cwnd", style: 0, isCeiling: false, read: ({ cwndBytes }) => cwndBytes },
      {
        name: "ssthresh",
        style: 1,
        isCeiling: true,
        read: ({ ssthreshBytes }) => (ssthreshBytes >= UNLIMITED_BYTES ? undefined : ssthreshBytes),
      },
      { name: "flight", style: 2, isCeiling: false, read: ({ flightBytes }) => flightBytes },
      { name: "rwnd", style: 3, isCeiling: true, read: ({ rwndBytes }) => rwndBytes },
    ],
  },
  {
    name: "Round trips",
    unit: "ms",
    lines: [
      { name: "SRTT", style: 0, isCeiling: false, read: ({ srttMs }) => srttMs },
      { name: "RTO", style: 1, isCeiling: false, read: ({ rtoMs }) => rtoMs },
    ],
  },
];

/** Times, then each line's numbers; the last sample goes on until now, and what lies above the scale is left out. */
export function columnsOf(
  kind: PlotKind,
  samples: readonly PathSample[],
  nowMs: number,
): (number | null)[][] {
  const last = samples.at(-1);
  const all = last === undefined || last.atMs >= nowMs ? samples : [...samples, { ...last, atMs: nowMs }];
  const top = topOf(kind, samples);
  const numberOf = ({ read }: PlotLine, sample: PathSample): number | null => {
    const value = read(sample);
    return value === undefined || value > top ? null : value;
  };
  return [
    all.map(({ atMs }) => atMs),
    ...kind.lines.map((line) => all.map((sample) => numberOf(line, sample))),
  ];
}

/** The top of the scale. */
export function topOf({ lines }: PlotKind, samples: readonly PathSample[]): number {
  const highest = (line: PlotLine): number =>
    samples.reduce((most, sample) => Math.max(most, line.read(sample) ?? 0), 0);
  const floor = Math.max(1, ...lines.filter(({ isCeiling }) => !isCeiling).map(highest));
  const ceilings = lines.filter(({ isCeiling }) => isCeiling).map(highest);
  return 1.08 * Math.max(floor, ...ceilings.filter((value) => value <= CEILING_FACTOR * floor));
}

/** What was so at a time: the newest sample that is not later; undefined before the first. */
export function sampleAt(samples: readonly PathSample[], atMs: number): PathSample | undefined {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.atMs ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return samples[low - 1];
}

/** A line's value as text. */
export function valueText({ unit }: PlotKind, value: number | undefined): string {
  if (value === undefined) return "–";
  const digits = unit === "B" ? 0 : 1;
  const text = String(Number(value.toFixed(digits))).replace(/\B(?=(\d{3})+(\.|$))/g, ",");
  return `${text} ${unit}`;
}

/** "1.25 s". */
export function timeText(ms: number): string {
  return `${Number((ms / 1_000).toFixed(3))} s`;
}

/** So many samples at most, spread over the record, the first and the last among them. */
export function tableSamples(samples: readonly PathSample[], maxCount: number): readonly PathSample[] {
  if (samples.length <= maxCount) return samples;
  const step = (samples.length - 1) / (maxCount - 1);
  return Array.from({ length: maxCount }, (_, i) => samples[Math.round(i * step)]).filter(
    (each) => each !== undefined,
  );
}

/** The paths that something has gone over, the busiest first; the first one where nothing has. */
export function busyPaths(records: readonly PathRecord[], host: string): readonly PathRecord[] {
  const own = records.filter((record) => record.host === host);
  const busy = own.filter(({ samples }) => samples.some(({ flightBytes }) => flightBytes > 0));
  return busy.length > 0 ? busy : own.slice(0, 1);
}

/** The host that has sent the most: of which there is the most to see. */
export function busiestHost(records: readonly PathRecord[]): string | undefined {
  const changes = new Map<string, number>();
  for (const { host, samples } of records) {
    const count = samples.filter(({ flightBytes }) => flightBytes > 0).length;
    changes.set(host, (changes.get(host) ?? 0) + count);
  }
  return [...changes].sort(([, a], [, b]) => b - a)[0]?.[0];
}

/** A record in a sentence. */
export function recordText({ host, address, samples, losses }: PathRecord): string {
  const last = samples.at(-1);
  if (last === undefined) return `Nothing is known of the path from ${host} to ${address}.`;
  const highest = samples.reduce((most, { cwndBytes }) => Math.max(most, cwndBytes), 0);
  const timeouts = losses.filter(({ by }) => by === "timeout").length;
  const fast = losses.length - timeouts;
  return (
    `From ${host} to ${address}: cwnd is ${valueText(BYTES, last.cwndBytes)} now and was ${valueText(BYTES, highest)} at most; ` +
    `${fast} fast ${fast === 1 ? "retransmit" : "retransmits"}, ${timeouts} ${timeouts === 1 ? "timeout" : "timeouts"}.`
  );
}

const BYTES = { name: "", unit: "B", lines: [] } as const;
