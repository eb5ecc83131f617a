/**
 * One stream of an association as a channel of its own.
 * Owns: the messages that wait for its reader, and the faces of the channel: messages, async iteration, Web Streams.
 * Does not own: the face for programs written for TCP (byte-duplex.ts), which streams are channels (channel-table.ts).
 */
import { EventEmitter } from "node:events";
import { ReadableStream, WritableStream } from "node:stream/web";
import { checkSendInfo } from "../../association/model/send-info.ts";
import type { StreamShare } from "../../association/model/stream-share.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { watchListeners } from "../common/listener-watch.ts";
import type { Message, SendInfo } from "../common/message.ts";
import type { SocketFacts } from "../common/socket-facts.ts";
import { tell } from "../common/tell.ts";
import { ByteDuplex, type ByteDuplexOptions, isEnd } from "./byte-duplex.ts";
import type { ChannelOutgoing } from "./channel-outgoing.ts";
import type { OnStreamEvent } from "./stream-events.ts";

/** What `send` of a stream says where the caller does not. */
export type StreamDefaults = Omit<SendInfo, "streamId" | "signal">;

export const NO_DEFAULTS: StreamDefaults = Object.freeze({});

const NOT_A_DEFAULT = ["streamId", "signal"] as const;

/** @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT */
export function checkDefaults(defaults: StreamDefaults): void {
  if (defaults === NO_DEFAULTS) return;
  checkSendInfo(defaults);
  for (const name of NOT_A_DEFAULT) {
    if ((defaults as SendInfo)[name] === undefined) continue;
    throw new SctpError(
      SctpErrorCode.InvalidOption,
      `there is no option "${name}" of stream(): it belongs to each message, or is the channel's own`,
    );
  }
}

/**
 * How the association of a stream ends: gracefully, begun by the peer, which has told the ends of its streams then, or by this
 * side; or early, while the peer can still be told something, or when it cannot.
 */
export type Ending = "by-peer" | "by-us" | "departing" | "gone";

/** What a channel needs of the socket. */
export interface ChannelOwner {
  readonly facts: SocketFacts;
  readonly isEnding: boolean;
  readonly outgoing: ChannelOutgoing;
  tell(data: Uint8Array, info: SendInfo): void;
  onSettled(): void;
  onUnread(changeBytes: number): void;
  shareOf(streamId: number): StreamShare;
  /** @throws SctpError ERR_SCTP_INVALID_STREAM, ERR_SCTP_INVALID_ARGUMENT */
  setShare(streamId: number, share: Partial<StreamShare>): void;
  /** As `SctpStream.reset`, of that stream. */
  reset(id: number): Promise<void>;
  /** The stream is no channel any more; `unread` belongs to whatever comes after it. */
  forget(channel: SctpStream, unread: readonly Message[]): void;
}

/** Counted for every message that waits, as in the socket's own buffer. */
const OVERHEAD_BYTES_PER_MESSAGE = 64;

/**
 * A stream as a channel: from its first use on, what arrives on the stream goes here and no longer to the socket's
 * `'message'` and `messages()`. The readers of an association share its receive window, for SCTP has none for a stream by
 * itself: if one of them pauses, the others stall once its messages fill `receiveBufferBytes`, and go on when it reads on.
 * Where readers may pause for long, let `receiveBufferBytes` hold all that they leave unread, or give the large transfers an
 * association of their own (through one `UdpPort` it costs no socket), or read on and keep the data elsewhere.
 */
export class SctpStream extends EventEmitter implements AsyncIterable<Message> {
  // The methods of an emitter, with the events that this one has.
  declare on: OnStreamEvent<this>;
  declare once: OnStreamEvent<this>;
  declare off: OnStreamEvent<this>;
  declare addListener: OnStreamEvent<this>;
  declare removeListener: OnStreamEvent<this>;
  declare prependListener: OnStreamEvent<this>;
  declare prependOnceListener: OnStreamEvent<this>;

  static {
    watchListeners(SctpStream, (stream, event) => {
      if (event === "bufferedAmountLow") stream.#owner.outgoing.setMark(stream.id, stream.#lowThresholdBytes);
    });
  }

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
  /** Written to `writable` and not accepted yet. */
  #writesPending = 0;
  /** Called once when all of it has been accepted, or nothing more is. */
  readonly #afterWrites: Array<() => void> = [];
  #node: ByteDuplex | undefined;
  #discards = false;
  #lowThresholdBytes = 0;

  /** For sockets: `socket.stream(id)` is how users get one. */
  constructor(owner: ChannelOwner, id: number, defaults: StreamDefaults) {
    super();
    this.#owner = owner;
    this.id = id;
    this.#defaults = defaults;
  }

  /** Bytes that wait for the reader; each message counts as 64 bytes more than it has. */
  get readableLength(): number {
    return this.#unreadBytes;
  }

  /** Bytes handed over on this stream and not yet acknowledged by the peer. */
  get bufferedAmount(): number {
    return this.#owner.outgoing.bufferedBytes(this.id);
  }

  /**
   * `'bufferedAmountLow'` comes when `bufferedAmount` falls to this from above: bytes, 0 at first. As with `RTCDataChannel`.
   * @throws (when it is set) SctpError ERR_SCTP_INVALID_ARGUMENT
   */
  get bufferedAmountLowThreshold(): number {
    return this.#lowThresholdBytes;
  }
  set bufferedAmountLowThreshold(bytes: number) {
    this.#owner.outgoing.setMark(this.id, bytes);
    this.#lowThresholdBytes = bytes;
  }

  /**
   * With `streamScheduler: "priority"`: while a stream with a smaller number has something to send, this one waits. 0 if it was
   * never set; 0 to 65,535 (RFC 8260 3.4). It can change at any time, for what waits as well; the peer is not told.
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_STREAM for a stream that this side cannot send on
   */
  get priority(): number {
    return this.#owner.shareOf(this.id).priority;
  }
  set priority(priority: number) {
    this.#owner.setShare(this.id, { priority });
  }

  /**
   * With `streamScheduler: "wfq"`: what part of the capacity the stream gets, beside the weights of others that have something to
   * send. 1 if it was never set; 1 to 65,535 (RFC 8260 3.6).
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_STREAM for a stream that this side cannot send on
   */
  get weight(): number {
    return this.#owner.shareOf(this.id).weight;
  }
  set weight(weight: number) {
    this.#owner.setShare(this.id, { weight });
  }

  /**
   * Sends one message on this stream, as `Socket.send`.
   * @returns a promise that resolves when the message has been accepted, or delivered where that is asked for
   * @throws (rejects) as `Socket.send`
   */
  send(data: Uint8Array | string, info: Omit<SendInfo, "streamId"> = NO_DEFAULTS): Promise<void> {
    const { outgoing } = this.#owner;
    if (typeof info !== "object") return outgoing.send(data, info); // Which says what is wrong with it.
    const { streamId = this.id } = (info ?? NO_DEFAULTS) as SendInfo;
    if (streamId !== this.id)
      return Promise.reject(
        new SctpError(
          SctpErrorCode.InvalidOption,
          `stream ${this.id} sends on itself: leave out streamId, or send by the socket`,
        ),
      );
    return outgoing.send(data, { ...this.#defaults, ...info, streamId: this.id });
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
    this.#writable ??= new WritableStream<Uint8Array | string>(
      {
        write: async (data) => {
          try {
            await this.send(data);
          } catch (error) {
            this.#onWritten(0); // What waits behind it fails, too.
            throw error;
          }
          this.#onWritten(this.#writesPending - 1);
        },
        close: () => this.#onWritten(0),
        abort: () => this.#onWritten(0),
      },
      {
        size: () => {
          this.#writesPending++; // Asked once for each write: nothing else tells how many the stream holds.
          return 1;
        },
      },
    );
    return this.#writable;
  }

  /**
   * The stream as a byte Duplex with the face of `net.Socket`, for programs written for TCP. Both sides must use it so:
   * `end()` is told to the peer by an empty message, as in RFC 8831 6.6 (PPID 57). The peer sees `'end'` only behind all that
   * was written: destroyed with an error, or before everything was accepted, a Duplex is destroyed at the peer, too
   * (`ERR_STREAM_PREMATURE_CLOSE` for pipelines), and so is one whose association ends early. Destroyed before it has read what
   * the peer wrote, it is an error at the peer, as in `net` (`ECONNRESET`). `socket.end()` waits until the byte streams of the
   * socket have ended on both sides, as a server waits for its connections.
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
    if (this.#queue.slice(this.#head).some(({ info }) => isEnd(info))) this.#node.onPeerEndArrived();
    return this.#node;
  }

  /**
   * Resets the stream in the direction of the peer (RFC 6525): there the channel ends behind all that was sent before, and what is
   * sent from now on, at SSN 0, begins a new one. What the peer sends goes on; it resets its own direction. A channel that the peer
   * resets ends as one whose association has ended, and the stream can be used anew.
   * @returns a promise that resolves when the peer has done it
   * @throws (rejects) SctpError ERR_SCTP_RECONFIGURATION_DENIED where the peer does not allow it;
   *   ERR_SCTP_RECONFIGURATION_FAILED, ERR_SCTP_NOT_SUPPORTED where it does not know RFC 6525, ERR_SCTP_NOT_CONNECTED,
   *   ERR_SCTP_INVALID_STREAM; ERR_SCTP_INVALID_ARGUMENT while a byte Duplex of the stream is open
   */
  async reset(): Promise<void> {
    if (this.#node !== undefined && !this.#node.writableFinished && !this.#node.destroyed)
      throw new SctpError(
        SctpErrorCode.InvalidArgument,
        `stream ${this.id} is a byte stream: end() that, and reset the stream when it has finished`,
      );
    if (this.#writesPending > 0) await new Promise<void>((resolve) => this.#afterWrites.push(resolve));
    return this.#owner.reset(this.id);
  }

  /**
   * Gives the stream back: what waits is dropped, and what arrives later goes to the socket again, or begins a new
   * channel with another `'stream'` event. A byte Duplex is destroyed, and the stream given back when the peer has ended its own.
   */
  close(): void {
    if (this.#node !== undefined) {
      this.#node.destroy();
      return;
    }
    this.#discards = true; // The message, too, that announces it to a listener who closes it at once.
    this.#clear();
    this.#owner.forget(this, []);
    this.endReading(undefined, "by-us");
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  // ---- For the socket ----------------------------------------------------------------------------------------

  /** For the socket: a message has come. */
  deliver(message: Message): void {
    if (this.#discards) return this.#node?.onDiscarded(message);
    const bytes = message.data.length + OVERHEAD_BYTES_PER_MESSAGE;
    this.#queue.push(message);
    this.#unreadBytes += bytes;
    this.#owner.onUnread(bytes);
    this.#wake();
    if (this.#node !== undefined && isEnd(message.info)) this.#node.onPeerEndArrived();
  }

  /** For the socket: no message will come any more. */
  endReading(error: Error | undefined, ending: Ending): void {
    if (this.#ended) return;
    if (ending === "departing") this.#node?.onDeparture();
    this.#ended = true;
    const isEarly = ending === "departing" || ending === "gone";
    this.#error = error ?? (isEarly ? closedEarly(this.id) : undefined);
    if (error !== undefined) this.#clear();
    this.#node?.onChannelEnd(error, ending === "by-peer");
    this.#wake();
  }

  /** Whether nothing is left for which the socket's `end()` waits. */
  get isSettled(): boolean {
    return this.#writesPending === 0 && (this.#node === undefined || this.#node.isSettled);
  }

  /** The socket's `end()` was called. */
  onEnding(): void {
    this.#node?.endUnread();
  }

  /** For the socket: it is disposed of. What nobody reads would keep the peer from sending what it has, and from its end. */
  abandon(): void {
    if (this.#node === undefined) this.discard();
    else this.#node.destroySoon(); // The peer may never end its own side.
  }

  /** For the socket: it holds no more than its mark any longer. */
  onBufferedLow(): void {
    tell(this, "bufferedAmountLow");
  }

  /** For the socket: the peer began anew. */
  onRestart(): void {
    this.#node?.onRestart();
  }

  /** For the socket: the association is established. */
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

  /** For the byte Duplex: whether no message will come any more. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** For the byte Duplex: whether the socket's `end()` was called. */
  get isEnding(): boolean {
    return this.#owner.isEnding;
  }

  /** For the byte Duplex: sends if there is room, and calls back when the bytes are accepted. */
  offer(data: Uint8Array, info: Omit<SendInfo, "streamId">, onAccepted: (error?: unknown) => void): boolean {
    return this.#owner.outgoing.offer(data, { ...this.#defaults, ...info, streamId: this.id }, onAccepted);
  }

  /** For the byte Duplex: sends though there may be no room. */
  tell(data: Uint8Array, info: Omit<SendInfo, "streamId">): void {
    this.#owner.tell(data, { ...this.#defaults, ...info, streamId: this.id });
  }

  /** For the byte Duplex: nothing is left for which the socket's `end()` would wait. */
  onSettled(): void {
    this.#owner.onSettled();
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
    this.endReading(undefined, "by-peer");
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

  #onWritten(pending: number): void {
    this.#writesPending = pending;
    if (pending === 0) for (const callback of this.#afterWrites.splice(0)) callback();
    this.#owner.onSettled();
  }

  #clear(): void {
    const bytes = this.#unreadBytes;
    this.#queue = [];
    this.#head = 0;
    this.#unreadBytes = 0;
    if (bytes > 0) this.#owner.onUnread(-bytes);
  }
}

function closedEarly(id: number): SctpError {
  return new SctpError(
    SctpErrorCode.Closed,
    `the socket was destroyed before stream ${id} had ended: what arrives on it cannot be read any more`,
  );
}
