/** Every source says at its beginning what it owns, and what comments name is there. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** By their paths from the root. */
const SOURCES = ["src", "playground/src"].flatMap((folder) =>
  readdirSync(ROOT + folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`),
);
const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
/** `foo-bar.ts`, `folder/foo-bar.tsx`; not `*.ts`. */
const FILE_NAME = /[\w./-]*\w\.tsx?\b/g;
const SOURCE_FOLDER = /(?<![\w./])src\/[\w/-]+(?!\.ts\b|[\w/*-])/g;

function textOf(source: string): string {
  return readFileSync(ROOT + source, "utf8");
}

/** The comment that a source begins with; empty where it begins with anything else. */
function headOf(text: string): string {
  return /^(?:#!.*\n)?(\/\*\*[\s\S]*?\*\/)/.exec(text)?.[1] ?? "";
}

/** A file by its path from the root, or by the end of its path. */
function isThere(name: string): boolean {
  return SOURCES.some((source) => source.endsWith(`/${name}`)) || existsSync(ROOT + name);
}

/** What the comments of a text name that is not there. @param home where paths may begin, too */
function namedInVain(text: string, home = ""): string[] {
  const comments = [...text.matchAll(COMMENT)].map(([comment]) => comment).join("\n");
  const files = [...comments.matchAll(FILE_NAME)].map(([name]) => name);
  const folders = [...comments.matchAll(SOURCE_FOLDER)].map(([name]) => name);
  return [
    ...files.filter((name) => !isThere(name)),
    ...folders.filter((name) => !existsSync(ROOT + name) && !existsSync(ROOT + home + name)),
  ];
}

/** The playground is a package of its own. */
function homeOf(source: string): string {
  return source.startsWith("playground/") ? "playground/" : "";
}

describe("the heads of the sources", () => {
  it("say in each file what it owns [C8]", () => {
    expect(SOURCES.length).toBeGreaterThan(150);
    expect(SOURCES.filter((source) => !/\bOwns:/.test(headOf(textOf(source))))).toEqual([]);
  });

  it("name, like all comments, only files and folders that exist [C8]", () => {
    const inVain = SOURCES.flatMap((source) =>
      namedInVain(textOf(source), homeOf(source)).map((name) => `${source} names ${name}`),
    );
    expect(inVain).toEqual([]);
  });

  it("are read as they are meant here: what is missing is found, and what is there is not [C8]", () => {
    expect(namedInVain("/** Does not own: x (itinerary.ts, src/node/hmac.ts), src/nowhere. */")).toEqual([
      "itinerary.ts",
      "src/node/hmac.ts",
      "src/nowhere",
    ]);
    expect(
      namedInVain("// fifo.ts, base/fifo.ts, src/base/fifo.ts, src/base, test/sim/traced-hosts.ts"),
    ).toEqual([]);
    expect(namedInVain('import { Fifo } from "./gone.ts";')).toEqual([]);
    expect(headOf("#!/usr/bin/env node\n/** Owns: x. */\nfoo();")).toBe("/** Owns: x. */");
    expect(headOf("import x;\n/** Owns: x. */")).toBe("");
  });
});
