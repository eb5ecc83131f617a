/**
 * The chunks in flight in the order in which they were sent, those of each path by themselves.
 * Owns: that order. Does not own: the chunks (sent-log.ts), what follows from it (rack-loss-detector.ts).
 *
 * Hot: every DATA chunk is appended and taken out, each in constant time. The chunks are chained through themselves: their slots
 * are there anyway, and whoever sends or acknowledges one has just had it in hand.
 */
import type { SentChunk } from "./sent-chunk.ts";

/** Where the chunks of one path begin and end. */
export class OrderEnds {
  first: SentChunk | undefined = undefined;
  last: SentChunk | undefined = undefined;
}

export class SendOrder {
  /** Of the association. */
  #transmissions = 0;

  /** A chunk that is not in flight goes out, maybe again, or counts as if it did. */
  append(ends: OrderEnds, chunk: SentChunk): void {
    const { last } = ends;
    chunk.place = ++this.#transmissions;
    chunk.isSetAside = false;
    chunk.sentBefore = last;
    chunk.sentAfter = undefined;
    if (last === undefined) ends.first = chunk;
    else last.sentAfter = chunk;
    ends.last = chunk;
  }

  /** Chunks are in flight again that were before, each at its former place. @param chunks are put in another order */
  restore(ends: OrderEnds, chunks: SentChunk[]): void {
    let later: SentChunk | undefined;
    let earlier = ends.last;
    for (const chunk of chunks.sort((a, b) => b.place - a.place)) {
      while (earlier !== undefined && earlier.place > chunk.place) {
        later = earlier;
        earlier = later.sentBefore;
      }
      chunk.sentBefore = earlier;
      chunk.sentAfter = later;
      if (earlier === undefined) ends.first = chunk;
      else earlier.sentAfter = chunk;
      if (later === undefined) ends.last = chunk;
      else later.sentBefore = chunk;
      later = chunk;
    }
  }

  /** The place of whatever was sent last. */
  get lastPlace(): number {
    return this.#transmissions;
  }

  /** A chunk is no longer in flight. */
  remove(ends: OrderEnds, { sentBefore: earlier, sentAfter: later }: SentChunk): void {
    if (earlier === undefined) ends.first = later;
    else earlier.sentAfter = later;
    if (later === undefined) ends.last = earlier;
    else later.sentBefore = earlier;
  }
}
