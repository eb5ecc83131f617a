/** Quick failover: RFC 7829. */
import { describe, expect, it } from "vitest";
import type { PathStateName } from "../../src/association/model/events.ts";
import type { AssociationOptions } from "../../src/base/options.ts";
import { ASSOCIATION_OPTIONS, associationOptions, NEVER_EXCEEDED } from "../../src/base/options.ts";
import type { SctpSocket } from "../../src/socket/socket.ts";
import { FAR, FAR_SECOND, Net, notifications, ok, SERVER, subscribe } from "../unit/socket/net.ts";
import {
  addressParameter,
  BY_RFC_9260_7_2,
  chunksOf,
  cookieParameter,
  Lab,
  type Link,
  OUR_ADDRESS,
  OUR_SECOND_ADDRESS,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  type SentPacket,
  twoPaths,
} from "./lab.ts";

const FROM_SECOND = { from: PEER_SECOND_ADDRESS, to: OUR_SECOND_ADDRESS };
const PEER_THIRD_ADDRESS = "10.2.0.2";
const OFF = NEVER_EXCEEDED;
const PACKET_BYTES = 1_188;

/** Two paths with quick failover on, and no probe before T3-rtx. No heartbeats, unless the options ask for them. */
const quick = (options: Partial<AssociationOptions> = {}): Link =>
  twoPaths({ ...BY_RFC_9260_7_2, potentiallyFailedMaxRetrans: 0, ...options });

function threePaths(options: Partial<AssociationOptions> = {}): Link {
  const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS, "10.2.0.1"] });
  const all = [PEER_ADDRESS, PEER_SECOND_ADDRESS, PEER_THIRD_ADDRESS];
  const parameters = [cookieParameter(), ...all.map(addressParameter)];
  const settings = {
    ...BY_RFC_9260_7_2,
    heartbeatIntervalMs: 0,
    potentiallyFailedMaxRetrans: 0,
    ...options,
  };
  return lab.connected(settings, { parameters }, all);
}

const path = (link: Link, address: string = PEER_ADDRESS) => link.association.path(address);
const stateOf = (link: Link, address: string = PEER_ADDRESS): PathStateName => path(link, address).state;

function pathEvents(link: Link): string[] {
  return link.lab.events.flatMap((event) => {
    if (event.kind === "primary") return [`${event.address} is primary`];
    return event.kind === "path" && event.isNewState ? [`${event.address} ${event.state}`] : [];
  });
}

const sentTo = (packets: readonly SentPacket[], kind: "DATA" | "HEARTBEAT"): string[] =>
  packets.filter(({ kinds }) => kinds.includes(kind)).map(({ to }) => to);

/** Answers HEARTBEATs that went to `address`. */
function answer(link: Link, packets: readonly SentPacket[], address: string): void {
  const envelope = address === PEER_ADDRESS ? {} : FROM_SECOND;
  const asked = packets.filter(({ to }) => to === address);
  for (const chunk of chunksOf(asked, "HEARTBEAT"))
    link.receive([{ ...chunk, kind: "HEARTBEAT ACK" }], envelope);
}

/** When HEARTBEATs went to the first address, from whichever of this side's. */
const probesOf = (packets: readonly SentPacket[]): number[] => {
  const probes = packets.filter(({ to, kinds }) => to === PEER_ADDRESS && kinds.includes("HEARTBEAT"));
  return [...new Set(probes.map(({ atMs }) => atMs))];
};

/** So many HEARTBEATs to an address are asked for and not answered. */
function fail(link: Link, address: string, count: number): void {
  for (let i = 0; i < count; i++) {
    const { rtoMs } = path(link, address);
    link.association.requestHeartbeat(address, link.lab.nowMs);
    link.lab.run(rtoMs);
  }
}

/** DATA to the first address is not acknowledged in time; returns what was sent then. */
function timeOut(link: Link): SentPacket[] {
  expect(sentTo(link.send(10), "DATA")).toEqual([PEER_ADDRESS]);
  return link.lab.runUntilSent();
}

describe("RFC 7829 3.2 Specification of the SCTP-PF Procedures", () => {
  it("MUST: marks a destination as potentially failed with one error more than PotentiallyFailed.Max.Retrans", () => {
    for (const threshold of [0, 2]) {
      const link = new Lab().accepted({
        potentiallyFailedMaxRetrans: threshold,
        heartbeatIntervalMs: 0,
      });
      link.send(10);
      for (let errors = 1; errors <= 5; errors++) {
        link.lab.runUntilSent();
        expect(path(link)).toMatchObject({
          errorCount: errors,
          state: errors > threshold ? "potentially-failed" : "active",
        });
      }
      link.lab.runUntilSent();
      expect(stateOf(link)).toBe("inactive");
    }
  });

  it("MUST: counts an unanswered HEARTBEAT on an idle path as an expiry of T3-rtx", () => {
    const link = quick();
    fail(link, PEER_SECOND_ADDRESS, 1);
    expect(path(link, PEER_SECOND_ADDRESS)).toMatchObject({ errorCount: 1, state: "potentially-failed" });
    expect(path(link, PEER_SECOND_ADDRESS).rtoMs).toBe(2_000);
  });

  it("MAY: never marks one where PotentiallyFailed.Max.Retrans is not below Path.Max.Retrans", () => {
    for (const threshold of [2, 3, OFF]) {
      const link = quick({ potentiallyFailedMaxRetrans: threshold, pathMaxRetrans: 2 });
      fail(link, PEER_SECOND_ADDRESS, 4);
      expect(pathEvents(link)).toEqual([`${PEER_SECOND_ADDRESS} inactive`]);
    }
  });

  it("SHOULD NOT: sends DATA to a potentially failed destination while another one is active", () => {
    const link = quick();
    expect(sentTo(timeOut(link), "DATA")).toEqual([PEER_SECOND_ADDRESS]);
    link.receive([link.sack(0)], FROM_SECOND);
    for (let i = 1; i < 4; i++) {
      expect(sentTo(link.send(10), "DATA")).toEqual([PEER_SECOND_ADDRESS]);
      link.receive([link.sack(i)], FROM_SECOND);
    }
    expect(path(link)).toMatchObject({ isPrimary: true, carriesData: false });
    const off = quick({ potentiallyFailedMaxRetrans: OFF });
    timeOut(off);
    off.receive([off.sack(0)], FROM_SECOND);
    expect(sentTo(off.send(10), "DATA")).toEqual([PEER_ADDRESS]);
  });

  it("SHOULD: retransmits what timed out to an active alternate, past one that is potentially failed", () => {
    const link = threePaths();
    fail(link, PEER_SECOND_ADDRESS, 1);
    expect(sentTo(timeOut(link), "DATA")).toEqual([PEER_THIRD_ADDRESS]);
  });

  it("SHOULD: sends to an active destination what its user wants to go to a potentially failed one", () => {
    const link = quick();
    fail(link, PEER_SECOND_ADDRESS, 1);
    expect(sentTo(link.send(10, { to: PEER_SECOND_ADDRESS }), "DATA")).toEqual([PEER_ADDRESS]);
  });

  it("MUST: sends to the potentially failed destination with the fewest errors where none is active", () => {
    const link = quick();
    fail(link, PEER_ADDRESS, 2);
    fail(link, PEER_SECOND_ADDRESS, 1);
    expect(sentTo(link.send(10), "DATA")).toEqual([PEER_SECOND_ADDRESS]);
    expect(sentTo(link.lab.runUntilSent(), "DATA")).toEqual([PEER_ADDRESS]); // Two errors each: not where it failed.
    expect([path(link).errorCount, path(link, PEER_SECOND_ADDRESS).errorCount]).toEqual([2, 2]);
    const tied = threePaths();
    for (const address of [PEER_THIRD_ADDRESS, PEER_SECOND_ADDRESS, PEER_ADDRESS]) fail(tied, address, 1);
    expect(sentTo(tied.send(10), "DATA")).toEqual([PEER_ADDRESS]);
    expect(sentTo(tied.lab.runUntilSent(), "DATA")).toEqual([PEER_SECOND_ADDRESS]);
    expect(sentTo(tied.lab.runUntilSent(), "DATA")).toEqual([PEER_THIRD_ADDRESS]);
  });

  it("MUST: prefers a potentially failed destination to an inactive one, whatever their errors", () => {
    const link = quick();
    link.association.setPathOptions(PEER_ADDRESS, { pathMaxRetrans: 0 }, link.lab.nowMs);
    fail(link, PEER_ADDRESS, 1);
    fail(link, PEER_SECOND_ADDRESS, 3);
    expect([stateOf(link), stateOf(link, PEER_SECOND_ADDRESS)]).toEqual(["inactive", "potentially-failed"]);
    expect(sentTo(link.send(10), "DATA")).toEqual([PEER_SECOND_ADDRESS]);
  });

  it("MUST NOT: changes the state or the errors of a destination by choosing it", () => {
    const link = quick();
    fail(link, PEER_ADDRESS, 2);
    fail(link, PEER_SECOND_ADDRESS, 1);
    const told = pathEvents(link).length;
    link.send(10);
    expect(path(link, PEER_SECOND_ADDRESS)).toMatchObject({ errorCount: 1, state: "potentially-failed" });
    expect(pathEvents(link)).toHaveLength(told);
  });

  it("MUST: ignores HB.interval there: a HEARTBEAT at once, and one per RTO, which doubles", () => {
    const link = quick({ heartbeatIntervalMs: 30_000 });
    const packets = [...timeOut(link)];
    const startMs = link.lab.nowMs;
    link.receive([link.sack(0)], FROM_SECOND);
    while (link.lab.nowMs < startMs + 70_000 && stateOf(link) !== "inactive") {
      const sent = link.lab.runUntilSent();
      answer(link, sent, PEER_SECOND_ADDRESS);
      packets.push(...sent);
    }
    expect(probesOf(packets).map((atMs) => atMs - startMs)).toEqual([0, 2_000, 6_000, 14_000, 30_000]);
  });

  it("SHOULD: tells its user of the end of it, and sends HEARTBEATs by HB.interval then", () => {
    const link = quick({ heartbeatIntervalMs: 5_000, rtoMaxMs: 2_000 });
    timeOut(link);
    link.receive([link.sack(0)], FROM_SECOND);
    for (let i = 0; i < 40 && stateOf(link) !== "inactive"; i++)
      answer(link, link.lab.runUntilSent(), PEER_SECOND_ADDRESS);
    expect(pathEvents(link)).toEqual([`${PEER_ADDRESS} potentially-failed`, `${PEER_ADDRESS} inactive`]);
    const packets: SentPacket[] = [];
    for (let i = 0; i < 12; i++) {
      const sent = link.lab.runUntilSent();
      answer(link, sent, PEER_SECOND_ADDRESS);
      packets.push(...sent);
    }
    const probes = probesOf(packets);
    expect(probes.length).toBeGreaterThan(2);
    for (let i = 1; i < probes.length; i++)
      expect((probes[i] ?? 0) - (probes[i - 1] ?? 0)).toBeGreaterThanOrEqual(5_000 + 1_000);
  });

  it("MUST NOT: sends a HEARTBEAT to a potentially failed destination whose heartbeats are off", () => {
    const byInterval = quick({ heartbeatIntervalMs: 0 });
    const bySwitch = quick({ heartbeatIntervalMs: 30_000 });
    for (const link of [byInterval, bySwitch]) {
      for (const address of [PEER_ADDRESS, PEER_SECOND_ADDRESS])
        link.association.setPathOptions(address, { heartbeatEnabled: false }, link.lab.nowMs);
      timeOut(link);
      link.receive([link.sack(0)], FROM_SECOND);
      expect(stateOf(link)).toBe("potentially-failed");
      link.lab.run(60_000);
      expect(chunksOf(link.lab.sent, "HEARTBEAT")).toEqual([]);
    }
  });

  it("MAY: omits the HEARTBEAT while DATA there tells as much, and ignores that it was not answered", () => {
    const link = new Lab().accepted({
      ...BY_RFC_9260_7_2,
      potentiallyFailedMaxRetrans: 0,
      heartbeatIntervalMs: 30_000,
    });
    link.send(10);
    for (let errors = 1; errors <= 5; errors++) {
      expect(link.lab.runUntilSent().map(({ kinds }) => kinds)).toEqual([["DATA"]]);
      expect(path(link).errorCount).toBe(errors);
    }
    const asked = quick();
    fail(asked, PEER_SECOND_ADDRESS, 2);
    fail(asked, PEER_ADDRESS, 1);
    asked.association.requestHeartbeat(PEER_ADDRESS, asked.lab.nowMs);
    asked.lab.run(100);
    expect(sentTo(asked.send(10), "DATA")).toEqual([PEER_ADDRESS]);
    asked.lab.run(1_950);
    expect(path(asked)).toMatchObject({ errorCount: 1, rtoMs: 2_000 });
    asked.lab.run(50);
    expect(path(asked)).toMatchObject({ errorCount: 2, rtoMs: 4_000 });
  });

  it("SHOULD: takes a destination for active again, without errors, when a HEARTBEAT is answered", () => {
    const link = quick({ heartbeatIntervalMs: 30_000 });
    const sent = timeOut(link);
    link.receive([link.sack(0)], FROM_SECOND);
    link.lab.run(5);
    answer(link, sent, PEER_ADDRESS);
    expect(path(link)).toMatchObject({ errorCount: 0, state: "active", carriesData: true });
    expect(pathEvents(link)).toEqual([`${PEER_ADDRESS} potentially-failed`, `${PEER_ADDRESS} active`]);
    expect(sentTo(link.send(10), "DATA")).toEqual([PEER_ADDRESS]);
    link.receive([link.sack(1)]);
    const quiet = link.lab.run(20_000);
    expect(sentTo(quiet, "HEARTBEAT").filter((to) => to === PEER_ADDRESS)).toEqual([]);
  });

  it("MUST: resumes there with the window that the timeout has left, in slow start (RFC 9260 7.2)", () => {
    const parameters = [cookieParameter(), ...[PEER_ADDRESS, PEER_SECOND_ADDRESS].map(addressParameter)];
    const options = { ...BY_RFC_9260_7_2, potentiallyFailedMaxRetrans: 0, heartbeatIntervalMs: 30_000 };
    const link = new Lab().connected(options, { parameters }, [PEER_ADDRESS, PEER_SECOND_ADDRESS]);
    const sent = timeOut(link);
    link.receive([link.sack(0)], { from: PEER_SECOND_ADDRESS });
    answer(link, sent, PEER_ADDRESS);
    expect(path(link).cwndBytes).toBe(PACKET_BYTES);
    expect(sentTo(link.send(5_000), "DATA")).toEqual([PEER_ADDRESS]);
    link.receive([link.sack(1)]);
    expect(path(link).cwndBytes).toBe(2 * PACKET_BYTES);
  });

  it("SHOULD NOT: takes an acknowledgement of a chunk that went to several destinations for a sign of life of one", () => {
    const link = quick();
    fail(link, PEER_SECOND_ADDRESS, 1);
    fail(link, PEER_ADDRESS, 2);
    link.send(10); // To the second, and after it has timed out to the first.
    expect(sentTo(link.lab.runUntilSent(), "DATA")).toEqual([PEER_ADDRESS]);
    link.receive([link.sack(0)]);
    expect(path(link)).toMatchObject({ errorCount: 2, state: "potentially-failed" });
    expect(path(link, PEER_SECOND_ADDRESS)).toMatchObject({ errorCount: 2, state: "potentially-failed" });
  });

  it("MAY: clears the errors of a destination that is active by such an acknowledgement", () => {
    const link = quick({ potentiallyFailedMaxRetrans: 2 });
    fail(link, PEER_SECOND_ADDRESS, 1);
    timeOut(link);
    link.receive([link.sack(0)], FROM_SECOND);
    expect(path(link, PEER_SECOND_ADDRESS)).toMatchObject({ errorCount: 0, state: "active" });
  });

  it("MUST: takes a destination for active when a chunk is acknowledged that went nowhere else", () => {
    const link = quick();
    fail(link, PEER_ADDRESS, 2);
    fail(link, PEER_SECOND_ADDRESS, 1);
    link.send(10);
    link.receive([link.sack(0)], FROM_SECOND);
    expect(path(link, PEER_SECOND_ADDRESS)).toMatchObject({ errorCount: 0, state: "active" });
    expect(path(link)).toMatchObject({ errorCount: 2, state: "potentially-failed" });
  });

  it("MUST: does so after a spurious timeout, as long as the chunk has not been sent elsewhere", () => {
    const link = quick();
    link.send(10);
    for (let i = 0; i < 10 && stateOf(link) === "active"; i++) {
      link.lab.nowMs = link.lab.stack.nextDeadlineMs();
      link.lab.stack.handleTimeout(link.lab.nowMs);
    }
    expect(stateOf(link)).toBe("potentially-failed");
    link.receive([link.sack(0)]);
    expect(path(link)).toMatchObject({ errorCount: 0, state: "active" });
    expect(sentTo(link.send(10), "DATA")).toEqual([PEER_ADDRESS]);
  });

  it("MUST: does so for a chunk that was sent to it again and again", () => {
    const link = new Lab().accepted({ potentiallyFailedMaxRetrans: 0 });
    link.send(10);
    for (let i = 0; i < 3; i++) link.lab.runUntilSent();
    expect(path(link)).toMatchObject({ errorCount: 3, state: "potentially-failed" });
    link.receive([link.sack(0)]);
    expect(path(link)).toMatchObject({ errorCount: 0, state: "active" });
  });

  it("MAY: changes the threshold of a path that has errors: it is in the state that the new one says", () => {
    const link = quick({ potentiallyFailedMaxRetrans: OFF });
    fail(link, PEER_SECOND_ADDRESS, 1);
    const set = (potentiallyFailedMaxRetrans: number): void =>
      link.association.setPathOptions(PEER_SECOND_ADDRESS, { potentiallyFailedMaxRetrans }, link.lab.nowMs);
    set(1);
    expect(pathEvents(link)).toEqual([]);
    set(0);
    link.association.setOptions({ potentiallyFailedMaxRetrans: 3 }, link.lab.nowMs);
    link.lab.flush();
    expect(pathEvents(link)).toEqual([
      `${PEER_SECOND_ADDRESS} potentially-failed`,
      `${PEER_SECOND_ADDRESS} active`,
    ]);
  });
});

describe("RFC 7829 4 Dormant State Operation", () => {
  it("SHOULD: works with quick failover on, MUST NOT: whatever its threshold", () => {
    const sentAgainTo = [0, 200, OFF].map((potentiallyFailedMaxRetrans) => {
      const link = quick({ potentiallyFailedMaxRetrans, pathMaxRetrans: 0 });
      fail(link, PEER_SECOND_ADDRESS, 2);
      fail(link, PEER_ADDRESS, 3);
      return sentTo(link.send(10), "DATA")[0];
    });
    expect(sentAgainTo).toEqual([PEER_SECOND_ADDRESS, PEER_SECOND_ADDRESS, PEER_ADDRESS]);
  });
});

describe("RFC 7829 4.1 SCTP Dormant State Procedure", () => {
  it("MUST: chooses a destination for DATA though all are inactive, SHOULD: the one with the fewest errors", () => {
    const link = threePaths({ pathMaxRetrans: 0, associationMaxRetrans: 100 });
    fail(link, PEER_ADDRESS, 3);
    fail(link, PEER_SECOND_ADDRESS, 2);
    fail(link, PEER_THIRD_ADDRESS, 2);
    expect(sentTo(link.send(10), "DATA")).toEqual([PEER_SECOND_ADDRESS]);
    const next = (): string[] => sentTo(link.lab.runUntilSent(), "DATA");
    expect(next()).toEqual([PEER_THIRD_ADDRESS]);
    expect(next()).toEqual([PEER_ADDRESS]); // Three errors each: not where it failed.
  });

  it("MUST NOT: changes the state or the errors of a destination by choosing it", () => {
    const link = quick({ pathMaxRetrans: 0 });
    fail(link, PEER_ADDRESS, 2);
    fail(link, PEER_SECOND_ADDRESS, 1);
    link.send(10);
    expect(path(link, PEER_SECOND_ADDRESS)).toMatchObject({ errorCount: 1, state: "inactive" });
  });

  it("SHOULD: counts errors up to an order of magnitude beyond Path.Max.Retrans", () => {
    const link = quick({ pathMaxRetrans: 1, rtoMaxMs: 1_000 });
    fail(link, PEER_SECOND_ADDRESS, 25);
    expect(path(link, PEER_SECOND_ADDRESS)).toMatchObject({ errorCount: 20, state: "inactive" });
  });

  it("MUST: gives up an idle peer whose destinations are all inactive, by the probes of one (RFC 9260 8.1)", () => {
    for (const peerOf of [quick, threePaths]) {
      const link = peerOf({ heartbeatIntervalMs: 1_000, associationMaxRetrans: 6, pathMaxRetrans: 2 });
      // The first one is left unanswered while another destination is active, and seven count.
      expect(probesOf(link.lab.run(600_000))).toHaveLength(8);
      expect(link.lab.events.at(-1)).toMatchObject({ kind: "closed", reason: { kind: "unreachable" } });
    }
  });
});

describe("RFC 7829 5 Primary Path Switchover", () => {
  it("MUST: rejects a PSMR below PFMR, and without quick failover one below PMR", () => {
    const take = (pathMaxRetrans: number, potentiallyFailedMaxRetrans: number, psmr: number): unknown =>
      associationOptions({ pathMaxRetrans, potentiallyFailedMaxRetrans, primarySwitchoverMaxRetrans: psmr });
    expect(() => take(5, 2, 1)).toThrow(
      "primarySwitchoverMaxRetrans, 1, must not be below potentiallyFailedMaxRetrans, 2",
    );
    expect(() => take(5, OFF, 4)).toThrow("must not be below pathMaxRetrans, 5");
    for (const [pmr, pfmr, psmr] of [
      [5, 2, 2],
      [5, 2, 9],
      [5, OFF, 5],
      [5, OFF, 6],
      [5, 0, OFF],
    ] as const)
      expect(take(pmr, pfmr, psmr)).toMatchObject({ primarySwitchoverMaxRetrans: psmr });
    const link = quick({ potentiallyFailedMaxRetrans: 2 });
    const change = (psmr: number): void =>
      link.association.setPathOptions(PEER_ADDRESS, { primarySwitchoverMaxRetrans: psmr }, link.lab.nowMs);
    expect(() => change(1)).toThrow("must not be below potentiallyFailedMaxRetrans, 2");
    expect(path(link).primarySwitchoverMaxRetrans).toBe(OFF);
    change(2);
    expect(path(link).primarySwitchoverMaxRetrans).toBe(2);
  });

  it("MUST: makes the path that carries DATA the primary one, at PSMR = PFMR with the first error, and keeps it", () => {
    const link = quick({ primarySwitchoverMaxRetrans: 0, heartbeatIntervalMs: 30_000 });
    const sent = timeOut(link);
    expect(pathEvents(link)).toEqual([
      `${PEER_ADDRESS} potentially-failed`,
      `${PEER_SECOND_ADDRESS} is primary`,
    ]);
    link.receive([link.sack(0)], FROM_SECOND);
    answer(link, sent, PEER_ADDRESS);
    expect([stateOf(link), path(link).isPrimary]).toEqual(["active", false]);
    expect(sentTo(link.send(10), "DATA")).toEqual([PEER_SECOND_ADDRESS]);
  });

  it("MAY: goes on using the former primary path when the new one fails", () => {
    const link = quick({ primarySwitchoverMaxRetrans: 0, heartbeatIntervalMs: 30_000 });
    const sent = timeOut(link);
    link.receive([link.sack(0)], FROM_SECOND);
    answer(link, sent, PEER_ADDRESS);
    link.send(10);
    expect(sentTo(link.lab.runUntilSent(), "DATA")).toEqual([PEER_ADDRESS]);
    expect(path(link)).toMatchObject({ isPrimary: true, carriesData: true });
  });

  it("MAY: waits for more errors than those that make it potentially failed", () => {
    const link = quick({ primarySwitchoverMaxRetrans: 2 });
    fail(link, PEER_ADDRESS, 2);
    expect(path(link)).toMatchObject({ state: "potentially-failed", isPrimary: true });
    fail(link, PEER_ADDRESS, 1);
    expect(path(link, PEER_SECOND_ADDRESS).isPrimary).toBe(true);
  });

  it("MUST: leaves the primary path what it is where no other one would carry DATA", () => {
    const link = quick({ primarySwitchoverMaxRetrans: 0 });
    fail(link, PEER_SECOND_ADDRESS, 2);
    fail(link, PEER_ADDRESS, 1);
    expect(path(link).isPrimary).toBe(true);
    fail(link, PEER_ADDRESS, 2);
    expect(path(link, PEER_SECOND_ADDRESS).isPrimary).toBe(true);
  });

  it("MUST: switches over without quick failover, at PSMR = PMR", () => {
    const link = quick({
      potentiallyFailedMaxRetrans: OFF,
      pathMaxRetrans: 1,
      primarySwitchoverMaxRetrans: 1,
    });
    fail(link, PEER_ADDRESS, 1);
    expect(path(link).isPrimary).toBe(true);
    fail(link, PEER_ADDRESS, 1);
    expect(pathEvents(link)).toEqual([`${PEER_ADDRESS} inactive`, `${PEER_SECOND_ADDRESS} is primary`]);
  });

  it("MUST: can be turned off, and is: DATA returns to the primary path as soon as that is active", () => {
    expect(ASSOCIATION_OPTIONS.primarySwitchoverMaxRetrans.default).toBe(OFF);
    const link = quick({ heartbeatIntervalMs: 30_000 });
    const sent = timeOut(link);
    link.receive([link.sack(0)], FROM_SECOND);
    expect(sentTo(link.send(10), "DATA")).toEqual([PEER_SECOND_ADDRESS]);
    link.receive([link.sack(1)], FROM_SECOND);
    answer(link, sent, PEER_ADDRESS);
    expect(sentTo(link.send(10), "DATA")).toEqual([PEER_ADDRESS]);
  });
});

describe("RFC 7829 6 Suggested SCTP Protocol Parameter Values", () => {
  it("SHOULD: PotentiallyFailed.Max.Retrans is 0 by default and in the preset, and what is given beside that wins", () => {
    expect(ASSOCIATION_OPTIONS.potentiallyFailedMaxRetrans.default).toBe(0);
    expect(associationOptions({ preset: "fastFailover" })).toMatchObject({
      preset: "fastFailover",
      potentiallyFailedMaxRetrans: 0,
      primarySwitchoverMaxRetrans: OFF,
      rtoInitialMs: 200,
      rtoMinMs: 100,
      sackDelayMs: 20,
      heartbeatIntervalMs: 500,
    });
    const more = { rtoMinMs: 50, potentiallyFailedMaxRetrans: 2 };
    expect(associationOptions({ preset: "fastFailover", ...more })).toMatchObject({
      ...more,
      sackDelayMs: 20,
    });
  });
});

/** A server, and a client with quick failover whose association is up; its addresses' news are subscribed to. */
function quickSockets(): { readonly net: Net; readonly client: SctpSocket } {
  const net = new Net();
  net.server();
  const client = net.near.socket("one-to-one");
  subscribe(client, "SCTP_PEER_ADDR_CHANGE");
  ok(client.setsockopt("SCTP_RTOINFO", { initialMs: 100, minMs: 100, maxMs: 100 }));
  ok(client.setsockopt("SCTP_PEER_ADDR_PARAMS", { heartbeatIntervalMs: 500 }));
  ok(
    client.setsockopt("SCTP_PEER_ADDR_THLDS", { pathMaxRetransmissions: 20, potentiallyFailedThreshold: 0 }),
  );
  ok(client.connectx([SERVER]));
  net.run();
  notifications(client, "SCTP_PEER_ADDR_CHANGE");
  return { net, client };
}

const changes = (client: SctpSocket): string[] =>
  notifications(client, "SCTP_PEER_ADDR_CHANGE").map(({ address, state }) => `${address} ${state}`);
const shownState = (client: SctpSocket): string =>
  ok(client.getsockopt("SCTP_GET_PEER_ADDR_INFO", undefined, { address: FAR_SECOND })).state;

describe("RFC 7829 7.1 Support for the Potentially Failed Path State", () => {
  it("SHOULD: tells of an address that becomes potentially failed, that is reached again, and that is not", () => {
    const { net, client } = quickSockets();
    net.world.cut("10.1.0.1", FAR_SECOND);
    net.run(1_500);
    expect([changes(client), shownState(client)]).toEqual([
      [`${FAR_SECOND} SCTP_ADDR_POTENTIALLY_FAILED`],
      "SCTP_POTENTIALLY_FAILED",
    ]);
    net.world.mend("10.1.0.1", FAR_SECOND);
    net.run(500);
    expect([changes(client), shownState(client)]).toEqual([
      [`${FAR_SECOND} SCTP_ADDR_AVAILABLE`],
      "SCTP_ACTIVE",
    ]);
    net.world.cut("10.1.0.1", FAR_SECOND);
    net.run(5_000);
    expect([changes(client), shownState(client)]).toEqual([
      [`${FAR_SECOND} SCTP_ADDR_POTENTIALLY_FAILED`, `${FAR_SECOND} SCTP_ADDR_UNREACHABLE`],
      "SCTP_INACTIVE",
    ]);
  });
});

describe("RFC 7829 7.2 Peer Address Thresholds (SCTP_PEER_ADDR_THLDS) Socket Option", () => {
  it("MUST: gives and takes the three thresholds, of one path, of all, and of those to come", () => {
    const net = new Net();
    const { client } = net.connected();
    const read = (address?: string) => {
      const value = ok(client.getsockopt("SCTP_PEER_ADDR_THLDS", undefined, { address }));
      const { pathMaxRetransmissions, potentiallyFailedThreshold, primarySwitchoverThreshold } = value;
      return [value.address, pathMaxRetransmissions, potentiallyFailedThreshold, primarySwitchoverThreshold];
    };
    const set = (address: string | undefined, pmr: number, pfmr: number, psmr?: number) =>
      client.setsockopt("SCTP_PEER_ADDR_THLDS", {
        address,
        pathMaxRetransmissions: pmr,
        potentiallyFailedThreshold: pfmr,
        primarySwitchoverThreshold: psmr,
      });
    ok(set(FAR, 4, 1, 2));
    expect(read(FAR)).toEqual([FAR, 4, 1, 2]);
    expect(read(FAR_SECOND).slice(1, 2)).toEqual([5]);
    ok(set(FAR, 3, 2));
    expect(read(FAR)).toEqual([FAR, 3, 2, 2]);
    for (const everywhere of [undefined, "0.0.0.0"]) {
      ok(set(everywhere, 7, 6, 65_535));
      for (const address of [FAR, FAR_SECOND]) expect(read(address)).toEqual([address, 7, 6, 65_535]);
      expect(read("0.0.0.0")).toEqual(["0.0.0.0", 7, 6, 65_535]);
    }
    const fresh = net.near.socket("one-to-many");
    const thresholds = { pathMaxRetransmissions: 2, potentiallyFailedThreshold: 1 };
    ok(fresh.setsockopt("SCTP_PEER_ADDR_THLDS", thresholds, "future"));
    const id = ok(fresh.connectx([SERVER]));
    net.run();
    expect(ok(fresh.getsockopt("SCTP_PEER_ADDR_THLDS", id, { address: FAR }))).toMatchObject(thresholds);
    expect(fresh.setsockopt("SCTP_PEER_ADDR_THLDS", thresholds, "all")).toBe("EINVAL");
    expect(fresh.setsockopt("SCTP_PEER_ADDR_THLDS", { ...thresholds, address: FAR })).toBe("EINVAL");
  });

  it("SHOULD: refuses with EINVAL a spt_pathcpthld below spt_pathpfthld, and without quick failover below spt_pathmaxrxt", () => {
    const { client } = new Net().connected();
    const set = (potentiallyFailedThreshold: number, primarySwitchoverThreshold: number, address?: string) =>
      client.setsockopt("SCTP_PEER_ADDR_THLDS", {
        address,
        pathMaxRetransmissions: 5,
        potentiallyFailedThreshold,
        primarySwitchoverThreshold,
      });
    for (const address of [undefined, FAR]) {
      expect([set(2, 1, address), set(65_535, 4, address)]).toEqual(["EINVAL", "EINVAL"]);
      expect([set(2, 2, address), set(65_535, 5, address)]).toEqual([0, 0]);
    }
  });
});

describe("RFC 7829 7.3 Exposing the Potentially Failed Path State (SCTP_EXPOSE_POTENTIALLY_FAILED_STATE) Socket Option", () => {
  it("SHOULD: hides the state and the ways into it and back, and no other", () => {
    const { net, client } = quickSockets();
    const name = "SCTP_EXPOSE_POTENTIALLY_FAILED_STATE";
    expect(client.getsockopt(name)).toBe(true);
    ok(client.setsockopt(name, false));
    expect(client.getsockopt(name)).toBe(false);
    net.world.cut("10.1.0.1", FAR_SECOND);
    net.run(1_500);
    expect([changes(client), shownState(client)]).toEqual([[], "SCTP_ACTIVE"]);
    net.world.mend("10.1.0.1", FAR_SECOND);
    net.run(500);
    expect(changes(client)).toEqual([]);
    net.world.cut("10.1.0.1", FAR_SECOND);
    net.run(5_000);
    expect([changes(client), shownState(client)]).toEqual([
      [`${FAR_SECOND} SCTP_ADDR_UNREACHABLE`],
      "SCTP_INACTIVE",
    ]);
    net.world.mend("10.1.0.1", FAR_SECOND);
    net.run(2_000);
    expect(changes(client)).toEqual([`${FAR_SECOND} SCTP_ADDR_AVAILABLE`]);
  });

  it("SHOULD: is a choice for associations to come, which each has for itself", () => {
    const net = new Net();
    const { server, serverId } = net.connected("one-to-many");
    const name = "SCTP_EXPOSE_POTENTIALLY_FAILED_STATE";
    ok(server.setsockopt(name, false, "future"));
    expect([server.getsockopt(name, "future"), server.getsockopt(name, serverId)]).toEqual([false, true]);
    const second = net.near.socket("one-to-one");
    ok(second.connectx([SERVER]));
    net.run();
    const newest = server.associationIds.at(-1);
    expect(server.getsockopt(name, newest)).toBe(false);
    expect(server.setsockopt(name, true, "all")).toBe("EINVAL");
  });
});

describe("RFC 7829 8 Security Considerations", () => {
  it("MUST: tells of a path as often as its probes are answered, not as often as somebody repeats an answer", () => {
    const link = quick({ heartbeatIntervalMs: 1_000 });
    const asked = link.lab.run(2_500).filter(({ to }) => to === PEER_ADDRESS);
    const [heard] = chunksOf(asked, "HEARTBEAT");
    if (heard === undefined) throw new Error("no HEARTBEAT was sent");
    const repeat = { ...heard, kind: "HEARTBEAT ACK" } as const;
    link.receive([repeat]);
    expect(stateOf(link)).toBe("active");
    link.lab.run(5_000);
    expect(stateOf(link)).toBe("potentially-failed");
    const told = pathEvents(link).length;
    for (let i = 0; i < 100; i++) link.receive([repeat]);
    expect([stateOf(link), pathEvents(link).length]).toEqual(["potentially-failed", told]);
  });
});
