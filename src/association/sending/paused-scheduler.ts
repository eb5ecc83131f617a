/**
 * No stream's turn comes while nothing new may be sent (RFC 6525 5.1.4 C2), unless there is something to finish on it.
 * Owns: that. Does not own: the order, which the scheduler behind it keeps meanwhile; when it begins and ends (send-queue.ts).
 */
import type { StreamQueue } from "./stream-queue.ts";
import type { StreamScheduler } from "./stream-scheduler.ts";

export class PausedScheduler implements StreamScheduler {
  readonly behind: StreamScheduler;
  readonly #halfSent: () => StreamQueue | undefined;

  /** @param halfSent gives a stream with a message that has been begun, and not finished */
  constructor(behind: StreamScheduler, halfSent: () => StreamQueue | undefined) {
    this.behind = behind;
    this.#halfSent = halfSent;
  }

  get isPerPacket(): boolean {
    return this.behind.isPerPacket;
  }

  onQueued(stream: StreamQueue): void {
    this.behind.onQueued(stream);
  }

  next(): StreamQueue | undefined {
    return this.#halfSent();
  }

  onTaken(stream: StreamQueue, bytes: number, endOfMessage: boolean, endOfTurn: boolean): void {
    this.behind.onTaken(stream, bytes, endOfMessage, endOfTurn);
  }

  onPacketEnd(): void {
    this.behind.onPacketEnd?.();
  }
}
