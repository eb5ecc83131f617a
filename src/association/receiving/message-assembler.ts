/**
 * From chunks to messages, whichever format the user data comes in.
 * Owns: what the receiving half asks of an assembler, and the words that both use.
 * Does not own: how fragments find their message (data-assembler.ts for DATA, i-data-assembler.ts for I-DATA), the order of
 * messages in a stream (stream-ordering.ts).
 *
 * Nothing here takes the TSNs of a message for consecutive, nor its delivery for the only one that is open: those of
 * I-DATA are neither (RFC 8260 2.2), so pieces are joined by their `messageKey`, and an assembler takes back the TSNs that
 * it gives up by itself.
 */
import type { UserDataChunk } from "../../chunks/user-data.ts";
import type { OpenDelivery } from "../model/events.ts";
import type { ReceivedMessage } from "../model/received-message.ts";

/** What is known of the TSNs that came. */
export interface ReceivedTsns {
  /** Whether a TSN has been received. */
  has(tsn: number): boolean;
  /** Takes a TSN back: its data was given up and is to come again. */
  remove(tsn: number): void;
  /** A TSN will not be taken back: the user has its data. */
  keep(tsn: number): void;
}

/** What is known of the order in a stream. */
export interface DeliveryOrder {
  /** Whether a message is the one that its stream waits for. */
  isNext(streamId: number, sequenceNumber: number, unordered: boolean): boolean;
}

/** The last message of a stream that the peer has given up. */
export interface SkippedMessage {
  readonly streamId: number;
  /** Its SSN or MID. */
  readonly ssn: number;
  /** I-DATA counts unordered messages by themselves; DATA names ordered ones alone. */
  readonly unordered?: boolean;
}

/** What there is of a message that is not complete, consecutive fragments of DATA by themselves. */
export interface UnfinishedPart {
  readonly streamId: number;
  readonly unordered: boolean;
  /** Its SSN or MID. */
  readonly ssn: number;
  /** Of the first fragment that is held. */
  readonly tsn: number;
  readonly payloadBytes: number;
}

export interface MessageAssembler {
  /** What incomplete messages count: their payload, and never less than a minimum for each fragment. */
  readonly heldBytes: number;
  readonly heldFragmentCount: number;
  /** No fragment is held and no delivery is open: there is nothing that a chunk could contradict. */
  readonly isEmpty: boolean;
  /** Messages that were handed out in part. */
  readonly openDeliveries: readonly OpenDelivery[];
  /** All that is held, no order meant: put together for whoever asks. */
  readonly unfinishedParts: readonly UnfinishedPart[];
  /** The highest TSN of the fragments that `add` last made a message of. */
  readonly completedTsn: number;
  /** All of their TSNs; undefined where they are consecutive. */
  readonly completedTsns: readonly number[] | undefined;
  /** The highest TSN of what is held. */
  readonly highestHeldTsn: number | undefined;

  /** Whether its message counts as given up, by its number; DATA has none that would tell. */
  isGivenUp(chunk: UserDataChunk): boolean;

  /**
   * Adds a chunk with a new TSN.
   * @returns the message that it completed, undefined if it is still incomplete, "violation" if the chunk contradicts
   *   others
   */
  add(chunk: UserDataChunk, payload: Uint8Array): ReceivedMessage | undefined | "violation";

  /**
   * Hands out the beginning of an incomplete message, or what continues one, so that its memory comes free. What lies
   * beyond the first gap stays: it can be given up, and comes again.
   * @param order whether a message may begin
   * @param minBytes a message of which the user has nothing yet must have that much
   */
  takePartial(cumulativeTsn: number, order: DeliveryOrder, minBytes: number): ReceivedMessage | undefined;

  /**
   * Gives up the fragments around the highest TSN, if all their TSNs are above `aboveTsn` and the user has nothing of
   * their message; takes their TSNs back: they are to come again.
   * @returns whether it did
   */
  drop(aboveTsn: number): boolean;

  /**
   * The numbers of streams begin anew (RFC 6525 5.2.2 E3): what is known of old ones counts for nothing.
   * @param streamIds none: all
   * @param lastTsn what comes behind it has new numbers already
   * @returns the messages of which the user has the beginning, and that will not be ended
   */
  restart(streamIds: readonly number[], lastTsn: number): readonly OpenDelivery[];

  /** Messages may have got their turn without a fragment of their streams. */
  onTurns(): void;

  /**
   * The peer has given up the message that has this TSN, and whatever is missing below it (RFC 3758 3.6): unfinished messages
   * that it has given up are dropped, and what comes of the rest of them from now on is. Those of DATA are known by the TSN,
   * those of I-DATA by their numbers (RFC 8260 2.3.1).
   * @param skipped one for each stream and order at most
   * @returns the messages of which the user has the beginning, and that will not be ended
   */
  skip(
    cumulativeTsn: number,
    throughTsn: number,
    skipped: readonly SkippedMessage[],
  ): readonly OpenDelivery[];
}
