/**
 * `npm run playground:measure`: how fast the playground is in a real Chromium.
 * Owns: the figures. Does not own: judging them: a busy host is slow; the size has a test (size.test.ts).
 */
import { fileURLToPath } from "node:url";
import { writeAddress } from "../../src/session/address.ts";
import { launchChromium } from "./chromium.ts";
import { serveFiles } from "./server.ts";

const SECONDS = 10;
const PATIENCE_MS = 300_000;
const STEPS = 20;
/** 100 Mbit/s for ten seconds. */
const TRANSFER = JSON.stringify({
  name: "transfer",
  durationMs: 1_000 * SECONDS,
  hosts: [
    { name: "alice", addresses: ["10.0.0.1"], options: { sendBufferBytes: 200_000_000 } },
    { name: "bob", addresses: ["10.0.0.2"] },
  ],
  links: [
    {
      between: ["10.0.0.1", "10.0.0.2"],
      there: { delayMinMs: 5, bytesPerSecond: 12_500_000, queueBytes: 200_000 },
      back: { delayMinMs: 5 },
    },
  ],
  timeline: [
    { atMs: 0, do: "listen", host: "bob", port: 7 },
    { atMs: 0, do: "connect", host: "alice", to: "bob", port: 7 },
    { atMs: 50, do: "send", host: "alice", bytes: 1_000_000, count: 120 },
  ],
});

const server = await serveFiles(fileURLToPath(new URL("../../dist/web", import.meta.url)));
const browser = await launchChromium();
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const fragment = await writeAddress({ document: TRANSFER, atMs: 0, interventions: [] });
  await page.goto(`${server.address}#${fragment}`);
  const scrubber = page.getByLabel("Moment");
  const began = performance.now();
  await scrubber.fill(String(1_000 * SECONDS));
  await page
    .getByRole("status")
    .filter({ hasText: `at ${SECONDS}000.000 ms` })
    .waitFor();
  const seconds = (performance.now() - began) / 1_000;
  const packets = await page.locator(".counts").textContent();
  console.log(`${SECONDS} s at 100 Mbit/s: ${seconds.toFixed(1)} s (${packets})`);

  await page.goto(`${server.address}?steps#scenario=lossy&at=600`);
  await page.getByRole("status").filter({ hasText: "at 600.000 ms" }).waitFor();
  const times: number[] = [];
  for (let i = 0; i < STEPS; i++) times.push(await page.evaluate(timeOfStep));
  times.sort((a, b) => a - b);
  console.log(
    `a step, from the click to the words: median ${times[STEPS / 2]?.toFixed(0)} ms, worst ${times.at(-1)?.toFixed(0)} ms`,
  );
} finally {
  await browser.close();
  server.close();
}

/** In the page. */
function timeOfStep(): Promise<number> {
  const news = document.querySelector(".news") as Element;
  const step = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Step");
  const began = performance.now();
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      observer.disconnect();
      resolve(performance.now() - began);
    });
    observer.observe(news, { characterData: true, childList: true, subtree: true });
    step?.click();
  });
}
