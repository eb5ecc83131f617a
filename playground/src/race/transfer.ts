/**
 * One side of the race: a server sends all resources of a page to a browser, over one ordered stream or over a stream for each.
 * Owns: the two hosts and their link in virtual time, what has come of each resource and when, how long it stood behind others.
 * Does not own: frames (frames.ts), setting two sides side by side (race-session.ts), the stack and the network (src).
 */
import { type AssociationOptionsInput, decodePacket } from "../../../src/core.ts";
import { type PacketCopy, type SimAssociation, SimWorld } from "../../../src/sim/index.ts";
import { cutIntoFrames, inTurns, type Piece, readFrame } from "./frames.ts";

/** `one-stream`: everything in the order in which it was sent, as TCP delivers. `streams`: each resource in its own order. */
export type Manner = "one-stream" | "streams";

export interface Resource {
  readonly name: string;
  /** At least one byte. */
  readonly bytes: Uint8Array;
}

/** Of the link between the two, either way. */
export interface Conditions {
  readonly megabitsPerSecond: number;
  readonly roundTripMs: number;
  readonly lossPercent: number;
  /** The same seed, the same losses. */
  readonly seed: number;
}

/** What has become of a resource so far. Times count from the first packet of the handshake. */
export interface Progress {
  readonly name: string;
  readonly lengthBytes: number;
  /** From its beginning, without a gap, given to the browser. */
  readonly deliveredBytes: number;
  /** The same, at the host: more than was delivered while it stands behind others. */
  readonly arrivedBytes: number;
  /** When it was whole; undefined until then. */
  readonly wholeAtMs: number | undefined;
  /** How long its next bytes were there, and were held back for bytes of others. */
  readonly heldMs: number;
}

const [SERVER, BROWSER] = ["10.0.0.1", "10.0.0.2"];
const PORT = 80;
/**
 * Of both ends, on both sides. BBR fills the link in spite of its losses; under the default congestion control, which takes every
 * loss for a full queue, so few packets are under way that hardly anything ever stands behind others.
 */
const OPTIONS: AssociationOptionsInput = { congestionControl: "bbr", lossDetection: "rack" };
/** Of the product of rate and round trip; at least a few packets. */
const QUEUE_PRODUCTS = 1;
const LEAST_QUEUE_BYTES = 16_384;
/** Everything is handed over at once. */
const SEND_BUFFER_BYTES = 2 ** 24;
/** Nothing takes longer; what does is broken. */
const LIMIT_MS = 600_000;

export class Transfer {
  readonly #world: SimWorld;
  readonly #browser: SimAssociation;
  readonly #server;
  readonly #manner: Manner;
  readonly #frames: ReadonlyArray<readonly Uint8Array[]>;
  readonly #arrivals: readonly ResourceArrival[];
  /** How many messages of each stream have been looked at. */
  readonly #readCounts = new Map<number, number>();
  #hasSent = false;
  #pieces: Piece[] = [];

  constructor(resources: readonly Resource[], conditions: Conditions, manner: Manner) {
    this.#manner = manner;
    this.#frames = resources.map(({ bytes }, resource) => cutIntoFrames(resource, bytes));
    this.#arrivals = resources.map(({ name, bytes }) => new ResourceArrival(name, bytes.length));
    this.#world = new SimWorld({
      seed: conditions.seed,
      observer: { onSent() {}, onLost() {}, onArrived: (copy) => this.#onArrived(copy) },
    });
    this.#server = this.#world.host("server", [SERVER]);
    const browser = this.#world.host("browser", [BROWSER]);
    const bytesPerSecond = 125_000 * conditions.megabitsPerSecond;
    this.#world.link(SERVER, BROWSER, {
      delayMinMs: conditions.roundTripMs / 2,
      lossRate: conditions.lossPercent / 100,
      bytesPerSecond,
      queueBytes: Math.max(
        LEAST_QUEUE_BYTES,
        QUEUE_PRODUCTS * bytesPerSecond * (conditions.roundTripMs / 1_000),
      ),
    });
    const outboundStreams = manner === "streams" ? resources.length : 1;
    this.#server.listen(PORT, {
      outboundStreams,
      ...OPTIONS,
      sendBufferBytes: SEND_BUFFER_BYTES,
    });
    this.#browser = browser.connect([SERVER], PORT, OPTIONS);
  }

  get nowMs(): number {
    return this.#world.nowMs;
  }
  get isDone(): boolean {
    return this.#arrivals.every(({ isWhole }) => isWhole);
  }
  /** A digest of every packet and its time. */
  get traceHash(): string {
    return this.#world.traceHash;
  }
  /** Packets sent by both ends. */
  get packetCount(): number {
    return this.#world.packetCount;
  }
  /** In the order of the resources. */
  get progress(): readonly Progress[] {
    return this.#arrivals.map((arrival) => arrival.progress(this.nowMs));
  }

  /** Lets time pass until `ms`, or until all is there. @returns what has been delivered meanwhile, in order */
  playTo(ms: number): readonly Piece[] {
    while (!this.isDone && this.#world.step(Math.min(ms, LIMIT_MS))) this.#look();
    if (!this.isDone && ms > this.nowMs) this.#world.run(ms - this.nowMs);
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  /** @throws Error if it never ends */
  play(): void {
    this.playTo(LIMIT_MS);
    if (!this.isDone) throw new Error(`not all is there after ${LIMIT_MS} ms`);
  }

  #look(): void {
    if (!this.#hasSent) this.#sendAll();
    for (const [streamId, messages] of this.#browser.received) {
      for (let i = this.#readCounts.get(streamId) ?? 0; i < messages.length; i++) {
        const piece = readFrame(messages[i] as Uint8Array);
        this.#arrivals[piece.resource]?.onDelivered(piece);
        this.#pieces.push(piece);
      }
      this.#readCounts.set(streamId, messages.length);
    }
    for (const arrival of this.#arrivals) arrival.note(this.nowMs);
  }

  /** As soon as the server knows the browser, all that it has: the stack sends it when it may. */
  #sendAll(): void {
    const [connection] = this.#server.associations;
    if (connection?.state !== "ESTABLISHED") return;
    this.#hasSent = true;
    for (const frame of inTurns(this.#frames))
      connection.send(this.#manner === "streams" ? readFrame(frame).resource : 0, frame);
  }

  #onArrived({ packet, datagram, isDamaged }: PacketCopy): void {
    if (packet.sender !== "server" || isDamaged) return;
    for (const chunk of decodePacket(datagram).chunks) {
      if (chunk.kind !== "DATA") continue;
      const { resource, offset, bytes } = readFrame(chunk.payload);
      this.#arrivals[resource]?.onArrived(offset, bytes.length);
    }
  }
}

/** What has come of one resource. */
class ResourceArrival {
  readonly #name: string;
  readonly #lengthBytes: number;
  /** What is at the host beyond the first gap: lengths by their offsets. */
  readonly #beyondGap = new Map<number, number>();
  #arrivedBytes = 0;
  #deliveredBytes = 0;
  #wholeAtMs: number | undefined = undefined;
  #heldMs = 0;
  #heldSinceMs: number | undefined = undefined;

  constructor(name: string, lengthBytes: number) {
    this.#name = name;
    this.#lengthBytes = lengthBytes;
  }

  get isWhole(): boolean {
    return this.#deliveredBytes === this.#lengthBytes;
  }

  onArrived(offset: number, lengthBytes: number): void {
    if (offset >= this.#arrivedBytes) this.#beyondGap.set(offset, lengthBytes);
    for (let next = this.#beyondGap.get(this.#arrivedBytes); next !== undefined; ) {
      this.#beyondGap.delete(this.#arrivedBytes);
      this.#arrivedBytes += next;
      next = this.#beyondGap.get(this.#arrivedBytes);
    }
  }

  /** @throws Error if it is not what comes next */
  onDelivered({ offset, bytes }: Piece): void {
    if (offset !== this.#deliveredBytes)
      throw new Error(`of ${this.#name} came byte ${offset} after ${this.#deliveredBytes}`);
    this.#deliveredBytes += bytes.length;
  }

  /** Called when something has happened. */
  note(nowMs: number): void {
    if (this.isWhole) this.#wholeAtMs ??= nowMs;
    const isHeld = this.#arrivedBytes > this.#deliveredBytes;
    if (isHeld) {
      this.#heldSinceMs ??= nowMs;
    } else if (this.#heldSinceMs !== undefined) {
      this.#heldMs += nowMs - this.#heldSinceMs;
      this.#heldSinceMs = undefined;
    }
  }

  progress(nowMs: number): Progress {
    return {
      name: this.#name,
      lengthBytes: this.#lengthBytes,
      deliveredBytes: this.#deliveredBytes,
      arrivedBytes: this.#arrivedBytes,
      wholeAtMs: this.#wholeAtMs,
      heldMs: this.#heldMs + (this.#heldSinceMs === undefined ? 0 : nowMs - this.#heldSinceMs),
    };
  }
}
