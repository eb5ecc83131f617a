/** Each view beside the ladder shows the moment, follows a step and goes back with it, by pointer or by keys. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { expectAccessible, expectNoSidewaysScrolling, untilViewed, useBrowser, VIEWS } from "./harness.ts";

const browser = useBrowser();
const untilTold = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByRole("status").filter({ hasText: text }).waitFor();
const openTab = (page: Page, name: string): Promise<void> => page.getByRole("tab", { name }).click();
const panel = (page: Page) => page.getByRole("tabpanel");

it("invites whoever opens it to step, until something has happened", async () => {
  const page = await browser.open("");
  const hint = page.getByText("Nothing has happened yet.");
  await hint.waitFor();
  await panel(page).getByText("click it").waitFor();
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await hint.waitFor({ state: "detached" });
});

it("names the fields of the packet that is clicked, and of no other after going back", async () => {
  const page = await browser.open("#scenario=handshake&at=30");
  await untilTold(page, "at 30.000 ms");
  await openTab(page, "Bytes");
  await panel(page).getByText("Click a packet in the ladder").waitFor();
  await page.locator("[role=option]", { hasText: "INIT ACK" }).click();
  await panel(page).getByRole("heading", { name: "Packet 2, bob to alice" }).waitFor();
  await panel(page).getByRole("treeitem", { name: "Initiate Tag" }).click();
  await panel(page)
    .getByText(/RFC 9260 3\.3\.[23]/)
    .waitFor();
  for (let i = 0; i < 2; i++) await page.getByRole("button", { name: "A step back" }).click();
  await panel(page).getByText("Click a packet in the ladder").waitFor();
  for (let i = 0; i < 2; i++) await page.getByRole("button", { name: "Step", exact: true }).click();
  await panel(page).getByRole("heading", { name: "Packet 2, bob to alice" }).waitFor();
});

it("marks in the control blocks what a step has changed, and nothing after a jump", async () => {
  const page = await browser.open("#scenario=handshake&at=30");
  await untilTold(page, "at 30.000 ms");
  await openTab(page, "State");
  await panel(page).getByRole("heading", { name: "alice COOKIE-WAIT" }).waitFor();
  const changed = panel(page).locator("td", { hasText: "◆" });
  expect(await changed.count()).toBe(0);
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await panel(page).getByRole("heading", { name: "alice COOKIE-ECHOED" }).waitFor();
  expect(await changed.count()).toBeGreaterThan(2);
  await page.getByRole("button", { name: "A step back" }).click();
  await panel(page).getByRole("heading", { name: "alice COOKIE-WAIT" }).waitFor();
  expect(await changed.count()).toBe(0);
});

it("shows in streams what is under way, and what waits for it", async () => {
  const page = await browser.open("#scenario=lossy&at=700");
  await untilTold(page, "at 700.000 ms");
  await openTab(page, "Streams");
  await panel(page).getByRole("columnheader", { name: "Under way" }).first().waitFor();
  expect(await panel(page).locator(".streams-block").count()).toBeGreaterThan(0);
});

it("plots the paths until now, and forgets what lay ahead when time goes back", async () => {
  const page = await browser.open("#scenario=lossy&at=1500");
  await untilTold(page, "at 1500.000 ms");
  await openTab(page, "Plots");
  const time = panel(page).getByRole("slider");
  await panel(page).locator("canvas").first().waitFor();
  expect(await time.getAttribute("max")).toBe("1500");
  const table = panel(page).getByRole("table").first();
  await panel(page).locator("summary").first().click();
  await table.getByRole("row").nth(10).waitFor(); // It is made when it is opened.
  await page.getByLabel("Moment").fill("400");
  await untilTold(page, "at 400.000 ms");
  expect(await time.getAttribute("max")).toBe("400");
  const times = await table.getByRole("rowheader").allTextContents();
  expect(times.length).toBeGreaterThan(0);
  for (const text of times) expect(Number.parseFloat(text)).toBeLessThanOrEqual(0.4);
});

it("is all there by keys alone", async () => {
  const page = await browser.open("#scenario=handshake&at=510");
  await untilTold(page, "at 510.000 ms");
  await page.keyboard.press("u");
  await page.getByRole("tab", { name: "Scenario" }).focus();
  await page.keyboard.press("ArrowRight");
  const tree = panel(page).getByRole("tree", { name: "Fields" });
  await tree.focus();
  await page.keyboard.press("ArrowDown");
  await panel(page).getByText("Destination Port").first().waitFor();
  await page.getByRole("tab", { name: "Bytes" }).focus();
  for (const name of VIEWS.slice(2)) {
    await page.keyboard.press("ArrowRight");
    await page.getByRole("tab", { name, selected: true }).waitFor();
    await page.keyboard.press("Tab");
    expect(await panel(page).evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("Shift+Tab");
  }
});

it("says of a capture that nobody looked inside its ends", async () => {
  const page = await browser.open("#scenario=handshake&at=510");
  await untilTold(page, "at 510.000 ms");
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: /^Capture/ }).click();
  await page.locator("input[type=file]").setInputFiles(await (await saved).path());
  await page.locator("[role=option]", { hasText: "COOKIE ECHO" }).first().waitFor();
  for (const tab of ["State", "Streams", "Plots"]) {
    await openTab(page, tab);
    await panel(page).getByText("A capture shows what was on the wire").waitFor();
  }
  await openTab(page, "Bytes");
  await page.locator(".ladder-scroll").press("Home");
  await panel(page)
    .getByRole("heading", { name: /^Packet 1,/ })
    .waitFor();
});

it.each(["light", "dark"] as const)("has nothing serious for axe in any view, %s", async (colorScheme) => {
  const page = await browser.open("#scenario=failover&at=2300", { colorScheme });
  await untilTold(page, "at 2300.000 ms");
  await page.locator(".ladder-scroll").press("End");
  for (const view of VIEWS.slice(1, 5)) {
    await openTab(page, view);
    await untilViewed(page, view);
    await page.setViewportSize({ width: 1280, height: 800 });
    await expectAccessible(page);
    await page.setViewportSize({ width: 375, height: 700 });
    await expectNoSidewaysScrolling(page);
  }
});

it("prints the part of the ladder that is in view, in light colours, and nothing to operate", async () => {
  const page = await browser.open("#scenario=lossy&at=700", { colorScheme: "dark" });
  await untilTold(page, "at 700.000 ms");
  const pdf = await page.pdf({ preferCSSPageSize: true });
  expect(pdf.toString("latin1").match(/\/Type \/Page\b/g)).toHaveLength(1);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print" });
  await page.locator(".on-paper .lane-head", { hasText: "alice" }).waitFor();
  await page.locator(".on-paper text", { hasText: "SACK up to" }).first().waitFor();
  await page.getByText("seed 1. This is the part of the ladder that was in view").waitFor();
  expect(await page.getByRole("button").count()).toBe(0);
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe(
    "rgb(255, 255, 255)",
  );
});
