/**
 * An association behind a Duplex: the engine of `Socket`.
 * Owns: back-pressure both ways, where messages go, the end of either side, keeping the process alive.
 * Does not own: the names that users know (socket.ts), what a stream's methods mean for messages (message-stream.ts), streams
 * as channels (channel-table.ts), the association (src/association), the UDP port (port-driver.ts).
 *
 * The association and the port are nobody's but ours: `insideOf` is the only way to them, and no door exports it.
 *
 * What a listener throws goes to 'uncaughtException' by a turn of its own: it interrupts nothing here, so that whoever
 * handles it has lost no message and hears the next one.
 */
import type { Association } from "../../association/association.ts";
import type { AssociationEvent } from "../../association/association-event.ts";
import type { CloseReason } from "../../association/model/events.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import type { AssociationUser } from "../../socket/state/host.ts";
import type { Notification } from "../../socket/terms/notifications.ts";
import { ChannelTable } from "../channels/channel-table.ts";
import { presentAs } from "../common/diagnostics.ts";
import { IdleTimer } from "../common/idle-timer.ts";
import type { Message } from "../common/message.ts";
import type { SocketFacts } from "../common/socket-facts.ts";
import { tell, throwLater } from "../common/tell.ts";
import type { PortDriver } from "../driver/port-driver.ts";
import { AddressChanges } from "./address-changes.ts";
import type { BufferOptions } from "./buffer-options.ts";
import { setUpError } from "./connect-errors.ts";
import { closedError, DepartingAssociation, endingError, hasUnreadData } from "./ending.ts";
import { infoOf, infoOn, MessageStream } from "./message-stream.ts";
import { Outgoing } from "./outgoing.ts";
import { PieceJoiner } from "./piece-joiner.ts";
import { Reconfigurations } from "./reconfigurations.ts";
import { countWaiting } from "./unread-bytes.ts";

/** Counted for every message that waits for its reader, so that many small ones cannot take unbounded memory. */
const OVERHEAD_BYTES_PER_MESSAGE = 64;

const NONE: ReadonlyArray<() => void> = [];

/** What every stream of Node's has and no declaration names: by it `net` lets a socket connect again. */
interface Undestroyable {
  _undestroy(): void;
}

/** What a socket has under it. */
interface Inside {
  association: Association | undefined;
  driver: PortDriver | undefined;
  /** Whether the process is to stay alive for the socket. */
  isReferenced: boolean;
  /** Hears of ref() and unref() while there is no association yet. */
  onReference: ((isReferenced: boolean) => void) | undefined;
  /** What is done when the socket is over, before 'close': listeners are the user's, who may remove all of them. */
  whenOver: ReadonlyArray<() => void>;
  /** How often it was destroyed and began anew: what belongs to an attempt asks whether it still counts. */
  life: number;
  /** Gets the association's events. */
  readonly user: AssociationUser;
  /** Binds the socket to its association, whose events are to go to `user`. */
  readonly attach: (driver: PortDriver, association: Association, connected: boolean) => void;
}

/** The inside of a socket, for those who set up associations. */
export let insideOf: (
  socket: AssociationDuplex,
) => Readonly<Omit<Inside, "onReference">> & Pick<Inside, "onReference">;

/**
 * Does something when the socket is over, once, just before 'close': its listeners are the user's, who may remove all of them.
 * @returns takes it back
 */
export let whenOver: (socket: AssociationDuplex, act: () => void) => () => void;

/** @throws SctpError ERR_SCTP_NOT_CONNECTED */
export function requireAssociation({ association }: Readonly<Inside>): Association {
  if (association !== undefined) return association;
  throw new SctpError(SctpErrorCode.NotConnected, "there is no association yet: wait for 'connect'");
}

export abstract class AssociationDuplex extends MessageStream {
  readonly #inside: Inside = {
    association: undefined,
    driver: undefined,
    isReferenced: true,
    onReference: undefined,
    whenOver: NONE,
    life: 0,
    user: {
      onAssociationEvent: this.#onAssociationEvent.bind(this),
      onHostError: (error) => this.#fail(error, error.message),
    },
    attach: (driver, association, connected) => this.#attach(driver, association, connected),
  };
  protected isConnected = false;
  /** It was destroyed, and its 'close' has not been told yet. */
  protected isClosing = false;
  protected readonly idleTimer: IdleTimer = new IdleTimer(this, () => this.#inside.association);
  protected channels: ChannelTable;
  /** For streams that look like sockets. */
  protected abstract get facts(): SocketFacts;
  /** The socket has its association now. */
  protected abstract onAttach(): void;
  /** 'close' is about to be told. */
  protected abstract onClosing(): void;
  /** What an event is to whoever has subscribed to notifications; asked before the event has had its effect. */
  protected abstract notificationsOf(event: AssociationEvent): readonly Notification[];
  /** SCTP_CONTEXT (RFC 6458 8.1.25). */
  protected abstract get receiveContext(): number;
  /** One for each life: the streams of the last one send nothing in the next. */
  protected outgoing: Outgoing = this.#newOutgoing();
  #lowThresholdBytes = 0;
  #joiner: PieceJoiner | undefined;
  /** Made for the first stream that is reset or added. */
  #reconfigurations: Reconfigurations | undefined;
  /** Made for the first address that is bound or unbound. */
  #addressChanges: AddressChanges | undefined;
  #closeReason: CloseReason | undefined;
  #onShutdownDone: ((error?: Error | null) => void) | undefined;
  /** The peer began the shutdown: by then it has said of its streams what there is to say. */
  #peerEnds = false;
  #endSent = false;
  #stalled = false;
  #pumping = false;
  #bytesRead = 0;
  #bytesWritten = 0;
  #held = false;

  static {
    insideOf = (socket) => socket.#inside;
    whenOver = (socket, act) => {
      const inside = socket.#inside;
      inside.whenOver = [...inside.whenOver, act];
      return () => {
        inside.whenOver = inside.whenOver.filter((each) => each !== act);
      };
    };
  }

  constructor(options: BufferOptions = {}) {
    super(options);
    presentAs(this.#inside.user, this);
    this.channels = this.#newChannels();
  }

  // ---- What users see of it ----------------------------------------------------------------------------------

  /** Bytes handed to `send` or `write` and not yet acknowledged by the peer. */
  get bufferedAmount(): number {
    return this.outgoing.bufferedBytes();
  }
  /**
   * `'bufferedAmountLow'` comes when `bufferedAmount` falls to this from above: bytes, 0 at first. As with `RTCDataChannel`.
   * @throws (when it is set) SctpError ERR_SCTP_INVALID_ARGUMENT
   */
  get bufferedAmountLowThreshold(): number {
    return this.#lowThresholdBytes;
  }
  set bufferedAmountLowThreshold(bytes: number) {
    this.outgoing.setMark(undefined, bytes);
    this.#lowThresholdBytes = bytes;
  }
  /** Bytes of the messages that were read or passed on to a stream. */
  get bytesRead(): number {
    return this.#bytesRead;
  }
  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** Keeps the process alive while the association exists: so it is from the beginning. */
  ref(): this {
    if (!this.#inside.isReferenced && this.#held) this.#inside.driver?.ref();
    this.#inside.isReferenced = true;
    this.#inside.onReference?.(true);
    return this;
  }

  /** Lets the process end although the association exists. */
  unref(): this {
    if (this.#inside.isReferenced && this.#held) this.#inside.driver?.unref();
    this.#inside.isReferenced = false;
    this.#inside.onReference?.(false);
    return this;
  }

  // ---- For the inside ----------------------------------------------------------------------------------------

  #attach(driver: PortDriver, association: Association, connected: boolean): void {
    this.#inside.driver = driver;
    this.#inside.association = association;
    this.#joiner = new PieceJoiner(association.options.maxMessageBytes);
    this.#held = true;
    driver.hold();
    if (!this.#inside.isReferenced) driver.unref();
    this.channels.onAttach(association);
    if (connected) this.isConnected = true;
    if (connected) this.channels.onConnect(streamCount(association));
    this.#takeWaiting();
    this.onAttach();
  }

  #onAssociationEvent(event: AssociationEvent): void {
    // A socket that connects again may still be told the end of the association before.
    if (event.association !== this.#inside.association) return;
    // What was on its way when the socket was destroyed is no news any more: 'connect' would come behind 'close'.
    if (this.destroyed && event.kind !== "closed") return;
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
        this.#takeWaiting();
        break;
      case "shutdown-received":
        this.#peerEnds = true;
        tell(this, "shutdown");
        break;
      case "restarted":
        this.#pump(); // What had arrived before belongs to the streams as they were.
        this.channels.onRestart();
        tell(this, "restart");
        break;
      case "path":
        tell(this, "path", { address: event.address, state: event.state, reachedFrom: event.reachedFrom });
        break;
      case "delivery-aborted":
        this.#joiner?.forget(event.delivery.messageKey);
        break;
      case "remote-error":
        tell(this, "remoteError", event.causeCodes);
        break;
      case "send-failed":
        tell(this, "sendFailed", event.message);
        break;
      case "buffered-low":
        if (event.streamId === undefined) tell(this, "bufferedAmountLow");
        else this.channels.onBufferedLow(event.streamId);
        break;
      case "streams-reset":
      case "association-reset":
      case "streams-changed":
      case "reconfigured":
        this.#onReconfigured(event);
        break;
      case "address-change": {
        const { change, address, outcome, reason } = event;
        this.#addressChanges?.onOutcome(event);
        tell(this, "addressChange", { change, address, outcome, reason });
        break;
      }
      case "closed":
        this.#onClosed(event.reason, event.association);
        break;
    }
    for (const notification of notifications) tell(this, "notification", notification);
  }

  #onReconfigured(
    event: Extract<
      AssociationEvent,
      { kind: "streams-reset" | "association-reset" | "streams-changed" | "reconfigured" }
    >,
  ): void {
    if (event.kind === "reconfigured") {
      this.#reconfigurations?.onOutcome(event.request, event.outcome);
    } else if (event.outcome === "performed" && event.kind === "streams-changed") {
      const { inboundStreams, outboundStreams } = event;
      this.channels.limit = streamCount(event.association);
      tell(this, "streamsChanged", { inboundStreams, outboundStreams });
    } else if (event.outcome === "performed" && event.kind !== "streams-changed") {
      this.#reconfigurations ??= new Reconfigurations();
      this.#reconfigurations.onReset(event.position, () => {
        if (event.kind === "association-reset") return tell(this, "associationReset");
        const { direction, streamIds } = event;
        if (direction === "incoming") this.channels.onReset(streamIds);
        tell(this, "streamsReset", { direction, streamIds });
      });
      this.#pump();
    }
  }

  #onEstablished(association: Association): void {
    if (this.isConnected) return;
    this.isConnected = true;
    tell(this, "connect");
    tell(this, "ready");
    this.channels.onConnect(streamCount(association));
  }

  // ---- What Duplex asks for ----------------------------------------------------------------------------------

  override _read(): void {
    this.#pump();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (chunk.length === 0) return callback(); // As on any stream, nothing is written; SCTP has no empty messages.
    let isAccepted = false;
    try {
      // Whoever writes may use the memory again after the callback; the association needs it until the peer has the bytes.
      isAccepted = this.outgoing.offer(Buffer.from(chunk), infoOf(chunk), (error) => {
        process.nextTick(callback, error as Error | undefined); // The user's code must not run in the midst of ours.
      });
    } catch (error) {
      return callback(error as Error);
    }
    if (isAccepted) callback(); // At once: what was written before a destroy() is on its way, as with net.
  }

  override _final(callback: (error?: Error | null) => void): void {
    if (this.#closeReason !== undefined) return callback();
    this.#onShutdownDone = callback;
    this.channels.onEnding();
    this.#shutdownWhenDrained();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.idleTimer.stop();
    this.#leave(error);
    this.#releaseHold();
    this.#onShutdownDone?.();
    this.#onShutdownDone = undefined;
    this.isClosing = true;
    callback(error);
    process.nextTick(() => {
      this.isClosing = false;
      const acts = this.#inside.whenOver;
      this.#inside.whenOver = NONE;
      for (const act of acts) act();
      this.onClosing();
      this.emit("close", error !== null);
    });
  }

  // ---- For socket.ts -----------------------------------------------------------------------------------------

  protected nowMs(): number {
    return this.#inside.driver?.nowMs() ?? 0;
  }

  /** Asks for streams to be reset or added, once everything that waits for room has been accepted. */
  protected reconfigure(ask: (association: Association, nowMs: number) => number): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        try {
          const request = ask(requireAssociation(this.#inside), this.nowMs());
          this.#reconfigurations ??= new Reconfigurations();
          this.#reconfigurations.add(request, { resolve, reject });
          this.#inside.driver?.scheduleFlush();
        } catch (error) {
          reject(error);
        }
      };
      this.outgoing.afterWaiting(begin, reject);
    });
  }

  /** @throws SctpError ERR_SCTP_NOT_CONNECTED, ERR_SCTP_CLOSED */
  protected get addressChanges(): AddressChanges {
    const association = requireAssociation(this.#inside);
    const { driver } = this.#inside;
    if (this.destroyed || driver === undefined) throw this.errored ?? closedError();
    this.#addressChanges ??= new AddressChanges(association, driver);
    return this.#addressChanges;
  }

  /** A socket that was destroyed becomes as new: what was left of its last association is dropped. */
  protected renew(): void {
    // One by one, and before it is as new: a stream that is over tells nobody of what is read, and of no end.
    for (let left = countWaiting(this); left > 0; left--) super.read(1);
    (this as unknown as Undestroyable)._undestroy(); // As Node's net does.
    this.#inside.association = undefined;
    this.#inside.driver = undefined;
    this.#inside.life++;
    const { mark } = this.outgoing;
    this.outgoing = this.#newOutgoing();
    if (mark !== undefined) this.outgoing.setMark(undefined, mark);
    this.channels = this.#newChannels();
    this.isConnected = false;
    this.#joiner = undefined;
    this.#reconfigurations = undefined;
    this.#addressChanges = undefined;
    this.#closeReason = undefined;
    this.#peerEnds = false;
    this.#endSent = false;
    this.#stalled = false;
    this.#bytesRead = 0;
    this.#bytesWritten = 0;
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  #newChannels(): ChannelTable {
    return new ChannelTable({
      outgoing: this.outgoing,
      tell: (data, more) => this.#inside.association?.send(data, more, this.nowMs()),
      shares: () => this.#inside.association,
      onTaken: () => this.goOn(),
      onSettled: () => this.#shutdownWhenDrained(),
      reset: (id) =>
        this.reconfigure((association, nowMs) => association.resetStreams("outgoing", [id], nowMs)),
      hand: (message) => this.#hand(message),
      isOpen: () => !this.destroyed && this.#closeReason === undefined,
      isEnding: () => this.writableEnded,
      facts: () => this.facts,
    });
  }

  protected override goOn(): void {
    if (this.#stalled) this.#pump(); // The Readable will not ask by itself: it has been told nothing since it asked.
  }

  /** Hands messages to their readers until these have enough: what stays behind closes the receive window. */
  #pump(): void {
    const { association } = this.#inside;
    if (association === undefined || this.destroyed || this.#pumping) return;
    const bytesBefore = this.#bytesRead;
    this.#pumping = true; // A reader that asks for more from within 'data' or 'stream' gets it when this message is out.
    const nowMs = this.nowMs();
    while (!this.destroyed) {
      if (this.#reconfigurations?.isExpectingReset === true)
        this.#reconfigurations.onTaken(association.stats.receivedMessages);
      this.#stalled = this.#hasEnough();
      if (this.#stalled) break;
      const received = association.receiveMessage(nowMs);
      if (received === undefined) {
        this.#joiner?.onEmptied();
        break;
      }
      this.#bytesRead += received.data.length;
      const message = this.#joiner?.add(received);
      if (message === "too-large") this.#refuseMessage(association);
      else if (message !== undefined)
        this.#hand({ data: message.data as Buffer, info: infoOn(message, association, this.receiveContext) });
    }
    this.#pumping = false;
    if (this.destroyed) return;
    if (this.#closeReason === undefined) {
      if (this.#bytesRead > bytesBefore) this.#inside.driver?.scheduleFlush(); // What was taken may open the window.
    } else if (association.readableCount === 0) {
      this.#endReading();
    }
  }

  /** Readers share one receive window: with several of them, one that is slow may fill what the association would hold. */
  #hasEnough(): boolean {
    const waitingBytes = this.unreadBytes + this.channels.unreadBytes;
    if (waitingBytes === 0 || waitingBytes < this.highWaterMarkBytes) return false;
    return (
      this.channels.isEmpty || waitingBytes >= (this.#inside.association?.options.receiveBufferBytes ?? 0)
    );
  }

  #hand(message: Message): void {
    if (this.#endSent) return; // Of a stream that is given back too late: the end has been told.
    const { streamId } = message.info;
    let channel = this.channels.get(streamId);
    if (channel === undefined && this.listenerCount("stream") > 0) {
      channel = this.channels.open(streamId);
      tell(this, "stream", channel);
    }
    if (channel !== undefined) return channel.deliver(message);
    this.countUnread(message.data.length + OVERHEAD_BYTES_PER_MESSAGE);
    try {
      this.push(message);
    } catch (error) {
      throwLater(error);
    }
  }

  /** The peer's messages grow without end, or past what this side is willing to hold. */
  #refuseMessage(association: Association): void {
    const limit = association.options.maxMessageBytes;
    const complaint = `the peer sent more than maxMessageBytes, ${limit} bytes, of a message, or of unfinished ones together`;
    this.#fail(new SctpError(SctpErrorCode.MessageTooLarge, complaint), complaint);
  }

  /** The association cannot go on, not even to its end. */
  #fail(error: SctpError, reason: string): void {
    this.#inside.association?.abort(Buffer.from(reason), this.nowMs());
    this.#inside.driver?.scheduleFlush();
    this.destroy(error);
  }

  #endReading(): void {
    if (this.#endSent) return;
    this.#endSent = true;
    this.channels.end(undefined, this.#peerEnds ? "by-peer" : "by-us");
    try {
      this.push(null);
    } catch (error) {
      throwLater(error); // Of a listener for 'readable'.
    }
    if (countWaiting(this) === 0) this.read(0); // As net does: nobody need be reading for the end to come.
  }

  #onClosed(reason: CloseReason, association: Association): void {
    this.#closeReason = reason;
    if (reason.kind !== "shutdown") {
      this.destroy(this.isConnected ? endingError(reason, association) : setUpError(reason, association));
      return;
    }
    this.outgoing.rejectAll(closedError);
    this.#reconfigurations?.rejectAll(closedError);
    this.#addressChanges?.rejectAll(closedError);
    this.#onShutdownDone?.();
    this.#onShutdownDone = undefined;
    this.#releaseHold(); // A graceful end keeps nobody's process alive, even if nobody reads what is left.
    this.#pump();
  }

  /**
   * The socket goes before its association has ended. What was accepted is still delivered, as after a `close()`
   * (RFC 6458 4.1.7), with or without an error of the user's. Not so, as with TCP, if messages of the peer still lie in the
   * association, of which nobody has heard: then the peer is told by ABORT.
   */
  #leave(error: Error | null): void {
    const { association, driver } = this.#inside;
    const lives = association !== undefined && driver !== undefined && association.state !== "CLOSED";
    const departs = lives && this.isConnected && !hasUnreadData(association, this.nowMs());
    this.channels.end(error ?? undefined, departs ? "departing" : "gone");
    this.outgoing.rejectAll(() => error ?? closedError());
    this.#reconfigurations?.rejectAll(() => error ?? closedError());
    this.#addressChanges?.rejectAll(() => error ?? closedError());
    if (departs) new DepartingAssociation(association, driver).depart();
    else if (lives) {
      association.abort(new Uint8Array(0), this.nowMs());
      driver.scheduleFlush();
    }
  }

  #releaseHold(): void {
    if (!this.#held) return;
    this.#held = false;
    if (!this.#inside.isReferenced) this.#inside.driver?.ref();
    this.#inside.driver?.release();
  }

  #takeWaiting(): void {
    this.outgoing.drain();
    this.#shutdownWhenDrained();
  }

  /** Once `end()` was called, when everything has been accepted and every stream's Duplex has closed. */
  #shutdownWhenDrained(): void {
    if (this.#onShutdownDone === undefined || this.#inside.association === undefined) return;
    if (!this.outgoing.isEmpty || !this.channels.areSettled) return;
    this.#inside.association.shutdown(this.nowMs());
    this.#inside.driver?.scheduleFlush();
  }

  #newOutgoing(): Outgoing {
    const { life } = this.#inside;
    const isOver = (): boolean => life !== this.#inside.life;
    return new Outgoing({
      association: () => (isOver() ? undefined : this.#inside.association),
      nowMs: () => this.nowMs(),
      requireOpen: () => {
        if (isOver()) throw closedError();
        if (this.destroyed || this.#closeReason !== undefined) throw this.errored ?? closedError();
      },
      onTaken: (lengthBytes) => {
        this.#bytesWritten += lengthBytes;
        this.idleTimer.touch();
        this.#inside.driver?.scheduleFlush();
      },
      onNews: () => this.#inside.driver?.scheduleFlush(),
    });
  }
}

/** Streams that exist in either direction. */
const streamCount = ({ inboundStreams, outboundStreams }: Association): number =>
  Math.max(inboundStreams, outboundStreams);
