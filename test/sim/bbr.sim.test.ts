/** BBR, and CUBIC beside it: whole stacks over a link with a rate, a delay, a queue and losses. */
import { describe, expect, it } from "vitest";
import type { CongestionControlName } from "../../src/core.ts";
import { type SimAssociation, type SimHost, SimWorld } from "../../src/sim/index.ts";

const [NEAR, FAR] = ["10.0.0.1", "10.0.0.2"];
const BUFFERS = { sendBufferBytes: 8_388_608, receiveBufferBytes: 8_388_608 };
const BYTES_PER_SECOND = 1_250_000;
const MESSAGE = new Uint8Array(50_000);

/** A sender that always has something to send, over 10 Mbit/s with a queue of four products. */
class Transfer {
  readonly world: SimWorld = new SimWorld({ seed: 1 });
  readonly near: SimAssociation;
  readonly #server: SimHost;
  readonly #messages: number;

  constructor(
    congestionControl: CongestionControlName,
    roundTripMs: number,
    lossRate: number,
    messages: number,
  ) {
    const options = { congestionControl, maxPacketBytes: 1_452, ...BUFFERS };
    const client = this.world.host("client", [NEAR]);
    this.#server = this.world.host("server", [FAR]);
    const link = { delayMinMs: roundTripMs / 2, delayMaxMs: roundTripMs / 2, lossRate };
    const queueBytes = (4 * BYTES_PER_SECOND * roundTripMs) / 1_000;
    this.world.link(NEAR, FAR, { ...link, bytesPerSecond: BYTES_PER_SECOND, queueBytes }, link);
    this.#server.listen(7, options);
    this.near = client.connect([FAR], 7, options);
    this.#messages = messages;
    for (let i = 0; i < messages; i++) this.near.send(0, MESSAGE);
  }

  /** Checkers included, everything arrives. @returns the share of the link that was used */
  finish(): number {
    const isDone = (): boolean => this.#server.associations[0]?.receivedCount === this.#messages;
    this.world.runUntil(isDone, { limitMs: 120_000 });
    return (this.#messages * MESSAGE.length) / ((this.world.nowMs / 1_000) * BYTES_PER_SECOND);
  }
}

describe("congestionControl", () => {
  it('"bbr" uses most of a link that loses one packet in a hundred', () => {
    expect(new Transfer("bbr", 100, 0.01, 60).finish()).toBeGreaterThan(0.6);
  });

  it('"bbr" keeps a long queue nearly empty where "cubic" fills it, and is as fast', () => {
    const [ours, theirs] = (["bbr", "cubic"] as const).map((name) => {
      const transfer = new Transfer(name, 40, 0, 60);
      const share = transfer.finish();
      return { share, srttMs: transfer.near.association.path(FAR).srttMs ?? 0 };
    });
    expect(ours!.share).toBeGreaterThan(0.95 * theirs!.share);
    expect(ours!.srttMs).toBeLessThan(1.8 * 40);
    expect(theirs!.srttMs).toBeGreaterThan(2 * 40);
  });
});
