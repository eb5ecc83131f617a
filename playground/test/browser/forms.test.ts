/** The forms change the network at this moment, and the options from the beginning. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { expectAccessible, expectNoSidewaysScrolling, useBrowser } from "./harness.ts";

const browser = useBrowser();
const untilTold = (page: Page, text: string): Promise<void> =>
  page.getByRole("status").filter({ hasText: text }).waitFor();
const openTab = (page: Page, name: string): Promise<void> => page.getByRole("tab", { name }).click();

it("cuts a path while messages are on their way: they go by the other one", async () => {
  const page = await browser.open("#scenario=failover&at=1000");
  await untilTold(page, "at 1000.000 ms");
  await openTab(page, "Network");
  await page.getByRole("button", { name: "Cut it" }).first().click();
  await page.getByRole("button", { name: "Mend it" }).waitFor();
  await page.getByLabel("Moment").fill("1900");
  await untilTold(page, "at 1900.000 ms");
  await page.locator("[role=option]", { hasText: "10.1.0.2" }).first().waitFor();
  await page.locator("[role=option]", { hasText: "lost: cut" }).first().waitFor();
});

it("loses packets at the rate of the slider", async () => {
  const page = await browser.open("#scenario=handshake");
  await openTab(page, "Network");
  await page.getByRole("slider", { name: "Loss" }).fill("0.5");
  await page.waitForURL(/document=/);
  await page.getByLabel("Moment").fill("3000");
  await page.locator("[role=option]", { hasText: "lost: chance" }).first().waitFor();
});

it("switches an extension on from the beginning", async () => {
  const page = await browser.open("#scenario=handshake&at=510");
  await untilTold(page, "at 510.000 ms");
  await openTab(page, "Options");
  await page.getByLabel("interleaving", { exact: true }).first().check();
  await page.locator("[role=option]", { hasText: "I-DATA" }).first().waitFor();
});

it("lists the packets in words", async () => {
  const page = await browser.open("#scenario=handshake&at=510");
  await openTab(page, "Packets");
  await page.getByRole("button", { name: "alice to bob: COOKIE ECHO" }).click();
  await page.locator("[role=option][aria-selected=true]", { hasText: "COOKIE ECHO" }).waitFor();
  expect(await page.getByRole("row").count()).toBe(6);
});

it.each(["Scenario", "Network", "Options", "Packets"])(
  "has nothing serious for axe beside %s",
  async (tab) => {
    const page = await browser.open("#scenario=failover&at=2300", { colorScheme: "dark" });
    await untilTold(page, "at 2300.000 ms");
    await openTab(page, tab);
    for (const closed of await page.locator("details:not([open]) > summary").all()) await closed.click();
    await expectAccessible(page);
    await page.setViewportSize({ width: 375, height: 700 });
    await expectNoSidewaysScrolling(page);
  },
);
