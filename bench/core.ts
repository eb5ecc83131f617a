/**
 * What the core alone costs: `npm run bench:core`. Two stacks in one process hand each other datagrams without a socket;
 * CPU time and the garbage of a packet are theirs alone, and neither depends on what else the host does.
 *
 * With a baseline each round starts a process of either revision, for two processes of one program differ, too: by what
 * V8 found out when. Within a round the two take turns slice by slice, so that what the host does meets both.
 *
 * Owns: the command line, the rows, the order of slices. Does not own: the stacks (peers/node/core-alone.ts), when a
 * difference is real (runner/comparison.ts), what Node's sockets cost (run.ts), single functions (micro.ts).
 */
import { positiveNumber, readCommand, refuse, text, wholeNumber } from "../tools/command-line.ts";
import { commitOf } from "../tools/revision.ts";
import type { Slice } from "./peers/node/core-alone.ts";
import { type Baseline, buildBaseline } from "./runner/baseline.ts";
import { buildNodePrograms } from "./runner/build.ts";
import { type Compared, comparison } from "./runner/comparison.ts";
import { Program } from "./runner/program.ts";
import { CORE_PROGRAM } from "./runner/sides.ts";
import { median } from "./runner/statistics.ts";

const COMMAND = {
  name: "bench:core",
  about:
    "What the core costs without sockets: CPU time and garbage of a packet. With a baseline: CPU time of a packet against " +
    "that revision's, in paired rounds; exit code 1 if some row is slower by more than 3 %.",
  options: {
    seconds: positiveNumber(
      "CPU time that is measured of each row, and with a baseline of each round",
      undefined,
      {
        otherwise: "1.5; 0.3 with --baseline",
      },
    ),
    only: text("rows that contain it: 'of 1472'", "", { otherwise: "all" }),
    baseline: text("this revision of sctpkit too", undefined, { placeholder: "REV" }),
    rounds: wholeNumber("with a baseline", 15, { from: 1 }),
    options: text(
      "of both ends of the association; a baseline from before that was there keeps its defaults",
      "{}",
      {
        placeholder: "JSON",
      },
    ),
  },
};

const { values } = readCommand(COMMAND);
/** A row is slower if the whole 95 % interval of its ratio lies above this. */
const LIMIT = 1.03;
/** A compiler needs its time; a row that comes later finds most of the stack compiled. */
const [FIRST_WARM_UP_SECONDS, WARM_UP_SECONDS] = [1.5, 0.2];
/** On a busy host the ratio of 200 ms of either varies by 14 % if they take turns every 100 ms, by 3 % every 2 to 5. */
const SLICE_SECONDS = 0.003;

/** Without blanks: words are what the programs read. */
const OPTIONS = compactJson(values.options);

interface Row {
  readonly name: string;
  readonly messageBytes: number;
  readonly maxPacketBytes: number;
}

const ROWS: readonly Row[] = (
  [
    [1_472, [64, 1_000, 1_400, 16_384, 65_536]],
    [8_972, [16_384, 65_536]],
    [64_972, [16_384, 65_536]],
  ] as const
).flatMap(([maxPacketBytes, sizes]) =>
  sizes.map((messageBytes) => ({
    name: `${messageBytes} B in packets of ${maxPacketBytes}`,
    messageBytes,
    maxPacketBytes,
  })),
);

/** One process of one revision. */
class CoreProgram {
  readonly #program: Program;
  #isWarm = false;

  constructor(name: string, file: string) {
    this.#program = new Program(name, [process.execPath, file], undefined);
  }

  async begin({ messageBytes, maxPacketBytes }: Row): Promise<void> {
    await this.#program.ask(`pair ${messageBytes} ${maxPacketBytes} ${OPTIONS}`, "paired");
    await this.spend(this.#isWarm ? WARM_UP_SECONDS : FIRST_WARM_UP_SECONDS);
    this.#isWarm = true;
  }

  async spend(seconds: number): Promise<Slice> {
    return (await this.#program.ask(`spend ${seconds}`, "slice")) as Slice;
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }
}

async function measure(rows: readonly Row[], seconds: number): Promise<void> {
  const program = new CoreProgram("sctpkit", CORE_PROGRAM);
  try {
    console.log(" ns/packet  ns/message    MB/CPU-s    B/packet   B/message");
    for (const row of rows) {
      await program.begin(row);
      const { cpuSeconds, packets, messages, allocatedBytes } = await program.spend(seconds);
      const cells = [
        (cpuSeconds / packets) * 1e9,
        (cpuSeconds / messages) * 1e9,
        (messages * row.messageBytes) / 1e6 / cpuSeconds,
        allocatedBytes / packets,
        allocatedBytes / messages,
      ];
      console.log(cells.map((cell) => cell.toFixed(0).padStart(10)).join("  "), ` ${row.name}`);
    }
  } finally {
    await program.stop();
  }
}

/** CPU nanoseconds of a packet, of either side, in each round. */
interface Costs {
  readonly ours: number[];
  readonly theirs: number[];
}

async function compare(rows: readonly Row[], seconds: number, baseline: Baseline): Promise<void> {
  const costs = new Map(rows.map((row): [Row, Costs] => [row, { ours: [], theirs: [] }]));
  for (let round = 0; round < values.rounds; round++) {
    process.stderr.write(`\rround ${round + 1} of ${values.rounds} `);
    const ours = new CoreProgram("sctpkit", CORE_PROGRAM);
    const theirs = new CoreProgram("sctpkit of the baseline", baseline.coreProgram);
    try {
      for (const [index, [row, found]] of [...costs].entries()) {
        const isOursFirst = (round + index) % 2 === 0;
        const [first, second] = isOursFirst ? [ours, theirs] : [theirs, ours];
        const [one, other] = await inTurns(first, second, row, seconds);
        found.ours.push(isOursFirst ? one : other);
        found.theirs.push(isOursFirst ? other : one);
      }
    } finally {
      await Promise.all([ours.stop(), theirs.stop()]);
    }
  }
  process.stderr.write("\n");
  const figures = [...costs].map(([row, { ours, theirs }]): Compared => {
    const [now, before] = [median(ours).toFixed(0), median(theirs).toFixed(0)];
    return {
      what: `${row.name}, ${before} -> ${now} ns/packet`,
      costRatios: ours.map((cost, i) => cost / (theirs[i] as number)),
    };
  });
  const { lines, isWorse } = comparison(figures, LIMIT);
  for (const line of lines) console.log(line);
  if (isWorse) process.exitCode = 1;
}

/** Nanoseconds of a packet of both. */
async function inTurns(
  first: CoreProgram,
  second: CoreProgram,
  row: Row,
  seconds: number,
): Promise<[number, number]> {
  const [one, other] = [new Sum(first), new Sum(second)];
  for (const { program } of [one, other]) await program.begin(row);
  while (other.cpuSeconds < seconds) {
    for (const sum of [one, other, other, one]) await sum.add();
  }
  return [one.nsPerPacket, other.nsPerPacket];
}

/** What a program's slices come to. */
class Sum {
  readonly program: CoreProgram;
  cpuSeconds = 0;
  #packets = 0;

  constructor(program: CoreProgram) {
    this.program = program;
  }

  async add(): Promise<void> {
    const { cpuSeconds, packets } = await this.program.spend(SLICE_SECONDS);
    this.cpuSeconds += cpuSeconds;
    this.#packets += packets;
  }

  get nsPerPacket(): number {
    return (this.cpuSeconds / this.#packets) * 1e9;
  }
}

function compactJson(given: string): string {
  try {
    return JSON.stringify(JSON.parse(given));
  } catch {
    return refuse(COMMAND, `--options wants JSON: '{"lossDetection":"rack"}'`);
  }
}

const rows = ROWS.filter(({ name }) => name.includes(values.only));
if (rows.length === 0) refuse(COMMAND, `no row has "${values.only}" in its name: ${ROWS[1]?.name} is one`);
const commit = values.baseline === undefined ? undefined : commitOf(values.baseline);
if (values.baseline !== undefined && commit === undefined)
  refuse(COMMAND, `there is no revision "${values.baseline}"`);

buildNodePrograms();
if (commit === undefined) {
  await measure(rows, values.seconds ?? 1.5);
} else {
  const baseline = buildBaseline(commit);
  try {
    await compare(rows, values.seconds ?? 0.3, baseline);
  } finally {
    baseline.remove();
  }
}
