/** What SACKs say. Owns: that lesson. Does not own: what the sender makes of it (loss-detection.ts). */
import { aliceAndBob, connected, send } from "./documents.ts";
import { check, type Lesson } from "./lesson.ts";
import type { Scene } from "./scene.ts";

const gapsOf = (scene: Scene, nth: number): string =>
  (scene.packet({ chunk: "SACK", from: "bob", nth })?.sack?.gaps ?? [])
    .map(([a, b]) => `${a}-${b}`)
    .join(" ");

export const GAP_REPORTS: Lesson = {
  name: "gap-reports",
  title: "What a SACK says",
  learns:
    "How a receiver tells what it has, what is missing and what came twice. You will read SACKs with Gap Ack Blocks, see when they are sent at once and when they wait, and why a lost SACK does no harm.",
  sections: ["RFC 9260 3.3.4", "RFC 9260 6.2", "RFC 9260 6.2.1", "RFC 9260 6.7"],
  scenario: {
    name: "gap reports",
    durationMs: 3_000,
    ...aliceAndBob(),
    faults: [
      { do: "lose", chunk: "DATA", from: "alice", nth: 3 },
      { do: "lose", chunk: "DATA", from: "alice", nth: 6 },
      { do: "lose", chunk: "SACK", from: "bob", atMs: 1_000, nth: 2 },
      { do: "double", chunk: "DATA", from: "alice", atMs: 1_900 },
    ],
    timeline: [
      ...connected("alice", "bob"),
      send("alice", 500, { bytes: 1_000, count: 9, everyMs: 5 }),
      send("alice", 1_000, { bytes: 1_000, count: 6, everyMs: 50 }),
      send("alice", 2_000, { bytes: 100 }),
    ],
  },
  steps: [
    {
      title: "All is well",
      until: { packet: { chunk: "SACK", from: "bob" }, is: "sent" },
      says: [
        "The first data has come, and Bob acknowledges it: “I have everything up to TSN 1.” That is the Cumulative TSN Ack. (Here TSNs count from 1; on the wire they begin with a random number.)",
        "Afterwards he will acknowledge every second packet, or after 200 ms. Packet 3, however, has just been lost.",
      ],
      points: [{ kind: "packet", packet: { chunk: "SACK", from: "bob" } }],
      asks: {
        asks: "Packets 1 and 2 arrive, 3 does not, then 4 does. What will the next SACK say?",
        answers: [
          {
            text: "Everything up to 4.",
            why: "Then nobody would ever send 3 again.",
            comesTrue: (scene) => scene.packet({ chunk: "SACK", from: "bob", nth: 2 })?.sack?.upTo === 4,
          },
          {
            text: "Everything up to 2, and nothing of 4.",
            why: "A TCP without SACK says no more than that. The sender would have to guess what else has come.",
            comesTrue: (scene) =>
              scene.packet({ chunk: "SACK", from: "bob", nth: 2 })?.sack?.upTo === 2 &&
              gapsOf(scene, 2) === "",
          },
          {
            text: "Everything up to 2, and also 4.",
            why: "A Gap Ack Block names what came behind the gap.",
            comesTrue: (scene) => gapsOf(scene, 2) === "4-4",
          },
        ],
      },
      checks: [
        check(
          "the first SACK acknowledges TSN 1, without gaps",
          (scene) =>
            scene.packet({ chunk: "SACK", from: "bob" })?.sack?.upTo === 1 && gapsOf(scene, 1) === "",
        ),
        check("packet 3 is lost", (scene) => scene.packet({ chunk: "DATA", tsn: 3 })?.fate === "lost"),
      ],
    },
    {
      title: "A gap",
      until: { packet: { chunk: "SACK", from: "bob", nth: 3 }, is: "sent" },
      says: [
        "As long as something is missing, Bob does not wait for a second packet: each packet is answered at once. So Alice hears quickly, and often enough.",
        "The blocks are offsets from the Cumulative TSN Ack: start 2, end 3 stand for TSNs 4 and 5.",
      ],
      points: [{ kind: "packet", packet: { chunk: "SACK", from: "bob", nth: 3 } }],
      checks: [
        check("the second SACK reports 4", (scene) => gapsOf(scene, 2) === "4-4"),
        check("the third SACK reports 4 to 5", (scene) => gapsOf(scene, 3) === "4-5"),
        check(
          "packets 4 and 5 were answered as they came",
          (scene) =>
            scene.packet({ chunk: "SACK", from: "bob", nth: 2 })?.sentAtMs ===
              scene.packet({ chunk: "DATA", tsn: 4 })?.arrivedAtMs &&
            scene.packet({ chunk: "SACK", from: "bob", nth: 3 })?.sentAtMs ===
              scene.packet({ chunk: "DATA", tsn: 5 })?.arrivedAtMs,
        ),
      ],
    },
    {
      title: "Two gaps",
      until: { packet: { chunk: "SACK", from: "bob", nth: 6 }, is: "sent" },
      says: [
        "Packet 6 was lost, too. One SACK names both islands: 4 to 5 and 7 to 9. What lies between them, and before the first, is missing: 3 and 6.",
      ],
      points: [{ kind: "packet", packet: { chunk: "SACK", from: "bob", nth: 6 } }],
      checks: [check("two blocks are reported: 4-5 and 7-9", (scene) => gapsOf(scene, 6) === "4-5 7-9")],
    },
    {
      title: "The gaps are filled",
      until: { packet: { chunk: "SACK", from: "bob", upTo: 9 }, is: "sent" },
      says: [
        "Alice has sent 3 and 6 again, and nothing else: she knew exactly what was missing. With 3 the Cumulative TSN Ack jumped to 5, with 6 to 9.",
      ],
      points: [{ kind: "packet", packet: { chunk: "SACK", from: "bob", upTo: 9 } }],
      checks: [
        check(
          "3 and 6 were sent again, and nothing else",
          (scene) =>
            scene
              .packets({ chunk: "DATA", isAgain: true })
              .flatMap(({ data }) => data.map(({ tsn }) => tsn))
              .join() === "3,6",
        ),
      ],
    },
    {
      title: "A SACK is lost",
      until: { packet: { chunk: "SACK", from: "bob", upTo: 13 }, is: "lost" },
      says: ["Now nothing is missing, and Bob answers every second packet. The SACK for 12 and 13 is lost."],
      points: [{ kind: "packet", packet: { chunk: "SACK", from: "bob", upTo: 13 } }],
      asks: {
        asks: "What does Alice send again because of the lost SACK?",
        answers: [
          {
            text: "12 and 13: she does not know that they have arrived.",
            why: "She would, after a second without news. The next SACK comes sooner.",
            comesTrue: (scene) => scene.count({ chunk: "DATA", tsn: 13 }) > 1,
          },
          {
            text: "Nothing.",
            why: "The next SACK says “everything up to 15”, which covers what the lost one said.",
            comesTrue: (scene) => scene.count({ chunk: "DATA", tsn: 13 }) === 1,
          },
        ],
      },
      checks: [
        check(
          "the SACK up to 13 is lost",
          (scene) => scene.packet({ chunk: "SACK", from: "bob", upTo: 13 })?.fate === "lost",
        ),
        check(
          "every second packet is answered: no SACK ends with 12",
          (scene) =>
            scene.count({ chunk: "SACK", from: "bob", upTo: 11 }) === 1 &&
            scene.count({ chunk: "SACK", from: "bob", upTo: 12 }) === 0,
        ),
      ],
    },
    {
      title: "Something came twice",
      until: { packet: { chunk: "SACK", from: "bob", upTo: 16 }, is: "arrived" },
      says: [
        "The network has doubled packet 16. Bob takes it once, answers at once, and names 16 as a duplicate: so a sender can tell that it repeated something in vain, or that the network makes copies.",
      ],
      points: [{ kind: "packet", packet: { chunk: "SACK", from: "bob", upTo: 16 } }],
      checks: [
        check("16 is reported as a duplicate", (scene) =>
          scene.packets({ chunk: "SACK", upTo: 16 }).some(({ sack }) => sack?.duplicates.includes(16)),
        ),
        check("Bob's program has 16 messages, none twice", (scene) => scene.end("bob")?.receivedCount === 16),
      ],
    },
  ],
};
