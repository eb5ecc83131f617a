/** Mistakes in what the playground does behind its pages: playing, going back, taking home, the address. */
import { type Mutant, mutant } from "./mutant.ts";

const PLAYER = "playground/src/session/player.ts";
const FILES = "playground/src/session/files.ts";
const CAPTURE = "playground/src/session/capture.ts";
const ADDRESS = "playground/src/session/address.ts";
const EDITS = "playground/src/session/scenario-edits.ts";
const SNAPSHOT = "playground/src/session/take-snapshot.ts";

export const PLAYGROUND_MUTANTS: readonly Mutant[] = [
  mutant(
    "play-out-of-reach",
    PLAYER,
    "if (!packetsUnderWay.some(({ id }) => id === copy)) return false;",
    "",
    "what was to be done later is forgotten though nothing has been done",
  ),
  mutant(
    "play-later",
    PLAYER,
    "if (this.#interventions.length > this.#run.interventions.length) {",
    "if (this.#interventions.length < 0) {",
    "what was to be done later is done to other packets",
  ),
  mutant(
    "play-kept",
    PLAYER,
    "const isDone = this.#run.disturb(copy, what);\n    this.#interventions = this.#run.interventions.slice();",
    "const isDone = this.#run.disturb(copy, what);",
    "what was done by hand is not done again after going back",
  ),
  mutant(
    "play-now",
    PLAYER,
    "this.#run.playTo(nowMs);",
    "",
    "time falls back to the last event once something is done",
  ),
  mutant(
    "play-back",
    PLAYER,
    "findLast((count) => count < stepCount)",
    "find((count) => count < stepCount)",
    "a step back leads to the first step",
  ),
  mutant(
    "play-lost-at",
    PLAYER,
    "return again?.atMs ?? ",
    "return ",
    "a packet that is lost again is lost elsewhere",
  ),
  mutant("play-once", FILES, 'if (direction === "sent") sink', "sink", "a capture holds each packet twice"),
  mutant(
    "play-host",
    FILES,
    "(each === host ? sink : undefined)",
    "(each !== host ? sink : undefined)",
    "the trace of one host is that of another",
  ),
  mutant(
    "play-name",
    FILES,
    'replaceAll(/[^\\w.-]+/g, "-")',
    'replaceAll(/[^\\w./-]+/g, "-")',
    "a file has a name that is a path",
  ),
  mutant(
    "play-fault",
    CAPTURE,
    "fault === undefined ? ",
    "fault !== undefined || true ? ",
    "a capture that ends in the middle looks whole",
  ),
  mutant("play-others", CAPTURE, "[otherCount, ", "[0, ", "nobody is told of frames that are not shown"),
  mutant(
    "play-seed",
    ADDRESS,
    'if (seed !== undefined) fields.set("seed"',
    'if (seed === 0) fields.set("seed"',
    "the address forgets the seed",
  ),
  mutant(
    "play-at",
    ADDRESS,
    "if (atMs > 0) fields",
    "if (atMs < 0) fields",
    "the address forgets the moment",
  ),
  mutant(
    "play-most",
    ADDRESS,
    "if (text.length > MAX_DOCUMENT_BYTES)",
    "if (text.length < 0)",
    "an address unpacks to more than a page can hold",
  ),
  mutant(
    "play-hands",
    ADDRESS,
    "parts.length > MAX_INTERVENTIONS",
    "parts.length < 0",
    "an address names packets without end",
  ),
  mutant(
    "play-whole",
    ADDRESS,
    "if (!Number.isSafeInteger(value))",
    "if (value === -1)",
    "half a step is waited for, and nothing behind it is done",
  ),
  mutant(
    "play-soon",
    EDITS,
    "(nowMs + NEXT_MS)",
    "nowMs",
    "a change comes before what has happened at this moment",
  ),
  mutant(
    "play-one-way",
    EDITS,
    "oneWay !== true && from === b",
    "from === b",
    "what is done to one direction is done to both",
  ),
  mutant(
    "play-timers",
    SNAPSHOT,
    ".sort((a, b) => a.dueMs - b.dueMs)",
    "",
    "the timer that expires next is not the first",
  ),
  mutant(
    "play-behind",
    SNAPSHOT,
    'chunk.state !== "acknowledged" && ',
    "",
    "what has come is said to be waited for",
  ),
];
