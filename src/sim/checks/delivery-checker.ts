/**
 * Exactly once, in order, unchanged: what users got against what users sent; of what may be given up at most once. What was sent
 * before the reset of a stream comes before it, the rest behind it.
 * Owns: that comparison, for one direction of one association. Does not own: packets.
 */
import { DueQueue } from "./due-queue.ts";
import { SimViolation } from "./packet-checker.ts";

export class DeliveryChecker {
  readonly #sent: Array<{
    readonly streamId: number;
    readonly data: Uint8Array;
    readonly unordered: boolean;
  }> = [];
  /** Messages that their sender may give up. */
  readonly #limited = new Set<Uint8Array>();
  /** Those of them that later messages of their stream have overtaken: they must not come any more. */
  readonly #overtaken: Uint8Array[] = [];
  readonly #ordered = new Map<number, DueQueue>();
  /** Resets by their numbers, until their outcome is known to be that they were not done. */
  readonly #resets = new Map<number, readonly number[]>();
  /** Those of them that are of all streams, in the order in which they were asked for. */
  #resetsOfAll: number[] = [];
  #knowsResets = true;
  /** What has come back to its sender. */
  readonly #failed = new Set<Uint8Array>();
  readonly #unordered: Uint8Array[] = [];
  #delivered = 0;

  get deliveredCount(): number {
    return this.#delivered;
  }

  /** Messages that were sent and have not been delivered. */
  get undelivered(): readonly Uint8Array[] {
    const ordered = [...this.#ordered.values()].flatMap(({ messages }) => messages);
    return [...this.#unordered, ...this.#overtaken, ...ordered];
  }

  /** @param isLimited the message may be given up */
  onSent(streamId: number, data: Uint8Array, unordered: boolean, isLimited = false): void {
    if (isLimited) this.#limited.add(data);
    this.#sent.push({ streamId, data, unordered });
    this.#expect(streamId, data, unordered);
  }

  /**
   * The sender asks for the reset of streams that it sends on.
   * @param number of the request
   * @param streamIds none: all
   * @param streamCount that it has now: more may be added before all are reset
   */
  onResetAsked(number: number, streamIds: readonly number[], streamCount: number): void {
    if (!this.#knowsResets) return;
    const isOfAll = streamIds.length === 0;
    const ids = isOfAll ? Array.from({ length: streamCount }, (_, id) => id) : streamIds;
    if (isOfAll) this.#resetsOfAll.push(number);
    this.#resets.set(number, ids);
    for (const id of ids) this.#dueOn(id).push({ reset: number });
  }

  /** It will not be done, as far as the sender knows. */
  onResetRefused(number: number): void {
    for (const id of this.#resets.get(number) ?? []) this.#ordered.get(id)?.dropReset(number);
    this.#resets.delete(number);
    this.#resetsOfAll = this.#resetsOfAll.filter((each) => each !== number);
  }

  /** A message has come back to its sender. */
  onFailed(data: Uint8Array): void {
    this.#failed.add(data);
  }

  /** Somebody else asks for resets, too: from outside cannot be seen which is which. */
  forgetResets(): void {
    this.#knowsResets = false;
    for (const number of [...this.#resets.keys()]) this.onResetRefused(number);
  }

  /** The receiver tells that streams begin anew. @throws SimViolation */
  onResetTold(streamIds: readonly number[]): void {
    if (!this.#knowsResets) return;
    for (const id of streamIds.length > 0 ? streamIds : this.#nextOfAll()) {
      for (const early of this.#ordered.get(id)?.takeThroughReset() ?? []) {
        if (!this.#mayBeMissing(early))
          throw new SimViolation(`stream ${id} was reset before all of it had come`);
        this.#overtaken.push(early);
      }
    }
  }

  /** The streams that there were when a reset of all of them was asked for. */
  #nextOfAll(): readonly number[] {
    const number = this.#resetsOfAll.shift();
    return number === undefined ? [] : (this.#resets.get(number) ?? []);
  }

  /** Whether the message may be given up. */
  isLimited(data: Uint8Array): boolean {
    return this.#limited.has(data);
  }

  /** Who received them is gone, and the sender has not heard from it: everything is due once more. */
  forgetDeliveries(): void {
    this.#ordered.clear();
    this.#unordered.length = 0;
    this.#overtaken.length = 0;
    for (const { streamId, data, unordered } of this.#sent) this.#expect(streamId, data, unordered);
  }

  /** @throws SimViolation */
  onReceived(streamId: number, data: Uint8Array, unordered: boolean): void {
    this.#delivered++;
    if (unordered) {
      const index = this.#unordered.findIndex((sent) => equal(sent, data));
      if (index === -1)
        throw new SimViolation("an unordered message arrived twice, damaged, or was never sent");
      this.#unordered.splice(index, 1);
      return;
    }
    const due = this.#ordered.get(streamId);
    let expected = due?.shift();
    while (expected instanceof Uint8Array && this.#mayBeMissing(expected) && !equal(expected, data)) {
      this.#overtaken.push(expected);
      expected = due?.shift();
    }
    if (expected !== undefined && !(expected instanceof Uint8Array))
      throw new SimViolation(`stream ${streamId} delivered what was sent behind its reset before that`);
    if (expected === undefined || !equal(expected, data)) {
      throw new SimViolation(`stream ${streamId} delivered something else than what was due`);
    }
  }

  /** It may have been given up, or has come back to its sender. */
  #mayBeMissing(data: Uint8Array): boolean {
    return this.#limited.has(data) || this.#failed.has(data);
  }

  #expect(streamId: number, data: Uint8Array, unordered: boolean): void {
    if (unordered) this.#unordered.push(data);
    else this.#dueOn(streamId).push(data);
  }

  #dueOn(streamId: number): DueQueue {
    const known = this.#ordered.get(streamId);
    if (known !== undefined) return known;
    const due = new DueQueue();
    this.#ordered.set(streamId, due);
    return due;
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
