/** Everything is done without a pointer: from here on nobody clicks. */
import { readFileSync } from "node:fs";
import type { Download, Locator, Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { untilViewed, useBrowser, VIEWS } from "./harness.ts";
import { focused, operable, tabTo, wayThrough } from "./keyboard.ts";

const browser = useBrowser();

const untilTold = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByRole("status").filter({ hasText: text }).waitFor({ state: "attached" });
const press = async (page: Page, ...keys: readonly string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};
const selected = (page: Page, text: string) =>
  page.locator("[role=option][aria-selected=true]", { hasText: text }).waitFor();

/** @returns what it has led to */
async function step(page: Page): Promise<string> {
  const news = page.getByRole("status");
  const before = (await news.textContent()) ?? "";
  await page.keyboard.press(".");
  await news.filter({ hasNotText: before }).waitFor();
  return (await news.textContent()) ?? "";
}

/** By the slider, and no less far than that. */
async function playTo(page: Page, ms: number): Promise<void> {
  const reached = (): Promise<number> =>
    page.getByLabel("Moment").evaluate((input) => (input as HTMLInputElement).valueAsNumber);
  await tabTo(page, "slider", "Moment");
  while ((await reached()) < ms) await press(page, "ArrowRight");
  await untilTold(page, /^at [1-9]/);
}

/** The next Tab leads to the first place of the page. */
async function beginAnew(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { body } = document;
    body.tabIndex = -1;
    body.focus();
    body.removeAttribute("tabindex");
  });
}

/** Each place on the way is there, is seen, comes in the order in which it is read; and the way leads out again, both ways. */
async function expectGoodWay(page: Page): Promise<void> {
  const all = await operable(page);
  const stops = await wayThrough(page);
  expect(stops.map(({ name }) => name)).toEqual(all);
  expect(stops.filter(({ isShown }) => !isShown).map(({ role, name }) => `${role} ${name}`)).toEqual([]);
  expect(stops.filter(({ isBackwards }) => isBackwards).map(({ name }) => name)).toEqual([]);
  const back = await wayThrough(page, "Shift+Tab");
  expect(back.map(({ id }) => id)).toEqual(stops.map(({ id }) => id).reverse());
}

describe.each([1_280, 375])("Tab leads through everything, %i px wide:", (width) => {
  it("the playground, whatever view is open", async () => {
    const page = await browser.open("#scenario=failover&at=2300", { width, height: 800 });
    await untilTold(page, "at 2300.000 ms");
    await page.keyboard.press("u");
    await page.getByRole("tab", { name: "Scenario" }).focus();
    for (const view of VIEWS) {
      await untilViewed(page, view);
      await beginAnew(page);
      await expectGoodWay(page);
      await page.getByRole("tab", { name: view }).focus();
      await page.keyboard.press("ArrowRight");
    }
  });

  it.each([
    ["the list of lessons", "lessons.html", "Find the bug"],
    ["a lesson", "lessons.html#lesson=congestion&step=3", "Windows and round trips"],
    ["a bug", "lessons.html#lesson=bug-hasty-end", "Open this moment"],
    ["the race", "race.html#seed=5&loss=4&rtt=80&slower=1", "Race again"],
  ])("%s", async (_, address, text) => {
    const page = await browser.open(address, { width, height: 800 });
    await page.getByText(text).first().waitFor();
    await expectGoodWay(page);
  });
});

it("a lesson is found, predicted, taken to its end and left", async () => {
  const page = await browser.open();
  await tabTo(page, "link", "Lessons");
  await press(page, "Enter");
  await page.getByRole("heading", { name: "Lessons" }).waitFor();
  await tabTo(page, "link", "Four packets, and a cookie");
  await press(page, "Enter");
  await untilTold(page, "Step 1 of 6, INIT, at 0 ms");
  expect((await focused(page))?.name).toBe("Four packets, and a cookie"); // Its heading, from where Tab goes on.
  for (let step = 1; step < 6; step++) {
    if ((await page.getByRole("radio").count()) > 0) {
      await tabTo(page, "radio", /./);
      await press(page, "Space", "ArrowDown", "ArrowUp");
      expect(await page.getByRole("radio").first().isChecked()).toBe(true);
    }
    await tabTo(page, "button", /^Play on/);
    await press(page, "Enter");
    await untilTold(page, `Step ${step + 1} of 6`);
    expect((await focused(page))?.role).toBe("h2");
  }
  await tabTo(page, "link", "Done: all lessons");
  await press(page, "Enter");
  await page.getByRole("link", { name: "Four packets, and a cookie" }).waitFor();
  expect((await focused(page))?.name).toBe("Lessons");
});

it("a bug is found, and the focus is never lost on the way", async () => {
  const page = await browser.open("lessons.html#lesson=bug-hasty-end");
  await untilTold(page, "Played by the stack with the fault");
  await tabTo(page, "button", "Give me a hint");
  await press(page, "Enter", "Enter", "Enter", "Enter");
  expect((await focused(page))?.name).toBe("Another hint");
  await tabTo(page, "radio", /./);
  await press(page, "Space");
  await tabTo(page, "button", "Was I right?");
  await press(page, "Enter");
  await page.getByRole("heading", { name: /^src\/.*\.ts$/ }).waitFor();
  expect((await focused(page))?.name).toContain("Which rule is broken?");
});

it("a scenario is stepped, a packet dropped, the retransmission seen; time goes back, faster and slower", async () => {
  const page = await browser.open("#scenario=handshake");
  await page.getByText("Nothing has happened yet").waitFor();
  await press(page, ".", ".", ".");
  await untilTold(page, "bob to alice: INIT ACK");
  await press(page, ",");
  await untilTold(page, "back at 0.000 ms");
  await playTo(page, 450);
  for (let told = ""; !told.includes("DATA"); told = await step(page));
  await press(page, "+");
  expect(await page.getByLabel("Speed").inputValue()).toBe("0.2"); // From the slider, too.
  await press(page, "-", "-");
  expect(await page.getByLabel("Speed").inputValue()).toBe("0.05");
  await press(page, "u");
  await selected(page, "DATA");
  await press(page, "d");
  await untilTold(page, "is lost: by hand");
  expect((await focused(page))?.role).toBe("listbox");
  await press(page, "+", "+", "+", "+", "+", "+", " ");
  await page.locator("[role=option]", { hasText: "again: tail loss probe" }).waitFor();
  await press(page, "0");
  await untilTold(page, "at 0.000 ms");
});

it("a path is cut, messages go by the other one", async () => {
  const page = await browser.open();
  await tabTo(page, "combobox", /^Scenario/);
  await page.keyboard.type("failover");
  await page.locator(".lane-head").first().waitFor();
  await page.waitForURL(/scenario=failover/);
  await playTo(page, 1_000);
  await tabTo(page, "tab", "Scenario");
  await press(page, "End", "ArrowLeft");
  await tabTo(page, "button", "Cut it");
  await press(page, "Enter");
  await page.getByRole("button", { name: "Mend it" }).waitFor();
  await playTo(page, 1_900);
  await page.locator("[role=option]", { hasText: "lost: cut" }).first().waitFor();
  await page.locator("[role=option]", { hasText: "10.1.0.2" }).first().waitFor();
});

it("a capture is taken home and brought back", async () => {
  const page = await browser.open("#scenario=handshake&at=2500");
  await untilTold(page, "at 2500.000 ms");
  await tabTo(page, "button", /^Capture/);
  const [download] = await Promise.all([page.waitForEvent("download"), press(page, "Enter")]);
  const buffer = readFileSync(await (download as Download).path());
  const openFile = async (): Promise<void> => {
    await tabTo(page, "file", "Open a file");
    await press(page, "Enter");
  };
  // Waited for in good time: Chromium opens it for a real hand until it has been told that nobody is there.
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), openFile()]);
  await chooser.setFiles({ name: "again.pcapng", mimeType: "", buffer });
  await untilTold(page, "SCTP packets of 2 hosts");
  await tabTo(page, "listbox", /^Ladder/);
  await press(page, "Home", "ArrowDown", "ArrowDown");
  await selected(page, "COOKIE ECHO");
});

/** A packet under way, and its menu, opened by keys. */
async function packetMenu(): Promise<[Page, Locator]> {
  const page = await browser.open("#scenario=handshake&at=510");
  await untilTold(page, "at 510.000 ms");
  const menu = page.getByRole("dialog", { name: /^The packet under way/ });
  await press(page, "u");
  await selected(page, "DATA");
  await press(page, "Enter");
  await menu.waitFor();
  return [page, menu];
}

describe("what opens is left with Escape, and the focus is where it was:", () => {
  it("the list of keys", async () => {
    const page = await browser.open();
    await tabTo(page, "button", "Keys");
    await press(page, "Enter");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await press(page, "Tab", "Tab", "Tab", "Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect((await focused(page))?.name).toBe("Keys");
    await press(page, "?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
  });

  it("what can be done to a packet, by its keys, too", async () => {
    const [page, menu] = await packetMenu();
    await press(page, "Escape");
    await menu.waitFor({ state: "detached" });
    expect((await focused(page))?.role).toBe("listbox");
    await press(page, "Enter");
    await tabTo(page, "spinbutton", /milliseconds/);
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("250");
    await press(page, "Enter");
    await untilTold(page, "the packet is held up");
    await press(page, "Enter");
    await menu.waitFor();
    await press(page, "2");
    await untilTold(page, "the packet is doubled");
    await menu.waitFor({ state: "detached" });
    expect((await focused(page))?.role).toBe("listbox");
    await press(page, "Enter");
    await menu.waitFor();
    await press(page, "d");
    await untilTold(page, "is lost: by hand");
  });

  it("that of a packet which arrives meanwhile, for good", async () => {
    const [page, menu] = await packetMenu();
    await press(page, ".");
    await menu.waitFor({ state: "detached" });
    expect((await focused(page))?.role).toBe("listbox");
    await press(page, ",");
    await untilTold(page, "back at");
    await page.locator("[data-copy]").waitFor();
    expect(await menu.count()).toBe(0);
  });
});

it("buttons that are of no use any more keep the focus", async () => {
  const page = await browser.open("#scenario=handshake");
  await tabTo(page, "slider", "Moment");
  await press(page, "End");
  await untilTold(page, /^at [1-9]/);
  const step = page.getByRole("button", { name: "Step", exact: true });
  await tabTo(page, "button", "Step");
  await page.getByRole("button", { name: "Step", exact: true, disabled: true }).waitFor();
  const told = await page.getByRole("status").textContent();
  await press(page, "Enter");
  expect(await page.getByRole("status").textContent()).toBe(told);
  await press(page, ",");
  await page.getByRole("button", { name: "Step", exact: true, disabled: false }).waitFor();
  await press(page, "Enter");
  await untilTold(page, " ms: ");
  expect(await step.evaluate((button) => button === document.activeElement)).toBe(true);
});
