/**
 * What the I-DATA of one sender must be like (RFC 8260 2).
 * Owns: MIDs and FSNs, that no stream has two messages under way, what an I-FORWARD-TSN lists. Shares no code with the stack.
 * Does not own: TSNs, windows, what was agreed on (packet-checker.ts), what the users got (delivery-checker.ts).
 */
import { plus } from "./wire.ts";

const ENDING = 1;
const BEGINNING = 2;
const UNORDERED = 4;

/** Of the value of an I-DATA chunk: where the user data begins. */
export const I_DATA_PAYLOAD_AT = 16;

interface UnderWay {
  readonly unordered: boolean;
  readonly mid: number;
  lastNumber: number;
}

export class IDataChecker {
  /** Messages that have been begun and not ended, by stream. */
  readonly #underWay = new Map<number, UnderWay>();
  /** By stream and order. */
  readonly #nextMid = new Map<string, number>();

  /** Messages that were left half sent. */
  #leftCount = 0;
  /** TSNs that stand for the rests of messages. */
  #restCount = 0;

  /** TSNs that may still come to stand for the rest of a message each, of those that are half sent or were left so. */
  get restsLeft(): number {
    return this.#underWay.size + this.#leftCount - this.#restCount;
  }

  /** So many TSNs were left out. */
  onRests(count: number): void {
    this.#restCount += count;
  }

  /**
   * A chunk with a new TSN.
   * @param mayAbandon whether its sender may leave messages half sent
   * @returns what is wrong with it
   */
  onNew(flags: number, value: DataView, mayAbandon: boolean): string | undefined {
    const streamId = value.getUint16(4);
    const mid = value.getUint32(8);
    const unordered = (flags & UNORDERED) !== 0;
    const place = `message ${mid} of stream ${streamId}`;
    if (value.getUint16(6) !== 0 || (flags & 0xf0) !== 0) return `${place} has reserved bits set`;
    const current = this.#underWay.get(streamId);
    if ((flags & BEGINNING) === 0) {
      if (current === undefined || current.mid !== mid || current.unordered !== unordered)
        return `${place} goes on, and was not under way`;
      const number = value.getUint32(12);
      if (number !== plus(current.lastNumber, 1))
        return `${place} has fragment ${number} behind fragment ${current.lastNumber}`;
      current.lastNumber = number;
    } else {
      if (current !== undefined && !mayAbandon)
        return `${place} begins before message ${current.mid} has ended`;
      if (current !== undefined) this.#leftCount++;
      const key = keyOf(streamId, unordered);
      const due = this.#nextMid.get(key) ?? 0;
      if (mid !== due) return `${place} begins where ${due} was due`;
      this.#nextMid.set(key, plus(due, 1));
      this.#underWay.set(streamId, { unordered, mid, lastNumber: 0 });
    }
    if ((flags & ENDING) !== 0) this.#underWay.delete(streamId);
    return undefined;
  }

  /** MIDs begin anew (2.3.2). @param streamIds none: all */
  restart(streamIds: readonly number[]): void {
    if (streamIds.length === 0) this.#nextMid.clear();
    for (const id of streamIds)
      for (const unordered of [true, false]) this.#nextMid.delete(keyOf(id, unordered));
  }

  /**
   * An I-FORWARD-TSN (2.3.1).
   * @param given the last message, of each stream and order, of what is skipped and has been sent
   * @returns what is wrong with it
   */
  onSkipped(value: DataView, given: ReadonlyMap<string, number>): string | undefined {
    const listed = new Map<string, number>();
    for (let at = 4; at + 8 <= value.byteLength; at += 8) {
      const streamId = value.getUint16(at);
      const bits = value.getUint16(at + 2);
      const mid = value.getUint32(at + 4);
      if (bits > 1) return `an I-FORWARD-TSN has reserved bits set for stream ${streamId}`;
      const key = keyOf(streamId, bits === 1);
      if (listed.has(key)) return `an I-FORWARD-TSN lists ${key} twice`;
      listed.set(key, mid);
      const current = this.#underWay.get(streamId);
      if (current?.mid !== mid || current.unordered !== (bits === 1)) continue;
      this.#underWay.delete(streamId);
      this.#leftCount++;
    }
    for (const [key, mid] of given)
      if (listed.get(key) !== mid)
        return `message ${mid} of ${key} is skipped, and ${listed.get(key)} listed`;
    return undefined;
  }
}

/** The counter that a message's MID is from. */
export function keyOf(streamId: number, unordered: boolean): string {
  return `stream ${streamId}${unordered ? ", unordered" : ""}`;
}
