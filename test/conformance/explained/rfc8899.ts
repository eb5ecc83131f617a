/** RFC 8899: requirements without a conformance test. */
import type { Explained } from "./types.ts";

const NO_ICMP = "A UDP socket of Node shows no ICMP message, and the method does not need one (4.6.1).";

export const EXPLAINED: readonly Explained[] = [
  {
    section: "RFC 8899 2",
    level: "MUST",
    requirement: "MUST, SHOULD and MAY are read as RFC 2119 defines them",
    why: "It defines words.",
  },
  {
    section: "RFC 8899 4.5",
    level: "MUST",
    requirement: "the network layer does not hold a packet to the MTU that it remembers",
    why: "A UDP socket of Node has no option for that. So one lost probe ends a search: see 5.1.2, and docs/tuning.md.",
  },
  {
    section: "RFC 8899 4.6.1",
    level: "MUST",
    requirement: "PTB messages are validated before anything is made of them",
    why: NO_ICMP,
  },
  {
    section: "RFC 8899 4.6.2",
    level: "MUST NOT",
    requirement: "a PTB message does not set the size by itself, nor enlarge it",
    why: NO_ICMP,
  },
  {
    section: "RFC 8899 5",
    level: "SHOULD",
    requirement: "the search is done at one layer only",
    why: "It is off unless the user turns it on.",
  },
  {
    section: "RFC 8899 6.1",
    level: "SHOULD",
    requirement: "an application does not search where its transport does",
    why: "It is about protocols on top of UDP that do not acknowledge; 6.2 is about SCTP.",
  },
  {
    section: "RFC 8899 6.2.1.4",
    level: "MUST",
    requirement: "ICMP messages are validated as RFC 9260 10 says",
    why: NO_ICMP,
  },
  {
    section: "RFC 8899 6.2.2.4",
    level: "MUST",
    requirement: "ICMP messages are validated as RFC 9260 10 says, inside UDP as well",
    why: NO_ICMP,
  },
  {
    section: "RFC 8899 6.2.3.3",
    level: "MUST NOT",
    requirement: "no CONFIRMATION_TIMER runs over DTLS either",
    why: "There is none at all: see 6.2.1.3.",
  },
];
