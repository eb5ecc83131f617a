/**
 * Numbers on the command line of a campaign.
 * Owns: reading one, refusing what is none. Does not own: which there are (sim/campaign/run.ts, fuzz/run.ts).
 */

/** @param name of the option, for the complaint. @throws Error if the text is no whole number from 0 */
export function wholeNumber(text: string | undefined, fallback: number, name: string): number {
  const value = text === undefined ? fallback : Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new Error(`--${name} wants a whole number, not "${text}"`);
}
