import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";
import { INSTALLED } from "../../runtimes/catalogue.ts";
import { runTests } from "../../runtimes/vitest-run.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const NAME = "this-node";
const THIS_NODE = {
  name: NAME,
  other: undefined,
  source: "",
  binary: "",
  flags: [],
  path: process.execPath,
  version: process.version,
};
const LIMITS = { limitMs: 60_000, pattern: undefined };

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(`${INSTALLED}/${NAME}`, { recursive: true, force: true });
});

test.each([undefined, "true"])(
  "the tests of a runtime are counted, where CI is %s as well: its report of all tests is another one",
  async (ci) => {
    vi.stubEnv("CI", ci);
    const { passedCount, failures } = await runTests(THIS_NODE, ROOT, "test/unit/base/fifo.test.ts", LIMITS);
    expect(failures).toEqual([]);
    expect(passedCount).toBeGreaterThan(0);
  },
);

test("a runtime that ends well and tells of no test has failed", async () => {
  const flags = ["--eval", "", "--"];
  const { passedCount, failures } = await runTests({ ...THIS_NODE, flags }, ROOT, "test/node", LIMITS);
  expect(passedCount).toBe(0);
  expect(failures.map(({ message }) => message)).toEqual(["wrote no report, and ended with 0: "]);
});
