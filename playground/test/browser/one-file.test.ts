/** The one file, opened from disk, with nothing beside it: all pages are in it, and work. */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, expect, it } from "vitest";
import { BUGS } from "../../src/lessons/bugs.ts";
import { LESSONS } from "../../src/lessons/list.ts";
import { expectAccessible, expectNoSidewaysScrolling, useBrowser } from "./harness.ts";

const NAME = "sctpkit-playground.html";
const browser = useBrowser();
const stick = mkdtempSync(join(tmpdir(), "sctpkit-stick-"));
copyFileSync(fileURLToPath(new URL(`../../dist/one-file/${NAME}`, import.meta.url)), join(stick, NAME));
afterAll(() => rmSync(stick, { recursive: true }));

const FILE = pathToFileURL(join(stick, NAME)).href;
const told = (page: Page, text: string) =>
  page.getByRole("status").filter({ hasText: text }).waitFor({ state: "attached" });
const open = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name }).click();

it("plays and steps, and keeps the moment in its address", async () => {
  const page = await browser.open(`${FILE}#scenario=handshake&at=510`);
  await told(page, "at 510.000 ms");
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await told(page, "DATA");
  await page.waitForURL(/at=5[2-9]\d/);
});

it("plays a lesson to its end, and opens its moments in the playground", async () => {
  const page = await browser.open(FILE);
  await open(page, "Lessons");
  await page.waitForURL(`${FILE}#lessons`);
  const [lesson] = LESSONS;
  await page.getByRole("link", { name: lesson?.title ?? "" }).click();
  const { steps = [] } = lesson ?? {};
  for (const [i, { title, checks }] of steps.entries()) {
    await told(page, `Step ${i + 1} of ${steps.length}, ${title}`);
    expect(await page.locator(".checks .right").count()).toBe(checks.length);
    if (i + 1 < steps.length) await page.getByRole("button", { name: /^Play on/ }).click();
  }
  const news = (await page.getByRole("status").first().textContent()) ?? "";
  const atMs = Number(/at ([\d,.]+) ms/.exec(news)?.[1]?.replaceAll(",", ""));
  await page.getByRole("link", { name: "Open this moment in the playground" }).click();
  await told(page, `at ${atMs.toFixed(3)} ms`);
  await page.goBack();
  await told(page, `Step ${steps.length} of ${steps.length}`);
});

it.each(BUGS.map(({ name, rightness }) => [name, rightness.says]))(
  "has the stack of %s in it",
  async (name, says) => {
    const page = await browser.open(`${FILE}#lesson=${name}`);
    await told(page, "Played by the stack with the fault, where it shows.");
    await page.getByRole("button", { name: "Look at the end" }).click();
    await page.locator(".checks .wrong", { hasText: says }).waitFor();
  },
);

it("runs the race to its end, with its pictures, and keeps the link in its address", async () => {
  const page = await browser.open(`${FILE}#lessons`);
  await open(page, "Race");
  await page.getByLabel("Speed").selectOption({ label: "real time" });
  await page.getByRole("button", { name: "Race again" }).waitFor();
  await expect.poll(() => page.locator(".pictures figure.whole img.shown").count()).toBe(24);
  expect(page.url()).toBe(`${FILE}#seed=5&loss=4&rtt=80&slower=1`);
  await page.reload();
  await page.getByRole("heading", { name: "The head-of-line race" }).waitFor();
  await open(page, "Playground");
  await page.getByRole("button", { name: "Step", exact: true, disabled: false }).waitFor();
});

it.each(["", "#lessons", "#race"])("is fit for everybody at %s", async (fragment) => {
  const page = await browser.open(`${FILE}${fragment}`, { width: 375, isMotionReduced: true });
  await page.getByRole("navigation", { name: "Pages" }).locator("[aria-current=page]").waitFor();
  await expectAccessible(page);
  await expectNoSidewaysScrolling(page);
});
