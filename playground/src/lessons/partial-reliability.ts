/** Messages that may be lost. Owns: that lesson. Does not own: what is lost by mistake (loss-detection.ts). */
import { aliceAndBob, connected, send } from "./documents.ts";
import { check, type Lesson } from "./lesson.ts";
import type { Scene } from "./scene.ts";

const LIFE_MS = 300;
const FORWARD = { chunk: "FORWARD TSN", from: "alice" } as const;
const failed = (scene: Scene): number => scene.end("alice")?.failed.length ?? 0;

export const PARTIAL_RELIABILITY: Lesson = {
  name: "partial-reliability",
  title: "Better never than late",
  learns:
    "How a sender gives up a message that nobody needs any more, and tells its peer not to wait for it. You will see FORWARD TSN, for a message that may not be repeated and for one whose time is over.",
  sections: ["RFC 3758 3.5", "RFC 3758 3.6", "RFC 3758 3.2", "RFC 7496 3.1"],
  scenario: {
    name: "partial reliability",
    durationMs: 4_000,
    ...aliceAndBob({ partialReliability: true }),
    faults: [
      { do: "lose", chunk: "DATA", from: "alice", nth: 2 },
      { do: "lose", chunk: "DATA", from: "alice", atMs: 1_500 },
    ],
    timeline: [
      ...connected("alice", "bob"),
      send("alice", 500, { bytes: 1_000, count: 6, everyMs: 20, reliability: { maxRetransmits: 0 } }),
      send("alice", 1_500, { text: "position 1", reliability: { lifetimeMs: LIFE_MS } }),
      send("alice", 1_520, { text: "position 2", reliability: { lifetimeMs: LIFE_MS } }),
    ],
  },
  steps: [
    {
      title: "Never again",
      until: { packet: { chunk: "DATA", tsn: 2 }, is: "lost" },
      says: [
        "Alice sends frames of a video. Her program has said of each: no retransmissions (RFC 7496). In the handshake both ends said that they know FORWARD TSN. The second frame is lost.",
      ],
      points: [{ kind: "packet", packet: { chunk: "DATA", tsn: 2 } }],
      asks: {
        asks: "The frames behind it arrive, and Bob's SACKs report the gap. What does Alice do at the third report?",
        answers: [
          {
            text: "She sends frame 2 again.",
            why: "That is what her program forbade.",
            comesTrue: (scene) => scene.count({ chunk: "DATA", isAgain: true }) > 0,
          },
          {
            text: "Nothing: the frame may be lost.",
            why: "Then Bob would wait for it for ever, and report the same gap with each packet.",
            comesTrue: (scene) => scene.count({ chunk: "DATA", isAgain: true }) + scene.count(FORWARD) === 0,
          },
          {
            text: "She tells Bob not to wait for it.",
            why: "FORWARD TSN moves Bob's Cumulative TSN over the gap.",
            comesTrue: (scene) => scene.count(FORWARD) === 1,
          },
        ],
      },
      checks: [
        check("frame 2 is lost", (scene) => scene.packet({ chunk: "DATA", tsn: 2 })?.fate === "lost"),
        check(
          "both ends have offered FORWARD TSN",
          (scene) => scene.end("alice")?.association.partialReliability === true && scene.nowMs < 1_000,
        ),
      ],
    },
    {
      title: "Three reports, and no retransmission",
      until: { packet: FORWARD, is: "sent" },
      says: [
        "Three SACKs have reported the gap: frame 2 is lost. To send it again is what Alice may not do, so she gives it up. FORWARD TSN says: take everything up to 2 for received.",
      ],
      points: [{ kind: "packet", packet: FORWARD }],
      checks: [
        check(
          "nothing has been sent again",
          (scene) =>
            scene.packet(FORWARD) !== undefined && scene.count({ chunk: "DATA", isAgain: true }) === 0,
        ),
        check("Alice's program got the frame back", (scene) => failed(scene) === 1),
        check("Bob waits with four frames", (scene) => {
          const waiting = scene.packets({ chunk: "DATA" }).filter(({ fate }) => fate === "arrived").length;
          return waiting === 5 && scene.end("bob")?.receivedCount === 1;
        }),
      ],
    },
    {
      title: "On without it",
      until: { packet: { chunk: "SACK", from: "bob", upTo: 6 }, is: "sent" },
      says: ["Bob delivers the four frames that waited, and acknowledges everything up to 6."],
      points: [{ kind: "packet", packet: { chunk: "SACK", from: "bob", upTo: 6 } }],
      checks: [
        check("Bob's program has five of six frames", (scene) => scene.end("bob")?.receivedCount === 5),
        check("FORWARD TSN has arrived", (scene) => scene.packet(FORWARD)?.fate === "arrived"),
      ],
    },
    {
      title: "A message that ages",
      until: { packet: { chunk: "SACK", from: "bob", hasGaps: true, nth: 5 }, is: "arrived" },
      says: [
        "Now Alice sends positions of something that moves. Each is worth something for 300 ms. “Position 1” is lost, “position 2” has arrived: Bob's SACK says so.",
      ],
      points: [{ kind: "packet", packet: { chunk: "SACK", from: "bob", hasGaps: true, nth: 5 } }],
      asks: {
        asks: "When does Bob's program get “position 2”?",
        answers: [
          {
            text: "It has it already.",
            why: "Both are in stream 0, in order. To have it at once, Alice would have to send it unordered, or in another stream.",
            comesTrue: (scene) => (scene.deliveries("bob")[5] ?? 9_999) < 1_545,
          },
          {
            text: "After 300 ms, when the life of “position 1” ends.",
            why: "A message that was sent is looked at when it would be sent again: here that is when T3-rtx expires.",
            comesTrue: (scene) => (scene.deliveries("bob")[5] ?? 9_999) < 1_900,
          },
          {
            text: "After a second, when T3-rtx would send “position 1” again.",
            why: "One report is not three, so the timer must find the loss. Then its life is long over, and FORWARD TSN goes out instead.",
            comesTrue: (scene) => (scene.deliveries("bob")[5] ?? 0) > 2_400,
          },
        ],
      },
      checks: [
        check("“position 1” is lost", (scene) => scene.packet({ chunk: "DATA", tsn: 7 })?.fate === "lost"),
        check(
          "“position 2” has arrived and waits",
          (scene) =>
            scene.packet({ chunk: "DATA", tsn: 8 })?.fate === "arrived" &&
            scene.end("bob")?.receivedCount === 5,
        ),
      ],
    },
    {
      title: "Its time is over",
      until: { packet: { chunk: "SACK", from: "bob", upTo: 8 }, is: "sent" },
      says: [
        "T3-rtx expired. “Position 1” is older than 300 ms, so it is given up; FORWARD TSN goes out in its place, and Bob's program has “position 2”.",
        "Even so it was late: messages that need no order should be sent unordered.",
      ],
      points: [{ kind: "packet", packet: { ...FORWARD, nth: 2 } }],
      checks: [
        check("two messages were given up", (scene) => failed(scene) === 2),
        check("Bob's program has “position 2”", (scene) => scene.end("bob")?.receivedCount === 6),
        check(
          "no data was ever sent twice",
          (scene) => failed(scene) === 2 && scene.count({ chunk: "DATA", isAgain: true }) === 0,
        ),
      ],
    },
  ],
};
