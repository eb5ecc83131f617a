/**
 * A peer that sends as usrsctp does by default: per SACK that comes in no more than four packets go out (RFC 9260 6.1 D counted
 * by the SACK), and its window grows by the SACK.
 * Owns: the set-up, one message per packet, the window. Does not own: retransmission: nothing is lost on its links.
 */
import type { Chunk, DataChunk, SackChunk } from "../../src/chunks/chunk.ts";
import { decodePacket, encodePacket } from "../../src/chunks/packet.ts";
import { cookieOf, dataChunk, initChunk, PEER_PORT, PEER_TSN } from "../conformance/lab.ts";
import { type Ends, type Port, SCTP_PORT } from "./virtual-loop.ts";

const MAX_BURST = 4;
const FIRST_WINDOW_PACKETS = 4;

export class BurstSender implements Port {
  readonly #ends: Ends;
  readonly #messageBytes: number;
  readonly #messageCount: number;
  #peerTag = 0;
  #windowPackets = FIRST_WINDOW_PACKETS;
  #sentCount = 0;
  #acknowledgedCount = 0;
  #aRwndBytes = 0;
  #isAsking = false;

  constructor(ends: Ends, messageBytes: number, messageCount: number) {
    this.#ends = ends;
    this.#messageBytes = messageBytes;
    this.#messageCount = messageCount;
  }

  /** Whether all has arrived: the last packet, if it is an odd one, may wait for SACK.Delay. */
  get isDone(): boolean {
    return this.#acknowledgedCount >= this.#messageCount - 1;
  }

  read(nowMs: number): void {
    if (!this.#isAsking) this.#send(initChunk(), nowMs);
    this.#isAsking = true;
    for (const datagram of this.#ends.incoming.take(nowMs))
      for (const chunk of decodePacket(datagram).chunks) this.#onChunk(chunk, nowMs);
  }

  #onChunk(chunk: Chunk, nowMs: number): void {
    if (chunk.kind === "INIT ACK") {
      this.#peerTag = chunk.initiateTag;
      this.#aRwndBytes = chunk.aRwndBytes;
      this.#send({ kind: "COOKIE ECHO", cookie: cookieOf(chunk) }, nowMs);
    } else if (chunk.kind === "COOKIE ACK") this.#burst(nowMs);
    else if (chunk.kind === "SACK") this.#onSack(chunk, nowMs);
  }

  #onSack({ cumulativeTsnAck, aRwndBytes }: SackChunk, nowMs: number): void {
    const count = cumulativeTsnAck - PEER_TSN + 1;
    const newlyCount = count - this.#acknowledgedCount;
    // 7.2.1, with the L of 2 that usrsctp has (RFC 3465).
    if (this.#sentCount - this.#acknowledgedCount >= this.#windowPackets)
      this.#windowPackets += Math.min(newlyCount, 2);
    this.#acknowledgedCount = count;
    this.#aRwndBytes = aRwndBytes;
    this.#burst(nowMs);
  }

  #burst(nowMs: number): void {
    for (let i = 0; i < MAX_BURST && this.#sentCount < this.#messageCount; i++) {
      const flightCount = this.#sentCount - this.#acknowledgedCount;
      if (flightCount >= this.#windowPackets) return;
      if (flightCount > 0 && (flightCount + 1) * this.#messageBytes > this.#aRwndBytes) return;
      const payload = new Uint8Array(this.#messageBytes);
      const numbers = { tsn: PEER_TSN + this.#sentCount, ssn: this.#sentCount & 0xffff };
      this.#send(dataChunk({ ...numbers, payload } satisfies Partial<DataChunk>), nowMs);
      this.#sentCount++;
    }
  }

  #send(chunk: Chunk, nowMs: number): void {
    const verificationTag = chunk.kind === "INIT" ? 0 : this.#peerTag;
    const ports = { sourcePort: PEER_PORT, destinationPort: SCTP_PORT, verificationTag };
    this.#ends.outgoing.send(encodePacket({ ...ports, chunks: [chunk] }), nowMs);
  }
}
