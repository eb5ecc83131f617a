/**
 * What many associations cost one stack: `npm run bench:scale`. The core is driven in memory, so that nothing but the
 * stack is measured: set-up rate, memory of an idle association, the cost of heartbeats, the cost of a packet against
 * the number of associations.
 *
 * Owns: the order of measurements, the table, the drawing. Does not own: the crowd (scale/crowd.ts).
 */
import { writeFileSync } from "node:fs";
import { readCommand, text, wholeNumber } from "../tools/command-line.ts";
import { Crowd } from "./scale/crowd.ts";
import { drawCost } from "./scale/drawing.ts";

const { values } = readCommand({
  name: "bench:scale",
  about: "What many associations cost one stack, in memory and CPU time, without sockets.",
  options: {
    count: wholeNumber("associations in the end", 100_000, { from: 1 }),
    svg: text("draws the cost of a packet against the number of associations", undefined, {
      placeholder: "FILE",
    }),
  },
});
const STEPS = [0.003, 0.01, 0.03, 0.1, 0.3, 1];
/** Associations that carry the data: as many at every step. */
const TALKERS = 100;
const ROUNDS = 200;
const MESSAGE = new Uint8Array(100).fill(0x61);
const IDLE_MS = 60_000;

const { gc } = globalThis;
if (gc === undefined) throw new Error("run this with node --expose-gc");

function memoryBytes(): number {
  gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const crowd = new Crowd();
warmUp();
const emptyBytes = memoryBytes();
const emptyCount = crowd.server.associationCount;
const steps: { readonly count: number; readonly nsPerPacket: number }[] = [];

console.log("associations  set-up us  bytes each  data us/packet");
for (const share of STEPS) {
  const count = Math.round(values.count * share);
  const before = crowd.server.associationCount;
  crowd.restartClock();
  crowd.growTo(count - TALKERS);
  const setUpUs = (1_000 * crowd.serverMs) / Math.max(1, crowd.server.associationCount - before);
  const bytesEach = (memoryBytes() - emptyBytes) / (crowd.server.associationCount - emptyCount);
  const nsPerPacket = talk();
  steps.push({ count, nsPerPacket });
  const cells = [String(count), setUpUs.toFixed(1), bytesEach.toFixed(0), (nsPerPacket / 1_000).toFixed(2)];
  const widths = [12, 9, 10, 14];
  console.log(cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join("  "));
}
tellHeartbeats();
const { rss } = process.memoryUsage();
console.log(`resident set of the whole process: ${(rss / 1_048_576).toFixed(0)} MiB`);
if (values.svg !== undefined) writeFileSync(values.svg, drawCost(steps));

/** Compiles what is measured, and fills what is allocated once. */
function warmUp(): void {
  for (let i = 0; i < 5; i++) talk();
}

/** The server's time for one packet with a small message, SACKs included, while all the others are idle. */
function talk(): number {
  const client = crowd.join(TALKERS);
  crowd.restartClock();
  for (let round = 0; round < ROUNDS; round++) {
    client.sendAll(MESSAGE, crowd.nowMs);
    crowd.exchange(client);
    crowd.nowMs += 0.01;
  }
  const nsPerPacket = (1e6 * crowd.serverMs) / crowd.received;
  for (const association of client.stack.associations) association.abort(new Uint8Array(0), crowd.nowMs);
  crowd.exchange(client);
  return nsPerPacket;
}

function tellHeartbeats(): void {
  const tags = crowd.tags();
  crowd.restartClock();
  const count = crowd.idle(IDLE_MS, tags);
  const seconds = IDLE_MS / 1_000;
  console.log(
    `heartbeats: ${count} in ${seconds} s, ${((1_000 * crowd.serverMs) / count).toFixed(2)} us each with its answer, ` +
      `${((crowd.serverMs / IDLE_MS) * 100).toFixed(1)} % of a core for ${crowd.server.associationCount} associations`,
  );
}
