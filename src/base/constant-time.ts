/** Owns: comparing what must not be guessed byte by byte. Does not own: whose it is. */

/** Whether both are the same, in a time that depends on nothing but their lengths. */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
