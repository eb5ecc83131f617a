/** The head-of-line race of the playground: what its page says is so, for any seed. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Figures, figuresOf } from "../../playground/src/race/figures.ts";
import { cutIntoFrames, inTurns, readFrame } from "../../playground/src/race/frames.ts";
import { PICTURES, TEXT_FILE } from "../../playground/src/race/resources.ts";
import {
  type Conditions,
  type Manner,
  type Progress,
  type Resource,
  Transfer,
} from "../../playground/src/race/transfer.ts";

const FOLDER = new URL("../../playground/src/race/files/", import.meta.url);
const RESOURCES: readonly Resource[] = [TEXT_FILE, ...PICTURES.map(({ file }) => file)].map((name) => ({
  name,
  bytes: new Uint8Array(readFileSync(new URL(name, FOLDER))),
}));
const LINK: Conditions = { megabitsPerSecond: 8, roundTripMs: 80, lossPercent: 4, seed: 1 };
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

function raced(manner: Manner, conditions: Partial<Conditions> = {}): Transfer {
  const transfer = new Transfer(RESOURCES, { ...LINK, ...conditions }, manner);
  transfer.play();
  return transfer;
}

const figures = (transfer: Transfer): Figures => figuresOf(transfer.progress);
const wholeAtMs = (transfer: Transfer): number[] => transfer.progress.map((each) => each.wholeAtMs ?? NaN);
const sameBytes = (a: Uint8Array, b: Uint8Array = new Uint8Array()): boolean => Buffer.compare(a, b) === 0;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

it("sends every file of its folder", () => {
  expect(RESOURCES.map(({ name }) => name).sort()).toEqual(readdirSync(FOLDER).sort());
});

describe("with 4 % loss", () => {
  const races = SEEDS.map((seed) => ({
    one: raced("one-stream", { seed }),
    many: raced("streams", { seed }),
  }));

  it("sends as many packets on both sides, and is done at the same time", () => {
    for (const { one, many } of races) {
      expect(many.packetCount).toBe(one.packetCount);
      expect(figures(many).allAtMs).toBe(figures(one).allAtMs);
      expect(many.traceHash).not.toBe(one.traceHash); // Stream numbers are part of it.
    }
  });

  it("gives each resource over streams when it would over one, or sooner", () => {
    for (const { one, many } of races) {
      const [late, soon] = [wholeAtMs(one), wholeAtMs(many)];
      for (const [resource, ms] of soon.entries()) expect(ms).toBeLessThanOrEqual(late[resource] ?? 0);
    }
  });

  it("holds bytes back behind others in one stream for a third of the time, over streams never", () => {
    for (const { one, many } of races) {
      expect(many.progress.map(({ heldMs }) => heldMs)).toEqual(RESOURCES.map(() => 0));
      expect(figures(one).meanHeldMs).toBeGreaterThan((figures(one).allAtMs ?? 0) / 8);
    }
    const share = sum(races.map(({ one }) => figures(one).meanHeldMs / (figures(one).allAtMs ?? 0)));
    expect(share / SEEDS.length).toBeGreaterThan(1 / 3);
  });

  it("has the first picture whole sooner over streams, and the middle one", () => {
    const total = (of: (figures: Figures) => number | undefined, manner: "one" | "many"): number =>
      sum(races.map((race) => of(figures(race[manner])) ?? NaN));
    const gain = (of: (figures: Figures) => number | undefined): number =>
      1 - total(of, "many") / total(of, "one");
    expect(gain(({ picturesAtMs }) => picturesAtMs[0])).toBeGreaterThan(0.05);
    expect(gain(({ medianPictureAtMs }) => medianPictureAtMs)).toBeGreaterThan(0.02);
    expect(gain(({ textAtMs }) => textAtMs)).toBeGreaterThan(0.02);
  });
});

it("has nothing stand behind others where nothing is lost", () => {
  const wide = { lossPercent: 0, megabitsPerSecond: 100 }; // No queue is full then.
  const [one, many] = [raced("one-stream", wide), raced("streams", wide)];
  expect(figures(one).meanHeldMs).toBe(0);
  expect(wholeAtMs(one)).toEqual(wholeAtMs(many));
});

describe("a transfer", () => {
  it("hands over each resource in pieces, and says of every moment what is there", () => {
    const transfer = new Transfer(RESOURCES, LINK, "one-stream");
    const got = RESOURCES.map(({ bytes }) => new Uint8Array(bytes.length));
    let before: readonly Progress[] = transfer.progress;
    for (let ms = 0; !transfer.isDone && ms < 10_000; ms += 20) {
      for (const { resource, offset, bytes } of transfer.playTo(ms)) got[resource]?.set(bytes, offset);
      const now = transfer.progress;
      if (!transfer.isDone) expect(transfer.nowMs).toBe(ms);
      for (const [
        i,
        { deliveredBytes, arrivedBytes, lengthBytes, heldMs, wholeAtMs: whole },
      ] of now.entries()) {
        expect(deliveredBytes).toBeGreaterThanOrEqual(before[i]?.deliveredBytes ?? 0);
        expect(arrivedBytes).toBeGreaterThanOrEqual(deliveredBytes);
        expect(heldMs).toBeGreaterThanOrEqual(before[i]?.heldMs ?? 0);
        if (arrivedBytes > deliveredBytes && before[i]?.arrivedBytes === arrivedBytes)
          expect(heldMs).toBeGreaterThan(before[i]?.heldMs ?? 0);
        expect(whole !== undefined).toBe(deliveredBytes === lengthBytes);
      }
      before = now;
    }
    expect(got.every((bytes, i) => sameBytes(bytes, RESOURCES[i]?.bytes))).toBe(true);
    expect(transfer.playTo(20_000)).toEqual([]);
  });

  it("is the same however it is cut into moments", () => {
    const cut = new Transfer(RESOURCES, LINK, "streams");
    for (let ms = 0; !cut.isDone && ms < 10_000; ms += 7) cut.playTo(ms);
    const whole = raced("streams");
    expect(cut.traceHash).toBe(whole.traceHash);
    expect(wholeAtMs(cut)).toEqual(wholeAtMs(whole));
  });

  it("says so where it does not end", () => {
    expect(() => raced("streams", { lossPercent: 100 })).toThrow("not all is there");
  });
});

describe("figures", () => {
  const progress = (whole: number | undefined, heldMs = 0): Progress => ({
    ...{ name: "", lengthBytes: 1, deliveredBytes: 0, arrivedBytes: 0 },
    ...{ wholeAtMs: whole, heldMs },
  });

  it("are of those that are whole", () => {
    const some = figuresOf([
      progress(5, 3),
      progress(undefined, 1),
      progress(9),
      progress(7),
      progress(undefined),
    ]);
    expect(some).toEqual({
      textAtMs: 5,
      picturesAtMs: [7, 9],
      medianPictureAtMs: 9,
      allAtMs: undefined,
      meanHeldMs: 0.8,
    });
    expect(figuresOf([progress(5), progress(8)]).allAtMs).toBe(8);
  });
});

describe("frames", () => {
  it("say what they are a piece of", () => {
    const whole = new Uint8Array(200_000).map((_, i) => i * 7);
    const pieces = cutIntoFrames(255, whole).map(readFrame);
    expect(pieces.every(({ resource }) => resource === 255)).toBe(true);
    const joined = new Uint8Array(whole.length);
    for (const { offset, bytes } of pieces) joined.set(bytes, offset);
    expect(sameBytes(joined, whole)).toBe(true);
  });

  it("are refused where they could not say it", () => {
    expect(() => cutIntoFrames(256, new Uint8Array(1))).toThrow(RangeError);
    expect(() => cutIntoFrames(0, new Uint8Array(2 ** 24 + 1))).toThrow(RangeError);
  });

  it("take turns", () => {
    expect(inTurns([["a1", "a2", "a3"], [], ["c1"], ["d1", "d2"]])).toEqual([
      "a1",
      "c1",
      "d1",
      "a2",
      "d2",
      "a3",
    ]);
  });
});
