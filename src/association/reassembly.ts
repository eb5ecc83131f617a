/**
 * Fragments on their way to becoming messages (RFC 9260 6.9).
 * Owns: fragments that arrived, in runs of consecutive TSNs of one message, and the check that they belong together.
 * Does not own: which TSNs are new (tsn-tracker.ts), the order of messages in a stream (stream-ordering.ts).
 *
 * Invariant: every held fragment is in exactly one run; a run is found by its first and by its last TSN; no two runs
 * that could be joined stay apart. So a fragment costs a constant number of steps in whatever order it arrives.
 */
import { tsnAdd, tsnGt } from "../serial.ts";
import type { ReceivedMessage } from "./received-message.ts";

interface Fragment {
  readonly tsn: number;
  readonly data: Uint8Array;
  next: Fragment | undefined;
}

/** Consecutive fragments of one message. */
class Run {
  readonly streamId: number;
  readonly ssn: number;
  readonly ppid: number;
  readonly unordered: boolean;
  firstTsn: number;
  lastTsn: number;
  head: Fragment;
  tail: Fragment;
  payloadBytes: number;
  fragmentCount = 1;
  begins: boolean;
  ends: boolean;
  /** The beginning of this message has been handed to the user already; this run continues it. */
  continued = false;

  constructor(
    fragment: Fragment,
    streamId: number,
    ssn: number,
    ppid: number,
    unordered: boolean,
    begins: boolean,
    ends: boolean,
  ) {
    this.streamId = streamId;
    this.ssn = ssn;
    this.ppid = ppid;
    this.unordered = unordered;
    this.firstTsn = fragment.tsn;
    this.lastTsn = fragment.tsn;
    this.head = fragment;
    this.tail = fragment;
    this.payloadBytes = fragment.data.length;
    this.begins = begins;
    this.ends = ends;
  }
}

/** Consecutive fragments of one message, as others see them. */
export interface FragmentRun {
  readonly firstTsn: number;
  readonly lastTsn: number;
  /** The beginning of its message has been handed to the user already: it must not be given up. */
  readonly continued: boolean;
}

/** A message of which the user has the beginning and not the end. */
export interface OpenDelivery {
  readonly streamId: number;
  readonly unordered: boolean;
  readonly ssn: number;
}

export class Reassembly {
  /** Payload bytes of incomplete messages. */
  heldBytes = 0;
  heldFragmentCount = 0;
  readonly #runsByFirst = new Map<number, Run>();
  readonly #runsByLast = new Map<number, Run>();
  /** The TSN that continues a message whose beginning the user has; the peer sends one message's TSNs in sequence. */
  #continuations = new Map<number, OpenDelivery>();
  /** The unfinished run that the last fragment is in. */
  #grown: Run | undefined = undefined;
  readonly #allocate: (lengthBytes: number) => Uint8Array;

  readonly #isReceived: (tsn: number) => boolean;

  /**
   * @param allocate memory for a whole message
   * @param isReceived whether a TSN has been received; one that is in no run here was a whole message, or is delivered
   */
  constructor(
    allocate: (lengthBytes: number) => Uint8Array,
    isReceived: (tsn: number) => boolean = () => false,
  ) {
    this.#allocate = allocate;
    this.#isReceived = isReceived;
  }

  /** No fragment is held, and no message is half delivered. */
  get isEmpty(): boolean {
    return this.heldFragmentCount === 0 && this.#continuations.size === 0;
  }

  /** Whether a new chunk contradicts its neighbours: a message begins where the one before has ended, and nowhere else. */
  contradicts(tsn: number, begins: boolean, ends: boolean): boolean {
    const previous = tsnAdd(tsn, -1);
    const left = this.#runsByLast.get(previous);
    const isInside = (left !== undefined && !left.ends) || this.#continuations.has(tsn);
    if (begins ? isInside : !isInside && this.#isReceived(previous)) return true;
    const next = tsnAdd(tsn, 1);
    const right = this.#runsByFirst.get(next);
    return right === undefined ? !ends && this.#isReceived(next) : right.begins !== ends;
  }

  /**
   * Adds a fragment with a new TSN.
   * @returns the message that it completed, undefined if it is still incomplete, "violation" if the fragments of one
   *   message contradict one another
   */
  add(
    tsn: number,
    data: Uint8Array,
    streamId: number,
    ssn: number,
    ppid: number,
    unordered: boolean,
    begins: boolean,
    ends: boolean,
  ): ReceivedMessage | undefined | "violation" {
    if (this.contradicts(tsn, begins, ends)) return "violation";
    const run = new Run({ tsn, data, next: undefined }, streamId, ssn, ppid, unordered, begins, ends);
    const continuation = this.#continuations.get(tsn);
    if (continuation !== undefined) {
      const sameSsn = unordered || continuation.ssn === ssn;
      if (continuation.streamId !== streamId || continuation.unordered !== unordered || !sameSsn)
        return "violation";
      run.continued = true;
      run.begins = true;
    }
    this.heldBytes += data.length;
    this.heldFragmentCount++;
    const joined = this.#join(run);
    if (joined === undefined) return "violation";
    if (joined.begins && joined.ends) return this.#take(joined, true);
    this.#grown = joined;
    return undefined;
  }

  /**
   * Hands out the contiguous beginning of an incomplete message so that its memory comes free.
   * @param isNext whether a message is the one that its stream waits for
   */
  takePartial(
    isNext: (streamId: number, ssn: number, unordered: boolean) => boolean,
  ): ReceivedMessage | undefined {
    for (const run of this.#runsByFirst.values()) {
      if (!run.begins || !(run.continued || isNext(run.streamId, run.ssn, run.unordered))) continue;
      return this.#take(run, false);
    }
    return undefined;
  }

  /**
   * Hands out what there is of the message that the last fragment belongs to.
   * @param minBytes a message of which the user has nothing yet must have more than that
   * @param mayBegin whether the delivery of a message may begin
   */
  takeGrown(
    minBytes: number,
    mayBegin: (streamId: number, ssn: number, unordered: boolean) => boolean,
  ): ReceivedMessage | undefined {
    const run = this.#grown;
    this.#grown = undefined;
    if (run?.begins !== true || run.ends) return undefined;
    if (!run.continued && run.payloadBytes <= minBytes) return undefined;
    if (!run.continued && !mayBegin(run.streamId, run.ssn, run.unordered)) return undefined;
    return this.#take(run, false);
  }

  /** Messages that were handed out in part. */
  get openDeliveries(): readonly OpenDelivery[] {
    return [...this.#continuations.values()];
  }

  /** The run with the highest TSN. */
  get highestRun(): FragmentRun | undefined {
    let highest: Run | undefined;
    for (const run of this.#runsByFirst.values()) {
      if (highest === undefined || tsnGt(run.lastTsn, highest.lastTsn)) highest = run;
    }
    return highest;
  }

  /** Gives up a run that `highestRun` gave: its fragments are to come again. */
  drop({ firstTsn }: FragmentRun): void {
    const run = this.#runsByFirst.get(firstTsn);
    if (run !== undefined) this.#forget(run);
  }

  /** Joins a new run with its neighbours and files the result; undefined if they contradict one another. */
  #join(added: Run): Run | undefined {
    let run = added;
    const left = this.#runsByLast.get(tsnAdd(run.firstTsn, -1));
    const right = this.#runsByFirst.get(tsnAdd(run.lastTsn, 1));
    if (left !== undefined && !left.ends) {
      if (!sameMessage(left, run)) return undefined;
      this.#unfile(left);
      run = append(left, run);
    }
    if (right !== undefined && !run.ends) {
      if (!sameMessage(run, right)) return undefined;
      this.#unfile(right);
      run = append(run, right);
    }
    this.#runsByFirst.set(run.firstTsn, run);
    this.#runsByLast.set(run.lastTsn, run);
    return run;
  }

  #take(run: Run, complete: boolean): ReceivedMessage {
    this.#forget(run);
    this.#continuations.delete(run.firstTsn);
    if (!complete) {
      const { streamId, unordered, ssn } = run;
      this.#continuations.set(tsnAdd(run.lastTsn, 1), { streamId, unordered, ssn });
    }
    return {
      data: this.#concatenate(run),
      streamId: run.streamId,
      ppid: run.ppid,
      unordered: run.unordered,
      ssn: run.unordered ? 0 : run.ssn,
      tsn: run.firstTsn,
      lastTsn: run.lastTsn,
      endOfMessage: complete,
    };
  }

  #concatenate(run: Run): Uint8Array {
    if (run.fragmentCount === 1) return run.head.data;
    const data = this.#allocate(run.payloadBytes);
    let at = 0;
    for (let fragment: Fragment | undefined = run.head; fragment !== undefined; fragment = fragment.next) {
      data.set(fragment.data, at);
      at += fragment.data.length;
    }
    return data;
  }

  #forget(run: Run): void {
    this.#unfile(run);
    this.heldBytes -= run.payloadBytes;
    this.heldFragmentCount -= run.fragmentCount;
    if (this.#grown === run) this.#grown = undefined;
  }

  #unfile(run: Run): void {
    this.#runsByFirst.delete(run.firstTsn);
    this.#runsByLast.delete(run.lastTsn);
  }
}

/** All fragments of a message carry its stream, SSN and U bit (RFC 9260 3.3.1, 6.9). */
function sameMessage(a: Run, b: Run): boolean {
  return a.streamId === b.streamId && a.unordered === b.unordered && (a.unordered || a.ssn === b.ssn);
}

/** Lengthens `left` by `right`; the result is `left`. */
function append(left: Run, right: Run): Run {
  left.tail.next = right.head;
  left.tail = right.tail;
  left.lastTsn = right.lastTsn;
  left.ends = right.ends;
  left.payloadBytes += right.payloadBytes;
  left.fragmentCount += right.fragmentCount;
  return left;
}
