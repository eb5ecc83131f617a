import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TagCipher } from "../../../src/cluster/tag-cipher.ts";
import { LAYOUT_KEY_BYTES, TagLayout } from "../../../src/cluster/tag-layout.ts";
import { SeededRandom } from "../../../src/platform/random.ts";

function layout(seed: number, workerCount: number): TagLayout {
  const key = new Uint8Array(LAYOUT_KEY_BYTES);
  new SeededRandom(seed).fill(key);
  return new TagLayout(key, workerCount);
}

describe("the permutation", () => {
  it("is Speck32/64, by the vector of its publication", () => {
    const cipher = new TagCipher(Uint8Array.of(0x19, 0x18, 0x11, 0x10, 0x09, 0x08, 0x01, 0x00));
    expect(cipher.encrypt(0x6574694c)).toBe(0xa86842f2);
    expect(cipher.decrypt(0xa86842f2)).toBe(0x6574694c);
  });

  it("is undone by its inverse, for every number and key", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        (key, block) => {
          const cipher = new TagCipher(key);
          expect(cipher.decrypt(cipher.encrypt(block))).toBe(block);
        },
      ),
    );
  });
});

describe("tags", () => {
  it.each([1, 2, 3, 7, 16, 128])("name their worker among %i", (workerCount) => {
    const tags = layout(workerCount, workerCount);
    const random = new SeededRandom(9);
    for (let i = 0; i < 2_000; i++) {
      const worker = i % workerCount;
      const tag = tags.newTag(worker, random);
      expect(tag).toBeGreaterThan(0);
      expect(tags.workerOf(tag)).toBe(worker);
    }
  });

  it("of one worker are spread over all numbers, and show nothing of the worker (RFC 9260 5.3.1)", () => {
    const tags = layout(4, 4);
    const random = new SeededRandom(5);
    for (let worker = 0; worker < 4; worker++) {
      const ones = new Array<number>(32).fill(0);
      const COUNT = 4_000;
      for (let i = 0; i < COUNT; i++) {
        const tag = tags.newTag(worker, random);
        for (let bit = 0; bit < 32; bit++) ones[bit] = (ones[bit] ?? 0) + ((tag >>> bit) & 1);
      }
      // Six standard deviations around a fair coin.
      for (const count of ones) expect(Math.abs(count - COUNT / 2)).toBeLessThan(6 * Math.sqrt(COUNT / 4));
    }
  });

  it("reach both ends of the permuted range and never are 0", () => {
    const tags = layout(1, 3);
    const ends = [0, 1, 0xffff_fffe, 0xffff_ffff];
    let at = 0;
    const random = { uint32: () => ends[at++ % ends.length] ?? 0, fill: () => {} };
    for (let worker = 0; worker < 3; worker++) {
      for (let i = 0; i < ends.length; i++) {
        expect(tags.workerOf(tags.newTag(worker, random))).toBe(worker);
      }
    }
    // The number whose permutation is 0 is stepped over.
    const solitary = layout(1, 1);
    const key = new Uint8Array(LAYOUT_KEY_BYTES);
    new SeededRandom(1).fill(key);
    const zero = new TagCipher(key.subarray(0, 8)).decrypt(0);
    const words = [zero, 77];
    expect(solitary.newTag(0, { uint32: () => words.shift() ?? 0, fill: () => {} })).toBe(
      new TagCipher(key.subarray(0, 8)).encrypt(77),
    );
  });

  it("of one key mean nothing under another", () => {
    const [mine, theirs] = [layout(1, 2), layout(2, 2)];
    const random = new SeededRandom(3);
    let same = 0;
    for (let i = 0; i < 1_000; i++) if (theirs.workerOf(mine.newTag(0, random)) === 0) same++;
    expect(same).toBeGreaterThan(400);
    expect(same).toBeLessThan(600);
  });
});

describe("homes", () => {
  it("are spread evenly over the workers, by port and by address", () => {
    const homes = layout(8, 4);
    for (const home of [
      (i: number) => homes.homeOf(7, 49_152 + i, "192.0.2.1"),
      (i: number) => homes.homeOf(7, 7, `10.0.${i >> 8}.${i & 0xff}`),
      (i: number) => homes.homeOf(7, 7, `2001:db8::${i.toString(16)}`),
    ]) {
      const counts = [0, 0, 0, 0];
      for (let i = 0; i < 4_000; i++) counts[home(i)] = (counts[home(i)] ?? 0) + 1;
      for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(200);
    }
  });

  it("of workers that do not live are the next ones that do, and nobody else's change", () => {
    const homes = layout(8, 4);
    for (const down of [[1], [1, 2], [3], [0, 1, 2], [0, 1, 2, 3]]) {
      for (let i = 0; i < 200; i++) {
        const natural = homes.homeOf(7, 7, `10.0.0.${i}`);
        const home = homes.homeOf(7, 7, `10.0.0.${i}`, new Set(down));
        if (!down.includes(natural) || down.length === 4) expect(home).toBe(natural);
        else
          expect(home).toBe(
            [1, 2, 3].map((step) => (natural + step) % 4).find((next) => !down.includes(next)),
          );
      }
    }
  });

  it("tell ports and addresses apart and are the same for the same", () => {
    const [homes, again] = [layout(8, 128), layout(8, 128)];
    const seen = new Set<number>();
    for (const [local, remote] of [
      [7, 8],
      [8, 7],
    ] as const) {
      for (const address of ["10.0.0.1", "10.0.1.0", "2001:db8::1", "2001:db8::1:0"]) {
        seen.add(homes.homeOf(local, remote, address));
        expect(again.homeOf(local, remote, address)).toBe(homes.homeOf(local, remote, address));
      }
    }
    expect(seen.size).toBeGreaterThan(5);
  });
});
