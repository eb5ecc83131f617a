/** Addresses that come and go. Owns: that lesson. Does not own: paths that die (failover.ts). */
import { connected, host, link, send } from "./documents.ts";
import { check, type Lesson } from "./lesson.ts";
import type { Scene } from "./scene.ts";

const OPTIONS = { dynamicAddresses: true };
const [HOME, OFFICE, TRAIN, BOB] = ["10.0.0.1", "10.1.0.1", "10.2.0.1", "10.0.0.2"] as const;
const COUNT = 12;

const known = (scene: Scene): string => (scene.end("bob")?.association.remoteAddresses ?? []).join();
const dataTo = (scene: Scene, destination: string): number =>
  scene.count({ chunk: "DATA", from: "bob", destination });
/** The first data that Bob sent to an address, in ms. */
const firstDataTo = (scene: Scene, destination: string): number =>
  scene.packet({ chunk: "DATA", from: "bob", destination })?.sentAtMs ?? Number.POSITIVE_INFINITY;

export const DYNAMIC_ADDRESSES: Lesson = {
  name: "dynamic-addresses",
  title: "A host that moves",
  learns:
    "How an association survives that its host gets other addresses. You will see ASCONF add one, prefer it, remove the old one, and move to a third at once, while messages keep coming.",
  sections: ["RFC 5061 4.1", "RFC 5061 5.1", "RFC 5061 5.2", "RFC 5061 5.3", "RFC 4895 6", "RFC 9260 5.4"],
  scenario: {
    name: "a host that moves",
    durationMs: 6_000,
    hosts: [host("alice", HOME, OPTIONS), host("bob", BOB, OPTIONS)],
    links: [
      link(HOME, BOB, { delayMinMs: 20 }),
      link(OFFICE, BOB, { delayMinMs: 50 }),
      link(TRAIN, BOB, { delayMinMs: 30 }),
    ],
    timeline: [
      ...connected("alice", "bob"),
      send("bob", 500, { bytes: 100, count: COUNT, everyMs: 400 }),
      { atMs: 1_000, do: "add-address", host: "alice", address: OFFICE },
      { atMs: 2_000, do: "peer-primary", host: "alice", address: OFFICE },
      { atMs: 2_500, do: "remove-address", host: "alice", address: HOME },
      { atMs: 3_600, do: "move", host: "alice", from: OFFICE, to: TRAIN },
    ],
  },
  steps: [
    {
      title: "One address",
      until: { atMs: 950 },
      says: [
        "Bob sends Alice a message every 400 ms, to the one address that she has. In the handshake both have said that addresses may change, and that such changes must be authenticated.",
      ],
      points: [{ kind: "packet", packet: { chunk: "INIT", from: "alice" } }],
      checks: [
        check("Bob knows one address of Alice", (scene) => known(scene) === HOME),
        check(
          "both have agreed",
          (scene) => scene.end("bob")?.association.dynamicAddresses === true && scene.nowMs < 1_000,
        ),
      ],
    },
    {
      title: "ASCONF: add",
      until: { packet: { chunk: "ASCONF", from: "alice" }, is: "sent" },
      says: [
        "Alice's host gets a second address, and she tells Bob with an ASCONF chunk. An AUTH chunk stands before it: whoever could forge this could steer the association to himself.",
      ],
      points: [{ kind: "packet", packet: { chunk: "ASCONF", from: "alice" } }],
      asks: {
        asks: "When does Bob use the new address?",
        answers: [
          {
            text: "At once, for the next message.",
            why: "Alice says that it is hers. That she receives there has yet to be shown, and her old one is still the primary.",
            comesTrue: (scene) => scene.nowMs >= 1_100 && dataTo(scene, OFFICE) > 0,
          },
          {
            text: "He first sends a HEARTBEAT there, and waits for the answer.",
            why: "An address is unconfirmed until its owner has echoed a random number from there.",
            comesTrue: (scene) =>
              dataTo(scene, OFFICE) === 0 && scene.count({ chunk: "HEARTBEAT", destination: OFFICE }) > 0,
          },
        ],
      },
      checks: [
        check("the ASCONF is authenticated", (scene) => {
          const kinds = scene.packet({ chunk: "ASCONF" })?.chunks.map(({ kind }) => kind) ?? [];
          return kinds.indexOf("AUTH") === 0 && kinds.includes("ASCONF");
        }),
      ],
    },
    {
      title: "Confirmed",
      until: { event: { host: "bob", like: { kind: "path", address: OFFICE, state: "active" } } },
      says: [
        "The HEARTBEAT was answered: the address works. Bob has two paths now, and stays with the first, which is the primary.",
      ],
      points: [
        { kind: "packet", packet: { chunk: "HEARTBEAT", from: "bob", destination: OFFICE } },
        { kind: "field", host: "bob", field: "state", path: OFFICE },
      ],
      checks: [
        check("Bob knows both addresses", (scene) => known(scene) === `${HOME},${OFFICE}`),
        check(
          "no data has gone to the new one",
          (scene) => known(scene).includes(OFFICE) && dataTo(scene, OFFICE) === 0,
        ),
      ],
    },
    {
      title: "ASCONF: prefer",
      until: { packet: { chunk: "DATA", from: "bob", destination: OFFICE }, is: "sent" },
      says: ["A second ASCONF asked Bob to send to the new address by preference. The next message does."],
      points: [{ kind: "packet", packet: { chunk: "DATA", from: "bob", destination: OFFICE } }],
      checks: [
        check("the new address is Bob's primary", (scene) => scene.end("bob")?.primaryPath === OFFICE),
        check(
          "message 5 is the first that goes there",
          (scene) =>
            scene.packet({ chunk: "DATA", destination: OFFICE })?.data.some(({ tsn }) => tsn === 5) === true,
        ),
      ],
    },
    {
      title: "ASCONF: remove",
      until: { event: { host: "bob", like: { kind: "path", address: HOME, state: "removed" } } },
      says: [
        "The old network is going away, and Alice has taken its address out of the association before it does.",
      ],
      points: [{ kind: "packet", packet: { chunk: "ASCONF", from: "alice", nth: 3 } }],
      asks: {
        asks: "Later Alice loses her only address at the same moment in which she gets another one. From where can she tell Bob?",
        answers: [
          {
            text: "From the new address, which Bob does not know yet.",
            why: "The ASCONF names the old address, by which Bob finds the association, and the AUTH chunk proves that it is hers.",
            comesTrue: (scene) => scene.packet({ chunk: "ASCONF", nth: 4 })?.source === TRAIN,
          },
          {
            text: "From the old one, before it is gone.",
            why: "It is gone already.",
            comesTrue: (scene) => scene.packet({ chunk: "ASCONF", nth: 4 })?.source === OFFICE,
          },
          {
            text: "She cannot: the association has to be set up anew.",
            why: "That is what TCP would need. Here the ASCONF may come from an address that is not part of the association.",
            comesTrue: (scene) => scene.count({ chunk: "ASCONF", from: "alice" }) === 3,
          },
        ],
      },
      checks: [check("Bob knows only the second address", (scene) => known(scene) === OFFICE)],
    },
    {
      title: "On the move",
      until: { packet: { chunk: "ASCONF", from: "alice", nth: 4 }, is: "arrived" },
      says: [
        "One ASCONF, sent from the third address, adds that one and removes the second. Bob looks the association up by the old address in it, checks the HMAC, and answers to the new one.",
      ],
      points: [
        { kind: "packet", packet: { chunk: "ASCONF", from: "alice", nth: 4 } },
        { kind: "packet", packet: { chunk: "ASCONF-ACK", from: "bob", nth: 4 } },
      ],
      checks: [
        check(
          "it came from the third address",
          (scene) => scene.packet({ chunk: "ASCONF", nth: 4 })?.source === TRAIN,
        ),
        check("Bob knows only that one now", (scene) => known(scene) === TRAIN),
      ],
    },
    {
      title: "Nothing was missed",
      until: { packet: { chunk: "DATA", from: "bob", tsn: COUNT }, is: "arrived" },
      says: [
        "Three networks, one association. Alice's program has all twelve messages, and nothing had to be sent again.",
      ],
      points: [{ kind: "packet", packet: { chunk: "DATA", from: "bob", destination: TRAIN } }],
      checks: [
        check("Alice's program has all twelve", (scene) => scene.end("alice")?.receivedCount === COUNT),
        check(
          "data went to all three addresses in turn",
          (scene) =>
            firstDataTo(scene, OFFICE) < firstDataTo(scene, TRAIN) &&
            Number.isFinite(firstDataTo(scene, TRAIN)),
        ),
      ],
    },
  ],
};
