/**
 * What the pictures are made of: noise from a seed, ramps, colours.
 * Owns: functions of a place that are the same wherever they are computed. Does not own: any picture (landscapes.ts, patterns.ts).
 */

/** Red, green and blue, each from 0 to 1; what lies beyond is cut when it is drawn. */
export type Colour = readonly [number, number, number];

/** A picture: the colour at a place. `x` goes from 0 to the picture's width, `y` from 0 above to 1 below. */
export type Painter = (x: number, y: number) => Colour;

/** From a colour as it is written in style sheets: 0xffcc00. */
export function rgb(code: number): Colour {
  return [(code >> 16) / 255, ((code >> 8) & 255) / 255, (code & 255) / 255];
}

export function clamp(value: number, least = 0, most = 1): number {
  return Math.min(most, Math.max(least, value));
}

/** 0 below `from`, 1 above `to`, and smooth between them. */
export function smooth(from: number, to: number, value: number): number {
  const t = clamp((value - from) / (to - from));
  return t * t * (3 - 2 * t);
}

/** From `a` to `b`, as `share` goes from 0 to 1. */
export function mix(a: Colour, b: Colour, share: number): Colour {
  const t = clamp(share);
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** Brighter or darker. */
export function shade(colour: Colour, factor: number): Colour {
  return [colour[0] * factor, colour[1] * factor, colour[2] * factor];
}

/** Light on top of what is there. */
export function lit(colour: Colour, light: Colour, strength: number): Colour {
  return [colour[0] + light[0] * strength, colour[1] + light[1] * strength, colour[2] + light[2] * strength];
}

/** A ramp through several colours, evenly spaced. */
export function ramp(colours: readonly Colour[], share: number): Colour {
  const at = clamp(share) * (colours.length - 1);
  const index = Math.min(colours.length - 2, Math.floor(at));
  return mix(colours[index] as Colour, colours[index + 1] as Colour, at - index);
}

/** A fraction that depends on two whole numbers and a seed. */
export function chance(x: number, y: number, seed: number): number {
  let mixed = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 4_294_967_296;
}

const DIRECTIONS = 256;
const SLOPES_X = Float64Array.from({ length: DIRECTIONS }, (_, i) =>
  Math.cos((2 * Math.PI * i) / DIRECTIONS),
);
const SLOPES_Y = Float64Array.from({ length: DIRECTIONS }, (_, i) =>
  Math.sin((2 * Math.PI * i) / DIRECTIONS),
);

/** Gradient noise, about -1 to 1. */
export function noise(x: number, y: number, seed: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const u = x - left;
  const v = y - top;
  const across = fade(u);
  const above = blend(slope(left, top, u, v, seed), slope(left + 1, top, u - 1, v, seed), across);
  const below = blend(
    slope(left, top + 1, u, v - 1, seed),
    slope(left + 1, top + 1, u - 1, v - 1, seed),
    across,
  );
  return 1.5 * blend(above, below, fade(v));
}

/** What the slope at a corner makes of a place beside it. */
function slope(column: number, row: number, dx: number, dy: number, seed: number): number {
  const direction = Math.floor(DIRECTIONS * chance(column, row, seed));
  return (SLOPES_X[direction] as number) * dx + (SLOPES_Y[direction] as number) * dy;
}

function blend(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

function fade(t: number): number {
  return t * t * t * (t * (6 * t - 15) + 10);
}

/** Noise in several sizes, each half as large and half as strong as the one before; about -1 to 1. */
export function cloud(x: number, y: number, seed: number, octaves = 5): number {
  let [sum, strength, size] = [0, 0.5, 1];
  for (let octave = 0; octave < octaves; octave++) {
    sum += strength * noise(x * size, y * size, seed + 101 * octave);
    strength /= 2;
    size *= 2.03;
  }
  return sum;
}

/** The same with sharp crests, 0 to 1. */
export function crests(x: number, y: number, seed: number, octaves = 5): number {
  let [sum, strength, size] = [0, 0.5, 1];
  for (let octave = 0; octave < octaves; octave++) {
    sum += strength * (1 - Math.abs(noise(x * size, y * size, seed + 131 * octave)));
    strength /= 2;
    size *= 2.07;
  }
  return sum;
}

/** Of the cells around scattered points: how far the nearest point is, how far the edge, and a fraction that names the cell. */
export interface Cell {
  readonly centre: number;
  readonly edge: number;
  readonly name: number;
}

export function cell(x: number, y: number, seed: number): Cell {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  let [nearest, second, name] = [Infinity, Infinity, 0];
  for (let i = column - 2; i <= column + 2; i++) {
    for (let j = row - 2; j <= row + 2; j++) {
      const distance = Math.hypot(i + chance(i, j, seed) - x, j + chance(i, j, seed + 1) - y);
      if (distance < nearest) [nearest, second, name] = [distance, nearest, chance(i, j, seed + 2)];
      else if (distance < second) second = distance;
    }
  }
  return { centre: nearest, edge: second - nearest, name };
}

/** Points of light on black: 0 nearly everywhere. @param density how many of a hundred fields have one */
export function stars(x: number, y: number, seed: number, density: number): number {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (chance(column, row, seed) > density / 100) return 0;
  const size = 0.12 + 0.3 * chance(column, row, seed + 3) ** 3;
  const dx = x - column - 0.3 - 0.4 * chance(column, row, seed + 1);
  const dy = y - row - 0.3 - 0.4 * chance(column, row, seed + 2);
  return (1 - smooth(size * 0.3, size, Math.hypot(dx, dy))) * (0.35 + 0.65 * chance(column, row, seed + 4));
}
