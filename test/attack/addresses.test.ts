/**
 * Lists of addresses that are not the peer's to list.
 * Owns: what becomes of them. Does not own: the rate of probes (test/conformance/rfc5062.test.ts, limits.test.ts).
 */

import { describe, expect, it } from "vitest";
import { encodePacket } from "../../src/chunks/packet.ts";
import {
  addressParameter,
  cookieOf,
  cookieParameter,
  echoOf,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  OUR_ADDRESS,
  OUR_PORT,
  only,
  PEER_ADDRESS,
  PEER_PORT,
  PEER_TAG,
  UDP_PORT,
} from "../conformance/lab.ts";
import { tieTagsOf } from "../inside/engines.ts";
import { ipv4 } from "./addresses.ts";

const NOBODYS = ["0.0.0.0", "::", "224.0.0.1", "239.1.2.3", "255.255.255.255", "240.0.0.1", "ff02::1"];
const LOOPBACK = ["127.0.0.1", "127.5.5.5", "::1"];

describe("an INIT that lists", () => {
  it("addresses that no host has, or loopback ones, is taken without them", () => {
    const parameters = [...NOBODYS, ...LOOPBACK].map(addressParameter);
    const link = new Lab().accepted({}, { parameters });
    expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS]);
    expect(link.lab.run(60_000).filter(({ to }) => to !== PEER_ADDRESS)).toEqual([]);
  });

  it("loopback addresses from this host itself is taken with them", () => {
    const lab = new Lab({ localAddresses: ["127.0.0.1", "::1"] });
    lab.listen();
    const parameters = LOOPBACK.map(addressParameter);
    const envelope = { from: "127.0.0.1", to: "127.0.0.1" };
    const initAck = only(lab.receive([initChunk({ parameters })], envelope), "INIT ACK");
    const echo = echoOf(initAck);
    lab.receive([echo], { ...envelope, tag: initAck.initiateTag });
    expect([...lab.stack.associations][0]?.remoteAddresses).toEqual(LOOPBACK);
  });

  it("one address a thousand times makes one path", () => {
    const parameters = new Array(1_000).fill(addressParameter(ipv4(1)));
    const link = new Lab().accepted({}, { parameters });
    expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS, ipv4(1)]);
  });

  it("a thousand addresses makes as many paths as are allowed, and a cookie no larger than for them", () => {
    const parameters = Array.from({ length: 1_000 }, (_, i) => addressParameter(ipv4(i)));
    const lab = new Lab();
    lab.listen();
    const initAck = only(lab.receive([initChunk({ parameters })]), "INIT ACK");
    expect(cookieOf(initAck).length).toBeLessThanOrEqual(68 + 34 * 5 + 32);
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect([...lab.stack.associations][0]?.remoteAddresses).toHaveLength(33);
  });

  it("an address of a living association is refused, and that one hears nothing of it", () => {
    const link = new Lab().accepted();
    const before = [link.association.status(), link.association.paths()];
    const refusal = link.receive(
      [initChunk({ initiateTag: 9, parameters: [addressParameter(PEER_ADDRESS)] })],
      {
        from: ipv4(1),
        tag: 0,
      },
    );
    const abort = only(refusal, "ABORT");
    expect(abort.causes.map(({ kind }) => kind)).toEqual(["Restart of an Association with New Addresses"]);
    expect(refusal[0]?.to).toBe(ipv4(1));
    expect([link.association.status(), link.association.paths()]).toEqual(before);
  });

  it("our own address gains nothing: the stack answers its own probe as any stranger's, and that ends it", () => {
    const link = new Lab().accepted({}, { parameters: [addressParameter(OUR_ADDRESS)] });
    const { lab } = link;
    const [probe] = lab.run(10).filter(({ to }) => to === OUR_ADDRESS);
    if (probe === undefined) throw new Error("no probe");
    let echoes = 0;
    let packets = [probe];
    while (packets.length > 0 && echoes < 100) {
      const [packet, ...rest] = packets;
      packets = rest;
      if (packet?.to !== OUR_ADDRESS) continue;
      echoes++;
      packets.push(...lab.receiveBytes(packet.bytes, { from: OUR_ADDRESS }));
    }
    expect(echoes).toBeLessThanOrEqual(3);
    expect(lab.stack.associationCount).toBe(0);
  });
});

describe("an INIT ACK that lists", () => {
  it("loopback and nobody's addresses is taken without them", () => {
    const parameters = [cookieParameter(), ...[...NOBODYS, ...LOOPBACK].map(addressParameter)];
    const link = new Lab().connected({}, { parameters });
    expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS]);
  });

  it("a thousand addresses makes as many paths as are allowed", () => {
    const listed = Array.from({ length: 1_000 }, (_, i) => addressParameter(ipv4(i)));
    const link = new Lab().connected({}, { parameters: [cookieParameter(), ...listed] });
    expect(link.association.remoteAddresses).toHaveLength(33);
  });

  it("the addresses of another association leaves them to it", () => {
    const lab = new Lab();
    const first = lab.connected();
    lab.stack.connect(
      { remoteAddresses: [ipv4(1)], remotePort: PEER_PORT, remoteUdpPort: UDP_PORT, localPort: OUR_PORT },
      lab.nowMs,
    );
    const init = only(lab.flush(), "INIT");
    const thief = initAckChunk({
      initiateTag: 0x99,
      parameters: [cookieParameter(), addressParameter(PEER_ADDRESS)],
    });
    lab.receive([thief], { tag: init.initiateTag, from: ipv4(1) });
    const second = [...lab.stack.associations].find(({ remoteAddresses }) => remoteAddresses[0] === ipv4(1));
    expect(second?.remoteAddresses).toEqual([ipv4(1)]);
    first.receive([first.data(0)]);
    expect(first.association.readableCount).toBe(1);
  });
});

describe("packets from an address that was listed but never confirmed", () => {
  it("are taken with the right tag, and answered where the peer is confirmed", () => {
    const link = new Lab().accepted({}, { parameters: [addressParameter(ipv4(1))] });
    link.lab.run(10);
    const answers = link.receive([link.data(0)], { from: ipv4(1) });
    expect(answers.map(({ to, kinds }) => [to, kinds])).toEqual([[PEER_ADDRESS, ["SACK"]]]);
  });
});

describe("an INIT flood that lists the addresses of a living association", () => {
  it("is answered by nothing but ABORTs to its senders, one each", () => {
    const link = new Lab().accepted();
    const init = encodePacket({
      sourcePort: PEER_PORT,
      destinationPort: OUR_PORT,
      verificationTag: 0,
      chunks: [initChunk({ initiateTag: 3, parameters: [addressParameter(PEER_ADDRESS)] })],
    });
    for (let i = 0; i < 1_000; i++) {
      const answers = link.lab.receiveBytes(init, { from: ipv4(i) });
      expect(kindsOf(answers)).toEqual(["ABORT"]);
      expect(answers[0]).toMatchObject({ to: ipv4(i), tag: 3 });
    }
    expect(link.association.peerTag).toBe(PEER_TAG);
    expect(tieTagsOf(link.association).localTieTag).toBe(0);
  });
});
