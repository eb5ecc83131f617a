/**
 * Text and UTF-8, for tools that write or show text.
 * Owns: the two conversions, in plain ECMAScript: the core is compiled without TextEncoder and TextDecoder.
 * Does not own: anything on the path of a message; payloads are bytes and stay bytes.
 */

/** The UTF-8 bytes of `text`; a lone surrogate becomes U+FFFD. */
export function utf8Bytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    pushCodePoint(bytes, point >= 0xd800 && point <= 0xdfff ? 0xfffd : point);
  }
  return Uint8Array.from(bytes);
}

function pushCodePoint(bytes: number[], point: number): void {
  if (point < 0x80) {
    bytes.push(point);
  } else if (point < 0x800) {
    bytes.push(0xc0 | (point >>> 6), 0x80 | (point & 0x3f));
  } else if (point < 0x1_0000) {
    bytes.push(0xe0 | (point >>> 12), 0x80 | ((point >>> 6) & 0x3f), 0x80 | (point & 0x3f));
  } else {
    bytes.push(0xf0 | (point >>> 18), 0x80 | ((point >>> 12) & 0x3f));
    bytes.push(0x80 | ((point >>> 6) & 0x3f), 0x80 | (point & 0x3f));
  }
}

/** The text that `bytes` spell in UTF-8, or undefined where they spell none. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  let escaped = "";
  for (const byte of bytes) escaped += `%${byte.toString(16).padStart(2, "0")}`;
  try {
    return decodeURIComponent(escaped); // It refuses overlong forms, surrogates and cut-off sequences.
  } catch {
    return undefined;
  }
}
