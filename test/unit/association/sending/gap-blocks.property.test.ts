/**
 * Gap Ack Blocks of a peer that says what it likes, against a model that looks at every chunk each time.
 * Mutants of rfc9260-loss-detector.ts and gap-reports.ts killed here by hand: the miss hint not lowered by a reneged or a
 * resent chunk, moved past a chunk that can still count; ranges not rebased, rebased without clipping at 1.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { OutboundMessage } from "../../../../src/association/model/outbound-message.ts";
import { PathFlight } from "../../../../src/association/paths/path-flight.ts";
import type { SentLog } from "../../../../src/association/sending/sent-log.ts";
import { tsnAdd } from "../../../../src/base/serial.ts";
import type { SackView } from "../../../../src/chunks/sack.ts";
import { gapBlocksOf, sackView } from "../../../sack-view.ts";
import { Settling } from "../../../settling.ts";

const COUNT = 60;
const message = new OutboundMessage(new Uint8Array(COUNT));

interface ModelChunk {
  state: "in flight" | "acked" | "lost";
  misses: number;
  fastRetransmitted: boolean;
  /** Nothing new is sent here: a chunk that was sent again counts no further misses. */
  resent: boolean;
  /** Acknowledged once since it was last sent. */
  credited: boolean;
}

/** RFC 9260 6.2.1 D and 7.2.4, chunk by chunk. */
class Model {
  readonly chunks: ModelChunk[] = Array.from({ length: COUNT }, () => ({
    state: "in flight",
    misses: 0,
    fastRetransmitted: false,
    resent: false,
    credited: false,
  }));
  cumulative = 0;
  inFastRecovery = false;
  newlyAcked = 0;
  lossDetected = false;

  sack(cumulative: number, reported: ReadonlySet<number>): void {
    this.newlyAcked = 0;
    this.lossDetected = false;
    const advanced = cumulative > this.cumulative;
    for (; this.cumulative < cumulative; this.cumulative++) this.#ack(this.chunks[this.cumulative]!);
    let highestNewlyAcked = advanced ? cumulative - 1 : -1;
    let highestCovered = cumulative - 1;
    for (let i = cumulative; i < COUNT; i++) {
      const chunk = this.chunks[i]!;
      if (reported.has(i)) {
        highestCovered = i;
        if (this.#ack(chunk)) highestNewlyAcked = i;
      } else if (chunk.state === "acked") {
        Object.assign(chunk, { state: "in flight", misses: 1 });
      }
    }
    const limit = this.inFastRecovery && advanced ? highestCovered : highestNewlyAcked;
    for (let i = cumulative; i < limit; i++) {
      const chunk = this.chunks[i]!;
      if (chunk.state !== "in flight" || (chunk.fastRetransmitted && chunk.resent)) continue;
      if (++chunk.misses < 3) continue;
      Object.assign(chunk, { state: "lost", fastRetransmitted: true });
      this.lossDetected = true;
    }
  }

  #ack(chunk: ModelChunk): boolean {
    if (chunk.state === "acked") return false;
    chunk.state = "acked";
    if (!chunk.credited) this.newlyAcked++;
    chunk.credited = true;
    return true;
  }
}

/** Mostly runs of reported chunks, now and then a lone one. */
const reports = fc.array(fc.tuple(fc.nat(COUNT - 1), fc.nat(12)), { maxLength: 6 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("sack" as const), advance: fc.nat(3), reports }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("resend" as const), count: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("timeout" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("recover" as const) }) },
);

it("acknowledges, takes back and counts misses as a look at every chunk would (RFC 9260 6.2.1, 7.2.4)", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 0xffff_ffe0, 0x7fff_ffe0),
      fc.array(step, { maxLength: 60, size: "max" }),
      (initialTsn, program) => {
        const settling = new Settling(initialTsn);
        const { log, recovery } = settling;
        const flight = new PathFlight();
        log.addFlight(flight);
        for (let i = 0; i < COUNT; i++) log.send(message, 3, i, 1, 20, flight, 0);
        const model = new Model();
        for (const s of program) {
          if (s.kind === "sack") {
            const cumulative = Math.min(model.cumulative + (s.advance === 3 ? 0 : s.advance), COUNT);
            const reported = reportedSet(s.reports, cumulative);
            expect(settling.onSack(sackOf(initialTsn, cumulative, reported), 1)).toBe("accepted");
            model.sack(cumulative, reported);
            expect(log.newlyAckedChunkCount).toBe(model.newlyAcked);
            expect(flight.ackedBytes).toBe(20 * model.newlyAcked);
            expect(settling.lossDetected).toBe(model.lossDetected);
            model.inFastRecovery = recovery.isActive;
          } else if (s.kind === "resend") {
            for (let i = 0; i < s.count; i++) resendOne(log, flight, model, initialTsn);
          } else if (s.kind === "timeout") {
            log.markPathLost(flight);
            for (const chunk of model.chunks) if (chunk.state === "in flight") chunk.state = "lost";
          } else if (settling.lossDetected && !recovery.isActive) {
            settling.enterFastRecovery();
            model.inFastRecovery = true;
          }
          const rest = model.chunks.slice(model.cumulative);
          expect(flight.flightChunkCount).toBe(rest.filter(({ state }) => state === "in flight").length);
        }
      },
    ),
    { numRuns: 300 },
  );
});

function resendOne(log: SentLog, flight: PathFlight, model: Model, initialTsn: number): void {
  const chunk = log.nextToRetransmit();
  const index = model.chunks.findIndex(({ state }) => state === "lost");
  expect(chunk?.tsn).toBe(index === -1 ? undefined : tsnAdd(initialTsn, index));
  if (chunk === undefined) return;
  log.resend(chunk, flight, 1);
  Object.assign(model.chunks[index]!, { state: "in flight", misses: 0, credited: false, resent: true });
}

/** Indices of chunks that a SACK reports beyond its cumulative ack; the one right behind it never is. */
function reportedSet(runs: ReadonlyArray<readonly [number, number]>, cumulative: number): Set<number> {
  const reported = new Set<number>();
  for (const [first, length] of runs)
    for (let i = first; i <= first + length && i < COUNT; i++) if (i > cumulative) reported.add(i);
  return reported;
}

function sackOf(initialTsn: number, cumulative: number, reported: ReadonlySet<number>): SackView {
  return sackView(tsnAdd(initialTsn, cumulative - 1), 65_536, gapBlocksOf(reported, cumulative));
}
