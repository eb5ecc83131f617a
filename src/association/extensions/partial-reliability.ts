/**
 * Partial reliability: messages that are given up before the peer has them (RFC 3758), by their lifetime, by the number of
 * retransmissions, or because something more important needs their room (RFC 7496).
 * Owns: what INIT and INIT ACK say of it; when a message is given up; when FORWARD TSN, or I-FORWARD-TSN beside I-DATA, is sent,
 * where to and how often; what is done with one that arrives; the count of what was given up.
 * Does not own: what giving up does to chunks (sending/sent-log.ts), how far the peer is to move (advanced-ack-point.ts),
 * which message makes room (eviction-queue.ts), what skipping does to what has come (receiving/inbound.ts).
 */
import { tsnGte } from "../../base/serial.ts";
import type { Chunk, ForwardTsnChunk, IForwardTsnChunk } from "../../chunks/chunk.ts";
import { ChunkType, ParameterType } from "../../chunks/codes.ts";
import { COMMON_HEADER_BYTES } from "../../chunks/common-header.ts";
import type { Parameter } from "../../chunks/parameters.ts";
import { ExtensionId } from "../model/capabilities.ts";
import type { ChunkOutcome } from "../model/chunk-handler.ts";
import { NOTHING_SAVED, type Offer, type OfferContext } from "../model/extension.ts";
import type { OutboundMessage } from "../model/outbound-message.ts";
import type { Reliability, ReliabilityPolicy } from "../model/reliability.ts";
import { mayReceiveData } from "../model/state.ts";
import type { Path } from "../paths/path.ts";
import type { SkippedMessage } from "../receiving/message-assembler.ts";
import type { Abandonment } from "../sending/abandonment.ts";
import type { SentChunk } from "../sending/sent-chunk.ts";
import type { AssociationExtension, ExtensionHost, SharedHandler } from "./association-extension.ts";
import { INTERLEAVING } from "./interleaving.ts";
import { AdvancedAckPoint } from "./partial-reliability/advanced-ack-point.ts";
import { EvictionQueue } from "./partial-reliability/eviction-queue.ts";

/** Of either chunk without streams. */
const FORWARD_TSN_BYTES = 8;
const FORWARD_TSN_KINDS = ["FORWARD TSN", "I-FORWARD-TSN"] as const;
/** RFC 3758 3.5 F3: what C3 asks for may wait for a round trip, and no longer than this. */
const MAX_REPEAT_MS = 500;
/** Before all priorities: what is to be delivered reliably. */
const RELIABLE_RANK = -1;

/** Messages given up, each counted once (RFC 7496 4.3). */
export interface AbandonedCounts {
  /** Before any of them had been sent. */
  unsent: number;
  /** Later. */
  sent: number;
}

/** FORWARD TSN and I-FORWARD-TSN, for all associations that have agreed on it. */
const FORWARD_TSN_HANDLER: SharedHandler = {
  chunkTypes: [ChunkType.ForwardTsn, ChunkType.IForwardTsn],
  onChunk(chunk: Chunk, host: ExtensionHost): ChunkOutcome {
    if (chunk.kind !== "FORWARD TSN" && chunk.kind !== "I-FORWARD-TSN") return "continue";
    if (!mayReceiveData(host.lifecycle.state)) {
      host.seat.countDrop("unexpected-chunk", `${chunk.kind} in ${host.lifecycle.state}`);
      return "continue";
    }
    if ((chunk.kind === "I-FORWARD-TSN") !== host.inbound.isInterleaved) {
      host.termination.abortForViolation(`${chunk.kind} is not what was agreed on`); // RFC 8260 2.3.1
      return "stop";
    }
    host.data.countAsData(); // 3.6: it is acknowledged as DATA is.
    if (host.outbound.renumbering?.isFromBefore(chunk.newCumulativeTsn) === true) {
      host.inbound.sackPolicy.requestNow(); // Out of date, however far ahead it looks.
      return "continue";
    }
    for (const delivery of host.inbound.skip(chunk.newCumulativeTsn, lastSkipped(chunk)))
      host.events.abortDelivery(delivery);
    return "continue";
  },
};

/** RFC 8260 2.3.1: the MID takes the place of the SSN, and unordered messages are named, too. */
function lastSkipped(chunk: ForwardTsnChunk | IForwardTsnChunk): readonly SkippedMessage[] {
  return chunk.kind === "I-FORWARD-TSN"
    ? chunk.skipped.map(({ streamId, unordered, mid }) => ({ streamId, unordered, ssn: mid }))
    : chunk.skipped;
}

const PARAMETERS: readonly Parameter[] = [
  { kind: "Forward-TSN-Supported", type: ParameterType.ForwardTsnSupported },
];
const PLAIN_OFFER: Offer = { parameters: PARAMETERS, chunkTypes: [ChunkType.ForwardTsn] };
const INTERLEAVED_OFFER: Offer = {
  parameters: PARAMETERS,
  chunkTypes: [ChunkType.ForwardTsn, ChunkType.IForwardTsn],
};

export const PARTIAL_RELIABILITY: AssociationExtension = {
  id: ExtensionId.PartialReliability,
  parameterTypes: [ParameterType.ForwardTsnSupported],
  isWanted: ({ partialReliability }) => partialReliability,
  offer: (context) => (mayInterleave(context) ? INTERLEAVED_OFFER : PLAIN_OFFER),
  /**
   * A peer may say it by the parameter (RFC 3758 3.1) or list the chunk type alone (RFC 5061 4.2.7). Beside I-DATA there is
   * nothing of it without I-FORWARD-TSN (RFC 8260 2.3.1).
   */
  review(_ours: Offer, theirs: Offer, agreed) {
    const { chunkTypes, parameters } = theirs;
    const isKnown = agreed.has(ExtensionId.Interleaving)
      ? chunkTypes.includes(ChunkType.IForwardTsn)
      : parameters.length > 0 || chunkTypes.includes(ChunkType.ForwardTsn);
    return isKnown ? NOTHING_SAVED : undefined;
  },
  shared: FORWARD_TSN_HANDLER,
  join(host) {
    // Nothing is kept for an association that sends all of its messages until they have arrived.
    if (host.outbound.abandonment !== undefined || host.outbound.queue.limited.length > 0) begin(host);
    return undefined;
  },
  onLimitedMessage: (host) => begin(host),
};

/** Whether I-DATA is offered with it, or has been asked for. */
function mayInterleave({ options, asked }: OfferContext): boolean {
  return INTERLEAVING.isWanted(options) && asked?.chunkTypes.includes(ChunkType.IData) !== false;
}

/** From now on messages may be given up. */
function begin(host: ExtensionHost): void {
  host.outbound.abandonment ??= new PartialReliability(host);
  partialReliabilityOf(host.outbound)?.begin();
}

/** What has been given up is known there; undefined where nothing ever could be. */
export function partialReliabilityOf({
  abandonment,
}: Pick<ExtensionHost["outbound"], "abandonment">): PartialReliability | undefined {
  return abandonment instanceof PartialReliability ? abandonment : undefined;
}

export class PartialReliability implements Abandonment {
  readonly #host: ExtensionHost;
  readonly #point: AdvancedAckPoint;
  readonly #evictable = new EvictionQueue();
  /** By stream, then by policy. */
  readonly #counts = new Map<number, Map<ReliabilityPolicy, AbandonedCounts>>();
  #isAgreed = false;
  /** Something has been given up since packets were last asked for. */
  #hasNews = false;
  /** The FORWARD TSN that is on its way: what it says, where it went, when. */
  #forwardedTsn: number | undefined = undefined;
  #forwardedTo: Path | undefined = undefined;
  #forwardedAtMs = 0;
  /** A SACK has come since, and T3-rtx has expired since. */
  #sackCame = false;
  #timedOut = false;

  constructor(host: ExtensionHost) {
    this.#host = host;
    this.#point = new AdvancedAckPoint(host.outbound.sent, host.outbound);
  }

  /** The peer of now knows FORWARD TSN. */
  begin(): void {
    if (this.#isAgreed) return;
    this.#isAgreed = true;
    for (const message of this.#host.outbound.queue.limited) this.onQueued(message);
  }

  reset(): void {
    this.#isAgreed = false;
    this.#evictable.clear();
    this.onRenumbered();
  }

  onStreamsReset(lastTsn: number): void {
    this.#point.stopAt(lastTsn);
  }

  onRenumbered(): void {
    this.#point.reset();
    this.#forwardedTsn = undefined;
    this.#sackCame = false;
    this.#timedOut = false;
    this.#host.control.remove(...FORWARD_TSN_KINDS);
  }

  // ---- When a message is given up ----------------------------------------------------------------------------

  /** RFC 3758 4.1 TR4, RFC 7496 3.1: before it is sent again. */
  givesUp(chunk: SentChunk, nowMs: number): boolean {
    const { message, tsn } = chunk;
    return message !== undefined && this.wouldGiveUp(chunk, nowMs) && this.#abandon(message, tsn);
  }

  wouldGiveUp({ message, transmitCount }: SentChunk, nowMs: number): boolean {
    const limit = message?.limit;
    if (message === undefined || limit === undefined || !this.#isAgreed) return false;
    // The first transmission is no retransmission.
    return limit.policy === "retransmissions" ? transmitCount > limit.value : message.expiresAtMs <= nowMs;
  }

  /**
   * Gives up what is less important than a message for which the send buffer has no room (RFC 7496 3.2).
   * @param reliability of that message
   */
  makeRoom(neededBytes: number, reliability: Reliability | undefined): void {
    const rank = reliability === undefined ? RELIABLE_RANK : reliability.priority;
    const { outbound, seat } = this.#host;
    outbound.makeRoom(neededBytes, seat.growth);
    while (rank !== undefined && outbound.bufferedBytes + neededBytes > outbound.sendBufferBytes) {
      const victim = this.#evictable.takeBelow(rank);
      if (victim === undefined) return;
      this.#abandon(victim);
    }
  }

  onQueued(message: OutboundMessage): void {
    const { limit } = message;
    if (this.#isAgreed && limit?.policy === "priority") this.#evictable.push(message, limit.value);
  }

  onExpired(message: OutboundMessage): void {
    if (this.#isAgreed) this.#count(message);
  }

  /** The rest of a message that is half sent is not sent either once its life has ended. */
  #reviewHalfSent(nowMs: number): void {
    for (const message of this.#host.outbound.queue.halfSent) {
      if (message.limit?.policy === "lifetime" && message.expiresAtMs <= nowMs) this.#abandon(message);
    }
  }

  #abandon(message: OutboundMessage, tsn?: number): boolean {
    const { outbound, events } = this.#host;
    if (!outbound.abandon(message, tsn)) return false;
    this.#hasNews = true;
    this.#count(message);
    events.failAbandoned(message);
    message.release();
    return true;
  }

  // ---- What the peer is told ---------------------------------------------------------------------------------

  review(nowMs: number): void {
    if (!this.#isAgreed) return;
    const { outbound, paths, events } = this.#host;
    let lost = outbound.sent.nextToRetransmit();
    while (lost !== undefined && this.givesUp(lost, nowMs)) lost = outbound.sent.nextToRetransmit();
    this.#reviewHalfSent(nowMs);
    const path = this.#timedOut ? this.#alternate : paths.forData;
    if (path !== undefined) this.#forward(path, nowMs);
    if (!this.#hasNews) return;
    this.#hasNews = false;
    events.onBufferFreed();
  }

  onAcknowledged(): void {
    const { outbound, paths, control } = this.#host;
    this.#point.onAcknowledged();
    this.#sackCame = true;
    if (this.#forwardedTsn === undefined) return;
    if (!tsnGte(outbound.sent.cumulativeAckPoint, this.#forwardedTsn)) return;
    this.#forwardedTsn = undefined;
    control.remove(...FORWARD_TSN_KINDS); // If there is one, it waits to say the same.
    if (this.#forwardedTo !== undefined && paths.all.includes(this.#forwardedTo))
      paths.clearErrors(this.#forwardedTo, "FORWARD TSN acknowledged");
  }

  /** A5. */
  onTimeout(): void {
    this.#timedOut = this.#forwardedTsn !== undefined;
  }

  /** C2 to C5. */
  #forward(path: Path, nowMs: number): void {
    const { control, paths } = this.#host;
    const authBytes = this.#host.extensions.authentication?.authBytes ?? 0;
    this.#point.advance(path.maxPacketBytes - COMMON_HEADER_BYTES - authBytes - FORWARD_TSN_BYTES);
    if (!this.#point.isAhead) return;
    const { srttMs, rtoMs } = path.rto;
    const repeatMs = Math.min(Number.isNaN(srttMs) ? rtoMs : srttMs, MAX_REPEAT_MS);
    const isRepeatDue = this.#timedOut || (this.#sackCame && nowMs - this.#forwardedAtMs >= repeatMs);
    if (this.#point.tsn !== this.#forwardedTsn || isRepeatDue) {
      control.remove(...FORWARD_TSN_KINDS); // One says all.
      control.push(this.#point.chunk, path);
      this.#forwardedTsn = this.#point.tsn;
      this.#forwardedTo = path;
      this.#forwardedAtMs = nowMs;
      this.#sackCame = false;
      this.#timedOut = false;
    }
    if (!paths.all.some(({ t3Running }) => t3Running)) path.startT3(nowMs);
  }

  /** Where a FORWARD TSN goes that has not been answered (RFC 9260 6.4.1). */
  get #alternate(): Path | undefined {
    const { paths } = this.#host;
    const last = this.#forwardedTo;
    return last === undefined || !paths.all.includes(last) ? paths.forData : paths.alternateTo(last);
  }

  // ---- What was given up -------------------------------------------------------------------------------------

  /**
   * @param streamId of one stream; of all if absent
   * @param policy by one policy; by all if absent
   */
  abandoned(streamId?: number, policy?: ReliabilityPolicy): Readonly<AbandonedCounts> {
    const sum: AbandonedCounts = { unsent: 0, sent: 0 };
    for (const [id, byPolicy] of this.#counts) {
      if (streamId !== undefined && id !== streamId) continue;
      for (const [name, { unsent, sent }] of byPolicy) {
        if (policy !== undefined && name !== policy) continue;
        sum.unsent += unsent;
        sum.sent += sent;
      }
    }
    return sum;
  }

  #count({ streamId, limit, sentBytes }: OutboundMessage): void {
    if (limit === undefined) return;
    const ofStream = this.#counts.get(streamId) ?? new Map<ReliabilityPolicy, AbandonedCounts>();
    const counts = ofStream.get(limit.policy) ?? { unsent: 0, sent: 0 };
    if (sentBytes === 0) counts.unsent++;
    else counts.sent++;
    this.#counts.set(streamId, ofStream.set(limit.policy, counts));
  }
}
