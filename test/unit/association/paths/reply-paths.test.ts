import { beforeEach, expect, it } from "vitest";
import type { Path } from "../../../../src/association/paths/path.ts";
import { PathSet } from "../../../../src/association/paths/path-set.ts";
import { ReplyPaths } from "../../../../src/association/paths/reply-paths.ts";
import { testPath } from "../../../inside/seat.ts";

let paths: PathSet;
let replies: ReplyPaths;
let primary: Path;
let second: Path;

beforeEach(() => {
  paths = new PathSet();
  replies = new ReplyPaths(paths);
  [primary, second] = [testPath("10.0.0.2"), testPath("10.1.0.2")];
  paths.add(primary);
  paths.add(second);
});

it("goes back to where it was asked, also where that address counts as inactive (RFC 9260 6.4)", () => {
  second.active = false;
  expect(replies.to(second)).toBe(second);
});

it("does not go to an unconfirmed address while there is another (RFC 9260 5.4)", () => {
  second.confirmed = false;
  expect(replies.to(second)).toBe(primary);
  primary.confirmed = false;
  expect(replies.to(second)).toBe(second);
});

it("sends a SACK to where the last DATA came from; before that, and after it is forgotten, to the primary path", () => {
  expect(replies.forSack).toBe(primary);
  replies.onData(second, "10.0.0.1");
  expect(replies.forSack).toBe(second);
  replies.forget(primary);
  expect(replies.forSack).toBe(second);
  replies.forget(second);
  expect(replies.forSack).toBe(primary);
});

it("sends no SACK while no address is confirmed", () => {
  for (const path of paths.all) path.confirmed = false;
  expect(replies.forSack).toBeUndefined();
});
