/**
 * Telling listeners of something in the midst of other work.
 * Owns: what becomes of what they throw. Does not own: the events.
 */
import type { EventEmitter } from "node:events";

/** Emits an event; what a listener throws is thrown later. */
export function tell(emitter: EventEmitter, event: string, ...details: readonly unknown[]): void {
  try {
    emitter.emit(event, ...details);
  } catch (error) {
    throwLater(error);
  }
}

/**
 * Throws in a turn of its own, as node:diagnostics_channel does with what its subscribers throw: it is an
 * 'uncaughtException' all the same, but it interrupts nothing of ours, and whoever handles it hears what comes next.
 */
export function throwLater(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
