/** Miss indications on a few chunks; against models: sent-log.property.test.ts, gap-blocks.property.test.ts, test/fuzz. */
import { expect, it } from "vitest";
import { PathFlight } from "../../../../src/association/paths/path-flight.ts";
import type { OutstandingChunks } from "../../../../src/association/sending/loss-detector.ts";
import { Rfc9260LossDetector } from "../../../../src/association/sending/rfc9260-loss-detector.ts";
import { SentChunk, SentState } from "../../../../src/association/sending/sent-chunk.ts";

/** Chunks 1 to `count` are in flight; SACKs report gaps beyond TSN 0 and acknowledge nothing cumulatively. */
class Outstanding implements OutstandingChunks {
  readonly cumulativeAckPoint = 0;
  readonly nextTsn: number;
  readonly cumulativeAckAdvanced = false;
  gapRanges: readonly number[] = [];
  highestNewlyAckedTsn = 0;
  highestReportedTsn = 0;
  readonly gapAckedBytes = 0;
  readonly isKnown = (): boolean => true;
  readonly lost: number[] = [];
  /** Chunks that the detector has looked at. */
  visits = 0;
  readonly flight = new PathFlight();
  readonly #chunks = new Map<number, SentChunk>();

  constructor(count: number, detector: Rfc9260LossDetector) {
    this.nextTsn = count + 1;
    for (let tsn = 1; tsn <= count; tsn++) {
      const chunk = new SentChunk();
      Object.assign(chunk, { tsn, state: SentState.InFlight, chunkBytes: 100, flight: this.flight });
      this.#chunks.set(tsn, chunk);
      detector.onSent(chunk);
    }
  }

  report(first: number, last: number): this {
    this.gapRanges = [first, last];
    this.highestNewlyAckedTsn = last;
    this.highestReportedTsn = last;
    return this;
  }

  at(tsn: number): SentChunk {
    this.visits++;
    return this.#chunks.get(tsn)!;
  }

  markLost(chunk: SentChunk): void {
    chunk.state = SentState.ToRetransmit;
    this.lost.push(chunk.tsn);
  }
}

it("marks a chunk at the third report of what was sent after it, and tells its path how much that is", () => {
  const detector = new Rfc9260LossDetector();
  const sent = new Outstanding(6, detector);
  expect([3, 4, 5].map((last) => detector.onSack(sent.report(3, last), false))).toEqual([false, false, true]);
  expect(sent.lost).toEqual([1, 2]);
  expect(sent.flight.lostBytes).toBe(200);
  expect(detector.onSack(sent.report(3, 6), false)).toBe(false);
});

it("counts nothing where a SACK has no news, and nothing without gaps", () => {
  const detector = new Rfc9260LossDetector();
  const sent = new Outstanding(4, detector);
  detector.onSack(sent.report(2, 3), false);
  sent.highestNewlyAckedTsn = -1 >>> 0;
  for (let i = 0; i < 5; i++) expect(detector.onSack(sent, false)).toBe(false);
  sent.gapRanges = [];
  expect(detector.onSack(sent, false)).toBe(false);
  detector.onSack(sent.report(2, 4), false);
  expect(sent.lost).toEqual([]);
});

it("fast retransmits a chunk again only where that is wanted", () => {
  for (const repeatFastRetransmit of [true, false]) {
    const detector = new Rfc9260LossDetector();
    detector.setOptions({ repeatFastRetransmit });
    const sent = new Outstanding(9, detector);
    for (const last of [2, 3, 4]) detector.onSack(sent.report(2, last), false);
    const chunk = sent.at(1);
    chunk.state = SentState.InFlight;
    detector.onResent(chunk, 6);
    const again = [5, 6, 7, 8].map((last) => detector.onSack(sent.report(2, last), false));
    expect(again).toEqual([false, false, false, repeatFastRetransmit]);
  }
});

it("gives a chunk that the peer reneged on one miss", () => {
  const detector = new Rfc9260LossDetector();
  const sent = new Outstanding(5, detector);
  detector.onReneged(sent.at(1));
  expect([3, 4].map((last) => detector.onSack(sent.report(2, last), false))).toEqual([false, true]);
});

it("looks at each chunk of a hole once for all of its misses, and at a retransmission for each of its own [A12]", () => {
  const HOLE = 1_000;
  const detector = new Rfc9260LossDetector();
  const sent = new Outstanding(HOLE + 100, detector);
  const visitsOf = (last: number): number => {
    sent.visits = 0;
    detector.onSack(sent.report(HOLE + 1, last), false);
    return sent.visits;
  };
  expect([1, 2, 3, 4].map((i) => visitsOf(HOLE + i))).toEqual([0, 0, HOLE, 0]);
  for (let tsn = 1; tsn <= HOLE; tsn++) {
    const chunk = sent.at(tsn);
    chunk.state = SentState.InFlight;
    detector.onResent(chunk, HOLE + 50); // Only what is sent from here on counts against it.
  }
  expect([10, 20, 30, 49].map((i) => visitsOf(HOLE + i))).toEqual([0, 0, 0, 0]);
  expect([50, 51, 52, 53].map((i) => visitsOf(HOLE + i))).toEqual([HOLE, HOLE, HOLE, 0]);
  expect(sent.lost).toHaveLength(2 * HOLE);
});
