/**
 * The sent log, its loss detector and Fast Recovery beside a list of chunks.
 * Owns: the model and the commands: any SACK, also ones that take back what they had reported, two paths that come and
 * go, fast recovery. The model follows RFC 9260 6.2.1, 6.3.3 and 7.2.4 by walking the whole list each time.
 * Does not own: the parts (src/association/sending), how they are put together (test/settling.ts).
 */
import { OutboundMessage } from "../../../src/association/model/outbound-message.ts";
import { PathFlight } from "../../../src/association/paths/path-flight.ts";
import type { SackVerdict, SentLog } from "../../../src/association/sending/sent-log.ts";
import { tsnAdd } from "../../../src/base/serial.ts";
import type { SeededRandom } from "../../../src/platform/random.ts";
import { nrSackView, sackView } from "../../sack-view.ts";
import { Settling } from "../../settling.ts";
import { type CommandStep, command, type Input } from "../step.ts";
import { checkEqual, type Target } from "../target.ts";
import { generateProgram, numberOf, type Program, serial } from "./program.ts";

const HEADER_BYTES = 16;
const FLIGHTS = 2;
const MISSES_FOR_LOSS = 3;

const program: Program = {
  maxLength: 140,
  first: (random) => command("start", serial(random)),
  next: (random) => {
    const choice = random.integer(0, 19);
    if (choice < 8) return command("send", random.integer(1, 1_172), random.integer(0, 5) === 0 ? 1 : 0);
    if (choice < 14) return sack(random, random.integer(0, 2) === 0 ? "nr-sack" : "sack");
    if (choice < 15) return command("cumulative", random.integer(0, 6));
    if (choice < 17) return command("resend", random.integer(0, 1));
    if (choice < 18) return command("lost", random.integer(0, 1));
    if (choice < 19) return command("recover");
    return random.integer(0, 3) === 0 ? command("remove", random.integer(0, 1)) : command("compact");
  },
};

/**
 * How far the cumulative ack moves, counted from one below where it is; of an NR-SACK, in bits, which blocks are non-renegable and
 * (from bit 2 on) which are of both kinds; then the blocks: distance and length.
 */
function sack(random: SeededRandom, name: "sack" | "nr-sack"): CommandStep {
  const blocks: number[] = [];
  for (let i = random.integer(0, 3); i > 0; i--)
    blocks.push(random.integer(random.integer(0, 20) === 0 ? 0 : 2, 4), random.integer(0, 3));
  const advance = random.integer(0, random.integer(0, 3) === 0 ? 6 : 2);
  return name === "sack"
    ? command(name, advance, ...blocks)
    : command(name, advance, random.integer(0, 15), ...blocks);
}

interface Sent {
  readonly bytes: number;
  readonly message: OutboundMessage;
  state: "flight" | "acked" | "lost";
  /** The path it was last sent to; undefined once that has gone. */
  flight: number | undefined;
  misses: number;
  fastRetransmitted: boolean;
  /** How many chunks had been sent when it was last sent again. */
  resentBefore: number;
  /** The last transmission has been acknowledged once: to renege and acknowledge again counts for nothing. */
  credited: boolean;
  /** The peer has promised to keep it: it is acknowledged for good, and nobody has it any more. */
  promised: boolean;
}

type Blocks = ReadonlyArray<readonly [number, number]>;

class LogModel {
  readonly #initialTsn: number;
  readonly #settling: Settling;
  readonly #log: SentLog;
  readonly #flights = Array.from({ length: FLIGHTS }, () => new PathFlight());
  readonly #isThere = [true, true];
  readonly #sent: Sent[] = [];
  /** Index of the first chunk that is not cumulatively acknowledged. */
  #first = 0;
  /** In fast recovery, the index of the last chunk that was outstanding when it began. */
  #recoveryUntil: number | undefined = undefined;

  constructor(initialTsn: number) {
    this.#initialTsn = initialTsn >>> 0;
    this.#settling = new Settling(this.#initialTsn);
    this.#log = this.#settling.log;
    for (const flight of this.#flights) this.#log.addFlight(flight);
  }

  step({ name, values }: CommandStep): void {
    const [a = 0, b = 0] = values;
    if (name === "send") this.#send(Math.max(1, a), b);
    if (name === "sack") this.#sack(a, values.slice(1), undefined);
    if (name === "nr-sack") this.#sack(a, values.slice(2), b);
    if (name === "cumulative") this.#cumulative(this.#first - 2 + a);
    if (name === "resend") this.#resend(a & 1);
    if (name === "lost") this.#lose(a & 1);
    if (name === "compact") this.#log.compact();
    if (name === "remove") this.#remove(a & 1);
    if (name === "recover" && this.#settling.lossDetected && !this.#settling.recovery.isActive) {
      this.#settling.enterFastRecovery();
      this.#recoveryUntil = this.#sent.length - 1;
    }
    this.#compare();
  }

  #send(bytes: number, path: number): void {
    const flight = this.#flights[path & 1]!;
    if (this.#isThere[path & 1] !== true) return;
    const message = new OutboundMessage(new Uint8Array(bytes), { context: this.#sent.length });
    const chunk = this.#log.send(message, 3, 0, bytes, bytes + HEADER_BYTES, flight, 0);
    checkEqual(chunk.tsn, this.#tsn(this.#sent.length), "the TSN of a new chunk");
    this.#sent.push({
      bytes,
      message,
      state: "flight",
      flight: path & 1,
      misses: 0,
      fastRetransmitted: false,
      resentBefore: 0,
      credited: false,
      promised: false,
    });
  }

  /** @param kinds of the blocks of an NR-SACK */
  #sack(advance: number, numbers: readonly number[], kinds: number | undefined): void {
    const cumulative = this.#first - 2 + advance; // Index of the last chunk acknowledged by it.
    const blocks: Array<readonly [number, number]> = [];
    let offset = 0;
    for (let i = 0; i + 1 < numbers.length; i += 2) {
      const start = offset + (numbers[i] ?? 0);
      offset = start + (numbers[i + 1] ?? 0);
      blocks.push([start, offset]);
    }
    const verdict = this.#judge(cumulative, blocks);
    const promised = kinds === undefined ? [] : blocks.filter((_, i) => ((kinds >>> (i & 1)) & 1) === 1);
    const renegable = blocks.filter(
      (block, i) => !promised.includes(block) || (((kinds ?? 0) >>> (2 + (i & 1))) & 1) === 1,
    );
    const tsn = this.#tsn(cumulative);
    const sack =
      kinds === undefined ? sackView(tsn, 65_536, blocks) : nrSackView(tsn, 65_536, renegable, promised);
    checkEqual(this.#settling.onSack(sack, 1), verdict, `the verdict on a SACK for ${cumulative}`);
    if (verdict === "accepted") this.#apply(cumulative, blocks, promised);
  }

  #judge(cumulative: number, blocks: Blocks): SackVerdict {
    if (cumulative < this.#first - 1) return "stale";
    if (cumulative >= this.#sent.length) return "acks-unsent";
    if (blocks.some(([start, end]) => start <= 1 || end < start)) return "malformed";
    if (blocks.some(([, end]) => cumulative + end >= this.#sent.length)) return "acks-unsent";
    return this.#sent[cumulative + 1]?.promised === true ? "breaks-promise" : "accepted";
  }

  #cumulative(cumulative: number): void {
    const verdict = this.#judge(cumulative, []);
    checkEqual(
      this.#settling.onCumulativeAck(this.#tsn(cumulative), 1),
      verdict,
      `the verdict on the cumulative ack ${cumulative}`,
    );
    if (verdict !== "accepted") return;
    this.#acknowledgeThrough(cumulative, (_, released) => {
      checkEqual(this.#log.releasedBytes, released, "bytes released");
      this.#leaveRecovery();
    });
    const next = this.#sent[this.#first];
    if (next?.state !== "acked") return;
    next.state = next.flight === undefined ? "lost" : "flight";
    next.misses = 1;
  }

  /** RFC 9260 6.2.1 D, 7.2.4: acknowledge, take back, count misses below the highest TSN newly acknowledged. */
  #apply(cumulative: number, blocks: Blocks, promised: Blocks): void {
    const advanced = cumulative >= this.#first;
    const isIn = (index: number, list: Blocks): boolean =>
      list.some(([start, end]) => index >= cumulative + start && index <= cumulative + end);
    const covered = (index: number): boolean => isIn(index, blocks);
    let promisedBytes = 0;
    let newlyAcked = 0;
    let highestNew = advanced ? cumulative : -1;
    let highestCovered = cumulative;
    let released = 0;
    this.#acknowledgeThrough(cumulative, (count, bytes) => {
      newlyAcked = count;
      released = bytes;
    });
    for (let index = this.#first; index < this.#sent.length; index++) {
      const chunk = this.#sent[index]!;
      if (covered(index)) {
        highestCovered = index;
        if (chunk.state !== "acked") {
          chunk.state = "acked";
          if (!chunk.credited) newlyAcked++;
          chunk.credited = true;
          highestNew = index;
        }
        if (!chunk.promised && isIn(index, promised)) {
          chunk.promised = true;
          promisedBytes += chunk.bytes;
        }
      } else if (chunk.state === "acked" && !chunk.promised) {
        chunk.state = chunk.flight === undefined ? "lost" : "flight";
        chunk.misses = 1;
      }
    }
    checkEqual(this.#log.releasedBytes, released + promisedBytes, "bytes released");
    const inRecovery = this.#recoveryUntil !== undefined;
    const lost = this.#countMisses(inRecovery && advanced ? highestCovered : highestNew);
    this.#leaveRecovery();
    checkEqual(this.#log.newlyAckedChunkCount, newlyAcked, "chunks newly acknowledged");
    checkEqual(this.#settling.lossDetected, lost, "whether a loss was detected");
    checkEqual(this.#log.cumulativeAckAdvanced, advanced, "whether the cumulative ack moved");
  }

  #acknowledgeThrough(cumulative: number, then: (newlyAcked: number, released: number) => void): void {
    let released = 0;
    let newlyAcked = 0;
    for (; this.#first <= cumulative; this.#first++) {
      const chunk = this.#sent[this.#first]!;
      if (!chunk.promised) released += chunk.bytes;
      if (chunk.state !== "acked" && !chunk.credited) newlyAcked++;
      chunk.credited = true;
      chunk.state = "acked";
    }
    then.call(this, newlyAcked, released);
  }

  #countMisses(below: number): boolean {
    let lost = false;
    for (let index = this.#first; index < below; index++) {
      const chunk = this.#sent[index]!;
      if (chunk.state !== "flight" || (chunk.fastRetransmitted && below < chunk.resentBefore)) continue;
      if (++chunk.misses < MISSES_FOR_LOSS) continue;
      chunk.fastRetransmitted = true;
      chunk.state = "lost";
      lost = true;
    }
    return lost;
  }

  #leaveRecovery(): void {
    if (this.#recoveryUntil !== undefined && this.#first > this.#recoveryUntil)
      this.#recoveryUntil = undefined;
    checkEqual(this.#settling.recovery.isActive, this.#recoveryUntil !== undefined, "fast recovery");
  }

  #resend(path: number): void {
    const chunk = this.#log.nextToRetransmit();
    if (chunk === undefined || this.#isThere[path] !== true) return;
    this.#log.resend(chunk, this.#flights[path]!, 1);
    Object.assign(this.#sent[this.#lowestLost]!, {
      state: "flight",
      flight: path,
      misses: 0,
      resentBefore: this.#sent.length,
      credited: false,
    });
  }

  #lose(path: number): void {
    this.#log.markPathLost(this.#flights[path]!);
    for (const chunk of this.#sent)
      if (chunk.state === "flight" && chunk.flight === path) chunk.state = "lost";
  }

  /** A path goes; another one comes in its place at once, and nothing is in flight there. */
  #remove(path: number): void {
    this.#log.removeFlight(this.#flights[path]!);
    for (const chunk of this.#sent) {
      if (chunk.flight !== path) continue;
      if (chunk.state === "flight") chunk.state = "lost";
      chunk.flight = undefined;
    }
    this.#flights[path] = new PathFlight();
    this.#log.addFlight(this.#flights[path]!);
  }

  get #lowestLost(): number {
    return this.#sent.findIndex(({ state }) => state === "lost");
  }

  #compare(): void {
    const outstanding = this.#sent.slice(this.#first);
    const log = this.#log;
    checkEqual(log.outstandingCount, outstanding.length, "chunks outstanding");
    checkEqual(log.cumulativeAckPoint, this.#tsn(this.#first - 1), "the cumulative ack point");
    checkEqual(log.nextTsn, this.#tsn(this.#sent.length), "the next TSN");
    let payloadBytes = 0;
    for (const [path, flight] of this.#flights.entries()) {
      const there = outstanding.filter((chunk) => chunk.state === "flight" && chunk.flight === path);
      const bytes = there.reduce((sum, chunk) => sum + chunk.bytes, 0);
      payloadBytes += bytes;
      checkEqual(flight.flightChunkCount, there.length, `chunks in flight on path ${path}`);
      checkEqual(flight.flightBytes, bytes + HEADER_BYTES * there.length, `bytes in flight on path ${path}`);
    }
    checkEqual(log.inFlightPayloadBytes, payloadBytes, "payload in flight");
    const lost = this.#lowestLost;
    checkEqual(log.hasRetransmissions, lost !== -1, "whether anything is to be sent again");
    checkEqual(
      log.nextToRetransmit()?.tsn,
      lost === -1 ? undefined : this.#tsn(lost),
      "what is sent again next",
    );
  }

  #tsn(index: number): number {
    return tsnAdd(this.#initialTsn, index);
  }
}

export const sentLogTarget: Target = {
  name: "sent-log",
  generate: (random, kept) => generateProgram(random, kept, program),
  play(input: Input): readonly string[] {
    let model = new LogModel(0);
    for (const step of input) {
      if (step.kind !== "command") continue;
      if (step.name === "start") model = new LogModel(numberOf(step, 0));
      else model.step(step);
    }
    return [];
  },
};
