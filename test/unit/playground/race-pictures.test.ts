/** What the race carries: progressive JPEGs, small and different enough, and a text. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const FOLDER = new URL("../../../playground/src/race/files/", import.meta.url);
const PICTURES = readdirSync(FOLDER).filter((name) => name.endsWith(".jpg"));
const read = (name: string): Buffer => readFileSync(new URL(name, FOLDER));

/** Markers of ISO/IEC 10918-1 B.1.1.3. */
const [SOI, EOI, SOS, SOF2] = [0xd8, 0xd9, 0xda, 0xc2];

interface Segment {
  readonly marker: number;
  readonly at: number;
}

/** The markers of a JPEG with where they stand; what is compressed between them is skipped. */
function segments(file: Buffer): Segment[] {
  const found: Segment[] = [{ marker: file[1] ?? 0, at: 0 }];
  for (let at = 2; at < file.length; ) {
    const marker = file[at + 1] ?? 0;
    const isMarker = file[at] === 0xff && marker !== 0 && marker !== 0xff;
    if (!isMarker) {
      at++;
      continue;
    }
    found.push({ marker, at });
    at += marker === EOI ? 2 : 2 + file.readUInt16BE(at + 2);
  }
  return found;
}

it("has a dozen pictures, each another file", () => {
  expect(PICTURES).toHaveLength(12);
  expect(new Set(PICTURES.map((name) => read(name).toString("latin1"))).size).toBe(12);
});

describe.each(PICTURES)("%s", (name) => {
  const file = read(name);
  const found = segments(file);

  it("is a whole progressive JPEG of 480 by 360", () => {
    expect([found[0]?.marker, found.at(-1)]).toEqual([SOI, { marker: EOI, at: file.length - 2 }]);
    const frames = found.filter(({ marker }) => marker >= 0xc0 && marker <= 0xc3);
    expect(frames.map(({ marker }) => marker)).toEqual([SOF2]);
    const at = frames[0]?.at ?? 0;
    expect([file.readUInt16BE(at + 7), file.readUInt16BE(at + 5)]).toEqual([480, 360]);
  });

  it("has 30 to 80 kB, and its first scan, the whole picture, in the first quarter", () => {
    expect(file.length).toBeGreaterThan(30_000);
    expect(file.length).toBeLessThan(80_000);
    const scans = found.filter(({ marker }) => marker === SOS);
    expect(scans.length).toBeGreaterThanOrEqual(8);
    expect(scans[1]?.at).toBeLessThan(file.length / 4);
  });
});

it("has a text that fits a few packets", () => {
  const text = read("page.txt");
  expect(text.length).toBeGreaterThan(1_500);
  expect(text.length).toBeLessThan(8_000);
  expect(new TextDecoder("utf-8", { fatal: true }).decode(text)).toBe(text.toString("latin1"));
});
