/**
 * What is due on one stream, in order: messages, and resets between them.
 * Owns: that order. A user may send a hundred thousand messages at once: taking one takes the same time however many wait.
 * Does not own: which message is right (delivery-checker.ts).
 */

/** A message, or a reset between messages. */
export type Due = Uint8Array | { readonly reset: number };

/** Gone entries are kept up to here, and up to half of all. */
const MIN_GONE = 1_024;

export class DueQueue {
  #all: Due[] = [];
  /** So many of them are gone. */
  #gone = 0;

  /** The messages that wait. */
  get messages(): readonly Uint8Array[] {
    return this.#all.slice(this.#gone).filter((due) => due instanceof Uint8Array);
  }

  push(due: Due): void {
    this.#all.push(due);
  }

  /** Takes the first. */
  shift(): Due | undefined {
    const first = this.#all[this.#gone];
    if (first === undefined) return undefined;
    this.#gone++;
    if (this.#gone >= MIN_GONE && 2 * this.#gone >= this.#all.length) this.#forgetGone();
    return first;
  }

  /** Takes all up to the next reset and that; nothing where there is none. @returns the messages among them */
  takeThroughReset(): readonly Uint8Array[] {
    this.#forgetGone();
    const at = this.#all.findIndex((due) => !(due instanceof Uint8Array));
    return this.#all.splice(0, at + 1).filter((due) => due instanceof Uint8Array);
  }

  /** A reset will not be done. */
  dropReset(number: number): void {
    this.#forgetGone();
    this.#all = this.#all.filter((due) => due instanceof Uint8Array || due.reset !== number);
  }

  #forgetGone(): void {
    this.#all.splice(0, this.#gone);
    this.#gone = 0;
  }
}
