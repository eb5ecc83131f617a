/** What the pages name is there: files and folders in backticks, targets of links, scripts of package.json. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(`${ROOT}docs`)
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const SCRIPTS: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(`${ROOT}package.json`, "utf8"),
).scripts;
const FILES = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .trim()
  .split("\n");
/** Names that a path of ours begins with: what lies in the root, and the rooms of src. */
const BEGINNINGS: ReadonlySet<string> = new Set(
  FILES.flatMap((file) => {
    const [top = "", room = ""] = file.split("/");
    return top === "src" ? [top, room] : [top];
  }),
);
const ENDING = /\.(?:ts|mjs|md|sh|yml|json|grit)$/;

/** Whether a text is meant for a file or a folder of ours. */
function isPath(text: string): boolean {
  if (!/^\.?\w[\w./-]*$/.test(text)) return false;
  return ENDING.test(text) || (text.includes("/") && BEGINNINGS.has(text.split("/")[0] ?? ""));
}

/** In the root or below src, or the name alone of a file anywhere. */
function isThere(path: string): boolean {
  if (existsSync(ROOT + path) || existsSync(`${ROOT}src/${path}`)) return true;
  const isName = ENDING.test(path) && FILES.some((file) => file.endsWith(`/${path}`));
  return isName || spawnSync("git", ["check-ignore", "-q", path], { cwd: ROOT }).status === 0; // Made by a run.
}

/** What a page names and is not there. */
function missingIn(page: string, text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, "");
  const paths = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, path = ""]) => path);
  const links = [...prose.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^\w+:/.test(target))
    .map((target) => posix.join(posix.dirname(page), target));
  const scripts = [...text.matchAll(/\bnpm run (?:-s )?([a-z][\w:]*)/g)].map(([, script = ""]) => script);
  return [
    ...paths.filter((path) => isPath(path) && !isThere(path)),
    ...links.filter((link) => !existsSync(ROOT + link)).map((link) => `link to ${link}`),
    ...scripts.filter((script) => !Object.hasOwn(SCRIPTS, script)).map((script) => `npm run ${script}`),
  ];
}

/** Why a stranger could kill the servers of a page's samples: as in `net`, an error that nobody listens for ends the process. */
function weaknesses(text: string): string[] {
  const blocks = [...text.matchAll(/^```[tj]s\n([\s\S]*?)^```/gm)].map(([, code = ""]) => code);
  return blocks
    .filter((code) => /createServer\((?:\{[^}]*\}, )?(?:async )?\(socket\)/.test(code))
    .flatMap((code) => [
      ...(/socket\.on\("error"/.test(code) ? [] : ["no listener for errors"]),
      ...(/void \w+\.send\(/.test(code) ? ["a promise that nobody catches"] : []),
    ]);
}

describe("the pages", () => {
  it.each(PAGES)("%s has no server that a stranger can kill [B16]", (page) => {
    expect(weaknesses(readFileSync(ROOT + page, "utf8"))).toEqual([]);
  });

  it("are searched for such servers", () => {
    const block = (code: string): string => `\`\`\`ts\n${code}\n\`\`\`\n`;
    const weak = 'createServer((socket) => {\n  socket.on("message", () => void socket.send("x"));\n});';
    expect(weaknesses(block(weak))).toEqual(["no listener for errors", "a promise that nobody catches"]);
    const sound = 'createServer((socket) => {\n  socket.on("error", () => {});\n});';
    expect(weaknesses(block(sound) + weak)).toEqual([]);
  });

  it.each(PAGES)("%s names only what is there", (page) => {
    expect(missingIn(page, readFileSync(ROOT + page, "utf8"))).toEqual([]);
  });

  it("are read as they are meant here: what is missing is found, and what is there is not", () => {
    const text =
      "`src/gone.ts`, `gone.ts`, `association/gone`, [x](gone.md), `npm run gone`,\n```sh\nnpm run -s gone:too\n```";
    expect(missingIn("docs/page.md", text)).toEqual([
      "src/gone.ts",
      "gone.ts",
      "association/gone",
      "link to docs/gone.md",
      "npm run gone",
      "npm run gone:too",
    ]);
    const there =
      "`src/base/fifo.ts`, `base/fifo.ts`, `fifo.ts`, `src/base/`, `node/driver`, `fuzz-failures/`, `net.Socket`, " +
      "`10.50.1.1/10.50.2.1:2904`, `sctpkit/core`, `connect/listen`, [x](architecture.md#limits), [y](https://example.com), `npm run bench:core`";
    expect(missingIn("docs/page.md", there)).toEqual([]);
  });
});
