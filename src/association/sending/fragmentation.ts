/**
 * How messages are cut into chunks (RFC 9260 6.9).
 * Owns: how much of a message a packet takes, the largest payload of a chunk, the flags of a fragment.
 * Does not own: which message is next (send-queue.ts), the format of its chunks (chunks/user-data-format.ts).
 */
import type { AssociationOptions } from "../../base/options.ts";
import { COMMON_HEADER_BYTES } from "../../chunks/common-header.ts";
import { DataFlag } from "../../chunks/data.ts";
import type { PacketWriter } from "../../chunks/packet-writer.ts";
import type { UserDataFormat } from "../../chunks/user-data-format.ts";
import type { OutboundMessage } from "../model/outbound-message.ts";
import type { PathSet } from "../paths/path-set.ts";

/** A packet is filled up with a fragment if that carries at least this part of a full one: less is not worth a chunk. */
const MIN_FILLING_SHARE = 1 / 8;

/** Payload of a full chunk: what the smallest path packet allows (AMDCS, RFC 9260 7.3), or less if the user wants less. */
export function fullPayloadBytes(
  paths: PathSet,
  options: AssociationOptions,
  format: UserDataFormat,
): number {
  let smallest = paths.all[0]?.maxPacketBytes ?? options.maxPacketBytes;
  for (const { maxPacketBytes } of paths.all) smallest = Math.min(smallest, maxPacketBytes);
  const byPath = fragmentPayloadBytes(smallest, format);
  return options.maxFragmentBytes === 0 ? byPath : Math.min(byPath, options.maxFragmentBytes);
}

/** The largest payload of one DATA chunk in a packet of `maxPacketBytes`, a multiple of four. */
function fragmentPayloadBytes(maxPacketBytes: number, { headerBytes, authBytes }: UserDataFormat): number {
  return ((maxPacketBytes - COMMON_HEADER_BYTES - authBytes) & ~3) - headerBytes;
}

/**
 * How much of a message the packet takes; 0 if it is full. What must be cut anyway is cut to the room that is left behind
 * other chunks, if that is worth a chunk; a message that fits into one is never cut.
 * @param maxBytes payload of a full chunk
 */
export function payloadFor(
  writer: PacketWriter,
  format: UserDataFormat,
  { data, sentBytes }: OutboundMessage,
  maxBytes: number,
): number {
  const payloadBytes = Math.min(data.length - sentBytes, maxBytes);
  if (writer.hasRoomForData(format, payloadBytes)) return payloadBytes;
  if (data.length <= maxBytes) return 0;
  const room = (writer.remainingBytesFor(format) & ~3) - format.headerBytes;
  return room >= maxBytes * MIN_FILLING_SHARE ? room : 0;
}

/**
 * Of the fragment from `start` to where the message has been cut now.
 * @param asksForSack the last one of the message has the I bit
 */
export function fragmentFlags(message: OutboundMessage, start: number, asksForSack: boolean): number {
  let flags = message.unordered ? DataFlag.Unordered : 0;
  if (start === 0) flags |= DataFlag.Beginning;
  if (message.sentBytes < message.data.length) return flags;
  flags |= DataFlag.Ending;
  if (message.sackImmediately || asksForSack) flags |= DataFlag.Immediate;
  return flags;
}
