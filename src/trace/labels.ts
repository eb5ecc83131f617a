/**
 * Packets in a few words.
 * Owns: the short label of a packet, such as "SACK up to #4, gap #6-#7", and how numbers and payloads are written.
 * Does not own: explanations (explain.ts).
 */

import { tsnAdd } from "../base/serial.ts";
import type { Cause } from "../chunks/causes.ts";
import { type Chunk, chunkLengthBytes } from "../chunks/chunk.ts";
import { chunkTypeName, reConfigResultName } from "../chunks/codes.ts";
import { COMMON_HEADER_BYTES } from "../chunks/common-header.ts";
import { arrivedBlocks } from "../chunks/nr-sack.ts";
import type { Parameter } from "../chunks/parameters.ts";
import type { GapBlock } from "../chunks/sack-lists.ts";
import { padded, TlvCursor } from "../chunks/tlv.ts";
import { utf8Text } from "./utf8.ts";
import type { Direction, WatchedAssociation, WatchedFlow } from "./watcher.ts";

type ChunkOf<K extends Chunk["kind"]> = Extract<Chunk, { readonly kind: K }>;
type UserData = ChunkOf<"DATA"> | ChunkOf<"I-DATA">;

const PREVIEW_CHARACTERS = 40;

/** `1048576` as "1,048,576". */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 byte", "1,200 bytes". */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A verification tag or similar as 8 hex digits. */
export function hex32(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}

/** The start of a payload between quotes if it is text, or how it begins in hex. */
export function payloadPreview(payload: Uint8Array): string {
  const text = utf8Text(payload.length <= 256 ? payload : payload.subarray(0, endOfCharacter(payload, 256)));
  if (text !== undefined && !/\p{C}/u.test(text.trimEnd())) {
    const characters = [...text.trimEnd()];
    const whole = payload.length <= 256 && characters.length <= PREVIEW_CHARACTERS;
    return whole
      ? `"${characters.join("")}"`
      : `"${characters.slice(0, PREVIEW_CHARACTERS - 3).join("")}..."`;
  }
  const bytes = Array.from(payload.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return payload.length <= 8 ? `hex ${bytes}` : `hex ${bytes} ...`;
}

/** The last boundary between two UTF-8 characters at or before `limit`. */
function endOfCharacter(bytes: Uint8Array, limit: number): number {
  let end = limit;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return end;
}

/** The name of a chunk: the RFC's, or "chunk type 0x3f". */
export function chunkName(chunk: Chunk): string {
  return chunk.kind === "unknown" ? chunkTypeName(chunk.type) : chunk.kind;
}

/**
 * The names of a packet's chunks by their headers alone: a chunk whose inside is malformed is named too.
 * @param isCut the end of the packet is missing: the chunk that is cut is named as well
 */
export function chunkNames(datagram: Uint8Array, isCut = false): string[] {
  const names: string[] = [];
  if (datagram.length <= COMMON_HEADER_BYTES) return names;
  const cursor = new TlvCursor().bind(datagram, COMMON_HEADER_BYTES, datagram.length);
  while (cursor.next()) names.push(chunkTypeName(cursor.chunkType));
  if (isCut && cursor.malformed) names.push(chunkTypeName(datagram[padded(cursor.end)] as number));
  return names;
}

/** Whether these are the chunks of a packet that asks if one of its length arrives (RFC 8899 6.2.1.2). */
export function isProbe(chunks: readonly Chunk[]): boolean {
  return chunks.length === 2 && chunks[0]?.kind === "HEARTBEAT" && chunks[1]?.kind === "PAD";
}

/** A packet's chunks in one line, runs of DATA or I-DATA drawn together. */
export function packetLabel(
  chunks: readonly Chunk[],
  association: WatchedAssociation,
  direction: Direction,
): string {
  if (isProbe(chunks)) {
    const bytes = chunks.reduce((sum, chunk) => sum + padded(chunkLengthBytes(chunk)), COMMON_HEADER_BYTES);
    return `HEARTBEAT + PAD: a probe of ${counted(bytes, "byte")}`;
  }
  const own = association[direction];
  const other = association[direction === "sent" ? "received" : "sent"];
  const parts: string[] = [];
  for (let i = 0; i < chunks.length; i++) {
    const chunk = chunks[i];
    if (chunk === undefined) continue;
    if (chunk.kind !== "DATA" && chunk.kind !== "I-DATA") {
      parts.push(chunkLabel(chunk, own, other));
      continue;
    }
    let last = chunk;
    for (let next = chunks[i + 1]; isNextData(next, last); next = chunks[i + 1]) {
      last = next;
      i++;
    }
    parts.push(
      last === chunk ? dataLabel(chunk, own) : `${chunk.kind} ${rangeText(own, chunk.tsn, last.tsn)}`,
    );
  }
  return parts.length === 0 ? "(no chunk)" : parts.join(" + ");
}

function isNextData(next: Chunk | undefined, last: UserData): next is UserData {
  return next?.kind === last.kind && (next as UserData).tsn === tsnAdd(last.tsn, 1);
}

/** "#5", or "#5-#7". */
export function rangeText(flow: WatchedFlow, first: number, last: number): string {
  return first === last ? flow.nameOf(first) : `${flow.nameOf(first)}-${flow.nameOf(last)}`;
}

/** The TSNs of a SACK's gap blocks, such as "#6-#7". @param blocks those that are meant; all if absent */
export function gapTexts(
  sack: ChunkOf<"SACK" | "NR-SACK">,
  flow: WatchedFlow,
  blocks: readonly GapBlock[] = arrivedBlocks(sack),
): string[] {
  return blocks.map(({ start, end }) =>
    rangeText(flow, (sack.cumulativeTsnAck + start) >>> 0, (sack.cumulativeTsnAck + end) >>> 0),
  );
}

function dataLabel(chunk: UserData, flow: WatchedFlow): string {
  const place = `stream ${chunk.streamId}${chunk.unordered ? " unordered" : ""}`;
  return `${chunk.kind} ${flow.nameOf(chunk.tsn)} ${place}, ${counted(chunk.payload.length, "byte")}`;
}

/** @param own the DATA of the packet's sender; `other` that of its receiver, which acknowledgements speak of */
function chunkLabel(chunk: Chunk, own: WatchedFlow, other: WatchedFlow): string {
  switch (chunk.kind) {
    case "SACK":
    case "NR-SACK": {
      const gaps = gapTexts(chunk, other);
      const list = gaps.length > 3 ? `${gaps.slice(0, 3).join(", ")}, ...` : gaps.join(", ");
      return `${chunk.kind} up to ${other.nameOf(chunk.cumulativeTsnAck)}${gaps.length > 0 ? `, also ${list}` : ""}`;
    }
    case "SHUTDOWN":
      return `SHUTDOWN (up to ${other.nameOf(chunk.cumulativeTsnAck)})`;
    case "FORWARD TSN":
      return `FORWARD TSN up to ${own.nameOf(chunk.newCumulativeTsn)}`;
    case "I-FORWARD-TSN":
      return `I-FORWARD-TSN up to ${own.nameOf(chunk.newCumulativeTsn)}`;
    case "AUTH":
      return `AUTH with key ${chunk.sharedKeyId}`;
    case "RE-CONFIG":
      return `RE-CONFIG: ${chunk.parameters.map(reConfigLabel).join(", ")}`;
    case "ABORT":
    case "ERROR":
      return chunk.causes.length > 0
        ? `${chunk.kind}: ${chunk.causes.map(causeLabel).join(", ")}`
        : chunk.kind;
    default:
      return chunkName(chunk);
  }
}

function reConfigLabel(parameter: Parameter): string {
  switch (parameter.kind) {
    case "Outgoing SSN Reset Request":
      return `reset outgoing ${idsText(parameter.streamIds)}`;
    case "Incoming SSN Reset Request":
      return `reset incoming ${idsText(parameter.streamIds)}`;
    case "SSN/TSN Reset Request":
      return "reset all numbers";
    case "Add Outgoing Streams Request":
      return `add ${counted(parameter.newStreamCount, "outgoing stream")}`;
    case "Add Incoming Streams Request":
      return `add ${counted(parameter.newStreamCount, "incoming stream")}`;
    case "Re-configuration Response":
      return reConfigResultName(parameter.result);
    default:
      return parameter.kind;
  }
}

function idsText(streamIds: readonly number[]): string {
  if (streamIds.length === 0) return "streams";
  return streamIds.length > 3 ? counted(streamIds.length, "stream") : `stream ${streamIds.join(", ")}`;
}

function causeLabel(cause: Cause): string {
  return cause.kind === "unknown" ? `cause ${cause.code}` : cause.kind;
}
