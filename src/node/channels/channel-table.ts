/**
 * The streams of a socket that somebody reads by themselves.
 * Owns: which there are, their unread bytes together. Does not own: what each does (sctp-stream.ts), who decides that a
 * stream becomes one of them (association-duplex.ts).
 */
import { checkShare, DEFAULT_SHARE, type StreamShare } from "../../association/model/stream-share.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { received } from "../../base/option-check.ts";
import type { Message, SendInfo } from "../common/message.ts";
import type { SocketFacts } from "../common/socket-facts.ts";
import type { ChannelOutgoing } from "./channel-outgoing.ts";
import {
  type ChannelOwner,
  checkDefaults,
  type Ending,
  NO_DEFAULTS,
  SctpStream,
  type StreamDefaults,
} from "./sctp-stream.ts";

/** What an association keeps of the shares that its streams get. */
export interface StreamShares {
  readonly outboundStreams: number;
  streamShare(streamId: number): StreamShare;
  /** @throws SctpError ERR_SCTP_INVALID_STREAM, ERR_SCTP_INVALID_ARGUMENT */
  setStreamShare(streamId: number, share: Partial<StreamShare>): void;
}

/** What the streams of a socket need of it. */
export interface ChannelHost {
  readonly outgoing: ChannelOutgoing;
  /** Sends at once, whatever waits for room: the last that is said of a stream. @throws SctpError as `send` */
  tell(data: Uint8Array, info: SendInfo): void;
  /** The shares of the association's streams; undefined while there is none. */
  shares(): StreamShares | undefined;
  /** A reader took something: there may be room for more. */
  onTaken(): void;
  /** A stream has nothing more to send or to wait for. */
  onSettled(): void;
  /** As `SctpStream.reset`. */
  reset(id: number): Promise<void>;
  /** Takes a message that a channel gave back unread. */
  hand(message: Message): void;
  /** False once nothing more can arrive. */
  isOpen(): boolean;
  /** Its `end()` was called. */
  isEnding(): boolean;
  facts(): SocketFacts;
}

export class ChannelTable implements ChannelOwner {
  /** Stream ids from here on do not exist; 65,536 until the association has settled it. */
  limit = 65_536;
  unreadBytes = 0;
  readonly #host: ChannelHost;
  readonly #channels = new Map<number, SctpStream>();
  /** Shares that were given before there was an association. */
  readonly #earlyShares = new Map<number, StreamShare>();

  constructor(host: ChannelHost) {
    this.#host = host;
  }

  get isEmpty(): boolean {
    return this.#channels.size === 0;
  }
  get ids(): readonly number[] {
    return [...this.#channels.keys()];
  }
  get facts(): SocketFacts {
    return this.#host.facts();
  }
  get isEnding(): boolean {
    return this.#host.isEnding();
  }

  get(id: number): SctpStream | undefined {
    return this.#channels.get(id);
  }

  /**
   * The channel of a stream; it is made if there is none.
   * @throws SctpError ERR_SCTP_INVALID_STREAM
   */
  open(id: number, defaults: StreamDefaults = NO_DEFAULTS): SctpStream {
    checkDefaults(defaults);
    if (!Number.isInteger(id) || id < 0 || id >= this.limit) {
      throw new SctpError(
        SctpErrorCode.InvalidStream,
        `a stream id is a whole number from 0 to ${this.limit - 1}, not ${received(id)}: ask for more outboundStreams or maxInboundStreams`,
      );
    }
    let channel = this.#channels.get(id);
    if (channel === undefined) {
      channel = new SctpStream(this, id, defaults);
      this.#channels.set(id, channel);
      if (!this.#host.isOpen()) channel.endReading(undefined, "by-peer");
    }
    return channel;
  }

  /** Nothing more arrives; what waits may still be read, unless there was an error. */
  end(error: Error | undefined, ending: Ending): void {
    for (const channel of [...this.#channels.values()]) channel.endReading(error, ending);
  }

  /** The socket's `end()` was called. */
  onEnding(): void {
    for (const channel of [...this.#channels.values()]) channel.onEnding();
  }

  /** The socket is disposed of: nobody uses its streams any more. */
  abandon(): void {
    for (const channel of [...this.#channels.values()]) channel.abandon();
  }

  /** Whether nothing is left that `end()` waits for. */
  get areSettled(): boolean {
    for (const channel of this.#channels.values()) if (!channel.isSettled) return false;
    return true;
  }

  /** The peer began anew: the ends of its streams are lost. */
  onRestart(): void {
    for (const channel of [...this.#channels.values()]) channel.onRestart();
  }

  /** A stream holds no more than its mark any longer. */
  onBufferedLow(id: number): void {
    this.#channels.get(id)?.onBufferedLow();
  }

  /** There is an association now. */
  onAttach(shares: StreamShares): void {
    for (const [id, share] of this.#earlyShares)
      if (id < shares.outboundStreams) shares.setStreamShare(id, share);
    this.#earlyShares.clear();
  }

  /** The peer has reset streams of its own: their channels end, and what comes begins new ones. @param ids none: all */
  onReset(ids: readonly number[]): void {
    for (const id of ids.length > 0 ? ids : this.ids) {
      const channel = this.#channels.get(id);
      this.#channels.delete(id);
      this.#host.outgoing.removeMark(id);
      channel?.endReading(undefined, "by-peer");
    }
  }

  /** The association is established; streams were opened before that. */
  onConnect(limit: number): void {
    this.limit = limit;
    for (const channel of this.#channels.values()) channel.onConnect();
  }

  // ---- For channels ------------------------------------------------------------------------------------------

  get outgoing(): ChannelOutgoing {
    return this.#host.outgoing;
  }

  tell(data: Uint8Array, info: SendInfo): void {
    this.#host.tell(data, info);
  }

  shareOf(streamId: number): StreamShare {
    return this.#host.shares()?.streamShare(streamId) ?? this.#earlyShares.get(streamId) ?? DEFAULT_SHARE;
  }

  setShare(streamId: number, share: Partial<StreamShare>): void {
    const shares = this.#host.shares();
    if (shares !== undefined) return shares.setStreamShare(streamId, share);
    checkShare(share);
    this.#earlyShares.set(streamId, { ...this.shareOf(streamId), ...share });
  }

  onSettled(): void {
    this.#host.onSettled();
  }

  reset(id: number): Promise<void> {
    return this.#host.reset(id);
  }

  onUnread(changeBytes: number): void {
    this.unreadBytes += changeBytes;
    if (changeBytes < 0) this.#host.onTaken();
  }

  forget(channel: SctpStream, unread: readonly Message[]): void {
    if (this.#channels.get(channel.id) === channel) {
      this.#channels.delete(channel.id);
      this.#host.outgoing.removeMark(channel.id);
    }
    for (const message of unread) this.#host.hand(message);
  }
}
