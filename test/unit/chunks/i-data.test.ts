import { expect, it } from "vitest";
import { DataChunkView, DataFlag } from "../../../src/chunks/data.ts";
import { ParseError } from "../../../src/chunks/errors.ts";
import { bindIData, writeIDataHeader } from "../../../src/chunks/i-data.ts";

/** In front of the chunk: it lies somewhere in its datagram. */
const START = 12;

function bound(flags: number, ppid: number, fragmentNumber: number, lengthBytes = 27): DataChunkView {
  const datagram = new Uint8Array(START + 40).fill(0xee);
  const view = new DataView(datagram.buffer);
  writeIDataHeader(view, START, flags, 0xffff_fff0, 65_535, 0xfedc_ba98, ppid, 7, fragmentNumber);
  return bindIData(new DataChunkView(), datagram, START, lengthBytes);
}

it("reads what it wrote: a first fragment has a PPID, and number 0 (RFC 8260 2.1)", () => {
  expect(bound(DataFlag.Beginning | DataFlag.Unordered, 0xabcd_ef01, 5)).toMatchObject({
    tsn: 0xffff_fff0,
    streamId: 65_535,
    sequenceNumber: 0xfedc_ba98,
    ppid: 0xabcd_ef01,
    fragmentNumber: 0,
    payloadStart: START + 20,
    payloadBytes: 7,
    isBeginning: true,
    isEnding: false,
    isUnordered: true,
    isImmediate: false,
  });
});

it("reads another fragment's number, and no PPID of it", () => {
  const chunk = bound(DataFlag.Ending | DataFlag.Immediate, 0xabcd_ef01, 0xffff_ffff);
  expect(chunk).toMatchObject({ ppid: 0, fragmentNumber: 0xffff_ffff, isEnding: true, isImmediate: true });
});

it("refuses what is shorter than its header", () => {
  for (const lengthBytes of [4, 16, 19])
    expect(() => bound(DataFlag.Beginning, 0, 0, lengthBytes)).toThrow(ParseError);
  expect(bound(DataFlag.Beginning, 0, 0, 20).payloadBytes).toBe(0);
});
