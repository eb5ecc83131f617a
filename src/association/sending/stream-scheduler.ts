/**
 * The seam between the streams' queues and the order in which they are served.
 * Owns: what a scheduler is told, and what it answers.
 * Does not own: the messages (stream-queue.ts), that a message of DATA is finished once it has been begun (send-queue.ts), the
 * orders themselves (the files beside this).
 *
 * A scheduler sees streams, not messages: RFC 9260 leaves the order of the streams to the sender (6.5 fixes it only within a
 * stream), RFC 8260 3 names several. One scheduler serves one association. Every call must take constant time, or what the
 * order itself costs: it is made for each message, `onTaken` for each chunk.
 */
import type { StreamQueue } from "./stream-queue.ts";

export interface StreamScheduler {
  /** All new chunks of a packet are of one stream, and another one has its turn in the next packet (RFC 8260 3.3). */
  readonly isPerPacket: boolean;

  /** One more message waits at the end of the stream's queue. */
  onQueued(stream: StreamQueue): void;

  /**
   * The stream whose first message is to be cut next; it must have one. Asked when no message is half sent, and where fragments
   * are interleaved for each; asking changes nothing. Undefined where nothing waits.
   */
  next(): StreamQueue | undefined;

  /**
   * Something was taken from the first message of a stream: of the one that `next` gave, but for a message that was given up
   * half sent, or begun before this scheduler was chosen.
   * @param bytes payload that went into a chunk; 0 where the message was given up
   * @param endOfMessage whether the message has left the stream's queue
   * @param endOfTurn whether another stream may be next: behind a message, and where fragments are interleaved behind each
   */
  onTaken(stream: StreamQueue, bytes: number, endOfMessage: boolean, endOfTurn: boolean): void;

  /** No more goes into the packet at hand. Only where `isPerPacket`. */
  onPacketEnd?(): void;
}
