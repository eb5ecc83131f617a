/** RFC 8260: requirements without a conformance test. */
import type { Explained } from "./types.ts";

export const EXPLAINED: readonly Explained[] = [
  {
    section: "RFC 8260 1.2",
    level: "MUST",
    requirement: "MUST, SHOULD and MAY are read as RFC 2119 defines them",
    why: "It defines words.",
  },
  {
    section: "RFC 8260 2.1",
    level: "MUST NOT",
    requirement: "has 2^31 messages of a stream, or 2^31 fragments of a message, in flight",
    why: "No more than 65,535 chunks are ever outstanding.",
  },
  {
    section: "RFC 8260 2.3",
    level: "MUST",
    requirement: "future extensions describe how they go together with I-DATA",
    why: "It is about documents to come.",
  },
];
