/** RFC 9260 sections 1, 2, 6, 7 and 8.1 to 8.3: requirements without a conformance test. */
import type { Explained } from "./types.ts";

export const EXPLAINED: readonly Explained[] = [
  {
    section: "RFC 9260 2",
    level: "MUST",
    requirement: "the key words are to be read as RFC 2119 says",
    why: "It defines words, not behaviour.",
  },
  {
    section: "RFC 9260 6.1",
    level: "SHOULD",
    requirement: "cwnd is adjusted while a closed window is probed as 7.2.1 says",
    why: "A probe is DATA like any other: the tests of 7.2.1 cover it.",
  },
  {
    section: "RFC 9260 6.3.1",
    level: "SHOULD",
    requirement: "RTO.Alpha and RTO.Beta are adapted to more than one measurement per round trip",
    why: "There is one measurement per round trip.",
  },
  {
    section: "RFC 9260 6.4",
    level: "SHOULD",
    requirement: "SACKs for duplicates go to another address of the peer",
    why: "A MAY of the RFC that is not taken: SACKs follow the source of the DATA.",
  },
  {
    section: "RFC 9260 6.8",
    level: "SHOULD",
    requirement: "hardware permits the checksum to be verified in software",
    why: "There is no hardware here.",
  },
  {
    section: "RFC 9260 7.1",
    level: "SHOULD",
    requirement: "the parameters of an address decay when it is not used",
    why: "The tests of 7.2.1 cover the decay.",
  },
  {
    section: "RFC 9260 7.2.2",
    level: "SHOULD",
    requirement: "chunks reported as duplicates count towards partial_bytes_acked",
    why: "One way of several, as the section says. A peer could make its window grow by inventing duplicates (RFC 5062 2.4), so they do not count; the result is never more aggressive.",
  },
  {
    section: "RFC 9260 7.2.5",
    level: "MUST",
    requirement: "congestion control begins anew when the network's conditions are known to be new",
    why: "What this stack can detect is a change of the source address: see 7.2.5.2.",
  },
  {
    section: "RFC 9260 7.2.5.1",
    level: "MUST",
    requirement: "congestion control begins anew after a change of the DSCP",
    why: "The DSCP cannot be set through a Node UDP socket, so it never changes.",
  },
  {
    section: "RFC 9260 8.3",
    level: "SHOULD",
    requirement: "whoever raises HB.interval considers that lost ABORTs are noticed later",
    why: "Advice to the user: the option's description gives it.",
  },
];
