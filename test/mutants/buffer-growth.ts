/**
 * Mistakes that somebody could make in buffers that grow with the flow, one line each; the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const GROWTH = "association/procedures/receive-buffer-growth.ts";
const BUDGET = "association/model/growth-budget.ts";
const WORTH = "association/sending/send-buffer-worth.ts";
const SEND_GROWTH = "association/sending/send-buffer-growth.ts";
const EVENTS = "association/reporting/user-events.ts";
const OPTIONS = "base/options.ts";

export const BUFFER_GROWTH_MUTANTS: readonly Mutant[] = [
  // ---- The receive buffer ----
  mutant(
    "rbg-slow-reader",
    GROWTH,
    "    if (this.#parts.inbound.buffer.readyCount > 0) return;\n",
    "",
    "a buffer grows for a reader that never catches up",
  ),
  mutant(
    "rbg-share",
    GROWTH,
    "Math.ceil(this.#readBytes * share)",
    "this.#readBytes",
    "what was read in many round trips counts as read in one",
  ),
  mutant(
    "rbg-twice",
    GROWTH,
    "const ROUND_TRIPS_HELD = 2;",
    "const ROUND_TRIPS_HELD = 1;",
    "a flow that the window holds back never makes it larger",
  ),
  mutant(
    "rbg-limit",
    GROWTH,
    "Math.min(ROUND_TRIPS_HELD * readBytes, receiveBufferLimitBytes)",
    "ROUND_TRIPS_HELD * readBytes",
    "a buffer grows past its limit",
  ),
  mutant(
    "rbg-slow-flow",
    GROWTH,
    "Math.max(measuredMs, Math.min(this.#shortestMs, MOST_QUEUED * measuredMs))",
    "Math.max(measuredMs, this.#shortestMs)",
    "a slow flow is taken for one with a long round trip",
  ),
  mutant(
    "rbg-longer-way",
    GROWTH,
    "return Math.max(measuredMs, Math.min(this.#shortestMs, MOST_QUEUED * measuredMs));",
    "return measuredMs;",
    "a round trip that has become longer is never noticed",
  ),
  mutant(
    "rbg-measured",
    GROWTH,
    "Math.max(measuredMs, Math.min(",
    "Math.min(measuredMs, Math.min(",
    "what HEARTBEATs have measured counts for nothing where the window is small",
  ),
  mutant(
    "rbg-needed",
    GROWTH,
    "    this.#neededBytes = Math.max(this.#neededBytes, worthBytes);\n",
    "",
    "a buffer that is needed shrinks every minute",
  ),
  mutant(
    "rbg-waits",
    GROWTH,
    "    if (buffer.usedBytes > 0) return;\n",
    "",
    "a buffer shrinks under what waits in it",
  ),
  mutant(
    "rbg-committed",
    GROWTH,
    "this.committedBytes = Math.max(this.committedBytes, buffer.capacityBytes);",
    "this.committedBytes = buffer.capacityBytes;",
    "what a larger window had allowed is dropped when the buffer has become smaller",
  ),
  mutant(
    "rbg-committed-read",
    "association/receiving/inbound.ts",
    "this.growth?.committedBytes ?? this.buffer.capacityBytes",
    "this.buffer.capacityBytes",
    "the same, where DATA comes",
  ),
  mutant(
    "rbg-forget",
    GROWTH,
    "    buffer.forgetLargerWindows();\n",
    "",
    "what a window allowed hours ago is taken, though others have the room now",
  ),
  mutant(
    "rbg-give-back",
    GROWTH,
    "    this.#heldBytes = seat.growth.resize(this.#heldBytes, heldBytes);\n    if (neededBytes",
    "    if (neededBytes",
    "what an idle buffer has given back is nobody's",
  ),
  mutant(
    "rbg-say",
    GROWTH,
    "      sackPolicy.sendNow();\n",
    "",
    "the peer of an idle buffer does not hear that it has become smaller",
  ),
  mutant(
    "rbg-end",
    GROWTH,
    "    this.#heldBytes = seat.growth.resize(this.#heldBytes, 0);\n",
    "",
    "the dead keep what they have grown by",
  ),
  mutant(
    "rbg-restart",
    GROWTH,
    "    inbound.buffer.capacityBytes = settings.options.receiveBufferBytes;\n",
    "",
    "a peer that begins anew has a window that it was not told of",
  ),
  mutant(
    "rbg-restart-tsns",
    GROWTH,
    "    this.#windowLeftBytes = -1;\n",
    "",
    "after a restart the round trip is measured by TSNs of before",
  ),
  mutant(
    "rbg-options",
    "association/association.ts",
    "    inbound.growth?.onOptions(nowMs);\n",
    "",
    "a size that is said later does not hold",
  ),
  mutant(
    "rbg-other-options",
    "association/receiving/inbound.ts",
    "if (this.growth === undefined) this.buffer.capacityBytes",
    "this.buffer.capacityBytes",
    "an option of something else makes a buffer small that has grown",
  ),
  mutant(
    "rbg-budget",
    BUDGET,
    "    this.#leftBytes += heldBytes - grantedBytes;\n",
    "",
    "all buffers together grow without end",
  ),
  mutant(
    "rbg-budget-held",
    BUDGET,
    "Math.min(wantedBytes, heldBytes + this.#leftBytes)",
    "Math.min(wantedBytes, this.#leftBytes)",
    "a buffer that grows twice loses what it had grown by",
  ),
  // ---- The send buffer ----
  mutant(
    "sbg-peer",
    WORTH,
    "cwndBytes < advertisedBytes ? Math.ceil(cwndBytes) : advertisedBytes",
    "Math.ceil(cwndBytes)",
    "a peer without room makes the sender keep more for it",
  ),
  mutant(
    "sbg-paths",
    WORTH,
    "cwndBytes += congestion.cwndBytes *",
    "cwndBytes = congestion.cwndBytes *",
    "only the last path counts",
  ),
  mutant(
    "sbg-slowest",
    WORTH,
    "isQuick ? slowestMs / rto.srttMs : 1",
    "1",
    "what quick paths deliver before the slowest one does has no room",
  ),
  mutant(
    "sbg-whole",
    WORTH,
    "Math.ceil(cwndBytes)",
    "cwndBytes",
    "a user's controller makes a buffer of half a byte",
  ),
  mutant(
    "sbg-keeps",
    SEND_GROWTH,
    "Math.max(this.#grownBytes, sizeBytes - sendBufferBytes)",
    "sizeBytes - sendBufferBytes",
    "a small window makes the send buffer smaller than what was said",
  ),
  mutant(
    "sbg-limit",
    SEND_GROWTH,
    "Math.min(worthBytes, sendBufferLimitBytes)",
    "worthBytes",
    "the send buffer grows past its limit",
  ),
  mutant(
    "sbg-dry",
    SEND_GROWTH,
    "isEmpty ? 0 : options.sendBufferLimitBytes - options.sendBufferBytes",
    "options.sendBufferLimitBytes - options.sendBufferBytes",
    "an idle association keeps what others need",
  ),
  mutant(
    "sbg-options",
    EVENTS,
    "    this.#parts.outbound.shrink(this.#parts.seat.growth);\n    this.#awaitRoom();\n",
    "    this.#awaitRoom();\n",
    "a send buffer that has grown stays so whatever is said later",
  ),
  mutant(
    "sbg-low",
    EVENTS,
    "outbound.bufferedBytes * 2 > outbound.sendBufferBytes",
    "outbound.bufferedBytes * 4 > outbound.sendBufferBytes",
    "who waits for room is told when three quarters are free",
  ),
  mutant(
    "sbg-evicts",
    "association/extensions/partial-reliability.ts",
    "    outbound.makeRoom(neededBytes, seat.growth);\n",
    "",
    "messages are given up where the buffer could grow",
  ),
  // ---- Options ----
  mutant(
    "bg-fixed-receive",
    OPTIONS,
    "asked = { ...asked, receiveBufferLimitBytes: receiveBufferBytes };",
    "asked = { ...asked };",
    "a receive buffer whose size was said grows",
  ),
  mutant(
    "bg-fixed-send",
    OPTIONS,
    "sendBufferLimitBytes: sendBufferBytes ?? SEND_BUFFER_BYTES",
    "sendBufferLimitBytes: SEND_BUFFER_BYTES",
    "a send buffer whose size was said grows",
  ),
  mutant(
    "bg-limit-below",
    OPTIONS,
    "if (options[size] <= options[limit]) return;",
    "return;",
    "a limit below the size is taken",
  ),
];
