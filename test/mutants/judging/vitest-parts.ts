/**
 * The parts of vitest that are ours where the tests run on a mutant.
 * Owns: the order of the test files, telling the parent process what begins and what fails. Does not own: the settings
 * (vitest.config.ts), what the parent makes of it (workspace.ts).
 */
import type { Reporter, TestCase, TestModule, TestSequencer, TestSpecification } from "vitest/node";

/** A line that is told to the parent, after TOLD. */
export type Told =
  | { readonly kind: "begins"; readonly testFile: string }
  | { readonly kind: "ends"; readonly testFile: string }
  | { readonly kind: "fails"; readonly testFile: string; readonly title: string };

/** Begins a line of Told: tests may print what they like. */
export const TOLD = "@told ";

/** In the order of the JSON list in MUTANTS_TEST_FILES. */
export class GivenOrder implements TestSequencer {
  shard(files: TestSpecification[]): TestSpecification[] {
    return files;
  }

  sort(files: TestSpecification[]): TestSpecification[] {
    const order = JSON.parse(process.env["MUTANTS_TEST_FILES"] ?? "[]") as string[];
    const placeOf = ({ moduleId }: TestSpecification): number =>
      order.findIndex((testFile) => moduleId.endsWith(`/${testFile}`));
    return [...files].sort((a, b) => placeOf(a) - placeOf(b));
  }
}

export class Telling implements Reporter {
  onTestModuleQueued({ relativeModuleId: testFile }: TestModule): void {
    tell({ kind: "begins", testFile });
  }

  onTestCaseResult(test: TestCase): void {
    if (test.result().state !== "failed") return;
    tell({ kind: "fails", testFile: test.module.relativeModuleId, title: test.fullName });
  }

  onTestModuleEnd(testModule: TestModule): void {
    const { relativeModuleId: testFile } = testModule;
    // The end may come before the result of the test that failed; a file that cannot be loaded has no tests.
    const [failed] = testModule.children.allTests("failed");
    if (testModule.state() === "failed")
      tell({ kind: "fails", testFile, title: failed?.fullName ?? "the file itself" });
    tell({ kind: "ends", testFile });
  }
}

function tell(told: Told): void {
  process.stdout.write(`\n${TOLD}${JSON.stringify(told)}\n`);
}
