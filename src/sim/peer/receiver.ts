/**
 * The receiving half of a scripted peer: from DATA or I-DATA chunks to messages and SACKs.
 * Owns: which TSNs have come, the window, the order of messages, when a SACK or an NR-SACK is due and what it says.
 * Does not own: sending it (association.ts).
 */

import { ssnAdd, tsnAdd, tsnDiff } from "../../base/serial.ts";
import type {
  DataChunk,
  ForwardTsnChunk,
  IDataChunk,
  IForwardTsnChunk,
  SackChunk,
} from "../../chunks/chunk.ts";
import type { NrSackChunk } from "../../chunks/nr-sack.ts";
import type { GapBlock } from "../../chunks/sack-lists.ts";
import type { Habits } from "./behaviours.ts";

/** A message as it was sent. */
export interface PeerMessage {
  readonly streamId: number;
  readonly unordered: boolean;
  readonly data: Uint8Array;
  /** Its sender may give it up. */
  readonly isLimited?: boolean | undefined;
}

type UserData = DataChunk | IDataChunk;

interface Held {
  readonly chunk: UserData;
  /** A SACK has said that it came. */
  isReported: boolean;
  /** An NR-SACK has said that it will not be dropped. */
  isPromised: boolean;
}

interface Unread {
  readonly message: PeerMessage;
  readonly readAtMs: number;
}

/** TSNs further ahead than this are not kept. */
const MAX_AHEAD = 5_000;
const MAX_RENEGES = 8;
const SACK_DELAY_MS = 200;
/** RFC 9260 6.2: no SACK may wait longer. */
const MAX_SACK_DELAY_MS = 500;
/** Duplicates that one SACK tells of. */
const MAX_DUPLICATES = 20;

export class Receiver {
  /** When the SACK that waits must go; Infinity where none waits. */
  sackAtMs = Number.POSITIVE_INFINITY;
  readonly #habits: Habits;
  readonly #capacityBytes: number;
  readonly #hasPromises: boolean;
  readonly #deliver: (message: PeerMessage) => void;
  #cumulativeTsn: number;
  /** Behind a gap, by TSN. */
  readonly #held = new Map<number, Held>();
  #heldBytes = 0;
  /** The fragments of the messages that are coming in, by what they are known by: of DATA there is one at a time. */
  readonly #fragments = new Map<string, UserData[]>();
  /** Of DATA: what was skipped last may have been the beginning of a message. */
  #lacksBeginning = false;
  readonly #nextSsn = new Map<number, number>();
  /** Of I-DATA: from which number on messages are not given up, by stream and order. */
  readonly #givenUpThrough = new Map<string, number>();
  /** Complete, but not yet their turn: by stream and SSN. */
  readonly #early = new Map<string, PeerMessage>();
  /** For the user, who takes its time. */
  readonly #unread: Unread[] = [];
  #unreadBytes = 0;
  #duplicates: number[] = [];
  #packetsUnacknowledged = 0;
  #renegesLeft = MAX_RENEGES;
  /** With thin SACKs: this many packets for one. */
  #thinness: number;

  /** @param hasPromises NR-SACKs take the place of SACKs */
  constructor(
    initialTsn: number,
    capacityBytes: number,
    hasPromises: boolean,
    habits: Habits,
    deliver: (message: PeerMessage) => void,
  ) {
    this.#cumulativeTsn = tsnAdd(initialTsn, -1);
    this.#capacityBytes = capacityBytes;
    this.#hasPromises = hasPromises;
    this.#habits = habits;
    this.#deliver = deliver;
    this.#thinness = habits.random.integer(4, 12);
  }

  get cumulativeTsn(): number {
    return this.#cumulativeTsn;
  }
  /** Whether a SHUTDOWN cannot say all that a SACK would (RFC 9260 9.2). */
  get hasMoreToSay(): boolean {
    return this.#held.size > 0 || this.#duplicates.length > 0;
  }
  /** When the user reads next. */
  get readAtMs(): number {
    return this.#unread[0]?.readAtMs ?? Number.POSITIVE_INFINITY;
  }
  get #windowBytes(): number {
    return Math.max(0, this.#capacityBytes - this.#unreadBytes - this.#heldBytes);
  }

  /** One DATA chunk. `onPacket` follows when all of its packet have been given. */
  onData(chunk: UserData, nowMs: number): void {
    const { tsn } = chunk;
    const distance = tsnDiff(tsn, this.#cumulativeTsn);
    if (distance <= 0 || this.#held.has(tsn)) {
      if (this.#duplicates.length < MAX_DUPLICATES) this.#duplicates.push(tsn);
      this.sackAtMs = this.#habits.has("thin-sacks") ? this.sackAtMs : nowMs;
      return;
    }
    // What fills the first gap is taken while the user has not filled the buffer: nothing else would free it.
    const hasRoom = this.#windowBytes > 0 || (distance === 1 && this.#unreadBytes < this.#capacityBytes);
    if (!hasRoom || distance > MAX_AHEAD) {
      this.sackAtMs = nowMs;
      return;
    }
    // The bytes belong to the datagram, which its owner may use again.
    this.#held.set(tsn, {
      chunk: { ...chunk, payload: chunk.payload.slice() },
      isReported: false,
      isPromised: false,
    });
    this.#heldBytes += chunk.payload.length;
    this.#advance(nowMs);
    this.#maybeRenege();
  }

  /** What is missing up to there will not come (RFC 3758 3.6, RFC 8260 2.3.1). */
  onForwardTsn(chunk: ForwardTsnChunk | IForwardTsnChunk, nowMs: number): void {
    const { newCumulativeTsn } = chunk;
    const isInterleaved = chunk.kind === "I-FORWARD-TSN";

    if (tsnDiff(newCumulativeTsn, this.#cumulativeTsn) <= 0) {
      this.sackAtMs = nowMs;
      return;
    }
    while (this.#cumulativeTsn !== newCumulativeTsn) {
      const tsn = tsnAdd(this.#cumulativeTsn, 1);
      this.#cumulativeTsn = tsn;
      const held = this.#held.get(tsn);
      if (held === undefined) {
        if (!isInterleaved) this.#giveUpFragments();
        continue;
      }
      this.#held.delete(tsn);
      this.#heldBytes -= held.chunk.payload.length;
      // What has lost its beginning is nothing.
      if (held.chunk.beginning || this.#fragments.has(keyOf(held.chunk))) this.#assemble(held.chunk, nowMs);
    }
    if (chunk.kind === "FORWARD TSN") {
      // The message with this TSN is one that was given up.
      this.#giveUpFragments();
      for (const { streamId, ssn } of chunk.skipped) this.#skip(streamId, ssn, nowMs);
    } else {
      for (const { streamId, unordered, mid } of chunk.skipped)
        this.#skipMessages(streamId, unordered, mid, nowMs);
    }
    this.#advance(nowMs);
  }

  /** Of DATA: a message that lacks a fragment, the rest of which may have come and is nothing. */
  #giveUpFragments(): void {
    this.#fragments.clear();
    this.#lacksBeginning = true;
  }

  /** Streams begin at 0 again (RFC 6525 5.2.2 E3). @param streamIds none: all */
  restart(streamIds: readonly number[]): void {
    const early = [...this.#early.keys()].map((key) => Number(key.split(" ")[0]));
    const held = early.find((id) => streamIds.length === 0 || streamIds.includes(id));
    if (held !== undefined)
      throw new Error(`stream ${held} is reset while a message of it waits for another`);
    if (streamIds.length === 0) this.#nextSsn.clear();
    for (const id of streamIds) this.#nextSsn.delete(id);
    for (const mark of [...this.#givenUpThrough.keys()])
      if (streamIds.length === 0 || streamIds.includes(Number(mark.split(" ")[0])))
        this.#givenUpThrough.delete(mark);
  }

  /** A packet with DATA has been read. */
  onPacket(nowMs: number): void {
    this.#packetsUnacknowledged++;
    const isThin = this.#habits.has("thin-sacks");
    const everyN = isThin ? this.#thinness : this.#habits.does("thick-sacks") ? 1 : 2;
    const isGapUrgent = this.#held.size > 0 && !isThin;
    if (this.#packetsUnacknowledged >= everyN || isGapUrgent) this.sackAtMs = nowMs;
    const delayMs = isThin || this.#habits.has("late-bundling") ? MAX_SACK_DELAY_MS : SACK_DELAY_MS;
    this.sackAtMs = Math.min(this.sackAtMs, nowMs + delayMs);
  }

  /** Gives the user what it reads now. A window that was shut is told to be open. */
  read(nowMs: number): void {
    while (this.readAtMs <= nowMs) {
      const wasShut = this.#windowBytes < this.#capacityBytes / 4;
      const message = this.#unread.shift()?.message;
      if (message === undefined) return;
      this.#unreadBytes -= message.data.length;
      this.#deliver(message);
      if (wasShut || this.#habits.does("thick-sacks")) this.sackAtMs = nowMs;
    }
  }

  /** What is to be said now. It counts as said. */
  takeSack(): SackChunk | NrSackChunk {
    if (this.#packetsUnacknowledged > 2) this.#habits.does("thin-sacks");
    this.#packetsUnacknowledged = 0;
    this.sackAtMs = Number.POSITIVE_INFINITY;
    const duplicateTsns = this.#duplicates;
    this.#duplicates = [];
    const said = {
      cumulativeTsnAck: this.#cumulativeTsn,
      aRwndBytes: this.#windowBytes,
      duplicateTsns,
    };
    if (this.#hasPromises) return { kind: "NR-SACK", ...said, ...this.#blocksByKind() };
    for (const held of this.#held.values()) held.isReported = true;
    return { kind: "SACK", ...said, gapBlocks: this.#gapBlocks([...this.#held.keys()]) };
  }

  /**
   * Both lists of an NR-SACK: all in one of them, each in either, or all in the first and some in both. That what was promised once is
   * said each time, and in the same list, is a SHOULD, as is that lists are disjoint.
   */
  #blocksByKind(): Pick<NrSackChunk, "gapBlocks" | "nonRenegableBlocks"> {
    const renegable: number[] = [];
    const promised: number[] = [];
    const share = [0, 0.5, 1][this.#habits.random.integer(0, 2)] ?? 0;
    const isOverlapping = this.#habits.happens(0.3);
    const isForgetful = this.#habits.happens(0.2);
    for (const [tsn, held] of this.#held) {
      if (held.isPromised && isForgetful && this.#habits.happens(0.5)) continue;
      const isPromised = this.#habits.happens(share);
      if (isPromised && this.#habits.does("nr-sacks")) promised.push(tsn);
      if (!isPromised || isOverlapping) renegable.push(tsn);
      held.isPromised ||= isPromised;
      held.isReported = true;
    }
    return { gapBlocks: this.#gapBlocks(renegable), nonRenegableBlocks: this.#gapBlocks(promised) };
  }

  /** A SHUTDOWN says it. */
  onSaid(): void {
    this.#packetsUnacknowledged = 0;
    this.sackAtMs = Number.POSITIVE_INFINITY;
  }

  #gapBlocks(tsns: readonly number[]): readonly GapBlock[] {
    const offsets = tsns.map((tsn) => tsnDiff(tsn, this.#cumulativeTsn)).sort((a, b) => a - b);
    const blocks: Array<{ start: number; end: number }> = [];
    for (const offset of offsets) {
      const last = blocks.at(-1);
      if (last !== undefined && offset === last.end + 1) last.end = offset;
      else blocks.push({ start: offset, end: offset });
    }
    const isOdd = blocks.length > 1 || blocks.some(({ start, end }) => end > start);
    return isOdd && this.#habits.does("odd-gap-blocks") ? this.#scrambled(blocks) : blocks;
  }

  /** The same TSNs in other blocks. */
  #scrambled(blocks: readonly GapBlock[]): readonly GapBlock[] {
    const pieces = blocks.flatMap(({ start, end }) => {
      if (start === end) return [{ start, end }];
      const cut = this.#habits.random.integer(start, end - 1);
      // The second piece begins behind the first, or within it.
      const from = this.#habits.happens(0.5) ? cut + 1 : this.#habits.random.integer(start, cut);
      return [
        { start, end: cut },
        { start: from, end },
      ];
    });
    return this.#habits.shuffled(pieces);
  }

  #maybeRenege(): void {
    if (this.#renegesLeft === 0 || !this.#habits.has("reneges") || !this.#habits.happens(0.2)) return;
    const reported = [...this.#held].filter(([, { isReported, isPromised }]) => isReported && !isPromised);
    if (reported.length === 0) return;
    this.#renegesLeft--;
    this.#habits.does("reneges");
    const from = this.#habits.random.integer(0, reported.length - 1);
    for (const [tsn, { chunk }] of reported.slice(from)) {
      this.#held.delete(tsn);
      this.#heldBytes -= chunk.payload.length;
    }
  }

  /** Takes what has come in order. */
  #advance(nowMs: number): void {
    for (;;) {
      const tsn = tsnAdd(this.#cumulativeTsn, 1);
      const held = this.#held.get(tsn);
      if (held === undefined) return;
      this.#held.delete(tsn);
      this.#heldBytes -= held.chunk.payload.length;
      this.#cumulativeTsn = tsn;
      this.#assemble(held.chunk, nowMs);
    }
  }

  /**
   * Fragments of DATA follow one another without a gap in their TSNs (6.9): in that order they come here. So do those of I-DATA, but
   * for those of other messages between them; what was given up may have holes.
   */
  #assemble(chunk: UserData, nowMs: number): void {
    const key = keyOf(chunk);
    const fragments = this.#fragments.get(key) ?? [];
    if (chunk.kind === "I-DATA" && this.#isGivenUp(chunk)) return;
    const [first] = fragments;
    if (chunk.beginning) this.#lacksBeginning = false;
    else if (this.#lacksBeginning && chunk.kind === "DATA") return;
    if (chunk.beginning !== (first === undefined))
      throw new Error(
        `${chunk.kind} with TSN ${chunk.tsn} ${chunk.beginning ? "begins within" : "goes on without"} a message`,
      );
    if (first !== undefined && (first.streamId !== chunk.streamId || first.unordered !== chunk.unordered))
      throw new Error(`the fragment with TSN ${chunk.tsn} names another message than the first`);
    if (chunk.kind === "DATA" && first?.kind === "DATA" && first.ssn !== chunk.ssn)
      throw new Error(`the fragment with TSN ${chunk.tsn} has another SSN than the first`);
    if (chunk.kind === "I-DATA" && !chunk.beginning && chunk.ppidOrFsn !== fragments.length)
      return void this.#fragments.set(key, [...fragments, chunk]); // It has a hole, and will be skipped.
    fragments.push(chunk);
    this.#fragments.set(key, fragments);
    if (!chunk.ending) return;
    const data = new Uint8Array(fragments.reduce((bytes, { payload }) => bytes + payload.length, 0));
    let at = 0;
    for (const { payload } of fragments) {
      data.set(payload, at);
      at += payload.length;
    }
    this.#fragments.delete(key);
    const number = chunk.kind === "DATA" ? chunk.ssn : chunk.mid;
    this.#order({ streamId: chunk.streamId, unordered: chunk.unordered, data }, number, nowMs);
  }

  #isGivenUp({ streamId, unordered, mid }: IDataChunk): boolean {
    const mark = this.#givenUpThrough.get(`${streamId} ${unordered}`);
    return mark !== undefined && tsnDiff(mid, mark) < 0;
  }

  /** Within a stream by SSN (6.5, 6.6). */
  #order(message: PeerMessage, ssn: number, nowMs: number): void {
    const { streamId, unordered } = message;
    if (unordered) return this.#give(message, nowMs);
    this.#early.set(`${streamId} ${ssn}`, message);
    this.#giveDue(streamId, nowMs);
  }

  /** Unfinished messages up to that number will not be ended; ordered ones are waited for no longer. */
  #skipMessages(streamId: number, unordered: boolean, throughMid: number, nowMs: number): void {
    this.#givenUpThrough.set(`${streamId} ${unordered}`, tsnAdd(throughMid, 1));
    for (const [key, [first]] of this.#fragments) {
      if (first?.kind !== "I-DATA" || first.streamId !== streamId || first.unordered !== unordered) continue;
      if (tsnDiff(first.mid, throughMid) <= 0) this.#fragments.delete(key);
    }
    if (unordered) return;
    for (
      let next = this.#nextSsn.get(streamId) ?? 0;
      tsnDiff(next, throughMid) <= 0;
      next = tsnAdd(next, 1)
    ) {
      const early = this.#early.get(`${streamId} ${next}`);
      this.#early.delete(`${streamId} ${next}`);
      this.#nextSsn.set(streamId, tsnAdd(next, 1));
      if (early !== undefined) this.#give(early, nowMs);
    }
    this.#giveDue(streamId, nowMs);
  }

  /** Messages up to that number are waited for no longer: those that have come are given. */
  #skip(streamId: number, throughSsn: number, nowMs: number): void {
    let next = this.#nextSsn.get(streamId) ?? 0;
    if (((throughSsn - next) & 0xffff) > 0x7fff) return;
    for (const end = ssnAdd(throughSsn, 1); next !== end; next = ssnAdd(next, 1)) {
      const early = this.#early.get(`${streamId} ${next}`);
      this.#early.delete(`${streamId} ${next}`);
      if (early !== undefined) this.#give(early, nowMs);
    }
    this.#nextSsn.set(streamId, next);
    this.#giveDue(streamId, nowMs);
  }

  #giveDue(streamId: number, nowMs: number): void {
    for (let next = this.#nextSsn.get(streamId) ?? 0; ; next = ssnAdd(next, 1)) {
      const due = this.#early.get(`${streamId} ${next}`);
      if (due === undefined) return;
      this.#early.delete(`${streamId} ${next}`);
      this.#nextSsn.set(streamId, ssnAdd(next, 1));
      this.#give(due, nowMs);
    }
  }

  /** The user reads at once, or with a small window after a while: now and then after a long one. */
  #give(message: PeerMessage, nowMs: number): void {
    let readAtMs = nowMs;
    if (this.#habits.does("small-window")) {
      const { random } = this.#habits;
      const pauseMs = this.#habits.happens(0.1) ? random.integer(1_000, 10_000) : random.integer(0, 100);
      readAtMs = Math.max(this.#unread.at(-1)?.readAtMs ?? 0, nowMs) + pauseMs;
    }
    this.#unread.push({ message, readAtMs });
    this.#unreadBytes += message.data.length;
  }
}

/** What the fragments of a message have in common: of DATA that they follow one another. */
function keyOf(chunk: UserData): string {
  return chunk.kind === "DATA" ? "" : `${chunk.streamId} ${chunk.unordered} ${chunk.mid}`;
}
