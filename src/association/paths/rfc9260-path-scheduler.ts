/**
 * The choice of the destination by RFC 9260 6.4: one path at a time, another one for what timed out.
 * Owns: that choice. Does not own: which path is the primary and which ones work (path-set.ts).
 */
import type { OutboundMessage } from "../model/outbound-message.ts";
import type { Path } from "./path.ts";
import type { PathFlight } from "./path-flight.ts";
import type { PathScheduler } from "./path-scheduler.ts";
import type { PathSet } from "./path-set.ts";

export class Rfc9260PathScheduler implements PathScheduler {
  readonly #paths: PathSet;

  constructor(paths: PathSet) {
    this.#paths = paths;
  }

  /** RFC 9260 6.4: where the user wants the message to go, if that path works. */
  pathFor({ destination }: OutboundMessage): Path | undefined {
    if (destination === undefined) return this.#paths.forData;
    const wanted = this.#paths.byAddress(destination);
    return wanted?.usable ? wanted : this.#paths.forData;
  }

  mayJoin(message: OutboundMessage, path: Path): boolean {
    return this.pathFor(message) === path;
  }

  /** RFC 9260 6.4: what timed out goes elsewhere, a fast retransmission where it went before. */
  retransmissionPath(flight: PathFlight | undefined, timedOut: boolean): Path {
    const last = this.#paths.byFlight(flight);
    const fallback = this.#paths.forData ?? this.#paths.all[0];
    if (last === undefined) return fallback as Path;
    if (timedOut) return this.#paths.alternateTo(last);
    return last.usable ? last : (fallback ?? last);
  }
}
