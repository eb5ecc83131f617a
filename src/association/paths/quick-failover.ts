/**
 * Quick failover (RFC 7829): which destination is used where none is active, and how far its errors are counted for that.
 * Owns: those rules, and what an acknowledgement proves. Does not own: when a destination counts as potentially failed (path.ts), its heartbeats
 * (src/association/procedures/path-monitor.ts), the primary path (path-set.ts).
 *
 * The rules of the dormant state, in which every destination is inactive (4.1), go with quick failover whatever its threshold;
 * without it the primary path is used then, and errors are counted as RFC 9260 8.3 says.
 */
import { NEVER_EXCEEDED } from "../../base/options.ts";
import type { Path } from "./path.ts";

/** 4.1: an order of magnitude beyond what makes a destination inactive, so that inactive ones can be told apart. */
const DORMANT_FACTOR = 10;
/** More than any potentially failed destination can have. */
const INACTIVE = 1_000_000;
/** RFC 9260 6.2: longer no acknowledgement may wait. */
const LONGEST_SACK_DELAY_MS = 500;

function hasQuickFailover({ thresholds }: Path): boolean {
  return thresholds.potentiallyFailedMaxRetrans !== NEVER_EXCEEDED;
}

/** The count at which errors are not counted any further. */
export function mostErrors(path: Path): number {
  const inactiveAt = path.thresholds.pathMaxRetrans + 1;
  return hasQuickFailover(path) ? DORMANT_FACTOR * inactiveAt : inactiveAt;
}

/** 3.2-4, 4.1: an active destination before one that is potentially failed, and the one with the fewest errors of either kind. */
function doubtAbout(path: Path): number {
  if (path.usable) return 0;
  if (path.active) return path.errorCount;
  return INACTIVE + (hasQuickFailover(path) ? path.errorCount : 0);
}

/** Whether DATA goes to `path` and not to the other one, where neither is active. */
export function isLessDoubtful(path: Path, than: Path): boolean {
  return doubtAbout(path) < doubtAbout(than);
}

/**
 * Where what timed out goes, no other destination being active: to the least doubtful one. Of those with as many errors as the
 * one that failed it is the next in turn, by another route (RFC 9260 6.4.1).
 */
export function leastDoubtful(paths: readonly Path[], failed: Path): Path {
  const start = paths.indexOf(failed);
  let best = failed;
  for (let step = 1; step < paths.length; step++) {
    const other = paths[(start + step) % paths.length];
    if (other === undefined || !other.confirmed || !hasQuickFailover(other)) continue;
    const isAsGood = best === failed && doubtAbout(other) === doubtAbout(failed);
    if (isAsGood || isLessDoubtful(other, best)) best = other;
  }
  return best;
}

/**
 * Whether what the last SACK acknowledged shows that the destination is reached (3.2-9, 3.2-10): of a chunk that was also sent
 * elsewhere nobody knows by which way it came. Without quick failover that is given the benefit of the doubt, as RFC 9260 8.2
 * allows, and for an active destination as well.
 */
export function provesReachable(path: Path): boolean {
  return path.usable || path.flight.ackedHere || !hasQuickFailover(path);
}

/**
 * Whether T3-rtx may expire, and DATA go elsewhere, before the peer has to acknowledge: it is asked to do so at once, then (RFC 9260
 * 6.1, the I bit).
 */
export function mayOutrunSack(path: Path): boolean {
  return path.rto.rtoMs < LONGEST_SACK_DELAY_MS && hasQuickFailover(path);
}
