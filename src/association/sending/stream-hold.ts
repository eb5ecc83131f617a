/**
 * Messages that wait until streams have been reset (RFC 6525 5.1.2 A1).
 * Owns: which streams, the messages that were queued on them since, how much of what was queued before has left.
 * Does not own: the queues of the streams (stream-queue.ts), when they are let go (send-queue.ts is told).
 */
import type { OutboundMessage } from "../model/outbound-message.ts";

/** What waits on one stream, as far as this looks. */
export interface DrainedQueue {
  /** Nothing is left that may still be sent. */
  readonly isDrained: boolean;
}

export class StreamHold {
  /** Undefined for all streams. */
  readonly #streamIds: ReadonlySet<number> | undefined;
  readonly #inOrder: readonly number[] | undefined;
  #messages: OutboundMessage[] = [];
  /** Streams, in their order, of which nothing is left that was queued before. */
  #drainedCount = 0;

  /** @param streamIds undefined for all */
  constructor(streamIds: readonly number[] | undefined) {
    this.#inOrder = streamIds;
    this.#streamIds = streamIds === undefined ? undefined : new Set(streamIds);
  }

  /** What waits, given up or not. */
  get messages(): readonly OutboundMessage[] {
    return this.#messages;
  }

  /** Payload bytes that wait on one stream. */
  bytesOn(streamId: number): number {
    let bytes = 0;
    for (const { data, limit, streamId: id, sentBytes } of this.#messages)
      if (id === streamId && limit?.isGivenUp !== true) bytes += data.length - sentBytes;
    return bytes;
  }

  covers(streamId: number): boolean {
    return this.#streamIds === undefined || this.#streamIds.has(streamId);
  }

  keep(message: OutboundMessage): void {
    this.#messages.push(message);
  }

  /** Empties it. */
  take(): OutboundMessage[] {
    const messages = this.#messages;
    this.#messages = [];
    return messages;
  }

  dropGivenUp(): void {
    this.#messages = this.#messages.filter(({ limit }) => limit?.isGivenUp !== true);
  }

  /**
   * Whether all that was queued before has got its TSNs. Nothing is queued on these streams meanwhile: one of which nothing is
   * left is not looked at again.
   */
  isDrained(queues: ReadonlyArray<DrainedQueue | undefined>): boolean {
    const count = this.#inOrder?.length ?? queues.length;
    for (; this.#drainedCount < count; this.#drainedCount++) {
      const streamId = this.#inOrder === undefined ? this.#drainedCount : this.#inOrder[this.#drainedCount];
      if (queues[streamId ?? 0]?.isDrained === false) return false;
    }
    return true;
  }
}
