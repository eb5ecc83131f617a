/** Every lesson is taken to its end, every bug is found; by everybody. */
import { describe, expect, it } from "vitest";
import { BUGS } from "../../src/lessons/bugs.ts";
import { LESSONS } from "../../src/lessons/list.ts";
import { expectAccessible, expectNoSidewaysScrolling, type TestBrowser, useBrowser } from "./harness.ts";

type Page = Awaited<ReturnType<TestBrowser["open"]>>;
const browser = useBrowser();

const heading = (page: Page, name: string) => page.getByRole("heading", { name, exact: true }).first();
const told = (page: Page, text: string) =>
  page.getByRole("status").filter({ hasText: text }).waitFor({ state: "attached" });
const untrue = (page: Page) => page.locator(".checks .wrong");

describe("lessons", () => {
  it.each(LESSONS.map((lesson) => [lesson.name, lesson] as const))(
    "%s plays to its end",
    async (name, lesson) => {
      const page = await browser.open(`lessons.html#lesson=${name}`);
      const { steps } = lesson;
      for (const [i, { title, asks, checks }] of steps.entries()) {
        await told(page, `Step ${i + 1} of ${steps.length}, ${title}`);
        expect(await page.locator(".checks .right").count()).toBe(checks.length);
        expect(await untrue(page).count()).toBe(0);
        if (steps[i - 1]?.asks !== undefined) expect(await page.locator(".verdict .right").count()).toBe(1);
        if (asks !== undefined) await page.getByRole("radio").first().check();
        if (i + 1 < steps.length) await page.getByRole("button", { name: /^Play on/ }).click();
      }
      expect(new URL(page.url()).hash).toBe(`#lesson=${name}&step=${steps.length}`);
      await expectAccessible(page);
      await page.getByRole("link", { name: "Done: all lessons" }).click();
      await heading(page, "Lessons").waitFor();
    },
  );

  it("are taken by keyboard alone, and say whether a prediction came true", async () => {
    const page = await browser.open("lessons.html#lesson=handshake");
    await told(page, "Step 1 of 6, INIT, at 0 ms");
    await page.getByRole("radio").first().focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await told(page, "Step 2 of 6, INIT ACK, at 20 ms");
    await page
      .locator(".verdict .right", { hasText: "This came true, your choice: Nothing at all." })
      .waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("INIT ACK");
  });

  it("go on at the step that the address names, and go back", async () => {
    const page = await browser.open("lessons.html#lesson=failover&step=4");
    await told(page, "Step 4 of 6, Inactive, at 2,700 ms");
    await page.getByRole("button", { name: "Back" }).click();
    await told(page, "Step 3 of 6, Potentially failed, at 2,100 ms");
    await page.goBack();
    await told(page, "Step 4 of 6");
  });

  it("are for everybody, on a telephone, too", async () => {
    for (const address of [
      "lessons.html",
      "lessons.html#lesson=congestion&step=3",
      "lessons.html#lesson=bug-hasty-end",
    ]) {
      for (const colorScheme of ["light", "dark"] as const) {
        const page = await browser.open(address, { width: 375, height: 740, colorScheme });
        if (address !== "lessons.html") await page.locator(".stage img").first().waitFor();
        await expectNoSidewaysScrolling(page);
        await expectAccessible(page);
      }
    }
  });

  it("are found from the playground, and open their moments there", async () => {
    const page = await browser.open();
    await page.getByRole("link", { name: "Lessons" }).click();
    await page.getByRole("link", { name: "Four packets, and a cookie" }).click();
    await page.getByRole("button", { name: /^Play on/ }).click();
    await told(page, "Step 2 of 6, INIT ACK, at 20 ms");
    await page.getByRole("link", { name: "Open this moment in the playground" }).click();
    await told(page, "at 20.000 ms");
    await page.locator("[role=option]", { hasText: "INIT ACK" }).waitFor();
    await page.waitForURL(/index\.html#document=.+&at=20$/);
  });

  it("that do not exist are named as such", async () => {
    const page = await browser.open("lessons.html#lesson=nothing");
    await page.getByRole("alert").filter({ hasText: "There is no lesson “nothing” here." }).waitFor();
    const other = await browser.open("lessons.html#lesson=handshake&step=60");
    await other.getByRole("alert").filter({ hasText: "This lesson has 6 steps." }).waitFor();
  });
});

describe("bugs", () => {
  it.each(BUGS.map((bug) => [bug.name, bug] as const))("%s shows, and is found", async (name, bug) => {
    const page = await browser.open(`lessons.html#lesson=${name}`);
    await told(page, "Played by the stack with the fault, where it shows.");
    for (const hint of bug.hints) {
      await page.getByRole("button", { name: /hint$/ }).click();
      await page.getByText(hint).waitFor();
    }
    await page.getByRole("button", { name: "Look at the end" }).click();
    await page.locator(".checks .wrong", { hasText: bug.rightness.says }).waitFor();
    await page.getByRole("button", { name: "Play with the sound stack" }).click();
    await page.locator(".checks .right", { hasText: bug.rightness.says }).waitFor();
    const broken = bug.rules.findIndex(({ isBroken }) => isBroken);
    await page.getByRole("radio").nth(broken).check();
    await page.getByRole("button", { name: "Was I right?" }).click();
    await page.locator(".verdict .right", { hasText: "This one is broken, your choice" }).waitFor();
    await page.getByRole("heading", { name: /^src\/.*\.ts$/ }).waitFor();
    await page.getByRole("link", { name: /^Open this moment in the playground/ }).waitFor();
    await expectAccessible(page);
  });
});
