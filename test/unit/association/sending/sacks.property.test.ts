/**
 * The whole sending half under SACKs of a peer that says what it likes, with each loss detector, congestion controller and use of
 * paths, and a model that knows no more than what was on the wire: which chunk left when and to where, and what was said of it.
 * Owns: the peer, the model, what must hold after each step.
 * Does not own: that RACK finds all that it is to find (rack.property.test.ts).
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { OutboundMessage } from "../../../../src/association/model/outbound-message.ts";
import type { Path } from "../../../../src/association/paths/path.ts";
import { PathSet } from "../../../../src/association/paths/path-set.ts";
import { RetransmissionTimeout } from "../../../../src/association/paths/rto.ts";
import { Outbound } from "../../../../src/association/sending/outbound.ts";
import { SentState } from "../../../../src/association/sending/sent-chunk.ts";
import { type AssociationOptions, associationOptions } from "../../../../src/base/options.ts";
import { tsnAdd, tsnDiff } from "../../../../src/base/serial.ts";
import { decodePacket } from "../../../../src/chunks/packet.ts";
import { PacketWriter } from "../../../../src/chunks/packet-writer.ts";
import { PacketSlab } from "../../../../src/chunks/slab.ts";
import { createController } from "../../../../src/congestion/create.ts";
import { testPath } from "../../../inside/seat.ts";
import { gapBlocksOf, sackView } from "../../../sack-view.ts";

const MAX_PACKET_BYTES = 1_200;
const OPEN_WINDOW = 1_000_000;
const NEVER = Number.POSITIVE_INFINITY;

/** A chunk as it was seen on the wire. */
interface Seen {
  readonly bytes: number;
  readonly payloadBytes: number;
  path: Path;
  wentElsewhere: boolean;
  /** Which transmission of all, and when; taking its acknowledgement back counts as one. */
  place: number;
  transmissions: number;
  /** SACKs since then that may count against it (RFC 9260 7.2.4). */
  misses: number;
  isReported: boolean;
  isGivenUp: boolean;
}

class Bench {
  readonly outbound: Outbound;
  readonly paths: PathSet = new PathSet();
  readonly #options: AssociationOptions;
  readonly #initialTsn: number;
  readonly #slab: PacketSlab = new PacketSlab();
  readonly #seen: Seen[] = [];
  readonly #newestPlace = new Map<Path, number>();
  nowMs = 10;
  /** The chunks below this number are acknowledged cumulatively. */
  cumulative = 0;
  /** Those beyond which the peer's last SACK reported. */
  reported: ReadonlySet<number> = new Set();
  found = { losses: 0, probes: 0 };
  #places = 0;
  #lastWindow = OPEN_WINDOW;
  /** What went out last was more than the peer had room for. */
  #isBeyondWindow = false;
  #probesBefore = 0;

  constructor(options: AssociationOptions, initialTsn: number, pathCount: number) {
    this.#options = options;
    this.#initialTsn = initialTsn;
    this.outbound = new Outbound({
      initialTsn,
      options,
      paths: this.paths,
      observer: {
        onRetransmit() {},
        onCongestionChange() {},
        onRttSample() {},
        onTimer: (timer) => {
          if (timer === "tail-loss-probe") this.found.probes++;
        },
      },
    });
    for (let i = 0; i < pathCount; i++) {
      const init = { pmdcsBytes: MAX_PACKET_BYTES - 12, family: 4 } as const;
      const path = testPath(`10.${i}.0.2`, {
        maxPacketBytes: MAX_PACKET_BYTES,
        congestion: createController(options, init, this.paths),
        rto: new RetransmissionTimeout(1_000, 1_000, 60_000),
      });
      path.rto.sample(10 + 20 * i);
      this.paths.add(path);
      this.outbound.onPathAdded(path);
    }
    this.outbound.reset({ initialTsn, peerRwndBytes: OPEN_WINDOW, streamCount: 4, isInterleaved: false });
  }

  get sentCount(): number {
    return this.#seen.length;
  }

  get isRack(): boolean {
    return this.#options.lossDetection === "rack";
  }

  get deadlineMs(): number {
    return Math.min(this.outbound.deadlineMs, ...this.paths.all.map(({ t3DeadlineMs }) => t3DeadlineMs));
  }

  enqueue(bytes: number, streamId: number): void {
    this.outbound.enqueue(new OutboundMessage(new Uint8Array(bytes), { streamId }));
  }

  /** Takes all packets that may leave now. */
  poll(): void {
    const stateBefore = this.#statesOf();
    for (let packets = 0; ; packets++) {
      must(packets < 5_000, "packets come to an end");
      const path = this.outbound.nextPath(this.nowMs);
      if (path === undefined) break;
      const writer = new PacketWriter();
      writer.begin(this.#slab, 1, 2, 3, path.maxPacketBytes);
      this.outbound.fill(writer, path, false, this.nowMs);
      if (!this.#observe(this.#slab.packet(writer.finish()), path)) break;
    }
    // What is sent elsewhere, for all wait for it, and is not lost (draft-tuexen-tsvwg-sctp-multipath 5.3).
    const marked = this.#newlyMarked(stateBefore);
    if (this.#options.multipath === "off") expect(marked).toEqual([]);
    for (const index of marked) expect(this.#chunk(index).flight).toBeUndefined();
  }

  sack(
    cumulative: number,
    reported: ReadonlySet<number>,
    window: number,
    duplicates: readonly number[],
  ): void {
    const before = this.#statesOf();
    this.#note(cumulative, reported);
    const isWindowProbe = this.#isBeyondWindow && this.#seen.length - cumulative === 1;
    const tsns = duplicates.map((index) => this.#initialTsn + index);
    const view = sackView(this.#initialTsn + cumulative - 1, window, gapBlocksOf(reported, cumulative), tsns);
    expect(this.outbound.onSack(view, this.nowMs)).toBe("accepted");
    this.#lastWindow = window;
    for (const index of this.#newlyMarked(before)) {
      // A probe of the window that was answered need not wait (RFC 9260 6.1 A).
      if (!isWindowProbe || window < this.#seen[index]!.payloadBytes) this.#expectLost(index);
    }
  }

  /** A SHUTDOWN says nothing of gaps, but that the next is not there. */
  shutdown(cumulative: number): void {
    const before = this.#statesOf();
    this.#note(cumulative, new Set([...this.reported].filter((index) => index > cumulative)), true);
    expect(this.outbound.onCumulativeAck((this.#initialTsn + cumulative - 1) >>> 0, this.nowMs)).toBe(
      "accepted",
    );
    expect(this.#newlyMarked(before)).toEqual([]);
  }

  /** Nothing changes by what is no SACK, or an old one. */
  refuse(cumulative: number, blocks: ReadonlyArray<readonly [number, number]>): void {
    const before = this.#snapshot();
    const view = sackView(this.#initialTsn + cumulative - 1, 17, blocks);
    expect(this.outbound.onSack(view, this.nowMs)).not.toBe("accepted");
    expect(this.#snapshot()).toBe(before);
  }

  giveUp(index: number): void {
    const { message, state } = this.#chunk(index);
    if (message === undefined || state === SentState.Abandoned) return;
    this.outbound.abandon(message, tsnAdd(this.#initialTsn, index));
    for (let i = this.cumulative; i < this.#seen.length; i++)
      if (this.#chunk(i).state === SentState.Abandoned) this.#seen[i]!.isGivenUp = true;
    this.#noteStandIn();
  }

  /** To the next deadline, or as far as it may go before that. */
  wait(ms: number): void {
    const endMs = this.nowMs + ms;
    for (let steps = 0; this.deadlineMs <= endMs; steps++) {
      must(steps < 2_000, "timers come to rest");
      this.nowMs = Math.max(this.nowMs, this.deadlineMs);
      this.#onDeadline();
      this.poll();
      this.check();
    }
    this.nowMs = endMs;
  }

  #onDeadline(): void {
    for (const path of this.paths.all) {
      if (path.t3DeadlineMs > this.nowMs) continue;
      const before = this.#statesOf();
      this.outbound.onT3(path, this.nowMs);
      for (const index of this.#newlyMarked(before)) expect(this.#seen[index]!.path).toBe(path);
    }
    if (this.outbound.deadlineMs > this.nowMs) return;
    const before = this.#statesOf();
    this.outbound.onTimeout(this.nowMs);
    const marked = this.#newlyMarked(before);
    const probes = this.found.probes - this.#probesBefore;
    this.#probesBefore = this.found.probes;
    if (!this.isRack) expect(marked).toEqual([]);
    const unfounded = marked.filter((index) => !this.#isOvertaken(index));
    expect(unfounded.length).toBeLessThanOrEqual(probes);
    this.found.losses += marked.length - unfounded.length;
  }

  /** What must hold between any two steps, once packets have been asked for. */
  check(): void {
    const { sent, bufferedBytes } = this.outbound;
    const flightBytes = new Map<Path, number>(this.paths.all.map((path) => [path, 0]));
    let payloadBytes = 0;
    let gapAckedBytes = 0;
    let keptBytes = this.outbound.queue.pendingBytes;
    let waits = false;
    let isMarked = false;
    must(sent.outstandingCount === this.#seen.length - this.cumulative, "what is outstanding");
    for (let index = this.cumulative; index < this.#seen.length; index++) {
      const seen = this.#seen[index]!;
      const { state } = this.#chunk(index);
      if (seen.isGivenUp) {
        must(state === SentState.Abandoned, `${index} is given up`);
        continue;
      }
      keptBytes += seen.payloadBytes;
      must((state === SentState.Acked) === seen.isReported, `${index} is what was said of it`);
      if (seen.isReported) {
        gapAckedBytes += seen.bytes;
        continue;
      }
      waits = true;
      if (state === SentState.ToRetransmit) {
        isMarked = true;
        continue;
      }
      must(state === SentState.InFlight, `${index} is in flight`);
      flightBytes.set(seen.path, flightBytes.get(seen.path)! + seen.bytes);
      payloadBytes += seen.payloadBytes;
    }
    expect(sent.inFlightPayloadBytes).toBe(payloadBytes);
    expect(sent.gapAckedBytes).toBe(gapAckedBytes);
    expect(bufferedBytes).toBe(keptBytes);
    for (const path of this.paths.all) {
      expect(path.flight.flightBytes).toBe(flightBytes.get(path));
      // In Fast Recovery RFC 9937 has it follow what is in flight.
      const leastBytes = this.#options.congestionControl === "cubic" ? 1 : MAX_PACKET_BYTES - 12;
      expect(path.congestion.cwndBytes).toBeGreaterThanOrEqual(leastBytes);
      if (path.flight.flightBytes > 0) expect(path.t3Running, "T3-rtx runs").toBe(true);
    }
    if (isMarked && this.outbound.deadlineMs === NEVER)
      expect(payloadBytes, "what is marked waits for what is in flight").toBeGreaterThan(0);
    if (waits) expect(this.deadlineMs, "somebody waits").toBeLessThan(NEVER);
    if (sent.isEmpty && bufferedBytes === 0) expect(this.deadlineMs, "nobody waits").toBe(NEVER);
  }

  /** The peer comes to its senses: it has a window, and says honestly what has come since. */
  finish(): void {
    for (let round = 0; this.outbound.bufferedBytes > 0 || !this.outbound.sent.isEmpty; round++) {
      expect(round, "all is acknowledged some day").toBeLessThan(400);
      const transmissions = this.#transmissions;
      this.sack(this.cumulative, this.reported, OPEN_WINDOW, []);
      this.poll();
      if (this.#transmissions === transmissions && this.#waitsForMore)
        this.wait(this.deadlineMs - this.nowMs);
      this.nowMs += 5;
      let cumulative = this.cumulative;
      while (cumulative < this.#seen.length && !this.#waitsToGoOut(cumulative)) cumulative++;
      const reported = new Set([...this.reported].filter((index) => index > cumulative));
      this.sack(cumulative, reported, OPEN_WINDOW, []);
      this.poll();
      this.check();
    }
    expect(this.outbound.bufferedBytes).toBe(0);
  }

  get #waitsForMore(): boolean {
    return this.deadlineMs < NEVER;
  }

  get #transmissions(): number {
    return this.#places;
  }

  #waitsToGoOut(index: number): boolean {
    return this.#chunk(index).state === SentState.ToRetransmit;
  }

  #chunk(index: number) {
    return this.outbound.sent.at(tsnAdd(this.#initialTsn, index));
  }

  #statesOf(): Map<number, number> {
    const states = new Map<number, number>();
    for (let index = this.cumulative; index < this.#seen.length; index++)
      states.set(index, this.#chunk(index).state);
    return states;
  }

  #newlyMarked(before: ReadonlyMap<number, number>): number[] {
    return [...before]
      .filter(([index, state]) => index >= this.cumulative && state !== SentState.ToRetransmit)
      .map(([index]) => index)
      .filter((index) => this.#waitsToGoOut(index));
  }

  #snapshot(): string {
    const { sent, bufferedBytes, peerWindow } = this.outbound;
    const { cumulativeAckPoint, inFlightPayloadBytes, gapAckedBytes } = sent;
    const paths = this.paths.all.map(({ flight, congestion }) => [flight.flightBytes, congestion.cwndBytes]);
    const states = [...this.#statesOf()];
    const { advertisedBytes } = peerWindow;
    const numbers = {
      cumulativeAckPoint,
      inFlightPayloadBytes,
      gapAckedBytes,
      bufferedBytes,
      advertisedBytes,
    };
    return JSON.stringify([numbers, paths, states, this.deadlineMs]);
  }

  /** @returns whether there was DATA in it */
  #observe(packet: Uint8Array, path: Path): boolean {
    let isAny = false;
    for (const chunk of decodePacket(packet.slice()).chunks) {
      if (chunk.kind !== "DATA") continue;
      isAny = true;
      const index = tsnDiff(chunk.tsn, this.#initialTsn);
      const payloadBytes = chunk.payload.length;
      const place = ++this.#places;
      const seen = this.#seen[index];
      if (seen === undefined) {
        expect(index, "TSNs go out in order").toBe(this.#seen.length);
        const bytes = 16 + payloadBytes + (-payloadBytes & 3);
        const fresh = { misses: 0, isReported: false, isGivenUp: false };
        this.#seen.push({
          bytes,
          payloadBytes,
          path,
          place,
          wentElsewhere: false,
          transmissions: 1,
          ...fresh,
        });
        continue;
      }
      expect(seen.isReported || seen.isGivenUp, `${index} goes out again for nothing`).toBe(false);
      expect(payloadBytes).toBe(seen.payloadBytes);
      const wentElsewhere = seen.wentElsewhere || seen.path !== path;
      const transmissions = seen.transmissions + 1;
      Object.assign(seen, { path, place, wentElsewhere, transmissions, misses: 0 });
    }
    if (isAny) this.#isBeyondWindow = this.outbound.sent.inFlightPayloadBytes > this.#lastWindow;
    return isAny;
  }

  /** A TSN stands for what of the message has not been sent. */
  #noteStandIn(): void {
    const count = tsnDiff(this.outbound.sent.nextTsn, this.#initialTsn);
    const path = this.paths.all[0]!;
    const place = 0;
    const nothing = { misses: 0, isReported: false, isGivenUp: true };
    while (this.#seen.length < count)
      this.#seen.push({
        bytes: 0,
        payloadBytes: 0,
        path,
        place,
        wentElsewhere: false,
        transmissions: 0,
        ...nothing,
      });
  }

  #note(cumulative: number, reported: ReadonlySet<number>, isShutdown = false): void {
    const advanced = cumulative > this.cumulative;
    const news: number[] = [];
    for (let index = this.cumulative; index < this.#seen.length; index++) {
      const seen = this.#seen[index]!;
      if (index < cumulative || reported.has(index)) {
        if (!seen.isReported) news.push(index);
        seen.isReported = true;
        this.#newestPlace.set(seen.path, Math.max(this.#newestPlace.get(seen.path) ?? 0, seen.place));
      } else if (seen.isReported) {
        seen.isReported = false;
        seen.place = ++this.#places;
        seen.misses = 1; // RFC 9260 6.2.1 D-iii.
      }
    }
    this.cumulative = cumulative;
    this.reported = reported;
    if (isShutdown) return;
    const isSplit = this.#options.multipath !== "off";
    for (let index = cumulative; index < this.#seen.length; index++) {
      const seen = this.#seen[index]!;
      if (seen.isReported) continue;
      const tells = (other: number): boolean => !isSplit || this.#seen[other]!.path === seen.path;
      const newsAbove = news.some((other) => other > index && tells(other));
      // In Fast Recovery everything counts that is reported, when the cumulative ack moves.
      const isAdvance = isSplit ? news.some(tells) : advanced;
      const anyAbove = isAdvance && [...reported].some((other) => other > index && tells(other));
      if (newsAbove || anyAbove) seen.misses++;
    }
  }

  #expectLost(index: number): void {
    this.found.losses++;
    const { misses } = this.#seen[index]!;
    if (this.isRack) expect(this.#isOvertaken(index), `${index} was overtaken`).toBe(true);
    else expect(misses, `misses of ${index}`).toBeGreaterThanOrEqual(3);
  }

  /** Something that went to the same address later has come. */
  #isOvertaken(index: number): boolean {
    const { path, place } = this.#seen[index]!;
    return place < (this.#newestPlace.get(path) ?? 0);
  }
}

/** For what is looked at in each chunk after each step. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not so: ${what}`);
}

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("queue" as const),
      bytes: fc.constantFrom(1, 90, 700, 1_172, 1_172, 4_000),
      count: fc.integer({ min: 1, max: 8 }),
      streamId: fc.nat(3),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant("sack" as const),
      advance: fc.constantFrom(0, 0, 0, 0, 1, 2, 9),
      runs: fc.array(fc.tuple(fc.nat(12), fc.nat(3)), { maxLength: 3 }),
      keeps: fc.constantFrom(true, true, true, true, false),
      window: fc.constantFrom(OPEN_WINDOW, OPEN_WINDOW, OPEN_WINDOW, 5_000, 500, 0),
      duplicates: fc.array(fc.nat(30), { maxLength: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("tell more" as const),
      skip: fc.nat(2),
      sacks: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(0, 1, 4, 15, 60, 1_500) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("deadline" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("old" as const), by: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("future" as const), by: fc.nat(70_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("false block" as const), start: fc.nat(5), end: fc.nat(5) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("shutdown" as const), advance: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("give up" as const), pick: fc.nat(30) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(bench: Bench, s: Step): void {
  const { cumulative, sentCount } = bench;
  if (s.kind === "queue") for (let i = 0; i < s.count; i++) bench.enqueue(s.bytes, s.streamId);
  if (s.kind === "wait") bench.wait(s.ms);
  if (s.kind === "deadline" && bench.deadlineMs < NEVER)
    bench.wait(Math.max(0, bench.deadlineMs - bench.nowMs));
  if (s.kind === "old") bench.refuse(cumulative - s.by, []);
  if (s.kind === "future") {
    bench.refuse(sentCount + 1 + s.by, []);
    if (s.by < 60_000) bench.refuse(cumulative, [[2, sentCount - cumulative + 1 + s.by + 2]]);
  }
  if (s.kind === "false block" && (s.start <= 1 || s.end < s.start))
    bench.refuse(cumulative, [[s.start, s.end]]);
  if (s.kind === "shutdown") bench.shutdown(Math.min(cumulative + s.advance, sentCount));
  if (s.kind === "give up" && sentCount > cumulative)
    bench.giveUp(cumulative + (s.pick % (sentCount - cumulative)));
  if (s.kind === "tell more") tellMore(bench, s.skip, s.sacks);
  if (s.kind !== "sack") return;
  const next = Math.min(cumulative + s.advance, sentCount);
  const reported = new Set(s.keeps ? [...bench.reported].filter((index) => index > next) : []);
  for (const [first, length] of s.runs)
    for (let i = next + 1 + first; i <= next + 1 + first + length; i++) if (i < sentCount) reported.add(i);
  bench.sack(next, reported, s.window, s.duplicates);
}

/** SACKs of which each reports one chunk more, beyond all that have been reported and some that are missing. */
function tellMore(bench: Bench, skip: number, sacks: number): void {
  const { cumulative, reported } = bench;
  const next = Math.max(cumulative, ...[...reported].map((index) => index + 1)) + Math.max(1, skip);
  const grown = new Set(reported);
  for (let index = next; index < Math.min(next + sacks, bench.sentCount); index++) {
    grown.add(index);
    bench.sack(cumulative, new Set(grown), OPEN_WINDOW, []);
    bench.poll();
    bench.check();
  }
}

for (const lossDetection of ["rfc9260", "rack"] as const)
  for (const multipath of ["off", "independent", "coupled"] as const)
    it(`keeps its books whatever SACKs say: lossDetection ${lossDetection}, multipath ${multipath}`, () => {
      const found = { losses: 0, probes: 0 };
      fc.assert(
        fc.property(
          fc.constantFrom(0, 0xffff_ffe0, 0x7fff_ffe0),
          fc.constantFrom(
            "rfc9260" as const,
            "cubic" as const,
            ...(multipath === "coupled" ? [] : ["bbr" as const]),
          ),
          multipath === "off" ? fc.integer({ min: 1, max: 2 }) : fc.constant(2),
          fc.array(step, { minLength: 10, maxLength: 60, size: "max" }),
          (initialTsn, congestionControl, pathCount, program) => {
            const options = associationOptions({ lossDetection, multipath, congestionControl });
            const bench = new Bench(options, initialTsn, pathCount);
            for (const s of program) {
              take(bench, s);
              bench.poll();
              bench.check();
            }
            bench.finish();
            found.losses += bench.found.losses;
            found.probes += bench.found.probes;
          },
        ),
        { numRuns: 40 },
      );
      expect(found.losses).toBeGreaterThan(lossDetection === "rack" ? 40 : 10);
      if (lossDetection === "rack") expect(found.probes).toBeGreaterThan(10);
    });
