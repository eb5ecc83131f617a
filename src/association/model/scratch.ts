/**
 * Views and buffers that all associations of a stack share.
 * Owns: that there is one of each. Does not own: what they do (src/chunks).
 *
 * They are rebound for every packet and valid within one call only.
 */
import { DataChunkView } from "../../chunks/data.ts";
import { PacketWriter } from "../../chunks/packet-writer.ts";
import { SackView } from "../../chunks/sack.ts";
import { TlvCursor } from "../../chunks/tlv.ts";

export class Scratch {
  readonly cursor: TlvCursor = new TlvCursor();
  readonly data: DataChunkView = new DataChunkView();
  readonly sack: SackView = new SackView();
  readonly writer: PacketWriter = new PacketWriter();
  /** The local address that the packet at hand came to, maybe a wildcard. */
  cameTo = "";
}
