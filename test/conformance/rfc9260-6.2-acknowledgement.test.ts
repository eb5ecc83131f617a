/** Acknowledging DATA: RFC 9260 sections 6.2, 6.2.1 and 6.7. */
import { describe, expect, it } from "vitest";
import type { AssociationOptions } from "../../src/base/options.ts";
import type { GapBlock } from "../../src/chunks/sack-lists.ts";
import { WIDE_WINDOW } from "../inside/wide-window.ts";
import {
  BY_RFC_9260_7_2,
  chunksOf,
  FULL_PAYLOAD,
  firstOf,
  kindsOf,
  Lab,
  type Link,
  only,
  PEER_ADDRESS,
  type SentPacket,
} from "./lab.ts";

/** The smallest receive buffer that the options allow. */
const SMALL_BUFFER = { receiveBufferBytes: 4_096 };

/** DATA of a thousand bytes, each a message of its own. */
function kilobyte(link: Link, offset: number, lengthBytes = 1_000) {
  return link.data(offset, { payload: new Uint8Array(lengthBytes) });
}

/** DATA that comes too early, and counts for a thousand bytes with its overhead while it waits. */
function early(link: Link, offset: number) {
  return link.data(offset, { payload: new Uint8Array(1_000 - 64) });
}

/** A peer that has filled the receive buffer: its window is closed, and a SACK has said so. */
function filled(): Link {
  const link = new Lab().accepted(SMALL_BUFFER);
  for (let i = 0; i < 2; i++) link.receive([kilobyte(link, i, 1_100)]);
  expect(firstOf(link.receive([kilobyte(link, 2, 1_100)]), "SACK").aRwndBytes).toBe(0);
  return link;
}

describe("RFC 9260 6.2 Acknowledgement on Reception of DATA Chunks", () => {
  it("MUST: acknowledges every DATA chunk within its window", () => {
    const link = new Lab().accepted();
    for (let i = 0; i < 20; i++) link.receive([link.data(i)]);
    link.lab.run(200);
    expect(chunksOf(link.lab.sent, "SACK").at(-1)?.cumulativeTsnAck).toBe(link.peerTsn + 19);
  });

  it("MUST: acknowledges what its window allowed, though many small messages cost more memory than they carry", () => {
    const link = new Lab().accepted({ receiveBufferBytes: 4_096 });
    const inOnePacket = Array.from({ length: 60 }, (_, i) => link.data(i, { payload: new Uint8Array(64) }));
    expect(only(link.receive(inOnePacket), "SACK")).toMatchObject({
      cumulativeTsnAck: link.peerTsn + 59,
      aRwndBytes: 0,
    });
  });

  it("MUST: takes what a window allowed, though it hears of a closed one while that is on its way [A26]", () => {
    const link = new Lab().accepted({ receiveBufferBytes: 100_000 });
    const chunk = (i: number) => link.data(i, { payload: new Uint8Array(33) });
    let aRwndBytes = 100_000;
    let count = 0;
    // A peer with 30,000 bytes under way stops when a SACK leaves it no room for them.
    for (; aRwndBytes >= 30_000; count += 2) {
      for (const packet of [count, count + 1]) {
        const [sack] = chunksOf(link.receive([chunk(packet)]), "SACK");
        aRwndBytes = sack?.aRwndBytes ?? aRwndBytes;
      }
    }
    const underWay = Math.floor(30_000 / 33);
    for (let i = 0; i < underWay; i++) link.receive([chunk(count + i)]);
    link.lab.run(200);
    const last = chunksOf(link.lab.sent, "SACK").at(-1);
    expect(last).toMatchObject({ cumulativeTsnAck: link.peerTsn + count + underWay - 1, aRwndBytes: 0 });
    expect(link.lab.stack.counters["receive-window-full"]).toBeUndefined();
  });

  it("SHOULD: bounds what a peer can make it keep in messages of one byte", () => {
    const link = new Lab().accepted({ receiveBufferBytes: 4_096 });
    const inOnePacket = Array.from({ length: 500 }, (_, i) => link.data(i, { payload: new Uint8Array(1) }));
    const { cumulativeTsnAck } = only(link.receive(inOnePacket), "SACK");
    expect(cumulativeTsnAck - link.peerTsn).toBeLessThan(140);
  });

  it("MUST: with its window closed, drops new DATA above the highest TSN, and says so at once", () => {
    const link = filled();
    const before = link.association.readableCount;
    const sack = only(link.receive([kilobyte(link, 3)]), "SACK");
    expect(sack).toMatchObject({ cumulativeTsnAck: link.peerTsn + 2, aRwndBytes: 0, gapBlocks: [] });
    expect(link.association.readableCount).toBe(before);
  });

  it("SHOULD: with its window closed, gives up the highest TSN held for reordering for a lower one", () => {
    const link = new Lab().accepted(SMALL_BUFFER);
    // TSNs 1 to 5 arrive, 0 does not; the buffer is full of what waits for it.
    for (let i = 1; i <= 4; i++) link.receive([early(link, i)]);
    link.receive([early(link, 5)]);
    const sack = firstOf(link.receive([kilobyte(link, 0)]), "SACK");
    expect(sack.cumulativeTsnAck).toBe(link.peerTsn + 3);
    expect(sack.gapBlocks).toEqual([]);
    expect(link.read()).toHaveLength(4);
    // What was given up is new when it comes again.
    expect(firstOf(link.receive([kilobyte(link, 4)]), "SACK").cumulativeTsnAck).toBe(link.peerTsn + 4);
    expect(link.read()).toHaveLength(1);
  });

  it("SHOULD: gives up a held fragment before a held message with a lower TSN", () => {
    const link = new Lab().accepted(SMALL_BUFFER);
    const fragment = (offset: number) => ({ ...kilobyte(link, offset), streamId: 1, ssn: 0 });
    link.receive([{ ...early(link, 1), ssn: 1 }]); // A message held for order.
    link.receive([{ ...fragment(3), ending: false }]); // A fragment above it.
    link.receive([{ ...early(link, 5), streamId: 2, ssn: 1 }]);
    link.receive([{ ...fragment(7), streamId: 3, ending: false }]);
    const sack = firstOf(link.receive([kilobyte(link, 0)]), "SACK");
    expect(sack.cumulativeTsnAck).toBe(link.peerTsn + 1);
    expect(sack.gapBlocks).toEqual([
      { start: 2, end: 2 },
      { start: 4, end: 4 },
    ]);
  });

  it("MUST NOT: lists in a SACK what was dropped", () => {
    const link = filled();
    link.receive([kilobyte(link, 7)]);
    const sack = only(link.receive([kilobyte(link, 9)]), "SACK");
    expect(sack.gapBlocks).toEqual([]);
    expect(sack.cumulativeTsnAck).toBe(link.peerTsn + 2);
  });

  it("MUST: avoids the silly window: a window of less than a packet is shown as closed", () => {
    const link = new Lab().accepted(SMALL_BUFFER);
    const windows = [0, 1, 2].map(
      (i) => firstOf([...link.receive([kilobyte(link, i, 1_100)]), ...link.lab.run(200)], "SACK").aRwndBytes,
    );
    expect(windows[0]).toBeGreaterThan(1_000);
    expect(windows[2]).toBe(0);
  });

  it("SHOULD: acknowledges at least every second packet, not every second chunk", () => {
    const link = new Lab().accepted();
    link.receive([link.data(0)]);
    expect(link.receive([link.data(1), link.data(2), link.data(3)])).toEqual([]);
    expect(only(link.receive([link.data(4)]), "SACK").cumulativeTsnAck).toBe(link.peerTsn + 4);
  });

  it("SHOULD: acknowledges within 200 ms", () => {
    const link = new Lab().accepted();
    link.receive([link.data(0)]);
    const startMs = link.lab.nowMs;
    link.receive([link.data(1)]);
    expect(only(link.lab.runUntilSent(), "SACK").cumulativeTsnAck).toBe(link.peerTsn + 1);
    expect(link.lab.nowMs - startMs).toBeLessThanOrEqual(200);
  });

  it("MUST NOT: sends more than one SACK for a packet", () => {
    const link = new Lab().accepted();
    link.receive([link.data(0)]);
    // A duplicate, a gap, the I bit and bad stream, all in one packet.
    const answer = link.receive([
      link.data(0),
      link.data(3, { immediate: true }),
      link.data(5, { streamId: 5_000 }),
    ]);
    expect(chunksOf(answer, "SACK")).toHaveLength(1);
    expect(chunksOf(link.lab.run(1_000), "SACK")).toEqual([]);
  });

  it("SHOULD: tells the peer when its reader opens the window", () => {
    const link = filled();
    link.read();
    const sack = only(link.lab.flush(), "SACK");
    expect(sack.aRwndBytes).toBeGreaterThan(1_000);
  });

  it("SHOULD: tells so when a quarter of the buffer is free beyond what it said, no sooner and no later [M6]", () => {
    const link = new Lab().accepted({ receiveBufferBytes: 65_536 });
    for (let i = 0; i < 40; i++) link.receive([kilobyte(link, i)]);
    link.lab.run(200);
    const updateAt: number[] = [];
    for (let count = 1; count <= 40; count++) {
      link.association.receiveMessage(link.lab.nowMs);
      if (chunksOf(link.lab.flush(), "SACK").length > 0) updateAt.push(count);
    }
    expect(updateAt).toEqual([17, 34]);
  });

  it("SHOULD: tells so also where the window was open, and less than a packet of the peer's [A13]", () => {
    const link = new Lab().accepted({ receiveBufferBytes: 20_000, maxPacketBytes: 9_000 });
    for (let i = 0; i < 2; i++) link.receive([kilobyte(link, i, 7_000)]);
    expect(firstOf([...link.lab.sent, ...link.lab.run(200)].slice(-1), "SACK").aRwndBytes).toBe(6_000);
    link.association.receiveMessage(link.lab.nowMs);
    expect(only(link.lab.flush(), "SACK").aRwndBytes).toBe(13_000);
  });

  it("SHOULD: tells so also where the reader has taken all that there is, and the rest is an unfinished message [A13]", () => {
    const link = new Lab().accepted({ receiveBufferBytes: 20_000, heartbeatIntervalMs: 0 });
    for (let i = 0; i < 3; i++) link.receive([kilobyte(link, i)]);
    for (let i = 3; i < 19; i++)
      link.receive([
        link.data(i, {
          streamId: 1,
          ssn: 0,
          beginning: i === 3,
          ending: false,
          payload: new Uint8Array(1_000),
        }),
      ]);
    expect(chunksOf([...link.lab.sent, ...link.lab.run(300)], "SACK").at(-1)?.aRwndBytes).toBe(0);
    while (link.association.receiveMessage(link.lab.nowMs) !== undefined);
    expect(chunksOf(link.lab.run(300), "SACK").at(-1)?.aRwndBytes).toBeGreaterThanOrEqual(1_000);
  });

  it.each([
    [20_000, 8_960],
    [20_000, 7_000],
    [131_072, 60_000],
  ])(
    "SHOULD: leaves no window of %i bytes too small for fragments of %i of a message that is larger [A13]",
    (receiveBufferBytes, fragmentBytes) => {
      const link = new Lab().accepted({ receiveBufferBytes, heartbeatIntervalMs: 0, maxPacketBytes: 65_507 });
      let windowBytes = receiveBufferBytes;
      for (let i = 0; i < 20; i++) {
        expect(windowBytes).toBeGreaterThanOrEqual(fragmentBytes);
        const chunk = link.data(i, {
          ssn: 0,
          beginning: i === 0,
          ending: i === 19,
          payload: new Uint8Array(fragmentBytes),
        });
        const answers = link.receive([chunk]);
        while (link.association.receiveMessage(link.lab.nowMs) !== undefined);
        windowBytes = chunksOf([...answers, ...link.lab.run(300)], "SACK").at(-1)?.aRwndBytes ?? 0;
      }
    },
  );

  it("MUST: sends no burst of window updates", () => {
    const link = new Lab().accepted({ receiveBufferBytes: 65_536 });
    for (let i = 0; i < 66; i++) link.receive([kilobyte(link, i)]);
    let updates = 0;
    for (;;) {
      if (link.association.receiveMessage(link.lab.nowMs) === undefined) break;
      updates += chunksOf(link.lab.flush(), "SACK").length;
    }
    expect(updates).toBeGreaterThanOrEqual(1);
    expect(updates).toBeLessThanOrEqual(4);
  });

  it("MUST NOT: lets SACK.Delay be set above 500 ms", () => {
    const lab = new Lab();
    expect(() => lab.listen({ sackDelayMs: 501 })).toThrow(
      expect.objectContaining({ code: "ERR_SCTP_INVALID_OPTION" }),
    );
    lab.listen({ sackDelayMs: 500 });
  });

  it("MUST: acknowledges in SACK chunks; after a SHUTDOWN of its own, in the SHUTDOWN", () => {
    const link = new Lab().accepted();
    expect(kindsOf(link.receive([link.data(0)]))).toEqual(["SACK"]);
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    const answer = link.receive([link.data(1)]);
    expect(kindsOf(answer)).toEqual(["SHUTDOWN"]);
    expect(firstOf(answer, "SHUTDOWN").cumulativeTsnAck).toBe(link.peerTsn + 1);
  });

  it("MUST: fills in the last TSN in sequence, and reports what lies beyond it in Gap Ack Blocks", () => {
    const link = new Lab().accepted();
    link.receive([link.data(0), link.data(1)]);
    const sack = only(link.receive([link.data(3), link.data(4), link.data(7)]), "SACK");
    expect(sack.cumulativeTsnAck).toBe(link.peerTsn + 1);
    expect(sack.gapBlocks).toEqual([
      { start: 2, end: 3 },
      { start: 6, end: 6 },
    ]);
  });

  it("MUST: reports as many Gap Ack Blocks as fit in the packet, the lowest first", () => {
    const link = new Lab().accepted();
    let answer: ReturnType<Link["receive"]> = [];
    for (let i = 1; i < 1_200; i += 2) answer = link.receive([link.data(i)]);
    const sack = firstOf(answer, "SACK");
    expect(sack.gapBlocks).toHaveLength((1_200 - 12 - 16) / 4);
    expect(sack.gapBlocks[0]).toEqual({ start: 2, end: 2 });
    expect(answer[0]?.lengthBytes).toBe(1_200);
  });

  it("SHOULD: sends a SACK beside the SHUTDOWN for what a cumulative ack cannot say", () => {
    const link = new Lab().accepted();
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    const answer = link.receive([link.data(2)]);
    expect(firstOf(answer, "SACK").gapBlocks).toEqual([{ start: 3, end: 3 }]);
    expect(chunksOf(answer, "SHUTDOWN")).toHaveLength(1);
  });

  it("SHOULD NOT: delays the SACK for DATA with the I bit", () => {
    const link = new Lab().accepted();
    link.receive([link.data(0)]);
    expect(only(link.receive([link.data(1, { immediate: true })]), "SACK").cumulativeTsnAck).toBe(
      link.peerTsn + 1,
    );
  });

  it("MUST: acknowledges a packet of nothing but duplicates at once, and reports them", () => {
    const link = new Lab().accepted();
    link.receive([link.data(0)]);
    link.receive([link.data(1)]);
    const sack = only(link.receive([link.data(1), link.data(0), link.data(1)]), "SACK");
    expect(sack.duplicateTsns).toEqual([link.peerTsn + 1, link.peerTsn, link.peerTsn + 1]);
    expect(only(link.receive([link.data(0)]), "SACK").duplicateTsns).toEqual([link.peerTsn]);
  });

  it("MAY: reports no more duplicates than maxDuplicateTsnsReported", () => {
    for (const maxDuplicateTsnsReported of [0, 2, 3]) {
      const link = new Lab().accepted({ maxDuplicateTsnsReported });
      link.receive([link.data(0)]);
      const sack = firstOf(link.receive([link.data(0), link.data(0), link.data(0)]), "SACK");
      expect(sack.duplicateTsns).toHaveLength(maxDuplicateTsnsReported);
    }
  });

  it("MUST: acknowledges the first DATA of an association at once", () => {
    const link = new Lab().accepted();
    expect(kindsOf(link.receive([link.data(0)]))).toEqual(["SACK"]);
  });

  it("SHOULD: shows the free space of its receive buffer as a_rwnd, and opens it only as the user reads", () => {
    const link = new Lab().accepted({ receiveBufferBytes: 100_000 });
    const first = firstOf(link.receive([kilobyte(link, 0)]), "SACK").aRwndBytes;
    link.receive([kilobyte(link, 1)]);
    const second = firstOf(link.receive([kilobyte(link, 2)]), "SACK").aRwndBytes;
    expect(first).toBeLessThanOrEqual(99_000);
    expect(first - second).toBeGreaterThanOrEqual(2_000);
    link.read();
    link.receive([kilobyte(link, 3)]);
    expect(firstOf(link.receive([link.data(4)]), "SACK").aRwndBytes).toBeGreaterThan(second);
  });

  it("SHOULD NOT: opens the window for fragments that wait for others", () => {
    const link = new Lab().accepted({ receiveBufferBytes: 100_000 });
    const before = firstOf(
      link.receive([{ ...kilobyte(link, 0), ssn: 0, ending: false }]),
      "SACK",
    ).aRwndBytes;
    link.read();
    link.receive([{ ...kilobyte(link, 1), ssn: 0, beginning: false, ending: false }]);
    const after = firstOf(
      link.receive([{ ...kilobyte(link, 2), ssn: 0, beginning: false, ending: false }]),
      "SACK",
    );
    expect(after.aRwndBytes).toBe(before - 2_000);
  });

  it("SHOULD: answers DATA without user data with ABORT and the cause No User Data", () => {
    const link = new Lab().accepted();
    const abort = only(link.receive([link.data(0, { payload: new Uint8Array(0) })]), "ABORT");
    expect(abort.causes).toEqual([{ kind: "No User Data", code: 9, tsn: link.peerTsn }]);
    expect(link.state).toBe("CLOSED");
  });

  it("SHOULD NOT: sends DATA without user data", () => {
    const link = new Lab().accepted();
    expect(() => link.send(0)).toThrow(expect.objectContaining({ code: "ERR_SCTP_EMPTY_MESSAGE" }));
  });
});

describe("RFC 9260 6.2.1 Processing a Received SACK Chunk", () => {
  it("SHOULD: A, B: counts the peer's window down from what its INIT said", () => {
    const link = new Lab().accepted({}, { aRwndBytes: 50_000 });
    expect(link.association.status().peerRwndBytes).toBe(50_000);
    link.send(1_000);
    expect(link.association.status().peerRwndBytes).toBe(49_000);
  });

  it("SHOULD: C: counts it up again for what is marked for retransmission", () => {
    const link = new Lab().accepted({}, { aRwndBytes: 50_000 });
    link.send(3 * FULL_PAYLOAD);
    link.lab.run(1_000); // T3-rtx: all three are marked, one goes out.
    expect(link.association.status().peerRwndBytes).toBe(50_000 - FULL_PAYLOAD);
  });

  it("SHOULD: D-i: drops a SACK whose Cumulative TSN Ack lies behind", () => {
    const link = new Lab().accepted();
    link.send(3 * FULL_PAYLOAD);
    link.receive([link.sack(1, { aRwndBytes: 40_000 })]);
    link.receive([link.sack(0, { aRwndBytes: 5 })]);
    expect(link.association.status().peerRwndBytes).toBe(40_000 - FULL_PAYLOAD);
  });

  it("SHOULD: D-ii: sets the window to a_rwnd less what is outstanding", () => {
    const link = new Lab().accepted();
    link.send(4 * FULL_PAYLOAD);
    link.receive([link.sack(0, { aRwndBytes: 10_000, gapBlocks: [{ start: 3, end: 3 }] })]);
    expect(link.association.status().peerRwndBytes).toBe(10_000 - 2 * FULL_PAYLOAD);
  });

  it("SHOULD: D-iii: takes back what the peer reneged on, and starts T3-rtx for it", () => {
    const link = new Lab().accepted();
    link.send(2 * FULL_PAYLOAD);
    link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end: 2 }] })]);
    link.receive([link.sack(0)]); // The second chunk is missing now.
    expect(link.association.path(PEER_ADDRESS).flightBytes).toBe(FULL_PAYLOAD + 16);
    const [again] = chunksOf(link.lab.runUntilSent(), "DATA");
    expect(again?.tsn).toBe(link.ourTsn + 1);
    expect(link.lab.nowMs).toBeLessThanOrEqual(1_000 + 1_000);
  });

  it("MUST: validates a SACK whole before anything changes: blocks that run backwards or touch the cumulative ack", () => {
    const link = new Lab().accepted();
    link.send(4 * FULL_PAYLOAD);
    const bad = [
      [{ start: 3, end: 2 }],
      [{ start: 0, end: 2 }],
      [{ start: 1, end: 2 }],
      [
        { start: 3, end: 3 },
        { start: 2, end: 1 },
      ],
    ];
    for (const gapBlocks of bad) {
      link.receive([link.sack(0, { gapBlocks, aRwndBytes: 5 })]);
      expect(link.association.status().unackedChunks).toBe(4);
    }
    expect(link.state).toBe("ESTABLISHED");
    expect(link.association.status().peerRwndBytes).toBeGreaterThan(5);
  });

  it("MAY: takes Gap Ack Blocks that are not isolated, in any order: that they are is a SHOULD of their sender (3.3.4)", () => {
    for (const gapBlocks of [
      [
        { start: 4, end: 4 },
        { start: 2, end: 3 },
      ],
      [
        { start: 2, end: 4 },
        { start: 3, end: 3 },
      ],
      [
        { start: 3, end: 4 },
        { start: 2, end: 3 },
        { start: 3, end: 4 },
      ],
    ]) {
      const link = new Lab().accepted();
      link.send(4 * FULL_PAYLOAD);
      link.receive([link.sack(-1, { gapBlocks })]);
      expect(link.association.path(PEER_ADDRESS).flightBytes).toBe(FULL_PAYLOAD + 16);
      link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end: 2 }, ...gapBlocks] })]);
      expect(link.association.path(PEER_ADDRESS).flightBytes).toBe(FULL_PAYLOAD + 16);
      link.receive([link.sack(3)]);
      expect(link.association.status().unackedChunks).toBe(0);
    }
  });

  it("SHOULD: ends the association over an acknowledgement of what was never sent", () => {
    for (const sack of [
      (link: Link) => link.sack(4),
      (link: Link) => link.sack(0, { gapBlocks: [{ start: 2, end: 4 }] }),
      (link: Link) =>
        link.sack(0, {
          gapBlocks: [
            { start: 3, end: 4 },
            { start: 2, end: 2 },
          ],
        }),
      (link: Link) => link.sack(0, { gapBlocks: [{ start: 2, end: 65_535 }] }),
      (link: Link) => link.sack(0x7fff_0000),
    ]) {
      const link = new Lab().accepted();
      link.send(4 * FULL_PAYLOAD);
      const abort = only(link.receive([sack(link)]), "ABORT");
      expect(abort.causes.map(({ kind }) => kind)).toEqual(["Protocol Violation"]);
      expect(link.state).toBe("CLOSED");
    }
  });
});

describe("RFC 9260 6.7 Report Gaps in Received DATA TSNs", () => {
  it("SHOULD: reports a gap at once, and goes on for every packet that does not fill it", () => {
    const link = new Lab().accepted();
    link.receive([link.data(0)]);
    for (const offset of [2, 3, 4]) {
      const sack = only(link.receive([link.data(offset)]), "SACK");
      expect(sack.gapBlocks).toEqual([{ start: 2, end: offset }]);
    }
    expect(only(link.receive([link.data(1)]), "SACK")).toMatchObject({
      cumulativeTsnAck: link.peerTsn + 4,
      gapBlocks: [],
    });
  });

  it("MUST: removes from its queue what the Cumulative TSN Ack covers", () => {
    const link = new Lab().accepted();
    link.send(4 * FULL_PAYLOAD);
    link.receive([link.sack(2)]);
    expect(link.association.status().unackedChunks).toBe(1);
    expect(link.association.bufferedBytes).toBe(FULL_PAYLOAD);
  });

  it("MUST: counts TSNs that the Gap Ack Blocks leave out as missing, and retransmits after three reports", () => {
    const link = new Lab().accepted({ ...BY_RFC_9260_7_2, maxBurst: 100 });
    link.send(4 * FULL_PAYLOAD);
    for (const end of [2, 3]) {
      const answer = link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end }] })]);
      expect(chunksOf(answer, "DATA")).toEqual([]);
    }
    const answer = link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end: 4 }] })]);
    expect(chunksOf(answer, "DATA").map(({ tsn }) => tsn)).toEqual([link.ourTsn]);
  });

  const RTT_MS = 40;
  /** Of every two chunks one is missing; sixteen blocks, as many as Linux reports, from one block on. */
  const blocks = (from: number) =>
    Array.from({ length: 16 }, (_, i) => ({ start: 2 * (from + i), end: 2 * (from + i) }));
  /** A hundred chunks are out, and their round trip is known. */
  const flooding = (options: Partial<AssociationOptions>): Link => {
    const link = new Lab().accepted({
      ...options,
      congestionControl: () => WIDE_WINDOW,
      maxBurst: 1_000,
      heartbeatIntervalMs: 0,
    });
    link.send(FULL_PAYLOAD);
    link.lab.run(RTT_MS);
    link.receive([link.sack(0)]);
    link.send(100 * FULL_PAYLOAD);
    link.lab.run(RTT_MS);
    return link;
  };
  const offsets = (link: Link, packets: readonly SentPacket[]): number[] =>
    chunksOf(packets, "DATA").map(({ tsn }) => (tsn - link.ourTsn) >>> 0);

  describe.each([
    { lossDetection: "rack", multipath: "off" },
    { lossDetection: "rfc9260", multipath: "off" },
    { lossDetection: "rack", multipath: "independent" },
    { lossDetection: "rfc9260", multipath: "independent" },
  ] as const)("RFC 9260 6.7 with %o", (options) => {
    it("MUST: takes what a SACK had no room for neither for lost nor for taken back", () => {
      const link = flooding(options);
      const sentAgain: number[] = [];
      const receive = (offset: number, from: number): void => {
        sentAgain.push(...offsets(link, link.receive([link.sack(offset, { gapBlocks: blocks(from) })])));
        sentAgain.push(...offsets(link, link.lab.run(RTT_MS / 4)));
      };
      // 1, 3, 5 and so on are missing of all hundred; the reports grow, as far as there is room.
      for (let i = 0; i < 4; i++) receive(0, 1);
      // What was sent again comes: it was sent after all that the SACKs say nothing of.
      link.lab.run(RTT_MS);
      for (let offset = 2; offset <= 20; offset += 2) receive(offset, 1);
      // Behind offset 20 there is room for blocks up to offset 52.
      expect(sentAgain.length).toBeGreaterThan(15);
      expect(new Set(sentAgain).size).toBe(sentAgain.length);
      expect(sentAgain.every((offset) => offset % 2 === 1)).toBe(true);
      expect(Math.max(...sentAgain)).toBeLessThanOrEqual(51);
    });

    it("MUST: takes it for lost once a SACK has room for all that has come", () => {
      const link = flooding(options);
      for (let i = 0; i < 4; i++) link.receive([link.sack(0, { gapBlocks: blocks(1) })]);
      link.lab.run(RTT_MS);
      const sentAgain: number[] = [];
      for (const last of [98, 99, 100]) {
        const gapBlocks = [{ start: 4, end: last - 34 }];
        sentAgain.push(...offsets(link, link.receive([link.sack(34, { gapBlocks })])));
        sentAgain.push(...offsets(link, link.lab.run(RTT_MS)));
      }
      expect(sentAgain.slice(0, 3)).toEqual([35, 36, 37]);
    });

    it("SHOULD: keeps what was reported before beyond the last block that there is room for", () => {
      const link = flooding(options);
      const { gapAcked, inFlight } = { gapAcked: 5 * 1_188, inFlight: 95 * 1_188 };
      link.receive([link.sack(0, { gapBlocks: [{ start: 90, end: 94 }] })]);
      const path = () => link.association.path(PEER_ADDRESS);
      expect(path().flightBytes).toBe(inFlight);
      const sixteen = blocks(1);
      link.receive([link.sack(0, { gapBlocks: sixteen })]);
      const lost = link.association.status().unackedChunks;
      expect(lost).toBe(100);
      const afterSixteen = path().flightBytes;
      // With room for more, and without those: they were taken back.
      link.receive([link.sack(0, { gapBlocks: sixteen.slice(0, 15) })]);
      expect(path().flightBytes).toBeGreaterThanOrEqual(afterSixteen + gapAcked);
    });
  });

  it.each(["off", "independent"] as const)(
    "MUST: counts no miss by what an earlier SACK reported beyond the last block: multipath %s",
    (multipath) => {
      const link = flooding({ lossDetection: "rfc9260", multipath });
      const sentAgain: number[] = [];
      const receive = (offset: number, gapBlocks: GapBlock[]): void =>
        void sentAgain.push(...offsets(link, link.receive([link.sack(offset, { gapBlocks })])));
      receive(0, [{ start: 90, end: 94 }]); // One miss for each below.
      receive(0, blocks(1));
      receive(0, [...blocks(1).slice(0, 15), { start: 32, end: 33 }]);
      expect(sentAgain).toContain(31); // Fast Recovery
      for (let offset = 2; offset <= 10; offset += 2) receive(offset, blocks(1));
      expect(Math.max(...sentAgain)).toBeLessThan(60);
    },
  );

  it("MUST: takes no larger window from a SACK that may be older than what it says nothing of", () => {
    const link = flooding({ lossDetection: "rfc9260" });
    const outstanding = (100 - 16 - 5) * FULL_PAYLOAD;
    const gapBlocks = [...blocks(1), { start: 90, end: 94 }];
    link.receive([link.sack(0, { gapBlocks, aRwndBytes: outstanding + 2 * FULL_PAYLOAD })]);
    link.receive([link.sack(0, { gapBlocks: blocks(1), aRwndBytes: outstanding + 7 * FULL_PAYLOAD })]);
    const isNew = (offset: number): boolean => offset > 100;
    expect(offsets(link, link.send(10 * FULL_PAYLOAD)).filter(isNew)).toEqual([101, 102]);
    // One with news is the newer one.
    const news = [...blocks(1).slice(0, 15), { start: 32, end: 33 }];
    const packets = link.receive([
      link.sack(0, { gapBlocks: news, aRwndBytes: outstanding + 7 * FULL_PAYLOAD }),
    ]);
    expect(offsets(link, packets).filter(isNew).length).toBeGreaterThan(3);
  });

  it("MUST: sends one SACK only, where not all gaps fit into it", () => {
    const link = new Lab().accepted();
    for (let i = 1; i < 1_200; i += 2) {
      const answer = link.receive([link.data(i)]);
      expect(chunksOf(answer, "SACK")).toHaveLength(1);
      expect(answer[0]?.lengthBytes).toBeLessThanOrEqual(1_200);
    }
  });
});
