/** The head-of-line race runs to its end in the browser, shows what it says, and is fit for everybody. */
import { expect, it } from "vitest";
import { expectAccessible, expectNoSidewaysScrolling, type TestBrowser, useBrowser } from "./harness.ts";

type Page = Awaited<ReturnType<TestBrowser["open"]>>;

const browser = useBrowser();
/** In real time: a second and a half. */
const FAST = "race.html#seed=5&loss=4&rtt=80&slower=1";

/** The table's rows: name, one stream, a stream for each. */
async function figures(page: Page): Promise<Map<string, readonly [one: string, many: string]>> {
  const rows = await page.getByRole("table").getByRole("row").all();
  const cells = await Promise.all(rows.map((row) => row.locator("th, td").allTextContents()));
  return new Map(cells.map(([name = "", one = "", many = ""]) => [name, [one, many]]));
}

const secondsOf = (text: string | undefined): number => Number(/^([\d.]+) s$/.exec(text ?? "")?.[1]);

async function ended(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Race again" }).waitFor();
}

it("shows each picture while it comes, and all of them in the end", async () => {
  const page = await browser.open("race.html#seed=5&loss=4&rtt=80&slower=16");
  const partial = page.locator(".pictures figure:not(.whole) img.shown");
  await partial.first().waitFor();
  expect(await partial.first().evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(480);
  await page.getByLabel("Speed").selectOption({ label: "real time" });
  await ended(page);
  await expect.poll(() => page.locator(".pictures figure.whole img.shown").count()).toBe(24);
  for (const name of ["One ordered stream", "A stream for each"]) {
    const side = page.getByRole("region", { name, exact: true });
    expect(await side.getByText("of 12 whole").textContent()).toContain("12");
    expect(await side.getByRole("region", { name: "The text" }).textContent()).toContain(
      "Head-of-line blocking".toLowerCase(),
    );
  }
});

it("tells what streams gain, and that nothing is faster on the whole", async () => {
  const page = await browser.open(FAST);
  await ended(page);
  const rows = await figures(page);
  const [one, many] = rows.get("The first picture is whole") ?? [];
  expect(secondsOf(many)).toBeLessThan(secondsOf(one));
  const [allOne, allMany] = rows.get("Everything is there") ?? [];
  expect(secondsOf(allMany)).toBe(secondsOf(allOne));
  const [heldOne, heldMany] = rows.get("Time spent behind others, mean of all thirteen") ?? [];
  expect(secondsOf(heldOne)).toBeGreaterThan(0.1);
  expect(heldMany).toBe("0.00 s");
  expect(await page.getByRole("status").textContent()).toContain("A stream for each: everything after");
});

it("begins anew when the link is changed, and keeps that in its address", async () => {
  const page = await browser.open(FAST);
  await ended(page);
  await page.getByLabel("Round trip").press("End");
  expect(await page.evaluate(() => location.hash)).toBe("#seed=5&loss=4&rtt=300&slower=1");
  await page.getByRole("button", { name: "Start", exact: true }).press("Enter");
  await ended(page);
  const [all] = (await figures(page)).get("Everything is there") ?? [];
  expect(secondsOf(all)).toBeGreaterThan(2);
  await page.reload();
  expect(await page.getByLabel("Round trip").inputValue()).toBe("300");
});

it("waits for those who want less motion", async () => {
  const page = await browser.open(FAST, { isMotionReduced: true });
  const start = page.getByRole("button", { name: "Start", exact: true });
  await start.waitFor();
  expect(await page.getByLabel("Virtual time").textContent()).toBe("0.00 s");
  await start.click();
  await ended(page);
});

it.each(["light", "dark"] as const)("has nothing serious for axe, %s", async (colorScheme) => {
  const page = await browser.open(FAST, { colorScheme });
  await ended(page);
  await expectAccessible(page);
});

it("fits on a telephone, both halves beside one another", async () => {
  const page = await browser.open(FAST, { width: 375, height: 700 });
  await ended(page);
  await expectNoSidewaysScrolling(page);
  const [left, right] = await page
    .locator(".side")
    .evaluateAll((sides) => sides.map((side) => side.getBoundingClientRect().top));
  expect(left).toBe(right);
});
