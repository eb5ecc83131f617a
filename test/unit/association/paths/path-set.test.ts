import { beforeEach, expect, it } from "vitest";
import type { Path } from "../../../../src/association/paths/path.ts";
import { PathSet } from "../../../../src/association/paths/path-set.ts";
import { testPath } from "../../../inside/seat.ts";

let told: string[];
let paths: PathSet;
let a: Path;
let b: Path;
let c: Path;

beforeEach(() => {
  told = [];
  paths = new PathSet();
  paths.observer = {
    onPathStateChange: ({ address, stateName }, reason) => told.push(`${address} ${stateName}: ${reason}`),
    onSourceChange: ({ address }, source) => told.push(`${address} from ${source.address}: ${source.state}`),
    primaryChanged: ({ address }) => told.push(`${address} is primary`),
    onPathRemoved: ({ address }) => told.push(`${address} removed`),
  };
  [a, b, c] = [testPath("a"), testPath("b"), testPath("c")];
  for (const path of [a, b, c]) paths.add(path);
});

it("finds paths by address and by what flies there; the first one is primary", () => {
  expect(paths.primary).toBe(a);
  expect(paths.byAddress("b")).toBe(b);
  expect(paths.byAddress("d")).toBeUndefined();
  expect(paths.byFlight(c.flight)).toBe(c);
  expect(paths.byFlight(undefined)).toBeUndefined();
});

it("makes a usable path primary when the primary one is taken away, any if there is none", () => {
  b.active = false;
  paths.remove(a);
  expect(paths.primary).toBe(c);
  paths.remove(a);
  paths.remove(c);
  expect([paths.primary, paths.all]).toEqual([b, [b]]);
});

it("tells once that a path is taken away", () => {
  paths.remove(b);
  paths.remove(b);
  expect(told).toEqual(["b removed"]);
});

it("sends DATA to the primary path, else to an active one, else to one that is confirmed (RFC 9260 6.4.1)", () => {
  paths.setPrimary(b);
  expect(paths.forData).toBe(b);
  b.active = false;
  expect(paths.forData).toBe(a);
  a.active = false;
  c.confirmed = false;
  expect(paths.forData).toBe(b);
  b.confirmed = false;
  expect(paths.forData).toBe(a);
  a.confirmed = false;
  expect(paths.forData).toBeUndefined();
});

it("goes around the list for an alternate, past what is not usable (RFC 9260 6.4)", () => {
  expect([a, b, c].map((path) => paths.alternateTo(path))).toEqual([b, c, a]);
  b.active = false;
  expect(paths.alternateTo(a)).toBe(c);
  c.confirmed = false;
  expect(paths.alternateTo(a)).toBe(a);
});

it("counts a path as inactive with one error more than Path.Max.Retrans, tells it once, and counts no further", () => {
  for (let i = 0; i < 2; i++) paths.countError(a);
  expect([a.active, told]).toEqual([true, []]);
  for (let i = 0; i < 3; i++) paths.countError(a);
  expect([a.active, a.errorCount, told]).toEqual([false, 3, ["a inactive: too many errors"]]);
});

it("tells that a path is back only if it was away, and that it is confirmed only once", () => {
  paths.countError(a);
  paths.clearErrors(a, "heard");
  expect([a.errorCount, told]).toEqual([0, []]);
  a.active = false;
  paths.clearErrors(a, "heard");
  b.confirmed = false;
  paths.confirm(b);
  paths.confirm(b);
  expect(told).toEqual(["a active: heard", "b active: confirmed"]);
});
