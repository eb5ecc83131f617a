/**
 * A packet taken apart: every field with its place, its value, its meaning and the section that defines it.
 * Owns: the common header, walking over the chunks, the fields as lines of text. Does not own: the fields of chunks
 * (chunk-fields.ts), what a packet is sent for (trace/explain.ts).
 */
import { COMMON_HEADER_BYTES, checksumIsValid } from "../../chunks/common-header.ts";
import { crc32c } from "../../chunks/crc32c.ts";
import { padded, TlvCursor } from "../../chunks/tlv.ts";
import { counted, hex32 } from "../labels.ts";
import { chunkField } from "./chunk-fields.ts";
import { FieldReader, type PacketField, undecoded } from "./packet-field.ts";

const CHECKSUM_AT = 8;

/**
 * The fields of an SCTP packet: the common header, and each chunk. They cover every byte once, in order, whatever the bytes
 * are. Never throws.
 * @param datagram the packet, without IP or UDP header
 */
export function packetFields(datagram: Uint8Array): PacketField[] {
  if (datagram.length === 0) return [];
  const fields = [headerField(datagram)];
  if (datagram.length <= COMMON_HEADER_BYTES) return fields;
  const cursor = new TlvCursor().bind(datagram, COMMON_HEADER_BYTES, datagram.length);
  let at = COMMON_HEADER_BYTES;
  while (cursor.next()) {
    at = Math.min(cursor.start + padded(cursor.lengthBytes), datagram.length);
    fields.push(chunkField(datagram, cursor.start, cursor.end, at));
  }
  if (cursor.malformed)
    fields.push(undecoded(at, datagram.length - at, "a chunk whose length cannot be right", "RFC 9260 3.2"));
  return fields;
}

function headerField(datagram: Uint8Array): PacketField {
  const end = Math.min(COMMON_HEADER_BYTES, datagram.length);
  const fields = new FieldReader(datagram, 0, end, "RFC 9260 3.1");
  const source = fields.number(2, "Source Port Number", "The sender's SCTP port.");
  const destination = fields.number(2, "Destination Port Number", "The receiver's SCTP port.");
  const tag = fields.number(
    4,
    "Verification Tag",
    "The tag that the receiver chose in the handshake: who does not know it cannot speak for the peer.",
    hex32,
  );
  const isRight = end === COMMON_HEADER_BYTES && checksumIsValid(datagram);
  fields.number(
    4,
    "Checksum",
    "The CRC32c of the packet, this field taken for zero; where it is wrong, the packet is dropped (RFC 9260 6.8).",
    (value) => `${hex32(value)}, ${isRight ? "right" : checksumFault(datagram, value)}`,
  );
  const header = fields.whole(
    "Common Header",
    `port ${source} to ${destination}, tag ${hex32(tag)}`,
    "Stands at the head of every packet.",
  );
  const children = header.children.map((field) =>
    field.name === "Checksum" && !isRight ? { ...field, isFaulty: true } : field,
  );
  return { ...header, children };
}

function checksumFault(datagram: Uint8Array, value: number): string {
  const bare = new Uint8Array(datagram);
  bare.fill(0, CHECKSUM_AT, COMMON_HEADER_BYTES);
  const sum = crc32c(bare);
  const sent = (((sum & 0xff) << 24) | ((sum & 0xff00) << 8) | ((sum >>> 8) & 0xff00) | (sum >>> 24)) >>> 0;
  const zero = value === 0 ? ", which says that there is none (RFC 9653)" : "";
  return `wrong: ${hex32(sent)} would be right${zero}`;
}

/**
 * The fields as lines: where each stands, what it says, what it is for and where it is defined; what stands inside another is
 * indented.
 */
export function packetFieldLines(datagram: Uint8Array): string[] {
  const lines: string[] = [];
  const tell = (field: PacketField, depth: number): void => {
    const { offset, lengthBytes, mask, name, value, section, meaning, children } = field;
    const bits = mask === undefined ? "" : ` bits 0x${mask.toString(16).padStart(2, "0")}`;
    const place = `${"  ".repeat(depth)}${String(offset).padStart(4)}  ${counted(lengthBytes, "byte")}${bits}`;
    lines.push(`${place}  ${name}: ${value}  (${section}) ${meaning}`);
    for (const child of children) tell(child, depth + 1);
  };
  for (const field of packetFields(datagram)) tell(field, 0);
  return lines;
}
