/**
 * A congestion control that is never in the way, whatever is lost.
 * Owns: a window of one size. Does not own: anything else.
 */
import type { CongestionController } from "../../src/base/congestion-control.ts";

export const WIDE_WINDOW: CongestionController = {
  cwndBytes: 1_200_000,
  ssthreshBytes: 1_200_000,
  partialBytesAcked: 0,
  onAck: () => {},
  onFastRetransmit: () => {},
  onTimeout: () => {},
  onIdle: () => {},
  setPmdcs: () => {},
  reset: () => {},
};
