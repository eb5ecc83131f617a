/**
 * A peer that sends as much as it believes our window to allow, for tests of buffers that grow and shrink.
 * Owns: its account of the window (RFC 9260 6.2.1), whole or late news of it. Does not own: what is right (the tests).
 */
import type { Link, SentPacket } from "./lab.ts";
import { chunksOf } from "./lab.ts";

/** DATA of a kilobyte, or of whatever size a test gives it. */
export class WindowPeer {
  readonly link: Link;
  /** The a_rwnd that it has heard of last, and the TSNs up to which that SACK acknowledged. */
  #heardBytes: number;
  #heardCount = 0;
  sentCount = 0;
  readonly #payload: Uint8Array;
  /** SACKs that it has not heard yet. */
  #unheard: SentPacket[] = [];

  constructor(link: Link, aRwndBytes: number, payloadBytes = 1_000) {
    this.link = link;
    this.#heardBytes = aRwndBytes;
    this.#payload = new Uint8Array(payloadBytes);
  }

  get aRwndBytes(): number {
    return this.#heardBytes;
  }

  /** How many packets it may send by what it has heard. */
  get allowance(): number {
    const outstandingBytes = (this.sentCount - this.#heardCount) * this.#payload.length;
    return Math.max(0, Math.floor((this.#heardBytes - outstandingBytes) / this.#payload.length));
  }

  /** Sends so many packets, all that it may unless a number is given, of which it hears nothing yet. */
  send(count: number = this.allowance): void {
    const chunk = (): ReturnType<Link["data"]> =>
      this.link.data(this.sentCount++, { payload: this.#payload });
    for (let i = 0; i < count; i++) this.note(this.link.receive([chunk()]));
  }

  /** What the stack has sent. */
  note(packets: readonly SentPacket[]): void {
    this.#unheard.push(...packets);
  }

  /** Time passes. */
  run(ms: number): void {
    this.note(this.link.lab.run(ms));
  }

  /** The news of the stack arrives. */
  hear(): void {
    for (const sack of chunksOf(this.#unheard, "SACK")) {
      this.#heardBytes = sack.aRwndBytes;
      this.#heardCount = ((sack.cumulativeTsnAck - this.link.peerTsn) >>> 0) + 1;
    }
    this.#unheard = [];
  }

  /** Round trips in which it sends all that it may, and the user reads all of it; the SACKs take half a round trip. */
  flow(rounds: number, roundTripMs: number): void {
    for (let i = 0; i < rounds; i++) {
      this.send();
      this.link.read();
      this.run(roundTripMs / 2);
      this.hear();
      this.run(roundTripMs / 2);
    }
  }
}
