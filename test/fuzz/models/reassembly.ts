/**
 * The assembler of DATA beside an array of the fragments that came.
 * Owns: the model and the commands. A message begins where the one before has ended and nowhere else, and its fragments
 * say the same of stream, SSN and U bit: that is all the model knows (RFC 9260 3.3.1, 6.9).
 * Does not own: the assembler (src/association/receiving/data-assembler.ts).
 */

import type { ReceivedMessage } from "../../../src/association/model/received-message.ts";
import { DataAssembler } from "../../../src/association/receiving/data-assembler.ts";
import { tsnAdd } from "../../../src/base/serial.ts";
import type { SeededRandom } from "../../../src/platform/random.ts";
import { userData } from "../../user-data.ts";
import { type CommandStep, command, type Input } from "../step.ts";
import { checkEqual, type Target } from "../target.ts";
import { generateProgram, numberOf, type Program, serial } from "./program.ts";

const BEGINS = 1;
const ENDS = 2;
const UNORDERED = 4;
/** Indices go from 0 to here. */
const SPAN = 60;

interface Fragment {
  readonly flags: number;
  readonly streamId: number;
  readonly ssn: number;
  readonly lengthBytes: number;
  /** Held in reassembly; otherwise the user has it. */
  held: boolean;
}

/** What an honest peer would put at an index: messages of one to five fragments, laid out by their number. */
function honest(index: number): readonly number[] {
  let first = 0;
  for (let number = 0; ; number++) {
    const length = 1 + ((number * 7 + 3) % 5);
    if (index < first + length) {
      const flags = (index === first ? BEGINS : 0) | (index === first + length - 1 ? ENDS : 0);
      return [flags | (number % 3 === 0 ? UNORDERED : 0), number % 4, number >> 2, 1 + (index % 3)];
    }
    first += length;
  }
}

const program: Program = {
  maxLength: 150,
  first: (random) => command("start", serial(random)),
  next: (random) => {
    const choice = random.integer(0, 39);
    if (choice < 34) {
      const index = random.integer(0, SPAN);
      return command("fragment", index, ...honest(index));
    }
    if (choice < 36) return command("partial", random.integer(0, 15));
    if (choice < 38) return command("drop");
    return contrary(random);
  },
};

function contrary(random: SeededRandom): CommandStep {
  const index = random.integer(0, SPAN);
  const [flags = 0, streamId = 0, ssn = 0, lengthBytes = 1] = honest(index);
  return command("fragment", index, flags ^ (1 << random.integer(0, 2)), streamId, ssn, lengthBytes);
}

class ReassemblyModel {
  /** The peer broke the protocol: the association would be aborted, and nothing more is asked. */
  isOver = false;
  readonly #initialTsn: number;
  readonly #fragments = new Map<number, Fragment>();
  readonly #assembler: DataAssembler;
  /** TSNs that the assembler has taken back since the last command. */
  readonly #removed: number[] = [];
  /** The keys of messages of which the user has the beginning, by the index that goes on. */
  readonly #keys = new Map<number, number>();

  constructor(initialTsn: number) {
    this.#initialTsn = initialTsn >>> 0;
    this.#assembler = new DataAssembler({
      minChargeBytes: 1,
      allocate: (lengthBytes) => new Uint8Array(lengthBytes),
      tsns: {
        has: (tsn) => this.#isReceived((tsn - this.#initialTsn) | 0),
        remove: (tsn) => this.#removed.push(tsn),
        keep: () => undefined,
      },
    });
  }

  step({ name, values }: CommandStep): void {
    const [a = 0, flags = 0, streamId = 0, ssn = 0, lengthBytes = 1] = values;
    if (name === "fragment")
      this.#arrive(a, { flags, streamId, ssn, lengthBytes: 1 + (lengthBytes & 7), held: true });
    if (name === "partial") this.#takePartial(a);
    if (name === "drop") this.#drop();
    if (!this.isOver) this.#compareSizes();
  }

  #isReceived(index: number): boolean {
    return index < 0 || this.#fragments.has(index);
  }

  #arrive(index: number, fragment: Fragment): void {
    if (index > 4 * SPAN || this.#fragments.has(index)) return;
    const { flags, streamId, ssn } = fragment;
    const data = new Uint8Array(fragment.lengthBytes).fill(index);
    const begins = (flags & BEGINS) !== 0;
    const ends = (flags & ENDS) !== 0;
    const whole = begins && ends;
    const contradiction = this.#contradicts(index, begins, ends);
    const tsn = this.#tsn(index);
    const isUnordered = (flags & UNORDERED) !== 0;
    const about = { streamId, sequenceNumber: ssn, isUnordered, isBeginning: begins, isEnding: ends };
    const chunk = userData(tsn, { ...about, payloadBytes: data.length });
    const visible = contradiction && !this.#assembler.isEmpty;
    const result = this.#assembler.add(chunk, data);
    if (whole) {
      // With no fragments about, there is nothing that it could contradict here.
      checkEqual(result === "violation", visible, `whether the whole message at ${index} contradicts`);
      if (typeof result === "object")
        checkEqual(result.data.join(), data.join(), `what is in the whole message at ${index}`);
      this.isOver = contradiction;
      this.#fragments.set(index, { ...fragment, held: false });
      return;
    }
    const violation = contradiction || this.#differs(index, fragment);
    checkEqual(result === "violation", violation, `whether fragment ${index} is a violation`);
    this.isOver = violation;
    this.#fragments.set(index, fragment);
    if (result === "violation") return;
    const range = this.#messageAround(index);
    const isComplete = this.#isEnd(range.last) && this.#isBeginning(range.first);
    checkEqual(result !== undefined, isComplete, `whether fragment ${index} completes its message`);
    if (result !== undefined) this.#hand(result, range.first, range.last, true);
  }

  /** A message begins exactly where the one before it has ended. */
  #contradicts(index: number, begins: boolean, ends: boolean): boolean {
    const left = this.#fragments.get(index - 1);
    const leftEnds = index === 0 || (left !== undefined && (left.flags & ENDS) !== 0);
    if ((index === 0 || left !== undefined) && begins !== leftEnds) return true;
    const right = this.#fragments.get(index + 1);
    return right !== undefined && ((right.flags & BEGINS) !== 0) !== ends;
  }

  /** Whether a neighbour in the same message says something else of stream, SSN or U bit. */
  #differs(index: number, fragment: Fragment): boolean {
    const others: Array<Fragment | undefined> = [];
    if ((fragment.flags & BEGINS) === 0) others.push(this.#fragments.get(index - 1));
    if ((fragment.flags & ENDS) === 0) others.push(this.#fragments.get(index + 1));
    return others.some((other) => {
      if (other === undefined) return false;
      const sameBit = (other.flags & UNORDERED) === (fragment.flags & UNORDERED);
      const sameSsn = (fragment.flags & UNORDERED) !== 0 || other.ssn === fragment.ssn;
      return !sameBit || !sameSsn || other.streamId !== fragment.streamId;
    });
  }

  #isEnd(index: number): boolean {
    return ((this.#fragments.get(index)?.flags ?? 0) & ENDS) !== 0;
  }

  /** Whether the held run from here begins its message, or continues what the user has. */
  #isBeginning(index: number): boolean {
    const before = this.#fragments.get(index - 1);
    const begins = ((this.#fragments.get(index)?.flags ?? 0) & BEGINS) !== 0;
    return begins || (before !== undefined && !before.held && (before.flags & ENDS) === 0);
  }

  /** The held fragments around `index` that belong to one message. */
  #messageAround(index: number): { readonly first: number; readonly last: number } {
    let first = index;
    let last = index;
    while (!this.#isBeginning(first) && this.#fragments.get(first - 1)?.held === true) first--;
    while (!this.#isEnd(last) && this.#fragments.get(last + 1)?.held === true) last++;
    return { first, last };
  }

  #hand(message: ReceivedMessage, first: number, last: number, complete: boolean): void {
    const bytes: number[] = [];
    for (let index = first; index <= last; index++) {
      const fragment = this.#fragments.get(index);
      if (fragment === undefined) continue;
      for (let i = 0; i < fragment.lengthBytes; i++) bytes.push(index & 0xff);
      fragment.held = false;
    }
    checkEqual([...message.data].join(), bytes.join(), `the bytes of the message ${first} to ${last}`);
    checkEqual(message.tsn, this.#tsn(first), "its first TSN");
    if (complete) checkEqual(this.#assembler.completedTsn, this.#tsn(last), "its last TSN");
    checkEqual(message.messageKey, this.#keys.get(first) ?? this.#tsn(first) | 0, "its key");
    if (!complete) this.#keys.set(last + 1, message.messageKey);
    checkEqual(message.endOfMessage, complete, "whether it ends there");
    checkEqual(message.streamId, this.#fragments.get(first)?.streamId, "its stream");
  }

  /** A beginning may be given out that ends at the cumulative TSN, if its stream waits for it or has its earlier part. */
  #takePartial(streams: number): void {
    const isNext = (streamId: number): boolean => ((streams >> (streamId & 3)) & 1) === 1;
    let cumulative = -1;
    while (this.#isReceived(cumulative + 1)) cumulative++;
    const { first, last } = this.#messageAround(cumulative);
    const fragment = this.#fragments.get(first);
    const due =
      fragment?.held === true &&
      last === cumulative &&
      this.#isBeginning(first) &&
      ((fragment.flags & BEGINS) === 0 || isNext(fragment.streamId));
    const piece = this.#assembler.takePartial(this.#tsn(cumulative), { isNext }, 0);
    checkEqual(piece !== undefined, due, "whether there is a beginning to give out");
    if (piece !== undefined) this.#hand(piece, first, last, false);
  }

  #drop(): void {
    const held = [...this.#fragments].filter(([, fragment]) => fragment.held).map(([index]) => index);
    const highest = Math.max(...held);
    const tsn = this.#assembler.highestHeldTsn;
    checkEqual(tsn !== undefined, held.length > 0, "whether anything can be dropped");
    if (tsn === undefined) return;
    const { first, last } = this.#messageAround(highest);
    checkEqual(tsn, this.#tsn(last), "the highest TSN that is held");
    const begins = ((this.#fragments.get(first)?.flags ?? 0) & BEGINS) !== 0;
    checkEqual(
      this.#assembler.drop(this.#tsn(first)),
      false,
      "whether what is not above its first TSN is dropped",
    );
    const isContinued = !begins && this.#isBeginning(first);
    this.#removed.length = 0;
    checkEqual(this.#assembler.drop(this.#tsn(first - 1)), !isContinued, "whether it is dropped");
    if (isContinued) return;
    const tsns = Array.from({ length: last - first + 1 }, (_, i) => this.#tsn(first + i));
    checkEqual(this.#removed.join(), tsns.join(), "the TSNs that are taken back");
    for (let index = first; index <= last; index++) this.#fragments.delete(index);
  }

  #compareSizes(): void {
    let bytes = 0;
    let count = 0;
    let unfinished = false;
    for (const [index, fragment] of this.#fragments) {
      if (fragment.held) {
        bytes += fragment.lengthBytes;
        count++;
      } else if (!this.#isEnd(index) && this.#fragments.get(index + 1)?.held !== false) unfinished = true;
    }
    checkEqual(this.#assembler.heldBytes, bytes, "bytes held");
    checkEqual(this.#assembler.heldFragmentCount, count, "fragments held");
    checkEqual(this.#assembler.isEmpty, count === 0 && !unfinished, "whether nothing is under way");
  }

  #tsn(index: number): number {
    return tsnAdd(this.#initialTsn, index);
  }
}

export const reassemblyTarget: Target = {
  name: "reassembly",
  generate: (random, kept) => generateProgram(random, kept, program),
  play(input: Input): readonly string[] {
    let model = new ReassemblyModel(0);
    for (const step of input) {
      if (step.kind !== "command") continue;
      if (step.name === "start") model = new ReassemblyModel(numberOf(step, 0));
      else model.step(step);
      if (model.isOver) break;
    }
    return [];
  },
};
