/**
 * Attacks that are made of bytes, over real UDP sockets on the loopback interface.
 * Owns: a raw peer that says what it likes. Does not own: what happens in detail (test/attack, in virtual time).
 *
 * Nothing is measured here, and silence is shown by what comes next: after bytes that must not be answered goes a packet
 * that must be, and the first answer is to that one.
 */
import type { Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Chunk } from "../../src/chunks/chunk.ts";
import { decodePacket, encodePacket, type Packet } from "../../src/chunks/packet.ts";
import { connect, createServer, type Message, type Server, type Socket, UdpPort } from "../../src/index.ts";
import { createHostSocket } from "../../src/node/transport/deno-socket.ts";
import { SeededRandom } from "../../src/platform/random.ts";
import {
  cookieOf,
  dataChunk,
  echoOf,
  HEARTBEAT,
  initChunk,
  PEER_PORT,
  PEER_TSN,
} from "../conformance/lab.ts";

const HOST = "127.0.0.1";
const PORT = 7;

/** A UDP socket that speaks SCTP only as far as the test writes it. */
class RawPeer {
  readonly #socket: UdpSocket = createHostSocket({ type: "udp4" });
  readonly #arrived: Packet[] = [];
  #waiting: ((packet: Packet) => void) | undefined;

  async open(udpPort: number): Promise<void> {
    this.#socket.on("message", (datagram) => {
      const packet = decodePacket(datagram);
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting === undefined) this.#arrived.push(packet);
      else waiting(packet);
    });
    this.#socket.on("error", () => {});
    this.#socket.bind(0, HOST);
    await once(this.#socket, "listening");
    this.#socket.setRecvBufferSize(4_194_304);
    this.#socket.connect(udpPort, HOST);
    await once(this.#socket, "connect");
  }

  async sendBytes(bytes: Uint8Array): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.send(bytes, () => resolve()));
    await new Promise((resolve) => setImmediate(resolve)); // Some runtimes send without a turn in which the other end reads.
  }

  async send(tag: number, chunks: readonly Chunk[], destinationPort = PORT): Promise<void> {
    await this.sendBytes(
      encodePacket({ sourcePort: PEER_PORT, destinationPort, verificationTag: tag, chunks }),
    );
  }

  async next(): Promise<Packet> {
    const packet = this.#arrived.shift();
    if (packet !== undefined) return packet;
    return await new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** The next packet that has a chunk of that kind. */
  async nextWith<K extends Chunk["kind"]>(kind: K): Promise<Extract<Chunk, { readonly kind: K }>> {
    for (;;) {
      const { chunks } = await this.next();
      const chunk = chunks.find((each): each is Extract<Chunk, { readonly kind: K }> => each.kind === kind);
      if (chunk !== undefined) return chunk;
    }
  }

  /** Makes an association; returns the tag of its other end. */
  async associate(): Promise<number> {
    await this.send(0, [initChunk()]);
    const initAck = await this.nextWith("INIT ACK");
    await this.send(initAck.initiateTag, [echoOf(initAck)]);
    await this.nextWith("COOKIE ACK");
    return initAck.initiateTag;
  }

  /** Asks for an answer that only a stranger gets, and returns the first packet that has come since. */
  async probe(): Promise<string[]> {
    await this.send(0x5eed, [{ kind: "SHUTDOWN ACK" }], 9);
    return (await this.next()).chunks.map(({ kind }) => kind);
  }

  close(): void {
    this.#socket.close();
  }
}

let udp: UdpPort;
let server: Server;
let peer: RawPeer;

beforeEach(async () => {
  udp = await UdpPort.open({ localUdpPort: 0, localAddresses: [HOST] });
  server = createServer();
  server.listen({ port: PORT, udp });
  await once(server, "listening");
  peer = new RawPeer();
  await peer.open(udp.localUdpPort);
});

afterEach(() => {
  peer.close();
  udp.close();
});

/** Whoever means it is served as ever. */
async function expectService(): Promise<void> {
  const connection = once(server, "connection") as Promise<[Socket]>;
  const client = await connect({ port: PORT, host: HOST, remoteUdpPort: udp.localUdpPort }).opened;
  const [accepted] = await connection;
  await client.send("hello");
  const { value } = (await accepted.messages().next()) as { value: Message };
  expect(value.data.toString()).toBe("hello");
  const closed = once(client, "close");
  client.on("error", () => {});
  accepted.on("error", () => {});
  client.destroy();
  await closed;
}

describe("bytes that are no packets", () => {
  it.each([1, 2])("of random length and content are not answered (seed %i)", async (seed) => {
    const random = new SeededRandom(seed);
    for (let i = 0; i < 300; i++) {
      const bytes = new Uint8Array(random.uint32() % (i % 30 === 0 ? 65_000 : 300));
      random.fill(bytes);
      await peer.sendBytes(bytes);
    }
    expect(await peer.probe()).toEqual(["SHUTDOWN COMPLETE"]);
    expect(udp.associationCount).toBe(0);
    await expectService();
  });

  it("that were a packet, cut short at each length, are not answered", async () => {
    const init = encodePacket({
      sourcePort: PEER_PORT,
      destinationPort: PORT,
      verificationTag: 0,
      chunks: [initChunk()],
    });
    for (let length = 0; length < init.length; length++) await peer.sendBytes(init.subarray(0, length));
    expect(await peer.probe()).toEqual(["SHUTDOWN COMPLETE"]);
  });
});

describe("a flood of INITs", () => {
  it("leaves no association, and room for who means it", async () => {
    for (let i = 0; i < 2_000; i++) await peer.send(0, [initChunk({ initiateTag: i + 1 })]);
    await peer.nextWith("INIT ACK");
    expect(udp.associationCount).toBe(0);
    await expectService();
  });
});

describe("cookies", () => {
  it("that are forged or cut short are not answered; the true one is", async () => {
    await peer.send(0, [initChunk()]);
    const initAck = await peer.nextWith("INIT ACK");
    const cookie = Uint8Array.from(cookieOf(initAck));
    for (let at = 0; at < cookie.length; at++) {
      const forged = cookie.slice();
      forged[at] = (forged[at] ?? 0) ^ 0x80;
      await peer.send(initAck.initiateTag, [{ kind: "COOKIE ECHO", cookie: forged }]);
      await peer.send(initAck.initiateTag, [{ kind: "COOKIE ECHO", cookie: cookie.subarray(0, at) }]);
    }
    expect(await peer.probe()).toEqual(["SHUTDOWN COMPLETE"]);
    expect(udp.associationCount).toBe(0);
    await peer.send(initAck.initiateTag, [{ kind: "COOKIE ECHO", cookie }]);
    await peer.nextWith("COOKIE ACK");
    expect(udp.associationCount).toBe(1);
  });
});

describe("what is to be echoed", () => {
  it("a HEARTBEAT of 65,492 bytes comes back whole", async () => {
    const tag = await peer.associate();
    const parameters = new Uint8Array(65_488).fill(0x5a);
    new DataView(parameters.buffer).setUint32(0, (1 << 16) | 65_488);
    await peer.send(tag, [{ kind: "HEARTBEAT", parameters, info: undefined }]);
    expect((await peer.nextWith("HEARTBEAT ACK")).parameters).toEqual(Buffer.from(parameters));
  });

  it("an unknown chunk as large as a datagram is not, and stops nothing", async () => {
    const tag = await peer.associate();
    const value = new Uint8Array(65_488);
    await peer.send(tag, [{ kind: "unknown", type: 0xfe, flags: 0, value }]);
    await peer.send(tag, [HEARTBEAT]);
    expect((await peer.next()).chunks.map(({ kind }) => kind)).toEqual(["HEARTBEAT ACK"]);
    await expectService();
  });

  it("an unknown parameter as large as a datagram is not, and its INIT is answered", async () => {
    await peer.send(0, [
      initChunk({ parameters: [{ kind: "unknown", type: 0xf000, value: new Uint8Array(65_468) }] }),
    ]);
    const initAck = await peer.nextWith("INIT ACK");
    expect(initAck.parameters.map(({ kind }) => kind)).toEqual(["State Cookie"]);
    await expectService();
  });
});

describe("an association", () => {
  it("does not end by ABORTs, SHUTDOWNs and data that have not its tag", async () => {
    const connection = once(server, "connection") as Promise<[Socket]>;
    const tag = await peer.associate();
    const [accepted] = await connection;
    accepted.on("error", () => {});
    for (let bit = 0; bit < 32; bit++) {
      const wrong = (tag ^ (1 << bit)) >>> 0;
      await peer.send(wrong, [{ kind: "ABORT", tagReflected: false, causes: [] }]);
      await peer.send(wrong, [{ kind: "ABORT", tagReflected: true, causes: [] }]);
      await peer.send(wrong, [{ kind: "SHUTDOWN", cumulativeTsnAck: 0 }]);
      await peer.send(wrong, [dataChunk()]);
    }
    await peer.send(tag, [dataChunk({ tsn: PEER_TSN, payload: new TextEncoder().encode("still here") })]);
    const { value } = (await accepted.messages().next()) as { value: Message };
    expect(value.data.toString()).toBe("still here");
    expect(udp.associationCount).toBe(1);
    expect(udp.counters["bad-verification-tag"]).toBe(128);
  });

  it("answers a packet of a thousand chunks with one packet", async () => {
    const tag = await peer.associate();
    await peer.send(tag, new Array<Chunk>(1_000).fill(HEARTBEAT));
    expect((await peer.next()).chunks.length).toBeLessThanOrEqual(150);
    expect(await peer.probe()).toEqual(["SHUTDOWN COMPLETE"]);
  });
});
