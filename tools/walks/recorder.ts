/**
 * Writes down the stack wherever a thing is handed over: put into an array or a map, taken out of it, copied, sent, told.
 * Owns: watching JavaScript's own containers, and bytes that tell when they are measured; reading a stack. Does not own: what
 * is sent (walks.ts), what is counted of it (count.ts).
 *
 * The containers are watched, and not the classes of src that use them: so the sources may move and change freely.
 * A queue that chains its messages through themselves is no container that can be watched. But whoever queues bytes
 * counts them: the deepest call that asks them for their length, in the turn in which they are handed over, is the one
 * that puts them there.
 */
import { fileURLToPath } from "node:url";

/** A call under src/. */
export interface Frame {
  /** Below src/. */
  readonly file: string;
  readonly line: number;
  /** As V8 names it, with the class: `Stack.receive`. */
  readonly name: string;
}

/** The calls that lead to one hand-over, the outermost first. */
export interface HandOver {
  readonly what: string;
  readonly frames: readonly Frame[];
}

const SRC = fileURLToPath(new URL("../../src/", import.meta.url));
/** `    at Stack.receive (file:///.../src/stack/stack.ts:228:17)`; the name is missing for anonymous functions. */
const CALL = /^\s+at (?:(.+) \()?(?:file:\/\/)?(\/[^()]+):(\d+):\d+\)?$/;
/** So deep an object may have the thing in it: a message in a chunk in a list. */
const MAX_DEPTH = 2;

/** What is looked for: whether this value is the thing itself. */
export type IsThing = (value: unknown) => boolean;

export class Recorder {
  #isThing: IsThing | undefined;
  #handOvers: HandOver[] = [];
  /** The deepest call so far that asked measured bytes for their length. */
  #deepest: readonly Frame[] = [];
  /** The containers are used by what watches them, too. */
  #isLooking = false;
  readonly #push = Array.prototype.push;

  /** Watches the containers of this process from now on. */
  constructor() {
    Error.stackTraceLimit = Number.POSITIVE_INFINITY;
    const { prototype: map } = Map;
    const { set: setInMap } = map;
    const bytes = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
    const { set: copy } = bytes;
    const push = this.#push;
    const seen = (what: string, value: unknown): boolean => this.see(what, value);
    const watch = (array: unknown[], index: number): void => this.#watchSlot(array, index);
    replace(Array.prototype, "push", function (this: unknown[], ...items: unknown[]): number {
      const isHit = items.some((item) => seen("put", item));
      const length = push.apply(this, items);
      if (isHit) watch(this, length - 1);
      return length;
    });
    replace(map, "set", function (this: Map<unknown, unknown>, key: unknown, value: unknown) {
      seen("put", value);
      return setInMap.call(this, key, value);
    });
    replace(bytes, "set", function (this: Uint8Array, source: ArrayLike<number>, at?: number): void {
      seen("copied", source);
      copy.call(this, source, at);
    });
  }

  /** Writes down every hand-over of the thing from now on. */
  start(isThing: IsThing): void {
    this.#handOvers = [];
    this.#deepest = [];
    this.#isThing = isThing;
  }

  /** The same bytes, which tell whoever asks for their length. */
  measured(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    const get = (): number => {
      if (this.#isThing === undefined || this.#isLooking) return length;
      const frames = stack();
      if (frames.length > this.#deepest.length) this.#deepest = frames;
      return length;
    };
    return Object.defineProperty(bytes, "length", { get });
  }

  /** The call that was given measured bytes has returned: they are where the deepest call put them. */
  settle(what: string): void {
    if (this.#isThing === undefined || this.#deepest.length === 0) return;
    this.#push.call(this.#handOvers, { what, frames: this.#deepest });
  }

  stop(): readonly HandOver[] {
    this.#isThing = undefined;
    return this.#handOvers;
  }

  /** A value is being handed over here. @returns whether it is the thing, or has it in itself */
  see(what: string, value: unknown): boolean {
    const isThing = this.#isThing;
    if (isThing === undefined || this.#isLooking) return false;
    this.#isLooking = true;
    try {
      if (!has(value, isThing, 0)) return false;
      this.#push.call(this.#handOvers, { what, frames: stack() });
      return true;
    } finally {
      this.#isLooking = false;
    }
  }

  /** Sees the thing being taken out of an array: the slot gets another value. */
  #watchSlot(array: unknown[], index: number): void {
    const value = array[index];
    const seeTaken = (): void => void this.see("taken", value);
    Object.defineProperty(array, index, {
      configurable: true,
      enumerable: true,
      get: () => value,
      set(next: unknown): void {
        seeTaken();
        const plain = { value: next, writable: true, configurable: true, enumerable: true };
        Object.defineProperty(array, index, plain);
      },
    });
  }
}

/** Puts a function in the place of a method of JavaScript's own. */
function replace(prototype: object, name: string, value: unknown): void {
  Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
}

function has(value: unknown, isThing: IsThing, depth: number): boolean {
  if (isThing(value)) return true;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || depth === MAX_DEPTH)
    return false;
  return Object.values(value).some((inner) => has(inner, isThing, depth + 1));
}

function stack(): Frame[] {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder);
  const frames: Frame[] = [];
  for (const text of holder.stack?.split("\n") ?? []) {
    const [, name = "<anonymous>", path = "", line] = CALL.exec(text) ?? [];
    if (path.startsWith(SRC) && !name.startsWith("async "))
      frames.unshift({ file: path.slice(SRC.length), line: Number(line), name });
  }
  return frames;
}
