/** RFC 6951: requirements without a conformance test. */
import { NO_ICMP } from "./rfc9260-rest.ts";
import type { Explained } from "./types.ts";

export const EXPLAINED: readonly Explained[] = [
  {
    section: "RFC 6951 2",
    level: "MUST",
    requirement: "MUST, SHOULD and MAY are read as RFC 2119 defines them",
    why: "It defines words.",
  },
  {
    section: "RFC 6951 5.3",
    level: "SHOULD",
    requirement: "the UDP checksum is used with IPv4 and IPv6",
    why: "The operating system computes it; a Node UDP socket cannot turn it off.",
  },
  {
    section: "RFC 6951 5.4",
    level: "MUST",
    requirement: "a packet that is not encapsulated switches the encapsulation off",
    why: "This stack sees nothing but UDP datagrams.",
  },
  {
    section: "RFC 6951 5.5",
    level: "MUST",
    requirement: "ICMP messages are matched with an association and its tag, or discarded",
    why: `${NO_ICMP} Nothing depends on their arrival.`,
  },
  {
    section: "RFC 6951 5.8",
    level: "MUST NOT",
    requirement: "ECN bits are altered between IP and SCTP",
    why: "A Node UDP socket shows no ECN bits.",
  },
];
