/**
 * The parts of vitest that are ours where the tests run on a mutant.
 * Owns: the order of the test files, telling what begins and what fails. Does not own: the settings and the runs
 * (warm-vitest.ts), what the parent makes of it (workspace.ts).
 */
import type { Reporter, TestCase, TestModule, TestSequencer, TestSpecification } from "vitest/node";

/** What the parent is told. */
export type Told =
  | { readonly kind: "begins"; readonly testFile: string }
  | { readonly kind: "ends"; readonly testFile: string }
  | { readonly kind: "fails"; readonly testFile: string; readonly title: string }
  /** All is run, or ended early. The error is one outside the tests. */
  | { readonly kind: "done"; readonly error: string | undefined };

/** In the order that was given last. */
export class GivenOrder implements TestSequencer {
  static testFiles: readonly string[] = [];

  shard(files: TestSpecification[]): TestSpecification[] {
    return files;
  }

  sort(files: TestSpecification[]): TestSpecification[] {
    const placeOf = ({ moduleId }: TestSpecification): number =>
      GivenOrder.testFiles.findIndex((testFile) => moduleId.endsWith(`/${testFile}`));
    return [...files].sort((a, b) => placeOf(a) - placeOf(b));
  }
}

export class Telling implements Reporter {
  readonly #tell: (told: Told) => void;

  constructor(tell: (told: Told) => void) {
    this.#tell = tell;
  }

  onTestModuleQueued({ relativeModuleId: testFile }: TestModule): void {
    this.#tell({ kind: "begins", testFile });
  }

  onTestCaseResult(test: TestCase): void {
    if (test.result().state !== "failed") return;
    this.#tell({ kind: "fails", testFile: test.module.relativeModuleId, title: test.fullName });
  }

  onTestModuleEnd(testModule: TestModule): void {
    const { relativeModuleId: testFile } = testModule;
    // The end may come before the result of the test that failed; a file that cannot be loaded has no tests.
    const [failed] = testModule.children.allTests("failed");
    if (testModule.state() === "failed")
      this.#tell({ kind: "fails", testFile, title: failed?.fullName ?? titleOfFile(testModule) });
    this.#tell({ kind: "ends", testFile });
  }
}

/** Where code is that is none: what is found then is no mistake that somebody could make. */
export const DOES_NOT_COMPILE = "does not compile";

function titleOfFile(testModule: TestModule): string {
  const compiles = !testModule.errors().some(({ message }) => message.startsWith("Transform failed"));
  return compiles ? "the file itself" : DOES_NOT_COMPILE;
}
