/**
 * One stream of an association as a channel of its own.
 * Owns: the messages that wait for its reader, and the faces of the channel: messages, async iteration, Web Streams.
 * Does not own: the face for programs written for TCP (byte-duplex.ts), which streams are channels (channel-table.ts).
 */
import { ReadableStream, WritableStream } from "node:stream/web";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import type { Message, SendInfo } from "../common/message.ts";
import type { SocketFacts } from "../common/socket-facts.ts";
import { ByteDuplex, type ByteDuplexOptions } from "./byte-duplex.ts";

/** What `send` of a stream says where the caller does not. */
export type StreamDefaults = Omit<SendInfo, "streamId" | "signal">;

/** What a channel needs of the socket. */
export interface ChannelOwner {
  readonly facts: SocketFacts;
  send(data: Uint8Array | string, info: SendInfo): Promise<void>;
  onUnread(changeBytes: number): void;
  /** The stream is no channel any more; `unread` belongs to whatever comes after it. */
  forget(channel: SctpStream, unread: readonly Message[]): void;
}

/** Counted for every message that waits, as in the socket's own buffer. */
const OVERHEAD_BYTES_PER_MESSAGE = 64;

/**
 * A stream as a channel: from its first use on, what arrives on the stream goes here and no longer to the socket's
 * `'message'` and `messages()`. The readers of an association share its receive window: if one of them stops reading
 * for good, the others stall once its messages fill `receiveBufferBytes`.
 */
export class SctpStream implements AsyncIterable<Message> {
  readonly id: number;
  readonly #owner: ChannelOwner;
  readonly #defaults: StreamDefaults;
  #queue: Message[] = [];
  #head = 0;
  #unreadBytes = 0;
  #ended = false;
  #error: Error | undefined;
  /** Called once when something can be taken, or nothing ever will. */
  readonly #waiting: Array<() => void> = [];
  #readable: ReadableStream<Message> | undefined;
  #writable: WritableStream<Uint8Array | string> | undefined;
  #node: ByteDuplex | undefined;
  #discards = false;

  /** For sockets: `socket.stream(id)` is how users get one. */
  constructor(owner: ChannelOwner, id: number, defaults: StreamDefaults) {
    this.#owner = owner;
    this.id = id;
    this.#defaults = defaults;
  }

  /** Bytes that wait for the reader; each message counts as 64 bytes more than it has. */
  get readableLength(): number {
    return this.#unreadBytes;
  }

  /**
   * Sends one message on this stream, as `Socket.send`.
   * @returns a promise that resolves when the message has been accepted
   * @throws (rejects) as `Socket.send`
   */
  send(data: Uint8Array | string, info: Omit<SendInfo, "streamId"> = {}): Promise<void> {
    return this.#owner.send(data, { ...this.#defaults, ...info, streamId: this.id });
  }

  /** The messages of this stream, as they come; ends with the association, or throws its error. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    const iterator: AsyncIterableIterator<Message> = {
      next: () => this.#next(),
      return: () => Promise.resolve({ done: true, value: undefined }), // Leaving the loop leaves the stream open.
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /** The messages of this stream as a Web Stream. Cancelling it closes the channel. */
  get readable(): ReadableStream<Message> {
    this.#readable ??= new ReadableStream<Message>(
      {
        pull: async (controller) => {
          const next = await this.#next();
          if (next.done === true) controller.close();
          else controller.enqueue(next.value);
        },
        cancel: () => this.close(),
      },
      { highWaterMark: 0 }, // Messages wait here, where they are counted.
    );
    return this.#readable;
  }

  /** Sends what is written, one message each, as a Web Stream. Closing it tells the peer nothing: SCTP streams have no end. */
  get writable(): WritableStream<Uint8Array | string> {
    this.#writable ??= new WritableStream<Uint8Array | string>({ write: (data) => this.send(data) });
    return this.#writable;
  }

  /**
   * The stream as a byte Duplex with the face of `net.Socket`, for programs written for TCP. Both sides must use it so:
   * `end()` is told to the peer by an empty message, as in RFC 8831 6.6 (PPID 57).
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT if the stream has been turned into one already
   */
  toNode(options: ByteDuplexOptions = {}): ByteDuplex {
    if (this.#node !== undefined) {
      throw new SctpError(
        SctpErrorCode.InvalidArgument,
        `stream ${this.id} is a byte stream already: use that one`,
      );
    }
    this.#node = new ByteDuplex(this, this.#owner.facts, options);
    return this.#node;
  }

  /**
   * Gives the stream back: what waits is dropped, and what arrives later goes to the socket again, or begins a new
   * channel with another `'stream'` event.
   */
  close(): void {
    this.#clear();
    this.#owner.forget(this, []);
    this.endReading(undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  // ---- For the socket ----------------------------------------------------------------------------------------

  deliver(message: Message): void {
    if (this.#discards) return this.#node?.onDiscarded(message);
    const bytes = message.data.length + OVERHEAD_BYTES_PER_MESSAGE;
    this.#queue.push(message);
    this.#unreadBytes += bytes;
    this.#owner.onUnread(bytes);
    this.#wake();
  }

  endReading(error: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    if (error !== undefined) this.#clear();
    this.#wake();
    this.#node?.onChannelEnd(error);
  }

  onConnect(): void {
    this.#node?.onConnect();
  }

  // ---- For the byte Duplex -----------------------------------------------------------------------------------

  /** The next message that waits, if one does. */
  take(): Message | undefined {
    const message = this.#queue[this.#head];
    if (message === undefined) return undefined;
    this.#head++;
    if (this.#head * 2 >= this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    const bytes = message.data.length + OVERHEAD_BYTES_PER_MESSAGE;
    this.#unreadBytes -= bytes;
    this.#owner.onUnread(-bytes);
    return message;
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Calls back once, when there is something to take or nothing ever will be. */
  whenReady(callback: () => void): void {
    if (this.#ended || this.#head < this.#queue.length) callback();
    else this.#waiting.push(callback);
  }

  /** From now on nobody reads: what waits and what comes is only shown to the byte Duplex, which looks for the end. */
  discard(): void {
    this.#discards = true;
    for (let message = this.take(); message !== undefined; message = this.take()) {
      this.#node?.onDiscarded(message); // Which may give the rest back.
    }
  }

  /** As `close`, but what waits belongs to the next user of the stream. */
  giveBack(): void {
    const unread = this.#queue.slice(this.#head);
    this.#clear();
    this.#owner.forget(this, unread);
    this.endReading(undefined);
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  async #next(): Promise<IteratorResult<Message>> {
    for (;;) {
      const message = this.take();
      if (message !== undefined) return { done: false, value: message };
      if (this.#error !== undefined) throw this.#error;
      if (this.#ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => this.whenReady(resolve));
    }
  }

  #wake(): void {
    for (const callback of this.#waiting.splice(0)) callback();
  }

  #clear(): void {
    const bytes = this.#unreadBytes;
    this.#queue = [];
    this.#head = 0;
    this.#unreadBytes = 0;
    if (bytes > 0) this.#owner.onUnread(-bytes);
  }
}
