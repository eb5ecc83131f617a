/**
 * The end of a thread whose associations live: their peers hear of it by ABORT, and need not find out by themselves.
 * Owns: the one listener for 'exit', and how long it may take. Does not own: signals, which are the program's; the graceful ways to
 * an end.
 *
 * 'exit' comes after process.exit(), after an exception that nobody caught, and when nothing keeps the thread alive; only what is
 * sent before it returns is sent. A UDP socket whose lookup answers at once sends within `send` (udp-transport.ts).
 */
import { performance } from "node:perf_hooks";
import type { Association } from "../../association/association.ts";

/** Associations that are told, in whole batches: the others' peers find out, as they do after a crash. */
const MAX_ABORTS = 992;
const MAX_MS = 50;
const ABORTS_AT_ONCE = 32;
/** What the peers read. */
const REASON = Buffer.from("the process has ended");

/** A UDP port as far as it is concerned here. */
export interface Leaver {
  readonly associations: Iterable<Association>;
  nowMs(): number;
  /** Sends what there is, without waiting for another turn. */
  sendNow(): void;
}

const leavers: Set<Leaver> = new Set();

/** The port has associations: it takes its leave if the thread ends. */
export function stayInTouch(leaver: Leaver): void {
  if (leavers.size === 0) process.on("exit", onExit);
  leavers.add(leaver);
}

/** It has none any more. */
export function loseTouch(leaver: Leaver): void {
  if (leavers.delete(leaver) && leavers.size === 0) process.off("exit", onExit);
}

function onExit(): void {
  const endMs = performance.now() + MAX_MS;
  let count = 0;
  for (const leaver of leavers) {
    try {
      leaver.sendNow(); // What was sent in this turn goes before, as far as it may.
      for (const association of [...leaver.associations]) {
        if (count > 0 && count % ABORTS_AT_ONCE === 0) {
          leaver.sendNow();
          // Asked after the first of them only: on a busy host the time may be over before it has begun.
          if (count >= MAX_ABORTS || performance.now() > endMs) break;
        }
        association.abort(REASON, leaver.nowMs());
        count++;
      }
      leaver.sendNow();
    } catch {
      // Code of the program's, a trace for one, has thrown: the other ports still take their leave.
    }
  }
}
