/**
 * What every picture of a trace has in common.
 * Owns: elements as text, with everything escaped; the colours for light, dark and print, and what tells them apart without colour.
 * Does not own: the pictures (ladder-svg.ts, path-plot.ts).
 */

/** So many sorts of lines are told apart by colour and by dashes; further ones begin again. */
export const LINE_SORTS = 4;

/** Of Okabe and Ito, whom the colour-blind can tell apart; the lighter ones for a dark ground. */
const LIGHT = ["#0072b2", "#9a5b00", "#00795a", "#a3477f"];
const DARK = ["#56b4e9", "#e69f00", "#33c79f", "#e8a5cb"];
const DASHES = ["none", "7 3", "2 3", "9 3 2 3"];

interface Ground {
  readonly paper: string;
  readonly ink: string;
  readonly faint: string;
  readonly alarm: string;
  readonly lines: readonly string[];
}
const ON_LIGHT: Ground = {
  paper: "#ffffff",
  ink: "#1a1a1a",
  faint: "#6b6b6b",
  alarm: "#b3361a",
  lines: LIGHT,
};
const ON_DARK: Ground = { paper: "#15191e", ink: "#e6e6e6", faint: "#9aa4ae", alarm: "#ff8a5c", lines: DARK };

function rules({ paper, ink, faint, alarm, lines }: Ground): string {
  const sorts = lines.map((colour, i) => `.line${i}{stroke:${colour}}.fill${i}{fill:${colour}}`);
  return (
    `.paper{fill:${paper}}text{fill:${ink};stroke:${paper}}.faint{fill:${faint}}.rule{stroke:${faint}}` +
    `.alarm{fill:${alarm}}.mark{fill:${ink}}.alarm-line{stroke:${alarm}}.hollow{fill:${paper}}${sorts.join("")}`
  );
}

const STYLE = `<style>text{font:12px system-ui,"DejaVu Sans",sans-serif;stroke-width:3px;stroke-linejoin:round;paint-order:stroke}
.name{font-size:14px;font-weight:600}.small{font-size:11px}.line{fill:none;stroke-width:1.6}.whole{stroke-dasharray:none}.rule{fill:none;stroke-width:1}
${DASHES.map((dashes, i) => `.line${i}{stroke-dasharray:${dashes}}`).join("")}
${rules(ON_LIGHT)}
@media (prefers-color-scheme:dark){${rules(ON_DARK)}}
@media print{${rules({ ...ON_LIGHT, ink: "#000000" })}.paper{fill:none}}</style>`;

/** Text that stands in an element or in an attribute; characters that XML knows nothing of are left out. */
export function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

type Attributes = Readonly<Record<string, string | number>>;

/** An element with other elements in it. */
export function element(name: string, attributes: Attributes, ...inner: readonly string[]): string {
  const list = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === "number" ? rounded(value) : escaped(value)}"`,
  );
  return inner.length === 0
    ? `<${name}${list.join("")}/>`
    : `<${name}${list.join("")}>${inner.join("")}</${name}>`;
}

export function textAt(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element("text", { x, y, ...attributes }, escaped(text));
}

export function line(x1: number, y1: number, x2: number, y2: number, className: string): string {
  return element("path", {
    class: className,
    d: `M${rounded(x1)} ${rounded(y1)}L${rounded(x2)} ${rounded(y2)}`,
  });
}

/** Pixels, to a tenth. */
export function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export interface PictureInit {
  readonly width: number;
  readonly height: number;
  /** Read out instead of the picture, and what it shows in a sentence. */
  readonly title: string;
  readonly description: string;
  /** Begins the ids in it: of two pictures in one page each needs another. */
  readonly idPrefix: string;
}

/** The whole document. */
export function picture(
  { width, height, title, description, idPrefix }: PictureInit,
  body: readonly string[],
): string {
  const ids = [`${idPrefix}-title`, `${idPrefix}-desc`];
  return `${element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${rounded(width)} ${rounded(height)}`,
      width,
      height,
      role: "img",
      "aria-labelledby": ids.join(" "),
    },
    element("title", { id: ids[0] as string }, escaped(title)),
    element("desc", { id: ids[1] as string }, escaped(description)),
    STYLE,
    element("rect", { class: "paper", width: "100%", height: "100%" }),
    "\n",
    body.join("\n"),
    "\n",
  )}\n`;
}
