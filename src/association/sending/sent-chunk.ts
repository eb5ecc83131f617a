/**
 * What is remembered of a DATA chunk that was sent.
 * Owns: the fields and the states. Does not own: what changes them (sent-log.ts, loss-detector.ts).
 */
import { DataFlag } from "../../chunks/data.ts";
import type { OutboundMessage } from "../model/outbound-message.ts";
import type { PathFlight } from "../paths/path-flight.ts";

export const SentState = {
  Free: 0,
  InFlight: 1,
  Acked: 2,
  ToRetransmit: 3,
  /** Given up with all of its message (RFC 3758 3.4): it counts as acknowledged, and is not outstanding. */
  Abandoned: 4,
} as const;

/** One slot of the ring: a DATA chunk that was sent. */
export class SentChunk {
  tsn = 0;
  state: number = SentState.Free;
  transmitCount = 0;
  /** It went to more than one address: which one it reached an acknowledgement does not say (RFC 7829 3.2-9). */
  sentElsewhere = false;
  /** When it was sent last; NaN before. */
  sentAtMs: number = Number.NaN;
  /** Bytes that had been acknowledged on its path when it was sent for the first time. */
  deliveredBefore = 0;
  /** Its last transmission has been counted as acknowledged: a peer that reneges and acknowledges again gains nothing. */
  credited = false;
  /** T3-rtx gave it up: the retransmission prefers another path (RFC 9260 6.4). */
  timedOut = false;
  flags = 0;
  streamId = 0;
  /** Its message's SSN or MID. */
  ssn = 0;
  /** Its place in its message, from 0. */
  fragmentNumber = 0;
  /** Where the payload lies in `message.data`. */
  payloadStart = 0;
  payloadBytes = 0;
  /** Header and padding included: what counts against cwnd. */
  chunkBytes = 0;
  /** Undefined where none of it is kept: it was given up, or the peer has it for good. */
  message: OutboundMessage | undefined = undefined;
  /** The path that the chunk was last sent to. */
  flight: PathFlight | undefined = undefined;

  // The rest is the loss detector's.
  /** Its misses are counted by itself, and not with those of all others that were sent once. */
  countsAlone = false;
  /** Of those that are counted by itself. */
  missCount = 0;
  /** The detector has found it lost, and not T3-rtx: RFC 9260's at any time, RACK since it was sent last. */
  fastRetransmitted = false;
  /** TSNs from here on were first sent after its last transmission. */
  resentBefore = 0;
  /** How many transmissions of the association there had been when it was sent last, that one included (send-order.ts). */
  place = 0;
  /** What was sent before and after it on its path, of what is in flight there; undefined at the ends. */
  sentBefore: SentChunk | undefined = undefined;
  sentAfter: SentChunk | undefined = undefined;
  /** It would count as lost, if the SACK told whether it has come: it is in no chain then. */
  isSetAside = false;

  /** Acknowledged beyond the Cumulative TSN Ack, and not to be taken back: it is never sent again, and its data not kept. */
  get isLetGo(): boolean {
    return this.state === SentState.Acked && this.message === undefined;
  }

  /** Whether it is a fragment of the message, be its data kept or not. */
  isOf(message: OutboundMessage): boolean {
    if (this.message !== undefined || this.state !== SentState.Acked) return this.message === message;
    const { streamId, ssn, unordered } = message;
    return (
      this.streamId === streamId &&
      this.ssn === ssn &&
      ((this.flags & DataFlag.Unordered) !== 0) === unordered
    );
  }
}
