import { expect, it } from "vitest";
import { OpenTsns } from "../../../src/trace/open-tsns.ts";

const openOf = (...tsns: number[]): OpenTsns<string> => {
  const open = new OpenTsns<string>();
  for (const tsn of tsns) open.add(tsn, `carrier of ${tsn}`);
  return open;
};
const held = (open: OpenTsns<string>, ...tsns: number[]): number[] => tsns.filter((tsn) => open.has(tsn));

it("forgets what is acknowledged cumulatively, past the wrap, too", () => {
  const open = openOf(0xffff_fffe, 0xffff_ffff, 0, 1);
  open.acknowledge({ cumulativeTsnAck: 0, gapBlocks: [] });
  expect(held(open, 0xffff_fffe, 0xffff_ffff, 0, 1)).toEqual([1]);
});

it("forgets what Gap Ack Blocks name, in whatever order they stand", () => {
  const open = openOf(10, 11, 12, 13, 14, 15, 16);
  const gapBlocks = [
    { start: 6, end: 6 },
    { start: 2, end: 3 },
  ];
  open.acknowledge({ cumulativeTsnAck: 10, gapBlocks });
  expect(held(open, 10, 11, 12, 13, 14, 15, 16)).toEqual([11, 14, 15]);
});

it("finds an older TSN that was added behind newer ones", () => {
  const open = openOf(20, 21, 25, 19);
  open.acknowledge({ cumulativeTsnAck: 20, gapBlocks: [] });
  expect(held(open, 19, 20, 21, 25)).toEqual([21, 25]);
  open.add(22, "late");
  expect(open.takeThrough(22)).toEqual(["carrier of 21", "late"]);
});

it("trusts the order again once nothing is open", () => {
  const open = openOf(5, 4);
  expect(open.takeThrough(5)).toHaveLength(2);
  open.add(3, "old");
  open.add(6, "new");
  open.acknowledge({ cumulativeTsnAck: 3, gapBlocks: [] });
  expect(held(open, 3, 6)).toEqual([6]);
});

it("gives back every packet that carried a TSN", () => {
  const open = openOf(7, 8);
  open.add(7, "again");
  expect(open.takeThrough(7)).toEqual(["carrier of 7", "again"]);
  expect(open.takeThrough(7)).toEqual([]);
  expect(held(open, 7, 8)).toEqual([8]);
});

it("keeps 65,536 of them and no more", () => {
  const open = new OpenTsns<number>();
  for (let tsn = 0; tsn <= 65_536; tsn++) open.add(tsn, tsn);
  expect(open.has(65_535)).toBe(true);
  expect(open.has(65_536)).toBe(false);
  open.clear();
  expect(open.has(0)).toBe(false);
});
