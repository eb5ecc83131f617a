/**
 * The parts of the campaign: each makes something happen from a number, a seed or a mask of packets.
 * Owns: which parts there are, their names. Does not own: what happens in them (scenario.ts and play.ts, lossy.ts, peers.ts, the
 * folder exhaustive), which numbers are played (run.ts).
 */
import type { TraceSink } from "../../../src/base/trace-sink.ts";
import { BEHAVIOUR_NAMES, type Scenario } from "../../../src/sim/index.ts";
import { playPattern } from "../exhaustive/play.ts";
import { FAULTS, type FaultName, SCENARIOS } from "../exhaustive/scenarios.ts";
import { playLossy, playLossyTwice } from "./lossy.ts";
import { peerScenarioOf, playPeer } from "./peers.ts";
import { NETWORK_FEATURES, type Played, play } from "./play.ts";
import { recorded } from "./record.ts";
import { scenarioOf } from "./scenario.ts";

export interface Part {
  /** @throws whatever is wrong */
  play(number: number): Played;
  /** The same again, with its packets and events told. */
  replay(number: number, trace: TraceSink): void;
  describe(number: number): string[];
  /** It as a document that `sctp sim` plays, where one can say it. */
  document?(number: number): Scenario;
  /** Each must come in one of twenty seeds at least. */
  readonly features?: readonly string[];
  /** How to play a number again, as words behind `npm run sim --`. */
  command(number: number): string;
}

export const SEEDED_PARTS = ["networks", "lossy", "peers"] as const;
export type SeededPart = (typeof SEEDED_PARTS)[number];

const SEEDED: Readonly<Record<SeededPart, Omit<Part, "command">>> = {
  networks: {
    play: (seed) => play(scenarioOf(seed)),
    replay: (seed, trace) => void play(scenarioOf(seed), { trace }),
    document: (seed) => recorded(seed).document,
    describe(seed) {
      const { actions, ...rest } = scenarioOf(seed);
      return [JSON.stringify(rest), ...actions.map((action) => JSON.stringify(action))];
    },
    features: NETWORK_FEATURES,
  },
  lossy: {
    play: playLossyTwice,
    replay: (seed, trace) => void playLossy(seed, trace),
    describe: () => [],
  },
  peers: {
    play: (seed) => playPeer(peerScenarioOf(seed)),
    replay: (seed, trace) => void playPeer(peerScenarioOf(seed), trace),
    describe: (seed) => [JSON.stringify(peerScenarioOf(seed))],
    features: BEHAVIOUR_NAMES,
  },
};

/** The parts of the exhaustive campaign under these faults: one for each scenario and each kind of a fault. */
export function exhaustiveParts(faults: readonly FaultName[]): string[] {
  return faults.flatMap((fault) =>
    SCENARIOS.flatMap((scenario) => FAULTS[fault].map((kind) => `${scenario.name}/${kind.name}`)),
  );
}

/** By its name; undefined where there is none. */
export function partOf(name: string): Part | undefined {
  const seeded = SEEDED_PARTS.find((part) => part === name);
  if (seeded !== undefined)
    return { ...SEEDED[seeded], command: (seed) => `--part ${seeded} --seed ${seed}` };
  const [scenarioName, faultName] = name.split("/");
  const scenario = SCENARIOS.find((candidate) => candidate.name === scenarioName);
  const fault = Object.values(FAULTS)
    .flat()
    .find((candidate) => candidate.name === faultName);
  if (scenario === undefined || fault === undefined) return undefined;
  return {
    play: (mask) => playPattern(scenario, fault, mask),
    replay: (mask, trace) => void playPattern(scenario, fault, mask, trace),
    describe: () => [JSON.stringify({ scenario, fault })],
    command: (mask) => `--replay ${name}/${maskText(mask)}`,
  };
}

/** SCENARIO/FAULT/MASK, as a failure names it. */
export function readPattern(text: string): { readonly part: string; readonly mask: number } | undefined {
  const [, part = "", digits] = /^([^/]+\/[^/]+)\/0x([0-9a-f]{1,8})$/.exec(text) ?? [];
  if (digits === undefined || partOf(part) === undefined) return undefined;
  return { part, mask: Number.parseInt(digits, 16) };
}

function maskText(mask: number): string {
  return `0x${mask.toString(16)}`;
}
