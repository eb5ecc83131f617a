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
  /** The first two messages are sent once, and given up if they are lost (RFC 7496 3.1). */
  readonly givesUp: boolean;
  /** Stream 0 is reset before the last message (RFC 6525), while those before it are under way. */
  readonly resets: boolean;
  /** Alice gets one address more once she is established, or another one in place of hers (RFC 5061). */
  readonly addresses: "stay" | "add" | "move";
  /** Both have the loss detection and the congestion control of RFC 9260, in place of the default's RACK-TLP and CUBIC. */
  readonly byRfc9260: boolean;
}

const WHO: readonly Who[] = ["alice", "bob", "both"];
const ADDRESS_WORDS = { stay: "", add: "-alice-adds-an-address", move: "-alice-moves" } as const;

/**
 * Set-up by one side, by the other, by both at once; then shutdown by either, or by both; messages that are given up, a stream that is
 * reset in mid-transfer, and both; an address that is added, and one that is deleted; two of these by the letter of RFC 9260 7.2.
 */
export const SCENARIOS: readonly Scenario[] = [
  ...WHO.flatMap((opens) => WHO.map((closes) => scenario(opens, closes, false, false))),
  scenario("alice", "bob", true, false),
  scenario("alice", "bob", false, true),
  scenario("bob", "alice", true, true),
  scenario("bob", "alice", false, false, "add"),
  scenario("alice", "bob", false, false, "move"),
  scenario("alice", "bob", false, false, "stay", true),
  scenario("bob", "alice", true, true, "stay", true),
];

function scenario(
  opens: Who,
  closes: Who,
  givesUp: boolean,
  resets: boolean,
  addresses: Scenario["addresses"] = "stay",
  byRfc9260 = false,
): Scenario {
  const verb = (who: Who, word: string): string => `${who}-${word}${who === "both" ? "" : "s"}`;
  const extras = `${givesUp ? "-alice-gives-up" : ""}${resets ? "-alice-resets" : ""}${ADDRESS_WORDS[addresses]}`;
  const name = `${verb(opens, "open")}-${verb(closes, "close")}${extras}${byRfc9260 ? "-by-rfc9260" : ""}`;
  return { name, opens, closes, givesUp, resets, addresses, byRfc9260 };
}

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
