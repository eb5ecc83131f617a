/** CUBIC and RFC 9260's congestion control side by side: whole stacks over a link with a rate, a delay and a queue. */
import { describe, expect, it } from "vitest";
import type { CongestionControlName } from "../../src/core.ts";
import { type SimAssociation, type SimHost, SimWorld } from "../../src/sim/index.ts";

const [NEAR, FAR] = ["10.0.0.1", "10.0.0.2"];
const BUFFERS = { sendBufferBytes: 8_388_608, receiveBufferBytes: 8_388_608 };
const BYTES_PER_SECOND = 1_250_000;
const ROUND_TRIP_MS = 100;
const PRODUCT_BYTES = (BYTES_PER_SECOND * ROUND_TRIP_MS) / 1_000;
const MESSAGE = new Uint8Array(50_000);

/** A sender that always has something to send, over 10 Mbit/s with a round trip of 100 ms. */
class Transfer {
  readonly world: SimWorld = new SimWorld({ seed: 1 });
  readonly near: SimAssociation;
  readonly #server: SimHost;
  readonly #messages: number;

  constructor(congestionControl: CongestionControlName, products: number, messages: number) {
    const options = { congestionControl, maxPacketBytes: 1_452, ...BUFFERS };
    const client = this.world.host("client", [NEAR]);
    this.#server = this.world.host("server", [FAR]);
    const delay = { delayMinMs: ROUND_TRIP_MS / 2, delayMaxMs: ROUND_TRIP_MS / 2 };
    const queueBytes = products * PRODUCT_BYTES;
    this.world.link(NEAR, FAR, { ...delay, bytesPerSecond: BYTES_PER_SECOND, queueBytes }, delay);
    this.#server.listen(7, options);
    this.near = client.connect([FAR], 7, options);
    this.#messages = messages;
    for (let i = 0; i < messages; i++) this.near.send(0, MESSAGE);
  }

  get cwndBytes(): number {
    return this.near.association.path(FAR).cwndBytes;
  }

  until(done: () => boolean): number {
    this.world.runUntil(done, { limitMs: this.world.nowMs + 60_000 });
    return this.world.nowMs;
  }

  /** Checkers included, everything arrives. */
  finish(): number {
    return this.until(() => this.#server.associations[0]?.receivedCount === this.#messages);
  }
}

describe("congestionControl", () => {
  it('"cubic" has the window of before a loss back after K seconds, RFC 9260 has not', () => {
    const grownBack = (congestionControl: CongestionControlName): number => {
      const transfer = new Transfer(congestionControl, 4, 160);
      transfer.until(() => transfer.cwndBytes > PRODUCT_BYTES);
      transfer.world.lose("DATA", { nth: 1 });
      let before = 0;
      transfer.until(() => {
        before = Math.max(before, transfer.cwndBytes);
        return transfer.cwndBytes < before;
      });
      expect(before).toBeGreaterThan(1.5 * PRODUCT_BYTES);
      transfer.world.run(3_000);
      expect(transfer.near.association.stats).toMatchObject({ fastRetransmits: 1, timeouts: 0 });
      return transfer.cwndBytes / before;
    };
    // A window of some 180 packets: K is 5.1 s, and after 3 s a fortieth of the window is left to go.
    expect(grownBack("cubic")).toBeGreaterThan(0.95);
    expect(grownBack("rfc9260")).toBeLessThan(0.7);
  });

  it('"cubic" loses less at its start than RFC 9260, and is as fast', () => {
    const [ours, theirs] = (["cubic", "rfc9260"] as const).map((name) => {
      const transfer = new Transfer(name, 4, 60);
      const endMs = transfer.finish();
      return { endMs, lost: transfer.near.association.stats.retransmittedChunks };
    });
    expect(ours!.lost).toBeLessThan(theirs!.lost / 2);
    expect(ours!.endMs).toBeLessThan(1.02 * theirs!.endMs);
    expect(ours!.endMs).toBeGreaterThan((60 * 50_000) / (BYTES_PER_SECOND / 1_000));
  });
});
