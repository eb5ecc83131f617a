/**
 * Where in a JSON text a complaint is about.
 * Owns: finding the value by its path, as in "timeline[3].host must be ...", or the position that the parser names.
 * Does not own: the complaints (readScenario of sctpkit/sim).
 */

/** Of the text around a fault, in Chromium's complaint. */
const CHARACTERS_BEFORE = 10;

export interface JsonPlace {
  readonly from: number;
  readonly to: number;
  /** Counted from 1. */
  readonly line: number;
}

/** Undefined where the complaint names no place, or one that is not there. */
export function placeInJson(text: string, complaint: string): JsonPlace | undefined {
  const position = parserPosition(text, complaint);
  if (position !== undefined) return placeOf(text, position, position + 1);
  const path = /(?<![\w.])[a-z]\w*(?:\[\d+\]|\.\w+)+|^[a-z]\w*(?=[ :])/.exec(complaint)?.[0];
  if (path === undefined) return undefined;
  const steps = [...path.matchAll(/\[(\d+)\]|\w+/g)].map(([step, index]) =>
    index === undefined ? step : Number(index),
  );
  return new Finder(text).find(steps);
}

/** As the browsers' parsers say it, each in its own words. */
function parserPosition(text: string, complaint: string): number | undefined {
  const position = /at position (\d+)/.exec(complaint)?.[1];
  if (position !== undefined) return Number(position);
  const [, line, column] = /at line (\d+) column (\d+)/.exec(complaint) ?? [];
  if (line !== undefined)
    return (
      text
        .split("\n")
        .slice(0, Number(line) - 1)
        .join("\n").length +
      Number(column) -
      (line === "1" ? 1 : 0)
    );
  // Chromium quotes the ten characters before it, and some behind.
  const [, token, dots, around] =
    /Unexpected token '(.)', (\.{3})?"(.*?)"(?:\.{3})? is not valid JSON/su.exec(complaint) ?? [];
  const at = text.indexOf(around ?? "");
  return token === undefined || around === undefined || at === -1
    ? undefined
    : text.indexOf(token, at + (dots === undefined ? 0 : CHARACTERS_BEFORE));
}

function placeOf(text: string, from: number, to: number): JsonPlace {
  return { from, to: Math.min(to, text.length), line: text.slice(0, from).split("\n").length };
}

/** Walks over text that has been parsed: it is known to be JSON. */
class Finder {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The deepest value on the way that is there. */
  find(steps: ReadonlyArray<string | number>): JsonPlace | undefined {
    let [from, to] = this.#span(0);
    for (const step of steps) {
      const child = this.#child(from, step);
      if (child === undefined) break;
      [from, to] = child;
    }
    return from === 0 ? undefined : placeOf(this.#text, from, to);
  }

  /** Of an object or a list that begins there. */
  #child(from: number, step: string | number): [number, number] | undefined {
    this.#at = from;
    const open = this.#text[from];
    if (open !== "{" && open !== "[") return undefined;
    this.#at++;
    for (let i = 0; ; i++) {
      this.#skipSpace();
      if (this.#at >= this.#text.length || this.#text[this.#at] === (open === "{" ? "}" : "]"))
        return undefined;
      let name: string | number = i;
      if (open === "{") {
        const [keyFrom, keyTo] = this.#span(this.#at);
        name = this.#text.slice(keyFrom + 1, keyTo - 1);
        this.#skipSpace();
        this.#at++; // The colon.
      }
      const span = this.#span(this.#at);
      if (name === step) return span;
      this.#skipSpace();
      if (this.#text[this.#at] === ",") this.#at++;
    }
  }

  /** From where to where a value stands; goes behind it. */
  #span(at: number): [number, number] {
    this.#at = at;
    this.#skipSpace();
    const from = this.#at;
    let depth = 0;
    do {
      const character = this.#text[this.#at];
      if (character === '"') this.#skipString();
      else if (character === "{" || character === "[") {
        depth++;
        this.#at++;
      } else if (character === "}" || character === "]") {
        depth--;
        this.#at++;
      } else if (depth === 0) this.#skipWord();
      else this.#at++;
    } while (depth > 0 && this.#at < this.#text.length);
    return [from, this.#at];
  }

  #skipSpace(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #skipString(): void {
    this.#at++;
    while (this.#at < this.#text.length && this.#text[this.#at] !== '"')
      this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    this.#at++;
  }

  #skipWord(): void {
    const word = /^[^\s,\]}:]+/.exec(this.#text.slice(this.#at))?.[0] ?? " ";
    this.#at += word.length;
  }
}
