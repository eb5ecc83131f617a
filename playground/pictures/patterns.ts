/**
 * Six pictures of things seen from near or from far above, each grown from a seed.
 * Owns: what is seen in them. Does not own: noise and colours (noise.ts), files (draw.ts).
 */
import {
  type Colour,
  cell,
  chance,
  clamp,
  cloud,
  crests,
  lit,
  mix,
  noise,
  type Painter,
  ramp,
  rgb,
  shade,
  smooth,
  stars,
} from "./noise.ts";

/** Gas and stars. */
export function nebula(seed: number): Painter {
  const gas = [rgb(0x05030f), rgb(0x1b1145), rgb(0x6b1f6e), rgb(0xe0466d), rgb(0xffb37a), rgb(0xfff1d0)];
  return (x, y) => {
    const [u, v] = [cloud(1.7 * x, 1.7 * y, seed, 5), cloud(1.7 * x + 5, 1.7 * y + 3, seed + 1, 5)];
    const dust = cloud(2 * x + 2.2 * u, 2 * y + 2.2 * v, seed + 2, 7);
    const heart = Math.exp(-3.2 * ((x - 0.72) ** 2 + 1.6 * (y - 0.48) ** 2));
    let colour = ramp(gas, 0.12 + 0.62 * heart + 0.85 * dust * (0.35 + heart));
    const cold = smooth(0.0, 0.5, cloud(2.4 * x - 2 * v, 2.4 * y + 2 * u, seed + 3, 6));
    colour = lit(colour, rgb(0x2a7fd0), 0.6 * cold * (1 - 0.6 * heart));
    const light = stars(34 * x, 34 * y, seed, 16) + 0.75 * stars(80 * x, 80 * y, seed + 8, 15);
    const dim = 1 - 0.7 * smooth(0.1, -0.4, dust);
    return lit(colour, rgb(0xeaf0ff), 1.2 * light * dim);
  };
}

/** Bands of agate around a hollow with crystals. */
export function agate(seed: number): Painter {
  const bands = [
    rgb(0x0e3b53),
    rgb(0x1f7a8c),
    rgb(0xbfdbf7),
    rgb(0xf4f1ea),
    rgb(0xe3935e),
    rgb(0x8c3a2b),
    rgb(0x3d1a24),
  ];
  return (x, y) => {
    const warp = 0.22 * cloud(2 * x, 2 * y, seed, 4) + 0.05 * cloud(9 * x, 9 * y, seed + 1, 4);
    const radius = Math.hypot(1.05 * (x - 0.6), 1.3 * (y - 0.53)) + warp;
    if (radius < 0.13) {
      const crystal = cell(26 * x, 26 * y, seed + 2);
      const facet = 0.55 + 0.7 * crystal.name + 0.3 * noise(60 * x, 60 * y, seed + 3);
      return shade(
        mix(rgb(0xe8e6ff), rgb(0x8a6fc0), (3 * (0.13 - radius)) / 0.2),
        facet * smooth(-0.02, 0.16, crystal.edge),
      );
    }
    if (radius > 0.72) {
      const stone = crests(11 * x, 11 * y, seed + 4, 6);
      return shade(rgb(0x4c4440), 0.25 + 1.15 * stone * (0.7 + 0.3 * smooth(0.72, 0.8, radius)));
    }
    const place = 8.5 * radius + 0.35 * cloud(3 * x, 3 * y, seed + 5, 3);
    const wide = Math.floor(place * 2.6);
    const tone = 0.5 + 0.5 * Math.sin(place * 2.1) + 0.22 * (chance(wide, 0, seed + 6) - 0.5);
    const lines = 0.5 + 0.5 * Math.sin(place * 34 + 2 * chance(wide, 1, seed + 6));
    const colour = shade(ramp(bands, tone), 0.86 + 0.2 * lines);
    return lit(colour, [1, 1, 1], 0.1 * cloud(40 * x, 40 * y, seed + 7, 3));
  };
}

/** A planet of gas with a ring. */
export function planet(seed: number): Painter {
  const gas = [
    rgb(0x7c4a2d),
    rgb(0xd9a066),
    rgb(0xf3e2c3),
    rgb(0xc9814f),
    rgb(0xf6d7a4),
    rgb(0x9a5a3a),
    rgb(0xead0a8),
  ];
  const centre = { x: 0.62, y: 0.52, radius: 0.33 };
  const tilt = -0.32;
  return (x, y) => {
    const [dx, dy] = [x - centre.x, y - centre.y];
    const [along, across] = [
      dx * Math.cos(tilt) + dy * Math.sin(tilt),
      dy * Math.cos(tilt) - dx * Math.sin(tilt),
    ];
    const distance = Math.hypot(dx, dy) / centre.radius;
    const light = stars(60 * x, 60 * y, seed, 14);
    const drift = smooth(0.05, 0.6, cloud(1.8 * x, 1.8 * y, seed + 9, 6));
    let colour: Colour = lit(mix(rgb(0x04050f), rgb(0x1a2a55), drift), [0.9, 0.95, 1], light);
    if (distance < 1) {
      const height = Math.sqrt(1 - distance * distance);
      const latitude = across / centre.radius;
      const longitude = Math.asin(
        clamp(along / centre.radius / Math.sqrt(Math.max(0.02, 1 - latitude * latitude)), -1, 1),
      );
      const eddy = cloud(3 * longitude, 10 * latitude, seed, 6);
      const place =
        0.5 + 0.5 * latitude + 0.055 * eddy + 0.02 * cloud(9 * longitude, 30 * latitude, seed + 1, 4);
      const storm = Math.exp(-(((longitude - 0.35) / 0.22) ** 2) - ((latitude - 0.3) / 0.09) ** 2);
      const band = noise(0.3 * longitude, 15 * place, seed + 2) + 0.5 * Math.sin(13 * place);
      colour = mix(ramp(gas, 0.5 + 0.45 * band), rgb(0xb5432a), 0.8 * storm);
      const sun = clamp(
        0.12 + 0.95 * (0.72 * height - 0.55 * (dx / centre.radius) - 0.4 * (dy / centre.radius)),
      );
      const shadow = smooth(0.02, 0.06, Math.abs(across / centre.radius - 0.18));
      colour = shade(colour, sun * (0.45 + 0.55 * shadow) * (0.95 + 0.2 * eddy));
    }
    const ring = Math.hypot(along, across / 0.24) / centre.radius;
    if (ring > 1.25 && ring < 2.1 && (distance >= 1 || across > 0)) {
      const grooves = 0.55 + 0.35 * noise(24 * ring, 0, seed + 4) + 0.2 * noise(90 * ring, 3, seed + 5);
      const gap = smooth(0.01, 0.025, Math.abs(ring - 1.78));
      const density = smooth(1.25, 1.35, ring) * smooth(2.1, 2.04, ring) * gap * clamp(grooves);
      const dark = distance < 1.25 && across < 0 && along > 0 ? 0.4 : 1;
      colour = mix(colour, shade(rgb(0xf1dcb8), dark), 0.88 * density);
    }
    return colour;
  };
}

/** Fields and a river from high above. */
export function fields(seed: number): Painter {
  const crops = [
    rgb(0x2f5d3a),
    rgb(0x6f9a3e),
    rgb(0xc9b458),
    rgb(0xe2cd8a),
    rgb(0x8a6a3f),
    rgb(0x3e7f5c),
    rgb(0xa9c46c),
  ];
  return (x, y) => {
    const [u, v] = [
      5.4 * x + 0.5 * cloud(2 * x, 2 * y, seed, 3),
      5.4 * y + 0.5 * cloud(2 * x + 9, 2 * y, seed + 1, 3),
    ];
    const field = cell(u, v, seed + 2);
    const turn = Math.PI * chance(Math.floor(997 * field.name), 1, seed);
    const rows = Math.sin((90 + 80 * field.name) * (x * Math.cos(turn) + y * Math.sin(turn)));
    const soil = cloud(11 * x, 11 * y, seed + 3, 6);
    let colour = shade(ramp(crops, field.name), 0.92 + 0.14 * rows + 0.5 * soil);
    const hedge = 1 - smooth(0.035, 0.06, field.edge + 0.02 * noise(50 * x, 50 * y, seed + 4));
    colour = mix(
      colour,
      shade(rgb(0x1d3a24), 0.8 + 0.9 * chance(Math.floor(200 * x), Math.floor(200 * y), seed)),
      hedge,
    );
    const wood = smooth(0.14, 0.2, cloud(1.6 * x + 3, 1.6 * y, seed + 5, 5));
    const crown = cell(46 * x, 46 * y, seed + 6);
    colour = mix(colour, shade(rgb(0x2b5731), 1.25 - 0.95 * crown.centre + 0.25 * crown.name), wood);
    const bend = y - 0.56 - 0.15 * Math.sin(4.6 * x + 0.6) - 0.05 * noise(5 * x, 1, seed + 7);
    const water = Math.abs(bend) - 0.032 - 0.012 * noise(7 * x, 4, seed + 8);
    colour = mix(rgb(0xd8c79a), colour, smooth(0.004, 0.022, water));
    const ripple = 0.06 * cloud(30 * x, 30 * y, seed + 9, 4);
    return mix(
      shade(mix(rgb(0x1d5d7a), rgb(0x3fa3b5), 12 * Math.max(0, water + 0.032)), 1 + 2 * ripple),
      colour,
      smooth(-0.004, 0.004, water),
    );
  };
}

/** Lava under a crust that breaks. */
export function lava(seed: number): Painter {
  const heat = [rgb(0x120605), rgb(0x5c0f08), rgb(0xd7380e), rgb(0xff8a1f), rgb(0xffe27a), rgb(0xfffbe0)];
  return (x, y) => {
    const warpX = 0.5 * cloud(2 * x, 2 * y, seed, 5);
    const warpY = 0.5 * cloud(2 * x + 4, 2 * y + 7, seed + 1, 5);
    const plate = cell(3.3 * x + warpX, 3.3 * y + warpY, seed + 2);
    const small = cell(11 * x + 2 * warpY, 11 * y + 2 * warpX, seed + 3);
    const flow = 0.5 + 0.9 * cloud(1.3 * x + 3, 1.3 * y, seed + 4, 3);
    const crack = Math.exp(-plate.edge / (0.03 + 0.1 * clamp(flow)));
    const hairline = 0.6 * Math.exp(-small.edge / 0.035) * smooth(0.45, 0.05, plate.edge);
    const rope = crests(8 * x + 3 * warpX, 14 * y + 3 * warpY, seed + 5, 6);
    const crust = shade(mix(rgb(0x2a2528), rgb(0x5a4a48), plate.name), 0.15 + 0.95 * rope ** 1.6);
    const hot = crack + hairline + 0.12 * cloud(14 * x, 14 * y, seed + 6, 5) * crack;
    const glow = lit(crust, rgb(0xff3a0a), 0.4 * Math.exp(-plate.edge / 0.16));
    return mix(glow, ramp(heat, 0.25 + 0.8 * hot), smooth(0.3, 0.6, hot));
  };
}

/** A flower whose florets stand in spirals, each turned from the one before by the golden angle. */
export function sunflower(seed: number): Painter {
  const golden = Math.PI * (3 - Math.sqrt(5));
  const [apart, disc] = [0.0122, 0.27];
  const [middle, rim, petalIn, petalOut] = [rgb(0x5a6b1c), rgb(0x3a1d0c), rgb(0xd97706), rgb(0xffd23f)];
  const centre = { x: 0.66, y: 0.5 };
  return (x, y) => {
    const [dx, dy] = [x - centre.x, y - centre.y];
    const [radius, angle] = [Math.hypot(dx, dy), Math.atan2(dy, dx)];
    if (radius < disc) {
      const floret = nearestFloret(dx, dy, radius, apart, golden);
      const age = radius / disc;
      const tip = shade(
        ramp([middle, rgb(0x9c7a1a), rim, rgb(0xb5651d)], age),
        0.55 + 0.9 * chance(floret.index, 3, seed),
      );
      const dome = 1 - smooth(0.15, 1.05, floret.distance / apart);
      return shade(lit(tip, rgb(0xffc457), 0.55 * dome * dome * age), 0.3 + 0.9 * dome);
    }
    for (let ring = 0; ring < 3; ring++) {
      const count = 21 + 2 * ring;
      const turn = (angle / (2 * Math.PI)) * count + 0.37 * ring;
      const petal = Math.floor(turn);
      const across = Math.abs(turn - petal - 0.5) * 2;
      const long = 0.19 + 0.05 * ring + 0.05 * chance((petal + count) % count, ring, seed + 10);
      const share = (radius - disc + 0.02) / long;
      if (share > 1 || across > 1.05 * Math.sqrt(clamp(1 - share ** 2.2))) continue;
      const veins = noise(9 * (turn - petal), 3 * share + petal, seed + 11);
      const colour = mix(petalIn, petalOut, 0.15 + 1.2 * share - 0.3 * across);
      return shade(
        colour,
        (1 - 0.22 * ring) *
          (0.92 + 0.22 * veins + 0.1 * cloud(40 * x, 40 * y, seed, 3)) *
          (1 - 0.25 * across ** 3),
      );
    }
    const leaf = cloud(3 * x, 3 * y, seed + 20, 6);
    const backdrop = ramp([rgb(0x0f2a2e), rgb(0x1f5a4a), rgb(0x7fae5a)], 0.45 + 0.9 * leaf);
    return shade(backdrop, 0.9 + 0.35 * crests(14 * x, 14 * y, seed + 21, 5) - 0.2);
  };
}

interface Floret {
  readonly index: number;
  readonly distance: number;
}

/** Florets of about this radius are looked at; those that are near one another have numbers some rings apart. */
function nearestFloret(dx: number, dy: number, radius: number, apart: number, golden: number): Floret {
  const least = Math.max(0, Math.floor((radius / apart - 1.5) ** 2));
  const most = Math.ceil((radius / apart + 1.5) ** 2);
  let nearest: Floret = { index: 0, distance: Infinity };
  for (let index = least; index <= most; index++) {
    const [out, turn] = [apart * Math.sqrt(index), index * golden];
    const distance = Math.hypot(out * Math.cos(turn) - dx, out * Math.sin(turn) - dy);
    if (distance < nearest.distance) nearest = { index, distance };
  }
  return nearest;
}
