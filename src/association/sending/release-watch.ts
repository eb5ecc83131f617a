/**
 * Who wants to know what the peer has acknowledged of what was sent.
 * Owns: receipts of messages that have been delivered; how much of the send buffer is held, by single streams and in all, where
 * somebody has named a mark for it.
 * Does not own: what is acknowledged (sent-log.ts), the send buffer (outbound.ts), when the user is told (reporting/user-events.ts).
 *
 * Made with the first question: until then it costs the test of a field.
 */
import type { OutboundMessage } from "../model/outbound-message.ts";
import type { SentChunk } from "./sent-chunk.ts";

/** How full something may be, and whether it was fuller when that was last looked at. */
class LowMark {
  thresholdBytes: number;
  bufferedBytes: number;
  wasAbove = false;

  constructor(thresholdBytes: number, bufferedBytes: number) {
    this.thresholdBytes = thresholdBytes;
    this.bufferedBytes = bufferedBytes;
    this.rise();
  }

  rise(): void {
    if (this.bufferedBytes > this.thresholdBytes) this.wasAbove = true;
  }

  /** @returns whether it has come down to the mark since it was above */
  fall(): boolean {
    if (!this.wasAbove || this.bufferedBytes > this.thresholdBytes) return false;
    this.wasAbove = false;
    return true;
  }
}

export class ReleaseWatch {
  #receipts: unknown[] = [];
  /** By stream id. */
  readonly #streams: Map<number, LowMark> = new Map();
  #all: LowMark | undefined = undefined;

  /**
   * Names the mark of a stream, or of all; a mark that is there moves, and remembers that it was exceeded.
   * @param bufferedBytes what the stream, or all, hold now
   */
  setMark(streamId: number | undefined, thresholdBytes: number, bufferedBytes: number): void {
    const mark = this.#markOf(streamId);
    if (mark !== undefined) {
      mark.thresholdBytes = thresholdBytes;
      mark.rise();
    } else if (streamId === undefined) this.#all = new LowMark(thresholdBytes, bufferedBytes);
    else this.#streams.set(streamId, new LowMark(thresholdBytes, bufferedBytes));
  }

  removeMark(streamId: number | undefined): void {
    if (streamId === undefined) this.#all = undefined;
    else this.#streams.delete(streamId);
  }

  onQueued({ streamId, data }: OutboundMessage): void {
    for (const mark of [this.#all, this.#streams.get(streamId)]) {
      if (mark === undefined) continue;
      mark.bufferedBytes += data.length;
      mark.rise();
    }
  }

  /** A chunk has been acknowledged for good: with the last one that was missing, a message has been delivered. */
  onReleased({ message, streamId, payloadBytes }: SentChunk): void {
    this.onFreed(streamId, payloadBytes);
    if (message?.receipt === undefined) return;
    message.releasedBytes += payloadBytes;
    if (message.releasedBytes === message.data.length) this.#receipts.push(message.receipt);
  }

  /** Payload bytes are kept no longer: acknowledged, or given up. */
  onFreed(streamId: number, bytes: number): void {
    if (this.#all !== undefined) this.#all.bufferedBytes -= bytes;
    const mark = this.#streams.get(streamId);
    if (mark !== undefined) mark.bufferedBytes -= bytes;
  }

  /** Everything has come back from the send buffer. */
  onDrained(): void {
    if (this.#all !== undefined) this.#all.bufferedBytes = 0;
    for (const mark of this.#streams.values()) mark.bufferedBytes = 0;
  }

  /** The receipts of what has been delivered since they were last asked for, in the order in which that became known. */
  takeReceipts(): readonly unknown[] {
    const receipts = this.#receipts;
    if (receipts.length > 0) this.#receipts = [];
    return receipts;
  }

  /** Calls back for each mark that has been reached from above since the last time; undefined is that of all. */
  reportFallen(report: (streamId: number | undefined) => void): void {
    for (const [streamId, mark] of this.#streams) if (mark.fall()) report(streamId);
    if (this.#all?.fall() === true) report(undefined);
  }

  #markOf(streamId: number | undefined): LowMark | undefined {
    return streamId === undefined ? this.#all : this.#streams.get(streamId);
  }
}
