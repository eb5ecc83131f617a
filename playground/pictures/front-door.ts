/**
 * Takes the pictures of README in the built playground, in a real Chromium: docs/playground.png, and docs/playground.webp, in which a
 * packet is dropped by a click and goes out again. `npm run playground:pictures`.
 * Owns: what is seen in them, and when. Does not own: the pages (src), the browser (test/browser).
 */
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { launchChromium } from "../test/browser/chromium.ts";
import { serveFiles } from "../test/browser/server.ts";

const DIST = fileURLToPath(new URL("../dist/web", import.meta.url));
const DOCS = new URL("../../docs/", import.meta.url);
const VIEWPORT = { width: 1_280, height: 680 };
/** How long a frame stands, and one that is to be read. */
const [SHORT_MS, LONG_MS] = [70, 1_400];
/** A message of the scenario is on its way then, half of the way. */
const DROPPED_AT_MS = 510;

interface Frame {
  readonly picture: Buffer;
  readonly delayMs: number;
}

/** The page shows that moment. */
async function showMoment(page: Page, ms: number): Promise<void> {
  await page.getByLabel("Moment").fill(String(ms));
  await page
    .getByRole("status")
    .filter({ hasText: `at ${ms}.000 ms` })
    .waitFor();
}

/** A packet is under way, somebody drops it, and it goes out again. */
async function dropped(page: Page): Promise<Frame[]> {
  const frames: Frame[] = [];
  const take = async (delayMs = SHORT_MS): Promise<void> => {
    frames.push({ picture: await page.screenshot(), delayMs });
  };
  const pass = async (fromMs: number, toMs: number, everyMs: number): Promise<void> => {
    for (let ms = fromMs; ms <= toMs; ms += everyMs) {
      await showMoment(page, ms);
      await take();
    }
  };
  await pass(500, DROPPED_AT_MS, 1);
  await page.locator("[data-copy] .dot").click();
  await take(LONG_MS);
  await page.getByRole("button", { name: "Drop" }).click();
  await page.getByRole("status").filter({ hasText: "is lost: by hand" }).waitFor();
  await take(LONG_MS);
  await pass(DROPPED_AT_MS + 10, 1_000, 10); // The probe of the tail is due after two round trips and the peer's delay.
  await take(2 * LONG_MS);
  return frames;
}

const server = await serveFiles(DIST);
const browser = await launchChromium();
try {
  const context = await browser.newContext({
    viewport: VIEWPORT,
    deviceScaleFactor: 1,
    colorScheme: "light",
  });
  const page = await context.newPage();
  await page.goto(`${server.address}#scenario=handshake&at=500`);
  await page.getByRole("status").filter({ hasText: "at 500.000 ms" }).waitFor();
  const frames = await dropped(page);
  const pictures = frames.map(({ picture }) => picture);
  await sharp(pictures, { join: { animated: true } })
    .webp({ lossless: false, quality: 70, effort: 6, delay: frames.map(({ delayMs }) => delayMs), loop: 0 })
    .toFile(fileURLToPath(new URL("playground.webp", DOCS)));
  await page.setViewportSize({ width: VIEWPORT.width, height: 800 });
  await page.goto(`${server.address}#scenario=lossy&at=700`);
  await page.reload();
  await page.getByRole("status").filter({ hasText: "at 700.000 ms" }).waitFor();
  await page.getByRole("tab", { name: "State" }).click();
  await page.getByRole("tabpanel").waitFor();
  await sharp(await page.screenshot())
    .png({ palette: true, effort: 10 })
    .toFile(fileURLToPath(new URL("playground.png", DOCS)));
} finally {
  await browser.close();
  server.close();
}
