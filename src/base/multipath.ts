/**
 * The names of the ways to use several paths.
 * Owns: what the option `multipath` takes. Does not own: what follows from it (src/association, src/congestion).
 */

export const MULTIPATH_MODES = ["off", "independent", "coupled"] as const;

/**
 * Where DATA goes: `off` to one path at a time; `independent` to all at once, each with a window as if it were alone; `coupled` to
 * all at once, and together no faster than one would be where they meet.
 */
export type MultipathMode = (typeof MULTIPATH_MODES)[number];
