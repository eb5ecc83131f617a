/** Each address that docs/simulation.md gives for a scenario opens that scenario, and plays it. */
import { expect, it } from "vitest";
import { readScenario } from "../../../src/sim/index.ts";
import { FRAGMENTS } from "../../../test/simulation-page.ts";
import { readAddress } from "../../src/session/address.ts";
import { BUNDLED } from "../../src/session/bundled.ts";
import { useBrowser } from "./harness.ts";

const browser = useBrowser();

it.each(FRAGMENTS)("plays %s", async (fragment) => {
  const { name, document } = await readAddress(fragment);
  const page = await browser.open(fragment);
  await page.locator(".lane-head").first().waitFor();
  const played = await page.getByLabel("The scenario as JSON").inputValue();
  const meant = document ?? BUNDLED.find((each) => each.name === name)?.document;
  expect(readScenario(played)).toEqual(readScenario(meant));
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await page
    .getByRole("status")
    .filter({ hasText: / ms: (?!nothing)/ })
    .waitFor();
  expect(await page.getByRole("alert").allTextContents()).toEqual([]);
});
