/**
 * Mistakes that somebody could make in telling what happens and why; the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const REASONS = "association/reporting/packet-reasons.ts";
const PCAPNG = "trace/pcapng.ts";

export const TRACE_MUTANTS: readonly Mutant[] = [
  // ---- Why a packet is sent ----
  mutant(
    "why-repeat",
    REASONS,
    "this.#expired.delete(timer)) return [words];",
    "this.#expired.has(timer)) return [];",
    "a repeat has no reason",
  ),
  mutant(
    "why-clear",
    REASONS,
    "    this.#repeated.clear();\n",
    "",
    "TSNs that went again are remembered for ever",
  ),
  mutant(
    "why-fast",
    REASONS,
    'if (lost["fast-retransmit"].length > 0)',
    'if (lost["fast-retransmit"].length > 1)',
    "a fast retransmission is not told apart from new DATA",
  ),
  mutant("why-delayed", REASONS, '  "delayed-sack",\n', "", "a SACK that waited is told as one that was due"),
  mutant(
    "why-gap",
    REASONS,
    "SACK_GAP_COUNT_AT = 12",
    "SACK_GAP_COUNT_AT = 14",
    "missing DATA is no reason for a SACK",
  ),
  mutant(
    "why-unconfirmed",
    REASONS,
    "if (!confirmed) return",
    "if (confirmed && probeBytes < 0) return",
    "an address that is tried out is called idle",
  ),
  mutant(
    "why-idle",
    REASONS,
    'if (timer === "heartbeat" && address !== undefined) this.#idle.add(address);\n    else ',
    "",
    "an idle path is not the reason for its HEARTBEAT",
  ),
  mutant(
    "why-stranger",
    "stack/outbox.ts",
    "if (this.#trace?.detail !== undefined) {",
    "if (this.#trace?.detail === null) {",
    "answers to strangers have no reason",
  ),
  mutant(
    "why-passed-on",
    "sim/host-trace.ts",
    "this.detail = detailsFor(sink);",
    "this.detail = undefined;",
    "the trace of a simulated host is told of no details",
  ),
  mutant(
    "fan-detail",
    "trace/fan-out.ts",
    "...(detail && { detail }),",
    "",
    "several sinks are told of no details",
  ),
  mutant(
    "detail-unasked",
    "base/trace-sink.ts",
    "if (asking.length === 0) return undefined;",
    "",
    "details are put together for sinks that do not ask",
  ),
  // ---- Captures that are written ----
  mutant(
    "png-reason",
    PCAPNG,
    "const reasons = sent ?",
    "const reasons = !sent ?",
    "reasons are written to what is received",
  ),
  mutant(
    "png-reason-once",
    PCAPNG,
    "if (sent) this.#reasons = [];",
    "",
    "a reason is written to all packets that follow",
  ),
  mutant(
    "png-interface",
    PCAPNG,
    "view.setUint32(0, datagram.interfaceId ?? 0, true);",
    "",
    "all paths are one interface",
  ),
  mutant(
    "png-limit",
    PCAPNG,
    "MAX_PATH_INTERFACES = 256",
    "MAX_PATH_INTERFACES = 4_096",
    "peers can make the interfaces grow",
  ),
  mutant(
    "png-section",
    PCAPNG,
    "...commentOptions(this.#sectionComments),",
    "",
    "the section has no comment",
  ),
];
