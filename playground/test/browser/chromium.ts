/**
 * A real Chromium.
 * Owns: finding and starting it. Does not own: installing it (setup.sh beside the package), the pages in it (harness.ts).
 */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const CANDIDATES = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser"];
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @throws Error that says what to do where there is none */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: ARGUMENTS });
}

function chromiumPath(): string {
  const path = CANDIDATES.find((candidate) => candidate !== undefined && existsSync(candidate));
  if (path !== undefined) return path;
  throw new Error(
    "There is no Chromium. On Debian: apt-get install chromium, or playground/setup.sh. Elsewhere: install it, and say in the " +
      "environment where it is, as in CHROMIUM=/opt/chromium/chrome npm run test:browser.",
  );
}
