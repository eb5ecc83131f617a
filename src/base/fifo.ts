/**
 * A queue of any length.
 * Owns: taking from its front in constant time; `Array.shift` moves everything once an array is long (25 us a call at 40,000).
 * Does not own: what waits in it.
 */
const COMPACT_FROM = 1_024;

export class Fifo<T> {
  #items: Array<T | undefined> = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** The item at the front; undefined where there is none. */
  peek(): T | undefined {
    return this.#items[this.#head];
  }

  /** Takes the item at the front; undefined where there is none. */
  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) {
      this.#items.length = 0;
      this.#head = 0;
    } else if (this.#head >= COMPACT_FROM && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Everything, in order; it stays. */
  values(): T[] {
    return this.#items.slice(this.#head) as T[];
  }

  /** Takes everything, in order. */
  drain(): T[] {
    const items = this.values();
    this.#items = [];
    this.#head = 0;
    return items;
  }
}
