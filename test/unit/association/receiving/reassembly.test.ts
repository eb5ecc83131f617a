import { expect, it } from "vitest";
import { Reassembly } from "../../../../src/association/receiving/reassembly.ts";

const piece = (byte: number): Uint8Array => Uint8Array.from([byte]);

it("refuses to continue a partly delivered ordered message under another SSN (RFC 9260 6.9)", () => {
  for (const [ssn, expected] of [
    [5, [2]],
    [6, "violation"],
  ] as const) {
    const reassembly = new Reassembly(0, (lengthBytes) => new Uint8Array(lengthBytes));
    expect(reassembly.add(10, piece(1), 3, 5, 0, false, true, false)).toBeUndefined();
    expect(reassembly.takePartial(10, { isNext: () => true })?.endOfMessage).toBe(false);
    const rest = reassembly.add(11, piece(2), 3, ssn, 0, false, false, true);
    expect(typeof rest === "object" ? [...rest.data] : rest).toEqual(expected);
  }
});
