/**
 * Fragments of DATA chunks on their way to becoming messages (RFC 9260 6.9).
 * Owns: fragments that arrived, in runs of consecutive TSNs of one message, and the check that they belong together.
 * Does not own: which TSNs are new (tsn-tracker.ts), the order of messages in a stream (stream-ordering.ts).
 *
 * Invariant: every held fragment is in exactly one run; a run is found by its first and by its last TSN; no two runs
 * that could be joined stay apart. So a fragment costs a constant number of steps in whatever order it arrives.
 *
 * Hot: while one message comes in order its run is lengthened in place, and is not filed anew for every fragment.
 */

import { tsnAdd, tsnDiff, tsnGt } from "../../base/serial.ts";
import { TsnHeap } from "../../base/tsn-heap.ts";
import type { UserDataChunk } from "../../chunks/user-data.ts";
import type { OpenDelivery } from "../model/events.ts";
import { messageKeyOf, type ReceivedMessage, wholeMessage } from "../model/received-message.ts";
import type { DeliveryOrder, MessageAssembler, ReceivedTsns, UnfinishedPart } from "./message-assembler.ts";

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
  /** The first fragment of the message is in it, or what comes after the part that has been handed out. */
  begins: boolean;
  ends: boolean;
  /** The beginning of this message has been handed to the user already; this run continues it. */
  continued = false;
  /** Its message's, where the run `begins`. */
  messageKey: number;

  constructor(chunk: UserDataChunk, fragment: Fragment, chargedBytes: number) {
    this.streamId = chunk.streamId;
    this.ssn = chunk.sequenceNumber;
    this.ppid = chunk.ppid;
    this.unordered = chunk.isUnordered;
    this.firstTsn = fragment.tsn;
    this.lastTsn = fragment.tsn;
    this.head = fragment;
    this.tail = fragment;
    this.payloadBytes = fragment.data.length;
    this.chargedBytes = chargedBytes;
    this.begins = chunk.isBeginning;
    this.ends = chunk.isEnding;
    this.messageKey = messageKeyOf(fragment.tsn);
  }
}

/** A message that was handed out in part; the peer sends its fragments with consecutive TSNs. */
interface Continuation extends OpenDelivery {
  /** The TSN that continues it. */
  readonly nextTsn: number;
}

interface DataAssemblerInit {
  /** The least that a fragment counts, however small it is. */
  readonly minChargeBytes: number;
  /** Memory for a whole message. */
  readonly allocate: (lengthBytes: number) => Uint8Array;
  /** A TSN that was received and is in no run here was a whole message, or is delivered. */
  readonly tsns: ReceivedTsns;
}

export class DataAssembler implements MessageAssembler {
  heldBytes = 0;
  heldFragmentCount = 0;
  completedTsn = 0;
  readonly completedTsns: undefined = undefined;
  readonly #runsByFirst = new Map<number, Run>();
  /** All but the growing one. */
  readonly #runsByLast = new Map<number, Run>();
  readonly #lastTsns: TsnHeap = new TsnHeap(this.#runsByLast);
  /** The run that was lengthened last: likely the next fragment's. */
  #growing: Run | undefined = undefined;
  /** At most one: only the run that the cumulative TSN lies in is ever handed out before it is complete. */
  #continuation: Continuation | undefined = undefined;
  /** The last TSN known to be of a message that was given up, whose last fragment is not known. */
  #orphanThrough: number | undefined = undefined;
  readonly #minChargeBytes: number;
  readonly #allocate: (lengthBytes: number) => Uint8Array;
  readonly #tsns: ReceivedTsns;

  constructor({ minChargeBytes, allocate, tsns }: DataAssemblerInit) {
    this.#minChargeBytes = minChargeBytes;
    this.#allocate = allocate;
    this.#tsns = tsns;
  }

  get isEmpty(): boolean {
    return (
      this.heldFragmentCount === 0 && this.#continuation === undefined && this.#orphanThrough === undefined
    );
  }

  get openDeliveries(): readonly OpenDelivery[] {
    return this.#continuation === undefined ? [] : [this.#continuation];
  }

  get unfinishedParts(): readonly UnfinishedPart[] {
    return Array.from(this.#runsByFirst.values(), ({ streamId, unordered, ssn, firstTsn, payloadBytes }) => ({
      streamId,
      unordered,
      ssn,
      tsn: firstTsn,
      payloadBytes,
    }));
  }

  get highestHeldTsn(): number | undefined {
    return this.#highestRun?.lastTsn;
  }

  isGivenUp(): boolean {
    return false;
  }

  add(chunk: UserDataChunk, payload: Uint8Array): ReceivedMessage | undefined | "violation" {
    const { tsn, isBeginning, isEnding } = chunk;
    const growing = this.#growing;
    if (growing !== undefined && !isBeginning && this.#isNextOf(growing, chunk, tsn, isEnding))
      return this.#lengthen(growing, { tsn, data: payload, next: undefined }, isEnding);
    if (this.#contradicts(tsn, isBeginning, isEnding)) return "violation";
    if (isBeginning && tsnAdd(tsn, -1) === this.#orphanThrough) this.#orphanThrough = undefined;
    if (isBeginning && isEnding) return wholeMessage(chunk, payload);
    const chargedBytes = Math.max(payload.length, this.#minChargeBytes);
    const run = new Run(chunk, { tsn, data: payload, next: undefined }, chargedBytes);
    const continuation = this.#continuation;
    if (continuation?.nextTsn === tsn) {
      if (!sameMessage(continuation, run)) return "violation";
      run.continued = true;
      run.begins = true;
      run.messageKey = continuation.messageKey;
    }
    this.heldBytes += chargedBytes;
    this.heldFragmentCount++;
    const joined = this.#join(run);
    if (joined === undefined) return "violation";
    if (this.#dropOrphan(joined)) return undefined;
    return joined.begins && joined.ends ? this.#take(joined, true) : undefined;
  }

  /** What is handed out is the run that the cumulative TSN lies in. */
  takePartial(cumulativeTsn: number, order: DeliveryOrder, minBytes: number): ReceivedMessage | undefined {
    const run = this.#runEndingAt(cumulativeTsn);
    if (run?.begins !== true) return undefined;
    if (!run.continued) {
      if (run.payloadBytes < minBytes || !order.isNext(run.streamId, run.ssn, run.unordered))
        return undefined;
    }
    return this.#take(run, false);
  }

  drop(aboveTsn: number): boolean {
    const run = this.#highestRun;
    if (run === undefined || run.continued || !tsnGt(run.firstTsn, aboveTsn)) return false;
    this.#forget(run);
    for (let tsn = run.firstTsn; !tsnGt(tsn, run.lastTsn); tsn = tsnAdd(tsn, 1)) this.#tsns.remove(tsn);
    return true;
  }

  /** Fragments of DATA find one another by their TSNs alone. */
  restart(): readonly OpenDelivery[] {
    return [];
  }

  onTurns(): void {}

  skip(cumulativeTsn: number, throughTsn: number): readonly OpenDelivery[] {
    const aborted = this.openDeliveries;
    this.#continuation = undefined;
    if (this.#orphanThrough === undefined || tsnGt(throughTsn, this.#orphanThrough))
      this.#orphanThrough = this.#tsns.has(throughTsn) ? undefined : throughTsn;
    for (const run of this.#runsThrough(cumulativeTsn, throughTsn)) {
      this.#forget(run);
      if (!tsnGt(throughTsn, run.lastTsn)) this.#orphanThrough = run.ends ? undefined : run.lastTsn;
    }
    if (this.#orphanThrough === undefined) return aborted;
    const nextTsn = tsnAdd(this.#orphanThrough, 1);
    const next = this.#runsByFirst.get(nextTsn);
    const isOther = next === undefined ? this.#tsns.has(nextTsn) : !this.#dropOrphan(next);
    if (isOther) this.#orphanThrough = undefined;
    return aborted;
  }

  /** Those that begin at or below a TSN, found in as many steps as there are runs, or TSNs to skip, whichever is less. */
  #runsThrough(cumulativeTsn: number, throughTsn: number): Run[] {
    const found: Run[] = [];
    const from = tsnAdd(cumulativeTsn, 1);
    if (tsnDiff(throughTsn, from) >= this.#runsByFirst.size) {
      for (const run of this.#runsByFirst.values()) if (!tsnGt(run.firstTsn, throughTsn)) found.push(run);
      return found;
    }
    // The one that the cumulative TSN lies in began before.
    const open = this.#runEndingAt(cumulativeTsn);
    if (open !== undefined) found.push(open);
    for (let tsn = from; !tsnGt(tsn, throughTsn); tsn = tsnAdd(tsn, 1)) {
      const run = this.#runsByFirst.get(tsn);
      if (run !== undefined) found.push(run);
    }
    return found;
  }

  /** Drops a run if it is the rest of a message that was given up. */
  #dropOrphan(run: Run): boolean {
    if (this.#orphanThrough === undefined || run.begins) return false;
    if (run.firstTsn !== tsnAdd(this.#orphanThrough, 1)) return false;
    this.#forget(run);
    this.#orphanThrough = run.ends ? undefined : run.lastTsn;
    return true;
  }

  /** Whether a new chunk contradicts its neighbours: a message begins where the one before has ended, and nowhere else. */
  #contradicts(tsn: number, begins: boolean, ends: boolean): boolean {
    const previous = tsnAdd(tsn, -1);
    const left = this.#runEndingAt(previous);
    const isInside = (left !== undefined && !left.ends) || this.#continuation?.nextTsn === tsn;
    if (begins ? isInside : !isInside && previous !== this.#orphanThrough && this.#tsns.has(previous))
      return true;
    const next = tsnAdd(tsn, 1);
    const right = this.#runsByFirst.get(next);
    return right === undefined ? !ends && this.#tsns.has(next) : right.begins !== ends;
  }

  get #highestRun(): Run | undefined {
    const { highest } = this.#lastTsns;
    const growing = this.#growing;
    if (highest === undefined || (growing !== undefined && tsnGt(growing.lastTsn, highest))) return growing;
    return this.#runsByLast.get(highest);
  }

  #runEndingAt(tsn: number): Run | undefined {
    return this.#growing?.lastTsn === tsn ? this.#growing : this.#runsByLast.get(tsn);
  }

  /** Whether a fragment continues the only run there is, and nothing beyond it has come yet: nothing can contradict it. */
  #isNextOf(run: Run, chunk: UserDataChunk, tsn: number, ends: boolean): boolean {
    if (tsn !== tsnAdd(run.lastTsn, 1) || run.ends || this.#runsByFirst.size !== 1) return false;
    const { unordered } = run;
    if (run.streamId !== chunk.streamId || unordered !== chunk.isUnordered) return false;
    if (!unordered && run.ssn !== chunk.sequenceNumber) return false;
    return ends || !this.#tsns.has(tsnAdd(tsn, 1));
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
    const { streamId, unordered, messageKey } = run;
    // RFC 6458 5.3.2: one number for all pieces, also of an unordered message, whose fragments may have any.
    const ssn = run.continued ? (this.#continuation?.ssn ?? run.ssn) : run.ssn;
    if (complete) {
      this.completedTsn = run.lastTsn;
      if (run.continued) this.#continuation = undefined;
    } else {
      this.#continuation = { nextTsn: tsnAdd(run.lastTsn, 1), messageKey, streamId, unordered, ssn };
    }
    return {
      data: this.#concatenate(run),
      streamId,
      ppid: run.ppid,
      unordered,
      ssn,
      tsn: run.firstTsn,
      messageKey,
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
function sameMessage(a: Run | OpenDelivery, b: Run): boolean {
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
