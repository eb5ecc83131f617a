/** RFC 8985: requirements without a conformance test. */
import type { Explained } from "./types.ts";

export const EXPLAINED: readonly Explained[] = [
  {
    section: "RFC 8985 1",
    level: "SHOULD",
    requirement: "it takes the place of counting what is reported as missing",
    why: "It is the user's choice: the option `lossDetection`.",
  },
  {
    section: "RFC 8985 2",
    level: "MUST",
    requirement: "the key words are to be read as RFC 2119 says",
    why: "It defines words, not behaviour.",
  },
  {
    section: "RFC 8985 6.3",
    level: "MAY",
    requirement:
      "at a timeout only what was sent longer ago than a round trip and the reordering window counts as lost",
    why: "RFC 9260 6.3.3 E3 has all of the address's chunks sent again, and one packet in flight until something is acknowledged (7.2.3).",
  },
  {
    section: "RFC 8985 9.2",
    level: "MUST NOT",
    requirement: "RFC 6675 is not used beside it",
    why: "RFC 6675 is TCP's. Of RFC 9260's counting of misses nothing is left where RACK looks for losses: an association has one or the other.",
  },
];
