/**
 * The measure "bursts": messages sent at once, an answer when all have come, and a pause.
 * Owns: when the next burst begins, and how long each took. Does not own: transports (sctpkit.ts, tcp.ts).
 */
import { performance } from "node:perf_hooks";
import type { Job, Received } from "./contract.ts";

/** Longer than what a link takes for the beginning of another burst. */
const PAUSE_MS = 250;
/** One byte, which no link takes for one of the messages. */
export const ANSWER = Buffer.from([0x61]);

/** The source's end: `send` hands one message over. */
export class Bursts {
  readonly #send: (message: Buffer) => void;
  readonly #burst: number;
  readonly #message: Buffer;
  readonly #received: Received;
  #sentMs = 0;

  constructor({ burst, messageBytes }: Job, received: Received, send: (message: Buffer) => void) {
    this.#send = send;
    this.#burst = burst;
    this.#message = Buffer.alloc(messageBytes, 0x61);
    this.#received = received;
  }

  begin(): void {
    this.#sentMs = performance.now();
    for (let i = 0; i < this.#burst; i++) this.#send(this.#message);
  }

  answered(): void {
    this.#received.latency.add(performance.now() - this.#sentMs);
    this.#received.add(0);
    setTimeout(() => this.begin(), PAUSE_MS);
  }
}

/** The sink's end. @returns whether another burst has come whole with these bytes */
export function completesBurst({ burst, messageBytes }: Job, bytesBefore: number, bytesNow: number): boolean {
  const burstBytes = burst * messageBytes;
  return Math.floor(bytesBefore / burstBytes) < Math.floor(bytesNow / burstBytes);
}
