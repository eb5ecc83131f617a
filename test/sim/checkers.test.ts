/**
 * Goal: no checker is blind. Method: packets made by hand, each with one fault.
 */
import { describe, expect, it } from "vitest";
import { sealPacket } from "../../src/chunks/common-header.ts";
import { DeliveryChecker } from "../../src/sim/checks/delivery-checker.ts";
import { PacketChecker, SimViolation } from "../../src/sim/checks/packet-checker.ts";

const CLIENT_TAG = 11;
const SERVER_TAG = 22;
const COOKIE_ACK = 11;
const MAX_BYTES = 1_200;
const u16 = (n: number): number[] => [(n >>> 8) & 255, n & 255];
const u32 = (n: number): number[] => [...u16(n >>> 16), ...u16(n)];

function chunk(type: number, value: readonly number[], flags = 3): number[] {
  const padding = new Array<number>((4 - (value.length % 4)) % 4).fill(0);
  return [type, flags, ...u16(4 + value.length), ...value, ...padding];
}

function packet(tag: number, ...chunks: number[][]): Uint8Array {
  const bytes = Uint8Array.from([...u16(1), ...u16(2), ...u32(tag), 0, 0, 0, 0, ...chunks.flat()]);
  sealPacket(bytes);
  return bytes;
}

const data = (tsn: number, text: readonly number[] = [1, 2, 3, 4]): number[] =>
  chunk(0, [...u32(tsn), ...u16(0), ...u16(tsn % 100), ...u32(0), ...text]); // Either side begins at a hundred.
const sack = (
  cumulative: number,
  rwnd = 10_000,
  gaps: readonly [number, number][] = [],
  duplicates: readonly number[] = [],
): number[] =>
  chunk(3, [
    ...u32(cumulative),
    ...u32(rwnd),
    ...u16(gaps.length),
    ...u16(duplicates.length),
    ...gaps.flatMap(([start, end]) => [...u16(start), ...u16(end)]),
    ...duplicates.flatMap(u32),
  ]);
/** What may be taken back, and what will not be. */
const nrSack = (
  cumulative: number,
  gaps: readonly [number, number][],
  kept: readonly [number, number][],
  duplicates: readonly number[] = [],
): number[] =>
  chunk(16, [
    ...[cumulative, 10_000].flatMap(u32),
    ...[gaps.length, kept.length, duplicates.length, 0].flatMap(u16),
    ...[...gaps, ...kept].flat().flatMap(u16),
    ...duplicates.flatMap(u32),
  ]);
const init = (type: number, tag: number, tsn: number): number[] =>
  chunk(type, [...u32(tag), ...u32(10_000), ...u16(1), ...u16(1), ...u32(tsn)], 0);

/** A checker that has seen a handshake; the client's first TSN is 100, the server's 200. */
function handshaken(): PacketChecker {
  const checker = new PacketChecker();
  checker.onSent("client", packet(0, init(1, CLIENT_TAG, 100)), MAX_BYTES);
  checker.onSent("server", packet(CLIENT_TAG, init(2, SERVER_TAG, 200)), MAX_BYTES);
  checker.onSent("server", packet(CLIENT_TAG, chunk(COOKIE_ACK, [], 0)), MAX_BYTES);
  checker.onArrived(packet(CLIENT_TAG, chunk(COOKIE_ACK, [], 0)), "server");
  return checker;
}

const clientSends = (checker: PacketChecker, ...chunks: number[][]): unknown =>
  checker.onSent("client", packet(SERVER_TAG, ...chunks), MAX_BYTES);
const serverSends = (checker: PacketChecker, ...chunks: number[][]): unknown =>
  checker.onSent("server", packet(CLIENT_TAG, ...chunks), MAX_BYTES);
const reachesServer = (checker: PacketChecker, ...chunks: number[][]): void =>
  checker.onArrived(packet(SERVER_TAG, ...chunks), "client");

describe("the packet checker", () => {
  it("is content with what is right", () => {
    const checker = handshaken();
    clientSends(checker, data(100), data(101));
    clientSends(checker, data(102));
    clientSends(checker, data(100));
    reachesServer(checker, data(100));
    reachesServer(checker, data(102));
    reachesServer(checker, data(102));
    serverSends(checker, sack(100, 10_000, [[2, 2]], [102]), data(200));
  });

  it("reads an NR-SACK as a SACK, and lets what is renegable be taken back", () => {
    const checker = handshaken();
    for (const tsn of [100, 101, 102, 103, 104]) clientSends(checker, data(tsn));
    for (const tsn of [101, 103, 104, 104]) reachesServer(checker, data(tsn));
    serverSends(
      checker,
      nrSack(
        99,
        [[4, 4]],
        [
          [2, 2],
          [5, 5],
        ],
        [104],
      ),
      data(200),
    );
    serverSends(
      checker,
      nrSack(
        99,
        [],
        [
          [2, 2],
          [4, 5],
        ],
      ),
    );
    serverSends(checker, nrSack(99, [], [[2, 2]]));
    checker.onArrived(packet(CLIENT_TAG, nrSack(99, [[4, 4]], [[2, 2]])), "server");
    checker.onArrived(packet(CLIENT_TAG, sack(99)), "server");
    clientSends(checker, data(103));
  });

  /** The server is not judged; it has sent its first three TSNs in an order of its own, and the last two have come. */
  function seen(): PacketChecker {
    const checker = new PacketChecker();
    checker.onSent("client", packet(0, init(1, CLIENT_TAG, 100)), MAX_BYTES);
    checker.onSeen("server", packet(CLIENT_TAG, init(2, SERVER_TAG, 200)));
    checker.onSeen("server", packet(CLIENT_TAG, chunk(COOKIE_ACK, [], 0)));
    checker.onArrived(packet(CLIENT_TAG, chunk(COOKIE_ACK, [], 0)), "server");
    for (const tsn of [202, 200, 201]) checker.onSeen("server", packet(CLIENT_TAG, data(tsn)));
    for (const tsn of [202, 201]) checker.onArrived(packet(CLIENT_TAG, data(tsn)), "server");
    return checker;
  }

  it("judges what is answered to somebody who is not judged", () => {
    const checker = seen();
    clientSends(checker, sack(199, 10_000, [[2, 3]]));
    expect(() => clientSends(checker, sack(202))).toThrow(/only 199 has arrived/);
    checker.onArrived(packet(CLIENT_TAG, data(200)), "server");
    clientSends(checker, sack(202));
    expect(() => clientSends(checker, data(101))).toThrow(/Initial TSN/);
  });

  it("believes Gap Ack Blocks that come in any order, split and overlapping", () => {
    const kilobyte = new Array<number>(1_000).fill(1);
    const reported = seen();
    for (let tsn = 100; tsn < 110; tsn++) clientSends(reported, data(tsn, kilobyte));
    reported.onArrived(
      packet(
        CLIENT_TAG,
        sack(99, 2_000, [
          [6, 10],
          [2, 4],
          [3, 5],
          [2, 2],
        ]),
      ),
      "server",
    );
    clientSends(reported, data(110, kilobyte));
    expect(() => clientSends(reported, data(111, kilobyte))).toThrow(/into a window of 2000/);
    reported.onArrived(packet(CLIENT_TAG, sack(111, 2_000)), "server");
    clientSends(reported, data(112, kilobyte));
    clientSends(reported, data(113, kilobyte));
    expect(() => clientSends(reported, data(114, kilobyte))).toThrow(/into a window of 2000/);
  });

  it.each<[string, RegExp, (checker: PacketChecker) => void]>([
    [
      "a wrong checksum",
      /checksum/,
      (checker) => {
        const bytes = packet(SERVER_TAG, data(100));
        bytes[bytes.length - 1] = 99;
        checker.onSent("client", bytes, MAX_BYTES);
      },
    ],
    [
      "a length that is no multiple of 4",
      /whole chunks/,
      (checker) => checker.onSent("client", packet(SERVER_TAG, data(100), [0, 0]), MAX_BYTES),
    ],
    ["a packet without chunks", /without chunks/, (checker) => clientSends(checker)],
    [
      "a packet that is too large",
      /are allowed/,
      (checker) => clientSends(checker, data(100, new Array<number>(1_300).fill(1))),
    ],
    [
      "an INIT that is bundled",
      /bundled/,
      (checker) => checker.onSent("client", packet(0, init(1, 5, 1), data(100)), MAX_BYTES),
    ],
    ["a COOKIE ACK that is not first", /behind/, (checker) => clientSends(checker, sack(199), chunk(11, []))],
    ["control behind DATA", /control behind/, (checker) => clientSends(checker, data(100), sack(199))],
    ["DATA with ABORT", /bundled DATA/, (checker) => clientSends(checker, chunk(6, []), data(100))],
    ["a tag with INIT", /sent the tag/, (checker) => clientSends(checker, init(1, 5, 1))],
    [
      "the tag 0 without INIT",
      /sent the tag/,
      (checker) => checker.onSent("client", packet(0, data(100)), MAX_BYTES),
    ],
    [
      "an announced tag of 0",
      /announced the tag 0/,
      (checker) => checker.onSent("client", packet(0, init(1, 0, 1)), MAX_BYTES),
    ],
    ["a wrong first TSN", /Initial TSN/, (checker) => clientSends(checker, data(101))],
    ["a TSN left out", /was due/, (checker) => clientSends(checker, data(100), data(102))],
    ["TSNs in falling order", /falling/, (checker) => clientSends(checker, data(101), data(100))],
    [
      "other bytes under the same TSN",
      /other bytes/,
      (checker) => {
        clientSends(checker, data(100));
        clientSends(checker, data(100, [9, 9, 9, 9]));
      },
    ],
    ["DATA without user data", /without user data/, (checker) => clientSends(checker, data(100, []))],
    [
      "more than the window takes",
      /into a window/,
      (checker) => {
        for (let i = 0; i < 11; i++) clientSends(checker, data(100 + i, new Array<number>(1_000).fill(1)));
      },
    ],
    [
      "a second zero-window probe",
      /into a window of 0/,
      (checker) => {
        clientSends(checker, data(100));
        reachesServer(checker, data(100));
        serverSends(checker, sack(100, 0));
        checker.onArrived(packet(CLIENT_TAG, sack(100, 0)), "server");
        clientSends(checker, data(101));
        clientSends(checker, data(102));
      },
    ],
    [
      "an acknowledgement of what never arrived",
      /only .* has arrived/,
      (checker) => {
        clientSends(checker, data(100));
        serverSends(checker, sack(100));
      },
    ],
    [
      "a cumulative ack that is taken back",
      /took back/,
      (checker) => {
        clientSends(checker, data(100));
        reachesServer(checker, data(100));
        serverSends(checker, sack(100));
        serverSends(checker, sack(99));
      },
    ],
    [
      "a gap block over what never arrived",
      /never arrived/,
      (checker) => {
        clientSends(checker, data(100), data(101));
        serverSends(checker, sack(99, 10_000, [[2, 2]]));
      },
    ],
    [
      "a gap block that touches the cumulative ack",
      /Gap Ack Block/,
      (checker) => {
        clientSends(checker, data(100));
        reachesServer(checker, data(100));
        serverSends(checker, sack(99, 10_000, [[1, 1]]));
      },
    ],
    [
      "a non-renegable block over what never arrived",
      /never arrived/,
      (checker) => {
        clientSends(checker, data(100), data(101));
        serverSends(checker, nrSack(99, [], [[2, 2]]));
      },
    ],
    [
      "a TSN that is non-renegable and renegable at once",
      /renegable and not/,
      (checker) => {
        clientSends(checker, data(100), data(101));
        reachesServer(checker, data(101));
        serverSends(checker, nrSack(99, [[2, 2]], [[2, 2]]));
      },
    ],
    [
      "a TSN that is renegable again",
      /renegable again/,
      (checker) => {
        clientSends(checker, data(100), data(101));
        reachesServer(checker, data(101));
        serverSends(checker, nrSack(99, [], [[2, 2]]));
        serverSends(checker, nrSack(99, [[2, 2]], []));
      },
    ],
    [
      "a promise that is broken",
      /took back TSN 101/,
      (checker) => {
        clientSends(checker, data(100), data(101));
        reachesServer(checker, data(101));
        serverSends(checker, nrSack(99, [], [[2, 2]]));
        reachesServer(checker, data(100));
        serverSends(checker, sack(100));
      },
    ],
    [
      "a chunk that is sent again though the other side has it for good",
      /for good/,
      (checker) => {
        clientSends(checker, data(100), data(101));
        checker.onArrived(packet(CLIENT_TAG, nrSack(99, [], [[2, 2]])), "server");
        checker.onArrived(packet(CLIENT_TAG, sack(99)), "server");
        clientSends(checker, data(101));
      },
    ],
    [
      "an invented duplicate in an NR-SACK",
      /duplicate/,
      (checker) => {
        clientSends(checker, data(100), data(101));
        reachesServer(checker, data(101));
        serverSends(checker, nrSack(99, [], [[2, 2]], [101]));
      },
    ],
    [
      "an invented duplicate",
      /duplicate/,
      (checker) => {
        clientSends(checker, data(100));
        reachesServer(checker, data(100));
        serverSends(checker, sack(100, 10_000, [], [100]));
      },
    ],
  ])("complains of %s", (_name, complaint, act) => {
    expect(() => act(handshaken())).toThrow(complaint);
    expect(() => act(handshaken())).toThrow(SimViolation);
  });
});

describe("the delivery checker", () => {
  const sent = (): DeliveryChecker => {
    const checker = new DeliveryChecker();
    checker.onSent(1, Uint8Array.of(1), false);
    checker.onSent(1, Uint8Array.of(2), false);
    checker.onSent(1, Uint8Array.of(3), true);
    return checker;
  };

  it("is content with streams in order and unordered messages whenever", () => {
    const checker = sent();
    checker.onReceived(1, Uint8Array.of(3), true);
    checker.onReceived(1, Uint8Array.of(1), false);
    checker.onReceived(1, Uint8Array.of(2), false);
    expect(checker.deliveredCount).toBe(3);
  });

  it.each<[string, (checker: DeliveryChecker) => void]>([
    ["a message out of order", (checker) => checker.onReceived(1, Uint8Array.of(2), false)],
    ["a message on another stream", (checker) => checker.onReceived(2, Uint8Array.of(1), false)],
    ["a damaged message", (checker) => checker.onReceived(1, Uint8Array.of(1, 0), false)],
    ["an ordered message as unordered", (checker) => checker.onReceived(1, Uint8Array.of(1), true)],
    [
      "an unordered message twice",
      (checker) => {
        checker.onReceived(1, Uint8Array.of(3), true);
        checker.onReceived(1, Uint8Array.of(3), true);
      },
    ],
  ])("complains of %s", (_name, act) => {
    expect(() => act(sent())).toThrow(SimViolation);
  });

  it("expects no message that has come back to its sender, and complains if it comes behind a later one", () => {
    const lost = Uint8Array.of(7);
    const checker = new DeliveryChecker();
    checker.onSent(1, lost, false);
    checker.onSent(1, Uint8Array.of(8), false);
    checker.onFailed(lost);
    checker.onReceived(1, Uint8Array.of(8), false);
    expect(checker.undelivered).toEqual([lost]);
    expect(() => checker.onReceived(1, lost, false)).toThrow(SimViolation);
  });

  it("takes the reset of all streams for one of those that there were when it was asked for", () => {
    const checker = new DeliveryChecker();
    checker.onResetAsked(1, [], 2);
    checker.onSent(2, Uint8Array.of(1), false);
    checker.onResetAsked(2, [2], 3);
    checker.onResetTold([]);
    checker.onReceived(2, Uint8Array.of(1), false);
    checker.onResetTold([2]);
    expect(checker.undelivered).toEqual([]);
  });

  it.each<[string, readonly number[]]>([
    ["a stream", [1]],
    ["all streams", []],
  ])("complains of a reset of %s that comes before what was sent", (_name, streamIds) => {
    const checker = sent();
    checker.onResetAsked(1, streamIds, 2);
    expect(() => checker.onResetTold(streamIds)).toThrow(SimViolation);
  });
});
