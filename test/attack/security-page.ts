/**
 * The parts of docs/security.md that are made from the code: `npm run docs` writes them between their markers.
 * Owns: finding the markers. Does not own: the tables (limits.ts, amplification.ts), the rest of the page.
 */
import { amplificationTable } from "./amplification.ts";
import { collectionsTable, limitsTable } from "./limits.ts";

const PARTS: Readonly<Record<string, () => string>> = {
  limits: limitsTable,
  collections: collectionsTable,
  amplification: amplificationTable,
};

/** @throws Error if a marker is missing from the page */
export function withTables(page: string): string {
  let result = page;
  for (const [name, table] of Object.entries(PARTS)) {
    const begin = `<!-- ${name}: made by npm run docs -->\n`;
    const end = `\n<!-- end of ${name} -->`;
    const from = result.indexOf(begin);
    const to = result.indexOf(end);
    if (from === -1 || to === -1) throw new Error(`docs/security.md has no markers for "${name}"`);
    result = result.slice(0, from + begin.length) + table() + result.slice(to);
  }
  return result;
}
