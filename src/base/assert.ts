/** Owns: how an invariant of our own is guarded. Does not own: errors that a user can meet (errors.ts). */

/** Guards an invariant of our own, never the peer's input: a failure is a bug of this library. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`sctpkit invariant broken: ${message}`);
}
