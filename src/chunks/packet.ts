/**
 * Whole packets as plain objects, for tools, stateless answers and tests.
 * Owns: decoding and encoding all chunks of a packet. Does not own: the hot way through a packet (src/association).
 */
import { ByteBuilder } from "./byte-builder.ts";
import { addChunk, type Chunk, decodeChunk } from "./chunk.ts";
import {
  COMMON_HEADER_BYTES,
  checksumIsValid,
  destinationPort,
  sealPacket,
  sourcePort,
  verificationTag,
  writeCommonHeader,
} from "./common-header.ts";
import { ParseError } from "./errors.ts";
import { TlvCursor } from "./tlv.ts";

/** Room for a common header. */
const NO_HEADER = new Uint8Array(COMMON_HEADER_BYTES);

/** The fields of the common header, and the chunks. */
export interface PacketFields {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly verificationTag: number;
  readonly chunks: readonly Chunk[];
}

export interface Packet extends PacketFields {
  readonly checksumValid: boolean;
}

/**
 * Decodes a whole packet; byte fields are views into `datagram`.
 * @throws ParseError if any part of it is malformed
 */
export function decodePacket(datagram: Uint8Array): Packet {
  if (datagram.length < COMMON_HEADER_BYTES) throw new ParseError("PACKET_TOO_SHORT", datagram.length);
  const cursor = new TlvCursor().bind(datagram, COMMON_HEADER_BYTES, datagram.length);
  const chunks: Chunk[] = [];
  while (cursor.next()) chunks.push(decodeChunk(datagram, cursor.start, cursor.lengthBytes));
  if (cursor.malformed) throw new ParseError("MALFORMED_TLV", cursor.start);
  return {
    sourcePort: sourcePort(datagram),
    destinationPort: destinationPort(datagram),
    verificationTag: verificationTag(datagram),
    checksumValid: checksumIsValid(datagram),
    chunks,
  };
}

/** Encodes and seals a packet. */
export function encodePacket(packet: PacketFields): Uint8Array {
  const { sourcePort, destinationPort, verificationTag, chunks } = packet;
  const out = new ByteBuilder().raw(NO_HEADER);
  for (const chunk of chunks) addChunk(out, chunk).pad();
  const bytes = out.build();
  writeCommonHeader(new DataView(bytes.buffer), sourcePort, destinationPort, verificationTag);
  sealPacket(bytes);
  return bytes;
}
