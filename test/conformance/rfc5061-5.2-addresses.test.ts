/** What ASCONFs do to the addresses of both sides (RFC 5061 5.2 to 6). */
import { describe, expect, it } from "vitest";
import type { Cause } from "../../src/chunks/causes.ts";
import type { Chunk } from "../../src/chunks/chunk.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import {
  ADDRESSES_SUPPORTED,
  adds,
  agreed,
  answerTo,
  asconf,
  asconfsIn,
  asks,
  asksToAdd,
  asksToRemove,
  causesIn,
  codeThrownBy,
  deletes,
  drops,
  gains,
  idOf,
  loses,
  makesPrimary,
  moves,
  OUR_THIRD_ADDRESS,
  onlyAsconf,
  outcomesOf,
  PEER_THIRD_ADDRESS,
  pathNewsOf,
  refusal,
  says,
  shortage,
  single,
} from "./address-peer.ts";
import { authParameters } from "./auth-peer.ts";
import {
  addressParameter,
  chunksOf,
  cookieParameter,
  FULL_PAYLOAD,
  HEARTBEAT,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  OUR_ADDRESS,
  OUR_SECOND_ADDRESS,
  only,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  PEER_TAG,
  type SentPacket,
} from "./lab.ts";

/** An address that is not the peer's, whatever it says. */
const VICTIM = "192.0.2.66";
const to = (packets: readonly SentPacket[], address: string): SentPacket[] =>
  packets.filter((packet) => packet.to === address);
const unknown = (type: number, ...value: readonly number[]): Parameter => ({
  kind: "unknown",
  type,
  value: new Uint8Array(value),
});
/** The peer answers the HEARTBEAT that was sent to an address. */
function confirms(link: Link, address: string, packets: readonly SentPacket[]): SentPacket[] {
  const [heartbeat] = chunksOf(to(packets, address), "HEARTBEAT");
  if (heartbeat === undefined) throw new Error(`no HEARTBEAT was sent to ${address}`);
  const { parameters, info } = heartbeat;
  return link.receive([{ kind: "HEARTBEAT ACK", parameters, info }], { from: address });
}
const notAuthorized: Cause = {
  kind: "Request Refused - No Authorization",
  code: 164,
  parameter: new Uint8Array(0),
};
/** What follows at once: with the next tick of the timer. */
const soon = (link: Link): SentPacket[] => link.lab.run(20);

describe("RFC 5061 5.2 Upon Reception of an ASCONF Chunk", () => {
  it("SHOULD: D1 a known source address finds the association, whatever the ASCONF names", () => {
    const link = agreed();
    const chunk = asconf(link, 0, [adds(PEER_THIRD_ADDRESS)], VICTIM);
    expect(kindsOf(says(link, chunk, { from: PEER_SECOND_ADDRESS }))).toEqual(["ASCONF-ACK"]);
  });

  it("SHOULD: D2 else the address does that the ASCONF names, with the tag of that association", () => {
    const link = agreed();
    const chunk = asconf(link, 0, [adds(PEER_THIRD_ADDRESS)], PEER_SECOND_ADDRESS);
    expect(says(link, chunk, { from: PEER_THIRD_ADDRESS, tag: 12_345 })).not.toContainEqual(
      expect.objectContaining({ kinds: ["ASCONF-ACK"] }),
    );
    const sent = says(link, chunk, { from: PEER_THIRD_ADDRESS });
    expect(kindsOf(sent)).toEqual(["ASCONF-ACK"]);
    expect(sent[0]?.to).toBe(PEER_THIRD_ADDRESS);
  });

  it("SHOULD: D2-ext so does that of an ASCONF behind it", () => {
    const link = agreed();
    const first = asconf(link, 0, [makesPrimary(PEER_SECOND_ADDRESS)], VICTIM);
    const second = asconf(link, 1, [adds(PEER_THIRD_ADDRESS)], PEER_ADDRESS);
    const sent = link.receive([first, second], { from: PEER_THIRD_ADDRESS });
    expect(kindsOf(sent)).toEqual(["ASCONF-ACK+ASCONF-ACK"]);
  });

  it("SHOULD: D3 what names no address of the peer's is out of the blue", () => {
    const link = agreed();
    const chunk = asconf(link, 0, [adds(PEER_THIRD_ADDRESS)], VICTIM);
    expect(kindsOf(says(link, chunk, { from: PEER_THIRD_ADDRESS }))).toEqual(["ABORT"]);
    expect(link.association.remoteAddresses).toHaveLength(2);
    expect(link.state).toBe("ESTABLISHED");
  });

  it("MUST: E1, E4, V5 performs the next one by its number", () => {
    const link = agreed();
    says(link, asconf(link, 0, [makesPrimary(PEER_SECOND_ADDRESS)]));
    says(link, asconf(link, 1, [makesPrimary(PEER_ADDRESS)]));
    expect(link.association.primaryAddress).toBe(PEER_ADDRESS);
  });

  it("MUST: numbers go on behind 2^32 - 1 with 0", () => {
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    const both = [PEER_ADDRESS, PEER_SECOND_ADDRESS];
    const parameters = [cookieParameter(), ...both.map(addressParameter), ADDRESSES_SUPPORTED];
    const options = { heartbeatIntervalMs: 0, dynamicAddresses: { authenticated: false } };
    const link = lab.connected(options, { parameters, initialTsn: 0xffff_ffff }, both);
    expect(kindsOf(says(link, asconf(link, 0, [makesPrimary(PEER_SECOND_ADDRESS)])))).toEqual(["ASCONF-ACK"]);
    const last = asconf(link, 1, [makesPrimary(PEER_ADDRESS)]);
    expect(last.serialNumber).toBe(0);
    expect(kindsOf(says(link, last))).toEqual(["ASCONF-ACK"]);
  });

  it("MUST: E2 one that comes again is answered as before, where it comes from now, and not performed again", () => {
    const link = agreed();
    const chunk = asconf(link, 0, [makesPrimary(VICTIM, 5), adds(PEER_THIRD_ADDRESS)]);
    const first = onlyAsconf(says(link, chunk), "ASCONF-ACK");
    const again = says(link, chunk, { from: PEER_SECOND_ADDRESS, to: OUR_ADDRESS });
    expect(onlyAsconf(again, "ASCONF-ACK")).toEqual(first);
    expect(again[0]).toMatchObject({ to: PEER_SECOND_ADDRESS, from: OUR_ADDRESS });
    expect(pathNewsOf(link)).toEqual([`${PEER_THIRD_ADDRESS} added`]);
    expect(link.association.stats.refusedAddressChanges).toBe(1);
  });

  it("MUST: E2 so is one that has removed the address by which it names the association, from a third one; another ASCONF later is not", () => {
    const link = agreed({}, [PEER_ADDRESS]);
    const chunk = asconf(link, 0, [adds(PEER_SECOND_ADDRESS), deletes(PEER_ADDRESS)]);
    const first = onlyAsconf(says(link, chunk, { from: PEER_SECOND_ADDRESS }), "ASCONF-ACK");
    expect(link.association.remoteAddresses).toEqual([PEER_SECOND_ADDRESS]);
    // The answer was lost: the peer has moved on.
    const again = says(link, chunk, { from: PEER_THIRD_ADDRESS });
    expect(onlyAsconf(again, "ASCONF-ACK")).toEqual(first);
    expect(again[0]?.to).toBe(PEER_THIRD_ADDRESS);
    const strange = asconf(link, 1, [adds(VICTIM)], VICTIM);
    expect(kindsOf(says(link, strange, { from: VICTIM }))).toEqual(["ABORT"]);
    const next = asconf(link, 1, [adds(PEER_THIRD_ADDRESS)], PEER_SECOND_ADDRESS);
    expect(kindsOf(says(link, next, { from: PEER_THIRD_ADDRESS }))).toContain("ASCONF-ACK");
    const late = asconf(link, 2, [adds(VICTIM)]);
    expect(kindsOf(says(link, late, { from: VICTIM }))).toEqual(["ABORT"]);
    expect(pathNewsOf(link)).toEqual([
      `${PEER_SECOND_ADDRESS} added`,
      `${PEER_ADDRESS} removed`,
      `${PEER_THIRD_ADDRESS} added`,
    ]);
  });

  it("MAY: E1 the answers before are forgotten then, and an older ASCONF is passed over", () => {
    const link = agreed();
    const chunk = asconf(link, 0, [makesPrimary(PEER_SECOND_ADDRESS)]);
    says(link, chunk);
    says(link, asconf(link, 1, [makesPrimary(PEER_ADDRESS)]));
    expect(says(link, chunk)).toEqual([]);
    expect(link.association.primaryAddress).toBe(PEER_ADDRESS);
  });

  it("MUST: E1-ext, E3, E6 all of a packet are performed in their order and answered in one", () => {
    const link = agreed();
    const chunks = [0, 1, 2].map((offset) => asconf(link, offset, [adds(`10.7.0.${offset + 1}`)]));
    const [first, second, third] = chunks;
    if (first === undefined || second === undefined || third === undefined) throw new Error("three");
    says(link, first);
    const sent = link.receive([first, second, third]);
    expect(kindsOf(sent)).toEqual(["ASCONF-ACK+ASCONF-ACK+ASCONF-ACK"]);
    expect(asconfsIn(sent, "ASCONF-ACK").map(({ serialNumber }) => serialNumber)).toEqual(
      chunks.map(({ serialNumber }) => serialNumber),
    );
    expect(kindsOf(link.receive([second, third]))).toEqual(["ASCONF-ACK+ASCONF-ACK"]);
  });

  it("MUST: E5 one that comes too early is discarded", () => {
    const link = agreed();
    expect(says(link, asconf(link, 1, [adds(PEER_THIRD_ADDRESS)]))).toEqual([]);
    expect(link.association.remoteAddresses).toHaveLength(2);
    expect(drops(link, "unexpected-chunk")).toBe(1);
  });

  it("MUST: E7 answers that have no room are remembered, and given when they are asked for again", () => {
    const link = agreed({ maxPacketBytes: 512 });
    const wrong = (from: number): Parameter[] =>
      Array.from({ length: 15 }, (_, i) => makesPrimary(`10.6.0.${from + i}`, from + i));
    const first = asconf(link, 0, wrong(1));
    const second = asconf(link, 1, wrong(20));
    const sent = link.receive([first, second]);
    expect(asconfsIn(sent, "ASCONF-ACK")).toHaveLength(1);
    expect(sent[0]?.lengthBytes).toBeLessThanOrEqual(512);
    const again = onlyAsconf(says(link, second), "ASCONF-ACK");
    expect(again.serialNumber).toBe(second.serialNumber);
    expect(link.association.stats.refusedAddressChanges).toBe(30);
  });

  it("MUST: V1 performs the parameters in their order", () => {
    const link = agreed();
    const chunk = asconf(link, 0, [
      makesPrimary(PEER_THIRD_ADDRESS, 1),
      adds(PEER_THIRD_ADDRESS, 2),
      makesPrimary(PEER_THIRD_ADDRESS, 3),
    ]);
    const answer = onlyAsconf(says(link, chunk), "ASCONF-ACK");
    expect(answer.parameters).toMatchObject([
      { kind: "Error Cause Indication", correlationId: 1 },
      { kind: "Success Indication", correlationId: 2 },
      { kind: "Success Indication", correlationId: 3 },
    ]);
    expect(link.association.primaryAddress).toBe(PEER_THIRD_ADDRESS);
  });

  it("MUST: V2, V3 reports a parameter that it does not understand by its correlation id, as its type says, and goes on or not", () => {
    const link = agreed();
    const goesOn = asconf(link, 0, [
      unknown(0xc0ff, 0, 0, 0, 9, 1),
      unknown(0x80ff, 0, 0, 0, 8),
      adds(PEER_THIRD_ADDRESS, 1),
    ]);
    const answer = onlyAsconf(says(link, goesOn), "ASCONF-ACK");
    expect(answer.parameters).toMatchObject([
      { kind: "Error Cause Indication", correlationId: 9, causes: [{ code: 8 }] },
      { kind: "Success Indication", correlationId: 1 },
    ]);
    const stops = asconf(link, 1, [unknown(0x40ff), deletes(PEER_THIRD_ADDRESS)]);
    expect(causesIn(onlyAsconf(says(link, stops), "ASCONF-ACK"))).toEqual([8]);
    expect(link.association.remoteAddresses).toContain(PEER_THIRD_ADDRESS);
    const silent = asconf(link, 2, [unknown(0x00ff), deletes(PEER_THIRD_ADDRESS)]);
    expect(onlyAsconf(says(link, silent), "ASCONF-ACK").parameters).toEqual([]);
    expect(link.association.remoteAddresses).toContain(PEER_THIRD_ADDRESS);
  });

  it("MAY: V4 what else is in the packet is answered, too", () => {
    const link = agreed();
    const sent = link.receive([asconf(link, 0, [adds(PEER_THIRD_ADDRESS)]), HEARTBEAT]);
    expect(kindsOf(sent)).toEqual(["ASCONF-ACK", "HEARTBEAT ACK"]);
  });
});

describe("RFC 5061 5.3 General Rules for Address Manipulation", () => {
  it("MUST NOT: F1 a new address is a source of nothing but ASCONFs until it is acknowledged, even if something comes to it", () => {
    const link = agreed();
    const chunk = asksToAdd(link);
    const sent = link.receive([link.data(0), HEARTBEAT], { to: OUR_THIRD_ADDRESS });
    sent.push(...link.send(20), ...link.lab.run(500));
    expect(sent.map(({ from }) => from)).not.toContain(OUR_THIRD_ADDRESS);
    expect(link.read()).toEqual(["hello"]);
    says(link, answerTo(chunk));
    const [packet] = link.receive([HEARTBEAT], { to: OUR_THIRD_ADDRESS });
    expect(packet?.from).toBe(OUR_THIRD_ADDRESS); // F2
  });

  it("MAY: F2 one that is acknowledged is a source like any other: HEARTBEATs find out where it reaches the peer", () => {
    const link = agreed({ heartbeatIntervalMs: 1_000 });
    link.receive([HEARTBEAT], { to: OUR_SECOND_ADDRESS }); // The path has two sources before.
    says(link, answerTo(asksToAdd(link)));
    const probes = link.lab.run(10_000).filter(({ from }) => from === OUR_THIRD_ADDRESS);
    expect(new Set(kindsOf(probes))).toEqual(new Set(["HEARTBEAT"]));
  });

  it("MUST NOT: F1 an address that was not asked to be added is a source of nothing at all", () => {
    const link = agreed();
    gains(link, OUR_THIRD_ADDRESS);
    loses(link, OUR_ADDRESS);
    loses(link, OUR_SECOND_ADDRESS);
    const sent = [...link.send(20), ...link.lab.run(20_000)];
    expect(sent.map(({ from }) => from)).not.toContain(OUR_THIRD_ADDRESS);
  });

  it("MUST: F1, F14 an address that the peer has added is probed at once, and gets nothing else until it has answered", () => {
    const link = agreed();
    const sent = says(link, asconf(link, 0, [adds(PEER_THIRD_ADDRESS), makesPrimary(PEER_THIRD_ADDRESS)]));
    expect(link.association.path(PEER_THIRD_ADDRESS).state).toBe("unconfirmed");
    sent.push(...link.send(20), ...soon(link));
    expect(kindsOf(to(sent, PEER_THIRD_ADDRESS))).toEqual(["HEARTBEAT"]);
    expect(chunksOf(sent, "DATA")).toHaveLength(1);
    confirms(link, PEER_THIRD_ADDRESS, sent);
    expect(link.association.path(PEER_THIRD_ADDRESS).state).toBe("active");
    expect(to(link.send(20), PEER_THIRD_ADDRESS)).toHaveLength(1);
  });

  it("MUST: F1 so it is where it is the only one that is left: no DATA, no SACK, nothing that is sent again", () => {
    const link = single();
    link.send(20);
    link.receive([link.data(0)]);
    const chunk = asconf(link, 0, [adds(PEER_THIRD_ADDRESS), deletes(PEER_ADDRESS)]);
    const sent = says(link, chunk, { from: PEER_THIRD_ADDRESS });
    sent.push(...link.receive([link.data(1)], { from: PEER_THIRD_ADDRESS }));
    sent.push(...link.send(20), ...link.lab.run(2_500));
    expect(new Set(kindsOf(to(sent, PEER_THIRD_ADDRESS)))).toEqual(new Set(["ASCONF-ACK", "HEARTBEAT"]));
    expect(to(sent, PEER_ADDRESS)).toEqual([]);
    const heartbeats = sent.filter(({ kinds }) => kinds[0] === "HEARTBEAT").slice(-1);
    const freed = confirms(link, PEER_THIRD_ADDRESS, heartbeats);
    expect(chunksOf(freed, "DATA").map(({ tsn }) => tsn)).toEqual([link.ourTsn, (link.ourTsn + 1) >>> 0]);
    expect(chunksOf(freed, "SACK")).toHaveLength(1);
  });

  it("MUST: F14 so it is probed in SHUTDOWN-SENT, where nothing else would be, and the end goes on there", () => {
    const link = single();
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    expect(link.state).toBe("SHUTDOWN-SENT");
    const chunk = asconf(link, 0, [adds(PEER_THIRD_ADDRESS), deletes(PEER_ADDRESS)]);
    says(link, chunk, { from: PEER_THIRD_ADDRESS });
    confirms(link, PEER_THIRD_ADDRESS, soon(link));
    expect(link.association.path(PEER_THIRD_ADDRESS).state).toBe("active");
    expect(kindsOf(to(link.lab.run(4_000), PEER_THIRD_ADDRESS))).toContain("SHUTDOWN");
    link.receive([{ kind: "SHUTDOWN ACK" }], { from: PEER_THIRD_ADDRESS });
    expect(link.state).toBe("CLOSED");
  });

  it("MUST: F3a after a peer has not understood to add or to delete, it is asked for neither", () => {
    const link = agreed();
    const chunk = asksToAdd(link);
    says(
      link,
      answerTo(
        chunk,
        refusal(idOf(chunk), { kind: "Unrecognized Parameters", code: 8, parameters: new Uint8Array(16) }),
      ),
    );
    expect(outcomesOf(link)).toEqual([`add ${OUR_THIRD_ADDRESS} failed`]);
    const { association, lab } = link;
    expect(codeThrownBy(() => association.removeLocalAddress(OUR_SECOND_ADDRESS, lab.nowMs))).toBe(
      "ERR_SCTP_NOT_SUPPORTED",
    );
    association.setPeerPrimaryAddress(OUR_SECOND_ADDRESS, lab.nowMs);
    expect(asconfsIn(lab.flush())).toHaveLength(1);
  });

  it("MUST: F3b nor to set its primary path, if that was it", () => {
    const link = agreed();
    const { association, lab } = link;
    association.setPeerPrimaryAddress(OUR_SECOND_ADDRESS, lab.nowMs);
    const chunk = onlyAsconf(lab.flush());
    association.setPeerPrimaryAddress(OUR_ADDRESS, lab.nowMs);
    says(
      link,
      answerTo(
        chunk,
        refusal(idOf(chunk), { kind: "Unrecognized Parameters", code: 8, parameters: new Uint8Array(16) }),
      ),
    );
    expect(outcomesOf(link)).toEqual([
      `set-primary ${OUR_SECOND_ADDRESS} failed`,
      `set-primary ${OUR_ADDRESS} failed`,
    ]);
    expect(codeThrownBy(() => association.setPeerPrimaryAddress(OUR_ADDRESS, lab.nowMs))).toBe(
      "ERR_SCTP_NOT_SUPPORTED",
    );
    expect(asks(asksToAdd(link))).toContain(`add ${OUR_THIRD_ADDRESS}`);
  });

  it("MUST NOT: F4, F6 an address that is being removed is a source of anything, the ASCONF included; what comes to it is taken", () => {
    const link = agreed();
    link.association.removeLocalAddress(OUR_ADDRESS, link.lab.nowMs);
    const asked = link.lab.flush();
    expect(asked[0]?.from).toBe(OUR_SECOND_ADDRESS);
    const sent = [
      ...link.send(20),
      ...link.receive([link.data(0), HEARTBEAT], { to: OUR_ADDRESS }),
      ...link.lab.run(300),
    ];
    expect(sent.map(({ from }) => from)).not.toContain(OUR_ADDRESS);
    expect(link.read()).toEqual(["hello"]);
    says(link, answerTo(onlyAsconf(asked)));
    const later = [
      ...link.send(20),
      ...link.receive([HEARTBEAT], { to: OUR_ADDRESS }),
      ...link.lab.run(60_000),
    ];
    expect(later.map(({ from }) => from)).not.toContain(OUR_ADDRESS);
  });

  it("MUST NOT: F6 the ASCONF leaves from what it removes, even where this host has that back and the peer knows no other", () => {
    const link = single();
    const chunk = onlyAsconf(moves(link));
    gains(link, OUR_ADDRESS);
    const again = link.lab.runUntilSent();
    expect(onlyAsconf(again)).toEqual(chunk);
    expect(again.map(({ from }) => from)).toEqual([OUR_SECOND_ADDRESS]);
  });

  it("MAY: an address that the peer has refused to remove is used again", () => {
    const link = agreed();
    const chunk = asksToRemove(link);
    says(link, answerTo(chunk, refusal(idOf(chunk), notAuthorized)));
    expect(outcomesOf(link)).toEqual([`remove ${OUR_SECOND_ADDRESS} denied`]);
    const [packet] = link.receive([HEARTBEAT], { from: PEER_SECOND_ADDRESS, to: OUR_SECOND_ADDRESS });
    expect(packet?.from).toBe(OUR_SECOND_ADDRESS);
  });

  it("MUST NOT: F5 removes its last address", () => {
    const link = agreed();
    const { association, lab } = link;
    const remove = (address: string) => (): unknown => association.removeLocalAddress(address, lab.nowMs);
    remove(OUR_ADDRESS)();
    expect(codeThrownBy(remove(OUR_SECOND_ADDRESS))).toBe("ERR_SCTP_INVALID_ADDRESS");
    expect(codeThrownBy(remove(OUR_ADDRESS))).toBe("ERR_SCTP_INVALID_ADDRESS");
    expect(codeThrownBy(remove(VICTIM))).toBe("ERR_SCTP_INVALID_ADDRESS");
    expect(codeThrownBy(() => association.addLocalAddress(VICTIM, lab.nowMs))).toBe(
      "ERR_SCTP_INVALID_ADDRESS",
    );
    expect(asks(onlyAsconf(lab.flush())).slice(1)).toEqual([`delete ${OUR_ADDRESS}`]);
  });

  it("MUST: F5 one that works is removed after another has been added, and not at all if that is refused", () => {
    const link = single();
    gains(link, OUR_SECOND_ADDRESS);
    link.association.addLocalAddress(OUR_SECOND_ADDRESS, link.lab.nowMs);
    link.association.removeLocalAddress(OUR_ADDRESS, link.lab.nowMs);
    const chunk = onlyAsconf(link.lab.flush());
    expect(asks(chunk).slice(1)).toEqual([`add ${OUR_SECOND_ADDRESS}`]);
    expect(says(link, answerTo(chunk, refusal(idOf(chunk), shortage)))).toEqual([]);
    expect(outcomesOf(link)).toEqual([`add ${OUR_SECOND_ADDRESS} denied`, `remove ${OUR_ADDRESS} failed`]);
    expect(link.send(20)[0]?.from).toBe(OUR_ADDRESS); // F10
  });

  it("MUST: F7, F8 refuses to remove where the ASCONF came from, by 162, and what is the last one, by 160", () => {
    const link = agreed();
    const source = says(link, asconf(link, 0, [deletes(PEER_ADDRESS)]));
    expect(causesIn(onlyAsconf(source, "ASCONF-ACK"))).toEqual([162]);
    says(link, asconf(link, 1, [deletes(PEER_SECOND_ADDRESS)]));
    const last = says(link, asconf(link, 2, [deletes(PEER_ADDRESS)]));
    expect(causesIn(onlyAsconf(last, "ASCONF-ACK"))).toEqual([160]);
    expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS]);
  });

  it("MUST: F9, F11 refuses more addresses than it may have, by 161, and all additions and removals behind that", () => {
    const link = agreed({ maxPeerAddresses: 3 });
    const chunk = asconf(link, 0, [
      adds("10.5.0.1", 1),
      adds("10.5.0.2", 2),
      deletes(PEER_SECOND_ADDRESS, 3),
      makesPrimary(PEER_SECOND_ADDRESS, 4),
    ]);
    const answer = onlyAsconf(says(link, chunk), "ASCONF-ACK");
    expect(causesIn(answer)).toEqual([161, 161]);
    expect(answer.parameters.at(-1)).toMatchObject({ kind: "Success Indication", correlationId: 4 });
    expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS, PEER_SECOND_ADDRESS, "10.5.0.1"]);
  });

  it("MUST NOT: F13 what follows an ASCONF is answered to an address that it has removed", () => {
    const link = single();
    const chunk = asconf(link, 0, [adds(PEER_THIRD_ADDRESS), deletes(PEER_ADDRESS)]);
    const sent = link.receive([chunk, HEARTBEAT, link.data(0)], { from: PEER_THIRD_ADDRESS });
    expect(kindsOf(sent)).toEqual(["ASCONF-ACK"]);
    expect(kindsOf(to([...sent, ...link.lab.run(1_000)], PEER_ADDRESS))).toEqual([]);
  });

  it("MAY: F12 another address is the primary one when that has been removed", () => {
    const link = agreed();
    says(link, asconf(link, 0, [deletes(PEER_ADDRESS)]), { from: PEER_SECOND_ADDRESS });
    expect(link.association.primaryAddress).toBe(PEER_SECOND_ADDRESS);
    expect(link.lab.events).toContainEqual(
      expect.objectContaining({ kind: "primary", address: PEER_SECOND_ADDRESS }),
    );
  });

  it("MUST NOT: F13 sends anything to an address that the peer has removed; MUST: what comes from there is out of the blue", () => {
    const link = agreed();
    link.send(20);
    const sent = says(link, asconf(link, 0, [deletes(PEER_ADDRESS)]), { from: PEER_SECOND_ADDRESS });
    sent.push(...link.send(20), ...link.lab.run(5_000));
    expect(to(sent, PEER_ADDRESS)).toEqual([]);
    expect(chunksOf(to(sent, PEER_SECOND_ADDRESS), "DATA").length).toBeGreaterThanOrEqual(2);
    expect(kindsOf(link.receive([link.data(0)]))).toEqual(["ABORT"]);
    expect(link.read()).toEqual([]);
    expect(link.state).toBe("ESTABLISHED");
  });

  it("MUST: F13 what went to an address that the peer has removed goes out again, whatever SACKs tell of it", () => {
    for (const multipath of ["off", "independent"] as const) {
      const link = agreed({ multipath, potentiallyFailedMaxRetrans: 0 });
      const { association, lab } = link;
      const send = (count: number): void => {
        for (let i = 0; i < count; i++) link.send(FULL_PAYLOAD, { to: PEER_ADDRESS });
      };
      const from = { from: PEER_SECOND_ADDRESS };
      send(10);
      lab.run(40);
      link.receive([link.sack(9)]);
      send(20);
      for (let ms = 0; ms < 5_000 && association.stats.timeouts === 0; ms++) lab.run(1);
      expect(association.stats.timeouts).toBe(1);
      says(link, asconf(link, 0, [deletes(PEER_ADDRESS)]), from);
      // The timeout was for nothing: what it has given up would be in flight, had its path not gone.
      const sent = link.receive([link.sack(19, { duplicateTsns: [(link.ourTsn + 10) >>> 0] })], from);
      sent.push(...lab.run(5_000));
      const tsns = chunksOf(to(sent, PEER_SECOND_ADDRESS), "DATA").map(({ tsn }) => tsn);
      expect(tsns).toContain((link.ourTsn + 20) >>> 0);
      const { flightBytes } = association.path(PEER_SECOND_ADDRESS);
      expect(flightBytes).toBeGreaterThan(0);
      link.receive([link.sack(29)], from);
      expect(association.bufferedBytes).toBe(0);
      expect(association.path(PEER_SECOND_ADDRESS).flightBytes).toBe(0);
      expect(lab.stack.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
    }
  });

  it("MUST NOT: F13 ends the association where the peer has removed the address, though it has asked for the end from there", () => {
    const link = agreed();
    link.send(20);
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }], {
      from: PEER_SECOND_ADDRESS,
    });
    expect(link.state).toBe("SHUTDOWN-RECEIVED");
    says(link, asconf(link, 0, [deletes(PEER_SECOND_ADDRESS)]));
    const sent = link.receive([link.sack(0)]);
    expect(link.state).toBe("SHUTDOWN-ACK-SENT");
    expect(sent.map(({ kinds, to: address }) => [...kinds, address])).toEqual([
      ["SHUTDOWN ACK", PEER_ADDRESS],
    ]);
  });

  it("MUST NOT: F13 probes the packet size of an address that the peer has removed (RFC 8899): no timer is left of the search", () => {
    const link = agreed();
    link.association.setPathOptions(PEER_SECOND_ADDRESS, { pathMtuDiscovery: true }, link.lab.nowMs);
    expect(kindsOf(to(link.lab.run(10), PEER_SECOND_ADDRESS))).toEqual(["HEARTBEAT+PAD"]);
    expect(link.lab.stack.nextDeadlineMs()).toBeLessThan(Number.POSITIVE_INFINITY);
    says(link, asconf(link, 0, [deletes(PEER_SECOND_ADDRESS)]));
    expect(link.lab.stack.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("RFC 5061 5.3.1 A Special Case for OOTB ABORT Chunks", () => {
  it("MUST: ignores an ABORT that comes to an address that is being removed, with the T bit or without", () => {
    for (const tagReflected of [true, false]) {
      const link = agreed();
      asksToRemove(link);
      const abort: Chunk = { kind: "ABORT", tagReflected, causes: [] };
      const tag = tagReflected ? PEER_TAG : link.association.localTag;
      link.receive([abort], { from: PEER_SECOND_ADDRESS, to: OUR_SECOND_ADDRESS, tag });
      expect(link.state).toBe("ESTABLISHED");
      link.receive([abort], { to: OUR_ADDRESS, tag });
      expect(link.state).toBe("CLOSED");
    }
  });
});

describe("RFC 5061 5.3.2 A Special Case for Changing an Address", () => {
  it("MUST: an only address is replaced from the new one, under the name of the old one", () => {
    const link = single();
    const sent = moves(link);
    expect(sent.map(({ from }) => from)).toEqual([OUR_SECOND_ADDRESS]);
    const chunk = onlyAsconf(sent);
    expect(asks(chunk)).toEqual([`by ${OUR_ADDRESS}`, `add ${OUR_SECOND_ADDRESS}`, `delete ${OUR_ADDRESS}`]);
    says(link, answerTo(chunk), { to: OUR_SECOND_ADDRESS });
    expect(link.association.localAddresses).toEqual([OUR_SECOND_ADDRESS]);
    expect(link.send(10)[0]?.from).toBe(OUR_SECOND_ADDRESS);
  });

  it("MAY: what was on its way from the old address goes out again at once from the new one", () => {
    const link = single();
    link.send(20);
    const chunk = onlyAsconf(moves(link));
    const freed = says(link, answerTo(chunk), { to: OUR_SECOND_ADDRESS });
    expect(chunksOf(freed, "DATA").map(({ tsn }) => tsn)).toEqual([link.ourTsn]);
    expect(freed[0]?.from).toBe(OUR_SECOND_ADDRESS);
  });

  it("MUST NOT: nothing goes along with an ASCONF from an address that the peer does not know", () => {
    const link = single({ sackDelayMs: 0 });
    gains(link, OUR_SECOND_ADDRESS);
    loses(link, OUR_ADDRESS);
    link.association.addLocalAddress(OUR_SECOND_ADDRESS, link.lab.nowMs);
    link.association.removeLocalAddress(OUR_ADDRESS, link.lab.nowMs);
    const sent = [
      ...link.receive([link.data(0)], { to: OUR_SECOND_ADDRESS }),
      ...link.send(20),
      ...link.lab.run(1_500),
    ];
    const fromNew = sent.filter(({ from }) => from === OUR_SECOND_ADDRESS);
    expect(new Set(kindsOf(fromNew))).toEqual(new Set(["ASCONF"]));
  });

  it("MUST: an address that is lost before the answer has come is replaced by the next one, from where the same chunk goes out at once", () => {
    const link = single();
    const first = onlyAsconf(moves(link));
    const again = moves(link, OUR_THIRD_ADDRESS, OUR_SECOND_ADDRESS);
    expect(onlyAsconf(again)).toEqual(first);
    expect(again[0]?.from).toBe(OUR_THIRD_ADDRESS);
    const next = says(link, answerTo(first), { to: OUR_THIRD_ADDRESS });
    const second = onlyAsconf(next);
    expect(asks(second)).toEqual([
      `by ${OUR_SECOND_ADDRESS}`,
      `add ${OUR_THIRD_ADDRESS}`,
      `delete ${OUR_SECOND_ADDRESS}`,
    ]);
    expect(next[0]?.from).toBe(OUR_THIRD_ADDRESS);
    says(link, answerTo(second), { to: OUR_THIRD_ADDRESS });
    expect(link.association.localAddresses).toEqual([OUR_THIRD_ADDRESS]);
  });

  it("MUST: one that the peer replaces is found by the old name, and answered at the new one, by the UDP port of the packet", () => {
    const link = single();
    const chunk = asconf(link, 0, [adds(PEER_SECOND_ADDRESS), deletes(PEER_ADDRESS)]);
    const sent = says(link, chunk, { from: PEER_SECOND_ADDRESS, fromUdpPort: 4_000 });
    expect(kindsOf(sent)).toEqual(["ASCONF-ACK"]);
    expect(sent[0]).toMatchObject({ to: PEER_SECOND_ADDRESS, toUdpPort: 4_000 });
    expect(link.association.remoteAddresses).toEqual([PEER_SECOND_ADDRESS]);
    expect(soon(link)[0]).toMatchObject({ to: PEER_SECOND_ADDRESS, toUdpPort: 4_000, kinds: ["HEARTBEAT"] });
    expect(kindsOf(says(link, chunk, { from: PEER_SECOND_ADDRESS, fromUdpPort: 4_000 }))).toEqual([
      "ASCONF-ACK",
    ]);
  });
});

describe("RFC 5061 5.4 Setting of the Primary Address", () => {
  it("SHOULD NOT: does what is asked about an address that is none of the peer's", () => {
    const link = agreed();
    const sent = says(link, asconf(link, 0, [makesPrimary(VICTIM)]));
    expect(causesIn(onlyAsconf(sent, "ASCONF-ACK"))).toEqual([5]);
    expect(link.association.primaryAddress).toBe(PEER_ADDRESS);
  });

  it("MUST: asks about addresses that the association has, or is asked to add before", () => {
    const link = agreed();
    const set = (): unknown => link.association.setPeerPrimaryAddress(OUR_THIRD_ADDRESS, link.lab.nowMs);
    gains(link, OUR_THIRD_ADDRESS);
    expect(codeThrownBy(set)).toBe("ERR_SCTP_INVALID_ADDRESS");
    link.association.addLocalAddress(OUR_THIRD_ADDRESS, link.lab.nowMs);
    expect(codeThrownBy(set)).toBeUndefined();
    const chunk = onlyAsconf(link.lab.flush());
    link.association.setPeerPrimaryAddress(OUR_THIRD_ADDRESS, link.lab.nowMs);
    expect(says(link, answerTo(chunk, refusal(idOf(chunk), shortage)))).toEqual([]);
    expect(outcomesOf(link).at(-1)).toBe(`set-primary ${OUR_THIRD_ADDRESS} failed`);
  });
});

describe("RFC 5061 6 Security Considerations", () => {
  const askedWith = (lab: Lab, parameters: readonly Parameter[]): SentPacket[] =>
    lab.receive([initChunk({ parameters })]);

  it("MUST: answers an INIT that lists ASCONF and has no AUTH with an ABORT", () => {
    const lab = new Lab();
    lab.listen({ dynamicAddresses: true });
    expect(kindsOf(askedWith(lab, [ADDRESSES_SUPPORTED]))).toEqual(["ABORT"]);
    expect(kindsOf(askedWith(lab, [...authParameters([193, 128]), ADDRESSES_SUPPORTED]))).toEqual([
      "INIT ACK",
    ]);
    expect(kindsOf(askedWith(lab, []))).toEqual(["INIT ACK"]);
  });

  it("MUST NOT: sends a COOKIE ECHO after such an INIT ACK; the user hears of it", () => {
    const lab = new Lab();
    const association = lab.connect({ dynamicAddresses: true });
    const init = only(lab.flush(), "INIT");
    const parameters = [cookieParameter(), ADDRESSES_SUPPORTED];
    expect(kindsOf(lab.receive([initAckChunk({ parameters })], { tag: init.initiateTag }))).toEqual([
      "ABORT",
    ]);
    expect(association.state).toBe("CLOSED");
  });

  it("SHOULD NOT: names wildcards without need; behind a NAT it names nothing else", () => {
    const link = agreed({ dynamicAddresses: { authenticated: false, behindNat: true } });
    gains(link, OUR_THIRD_ADDRESS);
    link.association.addLocalAddress(OUR_THIRD_ADDRESS, link.lab.nowMs);
    const sent = link.lab.flush();
    expect(sent[0]?.from).toBe(OUR_THIRD_ADDRESS);
    expect(asks(onlyAsconf(sent))).toEqual(["by 0.0.0.0", "add 0.0.0.0"]);
  });
});
