/**
 * The throughput benchmark: `npm run bench`.
 *
 * sctpkit against plain `node:dgram` on loopback, one association one way, each side in a process of its own. The
 * transports take turns within every round, so that their ratio does not depend on what else the machine does.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { type Job, measure, type Outcome, type Transport } from "./measure.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "2" },
    sizes: { type: "string", default: "64,1000,16384" },
    packet: { type: "string", default: "1200" },
  },
});

const rounds = Number(values.rounds);
const durationMs = Number(values.seconds) * 1_000;
const sizes = values.sizes.split(",").map(Number);
const maxPacketBytes = Number(values.packet);

interface Row {
  readonly transport: Transport;
  readonly messageBytes: number;
  readonly outcomes: Outcome[];
}

/** Plain datagrams are measured at the size of a full packet: what the host can carry at all. */
const rows: Row[] = [
  { transport: "raw", messageBytes: maxPacketBytes, outcomes: [] },
  { transport: "raw-answered", messageBytes: maxPacketBytes, outcomes: [] },
  ...sizes.map((messageBytes): Row => ({ transport: "sctp", messageBytes, outcomes: [] })),
];

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >>> 1] ?? Number.NaN;
}

function cells(row: Row, ceiling: number): string[] {
  const rate = row.outcomes.map((outcome) => outcome.megabytesPerSecond);
  const middle = median(rate);
  return [
    row.transport,
    String(row.messageBytes),
    middle.toFixed(1),
    `${Math.min(...rate).toFixed(1)}-${Math.max(...rate).toFixed(1)}`,
    Math.round(median(row.outcomes.map((outcome) => outcome.messagesPerSecond))).toLocaleString("en"),
    median(row.outcomes.map((outcome) => outcome.cpuSecondsPerGigabyte)).toFixed(2),
    (middle / ceiling).toFixed(2),
  ];
}

for (let round = 1; round <= rounds; round++) {
  for (const row of rows) {
    const job: Job = { transport: row.transport, messageBytes: row.messageBytes, durationMs, maxPacketBytes };
    row.outcomes.push(await measure(job));
  }
  console.error(`round ${round} of ${rounds} done`);
}

const ceiling = median(rows[1]?.outcomes.map((outcome) => outcome.megabytesPerSecond) ?? []);
const header = ["transport", "bytes", "MB/s", "spread", "messages/s", "CPU s/GB", "of answered raw"];
const table = [header, ...rows.map((row) => cells(row, ceiling))];
const widths = header.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
for (const line of table) console.log(line.map((cell, i) => cell.padStart(widths[i] ?? 0)).join("  "));
console.log(
  `\nNode ${process.version}, ${cpus().length} CPUs, packets of ${maxPacketBytes} bytes, medians of ${rounds} rounds.`,
);

mkdirSync("bench/results", { recursive: true });
writeFileSync(
  "bench/results/throughput.json",
  `${JSON.stringify({ node: process.version, maxPacketBytes, rows }, null, 2)}\n`,
);
