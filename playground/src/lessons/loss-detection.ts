/** When is a packet lost? Owns: that lesson. Does not own: what SACKs say (gap-reports.ts), what becomes of the window (congestion.ts). */
import { connected, send, twoPairs } from "./documents.ts";
import { check, type Lesson } from "./lesson.ts";
import type { Scene } from "./scene.ts";

const SENDERS = ["alice", "carol"];
/** When a host sent that again, in ms. */
const againAt = (scene: Scene, from: string, tsn: number): number | undefined =>
  scene.packet({ chunk: "DATA", from, tsn, isAgain: true })?.sentAtMs;
/** A time that has come; never if it has not. */
const sooner = (a: number | undefined, b: number | undefined): boolean =>
  a !== undefined && a < (b ?? Number.POSITIVE_INFINITY);

export const LOSS_DETECTION: Lesson = {
  name: "loss-detection",
  title: "When is a packet lost?",
  learns:
    "How a sender decides that something is lost: by counting reports, by time, or by a timer. You will watch RFC 9260's rules at Alice and RACK at Carol, on the same links with the same losses.",
  sections: ["RFC 9260 7.2.4", "RFC 9260 6.3.3", "RFC 8985 6", "RFC 8985 7"],
  scenario: {
    name: "fast retransmit, T3-rtx and RACK",
    durationMs: 7_000,
    ...twoPairs({ lossDetection: "rfc9260" }, { lossDetection: "rack" }),
    faults: SENDERS.flatMap((from) => [
      { do: "lose", chunk: "DATA", from, nth: 3 },
      { do: "delay", lateMs: 2.5, chunk: "DATA", from, atMs: 2_000, nth: 2 },
      { do: "delay", lateMs: 8, chunk: "DATA", from, atMs: 3_000, nth: 2 },
      { do: "lose", chunk: "DATA", from, atMs: 4_000, nth: 4 },
    ]),
    timeline: [
      ...connected("alice", "bob"),
      ...connected("carol", "dave"),
      ...SENDERS.flatMap((host) => [
        send(host, 500, { bytes: 1_000, count: 8, everyMs: 2 }),
        send(host, 2_000, { bytes: 1_000, count: 5, everyMs: 1 }),
        send(host, 3_000, { bytes: 1_000, count: 5, everyMs: 1 }),
        send(host, 4_000, { bytes: 1_000, count: 4, everyMs: 2 }),
      ]),
    ],
  },
  steps: [
    {
      title: "A gap is reported",
      until: { packet: { chunk: "SACK", from: "bob", hasGaps: true, nth: 2 }, is: "arrived" },
      says: [
        "Packet 3 was lost at both. Two SACKs that report the gap have come back to Alice, and two to Carol.",
        "Alice follows RFC 9260: the third report of the same gap makes it a loss. Carol follows RACK, as TCP does today: a packet is lost if one that was sent after it has arrived, and a quarter of a round trip has passed since.",
      ],
      points: [{ kind: "packet", packet: { chunk: "SACK", from: "bob", hasGaps: true, nth: 2 } }],
      asks: {
        asks: "Who sends packet 3 again first?",
        answers: [
          {
            text: "Alice.",
            why: "Her third report belongs to packets that she could send only after SACKs had come: it takes a round trip more.",
            comesTrue: (scene) => sooner(againAt(scene, "alice", 3), againAt(scene, "carol", 3)),
          },
          {
            text: "Carol.",
            why: "She needs no third report: after 10 ms, a quarter of her round trip, she stops waiting.",
            comesTrue: (scene) => sooner(againAt(scene, "carol", 3), againAt(scene, "alice", 3)),
          },
        ],
      },
      checks: [
        check(
          "packet 3 of Alice is lost",
          (scene) => scene.packet({ chunk: "DATA", from: "alice", tsn: 3 })?.fate === "lost",
        ),
        check(
          "neither has sent it again",
          (scene) =>
            scene.count({ chunk: "SACK", hasGaps: true }) === 4 &&
            scene.count({ chunk: "DATA", isAgain: true }) === 0,
        ),
      ],
    },
    {
      title: "By reports, and by time",
      until: { packet: { chunk: "DATA", from: "alice", tsn: 3, isAgain: true }, is: "sent" },
      says: [
        "Carol repeated packet 3 when her timer “reordering” expired. Alice repeats it now, with the third report: this is Fast Retransmit, and it happens without any timer.",
      ],
      points: [
        { kind: "packet", packet: { chunk: "DATA", from: "carol", tsn: 3, isAgain: true } },
        { kind: "packet", packet: { chunk: "DATA", from: "alice", tsn: 3, isAgain: true } },
      ],
      checks: [
        check(
          "Alice had three reports of the gap",
          (scene) =>
            scene
              .packets({ chunk: "SACK", from: "bob", hasGaps: true })
              .filter(({ fate }) => fate === "arrived").length === 4 &&
            scene.end("alice")?.association.stats.fastRetransmits === 1,
        ),
        check(
          "Carol's timer told her",
          (scene) =>
            scene.event({ host: "carol", like: { kind: "timer", timer: "reordering" } }) !== undefined,
        ),
        check("Carol was faster", (scene) => sooner(againAt(scene, "carol", 3), againAt(scene, "alice", 3))),
      ],
    },
    {
      title: "Not lost, only late",
      until: { atMs: 2_500 },
      says: [
        "Packet 10 was late by 2.5 ms, and two others overtook it. Alice got two reports, not three; Carol's 10 ms were not over. Nobody repeated anything.",
        "But Carol has seen that her network changes the order of packets. From now on three reports alone will not convince her.",
      ],
      points: [
        { kind: "packet", packet: { chunk: "DATA", from: "alice", tsn: 10 } },
        { kind: "packet", packet: { chunk: "DATA", from: "carol", tsn: 10 } },
      ],
      asks: {
        asks: "A second later packet 15 is late by 8 ms, and three others overtake it. Who sends it again in vain?",
        answers: [
          {
            text: "Both.",
            why: "RACK waits for a quarter of a round trip once it has seen reordering, whatever the number of reports.",
            comesTrue: (scene) =>
              againAt(scene, "alice", 15) !== undefined && againAt(scene, "carol", 15) !== undefined,
          },
          {
            text: "Alice only.",
            why: "Three reports are three reports. Carol waits 10 ms, and the packet comes before that.",
            comesTrue: (scene) =>
              againAt(scene, "alice", 15) !== undefined && againAt(scene, "carol", 15) === undefined,
          },
          {
            text: "Nobody.",
            why: "RFC 9260 has no memory of reordering: Alice is fooled each time.",
            comesTrue: (scene) =>
              againAt(scene, "alice", 15) === undefined && againAt(scene, "carol", 15) === undefined,
          },
        ],
      },
      checks: [
        check("packet 10 arrived, late, at both", (scene) =>
          SENDERS.every((from) => {
            const { sentAtMs = 0, arrivedAtMs = 0 } = scene.packet({ chunk: "DATA", from, tsn: 10 }) ?? {};
            return arrivedAtMs - sentAtMs === 22.5;
          }),
        ),
        check("nobody sent it again", (scene) =>
          SENDERS.every((from) => scene.count({ chunk: "DATA", from, tsn: 10 }) === 1),
        ),
      ],
    },
    {
      title: "Fooled once",
      until: { atMs: 3_500 },
      says: ["Alice has repeated packet 15 and halved her window for nothing. Carol has done neither."],
      points: [{ kind: "packet", packet: { chunk: "DATA", from: "alice", tsn: 15, isAgain: true } }],
      checks: [
        check("Alice sent packet 15 again", (scene) => againAt(scene, "alice", 15) !== undefined),
        check(
          "Carol did not",
          (scene) =>
            scene.packet({ chunk: "DATA", from: "carol", tsn: 15 })?.fate === "arrived" &&
            againAt(scene, "carol", 15) === undefined,
        ),
      ],
    },
    {
      title: "The last one is lost",
      until: { packet: { chunk: "DATA", from: "alice", tsn: 22 }, is: "lost" },
      says: [
        "Packet 22 is the last of its burst, and lost. Nothing follows that could report a gap, so counting does not help, and neither does what arrived later: nothing does.",
      ],
      points: [{ kind: "packet", packet: { chunk: "DATA", from: "alice", tsn: 22 } }],
      asks: {
        asks: "How long does it take until each of them repeats it? The round trip is 40 ms.",
        answers: [
          {
            text: "Both wait for T3-rtx, more than a second.",
            why: "Alice does. Carol has a probe for this.",
            comesTrue: (scene) => (againAt(scene, "carol", 22) ?? 0) > 5_000,
          },
          {
            text: "Alice more than a second, Carol less than a quarter of one.",
            why: "Two round trips without an answer, and some time for a delayed SACK: then RACK-TLP sends the last packet again as a probe.",
            comesTrue: (scene) =>
              (againAt(scene, "alice", 22) ?? 0) > 5_000 && (againAt(scene, "carol", 22) ?? 9_999) < 4_250,
          },
          {
            text: "Both less than a quarter of a second.",
            why: "RTO.Min is one second: T3-rtx never expires before that.",
            comesTrue: (scene) => (againAt(scene, "alice", 22) ?? 9_999) < 4_250,
          },
        ],
      },
      checks: [
        check(
          "packet 22 is lost on both links",
          (scene) =>
            scene.packets({ chunk: "DATA", tsn: 22 }).filter(({ fate }) => fate === "lost").length === 2,
        ),
      ],
    },
    {
      title: "T3-rtx",
      until: { event: { host: "alice", like: { kind: "timer", timer: "T3-rtx" } } },
      says: [
        "Alice's timer T3-rtx has expired at last. That is the last resort: her window falls to one packet, and the next time she would wait twice as long. Carol's tail loss probe had told her more than a second ago.",
      ],
      points: [
        { kind: "field", host: "alice", field: "cwndBytes" },
        { kind: "packet", packet: { chunk: "DATA", from: "carol", tsn: 22, isAgain: true } },
      ],
      checks: [
        check(
          "Carol's probe was sent a second before",
          (scene) =>
            (scene.event({ host: "carol", like: { kind: "timer", timer: "tail-loss-probe" } })?.atMs ??
              9_999) <
            scene.nowMs - 1_000,
        ),
        check(
          "Alice's window has fallen to one packet",
          (scene) => (scene.path("alice")?.cwndBytes ?? 0) < 1_200,
        ),
        check("Carol never waited for T3-rtx", (scene) => {
          const { timeouts = 0, retransmittedChunks = 0 } = scene.end("carol")?.association.stats ?? {};
          return timeouts === 0 && retransmittedChunks > 0;
        }),
      ],
    },
  ],
};
