/** RFC 5061: requirements without a conformance test. */
import type { Explained } from "./types.ts";

export const EXPLAINED: readonly Explained[] = [
  {
    section: "RFC 5061 2",
    level: "MUST",
    requirement: "MUST, SHOULD and MAY are read as RFC 2119 defines them",
    why: "It defines words.",
  },
  {
    section: "RFC 5061 5.4",
    level: "MAY",
    requirement: "an INIT or INIT ACK asks for a primary address",
    why: "This stack asks once the association is established, by an authenticated ASCONF (6). What a peer asks for in its INIT is passed over.",
  },
  {
    section: "RFC 5061 5.5",
    level: "MAY",
    requirement: "further ASCONFs go along with one that is sent again",
    why: "This stack never sends more than one in a packet: all changes that wait go into the next one. It reads several in a packet (5.2).",
  },
];
