/** NR-SACK, towards a peer of which the test writes every chunk (draft-tuexen-tsvwg-sctp-multipath 4). */
import { describe, expect, it } from "vitest";
import type { AssociationOptions } from "../../../src/base/options.ts";
import type { DropReason } from "../../../src/base/trace-sink.ts";
import type { NrSackChunk } from "../../../src/chunks/nr-sack.ts";
import {
  chunksOf,
  cookieParameter,
  echoOf,
  FORWARD_TSN_SUPPORTED,
  firstOf,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  OUR_ADDRESS,
  OUR_SECOND_ADDRESS,
  only,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  type SentPacket,
  supportedExtensions,
} from "../../conformance/lab.ts";

const NR_SACK = 16;
const SUPPORTED = supportedExtensions(NR_SACK);
const WANTED = { heartbeatIntervalMs: 0, nrSack: true, maxBurst: 1_000, partialReliability: false } as const;
type Blocks = ReadonlyArray<readonly [start: number, end: number]>;

/** With a peer that knows NR-SACK. */
function agreed(options: Partial<AssociationOptions> = {}, more = [SUPPORTED]): Link {
  return new Lab().connected({ ...WANTED, ...options }, { parameters: [cookieParameter(), ...more] });
}

/** From the peer, for all up to a number; what may be taken back of what lies beyond, and what will not be. */
function nrSack(
  link: Link,
  through: number,
  renegable: Blocks,
  kept: Blocks,
  more: Partial<NrSackChunk> = {},
): NrSackChunk {
  const asBlocks = (blocks: Blocks): NrSackChunk["gapBlocks"] =>
    blocks.map(([start, end]) => ({ start, end }));
  return {
    kind: "NR-SACK",
    cumulativeTsnAck: (link.ourTsn + through) >>> 0,
    aRwndBytes: 1_000_000,
    gapBlocks: asBlocks(renegable),
    nonRenegableBlocks: asBlocks(kept),
    duplicateTsns: [],
    ...more,
  };
}

/** The blocks of the only NR-SACK. */
function blocksOf(packets: readonly SentPacket[]): { renegable: Blocks; kept: Blocks } {
  const { gapBlocks, nonRenegableBlocks } = only(packets, "NR-SACK");
  const shown = (blocks: NrSackChunk["gapBlocks"]): Blocks =>
    blocks.map(({ start, end }): readonly [number, number] => [start, end]);
  return { renegable: shown(gapBlocks), kept: shown(nonRenegableBlocks) };
}

/** Messages that the peer has not heard of yet: so many, each a chunk of so many bytes. */
function sent(link: Link, count: number, bytes = 1_000): void {
  for (let i = 0; i < count; i++) link.send(bytes, { receipt: i });
}

/** The receipts that have come back. */
function deliveredIn({ lab }: Link): unknown[] {
  return lab.events.flatMap((event) => (event.kind === "delivered" ? [event.receipt] : []));
}

/** So often the stack has dropped something for that reason. */
function dropsOf({ lab }: Link, reason: DropReason): number {
  return lab.stack.counters[reason] ?? 0;
}

describe("Negotiation (4.1)", () => {
  const listed = (options: Partial<AssociationOptions>): readonly number[] => {
    const lab = new Lab();
    lab.connect({ ...WANTED, ...options });
    const { parameters } = only(lab.flush(), "INIT");
    return parameters.flatMap((each) => (each.kind === "Supported Extensions" ? each.chunkTypes : []));
  };

  it("MUST: lists the chunk type in the Supported Extensions of an INIT where the option asks for it, and not by default", () => {
    expect(listed({ nrSack: true })).toContain(NR_SACK);
    expect(listed({ nrSack: false })).not.toContain(NR_SACK);
    const lab = new Lab();
    lab.connect({});
    expect(JSON.stringify(only(lab.flush(), "INIT"))).not.toContain(`${NR_SACK},`);
  });

  it("MUST: lists it in an INIT ACK where both know it, and agrees by the State Cookie", () => {
    const lab = new Lab();
    lab.listen(WANTED);
    const initAck = only(lab.receive([initChunk({ parameters: [SUPPORTED] })]), "INIT ACK");
    expect(initAck.parameters).toContainEqual(expect.objectContaining({ chunkTypes: [NR_SACK] }));
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect([...lab.stack.associations][0]?.nrSack).toBe(true);
  });

  it.each([
    ["the peer does not list it", WANTED, []],
    ["this side does not want it", { ...WANTED, nrSack: false }, [SUPPORTED]],
  ])("MUST NOT: uses it where %s, in either role", (_why, options, said) => {
    const asking = new Lab().connected(options, { parameters: [cookieParameter(), ...said] });
    const asked = new Lab().accepted(options, { parameters: said });
    for (const link of [asking, asked]) {
      expect(link.association.nrSack).toBe(false);
      expect(kindsOf(link.receive([link.data(0)]))).toEqual(["SACK"]);
      sent(link, 1);
      expect(link.receive([nrSack(link, 0, [], [])])).toEqual([]);
      expect(link.association.bufferedBytes).toBe(1_000);
    }
  });

  it("SHOULD: acknowledges by NR-SACK and by no SACK, and hears either", () => {
    for (const link of [agreed(), new Lab().accepted(WANTED, { parameters: [SUPPORTED] })]) {
      expect(link.association.nrSack).toBe(true);
      expect(kindsOf(link.receive([link.data(0)]))).toEqual(["NR-SACK"]);
      sent(link, 2);
      link.receive([link.sack(0)]);
      expect(link.association.bufferedBytes).toBe(1_000);
      link.receive([nrSack(link, 1, [], [])]);
      expect(link.association.bufferedBytes).toBe(0);
    }
  });

  it("is agreed on anew when the peer has restarted", () => {
    const lab = new Lab();
    const link = lab.accepted(WANTED, { parameters: [SUPPORTED] });
    const initAck = only(lab.receive([initChunk({ initiateTag: 0x5566, initialTsn: 7 })]), "INIT ACK");
    lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(lab.eventKinds).toContain("restarted");
    expect(link.association.nrSack).toBe(false);
  });

  it("is heeded only while DATA may be sent, and stops a packet where it is unknown (RFC 9260 3.2, 6)", () => {
    const link = new Lab().connected({ ...WANTED, nrSack: false });
    sent(link, 1);
    link.receive([nrSack(link, 0, [], []), link.sack(0)]);
    expect(link.association.bufferedBytes).toBe(1_000);
    expect(dropsOf(link, "unknown-chunk")).toBe(1);
    const closing = agreed();
    closing.association.shutdown(closing.lab.nowMs);
    closing.lab.flush();
    closing.receive([nrSack(closing, -1, [], [])]);
    expect(dropsOf(closing, "unexpected-chunk")).toBe(1);
  });
});

describe("Sending an NR-SACK (4.4.1)", () => {
  /** TSN, stream, SSN of 4.3; those without an SSN are unordered. */
  const ARRIVED = [
    [2, 0, 0],
    [3, 1, 0],
    [5, 0, 1],
    [6, 1, 1],
    [7, 1, 2],
    [8, 2],
    [11, 0, 3],
    [13, 2],
    [14, 0, 4],
    [15, 1, 4],
    [16, 2],
  ] as const;

  function arrive(link: Link, numbers: ReadonlyArray<readonly [number, number, number?]>): SentPacket[] {
    const chunks = numbers.map(([tsn, streamId, ssn]) =>
      link.data(tsn - 2, { streamId, ssn: ssn ?? 0, unordered: ssn === undefined }),
    );
    return link.receive(chunks);
  }

  it("SHOULD: tells what has been delivered as non-renegable, and the rest as renegable: CASE-2 of the example (4.3)", () => {
    const link = agreed();
    const packets = arrive(link, ARRIVED);
    expect(only(packets, "NR-SACK").cumulativeTsnAck).toBe((link.peerTsn + 1) >>> 0);
    expect(blocksOf(packets)).toEqual({
      renegable: [
        [8, 8],
        [11, 12],
      ],
      kept: [
        [2, 5],
        [10, 10],
        [13, 13],
      ],
    });
    expect(packets[0]?.lengthBytes).toBe(12 + 40);
  });

  it("tells a message as non-renegable once its turn has come, and everything cumulatively in the end", () => {
    const link = agreed();
    arrive(link, ARRIVED);
    // SSN 2 of stream 0 comes under TSN 9: TSNs 11 and 14 are delivered behind it.
    expect(blocksOf(arrive(link, [[9, 0, 2]]))).toEqual({
      renegable: [[12, 12]],
      kept: [
        [2, 6],
        [8, 8],
        [10, 11],
        [13, 13],
      ],
    });
    const packets = arrive(link, [
      [4, 3, 0],
      [10, 1, 3],
      [12, 3, 1],
    ]);
    expect(blocksOf(packets)).toEqual({ renegable: [], kept: [] });
    expect(only(packets, "NR-SACK").cumulativeTsnAck).toBe((link.peerTsn + 14) >>> 0);
  });

  it("tells fragments as renegable until their message is whole, all of them then as non-renegable", () => {
    const link = agreed();
    const part = (offset: number, beginning: boolean, ending: boolean): SentPacket[] =>
      link.receive([link.data(offset, { ssn: 0, beginning, ending })]);
    expect(blocksOf(part(1, true, false))).toEqual({ renegable: [[2, 2]], kept: [] });
    expect(blocksOf(part(3, false, true))).toEqual({
      renegable: [
        [2, 2],
        [4, 4],
      ],
      kept: [],
    });
    expect(blocksOf(part(2, false, false))).toEqual({ renegable: [], kept: [[2, 4]] });
  });

  it("tells a piece that has been handed out of a message in I-DATA as non-renegable, and what may be given up not", () => {
    const link = agreed({ interleaving: true, partialDeliveryPointBytes: 1 }, [
      supportedExtensions(NR_SACK, 64),
    ]);
    const piece = (offset: number, number: number): SentPacket[] =>
      link.receive([
        link.iData(offset, {
          mid: 0,
          beginning: number === 0,
          ending: false,
          ppidOrFsn: number,
          payload: new Uint8Array(100),
        }),
      ]);
    expect(blocksOf(piece(1, 0))).toEqual({ renegable: [], kept: [[2, 2]] });
    expect(blocksOf(piece(2, 2))).toEqual({ renegable: [[3, 3]], kept: [[2, 2]] });
    expect(blocksOf(piece(3, 1))).toEqual({ renegable: [], kept: [[2, 4]] });
  });

  it("tells all TSNs of a scattered message in I-DATA as non-renegable when it is delivered whole", () => {
    const link = agreed({ interleaving: true }, [supportedExtensions(NR_SACK, 64)]);
    const piece = (offset: number, mid: number, number: number, ending = false): SentPacket[] =>
      link.receive([
        link.iData(offset, { mid, streamId: mid, beginning: number === 0, ending, ppidOrFsn: number }),
      ]);
    piece(1, 0, 0);
    piece(2, 1, 0);
    piece(3, 0, 1, true);
    // MID 1 is no stream's first: it waits for its turn.
    expect(blocksOf(piece(4, 1, 1, true))).toEqual({
      renegable: [
        [3, 3],
        [5, 5],
      ],
      kept: [
        [2, 2],
        [4, 4],
      ],
    });
    const first = link.receive([link.iData(5, { mid: 0, streamId: 1 })]);
    expect(blocksOf(first)).toEqual({ renegable: [], kept: [[2, 6]] });
  });

  it("never takes back what it told to be non-renegable when it is short of room, and takes back the rest", () => {
    const link = agreed({ receiveBufferBytes: 4_096 });
    const payload = new Uint8Array(1_000);
    const at = (offset: number, ssn: number, streamId: number): SentPacket[] =>
      link.receive([link.data(offset, { ssn, streamId, payload })]);
    at(2, 0, 1); // Delivered.
    at(3, 1, 0);
    at(4, 2, 0);
    expect(blocksOf(at(5, 3, 0))).toEqual({ renegable: [[4, 6]], kept: [[3, 3]] });
    // The window is closed: what is missing displaces the highest that waits.
    expect(blocksOf(at(1, 0, 2))).toEqual({ renegable: [[4, 5]], kept: [[2, 3]] });
    expect(blocksOf(at(5, 3, 0))).toEqual({ renegable: [[4, 5]], kept: [[2, 3]] });
  });

  it("SHOULD: fills in blocks of both kinds from the lowest TSN on, as far as they are wanted, then duplicates", () => {
    const link = agreed({ maxGapBlocksReported: 3 });
    for (const [offset, ssn, streamId] of [
      [1, 1, 0],
      [3, 0, 1],
      [5, 2, 0],
    ] as const)
      link.receive([link.data(offset, { ssn, streamId })]);
    const packets = link.receive([
      link.data(7, { ssn: 1, streamId: 1 }),
      link.data(7, { ssn: 1, streamId: 1 }),
    ]);
    expect(blocksOf(packets)).toEqual({
      renegable: [
        [2, 2],
        [6, 6],
      ],
      kept: [[4, 4]],
    });
    expect(only(packets, "NR-SACK").duplicateTsns).toEqual([(link.peerTsn + 7) >>> 0]);
  });

  it("forgets what it has told once numbers begin anew a ring further on", () => {
    const link = agreed();
    link.receive([link.data(1, { ssn: 0, streamId: 1 })]); // Bit 1 of a ring of 1,024.
    link.receive([link.data(0)]);
    for (let offset = 2; offset < 1_024; offset += 31)
      link.receive(
        Array.from({ length: Math.min(31, 1_024 - offset) }, (_, i) =>
          link.data(offset + i, { ssn: offset + i - 1, streamId: 1, payload: Uint8Array.of(1) }),
        ),
      );
    link.read();
    const held = link.receive([link.data(1_025, { ssn: 9, streamId: 3 })]);
    expect(blocksOf(held)).toEqual({ renegable: [[2, 2]], kept: [] });
  });

  it("rides along with DATA only where its header has room beside it", () => {
    const full = 1_200 - 12 - 16;
    const chunksWith = (bytes: number): string[] => {
      const link = agreed();
      link.receive([link.data(0)]); // The first is acknowledged at once.
      link.receive([link.data(1)]);
      return kindsOf(link.send(bytes));
    };
    expect(chunksWith(full - 20)).toEqual(["NR-SACK+DATA"]);
    expect(chunksWith(full - 16)).toEqual(["DATA"]);
  });
});

describe("Receiving an NR-SACK (4.4.2)", () => {
  it("SHOULD: keeps nothing of what is non-renegable, and keeps what is renegable", () => {
    const link = agreed();
    sent(link, 6);
    expect(link.association.bufferedBytes).toBe(6_000);
    link.receive([nrSack(link, 0, [[2, 2]], [[3, 4]])]); // TSN 0; 2; 3 and 4.
    expect(link.association.bufferedBytes).toBe(3_000);
    expect(link.association.bufferedBytesOn(0)).toBe(3_000);
    expect(deliveredIn(link)).toEqual([0, 3, 4]);
    expect(link.association.path(PEER_ADDRESS).flightBytes).toBe(2 * 1_016);
    link.receive([nrSack(link, 5, [], [])]);
    expect(link.association.bufferedBytes).toBe(0);
    expect(deliveredIn(link)).toEqual([0, 3, 4, 1, 2, 5]);
  });

  it("frees room in the send buffer at once", () => {
    const link = agreed({ sendBufferBytes: 4_096, sendBufferLimitBytes: 4_096 });
    sent(link, 4, 1_100);
    expect(link.association.isWritable).toBe(false);
    link.receive([nrSack(link, -1, [[2, 2]], [])]);
    expect(link.association.isWritable).toBe(false);
    link.receive([nrSack(link, -1, [], [[2, 2]])]);
    expect(link.association.isWritable).toBe(true);
  });

  it("counts a message as delivered when none of its fragments is missing any more", () => {
    const link = agreed();
    link.send(3_000, { receipt: "three" });
    link.receive([nrSack(link, -1, [], [[3, 3]])]);
    link.receive([nrSack(link, 0, [], [])]);
    expect(deliveredIn(link)).toEqual([]);
    link.receive([nrSack(link, 0, [], [[2, 2]])]);
    expect(deliveredIn(link)).toEqual([]);
    link.receive([nrSack(link, 2, [], [])]);
    expect(deliveredIn(link)).toEqual(["three"]);
    const early = agreed();
    early.send(1_000);
    early.send(2_000, { receipt: "two" });
    early.receive([nrSack(early, -1, [], [[2, 3]])]);
    expect(deliveredIn(early)).toEqual(["two"]);
    early.receive([nrSack(early, 2, [], [])]);
    expect(deliveredIn(early)).toEqual(["two"]);
  });

  it("SHOULD: takes a TSN that stands in blocks of both kinds for non-renegable, and blocks in any order", () => {
    const link = agreed();
    sent(link, 8, 100);
    const blocks = [
      [6, 7],
      [2, 4],
    ] as const;
    const kept = [
      [7, 7],
      [3, 4],
      [3, 3],
    ] as const;
    link.receive([nrSack(link, -1, blocks, kept)]);
    expect(link.association.bufferedBytes).toBe(500);
    expect(deliveredIn(link)).toEqual([2, 3, 6]);
  });

  it("tells the same of loss and of room as from a SACK, whatever kind its blocks are of", () => {
    const shown = (
      chunkOf: (link: Link, through: number, end: number) => Parameters<Link["receive"]>[0][number],
    ) => {
      const link = agreed();
      sent(link, 10);
      const packets = [4, 5, 6].flatMap((end) => link.receive([chunkOf(link, 0, end)]));
      packets.push(...link.lab.run(5_000));
      const { cwndBytes, flightBytes, srttMs } = link.association.path(PEER_ADDRESS);
      const tsns = chunksOf(packets, "DATA").map(({ tsn }) => (tsn - link.ourTsn) >>> 0);
      return { tsns, cwndBytes, flightBytes, srttMs };
    };
    const bySack = shown((link, through, end) => link.sack(through, { gapBlocks: [{ start: 2, end }] }));
    expect(bySack.tsns).toContain(1);
    expect(shown((link, through, end) => nrSack(link, through, [[2, end]], []))).toEqual(bySack);
    expect(shown((link, through, end) => nrSack(link, through, [], [[2, end]]))).toEqual(bySack);
    expect(shown((link, through, end) => nrSack(link, through, [[3, end]], [[2, 2]]))).toEqual(bySack);
  });

  it("sends nothing again that it has let go, though reports leave it out or T3-rtx expires", () => {
    const link = agreed();
    sent(link, 4);
    link.receive([nrSack(link, -1, [], [[2, 3]])]);
    for (const chunk of [nrSack(link, -1, [], []), link.sack(-1), nrSack(link, -1, [[3, 4]], [])])
      link.receive([chunk]);
    const again = chunksOf(link.lab.run(10_000), "DATA").map(({ tsn }) => (tsn - link.ourTsn) >>> 0);
    expect(again).toContain(0);
    expect(again).not.toContain(1);
    expect(again).not.toContain(2);
    expect(link.association.bufferedBytes).toBe(2_000);
    link.receive([nrSack(link, 3, [], [])]);
    expect([link.association.bufferedBytes, link.state]).toEqual([0, "ESTABLISHED"]);
    expect(deliveredIn(link)).toEqual([1, 2, 0, 3]);
  });

  it("opens no window where a newer one has overtaken it, and the next one does (RFC 9260 6.2.1)", () => {
    const link = agreed({ congestionControl: "rfc9260", lossDetection: "rfc9260" });
    sent(link, 4);
    const window = (): number => link.association.status().peerRwndBytes;
    const says = (kept: Blocks, aRwndBytes: number): unknown =>
      link.receive([nrSack(link, -1, [], kept, { aRwndBytes })]);
    says([[2, 4]], 3_000);
    const known = window();
    says([[2, 2]], 5_000);
    expect(window()).toBe(known);
    says([[2, 4]], 5_000);
    expect(window()).toBe(known + 2_000);
  });

  it("is no news where it tells again of what was let go: nothing counts as missed below that (RFC 9260 7.2.4)", () => {
    const link = agreed({ congestionControl: "rfc9260", lossDetection: "rfc9260" });
    sent(link, 3);
    const sentAgain = (renegable: Blocks, kept: Blocks): number =>
      chunksOf(link.receive([nrSack(link, -1, renegable, kept)]), "DATA").length;
    for (let i = 0; i < 5; i++) {
      expect(sentAgain([], [[3, 3]])).toBe(0);
      expect(sentAgain([], [])).toBe(0);
    }
    sent(link, 2);
    expect(sentAgain([[4, 4]], [[3, 3]])).toBe(0);
    expect(sentAgain([[4, 5]], [[3, 3]])).toBe(2);
  });

  it("ends with a peer that takes back what it told to be non-renegable: nobody has it any more", () => {
    for (const broken of ["NR-SACK", "SACK", "SHUTDOWN"] as const) {
      const link = agreed();
      sent(link, 3);
      link.receive([nrSack(link, -1, [], [[2, 2]])]);
      const cumulativeTsnAck = link.ourTsn;
      const chunk =
        broken === "SHUTDOWN"
          ? ({ kind: "SHUTDOWN", cumulativeTsnAck } as const)
          : broken === "SACK"
            ? link.sack(0)
            : nrSack(link, 0, [], [[2, 2]]);
      expect(JSON.stringify(firstOf(link.receive([chunk]), "ABORT").causes)).toContain("Protocol Violation");
      expect(link.state).toBe("CLOSED");
    }
  });

  it("is dropped whole where a block of either kind is wrong, and where it ends before what it counts", () => {
    const wrong: ReadonlyArray<readonly [Blocks, Blocks]> = [
      [[], [[1, 2]]],
      [[], [[3, 2]]],
      [[[3, 2]], [[2, 2]]],
      [[], [[0, 2]]],
    ];
    for (const [renegable, kept] of wrong) {
      const link = agreed();
      sent(link, 4);
      link.receive([nrSack(link, 0, renegable, kept)]);
      expect([link.association.bufferedBytes, dropsOf(link, "invalid-sack")]).toEqual([4_000, 1]);
    }
    const link = agreed();
    sent(link, 4);
    const counts = { kind: "unknown", type: NR_SACK, flags: 0 } as const;
    for (const at of [13, 15, 17]) {
      const value = new Uint8Array(16);
      value[at - 4] = 1;
      link.receive([{ ...counts, value } as never]);
    }
    link.receive([{ ...counts, value: new Uint8Array(12) } as never]);
    expect(dropsOf(link, "malformed-chunk")).toBe(4);
  });

  it("ends the association where it tells of what was never sent, as a SACK does", () => {
    for (const [renegable, kept] of [
      [[], [[2, 4]]],
      [[[2, 4]], []],
    ] as ReadonlyArray<readonly [Blocks, Blocks]>) {
      const link = agreed();
      sent(link, 3);
      expect(kindsOf(link.receive([nrSack(link, -1, renegable, kept)]))).toEqual(["ABORT"]);
    }
  });

  it("is stale where its Cumulative TSN Ack lies behind: what it tells to be kept is not let go", () => {
    const link = agreed();
    sent(link, 4);
    link.receive([nrSack(link, 1, [], [])]);
    link.receive([nrSack(link, 0, [], [[3, 3]])]);
    expect([link.association.bufferedBytes, dropsOf(link, "stale-sack")]).toEqual([2_000, 1]);
  });

  it("reads duplicate TSNs behind the blocks of both kinds", () => {
    const link = agreed();
    sent(link, 6);
    const duplicateTsns = [link.ourTsn];
    link.receive([nrSack(link, 0, [[2, 2]], [[4, 4]], { duplicateTsns })]);
    expect(link.association.bufferedBytes).toBe(4_000);
  });

  it("lets nothing fail that it has let go: not when the association ends, and a message of which some is missing only whole", () => {
    const link = agreed();
    sent(link, 4);
    link.receive([nrSack(link, -1, [], [[2, 3]])]);
    link.association.abort(new Uint8Array(0), link.lab.nowMs);
    link.lab.flush();
    const failed = link.lab.events.flatMap((event) => (event.kind === "send-failed" ? [event.receipt] : []));
    expect(failed).toEqual([0, 3]);

    const lab = new Lab();
    const server = lab.accepted(WANTED, { parameters: [SUPPORTED] });
    server.send(1_000);
    server.send(2_500);
    server.receive([nrSack(server, -1, [], [[2, 3]])]);
    expect(server.association.bufferedBytes).toBe(3_500 - 2 * 1_172);
    const init = initChunk({ initiateTag: 0x5566, initialTsn: 7, parameters: [SUPPORTED] });
    const initAck = only(lab.receive([init]), "INIT ACK");
    const packets = lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    expect(kindsOf(packets)).toContain("COOKIE ACK");
    const ends = lab.events.flatMap((event) =>
      event.kind === "send-failed" ? [event.message.data.length] : [],
    );
    expect(ends).toEqual([1_000, 2_500]);
    expect(server.association.bufferedBytes).toBe(0);
  });

  it("moves Advanced.Peer.Ack.Point as from a SACK: all of a message that is given up is skipped (RFC 3758 3.5)", () => {
    const skipped = (kept: boolean): unknown => {
      const link = agreed({ partialReliability: true }, [
        supportedExtensions(NR_SACK, 192),
        FORWARD_TSN_SUPPORTED,
      ]);
      link.send(3_400, { reliability: { maxRetransmits: 0 } }); // TSNs 0, 1 and 2.
      link.send(1_000);
      const blocks: Blocks = [
        [2, 2],
        [4, 4],
      ];
      link.receive([kept ? nrSack(link, -1, [], blocks) : nrSack(link, -1, blocks, [])]);
      const packets = link.lab.run(3_000);
      expect(link.lab.eventKinds).toContain("send-failed");
      return { forwards: chunksOf(packets, "FORWARD TSN"), bytes: link.association.bufferedBytes };
    };
    const asRenegable = skipped(false);
    const asKept = skipped(true) as { forwards: readonly { newCumulativeTsn: number }[]; bytes: number };
    expect(asKept.forwards).toEqual((asRenegable as typeof asKept).forwards);
    expect(asKept.forwards.length).toBeGreaterThan(0);
    expect(asKept.bytes).toBe(0);
    expect((asRenegable as typeof asKept).bytes).toBe(1_000);
  });

  it("counts what the peer has for good of the beginning of a message that is given up as acknowledged", () => {
    const link = agreed({ partialReliability: true }, [
      supportedExtensions(NR_SACK, 192),
      FORWARD_TSN_SUPPORTED,
    ]);
    link.send(100);
    link.send(3_400, { reliability: { maxRetransmits: 0 } }); // TSNs 1, 2 and 3.
    link.receive([nrSack(link, -1, [], [[2, 2]])]);
    link.lab.run(3_000);
    const failed = link.lab.events.flatMap((event) =>
      event.kind === "send-failed" ? [event.message.acknowledgedBytes] : [],
    );
    expect(failed).toEqual([1_172]);
    expect(link.association.bufferedBytes).toBe(100);
  });

  it("frees what came over the faster of two paths while the other one is waited for", () => {
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    const both = [PEER_ADDRESS, PEER_SECOND_ADDRESS];
    const link = lab.connected(
      { ...WANTED, multipath: "independent" },
      initAckChunk({ parameters: [cookieParameter(), SUPPORTED] }),
      both,
    );
    sent(link, 8, 100);
    link.receive([nrSack(link, 0, [], [[3, 7]])]);
    expect(link.association.bufferedBytes).toBe(200);
    expect(link.association.nrSack).toBe(true);
  });
});
