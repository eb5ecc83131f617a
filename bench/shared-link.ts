/**
 * Associations that share one bottleneck, in virtual time: each from a host of its own, over one pair of addresses or several.
 * Owns: the hosts, the bottleneck, senders that always have data, what each has brought over. Does not own: what is asked of it
 * (multipath.ts, test/sim).
 */
import type { AssociationOptionsInput } from "../src/core.ts";
import { type SimAssociation, type SimHost, SimWorld } from "../src/sim/index.ts";

const MESSAGE_BYTES = 14_240;
const PACKET_BYTES = 1_452;
/** How often senders are given more. */
const STEP_MS = 50;

export interface SharedLinkInit {
  readonly bytesPerSecond: number;
  readonly roundTripMs: number;
  /** Of rate and round trip. */
  readonly queueProducts: number;
  readonly seed: number;
  /** Of packets, each way. */
  readonly lossRate?: number;
}

/** What one association is to be. */
export interface SharerInit {
  readonly paths: number;
  readonly options: AssociationOptionsInput;
}

class Sharer {
  readonly near: SimAssociation;
  readonly server: SimHost;
  #sentCount = 0;
  receivedBytes = 0;

  constructor(near: SimAssociation, server: SimHost) {
    this.near = near;
    this.server = server;
  }

  /** @param aheadBytes what waits or is under way at least */
  step(aheadBytes: number): void {
    const far = this.server.associations[0];
    const receivedCount = far?.receivedCount ?? 0;
    this.receivedBytes = receivedCount * MESSAGE_BYTES;
    far?.received.clear();
    const target = receivedCount + Math.ceil(aheadBytes / MESSAGE_BYTES);
    for (; this.#sentCount < target; this.#sentCount++) this.near.send(0, new Uint8Array(MESSAGE_BYTES));
  }
}

export class SharedLink {
  readonly world: SimWorld;
  readonly sharers: readonly Sharer[];
  readonly #aheadBytes: number;

  constructor(init: SharedLinkInit, sharers: readonly SharerInit[]) {
    const { bytesPerSecond, roundTripMs, queueProducts, seed, lossRate = 0 } = init;
    this.world = new SimWorld({ seed, isChecked: false });
    const productBytes = (bytesPerSecond * roundTripMs) / 1_000;
    this.#aheadBytes = 2 * (1 + queueProducts) * productBytes + bytesPerSecond * (STEP_MS / 1_000);
    // By up to the time of one packet: where all is exact, the same flow loses each time (phase effects).
    const packetMs = (PACKET_BYTES / bytesPerSecond) * 1_000;
    const halfMs = roundTripMs / 2;
    const back = { delayMinMs: halfMs, delayMaxMs: halfMs + packetMs, lossRate };
    const there = {
      delayMinMs: halfMs,
      delayMaxMs: halfMs,
      lossRate,
      bytesPerSecond,
      queueBytes: queueProducts * productBytes,
    };
    const ways: Array<readonly [string, string]> = [];
    this.sharers = sharers.map(({ paths, options }, at) => {
      const pairs = Array.from({ length: paths }, (_, path): readonly [string, string] => [
        `10.${at}.${path}.1`,
        `10.${at}.${path}.2`,
      ]);
      const client = this.world.host(
        `client ${at}`,
        pairs.map(([near]) => near),
      );
      const addresses = pairs.map(([, far]) => far);
      const server = this.world.host(`server ${at}`, addresses);
      for (const [near, far] of pairs) {
        this.world.link(near, far, there, back);
        ways.push([near, far]);
      }
      const all = {
        maxPacketBytes: PACKET_BYTES,
        sendBufferBytes: 67_108_864,
        receiveBufferBytes: 8_388_608,
        ...options,
      };
      server.listen(7, all);
      return new Sharer(client.connect(addresses, 7, all), server);
    });
    this.world.shareBottleneck(ways);
  }

  /** Lets time pass. @returns the bytes that each has brought over meanwhile */
  run(ms: number): number[] {
    const before = this.sharers.map(({ receivedBytes }) => receivedBytes);
    const endMs = this.world.nowMs + ms;
    while (this.world.nowMs < endMs) {
      for (const sharer of this.sharers) sharer.step(this.#aheadBytes);
      this.world.run(Math.min(STEP_MS, endMs - this.world.nowMs));
    }
    for (const sharer of this.sharers) sharer.step(0);
    return this.sharers.map(({ receivedBytes }, at) => receivedBytes - (before[at] ?? 0));
  }
}
