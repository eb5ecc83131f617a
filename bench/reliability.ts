/**
 * What reliability costs in time: `npm run bench:reliability`. A sensor, a game or a call sends 1,200 bytes every 10 ms over a
 * path that loses packets; how late they are, by how they are sent. In virtual time, so the figures are the protocol's alone.
 *
 * Owns: the ways to send, the account. Does not own: the network (src/sim).
 */
import type { AssociationOptionsInput, Reliability } from "../src/core.ts";
import { SimWorld } from "../src/sim/index.ts";
import { positiveNumber, readCommand, wholeNumber } from "../tools/command-line.ts";

const { values } = readCommand({
  name: "bench:reliability",
  about:
    "Messages of 1,200 bytes at a steady pace over a path that loses packets: latency and losses, reliable or not, on one stream " +
    "or on several, in virtual time.",
  options: {
    seconds: positiveNumber("of virtual time", 60),
    every: positiveNumber("ms from one message to the next", 10),
    rtt: positiveNumber("round trip in ms", 100),
    loss: positiveNumber("share of the packets that is lost, each way, in percent", 4),
    seed: wholeNumber("of all chance", 1, { from: 0 }),
  },
});
const MESSAGE_BYTES = 1_200;
/** Time for the set-up, so that the first message waits for nothing. */
const BEGIN_MS = 1_000;
/** After the last message: everything that is still coming has come. */
const PATIENCE_MS = 60_000;
const PORT = 7;
const SENDER = "10.0.0.1";
const RECEIVER = "10.0.0.2";
/** A path MTU of 1,500: each message has a packet to itself. */
const PACKET_BYTES = 1_472;

interface Way {
  readonly name: string;
  readonly streams: number;
  readonly reliability?: Reliability;
  readonly options?: AssociationOptionsInput;
}

const INTERLEAVED: AssociationOptionsInput = { interleaving: true, streamScheduler: "rr" };
const WAYS: readonly Way[] = [
  { name: "reliable, one stream", streams: 1 },
  { name: "reliable, 8 interleaved streams", streams: 8, options: INTERLEAVED },
  { name: "maxRetransmits: 0, one stream", streams: 1, reliability: { maxRetransmits: 0 } },
  { name: "lifetimeMs: 150, one stream", streams: 1, reliability: { lifetimeMs: 150 } },
  {
    name: "lifetimeMs: 150, 8 interleaved streams",
    streams: 8,
    reliability: { lifetimeMs: 150 },
    options: INTERLEAVED,
  },
];

/** Latencies in ms, in the order of arrival. */
function latenciesOf({ streams, reliability, options = {} }: Way): number[] {
  const world = new SimWorld({ seed: values.seed });
  const sender = world.host("sender", [SENDER]);
  const receiver = world.host("receiver", [RECEIVER]);
  const delayMs = values.rtt / 2;
  world.link(SENDER, RECEIVER, { delayMinMs: delayMs, delayMaxMs: delayMs, lossRate: values.loss / 100 });
  const all = { ...options, maxPacketBytes: PACKET_BYTES };
  receiver.listen(PORT, all);
  const latencies: number[] = [];
  receiver.takeEvent = ({ kind, association }) => {
    if (kind !== "readable") return false;
    for (;;) {
      const message = association.receiveMessage(world.nowMs);
      if (message === undefined) return true;
      const { buffer, byteOffset } = message.data;
      latencies.push(world.nowMs - new DataView(buffer, byteOffset).getFloat64(0));
    }
  };
  const association = sender.connect([RECEIVER], PORT, all);
  const count = (values.seconds * 1_000) / values.every;
  for (let i = 0; i < count; i++) {
    const atMs = BEGIN_MS + i * values.every;
    world.at(atMs, () => {
      const message = new Uint8Array(MESSAGE_BYTES);
      new DataView(message.buffer).setFloat64(0, atMs);
      association.association.send(message, { streamId: i % streams, reliability }, world.nowMs);
      sender.flush();
    });
  }
  world.run(BEGIN_MS + values.seconds * 1_000 + PATIENCE_MS);
  return latencies;
}

const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0);

const sentCount = (values.seconds * 1_000) / values.every;
const [name, ...rest] = ["sent", "p50 ms", "p99 ms", "longest ms", "lost"];
const row = (cells: readonly string[]): string =>
  cells.map((cell, i) => (i === 0 ? cell.padEnd(40) : cell.padStart(11))).join("");
console.log(
  `${sentCount} messages of ${MESSAGE_BYTES} bytes, one every ${values.every} ms; RTT ${values.rtt} ms, ${values.loss} % lost each way`,
);
console.log(row([name as string, ...rest]));
for (const way of WAYS) {
  const sorted = latenciesOf(way).sort((a, b) => a - b);
  const lost = `${((100 * (sentCount - sorted.length)) / sentCount).toFixed(1)} %`;
  console.log(row([way.name, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1), lost]));
}
