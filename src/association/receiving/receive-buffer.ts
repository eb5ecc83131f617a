/**
 * Messages that are ready for the user, and the window that is advertised to the peer.
 * Owns: the queue to the user, what counts against the receive buffer, and when a window update is due (RFC 9260 6.2).
 * Does not own: messages that are not ready yet (data-assembler.ts, stream-ordering.ts); it is told of their bytes.
 */
import { Fifo } from "../../base/fifo.ts";
import type { ReceivedMessage } from "../model/received-message.ts";

/**
 * What an open window had allowed may take so many times the buffer's size: then messages of 64 bytes, which count 256,
 * still find room when the whole window is full of them.
 */
const OVERCOMMIT_FACTOR = 4;
/** A window below a packet's worth is a silly one. */
const SILLY_WINDOW_BYTES = 1_500;

/** Who lets a buffer grow and shrink. */
export interface BufferGrowth {
  /** The largest size by which windows that are still in force were told. */
  readonly committedBytes: number;
  /** The user has read so much. @param tsn as in ReceivedMessage */
  onRead(lengthBytes: number, tsn: number, nowMs: number): void;
  /** Other options hold. */
  onOptions(nowMs: number): void;
  /** The peer begins anew: it has been told of a buffer as large as at the beginning. */
  onRestart(): void;
  /** The association is over. */
  onEnd(): void;
}

export class ReceiveBuffer {
  /** What is held elsewhere for this association: fragments and messages that came too early. */
  heldBytes = 0;
  #capacityBytes: number;
  #minChargeBytes: number;
  readonly #queue = new Fifo<ReceivedMessage>();
  #readyBytes = 0;
  #lastAdvertisedBytes: number;
  /** What the peer may still send by the windows it was told of, in payload, as it counts. */
  #allowedBytes: number;

  /** @param minChargeBytes the least that a message counts, so that many small ones cannot take unbounded memory */
  constructor(capacityBytes: number, minChargeBytes: number) {
    this.#capacityBytes = capacityBytes;
    this.#minChargeBytes = minChargeBytes;
    this.#lastAdvertisedBytes = capacityBytes;
    this.#allowedBytes = capacityBytes;
  }

  /** An empty buffer begins anew: its whole capacity counts as advertised. */
  reset(minChargeBytes: number): void {
    this.#minChargeBytes = minChargeBytes;
    this.#lastAdvertisedBytes = this.#capacityBytes;
    this.#allowedBytes = this.#capacityBytes;
    this.heldBytes = 0;
  }

  /** What a message counts: its payload, and never less than a minimum. */
  chargeOf({ data }: ReceivedMessage): number {
    return Math.max(data.length, this.#minChargeBytes);
  }

  get capacityBytes(): number {
    return this.#capacityBytes;
  }
  /** What has been advertised cannot be taken back: a smaller buffer only closes the window sooner. */
  set capacityBytes(bytes: number) {
    this.#capacityBytes = bytes;
  }
  /** Messages that wait for the user, in their order. */
  get ready(): readonly ReceivedMessage[] {
    return this.#queue.values();
  }
  get readyCount(): number {
    return this.#queue.length;
  }
  /** What counts against the buffer. */
  get usedBytes(): number {
    return this.#readyBytes + this.heldBytes;
  }
  get freeBytes(): number {
    return Math.max(0, this.#capacityBytes - this.usedBytes);
  }

  /** What the peer was told last. */
  get lastAdvertisedBytes(): number {
    return this.#lastAdvertisedBytes;
  }

  /** Whether what is free is too little to be advertised. */
  get isTight(): boolean {
    return this.freeBytes < Math.min(this.#capacityBytes >>> 2, SILLY_WINDOW_BYTES);
  }

  /**
   * Whether a chunk with a new TSN is more than the peer was allowed to send, and nothing has come free since: it is dropped
   * (RFC 9260 6.2). What a window allowed is taken, whatever later ones said: it was on its way before the peer could hear of
   * them, and the peer cannot know what messages cost here beyond their bytes. Dropping it would make the peer wait for
   * T3-rtx; that cost has a bound of its own.
   * @param committedBytes the buffer's size, or a larger one that windows which are still in force were told by
   */
  isClosedTo(payloadBytes: number, committedBytes: number): boolean {
    if (this.usedBytes >= OVERCOMMIT_FACTOR * committedBytes) return true;
    return payloadBytes > this.#allowedBytes && this.isTight;
  }

  /** What the peer may still send by the windows it was told of. */
  get allowedBytes(): number {
    return this.#allowedBytes;
  }

  /** Windows of before the buffer became smaller are in force no longer. */
  forgetLargerWindows(): void {
    this.#allowedBytes = Math.min(this.#allowedBytes, this.#capacityBytes);
  }

  /** New user data was accepted, whatever becomes of it. */
  onAccepted(payloadBytes: number): void {
    this.#allowedBytes -= payloadBytes;
  }

  push(message: ReceivedMessage): void {
    this.#queue.push(message);
    this.#readyBytes += this.chargeOf(message);
  }

  /** The message that `shift` would give. */
  peek(): ReceivedMessage | undefined {
    return this.#queue.peek();
  }

  /** The next message for the user; its memory no longer counts. */
  shift(): ReceivedMessage | undefined {
    const message = this.#queue.shift();
    if (message !== undefined) this.#readyBytes -= this.chargeOf(message);
    return message;
  }

  /**
   * The a_rwnd for a SACK that is about to be sent. A window below the silly-window bound is shown as closed, so that
   * the peer waits for a useful one (RFC 9260 6.2; RFC 1122 4.2.3.3).
   */
  advertise(): number {
    this.#lastAdvertisedBytes = this.isTight ? 0 : this.freeBytes;
    if (this.#lastAdvertisedBytes > this.#allowedBytes) this.#allowedBytes = this.#lastAdvertisedBytes;
    return this.#lastAdvertisedBytes;
  }

  /**
   * Whether the user has freed enough, since the last SACK, for one that only says so (RFC 9260 6.2): a quarter of the buffer.
   * However open the window was, it may have been less than a packet of the peer's, which then waits for this.
   */
  get windowUpdateDue(): boolean {
    return (this.freeBytes - this.#lastAdvertisedBytes) * 4 >= this.#capacityBytes;
  }
}
