/**
 * `npm run sim -- --seeds 10000`: the long campaign, over all processors; `npm run sim -- --seed 99` replays one seed.
 * Owns: the parts of the campaign, sharing the seeds out, the account, what a failing seed leaves behind.
 * Does not own: what happens in a part (scenario.ts and play.ts, lossy.ts).
 */
import { fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TraceSink } from "../../../src/base/trace-sink.ts";
import { EventLog } from "../../../src/trace/event-log.ts";
import { fanOut } from "../../../src/trace/fan-out.ts";
import { PcapngSink } from "../../../src/trace/pcapng.ts";
import { oneOf, readCommand, text, wholeNumber } from "../../../tools/command-line.ts";
import { playLossy, playLossyTwice } from "./lossy.ts";
import { type Played, play } from "./play.ts";
import { scenarioOf } from "./scenario.ts";

/** Seeds that a worker takes at a time. */
const BATCH = 50;
/** Failing seeds that are written down; more are only counted. */
const MAX_REPORTED = 20;

/** A part of the campaign: something that a seed makes happen. */
interface Part {
  /** @throws whatever is wrong */
  play(seed: number): Played;
  /** The same again, with its packets and events told. */
  replay(seed: number, trace: TraceSink): void;
  describe(seed: number): string[];
}

const PART_NAMES = ["networks", "lossy"] as const;
type PartName = (typeof PART_NAMES)[number];

const PARTS: Readonly<Record<PartName, Part>> = {
  networks: {
    play: (seed) => play(scenarioOf(seed)),
    replay: (seed, trace) => void play(scenarioOf(seed), trace),
    describe(seed) {
      const { actions, ...rest } = scenarioOf(seed);
      return [JSON.stringify(rest), ...actions.map((action) => JSON.stringify(action))];
    },
  },
  lossy: {
    play: playLossyTwice,
    replay: (seed, trace) => void playLossy(seed, trace),
    describe: () => [],
  },
};
/** Of the lossy link, unless it is asked for by name: each of its seeds is as long as several of the others. */
const MAX_LOSSY_SEEDS = 500;

const COMMAND = {
  name: "sim",
  about:
    "Plays random networks, and one lossy link, in virtual time, and judges every packet. A seed that fails leaves its " +
    "packets and events behind; --seed with --part plays it again.",
  options: {
    seeds: wholeNumber("of each part", 1_000),
    from: wholeNumber("the first seed", 0),
    part: oneOf(
      `both are random networks and the lossy link, which has no more than ${MAX_LOSSY_SEEDS} seeds then`,
      ["both", ...PART_NAMES],
      "both",
    ),
    seed: wholeNumber("plays this seed alone, and writes down its packets and events", undefined),
    workers: wholeNumber("processes", availableParallelism(), { from: 1, otherwise: "one per processor" }),
    out: text("where the packets and events of seeds that fail go", "sim-failures", {
      placeholder: "FOLDER",
    }),
  },
} as const;

interface Range {
  readonly part: PartName;
  readonly from: number;
  readonly count: number;
}

interface Tally {
  readonly seeds: number;
  readonly packets: number;
  readonly messages: number;
  readonly failures: ReadonlyArray<{ readonly seed: number; readonly message: string }>;
}

function playRange({ part, from, count }: Range): Tally {
  let packets = 0;
  let messages = 0;
  const failures: Array<{ readonly seed: number; readonly message: string }> = [];
  for (let seed = from; seed < from + count; seed++) {
    try {
      const played = PARTS[part].play(seed);
      packets += played.packets;
      messages += played.deliveredMessages;
    } catch (error) {
      failures.push({ seed, message: error instanceof Error ? error.message : String(error) });
    }
  }
  return { seeds: count, packets, messages, failures };
}

/** Plays the seed again with its packets and events written down. */
function replay(
  part: PartName,
  seed: number,
  folder: string,
): { readonly error: unknown; readonly files: readonly string[] } {
  mkdirSync(folder, { recursive: true });
  const files = ["pcapng", "log"].map((kind) => join(folder, `${part}-${seed}.${kind}`));
  const capture: Uint8Array[] = [];
  const lines = PARTS[part].describe(seed);
  const pcapng = new PcapngSink((bytes) => capture.push(bytes.slice()));
  const log = new EventLog((line) => lines.push(line));
  let error: unknown;
  try {
    PARTS[part].replay(seed, sentOnly(fanOut(pcapng, log)));
  } catch (thrown) {
    error = thrown;
  }
  writeFileSync(files[0] ?? "", Buffer.concat(capture));
  writeFileSync(files[1] ?? "", `${lines.join("\n")}\n`);
  return { error, files };
}

/** Both hosts trace every packet: once is enough. */
function sentOnly(sink: TraceSink): TraceSink {
  return {
    packet(direction, datagram, local, remote, nowMs): void {
      if (direction === "sent") sink.packet(direction, datagram, local, remote, nowMs);
    },
    event(event, nowMs): void {
      sink.event(event, nowMs);
    },
  };
}

/** Hands out the seeds in batches until all have been played. */
async function campaign(total: Range, workerCount: number): Promise<Tally> {
  const sum = { seeds: 0, packets: 0, messages: 0, failures: [] as Array<Tally["failures"][number]> };
  let next = total.from;
  const end = total.from + total.count;
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(fileURLToPath(import.meta.url), ["--worker"]);
      const give = (): void => {
        if (next >= end) return void child.disconnect();
        const range: Range = { part: total.part, from: next, count: Math.min(BATCH, end - next) };
        next += range.count;
        child.send(range);
      };
      child.on("message", (tally: Tally) => {
        sum.seeds += tally.seeds;
        sum.packets += tally.packets;
        sum.messages += tally.messages;
        sum.failures.push(...tally.failures);
        if (sum.seeds % 1_000 < tally.seeds) console.log(`${sum.seeds} seeds, ${sum.failures.length} failed`);
        give();
      });
      child.on("error", reject);
      child.on("exit", (code) =>
        code === 0 ? resolve() : reject(new Error(`a worker ended with code ${code}`)),
      );
      give();
    });
  await Promise.all(Array.from({ length: workerCount }, work));
  return { ...sum, failures: sum.failures.sort((a, b) => a.seed - b.seed) };
}

/** @returns whether all of it was right */
async function playPart(total: Range, workers: number, folder: string): Promise<boolean> {
  const { part } = total;
  const startMs = performance.now();
  const { seeds, packets, messages, failures } = await campaign(total, workers);
  for (const { seed, message } of failures.slice(0, MAX_REPORTED)) {
    const { files } = replay(part, seed, folder);
    console.log(
      `${message}\n  replay: npm run sim -- --part ${part} --seed ${seed}\n  packets and events: ${files.join(", ")}`,
    );
  }
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  console.log(
    `${part}: ${seeds - failures.length} seeds passed, ${failures.length} failed: ${packets} packets, ${messages} messages, ${seconds} s`,
  );
  return failures.length === 0 && seeds > 0;
}

async function main(): Promise<boolean> {
  const { seed, seeds, from, part, workers, out } = readCommand(COMMAND).values;
  if (seed !== undefined) {
    const chosen = part === "both" ? "networks" : part;
    const { error, files } = replay(chosen, seed, out);
    console.log(error === undefined ? `${chosen}, seed ${seed}: nothing wrong` : String(error));
    console.log(`packets and events: ${files.join(", ")}`);
    return error === undefined;
  }
  let isRight = true;
  for (const name of PART_NAMES) {
    if (part !== "both" && part !== name) continue;
    const count = part === "both" && name === "lossy" ? Math.min(seeds, MAX_LOSSY_SEEDS) : seeds;
    isRight = (await playPart({ part: name, from, count }, workers, out)) && isRight;
  }
  return isRight;
}

if (process.argv.includes("--worker")) {
  process.on("message", (range: Range) => process.send?.(playRange(range)));
} else {
  process.exitCode = (await main()) ? 0 : 1;
}
