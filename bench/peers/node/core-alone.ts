/**
 * What the core costs without sockets, slice by slice: the program of `npm run bench:core`.
 *
 * It reads lines and answers each by a JSON object in a line. "pair BYTES PACKET JSON" makes a new pair of stacks that moves
 * messages of so many bytes in packets of at most so many, with these options of an association (`paired`); "spend
 * SECONDS" lets it run until so much CPU time has been used (`slice`). When its input ends it exits.
 *
 * Owns: the lines, CPU time and garbage of a slice. Does not own: the pair (memory-pair.ts), when what is asked
 * (../../core.ts).
 */
import { createInterface } from "node:readline";
import { AllocationMeter } from "./allocation.ts";
import { MemoryPair } from "./memory-pair.ts";

/** Turns between two looks at the CPU time: a fraction of a millisecond, and some five with the largest packets. */
const TURNS = 2;

/** One answer to "spend". */
export interface Slice {
  readonly event: "slice";
  readonly cpuSeconds: number;
  /** Datagrams of both directions. */
  readonly packets: number;
  readonly messages: number;
  readonly allocatedBytes: number;
}

let pair: MemoryPair | undefined;
const meter = new AllocationMeter();

function spend(pair: MemoryPair, seconds: number): Slice {
  const { messages, packets } = pair;
  meter.take();
  const start = process.cpuUsage();
  let cpuSeconds = 0;
  do {
    for (let i = 0; i < TURNS; i++) pair.turn();
    const { user, system } = process.cpuUsage(start);
    cpuSeconds = (user + system) / 1e6;
  } while (cpuSeconds < seconds);
  return {
    event: "slice",
    cpuSeconds,
    packets: pair.packets - packets,
    messages: pair.messages - messages,
    allocatedBytes: meter.take() ?? Number.NaN,
  };
}

function answer(line: string): { readonly event: string } {
  const [what, ...words] = line.split(" ");
  const [first = Number.NaN, second = Number.NaN] = words.slice(0, 2).map(Number);
  if (what === "spend" && pair !== undefined) return spend(pair, first);
  if (what !== "pair") throw new Error(`"${line}" makes no sense here`);
  pair = new MemoryPair(first, second, JSON.parse(words[2] ?? "{}"));
  return { event: "paired" };
}

createInterface(process.stdin).on("line", (line) => {
  process.stdout.write(`${JSON.stringify(answer(line))}\n`);
});
