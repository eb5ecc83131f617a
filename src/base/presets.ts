/**
 * Sets of options that go together, each under a name.
 * Owns: which there are, what they set, and that what is given beside one wins. Does not own: the options (options.ts).
 */

export const PRESET_NAMES = ["none", "fastFailover"] as const;

/** `none` sets nothing; `fastFailover` leaves a path within 300 ms of its failure, where both ends have it. */
export type PresetName = (typeof PRESET_NAMES)[number];

const PRESETS = {
  none: {},
  fastFailover: {
    rtoInitialMs: 200,
    rtoMinMs: 100,
    sackDelayMs: 20,
    heartbeatIntervalMs: 500,
    potentiallyFailedMaxRetrans: 0,
  },
} as const satisfies Readonly<Record<PresetName, Readonly<Record<string, number>>>>;

/** What was given, with what its preset sets and it does not say itself. A name that is none is left to be refused. */
export function withPreset<T extends { readonly preset?: PresetName }>(given: T): T {
  const { preset } = given;
  if (preset === undefined || !Object.hasOwn(PRESETS, preset)) return given;
  const own = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  return { ...PRESETS[preset], ...(Object.fromEntries(own) as T) };
}
