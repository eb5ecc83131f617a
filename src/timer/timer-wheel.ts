/**
 * A hierarchical timer wheel: many deadlines, one of which the host must wait for.
 * Owns: the deadlines and the order in which they come due. Does not own: the clock, what happens at a deadline.
 *
 * Four levels of 64 slots; a tick is one millisecond. Setting, moving and cancelling a timer are constant work and
 * allocate nothing. A timer is never early and at most one tick late; one further away than the wheel reaches
 * (4.6 hours) waits in the last level and is filed again.
 *
 * Hot: an association moves its timer with every packet, nearly always to a later time, and the driver asks for the next
 * deadline after every batch. A timer that moves later stays where it is filed, until that time comes.
 */

const LEVELS = 4;
const SLOT_BITS = 6;
const SLOTS = 1 << SLOT_BITS;
const SLOT_MASK = SLOTS - 1;
/** How many ticks a slot of each level stands for; the last number is beyond the wheel's reach. */
const SPANS = Array.from({ length: LEVELS + 1 }, (_, level) => 2 ** (level * SLOT_BITS));
const REACH_TICKS = spanOf(LEVELS);

/** A timer's place in a wheel; its owner keeps it for life. */
export class TimerNode<T> {
  readonly owner: T;
  /** Infinity while the timer is not set. */
  deadlineMs: number = Number.POSITIVE_INFINITY;
  /** Bookkeeping of the wheel. The tick under which it is filed: no later than the deadline, unless that has passed. */
  filedTick = 0;
  next: TimerNode<T> | undefined = undefined;
  previous: TimerNode<T> | undefined = undefined;
  slot = -1;

  constructor(owner: T) {
    this.owner = owner;
  }
}

export class TimerWheel<T> {
  /** Every tick up to this one has been dealt with. */
  #tick = 0;
  #started = false;
  #count = 0;
  readonly #heads: Array<TimerNode<T> | undefined> = new Array<TimerNode<T> | undefined>(LEVELS * SLOTS).fill(
    undefined,
  );
  /** Occupied slots, two words of 32 bits a level. */
  readonly #occupied: Int32Array = new Int32Array(LEVELS * 2);

  /** Timers that are set. */
  get count(): number {
    return this.#count;
  }

  /** Sets or moves a timer; Infinity cancels it. `nowMs` never goes back. */
  set(node: TimerNode<T>, deadlineMs: number, nowMs: number): void {
    this.#start(nowMs);
    const isSet = deadlineMs < Number.POSITIVE_INFINITY;
    if (node.slot !== -1 && !(isSet && deadlineMs >= node.filedTick)) this.#unlink(node);
    node.deadlineMs = deadlineMs;
    if (isSet && node.slot === -1) this.#link(node, this.#tick + 1);
  }

  cancel(node: TimerNode<T>): void {
    if (node.slot !== -1) this.#unlink(node);
    node.deadlineMs = Number.POSITIVE_INFINITY;
  }

  /**
   * When `takeDue` is to be asked next: the earliest deadline, or earlier where timers must be filed anew; Infinity
   * while no timer is set.
   */
  nextDeadlineMs(): number {
    let earliest = Number.POSITIVE_INFINITY;
    if (this.#count === 0) return earliest;
    for (let level = 0; level < LEVELS; level++) {
      const span = spanOf(level);
      const position = Math.floor(this.#tick / span);
      const distance = this.#distanceToOccupied(level, (position + 1) & SLOT_MASK);
      if (distance === -1) continue;
      earliest = Math.min(earliest, (position + 1 + distance) * span);
    }
    return earliest;
  }

  /**
   * Takes out the timer that is due first at `nowMs`, and gives its owner; undefined where none is due any more. Ask until
   * then; timers may be set, moved and cancelled in between, that one too.
   */
  takeDue(nowMs: number): T | undefined {
    this.#start(nowMs);
    const target = Math.floor(nowMs);
    for (;;) {
      const node = this.#takeExpired();
      if (node !== undefined) return node.owner;
      if (this.#tick >= target) return undefined;
      this.#tick = Math.min(this.nextDeadlineMs(), target);
      this.#cascade();
    }
  }

  #start(nowMs: number): void {
    if (this.#started) return;
    this.#started = true;
    this.#tick = Math.floor(nowMs);
  }

  /** Where a higher level's slot begins, its timers move down; those due at this very tick into the slot at hand. */
  #cascade(): void {
    for (let level = LEVELS - 1; level > 0; level--) {
      const span = spanOf(level);
      if (this.#tick % span !== 0) continue;
      const slot = level * SLOTS + (Math.floor(this.#tick / span) & SLOT_MASK);
      let node = this.#takeSlot(slot);
      while (node !== undefined) {
        const { next } = node;
        node.next = undefined;
        node.previous = undefined;
        node.slot = -1;
        this.#count--;
        this.#link(node, this.#tick);
        node = next;
      }
    }
  }

  /** Takes a timer out of the slot of the tick at hand; undefined once that is empty. */
  #takeExpired(): TimerNode<T> | undefined {
    const slot = this.#tick & SLOT_MASK;
    for (let node = this.#heads[slot]; node !== undefined; node = this.#heads[slot]) {
      this.#unlink(node);
      if (Math.ceil(node.deadlineMs) > this.#tick) {
        this.#link(node, this.#tick + 1); // It has moved since it was filed.
      } else {
        node.deadlineMs = Number.POSITIVE_INFINITY;
        return node;
      }
    }
    return undefined;
  }

  /** Empties a slot and returns its list. */
  #takeSlot(slot: number): TimerNode<T> | undefined {
    const head = this.#heads[slot];
    if (head === undefined) return undefined;
    this.#heads[slot] = undefined;
    this.#unmark(slot);
    return head;
  }

  #link(node: TimerNode<T>, earliestTick: number): void {
    const due = Math.max(Math.ceil(node.deadlineMs), earliestTick);
    const distance = Math.min(due - this.#tick, REACH_TICKS - 1);
    const filedTick = this.#tick + distance;
    let level = 0;
    while (level < LEVELS - 1 && distance >= spanOf(level + 1)) level++;
    const slot = level * SLOTS + (Math.floor(filedTick / spanOf(level)) & SLOT_MASK);
    const head = this.#heads[slot];
    node.slot = slot;
    node.filedTick = filedTick;
    node.next = head;
    node.previous = undefined;
    if (head !== undefined) head.previous = node;
    this.#heads[slot] = node;
    this.#mark(slot);
    this.#count++;
  }

  #unlink(node: TimerNode<T>): void {
    const { next, previous, slot } = node;
    if (next !== undefined) next.previous = previous;
    if (previous !== undefined) previous.next = next;
    else {
      this.#heads[slot] = next;
      if (next === undefined) this.#unmark(slot);
    }
    node.next = undefined;
    node.previous = undefined;
    node.slot = -1;
    this.#count--;
  }

  #mark(slot: number): void {
    const word = slot >>> 5;
    this.#occupied[word] = (this.#occupied[word] ?? 0) | (1 << (slot & 31));
  }

  #unmark(slot: number): void {
    const word = slot >>> 5;
    this.#occupied[word] = (this.#occupied[word] ?? 0) & ~(1 << (slot & 31));
  }

  /** Slots from `from`, going round, to the first occupied one of a level; -1 where there is none. */
  #distanceToOccupied(level: number, from: number): number {
    const low = this.#occupied[2 * level] ?? 0;
    const high = this.#occupied[2 * level + 1] ?? 0;
    const notBefore = -1 << (from & 31);
    let slot = from < 32 ? lowestBit(low & notBefore, high) : lowestBit(0, high & notBefore);
    if (slot === -1) slot = lowestBit(low, high);
    return slot === -1 ? -1 : (slot - from) & SLOT_MASK;
  }
}

function spanOf(level: number): number {
  return SPANS[level] as number;
}

/** The number of the lowest bit that is set in 64; -1 if none is. */
function lowestBit(low: number, high: number): number {
  if (low !== 0) return 31 - Math.clz32(low & -low);
  return high === 0 ? -1 : 63 - Math.clz32(high & -high);
}
