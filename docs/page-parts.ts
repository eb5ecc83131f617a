/**
 * Pages of which parts are made by programs: `npm run docs` writes them between their markers.
 * Owns: finding the markers. Does not own: what stands between them.
 */

/**
 * @param page with a pair of markers for each part
 * @throws Error if a marker is missing
 */
export function fillParts(page: string, parts: Readonly<Record<string, () => string>>): string {
  let result = page;
  for (const [name, make] of Object.entries(parts)) {
    const begin = `<!-- ${name}: made by npm run docs -->\n`;
    const end = `\n<!-- end of ${name} -->`;
    const from = result.indexOf(begin);
    const to = result.indexOf(end);
    if (from === -1 || to === -1) throw new Error(`the page has no markers for "${name}"`);
    result = result.slice(0, from + begin.length) + make() + result.slice(to);
  }
  return result;
}
