/**
 * What the peer can still take, by our own account, and how it is asked again when that is too little.
 * Owns: the peer's receive window (RFC 9260 6.2.1), the deadline and the back-off of zero-window probes (6.1 A).
 * Does not own: what goes out as a probe (outbound.ts, loss-recovery.ts), our own receive window (receive-buffer.ts).
 */

const NEVER = Number.POSITIVE_INFINITY;
/** Zero-window probes back off this far and no further, beyond what RTO.Max allows. */
const MAX_PROBE_BACKOFF_EXPONENT = 10;

/** Whether something that was sent has been answered. */
const Answer = { NotAsked: 0, Awaited: 1, Given: 2 } as const;

/** What is in flight, on all paths. */
export interface InFlight {
  readonly inFlightPayloadBytes: number;
}

export class PeerWindow {
  readonly #sent: InFlight;
  /** When a probe is due. */
  deadlineMs: number = NEVER;
  #advertisedBytes = 0;
  #probeDue = false;
  #probeCount = 0;
  /** To the last DATA that went out beyond what the peer has room for: the probe, if it is all that is out. */
  #probe: number = Answer.NotAsked;
  /** By a closed window, to what was sent again last. */
  #repeat: number = Answer.NotAsked;

  /** Nothing may be sent before `reset`: the peer has told no window. */
  constructor(sent: InFlight) {
    this.#sent = sent;
  }

  /** A peer that has just said so is there, and has been sent nothing. */
  reset(advertisedBytes: number): void {
    this.#advertisedBytes = advertisedBytes;
    this.deadlineMs = NEVER;
    this.#probeDue = false;
    this.#probeCount = 0;
    this.#probe = Answer.NotAsked;
    this.#repeat = Answer.NotAsked;
  }

  /** The a_rwnd that it told last. */
  get advertisedBytes(): number {
    return this.#advertisedBytes;
  }

  /**
   * Payload bytes that the peer has room for beyond what is in flight (RFC 9260 6.2.1). Not counted up and down but looked
   * at: so whatever leaves the flight gives its room back, however it left.
   */
  get freeBytes(): number {
    return Math.max(0, this.#advertisedBytes - this.#sent.inFlightPayloadBytes);
  }

  /**
   * Whether so much may be sent: it fits, or it is the probe (RFC 9260 6.1 A). A fragment is never cut short to fit a small
   * window: that is our half of avoiding silly ones.
   */
  admits(payloadBytes: number): boolean {
    return payloadBytes <= this.#advertisedBytes - this.#sent.inFlightPayloadBytes || this.#probeDue;
  }

  /** A SACK told of the window. */
  onSack(advertisedBytes: number): void {
    this.#advertisedBytes = advertisedBytes;
    if (this.#probe === Answer.Awaited) this.#probe = Answer.Given;
    if (this.#repeat !== Answer.NotAsked)
      this.#repeat = advertisedBytes === 0 ? Answer.Given : Answer.Awaited;
    if (advertisedBytes === 0) return;
    this.#probeCount = 0;
    this.#probeDue = false;
  }

  /**
   * A SHUTDOWN came. It tells no window (RFC 9260 3.3.8), and may be all that the peer says from now on: if it acknowledged
   * something, so that nothing is outstanding, the next probe need not wait to hear that there was room for the last one.
   */
  onShutdown(hasAcked: boolean, nothingOutstanding: boolean): void {
    if (this.#probe === Answer.Awaited) this.#probe = Answer.Given;
    if (!hasAcked) return;
    this.#probeCount = 0;
    if (nothingOutstanding) this.#probeDue = true;
  }

  /** DATA went out, and is in flight. */
  onSent(): void {
    this.#probe = this.#sent.inFlightPayloadBytes > this.#advertisedBytes ? Answer.Awaited : Answer.NotAsked;
  }

  /** DATA went out again. */
  onResent(): void {
    this.onSent();
    this.#repeat = Answer.Awaited;
  }

  /** Something was sent again, and a SACK has shown the window closed since: the peer is there, and has no room (6.1 A). */
  get hasRefusedAgain(): boolean {
    return this.#repeat === Answer.Given;
  }

  /** New DATA went out. Whatever is sent asks the peer for its window: a probe on top would be a second one (6.1 A). */
  onSentNew(): void {
    this.onSent();
    this.#repeat = Answer.NotAsked;
    this.#probeDue = false;
    this.deadlineMs = NEVER;
  }

  /**
   * Whether all that is outstanding, one chunk, is a probe of a window that is too small for it, and the peer has answered
   * since: then its T3-rtx tells of no loss and is no error (RFC 9260 6.1 A). What went out while there was room may well be
   * lost, whatever the window has become.
   */
  isAnsweredProbe(payloadBytes: number): boolean {
    return this.#probe === Answer.Given && payloadBytes > this.#advertisedBytes;
  }

  /** The probe has been answered, whatever has become of it. */
  get isProbeAnswered(): boolean {
    return this.#probe === Answer.Given;
  }

  onProbeRepeated(): void {
    this.#probe = Answer.NotAsked;
  }

  /** RFC 9260 6.1 A: with nothing in flight and no room at the peer, ask again after an RTO, then ever more slowly. */
  armProbe(rtoMs: number, rtoMaxMs: number, nowMs: number): void {
    if (this.deadlineMs === NEVER)
      this.deadlineMs = nowMs + Math.min(rtoMs * 2 ** this.#probeCount, rtoMaxMs);
  }

  /** The deadline of `deadlineMs` has passed. */
  onTimeout(): void {
    this.deadlineMs = NEVER;
    this.#probeDue = true;
    this.#probeCount = Math.min(this.#probeCount + 1, MAX_PROBE_BACKOFF_EXPONENT);
  }
}
