/**
 * The scenarios of docs/simulation.md, and the addresses in the playground that the page gives for them.
 * Owns: finding them there. Does not own: playing them.
 */
import { readFileSync } from "node:fs";

const PAGE = readFileSync(new URL("../docs/simulation.md", import.meta.url), "utf8");

/** The fragments of the playground's addresses, in the order of the page: "#scenario=handshake". */
export const FRAGMENTS: readonly string[] = Array.from(
  PAGE.matchAll(/\]\(http:\/\/localhost:5173\/(#[^)]+)\)/g),
  ([, fragment = ""]) => fragment,
);

/** Files below examples/scenarios, without ".json". */
export const LISTED: readonly string[] = Array.from(
  PAGE.matchAll(/^\| `([\w-]+)\.json` \|/gm),
  ([, name = ""]) => name,
);

/** What the programs of the page give to `readScenario`. */
export const WRITTEN_OUT: readonly unknown[] = Array.from(
  PAGE.matchAll(/readScenario\((\{[\s\S]*?\n\})\);/g),
  ([, literal = ""]) => new Function(`return ${literal}`)(),
);
