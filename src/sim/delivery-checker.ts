/**
 * Exactly once, in order, unchanged: what users got against what users sent; of what may be given up at most once.
 * Owns: that comparison, for one direction of one association. Does not own: packets.
 */
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
  readonly #ordered = new Map<number, Uint8Array[]>();
  readonly #unordered: Uint8Array[] = [];
  #delivered = 0;

  get deliveredCount(): number {
    return this.#delivered;
  }

  /** Messages that were sent and have not been delivered. */
  get undelivered(): readonly Uint8Array[] {
    return [...this.#unordered, ...this.#overtaken, ...[...this.#ordered.values()].flat()];
  }

  /** @param isLimited the message may be given up */
  onSent(streamId: number, data: Uint8Array, unordered: boolean, isLimited = false): void {
    if (isLimited) this.#limited.add(data);
    this.#sent.push({ streamId, data, unordered });
    this.#expect(streamId, data, unordered);
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
    const due = this.#ordered.get(streamId) ?? [];
    let expected = due.shift();
    while (expected !== undefined && this.#limited.has(expected) && !equal(expected, data)) {
      this.#overtaken.push(expected);
      expected = due.shift();
    }
    if (expected === undefined || !equal(expected, data)) {
      throw new SimViolation(`stream ${streamId} delivered something else than what was due`);
    }
  }

  #expect(streamId: number, data: Uint8Array, unordered: boolean): void {
    if (unordered) this.#unordered.push(data);
    else this.#ordered.set(streamId, [...(this.#ordered.get(streamId) ?? []), data]);
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
