/**
 * Puts the value of a cold chunk, parameter or cause together.
 * Owns: growing memory and big-endian numbers. Does not own: formats. DATA and SACK do not come this way.
 */

const NO_MEMORY = new Uint8Array(0);
const FIRST_BYTES = 256;
/** Of builders that are done: builders nest no deeper than this, and new memory for each costs more than all it does. */
const spares: Uint8Array[] = [];
const MAX_SPARES = 4;
const MAX_SPARE_BYTES = 4_096;
const doubleBytes = new Uint8Array(8);
const double = new DataView(doubleBytes.buffer);

/** Up to here a loop copies faster than a call of `set`. */
const MAX_LOOPED_BYTES = 32;

/** Ends with `build()` or `copyTo()`, and is not used after it. */
export class ByteBuilder {
  #bytes: Uint8Array = NO_MEMORY;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#bytes[at] = value;
    return this;
  }
  u16(value: number): this {
    const at = this.#grow(2);
    this.#bytes[at] = value >>> 8;
    this.#bytes[at + 1] = value;
    return this;
  }
  u32(value: number): this {
    const at = this.#grow(4);
    this.#bytes[at] = value >>> 24;
    this.#bytes[at + 1] = value >>> 16;
    this.#bytes[at + 2] = value >>> 8;
    this.#bytes[at + 3] = value;
    return this;
  }
  f64(value: number): this {
    double.setFloat64(0, value);
    return this.raw(doubleBytes);
  }
  raw(bytes: Uint8Array): this {
    const count = bytes.length;
    const at = this.#grow(count);
    const to = this.#bytes;
    if (count > MAX_LOOPED_BYTES) to.set(bytes, at);
    else for (let i = 0; i < count; i++) to[at + i] = bytes[i] as number;
    return this;
  }
  /** A byte for each number. */
  u8s(values: readonly number[]): this {
    for (const value of values) this.u8(value);
    return this;
  }
  u16s(values: readonly number[]): this {
    for (const value of values) this.u16(value);
    return this;
  }
  /** Zeros up to a multiple of four from `start` on (RFC 9260 3.2). */
  pad(start = 0): this {
    while (((this.#length - start) & 3) !== 0) this.u8(0);
    return this;
  }

  /** Begins a type-length-value element; @returns what `endTlv` is to be told, which writes its length. */
  beginTlv(type: number): number {
    const at = this.#grow(4);
    this.#bytes[at] = type >>> 8;
    this.#bytes[at + 1] = type;
    return at;
  }
  /** The element that began at `at` ends here; it has no padding. */
  endTlv(at: number): this {
    const lengthBytes = this.#length - at;
    this.#bytes[at + 2] = lengthBytes >>> 8;
    this.#bytes[at + 3] = lengthBytes;
    return this;
  }
  /** A type-length-value element, without padding. */
  tlv(type: number, value: Uint8Array): this {
    const at = this.beginTlv(type);
    return this.raw(value).endTlv(at);
  }
  /** Overwrites a byte that has been written. */
  setU8(at: number, value: number): void {
    this.#bytes[at] = value;
  }

  build(): Uint8Array {
    const built = this.#bytes.slice(0, this.#length);
    this.#release();
    return built;
  }
  /** Writes all of it at `at` of `target`, which has room for it. */
  copyTo(target: Uint8Array, at: number): void {
    const from = this.#bytes;
    const count = this.#length;
    for (let i = 0; i < count; i++) target[at + i] = from[i] as number;
    this.#release();
  }
  /** What has been written is not wanted. */
  discard(): void {
    this.#release();
  }

  #release(): void {
    const bytes = this.#bytes;
    this.#bytes = NO_MEMORY;
    this.#length = 0;
    if (bytes.length > 0 && bytes.length <= MAX_SPARE_BYTES && spares.length < MAX_SPARES) spares.push(bytes);
  }

  /** Makes room for `count` bytes, perhaps in other memory; returns where they are. What is there is not zero. */
  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) this.#enlarge(at);
    return at;
  }

  #enlarge(usedBytes: number): void {
    const spare = usedBytes === 0 && this.#length <= FIRST_BYTES ? spares.pop() : undefined;
    const larger = spare ?? new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length, FIRST_BYTES));
    if (usedBytes > 0) larger.set(this.#bytes.subarray(0, usedBytes));
    this.#bytes = larger;
  }
}
