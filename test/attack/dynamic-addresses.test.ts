/**
 * Attacks by ASCONF (RFC 5062, RFC 5061 6): whoever has an association, or has seen one, aims at others by it, or at this host. Nobody is
 * bombed, nobody's address is taken, and nothing grows.
 */
import { expect, it } from "vitest";
import { encodeChunk } from "../../src/chunks/chunk.ts";
import {
  ADDRESSES_SUPPORTED,
  adds,
  agreed,
  asconf,
  asconfsIn,
  causesIn,
  deletes,
  drops,
  makesPrimary,
  onlyAsconf,
  says,
} from "../conformance/address-peer.ts";
import { AuthPeer, authParameters } from "../conformance/auth-peer.ts";
import {
  cookieParameter,
  firstOf,
  initChunk,
  kindsOf,
  Lab,
  only,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  type SentPacket,
} from "../conformance/lab.ts";

const victim = (i: number): string => `192.0.2.${1 + (i % 250)}`;
/** Both know it. */
const secret = new Uint8Array(16).fill(9);

/** An association whose ASCONFs are taken only from who knows the key. */
function authenticated() {
  const lab = new Lab();
  const theirs = [...authParameters([193, 128]), ADDRESSES_SUPPORTED];
  const options = { heartbeatIntervalMs: 0, dynamicAddresses: true, authentication: { keys: { 1: secret } } };
  const link = lab.connected(options, { parameters: [cookieParameter(), ...theirs] });
  const { parameters } = firstOf(lab.sent, "INIT");
  const peer = new AuthPeer(
    parameters.filter(({ type }) => type >= 0x8002 && type <= 0x8004),
    theirs,
  );
  return { lab, link, peer };
}

const isVictim = ({ to }: SentPacket): boolean => to.startsWith("192.0.2.");

it("a victim's address that is added, and made the primary one, gets a few HEARTBEATs, no DATA, and is not held for ever", () => {
  const link = agreed({ pathMaxRetrans: 3 });
  const { lab } = link;
  const sent = says(
    link,
    asconf(link, 0, [adds(victim(0)), makesPrimary(victim(0)), deletes(PEER_SECOND_ADDRESS)]),
  );
  for (let i = 0; i < 50; i++) {
    sent.push(...link.send(1_000), ...link.receive([link.sack(i)]), ...lab.run(1_000));
  }
  const hit = sent.filter(isVictim);
  expect(new Set(kindsOf(hit))).toEqual(new Set(["HEARTBEAT"]));
  expect(hit.length).toBeLessThanOrEqual(4);
  lab.listen();
  expect(kindsOf(lab.receive([initChunk({ initiateTag: 7 })], { from: victim(0) }))).toEqual(["INIT ACK"]);
  expect([link.state, link.association.bufferedBytes]).toEqual(["ESTABLISHED", 0]);
});

it("a thousand addresses that are added and removed again within a second bring about no more probes than those of one INIT", () => {
  const link = agreed();
  const { lab } = link;
  const sent: SentPacket[] = [];
  for (let i = 0; i < 1_000; i++) {
    sent.push(...says(link, asconf(link, i, [adds(victim(i)), ...(i > 0 ? [deletes(victim(i - 1))] : [])])));
    sent.push(...lab.run(1));
  }
  expect(sent.filter(isVictim).length).toBeLessThanOrEqual(2);
  expect(link.association.remoteAddresses).toHaveLength(3);
});

it("an ASCONF that is repeated from a thousand forged addresses is answered to few of them, and with little", () => {
  const link = agreed({}, undefined, undefined, { maxProbesPerSecond: 50 });
  const wrong = Array.from({ length: 40 }, (_, i) => makesPrimary(`198.51.100.${i + 1}`, i));
  const chunk = asconf(link, 0, wrong);
  const askedBytes = encodeChunk(chunk).length;
  const sent: SentPacket[] = [];
  for (let i = 0; i < 1_000; i++)
    sent.push(...says(link, chunk, { from: `192.0.${2 + (i >> 8)}.${i & 0xff}` }));
  expect(sent).toHaveLength(50);
  for (const { lengthBytes } of sent) expect(lengthBytes).toBeLessThanOrEqual(3 * askedBytes + 12);
  expect(drops(link, "limit-reached")).toBe(1_000 - sent.length);
  expect(kindsOf(says(link, chunk))).toEqual(["ASCONF-ACK"]);
});

it("a short ASCONF from a forged address is not answered with a long answer from before", () => {
  const link = agreed();
  const wrong = Array.from({ length: 40 }, (_, i) => makesPrimary(`198.51.100.${i + 1}`, i));
  says(link, asconf(link, 0, wrong));
  expect(says(link, asconf(link, 0, []), { from: victim(1) })).toEqual([]);
  expect(drops(link, "limit-reached")).toBe(1);
});

it("as many parameters as a packet holds are answered in one packet, and what is refused changes nothing", () => {
  const link = agreed({ maxPeerAddresses: 4 });
  const many = Array.from({ length: 1_000 }, (_, i) => adds(`10.${20 + (i >> 8)}.0.${i & 0xff}`, i));
  const [packet, ...more] = says(link, asconf(link, 0, many));
  expect(more).toEqual([]);
  expect(packet?.lengthBytes).toBeLessThanOrEqual(link.association.options.maxPacketBytes);
  expect(new Set(causesIn(onlyAsconf(packet === undefined ? [] : [packet], "ASCONF-ACK")))).toEqual(
    new Set([161]),
  );
  expect(link.association.remoteAddresses).toHaveLength(4);
});

it("as many ASCONFs as a packet holds are answered in one packet, and few answers are kept", () => {
  const link = agreed();
  const all = Array.from({ length: 500 }, (_, i) => asconf(link, i, [makesPrimary(PEER_ADDRESS)]));
  const sent = link.receive(all);
  expect(sent).toHaveLength(1);
  expect(sent[0]?.lengthBytes).toBeLessThanOrEqual(link.association.options.maxPacketBytes);
  const answered = link.receive(all);
  expect(asconfsIn(answered, "ASCONF-ACK").length).toBeLessThanOrEqual(8);
});

it("who has seen the handshake, and not the keys, removes and adds nothing, whatever the sender's address", () => {
  const { lab, link, peer } = authenticated();
  const takesOver = asconf(link, 0, [adds("0.0.0.0"), deletes("0.0.0.0")], "0.0.0.0");
  const tag = link.association.localTag;
  for (const from of [PEER_ADDRESS, victim(3)]) {
    const forged = peer.packet(tag, [], [takesOver], { keyId: 1, secret: new Uint8Array(16) });
    expect(lab.receiveBytes(forged, { from })).toEqual([]);
    expect(lab.receiveBytes(peer.packet(tag, [], [takesOver]), { from })).toEqual([]);
    expect(link.receive([takesOver], { from })).toEqual([]);
  }
  expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS]);
  const genuine = peer.packet(tag, [], [takesOver], { keyId: 1, secret });
  expect(kindsOf(lab.receiveBytes(genuine, { from: victim(3) }))).toEqual(["AUTH+ASCONF-ACK"]);
  expect(link.association.remoteAddresses).toEqual([victim(3)]);
});

it("who names an association by an address that it has just removed changes nothing without the tag, nor without the keys", () => {
  const { lab, link, peer } = authenticated();
  const tag = link.association.localTag;
  const moves = asconf(link, 0, [adds(victim(3)), deletes(PEER_ADDRESS)], PEER_ADDRESS);
  lab.receiveBytes(peer.packet(tag, [], [moves], { keyId: 1, secret }), { from: victim(3) });
  expect(link.association.remoteAddresses).toEqual([victim(3)]);
  const steals = asconf(link, 1, [adds(victim(4)), deletes(victim(3))], PEER_ADDRESS);
  const key = { keyId: 1, secret };
  for (const stolen of [
    peer.packet(tag ^ 1, [], [steals], key),
    peer.packet(0, [], [steals], key),
    peer.packet(tag, [], [steals], { keyId: 1, secret: new Uint8Array(16) }),
    peer.packet(tag, [], [steals]),
  ])
    expect(kindsOf(lab.receiveBytes(stolen, { from: victim(4) }))).not.toContain("AUTH+ASCONF-ACK");
  expect(link.association.remoteAddresses).toEqual([victim(3)]);
  expect(link.state).toBe("ESTABLISHED");
});

it("what is added and removed without end leaves no timer behind", () => {
  const link = agreed({ pathMtuDiscovery: true }, [PEER_ADDRESS]);
  const { lab, association } = link;
  association.setPathOptions(PEER_ADDRESS, { pathMtuDiscovery: false }, lab.nowMs);
  for (let i = 0; i < 20; i++) {
    says(link, asconf(link, 2 * i, [adds(victim(i))]));
    const heartbeat = only(lab.runUntilSent(), "HEARTBEAT");
    const { parameters, info } = heartbeat;
    link.receive([{ kind: "HEARTBEAT ACK", parameters, info }], { from: victim(i) });
    expect(association.path(victim(i)).pathMtuSearch).toBeDefined();
    says(link, asconf(link, 2 * i + 1, [deletes(victim(i))]));
  }
  lab.run(60_000);
  expect(lab.stack.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
});
