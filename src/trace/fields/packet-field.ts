/**
 * A field of a packet, and how fields are read one behind the other.
 * Owns: the form of a field; that the fields of a stretch of bytes cover it, whatever the bytes: what cannot be read is a
 * field, too. Does not own: which fields there are (the other files of this folder).
 */
import { uint16At, uint32At } from "../../base/network-order.ts";
import { padded, TlvCursor } from "../../chunks/tlv.ts";
import { counted, payloadPreview } from "../labels.ts";

/**
 * A field of a packet. Its children cover its bytes without a gap, or are the bits of its one byte; a field without children
 * is read as a whole.
 */
export interface PacketField {
  /** Where in the packet it begins. */
  readonly offset: number;
  /** Never 0. */
  readonly lengthBytes: number;
  /** Which bits of its one byte it is made of; undefined where it is whole bytes. */
  readonly mask: number | undefined;
  /** The RFC's name; "undecoded" where the bytes do not have the RFC's form. */
  readonly name: string;
  /** What it says, as text. For "undecoded", why it could not be read. */
  readonly value: string;
  /** Where it is defined, such as "RFC 9260 3.3.1". */
  readonly section: string;
  /** What it is for, as a sentence. */
  readonly meaning: string;
  /** The bytes are not what the RFC asks for: undecoded, or a checksum that is wrong. */
  readonly isFaulty: boolean;
  readonly children: readonly PacketField[];
}

/** A flag of a chunk. */
export interface FlagBit {
  readonly mask: number;
  readonly name: string;
  readonly meaning: string;
}

type NumberSize = 1 | 2 | 4;

const PADDING_SECTION = "RFC 9260 3.2";

/** Reads fields of [start, end) from the front. Where bytes are missing it reads no further, and all that is left is undecoded. */
export class FieldReader {
  readonly fields: PacketField[] = [];
  readonly bytes: Uint8Array;
  readonly section: string;
  readonly #start: number;
  readonly #end: number;
  #at: number;
  /** Why nothing more can be read; undefined while it can. */
  #fault: string | undefined;

  /** @param section where the fields are defined */
  constructor(bytes: Uint8Array, start: number, end: number, section: string) {
    this.bytes = bytes;
    this.section = section;
    this.#start = start;
    this.#at = start;
    this.#end = end;
  }

  get leftBytes(): number {
    return this.#fault === undefined ? this.#end - this.#at : 0;
  }

  /** @returns the number; 0 where its bytes are missing */
  number(
    size: NumberSize,
    name: string,
    meaning: string,
    text: (value: number) => string = String,
    section: string = this.section,
  ): number {
    if (!this.#has(size, name)) return 0;
    const value = this.#numberAt(size);
    this.#add(size, name, text(value), meaning, section);
    return value;
  }

  /** The flags of a chunk: a byte, bit by bit. Bits that have no name are reserved. */
  flags(bits: readonly FlagBit[]): number {
    if (!this.#has(1, "Chunk Flags")) return 0;
    const at = this.#at;
    const value = this.bytes[at] as number;
    const reserved = 0xff & ~bits.reduce((mask, bit) => mask | bit.mask, 0);
    const bit = (mask: number, name: string, said: string, meaning: string): PacketField => ({
      ...plain(at, 1, name, said, this.section, meaning),
      mask,
    });
    const named = bits.map(({ mask, name, meaning }) =>
      bit(mask, name, (value & mask) === 0 ? "0, not set" : "1, set", meaning),
    );
    const rest =
      reserved === 0
        ? []
        : [
            bit(
              reserved,
              "Reserved",
              (value & reserved) === 0 ? "0" : hexByte(value & reserved),
              "Sent as 0, and ignored by the receiver.",
            ),
          ];
    const set = named.filter((_, i) => (value & (bits[i]?.mask ?? 0)) !== 0).map(({ name }) => name);
    this.add({
      ...plain(
        at,
        1,
        "Chunk Flags",
        set.length === 0 ? hexByte(value) : `${hexByte(value)}: ${set.join(", ")}`,
        this.section,
        bits.length === 0 ? "This chunk has no flags." : "One bit each, whose meaning depends on the type.",
      ),
      children: bits.length === 0 ? [] : [...rest, ...named].sort((a, b) => (b.mask ?? 0) - (a.mask ?? 0)),
    });
    return value;
  }

  /** So many bytes, of which `text` says what they are; nothing where there are to be none. */
  raw(
    lengthBytes: number,
    name: string,
    meaning: string,
    text: (value: Uint8Array) => string = bytesText,
  ): void {
    if (lengthBytes === 0 || !this.#has(lengthBytes, name)) return;
    this.#add(lengthBytes, name, text(this.bytes.subarray(this.#at, this.#at + lengthBytes)), meaning);
  }

  /** Everything that is left. */
  rest(name: string, meaning: string, text?: (value: Uint8Array) => string): void {
    this.raw(this.leftBytes, name, meaning, text);
  }

  /** Entries to the end, or as many as `count`, each a field with the fields that `read` finds. */
  entries(
    name: string,
    lengthBytes: number,
    meaning: string,
    read: (fields: FieldReader) => string,
    count = Number.POSITIVE_INFINITY,
  ): void {
    const isCounted = Number.isFinite(count);
    for (let i = 0; i < count && (isCounted || this.leftBytes > 0); i++) {
      const entryName = `${name} ${i + 1}`;
      if (!this.#has(lengthBytes, entryName)) return;
      const entry = new FieldReader(this.bytes, this.#at, this.#at + lengthBytes, this.section);
      const value = read(entry);
      this.add(entry.whole(entryName, value, meaning));
    }
  }

  /** The elements of type, length and value up to the end, or as many as `maxCount`, with the padding behind each. */
  tlvs(
    noun: string,
    read: (bytes: Uint8Array, start: number, end: number) => PacketField,
    maxCount: number = Number.POSITIVE_INFINITY,
  ): void {
    if (this.#fault !== undefined) return;
    const cursor = new TlvCursor().bind(this.bytes, this.#at, this.#end);
    for (let i = 0; i < maxCount && cursor.next(); i++) {
      this.add(read(this.bytes, cursor.start, cursor.end));
      this.padding(Math.min(padded(cursor.lengthBytes), this.#end - cursor.start) - cursor.lengthBytes);
    }
    if (cursor.malformed) this.stop(`a ${noun} whose length cannot be right`);
  }

  /** So many bytes that fill up to a multiple of four. */
  padding(lengthBytes: number): void {
    if (lengthBytes === 0) return;
    const value = this.bytes.subarray(this.#at, this.#at + lengthBytes);
    const isZero = value.every((byte) => byte === 0);
    this.#add(
      lengthBytes,
      "Padding",
      isZero
        ? counted(lengthBytes, "zero byte")
        : `${counted(lengthBytes, "byte")}, not zero as they ought to be`,
      "Fills up to a multiple of four bytes; not counted by the length, and ignored by the receiver.",
      PADDING_SECTION,
    );
  }

  /** Adds a field that somebody else has read, which begins here. */
  add(field: PacketField): void {
    this.fields.push(field);
    this.#at = field.offset + field.lengthBytes;
  }

  /** Reads no further: the rest cannot be read, for this reason. */
  stop(reason: string): void {
    if (this.#fault !== undefined) return;
    this.#fault = reason;
    const lengthBytes = this.#end - this.#at;
    if (lengthBytes > 0) this.fields.push(undecoded(this.#at, lengthBytes, reason, this.section));
  }

  /** The value of an element with one field behind so many of a header: what that one says. Else how long the element is. */
  summary(headerFields: number): string {
    const only = this.fields[headerFields];
    return only !== undefined && this.fields.length === headerFields + 1
      ? only.value
      : counted(this.#end - this.#start, "byte");
  }

  /** All of [start, end) as one field with the fields that were read; what nobody has asked for is undecoded. */
  whole(name: string, value: string, meaning: string): PacketField {
    if (this.leftBytes > 0) this.stop(`${counted(this.leftBytes, "byte")} for which the format has no place`);
    const said = this.#fault ?? value;
    return {
      ...plain(this.#start, this.#end - this.#start, name, said, this.section, meaning),
      isFaulty: this.#fault !== undefined,
      children: this.fields,
    };
  }

  #has(lengthBytes: number, name: string): boolean {
    if (this.#fault !== undefined) return false;
    if (lengthBytes <= this.#end - this.#at) return true;
    this.stop(`cut off: ${name} takes ${counted(lengthBytes, "byte")}`);
    return false;
  }

  #numberAt(size: NumberSize): number {
    if (size === 1) return this.bytes[this.#at] as number;
    return size === 2 ? uint16At(this.bytes, this.#at) : uint32At(this.bytes, this.#at);
  }

  #add(
    lengthBytes: number,
    name: string,
    value: string,
    meaning: string,
    section: string = this.section,
  ): void {
    this.add(plain(this.#at, lengthBytes, name, value, section, meaning));
  }
}

/** A field without children. */
export function plain(
  offset: number,
  lengthBytes: number,
  name: string,
  value: string,
  section: string,
  meaning: string,
): PacketField {
  return {
    offset,
    lengthBytes,
    mask: undefined,
    name,
    value,
    section,
    meaning,
    isFaulty: false,
    children: [],
  };
}

/** Bytes that do not have the RFC's form. */
export function undecoded(offset: number, lengthBytes: number, reason: string, section: string): PacketField {
  const meaning = "These bytes do not have the form that the RFC asks for, so nothing is read from them.";
  return { ...plain(offset, lengthBytes, "undecoded", reason, section, meaning), isFaulty: true };
}

/** "20 bytes: hex 00 01 ...". */
export function bytesText(value: Uint8Array): string {
  return `${counted(value.length, "byte")}: ${payloadPreview(value)}`;
}

/** A byte as "0x0f". */
export function hexByte(value: number): string {
  return `0x${value.toString(16).padStart(2, "0")}`;
}

/** 16 bits as "0xc000". */
export function hex16(value: number): string {
  return `0x${value.toString(16).padStart(4, "0")}`;
}
