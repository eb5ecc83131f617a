/**
 * The choice of the destination where DATA goes to all active paths at once (draft-tuexen-tsvwg-sctp-multipath 3, 5, 7).
 * Owns: that choice; how much of the buffers a path may hold (5.1, 5.2), which paths are too slow for what is left of them.
 * Does not own: windows and pacing (PathRoom), which paths work (path-set.ts), when something is sent again (src/association/sending).
 *
 * The draft leaves the choice open. Of the paths with room the one with the shortest round trip is taken, so that what was sent first
 * comes first. A slower one is passed over while the faster ones could fill the buffers before it is acknowledged: its chunk would hold
 * up all that they deliver. A window that is too small for all paths is filled by the fast ones.
 */
import type { OutboundMessage } from "../model/outbound-message.ts";
import type { Path } from "./path.ts";
import type { PathFlight } from "./path-flight.ts";
import type { PathScheduler } from "./path-scheduler.ts";
import type { PathSet } from "./path-set.ts";
import { Rfc9260PathScheduler } from "./rfc9260-path-scheduler.ts";

/** What is asked of the sender. */
export interface PathRoom {
  /** Whether a path's window and pace let a packet be started. */
  mayStart(path: Path, nowMs: number): boolean;
  /** The same for what is to be sent again. */
  mayResend(path: Path, nowMs: number): boolean;
  /** So much may be outstanding on all paths: what the peer's buffer and the send buffer hold. */
  readonly windowBytes: number;
}

export class MultipathScheduler implements PathScheduler {
  readonly #paths: PathSet;
  readonly #room: PathRoom;
  /** Where no path is active, and for messages whose destination the user has named. */
  readonly #single: Rfc9260PathScheduler;

  constructor(paths: PathSet, room: PathRoom) {
    this.#paths = paths;
    this.#room = room;
    this.#single = new Rfc9260PathScheduler(paths);
  }

  pathFor(message: OutboundMessage, nowMs: number): Path | undefined {
    if (this.#isNamed(message) || !this.#paths.all.some(({ usable }) => usable))
      return this.#single.pathFor(message);
    const shareBytes = this.#shareBytes;
    let best: Path | undefined;
    for (const path of this.#paths.all) {
      if (!path.usable || (best !== undefined && !isFaster(path, best))) continue;
      if (!isBelow(path, shareBytes) || !this.#room.mayStart(path, nowMs)) continue;
      best = path;
    }
    return best === undefined || this.#wouldBlock(best, shareBytes) ? undefined : best;
  }

  mayJoin(message: OutboundMessage, path: Path): boolean {
    return !this.#isNamed(message) || this.#paths.byAddress(message.destination ?? "") === path;
  }

  /**
   * RFC 9260 6.4: what timed out goes elsewhere, a fast retransmission where it went before; if there is no room, or that path is too
   * slow now, wherever there is some, so that it does not hold up all that other paths deliver.
   */
  retransmissionPath(flight: PathFlight | undefined, timedOut: boolean, nowMs: number): Path {
    const last = this.#paths.byFlight(flight);
    if (
      last?.usable &&
      !timedOut &&
      this.#room.mayResend(last, nowMs) &&
      !this.#wouldBlock(last, this.#shareBytes)
    )
      return last;
    return (
      this.fastestWithRoom(timedOut ? last : undefined, nowMs) ??
      this.#single.retransmissionPath(flight, timedOut)
    );
  }

  fastestWithRoom(but: Path | undefined, nowMs: number): Path | undefined {
    let best: Path | undefined;
    for (const path of this.#paths.all) {
      if (path === but || !path.usable || (best !== undefined && !isFaster(path, best))) continue;
      if (this.#room.mayResend(path, nowMs)) best = path;
    }
    return best;
  }

  #isNamed({ destination }: OutboundMessage): boolean {
    return destination !== undefined && this.#paths.byAddress(destination)?.usable === true;
  }

  get #shareBytes(): number {
    let count = 0;
    for (const { usable } of this.#paths.all) if (usable) count++;
    return this.#room.windowBytes / count;
  }

  /**
   * Whether the faster paths could send so much until a packet on this one is acknowledged that the buffers do not hold it all. What is in
   * flight may all stand before it in one queue, which no round trip has shown yet. Where they await no answer, waiting would be for nothing.
   */
  #wouldBlock({ flight, congestion, rto, maxPacketBytes }: Path, shareBytes: number): boolean {
    const { flightBytes } = flight;
    const expectedMs = rto.srttMs * (1 + Math.min(1, flightBytes / congestion.cwndBytes));
    let outstandingBytes = flightBytes + maxPacketBytes;
    let awaitsAnswer = false;
    for (const other of this.#paths.all) {
      if (!other.usable || !(other.rto.srttMs < rto.srttMs)) continue;
      const atOnceBytes = Math.min(other.congestion.cwndBytes, shareBytes);
      outstandingBytes += (atOnceBytes * expectedMs) / other.rto.srttMs;
      if (other.flight.flightBytes > 0) awaitsAnswer = true;
    }
    return awaitsAnswer && outstandingBytes > this.#room.windowBytes;
  }
}

/** A path whose round trip has not been measured is slower than any other. */
function isFaster({ rto }: Path, than: Path): boolean {
  return rto.srttMs < than.rto.srttMs || (!Number.isNaN(rto.srttMs) && Number.isNaN(than.rto.srttMs));
}

/** Whether a path holds less than its share of the buffers; one packet it always may. */
function isBelow({ flight, maxPacketBytes }: Path, shareBytes: number): boolean {
  return flight.flightBytes === 0 || flight.flightBytes + maxPacketBytes <= shareBytes;
}
