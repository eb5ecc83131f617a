/**
 * Mistakes that somebody could make in the Adaptation Layer Indication (RFC 5061 4.2.6); the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const EXTENSION = "association/extensions/adaptation-indication.ts";

export const ADAPTATION_MUTANTS: readonly Mutant[] = [
  mutant(
    "adapt-zero",
    EXTENSION,
    "adaptationCode === undefined",
    "!adaptationCode",
    "the code point 0 is not said",
  ),
  mutant(
    "adapt-unwanted",
    EXTENSION,
    "isWanted: () => true,",
    "isWanted: ({ adaptationIndication }) => adaptationIndication !== undefined,",
    "only who says one hears one",
  ),
  mutant(
    "adapt-mutual",
    EXTENSION,
    "return ours.parameters.length > 0 ? NOTHING_SAVED : undefined;",
    "return undefined;",
    "an INIT ACK says it only to who has said one",
  ),
  mutant(
    "adapt-header",
    EXTENSION,
    "encodeParameter(told).subarray(HEADER_BYTES)",
    "encodeParameter(told)",
    "the header is the code point",
  ),
  mutant(
    "adapt-last",
    EXTENSION,
    "const [told] = theirs.parameters;",
    "const told = theirs.parameters.at(-1);",
    "the last of several counts",
  ),
  mutant(
    "adapt-nothing",
    EXTENSION,
    "saved.length < HEADER_BYTES ? undefined",
    "saved.length < HEADER_BYTES ? 0",
    "who says nothing says 0",
  ),
  mutant(
    "adapt-early",
    "association/procedures/establishment.ts",
    "    this.#parts.events.established();\n    this.#parts.onAnnounced();",
    "    this.#parts.onAnnounced();\n    this.#parts.events.established();",
    "it is told before the association is",
  ),
  mutant(
    "adapt-restart",
    "association/procedures/acceptance.ts",
    "    this.#parts.onAnnounced();\n",
    "",
    "a restart tells nothing of it",
  ),
];
