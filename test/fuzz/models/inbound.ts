/**
 * The whole receiving half beside the messages that a peer sends: what arrives is exactly that, each once, in order.
 * Owns: an honest sender's plan, a network that loses, repeats and reorders, a reader who takes his time; the model.
 * Does not own: src/association/receiving/inbound.ts and its parts: reassembly, stream ordering, the receive buffer, reneging.
 *
 * The buffer is small, so that much of what arrives is refused, given up again, or handed out in pieces.
 */

import type { ReceivedMessage } from "../../../src/association/model/received-message.ts";
import { Inbound } from "../../../src/association/receiving/inbound.ts";
import { associationOptions } from "../../../src/base/options.ts";
import { tsnAdd, tsnDiff } from "../../../src/base/serial.ts";
import { DataChunkView, DataFlag, writeDataHeader } from "../../../src/chunks/data.ts";
import type { SeededRandom } from "../../../src/platform/random.ts";
import { type CommandStep, command, type Input } from "../step.ts";
import { check, checkEqual, type Target } from "../target.ts";
import { generateProgram, numberOf, type Program, serial } from "./program.ts";

const HEADER_BYTES = 16;
const STREAMS = 4;
/** The sender is never further ahead of the cumulative TSN. */
const WINDOW = 40;
/** As many as there are chunks, and more. */
const MAX_BLOCKS = 200;
const OPTIONS = associationOptions({ receiveBufferBytes: 4_096, maxReassemblyFragments: 16 });

/** A chunk of the plan, by its index. */
interface Planned {
  readonly flags: number;
  readonly streamId: number;
  readonly ssn: number;
  readonly bytes: number;
  readonly message: number;
}

const program: Program = {
  maxLength: 160,
  first: (random) => command("start", serial(random), random.uint32()),
  next: (random) => {
    const choice = random.integer(0, 9);
    if (choice < 6) return command("arrive", random.integer(0, WINDOW));
    if (choice < 7) return command("run", random.integer(0, WINDOW), random.integer(1, 12));
    if (choice < 8) return command("read", random.integer(1, 8));
    if (choice < 9) return command("advertise");
    return command("compact");
  },
};

class InboundModel {
  readonly #initialTsn: number;
  readonly #inbound: Inbound;
  readonly #view = new DataChunkView();
  readonly #blocks = new DataView(new ArrayBuffer(4 * MAX_BLOCKS));
  /** What has been told not to be taken back. */
  readonly #promised = new Set<number>();
  readonly #plan: readonly Planned[];
  /** The chunks of each message. */
  readonly #parts: number[][] = [];
  /** Bytes of each message that the user has. */
  readonly #got = new Map<number, number>();
  readonly #nextSsn = new Array<number>(STREAMS).fill(0);
  /** Messages of which the user has the beginning, by their keys: what comes next of them. */
  readonly #pieces = new Map<number, number>();

  constructor(initialTsn: number, seed: number) {
    this.#initialTsn = initialTsn >>> 0;
    this.#plan = planOf(seed >>> 0);
    for (const [index, { message }] of this.#plan.entries())
      this.#parts[message] = [...(this.#parts[message] ?? []), index];
    this.#inbound = new Inbound({
      options: OPTIONS,
      allocate: (lengthBytes) => new Uint8Array(lengthBytes),
    });
    this.#inbound.reset({
      initialTsn: this.#initialTsn,
      streamCount: STREAMS,
      isInterleaved: false,
      tellsKept: true,
    });
  }

  step({ name, values: [a = 0, b = 0] }: CommandStep): void {
    if (name === "arrive") this.#arrive(this.#next - 4 + a);
    if (name === "run") for (let i = 0; i < Math.min(b, WINDOW); i++) this.#arrive(this.#next - 4 + a + i);
    if (name === "read") this.#read(a);
    if (name === "advertise") this.#inbound.buffer.advertise();
    if (name === "compact") this.#inbound.compact();
    this.#compare();
  }

  /** The network heals and the user reads: everything that was planned must come. */
  finish(): void {
    const patience = 4 * this.#plan.length;
    for (let i = 0; this.#next < this.#plan.length; i++) {
      check(i < patience, () => `the cumulative TSN stays before ${this.#next}: ${this.#shown()}`);
      this.#read(Number.POSITIVE_INFINITY);
      this.#inbound.buffer.advertise();
      this.#arrive(this.#next);
    }
    this.#read(Number.POSITIVE_INFINITY);
    const planned = new Set(this.#plan.map(({ message }) => message));
    checkEqual(this.#got.size, planned.size, "messages that the user has");
    checkEqual(this.#inbound.buffer.usedBytes, 0, "bytes held in the end");
  }

  /** Index of the first chunk that is not cumulatively acknowledged. */
  get #next(): number {
    return tsnDiff(this.#inbound.tsns.cumulativeTsn, this.#initialTsn) + 1;
  }

  #arrive(index: number): void {
    const planned = this.#plan[index];
    if (planned === undefined) return;
    const tsn = tsnAdd(this.#initialTsn, index);
    const wasKnown = this.#inbound.tsns.has(tsn);
    const { flags, streamId, ssn, bytes } = planned;
    const datagram = new Uint8Array(HEADER_BYTES + bytes).fill(index & 0xff);
    writeDataHeader(new DataView(datagram.buffer), 0, flags, tsn, streamId, ssn, 0, bytes);
    const verdict = this.#inbound.onData(this.#view.bind(datagram, 0, datagram.length), datagram);
    if (verdict === "no-room") {
      const { buffer } = this.#inbound;
      const isNext = index === this.#next && buffer.readyCount === 0;
      check(!isNext, () => `the next chunk finds no room, and nothing waits for the user: ${this.#shown()}`);
      return;
    }
    // A message of which the user has pieces already is not put together.
    const mayComplete = verdict === "completed" && !wasKnown && this.#isLastMissing(index);
    if (!mayComplete)
      checkEqual(verdict, wasKnown ? "duplicate" : "accepted", `the verdict on chunk ${index}`);
  }

  /** Whether the message of a chunk is in several, and all of them have come. */
  #isLastMissing(index: number): boolean {
    const parts = this.#partsOf(tsnAdd(this.#initialTsn, index));
    const { tsns } = this.#inbound;
    return parts.length > 1 && parts.every((part) => tsns.has(tsnAdd(this.#initialTsn, part)));
  }

  #read(count: number): void {
    for (let i = 0; i < count; i++) {
      const message = this.#inbound.buffer.shift();
      if (message === undefined) return;
      this.#inbound.onTaken();
      this.#take(message);
    }
  }

  /** What the user gets: whole messages of the plan or pieces that follow one another. */
  #take(message: ReceivedMessage): void {
    const { data, tsn, messageKey, streamId, unordered, endOfMessage, ssn } = message;
    const first = tsnDiff(tsn, this.#initialTsn);
    const planned = this.#plan[first]!;
    const begins = (planned.flags & DataFlag.Beginning) !== 0;
    const next = this.#pieces.get(messageKey);
    checkEqual(
      next,
      begins ? undefined : first,
      `where the message goes on of which there is a piece at ${first}`,
    );
    this.#pieces.delete(messageKey);
    check(!this.#got.has(planned.message), () => `message ${planned.message} comes twice`);
    let bytes = 0;
    let last = first - 1;
    while (bytes < data.length) {
      const index = ++last;
      const chunk = this.#plan[index]!;
      checkEqual(chunk.message, planned.message, `the message of chunk ${index}`);
      for (let i = 0; i < chunk.bytes; i++)
        if (data[bytes + i] !== (index & 0xff))
          check(false, () => `byte ${bytes + i} of message ${first} is wrong`);
      bytes += chunk.bytes;
    }
    checkEqual(data.length, bytes, `bytes of the message at ${first}`);
    checkEqual(streamId, planned.streamId, "its stream");
    checkEqual(endOfMessage, (this.#plan[last]!.flags & DataFlag.Ending) !== 0, "whether it ends");
    if (!unordered) checkEqual(ssn, this.#nextSsn[streamId], `the SSN of stream ${streamId} that comes next`);
    if (!endOfMessage) {
      this.#pieces.set(messageKey, last + 1);
      return;
    }
    this.#got.set(planned.message, bytes);
    if (!unordered) this.#nextSsn[streamId] = ((this.#nextSsn[streamId] ?? 0) + 1) & 0xffff;
  }

  #compare(): void {
    const { buffer } = this.#inbound;
    const limit = 4 * OPTIONS.receiveBufferBytes + 700; // What an open window allowed is taken.
    check(buffer.usedBytes <= limit, () => `${buffer.usedBytes} bytes are held, ${limit} are allowed`);
    check(buffer.heldBytes >= 0, () => `${buffer.heldBytes} bytes are held`);
    this.#comparePromises();
  }

  /** What has been handed on is promised in an NR-SACK, for good; what waits for something is not. */
  #comparePromises(): void {
    const { tsns, holdings } = this.#inbound;
    const { renegable, nonRenegable } = tsns.writeBlocksByKind(this.#blocks, 0, MAX_BLOCKS);
    const held = new Set<number>();
    for (const { tsn } of holdings.early) for (const index of this.#partsOf(tsn)) held.add(index);
    const told = new Set<number>();
    for (let i = 0; i < renegable + nonRenegable; i++) {
      const [from, to] = [this.#blocks.getUint16(4 * i), this.#blocks.getUint16(4 * i + 2)];
      for (let index = this.#next - 1 + from; index <= this.#next - 1 + to; index++) {
        check(!told.has(index), () => `chunk ${index} is told twice`);
        told.add(index);
        if (i >= renegable) this.#promised.add(index);
        else check(!this.#promised.has(index), () => `chunk ${index} is promised no more`);
        const isWhole = this.#partsOf(tsnAdd(this.#initialTsn, index)).every(
          (part) => part < this.#next || tsns.has(tsnAdd(this.#initialTsn, part)),
        );
        checkEqual(i >= renegable, isWhole && !held.has(index), `whether chunk ${index} is promised`);
      }
    }
    for (let index = this.#next; index < this.#plan.length; index++) {
      const isThere = tsns.has(tsnAdd(this.#initialTsn, index));
      checkEqual(told.has(index), isThere, `whether chunk ${index} is told`);
      if (!isThere) check(!this.#promised.has(index), () => `chunk ${index} is taken back`);
    }
  }

  /** The chunks of the message of one of them. */
  #partsOf(tsn: number): readonly number[] {
    return this.#parts[this.#plan[tsnDiff(tsn, this.#initialTsn)]?.message ?? 0] ?? [];
  }

  #shown(): string {
    const { buffer, tsns } = this.#inbound;
    const highest = tsnDiff(tsns.highestTsn, this.#initialTsn);
    return `${buffer.usedBytes} bytes, ${buffer.heldBytes} of them held, highest ${highest}`;
  }
}

/** Messages of one to six fragments on a few streams, some unordered; SSNs begin at 0, as they must. */
function planOf(seed: number): readonly Planned[] {
  const plan: Planned[] = [];
  const ssns = new Array<number>(STREAMS).fill(0);
  let state = seed;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 16) % below;
  };
  for (let message = 0; plan.length < 3 * WINDOW; message++) {
    const count = draw(2) === 0 ? 1 : 1 + draw(6);
    const streamId = draw(STREAMS);
    const unordered = draw(3) === 0;
    const ssn = unordered ? 0 : (ssns[streamId] ?? 0);
    if (!unordered) ssns[streamId] = ssn + 1;
    for (let i = 0; i < count; i++) {
      const begin = i === 0 ? DataFlag.Beginning : 0;
      const end = i === count - 1 ? DataFlag.Ending : 0;
      const flags = begin | end | (unordered ? DataFlag.Unordered : 0);
      plan.push({ flags, streamId, ssn, bytes: 1 + draw(600), message });
    }
  }
  return plan;
}

export const inboundTarget: Target = {
  name: "inbound",
  generate: (random: SeededRandom, kept) => generateProgram(random, kept, program),
  play(input: Input): readonly string[] {
    let model = new InboundModel(0, 1);
    for (const step of input) {
      if (step.kind !== "command") continue;
      if (step.name === "start") model = new InboundModel(numberOf(step, 0), numberOf(step, 1));
      else model.step(step);
    }
    model.finish();
    return [];
  },
};
