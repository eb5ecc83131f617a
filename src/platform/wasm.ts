/**
 * An assembler for small WebAssembly modules.
 * Owns: the binary format as far as our kernels need it: LEB128, sections, a memory, functions, the instructions used;
 * making an instance where the host can. Does not own: any kernel (src/chunks/crc32c-kernel.ts).
 */

/** Bytes of instructions, one after the other. */
export type Code = readonly number[];

/** The value type of addresses and words. */
export const I32 = 0x7f;
/** A block without a result. */
const NO_RESULT = 0x40;
const END = 0x0b;
export const WASM_PAGE_BYTES = 65_536;

export interface WasmFunction {
  /** Undefined for one that only others of the module call. */
  readonly name?: string;
  readonly parameters: readonly number[];
  readonly locals: readonly number[];
  readonly result: number;
  readonly code: Code;
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest < -64 || rest > 63; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest & 0x7f];
}

const sized = (bytes: Code): number[] => [...unsigned(bytes.length), ...bytes];
const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, items: readonly Code[]): number[] => [id, ...sized(list(items))];
const text = (name: string): number[] => sized(Array.from(name, (letter) => letter.charCodeAt(0)));
const simd = (opcode: number, ...rest: number[]): number[] => [0xfd, ...unsigned(opcode), ...rest];

/** Local variables; parameters come first. */
export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number): Code => [0x21, ...unsigned(local)];
export const tee = (local: number): Code => [0x22, ...unsigned(local)];

/** Runs `body` if the condition on the stack is not zero. */
export const when = (body: readonly Code[]): Code => [0x04, NO_RESULT, ...body.flat(), END];
/** Runs `body` once, and again as long as it leaves a condition that is not zero. */
export const repeat = (body: readonly Code[]): Code => [0x03, NO_RESULT, ...body.flat(), 0x0d, 0, END];
/** Calls the function at this place in the module. */
export const call = (index: number): Code => [0x10, ...unsigned(index)];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  /** From the address on the stack; the offset is unsigned and costs nothing. */
  load: (offset: number): Code => [0x28, 0, ...unsigned(offset)],
  store: (offset: number): Code => [0x36, 0, ...unsigned(offset)],
  load8: (offset: number): Code => [0x2d, 0, ...unsigned(offset)],
  lessThan: [0x49] as Code,
  atMost: [0x4d] as Code,
  add: [0x6a] as Code,
  subtract: [0x6b] as Code,
  and: [0x71] as Code,
  xor: [0x73] as Code,
  shiftLeft: [0x74] as Code,
  shiftRight: [0x76] as Code,
};

/** Sixteen bytes at a time (the "fixed-width SIMD" proposal). */
export const v128 = {
  load: (offset: number): Code => simd(0x00, 0, ...unsigned(offset)),
  store: (offset: number): Code => simd(0x0b, 0, ...unsigned(offset)),
  zero: simd(0x0c, ...new Array<number>(16).fill(0)) as Code,
  xor: simd(0x51) as Code,
};

/** A module with one memory, which is exported as "memory". */
export function assemble(functions: readonly WasmFunction[], memoryPages: number): Uint8Array {
  const names = functions.flatMap(({ name }, index) => (name === undefined ? [] : [{ name, index }]));
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      functions.map(({ parameters, result }) => [0x60, ...sized(parameters), ...sized([result])]),
    ),
    ...section(
      3,
      functions.map((_, index) => unsigned(index)),
    ),
    ...section(5, [[0x01, ...unsigned(memoryPages), ...unsigned(memoryPages)]]),
    ...section(7, [
      [...text("memory"), 0x02, 0],
      ...names.map(({ name, index }) => [...text(name), 0x00, ...unsigned(index)]),
    ]),
    ...section(
      10,
      functions.map(({ locals, code }) => sized([...list(locals.map((type) => [1, type])), ...code, END])),
    ),
  ]);
}

/** What the host has of WebAssembly, as far as it is used here. */
interface WasmHost {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

/** The exports of a module; undefined where the host has no WebAssembly, does not allow it, or lacks an instruction. */
export function instantiate(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  const host = (globalThis as { WebAssembly?: WasmHost }).WebAssembly;
  if (host === undefined) return undefined;
  try {
    return new host.Instance(new host.Module(bytes)).exports;
  } catch {
    return undefined;
  }
}
