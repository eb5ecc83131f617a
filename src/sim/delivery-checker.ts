/**
 * Exactly once, in order, unchanged: what users got against what users sent.
 * Owns: that comparison, for one direction of one association. Does not own: packets.
 */
import { SimViolation } from "./packet-checker.ts";

export class DeliveryChecker {
  readonly #sent: Array<{
    readonly streamId: number;
    readonly data: Uint8Array;
    readonly unordered: boolean;
  }> = [];
  readonly #ordered = new Map<number, Uint8Array[]>();
  readonly #unordered: Uint8Array[] = [];
  #delivered = 0;

  get deliveredCount(): number {
    return this.#delivered;
  }

  /** Messages that were sent and have not been delivered. */
  get undelivered(): readonly Uint8Array[] {
    return [...this.#unordered, ...[...this.#ordered.values()].flat()];
  }

  onSent(streamId: number, data: Uint8Array, unordered: boolean): void {
    this.#sent.push({ streamId, data, unordered });
    this.#expect(streamId, data, unordered);
  }

  /** Who received them is gone, and the sender has not heard from it: everything is due once more. */
  forgetDeliveries(): void {
    this.#ordered.clear();
    this.#unordered.length = 0;
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
    const expected = this.#ordered.get(streamId)?.shift();
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
