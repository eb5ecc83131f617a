/**
 * Micro-benchmarks of what every packet passes through: `npm run bench:micro`.
 * Owns: the hot functions by themselves. Does not own: whole associations (run.ts).
 */
import Benchmark from "benchmark";
import { OutboundMessage } from "../src/association/outbound-message.ts";
import { PathFlight } from "../src/association/path-flight.ts";
import { RetransmissionQueue } from "../src/association/retransmission-queue.ts";
import { TsnTracker } from "../src/association/tsn-tracker.ts";
import { crc32c } from "../src/chunks/crc32c.ts";
import { DataChunkView, writeDataHeader } from "../src/chunks/data.ts";
import { SackView, writeSackHeader } from "../src/chunks/sack.ts";
import { TimerNode, TimerWheel } from "../src/timer/timer-wheel.ts";

const suite = new Benchmark.Suite();

for (const bytes of [64, 1_452, 65_507]) {
  const data = new Uint8Array(bytes).fill(0x61);
  suite.add(`CRC32c of ${bytes} bytes`, () => crc32c(data));
}

const view = new DataView(new ArrayBuffer(64));
writeDataHeader(view, 0, 3, 1, 2, 3, 4, 40);
const dataView = new DataChunkView();
suite.add("DATA header read", () => {
  const chunk = dataView.bind(view, 0, 56);
  return chunk.tsn + chunk.streamId + chunk.ssn + chunk.ppid;
});

const sackBytes = new DataView(new ArrayBuffer(16));
const sackView = new SackView();
const flight = new PathFlight();
const queue = new RetransmissionQueue(0);
queue.addFlight(flight);
const message = new OutboundMessage(new Uint8Array(1_000), 0, 0, false, false, 0);
suite.add("two chunks sent, one SACK handled", () => {
  queue.send(message, 3, 0, 1_000, 1_016, flight, 0);
  const { tsn } = queue.send(message, 3, 0, 1_000, 1_016, flight, 0);
  writeSackHeader(sackBytes, 0, tsn, 65_536, 0, 0);
  queue.handleSack(sackView.bind(sackBytes, 0, 16), 1);
});

const tracker = new TsnTracker(0, 64);
let tsn = 0;
suite.add("TSN in order", () => {
  tracker.classify(tsn);
  tracker.add(tsn);
  tsn = (tsn + 1) >>> 0;
});

const wheel = new TimerWheel<number>();
const node = new TimerNode(1);
let deadlineMs = 1_000;
suite.add("timer moved", () => {
  deadlineMs += 0.001;
  wheel.set(node, deadlineMs, 0);
});

suite.on("cycle", ({ target }: Benchmark.Event) => console.log(String(target)));
suite.run();
