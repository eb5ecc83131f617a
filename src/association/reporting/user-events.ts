/**
 * What an association tells its user, and when (RFC 9260 11.2).
 * Owns: that readable, writable and dry are told once for each time they become so; the messages that come back as failed.
 * Does not own: the shapes of the events (events.ts), their queue (src/stack/stack.ts), what they are about.
 */
import type { Cause } from "../../chunks/causes.ts";
import { encodeChunk } from "../../chunks/chunk.ts";
import { CauseCode } from "../../chunks/codes.ts";
import type { Association } from "../association.ts";
import type { CloseReason } from "../model/events.ts";
import type { AssociationHost } from "../model/host.ts";
import type { OutboundMessage } from "../model/outbound-message.ts";
import type { Path } from "../paths/path.ts";
import type { Tcb } from "../tcb.ts";

export class UserEvents {
  readonly #association: Association;
  readonly #host: AssociationHost;
  readonly #tcb: Tcb;
  #readableTold = false;
  #writableAwaited = false;
  #dryTold = true;

  constructor(association: Association, host: AssociationHost, tcb: Tcb) {
    this.#association = association;
    this.#host = host;
    this.#tcb = tcb;
  }

  // ---- What comes and goes -----------------------------------------------------------------------------------

  /** The user has queued a message. */
  onQueued(): void {
    this.#dryTold = false;
    if (!this.#association.isWritable) this.#writableAwaited = true;
  }

  /** The peer has acknowledged something, or what was queued has failed. */
  onBufferFreed(): void {
    const { outbound, options } = this.#tcb;
    if (this.#writableAwaited && outbound.bufferedBytes * 2 <= options.sendBufferBytes) {
      this.#writableAwaited = false;
      this.#host.emit({ kind: "writable", association: this.#association });
    }
    if (!this.#dryTold && outbound.isIdle) {
      this.#dryTold = true;
      this.#host.emit({ kind: "dry", association: this.#association });
    }
  }

  /** Edge-triggered: told again only after the user has emptied the queue. */
  tellReadable(): void {
    if (this.#readableTold || this.#association.readableCount === 0) return;
    this.#readableTold = true;
    this.#host.emit({ kind: "readable", association: this.#association });
  }

  /** The user has found nothing to read. */
  onEmptied(): void {
    this.#readableTold = false;
  }

  // ---- What happens ------------------------------------------------------------------------------------------

  /** @param inbound whether the peer asked for the association */
  established(inbound: boolean): void {
    this.#host.emit({ kind: "established", association: this.#association, inbound });
  }

  /** Messages from before that still wait are told of anew. */
  restarted(): void {
    const association = this.#association;
    this.#host.emit({ kind: "restarted", association, waitingCount: association.readableCount });
    this.#readableTold = false;
    this.tellReadable();
  }

  pathChanged({ address, stateName }: Path): void {
    this.#host.emit({ kind: "path", association: this.#association, address, state: stateName });
  }

  primaryChanged({ address }: Path): void {
    this.#host.emit({ kind: "primary", association: this.#association, address });
  }

  remoteError(causes: readonly Cause[]): void {
    const causeCodes = causes.map((cause) => cause.code);
    const chunk = encodeChunk({ kind: "ERROR", causes });
    this.#host.emit({ kind: "remote-error", association: this.#association, causeCodes, chunk });
  }

  shutdownReceived(): void {
    this.#host.emit({ kind: "shutdown-received", association: this.#association });
  }

  /** The last event about the association. */
  closed(reason: CloseReason): void {
    this.#host.emit({ kind: "closed", association: this.#association, reason });
  }

  // ---- What will not arrive ----------------------------------------------------------------------------------

  /** Messages of which the user has the beginning, or will have, and whose end will not come. */
  abortDeliveries(): void {
    for (const delivery of this.#tcb.inbound.openDeliveries)
      this.#host.emit({ kind: "delivery-aborted", association: this.#association, delivery });
  }

  /** SEND FAILURE for everything that the peer has not acknowledged (RFC 9260 11.2.2). */
  failUnsent(causeCode = 0): void {
    for (const message of this.#tcb.outbound.drain()) this.#fail(message, causeCode);
  }

  /** RFC 9260 11.1.5: messages whose life ended before any of them was sent. */
  failExpired(nowMs: number): void {
    for (const message of this.#tcb.outbound.takeExpired(nowMs)) this.#fail(message, 0);
  }

  /** The peer allows fewer streams than the user has used meanwhile. */
  failInvalidStreams(): void {
    const { outbound } = this.#tcb;
    if (outbound.queue.isEmpty) return;
    for (const message of outbound.drain()) {
      if (message.streamId < outbound.streamCount) outbound.enqueue(message);
      else this.#fail(message, CauseCode.InvalidStreamIdentifier);
    }
  }

  #fail(message: OutboundMessage, causeCode: number): void {
    const { data, streamId, ppid, unordered, context, sentBytes, acknowledgedBytes } = message;
    const transmitted = sentBytes > acknowledgedBytes;
    const unsent = {
      data,
      streamId,
      ppid,
      unordered,
      context,
      transmitted,
      acknowledgedBytes,
      causeCode,
    };
    this.#host.emit({ kind: "send-failed", association: this.#association, message: unsent });
  }
}
