import { describe, expect, it } from "vitest";
import { formatSctpAddress, parseSctpAddress } from "../../src/index.ts";

describe("addresses of the field", () => {
  it.each([
    ["10.50.1.1/10.50.2.1:2904", ["10.50.1.1", "10.50.2.1"], 2904],
    ["10.50.1.1/[2001:db8::1]:2904", ["10.50.1.1", "2001:db8::1"], 2904],
    ["[2001:db8::1]/10.50.1.1:2904", ["2001:db8::1", "10.50.1.1"], 2904],
    ["stp1.example/stp1-b.example.:2905", ["stp1.example", "stp1-b.example."], 2905],
    ["localhost:7", ["localhost"], 7],
    ["[fe80::1%eth0]:7", ["fe80::1%eth0"], 7],
    ["[::1]:0", ["::1"], 0],
    [":2904", [], 2904],
    ["10.50.1.1", ["10.50.1.1"], undefined],
    ["10.50.1.1/[::1]", ["10.50.1.1", "::1"], undefined],
  ])("%s is read and written alike", (text, hosts, port) => {
    expect(parseSctpAddress(text)).toEqual({ hosts, port });
    expect(formatSctpAddress({ hosts, port })).toBe(text);
  });

  it("are brought into one form", () => {
    expect(parseSctpAddress("[2001:DB8:0:0:0:0:0:1]/[::ffff:192.0.2.1]:9").hosts).toEqual([
      "2001:db8::1",
      "192.0.2.1",
    ]);
    expect(parseSctpAddress("2001:db8::1")).toEqual({ hosts: ["2001:db8::1"], port: undefined });
    expect(formatSctpAddress({ hosts: ["2001:DB8::1"], port: undefined })).toBe("[2001:db8::1]");
  });

  it.each([
    ["", /a host is missing/],
    ["/10.0.0.1:7", /a host is missing/],
    ["10.0.0.1/:7", /a host is missing/],
    ["10.0.0.256:7", /"10.0.0.256" is not an IPv4 address/],
    ["10.0.0.1:70000", /"70000" is not a port/],
    ["10.0.0.1:", /"" is not a port/],
    ["10.0.0.1:7x", /"7x" is not a port/],
    ["[10.0.0.1]:7", /"10.0.0.1" is not an IPv6 address/],
    ["[2001:db8::1:7", /is not an address or a name/],
    ["a host:7", /"a host" is not an address or a name/],
    ["10.0.0.1/10.0.0.1:7", /10.0.0.1 is in it twice/],
  ])("%j is refused with what is wrong", (text, complaint) => {
    expect(() => parseSctpAddress(text)).toThrow(complaint);
    expect(() => parseSctpAddress(text)).toThrow(
      expect.objectContaining({ code: "ERR_SCTP_INVALID_ADDRESS" }),
    );
  });

  it("what is neither an address nor a name is not written", () => {
    expect(() => formatSctpAddress({ hosts: ["a/b"], port: 7 })).toThrow(/is not an address or a name/);
  });
});
