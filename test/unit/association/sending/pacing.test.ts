/** Pacing, by a controller of the test's own: when packets with DATA leave, whatever SACKs and windows allow. */
import { describe, expect, it } from "vitest";
import type { CongestionController } from "../../../../src/base/congestion-control.ts";
import type { AssociationOptions } from "../../../../src/base/options.ts";
import {
  chunksOf,
  Lab,
  type Link,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  type SentPacket,
  twoPaths,
} from "../../../conformance/lab.ts";

/** A full chunk in a packet of 1,200 bytes, and its payload. */
const CHUNK = 1_188;
const PAYLOAD = 1_172;
const QUIET = { heartbeatIntervalMs: 0, sendBufferBytes: 8_388_608 };

class Paced implements CongestionController {
  cwndBytes = 1_000_000;
  readonly ssthreshBytes = 0;
  readonly partialBytesAcked = 0;
  pacingBytesPerMs: number;

  constructor(pacingBytesPerMs: number) {
    this.pacingBytesPerMs = pacingBytesPerMs;
  }
  onAck(): void {}
  onFastRetransmit(): void {}
  onTimeout(): void {}
  onIdle(): void {}
  setPmdcs(): void {}
  reset(): void {}
}

interface Sender {
  readonly link: Link;
  readonly controller: Paced;
}

function sender(bytesPerMs: number, options: Partial<AssociationOptions> = {}): Sender {
  const controller = new Paced(bytesPerMs);
  const peer = { aRwndBytes: 4_000_000 };
  const link = new Lab().accepted({ ...QUIET, congestionControl: () => controller, ...options }, peer);
  return { link, controller };
}

/** How many packets left at which moment, counted from a time. */
function bursts(packets: readonly SentPacket[], fromMs: number): Array<readonly [number, number]> {
  const counts = new Map<number, number>();
  for (const { atMs } of packets) counts.set(atMs - fromMs, (counts.get(atMs - fromMs) ?? 0) + 1);
  return [...counts];
}

/** Asked again only then, as by a host that was busy meanwhile. */
function late(link: Link, ms: number): SentPacket[] {
  link.lab.nowMs += ms;
  link.lab.stack.handleTimeout(link.lab.nowMs);
  return link.lab.flush();
}

describe("a path that is paced", () => {
  it("sends a millisecond's worth at a time, at the rate of its controller on the whole", () => {
    const { link } = sender(6 * CHUNK);
    const fromMs = link.lab.nowMs;
    const packets = [...link.send(600 * PAYLOAD), ...link.lab.run(50)];
    for (const [atMs, count] of bursts(packets, fromMs)) {
      expect(count).toBeLessThanOrEqual(12);
      const sent = packets.filter((packet) => packet.atMs - fromMs <= atMs).length;
      expect(sent).toBeLessThanOrEqual(6 * (atMs + 1));
      expect(sent).toBeGreaterThanOrEqual(6 * atMs);
    }
    expect(packets.length).toBeGreaterThanOrEqual(300);
  });

  it("sends two packets at a time where its rate is low, and waits for a whole quantum", () => {
    const { link } = sender(CHUNK / 10);
    const fromMs = link.lab.nowMs;
    const packets = [...link.send(8 * PAYLOAD), ...link.lab.run(100)];
    expect(bursts(packets, fromMs)).toEqual([
      [0, 2],
      [20, 2],
      [40, 2],
      [60, 2],
    ]);
  });

  it("sends no more for SACKs, and is bound by no Max.Burst", () => {
    const { link } = sender(20 * CHUNK, { maxBurst: 1 });
    expect(link.send(200 * PAYLOAD)).toHaveLength(19);
    for (let i = 0; i < 19; i++) expect(link.receive([link.sack(i)])).toEqual([]);
    link.lab.nowMs += 0.5;
    expect(link.receive([link.sack(18)])).toHaveLength(10);
  });

  it("makes up for a host that is late, by four milliseconds' worth at most", () => {
    for (const [lateMs, count] of [
      [3, 24],
      [50, 39],
    ] as const) {
      const { link } = sender(8 * CHUNK);
      expect(link.send(600 * PAYLOAD)).toHaveLength(7);
      expect(late(link, lateMs)).toHaveLength(count);
    }
  });

  it("has one quantum after a pause, however long it was", () => {
    const { link } = sender(8 * CHUNK);
    link.send(PAYLOAD);
    link.lab.run(100);
    expect(link.send(600 * PAYLOAD)).toHaveLength(7);
  });

  it("holds back what is sent again, too", () => {
    const { link } = sender(CHUNK / 10);
    link.send(4 * PAYLOAD);
    link.lab.run(20);
    for (const end of [2, 3, 4])
      expect(link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end }] })])).toEqual([]);
    const fromMs = link.lab.nowMs;
    const again = link.lab.run(30);
    expect(chunksOf(again, "DATA").map(({ tsn }) => tsn)).toEqual([link.ourTsn]);
    expect(bursts(again, fromMs)).toEqual([[20, 1]]);
  });

  it("waits less when its rate grows", () => {
    const { link, controller } = sender(CHUNK / 100);
    expect(link.send(4 * PAYLOAD)).toHaveLength(2);
    expect(link.lab.run(50)).toEqual([]);
    controller.pacingBytesPerMs = CHUNK;
    expect(link.receive([link.sack(0)])).toEqual([]);
    expect(link.lab.run(3)).toHaveLength(2);
  });

  it("asks for no SACK because it waits for its time", () => {
    const { link } = sender(CHUNK);
    const packets = [...link.send(8 * PAYLOAD), ...link.lab.run(10)];
    const bits = chunksOf(packets, "DATA").map(({ immediate }) => immediate);
    expect(bits).toHaveLength(8);
    expect(bits.slice(0, 7)).not.toContain(true);
  });

  it("waits for nothing else than its window where that is full", () => {
    const { link, controller } = sender(CHUNK);
    controller.cwndBytes = 2 * CHUNK;
    expect(link.send(8 * PAYLOAD)).toHaveLength(2);
    expect(link.lab.run(100)).toEqual([]);
    expect(link.receive([link.sack(1)])).toHaveLength(2);
  });
});

describe("pacing", () => {
  it("is off where a controller's rate is Infinity: packets leave at once, bound by Max.Burst", () => {
    const { link } = sender(Number.POSITIVE_INFINITY, { maxBurst: 3 });
    expect(link.send(10 * PAYLOAD)).toHaveLength(3);
    expect(link.receive([link.sack(0)])).toHaveLength(3);
  });

  it("is each path's own", () => {
    const rates = [CHUNK / 10, 100 * CHUNK];
    const congestionControl = () => new Paced(rates.shift() ?? 0);
    const link = twoPaths({ ...QUIET, congestionControl, lossDetection: "rfc9260" });
    const fromMs = link.lab.nowMs;
    const slow = link.send(4 * PAYLOAD, { to: PEER_ADDRESS });
    const fast = link.send(40 * PAYLOAD, { to: PEER_SECOND_ADDRESS });
    const packets = [...slow, ...fast, ...link.lab.run(30)];
    const to = (address: string) =>
      bursts(
        packets.filter((packet) => packet.to === address),
        fromMs,
      );
    expect(to(PEER_ADDRESS)).toEqual([
      [0, 2],
      [20, 2],
    ]);
    expect(to(PEER_SECOND_ADDRESS)).toEqual([[20, 40]]); // Behind the other message, in the order of the stream.
  });
});
