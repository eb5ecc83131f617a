/**
 * The head-of-line race over real sockets: a text and twelve pictures over one TCP connection of Node's, over one stream of sctpkit,
 * and over a stream of sctpkit for each of them. When is each of them whole?
 * Run it, on Linux and as root: npx tsx examples/hol/main.ts [SEEDS [CONTROL [ROUND_TRIP_MS [LOSS_PERCENT]]]]
 *
 * Without arguments 5 seeds, bbr (cubic is the other one), 80 ms and 4 %; the link carries 8 Mbit/s. On every side the same frames are
 * sent in the same order, by turns, in packets of the same size, under the same kind of congestion control, over a link that loses
 * packets from the same seed; so what differs between the last two lines is the order of delivery alone, and the first line is another
 * implementation as well. The exit code is 0 if everything arrived as it was sent, 1 if not, and 77 where no such link can be laid.
 */
import { argv, exit } from "node:process";
import { hostsOrNothing } from "../hosts.ts";
import { ADDRESSES, type Conditions, LossyLink } from "./lossy-link.ts";
import { type Control, SIDES, type Side } from "./script.ts";

const HERE = import.meta.url;
const [seeds = "5", control = "bbr", roundTripMs = "80", lossPercent = "4"] = argv.slice(2);
const CONDITIONS: Conditions = {
  megabitsPerSecond: 8,
  roundTripMs: Number(roundTripMs),
  lossPercent: Number(lossPercent),
};
const TRIAL_LIMIT_MS = 60_000;
const NAMES: Readonly<Record<Side, string>> = {
  tcp: `Node's TCP, ${control}`,
  "one-stream": `sctpkit, one stream, ${control}`,
  streams: `sctpkit, streams, ${control}`,
};

/** When the text was whole, the first picture, half of the pictures, everything: ms from the call of `connect`. */
type Times = readonly [text: number, first: number, half: number, all: number];

function timesOf([text = 0, ...pictures]: readonly number[]): Times {
  const sorted = [...pictures].sort((a, b) => a - b);
  const half = sorted[Math.ceil(sorted.length / 2) - 1];
  return [text, sorted[0] ?? 0, half ?? 0, Math.max(text, ...pictures)];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const hosts = hostsOrNothing(
  () => new LossyLink(control as Control),
  "a link that loses packets needs /dev/net/tun, make, a C compiler,",
  SIDES.length * Number(seeds) * TRIAL_LIMIT_MS,
);
const trials: Record<Side, Times[]> = { tcp: [], "one-stream": [], streams: [] };
await runAll();
tell();
exit(0);

/** The programs stay, so that none but the first trial meets cold ones; that does not count. */
async function runAll(): Promise<void> {
  let takeAway = await hosts.lay(CONDITIONS, 0);
  const server = hosts.start(HERE, "server", ADDRESSES.server, control);
  await answer(server.lines[Symbol.asyncIterator]());
  const browser = hosts.start(HERE, "browser", ADDRESSES.browser, ADDRESSES.server, control);
  const answers = browser.lines[Symbol.asyncIterator]();
  for (let seed = 0; seed <= Number(seeds); seed++) {
    // Each begins as often as the others.
    for (let turn = 0; turn < SIDES.length; turn++) {
      const side = SIDES[(seed + turn) % SIDES.length] as Side;
      await takeAway();
      takeAway = await hosts.lay(CONDITIONS, seed);
      browser.tell(side);
      const times = timesOf(JSON.parse(await answer(answers)) as number[]);
      if (seed > 0) trials[side].push(times);
    }
  }
  await takeAway();
}

/** The next line of a program. @throws Error if it has ended, and said why */
async function answer(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error("the race has not been run to its end");
  return value;
}

function tell(): void {
  const { megabitsPerSecond } = CONDITIONS;
  console.log(
    `${megabitsPerSecond} Mbit/s, round trip ${roundTripMs} ms, ${lossPercent} % lost either way; medians of ${seeds} seeds, in ms until whole:`,
  );
  console.log(["", "text", "first picture", "half of them", "all"].map(column).join(""));
  for (const side of SIDES) {
    const medians = [0, 1, 2, 3].map((i) => Math.round(median(trials[side].map((times) => times[i] ?? 0))));
    console.log([NAMES[side], ...medians.map(String)].map(column).join(""));
  }
}

function column(words: string, i: number): string {
  return i === 0 ? words.padEnd(30) : words.padStart(15);
}
