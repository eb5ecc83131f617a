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

it("compile", async () => {
  for (const { programs } of PAGES) {
    for (const [name, code] of programs) writeFileSync(join(folder, `${name}.mts`), code);
  }
  const paths = Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, [join(ROOT, file)]]));
  const settings = {
    extends: join(ROOT, "tsconfig.check.json"),
    compilerOptions: { paths, rootDir: "/" },
    include: ["*.mts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const complaints = await promisify(execFile)(tsc, ["-p", folder]).then(
    ({ stdout }) => stdout,
    ({ stdout }: { stdout: string }) => stdout,
  );
  expect(complaints).toBe("");
});
