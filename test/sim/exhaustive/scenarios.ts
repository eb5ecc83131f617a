/**
 * The small associations that are played under every pattern of faults, and the faults.
 * Owns: who opens, who closes, what a fault does to a packet, their names. Does not own: playing them (play.ts).
 */
import type { Fate } from "../../../src/sim/index.ts";

/** Alice sends the messages, whoever opens or closes. */
type Who = "alice" | "bob" | "both";

export interface Scenario {
  readonly name: string;
  readonly opens: Who;
  readonly closes: Who;
}

const WHO: readonly Who[] = ["alice", "bob", "both"];

/** Set-up by one side, by the other, by both at once; then shutdown by either, or by both. */
export const SCENARIOS: readonly Scenario[] = WHO.flatMap((opens) =>
  WHO.map((closes) => ({
    name: `${opens}-${opens === "both" ? "open" : "opens"}-${closes}-${closes === "both" ? "close" : "closes"}`,
    opens,
    closes,
  })),
);

/** RTO.Initial and RTO.Min (RFC 9260 16): no round trip of these networks makes it longer before a timer expires. */
const RTO_MS = 1_000;

export interface Fault {
  readonly name: string;
  /** What becomes of a packet that is in the mask. */
  readonly fate: Fate;
}

export const FAULT_NAMES = ["loss", "dup", "late"] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

/** The kinds of each fault. */
export const FAULTS: Readonly<Record<FaultName, readonly Fault[]>> = {
  loss: [{ name: "loss", fate: "lost" }],
  dup: [{ name: "dup", fate: "doubled" }],
  late: [
    { name: "late-50ms", fate: { lateMs: 50 } },
    { name: "late-1.5rto", fate: { lateMs: 1.5 * RTO_MS } },
  ],
};

/** Whether the mask has the packet; they are counted from 1, and the first is the lowest bit. */
export function isInMask(mask: number, packetNumber: number): boolean {
  return packetNumber <= 31 && ((mask >>> (packetNumber - 1)) & 1) === 1;
}
