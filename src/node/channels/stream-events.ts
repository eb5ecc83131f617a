/**
 * The events of a stream as a channel.
 * Owns: their names, arguments and texts. Does not own: when they come (sctp-stream.ts).
 */

/** `on`, `once` and their like: one call for each event. */
export type OnStreamEvent<Self> =
  /** `bufferedAmount` has fallen to `bufferedAmountLowThreshold` from above: a good time to send more. */
  (event: "bufferedAmountLow", listener: () => void) => Self;
