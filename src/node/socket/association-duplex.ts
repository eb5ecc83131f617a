/**
 * An association behind a Duplex: the engine of `Socket`.
 * Owns: back-pressure both ways, what is written and read, the end of either side, keeping the process alive.
 * Does not own: the names that users know (socket.ts), streams as channels (channel-table.ts), the association
 * (src/association), the UDP port (port-driver.ts).
 *
 * The association and the port are nobody's but ours: `insideOf` is the only way to them, and no door exports it.
 */
import { Duplex } from "node:stream";
import type { Association } from "../../association/association.ts";
import type { AssociationEvent } from "../../association/association-event.ts";
import type { CloseReason } from "../../association/model/events.ts";
import type { ReceivedMessage } from "../../association/model/received-message.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import type { AssociationUser } from "../../socket/state/host.ts";
import type { Notification } from "../../socket/terms/notifications.ts";
import { ChannelTable } from "../channels/channel-table.ts";
import { presentAs } from "../common/diagnostics.ts";
import { IdleTimer } from "../common/idle-timer.ts";
import type { Message, ReceiveInfo, SendInfo } from "../common/message.ts";
import type { SocketFacts } from "../common/socket-facts.ts";
import type { PortDriver } from "../driver/port-driver.ts";
import { type BufferOptions, bufferBytes } from "./buffer-options.ts";
import { setUpError } from "./connect-errors.ts";
import { closedError, DepartingAssociation, endingError } from "./ending.ts";
import { PieceJoiner } from "./piece-joiner.ts";
import { SendWaiters } from "./send-waiters.ts";
import { countWaiting, UnreadBytes } from "./unread-bytes.ts";

/** Counted for every message that waits for its reader, so that many small ones cannot take unbounded memory. */
const OVERHEAD_BYTES_PER_MESSAGE = 64;

/** What a socket has under it. */
interface Inside {
  association: Association | undefined;
  driver: PortDriver | undefined;
  /** Gets the association's events. */
  readonly user: AssociationUser;
  /** Binds the socket to its association, whose events are to go to `user`. */
  readonly attach: (driver: PortDriver, association: Association, connected: boolean) => void;
}

/** The inside of a socket, for those who set up associations. */
export let insideOf: (socket: AssociationDuplex) => Readonly<Inside>;

/** @throws SctpError ERR_SCTP_NOT_CONNECTED */
export function requireAssociation({ association }: Readonly<Inside>): Association {
  if (association !== undefined) return association;
  throw new SctpError(SctpErrorCode.NotConnected, "there is no association yet: wait for 'connect'");
}

export abstract class AssociationDuplex extends Duplex {
  readonly #inside: Inside = {
    association: undefined,
    driver: undefined,
    user: {
      onAssociationEvent: this.#onAssociationEvent.bind(this),
      onHostError: (error) => void this.destroy(error),
    },
    attach: (driver, association, connected) => this.#attach(driver, association, connected),
  };
  protected isConnected = false;
  protected readonly idleTimer: IdleTimer = new IdleTimer(() => this.emit("timeout"));
  protected readonly channels: ChannelTable;
  /** For streams that look like sockets. */
  protected abstract get facts(): SocketFacts;
  /** The socket has its association now. */
  protected abstract onAttach(): void;
  /** What an event is to whoever has subscribed to notifications; asked before the event has had its effect. */
  protected abstract notificationsOf(event: AssociationEvent): readonly Notification[];
  /** SCTP_CONTEXT (RFC 6458 8.1.25). */
  protected abstract get receiveContext(): number;
  readonly #waiters: SendWaiters = new SendWaiters();
  readonly #unread: UnreadBytes = new UnreadBytes();
  readonly #highWaterMarkBytes: number;
  #joiner: PieceJoiner | undefined;
  #closeReason: CloseReason | undefined;
  #onShutdownDone: ((error?: Error | null) => void) | undefined;
  #endRequested = false;
  #endSent = false;
  #stalled = false;
  #pumping = false;
  #bytesRead = 0;
  #bytesWritten = 0;
  #held = false;
  #referenced = true;

  static {
    insideOf = (socket) => socket.#inside;
  }

  /** @throws SctpError ERR_SCTP_INVALID_OPTION */
  constructor(options: BufferOptions = {}) {
    const { readableBytes, writableBytes } = bufferBytes(options);
    super({
      readableObjectMode: true,
      // Messages are let in by their bytes, in #pump: this number only has to be no smaller.
      readableHighWaterMark: 0x4000_0000,
      writableHighWaterMark: writableBytes,
      allowHalfOpen: false,
      emitClose: false,
    });
    this.#highWaterMarkBytes = readableBytes;
    presentAs(this.#inside.user, this);
    this.channels = new ChannelTable({
      send: (data, more) => this.accept(data, more),
      onTaken: () => {
        if (this.#stalled) this.#pump();
      },
      hand: (message) => this.#hand(message),
      isOpen: () => !this.destroyed && this.#closeReason === undefined,
      facts: () => this.facts,
    });
  }

  // ---- What users see of it ----------------------------------------------------------------------------------

  /** Bytes handed to `send` or `write` and not yet acknowledged by the peer. */
  get bufferedAmount(): number {
    return (this.#inside.association?.bufferedBytes ?? 0) + this.#waiters.bytes;
  }
  get bytesRead(): number {
    return this.#bytesRead;
  }
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** Keeps the process alive while the association exists: so it is from the beginning. */
  ref(): this {
    if (!this.#referenced && this.#held) this.#inside.driver?.ref();
    this.#referenced = true;
    return this;
  }

  /** Lets the process end although the association exists. */
  unref(): this {
    if (this.#referenced && this.#held) this.#inside.driver?.unref();
    this.#referenced = false;
    return this;
  }

  // ---- For the inside ----------------------------------------------------------------------------------------

  #attach(driver: PortDriver, association: Association, connected: boolean): void {
    this.#inside.driver = driver;
    this.#inside.association = association;
    this.#joiner = new PieceJoiner(association.options.maxMessageBytes);
    this.#held = true;
    driver.hold();
    if (!this.#referenced) driver.unref();
    if (connected) this.isConnected = true;
    if (connected) this.channels.onConnect(streamCount(association));
    this.#drainWaiters();
    this.onAttach();
  }

  #onAssociationEvent(event: AssociationEvent): void {
    const notifications = this.notificationsOf(event);
    this.idleTimer.touch();
    switch (event.kind) {
      case "established":
        this.#onEstablished(event.association);
        break;
      case "readable":
        this.#pump();
        break;
      case "writable":
        this.#drainWaiters();
        break;
      case "shutdown-received":
        this.emit("shutdown");
        break;
      case "restarted":
        this.emit("restart");
        break;
      case "path":
        this.emit("path", { address: event.address, state: event.state, reachedFrom: event.reachedFrom });
        break;
      case "delivery-aborted":
        this.#joiner?.forget();
        break;
      case "remote-error":
        this.emit("remoteError", event.causeCodes);
        break;
      case "send-failed":
        this.emit("sendFailed", event.message);
        break;
      case "closed":
        this.#onClosed(event.reason, event.association);
        break;
    }
    for (const notification of notifications) this.emit("notification", notification);
  }

  #onEstablished(association: Association): void {
    if (this.isConnected) return;
    this.isConnected = true;
    this.emit("connect");
    this.emit("ready");
    this.channels.onConnect(streamCount(association));
  }

  // ---- What Duplex asks for ----------------------------------------------------------------------------------

  override read(size?: number): Message | null {
    const message = super.read(size) as Message | null;
    if (this.#stalled) this.#pump(); // The Readable will not ask by itself: it has been told nothing since it asked.
    return message;
  }

  override _read(): void {
    this.#pump();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (chunk.length === 0) return callback(); // As on any stream, nothing is written; SCTP has no empty messages.
    // Whoever writes may use the memory again after the callback; the association needs it until the peer has the bytes.
    this.accept(Buffer.from(chunk), {}).then(() => callback(), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#endRequested = true;
    if (this.#closeReason !== undefined) return callback();
    this.#onShutdownDone = callback;
    this.#shutdownWhenDrained();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#waiters.rejectAll(() => error ?? closedError());
    this.channels.end(error ?? undefined);
    this.idleTimer.stop();
    this.#leave(error !== null);
    this.#releaseHold();
    this.#onShutdownDone?.();
    this.#onShutdownDone = undefined;
    callback(error);
    process.nextTick(() => this.emit("close", error !== null));
  }

  // ---- For socket.ts -----------------------------------------------------------------------------------------

  protected nowMs(): number {
    return this.#inside.driver?.nowMs() ?? 0;
  }

  /** Takes a message now, or when there is room. */
  protected accept(data: Uint8Array | string, info: SendInfo): Promise<void> {
    let bytes: Uint8Array;
    try {
      bytes = this.#checked(data, info);
      const { association } = this.#inside;
      if (this.#waiters.isEmpty && association?.isWritable === true) {
        association.send(bytes, info, this.nowMs());
        this.#onSent(bytes);
        return Promise.resolve();
      }
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#waiters.add(bytes, info);
  }

  /** `readableLength`. */
  protected get unreadBytes(): number {
    return this.#unread.total(countWaiting(this));
  }

  /** `readableHighWaterMark`. */
  protected get highWaterMarkBytes(): number {
    return this.#highWaterMarkBytes;
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  /** Hands messages to their readers until these have enough: what stays behind closes the receive window. */
  #pump(): void {
    const { association } = this.#inside;
    if (association === undefined || this.destroyed || this.#pumping) return;
    const bytesBefore = this.#bytesRead;
    this.#pumping = true; // A reader that asks for more from within 'data' or 'stream' gets it when this message is out.
    try {
      const nowMs = this.nowMs();
      while (!this.destroyed) {
        this.#stalled = this.#hasEnough();
        if (this.#stalled) break;
        const received = association.receiveMessage(nowMs);
        if (received === undefined) break;
        this.#bytesRead += received.data.length;
        const message = this.#joiner?.add(received);
        if (message === "too-large") this.#refuseMessage(association);
        else if (message !== undefined)
          this.#hand({ data: message.data as Buffer, info: this.#infoOf(message, association) });
      }
    } finally {
      this.#pumping = false;
    }
    if (this.destroyed) return;
    if (this.#closeReason === undefined) {
      if (this.#bytesRead > bytesBefore) this.#inside.driver?.scheduleFlush(); // What was taken may open the window.
    } else if (association.readableCount === 0) {
      this.#endReading();
    }
  }

  #infoOf({ streamId, ppid, unordered, ssn, tsn }: ReceivedMessage, association: Association): ReceiveInfo {
    const { id: associationId, cumulativeTsn } = association;
    const context = this.receiveContext;
    return { associationId, streamId, ppid, unordered, ssn, tsn, cumulativeTsn, context };
  }

  /** Readers share one receive window: with several of them, one that is slow may fill what the association would hold. */
  #hasEnough(): boolean {
    const waitingBytes = this.unreadBytes + this.channels.unreadBytes;
    if (waitingBytes === 0 || waitingBytes < this.#highWaterMarkBytes) return false;
    return (
      this.channels.isEmpty || waitingBytes >= (this.#inside.association?.options.receiveBufferBytes ?? 0)
    );
  }

  #hand(message: Message): void {
    const { streamId } = message.info;
    let channel = this.channels.get(streamId);
    if (channel === undefined && this.listenerCount("stream") > 0) {
      channel = this.channels.open(streamId);
      this.emit("stream", channel);
    }
    if (channel !== undefined) return channel.deliver(message);
    this.#unread.push(message.data.length + OVERHEAD_BYTES_PER_MESSAGE);
    this.push(message);
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

  #endReading(): void {
    if (this.#endSent) return;
    this.#endSent = true;
    this.channels.end(undefined);
    this.push(null);
    if (countWaiting(this) === 0) this.read(0); // As net does: nobody need be reading for the end to come.
  }

  #onClosed(reason: CloseReason, association: Association): void {
    this.#closeReason = reason;
    if (reason.kind !== "shutdown") {
      this.destroy(this.isConnected ? endingError(reason) : setUpError(reason, association));
      return;
    }
    this.#waiters.rejectAll(closedError);
    this.#onShutdownDone?.();
    this.#onShutdownDone = undefined;
    this.#releaseHold(); // A graceful end keeps nobody's process alive, even if nobody reads what is left.
    this.#pump();
  }

  /**
   * The socket goes before its association has ended. What was accepted is still delivered, as after a `close()`
   * (RFC 6458 4.1.7), unless something is wrong or was left unread: then the peer is told by ABORT.
   */
  #leave(isFailure: boolean): void {
    const { association, driver } = this.#inside;
    if (association === undefined || driver === undefined || association.state === "CLOSED") return;
    const unread = association.readableCount > 0 || this.unreadBytes > 0 || this.channels.unreadBytes > 0;
    if (isFailure || unread || !this.isConnected) {
      association.abort(new Uint8Array(0), this.nowMs());
      driver.scheduleFlush();
    } else {
      new DepartingAssociation(association, driver).depart();
    }
  }

  #releaseHold(): void {
    if (!this.#held) return;
    this.#held = false;
    if (!this.#referenced) this.#inside.driver?.ref();
    this.#inside.driver?.release();
  }

  #drainWaiters(): void {
    const { association } = this.#inside;
    while (association?.isWritable === true) {
      const waiter = this.#waiters.shift();
      if (waiter === undefined) break;
      try {
        association.send(waiter.data, waiter.info, this.nowMs());
        this.#onSent(waiter.data);
        waiter.resolve();
      } catch (error) {
        waiter.reject(error as Error);
      }
    }
    if (this.#waiters.isEmpty && this.#endRequested) this.#shutdownWhenDrained();
  }

  #shutdownWhenDrained(): void {
    if (this.#inside.association === undefined || !this.#waiters.isEmpty) return;
    this.#inside.association.shutdown(this.nowMs());
    this.#inside.driver?.scheduleFlush();
  }

  /** The association has taken a message. */
  #onSent(data: Uint8Array): void {
    this.#bytesWritten += data.length;
    this.idleTimer.touch();
    this.#inside.driver?.scheduleFlush();
  }

  #checked(data: Uint8Array | string, info: SendInfo): Uint8Array {
    if (this.destroyed || this.#closeReason !== undefined) throw this.errored ?? closedError();
    info.signal?.throwIfAborted();
    if (typeof data === "string") return Buffer.from(data);
    if (data instanceof Uint8Array) return data;
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      `a message is a Uint8Array or a string, not ${data === null ? "null" : typeof data}`,
    );
  }
}

// `readableHighWaterMark` and `readableLength` count bytes, as every other stream of bytes has it; inherited they would
// count messages. They are accessors there, but declared as fields, so that TypeScript lets no class override them.
Object.defineProperties(AssociationDuplex.prototype, {
  readableHighWaterMark: {
    configurable: true,
    get(this: AssociationDuplex): number {
      return this["highWaterMarkBytes"];
    },
  },
  readableLength: {
    configurable: true,
    get(this: AssociationDuplex): number {
      return this["unreadBytes"];
    },
  },
});

/** Streams that exist in either direction. */
function streamCount({ inboundStreams, outboundStreams }: Association): number {
  return Math.max(inboundStreams, outboundStreams);
}
