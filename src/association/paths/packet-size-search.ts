/**
 * Which size of packet a path carries (RFC 8899 5): the state machine of one destination address.
 * Owns: states, the size that is confirmed and the one that is tried next, PROBE_COUNT, PROBE_TIMER and PMTU_RAISE_TIMER.
 * Does not own: the packets that try a size, and what counts as an answer (procedures/path-mtu-discovery.ts); what packets are
 * made of (src/association/packets).
 *
 * A size is the length of an SCTP packet, which is the UDP payload: the MTU of the path less the headers below.
 */
import type { SizeLimit } from "../model/lost-sizes.ts";
import { payloadOfMtu, USUAL_MTU_BYTES } from "../model/packet-limits.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** PMTU_RAISE_TIMER (5.1.1). Hosts remember for as long what a router has told them of a path. */
export const RAISE_INTERVAL_MS = 600_000;
/** MAX_PROBES (5.1.2) of the size that nearly every path carries: one that is lost says little. */
const MAX_BASE_PROBES = 3;
/** A step that gains less is not worth a probe (5.3.2). */
const MIN_GAIN_BYTES = 8;
/** Every path carries that (MIN_PLPMTU, 5.1.2), and no association can do with less. */
const MIN_PACKET_BYTES = 512;
/** RFC 8200 5: no link of IPv6 carries less than 1,280 bytes with the headers. */
const IPV6_MIN_MTU_BYTES = 1_280;
/** MTUs of links and tunnels, and 8,192 bytes of payload: more than that some receivers do not read. */
const COMMON_MTUS_BYTES = [
  1_280, 1_400, 1_420, 1_440, 1_460, 1_480, 1_492, 1_500, 2_304, 4_352, 8_220, 9_000, 9_216, 16_384, 32_768,
] as const;

/** As RFC 8899 5.2 calls them. */
export type SearchState = "DISABLED" | "BASE" | "SEARCHING" | "SEARCH_COMPLETE" | "ERROR";

/** What bounds a search. */
export interface SearchBounds {
  readonly family: 4 | 6;
  /** Where it begins: what the path is taken to carry before anything has been tried (BASE_PLPMTU). */
  readonly baseBytes: number;
  /** No larger size is tried (MAX_PLPMTU). */
  readonly maxBytes: number;
  /** Probes of one size that may be lost in a row before the search ends (MAX_PROBES). */
  readonly maxProbes: number;
  /** PROBE_TIMER. */
  readonly probeTimeoutMs: number;
  /**
   * DATA in packets of the base has arrived, and nobody has asked for larger ones: neither it nor a size below that of Ethernet is tried.
   * The peer may answer no probes at all.
   */
  readonly isUnasked: boolean;
}

export class PacketSizeSearch {
  state: SearchState = "DISABLED";
  /** What packets may be as large as (PLPMTU). */
  confirmedBytes: number;
  /** The size that is tried (PROBED_SIZE). */
  probedBytes: number;
  /** When `onTimeout` is due: a probe is to be sent, was not answered in time, or the search begins again. */
  deadlineMs: number = NEVER;
  readonly #bounds: SearchBounds;
  readonly #minBytes: number;
  /** A probe is under way. */
  #isWaiting = false;
  /** PROBE_COUNT. */
  #probeCount = 0;
  /** A larger packet was lost. */
  #limit: SizeLimit | undefined = undefined;

  constructor(bounds: SearchBounds) {
    const { baseBytes, family } = bounds;
    this.#bounds = bounds;
    const least = family === 4 ? MIN_PACKET_BYTES : payloadOfMtu(IPV6_MIN_MTU_BYTES, 6);
    this.#minBytes = Math.min(baseBytes, least);
    this.confirmedBytes = baseBytes;
    this.probedBytes = baseBytes;
  }

  get baseBytes(): number {
    return this.#bounds.baseBytes;
  }

  /** What most links carry. */
  get usualBytes(): number {
    return payloadOfMtu(USUAL_MTU_BYTES, this.#bounds.family);
  }

  /** What is not believed for now, since a packet was lost; undefined before the first one. */
  get limit(): SizeLimit | undefined {
    return this.#limit;
  }

  /** Somebody has lost a packet on the way. */
  heed(limit: SizeLimit): void {
    this.#limit = limit;
  }

  /** A probe of `probedBytes` is under way. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** The peer can be reached, or packets larger than the base have vanished: the base is in use, and tried. */
  begin(nowMs: number): void {
    this.confirmedBytes = this.baseBytes;
    if (this.#bounds.isUnasked) return this.#goOn(nowMs);
    this.state = "BASE";
    this.#try(this.baseBytes, nowMs);
  }

  /** The peer cannot be reached. */
  stop(): void {
    this.state = "DISABLED";
    this.confirmedBytes = Math.min(this.confirmedBytes, this.baseBytes);
    this.#isWaiting = false;
    this.deadlineMs = NEVER;
  }

  /** A probe of `probedBytes` is sent. */
  onSent(nowMs: number): void {
    this.#isWaiting = true;
    this.deadlineMs = nowMs + this.#bounds.probeTimeoutMs;
  }

  /** There was no room for one: it is sent later. */
  onNotSent(nowMs: number): void {
    this.deadlineMs = nowMs + this.#bounds.probeTimeoutMs;
  }

  /** The probe that is under way was answered: what comes for others is not to be told here. */
  onAnswered(nowMs: number): void {
    this.#isWaiting = false;
    this.confirmedBytes = this.probedBytes;
    this.#goOn(nowMs);
  }

  /** The deadline has come. @returns whether a probe of `probedBytes` is to be sent now */
  onTimeout(nowMs: number): boolean {
    if (this.#isWaiting) this.#onUnanswered(nowMs);
    else if (this.state === "SEARCH_COMPLETE") this.#goOn(nowMs);
    return this.state !== "SEARCH_COMPLETE";
  }

  /** The search is to begin again, but not now. */
  postpone(nowMs: number): void {
    this.deadlineMs = nowMs + RAISE_INTERVAL_MS;
  }

  #onUnanswered(nowMs: number): void {
    this.#isWaiting = false;
    this.#probeCount++;
    if (this.state === "SEARCHING") {
      if (this.#probeCount < this.#bounds.maxProbes) return;
      this.#limit = { maxBytes: this.confirmedBytes, untilMs: nowMs + RAISE_INTERVAL_MS };
      this.#complete(nowMs);
    } else if (this.#probeCount >= MAX_BASE_PROBES) {
      this.state = "ERROR"; // 5.2: left when the base is answered for after all.
      this.confirmedBytes = this.#minBytes;
    }
  }

  /** Tries the next larger size that is worth it. */
  #goOn(nowMs: number): void {
    const next = this.#nextBytes(nowMs);
    if (next === undefined) return this.#complete(nowMs);
    this.state = "SEARCHING";
    this.#try(next, nowMs);
  }

  #complete(nowMs: number): void {
    this.state = "SEARCH_COMPLETE";
    this.postpone(nowMs);
  }

  #try(bytes: number, nowMs: number): void {
    this.probedBytes = bytes;
    this.#probeCount = 0;
    this.#isWaiting = false;
    this.deadlineMs = nowMs;
  }

  /** Undefined where there is none. */
  #nextBytes(nowMs: number): number | undefined {
    const { family, maxBytes, isUnasked } = this.#bounds;
    const limit = this.#limit;
    const isLimited = limit !== undefined && nowMs < limit.untilMs;
    const worthwhile = this.confirmedBytes + MIN_GAIN_BYTES;
    const largest = Math.min(maxBytes, isLimited ? limit.maxBytes : maxBytes) & ~3; // Packets are made of chunks, which are multiples of four.
    if (largest < worthwhile) return undefined;
    const least = isUnasked ? Math.max(worthwhile, this.usualBytes) : worthwhile;
    for (const mtuBytes of COMMON_MTUS_BYTES) {
      const bytes = payloadOfMtu(mtuBytes, family) & ~3;
      if (bytes >= least && bytes < largest) return bytes;
    }
    return largest;
  }
}
