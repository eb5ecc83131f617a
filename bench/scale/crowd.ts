/**
 * One server stack in memory, and the clients that come to it.
 * Owns: set-up and data between them, packet by packet, and the CPU time of the server's own calls.
 * Does not own: what is measured when (../scale.ts).
 *
 * A client that has been set up is forgotten unless it is asked for again, so that the memory left is the server's.
 */
import {
  decodePacket,
  encodePacket,
  PacketSlab,
  type Platform,
  SctpError,
  SeededRandom,
  Stack,
  type TransportAddress,
} from "../../src/index.ts";
import { nodePlatform } from "../../src/node/common/platform.ts";

const SERVER = "10.255.255.254";
const UDP_PORT = 9_899;
const SCTP_PORT = 5_001;
const FIRST_CLIENT_PORT = 1_024;
/** Associations of one client address. */
const PER_CLIENT = 1_000;

/** The numbers are seeded, so that every run builds the same crowd. */
function seededPlatform(): Platform {
  return { ...nodePlatform, random: new SeededRandom(1) };
}

function clientAddress(index: number): string {
  return `10.${(index >>> 16) & 255}.${(index >>> 8) & 255}.${index & 255}`;
}

interface Letter {
  readonly datagram: Uint8Array;
  readonly from: TransportAddress;
}

export class Crowd {
  readonly server: Stack;
  /** Milliseconds of CPU time spent in the server's calls since `restartClock`. */
  serverMs = 0;
  nowMs = 1_000;
  /** Packets that the server received since `restartClock`. */
  received = 0;
  readonly #platform: Platform = seededPlatform();
  readonly #slab = new PacketSlab();
  #clients = 0;

  constructor() {
    const options = { maxInitAnswersPerSecond: 100_000_000 };
    this.server = new Stack({ platform: this.#platform, udpPort: UDP_PORT, options });
    this.server.addLocalAddress(SERVER);
    this.server.listen({ port: SCTP_PORT });
  }

  restartClock(): void {
    this.serverMs = 0;
    this.received = 0;
  }

  /** Sets associations up, and gives the client side of them. */
  join(count: number): Client {
    const client = new Client(this.#platform, clientAddress(++this.#clients));
    for (let i = 0; i < count; i++) client.connect(this.nowMs);
    this.exchange(client);
    this.nowMs += 1;
    return client;
  }

  /** Grows to so many associations; all of their clients are forgotten. */
  growTo(count: number): void {
    while (this.server.associationCount < count) {
      this.join(Math.min(PER_CLIENT, count - this.server.associationCount));
    }
  }

  /** Carries packets to and fro until both are silent. */
  exchange(client: Client): void {
    for (;;) {
      const letters = client.write(this.nowMs, this.#slab);
      this.#deliver(letters);
      const answers = this.#serverWrites();
      for (const { datagram } of answers) client.read(datagram, this.nowMs);
      if (letters.length === 0 && answers.length === 0) return;
    }
  }

  /** Lets time pass; every heartbeat of the server's is answered. Returns how many there were. */
  idle(durationMs: number, tagOf: ReadonlyMap<string, number>): number {
    const endMs = this.nowMs + durationMs;
    let heartbeats = 0;
    for (;;) {
      const dueMs = this.server.nextDeadlineMs();
      if (dueMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, dueMs);
      this.#timed(() => this.server.handleTimeout(this.nowMs));
      const acks = this.#serverWrites().flatMap(({ datagram, from }) =>
        this.#acknowledge(datagram, from, tagOf),
      );
      heartbeats += acks.length;
      this.#deliver(acks);
      this.#serverWrites();
    }
    this.nowMs = endMs;
    return heartbeats;
  }

  /** The server's tag of each association, by the peer's address and port. */
  tags(): Map<string, number> {
    const tags = new Map<string, number>();
    for (const association of this.server.associations) {
      tags.set(`${association.primaryAddress} ${association.remotePort}`, association.localTag);
    }
    return tags;
  }

  #deliver(letters: readonly Letter[]): void {
    this.received += letters.length;
    this.#timed(() => {
      for (const { datagram, from } of letters) this.server.receive(datagram, from, SERVER, this.nowMs);
      for (let event = this.server.pollEvent(); event !== undefined; event = this.server.pollEvent()) {
        if (event.kind === "readable") while (event.association.receiveMessage(this.nowMs) !== undefined);
      }
    });
  }

  #serverWrites(): Letter[] {
    const letters: Letter[] = [];
    this.#timed(() => {
      for (;;) {
        const transmit = this.server.pollTransmit(this.#slab, this.nowMs);
        if (transmit === undefined) break;
        const from = { address: transmit.remoteAddress, port: transmit.remoteUdpPort };
        letters.push({ datagram: this.#slab.bytes.slice(0, transmit.lengthBytes), from });
      }
    });
    return letters;
  }

  #acknowledge(datagram: Uint8Array, from: TransportAddress, tagOf: ReadonlyMap<string, number>): Letter[] {
    const packet = decodePacket(datagram);
    const [chunk] = packet.chunks;
    const verificationTag = tagOf.get(`${from.address} ${packet.destinationPort}`);
    if (chunk?.kind !== "HEARTBEAT" || verificationTag === undefined) return [];
    const ack = encodePacket({
      sourcePort: packet.destinationPort,
      destinationPort: packet.sourcePort,
      verificationTag,
      chunks: [{ ...chunk, kind: "HEARTBEAT ACK" }],
    });
    return [{ datagram: ack, from }];
  }

  #timed(work: () => void): void {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    this.serverMs += (user + system) / 1_000;
  }
}

/** The client side of some associations: one address, one UDP port. */
export class Client {
  readonly stack: Stack;
  readonly #address: string;
  #nextPort = FIRST_CLIENT_PORT;

  constructor(platform: Platform, address: string) {
    this.#address = address;
    this.stack = new Stack({ platform, udpPort: UDP_PORT });
    this.stack.addLocalAddress(address);
  }

  connect(nowMs: number): void {
    this.stack.connect(
      {
        remoteAddresses: [SERVER],
        remotePort: SCTP_PORT,
        remoteUdpPort: UDP_PORT,
        localPort: this.#nextPort++,
      },
      nowMs,
    );
  }

  /** One message on each association. */
  sendAll(data: Uint8Array, nowMs: number): void {
    for (const association of this.stack.associations) {
      if (association.state !== "ESTABLISHED") throw new SctpError("ERR_SCTP_NOT_CONNECTED", "not set up");
      association.send(data, {}, nowMs);
    }
  }

  write(nowMs: number, slab: PacketSlab): Letter[] {
    const letters: Letter[] = [];
    for (;;) {
      const transmit = this.stack.pollTransmit(slab, nowMs);
      if (transmit === undefined) return letters;
      const datagram = slab.bytes.slice(0, transmit.lengthBytes);
      letters.push({ datagram, from: { address: this.#address, port: UDP_PORT } });
    }
  }

  read(datagram: Uint8Array, nowMs: number): void {
    this.stack.receive(datagram, { address: SERVER, port: UDP_PORT }, this.#address, nowMs);
    while (this.stack.pollEvent() !== undefined);
  }
}
