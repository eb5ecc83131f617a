/** A session is taken home and brought back: by its address, or as a file. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { useBrowser } from "./harness.ts";

const browser = useBrowser();

const untilTold = (page: Page, text: string): Promise<void> =>
  page.getByRole("status").filter({ hasText: text }).waitFor();

async function fileOf(
  page: Page,
  button: RegExp,
): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: button }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

it("is the same again by its address, what was done by hand included", async () => {
  const page = await browser.open("#scenario=handshake&at=510");
  await untilTold(page, "at 510.000 ms");
  await page.keyboard.press("u");
  await page.locator("[role=option][aria-selected=true]").waitFor();
  await page.keyboard.press("d");
  await page.waitForURL(/hand=\d+-510-\d+-lost/);
  const again = await browser.open(new URL(page.url()).hash);
  await untilTold(again, "at 510.000 ms");
  await again.locator("[role=option]", { hasText: "lost: by hand" }).waitFor();
});

it("keeps a scenario that was edited in its address, and says where an edit is wrong", async () => {
  const page = await browser.open("#scenario=handshake");
  await page.getByText("Edit it as JSON").click();
  const editor = page.getByLabel("The scenario as JSON");
  const text = await editor.inputValue();
  await editor.fill(text.replace('"host": "bob"', '"host": "nobody"'));
  await page.getByRole("button", { name: "Play this" }).click();
  await page.getByRole("alert").filter({ hasText: "timeline[0].host must be the name of a host" }).waitFor();
  await page.getByRole("button", { name: /Show line \d+/ }).click();
  expect(await page.evaluate(() => getSelection()?.toString())).toBe('"nobody"');
  await editor.fill(text.replaceAll("bob", "robert"));
  await page.getByRole("button", { name: "Play this" }).click();
  await page.waitForURL(/document=/);
  const again = await browser.open(new URL(page.url()).hash);
  await again.locator(".lane-head", { hasText: "robert" }).waitFor();
});

it("gives a capture that it can read itself, a trace, and a drawing", async () => {
  const page = await browser.open("#scenario=handshake&at=2500");
  await untilTold(page, "at 2500.000 ms");
  const capture = await fileOf(page, /^Capture/);
  expect(capture.name).toBe("handshake.pcapng");
  expect((await fileOf(page, /^Trace of alice/)).bytes.toString()).toContain('"file_schema"');
  expect((await fileOf(page, /^Ladder/)).bytes.toString()).toMatch(/^<svg/);
  await page.locator("input[type=file]").setInputFiles({ ...capture, mimeType: "", buffer: capture.bytes });
  await untilTold(page, "SCTP packets of 2 hosts");
  await page.locator("[role=option]", { hasText: "COOKIE ECHO" }).first().waitFor();
});
