/**
 * Mistakes that somebody could make in telling what an association is at; the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const INSPECTION = "association/reporting/inspection.ts";

export const INSPECTION_MUTANTS: readonly Mutant[] = [
  mutant(
    "insp-first",
    INSPECTION,
    "let tsn = tsnAdd(sent.cumulativeAckPoint, 1);",
    "let tsn = tsnAdd(sent.cumulativeAckPoint, 2);",
    "the oldest outstanding chunk is not told of",
  ),
  mutant(
    "insp-queued",
    INSPECTION,
    "sum + data.length - sentBytes",
    "sum + data.length",
    "what has a TSN counts as queued, too",
  ),
  mutant(
    "insp-outstanding",
    INSPECTION,
    "(outstandingBytes.get(streamId) ?? 0) + payloadBytes",
    "payloadBytes",
    "of the outstanding bytes of a stream only the last chunk's count",
  ),
  mutant(
    "insp-drained",
    INSPECTION,
    "new Set([...waiting.keys(), ...outstandingBytes.keys()])",
    "new Set([...waiting.keys()])",
    "a stream of which all has been sent is not told of",
  ),
  mutant(
    "insp-early",
    INSPECTION,
    'addAll(early, "order");',
    "",
    "messages that came too early are not told of",
  ),
  mutant(
    "insp-highest",
    INSPECTION,
    "peerHighestTsn: inbound.tsns.highestTsn,",
    "peerHighestTsn: inbound.tsns.cumulativeTsn,",
    "a gap is not told of",
  ),
  mutant(
    "insp-lowest",
    "association/receiving/i-data-assembler.ts",
    "(tsnGt(lowest, each) ? each : lowest)",
    "(tsnGt(lowest, each) ? lowest : each)",
    "a message in pieces is told of by its last TSN",
  ),
  mutant(
    "insp-ready",
    "base/fifo.ts",
    "return this.#items.slice(this.#head) as T[];",
    "return this.#items.slice() as T[];",
    "what the user has taken is told of",
  ),
  mutant(
    "places-kept",
    "base/places.ts",
    "    this.#items[place] = undefined;\n",
    "",
    "what has left stays in memory until its place is taken again",
  ),
  mutant(
    "places-not-free",
    "base/places.ts",
    "    this.#free.push(place);\n",
    "",
    "each that comes takes a place of its own for ever",
  ),
  mutant(
    "passing-delete",
    "base/places.ts",
    "    this.#places.remove(place);\n",
    "",
    "what is deleted from a passing map stays in memory",
  ),
  mutant(
    "user-data-kept",
    "node/driver/port-driver.ts",
    'if (event.kind === "closed") association.userData = undefined;',
    "",
    "an association that has ended leads to its socket, and both live on",
  ),
];
