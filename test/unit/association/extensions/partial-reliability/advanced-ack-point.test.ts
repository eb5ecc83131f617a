import { expect, it } from "vitest";
import { AdvancedAckPoint } from "../../../../../src/association/extensions/partial-reliability/advanced-ack-point.ts";
import { SentChunk, SentState } from "../../../../../src/association/sending/sent-chunk.ts";
import { tsnAdd } from "../../../../../src/base/serial.ts";

/** A log in which all is given up, its first TSN shortly before the wrap; of one stream, unless each message has its own. */
function givenUp(
  count: number,
  streamOf: (index: number) => number = () => 0,
): {
  cumulativeAckPoint: number;
  nextTsn: number;
  at(tsn: number): SentChunk;
} {
  const first = 0xffff_fff0;
  const at = (tsn: number): SentChunk => {
    const chunk = new SentChunk();
    chunk.state = SentState.Abandoned;
    chunk.ssn = tsnAdd(tsn, -first) & 0xffff;
    chunk.streamId = streamOf(tsnAdd(tsn, -first));
    return chunk;
  };
  return { cumulativeAckPoint: tsnAdd(first, -1), nextTsn: tsnAdd(first, count), at };
}

it("skips no more numbers of a stream at a time than their order can be seen of (RFC 1982)", () => {
  const sent = givenUp(60_000);
  const point = new AdvancedAckPoint(sent, { isInterleaved: false });
  const ssns: number[] = [];
  for (let round = 0; round < 3 && sent.cumulativeAckPoint !== tsnAdd(sent.nextTsn, -1); round++) {
    point.advance(40);
    const [skipped] = point.chunk.skipped;
    ssns.push(skipped !== undefined && "ssn" in skipped ? skipped.ssn : -1);
    sent.cumulativeAckPoint = point.tsn;
    point.onAcknowledged();
    expect(point.isAhead).toBe(false);
    expect(point.chunk.skipped).toEqual([]);
  }
  expect(ssns).toEqual([32_766, 59_999]);
});

it("stays where it is when an acknowledgement that came late says less", () => {
  const sent = givenUp(10);
  const point = new AdvancedAckPoint(sent, { isInterleaved: false });
  point.advance(40);
  const { tsn } = point;
  sent.cumulativeAckPoint = tsnAdd(sent.cumulativeAckPoint, 3);
  point.onAcknowledged();
  expect(point.tsn).toBe(tsn);
  expect(point.isAhead).toBe(true);
  expect(point.chunk.skipped).toEqual([{ streamId: 0, ssn: 9 }]);
});

it("names as many streams as there is room for: 4 bytes each, 8 beside I-DATA (RFC 3758 3.2, RFC 8260 2.3.1)", () => {
  for (const [isInterleaved, streamCount] of [
    [false, 10],
    [true, 5],
  ] as const) {
    const sent = givenUp(20, (index) => index);
    const point = new AdvancedAckPoint(sent, { isInterleaved });
    point.advance(40);
    expect(point.chunk.skipped).toHaveLength(streamCount);
    expect(point.tsn).toBe(tsnAdd(sent.cumulativeAckPoint, streamCount));
  }
});
