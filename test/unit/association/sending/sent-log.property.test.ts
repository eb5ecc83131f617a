import fc from "fast-check";
import { expect, it } from "vitest";
import { OutboundMessage } from "../../../../src/association/model/outbound-message.ts";
import { PathFlight } from "../../../../src/association/paths/path-flight.ts";
import type { SentLog } from "../../../../src/association/sending/sent-log.ts";
import { tsnAdd } from "../../../../src/base/serial.ts";
import type { SackView } from "../../../../src/chunks/sack.ts";
import { gapBlocksOf, sackView } from "../../../sack-view.ts";
import { Settling } from "../../../settling.ts";

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
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("sack" as const), cuts: fc.array(fc.nat(), { maxLength: 8 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("timeout" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("resend" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("forge" as const), beyond: fc.nat(5_000) }) },
);

const message = new OutboundMessage(new Uint8Array(2_000));

function sackOf(cumulativeTsnAck: number, gaps: ReadonlyArray<readonly [number, number]>): SackView {
  return sackView(cumulativeTsnAck, 65_536, gaps);
}

/** The SACK of an honest peer that holds the chunks in `delivered`. */
function honest(initialTsn: number, delivered: ReadonlySet<number>, cuts: readonly number[] = []): SackView {
  let next = 0;
  while (delivered.has(next)) next++;
  const gaps = gapBlocksOf(
    [...delivered].filter((i) => i > next),
    next,
  );
  // The same offsets once more: a part of a block behind all of them, or before.
  for (const cut of gaps.length === 0 ? [] : cuts) {
    const [start, end] = gaps[cut % gaps.length] as [number, number];
    const part: [number, number] = [start + (cut % (end - start + 1)), end];
    if (cut % 2 === 0) gaps.push(part);
    else gaps.unshift(part);
  }
  return sackOf(tsnAdd(initialTsn, next - 1), gaps);
}

it("counts each byte as in flight, lost or acknowledged, exactly once, and drops forged SACKs whole", () => {
  fc.assert(
    fc.property(initialTsns, fc.array(step, { maxLength: 300, size: "max" }), (initialTsn, program) => {
      const settling = new Settling(initialTsn);
      const { log } = settling;
      const flight = new PathFlight();
      log.addFlight(flight);
      const sizes: number[] = [];
      const delivered = new Set<number>(); // The model: indices that the peer holds.
      let acked = 0;
      let released = 0;
      for (const s of program) {
        if (s.kind === "send") {
          expect(log.send(message, 3, 0, s.bytes, s.bytes + 16, flight, 0).tsn).toBe(
            tsnAdd(initialTsn, sizes.length),
          );
          sizes.push(s.bytes);
        } else if (s.kind === "deliver" && sizes.length > 0) {
          delivered.add(s.pick % sizes.length);
        } else if (s.kind === "sack") {
          expect(settling.onSack(honest(initialTsn, delivered, s.cuts), 1)).toBe("accepted");
          acked += flight.ackedBytes;
          released += log.releasedBytes;
          expect(acked).toBe([...delivered].reduce((sum, i) => sum + (sizes[i] ?? 0) + 16, 0));
        } else if (s.kind === "timeout") {
          log.markPathLost(flight);
          expect(flight.flightBytes).toBe(0);
        } else if (s.kind === "resend") {
          const lost = log.nextToRetransmit();
          if (lost !== undefined) log.resend(lost, flight, 1);
        } else if (s.kind === "forge") {
          const before = [log.cumulativeAckPoint, flight.flightBytes, log.outstandingCount];
          expect(settling.onSack(sackOf(tsnAdd(log.nextTsn, s.beyond), []), 1)).toBe("acks-unsent");
          expect(
            settling.onSack(sackOf(log.cumulativeAckPoint, [[2, log.outstandingCount + 2 + s.beyond]]), 1),
          ).toBe("acks-unsent");
          expect(settling.onSack(sackOf(log.cumulativeAckPoint, [[5, 4]]), 1)).toBe("malformed");
          expect(
            settling.onSack(
              sackOf(log.cumulativeAckPoint, [
                [3, 4],
                [1, 2],
              ]),
              1,
            ),
          ).toBe("malformed");
          expect(settling.onSack(sackOf(tsnAdd(log.cumulativeAckPoint, -1 - s.beyond), []), 1)).toBe("stale");
          expect([log.cumulativeAckPoint, flight.flightBytes, log.outstandingCount]).toEqual(before);
        }
        expect(log.inFlightPayloadBytes).toBe(flight.flightBytes - 16 * flight.flightChunkCount);
        expect(flight.flightBytes).toBeGreaterThanOrEqual(0);
      }
      expect(released).toBeLessThanOrEqual(sizes.reduce((a, b) => a + b, 0));
    }),
    { numRuns: 120 },
  );
});

interface Sent {
  readonly settling: Settling;
  readonly log: SentLog;
  readonly flight: PathFlight;
}

function sentChunks(count: number): Sent {
  const settling = new Settling(100);
  const { log } = settling;
  const flight = new PathFlight();
  log.addFlight(flight);
  for (let i = 0; i < count; i++) log.send(message, 3, 0, 100, 116, flight, 0);
  return { settling, log, flight };
}

it("marks a chunk on the third miss indication, not the second, and fast retransmits it only once (RFC 9260 7.2.4)", () => {
  const { settling, log, flight } = sentChunks(8);
  const lost: boolean[] = [];
  for (const end of [2, 3, 4]) {
    settling.onSack(sackOf(99, [[2, end]]), 1);
    lost.push(settling.lossDetected);
  }
  expect(lost).toEqual([false, false, true]);
  const chunk = log.nextToRetransmit();
  expect(chunk?.tsn).toBe(100);
  if (chunk !== undefined) log.resend(chunk, flight, 1);
  for (const end of [5, 6, 7]) settling.onSack(sackOf(99, [[2, end]]), 1);
  expect(log.hasRetransmissions).toBe(false);
});

it("counts misses only below the highest TSN newly acknowledged (HTNA, RFC 9260 7.2.4)", () => {
  const { settling } = sentChunks(6);
  for (let i = 0; i < 5; i++) settling.onSack(sackOf(99, [[2, 3]]), 1); // Only the first brings news.
  expect(settling.lossDetected).toBe(false);
});

it("takes a chunk back into flight when the peer reneges on it (RFC 9260 6.2.1 D-iii)", () => {
  const { settling, flight } = sentChunks(4);
  settling.onSack(sackOf(99, [[2, 4]]), 1);
  expect(flight.flightChunkCount).toBe(1);
  settling.onSack(sackOf(99, []), 1);
  expect(flight.flightChunkCount).toBe(4);
});

it("measures no round trip on or above a retransmitted TSN (Karn, RFC 9260 6.3.1 C5)", () => {
  const { settling, log, flight } = sentChunks(3);
  log.markPathLost(flight);
  const chunk = log.nextToRetransmit();
  if (chunk !== undefined) log.resend(chunk, flight, 1);
  settling.onSack(sackOf(100, []), 50);
  expect(flight.rttSampleMs).toBeNaN();
});

it("sends again, by another path, what the peer reneges on after its path has gone", () => {
  const { settling, log, flight } = sentChunks(4);
  settling.onSack(sackOf(99, [[2, 4]]), 1);
  const other = new PathFlight();
  log.addFlight(other); // From here on it is listed what is outstanding on each.
  log.removeFlight(flight);
  expect(log.earliestOn(flight)).toBeUndefined();
  settling.onSack(sackOf(100, []), 1);
  const sentAgain: number[] = [];
  for (let chunk = log.nextToRetransmit(); chunk !== undefined; chunk = log.nextToRetransmit()) {
    log.resend(chunk, other, 1);
    sentAgain.push(chunk.tsn);
  }
  expect(sentAgain).toEqual([101, 102, 103]);
  expect(other.flightChunkCount).toBe(3);
});

it("takes back into flight what a SHUTDOWN's cumulative ack shows to be lost after a gap block had reported it", () => {
  const { settling, log, flight } = sentChunks(4);
  settling.onSack(sackOf(99, [[3, 4]]), 1);
  expect(settling.onCumulativeAck(101, 1)).toBe("accepted");
  expect(flight.flightChunkCount).toBe(1); // A peer that still had TSN 102 would have acknowledged it.
  log.markPathLost(flight);
  expect(log.nextToRetransmit()?.tsn).toBe(102);
});

it("knows of each chunk by itself whether it was sent elsewhere, too (RFC 7829 3.2)", () => {
  const { settling, log, flight } = sentChunks(1);
  const other = new PathFlight();
  log.addFlight(other);
  const sendAgain = (from: PathFlight, to: PathFlight): void => {
    log.markPathLost(from);
    const chunk = log.nextToRetransmit();
    if (chunk !== undefined) log.resend(chunk, to, 1);
  };
  sendAgain(flight, other);
  settling.onSack(sackOf(100, []), 1);
  expect(other.ackedHere).toBe(false);
  for (let tsn = 101; tsn < 200; tsn++) {
    // Its place is used again meanwhile.
    log.send(message, 3, 0, 100, 116, flight, 1);
    sendAgain(flight, flight);
    settling.onSack(sackOf(tsn, []), 1);
    expect(flight.ackedHere).toBe(true);
  }
});
