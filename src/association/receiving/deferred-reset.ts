/**
 * Streams that are to be reset once everything from before has come (RFC 6525 5.2.2 E2).
 * Owns: which streams, up to which TSN, the messages from behind it that came meanwhile.
 * Does not own: the reset (inbound.ts), what the peer is told (src/association/extensions/stream-reconfiguration).
 */
import { tsnGt, tsnGte } from "../../base/serial.ts";
import type { OpenDelivery } from "../model/events.ts";
import type { ReceivedMessage } from "../model/received-message.ts";

/** Hears of the messages of which the user has the beginning, and that the reset has cut. */
export type ResetListener = (aborted: readonly OpenDelivery[]) => void;

interface DeferredResetInit {
  /** None: all streams. */
  readonly streamIds: readonly number[];
  /** What comes behind it belongs to the streams as they will be; undefined where that is not known yet: all waits. */
  readonly lastTsn: number | undefined;
  /** The least that a waiting message counts. */
  readonly minChargeBytes: number;
  /** Called once, when the streams have been reset. */
  readonly onReset: ResetListener;
}

/** A message that waits, and the highest of its TSNs. */
export interface WaitingMessage {
  readonly message: ReceivedMessage;
  readonly lastTsn: number;
  /** All of them; undefined where they are consecutive. */
  readonly tsns: readonly number[] | undefined;
}

/** What the peer has given up of a stream, told while others wait: their turn comes first. */
export interface WaitingSkip {
  readonly streamId: number;
  readonly throughNumber: number;
  /** TSNs that were given up with it. */
  readonly tsnCount: number;
  /** The New Cumulative TSN that told of it. */
  readonly lastTsn: number;
}

export type Waiting = WaitingMessage | WaitingSkip;

export class DeferredReset {
  readonly streamIds: readonly number[];
  readonly onReset: ResetListener;
  /** What waiting messages count. */
  heldBytes = 0;
  #lastTsn: number | undefined;
  readonly #listed: ReadonlySet<number>;
  readonly #minChargeBytes: number;
  #waiting: Waiting[] = [];
  /** Where the last thing that waits on a stream is a skip, its place: the next one takes it. */
  readonly #skipAt: Map<number, number> = new Map();

  constructor({ streamIds, lastTsn, minChargeBytes, onReset }: DeferredResetInit) {
    this.streamIds = streamIds;
    this.#listed = new Set(streamIds);
    this.#lastTsn = lastTsn;
    this.#minChargeBytes = minChargeBytes;
    this.onReset = onReset;
  }

  /** Messages that wait. */
  get messages(): readonly ReceivedMessage[] {
    return this.#waiting.flatMap((each) => ("message" in each ? [each.message] : []));
  }

  /** Whether something from before must find room; where that is not known, all that the window has allowed does. */
  get isBounded(): boolean {
    return this.#lastTsn !== undefined;
  }

  /** Where the new numbers begin is not known yet. */
  get awaitsNumbers(): boolean {
    return this.#lastTsn === undefined;
  }

  /** Whether everything from before has come. */
  isDue(cumulativeTsn: number): boolean {
    return this.#lastTsn !== undefined && tsnGte(cumulativeTsn, this.#lastTsn);
  }

  /** Whether a TSN of a stream is known to be from behind the reset. */
  isBehind(tsn: number, streamId: number): boolean {
    return this.#lastTsn !== undefined && this.#covers(streamId) && tsnGt(tsn, this.#lastTsn);
  }

  /** Keeps a message if it is from behind the reset. */
  keeps(waiting: WaitingMessage): boolean {
    const { message } = waiting;
    if (!this.#isKept(message.tsn, message.streamId)) return false;
    this.#skipAt.delete(message.streamId);
    this.#waiting.push(waiting);
    this.heldBytes += Math.max(message.data.length, this.#minChargeBytes);
    return true;
  }

  /** The same for what was given up. */
  keepsSkip(skip: WaitingSkip): boolean {
    if (!this.#isKept(skip.lastTsn, skip.streamId)) return false;
    const at = this.#skipAt.get(skip.streamId) ?? this.#waiting.length;
    const { tsnCount = 0 } = (this.#waiting[at] ?? {}) as Partial<WaitingSkip>;
    this.#waiting[at] = { ...skip, tsnCount: skip.tsnCount + tsnCount };
    this.#skipAt.set(skip.streamId, at);
    return true;
  }

  /** Where the streams begin anew has become known: gives what waited and is from before. */
  setLastTsn(lastTsn: number): Waiting[] {
    this.#lastTsn = lastTsn;
    const waiting = this.take();
    return waiting.filter((each) => !("message" in each ? this.keeps(each) : this.keepsSkip(each)));
  }

  #isKept(tsn: number, streamId: number): boolean {
    return this.#lastTsn === undefined ? this.#covers(streamId) : this.isBehind(tsn, streamId);
  }

  #covers(streamId: number): boolean {
    return this.#listed.size === 0 || this.#listed.has(streamId);
  }

  /** Empties it. */
  take(): Waiting[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#skipAt.clear();
    this.heldBytes = 0;
    return waiting;
  }
}
