/**
 * A receive buffer that grows with the flow, so that nobody has to compute a bandwidth-delay product: dynamic right-sizing, as TCP's
 * receivers have it.
 * Owns: how much the user reads within a round trip, twice which the buffer is to hold; the round trip as a receiver sees it; when what
 * is not needed is given back. Does not own: the buffer and its windows (receiving/receive-buffer.ts), by how much the buffers of all
 * associations may grow (model/growth-budget.ts), the send buffer (sending/outbound.ts).
 *
 * A buffer grows by what the user has taken, and only while it takes all that there is: neither what waits nor a slow reader makes it
 * larger. It shrinks while nothing waits in it. What the windows of before had allowed is still taken then, and counts as grown, until
 * the peer must have heard of a smaller one.
 *
 * Made with the first quarter of a buffer that was read: an idle association has nothing of it.
 */
import { tsnGt } from "../../base/serial.ts";
import type { Deadlines, TimedPart } from "../model/deadlines.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
import type { Seat } from "../model/seat.ts";
import type { Settings } from "../model/settings.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { Inbound } from "../receiving/inbound.ts";
import type { BufferGrowth } from "../receiving/receive-buffer.ts";
import type { Counters } from "../reporting/status.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** The buffer holds so many times what is read in a round trip: so a sender that doubles its window in one meets no end of ours. */
const ROUND_TRIPS_HELD = 2;
/** A round trip is taken for no more than so many times what was measured when no queue may have been there. */
const MOST_QUEUED = 4;
/** Before so much of the buffer has been read it bounds nobody. */
const SHARE_READ_FIRST = 1 / 4;
/**
 * How long a buffer keeps what was not needed, and how long what a larger window had allowed is taken after a smaller one was told: a
 * packet that left before the peer could hear of that is not on its way any more.
 */
const PERIOD_MS = 60_000;

export interface ReceiveBufferGrowthParts {
  readonly seat: Seat;
  readonly settings: Settings;
  readonly stats: Pick<Counters, "receivedBytes">;
  readonly lifecycle: Pick<Lifecycle, "state">;
  readonly paths: Pick<PathSet, "all">;
  readonly inbound: Inbound;
  readonly deadlines: Pick<Deadlines, "add">;
  touch(nowMs: number): void;
}

class ReceiveBufferGrowth implements BufferGrowth, TimedPart {
  deadlineMs: number = NEVER;
  committedBytes: number;
  readonly #parts: ReceiveBufferGrowthParts;
  /** What has been taken of the growth that all associations share. */
  #heldBytes = 0;
  /** The most that the flow was worth since the deadline last came. */
  #neededBytes = 0;
  /** Read since then, and when a round trip is over. */
  #readBytes = 0;
  #sinceMs = 0;
  #dueMs: number = NEVER;
  /** More than these bytes beyond that TSN are sent only by a window that was told after that time: a round trip lies between. */
  #windowLeftBytes = 0;
  #windowTsn = 0;
  #windowSinceMs = 0;
  /** The shortest time in which more has come. */
  #shortestMs: number = NEVER;

  constructor(parts: ReceiveBufferGrowthParts, nowMs: number) {
    this.#parts = parts;
    this.committedBytes = parts.inbound.buffer.capacityBytes;
    this.#beginWindow(nowMs);
    this.#beginRound(nowMs);
  }

  onRead(lengthBytes: number, tsn: number, nowMs: number): void {
    this.#readBytes += lengthBytes;
    if (tsnGt(tsn, this.#windowTsn)) this.#windowLeftBytes -= lengthBytes;
    if (this.#parts.inbound.buffer.readyCount > 0) return;
    if (this.#windowLeftBytes < 0) this.#onWindow(nowMs);
    if (nowMs < this.#dueMs || nowMs === this.#sinceMs) return;
    const share = (this.#dueMs - this.#sinceMs) / (nowMs - this.#sinceMs);
    this.#onRound(Math.ceil(this.#readBytes * share), nowMs);
    this.#beginRound(nowMs);
  }

  /** More has been read than could be sent by what the peer had been told when the window began. */
  #onWindow(nowMs: number): void {
    const isMeasured = this.#windowSinceMs !== NEVER;
    if (isMeasured) this.#shortestMs = Math.min(this.#shortestMs, nowMs - this.#windowSinceMs);
    this.#beginWindow(nowMs);
    if (!isMeasured) this.#beginRound(nowMs);
    else if (this.#dueMs === NEVER) this.#dueMs = this.#sinceMs + this.#shortestMs;
  }

  /** The user has read so much in one round trip. */
  #onRound(readBytes: number, nowMs: number): void {
    const { inbound, settings } = this.#parts;
    const { receiveBufferLimitBytes } = settings.options;
    const worthBytes = Math.min(ROUND_TRIPS_HELD * readBytes, receiveBufferLimitBytes);
    this.#neededBytes = Math.max(this.#neededBytes, worthBytes);
    if (worthBytes > inbound.buffer.capacityBytes) this.#resize(worthBytes, nowMs);
  }

  onOptions(nowMs: number): void {
    const { receiveBufferBytes, receiveBufferLimitBytes } = this.#parts.settings.options;
    const { capacityBytes } = this.#parts.inbound.buffer;
    const sizeBytes = Math.min(Math.max(capacityBytes, receiveBufferBytes), receiveBufferLimitBytes);
    if (sizeBytes !== capacityBytes) this.#resize(sizeBytes, nowMs);
  }

  onRestart(): void {
    const { inbound, settings } = this.#parts;
    // What was allowed before is allowed no more, but what waits for the user still has the room that it was given.
    inbound.buffer.capacityBytes = settings.options.receiveBufferBytes;
    // TSNs begin anew: what is measured does so, too, when all has been read.
    this.#shortestMs = NEVER;
    this.#dueMs = NEVER;
    this.#windowSinceMs = NEVER;
    this.#windowLeftBytes = -1;
  }

  onEnd(): void {
    const { inbound, seat } = this.#parts;
    this.#heldBytes = seat.growth.resize(this.#heldBytes, 0);
    this.deadlineMs = NEVER;
    inbound.growth = undefined;
  }

  /** A period is over: no larger window than by the present size is in force, and what was not needed meanwhile is given back. */
  onTimeout(nowMs: number): void {
    const { inbound, seat, settings } = this.#parts;
    const { buffer, sackPolicy } = inbound;
    const { receiveBufferBytes } = settings.options;
    const neededBytes = Math.max(this.#neededBytes, receiveBufferBytes);
    this.#neededBytes = 0;
    this.deadlineMs = nowMs + PERIOD_MS;
    if (buffer.usedBytes > 0) return;
    buffer.forgetLargerWindows();
    this.committedBytes = buffer.capacityBytes;
    const heldBytes = Math.max(0, buffer.capacityBytes - receiveBufferBytes);
    this.#heldBytes = seat.growth.resize(this.#heldBytes, heldBytes);
    if (neededBytes * 2 <= buffer.capacityBytes) {
      this.#resize(neededBytes, nowMs);
      sackPolicy.sendNow();
    } else if (this.#heldBytes === 0) this.deadlineMs = NEVER;
  }

  /** Another size holds from now on, or as much of it as all buffers together may have grown. */
  #resize(sizeBytes: number, nowMs: number): void {
    const { seat, settings } = this.#parts;
    const { buffer } = this.#parts.inbound;
    const { receiveBufferBytes } = settings.options;
    const heldBytes = Math.max(this.#heldBytes, sizeBytes - receiveBufferBytes);
    this.#heldBytes = seat.growth.resize(this.#heldBytes, heldBytes);
    const isLess = sizeBytes < buffer.capacityBytes;
    buffer.capacityBytes = Math.min(sizeBytes, receiveBufferBytes + this.#heldBytes);
    this.committedBytes = Math.max(this.committedBytes, buffer.capacityBytes);
    if (!isLess && this.deadlineMs !== NEVER) return;
    this.deadlineMs = nowMs + PERIOD_MS;
    this.#parts.touch(nowMs);
  }

  /**
   * As measured, or as it seems where that is longer: packets wait in queues, or take another way now. But a flow that is slow takes
   * long for a window's worth whatever the round trip is.
   */
  get #roundTripMs(): number {
    let measuredMs = 0;
    for (const { rto } of this.#parts.paths.all) if (rto.srttMs > measuredMs) measuredMs = rto.srttMs; // NaN: not measured.
    if (measuredMs === 0) return this.#shortestMs;
    if (this.#shortestMs === NEVER) return measuredMs;
    return Math.max(measuredMs, Math.min(this.#shortestMs, MOST_QUEUED * measuredMs));
  }

  #beginRound(nowMs: number): void {
    this.#readBytes = 0;
    this.#sinceMs = nowMs;
    this.#dueMs = nowMs + this.#roundTripMs;
  }

  #beginWindow(nowMs: number): void {
    const { buffer, tsns } = this.#parts.inbound;
    this.#windowLeftBytes = buffer.allowedBytes;
    this.#windowTsn = tsns.highestTsn;
    this.#windowSinceMs = nowMs;
  }
}

/** The user has read something: may the buffer grow, and is there enough to go by? */
export function considerReceiveBufferGrowth(parts: ReceiveBufferGrowthParts, nowMs: number): void {
  const { receiveBufferBytes, receiveBufferLimitBytes } = parts.settings.options;
  if (receiveBufferLimitBytes <= receiveBufferBytes) return;
  if (parts.stats.receivedBytes < receiveBufferBytes * SHARE_READ_FIRST) return;
  if (parts.lifecycle.state === "CLOSED") return;
  const growth = new ReceiveBufferGrowth(parts, nowMs);
  parts.inbound.growth = growth;
  parts.deadlines.add(growth);
}
