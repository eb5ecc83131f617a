/** Which local addresses reach a destination, and which pair is next (RFC 9260 6.4.1). */
import { beforeEach, describe, expect, it } from "vitest";
import { Identity } from "../../../../src/association/model/identity.ts";
import { LocalSources } from "../../../../src/association/paths/local-sources.ts";
import { leaveFromBest } from "../../../../src/association/paths/next-pair.ts";
import type { Path } from "../../../../src/association/paths/path.ts";
import { PathSet } from "../../../../src/association/paths/path-set.ts";
import type { SourceAddress } from "../../../../src/association/paths/source-addresses.ts";
import { TestSeat, testPath } from "../../../inside/seat.ts";

const [S1, S2, S3] = ["10.0.0.1", "10.1.0.1", "10.2.0.1"] as const;
const LOSS = { nowMs: 0, lostBytes: 988, flightBytesBefore: 988, flightBytes: 0, srttMs: Number.NaN };

let seat: TestSeat;
let paths: PathSet;
let near: Path;
let far: Path;
let told: string[];
let bound: readonly string[] | undefined;

function sources(): LocalSources {
  const identity = new Identity({ localPort: 1, remotePort: 2, localTag: 3, localInitialTsn: 4 });
  identity.agree({ localTag: 3, peerTag: 5, localInitialTsn: 4, peerInitialTsn: 6 });
  const extensions = { dynamicAddresses: undefined };
  return new LocalSources({ seat, identity, paths, boundAddresses: bound, extensions });
}

function source(path: Path, address: string): SourceAddress {
  const found = path.sources?.of(address);
  if (found === undefined) throw new Error(`${address} is no source of ${path.address}`);
  return found;
}

beforeEach(() => {
  seat = new TestSeat();
  told = [];
  bound = undefined;
  paths = new PathSet();
  paths.observer = {
    onPathStateChange: ({ address, stateName }) => told.push(`${address} ${stateName}`),
    onSourceChange: (path, { address, state }) =>
      told.push(`${path.address} ${state} ${address}, reached from ${path.reachedFrom.join()}`),
    primaryChanged: ({ address }) => told.push(`${address} is primary`),
  };
  [near, far] = [testPath("10.0.0.2"), testPath("10.1.0.2", { localAddress: S2 })];
  for (const path of [near, far]) paths.add(path);
});

describe("the sources of a path", () => {
  it("are none while it has one address to leave from: nothing is made for it [A15]", () => {
    expect([sources().of(near), near.sources]).toEqual([undefined, undefined]);
    expect(sources().onTimeout(near, 0)).toBe(far);
    expect([near.sources, near.reachedFrom]).toEqual([undefined, [S1]]);
  });

  it("are what the peer was told, of the right family and scope [A15]", () => {
    seat.advertised = [S1, S2, "2001:db8::1", "127.0.0.1"];
    expect(
      sources()
        .of(near)
        ?.all.map(({ address }) => address),
    ).toEqual([S1, S2]);
  });

  it("are those, too, that packets of the peer's have come to; none where that is not known [A15]", () => {
    sources().onCameTo(near, "0.0.0.0");
    expect(near.sources).toBeUndefined();
    sources().onCameTo(near, S3);
    expect(near.sources?.all.map(({ address }) => address)).toEqual([S1, S3]);
    expect(far.sources?.all.map(({ address }) => address)).toEqual([S2, S3]);
    const wild = testPath("10.2.0.2", { localAddress: "0.0.0.0" });
    paths.add(wild);
    sources().onCameTo(wild, S2);
    expect([wild.sources, sources().of(wild)]).toEqual([undefined, undefined]);
  });

  it("are none that the association is not bound to [A15]", () => {
    bound = [S1, S2];
    sources().onCameTo(near, S3);
    expect(near.sources).toBeUndefined();
    sources().onCameTo(near, S2);
    expect(near.sources?.of(S2)?.isKnownToPeer).toBe(true);
  });

  it("are known to the peer once something came to them, or something from them was answered on any path [A15]", () => {
    seat.advertised = [S1, S2, S3];
    const table = sources().of(near);
    expect(table?.all.map(({ isKnownToPeer }) => isKnownToPeer)).toEqual([true, false, false]);
    expect([S1, S2, S3].map((each) => sources().isKnownToPeer(each, near))).toEqual([true, false, false]);
    far.rto.sample(10);
    expect(sources().isKnownToPeer(S2, near)).toBe(true);
    sources().of(near);
    expect(table?.all.map(({ isKnownToPeer }) => isKnownToPeer)).toEqual([true, true, false]);
    sources().onCameTo(far, S3);
    expect(source(near, S3).isKnownToPeer).toBe(true);
  });

  it("reach the destination until two attempts in a row fail; the user hears of both [A15]", () => {
    sources().onCameTo(near, S2);
    const other = source(near, S2);
    paths.sourceAnswered(near, other, 7, 100);
    paths.sourceAnswered(near, other, 8, 200);
    expect(near.sources?.facts[1]).toEqual({ address: S2, state: "reaching", lastHeardMs: 200, rttMs: 8 });
    for (let i = 0; i < 3; i++) paths.sourceUnanswered(near, other);
    expect(other.failureCount).toBe(2);
    paths.sourceAnswered(near, other, Number.NaN, 300);
    expect(near.sources?.facts[1]).toEqual({ address: S2, state: "reaching", lastHeardMs: 300, rttMs: 8 });
    expect(told).toEqual([
      `10.0.0.2 reaching ${S2}, reached from ${S2}`,
      `10.0.0.2 lost ${S2}, reached from `,
      `10.0.0.2 reaching ${S2}, reached from ${S2}`,
    ]);
    near.active = false;
    for (let i = 0; i < 3; i++) paths.sourceUnanswered(near, other);
    expect(told).toHaveLength(3);
  });

  it("are probed with the one in use in turn while one reaches the destination, all at once while none does [A15]", () => {
    for (const each of [S2, S3]) sources().onCameTo(near, each);
    const probed = (isBusy = false): string[] =>
      sources()
        .toProbe(near, isBusy)
        .map(({ address }) => address);
    expect(probed()).toEqual([S1, S2, S3]);
    paths.sourceAnswered(near, source(near, S1), 1, 0);
    const turns = [probed(), probed(), probed()];
    expect(turns.map(([first]) => first)).toEqual([S1, S1, S1]);
    expect(turns.map(([, second]) => second)).toEqual([S3, S2, S3]);
    expect([probed(true), probed(true), probed(true)]).toEqual([[S2], [S3], [S2]]);
    seat.advertised = [S1, "10.3.0.1"];
    near.sources?.add("10.3.0.1", false);
    expect(new Set(Array.from({ length: 9 }, () => probed()).flat())).toEqual(new Set([S1, S2, S3]));
  });
});

describe("a local address that is gone", () => {
  it("is left for one that is chosen anew, with a congestion window as at the beginning there and no other (RFC 9260 7.2.5.2)", () => {
    for (const { congestion } of [near, far]) congestion.onTimeout(LOSS);
    const reducedBytes = far.congestion.cwndBytes;
    seat.localAddress = "10.5.0.1";
    sources().remove(S1, 0);
    expect([near.localAddress, far.localAddress]).toEqual(["10.5.0.1", S2]);
    expect(near.congestion.cwndBytes).toBeGreaterThan(reducedBytes);
    expect(far.congestion.cwndBytes).toBe(reducedBytes);
  });

  it("is left for one that is known, and is a source no longer [A15]", () => {
    for (const each of [S2, S3]) sources().onCameTo(near, each);
    sources().remove(S1, 0);
    sources().remove(S2, 0);
    expect([near.localAddress, near.sources?.all.map(({ address }) => address)]).toEqual([S3, [S3]]);
  });
});

describe("the next pair", () => {
  /** The second path has all three as sources, too. */
  function threeSources(): void {
    for (const each of [S1, S2, S3]) for (const path of [near, far]) sources().onCameTo(path, each);
  }

  it("differs in both addresses, and the one that failed goes on from another source [A15]", () => {
    threeSources();
    far.leaveFrom(S1, 0);
    expect(sources().onTimeout(near, 0)).toBe(far);
    expect([near.localAddress, far.localAddress]).toEqual([S2, S3]);
  });

  it("keeps a source of the other destination that is as good as any [A15]", () => {
    threeSources();
    for (const each of [S2, S3]) paths.sourceAnswered(far, source(far, each), 1, 0);
    far.leaveFrom(S3, 0);
    sources().onTimeout(near, 0);
    expect(far.localAddress).toBe(S3);
  });

  it("has the source that is likeliest to reach the destination [A15]", () => {
    threeSources();
    const [a, b, c] = [S1, S2, S3].map((each) => source(near, each)) as [
      SourceAddress,
      SourceAddress,
      SourceAddress,
    ];
    const best = (failed: string): string => {
      leaveFromBest(near, failed, 0);
      return near.localAddress;
    };
    expect(best(S1)).toBe(S2); // The next in turn of those that have not been tried.
    paths.sourceAnswered(near, c, 1, 0);
    expect(best(S2)).toBe(S3); // One that was answered comes before one that was not tried.
    paths.sourceUnanswered(near, c);
    expect(best(S3)).toBe(S1); // One that has not been tried comes before one that has failed.
    for (const each of [a, b]) for (let i = 0; i < 2; i++) paths.sourceUnanswered(near, each);
    expect(best(S3)).toBe(S3); // One that has failed once comes before one that has failed twice.
    near.sources?.add("10.3.0.1", false);
    expect(best(S3)).toBe(S3);
    paths.sourceUnanswered(near, c);
    expect(best(S3)).toBe("10.3.0.1"); // The last resort: one that the peer may not know.
    for (let i = 0; i < 2; i++) paths.sourceUnanswered(near, source(near, "10.3.0.1"));
    const turn = Array.from({ length: 5 }, () => {
      const next = best(near.localAddress);
      paths.sourceUnanswered(near, source(near, next));
      return next;
    });
    expect(turn).toEqual([S1, S2, S3, "10.3.0.1", S1]); // When all have failed, each in its turn.
  });

  it("passes by a destination that no source has reached lately while there is another [A15]", () => {
    const third = testPath("10.2.0.2");
    paths.add(third);
    threeSources();
    for (const each of far.sources?.all ?? []) for (let i = 0; i < 2; i++) paths.sourceUnanswered(far, each);
    expect(paths.alternateTo(near)).toBe(third);
    third.active = false;
    expect(paths.alternateTo(near)).toBe(far);
  });

  it("begins another route: its congestion window is as at the beginning (RFC 9260 7.2.5.2) [A15]", () => {
    threeSources();
    const initialBytes = near.congestion.cwndBytes;
    near.congestion.onTimeout(LOSS);
    sources().onTimeout(near, 50);
    expect(near.congestion.cwndBytes).toBe(initialBytes);
    expect(near.sources?.sinceMs).toBe(50);
  });
});

it("a destination is not given up while one source is known to reach it [A15]", () => {
  sources().onCameTo(near, S2);
  paths.sourceAnswered(near, source(near, S2), 1, 0);
  for (let i = 0; i < 9; i++) paths.countError(near);
  expect([near.active, near.errorCount]).toEqual([true, 3]);
  paths.sourceUnanswered(near, source(near, S2));
  paths.countError(near);
  expect(near.active).toBe(false);
});

it("what a HEARTBEAT from another source finds does not count against the destination while one is reached [A15]", () => {
  sources().onCameTo(near, S2);
  for (const each of [S1, S2]) paths.sourceAnswered(near, source(near, each), 1, 0);
  source(near, S2).isProbed = true;
  expect(sources().onHeartbeatsUnanswered(near, 0)).toBe(true);
  expect([near.localAddress, source(near, S2).failureCount]).toEqual([S1, 1]);
  source(near, S1).isProbed = true;
  expect(sources().onHeartbeatsUnanswered(near, 0)).toBe(false);
  expect(source(near, S1).failureCount).toBe(1);
  sources().onAnswered(near, source(near, S2), 3, 9);
  expect(near.localAddress).toBe(S2);
});
