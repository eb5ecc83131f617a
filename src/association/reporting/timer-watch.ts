/**
 * Which timers of an association run.
 * Owns: noticing that one was set, moved or cancelled since it looked last. Does not own: the deadlines, which each part keeps as a plain
 * number (model/deadlines.ts, paths/path.ts); that one has expired, which the parts tell. It is made only where somebody listens.
 */
import type { TimerName } from "../../base/trace-sink.ts";
import type { Deadlines } from "../model/deadlines.ts";
import type { Path } from "../paths/path.ts";

export interface RunningTimer {
  readonly timer: TimerName;
  /** The destination that the timer belongs to; undefined if it belongs to the association. */
  readonly address: string | undefined;
  readonly deadlineMs: number;
}

export class TimerWatch {
  #running: Map<string, RunningTimer> = new Map();

  /** @param onSet called for each that was set or moved; `onCancelled`, for each that ended before its time */
  review(
    now: readonly RunningTimer[],
    nowMs: number,
    onSet: (timer: RunningTimer) => void,
    onCancelled: (timer: RunningTimer) => void,
  ): void {
    const before = this.#running;
    this.#running = new Map(now.map((timer) => [`${timer.timer} ${timer.address}`, timer]));
    for (const [key, timer] of this.#running)
      if (before.get(key)?.deadlineMs !== timer.deadlineMs) onSet(timer);
    for (const [key, timer] of before)
      if (timer.deadlineMs > nowMs && !this.#running.has(key)) onCancelled(timer);
  }
}

/** All that run: the parts' own, and three of each path. */
export function runningTimers(deadlines: Deadlines, paths: readonly Path[]): RunningTimer[] {
  const running: RunningTimer[] = [];
  const add = (timer: TimerName, address: string | undefined, deadlineMs: number): void => {
    if (Number.isFinite(deadlineMs)) running.push({ timer, address, deadlineMs });
  };
  for (let i = 0; i < deadlines.count; i++) {
    const part = deadlines.at(i);
    if (part?.timer !== undefined) add(part.timer, undefined, part.deadlineMs);
  }
  for (const { address, t3DeadlineMs, heartbeatDeadlineMs, heartbeatAckDeadlineMs } of paths) {
    add("T3-rtx", address, t3DeadlineMs);
    add("heartbeat", address, heartbeatDeadlineMs);
    add("heartbeat-ack", address, heartbeatAckDeadlineMs);
  }
  return running;
}
