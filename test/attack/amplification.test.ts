/** Bytes out per byte in: what is justified, and no more. */
import { describe, expect, it } from "vitest";
import { amplifications, probesOfVictims, ratioOf } from "./amplification.ts";

/** Where more comes out than goes in, and why that is justified. */
const JUSTIFIED: ReadonlyArray<readonly [what: RegExp, ratio: number, why: string]> = [
  [/^INIT, the smallest/, 5.2, "an INIT ACK carries the cookie: the price of keeping nothing (RFC 5062 9)"],
  [/^INIT with 16 unknown/, 3, "the cookie again, and eight bytes for each report of four"],
  [/^INIT that lists 32 IPv4/, 1.1, "the cookie, less what the list costs"],
  [/^an unknown chunk/, 1.5, "a report repeats the chunk behind a header of eight bytes (3.3.10.6)"],
  [/^DATA on a stream/, 1.25, "an ERROR and a SACK"],
  [/each behind a new gap/, 33, "a SACK lists the gaps that fit a packet, to the peer that made them (6.7)"],
  [/^FORWARD TSN/, 1.4, "a SACK, to the very peer that skipped (RFC 3758 3.6)"],
  [/^RE-CONFIG that resets/, 1.4, "an answer and the SACK that goes along with it"],
  [/never answers/, 16, "our own request, until Association.Max.Retrans gives the peer up (RFC 6525 5.1.1)"],
  [/32 victims/, 5.5, "probes, one per RTO at first, then at the rate of idle paths (5.4)"],
];

describe.each(amplifications().map((row) => [row.what, row] as const))("%s", (what, row) => {
  it("is answered by no more packets than came", () => {
    if (!/victims|within an hour/.test(what)) expect(row.packetsOut).toBeLessThanOrEqual(row.packetsIn);
  });

  it("is answered by no more bytes than came, or as many more as are justified", () => {
    const limit = JUSTIFIED.find(([pattern]) => pattern.test(what))?.[1] ?? 1;
    expect(ratioOf(row)).toBeLessThanOrEqual(limit);
  });
});

it("sends to the victims of a list one small packet a second at most at first, and hardly any in the long run", () => {
  const { packetsBySecond, packetsOut, bytesOut } = probesOfVictims();
  expect(Math.max(...packetsBySecond.slice(0, 150))).toBe(1);
  expect(bytesOut / packetsOut).toBeLessThanOrEqual(60);
  const lastHalf = packetsBySecond.slice(1_800).reduce((sum, count) => sum + count, 0);
  expect(lastHalf / 1_800).toBeLessThan(0.6);
});
