/**
 * What may be set on the page of the race, and how it stands in its address.
 * Owns: ranges and defaults, reading and writing the part behind `#`. Does not own: the controls (race-controls.tsx).
 */

export interface Settings {
  readonly seed: number;
  readonly lossPercent: number;
  readonly roundTripMs: number;
  /** Virtual in real time. */
  readonly speed: number;
}

export const RANGES = {
  seed: { min: 0, max: 999_999, step: 1 },
  lossPercent: { min: 0, max: 10, step: 0.5 },
  roundTripMs: { min: 20, max: 300, step: 10 },
} as const;

export const MEGABITS_PER_SECOND = 8;
export const SPEEDS: readonly number[] = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1];
export const DEFAULTS: Settings = { seed: 5, lossPercent: 4, roundTripMs: 80, speed: 1 / 8 };

const NAMES = { seed: "seed", lossPercent: "loss", roundTripMs: "rtt" } as const;
type Ranged = keyof typeof RANGES;

/** @param hash as in `location.hash`; what makes no sense there is the default */
export function readSettings(hash: string): Settings {
  const words = new URLSearchParams(hash.replace(/^#/, ""));
  const value = (name: Ranged): number =>
    inRange(name, Number(words.get(NAMES[name]) ?? Number.NaN)) ?? DEFAULTS[name];
  const speed = 1 / Number(words.get("slower") ?? Number.NaN);
  return {
    seed: value("seed"),
    lossPercent: value("lossPercent"),
    roundTripMs: value("roundTripMs"),
    speed: SPEEDS.includes(speed) ? speed : DEFAULTS.speed,
  };
}

export function writeSettings({ seed, lossPercent, roundTripMs, speed }: Settings): string {
  return `#seed=${seed}&loss=${lossPercent}&rtt=${roundTripMs}&slower=${1 / speed}`;
}

/** The nearest value that there is; undefined if it is no number. */
export function inRange(name: Ranged, value: number): number | undefined {
  const { min, max, step } = RANGES[name];
  if (!Number.isFinite(value)) return undefined;
  return Math.round(Math.min(max, Math.max(min, value)) / step) * step;
}
