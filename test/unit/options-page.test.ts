import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { MADE_SOURCES } from "../../docs/option-types.ts";
import { optionsPage } from "../../docs/options-page.ts";
import { socketOptionsPage } from "../../docs/socket-options-page.ts";
import { ASSOCIATION_OPTIONS, STACK_OPTIONS } from "../../src/base/options.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

it("docs/options.md is up to date (npm run docs), and has every option", () => {
  const page = optionsPage();
  expect(read("docs/options.md")).toBe(page);
  for (const name of [...Object.keys(ASSOCIATION_OPTIONS), ...Object.keys(STACK_OPTIONS)])
    expect(page).toContain(`| \`${name}\` |`);
});

it.each(Object.entries(MADE_SOURCES))("%s is up to date (npm run docs)", (path, text) => {
  expect(read(path)).toBe(text());
});

it("the text of heartbeats says why they differ from the RFC's recommendation [C5]", () => {
  expect(optionsPage()).toMatch(
    /\| `heartbeatIntervalMs` \| `15000` \|.*RFC 9260 16 recommends 30 s.*NAT.*RFC 8085 3\.5/,
  );
});

it("docs/socket-options.md shows the calls that sockets and endpoints have [C3]", () => {
  const [sample = ""] = socketOptionsPage().match(/```ts\n[\s\S]*?```/) ?? [];
  expect(sample).toContain("socket.setOption(");
  expect(sample).toContain("endpoint.getOption(");
  expect(sample).not.toContain("sockopt");
});
