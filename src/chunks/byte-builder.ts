/**
 * Puts the value of a cold chunk, parameter or cause together.
 * Owns: growing memory and big-endian numbers. Does not own: formats. DATA and SACK do not come this way.
 */

export class ByteBuilder {
  #bytes = new Uint8Array(64);
  #view: DataView = new DataView(this.#bytes.buffer);
  #length = 0;

  u8(value: number): this {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
    return this;
  }
  u16(value: number): this {
    const at = this.#grow(2);
    this.#view.setUint16(at, value);
    return this;
  }
  u32(value: number): this {
    const at = this.#grow(4);
    this.#view.setUint32(at, value);
    return this;
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
    if (!last) this.#grow(-value.length & 3);
    return this;
  }
  build(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Makes room for `count` zero bytes, perhaps in new memory; returns where they are. */
  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
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
