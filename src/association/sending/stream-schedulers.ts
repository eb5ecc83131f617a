/**
 * The stream schedulers that are built in, by name.
 * Owns: how each is made. Does not own: what they do, their names (src/base/stream-schedulers.ts).
 */
import type { StreamSchedulerName } from "../../base/stream-schedulers.ts";
import { FcfsScheduler } from "./fcfs-scheduler.ts";
import { PriorityScheduler } from "./priority-scheduler.ts";
import { PacketRoundRobinScheduler, RoundRobinScheduler } from "./round-robin-scheduler.ts";
import type { StreamScheduler } from "./stream-scheduler.ts";
import { WeightedFairScheduler } from "./weighted-fair-scheduler.ts";

/** One function for all associations: none keeps one of its own. */
export const SCHEDULER_MAKERS: Readonly<Record<StreamSchedulerName, () => StreamScheduler>> = {
  fcfs: () => new FcfsScheduler(),
  rr: () => new RoundRobinScheduler(),
  "rr-packet": () => new PacketRoundRobinScheduler(),
  priority: () => new PriorityScheduler(),
  fair: () => new WeightedFairScheduler(false),
  wfq: () => new WeightedFairScheduler(true),
};
