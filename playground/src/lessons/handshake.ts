/** Four packets set an association up. Owns: that lesson. Does not own: what a flood of INITs does (init-flood.ts). */
import { aliceAndBob, connected, send } from "./documents.ts";
import { check, type Lesson } from "./lesson.ts";

export const HANDSHAKE: Lesson = {
  name: "handshake",
  title: "Four packets, and a cookie",
  learns:
    "How INIT, INIT ACK, COOKIE ECHO and COOKIE ACK set an association up. You will see that the server remembers nothing until the third packet, and that this costs the client no time.",
  sections: ["RFC 9260 5.1", "RFC 9260 5.1.3", "RFC 9260 9.2"],
  scenario: {
    name: "handshake",
    durationMs: 3_000,
    ...aliceAndBob(),
    timeline: [
      ...connected("alice", "bob"),
      send("alice", 0, { text: "hello from Alice" }),
      { atMs: 1_000, do: "shutdown", host: "alice" },
    ],
  },
  steps: [
    {
      title: "INIT",
      until: { packet: { chunk: "INIT", from: "alice" }, is: "sent" },
      says: [
        "Alice asks Bob for an association. Her INIT names the tag that every packet to her must carry, how much she can receive, how many streams she wants, and the TSN with which her data will begin.",
        "She remembers what she asked for: her state is COOKIE-WAIT.",
      ],
      points: [
        { kind: "packet", packet: { chunk: "INIT", from: "alice" } },
        { kind: "field", host: "alice", field: "state" },
      ],
      asks: {
        asks: "The INIT arrives, and Bob answers it. What does Bob remember of Alice then?",
        answers: [
          {
            text: "A half-open association, until she answers or a timer ends it.",
            why: "That is what TCP does with a SYN. Bob has written all of it into a cookie instead.",
            comesTrue: (scene) => scene.held("bob") === 1,
          },
          {
            text: "Nothing at all.",
            why: "Whatever he needs to know later is in the State Cookie of his INIT ACK, and Alice has to bring it back.",
            comesTrue: (scene) => scene.held("bob") === 0,
          },
        ],
      },
      checks: [
        check("Alice is in COOKIE-WAIT", (scene) => scene.state("alice") === "COOKIE-WAIT"),
        check("the INIT is on the wire", (scene) => scene.packet({ chunk: "INIT" })?.fate === "under way"),
      ],
    },
    {
      title: "INIT ACK",
      until: { packet: { chunk: "INIT ACK", from: "bob" }, is: "sent" },
      says: [
        "Bob answers with an INIT ACK and forgets it at once. The State Cookie in it holds all that he would have to remember: both tags, both initial TSNs, the addresses, the time. A code that only he can compute, an HMAC, protects it from changes.",
        "Look at Bob: he has no association, and no timer runs.",
      ],
      points: [{ kind: "packet", packet: { chunk: "INIT ACK", from: "bob" } }],
      checks: [
        check(
          "Bob holds no association",
          (scene) => scene.sentBy("bob").length > 0 && scene.held("bob") === 0,
        ),
        check(
          "the INIT ACK carries a cookie of more than 100 bytes",
          (scene) => (scene.packet({ chunk: "INIT ACK" })?.bytes ?? 0) > 100,
        ),
      ],
    },
    {
      title: "COOKIE ECHO",
      until: { packet: { chunk: "COOKIE ECHO", from: "alice" }, is: "sent" },
      says: [
        "Alice sends the cookie back as it is. She does not understand it, and need not.",
        "Her first message waited for this moment: user data may travel in the same packet as the COOKIE ECHO, behind it.",
      ],
      points: [
        { kind: "packet", packet: { chunk: "COOKIE ECHO", from: "alice" } },
        { kind: "field", host: "alice", field: "state" },
      ],
      asks: {
        asks: "When can Bob's program read Alice's message?",
        answers: [
          {
            text: "After 60 ms: one round trip and a half.",
            why: "The message travels with the third packet, and each takes 20 ms.",
            comesTrue: (scene) => scene.deliveries("bob")[0] === 60,
          },
          {
            text: "After 100 ms: first the COOKIE ACK must tell her that all is well.",
            why: "She need not wait for the COOKIE ACK: the message is already on its way.",
            comesTrue: (scene) => scene.deliveries("bob")[0] === 100,
          },
        ],
      },
      checks: [
        check("Alice is in COOKIE-ECHOED", (scene) => scene.state("alice") === "COOKIE-ECHOED"),
        check(
          "her message travels in the packet of the COOKIE ECHO",
          (scene) => scene.packet({ chunk: "COOKIE ECHO" })?.data.length === 1,
        ),
      ],
    },
    {
      title: "Bob makes the association",
      until: { packet: { chunk: "COOKIE ECHO", from: "alice" }, is: "arrived" },
      says: [
        "Bob checks the HMAC and the time of the cookie. Both are good, so he knows that Alice really receives what is sent to her address. Only now he takes memory for her, makes the association out of the cookie, and delivers the message.",
      ],
      points: [
        { kind: "packet", packet: { chunk: "COOKIE ACK", from: "bob" } },
        { kind: "field", host: "bob", field: "state" },
      ],
      checks: [
        check("Bob is in ESTABLISHED", (scene) => scene.state("bob") === "ESTABLISHED"),
        check("Bob's program has the message", (scene) => scene.end("bob")?.receivedCount === 1),
        check(
          "the COOKIE ACK is on its way",
          (scene) => scene.packet({ chunk: "COOKIE ACK" })?.fate === "under way",
        ),
      ],
    },
    {
      title: "COOKIE ACK",
      until: { packet: { chunk: "COOKIE ACK", from: "bob" }, is: "arrived" },
      says: [
        "The COOKIE ACK ends the handshake at Alice's side, too. Four packets and two round trips, yet the first message needed no more than with TCP's three packets: it came with the third.",
      ],
      points: [{ kind: "field", host: "alice", field: "state" }],
      checks: [
        check("Alice is in ESTABLISHED", (scene) => scene.state("alice") === "ESTABLISHED"),
        check(
          "each of them has sent two packets",
          (scene) => scene.sentBy("alice").length === 2 && scene.sentBy("bob").length === 2,
        ),
      ],
    },
    {
      title: "The end takes three",
      until: { packet: { chunk: "SHUTDOWN COMPLETE" }, is: "arrived" },
      says: [
        "SHUTDOWN, SHUTDOWN ACK, SHUTDOWN COMPLETE: no half-closed state as in TCP, and no TIME-WAIT. Data that waits is sent first.",
      ],
      points: [{ kind: "packet", packet: { chunk: "SHUTDOWN" } }],
      checks: [
        check("both ends hold nothing any more", (scene) => scene.held("alice") + scene.held("bob") === 0),
        check(
          "it ended by a shutdown at both ends",
          (scene) =>
            scene.end("alice")?.closeReason?.kind === "shutdown" &&
            scene.end("bob")?.closeReason?.kind === "shutdown",
        ),
      ],
    },
  ],
};
