/** A small message overtakes a large one. Owns: that lesson. Does not own: what waits for something lost (head-of-line.ts). */
import { connected, send, twoPairs } from "./documents.ts";
import { check, type Lesson } from "./lesson.ts";
import type { Scene } from "./scene.ts";

const LARGE = 30_000;
/** When the small message was delivered; never if it has not been. */
const smallAt = (scene: Scene, host: string): number =>
  scene.deliveries(host, 1)[0] ?? Number.POSITIVE_INFINITY;
const largeAt = (scene: Scene, host: string): number =>
  scene.deliveries(host, 0)[0] ?? Number.POSITIVE_INFINITY;
const smallSent = (scene: Scene, from: string): boolean =>
  scene.sentBy(from).some(({ data }) => data.some(({ streamId }) => streamId === 1));

export const INTERLEAVING: Lesson = {
  name: "interleaving",
  title: "Past the large one",
  learns:
    "Why a large message holds up all streams at the sender, and what I-DATA does about it. You will see the same two messages with and without interleaving, on the same slow link.",
  sections: ["RFC 8260 1.1", "RFC 8260 2.1", "RFC 8260 2.2.2", "RFC 9260 6.9"],
  scenario: {
    name: "interleaving",
    durationMs: 2_000,
    ...twoPairs(
      { streamScheduler: "rr" },
      { streamScheduler: "rr", interleaving: true },
      { delayMinMs: 20, bytesPerSecond: 100_000 },
    ),
    timeline: [
      ...connected("alice", "bob"),
      ...connected("carol", "dave"),
      ...["alice", "carol"].flatMap((host) => [
        send(host, 500, { bytes: LARGE, streamId: 0 }),
        send(host, 501, { bytes: 200, streamId: 1 }),
      ]),
    ],
  },
  steps: [
    {
      title: "A large message is cut up",
      until: { packet: { chunk: "I-DATA", from: "carol", nth: 4 }, is: "sent" },
      says: [
        "Alice and Carol each send 30 kB in stream 0, over a link of 100 kB/s. The message does not fit into one packet, so it is cut into fragments. One millisecond later each has a small, urgent message for stream 1.",
        "Both let their streams take turns. Carol and Dave have agreed on I-DATA, Alice and Bob have not.",
      ],
      points: [
        { kind: "packet", packet: { chunk: "DATA", from: "alice" } },
        { kind: "packet", packet: { chunk: "I-DATA", from: "carol" } },
      ],
      asks: {
        asks: "When the first SACKs have come and the next packets go out: where is the small message among them?",
        answers: [
          {
            text: "At both: their streams take turns.",
            why: "Fragments of a DATA message have consecutive TSNs, and nothing else tells the receiver which belong together. Nothing may come between them.",
            comesTrue: (scene) => smallSent(scene, "alice") && smallSent(scene, "carol"),
          },
          {
            text: "At Carol only.",
            why: "I-DATA numbers messages and fragments apart from TSNs, so fragments of several messages can be mixed.",
            comesTrue: (scene) => !smallSent(scene, "alice") && smallSent(scene, "carol"),
          },
          {
            text: "At neither.",
            why: "It would be so with DATA at both ends.",
            comesTrue: (scene) => !smallSent(scene, "alice") && !smallSent(scene, "carol"),
          },
        ],
      },
      checks: [
        check("Carol and Dave use I-DATA", (scene) => scene.end("carol")?.association.isInterleaved === true),
        check(
          "Alice and Bob use DATA",
          (scene) =>
            scene.count({ chunk: "DATA", from: "alice" }) > 0 &&
            scene.count({ chunk: "I-DATA", from: "alice" }) === 0,
        ),
      ],
    },
    {
      title: "In between",
      until: { packet: { chunk: "I-DATA", from: "carol", streamId: 1 }, is: "sent" },
      says: [
        "The acknowledgement has come, the window lets more out, and Carol sends the small message between two fragments of the large one. In I-DATA each message has an identifier, the MID, and each fragment a number, the FSN.",
      ],
      points: [{ kind: "packet", packet: { chunk: "I-DATA", from: "carol", streamId: 1 } }],
      checks: [
        check("less than a quarter of the large message has been sent", (scene) => {
          const fragments = scene
            .sentBy("carol")
            .flatMap(({ data }) => data)
            .filter(({ streamId }) => streamId === 0);
          const bytes = fragments.reduce((sum, fragment) => sum + fragment.bytes, 0);
          return bytes > 0 && bytes < LARGE / 4;
        }),
        check(
          "Alice's small message still waits",
          (scene) =>
            scene.count({ chunk: "DATA", from: "alice" }) > 4 &&
            scene.count({ chunk: "DATA", from: "alice", streamId: 1 }) === 0,
        ),
      ],
    },
    {
      title: "Dave has it",
      until: { event: { host: "dave", like: { kind: "message", step: "delivered", streamId: 1 } } },
      says: ["Dave's program has the small message, while most of the large one is still on Carol's side."],
      points: [{ kind: "field", host: "dave", field: "heldBytes" }],
      asks: {
        asks: "How much later does Bob's program get his?",
        answers: [
          {
            text: "At about the same time: 200 bytes are soon sent.",
            why: "They are, once it is their turn.",
            comesTrue: (scene) => smallAt(scene, "bob") - smallAt(scene, "dave") < 50,
          },
          {
            text: "More than 200 ms later.",
            why: "30 kB at 100 kB/s take 300 ms, and he has to wait for all that is left of them.",
            comesTrue: (scene) => smallAt(scene, "bob") - smallAt(scene, "dave") > 200,
          },
        ],
      },
      checks: [
        check("it came within 100 ms", (scene) => smallAt(scene, "dave") < 600),
        check("Bob has nothing yet", (scene) => scene.nowMs > 501 && scene.end("bob")?.receivedCount === 0),
      ],
    },
    {
      title: "Bob has it, too",
      until: { event: { host: "bob", like: { kind: "message", step: "delivered", streamId: 1 } } },
      says: [
        "At Bob's the large message had to be complete first. Streams keep messages apart at the receiver; at the sender, DATA has them stand in one line while a large message goes out.",
      ],
      points: [{ kind: "packet", packet: { chunk: "DATA", from: "alice", streamId: 1 } }],
      checks: [
        check(
          "the large message was there first",
          (scene) => scene.end("bob")?.receivedCount === 2 && largeAt(scene, "bob") <= smallAt(scene, "bob"),
        ),
        check(
          "Bob's program waited 200 ms longer than Dave's",
          (scene) =>
            Number.isFinite(smallAt(scene, "bob")) && smallAt(scene, "bob") > smallAt(scene, "dave") + 200,
        ),
      ],
    },
    {
      title: "The price",
      until: { atMs: 1_500 },
      says: [
        "Four more bytes for each chunk: I-DATA has a header of 20 bytes, DATA one of 16. The large message arrived at about the same time on both links.",
      ],
      checks: [
        check(
          "both programs have both messages",
          (scene) => scene.end("bob")?.receivedCount === 2 && scene.end("dave")?.receivedCount === 2,
        ),
        check(
          "the large ones came within 20 ms of each other",
          (scene) => Math.abs(largeAt(scene, "bob") - largeAt(scene, "dave")) < 20,
        ),
      ],
    },
  ],
};
