/**
 * The parts that are fuzzed beside a model.
 * Owns: their list. Does not own: the models.
 */
import type { Target } from "../target.ts";
import { inboundTarget } from "./inbound.ts";
import { reassemblyTarget } from "./reassembly.ts";
import { sentLogTarget } from "./sent-log.ts";
import { timerWheelTarget } from "./timer-wheel.ts";
import { tsnTrackerTarget } from "./tsn-tracker.ts";

export const MODEL_TARGETS: readonly Target[] = [
  tsnTrackerTarget,
  reassemblyTarget,
  inboundTarget,
  sentLogTarget,
  timerWheelTarget,
];
