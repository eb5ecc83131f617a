/** Endpoints and serial numbers: RFC 9260 section 1. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SSN_SPACE } from "../../src/base/sequence-space.ts";
import { ssnAdd, tsnAdd, tsnDiff, tsnGt, tsnGte, tsnLt, tsnLte } from "../../src/base/serial.ts";
import { chunksOf, Lab, OUR_PORT, PEER_ADDRESS, PEER_PORT } from "./lab.ts";

describe("RFC 9260 1.3 Key Terms", () => {
  it("MUST NOT: has more than one association with an endpoint", () => {
    const lab = new Lab();
    lab.connect();
    expect(() => lab.connect()).toThrow(expect.objectContaining({ code: "ERR_SCTP_ASSOCIATION_EXISTS" }));
    expect(lab.stack.associationCount).toBe(1);
  });

  it("MUST: uses one port on all addresses of an endpoint, and none that another endpoint uses", () => {
    const lab = new Lab({ localAddresses: ["10.0.0.1", "10.1.0.1"] });
    lab.listen();
    expect(() => lab.listen()).toThrow(expect.objectContaining({ sctpCode: "ERR_SCTP_PORT_IN_USE" }));
    lab.connect({}, [PEER_ADDRESS]);
    expect(lab.flush()[0]).toMatchObject({ sourcePort: OUR_PORT, destinationPort: PEER_PORT });
  });
});

describe("RFC 9260 1.6 Serial Number Arithmetic", () => {
  const tsn = fc.oneof(
    fc.integer({ min: 0, max: 0xffff_ffff }),
    fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, 0x8000_0001, 0xffff_fffe, 0xffff_ffff),
  );

  it("MUST: reckons with TSNs modulo 2^32", () => {
    fc.assert(
      fc.property(tsn, fc.integer({ min: 0, max: 0x7fff_ffff }), (a, n) => {
        const b = tsnAdd(a, n);
        expect(b).toBe(Number((BigInt(a) + BigInt(n)) % 0x1_0000_0000n));
        expect(tsnDiff(b, a)).toBe(n);
      }),
    );
  });

  it("SHOULD: compares TSNs by RFC 1982, 32 bits wide", () => {
    fc.assert(
      fc.property(tsn, fc.integer({ min: 1, max: 0x7fff_ffff }), (a, n) => {
        const b = tsnAdd(a, n);
        expect([tsnLt(a, b), tsnLte(a, b), tsnGt(b, a), tsnGte(b, a)]).toEqual([true, true, true, true]);
        expect([tsnLt(b, a), tsnGt(a, b), tsnLt(a, a), tsnGt(a, a)]).toEqual([false, false, false, false]);
        expect([tsnLte(a, a), tsnGte(a, a)]).toEqual([true, true]);
      }),
    );
  });

  it("SHOULD: reckons with Stream Sequence Numbers by RFC 1982, 16 bits wide", () => {
    expect(ssnAdd(0xffff, 1)).toBe(0);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 1, max: 0x7fff }), (a, n) => {
        expect(SSN_SPACE.gt(ssnAdd(a, n), a)).toBe(true);
        expect(SSN_SPACE.gt(a, ssnAdd(a, n))).toBe(false);
        expect(SSN_SPACE.gt(a, a)).toBe(false);
      }),
    );
  });

  it("MUST: TSN 0 follows TSN 2^32 - 1", () => {
    const lab = new Lab({ random: { uint32: () => 0xffff_ffff, fill: (bytes) => bytes.fill(1) } });
    const link = lab.accepted();
    const tsns = [0, 1].flatMap(() => chunksOf(link.send(1), "DATA").map(({ tsn: sent }) => sent));
    expect(tsns).toEqual([0xffff_ffff, 0]);
  });
});
