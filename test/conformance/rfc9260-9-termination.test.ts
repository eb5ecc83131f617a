/** The end of an association: RFC 9260 section 9. */
import { describe, expect, it } from "vitest";
import { seal } from "../fuzz/packets/checksum.ts";
import {
  chunksOf,
  FULL_PAYLOAD,
  firstOf,
  HEARTBEAT,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  OUR_PORT,
  OUR_SECOND_ADDRESS,
  only,
  PEER_PORT,
  PEER_SECOND_ADDRESS,
  PEER_TAG,
  twoPaths,
} from "./lab.ts";

const QUIET = { heartbeatIntervalMs: 0 };

function closed(link: Link) {
  const event = link.lab.events.findLast(({ kind }) => kind === "closed");
  return event?.kind === "closed" ? event.reason : undefined;
}

/** In SHUTDOWN-SENT, nothing outstanding. */
function shutdownSent(options = {}): Link {
  const link = new Lab().accepted({ ...QUIET, ...options });
  link.association.shutdown(link.lab.nowMs);
  expect(kindsOf(link.lab.flush())).toEqual(["SHUTDOWN"]);
  return link;
}

/** In SHUTDOWN-ACK-SENT. */
function shutdownAckSent(options = {}): Link {
  const link = new Lab().accepted({ ...QUIET, ...options });
  expect(kindsOf(link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }]))).toEqual([
    "SHUTDOWN ACK",
  ]);
  return link;
}

describe("RFC 9260 9.1 Abort of an Association", () => {
  it("MUST: sends an ABORT with the peer's tag, alone, with the cause User-Initiated Abort and the user's reason", () => {
    const link = new Lab().accepted();
    link.association.send(new Uint8Array(10), {}, link.lab.nowMs);
    link.association.abort(new TextEncoder().encode("enough"), link.lab.nowMs);
    const sent = link.lab.flush();
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ tag: PEER_TAG, kinds: ["ABORT"] });
    const abort = only(sent, "ABORT");
    expect(abort.tagReflected).toBe(false);
    expect(abort.causes).toEqual([
      { kind: "User-Initiated Abort", code: 12, reason: new TextEncoder().encode("enough") },
    ]);
  });

  it("MUST NOT: answers a packet with an ABORT", () => {
    const link = new Lab().accepted();
    const answers = link.receive([
      link.data(0),
      HEARTBEAT,
      { kind: "ABORT", tagReflected: false, causes: [] },
    ]);
    expect(answers).toEqual([]);
    expect(link.receive([{ kind: "ABORT", tagReflected: false, causes: [] }])).toEqual([]);
  });

  it("MUST: removes the association, and reports the end with the peer's reason", () => {
    const link = new Lab().accepted();
    link.send(100);
    const reason = new TextEncoder().encode("no more");
    link.receive([
      { kind: "ABORT", tagReflected: false, causes: [{ kind: "User-Initiated Abort", code: 12, reason }] },
    ]);
    expect(link.state).toBe("CLOSED");
    expect(link.lab.stack.associationCount).toBe(0);
    expect(closed(link)).toMatchObject({ kind: "aborted", by: "peer", causeCodes: [12], reason });
    expect(link.lab.eventKinds).toContain("send-failed");
    expect(link.lab.run(600_000)).toEqual([]);
  });

  it.each([
    ["a length below 4", [0, 12, 0, 3], []],
    ["a length beyond the chunk", [0, 12, 0, 9, 1, 2, 3, 4], []],
    ["a known cause that is too short", [0, 3, 0, 6, 0, 1, 0, 0], [3]],
    ["a known cause that is too long", [0, 4, 0, 8, 0, 0, 0, 0], [4]],
    ["a count that it does not hold", [0, 2, 0, 8, 0, 0, 0, 9], [2]],
    ["half a cause behind a whole one", [0, 12, 0, 5, 33, 0, 0, 0, 0, 9], [12]],
  ])(
    "MUST: removes the association, whatever the causes look like: %s [A7] [W6]",
    (_what, causes, causeCodes) => {
      const link = new Lab().accepted(QUIET);
      const abort = new Uint8Array(12 + 4 + causes.length);
      const view = new DataView(abort.buffer);
      view.setUint16(0, PEER_PORT);
      view.setUint16(2, OUR_PORT);
      view.setUint32(4, link.association.localTag);
      abort[12] = 6;
      view.setUint16(14, 4 + causes.length);
      abort.set(causes, 16);
      seal(abort);
      expect(link.lab.receiveBytes(abort)).toEqual([]);
      expect(link.state).toBe("CLOSED");
      expect(closed(link)).toMatchObject({ kind: "aborted", by: "peer", causeCodes });
      if (causeCodes[0] === 12) expect(closed(link)).toMatchObject({ reason: Uint8Array.of(33) });
      expect(link.lab.stack.associationCount).toBe(0);
    },
  );

  it("MUST: checks the tag of an ABORT by the rules of 8.5.1", () => {
    const link = new Lab().accepted();
    const abort = { kind: "ABORT", tagReflected: false, causes: [] } as const;
    link.receive([abort], { tag: (link.association.localTag + 1) >>> 0 });
    link.receive([abort], { tag: PEER_TAG });
    link.receive([{ ...abort, tagReflected: true }]);
    expect(link.state).toBe("ESTABLISHED");
    link.receive([{ ...abort, tagReflected: true }], { tag: PEER_TAG });
    expect(link.state).toBe("CLOSED");
  });
});

describe("RFC 9260 9.2 Shutdown of an Association", () => {
  it("MUST: waits in SHUTDOWN-PENDING until everything has been acknowledged, taking nothing new", () => {
    const link = new Lab().accepted(QUIET);
    link.send(6 * FULL_PAYLOAD);
    link.association.shutdown(link.lab.nowMs);
    expect(link.state).toBe("SHUTDOWN-PENDING");
    expect(() => link.send(1)).toThrow(expect.objectContaining({ code: "ERR_SCTP_NOT_CONNECTED" }));
    expect(chunksOf(link.lab.run(5_000), "DATA").length).toBeGreaterThan(0); // It retransmits as ever.
    link.receive([link.sack(3)]);
    link.receive([link.sack(4)]);
    expect(link.state).toBe("SHUTDOWN-PENDING");
    link.receive([link.data(0)]);
    const answer = link.receive([link.sack(5)]);
    expect(link.state).toBe("SHUTDOWN-SENT");
    expect(firstOf(answer, "SHUTDOWN").cumulativeTsnAck).toBe(link.peerTsn);
  });

  it("MUST: repeats the SHUTDOWN when T2-shutdown expires, with the TSN received last by then, and backs off", () => {
    const link = shutdownSent();
    const startMs = link.lab.nowMs;
    link.lab.runUntilSent();
    expect(link.lab.nowMs - startMs).toBe(1_000);
    link.receive([link.data(0)]);
    const again = link.lab.runUntilSent();
    expect(firstOf(again, "SHUTDOWN").cumulativeTsnAck).toBe(link.peerTsn);
    const waits: number[] = [];
    for (let i = 0; i < 3; i++) {
      const before = link.lab.nowMs;
      link.lab.runUntilSent();
      waits.push(link.lab.nowMs - before);
    }
    expect(waits[1]).toBe(2 * (waits[0] ?? 0));
    expect(waits[2]).toBe(2 * (waits[1] ?? 0));
  });

  it("SHOULD: gives up after Association.Max.Retrans repetitions, and reports the peer unreachable", () => {
    for (const [make, kind] of [
      [shutdownSent, "SHUTDOWN"],
      [shutdownAckSent, "SHUTDOWN ACK"],
    ] as const) {
      const link = make({ associationMaxRetrans: 3 });
      const before = link.lab.sent.length;
      const sent = link.lab.run(600_000);
      expect(before).toBeGreaterThan(0);
      expect(chunksOf(sent, kind)).toHaveLength(3);
      expect(link.state).toBe("CLOSED");
      expect(closed(link)).toEqual({ kind: "unreachable", during: "shutdown" });
    }
  });

  it("SHOULD: any packet from the peer clears the count and restarts T2-shutdown", () => {
    const link = shutdownSent({ associationMaxRetrans: 2, shutdownGuardMs: 0 });
    for (let i = 0; i < 8; i++) {
      link.lab.runUntilSent();
      link.lab.runUntilSent();
      link.receive([{ kind: "ERROR", causes: [] }]);
    }
    expect(link.state).toBe("SHUTDOWN-SENT");
  });

  it("MUST: on a SHUTDOWN, takes no new messages, delivers what is queued, then sends SHUTDOWN ACK", () => {
    const link = new Lab().accepted(QUIET);
    link.send(8 * FULL_PAYLOAD);
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: link.ourTsn + 1 }]);
    expect(link.state).toBe("SHUTDOWN-RECEIVED");
    expect(link.lab.eventKinds).toContain("shutdown-received");
    expect(link.association.status().unackedChunks).toBeGreaterThan(0);
    expect(() => link.send(1)).toThrow(expect.objectContaining({ code: "ERR_SCTP_NOT_CONNECTED" }));
    link.receive([link.sack(5)]);
    expect(kindsOf(link.receive([link.sack(7)]))).toEqual(["SHUTDOWN ACK"]);
    expect(link.state).toBe("SHUTDOWN-ACK-SENT");
  });

  it("MUST: on a SHUTDOWN, delivers what is queued as fast as before, acknowledged by SHUTDOWN chunks only [A2] [W5]", () => {
    // The window that the peer told last stays what it is: one of several packets, one of less than one, or none at all.
    for (const [aRwndBytes, limitMs] of [
      [20_000, 1_000],
      [500, 2_000],
      [0, 2_000],
    ] as const) {
      const link = new Lab().accepted(QUIET, { aRwndBytes: 20_000 });
      const count = 85;
      link.send(count * FULL_PAYLOAD);
      link.receive([link.sack(3, { aRwndBytes })]);
      const startMs = link.lab.nowMs;
      const highest = (): number =>
        chunksOf(link.lab.sent, "DATA").reduce((most, { tsn }) => Math.max(most, tsn), 0);
      for (let i = 0; i < 1_000 && link.state !== "SHUTDOWN-ACK-SENT"; i++) {
        link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: highest() }]);
        expect(link.association.status().unackedChunks).toBeLessThanOrEqual(
          Math.max(1, aRwndBytes / FULL_PAYLOAD),
        );
        link.lab.run(10);
      }
      expect(link.state).toBe("SHUTDOWN-ACK-SENT");
      expect(highest()).toBe(link.ourTsn + count - 1);
      expect(link.lab.nowMs - startMs).toBeLessThan(limitMs);
    }
  });

  it("MUST: ignores shutdown requests of its user in SHUTDOWN-RECEIVED, and goes on heeding SHUTDOWN chunks", () => {
    const link = new Lab().accepted(QUIET);
    link.send(4 * FULL_PAYLOAD);
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: link.ourTsn }]);
    link.association.shutdown(link.lab.nowMs);
    expect(link.lab.flush()).toEqual([]);
    expect(link.state).toBe("SHUTDOWN-RECEIVED");
    expect(kindsOf(link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: link.ourTsn + 3 }]))).toEqual([
      "SHUTDOWN ACK",
    ]);
  });

  it("MUST: in SHUTDOWN-SENT, answers every packet with DATA with a SHUTDOWN at once and restarts T2-shutdown", () => {
    const link = shutdownSent();
    link.lab.run(900);
    const [answer] = link.receive([link.data(0), link.data(1)]);
    expect(answer?.kinds).toEqual(["SHUTDOWN"]);
    expect(link.lab.run(900)).toEqual([]);
    expect(kindsOf(link.lab.run(101))).toEqual(["SHUTDOWN"]);
  });

  it("SHOULD: and tells of its window by a SACK before the peer, which learns of it nowhere else, believes it closed", () => {
    const link = shutdownSent({ receiveBufferBytes: 10_000 });
    let believedBytes = 10_000;
    for (let i = 0; i < 30; i++) {
      const payload = new Uint8Array(1_000);
      believedBytes -= payload.length;
      expect(believedBytes).toBeGreaterThan(0);
      const answer = link.receive([link.data(i, { payload })]);
      expect(chunksOf(answer, "SHUTDOWN")).toHaveLength(1);
      link.read();
      for (const { aRwndBytes } of chunksOf([...answer, ...link.lab.flush()], "SACK"))
        believedBytes = aRwndBytes;
    }
  });

  it("MUST: and sends a SACK beside it for gaps or duplicates", () => {
    const link = shutdownSent();
    expect(
      link
        .receive([link.data(2)])
        .flatMap(({ kinds }) => kinds)
        .sort(),
    ).toEqual(["SACK", "SHUTDOWN"]);
    link.receive([link.data(0), link.data(1)]);
    const answer = link.receive([link.data(1)]);
    expect(firstOf(answer, "SACK").duplicateTsns).toEqual([link.peerTsn + 1]);
    expect(chunksOf(answer, "SHUTDOWN")).toHaveLength(1);
  });

  it("SHOULD: bounds the whole shutdown with T5-shutdown-guard, five times RTO.Max, and then aborts", () => {
    const link = shutdownSent({ associationMaxRetrans: 255 });
    expect(link.association.options).toMatchObject({ shutdownGuardMs: undefined, rtoMaxMs: 60_000 });
    const startMs = link.lab.nowMs;
    let aborts: readonly unknown[] = [];
    for (let i = 0; i < 400 && aborts.length === 0; i++) {
      aborts = chunksOf(link.lab.run(1_000), "ABORT");
      if (aborts.length === 0) link.receive([{ kind: "ERROR", causes: [] }]);
    }
    expect(link.state).toBe("CLOSED");
    expect(aborts).toHaveLength(1);
    expect(link.lab.nowMs - startMs).toBeGreaterThanOrEqual(300_000);
    expect(link.lab.nowMs - startMs).toBeLessThan(302_000);
  });

  it("MUST: repeats the SHUTDOWN ACK when T2-shutdown expires", () => {
    const link = shutdownAckSent();
    const startMs = link.lab.nowMs;
    expect(kindsOf(link.lab.runUntilSent())).toEqual(["SHUTDOWN ACK"]);
    expect(link.lab.nowMs - startMs).toBe(1_000);
  });

  it("MUST: on a SHUTDOWN ACK, sends SHUTDOWN COMPLETE and removes the association", () => {
    const link = shutdownSent();
    const [answer] = link.receive([{ kind: "SHUTDOWN ACK" }]);
    expect(answer).toMatchObject({ tag: PEER_TAG, kinds: ["SHUTDOWN COMPLETE"] });
    expect(
      firstOf(
        [answer].flatMap((packet) => packet ?? []),
        "SHUTDOWN COMPLETE",
      ).tagReflected,
    ).toBe(false);
    expect(link.state).toBe("CLOSED");
    expect(closed(link)).toEqual({ kind: "shutdown" });
    expect(link.lab.stack.associationCount).toBe(0);
    expect(link.lab.stack.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it("SHOULD: heeds SHUTDOWN COMPLETE in SHUTDOWN-ACK-SENT only", () => {
    const complete = { kind: "SHUTDOWN COMPLETE", tagReflected: false } as const;
    const established = new Lab().accepted(QUIET);
    established.receive([complete]);
    expect(established.state).toBe("ESTABLISHED");
    const sent = shutdownSent();
    sent.receive([complete]);
    expect(sent.state).toBe("SHUTDOWN-SENT");
    const link = shutdownAckSent();
    link.receive([complete]);
    expect(link.state).toBe("CLOSED");
    expect(closed(link)).toEqual({ kind: "shutdown" });
  });

  it("SHOULD: answers an INIT in SHUTDOWN-ACK-SENT with another SHUTDOWN ACK, and nothing else", () => {
    const link = shutdownAckSent();
    expect(kindsOf(link.lab.receive([initChunk({ initiateTag: 77 })]))).toEqual(["SHUTDOWN ACK"]);
    expect(link.state).toBe("SHUTDOWN-ACK-SENT");
  });

  it("SHOULD: a lost SHUTDOWN COMPLETE is sent again for the next SHUTDOWN ACK, out of the blue", () => {
    const link = shutdownSent();
    link.receive([{ kind: "SHUTDOWN ACK" }]);
    const tag = link.association.localTag;
    const [answer] = link.lab.receive([{ kind: "SHUTDOWN ACK" }], { tag });
    expect(answer).toMatchObject({ tag, kinds: ["SHUTDOWN COMPLETE"] });
  });

  it("SHOULD: discards a SHUTDOWN in COOKIE-WAIT and COOKIE-ECHOED", () => {
    const lab = new Lab();
    const association = lab.connect();
    const { initiateTag } = only(lab.flush(), "INIT");
    const shutdown = { kind: "SHUTDOWN", cumulativeTsnAck: 0 } as const;
    expect(lab.receive([shutdown], { tag: initiateTag })).toEqual([]);
    expect(association.state).toBe("COOKIE-WAIT");
    lab.receive(
      [
        {
          ...initChunk(),
          kind: "INIT ACK",
          parameters: [{ kind: "State Cookie", type: 7, cookie: new Uint8Array(4) }],
        },
      ],
      {
        tag: initiateTag,
      },
    );
    expect(lab.receive([shutdown], { tag: initiateTag })).toEqual([]);
    expect(association.state).toBe("COOKIE-ECHOED");
  });

  it("SHOULD: when both shut down at once, answers the SHUTDOWN with SHUTDOWN ACK and moves to SHUTDOWN-ACK-SENT", () => {
    const link = shutdownSent();
    link.lab.run(500);
    expect(kindsOf(link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }]))).toEqual([
      "SHUTDOWN ACK",
    ]);
    expect(link.state).toBe("SHUTDOWN-ACK-SENT");
    expect(link.lab.run(990)).toEqual([]); // T2-shutdown has been restarted.
    expect(kindsOf(link.lab.run(11))).toEqual(["SHUTDOWN ACK"]);
  });

  it("MUST: on a SHUTDOWN ACK in SHUTDOWN-ACK-SENT, sends SHUTDOWN COMPLETE and removes the association", () => {
    const link = shutdownAckSent();
    expect(kindsOf(link.receive([{ kind: "SHUTDOWN ACK" }]))).toEqual(["SHUTDOWN COMPLETE"]);
    expect(link.state).toBe("CLOSED");
    expect(link.lab.run(600_000)).toEqual([]);
  });

  it("SHOULD: discards a SHUTDOWN ACK in ESTABLISHED", () => {
    const link = new Lab().accepted(QUIET);
    expect(link.receive([{ kind: "SHUTDOWN ACK" }])).toEqual([]);
    expect(link.state).toBe("ESTABLISHED");
  });

  it("SHOULD: repeats its SHUTDOWN to another address when one does not answer", () => {
    const link = twoPaths();
    link.association.shutdown(link.lab.nowMs);
    const first = link.lab.flush()[0];
    const second = link.lab.runUntilSent()[0];
    expect(first?.kinds).toEqual(["SHUTDOWN"]);
    expect(second).toMatchObject({ kinds: ["SHUTDOWN"], to: PEER_SECOND_ADDRESS, from: OUR_SECOND_ADDRESS });
  });

  it("SHOULD: nothing unsent is dropped in silence when a shutdown fails: the user gets it back", () => {
    const link = new Lab().accepted({ ...QUIET, associationMaxRetrans: 2 });
    link.send(20_000);
    link.association.send(new Uint8Array(7), { context: 7 }, link.lab.nowMs);
    link.association.shutdown(link.lab.nowMs);
    link.lab.run(600_000);
    const failed = link.lab.events.flatMap((event) => (event.kind === "send-failed" ? [event.message] : []));
    expect(failed.map(({ data, transmitted }) => [data.length, transmitted])).toEqual([
      [20_000, true],
      [7, false],
    ]);
    expect(link.state).toBe("CLOSED");
  });

  it("SHOULD: waits with the shutdown until the set-up is complete", () => {
    const lab = new Lab();
    const association = lab.connect(QUIET);
    association.send(new Uint8Array(10), {}, lab.nowMs);
    const { initiateTag } = only(lab.flush(), "INIT");
    association.shutdown(lab.nowMs);
    expect(association.state).toBe("COOKIE-WAIT");
    lab.receive(
      [
        {
          ...initChunk(),
          kind: "INIT ACK",
          parameters: [{ kind: "State Cookie", type: 7, cookie: new Uint8Array(4) }],
        },
      ],
      {
        tag: initiateTag,
      },
    );
    const sent = lab.receive([{ kind: "COOKIE ACK" }], { tag: initiateTag });
    expect(association.state).toBe("SHUTDOWN-PENDING");
    expect(chunksOf([...lab.sent, ...sent], "DATA").length).toBeGreaterThan(0);
  });
});
