/**
 * Fragments on their way to becoming messages (RFC 9260 6.9).
 * Owns: fragments that arrived, in runs of consecutive TSNs of one message, and the check that they belong together.
 * Does not own: which TSNs are new (tsn-tracker.ts), the order of messages in a stream (stream-ordering.ts).
 *
 * Invariant: every held fragment is in exactly one run; a run is found by its first and by its last TSN; no two runs
 * that could be joined stay apart. So a fragment costs a constant number of steps in whatever order it arrives.
 *
 * Hot: while one message comes in order its run is lengthened in place, and is not filed anew for every fragment.
 */
import { tsnAdd, tsnGt } from "../../base/serial.ts";
import { TsnHeap } from "../../base/tsn-heap.ts";
import type { ReceivedMessage } from "../model/received-message.ts";

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
  chargedBytes: number;
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
    chargedBytes: number,
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
    this.chargedBytes = chargedBytes;
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
  /** The TSN that continues it: the peer sends one message's TSNs in sequence. */
  readonly tsn: number;
  readonly streamId: number;
  readonly unordered: boolean;
  readonly ssn: number;
}

export class Reassembly {
  /** What incomplete messages count: their payload, and never less than a minimum for each fragment. */
  heldBytes = 0;
  heldFragmentCount = 0;
  readonly #runsByFirst = new Map<number, Run>();
  /** All but the growing one. */
  readonly #runsByLast = new Map<number, Run>();
  readonly #lastTsns: TsnHeap = new TsnHeap(this.#runsByLast);
  /** The run that was lengthened last: likely the next fragment's. */
  #growing: Run | undefined = undefined;
  /** At most one: only the run that the cumulative TSN lies in is ever handed out before it is complete. */
  #continuation: OpenDelivery | undefined = undefined;
  readonly #minChargeBytes: number;
  readonly #allocate: (lengthBytes: number) => Uint8Array;

  readonly #isReceived: (tsn: number) => boolean;

  /**
   * @param minChargeBytes the least that a fragment counts, however small it is
   * @param allocate memory for a whole message
   * @param isReceived whether a TSN has been received; one that is in no run here was a whole message, or is delivered
   */
  constructor(
    minChargeBytes: number,
    allocate: (lengthBytes: number) => Uint8Array,
    isReceived: (tsn: number) => boolean = () => false,
  ) {
    this.#minChargeBytes = minChargeBytes;
    this.#allocate = allocate;
    this.#isReceived = isReceived;
  }

  /** No fragment is held, and no message is half delivered. */
  get isEmpty(): boolean {
    return this.heldFragmentCount === 0 && this.#continuation === undefined;
  }

  /** Whether a new chunk contradicts its neighbours: a message begins where the one before has ended, and nowhere else. */
  contradicts(tsn: number, begins: boolean, ends: boolean): boolean {
    const previous = tsnAdd(tsn, -1);
    const left = this.#runEndingAt(previous);
    const isInside = (left !== undefined && !left.ends) || this.#continuation?.tsn === tsn;
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
    const growing = this.#growing;
    if (growing !== undefined && !begins && this.#isNextOf(growing, tsn, streamId, ssn, unordered, ends)) {
      return this.#lengthen(growing, { tsn, data, next: undefined }, ends);
    }
    if (this.contradicts(tsn, begins, ends)) return "violation";
    const chargedBytes = Math.max(data.length, this.#minChargeBytes);
    const fragment = { tsn, data, next: undefined };
    const run = new Run(fragment, streamId, ssn, ppid, unordered, begins, ends, chargedBytes);
    const continuation = this.#continuation;
    if (continuation?.tsn === tsn) {
      const sameSsn = unordered || continuation.ssn === ssn;
      if (continuation.streamId !== streamId || continuation.unordered !== unordered || !sameSsn)
        return "violation";
      run.continued = true;
      run.begins = true;
    }
    this.heldBytes += chargedBytes;
    this.heldFragmentCount++;
    const joined = this.#join(run);
    if (joined === undefined) return "violation";
    return joined.begins && joined.ends ? this.#take(joined, true) : undefined;
  }

  /**
   * Hands out the beginning of the incomplete message that the cumulative TSN lies in, so that its memory comes free.
   * What lies beyond the first gap stays: it can be given up, and comes again.
   * @param ordering knows whether a message is the one that its stream waits for
   * @param minBytes a message of which the user has nothing yet must have that much
   */
  takePartial(
    cumulativeTsn: number,
    ordering: { isNext(streamId: number, ssn: number, unordered: boolean): boolean },
    minBytes: number = 0,
  ): ReceivedMessage | undefined {
    const run = this.#runEndingAt(cumulativeTsn);
    if (run?.begins !== true) return undefined;
    if (!run.continued) {
      if (run.payloadBytes < minBytes || !ordering.isNext(run.streamId, run.ssn, run.unordered))
        return undefined;
    }
    return this.#take(run, false);
  }

  /** Messages that were handed out in part. */
  get openDeliveries(): readonly OpenDelivery[] {
    return this.#continuation === undefined ? [] : [this.#continuation];
  }

  /** The run with the highest TSN. */
  get highestRun(): FragmentRun | undefined {
    const { highest } = this.#lastTsns;
    const growing = this.#growing;
    if (highest === undefined || (growing !== undefined && tsnGt(growing.lastTsn, highest))) return growing;
    return this.#runsByLast.get(highest);
  }

  /** Gives up a run that `highestRun` gave: its fragments are to come again. */
  drop({ firstTsn }: FragmentRun): void {
    const run = this.#runsByFirst.get(firstTsn);
    if (run !== undefined) this.#forget(run);
  }

  #runEndingAt(tsn: number): Run | undefined {
    return this.#growing?.lastTsn === tsn ? this.#growing : this.#runsByLast.get(tsn);
  }

  /** Whether a fragment continues the only run there is, and nothing beyond it has come yet: nothing can contradict it. */
  #isNextOf(
    run: Run,
    tsn: number,
    streamId: number,
    ssn: number,
    unordered: boolean,
    ends: boolean,
  ): boolean {
    if (tsn !== tsnAdd(run.lastTsn, 1) || run.ends || this.#runsByFirst.size !== 1) return false;
    if (run.streamId !== streamId || run.unordered !== unordered || (!unordered && run.ssn !== ssn))
      return false;
    return ends || !this.#isReceived(tsnAdd(tsn, 1));
  }

  #lengthen(run: Run, fragment: Fragment, ends: boolean): ReceivedMessage | undefined {
    const lengthBytes = fragment.data.length;
    const chargedBytes = Math.max(lengthBytes, this.#minChargeBytes);
    run.tail.next = fragment;
    run.tail = fragment;
    run.lastTsn = fragment.tsn;
    run.ends = ends;
    run.payloadBytes += lengthBytes;
    run.chargedBytes += chargedBytes;
    run.fragmentCount++;
    this.heldBytes += chargedBytes;
    this.heldFragmentCount++;
    return run.begins && ends ? this.#take(run, true) : undefined;
  }

  /** Joins a new run with its neighbours and files the result; undefined if they contradict one another. */
  #join(added: Run): Run | undefined {
    let run = added;
    const left = this.#runEndingAt(tsnAdd(run.firstTsn, -1));
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
    this.#file(run);
    return run;
  }

  #take(run: Run, complete: boolean): ReceivedMessage {
    this.#forget(run);
    const { streamId, unordered, ssn } = run;
    if (!complete) this.#continuation = { tsn: tsnAdd(run.lastTsn, 1), streamId, unordered, ssn };
    else if (run.continued) this.#continuation = undefined;
    return {
      data: this.#concatenate(run),
      streamId,
      ppid: run.ppid,
      unordered,
      ssn: unordered ? 0 : ssn,
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
    this.heldBytes -= run.chargedBytes;
    this.heldFragmentCount -= run.fragmentCount;
  }

  #file(run: Run): void {
    this.#runsByFirst.set(run.firstTsn, run);
    const before = this.#growing;
    this.#growing = run;
    if (before === undefined) return;
    this.#runsByLast.set(before.lastTsn, before);
    this.#lastTsns.onAdded(before.lastTsn);
  }

  #unfile(run: Run): void {
    this.#runsByFirst.delete(run.firstTsn);
    if (this.#growing === run) this.#growing = undefined;
    else this.#runsByLast.delete(run.lastTsn);
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
  left.chargedBytes += right.chargedBytes;
  left.fragmentCount += right.fragmentCount;
  return left;
}
