/** The scenarios that come with the page: those of the examples. Owns: their list. Does not own: the scenarios. */

const FILES = import.meta.glob<Record<string, unknown>>("../../../examples/scenarios/*.json", {
  eager: true,
  import: "default",
});
/** What one looks at first comes first; those that are not named here follow. */
const ORDER = [
  "handshake",
  "third-sack",
  "fast-retransmit",
  "timer",
  "lossy",
  "congestion",
  "failover",
  "restart",
];

export interface BundledScenario {
  /** As it stands in the address. */
  readonly name: string;
  /** Without defaults, as `readScenario` takes it. */
  readonly document: Record<string, unknown>;
}

export const BUNDLED: readonly BundledScenario[] = Object.entries(FILES)
  .map(([path, document]) => ({ name: /([^/]+)\.json$/.exec(path)?.[1] ?? path, document }))
  .sort((a, b) => placeOf(a.name) - placeOf(b.name));

function placeOf(name: string): number {
  const place = ORDER.indexOf(name);
  return place === -1 ? ORDER.length : place;
}
