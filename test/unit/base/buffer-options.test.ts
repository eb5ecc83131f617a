/** Sizes and limits of buffers: a size that was said is that size. */
import { describe, expect, it } from "vitest";
import { associationOptions } from "../../../src/base/options.ts";

const MEBIBYTE = 1_048_576;

describe.each([
  ["receiveBufferBytes", "receiveBufferLimitBytes"],
  ["sendBufferBytes", "sendBufferLimitBytes"],
] as const)("%s and %s", (size, limit) => {
  it("let a buffer of a mebibyte grow to eight by default", () => {
    const options = associationOptions();
    expect(options).toMatchObject({ [size]: MEBIBYTE, [limit]: 8 * MEBIBYTE });
  });

  it("fix a size that comes without a limit, in the set-up and later", () => {
    expect(associationOptions({ [size]: 65_536 })).toMatchObject({ [size]: 65_536, [limit]: 65_536 });
    expect(associationOptions({ [size]: 64 * MEBIBYTE })).toMatchObject({ [limit]: 64 * MEBIBYTE });
    const base = associationOptions({ [size]: 65_536, [limit]: MEBIBYTE });
    expect(associationOptions({ [size]: 32_768 }, base)).toMatchObject({ [size]: 32_768, [limit]: 32_768 });
    expect(associationOptions({ [size]: 32_768, [limit]: undefined }, base)[limit]).toBe(32_768);
  });

  it("keep a limit that comes with a size, or alone", () => {
    const both = { [size]: 65_536, [limit]: MEBIBYTE };
    expect(associationOptions(both)).toMatchObject(both);
    expect(associationOptions({ [limit]: 2 * MEBIBYTE })).toMatchObject({
      [size]: MEBIBYTE,
      [limit]: 2 * MEBIBYTE,
    });
    expect(associationOptions({ rtoMinMs: 500 }, associationOptions(both))).toMatchObject(both);
  });

  it("refuse a limit below the size", () => {
    expect(() => associationOptions({ [limit]: MEBIBYTE - 1 })).toThrow(
      `${limit}, 1048575, must not be below ${size}, 1048576: give that with it`,
    );
    expect(associationOptions({ [limit]: MEBIBYTE })[limit]).toBe(MEBIBYTE);
    expect(() => associationOptions({ [size]: 4_095 })).toThrow(new RegExp(`${size} must be`));
  });

  it("leave the other buffer alone", () => {
    const other = limit === "receiveBufferLimitBytes" ? "sendBufferLimitBytes" : "receiveBufferLimitBytes";
    expect(associationOptions({ congestionControl: "bbr", [size]: 65_536 })[other]).toBe(8 * MEBIBYTE);
  });
});

describe("sendBufferLimitBytes with a slow start that ends by losses alone", () => {
  it("is what the buffer begins with", () => {
    expect(associationOptions({ congestionControl: "rfc9260" })).toMatchObject({
      sendBufferLimitBytes: MEBIBYTE,
      receiveBufferLimitBytes: 8 * MEBIBYTE,
    });
  });

  it("is what is asked for, and what it was when other options change", () => {
    const options = associationOptions({
      congestionControl: "rfc9260",
      sendBufferLimitBytes: 2 * MEBIBYTE,
    });
    expect(options.sendBufferLimitBytes).toBe(2 * MEBIBYTE);
    expect(associationOptions({ rtoMinMs: 500 }, options).sendBufferLimitBytes).toBe(2 * MEBIBYTE);
  });
});
