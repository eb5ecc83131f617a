import { describe, expect, it } from "vitest";
import { tooLong } from "../../../tools/durations.ts";
import { type JsonReport, resultsOf } from "../../../tools/test-report.ts";

const report = (file: string, duration: number, cpuMs?: number): JsonReport => ({
  testResults: [
    {
      name: `/root/${file}`,
      assertionResults: [
        {
          title: "is quick",
          fullName: "it is quick",
          status: "passed",
          duration,
          meta: cpuMs === undefined ? {} : { cpuMs },
        },
      ],
    },
  ],
});
const lateOnes = (...arguments_: Parameters<typeof report>): string[] =>
  tooLong(resultsOf(report(...arguments_), "/root")).map(({ file }) => file);

describe("the limit of tests under test/unit", () => {
  it("is two seconds of CPU, whatever the clock says on a busy machine [C9]", () => {
    expect(lateOnes("test/unit/a.test.ts", 100, 2_001)).toEqual(["test/unit/a.test.ts"]);
    expect(lateOnes("test/unit/a.test.ts", 9_000, 2_000)).toEqual([]);
  });

  it("is two seconds by the clock where no CPU time was measured", () => {
    expect(lateOnes("test/unit/deep/a.test.ts", 2_001)).toEqual(["test/unit/deep/a.test.ts"]);
    expect(lateOnes("test/unit/a.test.ts", 1_999)).toEqual([]);
  });

  it("does not hold for tests elsewhere", () => {
    expect(lateOnes("test/sim/a.test.ts", 9_000, 9_000)).toEqual([]);
  });
});
