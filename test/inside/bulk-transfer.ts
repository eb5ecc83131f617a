/**
 * A sender that always has something to send, over a simulated link with a rate, a delay, a queue and losses.
 * Owns: the two whole stacks, the link, what is sent. Does not own: what is asked of congestion control (the tests).
 */
import type { CongestionControlName } from "../../src/core.ts";
import { type SimAssociation, type SimHost, SimWorld } from "../../src/sim/index.ts";

const [NEAR, FAR] = ["10.0.0.1", "10.0.0.2"];
const BUFFERS = { sendBufferBytes: 8_388_608, receiveBufferBytes: 8_388_608 };
const MESSAGE = new Uint8Array(50_000);

/** 10 Mbit/s. */
export const BYTES_PER_SECOND = 1_250_000;

export interface BulkTransferInit {
  readonly congestionControl: CongestionControlName;
  readonly roundTripMs: number;
  /** How much waits before the link at most, in products of its rate and the round trip. */
  readonly queueProducts: number;
  /** In each direction. Default 0. */
  readonly lossRate?: number;
  /** Of 50,000 bytes each. */
  readonly messages: number;
}

export class BulkTransfer {
  readonly world: SimWorld = new SimWorld({ seed: 1 });
  readonly near: SimAssociation;
  readonly #server: SimHost;
  readonly #messages: number;

  constructor({ congestionControl, roundTripMs, queueProducts, lossRate = 0, messages }: BulkTransferInit) {
    const options = { congestionControl, maxPacketBytes: 1_452, ...BUFFERS };
    const client = this.world.host("client", [NEAR]);
    this.#server = this.world.host("server", [FAR]);
    const link = { delayMinMs: roundTripMs / 2, delayMaxMs: roundTripMs / 2, lossRate };
    const queueBytes = (queueProducts * BYTES_PER_SECOND * roundTripMs) / 1_000;
    this.world.link(NEAR, FAR, { ...link, bytesPerSecond: BYTES_PER_SECOND, queueBytes }, link);
    this.#server.listen(7, options);
    this.near = client.connect([FAR], 7, options);
    this.#messages = messages;
    for (let i = 0; i < messages; i++) this.near.send(0, MESSAGE);
  }

  get cwndBytes(): number {
    return this.near.association.path(FAR).cwndBytes;
  }

  get srttMs(): number {
    return this.near.association.path(FAR).srttMs ?? 0;
  }

  /** @returns when that was */
  until(done: () => boolean): number {
    this.world.runUntil(done, { limitMs: this.world.nowMs + 60_000 });
    return this.world.nowMs;
  }

  /** Checkers included, everything arrives. @returns when that was */
  finish(): number {
    return this.until(() => this.#server.associations[0]?.receivedCount === this.#messages);
  }

  /** The share of the link that all of it has used. */
  finishedShare(): number {
    return (this.#messages * MESSAGE.length) / ((this.finish() / 1_000) * BYTES_PER_SECOND);
  }
}
