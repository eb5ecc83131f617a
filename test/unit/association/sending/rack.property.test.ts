/**
 * RACK beside a model that follows the pseudocode of RFC 8985 6 and looks at every chunk each time: two paths, a peer that
 * acknowledges, takes back and reports duplicates at random, T3-rtx, a coarse clock, numbers that wrap.
 * Owns: the model. Does not own: what goes out when (test/conformance/rfc8985.test.ts).
 *
 * Mutants killed here by hand: a chunk appended before the last one; the earlier neighbour kept when one is taken out; places
 * lost when the arrays grow; a window that is not bounded; the measured place kept from one SACK to the next.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { OutboundMessage } from "../../../../src/association/model/outbound-message.ts";
import type { PathFlight } from "../../../../src/association/paths/path-flight.ts";
import { PathSet } from "../../../../src/association/paths/path-set.ts";
import { RackLossDetector } from "../../../../src/association/sending/rack-loss-detector.ts";
import { SentLog } from "../../../../src/association/sending/sent-log.ts";
import { tsnAdd } from "../../../../src/base/serial.ts";
import { Rfc9260Controller } from "../../../../src/congestion/rfc9260.ts";
import { testPath } from "../../../inside/seat.ts";
import { gapBlocksOf, sackView } from "../../../sack-view.ts";

const PACKET_BYTES = 1_000;
const PATHS = 2;
const SRTT_MS = [12, Number.NaN] as const;

interface ModelChunk {
  state: "in flight" | "acked" | "lost";
  path: number;
  xmitMs: number;
  /** Which transmission of all it was last. */
  place: number;
  bytes: number;
  isResent: boolean;
  credited: boolean;
  /** T3-rtx gave it up, and it has not been sent again since. */
  isTimedOut: boolean;
}

class ModelPath {
  minRttMs = Number.NaN;
  rttMs = Number.NaN;
  newestPlace = 0;
  fack = -1;
  reorderingSeen = false;
  steps = 1;
  persist = 16;
  dsackRound: number | undefined = undefined;
  wasRecovering = false;
  hasResent = false;
  rtoUntil: number | undefined = undefined;
  deadlineMs: number = Number.POSITIVE_INFINITY;
}

class Model {
  readonly chunks: ModelChunk[] = [];
  readonly paths: readonly ModelPath[] = Array.from({ length: PATHS }, () => new ModelPath());
  cumulative = 0;
  #places = 0;
  #reports = 0;

  send(path: number, bytes: number, nowMs: number): void {
    const place = ++this.#places;
    this.chunks.push({
      state: "in flight",
      path,
      xmitMs: nowMs,
      place,
      bytes,
      isResent: false,
      credited: false,
      isTimedOut: false,
    });
  }

  resend(chunk: ModelChunk, path: number, nowMs: number): void {
    const place = ++this.#places;
    const fresh = { isResent: true, credited: false, isTimedOut: false };
    Object.assign(chunk, { state: "in flight", path, xmitMs: nowMs, place, ...fresh });
    this.paths[path]!.hasResent = true;
  }

  timeout(path: number): void {
    for (const chunk of this.#outstanding)
      if (chunk.path === path && chunk.state === "in flight")
        Object.assign(chunk, { state: "lost", isTimedOut: true });
    this.paths[path]!.rtoUntil = this.chunks.length;
  }

  sack(
    cumulative: number,
    reported: ReadonlySet<number>,
    duplicates: number,
    recovering: boolean,
    nowMs: number,
    isSpurious: readonly boolean[],
  ): void {
    const advanced = cumulative > this.cumulative;
    const newly: ModelChunk[] = [];
    let beyond = false;
    for (const [index, chunk] of this.chunks.entries()) {
      if (index < this.cumulative) continue;
      const isReported = index < cumulative || reported.has(index);
      if (isReported && chunk.state !== "acked") {
        chunk.state = "acked";
        if (index >= cumulative) beyond = true;
        if (chunk.credited) continue;
        chunk.credited = true;
        newly.push(chunk);
      } else if (!isReported && chunk.state === "acked") {
        // Reneged: it waits for what is sent from now on.
        Object.assign(chunk, { state: "in flight", place: ++this.#places });
      }
    }
    this.cumulative = cumulative;
    if (advanced) this.#reports = 0;
    if (beyond) this.#reports++;
    for (const [number, path] of this.paths.entries()) {
      const own = newly.filter((chunk) => chunk.path === number);
      this.#update(path, own, nowMs);
      if (isSpurious[number] === true) this.#restore(path, number);
      this.#adapt(path, duplicates, recovering);
      this.detect(number, recovering, nowMs);
    }
  }

  /** The timeout was for nothing: what waits since then is in flight as before. */
  #restore(path: ModelPath, number: number): void {
    path.rtoUntil = undefined;
    for (const chunk of this.#outstanding) {
      if (chunk.path !== number || chunk.state !== "lost" || !chunk.isTimedOut) continue;
      Object.assign(chunk, { state: "in flight", isTimedOut: false });
    }
  }

  /** Steps 1 to 3. */
  #update(path: ModelPath, own: readonly ModelChunk[], nowMs: number): void {
    for (const chunk of own) {
      if (!chunk.isResent && !(path.minRttMs <= nowMs - chunk.xmitMs)) path.minRttMs = nowMs - chunk.xmitMs;
      const index = this.chunks.indexOf(chunk);
      if (index > path.fack) path.fack = index;
      else if (index < path.fack && !chunk.isResent) path.reorderingSeen = true;
    }
    // The least round trip may be found by the same SACK, in a chunk with a higher TSN: those are looked at later.
    let minRttMs = Number.NaN;
    const usable = own.filter((chunk) => {
      const rttMs = nowMs - chunk.xmitMs;
      if (!chunk.isResent && !(minRttMs <= rttMs)) minRttMs = rttMs;
      const known = [this.#minBefore.get(path) ?? Number.NaN, minRttMs].filter((ms) => !Number.isNaN(ms));
      return !chunk.isResent || (known.length > 0 && rttMs >= Math.min(...known));
    });
    this.#minBefore.set(path, path.minRttMs);
    for (const chunk of usable.toSorted((a, b) => a.place - b.place)) {
      path.rttMs = nowMs - chunk.xmitMs;
      if (chunk.place > path.newestPlace) path.newestPlace = chunk.place;
    }
  }
  readonly #minBefore = new Map<ModelPath, number>();

  /** Step 4, but for its last lines. */
  #adapt(path: ModelPath, duplicates: number, inFastRecovery: boolean): void {
    if (path.rtoUntil !== undefined && this.cumulative >= path.rtoUntil) path.rtoUntil = undefined;
    const recovering = inFastRecovery || path.rtoUntil !== undefined;
    if (path.dsackRound !== undefined && this.cumulative >= path.dsackRound) path.dsackRound = undefined;
    const isExiting = path.wasRecovering && !recovering;
    path.wasRecovering = recovering;
    const sawDsack = duplicates > 0 && path.hasResent;
    if (sawDsack) path.hasResent = false;
    if (path.dsackRound === undefined && sawDsack) {
      path.dsackRound = this.chunks.length;
      path.steps++;
      path.persist = 16;
      path.wasRecovering = false;
    } else if (isExiting) {
      path.persist--;
      if (path.persist <= 0) path.steps = 1;
    }
  }

  /** Step 5. */
  detect(number: number, inFastRecovery: boolean, nowMs: number): void {
    const path = this.paths[number]!;
    const sackedBytes = this.#outstanding.reduce(
      (sum, { state, bytes }) => sum + (state === "acked" ? bytes : 0),
      0,
    );
    const packets = Math.max(this.#reports, Math.ceil(sackedBytes / PACKET_BYTES));
    const recovering = inFastRecovery || path.rtoUntil !== undefined;
    const bound = SRTT_MS[number] ?? Number.NaN;
    let windowMs = Math.min((path.steps * path.minRttMs) / 4, Number.isNaN(bound) ? 1e9 : bound);
    if (!path.reorderingSeen && (recovering || packets >= 3)) windowMs = 0;
    path.deadlineMs = Number.POSITIVE_INFINITY;
    const before = this.#outstanding.filter(
      (chunk) => chunk.path === number && chunk.state === "in flight" && chunk.place < path.newestPlace,
    );
    for (const chunk of before.toSorted((a, b) => a.place - b.place)) {
      const dueMs = chunk.xmitMs + (path.rttMs + windowMs);
      if (dueMs > nowMs) {
        path.deadlineMs = dueMs;
        break; // What was sent after it is not due before it.
      }
      Object.assign(chunk, { state: "lost", isTimedOut: false });
    }
  }

  get #outstanding(): ModelChunk[] {
    return this.chunks.slice(this.cumulative);
  }
}

/** Tells on which flights a timeout was for nothing. */
class TellingLog extends SentLog {
  readonly restored = new Set<PathFlight>();

  override restoreTimedOut(flight: PathFlight): ReturnType<SentLog["restoreTimedOut"]> {
    this.restored.add(flight);
    return super.restoreTimedOut(flight);
  }
}

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("send" as const),
      count: fc.integer({ min: 1, max: 8 }),
      path: fc.constantFrom(0, 0, 0, 1),
      bytes: fc.constantFrom(40, 400, 1_000),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("sack" as const),
      advance: fc.constantFrom(0, 0, 0, 1, 2, 9),
      runs: fc.array(fc.tuple(fc.nat(20), fc.nat(4)), { maxLength: 3 }),
      keeps: fc.constantFrom(true, true, true, true, false),
      duplicates: fc.constantFrom(0, 0, 0, 1),
      recovering: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("resend" as const),
      count: fc.nat(6),
      path: fc.constantFrom(0, 0, 1),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(0, 1, 3, 10, 40) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("timer" as const), recovering: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("t3" as const), path: fc.nat(1) }) },
);

it("finds what is lost, and when, as a look at every chunk would (RFC 8985 6)", () => {
  let losses = 0;
  let restorations = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(0, 0xffff_ffe0, 0x7fff_ffe0),
      fc.array(step, { minLength: 20, maxLength: 90, size: "max" }),
      (initialTsn, program) => {
        const paths = twoPaths();
        const detector = new RackLossDetector(paths);
        const log = new TellingLog(initialTsn, detector);
        for (const { flight } of paths.all) log.addFlight(flight);
        const model = new Model();
        let nowMs = 5;
        let reported = new Set<number>();
        for (const s of program) {
          if (s.kind === "wait") nowMs += s.ms;
          if (s.kind === "send")
            for (let i = 0; i < s.count; i++) {
              const message = new OutboundMessage(new Uint8Array(1));
              log.send(message, 3, 0, 1, s.bytes, paths.all[s.path]!.flight, nowMs);
              model.send(s.path, s.bytes, nowMs);
            }
          if (s.kind === "resend")
            for (let i = 0; i < s.count; i++) {
              const chunk = log.nextToRetransmit();
              if (chunk === undefined) break;
              log.resend(chunk, paths.all[s.path]!.flight, nowMs);
              model.resend(model.chunks[(chunk.tsn - initialTsn) >>> 0]!, s.path, nowMs);
            }
          if (s.kind === "t3") {
            detector.onT3(log, paths.all[s.path]!.flight);
            log.markPathLost(paths.all[s.path]!.flight);
            model.timeout(s.path);
          }
          if (s.kind === "timer" && detector.deadlineMs !== Number.POSITIVE_INFINITY) {
            nowMs = Math.max(nowMs, detector.deadlineMs);
            const due = model.paths.map(({ deadlineMs }) => nowMs >= deadlineMs);
            detector.onTimeout(log, s.recovering, nowMs);
            for (const [number, isDue] of due.entries()) if (isDue) model.detect(number, s.recovering, nowMs);
          }
          if (s.kind === "sack") {
            const cumulative = Math.min(model.cumulative + s.advance, model.chunks.length);
            const next = new Set(s.keeps ? [...reported].filter((index) => index > cumulative) : []);
            for (const [first, length] of s.runs)
              for (let i = 1 + first; i <= 1 + first + length; i++)
                if (cumulative + i < model.chunks.length) next.add(cumulative + i);
            next.delete(cumulative);
            reported = next;
            const view = sackView(initialTsn + cumulative - 1, 100_000, gapBlocksOf(next, cumulative));
            expect(log.onSack(view, nowMs)).toBe("accepted");
            log.restored.clear();
            const anyLost = detector.onSack(log, s.recovering, nowMs, {
              duplicateCount: s.duplicates,
              duplicateTsn: () => 0,
            });
            while (detector.takeSpurious() !== undefined);
            const isSpurious = paths.all.map(({ flight }) => log.restored.has(flight));
            if (log.restored.size > 0) restorations++;
            const lostBefore = model.chunks.filter(({ state }) => state === "lost").length;
            model.sack(cumulative, next, s.duplicates, s.recovering, nowMs, isSpurious);
            const lostAfter = model.chunks.filter(({ state }) => state === "lost").length;
            if (lostAfter > lostBefore) expect(anyLost).toBe(true);
            losses += Math.max(0, lostAfter - lostBefore);
          }
          const states = model.chunks
            .slice(model.cumulative)
            .map((_, i) => STATES[log.at(tsnAdd(initialTsn, model.cumulative + i)).state]);
          expect(states.join()).toBe(
            model.chunks
              .slice(model.cumulative)
              .map(({ state }) => state)
              .join(),
          );
          const inFlight = (number: number) =>
            model.chunks.slice(model.cumulative).some((c) => c.path === number && c.state === "in flight");
          const deadlines = model.paths.map(({ deadlineMs }, i) =>
            inFlight(i) ? deadlineMs : Number.POSITIVE_INFINITY,
          );
          expect(detector.deadlineMs).toBe(Math.min(...deadlines));
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(losses).toBeGreaterThan(300);
  expect(restorations).toBeGreaterThan(5);
});

const STATES = ["", "in flight", "acked", "lost"];

function twoPaths(): PathSet {
  const paths = new PathSet();
  for (let i = 0; i < PATHS; i++) {
    const path = testPath(`10.${i}.0.2`, {
      maxPacketBytes: PACKET_BYTES,
      congestion: new Rfc9260Controller(PACKET_BYTES, 4),
    });
    const srttMs = SRTT_MS[i];
    if (srttMs !== undefined && !Number.isNaN(srttMs)) path.rto.sample(srttMs);
    paths.add(path);
  }
  return paths;
}
