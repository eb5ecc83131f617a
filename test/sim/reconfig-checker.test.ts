/** What the campaign's checker says of a request for a reset of outgoing streams, by the last TSN that it names (RFC 6525 4.1). */
import { describe, expect, it } from "vitest";
import { Reconfiguration } from "../../src/sim/checks/reconfig-checker.ts";

const FIRST_TSN = 0xffff_fffe;
const flow = (nextTsn: number, mostRests = 0) => ({ initialTsns: new Set([FIRST_TSN]), nextTsn, mostRests });

/** The value of a RE-CONFIG with one Outgoing SSN Reset Request, numbered as the first one is. */
function reset(lastTsn: number, ...streamIds: readonly number[]): DataView {
  const lengthBytes = 16 + 2 * streamIds.length;
  const value = new DataView(new ArrayBuffer(Math.ceil(lengthBytes / 4) * 4));
  value.setUint16(0, 13);
  value.setUint16(2, lengthBytes);
  value.setUint32(4, FIRST_TSN);
  value.setUint32(12, lastTsn);
  streamIds.forEach((id, i) => {
    value.setUint16(16 + 2 * i, id);
  });
  return value;
}

/** A sender whose messages went on these streams, one TSN each. */
function sender(...streamIds: readonly number[]): Reconfiguration {
  const side = new Reconfiguration(() => {});
  streamIds.forEach((id, i) => {
    expect(
      side.onDataSent(
        (FIRST_TSN + i) >>> 0,
        id,
        streamIds.slice(0, i).filter((each) => each === id).length,
        true,
      ),
    ).toBe(undefined);
  });
  return side;
}

describe("the last TSN that a request names", () => {
  const other = new Reconfiguration(() => {});
  const complaint = (lastTsn: number, streams: readonly number[], mostRests = 0): string | undefined =>
    sender(1, 2, 1, 3).onSent(reset(lastTsn, ...streams), flow(2, mostRests), other);

  it("is the last that was assigned", () => {
    expect(complaint(1, [1])).toBe(undefined);
    expect(complaint(1, [])).toBe(undefined);
  });

  it("may be older where only other streams had newer ones, which overtook it on another path", () => {
    expect(complaint(0, [1, 2])).toBe(undefined);
    expect(complaint(0xffff_ffff, [2])).toBe(undefined);
    expect(complaint(0, [])).toMatch("named 0 as its last TSN");
  });

  it("is none before the last of a stream that begins anew", () => {
    expect(complaint(0xffff_ffff, [1])).toMatch("named 4294967295 as its last TSN, with 2 to come");
    expect(complaint(0, [2, 3])).toMatch("named 0 as its last TSN");
  });

  it("is none to come, but what may stand for what was given up", () => {
    expect(complaint(2, [1])).toMatch("named 2 as its last TSN");
    expect(complaint(2, [1], 1)).toBe(undefined);
    expect(complaint(3, [1], 1)).toMatch("named 3 as its last TSN");
  });
});
