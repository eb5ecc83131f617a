/**
 * Inputs for a stack in some state: sequences of packets, of calls by the user, and of time that passes.
 * Owns: making them afresh and out of kept ones. Does not own: spoiling single packets (mutate.ts), playing (play.ts).
 */
import type { SeededRandom } from "../../../src/platform/random.ts";
import { pick } from "../models/program.ts";
import {
  type CommandStep,
  command,
  type Input,
  type PacketStep,
  SOURCES,
  type Source,
  type Step,
  TAGS,
  type Tag,
} from "../step.ts";
import { mutated } from "./mutate.ts";

const MAX_STEPS = 24;
const INIT = 1;

/** How inputs end: the number is the ending's (play.ts). */
function ending(random: SeededRandom): CommandStep {
  const choice = random.integer(0, 19);
  return command("end", choice < 16 ? 0 : choice < 18 ? 1 : 2, random.integer(0, 3) === 0 ? 1 : 0);
}

export function generate(
  random: SeededRandom,
  packets: readonly Uint8Array[],
  kept: readonly Input[],
): Input {
  const old = random.integer(0, 9) < 6 ? pick(random, kept) : undefined;
  return old === undefined ? fresh(random, packets) : changed(random, packets, kept, old);
}

function fresh(random: SeededRandom, packets: readonly Uint8Array[]): Input {
  const steps: Step[] = [];
  for (let i = random.integer(1, 6); i > 0; i--) steps.push(anyStep(random, packets));
  return [...maybeTraced(random), ...steps, ending(random)];
}

/** Tracing everything is slow: few inputs have it. */
function maybeTraced(random: SeededRandom): readonly Step[] {
  return random.integer(0, 63) === 0 ? [command("trace")] : [];
}

function anyStep(random: SeededRandom, packets: readonly Uint8Array[]): Step {
  const choice = random.integer(0, 19);
  if (choice < 15) return packetStep(random, packets);
  if (choice < 17) return command("wait", pick(random, [1, 100, 200, 1_000, 3_000, 20_000, 70_000]) ?? 1);
  if (choice < 18) return command("answer");
  return userStep(random);
}

function userStep(random: SeededRandom): CommandStep {
  switch (random.integer(0, 9)) {
    case 0:
      return command("shutdown");
    case 1:
      return command("abort");
    case 2:
      return command("read", random.integer(0, 1));
    case 3:
      return command("heartbeat", random.integer(0, 3));
    case 4:
      return command("primary", random.integer(0, 3));
    case 5:
      return command("packet-size", random.integer(0, 3), pick(random, [512, 1_200, 9_000, 65_507]) ?? 512);
    case 6:
      return command("lose-address", random.integer(0, 1));
    case 7:
      return command("connect");
    default:
      return command("send", random.integer(0, 3), random.integer(1, 4_000), random.integer(0, 3));
  }
}

function packetStep(random: SeededRandom, packets: readonly Uint8Array[]): PacketStep {
  const packet = pick(random, packets) ?? new Uint8Array(0);
  const bytes = random.integer(0, 9) < 3 ? packet : mutated(random, packet, packets);
  return dress(random, bytes);
}

/** INITs go without a tag, most of the rest with the right one. */
function dress(random: SeededRandom, bytes: Uint8Array): PacketStep {
  const usual: Tag = bytes[12] === INIT ? "zero" : "right";
  const tag = random.integer(0, 4) > 0 ? usual : (pick(random, TAGS) ?? usual);
  const source: Source = random.integer(0, 5) > 0 ? "peer" : (pick(random, SOURCES) ?? "peer");
  const sealed = random.integer(0, 29) > 0;
  return { kind: "packet", tag, source, sealed, flushed: random.integer(0, 4) > 0, bytes };
}

function changed(
  random: SeededRandom,
  packets: readonly Uint8Array[],
  kept: readonly Input[],
  old: Input,
): Input {
  const steps = [...old];
  for (let i = random.integer(1, 4); i > 0; i--) {
    const at = random.integer(0, steps.length - 1);
    const step = steps[at];
    const choice = random.integer(0, 9);
    if (choice < 4 && step?.kind === "packet")
      steps[at] = { ...step, bytes: mutated(random, step.bytes, packets) };
    else if (choice < 5 && step?.kind === "packet") steps[at] = dress(random, step.bytes);
    else if (choice < 6) steps.splice(at, 1);
    else if (choice < 7) steps.splice(at, 0, ...(pick(random, kept) ?? []).slice(0, random.integer(1, 4)));
    else if (choice < 8 && step !== undefined) steps.splice(at, 0, step);
    else steps.splice(at, 0, anyStep(random, packets));
  }
  const isMiddle = (step: Step): boolean =>
    step.kind === "packet" || (step.name !== "end" && step.name !== "trace");
  const middle = steps.filter(isMiddle).slice(0, MAX_STEPS);
  const last = old.at(-1);
  const end = last?.kind === "command" && last.name === "end" && random.integer(0, 3) > 0 ? last : undefined;
  return [...maybeTraced(random), ...middle, end ?? ending(random)];
}
