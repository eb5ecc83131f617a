/**
 * Which name a mistyped one was meant to be.
 * Owns: the measure, and how far off a name may be. Does not own: what is said about it.
 */

/** Whoever leaves it out has made no slip. */
const UNIT = /(?<=.)(?:Bytes|Ms)$/;

/** The known name that is fewest slips of the finger away; undefined if none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  let nearest: string | undefined;
  // One letter in three may be wrong: more, and it is another word.
  let fewest = Math.floor(name.length / 3) + 1;
  for (const candidate of known) {
    const bare = candidate.replace(UNIT, "");
    const slips = Math.min(...[candidate, bare].map((each) => distance(wanted, each.toLowerCase())));
    if (slips >= fewest) continue;
    fewest = slips;
    nearest = candidate;
  }
  return nearest;
}

/** Letters to be put in, taken out, replaced or swapped with the next to get from one word to the other. */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const replaced = (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1);
      const isSwap = i > 0 && j > 0 && from[i] === to[j - 1] && from[i - 1] === to[j];
      const swapped = isSwap ? (before[j - 1] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
}
