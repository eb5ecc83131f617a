/**
 * Watches a simulation from outside: whether an answer leaves from the local address that it was asked at.
 * Owns: what counts as an answer to what, read by the simulator's own parser. Does not own: the network.
 */
import type { TraceSink } from "../../src/base/trace-sink.ts";
import type { TransportAddress } from "../../src/platform/address.ts";
import { isAcknowledgement } from "../../src/sim/checks/acknowledgement.ts";
import { readPacket, type WireChunk } from "../../src/sim/checks/wire.ts";

const DATA = 0;
/** Answers by the type of what they answer: INIT, HEARTBEAT, SHUTDOWN, SHUTDOWN ACK, COOKIE ECHO. */
const ANSWERS = new Map([
  [1, 2],
  [4, 5],
  [7, 8],
  [8, 14],
  [10, 11],
]);

export class AnswerWatcher implements TraceSink {
  /** Answers seen, by chunk type. */
  readonly counts = new Map<number, number>();
  /** Those that left otherwise than they were asked for. */
  readonly complaints: string[] = [];
  /** By local address and what was asked: the pairs that it was asked by. */
  readonly #asked = new Map<string, Set<string>>();
  readonly #hostOf: (address: string) => string;
  /** By host: the pair that the last DATA came by. */
  readonly #lastData = new Map<string, string>();

  /** @param hostOf the name of the host that has an address */
  constructor(hostOf: (address: string) => string) {
    this.#hostOf = hostOf;
  }

  packet(
    direction: "sent" | "received",
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
    nowMs: number,
  ): void {
    const pair = `${local.address} > ${remote.address}`;
    const host = this.#hostOf(local.address);
    for (const chunk of readPacket(datagram).chunks) {
      if (direction === "received") this.#onReceived(host, chunk, pair);
      else this.#onSent(host, chunk, pair, nowMs);
    }
  }

  event(): void {}

  #onReceived(host: string, chunk: WireChunk, pair: string): void {
    if (chunk.type === DATA) this.#lastData.set(host, pair);
    const answer = ANSWERS.get(chunk.type);
    if (answer === undefined) return;
    const key = keyOf(host, answer, chunk);
    const pairs = this.#asked.get(key) ?? new Set();
    this.#asked.set(key, pairs.add(pair));
  }

  #onSent(host: string, chunk: WireChunk, pair: string, nowMs: number): void {
    const pairs = isAcknowledgement(chunk.type)
      ? this.#sackPairs(host)
      : this.#asked.get(keyOf(host, chunk.type, chunk));
    if (pairs === undefined) return;
    this.counts.set(chunk.type, (this.counts.get(chunk.type) ?? 0) + 1);
    if (!pairs.has(pair))
      this.complaints.push(`${nowMs} ms: type ${chunk.type} by ${pair}, asked by ${[...pairs]}`);
  }

  #sackPairs(host: string): ReadonlySet<string> | undefined {
    const last = this.#lastData.get(host);
    return last === undefined ? undefined : new Set([last]);
  }
}

/** A HEARTBEAT ACK carries what its HEARTBEAT did; of the others there is one at a time. */
function keyOf(host: string, answer: number, { value }: WireChunk): string {
  const info = answer === 5 ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength).join(" ") : "";
  return `${host} ${answer} ${info}`;
}
