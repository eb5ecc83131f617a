/**
 * What a cluster costs and what it gives: `npm run bench:cluster`.
 *
 * A plain server and clusters of one and more threads, in this process, under the load of another process; they take
 * turns within every round. CPU seconds are those of this process, parent and workers together.
 *
 * Owns: the servers, the rounds and the table. Does not own: the load (cluster-load.ts), a worker (cluster-worker.ts).
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { createServer } from "../src/index.ts";
import { canReusePort } from "../src/node/cluster/cluster-sockets.ts";
import { createClusterServer, type SocketHolder } from "../src/node/cluster/index.ts";
import { positiveNumber, readCommand, wholeNumber } from "../tools/command-line.ts";
import type { LoadOrder, LoadReport } from "./cluster-load.ts";
import { median } from "./runner/statistics.ts";

const { values } = readCommand({
  name: "bench:cluster",
  about: "A plain server and clusters of one and more threads under the same load, in turn.",
  options: {
    rounds: wholeNumber("how often each of them is measured", 3, { from: 1 }),
    seconds: positiveNumber("of data, and of handshakes, each time", 2),
    associations: wholeNumber("that send as fast as they may", 16, { from: 1 }),
    size: wholeNumber("bytes of a message", 1_000, { from: 1 }),
  },
});

interface Running {
  readonly udpPort: number;
  stop(): Promise<void>;
}

interface Outcome {
  readonly megabytesPerSecond: number;
  readonly handshakesPerSecond: number;
  readonly cpuSecondsPerGigabyte: number;
}

interface Row {
  readonly name: string;
  readonly start: () => Promise<Running>;
  readonly outcomes: Outcome[];
}

async function plain(): Promise<Running> {
  const server = createServer((socket) => void socket.on("error", () => {}).resume());
  server.listen({ port: 7, host: "127.0.0.1", localUdpPort: 0 });
  await once(server, "listening");
  return {
    udpPort: server.address()?.localUdpPort ?? 0,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function cluster(workers: number, sockets: SocketHolder): Promise<Running> {
  const worker = new URL("./cluster-boot.mjs", import.meta.url);
  const server = createClusterServer({ worker, workers, sockets, execArgv: [] });
  server.listen({ port: 7, host: "127.0.0.1", localUdpPort: 0 });
  await once(server, "listening");
  return {
    udpPort: server.address()?.localUdpPort ?? 0,
    stop: () => new Promise((resolve) => server.destroy(resolve)),
  };
}

async function measure({ start }: Row): Promise<Outcome> {
  const running = await start();
  const cpu = process.cpuUsage();
  const load = fork(fileURLToPath(new URL("./cluster-load.ts", import.meta.url)));
  const order: LoadOrder = {
    udpPort: running.udpPort,
    associations: values.associations,
    messageBytes: values.size,
    durationMs: values.seconds * 1_000,
  };
  load.send(order);
  const sent = await report(load);
  const { user, system } = process.cpuUsage(cpu);
  const greeted = await report(load);
  await running.stop();
  return {
    megabytesPerSecond: sent.count / 1_000 / sent.elapsedMs,
    handshakesPerSecond: (greeted.count * 1_000) / greeted.elapsedMs,
    cpuSecondsPerGigabyte: ((user + system) * 1_000) / sent.count,
  };
}

async function report(load: ChildProcess): Promise<LoadReport> {
  const [told] = (await Promise.race([
    once(load, "message"),
    once(load, "exit").then(([code]) => {
      throw new Error(`the load ended early, with exit code ${code}`);
    }),
  ])) as [LoadReport];
  return told;
}

const holders: readonly SocketHolder[] = canReusePort() ? ["workers", "parent"] : ["parent"];
const rows: Row[] = [
  { name: "plain server", start: plain, outcomes: [] },
  ...holders.flatMap((sockets) =>
    [1, Math.max(2, availableParallelism())].map(
      (count): Row => ({
        name: `${count} ${count === 1 ? "worker" : "workers"}, sockets: ${sockets}`,
        start: () => cluster(count, sockets),
        outcomes: [],
      }),
    ),
  ),
];

for (let round = 0; round < values.rounds; round++)
  for (const row of rows) row.outcomes.push(await measure(row));

const of = (row: Row | undefined, pick: (outcome: Outcome) => number): number =>
  median(row?.outcomes.map(pick) ?? []);
const cells = (row: Row): string[] => {
  const rate = of(row, (outcome) => outcome.megabytesPerSecond);
  const hands = of(row, (outcome) => outcome.handshakesPerSecond);
  return [
    row.name,
    rate.toFixed(1),
    (rate / of(rows[0], (outcome) => outcome.megabytesPerSecond)).toFixed(2),
    hands.toFixed(0),
    (hands / of(rows[0], (outcome) => outcome.handshakesPerSecond)).toFixed(2),
    of(row, (outcome) => outcome.cpuSecondsPerGigabyte).toFixed(2),
  ];
};
const table = [["server", "MB/s", "of plain", "handshakes/s", "of plain", "CPU s/GB"], ...rows.map(cells)];
const widths =
  table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
for (const line of table) console.log(line.map((cell, i) => cell.padStart(widths[i] ?? 0)).join("  "));
console.log(
  `\nNode ${process.version}, ${availableParallelism()} processors, ${values.associations} associations, messages of ` +
    `${values.size} bytes, medians of ${values.rounds} rounds.`,
);
