/**
 * CRC32c in WebAssembly, sixteen bytes an instruction and no table for most of a packet.
 * Owns: the kernel's program and its memory. Does not own: when it is used (crc32c.ts), the binary format
 * (src/platform/wasm.ts).
 *
 * How it works. A CRC is the remainder of the message, a polynomial over GF(2), divided by the polynomial P of CRC32c. P
 * has a multiple of six terms only, all of whose exponents are multiples of eight:
 *
 *     x^(8*266) + x^(8*143) + x^(8*121) + x^(8*88) + x^(8*71) + 1
 *
 * So the first byte of a message may be taken away if it is xored onto the bytes 123, 145, 178, 195 and 266 places behind
 * it: the remainder stays the same. (Found by looking for four residues x^(8*k) mod P whose sum is that of two others,
 * among those that lie far enough apart for what was stored to be in the cache before it is loaded again.) The kernel takes
 * away sixteen bytes at a time: the sum of six loads is what becomes of the bytes at one place, once everything before them
 * has been taken away. The last 266 bytes and a few more remain, and go through tables of words.
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
  v128,
  WASM_PAGE_BYTES,
  when,
} from "../platform/wasm.ts";
import { crcTables } from "./crc32c-tables.ts";

/** Where a byte's value is xored when it is taken away: so many places behind it. */
const SHIFTS = [123, 145, 178, 195, 266] as const;
const REACH = Math.max(...SHIFTS);
const ROW_BYTES = 16;

/** The kernel's memory: tables of words, what remains of the packet, zeros before the packet, the packet. */
const SLICES = 8;
const TABLES_AT = 0;
const REST_AT = SLICES * 1_024;
const PACKET_AT = 12_288;
const PAGES = 2;
/** The longest packet that the kernel takes: the last row may be half outside of it. */
export const KERNEL_MAX_BYTES = PAGES * WASM_PAGE_BYTES - PACKET_AT - ROW_BYTES;

// Parameters of both functions.
const REGISTER = 0;
const AT = 1;
const AT_END = 2;

const plus = (local: number, bytes: number): Code => [...get(local), ...i32.const(bytes), ...i32.add];
const minus = (local: number, bytes: number): Code => [...get(local), ...i32.const(bytes), ...i32.subtract];
/** Whether so many bytes are left. */
const hasRoom = (bytes: number): Code => [...plus(AT, bytes), ...get(AT_END), ...i32.atMost];

/** Runs bytes through the register eight at a time, then one at a time. */
function sliceProgram(): Code {
  const [wordA, wordB] = [3, 4];
  const lookUp = (word: number, byte: number, table: number): Code => [
    ...[...get(word), ...i32.const(8 * byte), ...i32.shiftRight, ...i32.const(0xff), ...i32.and],
    ...[...i32.const(2), ...i32.shiftLeft, ...i32.load(TABLES_AT + table * 1_024)],
  ];
  const lookUpAll = [0, 1, 2, 3].flatMap((byte) => [
    ...[...lookUp(wordA, byte, 7 - byte), ...i32.xor],
    ...[...lookUp(wordB, byte, 3 - byte), ...i32.xor],
  ]);
  const eightBytes: Code[] = [
    [...get(AT), ...i32.load(0), ...get(REGISTER), ...i32.xor, ...set(wordA)],
    [...get(AT), ...i32.load(4), ...set(wordB)],
    [...i32.const(0), ...lookUpAll, ...set(REGISTER)],
    [...plus(AT, 8), ...set(AT)],
    hasRoom(8),
  ];
  const oneByte: Code[] = [
    [...get(REGISTER), ...get(AT), ...i32.load8(0), ...i32.xor, ...set(wordA)],
    [
      ...lookUp(wordA, 0, 0),
      ...get(REGISTER),
      ...i32.const(8),
      ...i32.shiftRight,
      ...i32.xor,
      ...set(REGISTER),
    ],
    [...plus(AT, 1), ...set(AT)],
    hasRoom(1),
  ];
  return [
    ...[...hasRoom(8), ...when([repeat(eightBytes)])],
    ...[...hasRoom(1), ...when([repeat(oneByte)])],
    ...get(REGISTER),
  ];
}

/** Takes away all but the end of the packet; the rest of the work is the slices'. */
function foldProgram(slices: number): Code {
  /** Points REACH bytes before the row at hand, so that what lies before the row has an offset of its own. */
  const [before, last, rest, restBytes] = [3, 4, 5, 6];
  const row: Code = [
    ...[...get(before), ...v128.load(REACH)],
    ...SHIFTS.flatMap((shift) => [...get(before), ...v128.load(REACH - shift), ...v128.xor]),
  ];
  const takeAway: Code[] = [
    [...get(before), ...row, ...v128.store(REACH)],
    [...plus(before, ROW_BYTES), ...tee(before), ...get(last), ...i32.atMost],
  ];
  // What was taken away counts, what remains does not: it moves elsewhere and leaves zeros.
  const keepRest: Code[] = [
    [...get(rest), ...row, ...v128.store(0)],
    [...get(before), ...v128.zero, ...v128.store(REACH)],
    [...plus(before, ROW_BYTES), ...set(before)],
    [...plus(rest, ROW_BYTES), ...set(rest)],
    [...minus(rest, REST_AT), ...get(restBytes), ...i32.lessThan],
  ];
  const fold: Code[] = [
    // What is in the register belongs to the first four bytes.
    [...get(AT), ...get(AT), ...i32.load(0), ...get(REGISTER), ...i32.xor, ...i32.store(0)],
    [...i32.const(0), ...set(REGISTER)],
    [...minus(AT, REACH), ...set(before)],
    [...minus(AT_END, 2 * REACH + ROW_BYTES), ...set(last)],
    repeat(takeAway),
    [...minus(AT_END, REACH), ...get(before), ...i32.subtract, ...set(restBytes)],
    [...i32.const(REST_AT), ...set(rest)],
    repeat(keepRest),
    [...i32.const(REST_AT), ...set(AT)],
    [...i32.const(REST_AT), ...get(restBytes), ...i32.add, ...set(AT_END)],
  ];
  return [
    ...[...hasRoom(REACH + ROW_BYTES), ...when(fold)],
    ...[...get(REGISTER), ...get(AT), ...get(AT_END), ...call(slices)],
  ];
}

function kernelModule(): Uint8Array {
  const parameters = [I32, I32, I32];
  return assemble(
    [
      { parameters, locals: [I32, I32], result: I32, code: sliceProgram() },
      { name: "update", parameters, locals: [I32, I32, I32, I32], result: I32, code: foldProgram(0) },
    ],
    PAGES,
  );
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
    new Int32Array(memory.buffer, TABLES_AT, words.length).set(words);
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
