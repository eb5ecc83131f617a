/**
 * The user data of one sender in one association, as the packets that were seen tell it.
 * Owns: what is remembered of it; which messages lie below a TSN. Shares no code with the stack.
 * Does not own: what is right (packet-checker.ts), the numbers in I-DATA (i-data-checker.ts), requests to begin streams anew
 * (reconfig-checker.ts).
 */
import { IDataChecker, keyOf } from "./i-data-checker.ts";
import { Reconfiguration } from "./reconfig-checker.ts";
import { ahead } from "./wire.ts";

const UNORDERED = 4;

interface SentData {
  readonly bytes: Uint8Array;
  readonly payloadBytes: number;
  readonly flags: number;
}

/** Named by the tag that its packets carry. */
export class Flow {
  /** Every Initial TSN that the sender has announced for this tag. */
  readonly initialTsns: Set<number> = new Set();
  /** Where user data goes in I-DATA. */
  readonly messages: IDataChecker = new IDataChecker();
  readonly #sent: Map<number, SentData> = new Map();
  nextTsn: number | undefined;
  /** What has arrived, and how often. */
  readonly arrived: Map<number, number> = new Map();
  /** All up to this TSN have arrived, or have been skipped by a FORWARD TSN that has. */
  arrivedThrough: number | undefined;
  /** What was sent last ended its message. */
  lastEnds = true;
  /** The last New Cumulative TSN that was sent, and the last that has arrived. */
  skippedThrough: number | undefined;
  skipArrived: number | undefined;
  /** What the receiver has told not to take back, beyond what it has acknowledged cumulatively. */
  readonly promised: Set<number> = new Set();
  /** The last Cumulative TSN Ack that the receiver sent. */
  ackSent: number | undefined;
  // What the sender knows, from the SACKs that reached it.
  ackKnown: number | undefined;
  /** The highest Cumulative TSN Ack that came behind AUTH, where none without it is known to be newer: whether it was taken cannot be seen. */
  hiddenAck: number | undefined;
  rwndKnown = 0;
  readonly #gapKnown: Set<number> = new Set();
  /** Of it, what the receiver has told not to take back. */
  readonly #keptKnown: Set<number> = new Set();
  #sentBytes = 0;
  /** Of it, what the sender knows to have arrived beyond a gap. */
  #gapBytes = 0;
  /** Streams that begin anew, and what is asked for. */
  readonly reconfiguration: Reconfiguration;
  /** The numbers of a reset of all that its receiver has told, and that have reached the sender. */
  resetTold: number | undefined;
  resetHeard: number | undefined;

  /** @param before the sender has forgotten that one, and whoever heard of it has not */
  constructor(before?: Flow) {
    this.reconfiguration = new Reconfiguration(
      (streamIds) => this.messages.restart(streamIds),
      before?.reconfiguration,
    );
  }

  /** What has been sent and not acknowledged, in any way that the sender knows of; the bytes of users. */
  get outstandingBytes(): number {
    return this.#sentBytes - this.#gapBytes;
  }
  /** The TSNs that have been sent and not been acknowledged cumulatively, in the order in which they were sent first. */
  get sentTsns(): Iterable<number> {
    return this.#sent.keys();
  }

  /** Undefined if it was not sent, or has been acknowledged cumulatively. */
  sentAt(tsn: number): SentData | undefined {
    return this.#sent.get(tsn);
  }

  rememberSent(tsn: number, data: SentData): void {
    this.#sent.set(tsn, data);
    this.#sentBytes += data.payloadBytes;
    if (this.#gapKnown.has(tsn)) this.#gapBytes += data.payloadBytes;
  }

  /** It is acknowledged cumulatively. */
  forget(tsn: number): void {
    const { payloadBytes = 0 } = this.#sent.get(tsn) ?? {};
    this.#sent.delete(tsn);
    this.#sentBytes -= payloadBytes;
    if (this.#gapKnown.has(tsn)) this.#gapBytes -= payloadBytes;
    this.#keptKnown.delete(tsn);
  }

  /** All of it. */
  forgetSent(): void {
    this.#sent.clear();
    this.#sentBytes = 0;
    this.#keptKnown.clear();
    this.forgetGaps();
  }

  /** The sender learns that it has arrived beyond a gap. */
  rememberGap(tsn: number): void {
    if (this.#gapKnown.has(tsn)) return;
    this.#gapKnown.add(tsn);
    this.#gapBytes += this.#sent.get(tsn)?.payloadBytes ?? 0;
  }

  /** Whether the sender knows that it has arrived beyond a gap. */
  knowsGap(tsn: number): boolean {
    return this.#gapKnown.has(tsn);
  }

  /**
   * All but what will not be taken back.
   * @param through nothing is said of what lies beyond it; undefined: of all
   * @returns how many are kept for that
   */
  forgetGaps(through?: number): number {
    const beyond = through === undefined ? [] : [...this.#gapKnown].filter((tsn) => ahead(tsn, through) > 0);
    this.#gapKnown.clear();
    this.#gapBytes = 0;
    for (const tsn of [...this.#keptKnown, ...beyond]) this.rememberGap(tsn);
    return beyond.length;
  }

  /** The sender learns that it has arrived, and will not be taken back. */
  rememberPromise(tsn: number): void {
    this.#keptKnown.add(tsn);
    this.rememberGap(tsn);
  }

  /** Whether the sender knows that it will not be taken back. */
  isKnownKept(tsn: number): boolean {
    return this.#keptKnown.has(tsn);
  }

  /** TSNs that may stand for what was not sent of messages that were given up. */
  restsLeft(isInterleaved: boolean): number {
    return isInterleaved ? this.messages.restsLeft : this.lastEnds ? 0 : 1;
  }

  /** As many as there may be of them, in either format. */
  get mostRests(): number {
    return Math.max(this.restsLeft(true), this.restsLeft(false));
  }

  /** A FORWARD TSN (RFC 3758 3.2). @returns what is wrong with its list of streams */
  onSkipped(through: number, value: DataView): string | undefined {
    const listed = new Map<number, number>();
    for (let at = 4; at + 4 <= value.byteLength; at += 4) {
      const streamId = value.getUint16(at);
      if (listed.has(streamId)) return `stream ${streamId} is listed twice in a FORWARD TSN`;
      listed.set(streamId, value.getUint16(at + 2));
    }
    const streams = new Map<number, number>();
    for (const { view, flags } of this.#sentThrough(through))
      if ((flags & UNORDERED) === 0) streams.set(view.getUint16(4), view.getUint16(6));
    for (const [streamId, ssn] of streams)
      if (listed.get(streamId) !== ssn)
        return `SSN ${ssn} of stream ${streamId} is skipped, and ${listed.get(streamId)} listed`;
    return undefined;
  }

  /** Of I-DATA the last message, of each stream and order, with something sent up to a TSN and not acknowledged. */
  lastMidsThrough(through: number): ReadonlyMap<string, number> {
    const mids = new Map<string, number>();
    for (const { view, flags } of this.#sentThrough(through))
      mids.set(keyOf(view.getUint16(4), (flags & UNORDERED) !== 0), view.getUint32(8));
    return mids;
  }

  *#sentThrough(through: number): Iterable<{ readonly view: DataView; readonly flags: number }> {
    for (const [tsn, { bytes, flags }] of this.#sent)
      if (ahead(tsn, through) <= 0) yield { view: new DataView(bytes.buffer, bytes.byteOffset), flags };
  }
}
