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

/** Ends with `build()`, and is not used after it. */
export class ByteBuilder {
  #bytes: Uint8Array = NO_MEMORY;
  #length = 0;

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
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }
  /** A type-length-value element; `last` leaves out the padding behind it. */
  tlv(type: number, value: Uint8Array, last = false): this {
    this.u16(type)
      .u16(4 + value.length)
      .raw(value);
    if (!last) for (let i = -value.length & 3; i > 0; i--) this.u8(0);
    return this;
  }
  build(): Uint8Array {
    const bytes = this.#bytes;
    const built = bytes.slice(0, this.#length);
    this.#bytes = NO_MEMORY;
    this.#length = 0;
    const isSpare = bytes.length > 0 && bytes.length <= MAX_SPARE_BYTES && spares.length < MAX_SPARES;
    if (isSpare) spares.push(bytes);
    return built;
  }

  /** Makes room for `count` bytes, perhaps in other memory; returns where they are. What is there is not zero. */
  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const spare = at === 0 && this.#length <= FIRST_BYTES ? spares.pop() : undefined;
      const larger = spare ?? new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length, FIRST_BYTES));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    return at;
  }
}

/** Several elements one behind the other, each padded but the last (RFC 9260 3.2). */
export function buildTlvs(
  elements: ReadonlyArray<{ readonly type: number; readonly value: Uint8Array }>,
): Uint8Array {
  const builder = new ByteBuilder();
  elements.forEach(({ type, value }, i) => {
    builder.tlv(type, value, i === elements.length - 1);
  });
  return builder.build();
}
