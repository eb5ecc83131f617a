/**
 * Inputs that were worth keeping, in files: test/fuzz-corpus/<target>/<hash>.txt.
 * Owns: the folders and names, reading and writing, the bound on the corpus's size. Does not own: what is worth keeping.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatInput, type Input, parseInput } from "./step.ts";

const FOLDER = fileURLToPath(new URL("../fuzz-corpus", import.meta.url));
/** The corpus lives in the repository: it is kept small. */
const MAX_CORPUS_BYTES = 300_000;

export interface KeptInput {
  readonly name: string;
  readonly input: Input;
}

/** The kept inputs of a target, in the order of their names. */
export function keptInputs(target: string): readonly KeptInput[] {
  return filesOf(target).map((file) => ({
    name: `${target}/${file}`,
    input: parseInput(readFileSync(join(FOLDER, target, file), "utf8")),
  }));
}

/** Takes an input that `keptInputs` gave out of the corpus. */
export function removeKept({ name }: KeptInput): void {
  rmSync(join(FOLDER, name));
}

export class Corpus {
  readonly #targets: readonly string[];
  #sizeBytes: number;

  constructor(targets: readonly string[]) {
    this.#targets = targets;
    this.#sizeBytes = this.#measure();
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Writes an input down; false if there is no room for it, or it is there already. */
  keep(target: string, text: string): boolean {
    const file = `${nameFor(text)}.txt`;
    if (filesOf(target).includes(file) || this.#sizeBytes + text.length > MAX_CORPUS_BYTES) return false;
    mkdirSync(join(FOLDER, target), { recursive: true });
    writeFileSync(join(FOLDER, target, file), text);
    this.#sizeBytes += text.length;
    return true;
  }

  #measure(): number {
    let sizeBytes = 0;
    for (const target of this.#targets)
      for (const file of filesOf(target)) sizeBytes += statSync(join(FOLDER, target, file)).size;
    return sizeBytes;
  }
}

/** Names an input by what it says. */
export function nameFor(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** Writes a failing input down, with what is needed to play it again; returns the file. */
export function writeFailure(folder: string, target: string, message: string, input: Input): string {
  const text = formatInput(input);
  const file = join(folder, `${target}-${nameFor(text)}.txt`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `# target: ${target}\n# ${message.replaceAll("\n", "\n# ")}\n${text}`);
  return file;
}

/** @throws Error if the file does not say which target it is for */
export function readFailure(file: string): { readonly target: string; readonly input: Input } {
  const text = readFileSync(file, "utf8");
  const target = /^# target: (\S+)$/m.exec(text)?.[1];
  if (target === undefined) throw new Error(`${file} has no line "# target: NAME"`);
  return { target, input: parseInput(text) };
}

function filesOf(target: string): readonly string[] {
  try {
    return readdirSync(join(FOLDER, target))
      .filter((file) => file.endsWith(".txt"))
      .sort();
  } catch {
    return [];
  }
}
