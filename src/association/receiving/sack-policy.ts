/**
 * When an acknowledgement is due.
 * Owns: the count of packets since the last SACK, the reasons for sending one at once, the delay (RFC 9260 6.2, 6.7).
 * Does not own: what the SACK says (tsn-tracker.ts, receive-buffer.ts), where it goes (packet-scheduler.ts).
 *
 * A SACK that is due is to leave before the next packet is read, however many have come together: senders grow their windows
 * and grant themselves bursts by the SACK (7.2.1, 6.1 D), three SACKs with a gap make them send again (7.2.4), and one SACK
 * for all of a small window would be all that there is to lose.
 */

export class SackPolicy {
  /** When the delayed acknowledgement is due; Infinity while nothing waits. */
  deadlineMs: number = Number.POSITIVE_INFINITY;
  #delayMs: number;
  #frequencyPackets: number;
  #packetCount = 0;
  #due = false;
  /** Not to be delayed, whatever else the packet at hand brings. */
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
    const isFull = this.#packetCount >= this.#frequencyPackets;
    if (isFull || this.#urgent || this.#first || this.#delayMs === 0) {
      this.#due = true;
    } else if (this.deadlineMs === Number.POSITIVE_INFINITY) {
      this.deadlineMs = nowMs + this.#delayMs;
    }
    this.#first = false;
  }

  /** A SACK is due that no packet asked for: a window update, or the delay has passed. */
  sendNow(): void {
    this.#due = true;
  }

  onTimeout(nowMs: number): void {
    if (nowMs < this.deadlineMs) return;
    this.deadlineMs = Number.POSITIVE_INFINITY;
    this.sendNow();
  }

  onSackSent(): void {
    this.#due = false;
    this.#urgent = false;
    this.#packetCount = 0;
    this.deadlineMs = Number.POSITIVE_INFINITY;
  }
}
