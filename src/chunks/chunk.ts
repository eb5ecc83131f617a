/**
 * Chunks as plain immutable objects: for everything that is not hot, for tools and for tests.
 * Owns: the union of all chunks of RFC 9260 and of the extensions, decoding, encoding.
 * Does not own: the hot views of DATA and SACK (data.ts, sack.ts), parameters and causes (files of their own).
 */
import { ByteBuilder, buildTlvs } from "./byte-builder.ts";
import { ByteReader } from "./byte-reader.ts";
import { type Cause, causeTlv, decodeCauses, readableCauses } from "./causes.ts";
import { ChunkType, chunkTypeOf, ParameterType } from "./codes.ts";
import { DataFlag } from "./data.ts";
import { decodeNrSack, encodeNrSack, type NrSackChunk } from "./nr-sack.ts";
import { decodeParameters, encodeParameters, type Parameter } from "./parameters.ts";
import { addGapBlocks, addTsns, type GapBlock, readGapBlocks, readTsns } from "./sack-lists.ts";
import { padded, TlvCursor } from "./tlv.ts";

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
  return 4 + encodeValue(chunk).value.length;
}

/**
 * Writes the chunk and its padding at `at`; returns the offset past them, or -1, and nothing is written, if that is beyond
 * `limit`.
 */
export function writeChunk(bytes: Uint8Array, at: number, limit: number, chunk: Chunk): number {
  const { type, flags, value } = encodeValue(chunk);
  const end = at + 4 + value.length;
  const paddedEnd = at + padded(4 + value.length);
  if (paddedEnd > limit) return -1;
  bytes[at] = type;
  bytes[at + 1] = flags;
  bytes[at + 2] = (4 + value.length) >>> 8;
  bytes[at + 3] = 4 + value.length;
  bytes.set(value, at + 4);
  bytes.fill(0, end, paddedEnd);
  return paddedEnd;
}

/** The chunk by itself, without padding. */
export function encodeChunk(chunk: Chunk): Uint8Array {
  const { type, flags, value } = encodeValue(chunk);
  const bytes = new Uint8Array(4 + value.length);
  bytes[0] = type;
  bytes[1] = flags;
  bytes[2] = bytes.length >>> 8;
  bytes[3] = bytes.length;
  bytes.set(value, 4);
  return bytes;
}

interface Encoded {
  readonly type: number;
  readonly flags: number;
  readonly value: Uint8Array;
}

const EMPTY = new Uint8Array(0);
const encoded = (type: number, value: Uint8Array = EMPTY, flags = 0): Encoded => ({ type, flags, value });

function encodeValue(chunk: Chunk): Encoded {
  const out = new ByteBuilder();
  switch (chunk.kind) {
    case "DATA":
      out.u32(chunk.tsn).u16(chunk.streamId).u16(chunk.ssn).u32(chunk.ppid).raw(chunk.payload);
      return encoded(ChunkType.Data, out.build(), dataFlags(chunk));
    case "I-DATA":
      out.u32(chunk.tsn).u16(chunk.streamId).u16(0).u32(chunk.mid).u32(chunk.ppidOrFsn).raw(chunk.payload);
      return encoded(ChunkType.IData, out.build(), dataFlags(chunk));
    case "INIT":
    case "INIT ACK":
      out.u32(chunk.initiateTag).u32(chunk.aRwndBytes).u16(chunk.outboundStreams).u16(chunk.inboundStreams);
      out.u32(chunk.initialTsn).raw(encodeParameters(chunk.parameters));
      return encoded(chunk.kind === "INIT" ? ChunkType.Init : ChunkType.InitAck, out.build());
    case "SACK":
      out
        .u32(chunk.cumulativeTsnAck)
        .u32(chunk.aRwndBytes)
        .u16(chunk.gapBlocks.length)
        .u16(chunk.duplicateTsns.length);
      addGapBlocks(out, chunk.gapBlocks);
      addTsns(out, chunk.duplicateTsns);
      return encoded(ChunkType.Sack, out.build());
    case "HEARTBEAT":
      return encoded(ChunkType.Heartbeat, chunk.parameters);
    case "HEARTBEAT ACK":
      return encoded(ChunkType.HeartbeatAck, chunk.parameters);
    case "ABORT":
      return encoded(ChunkType.Abort, buildTlvs(chunk.causes.map(causeTlv)), chunk.tagReflected ? T_BIT : 0);
    case "ERROR":
      return encoded(ChunkType.Error, buildTlvs(chunk.causes.map(causeTlv)));
    case "SHUTDOWN":
      return encoded(ChunkType.Shutdown, out.u32(chunk.cumulativeTsnAck).build());
    case "SHUTDOWN ACK":
      return encoded(ChunkType.ShutdownAck);
    case "SHUTDOWN COMPLETE":
      return encoded(ChunkType.ShutdownComplete, EMPTY, chunk.tagReflected ? T_BIT : 0);
    case "COOKIE ECHO":
      return encoded(ChunkType.CookieEcho, chunk.cookie);
    case "COOKIE ACK":
      return encoded(ChunkType.CookieAck);
    default:
      return encodeExtension(chunk, out);
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

function encodeExtension(chunk: ExtensionChunk, out: ByteBuilder): Encoded {
  switch (chunk.kind) {
    case "ECNE":
      return encoded(ChunkType.Ecne, chunk.value);
    case "CWR":
      return encoded(ChunkType.Cwr, chunk.value);
    case "AUTH":
      return encoded(ChunkType.Auth, out.u16(chunk.sharedKeyId).u16(chunk.hmacId).raw(chunk.hmac).build());
    case "NR-SACK":
      return encoded(ChunkType.NrSack, encodeNrSack(chunk, out));
    case "ASCONF":
    case "ASCONF-ACK": {
      const type = chunk.kind === "ASCONF" ? ChunkType.Asconf : ChunkType.AsconfAck;
      return encoded(type, out.u32(chunk.serialNumber).raw(encodeParameters(chunk.parameters)).build());
    }
    case "RE-CONFIG":
      return encoded(ChunkType.ReConfig, encodeParameters(chunk.parameters));
    case "PAD":
      return encoded(ChunkType.Pad, chunk.padding);
    case "FORWARD TSN":
      out.u32(chunk.newCumulativeTsn);
      for (const { streamId, ssn } of chunk.skipped) out.u16(streamId).u16(ssn);
      return encoded(ChunkType.ForwardTsn, out.build());
    case "I-FORWARD-TSN":
      out.u32(chunk.newCumulativeTsn);
      for (const { streamId, unordered, mid } of chunk.skipped) {
        out
          .u16(streamId)
          .u16(unordered ? I_FORWARD_TSN_U_BIT : 0)
          .u32(mid);
      }
      return encoded(ChunkType.IForwardTsn, out.build());
    case "unknown":
      return encoded(chunk.type, chunk.value, chunk.flags);
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
