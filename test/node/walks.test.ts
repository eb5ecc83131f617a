import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import type { Walk } from "../../tools/walks/count.ts";

it("npm run walks follows all three to their ends", () => {
  const output = execFileSync(process.execPath, ["--import", "tsx", "tools/walks.ts", "--json"], {
    encoding: "utf8",
  });
  const walks = JSON.parse(output) as Walk[];
  const ends = walks.map(({ steps }) => [steps[0]?.what, steps.at(-1)?.what]);
  expect(ends).toEqual([
    ["put", "told to the listener"],
    ["put", "sent"],
    ["put", "put"],
  ]);
  for (const { total, steps } of walks) {
    expect(total).toBe(steps.reduce((sum, { frames }) => sum + frames.length, 0));
    for (const { file, line, name } of steps.flatMap(({ frames }) => frames))
      expect(`${file}:${line} ${name}`).toMatch(/^[\w/-]+\.ts:\d+ \S+/);
  }
});
