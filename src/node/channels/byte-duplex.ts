/**
 * A stream of an association with the face of a TCP connection: for programs that were written for `net.Socket`.
 * Owns: bytes to messages and back, how the end is told, the members of `net.Socket` that programs ask for.
 * Does not own: the channel (sctp-stream.ts).
 *
 * SCTP streams have neither an end nor empty messages. The end of this side is told as RFC 8831 6.6 tells an empty
 * message: one byte under PPID 57, which is 0, or 1 where not all of this side's bytes went out: then the peer's Duplex is
 * destroyed without an 'end' (receivers that know nothing of it see the end alone). A Duplex that is destroyed, and so reads no
 * more, says behind that byte how many bytes it has read: if the peer has written more, it hears of it as TCP's peers do, by
 * ECONNRESET. What comes after the end on the stream belongs to a new connection.
 */
import { Duplex } from "node:stream";
import { errorOfEvent, type SctpError, SctpErrorCode } from "../../base/errors.ts";
import { checkOptions, isFlag, type OptionNames } from "../../base/option-check.ts";
import type { DuplexEventName, OnDuplexEvent } from "../common/duplex-events.ts";
import { IdleTimer } from "../common/idle-timer.ts";
import type { Message, SendInfo } from "../common/message.ts";
import { isByteCount } from "../common/option-names.ts";
import type { AddressInfo, IpFamily, SocketFacts } from "../common/socket-facts.ts";
import { tell, throwLater } from "../common/tell.ts";

/** "WebRTC Binary Empty". */
const EMPTY_MESSAGE_PPID = 57;
/** What its first byte says: all that was written went before it, or not all. */
const WHOLE = 0;
const CUT = 1;
/** After it, a count of bytes: big-endian, from a Duplex that reads no more. */
const COUNT_BYTES = 8;
/** Bytes come in order and all of them, whatever the stream's defaults are. */
const AS_BYTES = { ppid: 0, unordered: false, reliability: undefined } as const;
const AS_END = { ...AS_BYTES, ppid: EMPTY_MESSAGE_PPID } as const;
/** Larger writes are cut, so that the streams of an association take turns. */
const MAX_CHUNK_BYTES = 16_384;

export interface ByteDuplexOptions {
  /** As in `net`: false, the default, ends this side when the peer has ended its own. */
  readonly allowHalfOpen?: boolean | undefined;
  /** Bytes buffered in each direction; Node's default if absent. */
  readonly highWaterMark?: number | undefined;
}

const NAMES: OptionNames<ByteDuplexOptions> = {
  of: "toNode()",
  see: "ByteDuplexOptions",
  kinds: { allowHalfOpen: isFlag, highWaterMark: isByteCount },
};

/** What the Duplex needs of the stream. */
interface Channel {
  readonly id: number;
  readonly hasEnded: boolean;
  /** The socket's `end()` waits for its streams. */
  readonly isEnding: boolean;
  /** As `ChannelHost.offer`. */
  offer(data: Uint8Array, info: StreamInfo, onAccepted: (error?: unknown) => void): boolean;
  tell(data: Uint8Array, info: StreamInfo): void;
  onSettled(): void;
  take(): Message | undefined;
  whenReady(callback: () => void): void;
  discard(): void;
  giveBack(): void;
}

type StreamInfo = Omit<SendInfo, "streamId">;
type Callback = (error?: Error | null) => void;

/** Whether a message on a byte stream is the end of a side, and none of its bytes. */
export function isEnd({ ppid }: { readonly ppid: number }): boolean {
  return ppid === EMPTY_MESSAGE_PPID;
}

/** `on`, `once` and their like: one call for each event. */
export interface OnByteEvent<Self> extends OnDuplexEvent<Self> {
  /** Bytes of the peer's. Listening makes them flow. */
  (event: "data", listener: (data: Buffer) => void): Self;
  /** Text of the peer's, after `setEncoding()`. Listening makes it flow. */
  (event: "data", listener: (text: string) => void): Self;
  /** The stream, or its association, has failed, or `destroy(error)` was called; `'close'` follows. Needs a listener. */
  (event: "error", listener: (error: Error) => void): Self;
  /** One of several events, where nothing matters but that it came. */
  (event: ByteEventName, listener: () => void): Self;
}

type ByteEventName = DuplexEventName | "data" | "error";

/** Bytes on one stream of an association. Events are those of `net.Socket`. */
export class ByteDuplex extends Duplex implements SocketFacts {
  // The methods of an emitter, with the events that this one has.
  declare on: OnByteEvent<this>;
  declare once: OnByteEvent<this>;
  declare off: OnByteEvent<this>;
  declare addListener: OnByteEvent<this>;
  declare removeListener: OnByteEvent<this>;
  declare prependListener: OnByteEvent<this>;
  declare prependOnceListener: OnByteEvent<this>;

  readonly #channel: Channel;
  readonly #facts: SocketFacts;
  readonly #idle: IdleTimer = new IdleTimer(this);
  #bytesRead = 0;
  #bytesWritten = 0;
  #waits = false;
  /** What is said of the end of this side, or was; undefined before. */
  #ownEnd: Buffer | undefined;
  #ownEndAccepted = false;
  #peerEndArrived = false;
  /** It has been read. */
  #peerEndSeen = false;
  /** The peer reads no more. */
  #peerIsGone = false;

  /** For `SctpStream.toNode`. @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT */
  constructor(channel: Channel, facts: SocketFacts, options: ByteDuplexOptions) {
    const { allowHalfOpen = false, highWaterMark } = checkOptions(options ?? {}, NAMES);
    super({ allowHalfOpen, emitClose: false, ...(highWaterMark === undefined ? {} : { highWaterMark }) });
    this.#channel = channel;
    this.#facts = facts;
    // As net does: the end of the peer is heard though nobody reads.
    process.nextTick(() => {
      if (!this.destroyed) this.read(0);
    });
  }

  // ---- The face of net.Socket --------------------------------------------------------------------------------

  /** The SCTP stream that carries the bytes. */
  get streamId(): number {
    return this.#channel.id;
  }
  /** Bytes of the peer's that came to this side. */
  get bytesRead(): number {
    return this.#bytesRead;
  }
  /** Bytes that were written and accepted. */
  get bytesWritten(): number {
    return this.#bytesWritten;
  }
  /** True until the association is established. */
  get connecting(): boolean {
    return this.#facts.connecting;
  }
  /** True until the association is established. */
  get pending(): boolean {
    return this.#facts.connecting;
  }
  /** What `net` says of a connection: whether it is being set up, and which sides are open. */
  get readyState(): "opening" | "open" | "readOnly" | "writeOnly" | "closed" {
    if (this.connecting) return "opening";
    if (this.readable) return this.writable ? "open" : "readOnly";
    return this.writable ? "writeOnly" : "closed";
  }
  /** Address of this side, as the association has it. */
  get localAddress(): string | undefined {
    return this.#facts.localAddress;
  }
  /** Family of `localAddress`. */
  get localFamily(): IpFamily | undefined {
    return this.#facts.localFamily;
  }
  /** SCTP port of this side. */
  get localPort(): number | undefined {
    return this.#facts.localPort;
  }
  /** The primary path's address of the peer. */
  get remoteAddress(): string | undefined {
    return this.#facts.remoteAddress;
  }
  /** Family of `remoteAddress`. */
  get remoteFamily(): IpFamily | undefined {
    return this.#facts.remoteFamily;
  }
  /** SCTP port of the peer. */
  get remotePort(): number | undefined {
    return this.#facts.remotePort;
  }
  /** Milliseconds given to `setTimeout`. */
  get timeout(): number {
    return this.#idle.ms;
  }
  /** Address and SCTP port of this side; empty before there is an association. */
  address(): AddressInfo | Record<string, never> {
    return this.#facts.address();
  }

  /** As `net.Socket.setTimeout`. @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
  setTimeout(ms: number, onTimeout?: () => void): this {
    this.#idle.set(ms, onTimeout);
    return this;
  }

  /** Does nothing: the association sends small messages at once unless its own `noDelay` option says otherwise. */
  setNoDelay(_noDelay = true): this {
    return this;
  }
  /** Does nothing: the association's heartbeats keep it alive. */
  setKeepAlive(_enable = false, _initialDelayMs = 0): this {
    return this;
  }
  /** Does nothing: it is the association's socket that keeps the process alive. */
  ref(): this {
    return this;
  }
  /** Does nothing: it is the association's socket that keeps the process alive. */
  unref(): this {
    return this;
  }

  /** Ends this side, and destroys the Duplex when everything written has been accepted. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  // ---- What Duplex asks for ----------------------------------------------------------------------------------

  /** As `Readable.read`: bytes, text after `setEncoding()`, or null. */
  override read(size?: number): Buffer | string | null {
    try {
      return super.read(size);
    } catch (error) {
      setImmediate(() => this.#flow()); // Node's own loop over the buffer ends with what its listener throws.
      throw error;
    }
  }

  override _read(): void {
    for (let message = this.#channel.take(); message !== undefined; message = this.#channel.take()) {
      this.#idle.touch();
      if (isEnd(message.info)) return this.#onPeerEnd(message);
      this.#bytesRead += message.data.length;
      if (!this.#push(message.data)) return;
    }
    if (this.#peerEndSeen || this.destroyed) return;
    if (this.#channel.hasEnded) return this.#onPeerEnd();
    if (this.#waits) return;
    this.#waits = true;
    this.#channel.whenReady(() => {
      this.#waits = false;
      if (!this.destroyed) this._read();
    });
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    if (this.#peerIsGone) return callback(reset(this.streamId));
    this.#send(Buffer.from(chunk), callback); // The caller may use its memory again after the callback.
  }

  override _final(callback: Callback): void {
    if (this.#channel.hasEnded) return callback();
    // If it is too late for an end, that is an error to those alone who had something to say.
    this.#sendEnd(Buffer.of(WHOLE), (error) => callback(this.#bytesWritten === 0 ? null : error));
  }

  override _destroy(error: Error | null, callback: Callback): void {
    this.#idle.stop();
    if (this.#ownEnd === undefined && !this.#channel.hasEnded) {
      const isCut = error !== null || this.writableLength > 0;
      const count = this.#peerEndSeen ? undefined : this.#bytesRead;
      this.#sendEnd(ending(isCut ? CUT : WHOLE, count), () => {}); // If it is too late, there is nobody to tell.
    }
    if (this.#peerEndSeen || this.#channel.hasEnded) this.#channel.giveBack();
    else this.#channel.discard(); // The stream can serve a new connection when the peer has ended this one.
    this.#channel.onSettled();
    callback(error);
    process.nextTick(() => this.emit("close", error !== null)); // As net does: with what Node itself does not say.
  }

  // ---- For SctpStream ----------------------------------------------------------------------------------------

  /** Nothing is left to send or to arrive, or nobody wants it. */
  get isSettled(): boolean {
    return this.destroyed || (this.#ownEndAccepted && this.#peerEndArrived);
  }

  /** The peer's end waits to be read. */
  onPeerEndArrived(): void {
    this.#peerEndArrived = true;
    this.endUnread();
    this.#channel.onSettled();
  }

  /** The socket's `end()` waits, and nobody reads how the peer has ended: this side ends with it. */
  endUnread(): void {
    const isRead = this.readableFlowing !== null || this.listenerCount("readable") > 0;
    if (this.#peerEndArrived && this.#channel.isEnding && !isRead && !this.allowHalfOpen) this.end();
  }

  /** A message came for a Duplex that is gone. */
  onDiscarded(message: Message): void {
    if (isEnd(message.info)) this.#channel.giveBack();
  }

  /** For the socket: the association is established. */
  onConnect(): void {
    if (this.destroyed) return;
    tell(this, "connect");
    tell(this, "ready");
  }

  /**
   * The association will end although this side has not: the peer is told what there is to tell. Where nothing was ever
   * written nothing is cut, and the peer may not know the stream at all: there the end of the association says enough.
   */
  onDeparture(): void {
    if (this.#ownEndAccepted) return;
    if (this.#ownEnd === undefined && this.#bytesWritten === 0 && this.writableLength === 0) return;
    this.#ownEndAccepted = this.#ownEnd !== undefined;
    this.#ownEnd ??= Buffer.of(CUT);
    try {
      this.#channel.tell(this.#ownEnd, AS_END);
    } catch {
      // The association takes nothing any more: the peer ended it, and expects nothing.
    }
  }

  /** The association has ended; `isWhole`: that is an end of the stream, too, where the peer told of none. */
  onChannelEnd(error: Error | undefined, isWhole: boolean): void {
    if (error !== undefined) this.destroy(error);
    else if (!isWhole && !this.isSettled) this.destroy();
  }

  /** The peer began anew, and knows nothing of this stream. */
  onRestart(): void {
    this.#ownEnd ??= Buffer.of(CUT);
    this.#ownEndAccepted = true;
    this.#peerEndSeen = true;
    if (this.destroyed) this.#channel.giveBack();
    else this.destroy();
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  #push(data: Buffer | null): boolean {
    try {
      return this.push(data);
    } catch (error) {
      throwLater(error);
      return true;
    }
  }

  #flow(): void {
    while (this.readableFlowing && this.read() !== null);
  }

  /** In parts, as many at once as are accepted at once. */
  #send(bytes: Buffer, callback: Callback): void {
    for (let start = 0; start < bytes.length; start += MAX_CHUNK_BYTES) {
      if (this.#ownEnd !== undefined) return; // Destroyed meanwhile: what comes after the end is the next connection's.
      const end = Math.min(start + MAX_CHUNK_BYTES, bytes.length);
      const part = bytes.subarray(start, end);
      try {
        const isAccepted = this.#channel.offer(part, AS_BYTES, (error) => {
          if (error === undefined) this.#onAccepted(part);
          // The user's code must not run in the midst of the association's.
          process.nextTick(() => {
            if (error === undefined) this.#send(bytes.subarray(end), callback);
            else callback(error as Error);
          });
        });
        if (!isAccepted) return;
      } catch (error) {
        return callback(error as Error);
      }
      this.#onAccepted(part);
    }
    callback();
  }

  #onAccepted(part: Buffer): void {
    this.#bytesWritten += part.length;
    this.#idle.touch();
  }

  #sendEnd(end: Buffer, callback: Callback): void {
    this.#ownEnd = end;
    const onAccepted = (error?: unknown): void => {
      this.#ownEndAccepted ||= error === undefined;
      this.#channel.onSettled();
    };
    try {
      const isAccepted = this.#channel.offer(end, AS_END, (error) => {
        onAccepted(error);
        process.nextTick(callback, error as Error | undefined);
      });
      if (!isAccepted) return;
    } catch (error) {
      return callback(error as Error);
    }
    onAccepted();
    process.nextTick(callback); // As net does: whoever writes after end() hears the error, and no 'finish' before it.
  }

  /** @param message what told of it; the graceful end of the association if absent */
  #onPeerEnd(message?: Message): void {
    if (this.#peerEndSeen) return;
    this.#peerEndSeen = true;
    const readByPeer = message === undefined ? undefined : countIn(message.data);
    this.#peerIsGone = readByPeer !== undefined;
    if (readByPeer !== undefined && readByPeer < this.#bytesWritten + this.writableLength) {
      this.destroy(reset(this.streamId));
      return;
    }
    if (message?.data[0] === CUT) {
      this.destroy();
      return;
    }
    this.#push(null);
    this.read(0); // As net does: nobody need be reading for the end to come.
  }
}

/** @param bytesRead where nothing more will be read */
function ending(kind: typeof WHOLE | typeof CUT, bytesRead: number | undefined): Buffer {
  if (bytesRead === undefined) return Buffer.of(kind);
  const end = Buffer.alloc(1 + COUNT_BYTES, kind);
  end.writeBigUInt64BE(BigInt(bytesRead), 1);
  return end;
}

function countIn(end: Buffer): number | undefined {
  return end.length === 1 + COUNT_BYTES ? Number(end.readBigUInt64BE(1)) : undefined;
}

/** What `net` says of a peer that closed with something unread. */
function reset(streamId: number): SctpError {
  const message = `the peer destroyed its end of stream ${streamId}, and has not read all that was written`;
  return errorOfEvent(SctpErrorCode.AbortedByPeer, message, { hostCode: "ECONNRESET" });
}
