/**
 * A peer of two addresses, as odd as RFC 9260 lets it be, over two ways with delays, rates and losses: in virtual time, from a seed.
 * Owns: the two ways, what has come, when it is acknowledged, by which way and how; the account of what the stack must never do.
 * Does not own: the set-up (two-path-link.ts), what else a test asks of a run.
 */
import type { Association } from "../../src/association/association.ts";
import type { SendInfo } from "../../src/association/model/send-info.ts";
import type { PathInfo } from "../../src/association/reporting/status.ts";
import type { AssociationOptions } from "../../src/base/options.ts";
import { tsnAdd, tsnDiff } from "../../src/base/serial.ts";
import type { Chunk, DataChunk } from "../../src/chunks/chunk.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import { SeededRandom } from "../../src/platform/random.ts";
import {
  FULL_PAYLOAD,
  type Link,
  OUR_ADDRESS,
  OUR_SECOND_ADDRESS,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  type SentPacket,
} from "../conformance/lab.ts";
import { twoPathLink } from "./two-path-link.ts";

const NEVER = Number.POSITIVE_INFINITY;
const THEIRS: readonly string[] = [PEER_ADDRESS, PEER_SECOND_ADDRESS];
const OURS: readonly string[] = [OUR_ADDRESS, OUR_SECOND_ADDRESS];
const BOTH = [0, 1] as const;
const FULL_CHUNK_BYTES = FULL_PAYLOAD + 16;
const MAX_STEPS = 1_000_000;
/** How often a SHUTDOWN is repeated. */
const SHUTDOWN_MS = 1_000;

/** One way there, and back. */
export interface Way {
  /** In each direction. */
  readonly delayMs: number;
  /** Of packets to the peer, which wait for one another; as many as come if absent. */
  readonly bytesPerMs?: number | undefined;
  /** Whether a packet to the peer is lost. */
  readonly loses?: (packet: SentPacket, nowMs: number) => boolean;
  /** Whether one from the peer is. */
  readonly losesBack?: (nowMs: number) => boolean;
}

export interface Oddities {
  readonly seed?: number;
  /** The number of the way that a SACK takes: by default that of the last packet. */
  readonly sackWay?: ((cameBy: number, random: SeededRandom) => number) | undefined;
  /** Packets for a SACK, unless a gap asks for one at once. */
  readonly sackEvery?: number;
  readonly sacksGapsAtOnce?: boolean;
  /** The part of what it holds behind a gap that it drops whenever it is about to acknowledge, and until when. */
  readonly renegesShare?: number;
  readonly renegesUntilMs?: number;
  /** By what it holds behind a gap. */
  readonly aRwndBytes?: ((heldBytes: number) => number) | undefined;
  /** From then on SHUTDOWN acknowledges, and nothing else (9.2). */
  readonly shutsDownAtMs?: number;
  /** Of its INIT ACK. */
  readonly parameters?: readonly Parameter[];
}

interface Due {
  readonly atMs: number;
  readonly happens: () => void;
}

export class TwoPathPeer {
  readonly link: Link;
  /** The messages that have come, in the order of their TSNs, by their numbers. */
  readonly received: number[] = [];
  /** What the stack did that it never may. */
  readonly faults: string[] = [];
  /** Of each path: how often its window was reduced. */
  readonly reductions: number[] = [0, 0];
  readonly #ways: readonly Way[];
  readonly #odd: Oddities;
  readonly #random: SeededRandom;
  readonly #busyUntilMs: number[] = [0, 0];
  readonly #due: Due[] = [];
  /** What has come behind a gap, by its offset from the Initial TSN. */
  readonly #held = new Map<number, DataChunk>();
  /** The offset up to which all has come. */
  #through = -1;
  #duplicates: number[] = [];
  #packetCount = 0;
  #sackAtMs: number = NEVER;
  #lastWay = 0;
  #isOver = false;
  #queuedCount = 0;
  readonly #windows: Array<{ cwndBytes: number; ssthreshBytes: number }> = [];

  constructor(options: Partial<AssociationOptions>, ways: readonly Way[], odd: Oddities = {}) {
    this.#ways = ways;
    this.#odd = odd;
    this.#random = new SeededRandom(odd.seed ?? 1);
    const roundTripMs = 2 * this.#way(0).delayMs;
    this.link = twoPathLink({ multipath: "independent", ...options }, roundTripMs, odd.parameters);
    this.#look();
  }

  get association(): Association {
    return this.link.association;
  }

  get nowMs(): number {
    return this.link.lab.nowMs;
  }

  /** Undefined where the peer has taken that address away. */
  path(at: number): PathInfo | undefined {
    return this.association.paths().find(({ address }) => address === THEIRS[at]);
  }

  /** Queues messages, each of one full chunk that tells its number. */
  send(count: number, info: SendInfo = {}): void {
    for (let i = 0; i < count; i++) {
      const data = new Uint8Array(FULL_PAYLOAD);
      new DataView(data.buffer).setUint32(0, this.#queuedCount++);
      this.association.send(data, info, this.nowMs);
    }
    this.#carry(this.link.lab.flush());
  }

  /** Something of the test's own happens at that time. */
  at(atMs: number, happens: () => void): void {
    let place = this.#due.length;
    while (place > 0 && (this.#due[place - 1]?.atMs ?? 0) > atMs) place--;
    this.#due.splice(place, 0, { atMs, happens });
  }

  /** The peer says that, by that way, at once. */
  say(chunks: readonly Chunk[], way: number): void {
    this.#carry(this.link.receive(chunks, { from: THEIRS[way] ?? "", to: OURS[way] ?? "" }));
  }

  runUntil(isOver: () => boolean, limitMs: number): void {
    const { lab } = this.link;
    const endMs = lab.nowMs + limitMs;
    for (let step = 0; !isOver(); step++) {
      if (step === MAX_STEPS) throw new Error("it takes no end");
      const next = this.#due[0];
      const nextMs = Math.min(next?.atMs ?? NEVER, this.#sackAtMs, lab.stack.nextDeadlineMs());
      if (nextMs > endMs) {
        lab.nowMs = endMs;
        return;
      }
      lab.nowMs = Math.max(lab.nowMs, nextMs);
      if (next !== undefined && next.atMs <= lab.nowMs) {
        this.#due.shift();
        next.happens();
      } else if (this.#sackAtMs <= lab.nowMs) {
        this.#acknowledge();
      } else {
        lab.stack.handleTimeout(lab.nowMs);
        this.#carry(lab.flush());
      }
    }
  }

  run(ms: number): void {
    this.runUntil(() => false, ms);
  }

  /** All that was queued comes and is acknowledged, each message once and in order; nothing is in flight then, and no timer runs. */
  finish(limitMs: number): void {
    this.runUntil(() => this.association.bufferedBytes === 0, limitMs);
    const wrong = this.received.findIndex((number, at) => number !== at);
    if (wrong !== -1) this.faults.push(`message ${this.received[wrong]} comes instead of ${wrong}`);
    if (this.received.length !== this.#queuedCount) this.faults.push(`${this.received.length} have come`);
    this.rest();
  }

  /** What nothing waits for any more leaves nothing behind. */
  rest(): void {
    for (const at of BOTH) {
      const { flightBytes = 0 } = this.path(at) ?? {};
      if (flightBytes !== 0) this.faults.push(`${flightBytes} bytes are in flight on path ${at}`);
    }
    this.run(1_000); // A SACK may still be under way.
    const deadlineMs = this.link.lab.stack.nextDeadlineMs();
    if (this.association.options.heartbeatIntervalMs === 0 && deadlineMs !== NEVER)
      this.faults.push(`a timer runs until ${deadlineMs}`);
  }

  #way(at: number): Way {
    const way = this.#ways[at];
    if (way === undefined) throw new Error(`there is no way ${at}`);
    return way;
  }

  #carry(packets: readonly SentPacket[]): void {
    const counts = [0, 0];
    for (const packet of packets) {
      const at = THEIRS.indexOf(packet.to);
      const { delayMs, bytesPerMs, loses } = this.#way(at);
      if (packet.kinds.includes("DATA")) counts[at] = (counts[at] ?? 0) + 1;
      if (loses?.(packet, this.nowMs) === true) continue;
      let leavesAtMs = this.nowMs;
      if (bytesPerMs !== undefined) {
        leavesAtMs = Math.max(this.#busyUntilMs[at] ?? 0, leavesAtMs) + packet.lengthBytes / bytesPerMs;
        this.#busyUntilMs[at] = leavesAtMs;
      }
      this.at(leavesAtMs + delayMs, () => this.#onPacket(packet, at));
    }
    for (const at of BOTH) this.#checkWindow(at, counts[at] ?? 0);
    this.#look();
  }

  /** RFC 9260 6.1 B, 7.2.4 rule 3: of what leaves at one time, one packet may begin beyond the window. */
  #checkWindow(at: number, count: number): void {
    const path = this.path(at);
    if (path === undefined || count < 2) return;
    const beforeLastBytes = path.flightBytes - (count - 1) * FULL_CHUNK_BYTES;
    if (beforeLastBytes > path.cwndBytes + FULL_CHUNK_BYTES)
      this.faults.push(`at ${this.nowMs}: ${path.flightBytes} in flight on path ${at}, of ${path.cwndBytes}`);
  }

  /** A window is reduced where ssthresh falls below it: what slow start and pauses do to ssthresh is none. */
  #look(): void {
    for (const at of BOTH) {
      const path = this.path(at);
      if (path === undefined) continue;
      const { cwndBytes, ssthreshBytes } = path;
      const before = this.#windows[at];
      const hasChanged = before !== undefined && before.ssthreshBytes !== ssthreshBytes;
      if (hasChanged && ssthreshBytes < before.cwndBytes)
        this.reductions[at] = (this.reductions[at] ?? 0) + 1;
      this.#windows[at] = { cwndBytes, ssthreshBytes };
    }
  }

  #onPacket({ chunks }: SentPacket, way: number): void {
    let hasData = false;
    for (const chunk of chunks) {
      if (chunk.kind === "HEARTBEAT") this.#answer([{ ...chunk, kind: "HEARTBEAT ACK" }], way);
      if (chunk.kind === "SHUTDOWN ACK") {
        this.#isOver = true;
        this.#answer([{ kind: "SHUTDOWN COMPLETE", tagReflected: false }], way);
      }
      if (chunk.kind === "FORWARD TSN") this.#skipTo(tsnDiff(chunk.newCumulativeTsn, this.link.ourTsn));
      if (chunk.kind === "DATA") this.#onData(chunk);
      if (chunk.kind === "DATA" || chunk.kind === "FORWARD TSN") hasData = true;
    }
    if (!hasData) return;
    this.#lastWay = way;
    this.#packetCount++;
    const { sackEvery = 2, sacksGapsAtOnce = true } = this.#odd;
    const isUrgent = sacksGapsAtOnce && (this.#held.size > 0 || this.#duplicates.length > 0);
    if (isUrgent || this.#packetCount >= sackEvery) this.#acknowledge();
    else this.#sackAtMs = Math.min(this.#sackAtMs, this.nowMs + 200);
  }

  #onData(chunk: DataChunk): void {
    const offset = tsnDiff(chunk.tsn, this.link.ourTsn);
    if (offset <= this.#through || this.#held.has(offset)) {
      this.#duplicates.push(chunk.tsn);
      return;
    }
    this.#held.set(offset, { ...chunk, payload: chunk.payload.slice() });
    this.#advance();
  }

  #skipTo(offset: number): void {
    while (this.#through < offset) {
      if (this.#held.has(this.#through + 1)) this.#advance();
      else this.#through++;
    }
    this.#advance();
  }

  #advance(): void {
    for (;;) {
      const next = this.#held.get(this.#through + 1);
      if (next === undefined) return;
      this.#held.delete(++this.#through);
      this.received.push(new DataView(next.payload.buffer).getUint32(0));
    }
  }

  #acknowledge(): void {
    this.#packetCount = 0;
    this.#sackAtMs = NEVER;
    const way = this.#odd.sackWay?.(this.#lastWay, this.#random) ?? this.#lastWay;
    const cumulativeTsnAck = tsnAdd(this.link.ourTsn, this.#through);
    if (this.nowMs >= (this.#odd.shutsDownAtMs ?? NEVER)) {
      if (this.#isOver) return;
      this.#sackAtMs = this.nowMs + SHUTDOWN_MS;
      this.#answer([{ kind: "SHUTDOWN", cumulativeTsnAck }], way);
      return;
    }
    this.#renege();
    const aRwndBytes = this.#odd.aRwndBytes?.(this.#held.size * FULL_PAYLOAD) ?? 1_000_000;
    const duplicateTsns = this.#duplicates.splice(0);
    this.#answer(
      [{ kind: "SACK", cumulativeTsnAck, aRwndBytes, gapBlocks: this.#gapBlocks(), duplicateTsns }],
      way,
    );
  }

  #renege(): void {
    const { renegesShare = 0, renegesUntilMs = NEVER } = this.#odd;
    if (renegesShare === 0 || this.nowMs >= renegesUntilMs) return;
    for (const offset of [...this.#held.keys()])
      if (this.#random.fraction() < renegesShare) this.#held.delete(offset);
  }

  #gapBlocks(): Array<{ start: number; end: number }> {
    const blocks: Array<{ start: number; end: number }> = [];
    for (const offset of [...this.#held.keys()].sort((a, b) => a - b)) {
      const place = offset - this.#through;
      const last = blocks.at(-1);
      if (last?.end === place - 1) last.end = place;
      else blocks.push({ start: place, end: place });
    }
    return blocks;
  }

  #answer(chunks: readonly Chunk[], way: number): void {
    const { delayMs, losesBack } = this.#way(way);
    if (losesBack?.(this.nowMs) !== true) this.at(this.nowMs + delayMs, () => this.say(chunks, way));
  }
}
