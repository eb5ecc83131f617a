/**
 * Datagrams from one process or thread of a cluster to another.
 * Owns: gathering them into batches, one a turn of the event loop; the bound on what is under way: beyond it datagrams
 * are lost, as in the receive buffer of a socket that nobody reads. Does not own: the encoding (src/cluster).
 */
import { BatchWriter } from "../../cluster/datagram-batch.ts";
import type { Passage } from "../../cluster/member.ts";

/** As much as a UDP socket asks for. */
const MAX_BYTES_UNDER_WAY = 4_194_304;

interface Posted {
  readonly lengthBytes: number;
  readonly onDone: ReadonlyArray<() => void>;
}

export class DatagramLink {
  /** Datagrams, or batches handed on, for which there was no room. */
  droppedCount = 0;
  readonly #post: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly #schedule: (flush: () => void) => void;
  readonly #writer: BatchWriter = new BatchWriter();
  readonly #posted: Posted[] = [];
  #onDone: Array<() => void> = [];
  #bytesUnderWay = 0;
  #scheduled = false;
  readonly #flushCallback = (): void => this.flush();

  /**
   * @param post sends a batch, whose memory is given away; `onTaken` is to follow for each, in order
   * @param schedule calls a function a little later, when what belongs together has been added
   */
  constructor(
    post: (bytes: Uint8Array<ArrayBuffer>) => void,
    schedule: (flush: () => void) => void = setImmediate,
  ) {
    this.#post = post;
    this.#schedule = schedule;
  }

  /** Copies a datagram. @param onDone called when the other side has dealt with it, or there was no room */
  add(datagram: Uint8Array, passage: Passage, onDone?: () => void): void {
    if (this.#bytesUnderWay + this.#writer.lengthBytes + datagram.length > MAX_BYTES_UNDER_WAY) {
      this.droppedCount++;
      if (onDone !== undefined) process.nextTick(onDone);
      return;
    }
    this.#writer.add(datagram, passage);
    if (onDone !== undefined) this.#onDone.push(onDone);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#schedule(this.#flushCallback);
  }

  /** Hands on a batch that came from elsewhere. */
  relay(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#bytesUnderWay + bytes.length > MAX_BYTES_UNDER_WAY) this.droppedCount++;
    else this.#send(bytes, []);
  }

  /** Sends what has been added. */
  flush(): void {
    this.#scheduled = false;
    if (this.#writer.count === 0) return;
    const onDone = this.#onDone;
    this.#onDone = [];
    this.#send(this.#writer.take(), onDone);
  }

  /** The other side has dealt with the oldest batch. */
  onTaken(): void {
    const batch = this.#posted.shift();
    if (batch === undefined) return;
    this.#bytesUnderWay -= batch.lengthBytes;
    for (const done of batch.onDone) done();
  }

  #send(bytes: Uint8Array<ArrayBuffer>, onDone: ReadonlyArray<() => void>): void {
    this.#bytesUnderWay += bytes.length;
    this.#posted.push({ lengthBytes: bytes.length, onDone });
    this.#post(bytes);
  }
}
