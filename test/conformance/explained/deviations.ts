/** Where this stack does something else than an RFC says, on purpose. */
export interface Deviation {
  /** As in the tests' titles, such as "RFC 9260 7.2.4". */
  readonly section: string;
  /** What the RFC says, and what is done instead. */
  readonly what: string;
  readonly why: string;
  /** What keeps to the letter. */
  readonly exact: string;
}

export const DEVIATIONS: readonly Deviation[] = [
  {
    section: "RFC 9260 3.3.7",
    what: "An ABORT with a format error is to be discarded. One whose causes cannot be read ends the association all the same; only a wrong length of the ABORT chunk itself counts as a format error.",
    why: "The sender has no association any more (9.1): what it wrote about its reasons does not change that.",
    exact: "none",
  },
  {
    section: "RFC 9260 5.2.4",
    what: "Action B keeps the state of an established association. Where the tag of the peer changed after both directions had begun, both begin anew, as by action A, and the user hears of a restart.",
    why: "The peer went away in the middle of a set-up by both, and has other TSNs now: with the old ones neither side would ever acknowledge the other.",
    exact: "none",
  },
  {
    section: "RFC 9260 5.4",
    what: "No chunk but HEARTBEAT, COOKIE ECHO and their answers is to go to an unconfirmed address. An ABORT does where this side aborts in COOKIE-ECHOED and no address is confirmed.",
    why: "The peer may have made an association of the COOKIE ECHO, which would wait for minutes. One ABORT is smaller than the INIT ACK that came from there.",
    exact: "none",
  },
  {
    section: "RFC 9260 6.2.1",
    what: "D iii has what a Gap Ack Block covered, and no block of the next SACK does, counted as missing. Beyond the last block of a SACK that has sixteen or more it is not, nor does anything there count as lost.",
    why: "A SACK may have no room for more (6.7): Linux reports sixteen blocks at most, and others what a packet holds. What it leaves out has come for all that is known.",
    exact: "none",
  },
  {
    section: "RFC 9260 6.3.2",
    what: 'R3 starts T3-rtx anew with each SACK that acknowledges the earliest chunk. With `lossDetection: "rack"` it counts from when the next one was sent, where three full packets or less are left and nothing waits to be sent (RFC 7765).',
    why: "So few packets may wait for T3-rtx alone, which would come a round trip and the peer's delay of SACKs later than it need.",
    exact: '`lossDetection: "rfc9260"`',
  },
  {
    section: "RFC 9260 6.4",
    what: "DATA goes to the primary path until that is inactive, which takes Path.Max.Retrans + 1 errors. It goes to another active one from the first error on, and the path is probed once per RTO meanwhile, as RFC 7829 has it.",
    why: "RFC 7829 recommends it (PotentiallyFailed.Max.Retrans 0): where a network fails, a message waits for one timeout, not for most of a minute.",
    exact: "`potentiallyFailedMaxRetrans: 65_535`",
  },
  {
    section: "RFC 9260 7.2",
    what: 'No window is to grow faster than here, or to be reduced by less. By default (`congestionControl: "cubic"`) it grows by RFC 9438, its first slow start ends by HyStart++ (RFC 9406), it falls to 0.7 of itself and on the way there by PRR (RFC 9937), and a pause does not lower ssthresh. With `"bbr"` both follow a model of the path (draft-ietf-ccwg-bbr-06), and a pause changes nothing. With either it begins with ten packets (RFC 6928 2: min(10 * PMDCS, max(2 * PMDCS, 14600))) and not with some three (7.2.1), and that is what a pause leaves of CUBIC\'s.',
    why: "Over a fast and long network a window takes minutes to come back from one loss, and TCP, which has RFC 9438 nearly everywhere, takes the link. A path that loses packets by itself never gets a large one. TCP and QUIC begin with ten packets: with three every short exchange is two round trips behind theirs.",
    exact: '`congestionControl: "rfc9260"`',
  },
  {
    section: "RFC 9260 7.2.4",
    what: "Rule 5 has no chunk fast retransmitted twice. It is, once a TSN is reported missing that was first sent after the retransmission.",
    why: "A lost retransmission would wait for T3-rtx, which costs a lossy link much of its throughput.",
    exact: "`repeatFastRetransmit: false`",
  },
  {
    section: "RFC 9260 7.2.4",
    what: 'A chunk is fast retransmitted at its third miss indication. By default (`lossDetection: "rack"`) it is once something has come that was sent a reordering window later, whatever the number of indications, and the end of a burst is probed before T3-rtx expires (RFC 8985).',
    why: "Three packets behind a loss are not always there, and in a network that reorders three are too few; by time a retransmission that is lost is found again.",
    exact: '`lossDetection: "rfc9260"`',
  },
  {
    section: "RFC 9260 8.1",
    what: "Nothing is said to a peer that is given up. One ABORT goes to each of its confirmed addresses and is not repeated.",
    why: "The peer may be there, and only its answers lost: it need not keep its half until its own counters run out. FreeBSD and usrsctp do the same.",
    exact: "`abortUnreachable: false`",
  },
  {
    section: "RFC 8899 5.1.2",
    what: "MAX_PROBES is 3 by default. Above the size that is confirmed, one probe that is lost ends the search for ten minutes.",
    why: "Node cannot set DF. A host that has been told of a smaller MTU cuts the next probe of that size in silence, so that it arrives although the path does not carry it.",
    exact: "`pathMtuMaxProbes: 3`",
  },
  {
    section: "RFC 8985 6.2",
    what: "Chunks that were sent in the same moment are told apart by their sequence numbers. They are by the order in which they were sent.",
    why: "It is the same for what is sent once, and right for what is sent again in the same millisecond.",
    exact: "none",
  },
  {
    section: "RFC 8985 7.2",
    what: "A probe is due after two smoothed round trips. It is not before 10 ms.",
    why: "Within a host a round trip takes less than a turn of the event loops at its ends: they would be probed for being busy. Linux has such a bound for TCP as well.",
    exact: "none",
  },
  {
    section: "RFC 8985 7.3",
    what: "After a probe the timer of retransmissions is armed anew. T3-rtx runs on from where RFC 9260 6.3.2 has started it, and gives the probe two round trips at least.",
    why: "A path that has gone would be left later than without probes: by a whole RTO where messages keep coming.",
    exact: "none",
  },
  {
    section: "RFC 9406 4.2",
    what: "Conservative Slow Start begins with longer round trips, and lasts five rounds. It also begins once the window holds more than what is delivered, at the rate of the round, in the least round trip and the threshold. Then it ends with the first round that tells of longer round trips as well, and goes back to slow start after one whose rate does not tell so.",
    why: "Where packets are not paced, the round trips of a round's first packets tell of a full queue a round too late: of one bandwidth-delay product it has overflowed by then, by a whole window. Linux has such a second sign for TCP's CUBIC. `multipath: \"coupled\"` does without.",
    exact: "none",
  },
  {
    section: "RFC 9438 4.6",
    what: "Ssthresh falls to two segments at least. It falls to four at least, as RFC 9260 7.2.3 has it for SCTP.",
    why: "Three reports of a loss need three packets behind it: a window of two could only wait for T3-rtx.",
    exact: "none",
  },
  {
    section: "RFC 9260 16",
    what: "Max.Burst is 4. It is 10, as many packets as the first window has, with every congestion control but RFC 9260's own.",
    why: "Of a first window of ten packets six would wait for the first SACK, as if it were one of four.",
    exact: '`congestionControl: "rfc9260"`, or `maxBurst: 4`',
  },
  {
    section: "RFC 9260 16",
    what: "HB.interval is 30 s. An idle path is sent a HEARTBEAT every 15 s.",
    why: "Many NATs forget a UDP binding that has been idle for 30 s, and HEARTBEATs are what keeps it (RFC 6951 3.2).",
    exact: "`heartbeatIntervalMs: 30_000`",
  },
];
