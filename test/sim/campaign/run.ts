/**
 * `npm run sim -- --seeds 10000`: the long campaign, over all processors; `npm run sim -- --seed 99` replays one seed.
 * Owns: sharing the seeds out, the account, what a failing seed leaves behind. Does not own: the scenarios.
 */
import { fork } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { EventLog } from "../../../src/trace/event-log.ts";
import { fanOut } from "../../../src/trace/fan-out.ts";
import { PcapngSink } from "../../../src/trace/pcapng.ts";
import type { TraceSink } from "../../../src/trace/sink.ts";
import { readCommand, text, wholeNumber } from "../../../tools/command-line.ts";
import { play } from "./play.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";

/** Seeds that a worker takes at a time. */
const BATCH = 50;
/** Failing seeds that are written down; more are only counted. */
const MAX_REPORTED = 20;

interface Range {
  readonly from: number;
  readonly count: number;
}

interface Tally {
  readonly seeds: number;
  readonly packets: number;
  readonly messages: number;
  readonly failures: ReadonlyArray<{ readonly seed: number; readonly message: string }>;
}

function playRange({ from, count }: Range): Tally {
  let packets = 0;
  let messages = 0;
  const failures: Array<{ readonly seed: number; readonly message: string }> = [];
  for (let seed = from; seed < from + count; seed++) {
    try {
      const played = play(scenarioOf(seed));
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
  seed: number,
  folder: string,
): { readonly error: unknown; readonly files: readonly string[] } {
  mkdirSync(folder, { recursive: true });
  const files = [join(folder, `seed-${seed}.pcapng`), join(folder, `seed-${seed}.log`)];
  const capture: Uint8Array[] = [];
  const lines: string[] = describeScenario(scenarioOf(seed));
  const pcapng = new PcapngSink((bytes) => capture.push(bytes.slice()));
  const log = new EventLog((line) => lines.push(line));
  let error: unknown;
  try {
    play(scenarioOf(seed), sentOnly(fanOut(pcapng, log)));
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

function describeScenario(scenario: Scenario): string[] {
  const { actions, ...rest } = scenario;
  return [JSON.stringify(rest), ...actions.map((action) => JSON.stringify(action))];
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
        const range: Range = { from: next, count: Math.min(BATCH, end - next) };
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

async function main(): Promise<void> {
  const { values } = readCommand({
    name: "sim",
    about: "Random scenarios in virtual time, one for each seed, over all processors.",
    options: {
      seeds: wholeNumber("how many scenarios", 1_000, { from: 1 }),
      from: wholeNumber("the first seed", 0),
      seed: wholeNumber("replays this seed instead, with its packets and events written down", undefined),
      workers: wholeNumber("processes", availableParallelism(), {
        from: 1,
        otherwise: "one for each processor",
      }),
      out: text("where failing seeds are written down", "sim-failures", { placeholder: "FOLDER" }),
    },
  });
  if (values.seed !== undefined) {
    const { error, files } = replay(values.seed, values.out);
    console.log(error === undefined ? `seed ${values.seed}: nothing wrong` : String(error));
    console.log(`packets and events: ${files.join(", ")}`);
    process.exitCode = error === undefined ? 0 : 1;
    return;
  }
  const startMs = performance.now();
  const total = { from: values.from, count: values.seeds };
  const { seeds, packets, messages, failures } = await campaign(total, values.workers);
  for (const { seed, message } of failures.slice(0, MAX_REPORTED)) {
    const { files } = replay(seed, values.out);
    console.log(
      `${message}\n  replay: npm run sim -- --seed ${seed}\n  packets and events: ${files.join(", ")}`,
    );
  }
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  console.log(
    `${seeds - failures.length} seeds passed, ${failures.length} failed: ${packets} packets, ${messages} messages, ${seconds} s`,
  );
  process.exitCode = failures.length === 0 && seeds > 0 ? 0 : 1;
}

if (process.argv.includes("--worker")) {
  process.on("message", (range: Range) => process.send?.(playRange(range)));
} else {
  await main();
}
