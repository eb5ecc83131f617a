/**
 * A congestion controller of your own: additive increase, multiplicative decrease with other constants than RFC 9260's. It
 * begins with two packets, grows by one per round trip, and gives up a quarter where RFC 9260 halves.
 */
import type {
  AckEvent,
  CongestionController,
  CongestionControllerFactory,
  CongestionInit,
} from "../../src/index.ts";

class Aimd implements CongestionController {
  cwndBytes: number;
  readonly partialBytesAcked = 0;
  ssthreshBytes = 0;
  #packetBytes: number;

  constructor({ pmdcsBytes }: CongestionInit) {
    this.#packetBytes = pmdcsBytes;
    this.cwndBytes = 2 * pmdcsBytes;
  }

  onAck({ ackedBytes, windowFilled, inFastRecovery }: AckEvent): void {
    if (!windowFilled || inFastRecovery) return; // A window that is not used says nothing about the path.
    this.cwndBytes += Math.ceil((this.#packetBytes * ackedBytes) / this.cwndBytes);
  }

  onFastRetransmit(): void {
    this.#shrinkTo(0.75 * this.cwndBytes);
  }

  onTimeout(): void {
    this.#shrinkTo(this.#packetBytes);
  }

  onIdle(): void {}

  setPmdcs(pmdcsBytes: number): void {
    this.#packetBytes = pmdcsBytes;
  }

  reset(): void {
    this.cwndBytes = 2 * this.#packetBytes;
  }

  #shrinkTo(bytes: number): void {
    this.cwndBytes = Math.max(Math.floor(bytes), 2 * this.#packetBytes);
    this.ssthreshBytes = this.cwndBytes;
  }
}

/** What the option `congestionControl` takes: called once for each path. */
export const aimd: CongestionControllerFactory = (init) => new Aimd(init);
