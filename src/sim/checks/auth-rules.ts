/**
 * Where AUTH chunks stand in packets (RFC 4895 5.1, 6.2).
 * Owns: that rule, by the types of the chunks. Does not own: who has agreed to what (packet-checker.ts); whether an HMAC is right
 * nobody can see from outside.
 */

export const AUTH = 15;

/**
 * What is wrong with a packet; undefined where nothing is.
 * @param wanted the chunk types that its receiver takes only behind AUTH; undefined where the two have not agreed on that
 */
export function authComplaint(
  types: readonly number[],
  wanted: ReadonlySet<number> | undefined,
): string | undefined {
  const at = types.indexOf(AUTH);
  if (wanted === undefined) return at === -1 ? undefined : "sent AUTH to somebody who does not know it";
  if (at !== types.lastIndexOf(AUTH)) return "sent two AUTH chunks in a packet";
  if (at !== -1 && at === types.length - 1) return "sent AUTH with nothing behind it";
  const bare = types.find((type, i) => wanted.has(type) && (at === -1 || i < at));
  return bare === undefined ? undefined : `sent chunk ${bare} without AUTH`;
}
