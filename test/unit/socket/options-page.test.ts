import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { socketOptionsPage } from "../../../docs/socket-options-page.ts";
import { SOCKET_OPTIONS } from "../../../src/socket/options/options-table.ts";

it("docs/socket-options.md is up to date (npm run docs), and has every option", () => {
  const page = socketOptionsPage();
  expect(readFileSync(new URL("../../../docs/socket-options.md", import.meta.url), "utf8")).toBe(page);
  for (const option of Object.keys(SOCKET_OPTIONS)) expect(page).toContain(`### ${option}\n`);
});
