/**
 * The search for larger packets that nobody has asked for (`pathMtuDiscovery: "auto"`): when it begins, what bounds it, and that it harms
 * nobody who answers no probes. What a search does is in test/conformance/rfc8899.test.ts.
 */
import { describe, expect, it } from "vitest";
import { UNASKED_FROM_BYTES } from "../../../../src/association/procedures/path-mtu-discovery.ts";
import type { PathInfo } from "../../../../src/association/reporting/status.ts";
import { type AssociationOptions, associationOptions } from "../../../../src/base/options.ts";
import type { InitChunk } from "../../../../src/chunks/chunk.ts";
import {
  initAckChunk,
  Lab,
  type LabOptions,
  type Link,
  only,
  PEER_ADDRESS,
  type SentPacket,
} from "../../../conformance/lab.ts";

const LOOPBACK: LabOptions = {
  limitsTo: () => ({
    maxBytes: 65_507,
    cutFromBytes: undefined,
    unaskedMaxBytes: 65_000,
    staysOnHost: true,
  }),
};
const JUMBO: LabOptions = {
  limitsTo: () => ({ maxBytes: 8_972, cutFromBytes: 8_973, unaskedMaxBytes: 8_972 }),
};
const ETHERNET: LabOptions = {
  limitsTo: () => ({ maxBytes: 1_472, cutFromBytes: 1_473, unaskedMaxBytes: 1_472 }),
};
const TUNNEL: LabOptions = {
  limitsTo: () => ({ maxBytes: 1_392, cutFromBytes: 1_393, unaskedMaxBytes: 1_392 }),
};
/** Its MTU is not known. */
const OTHER: LabOptions = { limitsTo: () => ({ maxBytes: 1_472, cutFromBytes: undefined }) };
const WINDOW_BYTES = 1_048_576;
const AUTO = { pathMtuDiscovery: "auto", heartbeatIntervalMs: 0 } as const;

function accepted(
  lab: LabOptions = LOOPBACK,
  options: Partial<AssociationOptions> = {},
  init: Partial<InitChunk> = {},
): Link {
  return new Lab(lab).accepted({ ...AUTO, ...options }, { aRwndBytes: WINDOW_BYTES, ...init });
}

const path = (link: Link): PathInfo => link.association.path(PEER_ADDRESS);
const found = (link: Link): unknown[] => [path(link).pathMtuSearch, path(link).maxPacketBytes];
const isProbe = ({ kinds }: SentPacket): boolean => kinds.join("+") === "HEARTBEAT+PAD";

/** Everything that has been sent is acknowledged. */
function acknowledged(link: Link, lengthBytes: number): void {
  link.send(lengthBytes);
  for (let round = 0; round < 1_000 && link.association.bufferedBytes > 0; round++) {
    const { unackedChunks } = link.association.status();
    next.set(link, (next.get(link) ?? -1) + unackedChunks);
    link.receive([link.sack(next.get(link) ?? 0, { aRwndBytes: WINDOW_BYTES })]);
  }
}
const next = new WeakMap<Link, number>();

/** The sizes that are tried. @param carries whether a probe of the size is answered, at once */
function probed(link: Link, carries: (bytes: number) => boolean): number[] {
  const sizes: number[] = [];
  let packets = link.lab.run(1);
  for (let step = 0; step < 2_000; step++) {
    const probe = packets.find(isProbe);
    if (probe === undefined) {
      if (path(link).pathMtuSearch !== "SEARCHING") return sizes;
      packets = link.lab.run(100);
      continue;
    }
    sizes.push(probe.lengthBytes);
    const [heartbeat] = probe.chunks;
    if (heartbeat?.kind !== "HEARTBEAT" || !carries(probe.lengthBytes)) packets = link.lab.run(1);
    else packets = link.receive([{ ...heartbeat, kind: "HEARTBEAT ACK" }]);
  }
  throw new Error("the search never ends");
}

describe("An unasked search", () => {
  it("begins once 64 KiB have been sent, with what Ethernet carries, and not with the base, which DATA has proven", () => {
    const link = accepted();
    acknowledged(link, UNASKED_FROM_BYTES - 1);
    expect(link.lab.run(3_600_000).filter(isProbe)).toEqual([]);
    expect(found(link)).toEqual(["DISABLED", 1_200]);
    acknowledged(link, 1);
    expect(probed(link, () => true)).toEqual([
      1_472, 2_276, 4_324, 8_192, 8_972, 9_188, 16_356, 32_740, 65_000,
    ]);
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 65_000]);
  });

  it("begins with the association where so much waits already", () => {
    const lab = new Lab(LOOPBACK);
    const association = lab.connect(AUTO);
    association.send(new Uint8Array(UNASKED_FROM_BYTES), {}, lab.nowMs);
    expect(association.paths()[0]?.pathMtuSearch).toBe("DISABLED");
    const { initiateTag: tag } = only(lab.flush(), "INIT");
    lab.receive([initAckChunk()], { tag });
    lab.receive([{ kind: "COOKIE ACK" }], { tag });
    expect(association.paths()[0]?.pathMtuSearch).toBe("SEARCHING");
    expect(lab.run(1).filter(isProbe)).toHaveLength(1);
  });

  it("ends where nothing is answered, with packets as they were, and no error or smaller window anywhere", () => {
    const link = accepted(LOOPBACK, { associationMaxRetrans: 0, pathMaxRetrans: 0 });
    acknowledged(link, UNASKED_FROM_BYTES);
    const { cwndBytes, ssthreshBytes, rtoMs } = path(link);
    expect(probed(link, () => false)).toEqual([1_472, 1_472, 1_472]);
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 1_200]);
    expect(path(link)).toMatchObject({ cwndBytes, ssthreshBytes, rtoMs, errorCount: 0, state: "active" });
    expect(link.lab.run(100_000)).toEqual([]);
  });

  it("ends at the largest packet that the peer reads, after three seconds", () => {
    const link = accepted();
    acknowledged(link, UNASKED_FROM_BYTES);
    const beganMs = link.lab.nowMs;
    expect(probed(link, (bytes) => bytes <= 8_192).slice(-4)).toEqual([8_192, 8_972, 8_972, 8_972]);
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 8_192]);
    expect(link.lab.nowMs - beganMs).toBeLessThan(3_500);
  });

  it("is bounded by a sixteenth of the peer's window, and by the option", () => {
    const largest = (options: Partial<AssociationOptions>, aRwndBytes: number): number => {
      const link = accepted(LOOPBACK, options, { aRwndBytes });
      link.send(UNASKED_FROM_BYTES);
      probed(link, () => true);
      return path(link).maxPacketBytes;
    };
    expect(largest({}, 131_072)).toBe(8_192);
    expect(largest({}, 16_384)).toBe(1_200);
    expect(largest({ pathMtuMaxBytes: 4_000 }, 1_048_576)).toBe(4_000);
  });

  it("ends at one lost probe where a router may have told the host of a smaller MTU, and believes nothing larger", () => {
    const link = accepted(JUMBO);
    acknowledged(link, UNASKED_FROM_BYTES);
    expect(probed(link, (bytes) => bytes <= 1_472).slice(-2)).toEqual([1_472, 2_276]);
    link.association.setOptions({ pathMtuDiscovery: true }, link.lab.nowMs);
    expect(probed(link, () => true).at(-1)).toBe(1_472);
  });

  it("says nothing of other peers on the same host, which have the same address", () => {
    const link = accepted();
    acknowledged(link, UNASKED_FROM_BYTES);
    probed(link, (bytes) => bytes <= 8_192);
    link.association.setOptions({ pathMtuDiscovery: true }, link.lab.nowMs);
    expect(probed(link, () => true).at(-1)).toBe(65_504);
  });

  it("takes what an ordinary interface lets out in one step, with a single probe", () => {
    for (const [lab, bytes] of [
      [ETHERNET, 1_472],
      [TUNNEL, 1_392],
    ] as const) {
      const whole = accepted(lab);
      acknowledged(whole, UNASKED_FROM_BYTES);
      expect(probed(whole, () => true)).toEqual([bytes]);
      expect(found(whole)).toEqual(["SEARCH_COMPLETE", bytes]);
      // Once a router has told the host of less, it cuts whatever is larger: nothing in between can be found out.
      const cut = accepted(lab);
      acknowledged(cut, UNASKED_FROM_BYTES);
      expect(probed(cut, () => false)).toEqual([bytes]);
      expect(found(cut)).toEqual(["SEARCH_COMPLETE", 1_200]);
    }
  });

  it("keeps what Ethernet carries, however many packets time out now and then", () => {
    const link = accepted(ETHERNET);
    acknowledged(link, UNASKED_FROM_BYTES);
    probed(link, () => true);
    for (let i = 0; i < 6; i++) timedOut(link);
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 1_472]);
  });

  it("never begins where the interface does not tell its MTU, and where the user wants none", () => {
    const outcomes: [Link, unknown][] = [
      [accepted(OTHER), undefined],
      [accepted({}), undefined],
      [accepted(LOOPBACK, { pathMtuDiscovery: false }), undefined],
    ];
    for (const [link, state] of outcomes) {
      acknowledged(link, 2 * UNASKED_FROM_BYTES);
      expect(link.lab.run(100_000).filter(isProbe)).toEqual([]);
      expect(found(link)).toEqual([state, 1_200]);
    }
  });

  it("gives way to what the user says of packets, before it begins and after", () => {
    const says: ((link: Link) => void)[] = [
      ({ association, lab }) => association.setOptions({ pathMtuDiscovery: false }, lab.nowMs),
      ({ association, lab }) => association.setOptions({ maxPacketBytes: 1_300 }, lab.nowMs),
      ({ association, lab }) =>
        association.setPathOptions(PEER_ADDRESS, { pathMtuDiscovery: false }, lab.nowMs),
      ({ association, lab }) =>
        association.setPathOptions(PEER_ADDRESS, { maxPacketBytes: 1_300 }, lab.nowMs),
    ];
    for (const say of says) {
      const early = accepted();
      say(early);
      acknowledged(early, UNASKED_FROM_BYTES);
      expect(early.lab.run(10_000).filter(isProbe)).toEqual([]);
      expect(path(early).pathMtuSearch).toBeUndefined();
      expect(path(early).maxPacketBytes).toBeLessThanOrEqual(1_300);
      const late = accepted();
      acknowledged(late, UNASKED_FROM_BYTES);
      late.lab.run(1);
      say(late);
      expect(late.lab.run(10_000).filter(isProbe)).toEqual([]);
      expect(path(late).pathMtuSearch).toBeUndefined();
    }
  });

  /** A message that arrives only after T3-rtx has expired: what probes the path's tail before that does not. */
  function timedOut(link: Link): void {
    link.send(3_000);
    for (let sent = 0; sent < 9 && path(link).errorCount === 0; sent++) link.lab.runUntilSent();
    expect(path(link).errorCount).toBe(1);
    const { unackedChunks } = link.association.status();
    next.set(link, (next.get(link) ?? -1) + unackedChunks);
    link.receive([link.sack(next.get(link) ?? 0, { aRwndBytes: WINDOW_BYTES })]);
  }

  it("has small packets again after three timeouts within a minute, for ten minutes", () => {
    const link = accepted();
    acknowledged(link, UNASKED_FROM_BYTES);
    probed(link, () => true);
    for (const waitMs of [0, 70_000, 0]) {
      link.lab.run(waitMs);
      timedOut(link);
    }
    expect(path(link).maxPacketBytes).toBe(65_000); // The first one was long ago.
    timedOut(link);
    expect(found(link)).toEqual(["SEARCH_COMPLETE", 1_200]);
    expect(link.lab.run(500_000).filter(isProbe)).toEqual([]);
    acknowledged(link, 1);
    expect(link.lab.run(101_000).find(isProbe)?.lengthBytes).toBe(1_472);
  });
});

describe('The option "auto"', () => {
  it("is told from what is none", () => {
    expect(() => associationOptions({ pathMtuDiscovery: "on" as "auto" })).toThrow(/true, false or "auto"/);
    expect(() => associationOptions({ pathMtuDiscovery: 1 as never })).toThrow(/true, false or "auto"/);
  });

  it("makes one object of options for all associations whose options were given as one that cannot change", () => {
    const given = Object.freeze({ pathMtuDiscovery: "auto" } as const);
    expect(associationOptions(given)).toBe(associationOptions(given));
    expect(associationOptions(given).pathMtuDiscovery).toBe("auto");
    expect(associationOptions({ ...given })).not.toBe(associationOptions({ ...given }));
  });
});
