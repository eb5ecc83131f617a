/**
 * Plays ranges of numbers of the campaign's parts over several processes.
 * Owns: sharing the numbers out, the account. Does not own: the parts (parts.ts), what is said of it (run.ts).
 */
import { fork } from "node:child_process";
import { partOf } from "./parts.ts";

/** Numbers that a worker takes at a time. */
const BATCH = 50;
/** Numbers after which progress is told. */
const TOLD_EVERY = 1_000;

export interface Range {
  readonly part: string;
  readonly from: number;
  readonly count: number;
}

interface Failure {
  readonly part: string;
  readonly number: number;
  readonly message: string;
}

export interface Tally {
  readonly played: number;
  readonly packets: number;
  readonly messages: number;
  /** In the order of the ranges. */
  readonly failures: readonly Failure[];
  /** How many of the numbers had what, by its name. */
  readonly features: Readonly<Record<string, number>>;
}

export function playRange({ part: partName, from, count }: Range): Tally {
  const part = partOf(partName);
  if (part === undefined) throw new Error(`there is no part ${partName}`);
  const tally = emptyTally();
  for (let number = from; number < from + count; number++) {
    try {
      const { packets, deliveredMessages, features = [] } = part.play(number);
      tally.packets += packets;
      tally.messages += deliveredMessages;
      for (const feature of features) addTo(tally.features, feature, 1);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      tally.failures.push({ part: partName, number, message });
    }
    tally.played++;
  }
  return tally;
}

/** @param workerScript answers each Range that it is sent with a Tally */
export async function playRanges(
  ranges: readonly Range[],
  workerCount: number,
  workerScript: string,
): Promise<Tally> {
  const sum = emptyTally();
  const batches = ranges.flatMap(inBatches);
  let next = 0;
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(workerScript, ["--worker"]);
      const give = (): void => {
        const batch = batches[next++];
        if (batch === undefined) child.disconnect();
        else child.send(batch);
      };
      child.on("message", (tally: Tally) => {
        add(sum, tally);
        if (sum.played % TOLD_EVERY < tally.played)
          console.log(`${sum.played} played, ${sum.failures.length} failed`);
        give();
      });
      child.on("error", reject);
      child.on("exit", (code) =>
        code === 0 ? resolve() : reject(new Error(`a worker ended with code ${code}`)),
      );
      give();
    });
  await Promise.all(Array.from({ length: Math.min(workerCount, batches.length) }, work));
  const order = new Map(ranges.map(({ part }, i) => [part, i]));
  sum.failures.sort((a, b) => (order.get(a.part) ?? 0) - (order.get(b.part) ?? 0) || a.number - b.number);
  return sum;
}

function inBatches({ part, from, count }: Range): Range[] {
  return Array.from({ length: Math.ceil(count / BATCH) }, (_, i) => ({
    part,
    from: from + i * BATCH,
    count: Math.min(BATCH, count - i * BATCH),
  }));
}

function emptyTally() {
  return {
    played: 0,
    packets: 0,
    messages: 0,
    failures: [] as Failure[],
    features: {} as Record<string, number>,
  };
}

function add(sum: ReturnType<typeof emptyTally>, tally: Tally): void {
  sum.played += tally.played;
  sum.packets += tally.packets;
  sum.messages += tally.messages;
  sum.failures.push(...tally.failures);
  for (const [feature, times] of Object.entries(tally.features)) addTo(sum.features, feature, times);
}

function addTo(counts: Record<string, number>, name: string, times: number): void {
  counts[name] = (counts[name] ?? 0) + times;
}
