/**
 * Which local addresses reach one destination (RFC 9260 6.4.1).
 * Owns: for each of them how its last attempts ended, when it was last answered and how long that took, whether the peer knows
 * it; which of them are to be probed next; where the last DATA of that destination came to.
 * Does not own: cwnd, ssthresh and error count, which a destination has once whatever the source (RFC 9260 7.1, 8.2: path.ts);
 * which pair is next (next-pair.ts), which local addresses there are (local-sources.ts).
 *
 * Only made where there is more than one.
 */
import { measured, type PathSource, type SourceState } from "../model/events.ts";

/** So many times in a row unanswered, and the address counts as not reaching the destination: once may be chance. */
const LOST_AFTER = 2;

/** One local address, as a source of packets to the destination. */
export class SourceAddress {
  readonly address: string;
  /** Its place in the order in which they became known; no other one of the destination has the same. */
  readonly number: number;
  /**
   * Packets of this association have come to it. A peer that took up only some of our addresses would take what comes from
   * another one for no packet of this association.
   */
  isKnownToPeer: boolean;
  /** Consecutive attempts without an answer, up to LOST_AFTER. */
  failureCount = 0;
  /** Which of the attempts of all sources without an answer its last one was; 0 before the first. */
  lastFailure = 0;
  /** A HEARTBEAT that left from here is not answered yet. */
  isProbed = false;
  /** Something that left from here has been answered. */
  wasAnswered: boolean;
  /** When something that left from here was last answered; NaN before the first time. */
  lastHeardMs: number = Number.NaN;
  /** The round trip that was measured then; NaN where there was none to measure. */
  rttMs: number;

  constructor(address: string, number: number, isKnownToPeer: boolean, rttMs: number) {
    this.address = address;
    this.number = number;
    this.isKnownToPeer = isKnownToPeer;
    this.rttMs = rttMs;
    this.wasAnswered = !Number.isNaN(rttMs);
  }

  get isLost(): boolean {
    return this.failureCount >= LOST_AFTER;
  }

  get state(): SourceState {
    if (this.isLost) return "lost";
    return this.wasAnswered ? "reaching" : "unknown";
  }
}

export class SourceAddresses {
  #all: readonly SourceAddress[] = [];
  /** Since when the path has left from where it does: what was sent before says nothing about that address. */
  sinceMs = 0;
  /** The local address that the last DATA from the destination came to. */
  dataCameTo: string | undefined = undefined;
  #failureTotal = 0;
  #addedCount = 0;
  #probeTurn = 0;

  get all(): readonly SourceAddress[] {
    return this.#all;
  }

  of(address: string): SourceAddress | undefined {
    for (const source of this.#all) if (source.address === address) return source;
    return undefined;
  }

  /** @param rttMs measured from there so far; NaN if nothing has been */
  add(address: string, isKnownToPeer: boolean, rttMs: number = Number.NaN): SourceAddress {
    const known = this.of(address);
    if (known !== undefined) {
      known.isKnownToPeer ||= isKnownToPeer;
      return known;
    }
    const source = new SourceAddress(address, this.#addedCount++, isKnownToPeer, rttMs);
    this.#all = [...this.#all, source];
    return source;
  }

  remove(address: string): void {
    this.#all = this.#all.filter((source) => source.address !== address);
    if (this.dataCameTo === address) this.dataCameTo = undefined;
  }

  /** Whether one of them reaches the destination for all that is known: it has not failed since it was answered. */
  get anyReaches(): boolean {
    return this.#all.some(({ wasAnswered, failureCount }) => wasAnswered && failureCount === 0);
  }

  /** Whether each of them has been tried again and again without an answer. */
  get allLost(): boolean {
    return this.#all.every(({ isLost }) => isLost);
  }

  /** Other HEARTBEATs go out: those before are not waited for any more. */
  beginProbe(): void {
    for (const source of this.#all) source.isProbed = false;
  }

  /** @returns whether it reaches the destination now and did not before */
  onAnswered(source: SourceAddress, rttMs: number, nowMs: number): boolean {
    const { state } = source;
    source.failureCount = 0;
    source.isProbed = false;
    source.wasAnswered = true;
    source.isKnownToPeer = true;
    source.lastHeardMs = nowMs;
    if (!Number.isNaN(rttMs)) source.rttMs = rttMs;
    return state !== "reaching";
  }

  /** @returns whether it has reached the destination so far, and does no longer */
  onUnanswered(source: SourceAddress): boolean {
    const { state } = source;
    source.isProbed = false;
    source.lastFailure = ++this.#failureTotal;
    if (!source.isLost) source.failureCount++;
    return state === "reaching" && source.state === "lost";
  }

  /**
   * Those that HEARTBEATs leave from next: the one in use, and one of the others in its turn, so that one that has failed is
   * found again when it works; where none reaches the destination, all at once, for there it matters.
   * @param current the one in use
   * @param skipsCurrent DATA tells of that one
   */
  nextToProbe(current: string, skipsCurrent: boolean): readonly SourceAddress[] {
    const others = this.#all.filter(({ address, isKnownToPeer }) => isKnownToPeer && address !== current);
    const turn = this.#probeTurn++ % Math.max(1, others.length);
    const next = this.anyReaches ? others.slice(turn, turn + 1) : others;
    const inUse = skipsCurrent ? undefined : this.of(current);
    return inUse === undefined ? next : [inUse, ...next];
  }

  /** For the user. */
  get facts(): readonly PathSource[] {
    return this.#all.map(({ address, state, lastHeardMs, rttMs }) => ({
      address,
      state,
      lastHeardMs: measured(lastHeardMs),
      rttMs: measured(rttMs),
    }));
  }
}
