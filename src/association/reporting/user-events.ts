/**
 * What an association tells its user, and when (RFC 9260 11.2).
 * Owns: that readable, writable and dry are told once for each time they become so; the messages that come back as failed.
 * Does not own: the shapes of the events (model/events.ts), their queue (src/stack/residents.ts), what they are about.
 */
import type { Cause } from "../../chunks/causes.ts";
import { encodeChunk } from "../../chunks/chunk.ts";
import { CauseCode } from "../../chunks/codes.ts";
import type { CloseReason, OpenDelivery } from "../model/events.ts";
import type { OutboundMessage } from "../model/outbound-message.ts";
import type { Seat } from "../model/seat.ts";
import type { Path } from "../paths/path.ts";
import type { PathObserver } from "../paths/path-set.ts";
import type { SourceAddress } from "../paths/source-addresses.ts";
import type { Inbound } from "../receiving/inbound.ts";
import type { Outbound } from "../sending/outbound.ts";
import type { ReleaseWatch } from "../sending/release-watch.ts";
import type { Tracer } from "./tracer.ts";

export interface UserEventsParts {
  readonly seat: Seat;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly tracer: Tracer;
}

export class UserEvents implements PathObserver {
  readonly #parts: UserEventsParts;
  #askedByPeer = true;
  #readableTold = false;
  #writableAwaited = false;
  #dryTold = true;

  constructor(parts: UserEventsParts) {
    this.#parts = parts;
  }

  // ---- What comes and goes -----------------------------------------------------------------------------------

  /** The user has queued a message. */
  onQueued(): void {
    this.#dryTold = false;
    this.#awaitRoom();
  }

  /** The peer has acknowledged something, or what was queued has failed. */
  onBufferFreed(): void {
    this.#tellWritable();
    if (this.#parts.outbound.sent.watch !== undefined) this.#tellReleased(this.#parts.outbound.sent.watch);
    if (this.#dryTold || !this.#parts.outbound.isIdle) return;
    this.#dryTold = true;
    this.#parts.outbound.shrink(this.#parts.seat.growth);
    this.#parts.seat.emit({ kind: "dry" });
  }

  /** Edge-triggered: told again only after the user has emptied the queue. */
  tellReadable(): void {
    if (this.#readableTold || this.#parts.inbound.buffer.readyCount === 0) return;
    this.#readableTold = true;
    this.#parts.seat.emit({ kind: "readable" });
  }

  /** The user has found nothing to read. */
  onEmptied(): void {
    this.#readableTold = false;
  }

  // ---- What happens ------------------------------------------------------------------------------------------

  /** This side asks for the association. */
  opening(): void {
    this.#askedByPeer = false;
  }

  established(): void {
    this.#parts.seat.emit({ kind: "established", inbound: this.#askedByPeer });
  }

  /** Messages from before that still wait are told of anew; those that were to be sent have failed. */
  restarted(): void {
    this.#parts.seat.emit({ kind: "restarted", waitingCount: this.#parts.inbound.buffer.readyCount });
    this.#readableTold = false;
    this.tellReadable();
    this.onBufferFreed();
  }

  /** Other options hold: there may be more room than before, or none where there was. */
  onOptionsChanged(): void {
    this.tellReadable();
    this.#parts.outbound.shrink(this.#parts.seat.growth);
    this.#awaitRoom();
    this.#tellWritable();
  }

  /** @param isNewState false where only what reaches the path has changed */
  onPathStateChange(path: Path, reason: string, isNewState = true): void {
    const { address, stateName: state, reachedFrom } = path;
    this.#parts.tracer.onPathStateChange(path, reason);
    this.#parts.seat.emit({ kind: "path", address, state, isNewState, reachedFrom });
  }

  /** The peer has one address more, or less (RFC 5061). */
  onPathNews({ address }: Path, state: "added" | "removed", reason: string): void {
    this.#parts.tracer.onPathNews(address, state, reason);
    this.#parts.seat.emit({ kind: "path", address, state, isNewState: true, reachedFrom: [] });
  }

  onSourceChange(path: Path, { address, state }: SourceAddress): void {
    this.onPathStateChange(path, `${state === "lost" ? "not reached" : "reached"} from ${address}`, false);
  }

  primaryChanged({ address }: Path): void {
    this.#parts.seat.emit({ kind: "primary", address });
  }

  remoteError(causes: readonly Cause[]): void {
    const causeCodes = causes.map((cause) => cause.code);
    this.#parts.seat.emit({
      kind: "remote-error",
      causeCodes,
      chunk: encodeChunk({ kind: "ERROR", causes }),
    });
  }

  shutdownReceived(): void {
    this.#parts.seat.emit({ kind: "shutdown-received" });
  }

  /** The last event about the association. */
  closed(reason: CloseReason): void {
    this.#parts.seat.emit({ kind: "closed", reason });
  }

  // ---- What will not arrive ----------------------------------------------------------------------------------

  /** Messages of which the user has the beginning, or will have, and whose end will not come. */
  abortDeliveries(): void {
    for (const delivery of this.#parts.inbound.openDeliveries) this.abortDelivery(delivery);
  }

  /** One of those. */
  abortDelivery(delivery: OpenDelivery): void {
    this.#parts.seat.emit({ kind: "delivery-aborted", delivery });
  }

  /** SEND FAILURE for everything that the peer has not acknowledged (RFC 9260 11.2.2). */
  failUnsent(causeCode = 0): void {
    for (const message of this.#parts.outbound.drain()) this.#fail(message, causeCode);
    this.#parts.outbound.shrink(this.#parts.seat.growth);
  }

  /** RFC 9260 11.1.5: messages whose life ended before any of them was sent. */
  failExpired(nowMs: number): void {
    for (const message of this.#parts.outbound.takeExpired(nowMs)) this.#fail(message, 0);
  }

  /** It was given up (RFC 3758 3.4). */
  failAbandoned(message: OutboundMessage): void {
    this.#fail(message, 0, "abandoned");
  }

  /** The peer allows fewer streams than the user has used meanwhile. */
  failInvalidStreams(): void {
    const outbound = this.#parts.outbound;
    if (outbound.queue.isEmpty) return;
    for (const message of outbound.drain()) {
      if (message.streamId < outbound.streamCount) outbound.enqueue(message);
      else this.#fail(message, CauseCode.InvalidStreamIdentifier);
    }
    this.onBufferFreed();
  }

  /** Whoever finds no room waits for `writable`: it must come when there is some. */
  #awaitRoom(): void {
    const { outbound, seat } = this.#parts;
    outbound.makeRoom(0, seat.growth);
    if (outbound.bufferedBytes >= outbound.sendBufferBytes) this.#writableAwaited = true;
  }

  #tellWritable(): void {
    const { outbound } = this.#parts;
    if (!this.#writableAwaited || outbound.bufferedBytes * 2 > outbound.sendBufferBytes) return;
    this.#writableAwaited = false;
    this.#parts.seat.emit({ kind: "writable" });
  }

  #tellReleased(watch: ReleaseWatch): void {
    const { seat } = this.#parts;
    for (const receipt of watch.takeReceipts()) seat.emit({ kind: "delivered", receipt });
    watch.reportFallen((streamId) => seat.emit({ kind: "buffered-low", streamId }));
  }

  #fail(message: OutboundMessage, causeCode: number, step: "abandoned" | "failed" = "failed"): void {
    const { tracer } = this.#parts;
    tracer.onMessage(step, message, tracer.nowMs);
    const { data, streamId, ppid, unordered, context, sentBytes, acknowledgedBytes, receipt } = message;
    const transmitted = sentBytes > acknowledgedBytes;
    const unsent = { data, streamId, ppid, unordered, context, transmitted, acknowledgedBytes, causeCode };
    this.#parts.seat.emit({ kind: "send-failed", message: unsent, receipt });
  }
}
