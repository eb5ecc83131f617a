/** A scenario is played, stepped, gone back in; packets are taken out of the wire. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { useBrowser } from "./harness.ts";

const browser = useBrowser();

const news = (page: Page) => page.getByRole("status");
const clock = (page: Page) => page.getByLabel("Virtual time");
const step = (page: Page) => page.getByRole("button", { name: "Step", exact: true }).click();

async function untilTold(page: Page, text: string | RegExp): Promise<void> {
  await news(page).filter({ hasText: text }).waitFor();
}

it("tells what each step has led to", async () => {
  const page = await browser.open("#scenario=handshake");
  await step(page);
  await untilTold(page, "bob: listens on port 7");
  await step(page);
  await untilTold(page, "alice to bob: INIT");
  await step(page);
  await untilTold(page, "20.000 ms: alice to bob: INIT arrives; bob to alice: INIT ACK");
  expect(await clock(page).textContent()).toBe("20.000 ms");
  await page.getByRole("button", { name: "A step back" }).click();
  await untilTold(page, "back at 0.000 ms");
});

it("loses a packet that somebody drops by a click, and shows the retransmission", async () => {
  const page = await browser.open("#scenario=handshake&at=510");
  const underWay = page.locator("[data-copy]");
  await untilTold(page, "at 510.000 ms");
  expect(await underWay.count()).toBe(1);
  await underWay.locator(".dot").click();
  await page.getByRole("button", { name: "Drop" }).click();
  await untilTold(page, /DATA.* is lost: by hand/);
  await page.getByLabel("Moment").fill("2000");
  await page.locator("[role=option]", { hasText: "again: tail loss probe" }).waitFor();
});

it("goes to a moment, plays on from there, and stops", async () => {
  const page = await browser.open("#scenario=lossy");
  await page.getByLabel("Moment").fill("600");
  await untilTold(page, "at 600.000 ms");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  const pause = page.getByRole("button", { name: "Pause", exact: true });
  await pause.click();
  await untilTold(page, "paused at");
  expect(Number.parseFloat((await clock(page).textContent())?.replace(",", "") ?? "")).toBeGreaterThan(600);
});

it("does all of it by keys", async () => {
  const page = await browser.open("#scenario=handshake&at=510");
  await untilTold(page, "at 510.000 ms");
  await page.keyboard.press("u");
  await page.locator("[role=option][aria-selected=true]", { hasText: "DATA" }).waitFor();
  await page.keyboard.press("d");
  await untilTold(page, "is lost: by hand");
  await page.keyboard.press(".");
  await untilTold(page, "bob: sends a message");
  await page.keyboard.press(",");
  await untilTold(page, "back at");
  await page.keyboard.press("0");
  await untilTold(page, "at 0.000 ms");
});

/** How long each picture stood, while it plays, in ms. */
async function standing(page: Page): Promise<number[]> {
  await untilTold(page, "at 600.000 ms");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  const times = await clock(page).evaluate(
    (element) =>
      new Promise<number[]>((resolve) => {
        const changes: number[] = [];
        new MutationObserver(() => {
          changes.push(performance.now());
          if (changes.length === 4) resolve(changes);
        }).observe(element, { characterData: true, childList: true, subtree: true });
      }),
  );
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await untilTold(page, "paused at");
  return times.slice(1).map((ms, i) => ms - (times[i] ?? 0));
}

it("moves nothing for those who want less motion: pictures change twice a second", async () => {
  const address = "#scenario=lossy&at=600";
  const calm = await standing(await browser.open(address, { isMotionReduced: true }));
  expect(Math.min(...calm)).toBeGreaterThan(450);
  expect(Math.min(...(await standing(await browser.open(address))))).toBeLessThan(450);
});
