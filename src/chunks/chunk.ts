/**
 * Chunks as plain immutable objects: for everything that is not hot, for tools and for tests.
 * Owns: the union of all chunks of RFC 9260 and of the extensions, decoding, encoding.
 * Does not own: the hot views of DATA and SACK (data.ts, sack.ts), parameters and causes (files of their own).
 */
import { ByteBuilder } from "./byte-builder.ts";
import { ByteReader } from "./byte-reader.ts";
import { addCauses, type Cause, decodeCauses, readableCauses } from "./causes.ts";
import { ChunkType, chunkTypeOf, ParameterType } from "./codes.ts";
import { DataFlag } from "./data.ts";
import { addNrSack, decodeNrSack, type NrSackChunk } from "./nr-sack.ts";
import { addParameters, decodeParameters, type Parameter } from "./parameters.ts";
import { addGapBlocks, addTsns, type GapBlock, readGapBlocks, readTsns } from "./sack-lists.ts";
import { TlvCursor } from "./tlv.ts";

/** What DATA and I-DATA have in common. */
interface UserData {
  readonly beginning: boolean;
  readonly ending: boolean;
  readonly unordered: boolean;
  readonly immediate: boolean;
  readonly tsn: number;
  readonly streamId: number;
  readonly payload: Uint8Array;
}

/** RFC 9260 3.3.1. */
export interface DataChunk extends UserData {
  readonly kind: "DATA";
  readonly ssn: number;
  readonly ppid: number;
}

/** RFC 8260 2.1. In the first fragment the last field is the PPID, in the others the fragment sequence number. */
export interface IDataChunk extends UserData {
  readonly kind: "I-DATA";
  readonly mid: number;
  readonly ppidOrFsn: number;
}

interface InitFields {
  readonly initiateTag: number;
  readonly aRwndBytes: number;
  readonly outboundStreams: number;
  readonly inboundStreams: number;
  readonly initialTsn: number;
  readonly parameters: readonly Parameter[];
}

/** RFC 9260 3.3.2. */
export interface InitChunk extends InitFields {
  readonly kind: "INIT";
}
/** RFC 9260 3.3.3. */
export interface InitAckChunk extends InitFields {
  readonly kind: "INIT ACK";
}

/** RFC 9260 3.3.4. Gap blocks are offsets from the Cumulative TSN Ack. */
export interface SackChunk {
  readonly kind: "SACK";
  readonly cumulativeTsnAck: number;
  readonly aRwndBytes: number;
  readonly gapBlocks: readonly GapBlock[];
  readonly duplicateTsns: readonly number[];
}

/** RFC 9260 3.3.5, 3.3.6. `parameters` is everything behind the header, to be echoed unchanged. */
interface HeartbeatFields {
  readonly parameters: Uint8Array;
  /** The value of the Heartbeat Info parameter, where there is one. */
  readonly info: Uint8Array | undefined;
}

export interface HeartbeatChunk extends HeartbeatFields {
  readonly kind: "HEARTBEAT";
}
export interface HeartbeatAckChunk extends HeartbeatFields {
  readonly kind: "HEARTBEAT ACK";
}

/** RFC 3758 3.2. */
export interface ForwardTsnChunk {
  readonly kind: "FORWARD TSN";
  readonly newCumulativeTsn: number;
  readonly skipped: ReadonlyArray<{ readonly streamId: number; readonly ssn: number }>;
}

/** RFC 8260 2.3.1. */
export interface IForwardTsnChunk {
  readonly kind: "I-FORWARD-TSN";
  readonly newCumulativeTsn: number;
  readonly skipped: ReadonlyArray<{
    readonly streamId: number;
    readonly unordered: boolean;
    readonly mid: number;
  }>;
}

/** Told apart by `kind`, the RFC's name of the chunk. */
export type Chunk =
  | DataChunk
  | IDataChunk
  | InitChunk
  | InitAckChunk
  | SackChunk
  | NrSackChunk
  | HeartbeatChunk
  | HeartbeatAckChunk
  /** `tagReflected` is the T bit (RFC 9260 3.3.7, 3.3.13). */
  | { readonly kind: "ABORT"; readonly tagReflected: boolean; readonly causes: readonly Cause[] }
  | { readonly kind: "ERROR"; readonly causes: readonly Cause[] }
  | { readonly kind: "SHUTDOWN"; readonly cumulativeTsnAck: number }
  | { readonly kind: "SHUTDOWN COMPLETE"; readonly tagReflected: boolean }
  | { readonly kind: "COOKIE ECHO"; readonly cookie: Uint8Array }
  | { readonly kind: "SHUTDOWN ACK" }
  | { readonly kind: "COOKIE ACK" }
  /** Reserved for ECN (RFC 9260 3.2, Table 1). */
  | { readonly kind: "ECNE" | "CWR"; readonly value: Uint8Array }
  /** RFC 4895 5.1. */
  | {
      readonly kind: "AUTH";
      readonly sharedKeyId: number;
      readonly hmacId: number;
      readonly hmac: Uint8Array;
    }
  /** RFC 5061 4.1: the first parameter of an ASCONF is the address by which its sender is to be looked up. */
  | {
      readonly kind: "ASCONF" | "ASCONF-ACK";
      readonly serialNumber: number;
      readonly parameters: readonly Parameter[];
    }
  /** RFC 6525 3.1. */
  | { readonly kind: "RE-CONFIG"; readonly parameters: readonly Parameter[] }
  /** RFC 4820 3. */
  | { readonly kind: "PAD"; readonly padding: Uint8Array }
  | ForwardTsnChunk
  | IForwardTsnChunk
  | { readonly kind: "unknown"; readonly type: number; readonly flags: number; readonly value: Uint8Array };

const T_BIT = 1;
const I_FORWARD_TSN_U_BIT = 1;

/**
 * Decodes the chunk at [start, start + lengthBytes), whose bounds the walker has checked. Byte fields are views into
 * `bytes`.
 * @throws ParseError
 */
export function decodeChunk(bytes: Uint8Array, start: number, lengthBytes: number): Chunk {
  const type = bytes[start] as number;
  const flags = bytes[start + 1] as number;
  const end = start + lengthBytes;
  const reader = new ByteReader(bytes, start + 4, end, "CHUNK_TRUNCATED");
  switch (type) {
    case ChunkType.Data:
      return {
        kind: "DATA",
        ...userData(flags, reader),
        ssn: reader.u16(),
        ppid: reader.u32(),
        payload: reader.rest(),
      };
    case ChunkType.IData: {
      const common = userData(flags, reader);
      reader.u16(); // Reserved.
      return {
        kind: "I-DATA",
        ...common,
        mid: reader.u32(),
        ppidOrFsn: reader.u32(),
        payload: reader.rest(),
      };
    }
    case ChunkType.Init:
      return { kind: "INIT", ...initFields(bytes, reader, end) };
    case ChunkType.InitAck:
      return { kind: "INIT ACK", ...initFields(bytes, reader, end) };
    case ChunkType.Sack:
      return sack(reader);
    case ChunkType.Heartbeat:
    case ChunkType.HeartbeatAck:
      return heartbeat(type, bytes, start + 4, end);
    case ChunkType.Abort:
      return {
        kind: "ABORT",
        tagReflected: (flags & T_BIT) !== 0,
        causes: readableCauses(bytes, start + 4, end),
      };
    case ChunkType.Error:
      return { kind: "ERROR", causes: decodeCauses(bytes, start + 4, end) };
    case ChunkType.Shutdown:
      return { kind: "SHUTDOWN", cumulativeTsnAck: reader.u32() };
    case ChunkType.ShutdownAck:
      return { kind: "SHUTDOWN ACK" };
    case ChunkType.ShutdownComplete:
      return { kind: "SHUTDOWN COMPLETE", tagReflected: (flags & T_BIT) !== 0 };
    case ChunkType.CookieEcho:
      return { kind: "COOKIE ECHO", cookie: reader.rest() };
    case ChunkType.CookieAck:
      return { kind: "COOKIE ACK" };
    default:
      return decodeExtension(type, flags, bytes, reader, end);
  }
}

function decodeExtension(
  type: number,
  flags: number,
  bytes: Uint8Array,
  reader: ByteReader,
  end: number,
): Chunk {
  switch (type) {
    case ChunkType.Ecne:
      return { kind: "ECNE", value: reader.rest() };
    case ChunkType.Cwr:
      return { kind: "CWR", value: reader.rest() };
    case ChunkType.Auth:
      return { kind: "AUTH", sharedKeyId: reader.u16(), hmacId: reader.u16(), hmac: reader.rest() };
    case ChunkType.NrSack:
      return decodeNrSack(reader);
    case ChunkType.Asconf:
    case ChunkType.AsconfAck: {
      const kind = type === ChunkType.Asconf ? "ASCONF" : "ASCONF-ACK";
      return { kind, serialNumber: reader.u32(), parameters: decodeParameters(bytes, reader.at, end) };
    }
    case ChunkType.ReConfig:
      return { kind: "RE-CONFIG", parameters: decodeParameters(bytes, reader.at, end) };
    case ChunkType.Pad:
      return { kind: "PAD", padding: reader.rest() };
    case ChunkType.ForwardTsn: {
      const newCumulativeTsn = reader.u32();
      const skipped: Array<{ streamId: number; ssn: number }> = [];
      while (reader.leftBytes > 0) skipped.push({ streamId: reader.u16(), ssn: reader.u16() });
      return { kind: "FORWARD TSN", newCumulativeTsn, skipped };
    }
    case ChunkType.IForwardTsn: {
      const newCumulativeTsn = reader.u32();
      const skipped: Array<{ streamId: number; unordered: boolean; mid: number }> = [];
      while (reader.leftBytes > 0) {
        const streamId = reader.u16();
        const unordered = (reader.u16() & I_FORWARD_TSN_U_BIT) !== 0;
        skipped.push({ streamId, unordered, mid: reader.u32() });
      }
      return { kind: "I-FORWARD-TSN", newCumulativeTsn, skipped };
    }
    default:
      return { kind: "unknown", type, flags, value: reader.rest() };
  }
}

function userData(flags: number, reader: ByteReader): Omit<UserData, "payload"> {
  return {
    beginning: (flags & DataFlag.Beginning) !== 0,
    ending: (flags & DataFlag.Ending) !== 0,
    unordered: (flags & DataFlag.Unordered) !== 0,
    immediate: (flags & DataFlag.Immediate) !== 0,
    tsn: reader.u32(),
    streamId: reader.u16(),
  };
}

function initFields(bytes: Uint8Array, reader: ByteReader, end: number): InitFields {
  return {
    initiateTag: reader.u32(),
    aRwndBytes: reader.u32(),
    outboundStreams: reader.u16(),
    inboundStreams: reader.u16(),
    initialTsn: reader.u32(),
    parameters: decodeParameters(bytes, reader.at, end),
  };
}

function sack(reader: ByteReader): SackChunk {
  const cumulativeTsnAck = reader.u32();
  const aRwndBytes = reader.u32();
  const gapCount = reader.u16();
  const duplicateCount = reader.u16();
  const gapBlocks = readGapBlocks(reader, gapCount);
  const duplicateTsns = readTsns(reader, duplicateCount);
  return { kind: "SACK", cumulativeTsnAck, aRwndBytes, gapBlocks, duplicateTsns };
}

function heartbeat(
  type: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): HeartbeatChunk | HeartbeatAckChunk {
  const cursor = new TlvCursor().bind(bytes, start, end);
  let info: Uint8Array | undefined;
  while (info === undefined && cursor.next()) {
    if (cursor.type === ParameterType.HeartbeatInfo) info = bytes.subarray(cursor.start + 4, cursor.end);
  }
  const parameters = bytes.subarray(start, end);
  return type === ChunkType.Heartbeat
    ? { kind: "HEARTBEAT", parameters, info }
    : { kind: "HEARTBEAT ACK", parameters, info };
}

/** The chunk's type. */
export function typeOfChunk(chunk: Chunk): number {
  return chunk.kind === "unknown" ? chunk.type : (chunkTypeOf(chunk.kind) ?? ChunkType.Data);
}

/** The chunk's length, header included, padding not. */
export function chunkLengthBytes(chunk: Chunk): number {
  const out = addChunk(new ByteBuilder(), chunk);
  const lengthBytes = out.length;
  out.discard();
  return lengthBytes;
}

/**
 * Writes the chunk and its padding at `at`; returns the offset past them, or -1, and nothing is written, if that is beyond
 * `limit`.
 */
export function writeChunk(bytes: Uint8Array, at: number, limit: number, chunk: Chunk): number {
  const out = addChunk(new ByteBuilder(), chunk).pad();
  const end = at + out.length;
  if (end > limit) {
    out.discard();
    return -1;
  }
  out.copyTo(bytes, at);
  return end;
}

/** The chunk by itself, without padding. */
export function encodeChunk(chunk: Chunk): Uint8Array {
  return addChunk(new ByteBuilder(), chunk).build();
}

/** Writes the chunk, without padding. */
export function addChunk(out: ByteBuilder, chunk: Chunk): ByteBuilder {
  const at = out.beginTlv(typeOfChunk(chunk) << 8); // Its second byte is the flags'.
  const flags = addValue(out, chunk);
  out.endTlv(at).setU8(at + 1, flags);
  return out;
}

/** Writes what follows type, flags and length; @returns the flags */
function addValue(out: ByteBuilder, chunk: Chunk): number {
  switch (chunk.kind) {
    case "DATA":
      out.u32(chunk.tsn).u16(chunk.streamId).u16(chunk.ssn).u32(chunk.ppid).raw(chunk.payload);
      return dataFlags(chunk);
    case "I-DATA":
      out.u32(chunk.tsn).u16(chunk.streamId).u16(0).u32(chunk.mid).u32(chunk.ppidOrFsn).raw(chunk.payload);
      return dataFlags(chunk);
    case "INIT":
    case "INIT ACK":
      out.u32(chunk.initiateTag).u32(chunk.aRwndBytes).u16(chunk.outboundStreams).u16(chunk.inboundStreams);
      addParameters(out.u32(chunk.initialTsn), chunk.parameters);
      return 0;
    case "SACK":
      out
        .u32(chunk.cumulativeTsnAck)
        .u32(chunk.aRwndBytes)
        .u16(chunk.gapBlocks.length)
        .u16(chunk.duplicateTsns.length);
      addGapBlocks(out, chunk.gapBlocks);
      addTsns(out, chunk.duplicateTsns);
      return 0;
    case "HEARTBEAT":
    case "HEARTBEAT ACK":
      out.raw(chunk.parameters);
      return 0;
    case "ABORT":
      addCauses(out, chunk.causes);
      return chunk.tagReflected ? T_BIT : 0;
    case "ERROR":
      addCauses(out, chunk.causes);
      return 0;
    case "SHUTDOWN":
      out.u32(chunk.cumulativeTsnAck);
      return 0;
    case "SHUTDOWN COMPLETE":
      return chunk.tagReflected ? T_BIT : 0;
    case "COOKIE ECHO":
      out.raw(chunk.cookie);
      return 0;
    case "SHUTDOWN ACK":
    case "COOKIE ACK":
      return 0;
    default:
      return addExtensionValue(out, chunk);
  }
}

type ExtensionChunk = Extract<
  Chunk,
  {
    kind:
      | "ECNE"
      | "CWR"
      | "AUTH"
      | "NR-SACK"
      | "ASCONF"
      | "ASCONF-ACK"
      | "RE-CONFIG"
      | "PAD"
      | "FORWARD TSN"
      | "I-FORWARD-TSN"
      | "unknown";
  }
>;

function addExtensionValue(out: ByteBuilder, chunk: ExtensionChunk): number {
  switch (chunk.kind) {
    case "ECNE":
    case "CWR":
      out.raw(chunk.value);
      return 0;
    case "AUTH":
      out.u16(chunk.sharedKeyId).u16(chunk.hmacId).raw(chunk.hmac);
      return 0;
    case "NR-SACK":
      addNrSack(out, chunk);
      return 0;
    case "ASCONF":
    case "ASCONF-ACK":
      addParameters(out.u32(chunk.serialNumber), chunk.parameters);
      return 0;
    case "RE-CONFIG":
      addParameters(out, chunk.parameters);
      return 0;
    case "PAD":
      out.raw(chunk.padding);
      return 0;
    case "FORWARD TSN":
      out.u32(chunk.newCumulativeTsn);
      for (const { streamId, ssn } of chunk.skipped) out.u16(streamId).u16(ssn);
      return 0;
    case "I-FORWARD-TSN":
      out.u32(chunk.newCumulativeTsn);
      for (const { streamId, unordered, mid } of chunk.skipped) {
        out
          .u16(streamId)
          .u16(unordered ? I_FORWARD_TSN_U_BIT : 0)
          .u32(mid);
      }
      return 0;
    case "unknown":
      out.raw(chunk.value);
      return chunk.flags;
  }
}

function dataFlags(chunk: UserData): number {
  return (
    (chunk.ending ? DataFlag.Ending : 0) |
    (chunk.beginning ? DataFlag.Beginning : 0) |
    (chunk.unordered ? DataFlag.Unordered : 0) |
    (chunk.immediate ? DataFlag.Immediate : 0)
  );
}
