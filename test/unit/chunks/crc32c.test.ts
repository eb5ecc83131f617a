import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { crc32c, crc32cUpdate } from "../../../src/chunks/crc32c.ts";
import { CrcKernel, KERNEL_MAX_BYTES } from "../../../src/chunks/crc32c-kernel.ts";

function reference(data: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** A view with other bytes before and behind it, so that reading beyond either end shows. */
function embedded(data: Uint8Array, before: number): Uint8Array {
  const memory = new Uint8Array(before + data.length + 7).fill(0x5a);
  memory.set(data, before);
  return memory.subarray(before, before + data.length);
}

const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength, size: "max" });

describe("CRC32c", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it("gives the published values (RFC 3720 B.4)", () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a91_36aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8_ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd_794e);
  });

  it("agrees with a bit-by-bit one at every length and alignment", () => {
    fc.assert(
      fc.property(bytes(1_500), fc.nat(17), (data, before) => {
        expect(crc32c(embedded(data, before))).toBe(reference(data));
      }),
      { numRuns: 500 },
    );
  });

  it("is the same in plain TypeScript and in the kernel, whatever bytes count as zero", () => {
    const kernel = CrcKernel.make();
    expect(kernel).toBeDefined();
    fc.assert(
      fc.property(bytes(2_000), fc.nat(2_000), fc.nat(8), (data, start, count) => {
        const [from, to] = [Math.min(start, data.length), Math.min(start + count, data.length)];
        const zeroed = data.slice().fill(0, from, to);
        const plain = ~crc32cUpdate(-1, zeroed, 0, zeroed.length) >>> 0;
        expect(kernel?.crc(data, from, to)).toBe(plain);
      }),
      { numRuns: 500 },
    );
  });

  it("is right for the longest message that the kernel takes, and beyond", () => {
    for (const length of [65_507, KERNEL_MAX_BYTES, KERNEL_MAX_BYTES + 1]) {
      const data = Uint8Array.from({ length }, (_, i) => (i * 31) >>> 3);
      expect(crc32c(data)).toBe(reference(data));
    }
  });

  it("needs no WebAssembly", async () => {
    const data = Uint8Array.from({ length: 1_472 }, (_, i) => i * 7);
    const hosts = [
      undefined,
      {
        Module: class {
          constructor() {
            throw new EvalError("refused by the page's Content-Security-Policy");
          }
        },
      },
    ];
    for (const host of hosts) {
      vi.resetModules();
      vi.stubGlobal("WebAssembly", host);
      const alone = await import("../../../src/chunks/crc32c.ts");
      expect(alone.crc32c(data)).toBe(reference(data));
    }
  });
});
