/**
 * Whole socket programs in virtual time.
 * Owns: the sockets of a simulated host, programs that wait, waking them.
 * Does not own: sockets (src/socket), the host and its stack (host.ts), time (world.ts).
 *
 * A program is a generator: written like one for blocking sockets, with `yield*` where C would block. It goes on when
 * something has happened on its host, or when the time it sleeps for has passed; the same seed gives the same run.
 */

import type { SctpSocket } from "../../socket/socket.ts";
import { SocketLayer, type SocketLayerOptions } from "../../socket/socket-layer.ts";
import { StackHost } from "../../socket/stack-host.ts";
import type { SocketDomain, SocketStyle } from "../../socket/state/socket-core.ts";
import type { Errno } from "../../socket/terms/errno.ts";
import { SimViolation } from "../checks/packet-checker.ts";
import type { SimHost } from "./host.ts";
import type { SimWorld } from "./world.ts";

/** Gives what it waits for: the time in virtual ms, or undefined for anything on its host. */
export type Program<T = void> = Generator<number | undefined, T, void>;

/** A program under way. */
export class SimProgram<T = unknown> {
  isDone = false;
  #result: T | undefined = undefined;
  readonly #program: Program<T>;
  #sleepsUntilMs = 0;

  constructor(program: Program<T>) {
    this.#program = program;
  }

  /** What the program has returned. @throws SimViolation while it is under way */
  get result(): T {
    if (!this.isDone) throw new SimViolation("the program has not ended");
    return this.#result as T;
  }

  /** Lets it go on to where it has to wait. @returns when it wants to be woken, if by time */
  step(nowMs: number): number | undefined {
    if (this.isDone || nowMs < this.#sleepsUntilMs) return undefined;
    const { done, value } = this.#program.next();
    if (done) {
      this.isDone = true;
      this.#result = value;
      return undefined;
    }
    this.#sleepsUntilMs = value ?? 0;
    return value;
  }
}

/** The sockets of one host. */
export class SimSockets {
  readonly layer: SocketLayer;
  readonly #world: SimWorld;
  readonly #host: SimHost;
  #programs: SimProgram[] = [];
  #isStepping = false;
  #isFlushWanted = false;

  constructor(world: SimWorld, host: SimHost, options?: SocketLayerOptions) {
    this.#world = world;
    this.#host = host;
    const stackHost = new StackHost(host.stack, {
      nowMs: () => world.nowMs,
      scheduleFlush: () => this.#flush(),
    });
    this.layer = new SocketLayer(stackHost, options);
    host.takeEvent = (event) => stackHost.tell(event);
    host.onFlushed = () => this.#step();
  }

  socket(style: SocketStyle, domain?: SocketDomain): SctpSocket {
    return this.layer.socket(style, domain);
  }

  /** Starts a program; it runs at once, as far as it can. */
  start<T>(program: Program<T>): SimProgram<T> {
    const started = new SimProgram(program);
    this.#programs.push(started as SimProgram);
    this.#step();
    return started;
  }

  /** Virtual time. */
  get nowMs(): number {
    return this.#world.nowMs;
  }

  #flush(): void {
    if (this.#isStepping) this.#isFlushWanted = true;
    else this.#host.flush();
  }

  #step(): void {
    if (this.#isStepping) return;
    this.#isStepping = true;
    this.#isFlushWanted = false;
    try {
      for (const program of this.#programs) {
        const wakeAtMs = program.step(this.#world.nowMs);
        if (wakeAtMs !== undefined) this.#world.at(wakeAtMs, () => this.#step());
      }
    } finally {
      this.#isStepping = false;
    }
    this.#programs = this.#programs.filter(({ isDone }) => !isDone);
    if (this.#isFlushWanted) this.#host.flush();
  }
}

/** Tries until the answer is another one than EAGAIN. */
export function* blocking<T>(operation: () => T): Program<Exclude<T, "EAGAIN" & Errno>> {
  for (;;) {
    const result = operation();
    if (result !== "EAGAIN") return result as Exclude<T, "EAGAIN" & Errno>;
    yield undefined;
  }
}

/** Waits until something has come true. */
export function* until(condition: () => boolean): Program {
  while (!condition()) yield undefined;
}

/** Lets time pass. */
export function* sleep(sockets: SimSockets, ms: number): Program {
  yield sockets.nowMs + ms;
}
