/**
 * Draws the pictures of the race: `npx tsx playground/pictures/draw.ts [FOLDER]`, into playground/src/race/files unless a folder is named.
 * Progressive JPEGs, so that what has come of one can be seen at once and gets sharper.
 *
 * Owns: which pictures, their seeds and sizes, the files. Does not own: what is in them (landscapes.ts, patterns.ts).
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { aurora, birches, dawn, dunes, moonlight, skyline } from "./landscapes.ts";
import type { Painter } from "./noise.ts";
import { agate, fields, lava, nebula, planet, sunflower } from "./patterns.ts";

const [WIDTH, HEIGHT] = [480, 360];
/** Points along each side of what becomes one pixel. */
const FINENESS = 2;
const [BEST_QUALITY, LEAST_QUALITY] = [96, 40];

/** Each is as good as fits into so many bytes. */
const PICTURES: ReadonlyArray<readonly [name: string, painter: Painter, mostBytes: number]> = [
  ["dawn", dawn(11), 46_000],
  ["nebula", nebula(5), 60_000],
  ["sunflower", sunflower(3), 66_000],
  ["moonlight", moonlight(8), 40_000],
  ["fields", fields(21), 78_000],
  ["aurora", aurora(4), 52_000],
  ["lava", lava(9), 70_000],
  ["dunes", dunes(2), 48_000],
  ["planet", planet(6), 36_000],
  ["birches", birches(14), 74_000],
  ["skyline", skyline(7), 56_000],
  ["agate", agate(10), 64_000],
];

const folder = argv[2] ?? fileURLToPath(new URL("../src/race/files", import.meta.url));
mkdirSync(folder, { recursive: true });
for (const [name, painter, mostBytes] of PICTURES) {
  const { file, quality } = await compressed(pixels(painter), mostBytes);
  writeFileSync(`${folder}/${name}.jpg`, file);
  console.log(`${name}.jpg: ${file.length} bytes, quality ${quality}`);
}

/** Each pixel the mean of the points in it. */
function pixels(painter: Painter): Uint8Array {
  const bytes = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let row = 0; row < HEIGHT; row++) {
    for (let column = 0; column < WIDTH; column++)
      bytes.set(pixel(painter, column, row), 3 * (row * WIDTH + column));
  }
  return bytes;
}

function pixel(painter: Painter, column: number, row: number): readonly number[] {
  const sum = [0, 0, 0];
  for (let point = 0; point < FINENESS * FINENESS; point++) {
    const x = (column + ((point % FINENESS) + 0.5) / FINENESS) / HEIGHT;
    const y = (row + (Math.floor(point / FINENESS) + 0.5) / FINENESS) / HEIGHT;
    painter(x, y).forEach((light, i) => {
      sum[i] = (sum[i] ?? 0) + Math.min(1, Math.max(0, light));
    });
  }
  return sum.map((light) => Math.round((255 * light) / FINENESS ** 2));
}

async function compressed(
  raw: Uint8Array,
  mostBytes: number,
): Promise<{ readonly file: Uint8Array; readonly quality: number }> {
  for (let quality = BEST_QUALITY; quality >= LEAST_QUALITY; quality--) {
    const picture = sharp(raw, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
    const file = await picture.jpeg({ quality, progressive: true }).toBuffer();
    if (file.length <= mostBytes) return { file, quality };
  }
  throw new Error(`even at quality ${LEAST_QUALITY} it has more than ${mostBytes} bytes`);
}
