/**
 * Spoiling packets: their bytes without understanding, and their chunks, parameters and numbers with some.
 * Owns: the mutations of one packet. Does not own: sequences of packets (generate.ts).
 */
import { ChunkType } from "../../../src/chunks/codes.ts";
import type { SeededRandom } from "../../../src/platform/random.ts";
import { pick } from "../models/program.ts";

const HEADER_BYTES = 12;
/** Larger packets are rare enough by nature; this keeps mutations from growing without end. */
const MAX_BYTES = 6_000;
const EDGES_8 = [0, 1, 3, 4, 0x7f, 0x80, 0xff] as const;
const EDGES_16 = [0, 1, 3, 4, 5, 8, 12, 16, 20, 0x7fff, 0x8000, 0xfffc, 0xffff] as const;
const EDGES_32 = [0, 1, 2, 1_499, 1_500, 0x7fff_ffff, 0x8000_0000, 0xffff_fff9, 0xffff_ffff] as const;
/** Every chunk type that has a name, and some that have none: two top bits each way. */
const TYPES = [...Object.values(ChunkType), 0x3f, 0x7f, 0xbf, 0xff] as const;

/** A chunk as it lies in a packet; its length field may say something else than its value has. */
interface LooseChunk {
  type: number;
  flags: number;
  lengthField: number;
  value: Uint8Array;
}

/** The packet, changed in one to four places. */
export function mutated(random: SeededRandom, packet: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  let bytes = packet;
  for (let i = random.integer(1, 4); i > 0; i--) {
    const choice = random.integer(0, 9);
    if (choice < 4) bytes = mutateNumbers(random, bytes);
    else if (choice < 7) bytes = mutateChunks(random, bytes, others);
    else if (choice < 8) bytes = mutateElements(random, bytes);
    else bytes = mutateBytes(random, bytes);
  }
  return bytes.slice(0, MAX_BYTES);
}

// ---- Without understanding -------------------------------------------------------------------------------------

function mutateBytes(random: SeededRandom, packet: Uint8Array): Uint8Array {
  const bytes = packet.slice();
  if (bytes.length === 0) return bytes;
  const at = random.integer(0, bytes.length - 1);
  switch (random.integer(0, 6)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.integer(0, 7));
      return bytes;
    case 1:
      bytes[at] = random.integer(0, 255);
      return bytes;
    case 2:
      bytes[at] = pick(random, EDGES_8) ?? 0;
      return bytes;
    case 3:
      return bytes.subarray(0, at);
    case 4: {
      const length = random.integer(1, 8);
      return joined(bytes.subarray(0, at), bytes.subarray(at + length));
    }
    case 5: {
      const length = random.integer(1, 40);
      return joined(bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at));
    }
    default: {
      const view = viewOf(bytes);
      if (random.integer(0, 1) === 0 && at + 4 <= bytes.length) view.setUint32(at, edge32(random));
      else if (at + 2 <= bytes.length) view.setUint16(at, edge16(random));
      return bytes;
    }
  }
}

// ---- Whole chunks ----------------------------------------------------------------------------------------------

function mutateChunks(random: SeededRandom, packet: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  const chunks = split(packet);
  const at = random.integer(0, Math.max(0, chunks.length - 1));
  const chunk = chunks[at];
  if (chunk === undefined) return packet;
  switch (random.integer(0, 9)) {
    case 0:
      chunk.type = pick(random, TYPES) ?? 0;
      break;
    case 1:
      chunk.flags = random.integer(0, 1) === 0 ? random.integer(0, 15) : random.integer(0, 255);
      break;
    case 2:
      chunk.lengthField = Math.max(0, chunk.lengthField + random.integer(-4, 4)) & 0xffff;
      break;
    case 3:
      chunk.lengthField = edge16(random);
      break;
    case 4:
      chunks.splice(at, 1);
      break;
    case 5: {
      const many = random.integer(0, 7) === 0 ? random.integer(20, 60) : random.integer(1, 3);
      for (let i = 0; i < many; i++) chunks.splice(at, 0, { ...chunk });
      break;
    }
    case 6:
      chunks.reverse();
      break;
    case 7: {
      const spliced = split(pick(random, others) ?? packet);
      chunks.splice(random.integer(0, chunks.length), 0, ...spliced);
      break;
    }
    case 8:
      chunks[at] = resized(chunk, random.integer(0, chunk.value.length));
      break;
    default:
      chunks[at] = resized(chunk, chunk.value.length + random.integer(1, 60));
  }
  return build(packet, chunks);
}

function resized(chunk: LooseChunk, lengthBytes: number): LooseChunk {
  const value = new Uint8Array(lengthBytes);
  value.set(chunk.value.subarray(0, lengthBytes));
  return { ...chunk, value, lengthField: 4 + lengthBytes };
}

// ---- Numbers whose meaning is known ----------------------------------------------------------------------------

function mutateNumbers(random: SeededRandom, packet: Uint8Array): Uint8Array {
  const chunks = split(packet);
  const chunk = pick(random, chunks);
  if (chunk === undefined) return packet;
  const value = chunk.value.slice();
  chunk.value = value;
  const view = viewOf(value);
  switch (chunk.type) {
    case ChunkType.Data:
      if (value.length >= 12) mutateData(random, chunk, view);
      break;
    case ChunkType.Sack:
      if (value.length >= 12) Object.assign(chunk, mutatedSack(random, chunk, view, 1));
      break;
    case ChunkType.NrSack:
      if (value.length >= 16) Object.assign(chunk, mutatedSack(random, chunk, view, 2));
      break;
    case ChunkType.Init:
    case ChunkType.InitAck:
      if (value.length >= 16) mutateInit(random, view);
      break;
    default:
      if (value.length >= 4) view.setUint32(0, near32(random, view.getUint32(0)));
  }
  return build(packet, chunks);
}

function mutateData(random: SeededRandom, chunk: LooseChunk, view: DataView): void {
  switch (random.integer(0, 4)) {
    case 0:
      chunk.flags = random.integer(0, 15);
      return;
    case 1:
      return view.setUint16(4, random.integer(0, 2) === 0 ? edge16(random) : random.integer(0, 9));
    case 2:
      return view.setUint16(6, near16(random, view.getUint16(6)));
    default:
      return view.setUint32(0, near32(random, view.getUint32(0)));
  }
}

/**
 * Blocks near what is outstanding, in order or not, and counts that may be wrong.
 * @param lists of blocks: one in a SACK; two in an NR-SACK, each about the same TSNs
 */
function mutatedSack(
  random: SeededRandom,
  chunk: LooseChunk,
  view: DataView,
  lists: 1 | 2,
): Partial<LooseChunk> {
  switch (random.integer(0, 4)) {
    case 0:
      view.setUint32(0, near32(random, view.getUint32(0)));
      return {};
    case 1:
      view.setUint32(4, edge32(random));
      return {};
    case 2:
      view.setUint16(8 + 2 * random.integer(0, lists), random.integer(0, 1) === 0 ? edge16(random) : 2);
      return {};
    default: {
      const blocks = random.integer(1, random.integer(0, 9) === 0 ? 200 : 4);
      const listAt = lists === 1 ? 12 : 16;
      const value = new Uint8Array(listAt + 4 * blocks);
      value.set(chunk.value.subarray(0, 8));
      const out = viewOf(value);
      const firstCount = lists === 1 ? blocks : random.integer(0, blocks);
      out.setUint16(8, firstCount);
      if (lists === 2) out.setUint16(10, blocks - firstCount);
      let offset = 1;
      for (let i = 0; i < blocks; i++) {
        if (i === firstCount) offset = 1;
        const start = Math.max(0, offset + random.integer(random.integer(0, 7) === 0 ? -2 : 1, 3));
        offset = start + random.integer(0, 2);
        out.setUint16(listAt + 4 * i, start & 0xffff);
        out.setUint16(listAt + 2 + 4 * i, offset & 0xffff);
      }
      return { value, lengthField: 4 + value.length };
    }
  }
}

function mutateInit(random: SeededRandom, view: DataView): void {
  switch (random.integer(0, 3)) {
    case 0:
      return view.setUint32(0, random.integer(0, 1) === 0 ? edge32(random) : random.uint32());
    case 1:
      return view.setUint32(4, edge32(random));
    case 2:
      return view.setUint16(8 + 2 * random.integer(0, 1), edge16(random));
    default:
      return view.setUint32(12, near32(random, view.getUint32(12)));
  }
}

// ---- Parameters and causes -------------------------------------------------------------------------------------

/** Where the parameters or causes of a chunk begin in its value; undefined where it has none. */
function elementsAt(type: number): number | undefined {
  switch (type) {
    case ChunkType.Init:
    case ChunkType.InitAck:
      return 16;
    case ChunkType.Asconf:
    case ChunkType.AsconfAck:
      return 4;
    case ChunkType.Heartbeat:
    case ChunkType.HeartbeatAck:
    case ChunkType.Abort:
    case ChunkType.Error:
    case ChunkType.ReConfig:
      return 0;
    default:
      return undefined;
  }
}

/** Spoils one parameter or cause: its type, its length, its value; or leaves it out, or says it twice. */
function mutateElements(random: SeededRandom, packet: Uint8Array): Uint8Array {
  const chunks = split(packet);
  const chunk = pick(random, chunks);
  const start = chunk === undefined ? undefined : elementsAt(chunk.type);
  if (chunk === undefined || start === undefined || chunk.value.length < start + 4)
    return mutateBytes(random, packet);
  const value = chunk.value.slice();
  const view = viewOf(value);
  const starts: number[] = [];
  for (let at = start; at + 4 <= value.length; at += Math.max(4, (view.getUint16(at + 2) + 3) & ~3))
    starts.push(at);
  const at = pick(random, starts) ?? start;
  const end = Math.min(value.length, at + Math.max(4, (view.getUint16(at + 2) + 3) & ~3));
  chunk.value = value;
  switch (random.integer(0, 5)) {
    case 0:
      view.setUint16(at, random.integer(0, 1) === 0 ? random.integer(0, 20) : random.integer(0, 0xffff));
      break;
    case 1:
      view.setUint16(at + 2, Math.max(0, view.getUint16(at + 2) + random.integer(-4, 4)));
      break;
    case 2:
      view.setUint16(at + 2, edge16(random));
      break;
    case 3:
      chunk.value = joined(value.subarray(0, at), value.subarray(end));
      break;
    case 4:
      chunk.value = joined(value.subarray(0, end), value.subarray(at));
      break;
    default:
      for (let i = at + 4; i < end; i++) if (random.integer(0, 3) === 0) value[i] = random.integer(0, 255);
  }
  chunk.lengthField = 4 + chunk.value.length;
  return build(packet, chunks);
}

// ---- Bytes and chunks ------------------------------------------------------------------------------------------

/** The chunks of a packet as far as their lengths make sense; the rest becomes part of the last one. */
function split(packet: Uint8Array): LooseChunk[] {
  const view = viewOf(packet);
  const chunks: LooseChunk[] = [];
  for (let at = HEADER_BYTES; at + 4 <= packet.length; ) {
    const lengthField = view.getUint16(at + 2);
    const end = Math.min(packet.length, at + Math.max(4, lengthField));
    const value = packet.subarray(at + 4, end);
    chunks.push({ type: view.getUint8(at), flags: view.getUint8(at + 1), lengthField, value });
    at += (Math.max(4, lengthField) + 3) & ~3;
  }
  return chunks;
}

function build(packet: Uint8Array, chunks: readonly LooseChunk[]): Uint8Array {
  const total = chunks.reduce((sum, { value }) => sum + ((4 + value.length + 3) & ~3), HEADER_BYTES);
  const bytes = new Uint8Array(total);
  const view = viewOf(bytes);
  bytes.set(packet.subarray(0, HEADER_BYTES));
  let at = HEADER_BYTES;
  for (const { type, flags, lengthField, value } of chunks) {
    view.setUint8(at, type);
    view.setUint8(at + 1, flags);
    view.setUint16(at + 2, lengthField);
    bytes.set(value, at + 4);
    at += (4 + value.length + 3) & ~3;
  }
  return bytes;
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const edge16 = (random: SeededRandom): number => pick(random, EDGES_16) ?? 0;
const edge32 = (random: SeededRandom): number => pick(random, EDGES_32) ?? 0;

/** A number near another one, or half the circle away, or at an edge. */
function near32(random: SeededRandom, value: number): number {
  const choice = random.integer(0, 9);
  if (choice < 6) return (value + random.integer(-6, 6)) >>> 0;
  if (choice < 7) return (value + random.integer(-70_000, 70_000)) >>> 0;
  if (choice < 8) return (value + 0x8000_0000 + random.integer(-2, 2)) >>> 0;
  return edge32(random);
}

function near16(random: SeededRandom, value: number): number {
  const choice = random.integer(0, 4);
  if (choice < 3) return (value + random.integer(-3, 3)) & 0xffff;
  if (choice < 4) return (value + 0x8000 + random.integer(-1, 1)) & 0xffff;
  return edge16(random);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
