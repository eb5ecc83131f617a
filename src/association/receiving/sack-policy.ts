/**
 * When an acknowledgement is due.
 * Owns: the count of packets since the last SACK, the reasons for sending one at once, the delay (RFC 9260 6.2, 6.7), and
 * how many packets one may stand for while they come fast.
 * Does not own: what the SACK says (tsn-tracker.ts, receive-buffer.ts), where it goes (packet-scheduler.ts).
 */

/** A SACK that is gathered stands for no more packets than this: the window must not run dry meanwhile. */
const MAX_GATHERED_PACKETS = 32;
/** After so long without DATA what comes next may be a window of a few packets: it takes more than one SACK again. */
const PAUSE_MS = 5;

export class SackPolicy {
  /** When the delayed acknowledgement is due; Infinity while nothing waits. */
  deadlineMs: number = Number.POSITIVE_INFINITY;
  #delayMs: number;
  #frequencyPackets: number;
  #packetCount = 0;
  /** Of those, how many there were when it was last put off. */
  #gatheredCount = 0;
  /** How many packets a SACK may stand for: doubles each time that this many came, and begins anew after a pause. */
  #patiencePackets = 0;
  #lastDataMs = Number.NEGATIVE_INFINITY;
  #due = false;
  /** Due for another reason than the number of packets, or about to be. */
  #urgent = false;
  /** RFC 9260 5.1: the first DATA of an association is acknowledged at once. */
  #first = true;

  constructor(delayMs: number, frequencyPackets: number) {
    this.#delayMs = delayMs;
    this.#frequencyPackets = frequencyPackets;
  }

  /** Nothing has been received: the next DATA is the first. */
  reset(): void {
    this.onSackSent();
    this.#patiencePackets = 0;
    this.#lastDataMs = Number.NEGATIVE_INFINITY;
    this.#first = true;
  }

  /** Holds for packets that arrive from now on. */
  configure(delayMs: number, frequencyPackets: number): void {
    this.#delayMs = delayMs;
    this.#frequencyPackets = frequencyPackets;
  }

  /** Whether a SACK should go out now. */
  get isDue(): boolean {
    return this.#due;
  }
  /** Whether received DATA waits for its acknowledgement: the next packet may carry it. */
  get isPending(): boolean {
    return this.#due || this.#packetCount > 0;
  }

  /** A gap, a duplicate, a dropped chunk or the I bit: no delay for the packet at hand. */
  requestNow(): void {
    this.#urgent = true;
  }

  /** A packet with DATA has been read to its end. */
  onDataPacket(nowMs: number): void {
    this.#packetCount++;
    if (nowMs - this.#lastDataMs > PAUSE_MS) this.#patiencePackets = this.#frequencyPackets;
    this.#lastDataMs = nowMs;
    if (this.#urgent || this.#first || this.#delayMs === 0) {
      this.sendNow();
    } else if (this.#packetCount >= this.#frequencyPackets) {
      this.#due = true;
    } else if (this.deadlineMs === Number.POSITIVE_INFINITY) {
      this.deadlineMs = nowMs + this.#delayMs;
    }
    this.#first = false;
  }

  /** A SACK is due that no packet asked for: a window update, or the delay has passed. */
  sendNow(): void {
    this.#due = true;
    this.#urgent = true;
  }

  /**
   * Whether the SACK that is due should not stand for the next packet, too: it may be the last one of a small window, and
   * were the only SACK for it lost, nothing but T3-rtx would tell the peer. A peer that goes on and on has no small window.
   */
  get cannotWait(): boolean {
    return this.#isFull && this.#patiencePackets < MAX_GATHERED_PACKETS;
  }

  /**
   * Puts off a SACK that is due by the number of packets alone, where more of them have come since it was put off last:
   * while a fast peer goes on sending, one SACK for many packets spares both ends the work (RFC 9260 6.2: SHOULD).
   * @returns whether the SACK is put off; whoever asks has to ask again before long
   */
  gather(): boolean {
    const count = this.#packetCount;
    if (this.#urgent || count === this.#gatheredCount || this.#isFull) return false;
    this.#gatheredCount = count;
    return true;
  }

  onTimeout(nowMs: number): void {
    if (nowMs < this.deadlineMs) return;
    this.deadlineMs = Number.POSITIVE_INFINITY;
    this.sendNow();
  }

  onSackSent(): void {
    if (this.#isFull) this.#patiencePackets = Math.min(2 * this.#patiencePackets, MAX_GATHERED_PACKETS);
    this.#due = false;
    this.#urgent = false;
    this.#packetCount = 0;
    this.#gatheredCount = 0;
    this.deadlineMs = Number.POSITIVE_INFINITY;
  }

  get #isFull(): boolean {
    return this.#due && this.#packetCount >= this.#patiencePackets;
  }
}
