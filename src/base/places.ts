/**
 * Places for what comes and goes: a coat check. What is brought gets the number of a place, and is taken away under it.
 * Owns: the places, and that what has left can be collected at once. Does not own: who keeps the numbers.
 *
 * Why not `Set` and `Map`: V8's have a table that is replaced whenever its entries, the deleted ones among them, fill it. The old
 * table keeps what was in it and a pointer to the new one. Once one of them is so old that only a full collection frees it, all that
 * come after it survive each scavenge, with everything that was ever in them: ended associations lived on, and setting one up cost
 * half as much again. Keys that are numbers and short strings do no such harm.
 */
export class Places<T> {
  readonly #items: Array<T | undefined> = [];
  readonly #free: number[] = [];

  /** How many places are taken. */
  get size(): number {
    return this.#items.length - this.#free.length;
  }

  /** @returns the number of its place: 0 or more, and never two at one time */
  add(item: T): number {
    const place = this.#free.pop() ?? this.#items.length;
    this.#items[place] = item;
    return place;
  }

  /** @param place one that is taken */
  at(place: number): T {
    return this.#items[place] as T;
  }

  /** Puts another thing into a place that is taken. */
  replace(place: number, item: T): void {
    this.#items[place] = item;
  }

  /** @param place one that is taken */
  remove(place: number): void {
    this.#items[place] = undefined;
    this.#free.push(place);
  }

  /** All, in the order of their places. */
  values(): T[] {
    return this.#items.filter((item) => item !== undefined);
  }
}

/** A `Map` for things that come and go, by keys that are numbers or strings; in the order in which they came, as there. */
export class PassingMap<K extends number | string, V> {
  readonly #placeOf: Map<K, number> = new Map();
  readonly #places: Places<V> = new Places();

  get size(): number {
    return this.#placeOf.size;
  }

  has(key: K): boolean {
    return this.#placeOf.has(key);
  }

  get(key: K): V | undefined {
    const place = this.#placeOf.get(key);
    return place === undefined ? undefined : this.#places.at(place);
  }

  set(key: K, value: V): void {
    const place = this.#placeOf.get(key);
    if (place === undefined) this.#placeOf.set(key, this.#places.add(value));
    else this.#places.replace(place, value);
  }

  /** @returns whether there was one */
  delete(key: K): boolean {
    const place = this.#placeOf.get(key);
    if (place === undefined) return false;
    this.#placeOf.delete(key);
    this.#places.remove(place);
    return true;
  }

  keys(): K[] {
    return [...this.#placeOf.keys()];
  }

  values(): V[] {
    return Array.from(this.#placeOf.values(), (place) => this.#places.at(place));
  }
}
