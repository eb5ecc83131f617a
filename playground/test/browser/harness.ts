/**
 * Pages in a real Chromium.
 * Owns: opening pages, waiting for views, what every page must keep to: no error on the console, nothing serious for axe,
 * no scrolling sideways. Does not own: the pages, who serves them (server.ts), which Chromium it is (chromium.ts).
 */
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { launchChromium } from "./chromium.ts";
import { type FileServer, serveFiles } from "./server.ts";

/** Whoever leaves a page does not wait for its pictures. */
const ABORTED = "net::ERR_ABORTED";

const DIST = fileURLToPath(new URL("../../dist/web", import.meta.url));
/** A busy host is slow; what does not come within this does not come. */
const PATIENCE_MS = 30_000;

export interface PageOptions {
  /** Default 1280 by 800. */
  readonly width?: number;
  readonly height?: number;
  /** Default "light". */
  readonly colorScheme?: "light" | "dark";
  /** Default false. */
  readonly isMotionReduced?: boolean;
}

export interface TestBrowser {
  /**
   * A page of its own, without memory of others. A test in which it says an error on its console fails.
   * @param address below the playground's, as in "race.html" or "#scenario=lossy"; or a whole one, as of a file
   */
  open(address?: string, options?: PageOptions): Promise<Page>;
  /** A whole address. @param address as for `open` */
  addressOf(address: string): string;
}

/** Called once in a file of tests, outside of them. */
export function useBrowser(): TestBrowser {
  let browser: Browser | undefined;
  let server: FileServer | undefined;
  let contexts: BrowserContext[] = [];
  let problems: string[] = [];
  beforeAll(async () => {
    server = await serveFiles(DIST);
    browser = await launchChromium();
  });
  afterEach(async () => {
    const [opened, told] = [contexts, problems];
    [contexts, problems] = [[], []];
    for (const context of opened) await context.close();
    expect(told).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });
  return {
    async open(address = "", options = {}): Promise<Page> {
      const { width = 1_280, height = 800, colorScheme = "light", isMotionReduced = false } = options;
      const context = await browser?.newContext({
        viewport: { width, height },
        colorScheme,
        reducedMotion: isMotionReduced ? "reduce" : "no-preference",
      });
      if (context === undefined || server === undefined) throw new Error("open() is for tests");
      contexts.push(context);
      context.setDefaultTimeout(PATIENCE_MS);
      const page = await context.newPage();
      listen(page, problems);
      await page.goto(new URL(address, server.address).href);
      return page;
    },
    addressOf: (address) => new URL(address, server?.address).href,
  };
}

function listen(page: Page, problems: string[]): void {
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.stack ?? error.message));
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    if (reason !== ABORTED) problems.push(`${request.url()}: ${reason}`);
  });
}

/** The views beside the ladder, in the order of their tabs, and what each of them alone has in it. */
const VIEW_PARTS = {
  Scenario: ".fields",
  Bytes: "[role=tree]",
  State: ".state .control",
  Streams: ".streams article",
  Plots: ".plots article",
  Packets: ".packets tbody tr",
  Network: ".hint",
  Options: ".options",
} as const;
export const VIEWS = Object.keys(VIEW_PARTS) as readonly (keyof typeof VIEW_PARTS)[];

/** Until the view is there, and not the one before it; of a moment with a packet that is selected. */
export async function untilViewed(page: Page, view: keyof typeof VIEW_PARTS): Promise<void> {
  const panel = page.getByRole("tabpanel", { name: view });
  await panel.locator(VIEW_PARTS[view]).first().waitFor();
}

/** Fails where axe finds something serious or critical on the page, once colours that are changing have changed. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter((each) => each.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

/** Fails where the page is wider than its window. */
export async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content).toBeLessThanOrEqual(window ?? 0);
}
