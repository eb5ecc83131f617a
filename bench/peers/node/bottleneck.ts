/**
 * One direction of a link: a rate, a delay, a queue that drops what does not fit, random loss
 * and reordering from a seed, and a largest datagram.
 * Owns: what arrives when, and what is dropped why. Does not own: time and datagrams (relay.ts, ../../link.ts).
 */
import { Fifo } from "../../../src/base/fifo.ts";
import { SeededRandom } from "../../../src/core.ts";

/** A datagram weighs what it does on Ethernet's IP layer. */
const IP_UDP_HEADER_BYTES = 28;
/** How much later than its turn a reordered datagram arrives: some thirty full packets of 100 Mbit/s. */
const REORDER_MS = 4;
/** Without a round trip there would be no queue at all. */
const LEAST_QUEUE_BYTES = 65_536;
/** What a path MTU of 1,500 carries: a sender that sends more would be fragmented, or lost, on most real paths. */
const LARGEST_DATAGRAM_BYTES = 1_472;

export interface BottleneckOptions {
  readonly megabitsPerSecond: number;
  readonly roundTripMs: number;
  readonly lossPercent: number;
  readonly reorderPercent: number;
  /** One product of rate and round trip, and 65,536 at least, unless given. */
  readonly queueBytes?: number | undefined;
  /** UDP payload that is carried; what is larger is dropped. 1,472 unless given. */
  readonly largestDatagramBytes?: number | undefined;
}

interface Parcel {
  readonly datagram: Uint8Array;
  readonly arrivalMs: number;
  readonly deliver: (datagram: Uint8Array) => void;
}

export class Bottleneck {
  /** Datagrams that did not arrive, by reason. */
  readonly dropped = { atRandom: 0, byQueue: 0, tooLarge: 0 };
  readonly #bytesPerMs: number;
  readonly #delayMs: number;
  readonly #queueBytes: number;
  readonly #lossShare: number;
  readonly #reorderShare: number;
  readonly #largestDatagramBytes: number;
  readonly #random: SeededRandom;
  /** Each of the two is in order of arrival; the second holds what was chosen to come late. */
  readonly #queues: readonly [Fifo<Parcel>, Fifo<Parcel>] = [new Fifo(), new Fifo()];
  #freeMs = 0;

  constructor(options: BottleneckOptions, seed: number) {
    this.#bytesPerMs = (options.megabitsPerSecond * 1e6) / 8 / 1_000;
    this.#delayMs = options.roundTripMs / 2;
    this.#queueBytes =
      options.queueBytes ?? Math.max(LEAST_QUEUE_BYTES, this.#bytesPerMs * options.roundTripMs);
    this.#lossShare = options.lossPercent / 100;
    this.#reorderShare = options.reorderPercent / 100;
    this.#largestDatagramBytes = options.largestDatagramBytes ?? LARGEST_DATAGRAM_BYTES;
    this.#random = new SeededRandom(seed);
  }

  /** Infinity while nothing is under way. */
  get nextArrivalMs(): number {
    const [inTime, late] = this.#queues;
    return Math.min(
      inTime.peek()?.arrivalMs ?? Number.POSITIVE_INFINITY,
      late.peek()?.arrivalMs ?? Number.POSITIVE_INFINITY,
    );
  }

  /** Takes a datagram, which must not change before it is delivered. */
  send(datagram: Uint8Array, nowMs: number, deliver: (datagram: Uint8Array) => void): void {
    if (datagram.length > this.#largestDatagramBytes) {
      this.dropped.tooLarge++;
      return;
    }
    if (this.#chance(this.#lossShare)) {
      this.dropped.atRandom++;
      return;
    }
    const startMs = Math.max(nowMs, this.#freeMs);
    const sizeBytes = datagram.length + IP_UDP_HEADER_BYTES;
    if ((startMs - nowMs) * this.#bytesPerMs + sizeBytes > this.#queueBytes) {
      this.dropped.byQueue++;
      return;
    }
    this.#freeMs = startMs + sizeBytes / this.#bytesPerMs;
    const isLate = this.#chance(this.#reorderShare);
    const arrivalMs = this.#freeMs + this.#delayMs + (isLate ? REORDER_MS : 0);
    this.#queues[isLate ? 1 : 0].push({ datagram, arrivalMs, deliver });
  }

  /** Delivers what has arrived. */
  flush(nowMs: number): void {
    for (const queue of this.#queues) {
      for (
        let parcel = queue.peek();
        parcel !== undefined && parcel.arrivalMs <= nowMs;
        parcel = queue.peek()
      ) {
        queue.shift();
        parcel.deliver(parcel.datagram);
      }
    }
  }

  #chance(share: number): boolean {
    return share > 0 && this.#random.fraction() < share;
  }
}
