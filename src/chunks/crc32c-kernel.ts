/**
 * CRC32c in WebAssembly, sixteen bytes an instruction.
 * Owns: the kernel's program, its tables, its memory. Does not own: when it is used (crc32c.ts), the binary format
 * (src/platform/wasm.ts).
 *
 * How it works. A CRC is linear: a byte d bytes before the end of a message can be replaced by whatever has the same CRC
 * there. A block is six rows of sixteen bytes. The kernel moves what one block contributes into the next block, xors the
 * next block's bytes onto it, and so on; the CRC of what is left at the end is the message's. Each column of a block moves
 * by itself, and all sixteen columns alike: the byte in row p of column j becomes four bytes of column j in the next block,
 * in rows 0, 1, 3 and 5. (Four bytes suffice for any CRC if the 32 by 32 matrix from their bits to CRCs has an inverse. It
 * has none for four neighbouring rows, for the polynomial is divisible by x + 1; for these four it has.) So a row is moved
 * by looking its low and high nibbles up in four tables each: one `swizzle` looks up sixteen. That is half an instruction
 * of lookups per byte; a table of 256 words takes a load, a shift, a mask and an xor per byte.
 */
import {
  assemble,
  type Code,
  call,
  get,
  I32,
  i32,
  instantiate,
  repeat,
  set,
  tee,
  V128,
  v128,
  WASM_PAGE_BYTES,
  when,
} from "../platform/wasm.ts";
import { crcTables } from "./crc32c-tables.ts";

const ROW_BYTES = 16;
const ROWS = 6;
const BLOCK_BYTES = ROWS * ROW_BYTES;
/** The rows that what came before is moved into. The others hold a block's own bytes only. */
const TARGET_ROWS = [0, 1, 3, 5] as const;
const OTHER_ROWS = [2, 4] as const;

/** The kernel's memory: nibble tables, tables of words for short ends, then the packet. */
const NIBBLE_TABLES_AT = 0;
const SLICES = 8;
const SLICE_TABLES_AT = ROWS * 2 * TARGET_ROWS.length * ROW_BYTES;
const PACKET_AT = 12_288;
const PAGES = 2;
/** The longest packet that the kernel takes. */
export const KERNEL_MAX_BYTES = PAGES * WASM_PAGE_BYTES - PACKET_AT;

// Parameters and locals of both functions.
const REGISTER = 0;
const AT = 1;
const AT_END = 2;
const WORD_A = 3;
const WORD_B = 4;

const nibbleTableAt = (row: number, half: number, target: number): number =>
  NIBBLE_TABLES_AT + ((row * 2 + half) * TARGET_ROWS.length + target) * ROW_BYTES;

/** Runs bytes through the register eight at a time, then one at a time. */
function sliceProgram(): Code {
  const lookUp = (word: number, byte: number, table: number): Code => [
    ...get(word),
    ...i32.const(8 * byte),
    ...i32.shiftRight,
    ...i32.const(0xff),
    ...i32.and,
    ...i32.const(2),
    ...i32.shiftLeft,
    ...i32.load(SLICE_TABLES_AT + table * 1_024),
  ];
  const hasRoom = (bytes: number): Code => [
    ...get(AT),
    ...i32.const(bytes),
    ...i32.add,
    ...get(AT_END),
    ...i32.atMost,
  ];
  const lookUpAll = [0, 1, 2, 3].flatMap((byte) => [
    ...lookUp(WORD_A, byte, 7 - byte),
    ...i32.xor,
    ...lookUp(WORD_B, byte, 3 - byte),
    ...i32.xor,
  ]);
  const eightBytes: Code[] = [
    [...get(AT), ...i32.load(0), ...get(REGISTER), ...i32.xor, ...set(WORD_A)],
    [...get(AT), ...i32.load(4), ...set(WORD_B)],
    [...i32.const(0), ...lookUpAll, ...set(REGISTER)],
    [...get(AT), ...i32.const(8), ...i32.add, ...set(AT)],
  ];
  const oneByte: Code[] = [
    [...get(REGISTER), ...get(AT), ...i32.load8(0), ...i32.xor, ...set(WORD_A)],
    [
      ...lookUp(WORD_A, 0, 0),
      ...get(REGISTER),
      ...i32.const(8),
      ...i32.shiftRight,
      ...i32.xor,
      ...set(REGISTER),
    ],
    [...get(AT), ...i32.const(1), ...i32.add, ...set(AT)],
  ];
  return [
    ...hasRoom(8),
    ...when([repeat([...eightBytes, hasRoom(8)])]),
    ...hasRoom(1),
    ...when([repeat([...oneByte, hasRoom(1)])]),
    ...get(REGISTER),
  ];
}

/** Folds block after block into the last one, where it stands in memory; the rest of the work is the slices'. */
function foldProgram(slices: number): Code {
  const [held, next, low, high, mask] = [3, 7, 11, 12, 13];
  const lastStart = 14;
  const load = (offset: number): Code => [...get(AT), ...v128.load(offset)];
  const lookUp = (row: number, half: number, target: number, nibbles: number): Code => [
    ...i32.const(0),
    ...v128.load(nibbleTableAt(row, half, target)),
    ...get(nibbles),
    ...v128.swizzle,
    ...v128.xor,
  ];
  const move = (row: number, bytes: Code): Code => [
    ...[...bytes, ...tee(high), ...get(mask), ...v128.and, ...set(low)],
    ...[...get(high), ...i32.const(4), ...v128.shiftRight16, ...get(mask), ...v128.and, ...set(high)],
    ...TARGET_ROWS.flatMap((_, target) => [
      ...get(next + target),
      ...lookUp(row, 0, target, low),
      ...lookUp(row, 1, target, high),
      ...set(next + target),
    ]),
  ];
  const foldBlock: Code[] = [
    ...TARGET_ROWS.map((row, i) => [...load(BLOCK_BYTES + row * ROW_BYTES), ...set(next + i)]),
    ...OTHER_ROWS.map((row) => move(row, load(row * ROW_BYTES))),
    ...TARGET_ROWS.map((row, i) => move(row, get(held + i))),
    ...TARGET_ROWS.map((_, i) => [...get(next + i), ...set(held + i)]),
    [...get(AT), ...i32.const(BLOCK_BYTES), ...i32.add, ...tee(AT), ...get(lastStart), ...i32.atMost],
  ];
  const foldAll: Code[] = [
    [...i32.const(0x0f), ...v128.splat8, ...set(mask)],
    ...TARGET_ROWS.map((row, i) => [...load(row * ROW_BYTES), ...set(held + i)]),
    // What is in the register belongs to the first four bytes.
    [...v128.zero, ...get(REGISTER), ...v128.replaceLane32(0), ...get(held), ...v128.xor, ...set(held)],
    [...get(AT_END), ...i32.const(2 * BLOCK_BYTES), ...i32.subtract, ...set(lastStart)],
    repeat(foldBlock),
    ...TARGET_ROWS.map((row, i) => [...get(AT), ...get(held + i), ...v128.store(row * ROW_BYTES)]),
    [...i32.const(0), ...set(REGISTER)],
  ];
  return [
    ...[...get(AT), ...i32.const(2 * BLOCK_BYTES), ...i32.add, ...get(AT_END), ...i32.atMost],
    ...when(foldAll),
    ...[...get(REGISTER), ...get(AT), ...get(AT_END), ...call(slices)],
  ];
}

/** The kernel's module, for whoever wants to look at it. */
export function kernelModule(): Uint8Array {
  const parameters = [I32, I32, I32];
  return assemble(
    [
      { parameters, locals: [I32, I32], result: I32, code: sliceProgram() },
      {
        name: "update",
        parameters,
        locals: [...new Array<number>(11).fill(V128), I32],
        result: I32,
        code: foldProgram(0),
      },
    ],
    PAGES,
  );
}

/**
 * The nibble tables: for each row, half of its bytes and target row, what the sixteen values become one block later.
 * @param words from `crcTables`
 */
function nibbleTables(words: Int32Array): Uint8Array {
  // What a byte with one bit set contributes `distanceBytes` bytes before the end.
  const contribution = (bit: number, distanceBytes: number): number => {
    let crc = words[1 << bit] ?? 0;
    for (let i = 0; i < distanceBytes; i++) crc = (crc >>> 8) ^ (words[crc & 0xff] ?? 0);
    return crc;
  };
  const rowDistance = (row: number): number => (ROWS - 1 - row) * ROW_BYTES;
  // Which bits of the four target bytes give a CRC: elimination over GF(2), the basis by highest bit.
  const basis: { crc: number; bits: number }[] = [];
  const reduce = (crc: number): { crc: number; bits: number; top: number } => {
    let [rest, bits] = [crc, 0];
    for (let top = 31; top >= 0; top--) {
      if (((rest >>> top) & 1) === 0) continue;
      const element = basis[top];
      if (element === undefined) return { crc: rest, bits, top };
      rest ^= element.crc;
      bits ^= element.bits;
    }
    return { crc: 0, bits, top: -1 };
  };
  for (const [target, row] of TARGET_ROWS.entries()) {
    for (let bit = 0; bit < 8; bit++) {
      const { crc, bits, top } = reduce(contribution(bit, rowDistance(row)));
      basis[top] = { crc, bits: bits ^ (1 << (8 * target + bit)) };
    }
  }
  const tables = new Uint8Array(SLICE_TABLES_AT - NIBBLE_TABLES_AT);
  for (let row = 0; row < ROWS; row++) {
    for (let bit = 0; bit < 8; bit++) {
      const { bits } = reduce(contribution(bit, rowDistance(row) + BLOCK_BYTES));
      for (const target of TARGET_ROWS.keys()) {
        const at = nibbleTableAt(row, bit >>> 2, target) - NIBBLE_TABLES_AT;
        for (let value = 0; value < 16; value++) {
          if (((value >>> (bit & 3)) & 1) === 1)
            tables[at + value] = (tables[at + value] ?? 0) ^ (bits >>> (8 * target));
        }
      }
    }
  }
  return tables;
}

/** CRC32c of whole packets, in the memory of one WebAssembly instance. */
export class CrcKernel {
  readonly #update: (register: number, start: number, end: number) => number;
  readonly #memory: Uint8Array;

  /** Undefined where the host has no WebAssembly with SIMD. */
  static make(): CrcKernel | undefined {
    const exports = instantiate(kernelModule());
    return exports === undefined ? undefined : new CrcKernel(exports);
  }

  private constructor(exports: Readonly<Record<string, unknown>>) {
    const { update, memory } = exports as {
      update: (register: number, start: number, end: number) => number;
      memory: { readonly buffer: ArrayBuffer };
    };
    const words = crcTables(SLICES);
    this.#update = update;
    this.#memory = new Uint8Array(memory.buffer);
    this.#memory.set(nibbleTables(words), NIBBLE_TABLES_AT);
    new Int32Array(memory.buffer, SLICE_TABLES_AT, words.length).set(words);
  }

  /**
   * The CRC32c of a message in which bytes [from, to) count as zero.
   * @param bytes at most KERNEL_MAX_BYTES
   */
  crc(bytes: Uint8Array, from: number, to: number): number {
    const memory = this.#memory;
    memory.set(bytes, PACKET_AT);
    for (let i = from; i < to; i++) memory[PACKET_AT + i] = 0;
    return ~this.#update(-1, PACKET_AT, PACKET_AT + bytes.length) >>> 0;
  }
}
