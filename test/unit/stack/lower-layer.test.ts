import { beforeEach, expect, it } from "vitest";
import type { Association } from "../../../src/association/association.ts";
import { Lab, OUR_ADDRESS, OUR_SECOND_ADDRESS } from "../../conformance/lab.ts";

let lab: Lab;

/** The largest packet of an association, by its options and on its first path. */
function sizesOf(association: Association): number[] {
  const [path] = association.paths();
  return [association.options.maxPacketBytes, path?.maxPacketBytes ?? 0];
}

beforeEach(() => {
  lab = new Lab({ localAddresses: [] });
  lab.stack.addLocalAddress(OUR_ADDRESS, { maxPacketBytes: 600 });
});

it("bounds the packets of associations that are asked for and of those that are accepted", () => {
  expect(sizesOf(lab.connect())).toEqual([600, 600]);
  const other = new Lab({ localAddresses: [] });
  other.stack.addLocalAddress(OUR_ADDRESS, { maxPacketBytes: 600 });
  expect(sizesOf(other.accepted({ maxPacketBytes: 9_000 }).association)).toEqual([600, 600]);
});

it("leaves packets alone that are small enough, and the rest to the default", () => {
  expect(sizesOf(lab.connect({ maxPacketBytes: 599 }))).toEqual([599, 599]);
  expect(sizesOf(new Lab().connect())).toEqual([1_200, 1_200]);
});

it("does not make an option right that is out of range, nor takes less than any association needs", () => {
  expect(() => lab.connect({ maxPacketBytes: 65_508 })).toThrow(/maxPacketBytes/);
  expect(() => lab.listen({ maxPacketBytes: 65_508 })).toThrow(/maxPacketBytes/);
  lab.stack.addLocalAddress(OUR_SECOND_ADDRESS, { maxPacketBytes: 511 });
  expect(() => lab.connect()).toThrow(/maxPacketBytes/);
});

it("is the smallest of all addresses, for as long as they are there", () => {
  lab.stack.addLocalAddress(OUR_SECOND_ADDRESS, { maxPacketBytes: 550 });
  expect(sizesOf(lab.connect())).toEqual([550, 550]);
  lab.stack.removeLocalAddress(OUR_SECOND_ADDRESS, lab.nowMs);
  lab.listen();
  const { stack } = lab;
  const options = { remotePort: 9, remoteUdpPort: 9_899, remoteAddresses: ["10.0.0.2"] };
  expect(sizesOf(stack.connect(options, lab.nowMs))).toEqual([600, 600]);
});
