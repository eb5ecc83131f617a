/**
 * Mistakes in what the checkers of the simulation, and those who watch it, remember.
 * Does not own: those in the network and in scenarios (scenarios.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const DUE = "sim/checks/due-queue.ts";
const FLOW = "sim/checks/flow.ts";
const RULES = "sim/checks/packet-checker.ts";
const OPEN = "trace/open-tsns.ts";
const RANDOM = "platform/random.ts";

export const CHECKER_MUTANTS: readonly Mutant[] = [
  mutant("ch-gone", DUE, "    this.#gone = 0;\n", "", "what is due is skipped once many have come"),
  mutant(
    "ch-waiting",
    DUE,
    "this.#all.slice(this.#gone).filter",
    "this.#all.filter",
    "what has come counts as due",
  ),
  mutant(
    "ch-reset-place",
    DUE,
    "at + 1)",
    "at)",
    "the reset itself stays in the way of what comes behind it",
  ),
  mutant(
    "ch-other-resets",
    DUE,
    "due instanceof Uint8Array || due.reset !== number",
    "due instanceof Uint8Array",
    "one reset that is refused takes all others with it",
  ),
  mutant(
    "ch-reset-gone",
    DUE,
    "  takeThroughReset(): readonly Uint8Array[] {\n    this.#forgetGone();",
    "  takeThroughReset(): readonly Uint8Array[] {",
    "what has come is taken once more by a reset",
  ),
  mutant(
    "ch-window-gap",
    FLOW,
    "this.#gapBytes += this.#sent.get(tsn)?.payloadBytes ?? 0;",
    "",
    "what has arrived beyond a gap still fills the window",
  ),
  mutant(
    "ch-window-acked",
    FLOW,
    "    this.#sentBytes -= payloadBytes;\n",
    "",
    "what has been acknowledged still fills the window",
  ),
  mutant(
    "ch-ordinary-sack",
    RULES,
    "if (isData(type)) mayBeSack = false;",
    "if (isData(type)) continue;",
    "a SACK behind DATA passes for ordinary",
  ),
  mutant(
    "ch-ordinary-tag",
    RULES,
    "return tag !== 0 && chunks",
    "return chunks",
    "DATA with the tag 0 passes",
  ),
  mutant(
    "ch-open-order",
    OPEN,
    "this.#isInOrder = false;",
    "this.#isInOrder = true;",
    "what was added late is open for ever",
  ),
  mutant(
    "ch-open-again",
    OPEN,
    "      known.push(carrier);\n",
    "",
    "only the first copy is marked as given up",
  ),
  mutant(
    "ch-open-limit",
    OPEN,
    "if (this.#carriers.size >= MAX_TSNS) return;",
    "",
    "a long trace remembers without end",
  ),
  mutant(
    "ch-open-gaps",
    OPEN,
    "Math.max(furthest, end)",
    "Math.max(furthest, 0 * end)",
    "what arrived beyond a gap is open",
  ),
  mutant(
    "ch-fill-state",
    RANDOM,
    "    this.#d = d;\n",
    "",
    "numbers behind a filled array repeat themselves",
  ),
];
