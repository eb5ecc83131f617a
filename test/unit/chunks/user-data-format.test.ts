/** The form of user data: what PacketWriter writes through it is a chunk that the codec reads. */
import { expect, it } from "vitest";
import { decodePacket } from "../../../src/chunks/packet.ts";
import { PacketWriter } from "../../../src/chunks/packet-writer.ts";
import { PacketSlab } from "../../../src/chunks/slab.ts";
import { DATA_FORMAT, I_DATA_FORMAT, type UserDataFormat } from "../../../src/chunks/user-data-format.ts";

const PAYLOAD = Uint8Array.of(1, 2, 3, 4, 5);

function written(format: UserDataFormat, flags = 3): Uint8Array {
  const slab = new PacketSlab();
  const writer = new PacketWriter();
  writer.begin(slab, 1, 2, 3, 1_200);
  const numbers = { flags, tsn: 0xffff_fffe, streamId: 65_535, ssn: 7, fragmentNumber: 9 };
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

it.each([
  ["a whole message", 3, { ppidOrFsn: 0x8000_0001, beginning: true, ending: true }],
  ["a first fragment, whose number is not written", 2, { ppidOrFsn: 0x8000_0001, ending: false }],
  ["another fragment, without the PPID", 0, { ppidOrFsn: 9, beginning: false, ending: false }],
])("writes I-DATA with 20 bytes before the payload (RFC 8260 2.1): %s", (_what, flags, expected) => {
  const [chunk] = decodePacket(written(I_DATA_FORMAT, flags)).chunks;
  expect(chunk).toMatchObject({ kind: "I-DATA", tsn: 0xffff_fffe, streamId: 65_535, mid: 7, ...expected });
  expect(written(I_DATA_FORMAT).length).toBe(12 + 20 + 4);
});

it("leaves header and room to the format", () => {
  const wide: UserDataFormat = {
    chunkType: 0x40,
    authBytes: 0,
    headerBytes: 20,
    isInterleaved: false,
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
  const numbers = { tsn: 0, streamId: 0, ssn: 0, fragmentNumber: 0 };
  const whole = { ...numbers, flags: 3, payloadStart: 0, payloadBytes: 1_132 };
  writer.appendData(DATA_FORMAT, whole, 0, new Uint8Array(1_132));
  expect(writer.remainingBytes).toBe(40);
  expect([writer.hasRoomForData(DATA_FORMAT, 24), writer.hasRoomForData(DATA_FORMAT, 25)]).toEqual([
    true,
    false,
  ]);
  expect([writer.hasRoomForData(wide, 20), writer.hasRoomForData(wide, 21)]).toEqual([true, false]);
});
