/**
 * The measure "bursts": messages sent at once, and an answer when all have come.
 * Owns: when the next burst begins, over which connection, and how long each took. Does not own: transports (sctpkit.ts, tcp.ts).
 */
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Job, Received } from "./contract.ts";

/** Longer than what a link takes for the beginning of another burst, and than a peer may keep its acknowledgement. */
const PAUSE_MS = 250;
/** One byte, which no link takes for one of the messages. */
const SHORT_MESSAGE = Buffer.from([0x61]);

/** A connection of the source's. */
export interface BurstConnection {
  send(message: Buffer): void;
  /** The next answer. */
  answered(): Promise<unknown>;
  end(): void;
}

/** The source's end. */
export async function sendBursts(
  job: Job,
  received: Received,
  open: () => Promise<BurstConnection>,
): Promise<never> {
  const message = Buffer.alloc(job.messageBytes, 0x61);
  let connection: BurstConnection | undefined;
  for (;;) {
    if (connection === undefined) {
      connection = await open();
      connection.send(SHORT_MESSAGE);
      await connection.answered();
    }
    await sleep(PAUSE_MS);
    const sentMs = performance.now();
    for (let i = 0; i < job.burst; i++) connection.send(message);
    await connection.answered();
    received.latency.add(performance.now() - sentMs);
    received.add(0);
    if (job.isInARow) continue;
    connection.end();
    connection = undefined;
  }
}

/** The sink's end of one connection: the greeting is answered, and each burst. */
export class BurstAnswers {
  readonly #burstBytes: number;
  /** The greeting's byte is the last of a burst that was not sent. */
  #bytes = -1;

  constructor({ burst, messageBytes }: Job) {
    this.#burstBytes = burst * messageBytes;
  }

  /** @returns what to answer with: something has come whole with these bytes */
  onBytes(bytes: number): Buffer | undefined {
    const before = Math.floor(this.#bytes / this.#burstBytes);
    this.#bytes += bytes;
    return before < Math.floor(this.#bytes / this.#burstBytes) ? SHORT_MESSAGE : undefined;
  }
}
