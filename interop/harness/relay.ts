/**
 * A UDP relay between the two ends that loses, delays and doubles datagrams.
 * Owns: its two sockets, datagrams on their way, seeded chance. Does not own: what an end makes of it.
 *
 * Each end speaks to a port of the relay's as if the other one were there, so it needs no privileges and works the same
 * on every host. Chance comes from a seed, but the order in which datagrams arrive does not: a run is like another one, not equal.
 */
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { SeededRandom } from "../../src/core.ts";

const HOST = "127.0.0.1";
const SOCKET_BUFFER_BYTES = 4_194_304;
const IP_UDP_HEADER_BYTES = 28;

export type Direction = "to-peer" | "to-us";

/** What becomes of a datagram: a delay in ms for each copy that arrives; none if it is lost. */
export type Fate = (datagram: Uint8Array, direction: Direction) => readonly number[];

export interface Impairment {
  readonly seed: number;
  /** Part of the datagrams that is lost, each way, 0 to 1. */
  readonly lossRate: number;
  /** Part of them that comes twice. */
  readonly duplicateRate?: number;
  /** Every datagram takes so long. */
  readonly delayMs?: number;
  /** Up to so much longer, so that datagrams overtake one another. */
  readonly jitterMs?: number;
}

/** Datagrams get lost, late and doubled by chance. */
export function impaired(impairment: Impairment): Fate {
  const random = new SeededRandom(impairment.seed);
  const { lossRate, duplicateRate = 0, delayMs = 0, jitterMs = 0 } = impairment;
  const delay = (): number => delayMs + (jitterMs === 0 ? 0 : random.integer(0, jitterMs));
  return () => {
    if (random.fraction() < lossRate) return [];
    return random.fraction() < duplicateRate ? [delay(), delay()] : [delay()];
  };
}

/** A link of so many megabits a second each way; datagrams wait for one another, and a timer's millisecond brings bursts. */
export function metered(megabitsPerSecond: number, impairment: Impairment): Fate {
  const impair = impaired(impairment);
  const freeMs = { "to-peer": 0, "to-us": 0 };
  return (datagram, direction) => {
    const nowMs = performance.now();
    const startMs = Math.max(nowMs, freeMs[direction]);
    freeMs[direction] = startMs + ((datagram.length + IP_UDP_HEADER_BYTES) * 8) / (megabitsPerSecond * 1_000);
    const { delayMs = 0 } = impairment;
    const waitMs = delayMs === 0 ? 0 : freeMs[direction] - nowMs; // Without a delay the host is slower than the link.
    return impair(datagram, direction).map((ownMs) => ownMs + waitMs);
  };
}

interface LateDatagram {
  readonly datagram: Uint8Array;
  readonly direction: Direction;
  readonly dueMs: number;
}

export class Relay {
  readonly #ourUdp: number;
  readonly #peerUdp: number;
  readonly #facingUs: UdpSocket;
  readonly #facingPeer: UdpSocket;
  /** By the time at which they are due. */
  readonly #late: LateDatagram[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** May be replaced at any time. */
  fate: Fate;
  /** Told of each datagram when it leaves the relay. */
  onDelivery: (datagram: Uint8Array, direction: Direction) => void = () => {};
  /** Datagrams that it has not let through. */
  lostCount = 0;
  /** Those that it has let through. */
  readonly passedCount: Record<Direction, number> = { "to-peer": 0, "to-us": 0 };

  private constructor(ourUdp: number, peerUdp: number, fate: Fate) {
    this.#ourUdp = ourUdp;
    this.#peerUdp = peerUdp;
    this.fate = fate;
    this.#facingUs = createSocket({ type: "udp4", recvBufferSize: SOCKET_BUFFER_BYTES });
    this.#facingPeer = createSocket({ type: "udp4", recvBufferSize: SOCKET_BUFFER_BYTES });
  }

  /** @param ourUdp where we are. @param peerUdp where the peer is. Both are on 127.0.0.1 */
  static async open(ourUdp: number, peerUdp: number, fate: Fate): Promise<Relay> {
    const relay = new Relay(ourUdp, peerUdp, fate);
    relay.#facingUs.on("message", (datagram) => relay.#carry(datagram, "to-peer"));
    relay.#facingPeer.on("message", (datagram) => relay.#carry(datagram, "to-us"));
    for (const socket of [relay.#facingUs, relay.#facingPeer]) {
      socket.on("error", () => {}); // An end that is not there yet, or no longer.
      socket.bind(0, HOST);
      await once(socket, "listening");
    }
    return relay;
  }

  /** Where we send to, instead of to the peer. */
  get portForUs(): number {
    return this.#facingUs.address().port;
  }
  /** Where the peer sends to, instead of to us. */
  get portForPeer(): number {
    return this.#facingPeer.address().port;
  }

  /** Sends a datagram that was held back, or made up, at once. */
  inject(datagram: Uint8Array, direction: Direction): void {
    this.onDelivery(datagram, direction);
    this.passedCount[direction]++;
    if (direction === "to-peer") this.#facingPeer.send(datagram, this.#peerUdp, HOST);
    else this.#facingUs.send(datagram, this.#ourUdp, HOST);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#facingUs.close();
    this.#facingPeer.close();
  }

  #carry(datagram: Buffer, direction: Direction): void {
    const delays = this.fate(datagram, direction);
    if (delays.length === 0) this.lostCount++;
    for (const delayMs of delays) {
      if (delayMs <= 0) {
        this.inject(datagram, direction);
        continue;
      }
      this.#delay({ datagram, direction, dueMs: performance.now() + delayMs });
    }
  }

  #delay(late: LateDatagram): void {
    let at = this.#late.length;
    while (at > 0 && (this.#late[at - 1]?.dueMs ?? 0) > late.dueMs) at--;
    this.#late.splice(at, 0, late);
    if (at === 0) this.#arm();
  }

  /** One timer for all: of two that are due in the same millisecond none may overtake the other. */
  #arm(): void {
    clearTimeout(this.#timer);
    const [first] = this.#late;
    if (first !== undefined)
      this.#timer = setTimeout(
        () => this.#deliver(),
        Math.max(1, Math.ceil(first.dueMs - performance.now())),
      );
  }

  #deliver(): void {
    const nowMs = performance.now();
    let count = 0;
    for (let late = this.#late[0]; late !== undefined && late.dueMs <= nowMs; late = this.#late[++count])
      this.inject(late.datagram, late.direction);
    this.#late.splice(0, count);
    this.#arm();
  }
}
