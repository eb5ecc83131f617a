/**
 * What must hold whatever arrives.
 * Owns: the invariants, checked around every datagram and on every packet that the stack sends.
 * Does not own: what must hold in the end (ending.ts), the datagrams.
 *
 * Datagrams are of three kinds. Void ones (too short, wrong checksum) change nothing and are not answered. Blind ones
 * carry no tag that a stranger to the association could not make up; they change nothing, and are answered at most by
 * what RFC 9260 8.4 and 5.1 justify. All others may be the peer's own; what they do must stay within bounds.
 */

import type { Association } from "../../../src/association/association.ts";
import { type Chunk, chunkLengthBytes } from "../../../src/chunks/chunk.ts";
import { ChunkType } from "../../../src/chunks/codes.ts";
import { destinationPort, sourcePort, verificationTag } from "../../../src/chunks/common-header.ts";
import type { TransportAddress } from "../../../src/platform/address.ts";
import { engineOf } from "../../inside/engines.ts";
import { Broken, check } from "../target.ts";
import type { Bench, Sent } from "./bench.ts";
import { isSealed } from "./checksum.ts";

const HEADER_BYTES = 12;
const SHORTEST_BYTES = 16;
/** A cookie and the fixed part of an INIT ACK, beyond what it echoes of the INIT. */
const INIT_ACK_EXTRA_BYTES = 300;
/** Counted against the receive buffer beside a message's payload. */
const OVERHEAD_BYTES = 64;
/** At most so much is added to a chunk to end it at a multiple of four. */
const PADDING_BYTES = 3;
/** Control packets that one datagram can justify: a reply, a SACK, a SHUTDOWN or HEARTBEAT to another path, an ABORT. */
const CONTROL_PACKETS_PER_DATAGRAM = 3;
const ANSWERS_TO_THE_BLIND: ReadonlySet<Chunk["kind"]> = new Set([
  "ABORT",
  "SHUTDOWN COMPLETE",
  "INIT ACK",
  "ERROR",
  "SHUTDOWN ACK",
]);

type Nature = "void" | "blind" | "other";

/** What the datagrams since the last flush may be answered with. */
interface Batch {
  datagrams: number;
  /** What the user has asked for meanwhile, each with a control packet of its own. */
  calls: number;
  bytes: number;
  largestBytes: number;
  /** Tags that an answer may carry: what the datagrams carried, or asked for. */
  readonly tags: Set<number>;
  readonly sources: Set<string>;
}

/** A packet whose length is tried. */
function isProbe({ chunks }: Sent): boolean {
  return chunks.length === 2 && chunks[0]?.kind === "HEARTBEAT" && chunks[1]?.kind === "PAD";
}

export class Watch {
  /** Whether every datagram so far was void or blind: then the association must be unharmed. */
  harmless = true;
  /** The largest packet size that the user has asked for. */
  maxPacketBytes = 1_200;
  readonly #bench: Bench;
  readonly #batch: Batch = {
    datagrams: 0,
    calls: 0,
    bytes: 0,
    largestBytes: 0,
    tags: new Set(),
    sources: new Set(),
  };
  /** Tags that the stack has put into INIT ACKs: a cookie for them may exist. */
  readonly #offeredTags = new Set<number>();
  /** Tags and addresses of the peers that there are, or were. */
  readonly #peerTags = new Set<number>();
  readonly #peerAddresses = new Set<string>();
  /** Datagrams whose answers an association holds back until its COOKIE ACK comes (RFC 9260 5.1 C), and their bytes. */
  #heldDatagrams = 0;
  #heldBytes = 0;
  #eventsSeen = 0;
  #messagesSeen = 0;
  readonly #closed = new Set<Association>();

  constructor(bench: Bench) {
    this.#bench = bench;
    for (const event of bench.events) if (event.kind === "closed") this.#closed.add(event.association);
    this.#eventsSeen = bench.events.length;
  }

  /** The user has asked for something: the next datagram is not to blame for its packet. */
  noteCall(): void {
    this.#batch.calls++;
  }

  /** Gives the stack a datagram; `flushed` says whether the driver polls then. Returns what was sent. */
  receive(datagram: Uint8Array, from: TransportAddress, to: string, flushed: boolean): readonly Sent[] {
    const bench = this.#bench;
    this.notePeers();
    const nature = this.#nature(datagram, from);
    if (nature === "other") {
      this.harmless = false;
      this.#count(datagram, from);
      bench.receive(datagram, from, to);
      return flushed ? this.flush() : [];
    }
    const before = this.flush();
    const wasSent = bench.sent.length;
    const fingerprint = this.#fingerprint();
    this.#count(datagram, from);
    bench.receive(datagram, from, to);
    const now = this.#fingerprint();
    check(now === fingerprint, () => `a ${nature} datagram changed ${fingerprint} to ${now}`);
    const answers = this.flush();
    check(bench.sent.length === wasSent + answers.length, () => "packets went astray");
    if (nature === "void") check(answers.length === 0, () => "a void datagram was answered");
    else this.#checkBlindAnswers(datagram, from, answers);
    return [...before, ...answers];
  }

  /** Polls the stack, and checks what comes. */
  flush(): readonly Sent[] {
    const bench = this.#bench;
    const first = bench.sent.length;
    this.notePeers();
    bench.flush();
    const sent = bench.sent.slice(first);
    for (const packet of sent) this.#checkPacket(packet);
    this.#checkVolume(sent);
    this.#checkEvents();
    this.#checkMemory();
    const batch = this.#batch;
    const isHeld = [...bench.stack.associations].some(({ state }) => state === "COOKIE-ECHOED");
    this.#heldDatagrams = isHeld ? this.#heldDatagrams + batch.datagrams : 0;
    this.#heldBytes = isHeld ? this.#heldBytes + batch.bytes : 0;
    batch.datagrams = 0;
    batch.calls = 0;
    batch.bytes = 0;
    batch.tags.clear();
    batch.sources.clear();
    return sent;
  }

  /** Lets `ms` pass; returns how often the stack had to be called. */
  wait(ms: number): number {
    const bench = this.#bench;
    this.flush();
    const endMs = bench.nowMs + ms;
    let checked = bench.sent.length;
    let calls = 0;
    // Acknowledgements, three timers a path, and the wheel's own housekeeping: a few dozen calls a second at the most.
    const limit = 200 + ms / 10;
    while (bench.toNextDeadline(endMs)) {
      calls++;
      check(calls <= limit, () => `${calls} timeouts within ${ms} ms`);
      // At once: what a path carries may be less later on.
      for (; checked < bench.sent.length; checked++) this.#checkPacket(bench.sent[checked] as Sent);
    }
    bench.passTo(Math.max(bench.nowMs, endMs));
    for (const packet of bench.sent.slice(checked)) this.#checkPacket(packet);
    this.#checkEvents();
    this.#checkMemory();
    return calls;
  }

  /** The next deadline alone, if there is one; false if there is none. */
  toNextDeadline(): boolean {
    this.flush();
    const first = this.#bench.sent.length;
    const moved = this.#bench.toNextDeadline(Number.MAX_VALUE);
    for (const packet of this.#bench.sent.slice(first)) this.#checkPacket(packet);
    this.#checkEvents();
    return moved;
  }

  /** Remembers who the peers are: what is sent to one may leave after its association has ended. */
  notePeers(): void {
    for (const association of this.#bench.stack.associations) {
      this.#peerTags.add(association.peerTag);
      for (const address of association.remoteAddresses) this.#peerAddresses.add(address);
    }
  }

  #nature(datagram: Uint8Array, from: TransportAddress): Nature {
    if (datagram.length < SHORTEST_BYTES) return "void";
    if (!isSealed(datagram)) return "void";
    const type = datagram[HEADER_BYTES];
    if (type === ChunkType.Init) return "blind";
    const tag = verificationTag(datagram);
    if (this.#offeredTags.has(tag)) return "other";
    // These are taken from any address: their proof is the tag, or the cookie.
    const anyAddress = type === ChunkType.InitAck || type === ChunkType.CookieEcho;
    for (const association of this.#bench.stack.associations) {
      if (tag !== association.localTag && tag !== association.peerTag) continue;
      const portsMatch =
        association.localPort === destinationPort(datagram) &&
        association.remotePort === sourcePort(datagram);
      // An ASCONF names the association by another address of the peer's (RFC 5061 5.2 D2), an AUTH chunk may stand before it.
      const mayMove = association.dynamicAddresses && (type === ChunkType.Asconf || type === ChunkType.Auth);
      if (anyAddress || (portsMatch && (mayMove || association.hasAddress(from.address)))) return "other";
    }
    return "blind";
  }

  #count(datagram: Uint8Array, from: TransportAddress): void {
    const batch = this.#batch;
    batch.datagrams++;
    batch.bytes += datagram.length;
    batch.largestBytes = Math.max(batch.largestBytes, datagram.length);
    batch.sources.add(from.address);
    if (datagram.length < SHORTEST_BYTES) return;
    const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
    batch.tags.add(verificationTag(datagram));
    const type = view.getUint8(HEADER_BYTES);
    const hasTag = (type === ChunkType.Init || type === ChunkType.InitAck) && datagram.length >= 20;
    if (hasTag) batch.tags.add(view.getUint32(SHORTEST_BYTES));
    // A cookie carries the peer's tag: bytes 24 to 27 of what follows the chunk header.
    if (type === ChunkType.CookieEcho && datagram.length >= 44) batch.tags.add(view.getUint32(40));
  }

  /** Everything about the associations that a stranger must not be able to change. */
  #fingerprint(): string {
    let text = "";
    for (const association of this.#bench.stack.associations) {
      const { id, localTag, peerTag } = association;
      const { deadlineMs } = engineOf(association);
      const { state, unackedChunks, peerRwndBytes, pendingBytes, heldBytes } = association.status();
      text += [
        id,
        state,
        localTag,
        peerTag,
        unackedChunks,
        peerRwndBytes,
        pendingBytes,
        heldBytes,
        deadlineMs,
      ];
      for (const path of association.paths()) {
        const { address, remoteUdpPort, state: pathState, cwndBytes, flightBytes, rtoMs, errorCount } = path;
        text += [address, remoteUdpPort, pathState, cwndBytes, flightBytes, rtoMs, errorCount];
      }
      text += ";";
    }
    return text;
  }

  /** RFC 9260 8.4, 5.1 B: one packet, to where the datagram came from, hardly larger than it. */
  #checkBlindAnswers(datagram: Uint8Array, from: TransportAddress, answers: readonly Sent[]): void {
    const limit = mayBeAnswered(datagram, from) ? 1 : 0;
    check(
      answers.length <= limit,
      () => `${answers.length} answers to a blind datagram, at most ${limit} allowed`,
    );
    for (const { chunks, to, toUdpPort, lengthBytes } of answers) {
      const kinds = chunks.map(({ kind }) => kind).join("+");
      check(
        chunks.length === 1 && chunks.every(({ kind }) => ANSWERS_TO_THE_BLIND.has(kind)),
        () => `a blind datagram was answered with ${kinds}`,
      );
      const home = to === from.address && toUdpPort === from.port;
      // A SHUTDOWN ACK is repeated to the peer of the association, whoever asked; in a collision the INIT ACK goes to an
      // address that our user passed (5.2.1 rules 1 and 2).
      const toOurPeer = this.#bench.associations.some((association) => association.hasAddress(to));
      check(
        home || kinds === "SHUTDOWN ACK" || (kinds === "INIT ACK" && toOurPeer),
        () => `${kinds} for ${from.address} went to ${to}:${toUdpPort}`,
      );
      const limitBytes = datagram.length + (kinds === "INIT ACK" ? INIT_ACK_EXTRA_BYTES : 60);
      check(
        lengthBytes <= limitBytes,
        () => `${kinds} of ${lengthBytes} bytes for a datagram of ${datagram.length}`,
      );
    }
  }

  #checkPacket(packet: Sent): void {
    const { chunks, tag, lengthBytes, from } = packet;
    const kinds = chunks.map(({ kind }) => kind);
    const shown = (): string => `${kinds.join("+")} with tag ${tag.toString(16)} to ${packet.to}`;
    check(packet.checksumValid, () => `wrong checksum: ${shown()}`);
    check(chunks.length > 0, () => "a packet without a chunk");
    check(from !== "", () => `no local address: ${shown()}`);
    check(packet.toUdpPort > 0, () => `no UDP port: ${shown()}`);
    const isInit = kinds[0] === "INIT";
    check(isInit === (tag === 0), () => `only an INIT has the tag 0: ${shown()}`);
    for (const alone of ["INIT", "INIT ACK", "SHUTDOWN COMPLETE"] as const)
      check(!kinds.includes(alone) || kinds.length === 1, () => `not alone: ${shown()}`);
    const closing = kinds.includes("SHUTDOWN") || kinds.includes("SHUTDOWN ACK");
    check(!closing || !kinds.some(isUserData), () => `DATA beside a SHUTDOWN: ${shown()}`);
    for (const chunk of chunks) {
      if (chunk.kind !== "INIT ACK") continue;
      // A cookie for it may come from another of the peer's addresses, and its association be over at once.
      this.#offeredTags.add(chunk.initiateTag);
      this.#peerAddresses.add(packet.to);
    }
    if (isInit) return;
    const isKnownTag = this.#peerTags.has(tag) || this.#batch.tags.has(tag);
    check(isKnownTag, () => `nobody's tag: ${shown()}`);
    const isKnownAddress = this.#peerAddresses.has(packet.to) || this.#batch.sources.has(packet.to);
    check(isKnownAddress, () => `nobody's address: ${shown()}`);
    // What leaves no choice of size: chunks that cannot be cut travel alone, beyond the path's packet size.
    const isOfOwnSize = kinds.length === 1 || isProbe(packet);
    check(lengthBytes <= this.#largestPacketBytes || isOfOwnSize, () => `${lengthBytes} bytes: ${shown()}`);
  }

  /** What the user has asked for, or a path has been found to carry. */
  get #largestPacketBytes(): number {
    const found = this.#bench.association?.paths().map(({ maxPacketBytes }) => maxPacketBytes) ?? [];
    return Math.max(this.maxPacketBytes, ...found);
  }

  /** RFC 9260 12.4: what a datagram provokes beside DATA is a few packets, and no more bytes than it had. */
  #checkVolume(sent: readonly Sent[]): void {
    const { datagrams, calls, bytes, largestBytes } = this.#batch;
    if (datagrams === 0) return;
    const control = sent.filter(
      (packet) => packet.chunks.every(({ kind }) => !isUserData(kind)) && !isProbe(packet),
    );
    // A probe may have any length: it goes where the one before was answered from (RFC 8899 4.1).
    const probes = sent.filter(isProbe);
    check(probes.length <= datagrams, () => `${probes.length} probes for ${datagrams} datagrams`);
    const limit = CONTROL_PACKETS_PER_DATAGRAM * datagrams + calls;
    const kinds = control.map(({ chunks }) => chunks.map(({ kind }) => kind).join("+")).join(", ");
    check(
      control.length <= limit,
      () => `${control.length} control packets for ${datagrams} datagrams: ${kinds}`,
    );
    const replies = sent.flatMap(({ chunks }) =>
      chunks.filter(({ kind }) => kind === "HEARTBEAT ACK" || kind === "ERROR"),
    );
    const replyBytes = replies.reduce((sum, chunk) => sum + chunkLengthBytes(chunk) + PADDING_BYTES, 0);
    const answered = datagrams + this.#heldDatagrams;
    const allowedBytes =
      answered * Math.max(this.#largestPacketBytes, largestBytes) + PADDING_BYTES * replies.length;
    check(replyBytes <= allowedBytes, () => `${replyBytes} bytes of replies for ${answered}: ${kinds}`);
    const controlBytes = control.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
    const limitBytes = 2 * (bytes + this.#heldBytes) + (INIT_ACK_EXTRA_BYTES + 100) * datagrams;
    check(controlBytes <= limitBytes, () => `${controlBytes} bytes for ${bytes} bytes: ${kinds}`);
  }

  /** RFC 9260 6.2: there are no empty messages. */
  #checkMessages(): void {
    const { messages } = this.#bench;
    for (; this.#messagesSeen < messages.length; this.#messagesSeen++)
      check(messages[this.#messagesSeen]?.length !== 0, () => "the user got an empty message");
  }

  /** One "closed" for each association, and nothing after it. */
  #checkEvents(): void {
    const { events } = this.#bench;
    this.#checkMessages();
    for (; this.#eventsSeen < events.length; this.#eventsSeen++) {
      const event = events[this.#eventsSeen];
      if (event === undefined) continue;
      if (this.#closed.has(event.association)) throw new Broken(`"${event.kind}" after "closed"`);
      if (event.kind === "closed") this.#closed.add(event.association);
    }
  }

  #checkMemory(): void {
    const { options } = this.#bench.stack;
    const { associationCount } = this.#bench.stack;
    check(associationCount <= options.maxAssociations, () => `${associationCount} associations`);
    for (const association of this.#bench.stack.associations) {
      const { receiveBufferLimitBytes } = association.options;
      const { heldBytes } = association.status();
      // What a window allowed is taken, whatever it costs beyond its payload; the last chunk may overshoot by its own size.
      const limitBytes = 4 * receiveBufferLimitBytes + this.#batch.largestBytes + OVERHEAD_BYTES;
      check(heldBytes <= limitBytes, () => `${heldBytes} bytes are held, ${limitBytes} are allowed`);
      const paths = association.remoteAddresses.length;
      check(paths <= association.options.maxPeerAddresses + 2, () => `${paths} paths`);
    }
  }
}

/** RFC 9260 8.4: rules 1 and 2, no answer under the tag 0; 8.5.1 A: an INIT is alone and has the tag 0. */
function mayBeAnswered(datagram: Uint8Array, from: TransportAddress): boolean {
  if (/^(22[4-9]|23[0-9])\./.test(from.address)) return false;
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const isInit = view.getUint8(HEADER_BYTES) === ChunkType.Init;
  if (isInit !== (verificationTag(datagram) === 0)) return false;
  const firstBytes = (view.getUint16(HEADER_BYTES + 2) + 3) & ~3;
  if (view.getUint8(HEADER_BYTES) === ChunkType.CookieEcho) return true; // Its cookie decides (5.1.5).
  if (isInit) return HEADER_BYTES + firstBytes >= datagram.length;
  // The tests' stacks read so many chunks at least.
  for (let at = HEADER_BYTES, count = 0; at + 4 <= datagram.length && count < 40; count++) {
    const lengthBytes = view.getUint16(at + 2);
    if (lengthBytes < 4) return false;
    if (at + lengthBytes <= datagram.length && view.getUint8(at) === ChunkType.Abort) return false;
    at += (lengthBytes + 3) & ~3;
  }
  return true;
}

function isUserData(kind: Chunk["kind"]): boolean {
  return kind === "DATA" || kind === "I-DATA";
}
