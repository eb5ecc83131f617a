/** RFC 4895: requirements without a conformance test. */
import type { Explained } from "./types.ts";

export const EXPLAINED: readonly Explained[] = [
  {
    section: "RFC 4895 2",
    level: "MUST",
    requirement: "MUST, SHOULD and MAY are read as RFC 2119 defines them",
    why: "It defines words.",
  },
  {
    section: "RFC 4895 6.2",
    level: "MUST",
    requirement:
      "an ABORT that answers a packet for which there is no association is authenticated where its receiver asked for that",
    why: "It cannot be: the keys are those of an association. Whoever takes ABORT chunks only in an authenticated way hears later that its peer is gone (6.3).",
  },
  {
    section: "RFC 4895 8.4",
    level: "MUST",
    requirement: "an HMAC Identifier is registered with a message digest algorithm that fits RFC 2104",
    why: "It speaks to IANA.",
  },
];
