/**
 * What somebody can do who sees nothing of an association, but knows, or guesses, its addresses and ports.
 * Owns: that without the verification tag nothing gets through, and that nothing is told that would help to guess it.
 */

import { describe, expect, it } from "vitest";
import type { Association } from "../../src/association/association.ts";
import type { Chunk } from "../../src/chunks/chunk.ts";
import { SeededRandom } from "../../src/platform/random.ts";
import {
  HEARTBEAT,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  OUR_PORT,
  PEER_ADDRESS,
  PEER_COOKIE,
  PEER_PORT,
  PEER_TAG,
  sackChunk,
} from "../conformance/lab.ts";
import { tieTagsOf } from "../inside/engines.ts";
import { ipv4 } from "./addresses.ts";

/** One of each chunk that could do harm. */
function harmful(link: Link): Record<string, Chunk> {
  return {
    ABORT: { kind: "ABORT", tagReflected: false, causes: [] },
    "ABORT with the T bit": { kind: "ABORT", tagReflected: true, causes: [] },
    SHUTDOWN: { kind: "SHUTDOWN", cumulativeTsnAck: (link.ourTsn - 1) >>> 0 },
    "SHUTDOWN ACK": { kind: "SHUTDOWN ACK" },
    "SHUTDOWN COMPLETE": { kind: "SHUTDOWN COMPLETE", tagReflected: false },
    "SHUTDOWN COMPLETE with the T bit": { kind: "SHUTDOWN COMPLETE", tagReflected: true },
    DATA: link.data(0),
    SACK: link.sack(0),
    "SACK for everything": sackChunk({ cumulativeTsnAck: (link.ourTsn + 1_000) >>> 0 }),
    HEARTBEAT,
    ERROR: { kind: "ERROR", causes: [{ kind: "Stale Cookie", code: 3, stalenessUs: 1 }] },
    "COOKIE ACK": { kind: "COOKIE ACK" },
    "INIT ACK": initAckChunk(),
    "COOKIE ECHO": { kind: "COOKIE ECHO", cookie: PEER_COOKIE },
  };
}

/** Everything about an association that a packet could change. */
function snapshot(association: Association): unknown {
  const { sentPackets, receivedPackets, ...stats } = association.stats;
  return [association.status(), association.paths(), stats, association.localTag, association.peerTag];
}

/** An association with data in flight and data unread. */
function busy(): Link {
  const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
  link.send(100);
  link.receive([link.data(5)]);
  return link;
}

describe("with a guessed tag", () => {
  const names = Object.keys(harmful(new Lab().accepted()));

  it.each(names)("a %s from the peer's address and port changes nothing", (name) => {
    const link = busy();
    const chunk = harmful(link)[name];
    if (chunk === undefined) throw new Error(`no ${name}`);
    const before = snapshot(link.association);
    const random = new SeededRandom(11);
    const tags = [0, 1, 0xffff_ffff, ...Array.from({ length: 500 }, () => random.uint32())];
    for (let bit = 0; bit < 32; bit++) tags.push((link.association.localTag ^ (1 << bit)) >>> 0);
    // With the T bit the peer's own tag is a right one (8.5.1), without it none.
    if (!name.includes("T bit")) tags.push(PEER_TAG);
    for (const tag of tags) expect(link.receive([chunk], { tag })).toEqual([]);
    expect(snapshot(link.association)).toEqual(before);
    expect(link.lab.eventKinds).not.toContain("closed");
  });

  it("a packet that begins with a harmless chunk is not read to the harmful one", () => {
    const link = busy();
    const before = snapshot(link.association);
    const chunks = Object.values(harmful(link)).filter(({ kind }) => kind !== "INIT ACK");
    for (let tag = 1; tag < 200; tag++) expect(link.receive([link.data(0), ...chunks], { tag })).toEqual([]);
    expect(snapshot(link.association)).toEqual(before);
  });
});

describe("with the right tag", () => {
  it("a packet from an address that is none of the peer's changes nothing", () => {
    const link = busy();
    const before = snapshot(link.association);
    const { localTag: tag } = link.association;
    let answered = 0;
    for (const chunk of Object.values(harmful(link))) {
      for (const answer of link.receive([chunk], { tag, from: ipv4(1) })) {
        answered++;
        expect(["ABORT", "SHUTDOWN COMPLETE"]).toContain(answer.kinds[0]);
        expect(answer.to).toBe(ipv4(1));
      }
    }
    expect(answered).toBeGreaterThan(0); // Out of the blue, as from any stranger.
    expect(snapshot(link.association)).toEqual(before);
  });

  it("a packet with another port changes nothing", () => {
    const link = busy();
    const before = snapshot(link.association);
    const { localTag: tag } = link.association;
    for (const chunk of Object.values(harmful(link))) {
      link.receive([chunk], { tag, sourcePort: PEER_PORT + 1 });
      link.receive([chunk], { tag, destinationPort: OUR_PORT + 1 });
    }
    expect(snapshot(link.association)).toEqual(before);
  });

  it("a packet with a wrong checksum changes nothing, not even the peer's UDP port", () => {
    const link = busy();
    const before = snapshot(link.association);
    const bytes = new Uint8Array(28);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, PEER_PORT);
    view.setUint16(2, OUR_PORT);
    view.setUint32(4, link.association.localTag);
    view.setUint32(12, 0x06000004); // ABORT
    expect(link.lab.receiveBytes(bytes, { fromUdpPort: 6_666 })).toEqual([]);
    expect(snapshot(link.association)).toEqual(before);
  });
});

describe("a spoofed INIT from the peer's address", () => {
  it("changes nothing but the tie-tags, and what it is answered helps only who can read it", () => {
    const link = busy();
    const before = snapshot(link.association);
    for (let i = 1; i <= 100; i++) {
      const answers = link.receive([initChunk({ initiateTag: i })], { tag: 0 });
      expect(kindsOf(answers)).toEqual(["INIT ACK"]);
      expect(answers[0]?.to).toBe(PEER_ADDRESS);
    }
    expect(snapshot(link.association)).toEqual(before);
    const ties = Object.values(tieTagsOf(link.association));
    link.receive([initChunk({ initiateTag: 500 })], { tag: 0 });
    expect(Object.values(tieTagsOf(link.association))).toEqual(ties);
  });

  it("from another UDP port is refused, and the association keeps its own", () => {
    const link = busy();
    const before = snapshot(link.association);
    const answers = link.receive([initChunk({ initiateTag: 9 })], { tag: 0, fromUdpPort: 6_666 });
    expect(kindsOf(answers)).toEqual(["ABORT"]);
    expect(snapshot(link.association)).toEqual(before);
  });
});

describe("tags and TSNs", () => {
  it("are spread over all 32 bits, and none follows from the one before", () => {
    const lab = new Lab();
    lab.listen();
    const seen = new Set<number>();
    const onesByBit = new Array<number>(32).fill(0);
    for (let i = 0; i < 1_000; i++) {
      const [answer] = lab.receive([initChunk()], { from: ipv4(i) });
      const [chunk] = answer?.chunks ?? [];
      if (chunk?.kind !== "INIT ACK") throw new Error("no INIT ACK");
      for (const number of [chunk.initiateTag, chunk.initialTsn]) {
        seen.add(number);
        for (let bit = 0; bit < 32; bit++) onesByBit[bit] = (onesByBit[bit] ?? 0) + ((number >>> bit) & 1);
      }
    }
    expect(seen.size).toBe(2_000);
    for (const ones of onesByBit) expect(Math.abs(ones - 1_000)).toBeLessThan(150);
  });
});
