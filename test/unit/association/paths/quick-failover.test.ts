/** Which destination is used where none is active, and what an acknowledgement proves (RFC 7829). */
import { beforeEach, expect, it } from "vitest";
import type { Path } from "../../../../src/association/paths/path.ts";
import { PathSet } from "../../../../src/association/paths/path-set.ts";
import {
  isLessDoubtful,
  leastDoubtful,
  mayOutrunSack,
  mostErrors,
  provesReachable,
} from "../../../../src/association/paths/quick-failover.ts";
import { RetransmissionTimeout } from "../../../../src/association/paths/rto.ts";
import { associationOptions, NEVER_EXCEEDED } from "../../../../src/base/options.ts";
import { testPath } from "../../../inside/seat.ts";

const QUICK = associationOptions({ pathMaxRetrans: 2, potentiallyFailedMaxRetrans: 0 });
const OFF = associationOptions({ pathMaxRetrans: 2, potentiallyFailedMaxRetrans: NEVER_EXCEEDED });

let told: string[];
let paths: PathSet;
let a: Path;
let b: Path;
let c: Path;

function fail(path: Path, count: number): void {
  for (let i = 0; i < count; i++) paths.countError(path);
}

beforeEach(() => {
  told = [];
  paths = new PathSet();
  paths.observer = {
    onPathStateChange: ({ address, stateName }, reason) => told.push(`${address} ${stateName}: ${reason}`),
    onSourceChange: () => {},
    primaryChanged: ({ address }) => told.push(`${address} is primary`),
  };
  [a, b, c] = [testPath("a"), testPath("b"), testPath("c")];
  for (const path of [a, b, c]) {
    path.thresholds = QUICK;
    paths.add(path);
  }
});

it("tells of each state once, on the way out and back", () => {
  fail(a, 5);
  paths.clearErrors(a, "heard");
  fail(a, 1);
  paths.clearErrors(a, "heard");
  paths.clearErrors(a, "heard again");
  expect(told).toEqual([
    "a potentially-failed: an answer is missing",
    "a inactive: too many errors",
    "a active: heard",
    "a potentially-failed: an answer is missing",
    "a active: heard",
  ]);
});

it("suspects a destination that one of several local addresses reaches, but does not give it up", () => {
  a.sources = { anyReaches: true, allLost: false, all: [] } as never;
  fail(a, 9);
  expect([a.active, a.usable, a.stateName]).toEqual([true, false, "potentially-failed"]);
});

it("tells nothing of an address that is not confirmed, and forgets its errors when it is", () => {
  b.confirmed = false;
  fail(b, 2);
  expect([b.stateName, b.isPotentiallyFailed, told]).toEqual(["unconfirmed", false, []]);
  paths.confirm(b);
  expect([b.stateName, b.errorCount, told]).toEqual(["active", 0, ["b active: confirmed"]]);
});

it("chooses an active destination, then the one with the fewest errors, then an inactive one", () => {
  fail(a, 2);
  fail(b, 1);
  expect([paths.forData, isLessDoubtful(b, a), isLessDoubtful(a, b)]).toEqual([c, true, false]);
  fail(c, 3);
  expect([c.active, paths.forData]).toEqual([false, b]);
  fail(b, 1);
  expect(paths.forData).toBe(a);
  paths.setPrimary(b);
  expect(paths.forData).toBe(b);
  for (const path of [a, b]) fail(path, 2);
  expect([a.errorCount, b.errorCount, c.errorCount]).toEqual([4, 4, 3]);
  expect(paths.forData).toBe(c);
  c.confirmed = false;
  expect(paths.forData).toBe(b);
});

it("retransmits to another destination than failed if that has no more errors, in turn", () => {
  for (const path of [a, b, c]) fail(path, 1);
  expect([a, b, c].map((path) => paths.alternateTo(path))).toEqual([b, c, a]);
  fail(b, 1);
  expect([a, b, c].map((path) => paths.alternateTo(path))).toEqual([c, c, a]);
  c.confirmed = false;
  expect(paths.alternateTo(a)).toBe(a);
  paths.clearErrors(a, "heard");
  expect([a, b].map((path) => paths.alternateTo(path))).toEqual([a, a]);
});

it("leaves it at the path that failed where quick failover is off, and at the primary one", () => {
  for (const path of [a, b, c]) {
    path.thresholds = OFF;
    fail(path, 9);
  }
  b.errorCount = 1;
  expect([a, b].map((path) => leastDoubtful(paths.all, path))).toEqual([a, b]);
  expect(paths.forData).toBe(a);
});

it("counts errors to ten times what makes a path inactive; without quick failover no further than that", () => {
  fail(a, 100);
  b.thresholds = OFF;
  fail(b, 100);
  expect([a.errorCount, mostErrors(a), b.errorCount, mostErrors(b)]).toEqual([30, 30, 3, 3]);
});

it("believes an acknowledgement for a path that is not active only if the chunk went nowhere else", () => {
  const proves = (): boolean => provesReachable(a);
  expect(proves()).toBe(true);
  fail(a, 1);
  expect(proves()).toBe(false);
  a.flight.onAckedAgain(100, true);
  expect([proves(), a.flight.ackedBytes]).toEqual([false, 100]);
  a.flight.onAckedAgain(100, false);
  expect([proves(), a.flight.newestSentAtMs < 0]).toEqual([true, true]);
  a.flight.beginSack();
  expect(proves()).toBe(false);
  a.flight.onAckedOnce(100, 0, 0);
  expect([proves(), a.flight.newestSentAtMs]).toEqual([true, 0]);
  a.flight.onAckedAgain(100, false);
  expect(a.flight.newestSentAtMs).toBe(0);
  a.flight.beginSack();
  a.thresholds = OFF;
  a.active = false;
  expect(proves()).toBe(true);
});

it("asks for a SACK at once where the RTO is shorter than one may wait, and quick failover is on", () => {
  const path = (rtoMs: number, thresholds = QUICK): Path =>
    testPath("p", { rto: new RetransmissionTimeout(rtoMs, 10, 60_000), thresholds });
  expect([path(499), path(500), path(100, OFF)].map(mayOutrunSack)).toEqual([true, false, false]);
});

it("lets the primary path give way once it has too many errors, by whichever way the number is exceeded", () => {
  paths.setThresholds(a, { ...QUICK, primarySwitchoverMaxRetrans: 1 });
  fail(a, 1);
  expect(paths.primary).toBe(a);
  fail(b, 1);
  fail(a, 1);
  expect([paths.primary, told.at(-1)]).toEqual([c, "c is primary"]);
  fail(c, 1);
  paths.setThresholds(c, { ...QUICK, primarySwitchoverMaxRetrans: 0 });
  expect(paths.primary).toBe(c); // No other one has fewer errors.
  paths.clearErrors(b, "heard");
  paths.setThresholds(c, { ...QUICK, primarySwitchoverMaxRetrans: 0 });
  expect(paths.primary).toBe(b);
});
