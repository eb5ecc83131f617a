/**
 * Counts the packets with DATA that our stack sends and receives, by the peer's address.
 * Owns: finding DATA in a packet. Does not own: what the counts should be (the cases).
 */
import { ChunkType } from "../../src/chunks/codes.ts";
import type { TraceSink, TransportAddress } from "../../src/index.ts";

const COMMON_HEADER_BYTES = 12;

export class DataWatch implements TraceSink {
  readonly #counts = new Map<string, number>();

  packet(
    direction: "sent" | "received",
    datagram: Uint8Array,
    _local: TransportAddress,
    remote: TransportAddress,
  ): void {
    if (!carriesData(datagram)) return;
    this.#counts.set(`${direction} ${remote.address}`, this.count(direction, remote.address) + 1);
  }

  event(): void {}

  count(direction: "sent" | "received", peerAddress: string): number {
    return this.#counts.get(`${direction} ${peerAddress}`) ?? 0;
  }

  /** Counts from zero again. */
  restart(): void {
    this.#counts.clear();
  }
}

function carriesData(datagram: Uint8Array): boolean {
  let at = COMMON_HEADER_BYTES;
  while (at + 4 <= datagram.length) {
    if (datagram[at] === ChunkType.Data) return true;
    const lengthBytes = ((datagram[at + 2] ?? 0) << 8) | (datagram[at + 3] ?? 0);
    at += Math.max(4, (lengthBytes + 3) & ~3);
  }
  return false;
}
