import { beforeEach, expect, it } from "vitest";
import type { Association } from "../../../src/association/association.ts";
import { chunksOf, Lab, OUR_ADDRESS, OUR_SECOND_ADDRESS, PEER_ADDRESS } from "../../conformance/lab.ts";

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

it("bounds the search for larger packets, even where the interface takes more", () => {
  const wide = new Lab({ localAddresses: [] });
  const limits = { maxBytes: 8_972, cutFromBytes: 8_973 };
  wide.stack.addLocalAddress(OUR_ADDRESS, { maxPacketBytes: 2_000, limitsTo: () => limits });
  const link = wide.accepted({ pathMtuDiscovery: true, heartbeatIntervalMs: 0 });
  const probes: number[] = [];
  let packets = wide.run(1);
  while (packets.length > 0 && probes.length < 50) {
    probes.push(...packets.map(({ lengthBytes }) => lengthBytes));
    const answers = chunksOf(packets, "HEARTBEAT").map(
      (chunk) => ({ ...chunk, kind: "HEARTBEAT ACK" }) as const,
    );
    packets = link.receive(answers);
  }
  expect(probes.slice(-2)).toEqual([1_472, 2_000]);
  expect(link.association.path(PEER_ADDRESS)).toMatchObject({
    pathMtuSearch: "SEARCH_COMPLETE",
    maxPacketBytes: 2_000,
  });
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
