/**
 * Hearing that somebody listens, or does so no longer.
 * Owns: being told without a listener of our own, which removeAllListeners() would take away. Does not own: what follows from it.
 */
import type { EventEmitter } from "node:events";

/** Whatever adds or removes listeners goes through one of these. */
const CHANGES = [
  "on",
  "addListener",
  "prependListener",
  "off",
  "removeListener",
  "removeAllListeners",
] as const;

/**
 * Has a class hear of the listeners of its emitters.
 * @param onChange called after each change; undefined is any event: all listeners were removed
 */
export function watchListeners<T extends EventEmitter>(
  { prototype }: { readonly prototype: T },
  onChange: (emitter: T, event: string | symbol | undefined) => void,
): void {
  for (const name of CHANGES) {
    const inherited = Reflect.get(prototype, name) as (...words: readonly unknown[]) => unknown;
    Reflect.defineProperty(prototype, name, {
      configurable: true,
      writable: true,
      value(this: T, ...words: [event?: string | symbol, ...unknown[]]): T {
        inherited.apply(this, words);
        onChange(this, words[0]);
        return this;
      },
    });
  }
}
