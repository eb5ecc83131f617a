/** What one packet may provoke, and the suggested parameters: RFC 9260 sections 12, 14 and 16. */
import { describe, expect, it } from "vitest";
import { associationOptions, STACK_OPTIONS } from "../../src/base/options.ts";
import type { Chunk } from "../../src/chunks/chunk.ts";
import {
  BY_RFC_9260_7_2,
  chunksOf,
  HEARTBEAT,
  initChunk,
  Lab,
  OUR_SECOND_ADDRESS,
  only,
  PEER_SECOND_ADDRESS,
} from "./lab.ts";

describe("RFC 9260 12.2.4.1 Flooding", () => {
  it("MUST: answers a Host Name Address parameter with ABORT", () => {
    const lab = new Lab();
    lab.listen();
    const parameters = [
      { kind: "Host Name Address", type: 11, hostName: new TextEncoder().encode("victim.example") } as const,
    ];
    const abort = only(lab.receive([initChunk({ parameters })]), "ABORT");
    expect(abort.causes.map(({ kind }) => kind)).toEqual(["Unresolvable Address"]);
    expect(lab.stack.associationCount).toBe(0);
  });
});

describe("RFC 9260 12.3 SCTP Interactions with Firewalls", () => {
  it("MUST: sends an INIT alone, with the tag 0, and drops one that comes otherwise", () => {
    const lab = new Lab();
    lab.connect();
    expect(lab.flush()[0]).toMatchObject({ tag: 0, kinds: ["INIT"] });
    const server = new Lab();
    server.listen();
    expect(server.receive([initChunk()], { tag: 5 })).toEqual([]);
    expect(server.receive([initChunk(), { kind: "COOKIE ACK" }])).toEqual([]);
    expect(server.receive([initChunk()])).toHaveLength(1);
  });
});

describe("RFC 9260 12.4 Protection of Non-SCTP-capable Hosts", () => {
  it("MUST NOT: answers one packet with more than one packet of chunks other than DATA", () => {
    const heartbeat: Chunk = {
      kind: "HEARTBEAT",
      parameters: new Uint8Array([0, 1, 0, 200, ...new Uint8Array(196)]),
      info: undefined,
    };
    const unknown: Chunk = { kind: "unknown", type: 0xfe, flags: 0, value: new Uint8Array(100) };
    const link = new Lab().accepted();
    const badStreams = Array.from({ length: 100 }, (_, i) => link.data(i, { streamId: 100 + i }));
    const storms: Chunk[][] = [
      Array.from({ length: 40 }, () => heartbeat),
      Array.from({ length: 40 }, () => unknown),
      badStreams,
      Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? heartbeat : unknown)),
    ];
    for (const storm of storms) {
      const answers = link.receive(storm);
      expect(answers).toHaveLength(1);
      expect(answers[0]?.lengthBytes).toBeLessThanOrEqual(1_200);
      expect(link.lab.flush()).toEqual([]);
    }
  });

  it("MUST NOT: does so even where the answers would go to two addresses", () => {
    const lab = new Lab({ localAddresses: ["10.0.0.1", OUR_SECOND_ADDRESS] });
    const link = lab.accepted(
      { heartbeatIntervalMs: 0 },
      {
        parameters: [{ kind: "IPv4 Address", type: 5, address: PEER_SECOND_ADDRESS }],
      },
    );
    lab.flush();
    // The second address is unconfirmed: only a HEARTBEAT ACK may go there, an ERROR goes to the first.
    const answers = link.receive(
      [HEARTBEAT, { kind: "unknown", type: 0xfe, flags: 0, value: new Uint8Array(4) }],
      { from: PEER_SECOND_ADDRESS, to: OUR_SECOND_ADDRESS },
    );
    expect(answers.map(({ kinds, to }) => [kinds, to])).toEqual([[["HEARTBEAT ACK"], PEER_SECOND_ADDRESS]]);
  });

  it("MUST: aborts the association for a SACK that acknowledges a TSN that was never sent", () => {
    const link = new Lab().accepted();
    link.send(10);
    expect(chunksOf(link.receive([link.sack(1)]), "ABORT")).toHaveLength(1);
    expect(link.state).toBe("CLOSED");
  });

  it("MAY: leaves out reports of unrecognized parameters beyond a limit", () => {
    const lab = new Lab();
    lab.listen({ maxUnrecognizedReported: 3 });
    const parameters = Array.from({ length: 50 }, (_, i) => ({
      kind: "unknown" as const,
      type: 0xf000 + i,
      value: new Uint8Array(4),
    }));
    const initAck = only(lab.receive([initChunk({ parameters })]), "INIT ACK");
    expect(initAck.parameters.filter(({ kind }) => kind === "Unrecognized Parameter")).toHaveLength(3);
  });

  it("SHOULD: makes the INIT ACK small", () => {
    const lab = new Lab();
    lab.listen();
    const [answer] = lab.receive([initChunk()]);
    expect(answer?.lengthBytes).toBeLessThan(300);
  });
});

describe("RFC 9260 14.2 Parameters Necessary per Association (i.e., the TCB)", () => {
  it("SHOULD: removes the TCB of an association in CLOSED", () => {
    const link = new Lab().accepted();
    link.association.abort(new Uint8Array(0), link.lab.nowMs);
    expect(link.lab.stack.associationCount).toBe(0);
    expect([...link.lab.stack.associations]).toEqual([]);
  });
});

describe("RFC 9260 16 Suggested SCTP Protocol Parameter Values", () => {
  it("SHOULD: uses the suggested values as defaults, HB.interval excepted, and Max.Burst with its own windows", () => {
    expect(associationOptions(BY_RFC_9260_7_2)).toMatchObject({
      rtoInitialMs: 1_000,
      rtoMinMs: 1_000,
      rtoMaxMs: 60_000,
      maxBurst: 4,
      associationMaxRetrans: 10,
      pathMaxRetrans: 5,
      maxInitRetransmits: 8,
      heartbeatMaxBurst: 1,
      sackDelayMs: 200,
    });
    expect(STACK_OPTIONS.cookieLifeMs.default).toBe(60_000);
  });
});
