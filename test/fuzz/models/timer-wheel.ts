/**
 * The timer wheel beside a map of deadlines.
 * Owns: the model and the commands; timers set, move and cancel others, and themselves, while they fire.
 * Does not own: the wheel (src/timer/timer-wheel.ts).
 */
import type { SeededRandom } from "../../../src/platform/random.ts";
import { TimerNode, TimerWheel } from "../../../src/timer/timer-wheel.ts";
import { type CommandStep, command, type Input } from "../step.ts";
import { check, checkEqual, type Target } from "../target.ts";
import { generateProgram, numberOf, type Program } from "./program.ts";

const TIMERS = 12;
/** The last of the wheel's levels reaches so far; beyond it timers are filed again. */
const REACH_MS = 2 ** 24;

/** Delays in quarters of a millisecond, at every level of the wheel and at the seams between them. */
function delay(random: SeededRandom): number {
  const level = random.integer(0, 4);
  const span = 4 * 2 ** (6 * level);
  if (random.integer(0, 3) === 0) return Math.max(0, span + random.integer(-8, 8));
  return random.integer(0, Math.min(span * 64, 4 * 3 * REACH_MS));
}

const program: Program = {
  maxLength: 100,
  first: (random) => command("start", delay(random)),
  next: (random) => {
    const timer = random.integer(0, TIMERS - 1);
    const choice = random.integer(0, 9);
    if (choice < 4) return command("set", timer, delay(random));
    if (choice === 4) return command("cancel", timer);
    if (choice === 5) return command("when", timer, random.integer(0, TIMERS - 1), delay(random));
    if (choice === 6) return command("when-cancel", timer, random.integer(0, TIMERS - 1));
    if (choice === 7) return command("to-next");
    return command("advance", delay(random));
  },
};

interface Reaction {
  readonly timer: number;
  /** Undefined cancels the timer. */
  readonly delayMs: number | undefined;
}

class WheelModel {
  #nowMs: number;
  readonly #wheel = new TimerWheel<number>();
  readonly #nodes = Array.from({ length: TIMERS }, (_, i) => new TimerNode(i));
  /** Deadlines, and the tick from which on each may fire. */
  readonly #deadlines = new Map<number, { readonly deadlineMs: number; readonly dueTick: number }>();
  readonly #reactions = new Map<number, Reaction>();
  #tick: number;

  constructor(startMs: number) {
    this.#nowMs = startMs;
    this.#tick = Math.floor(startMs);
    this.#wheel.takeDue(startMs);
  }

  step({ name, values: [a = 0, b = 0, c = 0] }: CommandStep): void {
    if (name === "set") this.#set(a % TIMERS, this.#nowMs + b / 4);
    if (name === "cancel") this.#cancel(a % TIMERS);
    if (name === "when") this.#reactions.set(a % TIMERS, { timer: b % TIMERS, delayMs: c / 4 });
    if (name === "when-cancel") this.#reactions.set(a % TIMERS, { timer: b % TIMERS, delayMs: undefined });
    if (name === "advance") this.#advance(this.#nowMs + a / 4);
    if (name === "to-next") {
      const next = this.#wheel.nextDeadlineMs();
      if (next !== Number.POSITIVE_INFINITY) this.#advance(Math.max(this.#nowMs, next));
    }
    checkEqual(this.#wheel.count, this.#deadlines.size, "timers that are set");
    this.#compareNext();
  }

  #set(timer: number, deadlineMs: number): void {
    this.#wheel.set(this.#nodes[timer]!, deadlineMs, this.#nowMs);
    this.#deadlines.set(timer, { deadlineMs, dueTick: Math.max(Math.ceil(deadlineMs), this.#tick + 1) });
  }

  #cancel(timer: number): void {
    this.#wheel.cancel(this.#nodes[timer]!);
    this.#deadlines.delete(timer);
  }

  #advance(toMs: number): void {
    this.#nowMs = toMs;
    const target = Math.floor(toMs);
    for (let timer = this.#wheel.takeDue(toMs); timer !== undefined; timer = this.#wheel.takeDue(toMs)) {
      const due = this.#deadlines.get(timer);
      check(due !== undefined, () => `timer ${timer} fired and was not set`);
      check(due.dueTick <= target, () => `timer ${timer}, due at ${due.deadlineMs}, fired at ${toMs}`);
      check(due.dueTick >= this.#tick, () => `timer ${timer} fired after one that was due later`);
      this.#tick = due.dueTick;
      this.#deadlines.delete(timer);
      this.#react(timer);
    }
    this.#tick = Math.max(this.#tick, target);
    for (const [timer, { deadlineMs, dueTick }] of this.#deadlines)
      check(dueTick > target, () => `timer ${timer}, due at ${deadlineMs}, did not fire by ${toMs}`);
  }

  /** What the timer's owner does when it fires; its delays count from the tick at hand, as those of a host do. */
  #react(fired: number): void {
    const reaction = this.#reactions.get(fired);
    if (reaction === undefined) return;
    this.#reactions.delete(fired);
    if (reaction.delayMs === undefined) this.#cancel(reaction.timer);
    else this.#set(reaction.timer, this.#tick + reaction.delayMs);
  }

  /** The wheel may ask to be called earlier than anything is due, to file timers anew; never later. */
  #compareNext(): void {
    const next = this.#wheel.nextDeadlineMs();
    const earliest = Math.min(...[...this.#deadlines.values()].map(({ dueTick }) => dueTick));
    check(next <= earliest, () => `the next call is asked for at ${next}, and a timer is due at ${earliest}`);
    const idle = this.#deadlines.size === 0;
    checkEqual(next === Number.POSITIVE_INFINITY, idle, "whether there is nothing to wait for");
    check(
      next > this.#tick,
      () => `the next call is asked for at ${next}, and ${this.#tick} has been dealt with`,
    );
  }
}

export const timerWheelTarget: Target = {
  name: "timer-wheel",
  generate: (random, kept) => generateProgram(random, kept, program),
  play(input: Input): readonly string[] {
    let model = new WheelModel(0);
    for (const step of input) {
      if (step.kind !== "command") continue;
      if (step.name === "start") model = new WheelModel(numberOf(step, 0) / 4);
      else model.step(step);
    }
    return [];
  },
};
