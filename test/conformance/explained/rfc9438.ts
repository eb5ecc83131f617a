/** RFC 9438, RFC 9406, RFC 9937 and RFC 6356: requirements without a conformance test. */
import type { Explained } from "./types.ts";

const KEY_WORDS = {
  level: "MUST",
  requirement: "the key words are to be read as RFC 2119 says",
  why: "It defines words, not behaviour.",
} as const;

export const EXPLAINED: readonly Explained[] = [
  { section: "RFC 6356 2", ...KEY_WORDS },
  {
    section: "RFC 6356 3",
    level: "SHOULD",
    requirement: "bytes_acked is one segment where it is not counted",
    why: "It is counted (RFC 9260 7.2).",
  },
  { section: "RFC 9406 2", ...KEY_WORDS },
  {
    section: "RFC 9406 3",
    level: "MUST NOT",
    requirement: "no data is sent beyond the congestion window and the receiver's",
    why: "RFC 9260 6.1 A and B say it for SCTP; the tests there cover it.",
  },
  {
    section: "RFC 9406 4.3",
    level: "SHOULD",
    requirement: "a sender that paces its packets has no L",
    why: "Nothing is paced: L is 8.",
  },
  { section: "RFC 9438 2", ...KEY_WORDS },
  {
    section: "RFC 9438 4.6",
    level: "MUST",
    requirement: "the window is reduced at ECN-Echo down to one segment, and then the rate",
    why: "There is no ECN: a UDP socket of Node does not show it.",
  },
  {
    section: "RFC 9438 4.7",
    level: "SHOULD",
    requirement: "fast convergence is off where there is no other flow",
    why: "A sender cannot know that it is alone.",
  },
  { section: "RFC 9937 2", ...KEY_WORDS },
  {
    section: "RFC 9937 3",
    level: "MUST NOT",
    requirement: "no data is sent beyond the receiver's window, or while the congestion window is full",
    why: "RFC 9260 6.1 A and B say it for SCTP; the tests there cover it.",
  },
  {
    section: "RFC 9937 5",
    level: "SHOULD",
    requirement: "it goes with RACK-TLP",
    why: 'It does by `lossDetection: "rack"`; by RFC 9260 7.2.4 a retransmission that is lost is found again, too.',
  },
  {
    section: "RFC 9937 6.4",
    level: "SHOULD",
    requirement: "packets are paced, so that the end of a recovery makes no burst",
    why: "Nothing is paced; Max.Burst bounds what a SACK sets free (RFC 9260 6.1 D).",
  },
];
