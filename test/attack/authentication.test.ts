/** Attacks on authenticated associations (RFC 4895 6.3, 9): what is forged, replayed or sent in masses changes and holds nothing. */
import { expect, it } from "vitest";
import type { Chunk } from "../../src/chunks/chunk.ts";
import { AuthPeer, authParameters, SHA1, SHA256 } from "../conformance/auth-peer.ts";
import { chunksOf, echoOf, initChunk, Lab, type Link, only } from "../conformance/lab.ts";

const DATA = 0;
const ABORT: Chunk = { kind: "ABORT", tagReflected: false, causes: [] };
const SECRET = new Uint8Array(20).fill(3);

interface Scene {
  readonly lab: Lab;
  readonly link: Link;
  readonly peer: AuthPeer;
}

function established(keys: Readonly<Record<number, Uint8Array>>, chunks = [DATA, 6]): Scene {
  const lab = new Lab();
  const theirs = authParameters([]);
  const [activeKeyId] = Object.keys(keys).map(Number);
  const authentication = { chunks, keys, activeKeyId };
  const link = lab.accepted({ heartbeatIntervalMs: 0, authentication }, { parameters: theirs });
  const [initAck] = chunksOf(lab.sent, "INIT ACK");
  return { lab, link, peer: new AuthPeer(initAck?.parameters ?? [], theirs) };
}

it("two thousand forged packets are dropped in silence, and the next right one is taken", () => {
  const { lab, link, peer } = established({ 1: SECRET });
  const tag = link.association.localTag;
  const forged = [
    peer.packet(tag, [], [link.data(0), ABORT], { keyId: 1, secret: SECRET, damage: 1 }),
    peer.packet(tag, [], [link.data(0), ABORT], { keyId: 1, secret: new Uint8Array(20) }),
    peer.packet(tag, [], [link.data(0), ABORT], { keyId: 2, secret: SECRET }),
    peer.packet(tag, [], [link.data(0), ABORT]),
  ];
  const sentBefore = lab.sent.length;
  const eventsBefore = lab.events.length;
  for (let i = 0; i < 2_000; i++) lab.receiveBytes((forged[i % forged.length] as Uint8Array).slice());
  expect([lab.sent.length - sentBefore, lab.events.length - eventsBefore]).toEqual([0, 0]);
  expect(lab.stack.counters["bad-authentication"]).toBe(2_000);
  expect([link.state, link.association.heldBytes]).toEqual(["ESTABLISHED", 0]);
  lab.receiveBytes(peer.packet(tag, [], [link.data(0)], { keyId: 1, secret: SECRET }));
  expect(link.read()).toEqual(["hello"]);
});

it("packets with an HMAC that was not offered are answered by one small ERROR each, and no more than may wait", () => {
  const { lab, link, peer } = established({ 0: new Uint8Array(0) });
  const tag = link.association.localTag;
  const packet = peer.packet(tag, [], [link.data(0)], { hmacId: 2 });
  const [answer, ...others] = lab.receiveBytes(packet);
  expect([answer?.kinds, others]).toEqual([["ERROR"], []]);
  expect(answer?.lengthBytes).toBeLessThan(packet.length);
  for (let i = 0; i < 1_000; i++)
    lab.stack.receive(packet.slice(), { address: "10.0.0.2", port: 9_899 }, "10.0.0.1", lab.nowMs);
  expect(lab.flush().length).toBeLessThanOrEqual(64);
});

it("a replayed packet does what its chunks do that come twice: nothing; nor does it bring back a key", () => {
  const keys = { 1: SECRET, 2: new Uint8Array(9) };
  const { lab, link, peer } = established(keys);
  const tag = link.association.localTag;
  const packets = [1, 2].map((keyId) =>
    peer.packet(tag, [], [link.data(keyId - 1)], { keyId, secret: keys[keyId as 1 | 2] }),
  );
  for (let i = 0; i < 200; i++) lab.receiveBytes((packets[i % 2] as Uint8Array).slice());
  expect(link.read()).toEqual(["hello", "hello"]);
  expect(lab.eventKinds.filter((kind) => kind === "shared-key")).toHaveLength(2);
  link.association.setOptions({ authentication: { keys: { 2: keys[2] } } }, lab.nowMs);
  lab.receiveBytes(packets[0] as Uint8Array);
  expect(lab.stack.counters["bad-authentication"]).toBe(1);
});

it("an INIT ACK with all lists as long as they can be is no larger than its INIT by more than this side's lists", () => {
  const all = Array.from({ length: 256 }, (_, type) => type);
  const init = initChunk({
    parameters: authParameters(
      all,
      Array.from({ length: 200 }, () => SHA1),
    ),
  });
  const lab = new Lab();
  lab.listen({ authentication: true });
  const [answer] = lab.receive([init]);
  const plain = new Lab();
  plain.listen();
  const [without] = plain.receive([initChunk()]);
  const saidBytes = 36 + 260 + 404;
  const ownBytes = 2 * (36 + 12 + 8) + 20;
  expect((answer?.lengthBytes ?? 0) - (without?.lengthBytes ?? 0)).toBeLessThanOrEqual(saidBytes + ownBytes);
});

it("lists that are too long to be carried are not agreed on, and nothing is authenticated then", () => {
  const lab = new Lab();
  lab.listen({ authentication: true });
  const init = initChunk({
    parameters: authParameters(
      [DATA],
      Array.from({ length: 500 }, () => SHA256),
    ),
  });
  const initAck = only(lab.receive([init]), "INIT ACK");
  expect(initAck.parameters.some(({ kind }) => kind === "RANDOM")).toBe(false);
  lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
  expect([...lab.stack.associations].map(({ authentication }) => authentication)).toEqual([false]);
});

it("a COOKIE ECHO that must be authenticated and is not takes no memory, however often it comes", () => {
  const lab = new Lab();
  lab.listen({ authentication: { chunks: [10], keys: { 1: SECRET } } });
  const initAck = only(lab.receive([initChunk({ parameters: authParameters([]) })]), "INIT ACK");
  const peer = new AuthPeer(initAck.parameters, authParameters([]));
  const tag = initAck.initiateTag;
  const sentBefore = lab.sent.length;
  for (let i = 0; i < 300; i++) {
    lab.receive([echoOf(initAck)], { tag });
    lab.receiveBytes(peer.packet(tag, [], [echoOf(initAck)], { keyId: 1, secret: new Uint8Array(3) }));
  }
  expect([lab.stack.associationCount, lab.sent.length - sentBefore]).toEqual([0, 0]);
  expect(lab.stack.counters).toMatchObject({ "unauthenticated-chunk": 300, "bad-authentication": 300 });
});
