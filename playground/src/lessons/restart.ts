/** A host that comes back, and two that ask at once. Owns: that lesson. Does not own: the plain handshake (handshake.ts). */
import { connected, send, twoPairs } from "./documents.ts";
import { check, type Lesson } from "./lesson.ts";
import type { Scene } from "./scene.ts";

const isRestarted = (scene: Scene): boolean => scene.end("bob")?.events.includes("restarted") === true;
const endsOf = (scene: Scene, host: string): number => scene.host(host).associations.length;

export const RESTART: Lesson = {
  name: "restart",
  title: "Back from a crash, and both at once",
  learns:
    "What happens when a host forgets an association that its peer still has, and when both ends ask for one at the same moment. In both cases cookies and tags see to it that there is one association, not two and not none.",
  sections: ["RFC 9260 5.2.1", "RFC 9260 5.2.2", "RFC 9260 5.2.4"],
  scenario: {
    name: "restart and collision",
    durationMs: 5_000,
    ...twoPairs({}, {}),
    timeline: [
      ...connected("alice", "bob", { localPort: 5_000 }),
      send("alice", 500, { text: "before the crash" }),
      { atMs: 1_000, do: "restart", host: "alice" },
      { ...connected("alice", "bob", { localPort: 5_000 })[1], atMs: 1_500 },
      send("alice", 2_000, { text: "after it" }),
      { atMs: 0, do: "listen", host: "carol", port: 7 },
      { atMs: 0, do: "listen", host: "dave", port: 7 },
      { atMs: 3_000, do: "connect", host: "carol", to: "dave", port: 7, localPort: 7 },
      { atMs: 3_005, do: "connect", host: "dave", to: "carol", port: 7, localPort: 7 },
      send("carol", 3_500, { text: "hello from Carol" }),
    ],
  },
  steps: [
    {
      title: "An association like any other",
      until: { event: { host: "bob", like: { kind: "message", step: "delivered" } } },
      says: ["Alice, from her port 5000, has an association with Bob, and has sent a message."],
      points: [{ kind: "field", host: "bob", field: "state" }],
      checks: [
        check("Bob has Alice's message", (scene) => scene.end("bob")?.receivedCount === 1),
        check(
          "Bob knows of no restart",
          (scene) => scene.state("bob") === "ESTABLISHED" && !isRestarted(scene),
        ),
      ],
    },
    {
      title: "Alice crashes",
      until: { atMs: 1_400 },
      says: [
        "Alice's host has crashed and come back: it knows nothing any more. Bob does not know that. To him the association is as good as ever. In a moment Alice will ask for one again, from the same port.",
      ],
      points: [{ kind: "field", host: "bob", field: "state" }],
      checks: [
        check(
          "Alice holds nothing, Bob holds one",
          (scene) => scene.held("alice") === 0 && scene.held("bob") === 1,
        ),
      ],
    },
    {
      title: "An INIT out of the blue",
      until: { packet: { chunk: "INIT ACK", from: "bob", nth: 2 }, is: "sent" },
      says: [
        "Bob gets an INIT from a peer that he believes he is connected to. Anybody could have sent that, so he changes nothing. He answers with a cookie that contains the tags of the old association, the tie-tags, which only he and the real Alice have ever seen.",
      ],
      points: [{ kind: "packet", packet: { chunk: "INIT ACK", from: "bob", nth: 2 } }],
      asks: {
        asks: "Alice will bring the cookie back. What becomes of Bob's old association?",
        answers: [
          {
            text: "Bob refuses: those addresses and ports have one already.",
            why: "Then nobody could come back before the peer's timers had given up, which may take minutes.",
            comesTrue: (scene) => scene.state("alice") !== "ESTABLISHED",
          },
          {
            text: "It stays, and a second one is made beside it.",
            why: "Addresses and ports name an association: there cannot be two.",
            comesTrue: (scene) => scene.held("bob") === 2,
          },
          {
            text: "It begins anew, and Bob's program is told of a restart.",
            why: "New tags, new TSNs, windows as at first; to Bob's program it is the same association.",
            comesTrue: (scene) => scene.held("bob") === 1 && isRestarted(scene),
          },
        ],
      },
      checks: [
        check(
          "Bob's association is untouched",
          (scene) =>
            scene.count({ chunk: "INIT ACK", from: "bob" }) === 2 &&
            scene.state("bob") === "ESTABLISHED" &&
            !isRestarted(scene),
        ),
      ],
    },
    {
      title: "The cookie proves it",
      until: { packet: { chunk: "COOKIE ACK", from: "bob", nth: 2 }, is: "arrived" },
      says: [
        "The cookie came back from Alice's address. Both tags in it are new and its tie-tags match: action A of RFC 9260's Table 12, a restart. Bob resets the association, and tells his program.",
      ],
      points: [{ kind: "packet", packet: { chunk: "COOKIE ECHO", from: "alice", nth: 2 } }],
      checks: [
        check("Bob's program was told of a restart", isRestarted),
        check(
          "Bob never had more than one association",
          (scene) => endsOf(scene, "bob") === 1 && isRestarted(scene),
        ),
        check(
          "Alice has a new one",
          (scene) => endsOf(scene, "alice") === 2 && scene.state("alice") === "ESTABLISHED",
        ),
      ],
    },
    {
      title: "Both at once",
      until: { packet: { chunk: "INIT", from: "dave" }, is: "sent" },
      says: [
        "Another pair. Carol asks Dave for an association, from her port 7 to his port 7. Before her INIT arrives, Dave asks her, from his port 7 to hers: the INITs cross.",
      ],
      points: [
        { kind: "packet", packet: { chunk: "INIT", from: "carol" } },
        { kind: "packet", packet: { chunk: "INIT", from: "dave" } },
      ],
      asks: {
        asks: "How many associations come of it?",
        answers: [
          {
            text: "None: each refuses, for it is asking itself.",
            why: "Each answers the other's INIT with the tag of its own, so that both mean the same association.",
            comesTrue: (scene) => scene.held("carol") === 0,
          },
          {
            text: "One.",
            why: "Same addresses, same ports, and each answers with the tag that it has already chosen.",
            comesTrue: (scene) => endsOf(scene, "carol") === 1 && scene.state("carol") === "ESTABLISHED",
          },
          {
            text: "Two: one for each who asked.",
            why: "They would have the same addresses and ports, and packets could not be told apart.",
            comesTrue: (scene) => endsOf(scene, "carol") === 2,
          },
        ],
      },
      checks: [
        check(
          "both are in COOKIE-WAIT",
          (scene) => scene.state("carol") === "COOKIE-WAIT" && scene.state("dave") === "COOKIE-WAIT",
        ),
      ],
    },
    {
      title: "One association",
      until: { packet: { chunk: "COOKIE ACK", from: "carol" }, is: "arrived" },
      says: [
        "Two INITs, two INIT ACKs, two COOKIE ECHOs, two COOKIE ACKs: both went through the whole handshake, and it is one association. The COOKIE ACK that comes last finds nothing to do and is dropped.",
      ],
      points: [{ kind: "packet", packet: { chunk: "COOKIE ACK", from: "carol" } }],
      checks: [
        check("each end has one association, in ESTABLISHED", (scene) =>
          ["carol", "dave"].every((host) => endsOf(scene, host) === 1 && scene.state(host) === "ESTABLISHED"),
        ),
        check("Dave kept his tag: the INIT ACK has the one of his INIT", (scene) => {
          const tags = scene
            .sentBy("dave")
            .flatMap(({ chunks }) => chunks)
            .flatMap((chunk) =>
              chunk.kind === "INIT" || chunk.kind === "INIT ACK" ? chunk.initiateTag : [],
            );
          return tags.length === 2 && tags[0] === tags[1];
        }),
      ],
    },
    {
      title: "It works",
      until: { event: { host: "dave", like: { kind: "message", step: "delivered" } } },
      says: ["Carol's message arrives at Dave, once."],
      points: [{ kind: "packet", packet: { chunk: "DATA", from: "carol" } }],
      checks: [check("Dave's program has the message", (scene) => scene.end("dave")?.receivedCount === 1)],
    },
  ],
};
