/**
 * What NR-SACKs let go, beside a list of chunks (draft-tuexen-tsvwg-sctp-multipath 4.4.2): a peer that receives in any order, promises
 * what it likes, and leaves out of its reports what it likes.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { OutboundMessage } from "../../../../src/association/model/outbound-message.ts";
import { PathFlight } from "../../../../src/association/paths/path-flight.ts";
import { ReleaseWatch } from "../../../../src/association/sending/release-watch.ts";
import { SentState } from "../../../../src/association/sending/sent-chunk.ts";
import { tsnAdd } from "../../../../src/base/serial.ts";
import { DataFlag } from "../../../../src/chunks/data.ts";
import { gapBlocksOf, nrSackView } from "../../../sack-view.ts";
import { Settling } from "../../../settling.ts";

const FRAGMENT_BYTES = 100;
const CHUNK_BYTES = 116;

const step = fc.record({
  /** What arrives, and what of that is promised; as shares of what has been sent. */
  arrives: fc.array(fc.nat(63), { maxLength: 6 }),
  promised: fc.array(fc.nat(63), { maxLength: 4 }),
  /** What the report leaves out, and what of the promised it tells as renegable, too. */
  omitted: fc.array(fc.nat(63), { maxLength: 3 }),
  twice: fc.array(fc.nat(63), { maxLength: 3 }),
  /** The blocks come in another order. */
  reversed: fc.boolean(),
  timesOut: fc.boolean(),
});

class Model {
  readonly #settling: Settling;
  readonly #flight = new PathFlight();
  readonly #watch = new ReleaseWatch();
  readonly #initialTsn: number;
  readonly #messageOf: number[] = [];
  readonly #lengths: readonly number[];
  readonly #arrived = new Set<number>();
  readonly #promised = new Set<number>();
  /** What the sender has heard of as promised, or as acknowledged cumulatively. */
  readonly #released = new Set<number>();
  readonly #receipts: number[] = [];
  #reported: ReadonlySet<number> = new Set();

  /** @param lengths of the messages, in chunks */
  constructor(initialTsn: number, lengths: readonly number[]) {
    this.#initialTsn = initialTsn;
    this.#lengths = lengths;
    this.#settling = new Settling(initialTsn);
    const { log } = this.#settling;
    log.addFlight(this.#flight);
    log.watch = this.#watch;
    lengths.forEach((length, number) => {
      const message = new OutboundMessage(new Uint8Array(length * FRAGMENT_BYTES), { receipt: number });
      for (let i = 0; i < length; i++) {
        const flags = (i === 0 ? DataFlag.Beginning : 0) | (i === length - 1 ? DataFlag.Ending : 0);
        log.send(message, flags, i * FRAGMENT_BYTES, FRAGMENT_BYTES, CHUNK_BYTES, this.#flight, 0);
        this.#messageOf.push(number);
      }
    });
  }

  play({
    arrives,
    promised,
    omitted,
    twice,
    reversed,
    timesOut,
  }: typeof step extends fc.Arbitrary<infer S> ? S : never): void {
    const { log } = this.#settling;
    const count = this.#messageOf.length;
    for (const index of arrives) if (index < count) this.#arrived.add(index);
    for (const index of promised) if (this.#arrived.has(index)) this.#promised.add(index);
    let next = 0;
    while (this.#arrived.has(next)) next++;
    if (timesOut) log.markPathLost(this.#flight);
    const isTold = (index: number): boolean => index > next && !omitted.includes(index);
    const kept = [...this.#promised].filter(isTold);
    const renegable = [...this.#arrived].filter(
      (index) => isTold(index) && (!this.#promised.has(index) || twice.includes(index)),
    );
    const order = (blocks: Array<[number, number]>): Array<[number, number]> =>
      reversed ? blocks.reverse() : blocks;
    const view = nrSackView(
      tsnAdd(this.#initialTsn, next - 1),
      100_000,
      order(gapBlocksOf(renegable, next)),
      order(gapBlocksOf(kept, next)),
    );
    expect(this.#settling.onSack(view, 1)).toBe("accepted");
    this.#reported = new Set([...renegable, ...kept]);
    const released = [...Array(next).keys(), ...kept].filter((index) => !this.#released.has(index));
    for (const index of released) this.#release(index);
    expect(log.releasedBytes).toBe(released.length * FRAGMENT_BYTES);
    this.#compare(next);
  }

  #release(index: number): void {
    this.#released.add(index);
    const message = this.#messageOf[index]!;
    if (this.#messageOf.every((of, i) => of !== message || this.#released.has(i)))
      this.#receipts.push(message);
  }

  #compare(next: number): void {
    const { log } = this.#settling;
    const got = this.#watch.takeReceipts();
    expect([...got].sort()).toEqual([...this.#receipts].sort());
    this.#receipts.length = 0;
    let inFlight = 0;
    let gapAcked = 0;
    for (let index = next; index < this.#messageOf.length; index++) {
      const chunk = log.at(tsnAdd(this.#initialTsn, index));
      const isReleased = this.#released.has(index);
      expect(chunk.isLetGo).toBe(isReleased);
      expect(chunk.message === undefined).toBe(isReleased);
      expect(chunk.state === SentState.Acked).toBe(isReleased || this.#reported.has(index));
      if (chunk.state === SentState.InFlight) inFlight++;
      if (chunk.state === SentState.Acked) gapAcked++;
    }
    expect(this.#flight.flightBytes).toBe(inFlight * CHUNK_BYTES);
    expect(log.gapAckedBytes).toBe(gapAcked * CHUNK_BYTES);
    expect(log.bufferedBytesOn(0)).toBe((this.#messageOf.length - this.#released.size) * FRAGMENT_BYTES);
    const again = log.nextToRetransmit();
    expect(again === undefined || again.message !== undefined).toBe(true);
  }

  /** The messages of which something is not released, from the first byte on that is not. */
  finish(): void {
    const unsent = this.#settling.log
      .drain()
      .map(({ receipt, acknowledgedBytes }) => [receipt, acknowledgedBytes]);
    const expected = this.#lengths.flatMap((_, number) => {
      const parts = this.#messageOf.flatMap((of, index) => (of === number ? [index] : []));
      const missing = parts.findIndex((index) => !this.#released.has(index));
      return missing === -1 ? [] : [[number, missing * FRAGMENT_BYTES]];
    });
    expect(unsent).toEqual(expected);
  }
}

it("lets go what is promised once, whatever else is told of it, and gives each receipt back once", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 1_000, 0xffff_fff0, 0x7fff_fff8),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 16 }),
      fc.array(step, { minLength: 1, maxLength: 20 }),
      (initialTsn, lengths, steps) => {
        const model = new Model(initialTsn, lengths);
        for (const each of steps) model.play(each);
        model.finish();
      },
    ),
    { numRuns: 200 },
  );
});

it("bounds what a peer can have it walk over by promises that come and go", () => {
  const settling = new Settling(0);
  const flight = new PathFlight();
  settling.log.addFlight(flight);
  const count = 10_000;
  for (let i = 0; i < count; i++)
    settling.log.send(new OutboundMessage(new Uint8Array(1)), 3, 0, 1, 20, flight, 0);
  const tell = (end: number): string => settling.onSack(nrSackView(-1, 100_000, [[2, count]], [[2, end]]), 1);
  const verdicts = Array.from({ length: 20 }, (_, i) => tell(i % 2 === 0 ? count : 2));
  expect(verdicts.slice(0, 10)).not.toContain("reneges-too-much");
  expect(verdicts.slice(-4)).toEqual(Array.from({ length: 4 }, () => "reneges-too-much"));
});
