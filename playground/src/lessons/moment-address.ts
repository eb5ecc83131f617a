/**
 * A moment of a lesson as an address of the playground.
 * Owns: what of a lesson is carried: its scenario, the seed in it, and the time. Does not own: the form (session/address.ts), the
 * link (open-moment.tsx).
 */
import { writeAddress } from "../session/address.ts";

/** Without the "#". @param atMs what happens at that time has happened in the moment that is opened */
export function momentAddress(scenario: Readonly<Record<string, unknown>>, atMs: number): Promise<string> {
  // The address has whole microseconds.
  return writeAddress({
    document: JSON.stringify(scenario),
    atMs: Math.ceil(atMs * 1_000) / 1_000,
    interventions: [],
  });
}
