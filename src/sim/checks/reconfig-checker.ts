/**
 * The rules of RFC 6525 that can be seen from outside, and of the stream sequence numbers that it begins anew.
 * Owns: what one sender of an association has asked for, what was answered, which SSN is due on each stream.
 * Shares no code with the stack. Does not own: TSNs and SACKs (packet-checker.ts).
 */
import { ahead, plus } from "./wire.ts";

const OUTGOING = 13;
const INCOMING = 14;
const ALL_NUMBERS = 15;
const RESPONSE = 16;
const ADD_OUTGOING = 17;
const ADD_INCOMING = 18;
const IN_PROGRESS = 6;
const NOTHING_TO_DO = 0;
const PERFORMED = 1;

/** RFC 6525 3.1, by the types in ascending order. */
const SOUND = new Set(["13", "14", "13,14", "15", "17", "18", "17,18", "16", "13,16", "16,16"]);

interface Parameter {
  readonly type: number;
  readonly value: DataView;
}

/** The parameters of a RE-CONFIG; the walk ends where a length is wrong. */
export function parametersOf(value: DataView): Parameter[] {
  const parameters: Parameter[] = [];
  for (let at = 0; at + 4 <= value.byteLength; ) {
    const lengthBytes = value.getUint16(at + 2);
    if (lengthBytes < 8 || at + lengthBytes > value.byteLength) break;
    parameters.push({
      type: value.getUint16(at),
      value: new DataView(value.buffer, value.byteOffset + at + 4, lengthBytes - 4),
    });
    at += Math.ceil(lengthBytes / 4) * 4;
  }
  return parameters;
}

interface Asked {
  readonly type: number;
  readonly bytes: string;
  /** None: all. */
  readonly streamIds: readonly number[];
  readonly count: number;
  isOpen: boolean;
}

/** Of the DATA of one sender: as far as these rules look. */
export interface ReconfiguredFlow {
  readonly initialTsns: ReadonlySet<number>;
  readonly nextTsn: number | undefined;
  /** TSNs that may stand for what was not sent of messages that were given up. */
  readonly mostRests: number;
}

/** Both next TSNs of an answer to a reset of all numbers. */
export interface NewNumbers {
  readonly sender: number;
  readonly receiver: number;
}

/** What one side of an association asks for and answers. */
export class Reconfiguration {
  #nextNumber: number | undefined;
  /** Of all that may have been announced the one that was agreed on. */
  #initialTsn: number | undefined;
  readonly #asked = new Map<number, Asked>();
  /** The request for a reset of all numbers that was granted last. */
  #resetFor: number | undefined;
  /** Requests that have reached the other side. */
  readonly #arrived: Set<number>;
  readonly #nextSsn = new Map<number, number>();
  /** By stream: the last TSN since the numbers began. */
  readonly #lastTsn = new Map<number, number>();
  readonly #onRestart: (streamIds: readonly number[]) => void;

  /**
   * @param onRestart told when the numbers of streams begin anew: none: of all
   * @param before what this side has forgotten of having asked for, and the other side may answer
   */
  constructor(onRestart: (streamIds: readonly number[]) => void, before?: Reconfiguration) {
    this.#onRestart = onRestart;
    this.#arrived = new Set(before === undefined ? [] : before.#arrived);
  }

  /** It has asked for something, or something has come of somebody whose packets are not judged. */
  get isUsed(): boolean {
    return this.#asked.size > 0 || this.#arrived.size > 0;
  }

  /**
   * A RE-CONFIG leaves.
   * @param other what the receiver has asked for
   * @returns a complaint
   */
  onSent(value: DataView, flow: ReconfiguredFlow, other: Reconfiguration): string | undefined {
    const parameters = parametersOf(value);
    const types = parameters.map(({ type }) => type).sort((a, b) => a - b);
    if (!SOUND.has(types.join())) return `put the parameters ${types} into one RE-CONFIG`;
    const openBefore = [...this.#asked.values()].some(({ isOpen }) => isOpen);
    for (const { type, value: fields } of parameters) {
      const number = fields.getUint32(0);
      if (type === RESPONSE) {
        if (!other.#arrived.has(number)) return `answered request ${number}, which has not come`;
        // All numbers of its own begin anew, too: the first time that it says so.
        if (fields.byteLength === 16 && number !== this.#resetFor) {
          this.#resetFor = number;
          this.#restart([]);
        }
        continue;
      }
      const bytes = bytesOf(fields);
      const known = this.#asked.get(number);
      if (known !== undefined) {
        if (known.type !== type || known.bytes !== bytes)
          return `asked for something else under number ${number}`;
        continue;
      }
      if (openBefore) return `asked anew before request ${(this.#nextNumber ?? 0) - 1} was answered`;
      const isDue =
        this.#nextNumber === undefined ? flow.initialTsns.has(number) : number === this.#nextNumber;
      if (!isDue) return `asked under number ${number} where ${this.#nextNumber} was due`;
      this.#initialTsn ??= number; // RFC 6525 4.1: both begin with the same.
      const nextTsn = flow.nextTsn ?? this.#initialTsn;
      const streamIds = streamsOf(type, fields);
      if (type === OUTGOING && !this.#isLast(fields.getUint32(8), streamIds, nextTsn, flow.mostRests))
        return `named ${fields.getUint32(8)} as its last TSN, with ${nextTsn} to come`;
      this.#nextNumber = plus(number, 1);
      this.#asked.set(number, {
        type,
        bytes,
        streamIds,
        count: type >= ADD_OUTGOING ? fields.getUint16(4) : 0,
        isOpen: true,
      });
    }
    return undefined;
  }

  /**
   * A RE-CONFIG arrives.
   * @param other what its receiver has asked for
   * @returns the new numbers of an answer to a reset of all
   */
  onArrived(value: DataView, other: Reconfiguration): NewNumbers | undefined {
    let numbers: NewNumbers | undefined;
    for (const { type, value: fields } of parametersOf(value)) {
      const number = fields.getUint32(0);
      if (type === RESPONSE) numbers = other.#onAnswered(number, fields) ?? numbers;
      else this.#arrived.add(number);
      if (type === OUTGOING) other.#close(fields.getUint32(4), INCOMING);
      if (type === ADD_OUTGOING)
        for (const asked of other.#asked.values())
          if (asked.type === ADD_INCOMING && asked.count === fields.getUint16(4)) asked.isOpen = false;
    }
    return numbers;
  }

  /** New DATA leaves that begins a message, or goes on with one. @returns a complaint */
  onDataSent(tsn: number, streamId: number, ssn: number, isOrderedBeginning: boolean): string | undefined {
    this.#lastTsn.set(streamId, tsn);
    for (const { type, streamIds, isOpen } of this.#asked.values()) {
      if (!isOpen) continue;
      const isHeld = type === OUTGOING && (streamIds.length === 0 || streamIds.includes(streamId));
      if (isHeld || type === ALL_NUMBERS)
        return `sent new DATA on stream ${streamId} while its reset is not answered`;
    }
    if (!isOrderedBeginning) return undefined;
    const due = this.#nextSsn.get(streamId) ?? 0;
    this.#nextSsn.set(streamId, (ssn + 1) & 0xffff);
    return ssn === due ? undefined : `sent SSN ${ssn} of stream ${streamId} where ${due} was due`;
  }

  #onAnswered(number: number, fields: DataView): NewNumbers | undefined {
    const asked = this.#asked.get(number);
    const result = fields.getUint32(4);
    if (asked?.isOpen !== true || result === IN_PROGRESS) return undefined;
    asked.isOpen = false;
    if (result !== PERFORMED && result !== NOTHING_TO_DO) return undefined;
    if (asked.type === OUTGOING) this.#restart(asked.streamIds);
    if (asked.type !== ALL_NUMBERS || fields.byteLength < 16) return undefined;
    this.#restart([]);
    return { sender: fields.getUint32(8), receiver: fields.getUint32(12) };
  }

  /**
   * Whether what a request names may be the last TSN that was assigned when it was made (RFC 6525 4.1). On another path DATA of other
   * streams may overtake it, and none of those that begin anew.
   */
  #isLast(tsn: number, streamIds: readonly number[], nextTsn: number, mostRests: number): boolean {
    const ids = streamIds.length === 0 ? this.#lastTsn.keys() : streamIds;
    for (const id of ids) if (ahead(tsn, this.#lastTsn.get(id) ?? tsn) < 0) return false;
    return ahead(tsn, plus(nextTsn, -1)) <= mostRests;
  }

  #restart(streamIds: readonly number[]): void {
    if (streamIds.length === 0) {
      this.#nextSsn.clear();
      this.#lastTsn.clear();
    }
    for (const id of streamIds) {
      this.#nextSsn.delete(id);
      this.#lastTsn.delete(id);
    }
    this.#onRestart(streamIds);
  }

  #close(number: number, type: number): void {
    const asked = this.#asked.get(number);
    if (asked?.type === type) asked.isOpen = false;
  }
}

/** The numbers that an answer tells, before it has arrived. */
export function newNumbersIn(value: DataView): NewNumbers | undefined {
  for (const { type, value: fields } of parametersOf(value))
    if (type === RESPONSE && fields.byteLength === 16)
      return { sender: fields.getUint32(8), receiver: fields.getUint32(12) };
  return undefined;
}

function streamsOf(type: number, fields: DataView): number[] {
  if (type !== OUTGOING && type !== INCOMING) return [];
  const ids: number[] = [];
  for (let at = type === OUTGOING ? 12 : 4; at + 2 <= fields.byteLength; at += 2)
    ids.push(fields.getUint16(at));
  return ids;
}

function bytesOf(view: DataView): string {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).join();
}
