/**
 * Everything that is fuzzed.
 * Owns: the list, and finding a target by its name. Does not own: the targets.
 */
import { MODEL_TARGETS } from "./models/all.ts";
import { PACKET_TARGETS } from "./packets/play.ts";
import type { Target } from "./target.ts";

export const TARGETS: readonly Target[] = [...PACKET_TARGETS, ...MODEL_TARGETS];

/** @throws Error if there is no such target */
export function targetNamed(name: string): Target {
  const target = TARGETS.find((candidate) => candidate.name === name);
  if (target !== undefined) return target;
  throw new Error(`there is no target "${name}": choose of ${TARGETS.map((known) => known.name).join(", ")}`);
}
