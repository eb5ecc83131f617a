/**
 * Two stacks in one process that hand each other datagrams without a socket.
 * Owns: the pair and its virtual time. Does not own: what is measured of it (core-alone.ts).
 *
 * A baseline older than this file is driven by the first version of it: it needs no more than the door of the core.
 */
import {
  type Association,
  type AssociationOptionsInput,
  PacketSlab,
  PortableHmac,
  SeededRandom,
  Stack,
} from "../../../src/core.ts";

export const UDP_PORT = 9_899;
export const SCTP_PORT = 7;
export const [CLIENT, SERVER] = ["10.0.0.1", "10.0.0.2"] as const;
/** Datagrams of one turn, as the Node driver has it. */
const BATCH = 32;
const MS_PER_PACKET = 0.005;
const START_MS = 1_000;

/** A stack whose random numbers come from the seed. */
export function openStack(seed: number, address: string): Stack {
  const platform = {
    random: new SeededRandom(seed),
    hmac: new PortableHmac(),
    allocate: (lengthBytes: number): Uint8Array => Buffer.allocUnsafeSlow(lengthBytes),
  };
  const stack = new Stack({ platform, udpPort: UDP_PORT });
  stack.addLocalAddress(address);
  return stack;
}

/** Views of one piece of memory by their length: a view that exists costs the garbage collector nothing. */
class Views {
  readonly #bytes: Uint8Array;
  readonly #byLength = new Map<number, Uint8Array>();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  of(lengthBytes: number): Uint8Array {
    let view = this.#byLength.get(lengthBytes);
    if (view === undefined) {
      view = this.#bytes.subarray(0, lengthBytes);
      this.#byLength.set(lengthBytes, view);
    }
    return view;
  }
}

/** Memory for datagrams under way, used again and again: what is allocated is the stacks'. */
class Mail {
  readonly #memory = Array.from({ length: 4 * BATCH }, () => new Views(new Uint8Array(65_536)));
  #next = 0;

  copy(datagram: Uint8Array): Uint8Array {
    const views = this.#memory[this.#next++ % this.#memory.length] as Views;
    const copy = views.of(datagram.length);
    copy.set(datagram);
    return copy;
  }
}

export class MemoryPair {
  messages = 0;
  packets = 0;
  readonly #mail = new Mail();
  readonly #slab = new PacketSlab();
  readonly #slabViews = new Views(this.#slab.bytes);
  readonly #client = openStack(1, CLIENT);
  readonly #server = openStack(2, SERVER);
  readonly #association: Association;
  readonly #letters: Uint8Array[] = [];
  readonly #message: Uint8Array;
  #nowMs = START_MS;

  /** @param chosen options of both ends, beyond the size of packets */
  constructor(messageBytes: number, maxPacketBytes: number, chosen: AssociationOptionsInput = {}) {
    this.#message = new Uint8Array(messageBytes).fill(0x61);
    const options = { ...chosen, maxPacketBytes };
    this.#server.listen({ port: SCTP_PORT, options });
    const peer = { remoteAddresses: [SERVER], remotePort: SCTP_PORT, remoteUdpPort: UDP_PORT };
    this.#association = this.#client.connect({ ...peer, options }, this.#nowMs);
  }

  /** One turn of either side's event loop. */
  turn(): void {
    if (this.#association.state === "ESTABLISHED") {
      while (this.#association.isWritable) this.#association.send(this.#message, {}, this.#nowMs);
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
      const transmit = sender.pollTransmit(this.#slab, this.#nowMs);
      if (transmit === undefined) break;
      letters.push(this.#mail.copy(this.#slabViews.of(transmit.lengthBytes)));
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
