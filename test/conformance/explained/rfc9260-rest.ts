/** RFC 9260 sections 9 to 16: requirements without a conformance test. */
import type { Explained } from "./types.ts";

export const NO_ICMP =
  "A Node UDP socket shows no ICMP messages; what a connected socket reports as an error is ignored, as ICMP3 asks for Port Unreachable (test/node).";
const FOR_IANA = "It speaks to those who register numbers.";

export const EXPLAINED: readonly Explained[] = [
  {
    section: "RFC 9260 9",
    level: "SHOULD",
    requirement: "an endpoint ends its associations when it goes out of service",
    why: "Closing a server or a socket does so; the tests of the Node side cover it (test/node/socket.test.ts).",
  },
  {
    section: "RFC 9260 10",
    level: "MUST",
    requirement: "ICMP messages are handled by rules ICMP1 to ICMP9",
    why: NO_ICMP,
  },
  {
    section: "RFC 9260 12.2.3",
    level: "SHOULD",
    requirement: "confidentiality comes from IPsec or from the application",
    why: "Below and above this stack: see docs/security.md.",
  },
  {
    section: "RFC 9260 12.4",
    level: "MUST",
    requirement: "ICMP is handled as section 10 says",
    why: NO_ICMP,
  },
  {
    section: "RFC 9260 14.1",
    level: "SHOULD",
    requirement: "the secret key of the State Cookie is random and of sufficient length",
    why: "32 bytes of the platform's random source; its use is tested in test/unit/stack/state-cookie.test.ts.",
  },
  {
    section: "RFC 9260 16",
    level: "SHOULD",
    requirement: "HB.interval is 30 seconds",
    why: "The default is 15 seconds: over UDP, heartbeats also keep the bindings of NATs alive, some of which last no longer than 30 seconds.",
  },
  {
    section: "RFC 9260 15.1",
    level: "SHOULD",
    requirement: "what a new chunk type's definition says",
    why: FOR_IANA,
  },
  {
    section: "RFC 9260 15.2",
    level: "MUST",
    requirement: "what a new chunk flag's definition says",
    why: FOR_IANA,
  },
  {
    section: "RFC 9260 15.3",
    level: "SHOULD",
    requirement: "what a new parameter's definition says",
    why: FOR_IANA,
  },
  {
    section: "RFC 9260 15.4",
    level: "SHOULD",
    requirement: "what a new error cause's definition says",
    why: FOR_IANA,
  },
  {
    section: "RFC 9260 15.5",
    level: "SHOULD",
    requirement: "whoever needs a Payload Protocol Identifier registers it",
    why: "It speaks to the users' protocols; the stack carries the number as it is.",
  },
];
