/**
 * Counts the packets with DATA that our stack sends and receives, by the peer's address.
 * Owns: the counts. Does not own: what the counts should be (the cases).
 */
import { ChunkType } from "../../src/core.ts";
import type { TraceSink, TransportAddress } from "../../src/index.ts";
import { chunkHeaders } from "./chunk-headers.ts";

export class DataWatch implements TraceSink {
  readonly #counts = new Map<string, number>();

  packet(
    direction: "sent" | "received",
    datagram: Uint8Array,
    _local: TransportAddress,
    remote: TransportAddress,
  ): void {
    if (!chunkHeaders(datagram).some(({ type }) => type === ChunkType.Data)) return;
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
