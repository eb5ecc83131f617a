/**
 * What the core alone costs: `npm run bench:core`. Two stacks in one process hand each other datagrams without a socket;
 * CPU time and the garbage of a packet are theirs alone, and neither depends on what else the host does.
 *
 *   --seconds N   of each row: 1.5
 *   --only TEXT   rows that contain it
 *
 * Owns: the pair of stacks, the rows. Does not own: what Node's sockets cost (run.ts), single functions (micro.ts).
 */
import { parseArgs } from "node:util";
import { type Association, PacketSlab, SeededRandom, Stack } from "../src/index.ts";
import { nodePlatform } from "../src/node/common/platform.ts";
import { AllocationMeter } from "./peers/node/allocation.ts";

const { values } = parseArgs({
  options: { seconds: { type: "string", default: "1.5" }, only: { type: "string", default: "" } },
});
const UDP_PORT = 9_899;
const SCTP_PORT = 7;
const [CLIENT, SERVER] = ["10.0.0.1", "10.0.0.2"];
/** Datagrams of one turn, as the Node driver has it. */
const BATCH = 32;
const MS_PER_PACKET = 0.005;
const WARM_UP_SECONDS = 1;

/** Memory for datagrams under way, used again and again: what is allocated is the stacks'. */
class Mail {
  readonly #memory = Array.from({ length: 4 * BATCH }, () => new Uint8Array(65_536));
  readonly #views: Map<number, Uint8Array>[] = this.#memory.map(() => new Map());
  #next = 0;

  copy(slab: PacketSlab, lengthBytes: number): Uint8Array {
    const at = this.#next++ % this.#memory.length;
    const views = this.#views[at] as Map<number, Uint8Array>;
    let view = views.get(lengthBytes);
    if (view === undefined) {
      view = (this.#memory[at] as Uint8Array).subarray(0, lengthBytes);
      views.set(lengthBytes, view);
    }
    view.set(sliceOf(slab, lengthBytes));
    return view;
  }
}

const slices = new Map<number, Uint8Array>();
const slab = new PacketSlab();

function sliceOf({ bytes }: PacketSlab, lengthBytes: number): Uint8Array {
  let slice = slices.get(lengthBytes);
  if (slice === undefined) {
    slice = bytes.subarray(0, lengthBytes);
    slices.set(lengthBytes, slice);
  }
  return slice;
}

class Pair {
  messages = 0;
  packets = 0;
  readonly #mail = new Mail();
  readonly #client = newStack(1, CLIENT);
  readonly #server = newStack(2, SERVER);
  readonly #association: Association;
  readonly #letters: Uint8Array[] = [];
  #nowMs = 1_000;

  constructor(maxPacketBytes: number) {
    const options = { maxPacketBytes };
    this.#server.listen({ port: SCTP_PORT, options });
    const peer = { remoteAddresses: [SERVER], remotePort: SCTP_PORT, remoteUdpPort: UDP_PORT };
    this.#association = this.#client.connect({ ...peer, options }, this.#nowMs);
  }

  /** One turn of either side's event loop. */
  turn(message: Uint8Array): void {
    if (this.#association.state === "ESTABLISHED") {
      while (this.#association.isWritable) this.#association.send(message, {}, this.#nowMs);
    }
    const moved = this.#carry(this.#client, this.#server, CLIENT, SERVER);
    const answered = this.#carry(this.#server, this.#client, SERVER, CLIENT);
    this.packets += moved + answered;
    this.#nowMs += MS_PER_PACKET * (moved + answered);
    if (moved + answered === 0) this.#wait();
  }

  #carry(sender: Stack, receiver: Stack, from: string, to: string): number {
    const letters = this.#letters;
    letters.length = 0;
    for (let i = 0; i < BATCH; i++) {
      const transmit = sender.pollTransmit(slab, this.#nowMs);
      if (transmit === undefined) break;
      letters.push(this.#mail.copy(slab, transmit.lengthBytes));
    }
    const source = { address: from, port: UDP_PORT };
    for (const letter of letters) receiver.receive(letter, source, to, this.#nowMs);
    for (let event = receiver.pollEvent(); event !== undefined; event = receiver.pollEvent()) {
      if (event.kind !== "readable") continue;
      while (event.association.receiveMessage(this.#nowMs) !== undefined) this.messages++;
    }
    return letters.length;
  }

  /** Nothing can be sent before some deadline: with nothing lost that should be rare. */
  #wait(): void {
    this.#nowMs = Math.max(
      this.#nowMs,
      Math.min(this.#client.nextDeadlineMs(), this.#server.nextDeadlineMs()),
    );
    this.#client.handleTimeout(this.#nowMs);
    this.#server.handleTimeout(this.#nowMs);
  }
}

function newStack(seed: number, address: string): Stack {
  const platform = { ...nodePlatform, random: new SeededRandom(seed) };
  const stack = new Stack({ platform, udpPort: UDP_PORT });
  stack.addLocalAddress(address);
  return stack;
}

/** Runs turns until so much CPU time has been used; returns how much it was, in seconds. */
function spend(pair: Pair, message: Uint8Array, seconds: number): number {
  const start = process.cpuUsage();
  for (;;) {
    for (let i = 0; i < 100; i++) pair.turn(message);
    const { user, system } = process.cpuUsage(start);
    if ((user + system) / 1e6 >= seconds) return (user + system) / 1e6;
  }
}

function measure(messageBytes: number, maxPacketBytes: number): void {
  const name = `${messageBytes} B in packets of ${maxPacketBytes}`;
  if (!name.includes(values.only)) return;
  const message = new Uint8Array(messageBytes).fill(0x61);
  const pair = new Pair(maxPacketBytes);
  spend(pair, message, WARM_UP_SECONDS);
  const meter = new AllocationMeter();
  meter.take();
  const [messages, packets] = [pair.messages, pair.packets];
  const seconds = spend(pair, message, Number(values.seconds));
  const allocated = meter.take() ?? Number.NaN;
  const [moreMessages, morePackets] = [pair.messages - messages, pair.packets - packets];
  const cells = [
    ((seconds / morePackets) * 1e9).toFixed(0),
    ((seconds / moreMessages) * 1e9).toFixed(0),
    ((moreMessages * messageBytes) / 1e6 / seconds).toFixed(0),
    (allocated / morePackets).toFixed(0),
    (allocated / moreMessages).toFixed(0),
  ];
  console.log(cells.map((cell) => cell.padStart(10)).join("  "), ` ${name}`);
}

console.log(" ns/packet  ns/message    MB/CPU-s    B/packet   B/message");
for (const size of [64, 1_000, 1_400, 16_384, 65_536]) measure(size, 1_472);
for (const size of [16_384, 65_536]) measure(size, 8_972);
for (const size of [16_384, 65_536]) measure(size, 64_972);
