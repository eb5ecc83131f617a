/** Packets for no association, and verification tags: RFC 9260 8.4 and 8.5. */
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../src/chunks/chunk.ts";
import {
  dataChunk,
  echoOf,
  HEARTBEAT,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  OUR_PORT,
  only,
  PEER_ADDRESS,
  PEER_PORT,
  PEER_TAG,
  sackChunk,
} from "./lab.ts";

const QUIET = { heartbeatIntervalMs: 0 };
const TAG = 0xabcd_ef01;
const ABORT: Chunk = { kind: "ABORT", tagReflected: false, causes: [] };
const REFLECTED_ABORT: Chunk = { kind: "ABORT", tagReflected: true, causes: [] };
const STALE_COOKIE: Chunk = { kind: "ERROR", causes: [{ kind: "Stale Cookie", code: 3, stalenessUs: 1 }] };

/** What a stack that knows nobody answers to a packet with a tag of nobody's. */
function strangersAnswer(chunks: readonly Chunk[], tag = TAG) {
  const lab = new Lab();
  lab.listen();
  return lab.receive(chunks, { tag });
}

function shutdownAckSent(): Link {
  const link = new Lab().accepted(QUIET);
  link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }]);
  return link;
}

describe('RFC 9260 8.4 Handle "Out of the Blue" Packets', () => {
  it("SHOULD: silently discards a packet from or to an address that is not unicast", () => {
    const lab = new Lab();
    lab.listen();
    for (const from of ["224.0.0.5", "255.255.255.255", "0.0.0.0", "ff02::1", "::"]) {
      expect(lab.receive([initChunk()], { from })).toEqual([]);
      expect(lab.receive([dataChunk()], { from, tag: TAG })).toEqual([]);
    }
    for (const to of ["224.0.0.5", "255.255.255.255", "ff02::1"]) {
      expect(lab.receive([dataChunk()], { to, tag: TAG })).toEqual([]);
    }
    expect(lab.stack.counters["not-unicast"]).toBe(13);
    expect(lab.receive([dataChunk()], { to: "0.0.0.0", tag: TAG })).toHaveLength(1); // bound to, not sent to
  });

  it("MUST: silently discards a packet with an ABORT, wherever in it the ABORT is", () => {
    expect(strangersAnswer([ABORT])).toEqual([]);
    expect(strangersAnswer([REFLECTED_ABORT])).toEqual([]);
    expect(strangersAnswer([HEARTBEAT, ABORT])).toEqual([]);
  });

  it("MUST: answers an INIT that nobody wants by an ABORT with its Initiate Tag and without the T bit", () => {
    const packets = new Lab().receive([initChunk()]);
    expect(packets).toMatchObject([{ tag: PEER_TAG, sourcePort: OUR_PORT, destinationPort: PEER_PORT }]);
    expect(only(packets, "ABORT").tagReflected).toBe(false);
  });

  it("MUST: looks at a COOKIE ECHO that comes first as section 5.1 says", () => {
    const lab = new Lab();
    lab.listen();
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    const echo = echoOf(initAck);
    expect(kindsOf(lab.receive([echo], { tag: initAck.initiateTag }))).toEqual(["COOKIE ACK"]);
    expect(strangersAnswer([{ kind: "COOKIE ECHO", cookie: new Uint8Array(40) }])).toEqual([]);
  });

  it("SHOULD: answers a SHUTDOWN ACK by a SHUTDOWN COMPLETE with its tag and the T bit", () => {
    const packets = strangersAnswer([{ kind: "SHUTDOWN ACK" }]);
    expect(packets).toMatchObject([{ tag: TAG, to: PEER_ADDRESS }]);
    expect(only(packets, "SHUTDOWN COMPLETE").tagReflected).toBe(true);
    expect(kindsOf(strangersAnswer([HEARTBEAT, { kind: "SHUTDOWN ACK" }]))).toEqual(["SHUTDOWN COMPLETE"]);
  });

  it("SHOULD: silently discards SHUTDOWN COMPLETE, COOKIE ACK and a Stale Cookie error", () => {
    for (const chunk of [
      { kind: "SHUTDOWN COMPLETE", tagReflected: true },
      { kind: "COOKIE ACK" },
      STALE_COOKIE,
    ] as const) {
      expect(strangersAnswer([chunk])).toEqual([]);
      expect(strangersAnswer([HEARTBEAT, chunk])).toEqual([]);
    }
    expect(
      kindsOf(strangersAnswer([{ kind: "ERROR", causes: [{ kind: "Out of Resource", code: 4 }] }])),
    ).toEqual(["ABORT"]);
  });

  it("SHOULD: answers anything else by an ABORT with its tag and the T bit", () => {
    const others: Chunk[] = [
      dataChunk(),
      sackChunk(),
      HEARTBEAT,
      { ...HEARTBEAT, kind: "HEARTBEAT ACK" },
      { kind: "SHUTDOWN", cumulativeTsnAck: 1 },
      initAckChunk(),
      { kind: "unknown", type: 0x3e, flags: 0, value: new Uint8Array(4) },
    ];
    for (const chunk of others) {
      const packets = strangersAnswer([chunk]);
      expect(packets).toMatchObject([
        { tag: TAG, to: PEER_ADDRESS, sourcePort: OUR_PORT, destinationPort: PEER_PORT },
      ]);
      expect(only(packets, "ABORT")).toEqual({ kind: "ABORT", tagReflected: true, causes: [] });
    }
  });

  it("MUST NOT: answers a packet whose checksum is wrong, or that is cut short or malformed", () => {
    const lab = new Lab();
    lab.listen();
    const [good] = lab.receive([initChunk()]);
    const damaged = good?.bytes.slice() ?? new Uint8Array(0);
    damaged[20] = (damaged[20] ?? 0) ^ 1;
    expect(lab.receiveBytes(damaged)).toEqual([]);
    expect(lab.receiveBytes(damaged.subarray(0, 12))).toEqual([]);
    const overrun: Chunk = { kind: "unknown", type: 0xc9, flags: 0, value: new Uint8Array(0) };
    const packet = [HEARTBEAT, overrun];
    expect(kindsOf(lab.receive(packet, { tag: TAG }))).toEqual(["ABORT"]);
  });

  it("SHOULD: answers no more often a second than maxOotbAnswersPerSecond", () => {
    const lab = new Lab({ stack: { maxOotbAnswersPerSecond: 5 } });
    let answers = 0;
    for (let i = 0; i < 100; i++)
      answers += lab.receive([HEARTBEAT], { tag: i + 1, from: `10.8.0.${i}` }).length;
    expect(answers).toBe(5);
    expect(lab.stack.counters["limit-reached"]).toBe(95);
    lab.nowMs += 1_000;
    expect(lab.receive([HEARTBEAT], { tag: 1 })).toHaveLength(1);
    const silent = new Lab({ stack: { maxOotbAnswersPerSecond: 0 } });
    expect(silent.receive([HEARTBEAT], { tag: 1 })).toEqual([]);
  });
});

describe("RFC 9260 8.5 Verification Tag", () => {
  const CHUNKS: Chunk[] = [
    dataChunk(),
    sackChunk(),
    HEARTBEAT,
    { kind: "SHUTDOWN", cumulativeTsnAck: 1 },
    { kind: "ERROR", causes: [{ kind: "Out of Resource", code: 4 }] },
    { kind: "COOKIE ACK" },
    { kind: "unknown", type: 0xfe, flags: 0, value: new Uint8Array(4) },
  ];

  it("MUST: silently discards a packet with another tag from an address that has an association", () => {
    for (const chunk of CHUNKS) {
      const link = new Lab().accepted(QUIET);
      link.send(10);
      for (const tag of [link.association.localTag ^ 1, PEER_TAG, 1, 0]) {
        const before = link.association.status();
        expect(link.lab.receive([chunk], { tag })).toEqual([]);
        expect(link.association.status()).toEqual(before);
      }
      expect(link.lab.stack.counters["bad-verification-tag"]).toBe(4);
      expect(link.lab.run(100)).toEqual([]);
    }
  });

  it("MUST: checks the ports with the tag: a right tag between other ports is nobody's", () => {
    const link = new Lab().accepted(QUIET);
    const tag = link.association.localTag;
    for (const ports of [{ sourcePort: PEER_PORT + 1 }, { destinationPort: OUR_PORT + 1 }]) {
      const packets = link.lab.receive([link.data(0)], { tag, ...ports });
      expect(packets).toMatchObject([{ kinds: ["ABORT"], tag }]);
      expect(link.association.readableCount).toBe(0);
    }
  });

  it("MUST: fills in the tag of the peer's INIT or INIT ACK", () => {
    for (const link of [new Lab().accepted(QUIET), new Lab().connected(QUIET)]) {
      expect(link.send(10)).toMatchObject([{ tag: PEER_TAG }]);
    }
  });
});

describe("RFC 9260 8.5.1 Exceptions in Verification Tag Rules", () => {
  it("MUST: silently discards a packet with the tag 0 that is not one INIT alone", () => {
    const link = new Lab().accepted(QUIET);
    for (const chunks of [
      [dataChunk()],
      [HEARTBEAT],
      [ABORT],
      [initChunk(), HEARTBEAT],
      [{ kind: "SHUTDOWN ACK" } as const],
    ]) {
      expect(link.lab.receive(chunks)).toEqual([]);
      expect(link.lab.receive(chunks, { from: "10.0.0.77" })).toEqual([]);
    }
    expect(link.state).toBe("ESTABLISHED");
  });

  it("MUST: takes an ABORT with its own tag, or with the peer's tag and the T bit, and no other", () => {
    const outcomes = [
      { chunk: ABORT, own: true, state: "CLOSED" },
      { chunk: REFLECTED_ABORT, own: false, state: "CLOSED" },
      { chunk: REFLECTED_ABORT, own: true, state: "ESTABLISHED" },
      { chunk: ABORT, own: false, state: "ESTABLISHED" },
    ];
    for (const { chunk, own, state } of outcomes) {
      const link = new Lab().accepted(QUIET);
      const tag = own ? link.association.localTag : PEER_TAG;
      expect(link.lab.receive([chunk], { tag })).toEqual([]);
      expect(link.state).toBe(state);
    }
  });

  it("MUST: ends gracefully by an ABORT with the T bit in SHUTDOWN-ACK-SENT, where its sender had nothing left to abort", () => {
    const outcomes = [
      { chunk: REFLECTED_ABORT, own: false, reason: "shutdown" },
      { chunk: ABORT, own: true, reason: "aborted" },
    ];
    for (const { chunk, own, reason } of outcomes) {
      const link = shutdownAckSent();
      link.lab.receive([chunk], { tag: own ? link.association.localTag : PEER_TAG });
      expect(link.state).toBe("CLOSED");
      expect(link.lab.events.at(-1)).toMatchObject({ kind: "closed", reason: { kind: reason } });
    }
    const sent = new Lab().accepted(QUIET);
    sent.association.shutdown(sent.lab.nowMs);
    sent.lab.flush();
    sent.lab.receive([REFLECTED_ABORT], { tag: PEER_TAG });
    expect(sent.lab.events.at(-1)).toMatchObject({ kind: "closed", reason: { kind: "aborted" } });
  });

  it("MUST NOT: takes an ABORT with the T bit and the tag 0 before the peer's tag is known", () => {
    const lab = new Lab();
    const association = lab.connect();
    lab.flush();
    lab.receive([REFLECTED_ABORT], { tag: 0 });
    expect(association.state).toBe("COOKIE-WAIT");
    lab.receive([ABORT], { tag: association.localTag });
    expect(association.state).toBe("CLOSED");
  });

  it("MUST: sends an ABORT under the peer's tag, if it is known", () => {
    const link = new Lab().accepted(QUIET);
    link.association.abort(new Uint8Array(0), link.lab.nowMs);
    expect(link.lab.flush()).toMatchObject([{ tag: PEER_TAG, kinds: ["ABORT"] }]);
    const waiting = new Lab();
    const association = waiting.connect();
    waiting.flush();
    association.abort(new Uint8Array(0), waiting.nowMs);
    expect(waiting.flush()).toEqual([]);
  });

  it("MUST: takes a SHUTDOWN COMPLETE with its own tag, or with the peer's and the T bit, in SHUTDOWN-ACK-SENT alone", () => {
    const outcomes = [
      { tagReflected: false, own: true, state: "CLOSED" },
      { tagReflected: true, own: false, state: "CLOSED" },
      { tagReflected: true, own: true, state: "SHUTDOWN-ACK-SENT" },
      { tagReflected: false, own: false, state: "SHUTDOWN-ACK-SENT" },
    ];
    for (const { tagReflected, own, state } of outcomes) {
      const link = shutdownAckSent();
      const tag = own ? link.association.localTag : PEER_TAG;
      link.lab.receive([{ kind: "SHUTDOWN COMPLETE", tagReflected }], { tag });
      expect(link.state).toBe(state);
    }
    const established = new Lab().accepted(QUIET);
    established.receive([{ kind: "SHUTDOWN COMPLETE", tagReflected: false }]);
    expect(established.state).toBe("ESTABLISHED");
  });

  it("MUST: sends a COOKIE ECHO under the Initiate Tag of the INIT ACK", () => {
    const lab = new Lab();
    lab.connect();
    const { initiateTag } = only(lab.flush(), "INIT");
    expect(lab.receive([initAckChunk({ initiateTag: 9_999 })], { tag: initiateTag })).toMatchObject([
      { tag: 9_999, kinds: ["COOKIE ECHO"] },
    ]);
  });

  it("SHOULD: takes a SHUTDOWN ACK in COOKIE-WAIT and COOKIE-ECHOED for one out of the blue", () => {
    for (const echoed of [false, true]) {
      const lab = new Lab();
      const association = lab.connect();
      const { initiateTag } = only(lab.flush(), "INIT");
      if (echoed) lab.receive([initAckChunk()], { tag: initiateTag });
      const { state } = association;
      const packets = lab.receive([{ kind: "SHUTDOWN ACK" }], { tag: TAG });
      expect(packets).toMatchObject([{ tag: TAG, kinds: ["SHUTDOWN COMPLETE"] }]);
      expect(only(packets, "SHUTDOWN COMPLETE").tagReflected).toBe(true);
      expect(association.state).toBe(state);
    }
  });
});
