/**
 * One process of a trial.
 * Owns: starting it on its core, its lines, its CPU time and memory as the kernel counts them, its end.
 * Does not own: what the lines mean together (trial.ts), the command (sides.ts).
 */
import { type ChildProcessByStdio, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Mark } from "../peers/node/contract.ts";

/** A program that says nothing for so long has failed. */
const SILENCE_MS = 15_000;
const STDERR_LIMIT = 2_000;

interface Event {
  readonly event: string;
}

function output(command: string, ...args: string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}

const CLOCK_TICKS = Number(output("getconf", "CLK_TCK") ?? 100);
const CAN_PIN = output("taskset", "--version") !== undefined;

/** A mark, and what the kernel says of the process at that moment. */
export interface MeasuredMark extends Mark {
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

export class Program {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #events: Event[] = [];
  readonly #name: string;
  #onEvent: (() => void) | undefined;
  #stderr = "";
  #ended: string | undefined;

  /** @param core undefined lets the program run on any core */
  constructor(name: string, command: readonly string[], core: number | undefined) {
    const pinned = core === undefined || !CAN_PIN ? command : ["taskset", "-c", String(core), ...command];
    const [file, ...args] = pinned as [string, ...string[]];
    this.#name = name;
    this.#child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stdin.on("error", () => {});
    createInterface(this.#child.stdout).on("line", (line) => this.#onLine(line));
    this.#child.stderr.on("data", (text) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_LIMIT);
    });
    this.#child.on("error", (error) => this.#onEnd(error.message));
    this.#child.on("close", (code, signal) =>
      this.#onEnd(`ended with ${signal ?? code}: ${this.#stderr.trim()}`),
    );
  }

  /** Waits for one kind of event, however many others come before. */
  async next(kind: string): Promise<Event> {
    const deadline = performance.now() + SILENCE_MS;
    for (;;) {
      for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
        if (event.event === kind) return event;
      }
      if (this.#ended !== undefined) throw new Error(`${this.#name} ${this.#ended}`);
      const waitMs = deadline - performance.now();
      if (waitMs <= 0) throw new Error(`${this.#name} did not say "${kind}": ${this.#stderr.trim()}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        this.#onEvent = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Says a line, and waits for the kind of event that answers it. */
  ask(line: string, kind: string): Promise<Event> {
    this.#child.stdin.write(`${line}\n`);
    return this.next(kind);
  }

  async mark(): Promise<MeasuredMark> {
    const mark = (await this.ask("mark", "mark")) as Mark;
    return { ...mark, cpuSeconds: this.cpuSeconds(), peakMegabytes: this.#peakMegabytes() };
  }

  /** User and system time of all threads, since it began. */
  cpuSeconds(): number {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS;
  }

  async stop(): Promise<void> {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 1_000);
    while (this.#ended === undefined) {
      await new Promise<void>((resolve) => {
        this.#onEvent = resolve;
      });
    }
    clearTimeout(timer);
  }

  #onLine(line: string): void {
    if (!line.startsWith("{")) return;
    this.#events.push(JSON.parse(line) as Event);
    this.#onEvent?.();
  }

  #onEnd(how: string): void {
    this.#ended ??= how;
    this.#onEvent?.();
  }

  #peakMegabytes(): number {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${this.#child.pid}/status`, "utf8"))?.[1];
    return Number(kilobytes ?? Number.NaN) / 1_024;
  }
}
