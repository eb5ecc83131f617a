/**
 * The TSN tracker beside a set of numbers.
 * Owns: the model and the commands. Indices count from the Initial TSN and never wrap; TSNs do.
 * Does not own: the tracker (src/association/receiving/tsn-tracker.ts).
 */
import { TsnTracker, TsnVerdict } from "../../../src/association/receiving/tsn-tracker.ts";
import { tsnAdd } from "../../../src/base/serial.ts";
import { gapBlocksOf } from "../../sack-view.ts";
import type { CommandStep, Input } from "../step.ts";
import { command } from "../step.ts";
import { checkEqual, type Target } from "../target.ts";
import { generateProgram, numberOf, type Program, serial } from "./program.ts";

/** A Gap Ack Block reaches so far. */
const REACH = 65_535;
const out = new DataView(new ArrayBuffer(4 * 65_536));

const program: Program = {
  maxLength: 120,
  first: (random) => command("start", serial(random), random.integer(0, 8), random.integer(0, 1)),
  next: (random) => {
    const choice = random.integer(0, 19);
    const far = random.integer(0, 39) === 0;
    if (choice < 12) return command("arrive", far ? random.integer(0, 66_000) : random.integer(0, 90));
    if (choice < 14) return command("run", random.integer(0, 60), random.integer(1, 70));
    if (choice < 15) return command("remove", random.integer(0, 90));
    if (choice < 16) return command("keep", random.integer(0, 90), random.integer(1, 12));
    if (choice === 16) return command("compact");
    if (choice === 17) return command("forget-duplicates");
    return command("write", random.integer(0, 12), random.integer(0, 9));
  },
};

class TrackerModel {
  readonly tracker: TsnTracker;
  readonly #initialTsn: number;
  readonly #maxDuplicates: number;
  /** Indices received above the cumulative one. */
  readonly #held = new Set<number>();
  #cumulative = -1;
  #highest = -1;
  #duplicates: number[] = [];
  /** Of those that are held, what will not be taken back; undefined where nobody is told. */
  readonly #kept: Set<number> | undefined;

  constructor(initialTsn: number, maxDuplicates: number, tellsKept: boolean) {
    this.#kept = tellsKept ? new Set() : undefined;
    this.#initialTsn = initialTsn >>> 0;
    this.#maxDuplicates = maxDuplicates;
    this.tracker = new TsnTracker(this.#initialTsn, maxDuplicates);
    this.tracker.reset(this.#initialTsn, maxDuplicates, tellsKept);
  }

  step({ name, values: [a = 0, b = 0] }: CommandStep): void {
    // Offsets reach a little below the cumulative TSN.
    const index = this.#cumulative - 8 + a;
    if (name === "arrive") this.#arrive(index);
    if (name === "run") for (let i = 0; i < Math.min(b, 200); i++) this.#arrive(index + i);
    if (name === "remove") this.#remove(index);
    if (name === "keep") for (let i = 0; i < Math.min(b, 200); i++) this.#keep(index + i);
    if (name === "compact") this.tracker.compact();
    if (name === "forget-duplicates") {
      this.tracker.clearDuplicates();
      this.#duplicates = [];
    }
    if (name === "write") this.#compareReport(a, b);
    this.#compare(index);
  }

  #arrive(index: number): void {
    const tsn = tsnAdd(this.#initialTsn, index);
    const known = index <= this.#cumulative || this.#held.has(index);
    const tooFar = index - this.#cumulative > REACH;
    const expected = tooFar ? TsnVerdict.TooFarAhead : known ? TsnVerdict.Duplicate : TsnVerdict.New;
    checkEqual(this.tracker.classify(tsn), expected, `the verdict on index ${index}`);
    if (expected === TsnVerdict.Duplicate && this.#duplicates.length < this.#maxDuplicates)
      this.#duplicates.push(tsn);
    if (expected !== TsnVerdict.New) return;
    this.tracker.add(tsn);
    this.#held.add(index);
    this.#highest = Math.max(this.#highest, index);
    while (this.#held.delete(this.#cumulative + 1)) this.#cumulative++;
  }

  /** Only what is there is kept. */
  #keep(index: number): void {
    if (index > this.#cumulative && !this.#held.has(index)) return;
    this.tracker.keep(tsnAdd(this.#initialTsn, index));
    if (index > this.#cumulative) this.#kept?.add(index);
  }

  /** What is kept is not taken back. */
  #remove(index: number): void {
    if (this.#kept?.has(index) === true && index > this.#cumulative) return;
    this.tracker.remove(tsnAdd(this.#initialTsn, index));
    if (this.#held.delete(index)) this.#highest = Math.max(this.#cumulative, ...this.#held);
  }

  #compare(index: number): void {
    checkEqual(this.tracker.cumulativeTsn, tsnAdd(this.#initialTsn, this.#cumulative), "the cumulative TSN");
    checkEqual(this.tracker.highestTsn, tsnAdd(this.#initialTsn, this.#highest), "the highest TSN");
    checkEqual(this.tracker.hasGaps, this.#held.size > 0, "whether there are gaps");
    checkEqual(this.tracker.duplicateCount, this.#duplicates.length, "duplicates");
    const isHeld = index <= this.#cumulative || this.#held.has(index);
    checkEqual(this.tracker.has(tsnAdd(this.#initialTsn, index)), isHeld, `whether index ${index} is held`);
  }

  /** The lowest blocks of both kinds, each kind by itself (draft-tuexen-tsvwg-sctp-multipath 4.2). */
  #compareKinds(maxBlocks: number, written: (count: number, from?: number) => string): void {
    const ofKind = (isKept: boolean): Array<[number, number]> =>
      gapBlocksOf(
        [...this.#held].filter((index) => (this.#kept?.has(index) === true) === isKept),
        this.#cumulative + 1,
      );
    const [taken, kept] = [ofKind(false), ofKind(true)];
    const limit = [...taken, ...kept].sort(([a], [b]) => a - b)[maxBlocks]?.[0] ?? Number.POSITIVE_INFINITY;
    const below = (blocks: Array<[number, number]>): string =>
      JSON.stringify(blocks.filter(([start]) => start < limit));
    const { renegable, nonRenegable } = this.tracker.writeBlocksByKind(out, 0, maxBlocks);
    checkEqual(written(renegable), below(taken), "the renegable blocks");
    checkEqual(written(nonRenegable, renegable), below(kept), "the non-renegable blocks");
  }

  #compareReport(maxBlocks: number, maxDuplicates: number): void {
    const blocks = gapBlocksOf(this.#held, this.#cumulative + 1);
    const written = (count: number, from = 0): string =>
      JSON.stringify(
        Array.from({ length: count }, (_, i) => [
          out.getUint16(4 * (from + i)),
          out.getUint16(4 * (from + i) + 2),
        ]),
      );
    const count = this.tracker.writeGapBlocks(out, 0, maxBlocks);
    checkEqual(written(count), JSON.stringify(blocks.slice(0, maxBlocks)), "the gap blocks");
    this.#compareKinds(maxBlocks, written);
    const listed = this.tracker.writeDuplicates(out, 0, maxDuplicates);
    const duplicates = Array.from({ length: listed }, (_, i) => out.getUint32(4 * i));
    const expected = this.#duplicates.slice(0, maxDuplicates);
    checkEqual(JSON.stringify(duplicates), JSON.stringify(expected), "the duplicates");
  }
}

export const tsnTrackerTarget: Target = {
  name: "tsn-tracker",
  generate: (random, kept) => generateProgram(random, kept, program),
  play(input: Input): readonly string[] {
    let model = new TrackerModel(0, 4, false);
    for (const step of input) {
      if (step.kind !== "command") continue;
      if (step.name === "start")
        model = new TrackerModel(numberOf(step, 0), numberOf(step, 1), numberOf(step, 2) > 0);
      else model.step(step);
    }
    return [];
  },
};
