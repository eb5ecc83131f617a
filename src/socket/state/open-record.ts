/**
 * A record that is being written piece by piece (RFC 6458 8.1.26), and bytes in pieces.
 * Owns: what has been written of it, with what was said of its first piece. Does not own: when it ends (send.ts), what becomes
 * of it when it never will (socket-core.ts).
 */
import type { SendFlag } from "../terms/ancillary.ts";

/** What was said of its first piece. */
export interface RecordInfo {
  readonly ppid: number;
  readonly context: number;
  readonly flags: readonly SendFlag[];
}

export class OpenRecord {
  readonly info: RecordInfo;
  readonly #pieces: Uint8Array[] = [];
  #lengthBytes = 0;

  constructor({ ppid, context, flags }: RecordInfo) {
    this.info = { ppid, context, flags };
  }

  get lengthBytes(): number {
    return this.#lengthBytes;
  }

  /** The caller may use its memory again: the record is not on its way yet. */
  add(piece: Uint8Array): void {
    this.#pieces.push(piece.slice());
    this.#lengthBytes += piece.length;
  }

  /** All that was written, and the last piece. */
  endedWith(...last: readonly Uint8Array[]): Uint8Array {
    return joined([...this.#pieces, ...last]);
  }
}

/** One piece is given back as it is. */
export function joined(data: Uint8Array | readonly Uint8Array[]): Uint8Array {
  if (data instanceof Uint8Array) return data;
  const [first] = data;
  if (data.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(data.reduce((bytes, piece) => bytes + piece.length, 0));
  let at = 0;
  for (const piece of data) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
