import { describe, expect, it } from "vitest";
import type { InitChunk } from "../../../src/chunks/chunk.ts";
import {
  addressParameter,
  chunksOf,
  cookieParameter,
  echoOf,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  OUR_PORT,
  only,
  PEER_ADDRESS,
  PEER_PORT,
  PEER_SECOND_ADDRESS,
  type SentPacket,
  twoPaths,
} from "../../conformance/lab.ts";

const QUIET = { heartbeatIntervalMs: 0 } as const;
const NEW_TAG = 0x0a0b0c0d;

/** The peer of an association begins anew (RFC 9260 5.2.4 A). */
function restart({ lab }: Link, more: Partial<InitChunk> = {}): SentPacket[] {
  const init = initChunk({ initiateTag: NEW_TAG, initialTsn: 0x9000, ...more });
  const initAck = only(lab.receive([init]), "INIT ACK");
  return lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
}

it("tells a user who waits for room that what was queued has failed with the peer that it was for [A16]", () => {
  const link = new Lab().accepted({ ...QUIET, sendBufferBytes: 4_096 });
  link.send(8_000);
  expect(link.association.isWritable).toBe(false);
  link.lab.events.length = 0;
  restart(link);
  expect(link.association.bufferedBytes).toBe(0);
  expect(link.lab.eventKinds).toEqual(["send-failed", "restarted", "writable", "dry"]);
});

it("tells a user who waits for room that what was queued has no stream to go out on [A16]", () => {
  const lab = new Lab();
  const association = lab.connect({ ...QUIET, outboundStreams: 10, sendBufferBytes: 4_096 });
  const { initiateTag: tag } = only(lab.flush(), "INIT");
  association.send(new Uint8Array(8_000), { streamId: 9 }, lab.nowMs);
  expect(association.isWritable).toBe(false);
  lab.receive([initAckChunk({ inboundStreams: 1, parameters: [cookieParameter()] })], { tag });
  expect(lab.eventKinds).toEqual(["send-failed", "writable", "dry"]);
});

it("gives a peer that began anew the whole time before it counts as idle", () => {
  const link = new Lab().accepted({ ...QUIET, autoCloseMs: 1_000 });
  link.lab.run(1_100);
  expect(link.state).toBe("SHUTDOWN-SENT");
  restart(link);
  expect(link.state).toBe("ESTABLISHED");
  link.lab.run(900);
  expect(link.state).toBe("ESTABLISHED");
  link.lab.run(200);
  expect(link.state).toBe("SHUTDOWN-SENT");
});

it("shuts down towards an address that the peer still has, not where a SHUTDOWN came from before it began anew [A14]", () => {
  const link = twoPaths();
  link.send(10);
  const shutdown = { kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 } as const;
  link.receive([shutdown], { from: PEER_SECOND_ADDRESS });
  expect(link.state).toBe("SHUTDOWN-RECEIVED");
  restart(link, { parameters: [addressParameter(PEER_ADDRESS)] });
  expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS]);
  link.association.shutdown(link.lab.nowMs);
  expect(link.lab.flush()).toMatchObject([{ kinds: ["SHUTDOWN"], to: PEER_ADDRESS }]);
});

it("shuts down towards the primary address, wherever a SHUTDOWN came from before the peer began anew", () => {
  const link = twoPaths();
  link.send(10);
  const shutdown = { kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 } as const;
  link.receive([shutdown], { from: PEER_SECOND_ADDRESS });
  const answers = restart(link, { parameters: [PEER_ADDRESS, PEER_SECOND_ADDRESS].map(addressParameter) });
  for (const { to, chunks } of [...answers, ...link.lab.run(1_000)])
    for (const chunk of chunks)
      if (chunk.kind === "HEARTBEAT") link.receive([{ ...chunk, kind: "HEARTBEAT ACK" }], { from: to });
  expect(link.association.paths().map(({ state }) => state)).toEqual(["active", "active"]);
  link.association.shutdown(link.lab.nowMs);
  expect(link.lab.flush()).toMatchObject([{ kinds: ["SHUTDOWN"], to: PEER_ADDRESS }]);
});

describe("what the user has ended ends although the peer begins anew", () => {
  const reasons = ({ lab }: Link) =>
    lab.events.flatMap((event) => (event.kind === "closed" ? [event.reason] : []));

  it.each(["SHUTDOWN-PENDING", "SHUTDOWN-SENT", "SHUTDOWN-RECEIVED"])("from %s [A17]", (state) => {
    const link = new Lab().accepted(QUIET);
    if (state !== "SHUTDOWN-SENT") link.send(3_000);
    if (state === "SHUTDOWN-RECEIVED")
      link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }]);
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    expect(link.state).toBe(state);
    const answers = restart(link);
    expect(answers).toMatchObject([{ kinds: ["COOKIE ACK", "SHUTDOWN"], tag: NEW_TAG }]);
    expect(link.state).toBe("SHUTDOWN-SENT");
    expect(() => link.send(1)).toThrow(expect.objectContaining({ code: "ERR_SCTP_NOT_CONNECTED" }));
    expect(kindsOf(link.receive([{ kind: "SHUTDOWN ACK" }]))).toEqual(["SHUTDOWN COMPLETE"]);
    expect(reasons(link)).toEqual([{ kind: "shutdown" }]);
    expect(link.lab.stack.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it("and repeats the COOKIE ACK if that was lost with the SHUTDOWN beside it [A17]", () => {
    const link = new Lab().accepted(QUIET);
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    const initAck = only(link.lab.receive([initChunk({ initiateTag: NEW_TAG })]), "INIT ACK");
    const echo = () => link.lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(kindsOf(echo())).toEqual(["COOKIE ACK+SHUTDOWN"]);
    expect(kindsOf(echo())).toEqual(["COOKIE ACK"]);
    expect(link.state).toBe("SHUTDOWN-SENT");
  });

  it("within the time that it had from the first, however often that happens [A17]", () => {
    const link = new Lab().accepted({ ...QUIET, shutdownGuardMs: 10_000 });
    link.association.shutdown(link.lab.nowMs);
    for (let i = 1; i < 8 && link.lab.stack.associationCount > 0; i++) {
      link.lab.run(1_500);
      if (link.lab.stack.associationCount > 0) restart(link, { initiateTag: NEW_TAG + i });
    }
    expect(link.state).toBe("CLOSED");
    expect(reasons(link)).toEqual([{ kind: "unreachable", during: "shutdown" }]);
    expect(link.lab.stack.associationCount).toBe(0);
  });

  it("and a COOKIE ACK goes where the peer is known to be, since no HEARTBEAT may go along any more [A17]", () => {
    const link = twoPaths();
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    const parameters = [PEER_ADDRESS, PEER_SECOND_ADDRESS].map(addressParameter);
    const initAck = only(link.lab.receive([initChunk({ initiateTag: NEW_TAG, parameters })]), "INIT ACK");
    const from = PEER_SECOND_ADDRESS;
    const answers = link.lab.receive([echoOf(initAck)], { tag: initAck.initiateTag, from });
    expect(answers).toMatchObject([{ kinds: ["COOKIE ACK", "SHUTDOWN"], to: PEER_ADDRESS }]);
  });
});

describe("a peer that begins anew where it had been given up", () => {
  const parameters = [PEER_ADDRESS, PEER_SECOND_ADDRESS].map(addressParameter);
  const from = PEER_SECOND_ADDRESS;

  /** Its second address was never confirmed, and others may have it. */
  function halfGivenUp(): Link {
    const link = new Lab().accepted({ heartbeatIntervalMs: 1_000, pathMaxRetrans: 0 }, { parameters });
    for (let i = 0; i < 20; i++) {
      for (const packet of link.lab.run(500)) {
        if (packet.to !== PEER_ADDRESS) continue;
        for (const { parameters: echoed, info } of chunksOf([packet], "HEARTBEAT"))
          link.receive([{ kind: "HEARTBEAT ACK", parameters: echoed, info }]);
      }
    }
    expect(link.association.paths().map(({ state }) => state)).toEqual(["active", "unconfirmed"]);
    expect(link.lab.stack.associationAt(OUR_PORT, PEER_PORT, PEER_SECOND_ADDRESS)).toBeUndefined();
    return link;
  }

  it("restarts its association, and makes no second one", () => {
    const { lab, association } = halfGivenUp();
    const init = initChunk({ initiateTag: NEW_TAG, parameters });
    const initAck = only(lab.receive([init], { from }), "INIT ACK");
    const answers = lab.receive([echoOf(initAck)], { tag: initAck.initiateTag, from });
    expect(answers[0]).toMatchObject({ kinds: ["COOKIE ACK"], to: PEER_SECOND_ADDRESS });
    expect(lab.eventKinds).toContain("restarted");
    expect([...lab.stack.associations]).toEqual([association]);
    expect(association.path(PEER_SECOND_ADDRESS).state).toBe("active");
    // What is confirmed is its own, for packets without its tag, too.
    expect(lab.stack.associationAt(OUR_PORT, PEER_PORT, PEER_SECOND_ADDRESS)).toBe(association);
  });

  it("gets no address that another association has by now", () => {
    const { lab, association } = halfGivenUp();
    const other = only(lab.receive([initChunk({ initiateTag: 0x77 })], { from }), "INIT ACK");
    lab.receive([echoOf(other)], { tag: other.initiateTag, from });
    expect(lab.stack.associationCount).toBe(2);
    const initAck = only(lab.receive([initChunk({ initiateTag: NEW_TAG, parameters })]), "INIT ACK");
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(lab.eventKinds).toContain("restarted");
    expect(association.remoteAddresses).toEqual([PEER_ADDRESS]);
    expect(lab.stack.associationAt(OUR_PORT, PEER_PORT, PEER_SECOND_ADDRESS)?.peerTag).toBe(0x77);
  });
});
