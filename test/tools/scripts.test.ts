/** The scripts of package.json as somebody meets them who does not know them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { scripts } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};
/** The demo takes no options. */
const WITHOUT_OPTIONS = ["start"];
/** Those that run a program of this tree. */
const OURS = Object.entries(scripts).flatMap(([name, line]) => {
  const words = line.split(" ");
  const isOurs = words.at(-1)?.endsWith(".ts") === true && !WITHOUT_OPTIONS.includes(name);
  const flags = words[0] === "node" ? words.slice(1) : ["--import", ...words];
  return isOurs ? [{ name, flags }] : [];
});

interface Ended {
  readonly code: unknown;
  readonly output: string;
  readonly errors: string;
}

/** A script that does not know --help must not go on for ever. */
const LIMIT_MS = 45_000;

/** npm's own start would double the time. */
async function run(flags: readonly string[], ...words: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [...flags, ...words], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LIMIT_MS,
  });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (text) => (output += String(text)));
  child.stderr.on("data", (text) => (errors += String(text)));
  const [code] = await once(child, "close");
  return { code, output, errors };
}

it("there are scripts to look at", () => {
  expect(OURS.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["bench", "bench:scale", "sim", "docs"]),
  );
});

it.each(OURS)("npm run $name explains itself and names a wrong option [C10]", async ({ name, flags }) => {
  const [help, wrong] = await Promise.all([run(flags, "--help"), run(flags, "--no-such-option")]);
  expect(help).toMatchObject({ code: 0, errors: "" });
  expect(help.output).toContain(`npm run ${name} -- [OPTION]`);
  const options = help.output.split("\n").filter((line) => /^ {2}--/.test(line));
  expect(options.length).toBeGreaterThan(0);
  expect(wrong).toEqual({
    code: 2,
    output: "",
    errors: `${name}: there is no option --no-such-option\nTry: npm run ${name} -- --help\n`,
  });
});

it("a wrong value and a word too many are named, without a stack trace [C10]", async () => {
  const flags = OURS.find(({ name }) => name === "bench:link")?.flags ?? [];
  const [value, word] = await Promise.all([run(flags, "--seconds", "x"), run(flags, "now")]);
  expect([value.code, word.code]).toEqual([2, 2]);
  expect(value.errors.split("\n")[0]).toBe('bench:link: --seconds wants a number above 0, not "x"');
  expect(word.errors.split("\n")[0]).toBe('bench:link: "now" is one word too many: there are options only');
});
