/**
 * `npm run check:prose`, behind the spelling: phrases that readers stumbled over, and links that lead nowhere.
 * Owns: finding both. Does not own: the phrases (prose/phrases.ts), spelling (cspell.json, prose/words.txt).
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { readCommand } from "./command-line.ts";
import { PHRASES, type Phrase } from "./prose/phrases.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const COMMAND = {
  name: "check:prose",
  about: "Checks spelling (cspell), phrases that readers stumbled over, and the links between the pages.",
  options: {},
} as const;

/** Every place of a text where one of the phrases stands, as "LINE: what, and what to write instead". */
export function findPhrases(text: string, phrases: readonly Phrase[] = PHRASES): string[] {
  return phrases.flatMap(({ pattern, instead }) => {
    const wide = new RegExp(`\\b${pattern.replaceAll(" ", "\\s+(?:\\*\\s+|//\\s+)?")}`, "gi");
    return [...text.matchAll(wide)].map(({ index, 0: found }) => {
      const line = text.slice(0, index).split("\n").length;
      return `${line}: "${found.replace(/\s+(?:\*\s+|\/\/\s+)?/g, " ")}": ${instead}`;
    });
  });
}

/** The anchors that a page's headings make, as GitHub does it. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ""] of withoutCode(page).matchAll(/^#{1,6} +(.+)$/gm)) {
    const plain = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .trim()
      .toLowerCase();
    const stem = plain.replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
    let anchor = stem;
    for (let i = 1; anchors.has(anchor); i++) anchor = `${stem}-${i}`;
    anchors.add(anchor);
  }
  return anchors;
}

/**
 * The links of a page that lead nowhere.
 * @param page its path from the root
 * @param read a file's text by its path from the root; undefined if there is none. Folders are empty texts
 */
export function brokenLinks(
  page: string,
  text: string,
  read: (path: string) => string | undefined,
): string[] {
  const broken: string[] = [];
  for (const [, target = ""] of withoutCode(text)
    .replace(/`[^`\n]*`/g, "")
    .matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^\w+:/.test(target)) continue;
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? page : posix.join(posix.dirname(page), path);
    const there = file === page ? text : read(file);
    if (there === undefined) broken.push(`link to ${target}: there is no ${file}`);
    else if (anchor !== undefined && !anchorsOf(there).has(anchor))
      broken.push(`link to ${target}: ${file} has no heading of that name`);
  }
  return broken;
}

function withoutCode(page: string): string {
  return page.replace(/^```[\s\S]*?^```/gm, "");
}

function readFile(path: string): string | undefined {
  if (!existsSync(ROOT + path)) return undefined;
  return path.endsWith(".md") ? readFileSync(ROOT + path, "utf8") : "";
}

function check(): string[] {
  const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
  });
  const texts = `${files}`
    .split("\n")
    .filter((file) => /\.(?:md|tsx?)$/.test(file) && existsSync(ROOT + file));
  return texts.flatMap((file) => {
    const text = readFileSync(ROOT + file, "utf8");
    const links = file.endsWith(".md") ? brokenLinks(file, text, readFile) : [];
    const isAboutThem = file.startsWith("tools/prose") || file.startsWith("test/unit/tools/prose");
    const phrases = isAboutThem ? [] : findPhrases(text).map((found) => `${file}:${found}`);
    return [...phrases, ...links.map((link) => `${file}: ${link}`)];
  });
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  readCommand(COMMAND);
  const complaints = check();
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length === 0 ? 0 : 1;
}
