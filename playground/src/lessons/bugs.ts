/**
 * "Find the bug": six mutants of test/mutants, and what they do on the wire.
 * Owns: these. Does not own: their form (bug.ts), the mutants, making stacks of them (playground/build/faulty-stacks.ts).
 */
import type { Bug } from "./bug.ts";
import { aliceAndBob, connected, host, link, send } from "./documents.ts";
import { check } from "./lesson.ts";

const OLD_WINDOW: Bug = {
  name: "bug-old-window",
  title: "Old habits",
  says: [
    "Bob has sent Alice a good deal when her host crashes. She comes back, perhaps in quite another network, and connects again. Look at what Bob believes of the way to her.",
  ],
  scenario: {
    name: "a restart that forgets too little",
    durationMs: 3_000,
    ...aliceAndBob(),
    timeline: [
      ...connected("alice", "bob", { localPort: 5_000 }),
      send("bob", 300, { bytes: 1_000, count: 60, everyMs: 5 }),
      { atMs: 1_500, do: "restart", host: "alice" },
      { ...connected("alice", "bob", { localPort: 5_000 })[1], atMs: 2_000 },
    ],
  },
  atMs: 2_200,
  points: [
    { kind: "field", host: "bob", field: "cwndBytes" },
    { kind: "packet", packet: { chunk: "COOKIE ACK", from: "bob", nth: 2 } },
  ],
  hints: [
    "Bob was told of a restart. What of the old association may he keep?",
    "Compare his cwnd now with the one after the first handshake.",
  ],
  rules: [
    {
      text: "In a restart both ends take new verification tags.",
      section: "RFC 9260 5.2.4",
      isBroken: false,
      why: "They do: the packets carry those of the second handshake.",
    },
    {
      text: "In a restart all of congestion control (cwnd, ssthresh) begins anew.",
      section: "RFC 9260 5.2.4",
      isBroken: true,
      why: "Bob's window is as large as before the crash. He would send a burst into a network of which he knows nothing.",
    },
    {
      text: "A restart is believed only if the cookie has the tie-tags of the old association.",
      section: "RFC 9260 5.2.2",
      isBroken: false,
      why: "Bob changed nothing before the cookie came back with them.",
    },
  ],
  answer:
    "Action A of Table 12 resets the association, and the paths belong to it. Here they are left as they were.",
  rightness: check("behind the restart Bob's window is as at first", (scene) => {
    const { cwndBytes = 0 } = scene.path("bob") ?? {};
    return scene.end("bob")?.events.includes("restarted") === true && cwndBytes > 0 && cwndBytes <= 4_404;
  }),
  mutant: "restart-reset",
};

const SILENT_GAP: Bug = {
  name: "bug-silent-gap",
  title: "Slow to complain",
  says: [
    "One packet of six is lost. It is sent again in the end, but much later than it could have been: watch what Bob says, and when.",
  ],
  scenario: {
    name: "a gap that is told late",
    durationMs: 3_000,
    ...aliceAndBob(),
    faults: [{ do: "lose", chunk: "DATA", from: "alice", nth: 3 }],
    timeline: [...connected("alice", "bob"), send("alice", 500, { bytes: 500, count: 6, everyMs: 10 })],
  },
  atMs: 600,
  points: [{ kind: "packet", packet: { chunk: "DATA", tsn: 4 } }],
  hints: [
    "The packet behind the lost one has arrived. What does Bob do?",
    "Compare the times of Bob's SACKs with those of the packets that came out of order.",
  ],
  rules: [
    {
      text: "A TSN is retransmitted after three reports that it is missing.",
      section: "RFC 9260 7.2.4",
      isBroken: false,
      why: "Alice would, had she got three reports in time.",
    },
    {
      text: "Where a gap is seen, a SACK is sent at once.",
      section: "RFC 9260 6.7",
      isBroken: true,
      why: "Bob waits for every second packet, as if nothing were missing. So Alice gets half of the reports.",
    },
    {
      text: "The sender must not have more in flight than its window allows.",
      section: "RFC 9260 6.1",
      isBroken: false,
      why: "3,000 bytes fit into the first window.",
    },
  ],
  answer:
    "A receiver that sees a gap must not delay its SACKs: they are the only way for the sender to hear of the loss in time.",
  rightness: check("each packet behind the gap is answered at once", (scene) =>
    [4, 5, 6].every((tsn) => {
      const arrivedAtMs = scene.packet({ chunk: "DATA", tsn })?.arrivedAtMs;
      return (
        arrivedAtMs !== undefined &&
        scene.packets({ chunk: "SACK", from: "bob" }).some(({ sentAtMs }) => sentAtMs === arrivedAtMs)
      );
    }),
  ),
  mutant: "sack-gap",
};

const DEAD_PATH: Bug = {
  name: "bug-dead-path",
  title: "Back into the dark",
  says: [
    "Alice and Bob have two networks, and the first one dies. New messages soon go by the second. But one message is very late, and all that follow it in its stream wait.",
  ],
  scenario: {
    name: "a retransmission that gets lost",
    durationMs: 6_000,
    hosts: [
      host("alice", ["10.0.0.1", "10.1.0.1"], {
        preset: "fastFailover",
        potentiallyFailedMaxRetrans: 65_535,
      }),
      host("bob", ["10.0.0.2", "10.1.0.2"], { preset: "fastFailover", potentiallyFailedMaxRetrans: 65_535 }),
    ],
    links: [
      link("10.0.0.1", "10.0.0.2", { delayMinMs: 20 }),
      link("10.1.0.1", "10.1.0.2", { delayMinMs: 35 }),
    ],
    timeline: [
      ...connected("alice", "bob"),
      { atMs: 995, do: "cut", between: ["10.0.0.1", "10.0.0.2"] },
      send("alice", 1_000, { bytes: 500 }),
    ],
  },
  atMs: 1_450,
  points: [{ kind: "packet", packet: { chunk: "DATA", isAgain: true } }],
  hints: [
    "T3-rtx has expired for the first path. Look at where the retransmission goes.",
    "There is another path, and it is active.",
  ],
  rules: [
    {
      text: "With each expiry of T3-rtx the RTO is doubled.",
      section: "RFC 9260 6.3.3",
      isBroken: false,
      why: "It is: the retransmissions come further and further apart.",
    },
    {
      text: "HEARTBEATs go to idle addresses.",
      section: "RFC 9260 8.3",
      isBroken: false,
      why: "They do, and those on the second network are answered.",
    },
    {
      text: "What has timed out should be sent to another active address.",
      section: "RFC 9260 6.4.1",
      isBroken: true,
      why: "Alice sends it to the address that has just failed to answer, again and again, until the whole path is given up.",
    },
  ],
  answer:
    "A retransmission after T3-rtx goes to the same address again. The second network, which works, is not tried.",
  rightness: check("the retransmission goes by the other network", (scene) => {
    const again = scene.packet({ chunk: "DATA", from: "alice", isAgain: true });
    return again?.destination === "10.1.0.2" && again.fate === "arrived";
  }),
  mutant: "outbound-alternate",
};

const MUDDLED_CLOCK: Bug = {
  name: "bug-muddled-clock",
  title: "A clock that lies",
  says: [
    "The network takes 40 ms, there and back. One packet is late, so that it is sent again in vain. Look at the round trips that Alice measures.",
  ],
  scenario: {
    name: "a round trip that nobody made",
    durationMs: 1_500,
    ...aliceAndBob(),
    faults: [{ do: "delay", lateMs: 8, chunk: "DATA", from: "alice", nth: 1 }],
    timeline: [...connected("alice", "bob"), send("alice", 500, { bytes: 500, count: 5, everyMs: 1 })],
  },
  atMs: 600,
  points: [
    { kind: "field", host: "alice", field: "srttMs" },
    { kind: "packet", packet: { chunk: "DATA", isAgain: true } },
    { kind: "plot", host: "alice", plot: "round-trip" },
  ],
  hints: [
    "Which packet was the last measurement made on?",
    "When an acknowledgement comes for something that was sent twice: which of the two does it acknowledge?",
  ],
  rules: [
    {
      text: "Round trips are not measured on packets that were retransmitted.",
      section: "RFC 9260 6.3.1",
      isBroken: true,
      why: "Karn's rule. The acknowledgement of the first copy was taken for one of the second, which had left 5 ms before.",
    },
    {
      text: "The RTO is SRTT + 4 * RTTVAR.",
      section: "RFC 9260 6.3.1",
      isBroken: false,
      why: "It is computed so, from a sample that is wrong.",
    },
    {
      text: "A SACK may be delayed by at most 500 ms.",
      section: "RFC 9260 6.2",
      isBroken: false,
      why: "A delayed SACK makes a round trip longer, never shorter than the network.",
    },
  ],
  answer:
    "A TSN that was sent twice is measured from its second sending. The acknowledgement was for the first, so the sample is far too short.",
  rightness: check("no round trip is shorter than the network", (scene) => {
    const samples = scene.events({ host: "alice", like: { kind: "rtt" } });
    return (
      scene.count({ chunk: "DATA", isAgain: true }) === 1 &&
      samples.every(({ event }) => event.kind === "rtt" && event.sampleMs >= 40)
    );
  }),
  mutant: "queue-karn",
};

const HASTY_END: Bug = {
  name: "bug-hasty-end",
  title: "Gone before the end",
  says: [
    "Alice sends twelve messages and ends the association. It ends gracefully: SHUTDOWN, SHUTDOWN ACK, SHUTDOWN COMPLETE. But count what Bob's program got.",
  ],
  scenario: {
    name: "an end that comes too soon",
    durationMs: 3_000,
    ...aliceAndBob(),
    timeline: [
      ...connected("alice", "bob"),
      send("alice", 500, { bytes: 1_000, count: 12 }),
      { atMs: 501, do: "shutdown", host: "alice" },
    ],
  },
  atMs: 560,
  points: [{ kind: "packet", packet: { chunk: "SHUTDOWN", from: "alice" } }],
  hints: [
    "When does the SHUTDOWN leave, and what has been acknowledged by then?",
    "There is a state between ESTABLISHED and SHUTDOWN-SENT. What is it for?",
  ],
  rules: [
    {
      text: "A SHUTDOWN is answered with SHUTDOWN ACK once nothing is outstanding.",
      section: "RFC 9260 9.2",
      isBroken: false,
      why: "Bob has nothing to send, and answers rightly.",
    },
    {
      text: "In SHUTDOWN-PENDING, SHUTDOWN waits until all data has been acknowledged.",
      section: "RFC 9260 9.2",
      isBroken: true,
      why: "Alice sends SHUTDOWN at once. What had not left by then never does.",
    },
    {
      text: "After SHUTDOWN the user's new messages are refused.",
      section: "RFC 9260 9.2",
      isBroken: false,
      why: "There are none: all twelve were given to Alice before.",
    },
  ],
  answer:
    "SHUTDOWN-PENDING is the state in which queued data is sent and acknowledged. Here it is passed through without waiting.",
  rightness: check(
    "Bob's program has all twelve messages",
    (scene) => scene.end("bob")?.receivedCount === 12,
  ),
  mutant: "shutdown-pending",
};

const UNDAUNTED: Bug = {
  name: "bug-undaunted",
  title: "Undaunted",
  says: [
    "The network breaks for a while: everything that Alice has in flight is lost, and T3-rtx expires. When it is mended, look at how much she sends at once.",
  ],
  scenario: {
    name: "a window that does not fall",
    durationMs: 5_000,
    ...aliceAndBob(),
    timeline: [
      ...connected("alice", "bob"),
      send("alice", 500, { bytes: 1_000, count: 60, everyMs: 5 }),
      { atMs: 650, do: "cut", between: ["10.0.0.1", "10.0.0.2"] },
      { atMs: 1_000, do: "mend", between: ["10.0.0.1", "10.0.0.2"] },
    ],
  },
  atMs: 1_750,
  points: [
    { kind: "field", host: "alice", field: "cwndBytes" },
    { kind: "plot", host: "alice", plot: "window" },
  ],
  hints: [
    "Nothing has come back for a whole second. What should Alice believe of the network?",
    "Look at cwnd before and behind the expiry of T3-rtx.",
  ],
  rules: [
    {
      text: "When T3-rtx expires, ssthresh becomes half of cwnd, but at least four packets.",
      section: "RFC 9260 7.2.3",
      isBroken: false,
      why: "ssthresh has fallen as it should.",
    },
    {
      text: "When T3-rtx expires, cwnd becomes one packet.",
      section: "RFC 9260 7.2.3",
      isBroken: true,
      why: "The window is that of ssthresh instead. Slow start, which should feel its way again, is left out.",
    },
    {
      text: "Of what was lost, as much as fits into one packet is sent at first.",
      section: "RFC 9260 6.3.3",
      isBroken: false,
      why: "The first retransmission is a single packet.",
    },
  ],
  answer:
    "After a timeout nothing is known of the network any more, so the window must begin with one packet again.",
  rightness: check("the window falls to one packet when T3-rtx expires", (scene) =>
    scene
      .events({ host: "alice", like: { kind: "congestion" } })
      .some(({ event }) => event.kind === "congestion" && event.cwndBytes <= 1_200),
  ),
  mutant: "cwnd-timeout",
};

export const BUGS: readonly Bug[] = [OLD_WINDOW, SILENT_GAP, DEAD_PATH, MUDDLED_CLOCK, HASTY_END, UNDAUNTED];
