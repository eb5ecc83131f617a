/** Streams that begin anew, and more of them. Owns: that lesson. Does not own: what streams are for (head-of-line.ts). */
import { aliceAndBob, connected, send } from "./documents.ts";
import { check, type Lesson } from "./lesson.ts";
import type { Scene } from "./scene.ts";

const OPTIONS = {
  streamReconfiguration: true,
  allowStreamReset: true,
  allowAddStreams: true,
  outboundStreams: 4,
};

/** The stream sequence number of a TSN. */
function ssnOf(scene: Scene, tsn: number): number | undefined {
  const packet = scene.packet({ chunk: "DATA", from: "alice", tsn });
  const at = packet?.data.findIndex((data) => data.tsn === tsn) ?? -1;
  const chunk = packet?.chunks.filter(({ kind }) => kind === "DATA")[at];
  return chunk?.kind === "DATA" ? chunk.ssn : undefined;
}

export const STREAM_RESET: Lesson = {
  name: "stream-reset",
  title: "A stream begins anew",
  learns:
    "How a stream is used for one thing after another, and how an association gets more streams while it lives. You will see both in RE-CONFIG chunks, and what they do to the numbers of messages.",
  sections: ["RFC 6525 5.1.2", "RFC 6525 5.2.2", "RFC 6525 5.1.5", "RFC 9260 6.5"],
  scenario: {
    name: "stream reset",
    durationMs: 5_000,
    ...aliceAndBob(OPTIONS),
    timeline: [
      ...connected("alice", "bob"),
      send("alice", 500, { bytes: 100, count: 3, streamId: 1 }),
      send("alice", 500, { bytes: 100, count: 2, streamId: 2 }),
      { atMs: 1_000, do: "reset-streams", host: "alice", streamIds: [1] },
      send("alice", 2_000, { bytes: 100, streamId: 1 }),
      send("alice", 2_000, { bytes: 100, streamId: 2 }),
      { atMs: 3_000, do: "add-streams", host: "alice", outbound: 2 },
      send("alice", 4_000, { bytes: 100, streamId: 5 }),
    ],
  },
  steps: [
    {
      title: "Two streams",
      until: { atMs: 900 },
      says: [
        "Alice has sent three messages in stream 1 and two in stream 2. Each stream counts its own: 0, 1, 2 and 0, 1. These are the stream sequence numbers; the TSNs go on over both.",
      ],
      points: [{ kind: "packet", packet: { chunk: "DATA", tsn: 3 } }],
      checks: [
        check("the third message of stream 1 has number 2", (scene) => ssnOf(scene, 3) === 2),
        check("the second message of stream 2 has number 1", (scene) => ssnOf(scene, 5) === 1),
      ],
    },
    {
      title: "A request",
      until: { packet: { chunk: "RE-CONFIG", from: "alice" }, is: "sent" },
      says: [
        "What stream 1 was used for is done, and Alice would like to use it for something else: a data channel of WebRTC is closed like this. She asks Bob to take stream 1 for new. The request names the last TSN that belongs to the old life, so that nothing is mixed up.",
      ],
      points: [{ kind: "packet", packet: { chunk: "RE-CONFIG", from: "alice" } }],
      checks: [
        check(
          "the RE-CONFIG is on the wire",
          (scene) => scene.packet({ chunk: "RE-CONFIG", from: "alice" })?.fate === "under way",
        ),
        check(
          "Alice waits for an answer",
          (scene) => scene.end("alice")?.association.isReconfiguring === true,
        ),
      ],
    },
    {
      title: "Performed",
      until: { packet: { chunk: "RE-CONFIG", from: "bob" }, is: "arrived" },
      says: [
        "Bob had everything up to the TSN that was named, so he reset the stream at once and said so. His program was told; Alice's, too.",
      ],
      points: [{ kind: "packet", packet: { chunk: "RE-CONFIG", from: "bob" } }],
      asks: {
        asks: "Which numbers will the next messages of stream 1 and of stream 2 have?",
        answers: [
          {
            text: "0 and 2.",
            why: "Stream 1 begins anew. Stream 2 was not named, and goes on.",
            comesTrue: (scene) => ssnOf(scene, 6) === 0 && ssnOf(scene, 7) === 2,
          },
          {
            text: "0 and 0.",
            why: "Only the streams that the request names begin anew. One that names none means all.",
            comesTrue: (scene) => ssnOf(scene, 6) === 0 && ssnOf(scene, 7) === 0,
          },
          {
            text: "3 and 2.",
            why: "Then nothing would have been reset.",
            comesTrue: (scene) => ssnOf(scene, 6) === 3 && ssnOf(scene, 7) === 2,
          },
        ],
      },
      checks: [
        check("both programs were told", (scene) =>
          ["alice", "bob"].every((host) => scene.end(host)?.events.includes("streams-reset") === true),
        ),
        check("Alice waits no more", (scene) => {
          const { isReconfiguring = true, stats } = scene.end("alice")?.association ?? {};
          return !isReconfiguring && stats?.outgoingStreamResets === 1;
        }),
      ],
    },
    {
      title: "From 0",
      until: { packet: { chunk: "DATA", tsn: 7 }, is: "arrived" },
      says: [
        "The message in stream 1 has number 0 again, the one in stream 2 has number 2. The TSNs went on: 6 and 7.",
      ],
      points: [
        { kind: "packet", packet: { chunk: "DATA", tsn: 6 } },
        { kind: "packet", packet: { chunk: "DATA", tsn: 7 } },
      ],
      checks: [
        check("stream 1 began with 0", (scene) => ssnOf(scene, 6) === 0),
        check("stream 2 went on with 2", (scene) => ssnOf(scene, 7) === 2),
        check("Bob's program has both messages", (scene) => scene.end("bob")?.receivedCount === 7),
      ],
    },
    {
      title: "More streams",
      until: { packet: { chunk: "RE-CONFIG", from: "alice", nth: 2 }, is: "sent" },
      says: [
        "The handshake gave Alice four streams, 0 to 3. Another RE-CONFIG asks for two more, in the middle of everything.",
      ],
      points: [
        { kind: "packet", packet: { chunk: "RE-CONFIG", from: "alice", nth: 2 } },
        { kind: "field", host: "alice", field: "outboundStreams" },
      ],
      checks: [
        check(
          "Alice has four streams now",
          (scene) =>
            scene.end("alice")?.association.outboundStreams === 4 &&
            scene.count({ chunk: "RE-CONFIG", from: "alice" }) === 2,
        ),
      ],
    },
    {
      title: "Stream 5",
      until: { packet: { chunk: "DATA", tsn: 8 }, is: "arrived" },
      says: ["Bob agreed, and Alice sends in stream 5, which did not exist when the association began."],
      points: [
        { kind: "packet", packet: { chunk: "DATA", tsn: 8 } },
        { kind: "field", host: "alice", field: "outboundStreams" },
      ],
      checks: [
        check("Alice has six streams", (scene) => scene.end("alice")?.association.outboundStreams === 6),
        check("the message in stream 5 has arrived", (scene) => scene.deliveries("bob", 5).length === 1),
      ],
    },
  ],
};
