/** A cable is pulled. Owns: that lesson. Does not own: addresses that change (dynamic-addresses.ts). */
import { connected, host, link, send } from "./documents.ts";
import { check, type Lesson } from "./lesson.ts";
import type { Scene } from "./scene.ts";

const FAST = { preset: "fastFailover", pathMaxRetrans: 2 };
const FIRST = "10.0.0.2";
const SECOND = "10.1.0.2";
const COUNT = 60;

const stateOf = (scene: Scene, address: string): string | undefined => scene.path("alice", address)?.state;
/** The first data that went to the first address behind the mending. */
const backAgain = (scene: Scene): number =>
  scene.packets({ chunk: "DATA", from: "alice", destination: FIRST }).find(({ sentAtMs }) => sentAtMs > 4_000)
    ?.sentAtMs ?? Number.POSITIVE_INFINITY;
const answeredAt = (scene: Scene): number =>
  scene.event({ host: "alice", like: { kind: "path", address: FIRST, state: "active" } })?.atMs ??
  Number.POSITIVE_INFINITY;

export const FAILOVER: Lesson = {
  name: "failover",
  title: "A cable is pulled",
  learns:
    "How an association lives on when one of its networks dies. You will see the sender doubt a path, move to the other one without losing a message, and come back only after the first has answered.",
  sections: ["RFC 9260 6.4", "RFC 9260 6.4.1", "RFC 9260 8.2", "RFC 9260 8.3", "RFC 7829 3"],
  scenario: {
    name: "failover",
    durationMs: 8_000,
    hosts: [host("alice", ["10.0.0.1", "10.1.0.1"], FAST), host("bob", [FIRST, SECOND], FAST)],
    links: [link("10.0.0.1", FIRST, { delayMinMs: 20 }), link("10.1.0.1", SECOND, { delayMinMs: 35 })],
    timeline: [
      ...connected("alice", "bob"),
      send("alice", 500, { bytes: 500, count: COUNT, everyMs: 100 }),
      { atMs: 2_000, do: "cut", between: ["10.0.0.1", FIRST] },
      { atMs: 4_000, do: "mend", between: ["10.0.0.1", FIRST] },
    ],
  },
  steps: [
    {
      title: "Two paths, one in use",
      until: { atMs: 1_250 },
      says: [
        "Alice and Bob have two addresses each, on two networks. Both know all of them since the handshake. User data goes by the primary path; HEARTBEATs see to it that the other one works.",
        "The timers are short here (preset fastFailover): one lost answer is enough to doubt a path.",
      ],
      points: [{ kind: "field", host: "alice", field: "state", path: FIRST }],
      checks: [
        check(
          "both paths are active",
          (scene) =>
            scene.state("alice") === "ESTABLISHED" &&
            stateOf(scene, FIRST) === "active" &&
            stateOf(scene, SECOND) === "active",
        ),
        check(
          "all data goes by the first",
          (scene) =>
            scene.count({ chunk: "DATA", from: "alice" }) > 0 &&
            scene.count({ chunk: "DATA", destination: SECOND }) === 0,
        ),
      ],
    },
    {
      title: "The cable is out",
      until: { packet: { chunk: "SACK", from: "bob", upTo: 16 }, is: "lost" },
      says: [
        "The cable of the first network is pulled. Message 16 has just left, and arrives. Its SACK is lost, and Alice cannot know which of the two it was.",
      ],
      points: [{ kind: "packet", packet: { chunk: "SACK", from: "bob", upTo: 16 } }],
      asks: {
        asks: "Alice's timer T3-rtx will expire. Where does she send message 16 then?",
        answers: [
          {
            text: "To the same address, twice as patient.",
            why: "With one path there would be no choice. With two, what timed out goes to another active one.",
            comesTrue: (scene) =>
              scene.packet({ chunk: "DATA", tsn: 16, isAgain: true })?.destination === FIRST,
          },
          {
            text: "To the other address.",
            why: "RFC 9260 6.4.1: what timed out should take another active path.",
            comesTrue: (scene) =>
              scene.packet({ chunk: "DATA", tsn: 16, isAgain: true })?.destination === SECOND,
          },
        ],
      },
      checks: [
        check(
          "message 16 has arrived",
          (scene) => scene.packet({ chunk: "DATA", tsn: 16 })?.fate === "arrived",
        ),
        check(
          "its SACK is lost",
          (scene) => scene.packet({ chunk: "SACK", from: "bob", upTo: 16 })?.fate === "lost",
        ),
      ],
    },
    {
      title: "Potentially failed",
      until: {
        event: { host: "alice", like: { kind: "path", address: FIRST, state: "potentially-failed" } },
      },
      says: [
        "After 100 ms without an answer the first path is potentially failed (RFC 7829). That is a doubt, not a verdict: user data goes by the second path at once, HEARTBEATs keep asking on the first.",
      ],
      points: [
        { kind: "packet", packet: { chunk: "DATA", from: "alice", tsn: 16, isAgain: true } },
        { kind: "field", host: "alice", field: "state", path: FIRST },
      ],
      checks: [
        check("the first path is in doubt", (scene) => stateOf(scene, FIRST) === "potentially-failed"),
        check(
          "messages 16 and 17 go by the second path",
          (scene) =>
            scene
              .packet({ chunk: "DATA", destination: SECOND })
              ?.data.map(({ tsn }) => tsn)
              .join() === "16,17",
        ),
      ],
    },
    {
      title: "Inactive",
      until: { event: { host: "alice", like: { kind: "path", address: FIRST, state: "inactive" } } },
      says: [
        "Three errors in a row, more than Path.Max.Retrans allows: the path is inactive now, and Alice's program is told. For the messages nothing changes: they have gone by the second path since 2.1 seconds.",
      ],
      points: [{ kind: "field", host: "alice", field: "errorCount", path: FIRST }],
      asks: {
        asks: "At 4 seconds the cable is put back. When does user data go by the first path again?",
        answers: [
          {
            text: "With the first message behind it: Alice keeps trying.",
            why: "User data is not risked on a path that is not known to work.",
            comesTrue: (scene) => backAgain(scene) < answeredAt(scene),
          },
          {
            text: "Once a HEARTBEAT has been answered.",
            why: "An answer clears the errors; the path is active and still the primary, so data returns to it.",
            comesTrue: (scene) => backAgain(scene) >= answeredAt(scene) && backAgain(scene) < 5_000,
          },
          {
            text: "Never: the second path has become the primary.",
            why: "The primary path stays what it is, unless primarySwitchoverMaxRetrans or the user says otherwise.",
            comesTrue: (scene) => backAgain(scene) > 5_000,
          },
        ],
      },
      checks: [
        check("the first path is inactive", (scene) => stateOf(scene, FIRST) === "inactive"),
        check(
          "Alice's program has been told",
          (scene) => scene.end("alice")?.events.includes("path") === true && scene.nowMs < 3_000,
        ),
      ],
    },
    {
      title: "Back again",
      until: { packet: { chunk: "DATA", from: "alice", tsn: 39 }, is: "sent" },
      says: ["A HEARTBEAT was answered, the errors are forgotten, and message 39 takes the first path."],
      points: [{ kind: "packet", packet: { chunk: "DATA", from: "alice", tsn: 39 } }],
      checks: [
        check(
          "message 39 goes by the first path",
          (scene) => scene.packet({ chunk: "DATA", tsn: 39 })?.destination === FIRST,
        ),
        check(
          "the first path is active again",
          (scene) => stateOf(scene, FIRST) === "active" && scene.nowMs > 4_000,
        ),
      ],
    },
    {
      title: "Nothing was lost",
      until: { atMs: 7_000 },
      says: [
        "Bob's program has all sixty messages, each once and in order. The longest it had to wait for one was the time of the doubt.",
      ],
      checks: [
        check("all sixty messages have arrived", (scene) => scene.end("bob")?.receivedCount === COUNT),
        check("no message was more than a fifth of a second late", (scene) => {
          const times = scene.deliveries("bob");
          const gaps = times.slice(1).map((ms, i) => ms - (times[i] ?? ms));
          return gaps.length === COUNT - 1 && Math.max(...gaps) <= 200;
        }),
      ],
    },
  ],
};
