/** A receive buffer that grows: what it shares with others, options that change, restarts, ends. Its windows are in test/conformance. */
import { describe, expect, it } from "vitest";
import type { AssociationOptions } from "../../../../src/base/options.ts";
import type { Chunk } from "../../../../src/chunks/chunk.ts";
import {
  cookieOf,
  type Envelope,
  firstOf,
  initChunk,
  Lab,
  Link,
  PEER_TSN,
  type SentPacket,
} from "../../../conformance/lab.ts";
import { WindowPeer } from "../../../conformance/window-peer.ts";

const BEGIN_BYTES = 20_000;
const LIMIT_BYTES = 160_000;
const GROWTH_BYTES = LIMIT_BYTES - BEGIN_BYTES;
const GROWING = {
  receiveBufferBytes: BEGIN_BYTES,
  receiveBufferLimitBytes: LIMIT_BYTES,
  heartbeatIntervalMs: 0,
} as const satisfies Partial<AssociationOptions>;
const PERIOD_MS = 60_000;

/** The other end has a port of its own. */
class PortLink extends Link {
  sourcePort = 0;

  override receive(chunks: readonly Chunk[], envelope: Envelope = {}): SentPacket[] {
    return super.receive(chunks, { sourcePort: this.sourcePort, ...envelope });
  }
}

function peerAt(lab: Lab, sourcePort: number, initiateTag = 77, initialTsn = PEER_TSN): WindowPeer {
  const initAck = firstOf(lab.receive([initChunk({ initiateTag, initialTsn })], { sourcePort }), "INIT ACK");
  lab.receive([{ kind: "COOKIE ECHO", cookie: cookieOf(initAck) }], { sourcePort, tag: initAck.initiateTag });
  const association = [...lab.stack.associations].find(({ remotePort }) => remotePort === sourcePort)!;
  const link = new PortLink(lab, association, initialTsn, initAck.initialTsn);
  link.sourcePort = sourcePort;
  return new WindowPeer(link, BEGIN_BYTES);
}

function listening(maxBufferGrowthBytes: number): Lab {
  const lab = new Lab({ stack: { maxBufferGrowthBytes } });
  lab.listen(GROWING);
  return lab;
}

function sizeOf({ link }: WindowPeer): number {
  return link.association.status().receiveBufferBytes;
}

describe("what all buffers of a stack have grown by", () => {
  it("is bounded, first come, first served", () => {
    const lab = listening(GROWTH_BYTES + 10_000);
    const [first, second] = [peerAt(lab, 5_001), peerAt(lab, 5_002)];
    first.flow(20, 100);
    second.flow(20, 100);
    expect(sizeOf(first)).toBe(LIMIT_BYTES);
    expect(sizeOf(second)).toBe(BEGIN_BYTES + 10_000);
    expect(second.aRwndBytes).toBe(BEGIN_BYTES + 10_000);
  });

  it("is others' when an association ends", () => {
    const lab = listening(GROWTH_BYTES);
    const [first, second] = [peerAt(lab, 5_001), peerAt(lab, 5_002)];
    first.flow(20, 100);
    second.flow(5, 100);
    expect(sizeOf(second)).toBe(BEGIN_BYTES);
    first.link.association.abort(new Uint8Array(0), lab.nowMs);
    second.flow(20, 100);
    expect(sizeOf(second)).toBe(LIMIT_BYTES);
  });

  it("is others' when a buffer has become smaller, and nobody can use its larger windows any more", () => {
    const lab = listening(GROWTH_BYTES);
    const [first, second] = [peerAt(lab, 5_001), peerAt(lab, 5_002)];
    first.flow(20, 100);
    lab.run(2 * PERIOD_MS - 1_000);
    expect(sizeOf(first)).toBe(BEGIN_BYTES);
    second.flow(5, 100);
    expect(sizeOf(second)).toBe(BEGIN_BYTES);
    lab.run(PERIOD_MS);
    second.flow(20, 100);
    expect(sizeOf(second)).toBe(LIMIT_BYTES);
  });

  it("is not taken by an association that reads what is left after its end", () => {
    const lab = listening(GROWTH_BYTES);
    const [first, second] = [peerAt(lab, 5_001), peerAt(lab, 5_002)];
    first.flow(5, 100);
    first.send();
    first.link.association.abort(new Uint8Array(0), lab.nowMs);
    first.link.read();
    second.flow(20, 100);
    expect(sizeOf(second)).toBe(LIMIT_BYTES);
  });
});

describe("options of a living association", () => {
  it("that say nothing of the buffer leave it as it has grown", () => {
    const peer = peerAt(listening(GROWTH_BYTES), 5_001);
    peer.flow(20, 100);
    peer.link.association.setOptions({ sackDelayMs: 100 }, peer.link.lab.nowMs);
    expect(sizeOf(peer)).toBe(LIMIT_BYTES);
  });

  it("that say a size give it that size, and it grows no more; what was allowed is taken all the same", () => {
    const peer = peerAt(listening(GROWTH_BYTES), 5_001);
    peer.flow(20, 100);
    peer.link.association.setOptions({ receiveBufferBytes: 30_000 }, peer.link.lab.nowMs);
    expect(sizeOf(peer)).toBe(30_000);
    peer.send(); // It has not heard of that.
    expect(peer.link.association.readableCount).toBe(LIMIT_BYTES / 1_000);
    peer.link.read();
    peer.run(200);
    peer.hear();
    peer.flow(20, 100);
    expect(peer.aRwndBytes).toBe(30_000);
  });

  it("that say a larger size hold at once", () => {
    const peer = peerAt(listening(GROWTH_BYTES), 5_001);
    peer.flow(1, 100);
    peer.link.association.setOptions({ receiveBufferBytes: 500_000 }, peer.link.lab.nowMs);
    peer.note(peer.link.lab.flush());
    peer.hear();
    expect(peer.aRwndBytes).toBe(500_000);
  });

  it("that say a lower limit bound what it has grown to", () => {
    const peer = peerAt(listening(GROWTH_BYTES), 5_001);
    peer.flow(20, 100);
    peer.link.association.setOptions({ receiveBufferLimitBytes: 50_000 }, peer.link.lab.nowMs);
    expect(sizeOf(peer)).toBe(50_000);
  });
});

describe("a peer that begins anew", () => {
  it.each([
    ["ahead of those before, which have not been read", 0x1000_0000, true],
    ["behind those before", -0x1000_0000, false],
  ])(
    "was told of the buffer that there was at the beginning, and grows another one: TSNs %s",
    (_where, offset, isUnread) => {
      const lab = listening(GROWTH_BYTES);
      const before = peerAt(lab, 5_001);
      before.flow(20, 100);
      if (isUnread) before.send(); // More than four times what the INIT ACK tells.
      const after = peerAt(lab, 5_001, 78, (PEER_TSN + offset) >>> 0);
      expect(lab.eventKinds).toContain("restarted");
      expect(sizeOf(after)).toBe(BEGIN_BYTES);
      after.send();
      expect(lab.stack.counters["receive-window-full"]).toBeUndefined();
      after.link.read();
      after.run(200);
      after.hear();
      after.flow(20, 100);
      expect(sizeOf(after)).toBe(LIMIT_BYTES);
    },
  );
});
