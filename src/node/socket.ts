/**
 * The one-to-one socket: an association in the shape of `net.Socket`.
 * Owns: the Duplex, promises and events of one association; back-pressure both ways.
 * Does not own: the association (src/association), the UDP port (udp-port.ts), resolving names (connect.ts).
 */
import { Duplex } from "node:stream";
import type { Association } from "../association/association.ts";
import type { AssociationEvent, CloseReason, UnsentMessage } from "../association/events.ts";
import type { AssociationStats, AssociationStatus, PathInfo } from "../association/status.ts";
import { SctpError, SctpErrorCode } from "../errors.ts";
import { PieceJoiner } from "./piece-joiner.ts";
import { SendWaiters } from "./send-waiters.ts";
import type { AssociationUser, UdpPort } from "./udp-port.ts";

/** What the sender says about a message; all of it may be left out. */
export interface SendOptions {
  /** Stream id, 0 to `outboundStreams - 1`; 0 if absent. */
  readonly streamId?: number | undefined;
  /** Payload Protocol Identifier, host order; 0 if absent (RFC 9260 3.3.1). */
  readonly ppid?: number | undefined;
  /** Deliver without waiting for earlier messages of the stream (RFC 9260 6.6). */
  readonly unordered?: boolean | undefined;
  /** Ask the peer to acknowledge at once (the I bit). */
  readonly sackImmediately?: boolean | undefined;
  /** A number of yours that comes back with `'sendFailed'`. */
  readonly context?: number | undefined;
  /** Gives up waiting for room; a message that has been accepted is not taken back. */
  readonly signal?: AbortSignal | undefined;
}

/** What is known about a message that arrived. */
export interface ReceiveInfo {
  readonly associationId: number;
  readonly streamId: number;
  /** Host order. */
  readonly ppid: number;
  readonly unordered: boolean;
  /** Stream Sequence Number; 0 where `unordered`. */
  readonly ssn: number;
  /** TSN of the first chunk of the message. */
  readonly tsn: number;
}

/** A message that arrived. */
export interface Message {
  readonly data: Buffer;
  readonly info: ReceiveInfo;
}

export interface SocketEvents {
  connect: [];
  ready: [];
  message: [message: Message];
  data: [message: Message];
  drain: [];
  end: [];
  finish: [];
  error: [error: Error];
  close: [hadError: boolean];
  /** The peer began a graceful shutdown. */
  shutdown: [];
  /** The peer began anew (RFC 9260 5.2.4 A). */
  restart: [];
  path: [change: { readonly address: string; readonly state: PathInfo["state"] }];
  /** A message that had been accepted came back. */
  sendFailed: [message: UnsentMessage];
  /** The peer reported error causes that do not end the association. */
  remoteError: [causeCodes: readonly number[]];
}

/** Events are those of `net.Socket` and the ones in `SocketEvents`. The readable side gives `Message` objects. */
export class Socket extends Duplex implements AssociationUser {
  readonly #waiters: SendWaiters = new SendWaiters();
  #port: UdpPort | undefined;
  #association: Association | undefined;
  #connected = false;
  #closeReason: CloseReason | undefined;
  #onShutdownDone: ((error?: Error | null) => void) | undefined;
  #endRequested = false;
  #messageEvents = false;
  #joiner: PieceJoiner | undefined;
  #bytesRead = 0;
  #bytesWritten = 0;
  #held = false;
  #opened: Promise<this> | undefined;

  /** For `connect` and `Server`; a socket without an association waits for `attach`. */
  constructor(readableHighWaterMark = 16) {
    super({ readableObjectMode: true, readableHighWaterMark, allowHalfOpen: false, emitClose: false });
    this.on("newListener", (event: string | symbol) => this.#onNewListener(event));
  }

  // ---- What the user sees ------------------------------------------------------------------------------------

  /**
   * Sends one message. The bytes are not copied: leave them alone until they have been acknowledged.
   * @returns a promise that resolves when the message has been accepted, after waiting for room if need be
   * @throws (rejects) SctpError ERR_SCTP_INVALID_STREAM, ERR_SCTP_EMPTY_MESSAGE, ERR_SCTP_MESSAGE_TOO_LARGE,
   *   ERR_SCTP_NOT_CONNECTED, ERR_SCTP_INVALID_ARGUMENT; or the signal's reason
   */
  send(data: Uint8Array | string, options: SendOptions = {}): Promise<void> {
    if (this.writableEnded && this.#closeReason === undefined && !this.destroyed) {
      return Promise.reject(
        new SctpError(SctpErrorCode.NotConnected, "end() has been called: nothing more can be sent"),
      );
    }
    return this.#accept(data, options);
  }

  /** Messages as they come; ends with the association. Breaking out of the loop leaves the socket open. */
  async *messages(options: { readonly signal?: AbortSignal } = {}): AsyncGenerator<Message, void, undefined> {
    const iterator = this.iterator({ destroyOnReturn: false }) as AsyncIterableIterator<Message>;
    const { signal } = options;
    let onAbort = (): void => {};
    const aborted = new Promise<IteratorResult<Message>>((resolve) => {
      onAbort = () => resolve({ done: true, value: undefined });
      if (signal?.aborted) onAbort();
      signal?.addEventListener("abort", onAbort, { once: true });
    });
    try {
      for (;;) {
        const next = await (signal === undefined
          ? iterator.next()
          : Promise.race([aborted, iterator.next()]));
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      signal?.removeEventListener("abort", onAbort);
      void iterator.return?.();
    }
  }

  /** Resolves when the association is established, rejects if it fails before. */
  get opened(): Promise<this> {
    this.#opened ??= new Promise((resolve, reject) => {
      if (this.#connected) return resolve(this);
      if (this.destroyed) return reject(this.errored ?? closedError());
      // Whoever waits here hears of a failure here: until then 'error' needs no listener of its own.
      const onClose = (): void => reject(this.errored ?? closedError());
      this.once("error", reject);
      this.once("close", onClose);
      this.once("connect", () => {
        this.off("error", reject);
        this.off("close", onClose);
        resolve(this);
      });
    });
    return this.#opened;
  }

  /** Ends the association at once; the reason goes to the peer (RFC 9260 9.1). */
  abort(reason: string | Uint8Array = ""): this {
    const bytes = typeof reason === "string" ? Buffer.from(reason) : reason;
    this.#association?.abort(bytes, this.#nowMs());
    this.#port?.scheduleFlush();
    return this.destroy();
  }

  /** Ends the association at once, as `net.Socket` does with a reset. */
  resetAndDestroy(): this {
    return this.abort();
  }

  /** Sends DATA to this address of the peer from now on. @throws SctpError ERR_SCTP_INVALID_ADDRESS */
  setPrimary(address: string): void {
    this.#require().setPrimary(address);
  }

  /** Probes an address of the peer now. @throws SctpError ERR_SCTP_INVALID_ADDRESS, ERR_SCTP_NOT_CONNECTED */
  requestHeartbeat(address: string): void {
    this.#require().requestHeartbeat(address, this.#nowMs());
    this.#port?.scheduleFlush();
  }

  /** @throws SctpError ERR_SCTP_NOT_CONNECTED before there is an association */
  status(): AssociationStatus {
    return this.#require().status();
  }
  /** @throws SctpError ERR_SCTP_INVALID_ADDRESS, ERR_SCTP_NOT_CONNECTED */
  pathInfo(address: string): PathInfo {
    return this.#require().path(address);
  }
  /** Every path to the peer. */
  paths(): readonly PathInfo[] {
    return this.#association?.paths() ?? [];
  }
  stats(): Readonly<AssociationStats> {
    return { ...this.#require().stats };
  }

  get associationId(): number {
    return this.#association?.id ?? 0;
  }
  get connecting(): boolean {
    return !this.#connected && !this.destroyed;
  }
  get pending(): boolean {
    return this.connecting;
  }
  get readyState(): "opening" | "open" | "closed" {
    if (this.destroyed) return "closed";
    return this.#connected ? "open" : "opening";
  }
  get localAddresses(): readonly string[] {
    return this.#association?.localAddresses ?? [];
  }
  get remoteAddresses(): readonly string[] {
    return this.#association?.remoteAddresses ?? [];
  }
  get localAddress(): string | undefined {
    return this.localAddresses[0];
  }
  /** The primary path. */
  get remoteAddress(): string | undefined {
    return this.#association?.primaryAddress;
  }
  get localPort(): number | undefined {
    return this.#association?.localPort;
  }
  get remotePort(): number | undefined {
    return this.#association?.remotePort;
  }
  get localUdpPort(): number | undefined {
    return this.#port?.port;
  }
  get inboundStreams(): number {
    return this.#association?.inboundStreams ?? 0;
  }
  get outboundStreams(): number {
    return this.#association?.outboundStreams ?? 0;
  }
  /** Bytes handed to `send` or `write` and not yet acknowledged by the peer. */
  get bufferedAmount(): number {
    return (this.#association?.bufferedBytes ?? 0) + this.#waiters.bytes;
  }
  get bytesRead(): number {
    return this.#bytesRead;
  }
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  // ---- For connect, Server and UdpPort -----------------------------------------------------------------------

  /** Binds the socket to its association. */
  attach(port: UdpPort, association: Association, connected: boolean): void {
    this.#port = port;
    this.#association = association;
    this.#joiner = new PieceJoiner(association.options.maxMessageBytes);
    this.#held = true;
    port.hold();
    if (connected) this.#connected = true;
    this.#drainWaiters();
  }

  onAssociationEvent(event: AssociationEvent): void {
    switch (event.kind) {
      case "established":
        if (this.#connected) return;
        this.#connected = true;
        this.emit("connect");
        this.emit("ready");
        return;
      case "readable":
        return this.#pump();
      case "writable":
        return this.#drainWaiters();
      case "dry":
        return;
      case "shutdown-received":
        this.emit("shutdown");
        return;
      case "restarted":
        this.emit("restart");
        return;
      case "path":
        this.emit("path", { address: event.address, state: event.state });
        return;
      case "remote-error":
        this.emit("remoteError", event.causeCodes);
        return;
      case "send-failed":
        this.emit("sendFailed", event.message);
        return;
      case "closed":
        return this.#onClosed(event.reason);
    }
  }

  // ---- What Duplex asks for ----------------------------------------------------------------------------------

  override _read(): void {
    this.#pump(1); // Before the buffer shrinks, and not again until something is pushed: one more must go in.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#accept(chunk, {}).then(() => callback(), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#endRequested = true;
    if (this.#closeReason !== undefined) return callback();
    this.#onShutdownDone = callback;
    this.#shutdownWhenDrained();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#waiters.rejectAll(error ?? closedError());
    const association = this.#association;
    if (association !== undefined && this.#closeReason === undefined) {
      association.abort(new Uint8Array(0), this.#nowMs());
      this.#port?.scheduleFlush();
    }
    if (this.#held) {
      this.#held = false;
      this.#port?.release();
    }
    this.#onShutdownDone?.();
    this.#onShutdownDone = undefined;
    callback(error);
    process.nextTick(() => this.emit("close", error !== null));
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  /** Hands messages to the reader until it has enough: what stays behind closes the receive window. */
  #pump(atLeast = 0): void {
    const association = this.#association;
    if (association === undefined || this.destroyed) return;
    const nowMs = this.#nowMs();
    for (let pushed = 0; pushed < atLeast || this.readableLength < this.readableHighWaterMark; pushed++) {
      const received = association.receiveMessage(nowMs);
      if (received === undefined) break;
      this.#bytesRead += received.data.length;
      const message = this.#joiner?.add(received);
      if (message === undefined) continue;
      if (message === "too-large") return this.#refuseMessage(association);
      const { data, streamId, ppid, unordered, ssn, tsn } = message;
      const info = { associationId: association.id, streamId, ppid, unordered, ssn, tsn };
      this.push({ data: data as Buffer, info });
    }
    if (this.#closeReason === undefined) {
      this.#port?.scheduleFlush(); // What was taken may open the window.
    } else if (association.readableCount === 0 && !this.readableEnded) {
      this.#endReading();
    }
  }

  /** The peer's message grows without end, or past what this side is willing to hold. */
  #refuseMessage(association: Association): void {
    const limit = association.options.maxMessageBytes;
    this.destroy(
      new SctpError(
        SctpErrorCode.MessageTooLarge,
        `the peer sent a message of more than maxMessageBytes, ${limit} bytes`,
      ),
    );
  }

  #endSent = false;

  #endReading(): void {
    if (this.#endSent) return;
    this.#endSent = true;
    this.push(null);
    if (this.readableLength === 0) this.read(0); // As net does: nobody need be reading for the end to come.
  }

  #onClosed(reason: CloseReason): void {
    this.#closeReason = reason;
    if (reason.kind === "shutdown") {
      this.#waiters.rejectAll(closedError());
      this.#onShutdownDone?.();
      this.#onShutdownDone = undefined;
      this.#releaseHold();
      this.#pump();
      return;
    }
    this.destroy(errorOf(reason) ?? undefined);
  }

  /** A graceful end keeps nobody's process alive, even if nobody reads what is left. */
  #releaseHold(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#port?.release();
  }

  /** Takes a message now, or when there is room. */
  #accept(data: Uint8Array | string, options: SendOptions): Promise<void> {
    let bytes: Uint8Array;
    try {
      bytes = this.#checked(data, options);
      if (this.#waiters.isEmpty && this.#association?.isWritable === true) {
        this.#sendNow(bytes, options);
        return Promise.resolve();
      }
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#waiters.add(bytes, options);
  }

  #drainWaiters(): void {
    while (this.#association?.isWritable === true) {
      const waiter = this.#waiters.shift();
      if (waiter === undefined) break;
      try {
        this.#sendNow(waiter.data, waiter.options);
        waiter.resolve();
      } catch (error) {
        waiter.reject(error as Error);
      }
    }
    if (this.#waiters.isEmpty && this.#endRequested) this.#shutdownWhenDrained();
  }

  #shutdownWhenDrained(): void {
    if (this.#association === undefined || !this.#waiters.isEmpty) return;
    this.#association.shutdown(this.#nowMs());
    this.#port?.scheduleFlush();
  }

  #sendNow(data: Uint8Array, options: SendOptions): void {
    this.#require().send(data, options, this.#nowMs());
    this.#bytesWritten += data.length;
    this.#port?.scheduleFlush();
  }

  #checked(data: Uint8Array | string, options: SendOptions): Uint8Array {
    if (this.destroyed || this.#closeReason !== undefined) throw this.errored ?? closedError();
    options.signal?.throwIfAborted();
    if (typeof data === "string") return Buffer.from(data);
    if (data instanceof Uint8Array) return data;
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      `a message is a Uint8Array or a string, not ${typeof data}`,
    );
  }

  #require(): Association {
    if (this.#association !== undefined) return this.#association;
    throw new SctpError(SctpErrorCode.NotConnected, "there is no association yet: wait for 'connect'");
  }

  #nowMs(): number {
    return this.#port?.nowMs() ?? 0;
  }

  /** `'message'` is `'data'` under its proper name. */
  #onNewListener(event: string | symbol): void {
    if (event !== "message" || this.#messageEvents) return;
    this.#messageEvents = true;
    this.on("data", (message: Message) => this.emit("message", message));
  }
}

function closedError(): SctpError {
  return new SctpError(SctpErrorCode.Closed, "the socket has been closed");
}

/** What the end of an association is to its user; null where it is none of an error. */
function errorOf(reason: CloseReason): SctpError | null {
  switch (reason.kind) {
    case "shutdown":
      return null;
    case "unreachable":
      return new SctpError(SctpErrorCode.PeerUnreachable, UNREACHABLE[reason.during]);
    case "aborted": {
      const { causeCodes, detail } = reason;
      if (reason.by === "peer") {
        const text = Buffer.from(reason.reason).toString();
        const message = text === "" ? detail : `${detail}: ${text}`;
        return new SctpError(SctpErrorCode.AbortedByPeer, message, { causeCodes });
      }
      const own = causeCodes.includes(12) || causeCodes.length === 0;
      return own ? null : new SctpError(SctpErrorCode.ProtocolViolation, detail, { causeCodes });
    }
  }
}

const UNREACHABLE = {
  setup: "the peer did not answer: is something listening on that SCTP port behind that UDP port?",
  transfer: "the peer stopped answering on every path",
  shutdown: "the peer stopped answering during the shutdown",
} as const;
