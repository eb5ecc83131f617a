/** A stack that breaks a rule is found out: the page says what, when and on which host, and time stops there. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mutate } from "../../../test/mutants/judging/mutation.ts";
import { MUTANTS } from "../../../test/mutants/list.ts";
import { expectAccessible, expectNoSidewaysScrolling, useBrowser } from "./harness.ts";
import { type FileServer, serveFiles } from "./server.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** New DATA is sent however much is in flight. */
const MUTANT = "outbound-cwnd";

const browser = useBrowser();
const outDir = mkdtempSync(join(tmpdir(), "sctpkit-faulty-"));
let server: FileServer | undefined;

/** The playground with that fault in its stack. */
beforeAll(async () => {
  await build({
    root: ROOT,
    configFile: `${ROOT}vite.config.ts`,
    logLevel: "error",
    worker: { plugins: () => [faulty()] },
    build: { outDir, emptyOutDir: true, rolldownOptions: { input: "index.html" } },
  });
  server = await serveFiles(outDir);
});
afterAll(() => {
  server?.close();
  rmSync(outDir, { recursive: true });
});

function faulty(): Plugin {
  const mutant = MUTANTS.find(({ id }) => id === MUTANT);
  if (mutant === undefined) throw new Error(`there is no mutant "${MUTANT}"`);
  return {
    name: "faulty",
    enforce: "pre",
    transform(text, id): string | undefined {
      if (!id.endsWith(`/src/${mutant.file}`)) return undefined;
      const mutation = mutate(text, mutant);
      if (typeof mutation === "string") throw new Error(mutation);
      return mutation.text;
    },
  };
}

it.each([
  ["light", 1_280],
  ["dark", 375],
] as const)("says what is broken, when and where, and stops, %s", async (colorScheme, width) => {
  const page = await browser.open(`${server?.address}#scenario=lossy&at=600`, { colorScheme, width });
  const alert = page.getByRole("alert");
  await page.getByRole("status").filter({ hasText: "at 600.000 ms" }).waitFor();
  expect(await alert.count()).toBe(0);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await alert
    .filter({ hasText: "The stack breaks a rule of the protocol, at 643.957 ms, on alice" })
    .waitFor();
  await alert.filter({ hasText: /alice sent new DATA with \d+ bytes in flight and a cwnd of \d+/ }).waitFor();
  await page.getByRole("status").filter({ hasText: "a rule of the protocol is broken" }).waitFor();
  await page.getByRole("button", { name: "Play", exact: true }).waitFor(); // It has stopped, and can go on.
  await expectAccessible(page);
  await expectNoSidewaysScrolling(page);
  await page.getByRole("button", { name: "Go to that moment" }).click();
  await page.getByRole("status").filter({ hasText: "at 643.957 ms" }).waitFor();
  await page.getByLabel("Moment").fill("100");
  await page.getByRole("status").filter({ hasText: "at 100.000 ms" }).waitFor();
  expect(await alert.count()).toBe(1); // The run is still the same one.
  await page.evaluate(() => {
    location.hash = "#scenario=handshake";
  });
  await alert.waitFor({ state: "detached" });
});
