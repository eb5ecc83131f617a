/** Options and path parameters of an association that lives, message lifetimes, destinations, idle associations. */
import { describe, expect, it } from "vitest";
import type { AssociationEvent } from "../../../src/association/association-event.ts";
import {
  chunksOf,
  firstOf,
  kindsOf,
  Lab,
  type Link,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  twoPaths,
} from "../../conformance/lab.ts";

const TEXT = new TextEncoder();

function eventsOf<K extends AssociationEvent["kind"]>(
  link: Link,
  kind: K,
): ReadonlyArray<Extract<AssociationEvent, { readonly kind: K }>> {
  return link.lab.events.filter(
    (event): event is Extract<AssociationEvent, { readonly kind: K }> => event.kind === kind,
  );
}

const quiet = { heartbeatIntervalMs: 0 } as const;

describe("setOptions", () => {
  it("checks everything before anything changes", () => {
    const { association, lab } = new Lab().connected(quiet);
    const before = association.options;
    expect(() => association.setOptions({ sackDelayMs: 10, rtoMinMs: -1 }, lab.nowMs)).toThrow(/rtoMinMs/);
    expect(association.options).toBe(before);
  });

  it("changes the RTO's bounds: T3-rtx follows from the next packet on", () => {
    const link = new Lab().connected(quiet);
    link.association.setOptions({ rtoInitialMs: 50, rtoMinMs: 50, rtoMaxMs: 80 }, link.lab.nowMs);
    expect(link.association.path(PEER_ADDRESS).rtoMs).toBe(80);
    const sentAtMs = link.lab.nowMs;
    link.send(10);
    const again = link.lab.runUntilSent();
    expect(again[0]!.atMs - sentAtMs).toBeGreaterThanOrEqual(80);
    expect(again[0]!.atMs - sentAtMs).toBeLessThanOrEqual(85);
    expect(link.association.path(PEER_ADDRESS).rtoMs).toBe(80);
  });

  it("keeps an RTO that has been measured, within the new bounds", () => {
    const link = new Lab().connected(quiet);
    link.send(10);
    link.lab.run(100);
    link.receive([link.sack(0)]);
    link.association.setOptions({ rtoInitialMs: 5_000, rtoMinMs: 400, rtoMaxMs: 60_000 }, link.lab.nowMs);
    const { srttMs, rttvarMs, rtoMs } = link.association.path(PEER_ADDRESS);
    expect(srttMs).toBeGreaterThan(0);
    expect(rttvarMs).toBeGreaterThan(0);
    expect(rtoMs).toBe(1_000);
  });

  it("changes the delay and the frequency of SACKs", () => {
    const link = new Lab().accepted(quiet);
    link.receive([link.data(0)]);
    link.association.setOptions({ sackDelayMs: 500, sackFrequencyPackets: 3 }, link.lab.nowMs);
    expect(kindsOf(link.receive([link.data(1)]))).toEqual([]);
    expect(kindsOf(link.receive([link.data(2)]))).toEqual([]);
    expect(kindsOf(link.receive([link.data(3)]))).toEqual(["SACK"]);
    const receivedAtMs = link.lab.nowMs;
    link.receive([link.data(4)]);
    expect(link.lab.runUntilSent()[0]!.atMs - receivedAtMs).toBeGreaterThanOrEqual(500);
  });

  it("changes the size of new fragments, not of those that have been cut", () => {
    const link = new Lab().connected(quiet);
    link.association.setOptions({ maxFragmentBytes: 100 }, link.lab.nowMs);
    expect(link.association.fragmentationPointBytes).toBe(100);
    const sizes = chunksOf(link.send(250), "DATA").map(({ payload }) => payload.length);
    expect(sizes).toEqual([100, 100, 50]);
  });

  it("changes Max.Burst and Nagle's algorithm", () => {
    const link = new Lab().connected({ ...quiet, maxBurst: 1 });
    expect(link.send(5_000)).toHaveLength(1);
    link.association.setOptions({ maxBurst: 16, noDelay: false }, link.lab.nowMs);
    expect(link.receive([link.sack(0)]).length).toBeGreaterThan(1);
    expect(link.association.options.noDelay).toBe(false);
  });

  it("changes the receive buffer, and says so once the window has opened much", () => {
    const link = new Lab().accepted({ ...quiet, receiveBufferBytes: 4_096 });
    const sack = firstOf(link.receive([link.data(0, { payload: new Uint8Array(3_400) })]), "SACK");
    expect(sack.aRwndBytes).toBe(0);
    link.association.setOptions({ receiveBufferBytes: 100_000 }, link.lab.nowMs);
    expect(firstOf(link.lab.flush(), "SACK").aRwndBytes).toBeGreaterThan(90_000);
  });

  it("changes Path.Max.Retrans and HB.interval of every path", () => {
    const link = twoPaths();
    link.association.setOptions({ pathMaxRetrans: 0, heartbeatIntervalMs: 1_000 }, link.lab.nowMs);
    const beats = chunksOf(link.lab.run(4_000), "HEARTBEAT");
    expect(beats.length).toBeGreaterThanOrEqual(2);
    link.lab.run(5_000);
    expect(link.association.paths().map(({ state }) => state)).toEqual(["inactive", "inactive"]);
  });
});

describe("setPathOptions", () => {
  it("changes one path and leaves the others alone", () => {
    const link = twoPaths();
    const { association, lab } = link;
    association.setPathOptions(
      PEER_SECOND_ADDRESS,
      { heartbeatIntervalMs: 500, pathMaxRetrans: 1, maxPacketBytes: 800, remoteUdpPort: 4_000 },
      lab.nowMs,
    );
    const packets = lab.run(3_000);
    expect([...new Set(packets.map(({ to, toUdpPort }) => `${to} ${toUdpPort}`))]).toEqual([
      `${PEER_SECOND_ADDRESS} 4000`,
    ]);
    expect(association.path(PEER_SECOND_ADDRESS)).toMatchObject({ maxPacketBytes: 800, pathMaxRetrans: 1 });
    expect(association.path(PEER_ADDRESS)).toMatchObject({ maxPacketBytes: 1_200, pathMaxRetrans: 5 });
    association.setPathOptions(PEER_SECOND_ADDRESS, { heartbeatEnabled: false }, lab.nowMs);
    lab.run(5_000);
    expect(kindsOf(lab.run(20_000))).toEqual([]);
  });

  it("refuses what is out of range, and addresses that are not the peer's", () => {
    const { association, lab } = twoPaths();
    expect(() => association.setPathOptions("10.9.9.9", {}, lab.nowMs)).toThrow(/none of the peer's/);
    for (const changes of [
      { pathMaxRetrans: 256 },
      { maxPacketBytes: 511 },
      { heartbeatIntervalMs: -1 },
      { remoteUdpPort: 0 },
    ]) {
      expect(() => association.setPathOptions(PEER_ADDRESS, changes, lab.nowMs)).toThrow(/must be/);
    }
  });
});

describe("setPrimary", () => {
  it("tells of a new primary path once", () => {
    const link = twoPaths();
    link.association.setPrimary(PEER_SECOND_ADDRESS);
    link.association.setPrimary(PEER_SECOND_ADDRESS);
    link.lab.flush();
    expect(eventsOf(link, "primary").map(({ address }) => address)).toEqual([PEER_SECOND_ADDRESS]);
  });
});

describe("a message to a chosen address", () => {
  it("goes there, and back to the primary path when that address fails", () => {
    const link = twoPaths();
    const { association, lab } = link;
    association.send(TEXT.encode("there"), { to: PEER_SECOND_ADDRESS }, lab.nowMs);
    association.send(TEXT.encode("here"), {}, lab.nowMs);
    expect(lab.flush().map(({ to, kinds }) => `${to} ${kinds}`)).toEqual([
      `${PEER_SECOND_ADDRESS} DATA`,
      `${PEER_ADDRESS} DATA`,
    ]);
    link.receive([link.sack(1)]);
    association.setPathOptions(PEER_SECOND_ADDRESS, { pathMaxRetrans: 0 }, lab.nowMs);
    association.requestHeartbeat(PEER_SECOND_ADDRESS, lab.nowMs);
    lab.run(5_000);
    association.send(TEXT.encode("there"), { to: PEER_SECOND_ADDRESS }, lab.nowMs);
    expect(lab.flush()[0]?.to).toBe(PEER_ADDRESS);
    expect(() => association.send(TEXT.encode("x"), { to: "10.9.9.9" }, lab.nowMs)).toThrow(/none of/);
  });
});

describe("a message with a lifetime", () => {
  it("comes back unsent when its time is up before any of it could be sent", () => {
    const link = new Lab().connected(quiet, { aRwndBytes: 1_500 });
    const { association, lab } = link;
    association.send(new Uint8Array(1_000), {}, lab.nowMs);
    association.send(
      TEXT.encode("late".repeat(200)),
      { reliability: { lifetimeMs: 300 }, context: 9 },
      lab.nowMs,
    );
    association.send(TEXT.encode("last"), {}, lab.nowMs);
    lab.flush();
    lab.run(299);
    expect(eventsOf(link, "send-failed")).toEqual([]);
    const [sent] = chunksOf(lab.run(2), "DATA");
    expect(new TextDecoder().decode(sent?.payload)).toBe("last");
    expect(eventsOf(link, "send-failed").map(({ message }) => message)).toMatchObject([
      { context: 9, transmitted: false, acknowledgedBytes: 0, causeCode: 0 },
    ]);
    link.receive([link.sack(1)]);
    expect(association.bufferedBytes).toBe(0);
    expect(association.isDry).toBe(true);
  });

  it("lets a shutdown go on that waited for it alone", () => {
    const link = new Lab().connected(quiet, { aRwndBytes: 1_500 });
    link.association.send(new Uint8Array(1_400), {}, link.lab.nowMs);
    link.association.send(new Uint8Array(1_400), { reliability: { lifetimeMs: 100 } }, link.lab.nowMs);
    link.lab.flush();
    link.association.shutdown(link.lab.nowMs);
    link.lab.run(50);
    link.receive([link.sack(1, { aRwndBytes: 0 })]);
    expect(link.state).toBe("SHUTDOWN-PENDING");
    link.lab.run(100);
    expect(link.state).toBe("SHUTDOWN-SENT");
  });

  it("is sent to its end once some of it has been sent", () => {
    const link = new Lab().connected({ ...quiet, maxBurst: 1 });
    link.association.send(new Uint8Array(3_000), { reliability: { lifetimeMs: 100 } }, link.lab.nowMs);
    expect(link.lab.flush()).toHaveLength(1);
    link.lab.run(200);
    expect(chunksOf(link.receive([link.sack(0)]), "DATA")).toHaveLength(1);
    expect(eventsOf(link, "send-failed")).toEqual([]);
  });

  it("has a lifetime above 0", () => {
    const { association, lab } = new Lab().connected(quiet);
    expect(() => association.send(TEXT.encode("x"), { reliability: { lifetimeMs: 0 } }, lab.nowMs)).toThrow(
      /above 0/,
    );
  });
});

describe("a send failure", () => {
  it("says how much of the message has been acknowledged, and by which cause it failed", () => {
    const link = new Lab().connected(quiet);
    link.association.send(new Uint8Array(5_000), { context: 4 }, link.lab.nowMs);
    const first = chunksOf(link.lab.flush(), "DATA")[0]!.payload.length;
    link.receive([link.sack(0, { aRwndBytes: 0 })]);
    link.receive([
      {
        kind: "ABORT",
        tagReflected: false,
        causes: [{ kind: "User-Initiated Abort", code: 12, reason: TEXT.encode("no") }],
      },
    ]);
    expect(eventsOf(link, "send-failed").map(({ message }) => message)).toMatchObject([
      { context: 4, transmitted: true, acknowledgedBytes: first, causeCode: 12 },
    ]);
    const [closed] = eventsOf(link, "closed");
    const chunk = closed?.reason.kind === "aborted" ? closed.reason.chunk : undefined;
    expect(chunk?.[0]).toBe(6);
    expect(new TextDecoder().decode(chunk?.subarray(8))).toBe("no");
  });

  it("knows a message of which all that was sent has been acknowledged", () => {
    const link = new Lab().connected({ ...quiet, maxBurst: 1 });
    link.association.send(new Uint8Array(2_000), {}, link.lab.nowMs);
    const first = chunksOf(link.lab.flush(), "DATA")[0]!.payload.length;
    link.receive([link.sack(0, { aRwndBytes: 0 })]);
    link.association.abort(new Uint8Array(0), link.lab.nowMs);
    link.lab.flush();
    expect(eventsOf(link, "send-failed").map(({ message }) => message)).toMatchObject([
      { acknowledgedBytes: first, transmitted: false },
    ]);
  });

  it("follows from an ERROR chunk that the user sees whole", () => {
    const link = new Lab().connected(quiet);
    link.receive([{ kind: "ERROR", causes: [{ kind: "Invalid Stream Identifier", code: 1, streamId: 77 }] }]);
    const [event] = eventsOf(link, "remote-error");
    expect(event?.causeCodes).toEqual([1]);
    expect([...(event?.chunk ?? [])]).toEqual([9, 0, 0, 12, 0, 1, 0, 8, 0, 77, 0, 0]);
  });
});

describe("autoCloseMs", () => {
  it("shuts an association down that carries no user data, and no other", () => {
    const link = new Lab().connected({ ...quiet, autoCloseMs: 10_000 });
    link.lab.run(9_000);
    link.send(10);
    link.receive([link.sack(0)]);
    link.lab.run(9_000);
    link.receive([link.data(0)]);
    link.lab.run(9_000);
    expect(link.state).toBe("ESTABLISHED");
    link.lab.run(1_001);
    expect(link.state).toBe("SHUTDOWN-SENT");
  });

  it("does not call an association idle whose data is on its way", () => {
    const link = new Lab().connected({ ...quiet, autoCloseMs: 1_000, rtoInitialMs: 3_000 });
    link.send(10);
    link.lab.run(2_500);
    expect(link.state).toBe("ESTABLISHED");
    link.receive([link.sack(0)]);
    link.lab.run(1_100);
    expect(link.state).toBe("SHUTDOWN-SENT");
  });
});
