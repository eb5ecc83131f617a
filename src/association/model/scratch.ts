/**
 * Views, buffers and counters that all associations of a stack share, and what they tell one another.
 * Owns: that there is one of each; what has arrived. Does not own: what they do (src/chunks), what is told (lost-sizes.ts).
 *
 * The views are rebound for every packet and valid within one call only.
 */
import { DataChunkView } from "../../chunks/data.ts";
import { PacketWriter } from "../../chunks/packet-writer.ts";
import { SackView } from "../../chunks/sack.ts";
import { TlvCursor } from "../../chunks/tlv.ts";
import { LostSizes } from "./lost-sizes.ts";

/** Chunks and messages that arrived, for all associations of a stack. */
class Arrivals {
  controlChunks = 0;
  /** New chunks of user data: those that had been received before do not count. */
  orderedChunks = 0;
  unorderedChunks = 0;
  /** Messages that were put together from more than one chunk. */
  reassembledMessages = 0;
}

export class Scratch {
  readonly cursor: TlvCursor = new TlvCursor();
  readonly data: DataChunkView = new DataChunkView();
  readonly sack: SackView = new SackView();
  readonly writer: PacketWriter = new PacketWriter();
  readonly arrivals: Arrivals = new Arrivals();
  readonly lostSizes: LostSizes = new LostSizes();
  /** The local address that the packet at hand came to, maybe a wildcard. */
  cameTo = "";
}
