/** From which of our addresses each packet leaves, chunk by chunk, against a peer of which the test writes every one. */
import { describe, expect, it } from "vitest";
import type { AssociationOptions } from "../../../src/base/options.ts";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { announce } from "../../../src/socket/state/announce.ts";
import type { AssociationEntry } from "../../../src/socket/state/association-entry.ts";
import { AssociationSettings } from "../../../src/socket/terms/settings.ts";
import {
  BY_RFC_9260_7_2,
  chunksOf,
  echoOf,
  firstOf,
  HEARTBEAT,
  initAckChunk,
  initChunk,
  Lab,
  type Link,
  OUR_ADDRESS,
  OUR_SECOND_ADDRESS,
  PEER_ADDRESS,
  PEER_TAG,
} from "../../conformance/lab.ts";
import { standIn } from "../../inside/seat.ts";

const TO_SECOND = { to: OUR_SECOND_ADDRESS };
const QUIET = { heartbeatIntervalMs: 0 };

/** A peer of one address; we have two, and have asked for the association. */
function twoSources(options: Partial<AssociationOptions> = {}): Link {
  return new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] }).connected({ ...QUIET, ...options });
}

/** The peer has written to our second address, so that it is known to know it. */
function secondKnown(options: Partial<AssociationOptions> = {}): Link {
  const link = twoSources(options);
  link.receive([HEARTBEAT], TO_SECOND);
  return link;
}

describe("leaves from where it was asked at:", () => {
  it.each<[name: string, ask: (link: Link) => Chunk, answer: Chunk["kind"]]>([
    ["a HEARTBEAT ACK", () => HEARTBEAT, "HEARTBEAT ACK"],
    ["the SACK for DATA", (link) => link.data(0, { immediate: true }), "SACK"],
    ["an ERROR for a stream that is none", (link) => link.data(0, { streamId: 999 }), "ERROR"],
    ["a SHUTDOWN ACK", (link) => ({ kind: "SHUTDOWN", cumulativeTsnAck: link.ourTsn - 1 }), "SHUTDOWN ACK"],
  ])("%s [A15]", (_, ask, answer) => {
    for (const to of [OUR_SECOND_ADDRESS, OUR_ADDRESS]) {
      const link = secondKnown();
      const packets = link.receive([ask(link)], { to });
      const found = packets.find(({ kinds }) => kinds.includes(answer));
      expect(found).toMatchObject({ from: to, to: PEER_ADDRESS });
    }
  });

  it("the COOKIE ACK for a COOKIE ECHO that is repeated [A15]", () => {
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    lab.listen(QUIET);
    const initAck = firstOf(lab.receive([initChunk()]), "INIT ACK");
    const tag = initAck.initiateTag;
    for (const to of [OUR_ADDRESS, OUR_SECOND_ADDRESS, OUR_ADDRESS])
      expect(lab.receive([echoOf(initAck)], { tag, to })[0]).toMatchObject({
        from: to,
        kinds: ["COOKIE ACK"],
      });
  });

  it("the SHUTDOWN COMPLETE [A15]", () => {
    const link = secondKnown();
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    const [last] = link.receive([{ kind: "SHUTDOWN ACK" }], TO_SECOND);
    expect(last).toMatchObject({ from: OUR_SECOND_ADDRESS, kinds: ["SHUTDOWN COMPLETE"] });
  });

  it("the SHUTDOWN with the SACK for DATA that came after it [A15]", () => {
    const link = secondKnown();
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    for (const { from } of link.receive([link.data(1)], TO_SECOND)) expect(from).toBe(OUR_SECOND_ADDRESS);
  });

  it("the COOKIE ECHO: from where the INIT ACK came to [A15]", () => {
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    const association = lab.connect(QUIET);
    expect(lab.flush()[0]).toMatchObject({ from: OUR_ADDRESS, kinds: ["INIT"] });
    expect(lab.runUntilSent()[0]).toMatchObject({ from: OUR_SECOND_ADDRESS, kinds: ["INIT"] });
    const echo = lab.receive([initAckChunk()], { tag: association.localTag });
    expect(echo[0]).toMatchObject({ from: OUR_ADDRESS, kinds: ["COOKIE ECHO"] });
  });
});

describe("DATA", () => {
  it("shares a packet with a SACK only where both leave from one address [A15]", () => {
    const link = secondKnown();
    for (const i of [0, 1]) link.receive([link.data(i)], TO_SECOND); // A SACK waits for the next packet.
    expect(link.send(10)).toMatchObject([{ from: OUR_ADDRESS, kinds: ["DATA"] }]);
    const both = link.receive([link.data(2), link.sack(0)], TO_SECOND);
    expect(both).toMatchObject([{ from: OUR_SECOND_ADDRESS, kinds: ["SACK"] }]);
    link.receive([link.data(3)]);
    expect(link.send(10)).toMatchObject([{ from: OUR_ADDRESS, kinds: ["SACK", "DATA"] }]);
    link.association.send(new Uint8Array(10), {}, link.lab.nowMs);
    const answer = link.receive([HEARTBEAT, link.sack(1)], TO_SECOND);
    expect(answer).toMatchObject([
      { from: OUR_SECOND_ADDRESS, kinds: ["HEARTBEAT ACK"] },
      { from: OUR_ADDRESS, kinds: ["DATA"] },
    ]);
    link.association.send(new Uint8Array(10), {}, link.lab.nowMs);
    const due = link.receive([link.data(4, { immediate: true }), link.sack(2)], TO_SECOND);
    expect(due).toMatchObject([
      { from: OUR_SECOND_ADDRESS, kinds: ["SACK"] },
      { from: OUR_ADDRESS, kinds: ["DATA"] },
    ]);
  });

  it("leaves from another source after each T3-rtx (RFC 9260 6.4.1) [A15]", () => {
    const link = secondKnown(BY_RFC_9260_7_2);
    expect(link.send(10)[0]?.from).toBe(OUR_ADDRESS);
    const seen = Array.from({ length: 4 }, () => link.lab.runUntilSent()[0]?.from);
    expect(seen).toEqual([OUR_SECOND_ADDRESS, OUR_ADDRESS, OUR_SECOND_ADDRESS, OUR_ADDRESS]);
  });

  it("goes on from the source at which it was acknowledged; what left before says nothing of that one [A15]", () => {
    const link = secondKnown(BY_RFC_9260_7_2);
    link.send(10);
    link.lab.runUntilSent();
    link.receive([link.sack(0)]);
    const stateOfSecond = (): string | undefined => link.association.path(PEER_ADDRESS).sources[1]?.state;
    expect(stateOfSecond()).toBe("unknown"); // Which of both was acknowledged is not known.
    expect(link.send(10)[0]?.from).toBe(OUR_SECOND_ADDRESS);
    link.lab.nowMs += 5;
    link.receive([link.sack(1)]);
    expect(stateOfSecond()).toBe("reaching");
    expect(link.association.path(PEER_ADDRESS).sources[1]).toMatchObject({
      address: OUR_SECOND_ADDRESS,
      lastHeardMs: link.lab.nowMs,
      rttMs: 5,
    });
    link.send(10);
    link.lab.stack.removeLocalAddress(OUR_SECOND_ADDRESS, link.lab.nowMs);
    link.receive([link.sack(2)]);
    expect(link.association.path(PEER_ADDRESS).sources).toMatchObject([{ address: OUR_ADDRESS }]);
  });

  it("does not leave from where packets came to if that is a wildcard [A15]", () => {
    const lab = new Lab({ localAddresses: ["0.0.0.0"] });
    const link = lab.connected(QUIET);
    for (const to of ["0.0.0.0", "0.0.0.0"]) {
      expect(link.receive([HEARTBEAT], { to })[0]?.from).toBe("0.0.0.0");
      expect(link.association.path(PEER_ADDRESS).sources).toEqual([]);
    }
    const mixed = twoSources();
    expect(mixed.receive([HEARTBEAT], { to: "0.0.0.0" })[0]?.from).toBe(OUR_ADDRESS);
    expect(mixed.association.path(PEER_ADDRESS).sources).toEqual([]);
  });
});

describe("an address that the peer has not shown to know", () => {
  it("is used for DATA only when the others have failed twice, and an ABORT for that does no harm [A15]", () => {
    const link = twoSources(BY_RFC_9260_7_2);
    link.send(10);
    const seen = Array.from({ length: 2 }, () => link.lab.runUntilSent()[0]?.from);
    expect(seen).toEqual([OUR_ADDRESS, OUR_SECOND_ADDRESS]);
    // What a peer does that took up our first address only: to it, the packet came out of the blue.
    const abort: Chunk = { kind: "ABORT", tagReflected: true, causes: [] };
    link.receive([abort], { ...TO_SECOND, tag: PEER_TAG });
    expect(link.state).toBe("ESTABLISHED");
    link.receive([abort], { tag: PEER_TAG });
    expect(link.state).toBe("CLOSED");
  });

  it("ends the association once it is known, as any other does [A15]", () => {
    const link = secondKnown();
    link.receive([{ kind: "ABORT", tagReflected: true, causes: [] }], { ...TO_SECOND, tag: PEER_TAG });
    expect(link.state).toBe("CLOSED");
  });

  it("gets no HEARTBEATs to send [A15]", () => {
    const link = twoSources({ heartbeatIntervalMs: 1_000 });
    const from = new Set(chunksFrom(link, 60_000));
    expect(from).toEqual(new Set([OUR_ADDRESS]));
  });
});

/** Where HEARTBEATs leave from; each is answered. */
function chunksFrom(link: Link, ms: number): string[] {
  const seen: string[] = [];
  const endMs = link.lab.nowMs + ms;
  while (link.lab.nowMs < endMs) {
    for (const packet of link.lab.runUntilSent()) {
      for (const chunk of chunksOf([packet], "HEARTBEAT")) {
        seen.push(packet.from);
        link.receive([{ ...chunk, kind: "HEARTBEAT ACK" }], { to: packet.from });
      }
    }
  }
  return seen;
}

describe("HEARTBEATs", () => {
  it("leave from each source, from the other ones alone while DATA tells of the one in use [A15]", () => {
    const link = secondKnown({ heartbeatIntervalMs: 1_000 });
    const idle = chunksFrom(link, 30_000);
    expect(idle.length).toBeGreaterThan(10);
    for (const [i, from] of idle.entries()) expect(from).toBe(i % 2 === 0 ? OUR_ADDRESS : OUR_SECOND_ADDRESS);
    for (let i = 0; i < 40; i++) {
      link.send(10);
      for (const packet of [...link.receive([link.sack(i)]), ...link.lab.run(300)]) {
        for (const chunk of chunksOf([packet], "HEARTBEAT")) {
          expect(packet.from).toBe(OUR_SECOND_ADDRESS);
          link.receive([{ ...chunk, kind: "HEARTBEAT ACK" }], TO_SECOND);
        }
      }
    }
  });

  it("are answered for the source that they left from, and for no other [A15]", () => {
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    const link = lab.accepted({ heartbeatIntervalMs: 1_000, rtoMinMs: 100 });
    link.receive([HEARTBEAT], TO_SECOND);
    const packets = link.lab.runUntilSent();
    expect(packets.map(({ from }) => from)).toEqual([OUR_ADDRESS, OUR_SECOND_ADDRESS]);
    link.lab.nowMs += 20;
    const answer = { ...firstOf(packets.slice(1), "HEARTBEAT"), kind: "HEARTBEAT ACK" } as const;
    link.receive([answer]);
    const path = link.association.path(PEER_ADDRESS);
    expect(path.sources).toMatchObject([
      { address: OUR_ADDRESS, lastHeardMs: undefined },
      { address: OUR_SECOND_ADDRESS, state: "reaching", lastHeardMs: link.lab.nowMs, rttMs: 20 },
    ]);
    link.lab.run(2_000);
    expect(link.association.path(PEER_ADDRESS)).toMatchObject({ localAddress: OUR_SECOND_ADDRESS });
  });
});

describe("the user", () => {
  it("hears which sources reach a destination, but RFC 6458 only that its state has changed [A15]", () => {
    const link = secondKnown({ heartbeatIntervalMs: 1_000, pathMaxRetrans: 1 });
    chunksFrom(link, 5_000);
    link.lab.run(120_000);
    const told = link.lab.events.flatMap((event) => (event.kind === "path" ? [event] : []));
    const facts = told.map(({ state, isNewState, reachedFrom }) => ({ state, isNewState, reachedFrom }));
    const both = [OUR_ADDRESS, OUR_SECOND_ADDRESS];
    expect(facts[0]).toEqual({ state: "active", isNewState: false, reachedFrom: both });
    expect(facts.at(-1)).toEqual({ state: "inactive", isNewState: true, reachedFrom: [] });
    const entry = standIn<AssociationEntry>({ id: 1, settings: new AssociationSettings() });
    for (const event of told) expect(announce(entry, event, false)).toHaveLength(event.isNewState ? 1 : 0);
  });
});

describe("a peer that began anew", () => {
  it("is written to from where its COOKIE ECHO came to; nothing else is known of the sources any more [A15]", () => {
    const link = secondKnown();
    const initAck = firstOf(link.lab.receive([initChunk({ initiateTag: 77 })], TO_SECOND), "INIT ACK");
    const [ack] = link.lab.receive([echoOf(initAck)], { ...TO_SECOND, tag: initAck.initiateTag });
    expect(ack).toMatchObject({ from: OUR_SECOND_ADDRESS, kinds: ["COOKIE ACK"] });
    expect(link.send(10)[0]?.from).toBe(OUR_SECOND_ADDRESS);
  });
});

it("a SHUTDOWN that is not answered goes by another pair each time [A15]", () => {
  const link = secondKnown();
  link.association.shutdown(link.lab.nowMs);
  const seen = [link.lab.flush(), link.lab.runUntilSent(), link.lab.runUntilSent()].map(
    (packets) => packets[0]?.from,
  );
  expect(seen).toEqual([OUR_ADDRESS, OUR_SECOND_ADDRESS, OUR_ADDRESS]);
});

it("a path is sent HEARTBEATs from a new address where all that it left from are gone [A15]", () => {
  const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
  lab.connected({ heartbeatIntervalMs: 1_000 });
  lab.run(20_000); // A HEARTBEAT has made the table of sources.
  lab.stack.addLocalAddress("10.2.0.1");
  for (const address of [OUR_ADDRESS, OUR_SECOND_ADDRESS]) lab.stack.removeLocalAddress(address, lab.nowMs);
  const heartbeats = lab.run(60_000).filter(({ kinds }) => kinds.includes("HEARTBEAT"));
  expect(heartbeats[0]?.from).toBe("10.2.0.1");
});
