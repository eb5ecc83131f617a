/** The programs of the pages compile, as they stand there, under the strict settings of this package. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { ENTRIES, Page, ROOT } from "./pages.ts";

const PAGES = ["README.md", "docs/simulation.md", "docs/tuning.md"].map((path) => new Page(path));
mkdirSync(join(ROOT, "node_modules/.cache"), { recursive: true });
/** Inside of the package, where the types of Node are found. */
const folder = mkdtempSync(join(ROOT, "node_modules/.cache/pages-"));

afterAll(() => {
  rmSync(folder, { recursive: true });
  for (const page of PAGES) page.close();
});

/** What the compiler says of programs, by their names. */
async function complaintsOf(set: string, programs: Iterable<readonly [string, string]>): Promise<string> {
  const home = join(folder, set);
  mkdirSync(home);
  for (const [name, code] of programs) writeFileSync(join(home, `${name}.mts`), code);
  const paths = Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, [join(ROOT, file)]]));
  const settings = {
    extends: join(ROOT, "tsconfig.check.json"),
    compilerOptions: { paths, rootDir: "/" },
    include: ["*.mts"],
  };
  writeFileSync(join(home, "tsconfig.json"), JSON.stringify(settings));
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  return promisify(execFile)(tsc, ["-p", home]).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
}

it("compile", async () => {
  expect(
    await complaintsOf(
      "pages",
      PAGES.flatMap(({ programs }) => [...programs]),
    ),
  ).toBe("");
});

it("the README's lines about errors compile, and do not with a code or a field that does not exist [C4]", async () => {
  const [, section = ""] = PAGES[0]?.text.split("\n## Errors\n") ?? [];
  const [, snippet = ""] = /```ts\n([\s\S]*?)```/.exec(section) ?? [];
  expect(snippet).toContain("error.causeCodes");
  expect(await complaintsOf("right", [["errors", snippet]])).toBe("");
  const head = 'import type { Socket } from "sctpkit";\ndeclare const socket: Socket;\n';
  const wrong = snippet
    .replace("error.causeCodes", "error.causes")
    .replace('socket.on("error", (error)', 'socket.on("error", (error: string)');
  const complaints = await complaintsOf("wrong", [
    ["field", snippet.replace("error.causeCodes", "error.causes")],
    ["argument", wrong],
    ["code", `${head}socket.on("error", (error) => error.sctpCode === "ERR_SCTP_NONSENSE");`],
  ]);
  for (const name of ["field", "argument", "code"]) expect(complaints).toContain(`${name}.mts`);
});
