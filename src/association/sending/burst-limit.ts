/**
 * Max.Burst: how many packets with new DATA go out at one opportunity to send (RFC 9260 6.1 D).
 * Owns: what an opportunity is, and how many packets are left of it. Does not own: the windows, which may allow fewer
 * (outbound.ts), retransmissions, which it does not bound, paths that are paced (pacing.ts).
 *
 * Each moment at which packets are asked for is an opportunity: what is queued now and then need not wait for a SACK, and
 * what is queued at once goes out in bursts. Each SACK is one as well; several that are read before packets are asked for
 * are as many.
 */
export class BurstLimit {
  #packetsLeft: number;
  #momentMs: number;
  /** A SACK has come since packets were last asked for. */
  #sackRead = false;

  constructor(maxPackets: number, nowMs: number) {
    this.#packetsLeft = maxPackets;
    this.#momentMs = nowMs;
  }

  /** Nothing more may go out now. */
  get isSpent(): boolean {
    return this.#packetsLeft <= 0;
  }

  /** Packets are asked for. */
  begin(nowMs: number, maxPackets: number): void {
    if (nowMs !== this.#momentMs && !this.#sackRead) this.#packetsLeft = maxPackets;
    this.#momentMs = nowMs;
    this.#sackRead = false;
  }

  /** A SACK earns so many packets. */
  onSack(packets: number): void {
    this.#packetsLeft = packets + (this.#sackRead ? Math.max(0, this.#packetsLeft) : 0);
    this.#sackRead = true;
  }

  /** A packet with new DATA goes out. */
  onPacket(): void {
    this.#packetsLeft--;
  }
}
