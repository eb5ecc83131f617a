/**
 * Micro-benchmarks of what every packet passes through: `npm run bench:micro`.
 * Owns: the hot parts by themselves. Does not own: whole associations (run.ts), crowds of them (scale.ts).
 */
import Benchmark from "benchmark";
import { OutboundMessage } from "../src/association/model/outbound-message.ts";
import { PathFlight } from "../src/association/paths/path-flight.ts";
import { DataAssembler } from "../src/association/receiving/data-assembler.ts";
import { TsnTracker } from "../src/association/receiving/tsn-tracker.ts";
import { Rfc9260LossDetector } from "../src/association/sending/rfc9260-loss-detector.ts";
import { SentLog } from "../src/association/sending/sent-log.ts";
import { COMMON_HEADER_BYTES } from "../src/chunks/common-header.ts";
import { crc32cUpdate, packetCrc32c } from "../src/chunks/crc32c.ts";
import { CrcKernel } from "../src/chunks/crc32c-kernel.ts";
import { DataChunkView } from "../src/chunks/data.ts";
import { decodePacket, encodePacket } from "../src/chunks/packet.ts";
import { PacketWriter } from "../src/chunks/packet-writer.ts";
import { SACK_HEADER_BYTES, SackView, writeSackHeader } from "../src/chunks/sack.ts";
import { PacketSlab } from "../src/chunks/slab.ts";
import { TlvCursor } from "../src/chunks/tlv.ts";
import { DATA_FORMAT } from "../src/chunks/user-data-format.ts";
import { TimerNode, TimerWheel } from "../src/timer/timer-wheel.ts";
import { readCommand } from "../tools/command-line.ts";

const FULL_PACKET = 1_472;
const BEGIN_AND_END = 3;
const suite = new Benchmark.Suite();
const { words: wanted } = readCommand({
  name: "bench:micro",
  about: "Micro-benchmarks of what every packet passes through.",
  options: {},
  words: { placeholder: "WORD", about: "measure only what has each of the words in its name: CRC32c" },
});

function measure(name: string, work: () => unknown): void {
  if (wanted.every((word) => name.includes(word))) suite.add(name, () => void work());
}

/** A function that uses the numbers from 0 on, as TSNs are used. */
function counting(use: (tsn: number) => void): () => void {
  let tsn = 0;
  return () => {
    use(tsn);
    tsn = (tsn + 1) >>> 0;
  };
}

function addChecksums(): void {
  const kernel = CrcKernel.make();
  for (const bytes of [64, FULL_PACKET, 65_507]) {
    const data = new Uint8Array(bytes).fill(0x61);
    measure(`CRC32c of ${bytes} bytes`, () => packetCrc32c(data, 8, 12));
    measure(`CRC32c of ${bytes} bytes in plain TypeScript`, () => crc32cUpdate(-1, data, 0, bytes));
    measure(`CRC32c of ${bytes} bytes in the kernel`, () => kernel?.crc(data, 8, 12));
  }
}

function addCodec(): void {
  const writer = new PacketWriter();
  const slab = new PacketSlab();
  const numbers = { tsn: 0, streamId: 0, ssn: 0, fragmentNumber: 0 };
  const fragment = { ...numbers, flags: BEGIN_AND_END, payloadStart: 0, payloadBytes: 0 };
  const packetOf = (count: number, payload: Uint8Array): number => {
    writer.begin(slab, 1, 2, 3, FULL_PACKET);
    for (let i = 0; i < count; i++) {
      fragment.tsn = i;
      fragment.ssn = i;
      fragment.payloadBytes = payload.length;
      writer.appendData(DATA_FORMAT, fragment, 0, payload);
    }
    return writer.finish();
  };
  const large = new Uint8Array(1_444);
  const small = new Uint8Array(64);
  measure("encode: packet of 1,444 bytes in one chunk", () => packetOf(1, large));
  measure("encode: packet of 18 chunks of 64 bytes", () => packetOf(18, small));

  const lengthBytes = packetOf(18, small);
  const cursor = new TlvCursor();
  const chunk = new DataChunkView();
  measure("decode: walk over 18 DATA chunks", () => {
    let sum = 0;
    cursor.bind(slab.bytes, COMMON_HEADER_BYTES, lengthBytes);
    while (cursor.next()) {
      chunk.bind(slab.bytes, cursor.start, cursor.lengthBytes);
      sum += chunk.tsn + chunk.streamId + chunk.sequenceNumber + chunk.ppid;
    }
    return sum;
  });
  const heartbeat = encodePacket({
    sourcePort: 1,
    destinationPort: 2,
    verificationTag: 3,
    chunks: [{ kind: "HEARTBEAT", parameters: new Uint8Array(0), info: new Uint8Array(20) }],
  });
  measure("decode: HEARTBEAT to an object", () => decodePacket(heartbeat));
}

function addSacks(): void {
  const { bytes, view } = new PacketSlab();
  const sack = new SackView();
  const message = new OutboundMessage(new Uint8Array(1_000));
  const flight = new PathFlight();
  const detector = new Rfc9260LossDetector();
  const log = new SentLog(0, detector);
  log.addFlight(flight);
  const send = (): number => log.send(message, BEGIN_AND_END, 0, 1_000, 1_016, flight, 0).tsn;
  measure("SACK: two chunks sent and acknowledged", () => {
    send();
    writeSackHeader(view, 0, send(), 65_536, 0, 0);
    log.onSack(sack.bind(bytes, 0, SACK_HEADER_BYTES), 1);
    detector.onSack(log, false);
  });

  const gappyFlight = new PathFlight();
  const gappyDetector = new Rfc9260LossDetector();
  const gappy = new SentLog(0, gappyDetector);
  gappy.addFlight(gappyFlight);
  const GAPS = 100;
  const sendGappy = (): number => gappy.send(message, BEGIN_AND_END, 0, 1_000, 1_016, gappyFlight, 0).tsn;
  let cumulative = -1;
  measure("SACK: 1,000 chunks sent, 100 gaps told and then closed", () => {
    let last = 0;
    for (let i = 0; i < 1_000; i++) last = sendGappy();
    writeSackHeader(view, 0, cumulative >>> 0, 65_536, GAPS, 0);
    for (let i = 0; i < GAPS; i++) {
      view.setUint16(SACK_HEADER_BYTES + 4 * i, 2 + 10 * i);
      view.setUint16(SACK_HEADER_BYTES + 4 * i + 2, 10 + 10 * i);
    }
    gappy.onSack(sack.bind(bytes, 0, SACK_HEADER_BYTES + 4 * GAPS), 1);
    gappyDetector.onSack(gappy, false);
    writeSackHeader(view, 0, last, 65_536, 0, 0);
    gappy.onSack(sack.bind(bytes, 0, SACK_HEADER_BYTES), 2);
    gappyDetector.onSack(gappy, false);
    cumulative = last;
  });
}

function addTsns(): void {
  const inOrder = new TsnTracker(0, 64);
  measure(
    "TSN: in order",
    counting((tsn) => {
      inOrder.classify(tsn);
      inOrder.add(tsn);
    }),
  );
  const swapped = new TsnTracker(0, 64);
  measure(
    "TSN: each pair swapped",
    counting((tsn) => {
      const other = (tsn ^ 1) >>> 0;
      swapped.classify(other);
      swapped.add(other);
    }),
  );
  const gappy = new TsnTracker(0, 64);
  for (let tsn = 2; tsn < 1_000; tsn += 2) gappy.add(tsn);
  const out = new DataView(new ArrayBuffer(4_096));
  measure("TSN: 499 gap blocks written", () => gappy.writeGapBlocks(out, 0, 1_000));
}

function addReassembly(): void {
  const FRAGMENTS = 46;
  const fragment = new Uint8Array(1_444);
  const assembler = new DataAssembler({
    minChargeBytes: 256,
    allocate: (bytes) => new Uint8Array(bytes),
    tsns: { has: () => false, remove: () => undefined, keep: () => undefined },
  });
  const chunk = {
    tsn: 0,
    streamId: 0,
    sequenceNumber: 0,
    ppid: 0,
    fragmentNumber: 0,
    isBeginning: false,
    isEnding: false,
    isUnordered: false,
    isImmediate: false,
    payloadStart: 16,
    payloadBytes: fragment.length,
  };
  let tsn = 0;
  const message = (indexOf: (i: number) => number): void => {
    for (let i = 0; i < FRAGMENTS; i++) {
      const at = indexOf(i);
      chunk.tsn = (tsn + at) >>> 0;
      chunk.isBeginning = at === 0;
      chunk.isEnding = at === FRAGMENTS - 1;
      assembler.add(chunk, fragment);
    }
    tsn = (tsn + FRAGMENTS) >>> 0;
  };
  measure("reassembly: 64 KiB in order", () => message((i) => i));
  measure("reassembly: 64 KiB backwards", () => message((i) => FRAGMENTS - 1 - i));
}

function addTimers(): void {
  const moved = new TimerWheel<number>();
  const node = new TimerNode(1);
  let deadlineMs = 1_000;
  measure("timer: moved", () => {
    deadlineMs += 0.001;
    moved.set(node, deadlineMs, 0);
  });
  const wheel = new TimerWheel<number>();
  const nodes = Array.from({ length: 1_000 }, (_, i) => new TimerNode(i));
  let nowMs = 0;
  measure("timer: 1,000 set and expired, over 30 s", () => {
    for (const each of nodes) wheel.set(each, nowMs + 30 * each.owner, nowMs);
    nowMs += 30_000;
    while (wheel.takeDue(nowMs) !== undefined);
  });
}

addChecksums();
addCodec();
addSacks();
addTsns();
addReassembly();
addTimers();
suite.on("cycle", ({ target }: Benchmark.Event) => {
  const { hz = Number.NaN, stats, name } = target;
  const time = hz > 1e6 ? `${(1e9 / hz).toFixed(1)} ns` : `${(1e6 / hz).toFixed(2)} us`;
  console.log(`${time.padStart(10)}  +-${(stats?.rme ?? Number.NaN).toFixed(1).padStart(4)} %  ${name}`);
});
suite.run();
