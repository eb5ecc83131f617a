/**
 * The next pair of a local address and one of the peer's, after one that gave no answer in time (RFC 9260 6.4.1).
 * Owns: the rule. Does not own: what is known of each pair (source-addresses.ts), when one has failed (src/association/procedures).
 *
 * The RFC asks for "the most divergent pair" and leaves open what that is. Here: another destination, if an active one is left
 * (6.4), and another source, if one is left that is as likely to reach it. Of several sources the one is taken that
 *  1. is likeliest to reach the destination: it was answered; it has not been tried; it has failed once; the peer has not
 *     shown that it knows it; it has failed again and again;
 *  2. is not the one of the pair that failed;
 *  3. the destination has used so far, if it has not failed; else the next in turn.
 * Of those that have failed again and again the one has its turn whose last failure is the longest ago, whatever pair failed: so
 * every pair is tried, and not two of four for ever.
 */
import type { Path } from "./path.ts";
import type { PathSet } from "./path-set.ts";
import type { SourceAddress, SourceAddresses } from "./source-addresses.ts";

/** The less, the likelier the address is to reach the destination. */
function doubtAbout({ isKnownToPeer, failureCount, isLost, wasAnswered }: SourceAddress): number {
  if (isLost) return 4;
  if (!isKnownToPeer) return 3;
  if (failureCount > 0) return 2;
  return wasAnswered ? 0 : 1;
}

function isLongerLost(source: SourceAddress, than: SourceAddress | undefined): boolean {
  return source.isLost && than !== undefined && source.lastFailure < than.lastFailure;
}

/** @param failed the source of the pair that failed, maybe to another destination */
function bestSource(sources: SourceAddresses, current: string, failed: string): string {
  const { all } = sources;
  const start = all.findIndex(({ address }) => address === current);
  let best: SourceAddress | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (let step = 0; step < all.length; step++) {
    const source = all[(start + step + all.length) % all.length];
    if (source === undefined) continue;
    const rank = 2 * doubtAbout(source) + (source.address === failed && !source.isLost ? 1 : 0);
    if (rank > bestRank || (rank === bestRank && !isLongerLost(source, best))) continue;
    best = source;
    bestRank = rank;
  }
  return best?.address ?? current;
}

/** The path leaves from its best source from now on; `failed` only if no other is as good. */
export function leaveFromBest(path: Path, failed: string, nowMs: number): void {
  const { sources } = path;
  if (sources !== undefined) path.leaveFrom(bestSource(sources, path.localAddress, failed), nowMs);
}

/**
 * What was sent on a path has not been answered in time, and both its source and that of the path to use next are chosen anew.
 * @param failed its source is known to have failed
 * @returns the path to use next
 */
export function nextPair(paths: PathSet, failed: Path, nowMs: number): Path {
  const failedSource = failed.localAddress;
  const next = paths.alternateTo(failed);
  leaveFromBest(failed, failedSource, nowMs);
  if (next !== failed) leaveFromBest(next, failedSource, nowMs);
  return next;
}
