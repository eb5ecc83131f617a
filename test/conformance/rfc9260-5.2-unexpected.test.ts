/** Set-up chunks where they are not expected: RFC 9260 5.2 and 5.3. */

import { describe, expect, it } from "vitest";
import type { Association } from "../../src/association/association.ts";
import { tsnAdd } from "../../src/base/serial.ts";
import type { Chunk } from "../../src/chunks/chunk.ts";
import { engineOf, tieTagsOf } from "../inside/engines.ts";
import {
  addressParameter,
  BY_RFC_9260_7_2,
  chunksOf,
  cookieEchoed,
  cookieOf,
  cookieWait,
  dataChunk,
  echoOf,
  firstOf,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  OUR_ADDRESS,
  only,
  PEER_ADDRESS,
  PEER_COOKIE,
  PEER_SECOND_ADDRESS,
  PEER_TAG,
  type SentPacket,
  twoPaths,
} from "./lab.ts";

const QUIET = { heartbeatIntervalMs: 0 };
const NEW_TAG = 0x5566_7788;
const NEW_TSN = 0x7000;
const RESTARTED = { initiateTag: NEW_TAG, initialTsn: NEW_TSN };

/** An association in SHUTDOWN-ACK-SENT. */
function shutdownAckSent(): Link {
  const link = new Lab().accepted(QUIET);
  link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }]);
  expect(link.state).toBe("SHUTDOWN-ACK-SENT");
  return link;
}

/** Everything about an association that an INIT must leave as it is. */
function imageOf(association: Association): unknown {
  const { state, localTag, peerTag, remoteAddresses, outboundStreams, inboundStreams } = association;
  const { deadlineMs } = engineOf(association);
  const seen = { state, localTag, peerTag, remoteAddresses, outboundStreams, inboundStreams, deadlineMs };
  return { ...seen, status: association.status(), paths: association.paths() };
}

/** The peer of an established association begins anew: its INIT is answered; returns the INIT ACK. */
function restartInit(link: Link, more = {}) {
  return only(link.lab.receive([initChunk({ ...RESTARTED, ...more })]), "INIT ACK");
}

describe("RFC 9260 5.2.1 INIT Chunk Received in COOKIE-WAIT or COOKIE-ECHOED State (Item B)", () => {
  it("MUST: answers in COOKIE-WAIT with the parameters of its own INIT, its tag and TSN unchanged", () => {
    const { lab, init } = cookieWait({ outboundStreams: 6, maxInboundStreams: 7 });
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    const { initiateTag, initialTsn, aRwndBytes, outboundStreams, inboundStreams } = init;
    expect(initAck).toMatchObject({ initiateTag, initialTsn, aRwndBytes, outboundStreams, inboundStreams });
    expect(lab.sent.at(-1)?.tag).toBe(PEER_TAG);
  });

  it("MUST: answers in COOKIE-ECHOED with the parameters of its own INIT if no address is new", () => {
    const { lab, init } = cookieEchoed();
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    expect(initAck).toMatchObject({ initiateTag: init.initiateTag, initialTsn: init.initialTsn });
  });

  it("MUST: refuses in COOKIE-ECHOED an INIT with a new address by an ABORT that names it, and stays as it is", () => {
    const { lab, association, tag } = cookieEchoed();
    const before = imageOf(association);
    const init = initChunk({ initiateTag: NEW_TAG, parameters: [addressParameter("10.0.0.9")] });
    const packets = lab.receive([init]);
    expect(packets[0]?.tag).toBe(NEW_TAG);
    expect(only(packets, "ABORT").causes).toEqual([
      {
        kind: "Restart of an Association with New Addresses",
        code: 11,
        addresses: new Uint8Array([0, 5, 0, 8, 10, 0, 0, 9]),
      },
    ]);
    expect(imageOf(association)).toEqual(before);
    lab.receive([{ kind: "COOKIE ACK" }], { tag });
    expect(association.state).toBe("ESTABLISHED");
  });

  it("MUST: sends the INIT ACK to the INIT's source if the user passed it, else to a passed address that the INIT lists", () => {
    const both = [PEER_ADDRESS, PEER_SECOND_ADDRESS];
    const { lab } = cookieWait({}, both);
    const init = initChunk({ parameters: both.map(addressParameter) });
    expect(lab.receive([init], { from: PEER_SECOND_ADDRESS })).toMatchObject([{ to: PEER_SECOND_ADDRESS }]);
    expect(lab.receive([init], { from: "10.0.0.77" })).toMatchObject([
      { to: PEER_ADDRESS, kinds: ["INIT ACK"] },
    ]);
    const single = cookieWait({}, [PEER_SECOND_ADDRESS]);
    expect(single.lab.receive([init], { from: PEER_ADDRESS })).toMatchObject([{ to: PEER_SECOND_ADDRESS }]);
  });

  it("MUST NOT: changes its state, T1-init or the TCB by answering", () => {
    for (const client of [cookieWait(), cookieEchoed()]) {
      client.lab.nowMs += 100;
      const before = imageOf(client.association);
      client.lab.receive([initChunk({ initiateTag: NEW_TAG })]);
      expect(imageOf(client.association)).toEqual(before);
    }
  });

  it("MUST: makes a State Cookie with Tie-Tags in COOKIE-ECHOED, and with none in COOKIE-WAIT", () => {
    const waiting = cookieWait();
    waiting.lab.receive([initChunk()]);
    expect(Object.values(tieTagsOf(waiting.association))).toEqual([0, 0]);
    const echoed = cookieEchoed();
    echoed.lab.receive([initChunk()]);
    expect(tieTagsOf(echoed.association).localTieTag).not.toBe(0);
    expect(tieTagsOf(echoed.association).peerTieTag).not.toBe(0);
  });

  it("MUST: ends a collision in one association, whichever handshake is completed first", () => {
    for (const state of ["COOKIE-WAIT", "COOKIE-ECHOED"]) {
      const { lab, association } = state === "COOKIE-WAIT" ? cookieWait() : cookieEchoed();
      const initAck = only(lab.receive([initChunk()]), "INIT ACK");
      const packets = lab.receive([echoOf(initAck), dataChunk()], { tag: initAck.initiateTag });
      expect(packets[0]?.kinds[0]).toBe("COOKIE ACK");
      expect(association.state).toBe("ESTABLISHED");
      expect(lab.stack.associationCount).toBe(1);
      expect(lab.eventKinds).toEqual(["established", "readable"]);
    }
  });
});

describe("RFC 9260 5.2.2 Unexpected INIT Chunk in States Other than CLOSED, COOKIE-ECHOED, COOKIE-WAIT, and SHUTDOWN-ACK-SENT", () => {
  it("MUST: answers with a new tag, a cookie and the peer's new tag in front, and changes nothing", () => {
    const link = new Lab().accepted(QUIET);
    link.send(1_000);
    const before = imageOf(link.association);
    const initAck = restartInit(link);
    expect(link.lab.sent.at(-1)?.tag).toBe(NEW_TAG);
    expect(initAck.initiateTag).not.toBe(link.association.localTag);
    expect(initAck.initiateTag).not.toBe(0);
    expect(imageOf(link.association)).toEqual(before);
  });

  it("MUST: puts its Tie-Tags, random and not 0, into the cookie; the same ones for every INIT", () => {
    const link = new Lab().accepted(QUIET);
    expect(tieTagsOf(link.association).localTieTag).toBe(0);
    restartInit(link);
    const tags = Object.values(tieTagsOf(link.association));
    expect(tags).not.toContain(0);
    expect(tags).not.toContain(link.association.localTag);
    expect(tags).not.toContain(PEER_TAG);
    restartInit(link);
    expect(Object.values(tieTagsOf(link.association))).toEqual(tags);
  });

  it("MUST NOT: shows the tags of the association in the cookie, which travels unencrypted", () => {
    const link = new Lab().accepted(QUIET);
    const cookie = cookieOf(restartInit(link));
    const view = new DataView(cookie.buffer, cookie.byteOffset, cookie.byteLength);
    const words = Array.from({ length: cookie.length - 3 }, (_, i) => view.getUint32(i));
    expect(words).not.toContain(link.association.localTag);
    expect(words).not.toContain(PEER_TAG);
  });

  it("MUST: refuses an INIT that adds addresses, by an ABORT with its tag that lists them", () => {
    const link = new Lab({ localAddresses: [OUR_ADDRESS, "2001:db8::1"] }).accepted(QUIET);
    const before = imageOf(link.association);
    const parameters = [PEER_ADDRESS, "10.0.0.9", "2001:db8::9"].map(addressParameter);
    const packets = link.lab.receive([initChunk({ ...RESTARTED, parameters })]);
    expect(packets[0]?.tag).toBe(NEW_TAG);
    const [cause] = only(packets, "ABORT").causes;
    const listed = [
      0, 5, 0, 8, 10, 0, 0, 9, 0, 6, 0, 20, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9,
    ];
    expect(cause?.kind === "Restart of an Association with New Addresses" && [...cause.addresses]).toEqual(
      listed,
    );
    expect(imageOf(link.association)).toEqual(before);
  });

  it("MUST: answers in every state but SHUTDOWN-ACK-SENT, where it repeats the SHUTDOWN ACK (9.2)", () => {
    const established = new Lab().accepted(QUIET);
    const pending = new Lab().accepted(QUIET);
    pending.send(10);
    pending.association.shutdown(pending.lab.nowMs);
    const sent = new Lab().accepted(QUIET);
    sent.association.shutdown(sent.lab.nowMs);
    sent.lab.flush();
    const received = new Lab().accepted(QUIET);
    received.send(10);
    received.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (received.ourTsn - 1) >>> 0 }]);
    expect([established, pending, sent, received].map(({ state }) => state)).toEqual([
      "ESTABLISHED",
      "SHUTDOWN-PENDING",
      "SHUTDOWN-SENT",
      "SHUTDOWN-RECEIVED",
    ]);
    for (const link of [established, pending, sent, received]) {
      expect(kindsOf(link.lab.receive([initChunk(RESTARTED)]))).toEqual(["INIT ACK"]);
    }
    const last = shutdownAckSent();
    const packets = last.lab.receive([initChunk(RESTARTED)]);
    expect(packets).toMatchObject([{ kinds: ["SHUTDOWN ACK"], tag: PEER_TAG }]);
  });

  it("MUST: sets the Tie-Tags to 0 for an INIT that no association exists for", () => {
    const lab = new Lab();
    lab.listen();
    const first = only(lab.receive([initChunk()]), "INIT ACK");
    lab.receive([echoOf(first)], { tag: first.initiateTag });
    // Its peer forgot about it, and comes back with an old cookie whose Tie-Tags are 0: Table 12 has no row for it.
    const second = only(lab.receive([initChunk({ initiateTag: 3 })], { from: "10.0.0.5" }), "INIT ACK");
    lab.receive([echoOf(second)], { tag: second.initiateTag, from: "10.0.0.5" });
    expect([...lab.stack.associations].map((association) => tieTagsOf(association).localTieTag)).toEqual([
      0, 0,
    ]);
  });
});

describe("RFC 9260 5.2.3 Unexpected INIT ACK Chunk", () => {
  it("SHOULD: discards an INIT ACK in any state but COOKIE-WAIT", () => {
    const links = [cookieEchoed(), { ...new Lab().accepted(QUIET), tag: 0 }];
    for (const { lab, association } of links) {
      const before = imageOf(association);
      const packets = lab.receive([initAckChunk({ initiateTag: NEW_TAG })], { tag: association.localTag });
      expect(packets).toEqual([]);
      expect(imageOf(association)).toEqual(before);
    }
    const malformed = cookieEchoed();
    for (const wrong of [
      { initiateTag: 0 },
      { outboundStreams: 0 },
      { inboundStreams: 0 },
      { parameters: [] },
    ]) {
      expect(malformed.lab.receive([initAckChunk(wrong)], { tag: malformed.tag })).toEqual([]);
      expect(malformed.association.state).toBe("COOKIE-ECHOED");
    }
  });

  it("SHOULD: aborts nothing of its own for an INIT ACK with a tag that is nobody's: it reflects the tag", () => {
    const lab = new Lab();
    expect(lab.receive([initAckChunk()], { tag: 55 })).toMatchObject([{ tag: 55, kinds: ["ABORT"] }]);
  });
});

describe("RFC 9260 5.2.4 Handle a COOKIE ECHO Chunk When a TCB Exists", () => {
  it("MUST: checks the MAC before anything else: a forged cookie restarts nothing", () => {
    const link = new Lab().accepted(QUIET);
    const initAck = restartInit(link);
    const before = imageOf(link.association);
    const cookie = cookieOf(initAck).slice();
    cookie[50] = (cookie[50] ?? 0) ^ 1;
    expect(link.lab.receive([{ kind: "COOKIE ECHO", cookie }], { tag: initAck.initiateTag })).toEqual([]);
    expect(imageOf(link.association)).toEqual(before);
  });

  it("MUST: answers a cookie that is too old with ERROR, Stale Cookie, unless both tags are the association's", () => {
    const lab = new Lab({ stack: { cookieLifeMs: 1_000 } });
    lab.listen(QUIET);
    const first = only(lab.receive([initChunk()]), "INIT ACK");
    lab.receive([echoOf(first)], { tag: first.initiateTag });
    const [association] = lab.stack.associations;
    if (association === undefined) throw new Error("no association");
    const second = only(lab.receive([initChunk(RESTARTED)]), "INIT ACK");
    lab.nowMs += 2_000;
    const before = imageOf(association);
    const refused = lab.receive([echoOf(second), dataChunk()], { tag: second.initiateTag });
    expect(refused[0]?.tag).toBe(NEW_TAG);
    expect(only(refused, "ERROR").causes).toEqual([
      { kind: "Stale Cookie", code: 3, stalenessUs: 1_000_000 },
    ]);
    expect(imageOf(association)).toEqual(before);
    expect(kindsOf(lab.receive([echoOf(first)], { tag: first.initiateTag }))).toEqual(["COOKIE ACK"]);
  });

  it("MUST: restarts by action A: tags, TSNs, windows, cwnd and RTO begin anew, and the user hears of it", () => {
    const link = new Lab().accepted({ ...QUIET, congestionControl: "rfc9260", outboundStreams: 10 });
    let packets = link.send(30_000);
    for (let i = 0; i < 30 && packets.length > 0; i++) {
      link.lab.nowMs += 10;
      const last = chunksOf(packets, "DATA").at(-1)?.tsn ?? 0;
      packets = link.receive([link.sack((last - link.ourTsn) >>> 0)]);
    }
    link.receive([link.data(0), link.data(5)]);
    link.send(3_000);
    expect(link.association.paths()[0]?.cwndBytes).toBeGreaterThan(4_404);
    expect(link.association.paths()[0]?.srttMs).toBe(10);
    const initAck = restartInit(link, { inboundStreams: 3, aRwndBytes: 60_000 });
    packets = link.lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(packets).toMatchObject([{ kinds: ["COOKIE ACK"], tag: NEW_TAG }]);
    const { association } = link;
    expect(association).toMatchObject({
      localTag: initAck.initiateTag,
      peerTag: NEW_TAG,
      state: "ESTABLISHED",
    });
    expect(association.status()).toMatchObject({
      peerRwndBytes: 60_000,
      outboundStreams: 3,
      unackedChunks: 0,
      readableMessages: 1,
    });
    expect(association.paths()[0]).toMatchObject({
      cwndBytes: 4_404,
      flightBytes: 0,
      rtoMs: 1_000,
      srttMs: undefined,
    });
    expect(link.lab.eventKinds.slice(-4)).toEqual(["send-failed", "restarted", "readable", "dry"]);
    expect(link.read()).toEqual(["hello"]); // acknowledged to the peer of before: not lost
    expect(link.lab.eventKinds).not.toContain("closed");
    const restarted = { tag: initAck.initiateTag };
    const answers = link.lab.receive([dataChunk({ tsn: NEW_TSN })], restarted);
    expect(firstOf(answers, "SACK").cumulativeTsnAck).toBe(NEW_TSN);
    expect(firstOf(link.send(10), "DATA")).toMatchObject({ tsn: initAck.initialTsn, ssn: 0 });
  });

  it("MUST: forgets by action A the addresses that the peer no longer lists, and verifies those that it does", () => {
    const link = twoPaths();
    const packets = link.lab.receive([initChunk(RESTARTED)], { from: PEER_SECOND_ADDRESS });
    const initAck = only(packets, "INIT ACK");
    link.lab.receive([echoOf(initAck)], { tag: initAck.initiateTag, from: PEER_SECOND_ADDRESS });
    expect(link.association.remoteAddresses).toEqual([PEER_SECOND_ADDRESS]);
    const both = twoPaths();
    const parameters = [PEER_ADDRESS, PEER_SECOND_ADDRESS].map(addressParameter);
    const answer = only(both.lab.receive([initChunk({ ...RESTARTED, parameters })]), "INIT ACK");
    both.lab.receive([echoOf(answer)], { tag: answer.initiateTag });
    expect(both.association.paths().map(({ address, state }) => [address, state])).toEqual([
      [PEER_ADDRESS, "active"],
      [PEER_SECOND_ADDRESS, "unconfirmed"],
    ]);
  });

  it("MUST NOT: restarts in SHUTDOWN-ACK-SENT: it repeats the SHUTDOWN ACK, with the cause", () => {
    // The cookie is from before the shutdown: in SHUTDOWN-ACK-SENT no INIT is answered with one.
    const link = new Lab().accepted(QUIET);
    const initAck = restartInit(link);
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 }]);
    expect(link.state).toBe("SHUTDOWN-ACK-SENT");
    const packets = link.lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(kindsOf(packets)).toEqual(["SHUTDOWN ACK+ERROR"]);
    expect(packets[0]?.tag).toBe(PEER_TAG);
    expect(firstOf(packets, "ERROR").causes).toEqual([
      { kind: "Cookie Received While Shutting Down", code: 10 },
    ]);
    expect(link.state).toBe("SHUTDOWN-ACK-SENT");
  });

  it("MUST: takes by action B the peer's new tag, stops T1 and sends a COOKIE ACK", () => {
    const { lab, association } = cookieEchoed(BY_RFC_9260_7_2);
    association.send(new Uint8Array(50), {}, lab.nowMs);
    const initAck = only(lab.receive([initChunk(RESTARTED)]), "INIT ACK");
    const packets = lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(packets.map(({ tag }) => tag)).toEqual(packets.map(() => NEW_TAG));
    expect(kindsOf(packets)).toEqual(["COOKIE ACK+DATA"]);
    expect(association).toMatchObject({ state: "ESTABLISHED", peerTag: NEW_TAG });
    expect(kindsOf(lab.run(900))).toEqual([]);
    const answers = lab.receive([dataChunk({ tsn: NEW_TSN })], { tag: association.localTag });
    expect(firstOf(answers, "SACK").cumulativeTsnAck).toBe(NEW_TSN);
  });

  it("MUST: takes by action B the peer's new tag in ESTABLISHED too, and stays there", () => {
    const { lab, association, tag } = cookieEchoed();
    const initAck = only(lab.receive([initChunk(RESTARTED)]), "INIT ACK");
    lab.receive([{ kind: "COOKIE ACK" }], { tag });
    expect(association.state).toBe("ESTABLISHED");
    const packets = lab.receive([echoOf(initAck)], { tag });
    expect(packets).toMatchObject([{ kinds: ["COOKIE ACK"], tag: NEW_TAG }]);
    expect(association).toMatchObject({ state: "ESTABLISHED", peerTag: NEW_TAG });
  });

  it("MUST: begins both directions anew where action B meets it in ESTABLISHED: the peer that it came up with is gone", () => {
    const { lab, association, tag } = cookieEchoed();
    const initAck = only(lab.receive([initChunk(RESTARTED)]), "INIT ACK");
    lab.receive([{ kind: "COOKIE ACK" }, dataChunk()], { tag });
    association.send(new Uint8Array(50), {}, lab.nowMs);
    lab.flush();
    lab.receive([echoOf(initAck)], { tag });
    expect(association).toMatchObject({ state: "ESTABLISHED", localTag: tag, peerTag: NEW_TAG });
    expect(lab.eventKinds.slice(0, 1)).toEqual(["established"]);
    expect(lab.eventKinds.slice(-4)).toEqual(["send-failed", "restarted", "readable", "dry"]);
    const answers = lab.receive([dataChunk({ tsn: NEW_TSN })], { tag });
    expect(firstOf(answers, "SACK").cumulativeTsnAck).toBe(NEW_TSN);
    association.send(new Uint8Array(50), {}, lab.nowMs);
    expect(firstOf(lab.flush(), "DATA")).toMatchObject({ tsn: initAck.initialTsn, ssn: 0 });
  });

  it.each([
    ["of an earlier restart, of which the network had kept a copy", true],
    ["of an INIT that was answered before that of the restart", false],
  ])("MUST: takes no cookie for action A %s", (_what, first) => {
    const link = new Lab().accepted();
    const answerTo = (initiateTag: number) =>
      only(link.lab.receive([initChunk({ initiateTag })]), "INIT ACK");
    const older = answerTo(0x101);
    if (first) link.lab.receive([echoOf(older)], { tag: older.initiateTag });
    const newer = answerTo(0x202);
    link.lab.receive([echoOf(newer)], { tag: newer.initiateTag });
    expect(link.association.localTag).toBe(newer.initiateTag);
    link.lab.receive([echoOf(older)], { tag: older.initiateTag });
    expect(link.association.localTag).toBe(newer.initiateTag);
  });

  it("MUST: meets in a collision the COOKIE ECHO of an INIT that came from another address, and went back elsewhere", () => {
    const { lab, association } = cookieWait();
    const from = "10.0.0.77";
    const parameters = [addressParameter(PEER_ADDRESS)];
    const initAck = only(lab.receive([initChunk({ parameters })], { from }), "INIT ACK");
    expect(lab.sent.at(-1)?.to).toBe(PEER_ADDRESS);
    const packets = lab.receive([echoOf(initAck)], { tag: initAck.initiateTag, from });
    expect(kindsOf(packets).join()).not.toContain("ABORT");
    expect(association.state).toBe("ESTABLISHED");
    expect(association.path(from).state).toBe("unconfirmed"); // Where the INIT ACK went is vouched for, and that alone (5.4).
  });

  it("MUST: vouches in a collision for where the INIT ACK went, not for where a COOKIE ECHO seems to come from", () => {
    const { lab, association } = cookieWait();
    const victim = "10.6.6.6";
    const initAck = only(lab.receive([initChunk({ parameters: [addressParameter(victim)] })]), "INIT ACK");
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag, from: victim });
    expect(association.path(victim).state).toBe("unconfirmed");
  });

  it("MUST NOT: restarts so in SHUTDOWN-ACK-SENT: it repeats the SHUTDOWN ACK, with the cause", () => {
    const { lab, association, tag } = cookieEchoed();
    const initAck = only(lab.receive([initChunk(RESTARTED)]), "INIT ACK");
    lab.receive([{ kind: "COOKIE ACK" }], { tag });
    lab.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: (association.localInitialTsn - 1) >>> 0 }], { tag });
    expect(association.state).toBe("SHUTDOWN-ACK-SENT");
    const packets = lab.receive([echoOf(initAck)], { tag });
    expect(kindsOf(packets)).toEqual(["SHUTDOWN ACK+ERROR"]);
    expect(association).toMatchObject({ state: "SHUTDOWN-ACK-SENT", peerTag: PEER_TAG });
  });

  it("MUST: keeps by action B the DATA that went with the COOKIE ECHO", () => {
    const { lab, association, tag } = cookieWait();
    association.send(new TextEncoder().encode("early"), {}, lab.nowMs);
    const first = lab.receive([initAckChunk()], { tag });
    expect(kindsOf(first)).toEqual(["COOKIE ECHO+DATA"]);
    const initAck = only(lab.receive([initChunk(RESTARTED)]), "INIT ACK");
    const packets = lab.receive([echoOf(initAck)], { tag });
    expect(firstOf(packets, "DATA")).toEqual(firstOf(first, "DATA"));
  });

  it("SHOULD: silently discards by action C a cookie with the peer's tag, but neither its own nor Tie-Tags", () => {
    const lab = new Lab();
    lab.listen(QUIET);
    // The cookie of a first INIT comes late: meanwhile this side set the association up itself, with the same peer tag.
    const late = only(lab.receive([initChunk()]), "INIT ACK");
    const association = lab.connect(QUIET);
    const { initiateTag } = only(lab.flush(), "INIT");
    lab.receive([initAckChunk()], { tag: initiateTag });
    expect(association.peerTag).toBe(PEER_TAG);
    const before = imageOf(association);
    expect(lab.receive([echoOf(late)], { tag: late.initiateTag })).toEqual([]);
    expect(imageOf(association)).toEqual(before);
  });

  it("SHOULD: enters ESTABLISHED by action D if it is in COOKIE-ECHOED, stops T1-cookie and sends a COOKIE ACK", () => {
    const { lab, association, tag } = cookieEchoed();
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    const packets = lab.receive([echoOf(initAck)], { tag });
    expect(kindsOf(packets)).toEqual(["COOKIE ACK"]);
    expect(association.state).toBe("ESTABLISHED");
    expect(lab.run(60_000)).toEqual([]);
    expect(kindsOf(lab.receive([echoOf(initAck)], { tag }))).toEqual(["COOKIE ACK"]);
    expect(lab.eventKinds).toEqual(["established"]);
  });

  it("SHOULD: silently discards what Table 12 does not show: Tie-Tags of an association that is gone", () => {
    const link = new Lab().accepted(QUIET);
    const old = restartInit(link);
    // The peer restarts once with another cookie; the first one's Tie-Tags are as before, its local tag is unused.
    const first = restartInit(link, { initiateTag: 1 });
    link.lab.receive([echoOf(first)], { tag: first.initiateTag });
    link.association.abort(new Uint8Array(0), link.lab.nowMs);
    link.lab.flush();
    const again = only(link.lab.receive([initChunk({ initiateTag: 2 })]), "INIT ACK");
    link.lab.receive([echoOf(again)], { tag: again.initiateTag });
    const [association] = link.lab.stack.associations;
    if (association === undefined) throw new Error("no association");
    const before = imageOf(association);
    expect(link.lab.receive([echoOf(old)], { tag: old.initiateTag })).toEqual([]);
    expect(imageOf(association)).toEqual(before);
  });

  it("SHOULD: goes on in ESTABLISHED by action D even with an empty handshake behind it, DATA beside the cookie taken once", () => {
    const lab = new Lab();
    lab.listen(QUIET);
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    const packet = [echoOf(initAck), dataChunk()];
    lab.receive(packet, { tag: initAck.initiateTag });
    const again = lab.receive(packet, { tag: initAck.initiateTag });
    expect(kindsOf(again)).toEqual(["COOKIE ACK+SACK"]);
    expect(firstOf(again, "SACK").duplicateTsns).toHaveLength(1);
    expect([...lab.stack.associations][0]?.readableCount).toBe(1);
  });
});

describe("RFC 9260 5.2.5 Handle Duplicate COOKIE ACK Chunk", () => {
  it("SHOULD: silently discards a COOKIE ACK in any state but COOKIE-ECHOED", () => {
    const waiting = cookieWait();
    expect(waiting.lab.receive([{ kind: "COOKIE ACK" }], { tag: waiting.tag })).toEqual([]);
    expect(waiting.association.state).toBe("COOKIE-WAIT");
    const link = new Lab().connected(QUIET);
    const before = imageOf(link.association);
    expect(link.receive([{ kind: "COOKIE ACK" }])).toEqual([]);
    expect(imageOf(link.association)).toEqual(before);
    expect(link.lab.eventKinds).toEqual(["established"]);
  });
});

describe("RFC 9260 5.2.6 Handle Stale Cookie Error", () => {
  const stale: Chunk = { kind: "ERROR", causes: [{ kind: "Stale Cookie", code: 3, stalenessUs: 5 }] };

  function preservativeOf(packets: readonly SentPacket[]): number {
    const parameter = only(packets, "INIT").parameters.find(({ kind }) => kind === "Cookie Preservative");
    return parameter?.kind === "Cookie Preservative" ? parameter.incrementMs : 0;
  }

  it("SHOULD: silently discards the error in any state but COOKIE-ECHOED", () => {
    const waiting = cookieWait();
    expect(waiting.lab.receive([stale], { tag: waiting.tag })).toEqual([]);
    expect(waiting.association.state).toBe("COOKIE-WAIT");
    const link = new Lab().connected(QUIET);
    expect(link.receive([stale])).toEqual([]);
    expect(link.state).toBe("ESTABLISHED");
  });

  it("SHOULD: asks anew with a Cookie Preservative of the measured round trip and no more than a second beyond it", () => {
    const { lab, association, tag, init } = cookieEchoed();
    lab.nowMs += 350;
    const packets = lab.receive([stale], { tag });
    expect(association.state).toBe("COOKIE-WAIT");
    expect(only(packets, "INIT")).toMatchObject({
      initiateTag: init.initiateTag,
      initialTsn: init.initialTsn,
    });
    expect(preservativeOf(packets)).toBeGreaterThanOrEqual(350);
    expect(preservativeOf(packets)).toBeLessThanOrEqual(1_350);
    lab.receive([initAckChunk()], { tag });
    lab.receive([{ kind: "COOKIE ACK" }], { tag });
    expect(association.state).toBe("ESTABLISHED");
  });

  it("MAY: gives a cookie as much more life as the peer asks for, within its own limit", () => {
    const lab = new Lab({ stack: { cookieLifeMs: 1_000, maxCookiePreservativeMs: 3_000 } });
    lab.listen();
    const accepted = (incrementMs: number, ageMs: number): string[] => {
      const parameters = [{ kind: "Cookie Preservative", type: 9, incrementMs }] as const;
      const initAck = only(
        lab.receive([initChunk({ initiateTag: incrementMs + ageMs, parameters })], { from: "10.0.5.5" }),
        "INIT ACK",
      );
      lab.nowMs += ageMs;
      const packets = lab.receive([echoOf(initAck)], { tag: initAck.initiateTag, from: "10.0.5.5" });
      for (const association of [...lab.stack.associations]) association.abort(new Uint8Array(0), lab.nowMs);
      lab.flush();
      return kindsOf(packets);
    };
    expect(accepted(2_000, 3_000)).toEqual(["COOKIE ACK"]);
    expect(accepted(2_000, 3_001)).toEqual(["ERROR"]);
    expect(accepted(1_000_000, 4_000)).toEqual(["COOKIE ACK"]);
    expect(accepted(1_000_000, 4_001)).toEqual(["ERROR"]);
  });

  it("MUST: keeps the DATA that went with the stale cookie, and sends it anew, under other TSNs, with the next COOKIE ECHO", () => {
    const { lab, association, tag } = cookieWait();
    for (const text of ["one", "two"]) association.send(new TextEncoder().encode(text), {}, lab.nowMs);
    const first = lab.receive([initAckChunk()], { tag });
    expect(kindsOf(first)).toEqual(["COOKIE ECHO+DATA+DATA"]);
    const { initialTsn } = only(lab.receive([stale], { tag }), "INIT");
    const second = lab.receive([initAckChunk({ initiateTag: NEW_TAG })], { tag });
    expect(kindsOf(second)).toEqual(["COOKIE ECHO+DATA+DATA"]);
    expect(second[0]?.tag).toBe(NEW_TAG);
    const before = chunksOf(first, "DATA");
    expect(chunksOf(second, "DATA")).toEqual(
      before.map((chunk, i) => ({ ...chunk, tsn: tsnAdd(initialTsn, i) })),
    );
    expect(before.map(({ tsn }) => tsn)).toEqual([tsnAdd(initialTsn, -2), tsnAdd(initialTsn, -1)]);
    expect(firstOf(second, "COOKIE ECHO").cookie).toEqual(PEER_COOKIE);
    lab.receive([{ kind: "COOKIE ACK" }], { tag });
    expect(association.status().unackedChunks).toBe(2);
  });

  it("MAY: gives up when cookie after cookie is stale", () => {
    const { lab, association, tag } = cookieEchoed();
    for (let i = 0; i < 20 && association.state !== "CLOSED"; i++) {
      lab.receive([stale], { tag });
      lab.receive([initAckChunk()], { tag });
    }
    expect(association.state).toBe("CLOSED");
  });
});

describe("RFC 9260 5.3.1 Selection of Tag Value", () => {
  it("SHOULD: picks random tags from 1 to 2^32 - 1", () => {
    const lab = new Lab();
    lab.listen();
    const tags = Array.from({ length: 200 }, () => only(lab.receive([initChunk()]), "INIT ACK").initiateTag);
    expect(new Set(tags).size).toBe(200);
    for (let bit = 0; bit < 32; bit++) {
      const ones = tags.filter((tag) => ((tag >>> bit) & 1) === 1).length;
      expect(ones).toBeGreaterThan(50);
      expect(ones).toBeLessThan(150);
    }
    let calls = 0;
    const zeros = new Lab({
      random: { uint32: () => (calls++ % 2 === 0 ? 0 : 0x1234), fill: (out) => out.fill(1) },
    });
    zeros.connect();
    expect(only(zeros.flush(), "INIT").initiateTag).not.toBe(0);
  });

  it("MUST NOT: changes a tag during the life of an association", () => {
    const link = new Lab().accepted(QUIET);
    const tags = [link.association.localTag, link.association.peerTag];
    restartInit(link);
    link.receive([link.data(0), link.data(1)]);
    link.send(5_000);
    link.lab.run(5_000);
    expect([link.association.localTag, link.association.peerTag]).toEqual(tags);
  });

  it("MUST: takes a new tag for every association with the same peer, and lets no old cookie bring one back", () => {
    const lab = new Lab();
    lab.listen(QUIET);
    const tags = new Set<number>();
    for (let i = 0; i < 20; i++) {
      const initAck = only(lab.receive([initChunk()]), "INIT ACK");
      lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
      tags.add(initAck.initiateTag);
      lab.receive([{ kind: "ABORT", tagReflected: false, causes: [] }], { tag: initAck.initiateTag });
      expect(kindsOf(lab.receive([echoOf(initAck)], { tag: initAck.initiateTag }))).toEqual(["ABORT"]);
    }
    expect(tags.size).toBe(20);
    expect(lab.stack.associationCount).toBe(0);
  });
});
