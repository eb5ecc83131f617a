/** On a telephone everything can be read. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { BUGS } from "../../src/lessons/bugs.ts";
import { LESSONS } from "../../src/lessons/list.ts";
import { expectNoSidewaysScrolling, untilViewed, useBrowser, VIEWS } from "./harness.ts";
import { lettersOf, watchCanvases } from "./type.ts";

const browser = useBrowser();

const LEAST_PX = 11;
/** Of figures of pages that are rounded on the way. */
const ROUNDING_PX = 0.01;
const PHONE = { width: 375, height: 700 };

async function openWatched(address: string): Promise<Page> {
  const page = await browser.open("about:blank", PHONE);
  await watchCanvases(page);
  await page.goto(browser.addressOf(address));
  return page;
}

async function expectReadable(page: Page): Promise<void> {
  const letters = await lettersOf(page);
  expect(letters.length).toBeGreaterThan(5);
  expect(letters.filter(({ px }) => px < LEAST_PX - ROUNDING_PX)).toEqual([]);
  await expectNoSidewaysScrolling(page);
}

it("in the playground, whatever view is open", async () => {
  const page = await openWatched("#scenario=failover&at=2300");
  await page.getByRole("status").filter({ hasText: "at 2300.000 ms" }).waitFor();
  await page.locator(".ladder-scroll").press("End");
  for (const view of VIEWS) {
    await page.getByRole("tab", { name: view }).click();
    await untilViewed(page, view);
    const closed = page.locator("details:not([open]) > summary").first();
    while ((await closed.count()) > 0) await closed.click();
    await expectReadable(page);
  }
  expect((await lettersOf(page)).some(({ text }) => text === "T")).toBe(true); // A timeout, on the canvas of a plot.
  await page.locator(".ladder-scroll").press("u");
  await page.locator(".ladder-scroll").press("Enter");
  await page.getByRole("dialog", { name: /under way/ }).waitFor();
  await expectReadable(page);
  await page.getByRole("button", { name: "Keys" }).click();
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await expectReadable(page);
});

it.each([
  ...LESSONS.map(({ name, steps }) => `lesson=${name}&step=${steps.length}`),
  "lesson=congestion&step=4",
])("in the lessons, %s", async (fragment) => {
  const page = await openWatched(`lessons.html#${fragment}`);
  await page.locator(".stage img").first().waitFor();
  await page.getByText("The packets as text").click();
  await expectReadable(page);
  const drawn = (await lettersOf(page)).filter(({ text }) => /^[A-Z]+ |^(INIT|SACK|SHUTDOWN)/.test(text));
  expect(drawn.length).toBeGreaterThan(0); // Those of the drawing were measured, too.
});

it.each(BUGS.map(({ name }) => name))("in %s", async (name) => {
  const page = await openWatched(`lessons.html#lesson=${name}`);
  await page.locator(".stage img").first().waitFor();
  await expectReadable(page);
});

it("in the list of lessons, and in the race", async () => {
  const lessons = await openWatched("lessons.html");
  await lessons.getByText("Undaunted").waitFor();
  await expectReadable(lessons);
  const race = await openWatched("race.html#seed=5&loss=4&rtt=80&slower=1");
  await race.getByRole("button", { name: "Race again" }).waitFor();
  await expectReadable(race);
});
