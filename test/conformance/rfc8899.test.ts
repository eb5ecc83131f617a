/** Packetization layer path MTU discovery for SCTP over UDP (RFC 8899). */
import { describe, expect, it } from "vitest";
import { RAISE_INTERVAL_MS } from "../../src/association/paths/packet-size-search.ts";
import type { PathInfo } from "../../src/association/reporting/status.ts";
import { ASSOCIATION_OPTIONS, type AssociationOptions } from "../../src/base/options.ts";
import type { InitChunk } from "../../src/chunks/chunk.ts";
import {
  addressParameter,
  chunksOf,
  cookieParameter,
  echoOf,
  firstOf,
  HEARTBEAT,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  type LabOptions,
  type Link,
  OUR_ADDRESS,
  OUR_SECOND_ADDRESS,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  type SentPacket,
} from "./lab.ts";

const WANTED = { pathMtuDiscovery: true, heartbeatIntervalMs: 0, maxBurst: 1_024 } as const;
/** An interface of Ethernet: 1,500 bytes less the headers of IPv4 and UDP. Larger packets leave in pieces. */
const ETHERNET: LabOptions = { limitsTo: () => ({ maxBytes: 1_472, cutFromBytes: 1_473 }) };
const JUMBO: LabOptions = { limitsTo: () => ({ maxBytes: 8_972, cutFromBytes: 8_973 }) };
const ETHERNET_SIZES = [1_200, 1_252, 1_372, 1_392, 1_412, 1_432, 1_452, 1_464, 1_472];

function searching(
  lab: LabOptions = ETHERNET,
  options: Partial<AssociationOptions> = {},
  init: Partial<InitChunk> = {},
): Link {
  return new Lab(lab).accepted({ ...WANTED, ...options }, init);
}

const isProbe = ({ kinds }: SentPacket): boolean => kinds.join("+") === "HEARTBEAT+PAD";
const probesIn = (packets: readonly SentPacket[]): number[] =>
  packets.filter(isProbe).map(({ lengthBytes }) => lengthBytes);
const upTo = (limit: number) => (packet: SentPacket) => packet.lengthBytes <= limit;
const path = (link: Link, address: string = PEER_ADDRESS): PathInfo => link.association.path(address);
const found = (link: Link): unknown[] => [path(link).pathMtuSearch, path(link).maxPacketBytes];

/** The peer answers a HEARTBEAT. */
function answer(link: Link, { chunks, from, to }: SentPacket): SentPacket[] {
  const [heartbeat] = chunks;
  if (heartbeat?.kind !== "HEARTBEAT") return [];
  return link.receive([{ ...heartbeat, kind: "HEARTBEAT ACK" }], { from: to, to: from });
}

/**
 * Lets time pass. HEARTBEATs that arrive are answered 10 ms later, DATA is not.
 * @param carries whether a packet arrives
 * @returns what was sent
 */
function play(link: Link, ms: number, carries: (packet: SentPacket) => boolean): SentPacket[] {
  const { lab } = link;
  const endMs = lab.nowMs + ms;
  const all = lab.flush();
  let at = 0;
  for (let step = 0; step < 100_000; step++) {
    const packet = all[at];
    if (packet !== undefined) {
      at++;
      if (!carries(packet) || !packet.kinds.includes("HEARTBEAT")) continue;
      lab.nowMs += 10;
      all.push(...answer(link, packet));
      continue;
    }
    const waitMs = lab.stack.nextDeadlineMs() - lab.nowMs;
    if (lab.nowMs + waitMs > endMs) break;
    all.push(...lab.run(Math.max(1, waitMs)));
  }
  lab.nowMs = Math.max(lab.nowMs, endMs);
  return all;
}

/** The peer has everything that was sent. */
function acknowledgeAll(link: Link): SentPacket[] {
  const offsets = chunksOf(link.lab.sent, "DATA").map(({ tsn }) => (tsn - link.ourTsn) >>> 0);
  return offsets.length === 0 ? [] : link.receive([link.sack(Math.max(...offsets))]);
}

describe("RFC 8899 3 Features Required to Provide Datagram PLPMTUD", () => {
  it("MUST NOT: nothing but probes is larger than what has been confirmed", () => {
    const link = searching();
    link.association.send(new Uint8Array(500_000), {}, link.lab.nowMs);
    const sizes = new Set<number>();
    const checked = (packets: readonly SentPacket[]): readonly SentPacket[] => {
      for (const packet of packets) {
        if (isProbe(packet)) continue;
        expect(packet.lengthBytes).toBeLessThanOrEqual(path(link).maxPacketBytes);
        sizes.add(packet.lengthBytes);
      }
      return packets;
    };
    let packets = checked(link.lab.run(2));
    for (let round = 0; round < 15; round++) {
      const answers = packets.filter(isProbe).flatMap((packet) => checked(answer(link, packet)));
      packets = [...answers, ...checked(acknowledgeAll(link))];
    }
    expect(path(link).maxPacketBytes).toBe(1_472);
    for (const size of ETHERNET_SIZES) expect(sizes).toContain(size);
  });

  it("MUST: what is known of the interface bounds the search, and so do the option and the peer's window", () => {
    const largest = (
      lab: LabOptions,
      options: Partial<AssociationOptions>,
      aRwndBytes = 1_048_576,
    ): number => {
      const link = searching(lab, options, { aRwndBytes });
      play(link, 100_000, () => true);
      return path(link).maxPacketBytes;
    };
    expect(largest(JUMBO, {})).toBe(8_972);
    expect(largest({}, {})).toBe(65_504);
    expect(largest({}, { pathMtuMaxBytes: 4_000 })).toBe(4_000);
    expect(largest({}, {}, 32_000)).toBe(2_000);
    expect(largest({}, {}, 4_000)).toBe(1_200);
  });

  it("MUST: a probe follows the one before by a round trip at least", () => {
    const link = searching();
    const [first] = link.lab.run(2);
    expect(link.lab.run(15_000)).toEqual([]);
    expect(probesIn(answer(link, first as SentPacket))).toEqual([1_252]);
  });

  it("SHOULD NOT: a lost probe is no sign of congestion, and no error of path or association", () => {
    const link = searching(ETHERNET, { associationMaxRetrans: 0, pathMaxRetrans: 0 });
    const { cwndBytes, ssthreshBytes, rtoMs } = path(link);
    play(link, 200_000, () => false);
    expect(path(link)).toMatchObject({ cwndBytes, ssthreshBytes, rtoMs, errorCount: 0, state: "active" });
    expect(link.state).toBe("ESTABLISHED");
  });

  it("MUST NOT: larger packets make no larger congestion window", () => {
    const link = searching(JUMBO);
    const { cwndBytes } = path(link);
    play(link, 100_000, () => true);
    expect(path(link)).toMatchObject({ maxPacketBytes: 8_972, cwndBytes, flightBytes: 0 });
  });

  it("SHOULD NOT: neither the peer's window nor a full congestion window holds a probe back", () => {
    const link = searching();
    link.send(100_000);
    link.receive([link.sack(0, { aRwndBytes: 0 })]);
    expect(link.association.status().peerRwndBytes).toBe(0);
    const packets = play(link, 500, upTo(1_300));
    expect(probesIn(packets)).toEqual([1_200, 1_252, 1_372]);
  });

  it("MUST: each path has a search of its own, and messages are cut for the smaller one", () => {
    const lab = new Lab({ ...JUMBO, localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    const both = [PEER_ADDRESS, PEER_SECOND_ADDRESS];
    const parameters = [cookieParameter(), ...both.map(addressParameter)];
    const link = lab.connected(WANTED, { parameters }, both);
    play(link, 100_000, ({ to, lengthBytes }) => lengthBytes <= (to === PEER_ADDRESS ? 8_972 : 1_400));
    expect(both.map((address) => path(link, address).maxPacketBytes)).toEqual([8_972, 1_392]);
    expect(link.association.status().fragmentationPointBytes).toBe(1_392 - 12 - 16);
  });
});

describe("RFC 8899 4.1 PLPMTU Probe Packets", () => {
  it("MUST: an answer that comes again, to another probe or with other numbers confirms nothing", () => {
    const link = searching();
    const [first] = link.lab.run(2) as [SentPacket];
    const [second] = answer(link, first) as [SentPacket];
    expect(second.lengthBytes).toBe(1_252);
    expect(answer(link, first)).toEqual([]); // Again.
    const info = firstOf([second], "HEARTBEAT").parameters;
    for (const at of [4, 11]) {
      const parameters = info.map((byte, i) => (i === at ? byte ^ 1 : byte));
      link.receive([{ kind: "HEARTBEAT ACK", parameters, info: parameters.subarray(4) }]);
    }
    link.receive([{ kind: "HEARTBEAT ACK", parameters: info.subarray(0, 12), info: info.subarray(4, 12) }]);
    expect(found(link)).toEqual(["SEARCHING", 1_200]);
    answer(link, second);
    expect(found(link)).toEqual(["SEARCHING", 1_252]);
  });

  it("MUST: an answer that comes after PROBE_TIMER has expired confirms nothing", () => {
    const link = searching();
    const [first] = link.lab.run(2) as [SentPacket];
    const [late] = answer(link, first) as [SentPacket];
    link.lab.run(21_000);
    answer(link, late);
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 1_200]);
  });

  it("MUST: padding is not taken for data of the user's", () => {
    const link = searching();
    const padding = new Uint8Array(1_000).fill(0x61);
    link.receive([link.data(0), { kind: "PAD", padding }]);
    expect(link.read()).toEqual(["hello"]);
  });
});

describe("RFC 8899 4.3 Black Hole Detection and Reducing the PLPMTU", () => {
  /** A link of 8,972 bytes that has been found, with two packets outstanding of a message that fills more. */
  function grown(lab: LabOptions = JUMBO): Link {
    const link = searching(lab);
    play(link, 30_000, () => true);
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 8_972]);
    link.send(40_000);
    return link;
  }

  it("MUST: full packets that vanish three times in a row bring the base back, without ICMP", () => {
    const link = grown();
    const sizes: number[] = [];
    play(link, 1_500, upTo(1_200));
    sizes.push(path(link).maxPacketBytes); // Once.
    play(link, 2_000, upTo(1_200));
    sizes.push(path(link).maxPacketBytes); // Twice.
    play(link, 4_000, upTo(1_200));
    sizes.push(path(link).maxPacketBytes);
    expect(sizes).toEqual([8_972, 8_972, 1_200]);
    expect(link.association.status().fragmentationPointBytes).toBe(1_172);
  });

  it("MUST: then the base is tried, and what is larger, but never what vanished", () => {
    const link = grown();
    const packets = play(link, 60_000, upTo(1_400));
    expect(probesIn(packets)).toEqual([1_200, 1_252, 1_372, 1_392, 1_412]);
    expect(path(link).maxPacketBytes).toBe(1_392);
  });

  it("MUST NOT: small packets that are lost, or large ones of which some arrive, are no black hole", () => {
    const small = searching(JUMBO);
    play(small, 30_000, () => true);
    small.send(100);
    play(small, 30_000, () => false);
    expect(path(small).maxPacketBytes).toBe(8_972);
    const partly = grown();
    for (let round = 1; round <= 3; round++) {
      while (partly.association.stats.timeouts < 2 * round) partly.lab.runUntilSent();
      acknowledgeAll(partly);
      partly.send(9_000);
    }
    expect(path(partly).maxPacketBytes).toBe(8_972);
  });

  it("MUST: what was cut for larger packets goes alone, made so large that it is cut on its way (RFC 9260 6.9)", () => {
    const link = grown();
    const packets = play(link, 20_000, upTo(1_200)).filter(({ kinds }) => kinds.includes("DATA"));
    const last = packets.at(-1) as SentPacket;
    expect(last.kinds).toEqual(["PAD", "DATA"]);
    expect(last.lengthBytes).toBe(8_976);
    expect(firstOf([last], "DATA").payload).toHaveLength(8_944);
    const rest = [...acknowledgeAll(link), ...link.lab.run(1_000)];
    expect(rest.length).toBeGreaterThan(1);
    expect(rest.every(({ lengthBytes }) => lengthBytes === 8_976 || lengthBytes <= 1_200)).toBe(true);
  });

  it("MUST: where packets are not known to be cut, it goes alone as it is", () => {
    const link = grown({ limitsTo: () => ({ maxBytes: 8_972, cutFromBytes: undefined }) });
    const packets = play(link, 20_000, upTo(1_200)).filter(({ kinds }) => kinds.includes("DATA"));
    expect(packets.at(-1)?.kinds).toEqual(["DATA"]);
    expect(packets.at(-1)?.lengthBytes).toBe(8_972);
  });
});

describe("RFC 8899 4.4 The Maximum Packet Size (MPS)", () => {
  it("SHOULD: the user can ask how large packets, and how large messages in one chunk, may be", () => {
    const link = searching();
    play(link, 1_000, () => true);
    expect(path(link).maxPacketBytes).toBe(1_472);
    expect(link.association.status().fragmentationPointBytes).toBe(1_472 - 12 - 16);
    expect(link.send(1_444).map(({ lengthBytes }) => lengthBytes)).toEqual([1_472]);
  });
});

describe("RFC 8899 5.1.1 Timers", () => {
  it("MUST NOT: PROBE_TIMER is not shorter than a second", () => {
    expect(() => new Lab().connect({ pathMtuProbeTimeoutMs: 999 })).toThrow(/pathMtuProbeTimeoutMs/);
  });

  it("SHOULD: it is longer than 15 s by default", () => {
    expect(ASSOCIATION_OPTIONS.pathMtuProbeTimeoutMs.default).toBeGreaterThan(15_000);
    const link = searching();
    play(link, 15_100, upTo(1_200));
    expect(found(link)).toEqual(["SEARCHING", 1_200]);
    play(link, 5_000, upTo(1_200));
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 1_200]);
  });

  it("SHOULD: larger packets are tried again after 600 s, if there was DATA meanwhile", () => {
    const link = searching();
    play(link, 30_000, upTo(1_400));
    expect(play(link, 2 * RAISE_INTERVAL_MS, () => true)).toEqual([]);
    link.send(10);
    acknowledgeAll(link);
    expect(probesIn(play(link, RAISE_INTERVAL_MS, () => true))).toEqual([1_412, 1_432, 1_452, 1_464, 1_472]);
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 1_472]);
  });
});

describe("RFC 8899 5.1.2 Constants", () => {
  it("SHOULD: BASE_PLPMTU is 1,200 bytes by default", () => {
    expect(ASSOCIATION_OPTIONS.maxPacketBytes.default).toBe(1_200);
    expect(probesIn(play(searching(), 1_000, () => false))).toEqual([1_200]);
  });

  it("SHOULD: MAX_PROBES can be more than one, and the search ends when so many are lost in a row", () => {
    const link = searching(ETHERNET, { pathMtuMaxProbes: 3 });
    let count = 0;
    const packets = play(link, 100_000, ({ lengthBytes }) => lengthBytes < 1_400 && ++count % 3 !== 0);
    const sizes = probesIn(packets);
    expect(sizes.filter((size) => size === 1_412)).toHaveLength(3);
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 1_392]);
  });
});

describe("RFC 8899 5.2 State Machine", () => {
  it("SHOULD NOT: nothing is tried any more once the search is complete", () => {
    const link = searching();
    play(link, 1_000, () => true);
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 1_472]);
    link.send(5_000);
    acknowledgeAll(link);
    expect(probesIn(play(link, RAISE_INTERVAL_MS - 10_000, () => true))).toEqual([]);
  });

  it("MUST: goes from BASE to SEARCHING with the first answer, and to ERROR without one, which the next one ends", () => {
    const link = searching();
    link.lab.run(2);
    expect(found(link)).toEqual(["BASE", 1_200]);
    play(link, 80_000, () => false);
    expect(found(link)).toEqual(["ERROR", 512]);
    expect(link.association.status().fragmentationPointBytes).toBe(512 - 12 - 16);
    play(link, 25_000, upTo(1_252));
    expect(path(link).maxPacketBytes).toBe(1_252);
  });

  it("MUST: a path that cannot be reached carries the base and is not tried, until it can", () => {
    const link = searching(JUMBO, { pathMaxRetrans: 0, heartbeatIntervalMs: 5_000 });
    play(link, 1_000, () => true);
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 8_972]);
    play(link, 30_000, () => false);
    expect(path(link).state).toBe("inactive");
    expect(found(link)).toEqual(["DISABLED", 1_200]);
    play(link, 60_000, () => true);
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 8_972]);
  });

  it("MUST: a path begins when its address has been verified, and not before", () => {
    const lab = new Lab({ ...ETHERNET, localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    const link = lab.accepted(WANTED, { parameters: [addressParameter(PEER_SECOND_ADDRESS)] });
    const packets = play(link, 1_000, ({ to }) => to === PEER_ADDRESS);
    expect(packets.filter(({ to }) => to === PEER_SECOND_ADDRESS).some(isProbe)).toBe(false);
    expect(path(link, PEER_SECOND_ADDRESS).pathMtuSearch).toBeUndefined();
    play(link, 60_000, () => true);
    expect(path(link, PEER_SECOND_ADDRESS)).toMatchObject({
      pathMtuSearch: "SEARCH_COMPLETE",
      maxPacketBytes: 1_472,
    });
  });

  it("MUST: a peer that begins anew is searched for anew (RFC 9260 5.2.4)", () => {
    const link = searching();
    play(link, 1_000, () => true);
    const initAck = firstOf(link.lab.receive([initChunk({ initiateTag: 0x5566_7788 })]), "INIT ACK");
    link.lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(link.lab.eventKinds).toContain("restarted");
    expect(found(link)).toEqual(["BASE", 1_200]);
    expect(probesIn(play(link, 1_000, () => true))).toEqual(ETHERNET_SIZES);
  });

  it("MUST: no probe is sent where no HEARTBEAT may be: in the end of an association", () => {
    const link = searching();
    link.lab.run(2);
    link.association.shutdown(link.lab.nowMs);
    expect(probesIn(play(link, 50_000, () => true))).toEqual([]);
  });
});

describe("RFC 8899 5.3.1 Probing for a Larger PLPMTU", () => {
  it("SHOULD: each size that is answered is used, and the next larger one is tried, up to the largest", () => {
    const link = searching();
    expect(probesIn(play(link, 1_000, () => true))).toEqual(ETHERNET_SIZES);
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 1_472]);
  });

  it("SHOULD: a peer that answers nothing above some size is sent nothing above it", () => {
    const link = searching({});
    play(link, 60_000, upTo(8_192)); // It reads no more of a datagram.
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 8_192]);
    const sizes = link.send(100_000).map(({ lengthBytes }) => lengthBytes);
    expect(Math.max(...sizes)).toBe(8_192);
  });
});

describe("RFC 8899 5.3.2 Selection of Probe Sizes", () => {
  it("SHOULD: common MTUs are tried, none for a gain of a few bytes, and each one upwards", () => {
    const sizes = probesIn(play(searching(JUMBO), 10_000, () => true));
    expect(sizes).toEqual([...ETHERNET_SIZES, 2_276, 4_324, 8_192, 8_972]);
  });
});

describe("RFC 8899 5.3.3 Resilience to Inconsistent Path Information", () => {
  it("SHOULD: after a lost probe nothing above the confirmed size is believed for ten minutes", () => {
    const link = searching();
    play(link, 30_000, upTo(1_400));
    link.send(10);
    acknowledgeAll(link);
    const packets = play(link, RAISE_INTERVAL_MS - 31_000, () => true); // A host that cuts lets all sizes arrive.
    expect([probesIn(packets), ...found(link)]).toEqual([[], "SEARCH_COMPLETE", 1_392]);
  });
});

describe("RFC 8899 3 Features Required to Provide Datagram PLPMTUD, shared", () => {
  it("SHOULD: what was lost on the way to an address holds for all associations with it", () => {
    const first = searching(JUMBO);
    play(first, 30_000, upTo(1_472));
    const { lab } = first;
    const association = lab.stack.connect(
      {
        remoteAddresses: [PEER_ADDRESS],
        remotePort: 6_000,
        remoteUdpPort: 9_899,
        localPort: 8,
        options: WANTED,
      },
      lab.nowMs,
    );
    const envelope = { sourcePort: 6_000, destinationPort: 8 };
    const { initiateTag: tag } = firstOf(lab.flush(), "INIT");
    lab.receive([initAckChunk({ initiateTag: 0x7777 })], { tag, ...envelope });
    lab.receive([{ kind: "COOKIE ACK" }], { tag, ...envelope });
    let packets = lab.run(2);
    for (let round = 0; round < 20; round++)
      packets = packets.filter(isProbe).flatMap((packet) => {
        const heartbeat = firstOf([packet], "HEARTBEAT");
        return lab.receive([{ ...heartbeat, kind: "HEARTBEAT ACK" }], { tag, ...envelope });
      });
    expect(association.path(PEER_ADDRESS)).toMatchObject({
      pathMtuSearch: "SEARCH_COMPLETE",
      maxPacketBytes: 1_472,
    });
  });
});

describe("RFC 8899 6.2 DPLPMTUD for SCTP", () => {
  it("SHOULD: a probe is a HEARTBEAT of the least length with a PAD chunk behind it, and nothing else", () => {
    const link = searching();
    link.association.send(new Uint8Array(10), {}, link.lab.nowMs);
    link.receive([link.data(0)]);
    link.association.requestHeartbeat(PEER_ADDRESS, link.lab.nowMs);
    const packets = play(link, 1_000, () => true);
    const probes = packets.filter(isProbe);
    expect(probes).toHaveLength(ETHERNET_SIZES.length);
    expect(kindsOf(packets).filter((kinds) => kinds.includes("PAD"))).toEqual(
      probes.map(() => "HEARTBEAT+PAD"),
    );
    for (const { chunks } of probes) {
      const [heartbeat, pad] = chunks;
      expect(heartbeat?.kind === "HEARTBEAT" && heartbeat.info?.length).toBe(32);
      expect(pad?.kind === "PAD" && pad.padding.every((byte) => byte === 0)).toBe(true);
    }
  });
});

describe("RFC 8899 6.2.1.2 Sending SCTP Probe Packets", () => {
  it("SHOULD: what is to be said at the same time goes in packets of its own", () => {
    const link = searching();
    const heartbeat = firstOf(link.lab.run(2), "HEARTBEAT");
    const packets = link.receive([HEARTBEAT, { ...heartbeat, kind: "HEARTBEAT ACK" }, link.data(0)]);
    expect(kindsOf(packets).at(0)).toContain("HEARTBEAT ACK");
    expect(kindsOf(packets).at(-1)).toBe("HEARTBEAT+PAD");
    expect(probesIn(packets)).toEqual([1_252]);
  });

  it("SHOULD: an answer is a success of path and association, and its round trip is not taken", () => {
    const link = searching(ETHERNET, { pathMaxRetrans: 3 });
    link.lab.run(2);
    const [probe] = link.lab.sent.filter(isProbe) as [SentPacket];
    link.send(10);
    link.lab.run(3_500);
    expect(path(link)).toMatchObject({ errorCount: 2, srttMs: undefined });
    answer(link, probe);
    expect(path(link)).toMatchObject({ errorCount: 0, srttMs: undefined });
  });
});

describe("RFC 8899 6.2.1.2 Sending SCTP Probe Packets, where there is no room", () => {
  it("SHOULD: a probe that cannot be queued is sent later, and does not count as lost", () => {
    const link = searching(ETHERNET, { maxControlChunksQueued: 8 });
    const heartbeat = firstOf(link.lab.run(2), "HEARTBEAT");
    const many = new Array<typeof HEARTBEAT>(10).fill(HEARTBEAT);
    expect(probesIn(link.receive([...many, { ...heartbeat, kind: "HEARTBEAT ACK" }]))).toEqual([]);
    expect(found(link)).toEqual(["SEARCHING", 1_200]);
    expect(probesIn(play(link, 30_000, () => true))).toEqual(ETHERNET_SIZES.slice(1));
  });
});

describe("RFC 8899 6.2.1.3 Validating the Path with SCTP", () => {
  it("MUST NOT: no CONFIRMATION_TIMER runs", () => {
    const link = searching();
    play(link, 1_000, () => true);
    for (let minute = 0; minute < 9; minute++) {
      link.send(10);
      acknowledgeAll(link);
      expect(play(link, 60_000, () => true)).toEqual([]);
    }
  });
});

describe("RFC 8899 6.2.2 DPLPMTUD for SCTP/UDP", () => {
  it("SHOULD: it is there for the asking, and off by default: packets stay as they are", () => {
    const link = new Lab(JUMBO).accepted({ heartbeatIntervalMs: 0 });
    expect(play(link, 700_000, () => true)).toEqual([]);
    expect(found(link)).toEqual([undefined, 1_200]);
  });

  it("MAY: it is turned on and off while the association lives, for all paths or for one", () => {
    const link = new Lab(ETHERNET).accepted({ heartbeatIntervalMs: 0 });
    const { association, lab } = link;
    association.setPathOptions(PEER_ADDRESS, { pathMtuDiscovery: true }, lab.nowMs);
    play(link, 1_000, upTo(1_300));
    association.setPathOptions(PEER_ADDRESS, { pathMtuDiscovery: false }, lab.nowMs);
    expect(found(link)).toEqual([undefined, 1_252]);
    expect(probesIn(play(link, 700_000, () => true))).toEqual([]);
    association.setOptions({ pathMtuDiscovery: true }, lab.nowMs);
    expect(probesIn(play(link, 1_000, () => true))).toEqual(ETHERNET_SIZES);
    association.setOptions({ pathMtuMaxBytes: 1_400 }, lab.nowMs);
    play(link, 1_000, () => true);
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 1_400]);
    association.setOptions({ pathMtuDiscovery: false }, lab.nowMs);
    expect(found(link)).toEqual([undefined, 1_400]);
  });

  it("MAY: a size that the user gives is where the search begins", () => {
    const link = searching();
    play(link, 1_000, () => true);
    link.association.setPathOptions(PEER_ADDRESS, { maxPacketBytes: 1_000 }, link.lab.nowMs);
    expect(found(link)).toEqual(["BASE", 1_000]);
    expect(probesIn(play(link, 1_000, () => true))).toEqual([1_000, ...ETHERNET_SIZES.slice(1)]);
    link.association.setOptions({ maxPacketBytes: 1_300 }, link.lab.nowMs);
    expect(found(link)).toEqual(["BASE", 1_300]);
  });
});

describe("RFC 8899 6.2.2.2 Sending SCTP/UDP Probe Packets", () => {
  it("SHOULD: the headers of UDP and IP are taken off the MTUs that are tried, 28 or 48 bytes", () => {
    const four = probesIn(play(searching(), 1_000, () => true));
    expect(four.map((size) => size + 28).slice(1)).toEqual([
      1_280, 1_400, 1_420, 1_440, 1_460, 1_480, 1_492, 1_500,
    ]);
    const [ours, theirs] = ["2001:db8::1", "2001:db8::2"];
    const lab = new Lab({
      localAddresses: [ours],
      limitsTo: () => ({ maxBytes: 1_452, cutFromBytes: undefined }),
    });
    const association = lab.connect(WANTED, [theirs]);
    const init = firstOf(lab.flush(), "INIT");
    const envelope = { tag: init.initiateTag, from: theirs, to: ours };
    lab.receive([initAckChunk()], envelope);
    lab.receive([{ kind: "COOKIE ACK" }], envelope);
    const [first] = lab.run(2) as [SentPacket];
    const heartbeat = firstOf([first], "HEARTBEAT");
    const [next] = lab.receive([{ ...heartbeat, kind: "HEARTBEAT ACK" }], envelope) as [SentPacket];
    expect([first.lengthBytes, next.lengthBytes + 48]).toEqual([1_200, 1_280]);
    expect(association.state).toBe("ESTABLISHED");
  });
});

describe("RFC 8899 8 Security Considerations", () => {
  it("MUST: who cannot see a probe cannot answer it: 64 bits of it are random, and new each time", () => {
    const link = searching();
    const probes = play(link, 1_000, () => true).filter(isProbe);
    const nonces = probes.map((packet) => firstOf([packet], "HEARTBEAT").info?.subarray(0, 8).join());
    expect(new Set(nonces).size).toBe(ETHERNET_SIZES.length);
  });

  it("SHOULD: answers that nobody asked for make nothing go on faster", () => {
    const link = searching();
    const [first] = link.lab.run(2) as [SentPacket];
    const heartbeat = firstOf([first], "HEARTBEAT");
    for (let i = 0; i < 50; i++) link.receive([{ ...heartbeat, kind: "HEARTBEAT ACK" }]);
    expect(probesIn(link.lab.sent)).toEqual([1_200, 1_252]);
  });
});
