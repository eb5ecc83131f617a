/**
 * `npm run mutants`: puts one mistake after another into the core and sees that the tests find each of them.
 * Owns: the command line, the account. Does not own: the mutants (list.ts), trying them (judging/).
 */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { flag, list, readCommand, refuse, text, wholeNumber } from "../../tools/command-line.ts";
import { Judge, type Outcome } from "./judging/judge.ts";
import { changedSince, ROOT } from "./judging/tree.ts";
import { MUTANTS } from "./list.ts";
import { type Mutant, sourceOf } from "./mutant.ts";

/** Of the working tree; git ignores it. */
const KEPT = "test/mutants/.kept";

const COMMAND = {
  name: "mutants",
  about:
    "Puts one mistake after another into src and sees that the tests find each of them. The tests that execute the " +
    "mutated line run until one fails: quick ones on all mutants, then long ones on what lives, then those of real " +
    `sockets. Which tests do is measured once and kept in ${KEPT}, as are the results: they hold in another folder, too.`,
  options: {
    only: list("these mutants", { otherwise: "all", placeholder: "ID" }),
    "changed-since": text("mutants of files that have changed since this revision", undefined, {
      otherwise: "all",
      placeholder: "REV",
    }),
    resume: flag(
      "tells again, without another try, of whom the mutated file and the test that failed are unchanged",
    ),
    workers: wholeNumber("mutants that are tried at a time", Math.min(2, availableParallelism()), {
      from: 1,
    }),
  },
} as const;

interface Wanted {
  readonly mutants: readonly Mutant[];
  readonly workers: number;
  readonly resumes: boolean;
}

function read(): Wanted {
  const { only, resume, workers, "changed-since": revision } = readCommand(COMMAND).values;
  const unknown = only?.filter((id) => MUTANTS.every((one) => one.id !== id)) ?? [];
  if (unknown.length > 0) refuse(COMMAND, `there is no mutant ${unknown.join(", ")}`);
  const changed = revision === undefined ? undefined : filesChangedSince(revision);
  const isWanted = ({ id, file }: Mutant): boolean =>
    only?.includes(id) !== false && changed?.has(sourceOf({ file })) !== false;
  return { mutants: MUTANTS.filter(isWanted), workers, resumes: resume };
}

function filesChangedSince(revision: string): ReadonlySet<string> {
  try {
    return changedSince(revision);
  } catch {
    refuse(COMMAND, `git knows no revision ${revision}`);
  }
}

function tell({ mutant, killedBy, error, isKept }: Outcome): void {
  const fate = error ?? (killedBy === undefined ? "LIVES" : `killed by ${killedBy}`);
  console.log(`${mutant.id} (${sourceOf(mutant)}): ${fate}${isKept ? " (kept)" : ""}`);
}

async function main({ mutants, workers, resumes }: Wanted): Promise<boolean> {
  const beganMs = performance.now();
  const outcomes: Outcome[] = [];
  const judge = new Judge({
    mutants,
    workers,
    resumes,
    folder: join(ROOT, KEPT),
    log: (line) => console.log(line),
    onOutcome: (outcome) => {
      outcomes.push(outcome);
      tell(outcome);
    },
  });
  const failure = await judge.judge();
  if (failure !== undefined) {
    console.error(`the tests fail without any mutant: ${failure}`);
    return false;
  }
  const alive = outcomes.filter(({ killedBy }) => killedBy === undefined);
  for (const { mutant, error } of alive) console.log(`not killed: ${mutant.id}: ${error ?? mutant.why}`);
  const seconds = Math.round((performance.now() - beganMs) / 1_000);
  console.log(`${outcomes.length - alive.length} mutants killed, ${alive.length} not; ${seconds} s`);
  return alive.length === 0;
}

process.exitCode = (await main(read())) ? 0 : 1;
