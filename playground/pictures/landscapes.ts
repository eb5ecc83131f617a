/**
 * Six landscapes, each grown from a seed.
 * Owns: what is seen in them. Does not own: noise and colours (noise.ts), files (draw.ts).
 */
import {
  type Colour,
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

/** Mountains one behind the other, paler the further they are, and the sun behind them. */
export function dawn(seed: number): Painter {
  const sky = [rgb(0x2b3a67), rgb(0x7a5c8e), rgb(0xe88d72), rgb(0xffd59a), rgb(0xffe9c4)];
  const [haze, rock, sun] = [rgb(0xf0b48e), rgb(0x141d2e), rgb(0xfff3d6)];
  const layers = 7;
  return (x, y) => {
    const distance = Math.hypot(x - 0.86, y - 0.42);
    let colour = ramp(sky, 1.75 * y + 0.1 * cloud(2 * x, 9 * y, seed));
    colour = lit(
      colour,
      sun,
      0.55 * Math.exp(-9 * distance * distance) + 0.5 * (1 - smooth(0.062, 0.068, distance)),
    );
    for (let layer = 0; layer < layers; layer++) {
      const near = layer / (layers - 1);
      const height = 0.17 - 0.07 * near;
      const foot = 0.47 + 0.5 * near ** 1.15;
      const wide = 1.6 + 1.1 * near;
      const top = foot - height * (1.5 * crests(wide * x + 7 * layer, 0.5, seed + 17 * layer, 7) - 0.75);
      if (y < top) continue;
      const grain = cloud(24 * x, 24 * y + 5 * layer, seed + layer, 5);
      const slope = crests(5 * wide * x, 7 * y, seed + 3 * layer, 5) - 0.6;
      const mist = 1 - smooth(0, 0.24, y - top);
      colour = mix(haze, rock, 0.12 + 0.8 * near ** 0.8);
      colour = shade(colour, 1 + (0.1 + 0.5 * near) * (0.5 * grain + slope));
      colour = mix(colour, haze, (1 - mist) * 0.5 * (1 - near));
    }
    return colour;
  };
}

/** The moon over the sea. */
export function moonlight(seed: number): Painter {
  const horizon = 0.47;
  const [zenith, low, deep] = [rgb(0x060b1f), rgb(0x31497a), rgb(0x041226)];
  const [pale, silver] = [rgb(0xfdf6df), rgb(0xbcd3f0)];
  const moon = { x: 0.45, y: 0.2 };
  return (x, y) => {
    if (y < horizon) {
      const distance = Math.hypot(x - moon.x, y - moon.y);
      const drift = cloud(2.2 * x + 0.7 * cloud(3 * x, 5 * y, seed + 9), 7 * y, seed, 6);
      let colour = mix(zenith, low, (y / horizon) ** 1.6);
      colour = lit(colour, pale, stars(70 * x, 70 * y, seed, 7) * smooth(0.1, 0.25, distance));
      colour = lit(colour, silver, 0.5 * Math.exp(-26 * distance * distance));
      const crater = 0.1 * cloud(22 * x, 22 * y, seed + 5);
      colour = mix(colour, shade(pale, 0.96 + crater), 1 - smooth(0.073, 0.078, distance));
      return lit(
        colour,
        silver,
        smooth(0.02, 0.5, drift) * (0.1 + 0.45 * Math.exp(-7 * distance * distance)),
      );
    }
    const depth = (y - horizon) / (1 - horizon);
    const far = 0.04 + depth;
    const swell = cloud((2.4 * (x - 0.6)) / far, 9 / far, seed + 31, 3);
    const ripple = crests((9 * (x - 0.6)) / far, 26 / far, seed + 41, 4) - 0.55 + 0.35 * swell;
    const column = Math.exp(-(((x - moon.x + 0.03 * swell) / (0.05 + 0.2 * depth)) ** 2));
    let colour = mix(low, deep, depth ** 0.5);
    colour = shade(colour, 0.85 + 0.8 * ripple);
    return lit(colour, pale, column * smooth(0.1 + 0.1 * depth, 0.42, ripple) * 1.25 + 0.06 * column);
  };
}

/** Northern lights over snow and spruces. */
export function aurora(seed: number): Painter {
  const [night, dusk] = [rgb(0x050a1e), rgb(0x10304a)];
  const [green, violet, snow, spruce] = [rgb(0x42f5a1), rgb(0xa24bff), rgb(0x9fc6dd), rgb(0x04090f)];
  return (x, y) => {
    const star = stars(64 * x, 64 * y, seed, 12);
    let colour = lit(mix(night, dusk, y ** 1.5), [1, 1, 1], 0.9 * star);
    for (let curtain = 0; curtain < 3; curtain++) {
      const bend = cloud(1.5 * x + 3 * curtain, 0.4 * curtain, seed + curtain, 3);
      const hem = 0.5 - 0.12 * curtain + 0.26 * bend;
      const above = hem - y;
      const rays = 0.45 + 0.9 * (crests(13 * x + 4 * bend, 0.8 * y + curtain, seed + 7 * curtain, 4) - 0.45);
      const reach = 0.2 + 0.16 * noise(4 * x, curtain, seed + 11);
      const glow = smooth(-0.025, 0.02, above) * Math.exp(-above / reach) * rays;
      colour = lit(colour, mix(green, violet, (1.5 * above) / reach - 0.5), clamp(0.95 * glow));
    }
    const hill = 0.74 + 0.07 * cloud(1.7 * x, 3, seed + 50) + 0.04 * Math.sin(3 * x);
    if (y > hill) {
      const drift = cloud(8 * x, 22 * y, seed + 60, 6);
      colour = mix(shade(snow, 0.85 + 0.5 * drift), rgb(0x18344a), smooth(0, 0.3, y - hill));
      colour = lit(colour, green, 0.1 * (1 - smooth(0, 0.12, y - hill)));
    }
    return spruceAt(x, y, seed, hill)
      ? shade(spruce, 1 + 2 * chance(Math.floor(400 * x), Math.floor(400 * y), seed))
      : colour;
  };
}

/** Whether a tree covers the place. */
function spruceAt(x: number, y: number, seed: number, ground: number): boolean {
  for (let row = 0; row < 2; row++) {
    const apart = row === 0 ? 0.027 : 0.062;
    const middle = Math.floor(x / apart);
    for (let tree = middle - 1; tree <= middle + 1; tree++) {
      if (chance(tree, row, seed + 71) < 0.3) continue;
      const at = apart * (tree + 0.2 + 0.6 * chance(tree, row, seed + 72));
      const tall = (row === 0 ? 0.07 : 0.16) * (0.55 + 0.75 * chance(tree, row, seed + 73));
      const foot = ground + (row === 0 ? 0.012 : 0.1);
      const share = (y - (foot - tall)) / tall;
      if (share < 0 || share > 1) continue;
      const boughs = 0.55 + 0.45 * ((share * (row === 0 ? 6 : 9)) % 1);
      const ragged = 1 + 0.35 * noise(90 * x, 90 * y, seed + 74);
      if (Math.abs(x - at) < tall * 0.25 * share * boughs * ragged) return true;
    }
  }
  return false;
}

/** Dunes late in the day: one side of each crest in the sun. */
export function dunes(seed: number): Painter {
  const sky = [rgb(0x3d6ea5), rgb(0x9cb8cc), rgb(0xf7d9ae), rgb(0xf6b26b)];
  const [sunny, shady] = [rgb(0xf0a04b), rgb(0x6b2d2f)];
  const layers = 5;
  return (x, y) => {
    let colour = lit(
      ramp(sky, 2.6 * y),
      rgb(0xfff2cf),
      0.16 * smooth(0.05, 0.5, cloud(2 * x, 11 * y, seed, 6)),
    );
    for (let layer = 0; layer < layers; layer++) {
      const near = layer / (layers - 1);
      const crest = (at: number): number =>
        0.4 +
        0.43 * near ** 1.2 -
        (0.05 + 0.13 * near) *
          (1 - Math.abs(noise((1.7 - 0.5 * near) * at + 9 * layer, 2, seed + layer))) ** 2;
      const top = crest(x);
      if (y < top) continue;
      const below = y - top;
      const lean = crest(x + 0.012) - crest(x - 0.012);
      const wander = 0.09 * noise(3 * x, 3 * y, seed + 20) + below * 0.9;
      const isLit = smooth(-0.004, 0.006, lean + 0.02 * noise(4 * (x - wander), 2 * layer, seed + 21));
      const warp = 3.5 * cloud(3 * x, 4 * y, seed + 30 + layer, 4);
      const ripples = Math.sin((90 - 45 * near) * (y + 0.35 * x) + 5 * warp + 140 * (1 - near) * below);
      const grain = chance(Math.floor(900 * x), Math.floor(900 * y), seed + 40) - 0.5;
      colour = mix(shady, sunny, 0.12 + 0.85 * isLit - 0.35 * below);
      colour = shade(colour, 1 + (0.05 + 0.09 * near) * ripples + 0.16 * grain);
      colour = mix(colour, rgb(0xf3c99a), 0.42 * (1 - near));
    }
    return colour;
  };
}

/** Birches in autumn fog. */
export function birches(seed: number): Painter {
  const [fog, bark, dark] = [rgb(0xf3e3c0), rgb(0xf4efe6), rgb(0x2a2622)];
  const leaves = [rgb(0x7a2e12), rgb(0xc8591a), rgb(0xf0a51f), rgb(0xf8d64a)];
  return (x, y) => {
    const canopy = cloud(9 * x, 9 * y, seed, 6);
    let colour = mix(fog, ramp(leaves, 0.62 + 0.5 * canopy), 0.3 + 0.5 * smooth(0.75, 0, y));
    const ground = 0.7 + 0.03 * cloud(3 * x, 1, seed + 1);
    if (y > ground) {
      const near = (y - ground) / (1 - ground);
      const litter = cloud((26 * x) / (0.35 + near), 40 * near ** 0.6, seed + 2, 6);
      colour = mix(fog, ramp(leaves, 0.45 + 0.75 * litter), 0.35 + 0.8 * near);
    }
    for (let row = 0; row < 4; row++) {
      const near = row / 3;
      const apart = 0.075 + 0.11 * near;
      const index = Math.floor(x / apart);
      for (let trunk = index - 1; trunk <= index + 1; trunk++) {
        const lean = 0.08 * (chance(trunk, row, seed + 12) - 0.5);
        const at = apart * (trunk + 0.15 + 0.7 * chance(trunk, row, seed + 11)) + lean * (y - 0.5);
        const half = (0.008 + 0.024 * near) * (0.7 + 0.6 * chance(trunk, row, seed + 13)) * (0.85 + 0.3 * y);
        const foot = ground + 0.03 + 0.22 * near * (0.8 + 0.4 * chance(trunk, row, seed + 14));
        const across = (x - at) / half;
        if (Math.abs(across) > 1 || y > foot) continue;
        const rings = noise(2 * across + 7 * trunk, 46 * y + 0.3 * across * across, seed + 15 + row);
        const scars = smooth(0.3, 0.52, rings + 0.25 * cloud(30 * x, 200 * y, seed + 16));
        const round = 0.62 + 0.38 * Math.cos(1.25 * (across + 0.35));
        const stem = mix(shade(bark, round), dark, 0.9 * scars);
        colour = mix(fog, stem, 0.22 + 0.78 * near);
      }
    }
    const falling = cloud(21 * x, 21 * y, seed + 90, 4);
    const isLeaf = smooth(0.3, 0.36, falling) * smooth(0.62, 0.1, y);
    return mix(
      colour,
      ramp(leaves, 0.3 + 0.9 * chance(Math.floor(40 * x), Math.floor(40 * y), seed)),
      isLeaf,
    );
  };
}

/** A town at night, and its lights in the river. */
export function skyline(seed: number): Painter {
  const shore = 0.66;
  const sky = [rgb(0x0b1030), rgb(0x2b1b52), rgb(0x8a2f6b), rgb(0xf08a5d)];
  const above: Painter = (x, y) => {
    let colour = lit(
      ramp(sky, (y / shore) ** 1.4),
      [1, 1, 1],
      0.7 * stars(60 * x, 60 * y, seed, 5) * (1 - y / shore),
    );
    colour = lit(colour, rgb(0xf08a5d), 0.25 * smooth(0.05, 0.6, cloud(2.4 * x, 10 * y, seed + 3, 6)));
    for (let row = 0; row < 3; row++) {
      const near = row / 2;
      const wide = 0.062 + 0.028 * near;
      const index = Math.floor(x / wide + 0.37 * row);
      const share = x / wide + 0.37 * row - index;
      const tall = (0.2 + 0.36 * chance(index, row, seed + 21) ** 1.6) * (1.15 - 0.4 * near);
      const mast = Math.abs(share - 0.5) < 0.035 && chance(index, row, seed + 22) > 0.6 ? 0.06 : 0;
      if (y < shore - tall - mast || share < 0.03) continue;
      const wall = mix(rgb(0x5a2a63), rgb(0x0d0d1f), 0.35 + 0.6 * near);
      colour = shade(wall, 0.9 + 0.35 * cloud(40 * x, 40 * y, seed + 23, 3));
      if (y > shore - tall + 0.012) colour = windowAt(share, y, index, row, seed) ?? colour;
    }
    return colour;
  };
  return (x, y) => {
    if (y < shore) return above(x, y);
    const depth = y - shore;
    const wave = cloud(5 * x, 70 * depth + 8, seed + 40, 4);
    const seen = above(
      x + 0.03 * wave * (0.4 + 3 * depth),
      clamp(shore - 1.5 * depth * (1 + 0.25 * wave) - 0.004),
    );
    return lit(shade(mix(seen, rgb(0x0a0c22), 0.25 + depth), 0.9 + 0.5 * wave), rgb(0x30305f), 0.12);
  };
}

/** The light of the window at the place; undefined where there is wall, or nobody at home. */
function windowAt(share: number, y: number, building: number, row: number, seed: number): Colour | undefined {
  const [columns, storeyHeight] = [5 + Math.floor(4 * chance(building, row, seed + 24)), 0.017];
  const [column, storey] = [Math.floor(share * columns), Math.floor(y / storeyHeight)];
  const [inX, inY] = [share * columns - column, y / storeyHeight - storey];
  if (inX < 0.22 || inX > 0.78 || inY < 0.25 || inY > 0.75) return undefined;
  const light = chance(building * 31 + column, storey, seed + 25 + row);
  if (light > 0.52) return undefined;
  return shade(
    light > 0.46 ? rgb(0x9fd8ff) : ramp([rgb(0xff9f45), rgb(0xffe29a)], light * 2),
    0.65 + 0.6 * light,
  );
}
