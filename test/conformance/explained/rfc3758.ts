/** RFC 3758: requirements without a conformance test. */
import type { Explained } from "./types.ts";

export const EXPLAINED: readonly Explained[] = [
  {
    section: "RFC 3758 2",
    level: "MUST",
    requirement: "MUST, SHOULD and MAY are read as RFC 2119 defines them",
    why: "It defines words.",
  },
  {
    section: "RFC 3758 4.3",
    level: "MUST",
    requirement:
      "another service says by which rules it gives up, and marks what has a TSN as eligible for FORWARD TSN",
    why: "It is about documents that define services; those of RFC 7496 are tested there.",
  },
];
