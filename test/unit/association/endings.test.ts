/**
 * That every end comes, and that nobody waits for what cannot come.
 * Owns: the guard over a graceful end, the last word to a peer that is given up, room for writers. Does not own: what
 * RFC 9260 9 says of the chunks (test/conformance), restarts (restart.test.ts).
 */
import { describe, expect, it } from "vitest";
import {
  chunksOf,
  cookieEchoed,
  cookieWait,
  HEARTBEAT,
  initAckChunk,
  Lab,
  type Link,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  PEER_TAG,
  twoPaths,
} from "../../conformance/lab.ts";

const QUIET = { heartbeatIntervalMs: 0 } as const;

function reasonOf({ events }: Lab) {
  const event = events.findLast(({ kind }) => kind === "closed");
  return event?.kind === "closed" ? event.reason : undefined;
}

/** The peer answers everything and takes nothing, for `limitMs`; returns how long the association lived. */
function starve(link: Link, offset: number, limitMs: number): number {
  const { lab } = link;
  const startMs = lab.nowMs;
  for (let i = 0; i < limitMs / 1_000 && lab.stack.associationCount > 0; i++) {
    lab.run(1_000);
    if (lab.stack.associationCount > 0) link.receive([link.sack(offset, { aRwndBytes: 0 }), HEARTBEAT]);
  }
  return lab.nowMs - startMs;
}

describe("a graceful end that the peer keeps from coming", () => {
  it.each([
    ["SHUTDOWN-PENDING", {}, 300_000],
    ["SHUTDOWN-PENDING", { shutdownGuardMs: 20_000 }, 20_000],
    ["SHUTDOWN-RECEIVED", { shutdownGuardMs: 20_000 }, 20_000],
  ] as const)("is over in %s with %o after %i ms [A18]", (state, options, guardMs) => {
    const link = new Lab().accepted({ ...QUIET, ...options });
    link.send(3_000);
    link.receive([link.sack(-1, { aRwndBytes: 0 })]);
    link.lab.run(1_500);
    if (state === "SHUTDOWN-PENDING") link.association.shutdown(link.lab.nowMs);
    else link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }]);
    expect(link.state).toBe(state);
    const livedMs = starve(link, -1, 2 * guardMs);
    expect(livedMs).toBeGreaterThanOrEqual(guardMs);
    expect(livedMs).toBeLessThanOrEqual(guardMs + 1_000);
    expect(reasonOf(link.lab)).toEqual({ kind: "unreachable", during: "shutdown" });
    expect(link.lab.sent.at(-1)).toMatchObject({ kinds: ["ABORT"], tag: PEER_TAG });
    expect(link.lab.eventKinds).toContain("send-failed");
    expect(link.lab.stack.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it("counts from the first that was said of it: neither a second call nor the peer's SHUTDOWN prolongs it [A18]", () => {
    const link = new Lab().accepted({ ...QUIET, shutdownGuardMs: 20_000 });
    link.send(3_000);
    link.association.shutdown(link.lab.nowMs);
    starve(link, -1, 15_000);
    link.association.shutdown(link.lab.nowMs);
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }]);
    expect(link.state).toBe("SHUTDOWN-RECEIVED");
    expect(starve(link, -1, 20_000)).toBeLessThanOrEqual(6_000);
  });

  it("is over before the set-up is, if that takes longer [A18]", () => {
    const { lab, association } = cookieWait({ shutdownGuardMs: 5_000 });
    association.shutdown(lab.nowMs);
    lab.run(4_999);
    expect(association.state).toBe("COOKIE-WAIT");
    lab.run(1);
    expect(reasonOf(lab)).toEqual({ kind: "unreachable", during: "setup" });
  });

  it("is over where it was no user that asked for it, but the idle time [A18]", () => {
    const link = new Lab().accepted({ ...QUIET, autoCloseMs: 1_000, shutdownGuardMs: 20_000 });
    link.lab.run(1_000);
    expect(link.state).toBe("SHUTDOWN-SENT");
    for (let i = 0; i < 19; i++) {
      link.lab.run(1_000);
      link.receive([{ kind: "ERROR", causes: [] }]);
    }
    expect(link.state).toBe("SHUTDOWN-SENT");
    link.lab.run(1_000);
    expect(link.state).toBe("CLOSED");
  });

  it("may take for ever where the user has set no guard [A18]", () => {
    const link = new Lab().accepted({ ...QUIET, shutdownGuardMs: 0, associationMaxRetrans: 255 });
    link.send(3_000);
    link.association.shutdown(link.lab.nowMs);
    starve(link, -1, 1_000_000);
    expect(link.state).toBe("SHUTDOWN-PENDING");
  });

  it.each([
    [{ rtoMaxMs: 1_000 }, 5_000],
    [{ rtoMaxMs: 2_000, rtoInitialMs: 2_000 }, 10_000],
    [{ rtoMaxMs: 1_000, shutdownGuardMs: 7_000 }, 7_000],
  ])("has five times RTO.Max unless the user says otherwise: %o [A20]", (options, guardMs) => {
    const link = new Lab().accepted({ ...QUIET, associationMaxRetrans: 255, ...options });
    link.association.shutdown(link.lab.nowMs);
    link.lab.run(guardMs - 1);
    expect(link.state).toBe("SHUTDOWN-SENT");
    link.lab.run(1);
    expect(link.lab.sent.at(-1)?.kinds).toEqual(["ABORT"]);
    expect(link.state).toBe("CLOSED");
  });

  it("follows the RTO.Max of a living association, and of one to come, until it is set itself [A20]", () => {
    const link = new Lab().accepted({ ...QUIET, associationMaxRetrans: 255 });
    link.association.setOptions({ rtoMaxMs: 1_000 }, link.lab.nowMs);
    link.association.shutdown(link.lab.nowMs);
    link.lab.run(5_000);
    expect(link.state).toBe("CLOSED");
  });
});

describe("a peer that is given up", () => {
  const FAST = { ...QUIET, associationMaxRetrans: 2 } as const;
  const aborts = (lab: Lab) => lab.sent.filter(({ kinds }) => kinds.includes("ABORT"));

  it("is sent one ABORT at each of its addresses, and no more [A23]", () => {
    const link = twoPaths(FAST);
    link.send(10);
    link.lab.run(600_000);
    expect(reasonOf(link.lab)).toEqual({ kind: "unreachable", during: "transfer" });
    expect(aborts(link.lab)).toMatchObject([
      { kinds: ["ABORT"], tag: PEER_TAG, to: PEER_ADDRESS },
      { kinds: ["ABORT"], tag: PEER_TAG, to: PEER_SECOND_ADDRESS },
    ]);
    expect(chunksOf(aborts(link.lab), "ABORT").map(({ tagReflected }) => tagReflected)).toEqual([
      false,
      false,
    ]);
  });

  it.each([
    ["HEARTBEATs", { heartbeatIntervalMs: 1_000 }, (): void => {}],
    ["T2-shutdown", QUIET, ({ association, lab }: Link) => association.shutdown(lab.nowMs)],
  ] as const)("by %s, too [A23]", (_by, options, begin) => {
    const link = twoPaths({ ...FAST, ...options });
    begin(link);
    link.lab.run(600_000);
    expect(link.state).toBe("CLOSED");
    expect(aborts(link.lab).map(({ to }) => to)).toEqual([PEER_ADDRESS, PEER_SECOND_ADDRESS]);
  });

  it("is sent none where the option is off, where it has told no tag, and where nobody vouches for the address [A23]", () => {
    const off = twoPaths({ ...FAST, abortUnreachable: false });
    off.send(10);
    off.lab.run(600_000);
    expect(off.state).toBe("CLOSED");
    expect(aborts(off.lab)).toEqual([]);

    const { lab } = cookieWait({ maxInitRetransmits: 1 });
    lab.run(600_000);
    expect(reasonOf(lab)).toEqual({ kind: "unreachable", during: "setup" });
    expect(aborts(lab)).toEqual([]);

    const echoed = cookieEchoed({ maxInitRetransmits: 1 });
    echoed.lab.run(600_000);
    expect(aborts(echoed.lab).map(({ to }) => to)).toEqual([PEER_ADDRESS]);

    const parameters = [PEER_ADDRESS, PEER_SECOND_ADDRESS].map((address) => ({
      kind: "IPv4 Address" as const,
      type: 5,
      address,
    }));
    const half = new Lab().accepted(FAST, { parameters });
    half.send(10);
    half.lab.run(600_000);
    expect(half.state).toBe("CLOSED");
    expect(aborts(half.lab).map(({ to }) => to)).toEqual([PEER_ADDRESS]);
  });
});

describe("room for writers", () => {
  it("is told when a smaller send buffer, set while messages wait, has it again [A16]", () => {
    const link = new Lab().accepted(QUIET);
    link.send(3_500);
    link.send(3_500);
    link.association.setOptions({ sendBufferBytes: 4_096 }, link.lab.nowMs);
    expect(link.association.isWritable).toBe(false);
    for (let offset = 0; offset < 10 && link.association.bufferedBytes > 0; offset++)
      link.receive([link.sack(offset)]);
    expect(link.lab.eventKinds.filter((kind) => kind === "writable")).toHaveLength(1);
  });

  it("is told at once when a larger send buffer has it [A16]", () => {
    const link = new Lab().accepted({ ...QUIET, sendBufferBytes: 4_096 });
    link.send(5_000);
    link.association.setOptions({ sendBufferBytes: 100_000 }, link.lab.nowMs);
    link.lab.flush();
    expect(link.lab.eventKinds).toContain("writable");
  });

  it("is not waited for when all that was queued has no stream to go out on: everything has been said [A16]", () => {
    const { lab, association, tag } = cookieWait({ outboundStreams: 10 });
    association.send(new Uint8Array(10), { streamId: 9 }, lab.nowMs);
    lab.receive([initAckChunk({ inboundStreams: 1 })], { tag });
    expect(lab.eventKinds).toEqual(["send-failed", "dry"]);
    association.shutdown(lab.nowMs);
    lab.receive([{ kind: "COOKIE ACK" }], { tag });
    expect(association.state).toBe("SHUTDOWN-SENT");
  });
});
