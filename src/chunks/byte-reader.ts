/**
 * Reads the value of a cold chunk, parameter or cause.
 * Owns: the bounds: what is missing is a ParseError with the code that the caller chose. Does not own: formats.
 */
import { uint16At, uint32At } from "../base/network-order.ts";
import { ParseError, type ParseErrorCode } from "./errors.ts";

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #shortage: ParseErrorCode;
  #at: number;

  /** Reads [start, end) of `bytes`. */
  constructor(bytes: Uint8Array, start: number, end: number, shortage: ParseErrorCode) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#shortage = shortage;
  }

  get at(): number {
    return this.#at;
  }
  get leftBytes(): number {
    return this.#end - this.#at;
  }

  u8(): number {
    return this.#bytes[this.#take(1)] as number;
  }
  u16(): number {
    return uint16At(this.#bytes, this.#take(2));
  }
  u32(): number {
    return uint32At(this.#bytes, this.#take(4));
  }
  raw(lengthBytes: number): Uint8Array {
    const start = this.#take(lengthBytes);
    return this.#bytes.subarray(start, start + lengthBytes);
  }
  /** Everything that is left. */
  rest(): Uint8Array {
    return this.raw(this.leftBytes);
  }
  /** Bytes to the end, as numbers. */
  u8s(): number[] {
    const numbers: number[] = [];
    while (this.leftBytes > 0) numbers.push(this.u8());
    return numbers;
  }
  /** 16-bit numbers to the end. */
  u16s(): number[] {
    const numbers: number[] = [];
    while (this.leftBytes > 0) numbers.push(this.u16());
    return numbers;
  }
  /** @throws ParseError if anything is left */
  done(): void {
    if (this.leftBytes !== 0) throw new ParseError(this.#shortage, this.#at);
  }

  #take(count: number): number {
    const at = this.#at;
    if (count > this.#end - at) throw new ParseError(this.#shortage, at);
    this.#at += count;
    return at;
  }
}
