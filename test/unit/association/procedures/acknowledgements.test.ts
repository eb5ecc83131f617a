import { beforeEach, expect, it } from "vitest";
import { Acknowledgements } from "../../../../src/association/procedures/acknowledgements.ts";
import type { PathMonitor } from "../../../../src/association/procedures/path-monitor.ts";
import type { Shutdown } from "../../../../src/association/procedures/shutdown.ts";
import type { Termination } from "../../../../src/association/procedures/termination.ts";
import type { Tracer } from "../../../../src/association/reporting/tracer.ts";
import type { UserEvents } from "../../../../src/association/reporting/user-events.ts";
import type { Outbound } from "../../../../src/association/sending/outbound.ts";
import type { SackVerdict, SentLog } from "../../../../src/association/sending/sent-log.ts";
import { SackView } from "../../../../src/chunks/sack.ts";
import { standIn, TestSeat } from "../../../inside/seat.ts";

const SACK = new SackView();

let seat: TestSeat;
let verdict: SackVerdict;
let newlyAckedChunkCount: number;
let expiryDeadlineMs: number;
let isHeard: boolean;
let acknowledgements: Acknowledgements;

beforeEach(() => {
  seat = new TestSeat();
  const { log } = seat;
  verdict = "accepted";
  newlyAckedChunkCount = 1;
  expiryDeadlineMs = Number.POSITIVE_INFINITY;
  isHeard = false;
  const outbound = standIn<Outbound>({
    onSack: () => verdict,
    onCumulativeAck: (tsn) => {
      log.push(`up to ${tsn}`);
      return verdict;
    },
    get expiryDeadlineMs() {
      return expiryDeadlineMs;
    },
    get sent() {
      return standIn<SentLog>({ newlyAckedChunkCount });
    },
  });
  acknowledgements = new Acknowledgements({
    seat,
    outbound,
    monitor: standIn<PathMonitor>({
      onPeerHeard: () => {
        isHeard = true;
      },
    }),
    events: standIn<UserEvents>({
      onBufferFreed: () => log.push("freed"),
      failExpired: (nowMs) => log.push(`expired at ${nowMs}`),
    }),
    shutdown: standIn<Shutdown>({ advance: () => log.push("advance") }),
    termination: standIn<Termination>({ abortForViolation: (why) => log.push(`violation: ${why}`) }),
    tracer: standIn<Tracer>({ onTimer() {} }),
  });
});

it("tells the user first, then lets a shutdown go on", () => {
  expect(acknowledgements.onSack(SACK, 5)).toBe("continue");
  expect(seat.log).toEqual(["freed", "advance"]);
});

it("forgives errors for what is newly acknowledged only (RFC 9260 8.1)", () => {
  newlyAckedChunkCount = 0;
  acknowledgements.onSack(SACK, 5);
  expect(isHeard).toBe(false);
  newlyAckedChunkCount = 1;
  acknowledgements.onSack(SACK, 5);
  expect(isHeard).toBe(true);
});

it.each([
  ["stale", "stale-sack"],
  ["malformed", "invalid-sack"],
] as const)("counts a %s SACK and does nothing else", (said, reason) => {
  verdict = said;
  expect(acknowledgements.onSack(SACK, 5)).toBe("continue");
  expect(seat.drops.map((drop) => drop.reason)).toEqual([reason]);
  expect(seat.log).toEqual([]);
  expect(isHeard).toBe(false);
});

it("ends the association whose peer acknowledges what was never sent, in a SHUTDOWN too", () => {
  verdict = "acks-unsent";
  expect(acknowledgements.onSack(SACK, 5)).toBe("stop");
  expect(acknowledgements.onCumulativeAck(99, 5)).toBe("stop");
  const violation = "violation: a TSN was acknowledged that was never sent";
  expect(seat.log).toEqual([violation, "up to 99", violation]);
});

it("lets what is too old fail when its time has come, by a SACK or by the deadline", () => {
  expiryDeadlineMs = 10;
  expect(acknowledgements.deadlineMs).toBe(10);
  acknowledgements.onSack(SACK, 9);
  acknowledgements.onSack(SACK, 10);
  acknowledgements.onTimeout(11);
  const freed = ["freed", "advance"];
  expect(seat.log).toEqual([...freed, "expired at 10", ...freed, "expired at 11", ...freed]);
});
