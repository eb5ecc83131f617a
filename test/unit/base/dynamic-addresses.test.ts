import { describe, expect, it } from "vitest";
import {
  isBehindNat,
  wantsAuthenticatedAddresses,
  wantsBareAddresses,
} from "../../../src/base/dynamic-addresses.ts";
import { type AssociationOptionsInput, associationOptions } from "../../../src/base/options.ts";

const wishes = (dynamicAddresses: AssociationOptionsInput["dynamicAddresses"]): readonly boolean[] => {
  const options = associationOptions(dynamicAddresses === undefined ? {} : { dynamicAddresses });
  return [wantsAuthenticatedAddresses(options), wantsBareAddresses(options), isBehindNat(options)];
};

describe("the option dynamicAddresses", () => {
  it("is off if absent, and authenticates unless told otherwise", () => {
    expect(wishes(undefined)).toEqual([false, false, false]);
    expect(wishes(false)).toEqual([false, false, false]);
    expect(wishes(true)).toEqual([true, false, false]);
    expect(wishes({})).toEqual([true, false, false]);
    expect(wishes({ behindNat: true })).toEqual([true, false, true]);
    expect(wishes({ authenticated: false })).toEqual([false, true, false]);
    expect(wishes({ authenticated: false, behindNat: true })).toEqual([false, true, true]);
  });

  it("is kept as it is when other options change", () => {
    const before = associationOptions({ dynamicAddresses: { behindNat: true } });
    expect(isBehindNat(associationOptions({ noDelay: true }, before))).toBe(true);
    expect(isBehindNat(associationOptions({ dynamicAddresses: before.dynamicAddresses }))).toBe(true);
  });

  it.each([1, "on", [], { authenticated: 1 }, { nat: true }])("refuses %j", (value) => {
    const wrong = { dynamicAddresses: value } as AssociationOptionsInput;
    expect(() => associationOptions(wrong)).toThrowError(
      expect.objectContaining({ code: "ERR_SCTP_INVALID_OPTION" }),
    );
  });

  it("says what was meant", () => {
    const wrong = { dynamicAddresses: { nat: true } } as AssociationOptionsInput;
    expect(() => associationOptions(wrong)).toThrow("behindNat");
  });
});
