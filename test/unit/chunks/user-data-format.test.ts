/** The form of user data: what PacketWriter writes through it is a chunk that the codec reads. */
import { expect, it } from "vitest";
import { decodePacket } from "../../../src/chunks/packet.ts";
import { PacketWriter } from "../../../src/chunks/packet-writer.ts";
import { PacketSlab } from "../../../src/chunks/slab.ts";
import { DATA_FORMAT, type UserDataFormat } from "../../../src/chunks/user-data-format.ts";

const PAYLOAD = Uint8Array.of(1, 2, 3, 4, 5);

function written(format: UserDataFormat): Uint8Array {
  const slab = new PacketSlab();
  const writer = new PacketWriter();
  writer.begin(slab, 1, 2, 3, 1_200);
  const numbers = { flags: 3, tsn: 0xffff_fffe, streamId: 65_535, ssn: 7 };
  writer.appendData(format, { ...numbers, payloadStart: 1, payloadBytes: 3 }, 0x8000_0001, PAYLOAD);
  return slab.packet(writer.finish()).slice();
}

it("writes DATA (RFC 9260 3.3.1)", () => {
  const [chunk] = decodePacket(written(DATA_FORMAT)).chunks;
  expect(chunk).toMatchObject({
    kind: "DATA",
    tsn: 0xffff_fffe,
    streamId: 65_535,
    ssn: 7,
    ppid: 0x8000_0001,
    beginning: true,
    ending: true,
  });
  expect(written(DATA_FORMAT).length).toBe(12 + DATA_FORMAT.headerBytes + 4);
});

it("leaves header and room to the format", () => {
  const wide: UserDataFormat = {
    headerBytes: 20,
    writeHeader(out, at) {
      out.setUint8(at, 0x40);
      return at + 20;
    },
  };
  expect(written(wide).length).toBe(12 + 20 + 4);
  expect([...written(wide).subarray(32)]).toEqual([2, 3, 4, 0]);
  const slab = new PacketSlab();
  const writer = new PacketWriter();
  writer.begin(slab, 1, 2, 3, 1_200);
  const whole = { flags: 3, tsn: 0, streamId: 0, ssn: 0, payloadStart: 0, payloadBytes: 1_132 };
  writer.appendData(DATA_FORMAT, whole, 0, new Uint8Array(1_132));
  expect(writer.remainingBytes).toBe(40);
  expect([writer.hasRoomForData(DATA_FORMAT, 24), writer.hasRoomForData(DATA_FORMAT, 25)]).toEqual([
    true,
    false,
  ]);
  expect([writer.hasRoomForData(wide, 20), writer.hasRoomForData(wide, 21)]).toEqual([true, false]);
});
