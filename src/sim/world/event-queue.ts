/**
 * What happens when, in virtual time.
 * Owns: the order: by time, and by the order of asking where times are equal. Does not own: what happens.
 */

interface Entry {
  readonly atMs: number;
  readonly sequence: number;
  readonly action: () => void;
}

/** A binary heap of actions. */
export class EventQueue {
  readonly #heap: Entry[] = [];
  #sequence = 0;

  get isEmpty(): boolean {
    return this.#heap.length === 0;
  }
  /** When the next action is due; Infinity while there is none. */
  get nextAtMs(): number {
    return this.#heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  push(atMs: number, action: () => void): void {
    const entry: Entry = { atMs, sequence: this.#sequence++, action };
    let at = this.#heap.length;
    this.#heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = this.#heap[parent];
      if (above === undefined || isBefore(above, entry)) break;
      this.#heap[at] = above;
      at = parent;
    }
    this.#heap[at] = entry;
  }

  /** Takes the earliest action. */
  pop(): (() => void) | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first === undefined || last === undefined) return undefined;
    if (this.#heap.length > 0) this.#sink(last);
    return first.action;
  }

  #sink(entry: Entry): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      let child = this.#heap[left];
      let childAt = left;
      const right = this.#heap[left + 1];
      if (child !== undefined && right !== undefined && isBefore(right, child)) {
        child = right;
        childAt = left + 1;
      }
      if (child === undefined || isBefore(entry, child)) break;
      this.#heap[at] = child;
      at = childAt;
    }
    this.#heap[at] = entry;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence);
}
