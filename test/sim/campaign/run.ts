/**
 * `npm run sim -- --seeds 10000`: the long campaign, over all processors; `npm run sim -- --exhaustive`: small associations
 * under every pattern of faults; `--seed` and `--replay` play one again.
 * Owns: the command line, what is said of a failure. Does not own: the parts (parts.ts), the processes (workers.ts).
 */
import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { writeScenario } from "../../../src/sim/index.ts";
import { flag, oneOf, readCommand, refuse, someOf, text, wholeNumber } from "../../../tools/command-line.ts";
import { FAULT_NAMES } from "../exhaustive/scenarios.ts";
import { writeEvidence } from "./evidence.ts";
import { exhaustiveParts, partOf, readPattern, SEEDED_PARTS } from "./parts.ts";
import { recorded } from "./record.ts";
import { playRange, playRanges, type Range } from "./workers.ts";

/** Failures that are written down; more are only counted. */
const MAX_REPORTED = 20;
/** Of the lossy link, unless it is asked for by name: each of its seeds is as long as several of the others. */
const MAX_LOSSY_SEEDS = 500;
/** Masks are bits of a number, and each packet more doubles the time. */
const MAX_PACKETS = 24;

/** What a part must show comes in one of so many seeds at least, told by no fewer seeds than these. */
const SEEDS_PER_FEATURE = 20;
const MIN_SEEDS_FOR_FEATURES = 400;

const COMMAND = {
  name: "sim",
  about:
    "Plays random networks, one lossy link, and legal peers of odd behaviour, in virtual time, and judges every packet; " +
    "with --exhaustive instead fourteen small associations, each under every pattern of faults. What fails leaves its packets and events behind; --seed with " +
    "--part, or --replay, plays it again.",
  options: {
    seeds: wholeNumber("of each part", 1_000),
    from: wholeNumber("the first seed", 0),
    part: oneOf(
      `of all parts the lossy link has no more than ${MAX_LOSSY_SEEDS} seeds`,
      ["all", ...SEEDED_PARTS],
      "all",
    ),
    seed: wholeNumber("plays this seed alone, and writes down its packets and events", undefined),
    write: text("with --seed: writes that seed of the networks as a scenario, for sctp sim", undefined, {
      placeholder: "FILE",
    }),
    exhaustive: flag(
      "every subset of the first packets of fourteen scenarios is lost, or fares as --fault says",
    ),
    fault: someOf("with --exhaustive: what befalls the packets of a subset", FAULT_NAMES, {
      otherwise: "loss",
    }),
    packets: wholeNumber(`with --exhaustive: how many packets, ${MAX_PACKETS} at most`, 14, { from: 1 }),
    replay: text("plays one pattern alone, and writes down its packets and events", undefined, {
      placeholder: "SCENARIO/FAULT/MASK",
    }),
    workers: wholeNumber("processes", availableParallelism(), { from: 1, otherwise: "one per processor" }),
    out: text("where the packets and events of what fails go", "sim-failures", {
      placeholder: "FOLDER",
    }),
  },
} as const;

/** Plays one alone. @returns whether it was right */
function playAlone(part: string, number: number, folder: string): boolean {
  const { error, files } = writeEvidence(part, number, folder);
  console.log(error === undefined ? `${part}, ${number}: nothing wrong` : String(error));
  console.log(`packets and events: ${files.join(", ")}`);
  return error === undefined;
}

/** Writes a seed of the networks down as a scenario. @returns whether it was right */
function write(seed: number, file: string): boolean {
  const { document, error } = recorded(seed);
  writeFileSync(file, writeScenario(document));
  console.log(error === undefined ? `networks, ${seed}: nothing wrong` : String(error));
  console.log(`play it: sctp sim ${file}`);
  return error === undefined;
}

/** @returns whether all of it was right */
async function playAll(
  title: string,
  noun: string,
  ranges: readonly Range[],
  workers: number,
  folder: string,
): Promise<boolean> {
  const startMs = performance.now();
  const script = fileURLToPath(import.meta.url);
  const { played, packets, messages, failures, features } = await playRanges(ranges, workers, script);
  for (const { part, number, message } of failures.slice(0, MAX_REPORTED)) {
    const { files } = writeEvidence(part, number, folder);
    const replay = `npm run sim -- ${partOf(part)?.command(number)}`;
    console.log(`${message}\n  replay: ${replay}\n  packets and events: ${files.join(", ")}`);
  }
  for (const [feature, times] of Object.entries(features).sort())
    console.log(`  ${feature}: ${times} of ${played} (${((100 * times) / played).toFixed(1)} %)`);
  const rare = played < MIN_SEEDS_FOR_FEATURES ? [] : rareFeatures(ranges, features, played);
  for (const feature of rare) console.log(`${feature} came in less than one of ${SEEDS_PER_FEATURE} seeds`);
  const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
  console.log(
    `${title}: ${played - failures.length} ${noun} passed, ${failures.length} failed: ${packets} packets, ${messages} messages, ${seconds} s`,
  );
  return failures.length === 0 && rare.length === 0 && played > 0;
}

function rareFeatures(
  ranges: readonly Range[],
  counts: Readonly<Record<string, number>>,
  played: number,
): string[] {
  return ranges
    .flatMap(({ part }) => partOf(part)?.features ?? [])
    .filter((feature) => (counts[feature] ?? 0) * SEEDS_PER_FEATURE < played);
}

async function main(): Promise<boolean> {
  const {
    seed,
    seeds,
    from,
    part,
    exhaustive,
    fault,
    packets,
    replay,
    workers,
    out,
    write: file,
  } = readCommand(COMMAND).values;
  if (file !== undefined) {
    if (seed === undefined || exhaustive || replay !== undefined || (part !== "all" && part !== "networks"))
      refuse(COMMAND, "--write is for a --seed of the part networks");
    return write(seed, file);
  }
  if (replay !== undefined) {
    const pattern = readPattern(replay);
    if (pattern === undefined)
      refuse(COMMAND, `--replay wants what a failure has named, like ${exhaustiveParts(["loss"])[0]}/0x1f`);
    return playAlone(pattern.part, pattern.mask, out);
  }
  if (exhaustive) {
    if (packets > MAX_PACKETS) refuse(COMMAND, `--packets wants ${MAX_PACKETS} at most, not "${packets}"`);
    const ranges = exhaustiveParts(fault ?? ["loss"]).map((name) => ({
      part: name,
      from: 0,
      count: 2 ** packets,
    }));
    return playAll("exhaustive", "patterns", ranges, workers, out);
  }
  if (fault !== undefined) refuse(COMMAND, "--fault is for --exhaustive");
  if (seed !== undefined) return playAlone(part === "all" ? "networks" : part, seed, out);
  let isRight = true;
  for (const name of SEEDED_PARTS) {
    if (part !== "all" && part !== name) continue;
    const count = part === "all" && name === "lossy" ? Math.min(seeds, MAX_LOSSY_SEEDS) : seeds;
    isRight = (await playAll(name, "seeds", [{ part: name, from, count }], workers, out)) && isRight;
  }
  return isRight;
}

if (process.argv.includes("--worker")) {
  process.on("message", (range: Range) => process.send?.(playRange(range)));
} else {
  process.exitCode = (await main()) ? 0 : 1;
}
