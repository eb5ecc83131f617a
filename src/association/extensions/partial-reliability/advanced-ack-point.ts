/**
 * How far the peer is to move without what has been given up (RFC 3758 3.5).
 * Owns: the Advanced.Peer.Ack.Point (C1, C2), and which message of each stream is the last that it skips (C4).
 * Does not own: when the peer is told (partial-reliability.ts), the chunks (sending/sent-log.ts).
 *
 * Each chunk is looked at once, when the point passes it: what is skipped is not gathered anew for each FORWARD TSN.
 */
import { tsnAdd, tsnDiff, tsnGt, tsnLt } from "../../../base/serial.ts";
import type { ForwardTsnChunk, IForwardTsnChunk } from "../../../chunks/chunk.ts";
import { DataFlag } from "../../../chunks/data.ts";
import { type SentChunk, SentState } from "../../sending/sent-chunk.ts";

/** Among more TSNs there may be so many messages of one stream that the last of them looks older than the first. */
const MAX_SKIPPED_TSNS = 0x7fff;

/** What each stream adds to a FORWARD TSN, and to an I-FORWARD-TSN. */
const SKIPPED_BYTES = 4;
const I_SKIPPED_BYTES = 8;

/** What was sent and is not acknowledged, as far as this looks. */
export interface SentChunks {
  readonly cumulativeAckPoint: number;
  readonly nextTsn: number;
  at(tsn: number): SentChunk;
}

/** Which chunk the peer is told by. */
export interface UserDataForm {
  /** User data goes in I-DATA: the MIDs of unordered messages are told of, too (RFC 8260 2.3.1). */
  readonly isInterleaved: boolean;
}

interface Skipped {
  readonly streamId: number;
  readonly unordered: boolean;
  /** Its SSN or MID. */
  readonly ssn: number;
  /** The last TSN of the stream that is skipped. */
  readonly tsn: number;
}

export class AdvancedAckPoint {
  readonly #sent: SentChunks;
  readonly #form: UserDataForm;
  #point: number;
  /** By stream and order, in the order of their TSNs. */
  readonly #skipped = new Map<number, Skipped>();
  /** The last TSNs before resets of streams that the peer has not acknowledged, the lowest first. */
  readonly #stops: number[] = [];

  constructor(sent: SentChunks, form: UserDataForm) {
    this.#sent = sent;
    this.#form = form;
    this.#point = sent.cumulativeAckPoint;
  }

  get tsn(): number {
    return this.#point;
  }

  /** The peer has not heard of it: it is ahead of what was acknowledged (C3). */
  get isAhead(): boolean {
    return this.#point !== this.#sent.cumulativeAckPoint;
  }

  /** TSNs begin anew. */
  reset(): void {
    this.#stops.length = 0;
    this.#goBack();
  }

  #goBack(): void {
    this.#skipped.clear();
    this.#point = this.#sent.cumulativeAckPoint;
  }

  /**
   * Streams begin anew behind a TSN (RFC 6525 5.1.2 A3). A peer that has got there reads what it is told by the new numbers: it is to
   * be told of nothing further on together with old ones.
   */
  stopAt(lastTsn: number): void {
    if (tsnGt(lastTsn, this.#sent.cumulativeAckPoint)) this.#stops.push(lastTsn);
  }

  /** The cumulative ack has moved (C1). */
  onAcknowledged(): void {
    const { cumulativeAckPoint } = this.#sent;
    if (tsnLt(this.#point, cumulativeAckPoint)) this.#point = cumulativeAckPoint;
    while (this.#stops[0] !== undefined && !tsnGt(this.#stops[0], cumulativeAckPoint)) this.#stops.shift();
    for (const [key, { tsn }] of this.#skipped) {
      if (tsnGt(tsn, cumulativeAckPoint)) return;
      this.#skipped.delete(key);
    }
  }

  /**
   * Moves over what has been given up, and over nothing that is merely acknowledged by a gap block: that may be taken back (C2).
   * @param roomBytes that the chunk has for streams: what does not fit waits for the next one (C4)
   */
  advance(roomBytes: number): void {
    const { isInterleaved } = this.#form;
    const maxStreams = Math.floor(roomBytes / (isInterleaved ? I_SKIPPED_BYTES : SKIPPED_BYTES));
    if (this.#skipped.size > maxStreams) this.#goBack(); // There is less room than there was.
    for (let tsn = tsnAdd(this.#point, 1); tsnLt(tsn, this.#sent.nextTsn); tsn = tsnAdd(tsn, 1)) {
      if (this.#point === this.#stops[0]) return;
      const { state, flags, streamId, ssn } = this.#sent.at(tsn);
      if (state !== SentState.Abandoned) return;
      if (tsnDiff(tsn, this.#sent.cumulativeAckPoint) > MAX_SKIPPED_TSNS) return;
      const unordered = (flags & DataFlag.Unordered) !== 0;
      if (isInterleaved || !unordered) {
        const key = 2 * streamId + (unordered ? 1 : 0);
        const isListed = this.#skipped.delete(key);
        if (!isListed && this.#skipped.size >= maxStreams) return;
        this.#skipped.set(key, { streamId, unordered, ssn, tsn });
      }
      this.#point = tsn;
    }
  }

  /** What the peer is to be told. */
  get chunk(): ForwardTsnChunk | IForwardTsnChunk {
    const newCumulativeTsn = this.#point;
    const skipped = [...this.#skipped.values()];
    if (this.#form.isInterleaved) {
      const messages = skipped.map(({ streamId, unordered, ssn }) => ({ streamId, unordered, mid: ssn }));
      return { kind: "I-FORWARD-TSN", newCumulativeTsn, skipped: messages };
    }
    return {
      kind: "FORWARD TSN",
      newCumulativeTsn,
      skipped: skipped.map(({ streamId, ssn }) => ({ streamId, ssn })),
    };
  }
}
