/**
 * The seam between DATA that is to be sent and the paths that it may go to.
 * Owns: what is asked. Does not own: windows and timers, which may still forbid it (src/association/sending/outbound.ts), the
 * paths (path-set.ts), the rules themselves (the files beside this).
 *
 * The answer is a path, and a path has the address to send from as well: where source addresses are to be chosen, too (RFC
 * 9260 6.4.1), it is by answering, or first changing, the path that has the right one.
 */
import type { OutboundMessage } from "../model/outbound-message.ts";
import type { Path } from "./path.ts";
import type { PathFlight } from "./path-flight.ts";

export interface PathScheduler {
  /** Where the next chunk of a message goes; undefined while there is no path for it. Asked several times per packet. */
  pathFor(message: OutboundMessage, nowMs: number): Path | undefined;

  /** Whether a chunk of a message may go along in a packet to the path. */
  mayJoin(message: OutboundMessage, path: Path): boolean;

  /**
   * Where a chunk goes that is to be sent again.
   * @param flight of the path that it was sent to last; undefined if that has been removed
   * @param timedOut T3-rtx gave it up, not a Fast Retransmit
   */
  retransmissionPath(flight: PathFlight | undefined, timedOut: boolean, nowMs: number): Path;

  /** The path with the shortest round trip of those that have room; only where several are used at once. */
  fastestWithRoom?(but: Path | undefined, nowMs: number): Path | undefined;
}
