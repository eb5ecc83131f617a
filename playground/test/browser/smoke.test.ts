/** The page opens, and is fit for everybody. */
import { expect, it } from "vitest";
import { expectAccessible, expectNoSidewaysScrolling, useBrowser } from "./harness.ts";

const browser = useBrowser();

it("opens without an error on the console", async () => {
  const page = await browser.open();
  await page.getByRole("heading", { level: 1 }).waitFor();
  expect(await page.title()).toContain("sctpkit");
});

it.each(["light", "dark"] as const)("has nothing serious for axe, %s", async (colorScheme) => {
  const page = await browser.open("", { colorScheme });
  await page.getByRole("button", { name: "Step", exact: true, disabled: false }).waitFor(); // The stack is there.
  await expectAccessible(page);
});

it("fits on a telephone, from the first moment on", async () => {
  const page = await browser.open("", { width: 375, height: 700 });
  await page.getByText("Nothing has happened yet").waitFor();
  await page.addInitScript(() => {
    let widest = 0;
    const look = (): void => {
      widest = Math.max(widest, document.documentElement?.scrollWidth ?? 0);
      requestAnimationFrame(look);
    };
    look();
    Object.assign(window, { widestSoFar: () => widest });
  });
  await page.reload();
  await page.getByText("Nothing has happened yet").waitFor();
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await expectNoSidewaysScrolling(page);
  expect(await page.evaluate("widestSoFar()")).toBeLessThanOrEqual(375);
});

it("leads from each page to the others, under the same head", async () => {
  const page = await browser.open();
  for (const name of ["Lessons", "Race", "Playground"]) {
    const pages = page.getByRole("navigation", { name: "Pages" });
    await pages.getByRole("link", { name }).click();
    await pages.locator("[aria-current=page]", { hasText: name }).waitFor();
    expect(await pages.getByRole("link").allTextContents()).toEqual(["Playground", "Lessons", "Race"]);
    await page.getByText("sctpkit playground").first().waitFor();
  }
});
