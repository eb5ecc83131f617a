/** What waits for a lost packet, and what need not. Owns: that lesson. Does not own: large messages in the way (interleaving.ts). */
import { connected, send, twoPairs } from "./documents.ts";
import { check, type Lesson } from "./lesson.ts";

const COUNT = 8;
const eightMessages = (host: string, streams: number) =>
  Array.from({ length: COUNT }, (_, i) => send(host, 500 + 5 * i, { bytes: 1_000, streamId: i % streams }));
const LOST = { chunk: "DATA", tsn: 2 } as const;

export const HEAD_OF_LINE: Lesson = {
  name: "head-of-line",
  title: "Who waits for the lost one?",
  learns:
    "Why SCTP has streams. You will see the same eight messages, and the same loss, once in one stream and once in four: in one, everything behind the loss waits; in four, only its own stream does.",
  sections: ["RFC 9260 1.5.2", "RFC 9260 6.5", "RFC 9260 6.6"],
  scenario: {
    name: "head-of-line blocking",
    durationMs: 1_500,
    ...twoPairs({}, {}),
    faults: ["alice", "carol"].map((from) => ({ do: "lose", chunk: "DATA", from, nth: 2 })),
    timeline: [
      ...connected("alice", "bob"),
      ...connected("carol", "dave"),
      ...eightMessages("alice", 1),
      ...eightMessages("carol", 4),
    ],
  },
  steps: [
    {
      title: "The same loss twice",
      until: { packet: { ...LOST, from: "carol" }, is: "lost" },
      says: [
        "Alice sends Bob eight messages, all in stream 0, as over one TCP connection. Carol sends Dave eight messages, too, in turn on streams 0, 1, 2 and 3.",
        "On both links the second packet is lost.",
      ],
      points: [
        { kind: "packet", packet: { ...LOST, from: "alice" } },
        { kind: "packet", packet: { ...LOST, from: "carol" } },
      ],
      checks: [
        check(
          "message 2 of Alice is lost",
          (scene) => scene.packet({ ...LOST, from: "alice" })?.fate === "lost",
        ),
        check(
          "message 2 of Carol is lost",
          (scene) => scene.packet({ ...LOST, from: "carol" })?.fate === "lost",
        ),
      ],
    },
    {
      title: "The next ones arrive",
      until: { packet: { chunk: "DATA", from: "carol", tsn: 5 }, is: "arrived" },
      says: [
        "Messages 3, 4 and 5 have arrived on both sides. The TSN, which numbers all data, says that one is missing. The stream sequence number says whether it matters.",
        "Bob must hold them all: they are behind message 2 in their stream. Dave has given 3, 4 and 5 to his program: they are of streams 2, 3 and 0, and message 2 is of stream 1.",
      ],
      points: [{ kind: "field", host: "bob", field: "heldBytes" }],
      asks: {
        asks: "All eight messages will be sent before the lost one is repeated. Which will Dave's program have to wait for?",
        answers: [
          {
            text: "Messages 2 to 8, as Bob's does.",
            why: "TSNs are acknowledged in order, but messages are delivered by their stream.",
            comesTrue: (scene) => scene.deliveries("dave").filter((ms) => ms < scene.nowMs).length === 1,
          },
          {
            text: "Messages 2 and 6.",
            why: "Both are of stream 1. The other six have nothing missing before them.",
            comesTrue: (scene) =>
              scene.deliveries("dave").filter((ms) => ms < scene.nowMs).length === COUNT - 2,
          },
          {
            text: "Message 2 alone.",
            why: "Message 6 is of stream 1, too, and comes behind it.",
            comesTrue: (scene) =>
              scene.deliveries("dave").filter((ms) => ms < scene.nowMs).length === COUNT - 1,
          },
        ],
      },
      checks: [
        check("Bob's program has one message", (scene) => scene.end("bob")?.receivedCount === 1),
        check("Dave's program has four", (scene) => scene.end("dave")?.receivedCount === 4),
      ],
    },
    {
      title: "Once more",
      until: { packet: { ...LOST, from: "carol", isAgain: true }, is: "arrived" },
      says: [
        "Three SACKs have reported the gap, so message 2 was sent again, and it has come.",
        "Now Bob delivers seven messages at once. Dave delivers two.",
      ],
      points: [{ kind: "packet", packet: { ...LOST, from: "alice", isAgain: true } }],
      checks: [
        check(
          "Bob's program got seven messages at this moment",
          (scene) => scene.deliveries("bob").filter((ms) => ms === 580).length === 7,
        ),
        check(
          "Dave's program got two, both of stream 1",
          (scene) =>
            scene.deliveries("dave").filter((ms) => ms === 580).length === 2 &&
            scene.deliveries("dave", 1).every((ms) => ms === 580) &&
            scene.deliveries("dave", 1).length === 2,
        ),
      ],
    },
    {
      title: "What it cost",
      until: { atMs: 1_000 },
      says: [
        "The network did the same for both: as many packets, the same loss, the same repair. All that differs is which messages were told to be in order.",
        "A web page, a call with its signalling, a game: whatever consists of many things that do not depend on each other gains by this. QUIC has streams for the same reason.",
      ],
      checks: [
        check(
          "both programs have all eight messages",
          (scene) => scene.end("bob")?.receivedCount === COUNT && scene.end("dave")?.receivedCount === COUNT,
        ),
        check(
          "both senders sent as many packets of data",
          (scene) =>
            scene.count({ chunk: "DATA", from: "alice" }) === COUNT + 1 &&
            scene.count({ chunk: "DATA", from: "carol" }) === COUNT + 1,
        ),
      ],
    },
  ],
};
