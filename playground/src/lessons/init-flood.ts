/** A flood of INITs, and why it costs nothing. Owns: that lesson. Does not own: the model of a SYN queue (syn-queue.ts). */
import { connected, host, link, send } from "./documents.ts";
import { check, type Lesson } from "./lesson.ts";
import type { Scene } from "./scene.ts";
import { SYN_BACKLOG, type SynQueueAccount, synQueueAfter } from "./syn-queue.ts";

const INITS = 300;
const EVERY_MS = 3;
/** Nothing that is sent to Mallory arrives: the addresses in her packets are not hers. */
const FORGED = { delayMinMs: 20, lossRate: 1 };

const initsAtBob = (scene: Scene): number =>
  scene.packets({ chunk: "INIT", from: "mallory" }).filter(({ fate }) => fate === "arrived").length;

/** What the queue of a TCP server would hold, had those INITs been SYNs. */
function synQueue(scene: Scene): SynQueueAccount {
  const arrivals = scene
    .packets({ chunk: "INIT" })
    .flatMap(({ arrivedAtMs }) => arrivedAtMs ?? [])
    .sort((a, b) => a - b);
  return synQueueAfter(arrivals, scene.nowMs);
}

export const INIT_FLOOD: Lesson = {
  name: "init-flood",
  title: "A flood that fills nothing",
  learns:
    "Why a server that answers INITs with cookies cannot be filled up by an attacker who never answers. You will see three hundred INITs come in, count what the stack holds, and set it beside the queue of a TCP server.",
  sections: ["RFC 9260 5.1.3", "RFC 9260 5.1.5", "RFC 9260 12.2.4.1", "RFC 4987"],
  scenario: {
    name: "a flood of INITs",
    durationMs: 5_000,
    hosts: [
      host("mallory", "10.0.9.1", { maxInitRetransmits: 0 }),
      host("bob", "10.0.0.2"),
      host("alice", "10.0.0.1"),
    ],
    links: [
      link("10.0.9.1", "10.0.0.2", { delayMinMs: 20 }, FORGED),
      link("10.0.0.1", "10.0.0.2", { delayMinMs: 20 }),
    ],
    timeline: [
      { atMs: 0, do: "listen", host: "bob", port: 7 },
      ...Array.from({ length: INITS }, (_, i) => ({
        atMs: i * EVERY_MS,
        do: "connect",
        host: "mallory",
        to: "bob",
        port: 7,
        localPort: 10_000 + i,
      })),
      { ...connected("alice", "bob")[1], atMs: 950 },
      send("alice", 1_500, { text: "hello from Alice" }),
    ],
  },
  steps: [
    {
      title: "The first of many",
      until: { packet: { chunk: "INIT ACK", from: "bob" }, is: "lost" },
      says: [
        "Mallory sends INITs from addresses that are not hers. Bob answers each, and his INIT ACK goes to somebody who never asked, or to nobody: it is lost.",
        "She will never see the cookie, so she cannot send it back.",
      ],
      points: [{ kind: "packet", packet: { chunk: "INIT ACK", from: "bob" } }],
      asks: {
        asks: `Mallory sends ${INITS} INITs within a second. How many associations does Bob hold then?`,
        answers: [
          {
            text: `${INITS}: one half-open association for each INIT.`,
            why: "There are no half-open associations in SCTP. An INIT is answered and forgotten.",
            comesTrue: (scene) => scene.held("bob") === INITS,
          },
          {
            text: `${SYN_BACKLOG}: as many as his queue has places.`,
            why: "There is no queue. What would stand in it is in the cookies, out on the wire.",
            comesTrue: (scene) => scene.held("bob") === SYN_BACKLOG,
          },
          {
            text: "None.",
            why: "Bob takes memory only for a cookie that comes back and bears his HMAC.",
            comesTrue: (scene) => scene.held("bob") === 0,
          },
        ],
      },
      checks: [
        check("Bob's answer reaches nobody", (scene) => scene.packet({ chunk: "INIT ACK" })?.fate === "lost"),
      ],
    },
    {
      title: "The flood is over",
      until: { packet: { chunk: "INIT", from: "mallory", nth: INITS }, is: "arrived" },
      says: [
        `${INITS} INITs have come, and ${INITS} INIT ACKs have gone out. Bob holds nothing: no association, no timer. All that the flood cost him is the time to compute an HMAC for each.`,
        `A TCP server that keeps an entry per SYN would hold ${SYN_BACKLOG} of them now, for 63 seconds each, and turn everybody else away. That number comes from a model, not from a TCP stack: a queue of ${SYN_BACKLOG} places, five repeated SYN-ACKs, no SYN cookies.`,
      ],
      points: [{ kind: "packet", packet: { chunk: "INIT ACK", from: "bob", nth: INITS } }],
      checks: [
        check(
          "Bob holds no association after the flood",
          (scene) => initsAtBob(scene) === INITS && scene.held("bob") === 0,
        ),
        check(
          "Bob has answered every INIT",
          (scene) => scene.count({ chunk: "INIT ACK", from: "bob" }) === INITS,
        ),
        check("a TCP server's queue would be full", (scene) => synQueue(scene).held === SYN_BACKLOG),
        check(
          "and would have turned the others away",
          (scene) => synQueue(scene).refused === INITS - SYN_BACKLOG,
        ),
      ],
    },
    {
      title: "Alice comes",
      until: { packet: { chunk: "INIT", from: "alice" }, is: "sent" },
      says: [
        "Alice, who is honest, asks for an association right behind the flood. In the model of TCP her SYN finds no place.",
      ],
      points: [{ kind: "packet", packet: { chunk: "INIT", from: "alice" } }],
      asks: {
        asks: "How long does it take until Alice's association is up? Her round trip takes 40 ms.",
        answers: [
          {
            text: "80 ms: two round trips, as on any day.",
            why: "Bob has nothing to clear up, and nobody stands before her in a queue.",
            comesTrue: (scene) => scene.nowMs === 950 + 80,
          },
          {
            text: "More than a second: her first INIT finds no place and has to be repeated.",
            why: "That is what would happen to a SYN in the model. There is no place to be found for an INIT.",
            comesTrue: (scene) => scene.nowMs > 950 + 1_000,
          },
        ],
      },
      checks: [
        check("Alice is in COOKIE-WAIT", (scene) => scene.state("alice") === "COOKIE-WAIT"),
        check("the model has no place for her", (scene) => synQueue(scene).held === SYN_BACKLOG),
      ],
    },
    {
      title: "She is let in",
      until: { event: { host: "alice", like: { kind: "state", to: "ESTABLISHED" } } },
      says: [
        "Alice's cookie came back, so Bob made an association: the only one that he holds.",
        "The cookie is 32 bits in TCP, squeezed into a sequence number, and loses options on the way. SCTP gave it a packet of its own, as long as it need be.",
      ],
      points: [{ kind: "field", host: "alice", field: "state" }],
      checks: [
        check("Bob holds one association: Alice's", (scene) => scene.held("bob") === 1),
        check(
          "Alice sent one INIT and no second one",
          (scene) =>
            scene.state("alice") === "ESTABLISHED" && scene.count({ chunk: "INIT", from: "alice" }) === 1,
        ),
      ],
    },
    {
      title: "Business as usual",
      until: { event: { host: "bob", like: { kind: "message", step: "delivered" } } },
      says: [
        "Her message arrives. Mallory's associations have all failed at her own side meanwhile: the one who keeps state in this attack is the attacker, if she keeps any.",
      ],
      checks: [check("Bob's program has Alice's message", (scene) => scene.end("bob")?.receivedCount === 1)],
    },
  ],
};
