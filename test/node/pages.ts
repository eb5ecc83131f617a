/**
 * The programs of the pages, run as they stand there.
 * Owns: finding the code blocks that are marked `<!-- runs: NAME -->` and what is printed, `<!-- prints: NAME -->`; running them
 * as processes of their own. Does not own: what they must say (the tests).
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

/** The files behind the names that users import. */
export const ENTRIES: Readonly<Record<string, string>> = {
  sctpkit: "src/index.ts",
  "sctpkit/core": "src/core.ts",
  "sctpkit/sim": "src/sim/index.ts",
  "sctpkit/cluster": "src/node/cluster/index.ts",
  "sctpkit/compat/sctp": "src/compat/sctp.ts",
};

export interface RunOptions {
  /** Another module in the place of `sctpkit`, as a file URL. */
  readonly package?: string;
  readonly env?: Readonly<Record<string, string>>;

  /** Lines behind the program's own. */
  readonly more?: string;
}

/** The marked blocks of one page. */
export class Page {
  readonly text: string;
  readonly programs: ReadonlyMap<string, string>;
  /** What the page says that programs print. */
  readonly prints: ReadonlyMap<string, string>;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "sctpkit-page-"));
  readonly #children: ChildProcess[] = [];

  /** @param path from the root */
  constructor(path: string) {
    this.text = readFileSync(join(ROOT, path), "utf8");
    this.programs = marked(this.text, "runs", "ts");
    this.prints = marked(this.text, "prints", "text");
  }

  /** How many blocks of TypeScript there are, marked or not. */
  get blockCount(): number {
    return this.text.match(/^```(?:ts|js)$/gm)?.length ?? 0;
  }

  start(name: string, options: RunOptions = {}): ChildProcess {
    return this.#spawn(this.#write(name, options), options);
  }

  #write(name: string, options: RunOptions): string {
    const code = this.programs.get(name);
    if (code === undefined) throw new Error(`the page has no program "${name}"`);
    const file = join(this.#folder, `${name}.mts`);
    writeFileSync(file, withImports(code, options.package) + (options.more ?? ""));
    return file;
  }

  #spawn(file: string, options: RunOptions): ChildProcess {
    const child = spawn(process.execPath, ["--import", "tsx", file], {
      cwd: ROOT, // Where tsx is found.
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, ...options.env },
    });
    this.#children.push(child);
    return child;
  }

  /** What each of the programs prints; they run in one process, one after the other. */
  async outputs(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const files = names.map((name) => [name, this.#write(name, {})] as const);
    const file = join(this.#folder, "all.mts");
    writeFileSync(file, runAll(files));
    const lines = await outputOf(this.#spawn(file, {}));
    return new Map(JSON.parse(lines) as [string, string][]);
  }

  /** What the program prints; it must end by itself, with exit code 0. */
  async output(name: string, options: RunOptions = {}): Promise<string> {
    return await outputOf(this.start(name, options));
  }

  close(): void {
    for (const child of this.#children) child.kill();
    rmSync(this.#folder, { recursive: true });
  }
}

/** A program that runs others and prints what they have printed, as JSON. */
function runAll(files: readonly (readonly [name: string, file: string])[]): string {
  return `
    const printed: [string, string][] = [];
    const print = console.log;
    for (const [name, file] of ${JSON.stringify(files)}) {
      let text = "";
      console.log = (line: unknown) => void (text += line + "\\n");
      await import(file);
      printed.push([name, text]);
    }
    print(JSON.stringify(printed));
  `;
}

/** All that a process prints; its exit code must be 0. */
export async function outputOf(child: ChildProcess): Promise<string> {
  const [all] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream & AsyncIterable<Buffer>),
    once(child, "exit"),
  ]);
  expect(child.exitCode).toBe(0);
  return all;
}

/** Waits until a process has printed `part`; returns all that it has printed. */
export async function printed(child: ChildProcess, part: string): Promise<string> {
  let all = "";
  while (!all.includes(part)) {
    const [data] = await once(child.stdout as NodeJS.ReadableStream, "data");
    all += String(data);
  }
  return all;
}

function marked(page: string, mark: string, language: string): ReadonlyMap<string, string> {
  const blocks = new Map<string, string>();
  const pattern = new RegExp(`<!-- ${mark}: ([a-z-]+) -->\\n\`\`\`${language}\\n(.*?)\`\`\``, "gs");
  for (const [, name = "", code = ""] of page.matchAll(pattern)) blocks.set(name, code);
  return blocks;
}

function withImports(code: string, own: string | undefined): string {
  return code.replace(/from "(sctpkit[a-z/]*)"/g, (whole, name: string) => {
    if (name === "sctpkit" && own !== undefined) return `from ${JSON.stringify(own)}`;
    const entry = ENTRIES[name];
    return entry === undefined
      ? whole
      : `from ${JSON.stringify(new URL(`../../${entry}`, import.meta.url).href)}`;
  });
}
