/**
 * Proportional Rate Reduction (RFC 9937): how a window gets from where a loss found it to what the loss leaves of it.
 * Owns: how much may be sent for each SACK of one Fast Recovery, so that packets go on leaving at the pace of the SACKs: no
 * silence until enough has been acknowledged, and no burst where much was lost.
 * Does not own: what the loss leaves (cubic.ts), what is lost, what is sent.
 */
export class ProportionalRateReduction {
  /** RFC 9937's ssthresh: the window that it leads to. */
  readonly targetBytes: number;
  /** RecoverFS: what may still arrive of what was in flight when it began. */
  readonly #recoverableBytes: number;
  /** prr_delivered and prr_out. */
  #deliveredBytes = 0;
  #sentBytes = 0;

  /** @param recoverableBytes in flight on the path when the SACK came that showed the loss */
  constructor(targetBytes: number, recoverableBytes: number) {
    this.targetBytes = targetBytes;
    this.#recoverableBytes = recoverableBytes;
  }

  /** RFC 9937 6.3. */
  onSent(sentBytes: number): void {
    this.#sentBytes += sentBytes;
  }

  /**
   * RFC 9937 6.2, for the SACK that showed the loss and for each one after it.
   * @param ackedBytes newly acknowledged
   * @param flightBytes in flight now, without what counts as lost
   * @param isSafe it moved the cumulative ack, and showed no further loss (SafeACK)
   * @returns the window until the next SACK
   */
  cwndAfter(ackedBytes: number, flightBytes: number, isSafe: boolean, pmdcsBytes: number): number {
    this.#deliveredBytes += ackedBytes;
    let sendableBytes: number;
    if (flightBytes > this.targetBytes) {
      // Little was in flight then, for the user had no more to send: there is nothing to reduce, and no reason to send more than that.
      const share = Math.min(1, this.targetBytes / this.#recoverableBytes);
      sendableBytes = Math.ceil(this.#deliveredBytes * share) - this.#sentBytes;
    } else {
      sendableBytes = Math.max(this.#deliveredBytes - this.#sentBytes, ackedBytes);
      if (isSafe) sendableBytes += pmdcsBytes;
      sendableBytes = Math.min(this.targetBytes - flightBytes, sendableBytes);
    }
    if (this.#sentBytes === 0 && sendableBytes === 0) sendableBytes = pmdcsBytes;
    return flightBytes + Math.max(0, sendableBytes);
  }
}
