/** RFC 7829: requirements without a conformance test. */
import type { Explained } from "./types.ts";

export const EXPLAINED: readonly Explained[] = [
  {
    section: "RFC 7829 2",
    level: "MUST",
    requirement: "MUST, SHOULD and MAY are read as RFC 2119 defines them",
    why: "It defines words.",
  },
  {
    section: "RFC 7829 3.2",
    level: "MAY",
    requirement:
      "a HEARTBEAT ACK that comes while DATA is outstanding there waits for the fate of the DATA before the errors are cleared",
    why: "It clears them at once: where DATA does not get through, its own timeout counts again.",
  },
];
