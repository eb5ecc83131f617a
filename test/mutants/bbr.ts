/**
 * Mistakes that somebody could make in pacing and in BBR; the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const PACING = "association/sending/pacing.ts";
const OUTBOUND = "association/sending/outbound.ts";

export const BBR_MUTANTS: readonly Mutant[] = [
  // ---- When packets leave ----
  mutant(
    "pc-late",
    PACING,
    "pace.isHeld ? -MAX_LATENESS_MS * pace.bytesPerMs : 0",
    "0",
    "a late host loses its rate",
  ),
  mutant(
    "pc-pause",
    PACING,
    "pace.isHeld ? -MAX_LATENESS_MS * pace.bytesPerMs : 0",
    "-MAX_LATENESS_MS * pace.bytesPerMs",
    "a pause earns a burst",
  ),
  mutant("pc-worn-off", PACING, "pace.askedAtMs = nowMs;\n    }", "}", "time counts again at each packet"),
  mutant(
    "pc-fits",
    PACING,
    "pace.debtBytes + path.maxPacketBytes >",
    "pace.debtBytes >",
    "a quantum is exceeded",
  ),
  mutant(
    "pc-deadline",
    PACING,
    "Math.min(this.deadlineMs, nowMs + pace.debtBytes / rate)",
    "nowMs",
    "the host is asked for packets without a pause",
  ),
  mutant(
    "pc-two",
    PACING,
    "Math.max(bytes, MIN_QUANTUM_PACKETS * maxPacketBytes)",
    "Math.max(bytes, maxPacketBytes)",
    "a slow path sends a single packet at a time",
  ),
  mutant("pc-old-rate", PACING, "    pace.bytesPerMs = rate;\n", "", "the first rate holds for ever"),
  mutant(
    "pc-burst",
    OUTBOUND,
    "this.#burst?.isSpent === true && !Pacing.isPaced(path)",
    "this.#burst?.isSpent === true",
    "Max.Burst bounds what is paced",
  ),
  mutant(
    "pc-lost",
    OUTBOUND,
    "this.#recovery?.retransmitDue === true || this.#hasCwnd(path);",
    "this.#recovery?.retransmitDue === true || this.#hasCwnd(path);\n      if (may) return path;",
    "what is sent again is not paced",
  ),
  mutant(
    "pc-asked",
    OUTBOUND,
    "this.#pacing === undefined ? deadlineMs : Math.min(deadlineMs, this.#pacing.deadlineMs)",
    "deadlineMs",
    "nobody comes back for what was held back",
  ),
];
