/** RFC 6525: requirements without a conformance test. */
import type { Explained } from "./types.ts";

export const EXPLAINED: readonly Explained[] = [
  {
    section: "RFC 6525 2",
    level: "MUST",
    requirement: "MUST, SHOULD and MAY are read as RFC 2119 defines them",
    why: "It defines words.",
  },
  {
    section: "RFC 6525 4.1",
    level: "MUST NOT",
    requirement: "the parameters of sections 4.1 to 4.6 appear in no other chunk",
    why: "Nothing else in this stack writes them: src/association/extensions/stream-reconfiguration is the only place that makes any.",
  },
];
