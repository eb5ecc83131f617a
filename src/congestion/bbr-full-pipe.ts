/**
 * Whether BBR uses all of the bandwidth that there is (draft-ietf-ccwg-bbr-06 5.3.1.2): three rounds of sending faster have not
 * raised the delivery rate by a quarter.
 * Owns: the estimate, since it was last begun and of all time. Does not own: what ends by it (bbr-machine.ts).
 */
import type { BbrAck } from "./bbr-ack.ts";

const GROWTH = 1.25;
const ROUNDS = 3;

export class BbrFullPipe {
  /** It has been filled since the estimate was begun anew. */
  isFull = false;
  /** It has been filled once. */
  wasFilled = false;
  #baseBytesPerMs = 0;
  #roundCount = 0;

  /** Begins anew. @param baseBytesPerMs a rate that there was already */
  reset(baseBytesPerMs: number): void {
    this.isFull = false;
    this.#baseBytesPerMs = baseBytesPerMs;
    this.#roundCount = 0;
  }

  update({ bytesPerMs, isAppLimited }: BbrAck, isRoundStart: boolean): void {
    if (this.isFull || !isRoundStart || isAppLimited) return;
    if (bytesPerMs >= this.#baseBytesPerMs * GROWTH) return this.reset(bytesPerMs);
    if (++this.#roundCount < ROUNDS) return;
    this.onFilled();
  }

  /** It is full, by this estimate or by another one. */
  onFilled(): void {
    this.isFull = true;
    this.wasFilled = true;
  }
}
