/**
 * A transfer over one link or several, each with its rate, round trip and queue, in virtual time, with all checkers.
 * Owns: the two hosts, the links, what is sent, how fast it arrived. Does not own: what is asked of it (multipath.ts, test/sim).
 */
import type { AssociationOptionsInput } from "../src/core.ts";
import { type SimAssociation, type SimHost, SimWorld } from "../src/sim/index.ts";

const MESSAGE_BYTES = 5_000;
/** What a queue holds at least: some packets. */
const LEAST_QUEUE_BYTES = 20_000;
const LIMIT_MS = 600_000;

export interface Route {
  readonly bytesPerSecond: number;
  readonly roundTripMs: number;
}

export interface TransferInit {
  /** One pair of addresses each. */
  readonly routes: readonly Route[];
  readonly options: AssociationOptionsInput;
  readonly messages: number;
  readonly seed?: number;
  /** Of packets, in each direction. */
  readonly lossRate?: number;
  /** Messages take turns on so many streams. */
  readonly streams?: number;
}

export class Transfer {
  readonly world: SimWorld;
  readonly near: SimAssociation;
  readonly routes: ReadonlyArray<{ readonly near: string; readonly far: string }>;
  readonly #server: SimHost;
  readonly #messages: number;

  constructor({ routes, options, messages, seed = 1, lossRate = 0, streams = 1 }: TransferInit) {
    this.world = new SimWorld({ seed });
    this.routes = routes.map((_, at) => ({ near: `10.${at}.0.1`, far: `10.${at}.0.2` }));
    const client = this.world.host(
      "client",
      this.routes.map(({ near }) => near),
    );
    const addresses = this.routes.map(({ far }) => far);
    this.#server = this.world.host("server", addresses);
    for (const [at, { bytesPerSecond, roundTripMs }] of routes.entries()) {
      const route = this.routes[at];
      if (route === undefined) continue;
      const back = { delayMinMs: roundTripMs / 2, delayMaxMs: roundTripMs / 2, lossRate };
      const queueBytes = Math.max(LEAST_QUEUE_BYTES, (bytesPerSecond * roundTripMs) / 1_000);
      this.world.link(route.near, route.far, { ...back, bytesPerSecond, queueBytes }, back);
    }
    const all = { maxPacketBytes: 1_452, sendBufferBytes: 67_108_864, ...options };
    this.#server.listen(7, all);
    this.near = client.connect(addresses, 7, all);
    this.#messages = messages;
    for (let i = 0; i < messages; i++) this.near.send(i % streams, new Uint8Array(MESSAGE_BYTES).fill(i));
  }

  get far(): SimAssociation | undefined {
    return this.#server.associations[0];
  }

  get receivedCount(): number {
    return this.far?.receivedCount ?? 0;
  }

  /** Everything arrives. @returns at how many bytes per second */
  finish(): number {
    this.world.runUntil(() => this.receivedCount === this.#messages, { limitMs: LIMIT_MS });
    return (this.#messages * MESSAGE_BYTES) / (this.world.nowMs / 1_000);
  }
}
