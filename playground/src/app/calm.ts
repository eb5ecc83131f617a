/**
 * Who wants less motion sees pictures that change now and then, and nothing that glides.
 * Owns: whether that is wanted now, and how often pictures change then. Does not own: motion by style sheets (styles/tokens.css).
 */

/** Between two pictures, in real ms. */
export const CALM_MS = 500;

const wish = matchMedia("(prefers-reduced-motion: reduce)");

export function isMotionReduced(): boolean {
  return wish.matches;
}
