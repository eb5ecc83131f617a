import { expect, it } from "vitest";
import { Inbound } from "../../../../src/association/receiving/inbound.ts";
import { associationOptions } from "../../../../src/base/options.ts";
import { DataChunkView, DataFlag, writeDataHeader } from "../../../../src/chunks/data.ts";

const CAPACITY_BYTES = 4_096;

function inboundOf(): Inbound {
  const options = associationOptions({ receiveBufferBytes: CAPACITY_BYTES });
  const inbound = new Inbound({ options, allocate: (lengthBytes) => new Uint8Array(lengthBytes) });
  inbound.reset({ initialTsn: 0, streamCount: 10, isInterleaved: false, tellsKept: false });
  return inbound;
}

/** One byte: a whole message, or a fragment by its flags. */
function arrive(
  inbound: Inbound,
  tsn: number,
  ssn: number,
  flags: number = DataFlag.Beginning | DataFlag.Ending,
  streamId = 0,
): string {
  const datagram = new Uint8Array(20);
  writeDataHeader(new DataView(datagram.buffer), 0, flags, tsn, streamId, ssn, 0, 1);
  return inbound.onData(new DataChunkView().bind(datagram, 0, 17), datagram);
}

it("counts what a message costs beside its payload also while it waits for its turn", () => {
  const inbound = inboundOf();
  let held = 0;
  while (held < CAPACITY_BYTES && arrive(inbound, held, held + 1) === "accepted") held++;
  expect(held).toBeLessThan(CAPACITY_BYTES / 32);
});

it("holds no more when messages that waited get their turn all at once", () => {
  const inbound = inboundOf();
  for (let ssn = 1; ssn <= 12; ssn++) arrive(inbound, ssn, ssn);
  const before = inbound.buffer.usedBytes;
  expect(arrive(inbound, 0, 0)).toBe("accepted");
  expect(inbound.buffer.readyCount).toBe(13);
  expect(inbound.buffer.usedBytes).toBeLessThanOrEqual(before + associationOptions().minReceiveChargeBytes);
});

it("tells the SSN of an unordered message as it was sent (RFC 6458 5.3.2) [A22]", () => {
  const inbound = inboundOf();
  expect(arrive(inbound, 0, 1, DataFlag.Beginning | DataFlag.Ending | DataFlag.Unordered)).toBe("accepted");
  expect(inbound.buffer.shift()).toMatchObject({ ssn: 1, unordered: true });
});

it("skips more messages of a stream than half of its numbers at once, and heeds no old number (RFC 3758 3.6)", () => {
  const inbound = inboundOf();
  const behind = 0x8000 + 1_000;
  arrive(inbound, behind, behind);
  inbound.skip(behind - 1, [{ streamId: 0, ssn: behind - 1 }]);
  expect(inbound.buffer.readyCount).toBe(1);
  // The peer has not heard yet that all of this has come.
  inbound.skip(behind + 1, [{ streamId: 0, ssn: behind - 1 }]);
  arrive(inbound, behind + 2, behind + 1);
  expect(inbound.buffer.readyCount).toBe(2);
});

it("skips nothing in streams that there are not: one that is added begins with its first number (RFC 6525 5.2.5)", () => {
  const inbound = inboundOf();
  inbound.skip(0, [{ streamId: 12, ssn: 5 }]);
  inbound.addStreams(5);
  arrive(inbound, 1, 0, DataFlag.Beginning | DataFlag.Ending, 12);
  expect(inbound.buffer.readyCount).toBe(1);
});
