/**
 * Making an input smaller while it still does what it was kept for.
 * Owns: what is left out and in what order. Does not own: what it is kept for.
 */
import type { Input, PacketStep } from "./step.ts";

const MAX_TRIALS = 2_000;

/** Leaves out steps, many at once and then one by one; then shortens packets. `holds` says whether an input will do. */
export function minimised(input: Input, holds: (smaller: Input) => boolean): Input {
  let trials = 0;
  const will = (candidate: Input): boolean => trials++ < MAX_TRIALS && holds(candidate);
  return shorterPackets(fewerSteps(input, will), will);
}

/** Only fewer steps: for inputs of which many are made smaller. */
export function fewerSteps(input: Input, will: (smaller: Input) => boolean): Input {
  let best = input;
  for (let size = Math.max(1, best.length >> 1); size >= 1; size >>= 1) {
    for (let at = best.length - size; at >= 0; at -= size) {
      const candidate = [...best.slice(0, at), ...best.slice(at + size)];
      if (will(candidate)) best = candidate;
    }
  }
  return best;
}

function shorterPackets(input: Input, will: (smaller: Input) => boolean): Input {
  let best = input;
  for (let i = 0; i < best.length; i++) {
    const step = best[i];
    if (step?.kind !== "packet") continue;
    best = withPacket(best, i, step, will);
  }
  return best;
}

/** Cuts four bytes and multiples of them out of one packet, from its end to its beginning. */
function withPacket(input: Input, i: number, step: PacketStep, will: (smaller: Input) => boolean): Input {
  let best = input;
  let { bytes } = step;
  for (let size = 256; size >= 4; size >>= 1) {
    for (let at = bytes.length - size; at >= 12; at -= size) {
      const shorter = new Uint8Array(bytes.length - size);
      shorter.set(bytes.subarray(0, at));
      shorter.set(bytes.subarray(at + size), at);
      const candidate = [...best.slice(0, i), { ...step, bytes: shorter }, ...best.slice(i + 1)];
      if (!will(candidate)) continue;
      best = candidate;
      bytes = shorter;
    }
  }
  return best;
}
