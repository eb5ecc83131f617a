/**
 * A stream of an association with the face of a TCP connection: for programs that were written for `net.Socket`.
 * Owns: bytes to messages and back, how the end is told, the members of `net.Socket` that programs ask for.
 * Does not own: the channel (sctp-stream.ts).
 *
 * SCTP streams have neither an end nor empty messages. The end of this side is told as RFC 8831 6.6 tells an empty
 * message: one zero byte under PPID 57. What comes after it on the stream belongs to a new connection.
 */
import { Duplex } from "node:stream";
import { IdleTimer } from "../common/idle-timer.ts";
import type { Message, SendInfo } from "../common/message.ts";
import type { AddressInfo, IpFamily, SocketFacts } from "../common/socket-facts.ts";

/** "WebRTC Binary Empty". */
const EMPTY_MESSAGE_PPID = 57;
/** Larger writes are cut, so that the streams of an association take turns. */
const MAX_CHUNK_BYTES = 16_384;

export interface ByteDuplexOptions {
  /** As in `net`: false, the default, ends this side when the peer has ended its own. */
  readonly allowHalfOpen?: boolean | undefined;
  /** Bytes buffered in each direction; Node's default if absent. */
  readonly highWaterMark?: number | undefined;
}

/** What the Duplex needs of the stream. */
interface Channel {
  readonly id: number;
  readonly hasEnded: boolean;
  send(data: Uint8Array, info?: Omit<SendInfo, "streamId">): Promise<void>;
  take(): Message | undefined;
  whenReady(callback: () => void): void;
  discard(): void;
  giveBack(): void;
}

export class ByteDuplex extends Duplex implements SocketFacts {
  readonly #channel: Channel;
  readonly #facts: SocketFacts;
  readonly #idle: IdleTimer = new IdleTimer(() => this.emit("timeout"));
  #bytesRead = 0;
  #bytesWritten = 0;
  #waits = false;
  #ownEndSent = false;
  #peerEndSeen = false;

  /** For `SctpStream.toNode`. */
  constructor(channel: Channel, facts: SocketFacts, options: ByteDuplexOptions) {
    const { allowHalfOpen = false, highWaterMark } = options;
    super({ allowHalfOpen, ...(highWaterMark === undefined ? {} : { highWaterMark }) });
    this.#channel = channel;
    this.#facts = facts;
  }

  // ---- The face of net.Socket --------------------------------------------------------------------------------

  /** The SCTP stream that carries the bytes. */
  get streamId(): number {
    return this.#channel.id;
  }
  get bytesRead(): number {
    return this.#bytesRead;
  }
  get bytesWritten(): number {
    return this.#bytesWritten;
  }
  get connecting(): boolean {
    return this.#facts.connecting;
  }
  get pending(): boolean {
    return this.#facts.connecting;
  }
  get readyState(): "opening" | "open" | "readOnly" | "writeOnly" | "closed" {
    if (this.connecting) return "opening";
    if (this.readable) return this.writable ? "open" : "readOnly";
    return this.writable ? "writeOnly" : "closed";
  }
  get localAddress(): string | undefined {
    return this.#facts.localAddress;
  }
  get localFamily(): IpFamily | undefined {
    return this.#facts.localFamily;
  }
  get localPort(): number | undefined {
    return this.#facts.localPort;
  }
  get remoteAddress(): string | undefined {
    return this.#facts.remoteAddress;
  }
  get remoteFamily(): IpFamily | undefined {
    return this.#facts.remoteFamily;
  }
  get remotePort(): number | undefined {
    return this.#facts.remotePort;
  }
  /** Milliseconds given to `setTimeout`. */
  get timeout(): number {
    return this.#idle.ms;
  }
  address(): AddressInfo | Record<string, never> {
    return this.#facts.address();
  }

  /** As `net.Socket.setTimeout`. @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
  setTimeout(ms: number, onTimeout?: () => void): this {
    this.#idle.set(ms);
    if (onTimeout !== undefined) {
      if (ms === 0) this.off("timeout", onTimeout);
      else this.once("timeout", onTimeout);
    }
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

  override _read(): void {
    for (let message = this.#channel.take(); message !== undefined; message = this.#channel.take()) {
      this.#idle.touch();
      if (message.info.ppid === EMPTY_MESSAGE_PPID) return this.#onPeerEnd();
      this.#bytesRead += message.data.length;
      if (!this.push(message.data)) return;
    }
    if (this.#peerEndSeen) return;
    if (this.#channel.hasEnded) return this.#onPeerEnd();
    if (this.#waits) return;
    this.#waits = true;
    this.#channel.whenReady(() => {
      this.#waits = false;
      if (!this.destroyed) this._read();
    });
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#send(Buffer.from(chunk)).then(() => callback(), callback); // The caller may use its memory again after the callback.
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#sendEnd().then(() => callback(), callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#idle.stop();
    if (!this.#ownEndSent && !this.#channel.hasEnded) this.#sendEnd().catch(() => {}); // Too late to tell anybody.
    if (this.#peerEndSeen || this.#channel.hasEnded) this.#channel.giveBack();
    else this.#channel.discard(); // The stream can serve a new connection when the peer has ended this one.
    callback(error);
  }

  // ---- For SctpStream ----------------------------------------------------------------------------------------

  /** A message came for a Duplex that is gone. */
  onDiscarded(message: Message): void {
    if (message.info.ppid === EMPTY_MESSAGE_PPID) this.#channel.giveBack();
  }

  onConnect(): void {
    if (this.destroyed) return;
    this.emit("connect");
    this.emit("ready");
  }

  /** The association has ended. */
  onChannelEnd(error: Error | undefined): void {
    if (error !== undefined) this.destroy(error);
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  async #send(bytes: Buffer): Promise<void> {
    for (let start = 0; start < bytes.length; start += MAX_CHUNK_BYTES) {
      if (this.#ownEndSent) return; // Destroyed meanwhile: what comes after the end is the next connection's.
      const part = bytes.subarray(start, start + MAX_CHUNK_BYTES);
      await this.#channel.send(part);
      this.#bytesWritten += part.length;
      this.#idle.touch();
    }
  }

  async #sendEnd(): Promise<void> {
    if (this.#ownEndSent) return;
    this.#ownEndSent = true;
    if (!this.#channel.hasEnded) await this.#channel.send(new Uint8Array(1), { ppid: EMPTY_MESSAGE_PPID });
  }

  #onPeerEnd(): void {
    if (this.#peerEndSeen) return;
    this.#peerEndSeen = true;
    this.push(null);
  }
}
