import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import type { Walk } from "../../tools/walks/count.ts";

// A process of its own: the tool watches JavaScript's own arrays and maps.
const OUTPUT = execFileSync(process.execPath, ["--import", "tsx", "tools/walks.ts", "--json"], {
  encoding: "utf8",
});
const walks = JSON.parse(OUTPUT) as Walk[];

it("npm run walks follows all three to their ends", () => {
  expect(walks.map(({ steps }) => steps.map(({ what }) => what))).toEqual([
    ["put", "put", "taken", "taken", "told to the listener"],
    ["put", "copied", "sent"],
    ["put"],
  ]);
  for (const { total, steps } of walks) {
    expect(total).toBe(steps.reduce((sum, { frames }) => sum + frames.length, 0));
    for (const { file, line, name } of steps.flatMap(({ frames }) => frames))
      expect(`${file}:${line} ${name}`).toMatch(/^[\w/-]+\.ts:\d+ \S+/);
  }
});

it("a datagram, a message and a timer go through fewer than 20, 15 and 9 functions", () => {
  // Of Deno's UDP sockets one event goes through a function of ours (deno-socket.ts).
  const ofRuntime = process.versions["deno"] === undefined ? 0 : 1;
  const [received = NaN, sent = NaN, expired = NaN] = walks.map(({ total }) => total);
  expect(received).toBeLessThan(20 + ofRuntime);
  expect(sent).toBeLessThan(15);
  expect(expired).toBeLessThan(9);
});
