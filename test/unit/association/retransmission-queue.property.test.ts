import fc from "fast-check";
import { expect, it } from "vitest";
import { OutboundMessage } from "../../../src/association/outbound-message.ts";
import { PathFlight } from "../../../src/association/path-flight.ts";
import { RetransmissionQueue } from "../../../src/association/retransmission-queue.ts";
import { SackView, writeSackHeader } from "../../../src/chunks/sack.ts";
import { tsnAdd } from "../../../src/serial.ts";

/** Uniform TSNs almost never cross a wrap; half of the runs begin at the seams. */
const initialTsns = fc.oneof(
  fc.constantFrom(0, 0x7fff_fff0, 0xffff_fff0, 0xffff_ffff),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("send" as const), bytes: fc.integer({ min: 1, max: 1_172 }) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("deliver" as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("sack" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("timeout" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("resend" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("forge" as const), beyond: fc.nat(5_000) }) },
);

const message = new OutboundMessage(new Uint8Array(2_000), 0, 0, false, false, 0);

function sackOf(cumulativeTsnAck: number, gaps: ReadonlyArray<readonly [number, number]>): SackView {
  const view = new DataView(new ArrayBuffer(16 + 4 * gaps.length));
  writeSackHeader(view, 0, cumulativeTsnAck, 65_536, gaps.length, 0);
  gaps.forEach(([start, end], i) => {
    view.setUint16(16 + 4 * i, start);
    view.setUint16(18 + 4 * i, end);
  });
  return new SackView().bind(view, 0, view.byteLength);
}

/** The SACK of an honest peer that holds the chunks in `delivered`. */
function honest(initialTsn: number, delivered: ReadonlySet<number>): SackView {
  let next = 0;
  while (delivered.has(next)) next++;
  const gaps: Array<[number, number]> = [];
  for (const index of [...delivered].filter((i) => i > next).sort((a, b) => a - b)) {
    const offset = index - next + 1;
    const last = gaps.at(-1);
    if (last !== undefined && last[1] === offset - 1) last[1] = offset;
    else gaps.push([offset, offset]);
  }
  return sackOf(tsnAdd(initialTsn, next - 1), gaps);
}

it("counts each byte as in flight, lost or acknowledged, exactly once, and drops forged SACKs whole", () => {
  fc.assert(
    fc.property(initialTsns, fc.array(step, { maxLength: 300, size: "max" }), (initialTsn, program) => {
      const queue = new RetransmissionQueue(initialTsn);
      const flight = new PathFlight();
      queue.addFlight(flight);
      const sizes: number[] = [];
      const delivered = new Set<number>(); // The model: indices that the peer holds.
      let acked = 0;
      let released = 0;
      for (const s of program) {
        if (s.kind === "send") {
          expect(queue.send(message, 3, 0, s.bytes, s.bytes + 16, flight, 0).tsn).toBe(
            tsnAdd(initialTsn, sizes.length),
          );
          sizes.push(s.bytes);
        } else if (s.kind === "deliver" && sizes.length > 0) {
          delivered.add(s.pick % sizes.length);
        } else if (s.kind === "sack") {
          expect(queue.handleSack(honest(initialTsn, delivered), 1)).toBe("accepted");
          acked += flight.ackedBytes;
          released += queue.releasedBytes;
          expect(acked).toBe([...delivered].reduce((sum, i) => sum + (sizes[i] ?? 0) + 16, 0));
        } else if (s.kind === "timeout") {
          queue.markPathLost(flight);
          expect(flight.flightBytes).toBe(0);
        } else if (s.kind === "resend") {
          const lost = queue.nextToRetransmit();
          if (lost !== undefined) queue.resend(lost, flight);
        } else if (s.kind === "forge") {
          const before = [queue.cumulativeAckPoint, flight.flightBytes, queue.outstandingCount];
          expect(queue.handleSack(sackOf(tsnAdd(queue.nextTsn, s.beyond), []), 1)).toBe("acks-unsent");
          expect(
            queue.handleSack(
              sackOf(queue.cumulativeAckPoint, [[2, queue.outstandingCount + 2 + s.beyond]]),
              1,
            ),
          ).toBe("acks-unsent");
          expect(queue.handleSack(sackOf(queue.cumulativeAckPoint, [[5, 4]]), 1)).toBe("malformed");
          expect(
            queue.handleSack(
              sackOf(queue.cumulativeAckPoint, [
                [3, 4],
                [4, 6],
              ]),
              1,
            ),
          ).toBe("malformed");
          expect(queue.handleSack(sackOf(tsnAdd(queue.cumulativeAckPoint, -1 - s.beyond), []), 1)).toBe(
            "stale",
          );
          expect([queue.cumulativeAckPoint, flight.flightBytes, queue.outstandingCount]).toEqual(before);
        }
        expect(queue.inFlightPayloadBytes).toBe(flight.flightBytes - 16 * flight.flightChunkCount);
        expect(flight.flightBytes).toBeGreaterThanOrEqual(0);
      }
      expect(released).toBeLessThanOrEqual(sizes.reduce((a, b) => a + b, 0));
    }),
    { numRuns: 120 },
  );
});

function queueOf(count: number): { readonly queue: RetransmissionQueue; readonly flight: PathFlight } {
  const queue = new RetransmissionQueue(100);
  const flight = new PathFlight();
  queue.addFlight(flight);
  for (let i = 0; i < count; i++) queue.send(message, 3, 0, 100, 116, flight, 0);
  return { queue, flight };
}

it("marks a chunk on the third miss indication, not the second, and fast retransmits it only once (RFC 9260 7.2.4)", () => {
  const { queue, flight } = queueOf(8);
  const lost: boolean[] = [];
  for (const end of [2, 3, 4]) {
    queue.handleSack(sackOf(99, [[2, end]]), 1);
    lost.push(queue.lossDetected);
  }
  expect(lost).toEqual([false, false, true]);
  const chunk = queue.nextToRetransmit();
  expect(chunk?.tsn).toBe(100);
  if (chunk !== undefined) queue.resend(chunk, flight);
  for (const end of [5, 6, 7]) queue.handleSack(sackOf(99, [[2, end]]), 1);
  expect(queue.hasRetransmissions).toBe(false);
});

it("counts misses only below the highest TSN newly acknowledged (HTNA, RFC 9260 7.2.4)", () => {
  const { queue } = queueOf(6);
  for (let i = 0; i < 5; i++) queue.handleSack(sackOf(99, [[2, 3]]), 1); // Only the first brings news.
  expect(queue.lossDetected).toBe(false);
});

it("takes a chunk back into flight when the peer reneges on it (RFC 9260 6.2.1 D-iii)", () => {
  const { queue, flight } = queueOf(4);
  queue.handleSack(sackOf(99, [[2, 4]]), 1);
  expect(flight.flightChunkCount).toBe(1);
  queue.handleSack(sackOf(99, []), 1);
  expect(flight.flightChunkCount).toBe(4);
});

it("measures no round trip on or above a retransmitted TSN (Karn, RFC 9260 6.3.1 C5)", () => {
  const { queue, flight } = queueOf(3);
  queue.markPathLost(flight);
  const chunk = queue.nextToRetransmit();
  if (chunk !== undefined) queue.resend(chunk, flight);
  queue.handleSack(sackOf(100, []), 50);
  expect(flight.rttSampleMs).toBeNaN();
});

it("sends again, by another path, what the peer reneges on after its path has gone", () => {
  const { queue, flight } = queueOf(4);
  queue.handleSack(sackOf(99, [[2, 4]]), 1);
  queue.removeFlight(flight);
  const other = new PathFlight();
  queue.addFlight(other);
  queue.handleSack(sackOf(100, []), 1);
  const sentAgain: number[] = [];
  for (let chunk = queue.nextToRetransmit(); chunk !== undefined; chunk = queue.nextToRetransmit()) {
    queue.resend(chunk, other);
    sentAgain.push(chunk.tsn);
  }
  expect(sentAgain).toEqual([101, 102, 103]);
  expect(other.flightChunkCount).toBe(3);
});

it("takes back into flight what a SHUTDOWN's cumulative ack shows to be lost after a gap block had reported it", () => {
  const { queue, flight } = queueOf(4);
  queue.handleSack(sackOf(99, [[3, 4]]), 1);
  expect(queue.handleCumulativeAck(101, 1)).toBe("accepted");
  expect(flight.flightChunkCount).toBe(1); // A peer that still had TSN 102 would have acknowledged it.
  queue.markPathLost(flight);
  expect(queue.nextToRetransmit()?.tsn).toBe(102);
});
