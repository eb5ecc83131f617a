/**
 * A laboratory bench: one stack under test, and a peer of which the test writes every chunk.
 * Owns: virtual time, the addresses of both, the handshake up to any state, sending and collecting packets.
 * Does not own: what is right (the tests), any protocol behaviour of the peer's.
 */
import type { Association } from "../../src/association/association.ts";
import type { AssociationEvent } from "../../src/association/association-event.ts";
import type { AssociationExtension } from "../../src/association/extensions/association-extension.ts";
import type { SendInfo } from "../../src/association/model/send-info.ts";
import type { AssociationState } from "../../src/association/model/state.ts";
import { type AssociationOptions, NEVER_EXCEEDED, type StackOptions } from "../../src/base/options.ts";
import type {
  Chunk,
  DataChunk,
  ForwardTsnChunk,
  IDataChunk,
  IForwardTsnChunk,
  InitAckChunk,
  InitChunk,
  SackChunk,
} from "../../src/chunks/chunk.ts";
import { decodePacket, encodePacket } from "../../src/chunks/packet.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import { PacketSlab, SLAB_BYTES } from "../../src/chunks/slab.ts";
import { PortableHmac } from "../../src/platform/portable-hmac.ts";
import { type RandomSource, SeededRandom } from "../../src/platform/random.ts";
import { Stack } from "../../src/stack/stack.ts";
import type { LowerLayer } from "../../src/stack/types.ts";

export const OUR_ADDRESS = "10.0.0.1";
export const OUR_SECOND_ADDRESS = "10.1.0.1";
export const PEER_ADDRESS = "10.0.0.2";
export const PEER_SECOND_ADDRESS = "10.1.0.2";
export const OUR_PORT = 7;
export const PEER_PORT = 5_001;
export const UDP_PORT = 9_899;
export const PEER_TAG = 0x11223344;
export const PEER_TSN = 0x1000;
/** Payload of a packet of 1,200 bytes that one DATA chunk fills. */
export const FULL_PAYLOAD = 1_172;
const HOUR_MS = 3_600_000;
/** What RFC 9260 says is tested to the letter: a path is left when it is inactive, unless the options say otherwise. */
const AS_RFC_9260 = { potentiallyFailedMaxRetrans: NEVER_EXCEEDED } as const;
/** RFC 9260 7.2 to the letter, and no probes of a tail before T3-rtx: named where a test's numbers are those. */
export const BY_RFC_9260_7_2 = { congestionControl: "rfc9260", lossDetection: "rfc9260" } as const;

/** A packet that the stack sent. */
export interface SentPacket {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly toUdpPort: number;
  readonly tag: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly lengthBytes: number;
  readonly chunks: readonly Chunk[];
  /** The chunks' names, for a short comparison. */
  readonly kinds: readonly Chunk["kind"][];
  readonly bytes: Uint8Array;
}

export interface LabOptions {
  readonly localAddresses?: readonly string[];
  readonly stack?: Partial<StackOptions>;
  readonly random?: RandomSource;
  /** What is known of the way to an address (RFC 8899); nothing if absent. */
  readonly limitsTo?: LowerLayer["limitsTo"];
  /** Those that are built in; the stack's own if absent. */
  readonly extensions?: readonly AssociationExtension[];
}

/** How a packet to the stack differs from the plain one. */
export interface Envelope {
  readonly tag?: number;
  readonly from?: string;
  readonly fromUdpPort?: number;
  readonly to?: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
}

type ChunkOf<K extends Chunk["kind"]> = Extract<Chunk, { readonly kind: K }>;

export class Lab {
  readonly stack: Stack;
  readonly events: AssociationEvent[] = [];
  /** Everything that was sent so far. */
  readonly sent: SentPacket[] = [];
  nowMs = 1_000;
  readonly #slab: PacketSlab = new PacketSlab();

  constructor(options: LabOptions = {}) {
    const { localAddresses = [OUR_ADDRESS], random = new SeededRandom(1) } = options;
    const platform = {
      random,
      hmac: new PortableHmac(),
      allocate: (lengthBytes: number) => new Uint8Array(lengthBytes),
    };
    this.stack = new Stack({ platform, udpPort: UDP_PORT, options: options.stack ?? {} }, options.extensions);
    const lowerLayer = { maxPacketBytes: SLAB_BYTES, limitsTo: options.limitsTo };
    for (const address of localAddresses) this.stack.addLocalAddress(address, lowerLayer);
  }

  /** Gives the stack a datagram and returns the packets with which it answers at once. */
  receiveBytes(datagram: Uint8Array, envelope: Envelope = {}): SentPacket[] {
    const { from = PEER_ADDRESS, fromUdpPort = UDP_PORT, to = OUR_ADDRESS } = envelope;
    this.stack.receive(datagram, { address: from, port: fromUdpPort }, to, this.nowMs);
    return this.flush();
  }

  /** Gives the stack a packet and returns the packets with which it answers at once. */
  receive(chunks: readonly Chunk[], envelope: Envelope = {}): SentPacket[] {
    const { tag = 0, sourcePort = PEER_PORT, destinationPort = OUR_PORT } = envelope;
    return this.receiveBytes(
      encodePacket({ sourcePort, destinationPort, verificationTag: tag, chunks }),
      envelope,
    );
  }

  /** Collects what the stack wants to send and to say at this moment. */
  flush(): SentPacket[] {
    const packets: SentPacket[] = [];
    for (let round = 0; round < 100_000; round++) {
      this.#collectEvents();
      const transmit = this.stack.pollTransmit(this.#slab, this.nowMs);
      if (transmit === undefined) break;
      const bytes = this.#slab.bytes.slice(0, transmit.lengthBytes);
      const packet = decodePacket(bytes);
      if (!packet.checksumValid) throw new Error("the stack sent a packet with a wrong checksum");
      packets.push({
        atMs: this.nowMs,
        from: transmit.localAddress,
        to: transmit.remoteAddress,
        toUdpPort: transmit.remoteUdpPort,
        tag: packet.verificationTag,
        sourcePort: packet.sourcePort,
        destinationPort: packet.destinationPort,
        lengthBytes: transmit.lengthBytes,
        chunks: packet.chunks,
        kinds: packet.chunks.map(({ kind }) => kind),
        bytes,
      });
    }
    this.#collectEvents(); // A message may have been given up instead of sent.
    this.sent.push(...packets);
    return packets;
  }

  #collectEvents(): void {
    for (let event = this.stack.pollEvent(); event !== undefined; event = this.stack.pollEvent())
      this.events.push(event);
  }

  /** Lets `ms` pass; returns what was sent meanwhile. */
  run(ms: number): SentPacket[] {
    const endMs = this.nowMs + ms;
    const packets = this.flush();
    for (let step = 0; step < 1_000_000; step++) {
      const deadlineMs = this.stack.nextDeadlineMs();
      if (deadlineMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, deadlineMs);
      this.stack.handleTimeout(this.nowMs);
      packets.push(...this.flush());
    }
    this.nowMs = endMs;
    return packets;
  }

  /** Lets time pass until the stack sends something; returns that. */
  runUntilSent(limitMs: number = HOUR_MS): SentPacket[] {
    const endMs = this.nowMs + limitMs;
    let packets = this.flush();
    while (packets.length === 0) {
      const deadlineMs = this.stack.nextDeadlineMs();
      if (deadlineMs > endMs) throw new Error(`nothing was sent within ${limitMs} ms`);
      this.nowMs = Math.max(this.nowMs, deadlineMs);
      this.stack.handleTimeout(this.nowMs);
      packets = this.flush();
    }
    return packets;
  }

  /** The kinds of the events about associations, in order. */
  get eventKinds(): readonly AssociationEvent["kind"][] {
    return this.events.map(({ kind }) => kind);
  }

  listen(options: Partial<AssociationOptions> = {}): void {
    this.stack.listen({ port: OUR_PORT, options: { ...AS_RFC_9260, ...options } });
  }

  /** Asks for an association with the peer, whose SCTP port is `PEER_PORT`. */
  connect(
    options: Partial<AssociationOptions> = {},
    remoteAddresses: readonly string[] = [PEER_ADDRESS],
  ): Association {
    return this.stack.connect(
      {
        remoteAddresses,
        remotePort: PEER_PORT,
        remoteUdpPort: UDP_PORT,
        localPort: OUR_PORT,
        options: { ...AS_RFC_9260, ...options },
      },
      this.nowMs,
    );
  }

  /** An association that this side accepted, in ESTABLISHED, the handshake's packets taken. */
  accepted(options: Partial<AssociationOptions> = {}, init: Partial<InitChunk> = {}): Link {
    this.listen(options);
    const initAck = only(this.receive([initChunk(init)]), "INIT ACK");
    const cookie = cookieOf(initAck);
    this.receive([{ kind: "COOKIE ECHO", cookie }], { tag: initAck.initiateTag });
    const association = [...this.stack.associations].at(-1);
    if (association === undefined) throw new Error("the association was not accepted");
    return new Link(this, association, { ...init }.initialTsn ?? PEER_TSN, initAck.initialTsn);
  }

  /**
   * An association that this side asked for, in ESTABLISHED, the handshake's packets taken.
   * @param roundTripMs what the answer to each of its packets takes
   */
  connected(
    options: Partial<AssociationOptions> = {},
    initAck: Partial<InitAckChunk> = {},
    remoteAddresses: readonly string[] = [PEER_ADDRESS],
    roundTripMs = 0,
  ): Link {
    const association = this.connect(options, remoteAddresses);
    const init = only(this.flush(), "INIT");
    if (roundTripMs > 0) this.run(roundTripMs);
    this.receive([initAckChunk(initAck)], { tag: init.initiateTag });
    if (roundTripMs > 0) this.run(roundTripMs);
    this.receive([{ kind: "COOKIE ACK" }], { tag: init.initiateTag });
    return new Link(this, association, initAck.initialTsn ?? PEER_TSN, init.initialTsn);
  }
}

/**
 * An association with a peer of two addresses, both confirmed because the user passed them; this side has two as well.
 * No heartbeats, unless the options ask for them.
 * @param roundTripMs of the handshake
 * @param more of the peer's INIT ACK
 */
export function twoPaths(
  options: Partial<AssociationOptions> = {},
  roundTripMs = 0,
  more: readonly Parameter[] = [],
): Link {
  const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
  const both = [PEER_ADDRESS, PEER_SECOND_ADDRESS];
  const parameters = [cookieParameter(), ...both.map(addressParameter), ...more];
  return lab.connected({ heartbeatIntervalMs: 0, ...options }, { parameters }, both, roundTripMs);
}

/** A client in the middle of its handshake. */
export interface Client {
  readonly lab: Lab;
  readonly association: Association;
  readonly init: InitChunk;
  /** What packets to it carry. */
  readonly tag: number;
}

/** A client of two addresses that has sent its INIT. No heartbeats, unless the options ask for them. */
export function cookieWait(
  options: Partial<AssociationOptions> = {},
  remoteAddresses?: readonly string[],
): Client {
  const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
  const association = lab.connect({ heartbeatIntervalMs: 0, ...options }, remoteAddresses);
  const init = only(lab.flush(), "INIT");
  return { lab, association, init, tag: init.initiateTag };
}

/** A client that has sent its COOKIE ECHO, and the packets that it sent then: with what was queued before. */
export function cookieEchoed(
  options: Partial<AssociationOptions> = {},
  queued: readonly Uint8Array[] = [],
): Client & { readonly packets: readonly SentPacket[] } {
  const client = cookieWait(options);
  for (const data of queued) client.association.send(data, {}, client.lab.nowMs);
  const packets = client.lab.receive([initAckChunk()], { tag: client.tag });
  return { ...client, packets };
}

/** Both ends of one association: the stack's, and the numbers that the scripted peer needs. */
export class Link {
  readonly lab: Lab;
  readonly association: Association;
  /** The Initial TSN of the peer, and of this side. */
  readonly peerTsn: number;
  readonly ourTsn: number;

  constructor(lab: Lab, association: Association, peerTsn: number, ourTsn: number) {
    this.lab = lab;
    this.association = association;
    this.peerTsn = peerTsn;
    this.ourTsn = ourTsn;
  }

  get state(): AssociationState {
    return this.association.state;
  }

  /** A packet from the peer with the right tag; returns the answers. */
  receive(chunks: readonly Chunk[], envelope: Envelope = {}): SentPacket[] {
    return this.lab.receive(chunks, { tag: this.association.localTag, ...envelope });
  }

  /** DATA from the peer, `offset` TSNs beyond its Initial TSN. */
  data(offset: number, more: Partial<DataChunk> = {}): DataChunk {
    return dataChunk({ tsn: (this.peerTsn + offset) >>> 0, ssn: offset & 0xffff, ...more });
  }

  /** I-DATA from the peer, `offset` TSNs beyond its Initial TSN. */
  iData(offset: number, more: Partial<IDataChunk> = {}): IDataChunk {
    return iDataChunk({ tsn: (this.peerTsn + offset) >>> 0, mid: offset, ...more });
  }

  /** A SACK from the peer for all of this side's TSNs up to `offset` beyond the Initial TSN. */
  sack(offset: number, more: Partial<SackChunk> = {}): SackChunk {
    return sackChunk({ cumulativeTsnAck: (this.ourTsn + offset) >>> 0, ...more });
  }

  /** Queues a message of `lengthBytes` and returns what is sent at once. */
  send(lengthBytes: number, more: SendInfo = {}): SentPacket[] {
    this.association.send(new Uint8Array(lengthBytes).fill(0x61), more, this.lab.nowMs);
    return this.lab.flush();
  }

  /** A FORWARD TSN from the peer, up to `offset` TSNs beyond its Initial TSN. */
  forwardTsn(offset: number, skipped: ForwardTsnChunk["skipped"] = []): ForwardTsnChunk {
    return { kind: "FORWARD TSN", newCumulativeTsn: (this.peerTsn + offset) >>> 0, skipped };
  }

  /** An I-FORWARD-TSN from the peer, up to `offset` TSNs beyond its Initial TSN. */
  iForwardTsn(offset: number, skipped: IForwardTsnChunk["skipped"] = []): IForwardTsnChunk {
    return { kind: "I-FORWARD-TSN", newCumulativeTsn: (this.peerTsn + offset) >>> 0, skipped };
  }

  /** The messages that wait for the user. */
  read(): string[] {
    const texts: string[] = [];
    for (;;) {
      const message = this.association.receiveMessage(this.lab.nowMs);
      if (message === undefined) return texts;
      texts.push(new TextDecoder().decode(message.data));
    }
  }
}

// ---- Chunks of the peer ----------------------------------------------------------------------------------------

export function initChunk(more: Partial<InitChunk> = {}): InitChunk {
  return {
    kind: "INIT",
    initiateTag: PEER_TAG,
    aRwndBytes: 1_000_000,
    outboundStreams: 10,
    inboundStreams: 10,
    initialTsn: PEER_TSN,
    parameters: [],
    ...more,
  };
}

export const PEER_COOKIE = new Uint8Array(32).fill(0xc0);

export function initAckChunk(more: Partial<InitAckChunk> = {}): InitAckChunk {
  return {
    ...initChunk(),
    parameters: [cookieParameter()],
    ...more,
    kind: "INIT ACK",
  };
}

/** The COOKIE ECHO for an INIT ACK of the stack's. */
export function echoOf(initAck: InitAckChunk): ChunkOf<"COOKIE ECHO"> {
  return { kind: "COOKIE ECHO", cookie: cookieOf(initAck) };
}

/** A HEARTBEAT with an empty Heartbeat Info. */
export const HEARTBEAT: ChunkOf<"HEARTBEAT"> = {
  kind: "HEARTBEAT",
  parameters: new Uint8Array([0, 1, 0, 4]),
  info: undefined,
};

export function cookieParameter(cookie: Uint8Array = PEER_COOKIE): Parameter {
  return { kind: "State Cookie", type: 7, cookie };
}

/** What a peer says that knows FORWARD TSN (RFC 3758 3.1). */
export const FORWARD_TSN_SUPPORTED: Parameter = { kind: "Forward-TSN-Supported", type: 0xc000 };

/** What a peer says that knows RE-CONFIG (RFC 6525 5.1.1), and FORWARD TSN beside it. */
export const RECONFIG_SUPPORTED: Parameter = supportedExtensions(130, 192);

export function addressParameter(address: string): Parameter {
  return address.includes(":")
    ? { kind: "IPv6 Address", type: 6, address }
    : { kind: "IPv4 Address", type: 5, address };
}

export function dataChunk(more: Partial<DataChunk> = {}): DataChunk {
  return {
    kind: "DATA",
    beginning: true,
    ending: true,
    unordered: false,
    immediate: false,
    tsn: PEER_TSN,
    streamId: 0,
    ssn: 0,
    ppid: 0,
    payload: new TextEncoder().encode("hello"),
    ...more,
  };
}

export function iDataChunk(more: Partial<IDataChunk> = {}): IDataChunk {
  return {
    kind: "I-DATA",
    beginning: true,
    ending: true,
    unordered: false,
    immediate: false,
    tsn: PEER_TSN,
    streamId: 0,
    mid: 0,
    ppidOrFsn: 0,
    payload: new TextEncoder().encode("hello"),
    ...more,
  };
}

/** What a peer says that knows chunk types beyond RFC 9260 (RFC 5061 4.2.7). */
export function supportedExtensions(...chunkTypes: readonly number[]): Parameter {
  return { kind: "Supported Extensions", type: 0x8008, chunkTypes };
}

export function sackChunk(more: Partial<SackChunk> = {}): SackChunk {
  return {
    kind: "SACK",
    cumulativeTsnAck: 0,
    aRwndBytes: 1_000_000,
    gapBlocks: [],
    duplicateTsns: [],
    ...more,
  };
}

// ---- Reading what the stack sent -------------------------------------------------------------------------------

/** The only chunk of the only packet, which must be of that kind. */
export function only<K extends Chunk["kind"]>(packets: readonly SentPacket[], kind: K): ChunkOf<K> {
  const [packet] = packets;
  const [chunk] = packet?.chunks ?? [];
  if (packets.length !== 1 || packet?.chunks.length !== 1 || chunk?.kind !== kind) {
    const seen = packets.map(({ kinds }) => kinds.join("+")).join(", ");
    throw new Error(`expected one packet with one ${kind}, saw: ${seen === "" ? "nothing" : seen}`);
  }
  return chunk as ChunkOf<K>;
}

/** All chunks of a kind, in the order sent. */
export function chunksOf<K extends Chunk["kind"]>(
  packets: readonly SentPacket[],
  kind: K,
): ReadonlyArray<ChunkOf<K>> {
  return packets.flatMap(({ chunks }) => chunks.filter((chunk): chunk is ChunkOf<K> => chunk.kind === kind));
}

/** The first chunk of a kind; there must be one. */
export function firstOf<K extends Chunk["kind"]>(packets: readonly SentPacket[], kind: K): ChunkOf<K> {
  const [chunk] = chunksOf(packets, kind);
  if (chunk !== undefined) return chunk;
  const seen = packets.map(({ kinds }) => kinds.join("+")).join(", ");
  throw new Error(`expected a ${kind}, saw: ${seen === "" ? "nothing" : seen}`);
}

/** The names of the chunks, packet by packet. */
export function kindsOf(packets: readonly SentPacket[]): string[] {
  return packets.map(({ kinds }) => kinds.join("+"));
}

export function cookieOf(chunk: InitAckChunk): Uint8Array {
  const parameter = chunk.parameters.find(({ kind }) => kind === "State Cookie");
  if (parameter?.kind !== "State Cookie") throw new Error("the INIT ACK has no State Cookie");
  return parameter.cookie;
}
