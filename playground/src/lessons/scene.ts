/**
 * A moment of a lesson, as its checks see it.
 * Owns: what can be asked about it. Does not own: taking it down (happenings.ts), playing (lesson-run.ts).
 */
import type { PathInfo } from "../../../src/core.ts";
import type { ScenarioRun, SimAssociation, SimHost } from "../../../src/sim/index.ts";
import {
  type EventQuery,
  type Happenings,
  isLike,
  type PacketQuery,
  type SeenEvent,
  type SeenPacket,
  tells,
} from "./happenings.ts";

export class Scene {
  readonly run: ScenarioRun;
  readonly #happenings: Happenings;

  constructor(run: ScenarioRun, happenings: Happenings) {
    this.run = run;
    this.#happenings = happenings;
  }

  get nowMs(): number {
    return this.run.nowMs;
  }

  /** All that are like that, in the order in which they were sent. */
  packets(query: Omit<PacketQuery, "nth">): SeenPacket[] {
    return this.#happenings.packets.filter((packet) => isLike(packet, query));
  }

  /** The one that is meant; undefined if it has not been sent. */
  packet(query: PacketQuery): SeenPacket | undefined {
    return this.packets(query)[(query.nth ?? 1) - 1];
  }

  /** How many have been sent. */
  count(query: Omit<PacketQuery, "nth">): number {
    return this.packets(query).length;
  }

  /** All packets of a host. */
  sentBy(host: string): SeenPacket[] {
    return this.#happenings.packets.filter(({ from }) => from === host);
  }

  events(query: Omit<EventQuery, "nth">): SeenEvent[] {
    return this.#happenings.events.filter((event) => tells(event, query));
  }

  event(query: EventQuery): SeenEvent | undefined {
    return this.events(query)[(query.nth ?? 1) - 1];
  }

  /** @throws Error if there is none of that name */
  host(name: string): SimHost {
    const host = this.run.host(name);
    if (host === undefined) throw new Error(`the lesson has no host "${name}"`);
    return host;
  }

  /** The latest association of a host. */
  end(host: string): SimAssociation | undefined {
    return this.host(host).associations.at(-1);
  }

  /** How many associations the stack of a host holds now. */
  held(host: string): number {
    return this.host(host).stack.associationCount;
  }

  /** Of the latest association of a host; "CLOSED" if there is none. */
  state(host: string): string {
    return this.end(host)?.state ?? "CLOSED";
  }

  /** The first path of the latest association of a host, or the one to that address. */
  path(host: string, address?: string): PathInfo | undefined {
    const paths = this.end(host)?.association.paths() ?? [];
    return address === undefined ? paths[0] : paths.find((path) => path.address === address);
  }

  /** When messages of a stream were delivered to the user of a host, whole or in part, in ms. */
  deliveries(host: string, streamId?: number): number[] {
    const like = { kind: "message", step: "delivered" } as const;
    const query = { host, like: streamId === undefined ? like : { ...like, streamId } };
    return this.events(query).map(({ atMs }) => atMs);
  }
}
