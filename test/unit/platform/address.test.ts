import { expect, it } from "vitest";
import {
  addressBytes,
  addressFamily,
  canonicalAddress,
  formatAddress,
  isBehindWildcard,
  isLoopbackAddress,
  isUnicastAddress,
  isWildcardAddress,
} from "../../../src/platform/address.ts";

it.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:C000:201", "192.0.2.1"],
  ["2001:0DB8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"], // RFC 5952 4.2.2: one zero group stays
  ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"], // 4.2.3: the longest run
  ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"], // 4.2.3: the first of equals
  ["0:0:0:0:0:0:0:0", "::"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["1:0:0:0:0:0:0:0", "1::"],
  ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
  ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
  ["FE80::1%eth0", "fe80::1%eth0"],
  ["::ffff:10.0.0.1%eth0", "10.0.0.1"],
])("writes %s as %s", (text, canonical) => {
  expect(canonicalAddress(text)).toBe(canonical);
  expect(canonicalAddress(canonical)).toBe(canonical);
});

it.each([
  "",
  "1.2.3",
  "1.2.3.4.5",
  "1.2.3.256",
  "01.2.3.4",
  "1.2.3.-4",
  "localhost",
  ":",
  ":::",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "1:2:3:4:5:6:7:8::",
  "12345::",
  "g::",
  "1.2.3.4::",
  "::1.2.3",
  ":1:2:3:4:5:6:7",
  "fe80::1%",
])("refuses %j", (text) => {
  expect(canonicalAddress(text)).toBeUndefined();
});

it("goes from text to bytes and back", () => {
  const v4 = addressBytes("192.0.2.1");
  expect(v4).toEqual(Uint8Array.of(192, 0, 2, 1));
  const v6 = addressBytes("2001:db8::1") ?? new Uint8Array(0);
  expect(v6).toHaveLength(16);
  expect(formatAddress(v6, 0, 16)).toBe("2001:db8::1");
  expect(formatAddress(Uint8Array.of(9, 192, 0, 2, 1), 1, 4)).toBe("192.0.2.1");
  expect(addressBytes("nonsense")).toBeUndefined();
});

it("tells the classes of address apart", () => {
  expect([addressFamily("10.0.0.1"), addressFamily("::1")]).toEqual([4, 6]);
  expect(["0.0.0.0", "::", "10.0.0.1", "::1"].map(isWildcardAddress)).toEqual([true, true, false, false]);
  const unicast = ["10.0.0.1", "223.255.255.255", "2001:db8::1", "::1"];
  const other = ["0.0.0.0", "224.0.0.1", "255.255.255.255", "::", "ff02::1"];
  expect(unicast.map(isUnicastAddress)).toEqual([true, true, true, true]);
  expect(other.map(isUnicastAddress)).toEqual([false, false, false, false, false]);
  expect(["127.0.0.1", "127.9.9.9", "::1", "128.0.0.1", "::2"].map(isLoopbackAddress)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

it("takes an address for one behind the wildcard of its family, unless it is listed itself", () => {
  expect(isBehindWildcard("10.0.0.1", ["0.0.0.0"])).toBe(true);
  expect(isBehindWildcard("2001:db8::1", ["0.0.0.0", "::"])).toBe(true);
  expect(isBehindWildcard("2001:db8::1", ["0.0.0.0"])).toBe(false);
  expect(isBehindWildcard("10.0.0.1", ["10.0.0.1"])).toBe(false);
  expect(isBehindWildcard("10.0.0.1", ["0.0.0.0", "10.0.0.1"])).toBe(false);
});
