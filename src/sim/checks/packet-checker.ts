/**
 * Looks at every packet that is sent and every packet that arrives, and says what is wrong.
 * Owns: the rules of RFC 9260, RFC 3758 and RFC 8260 that can be seen from outside. Shares no code with the stack.
 * Does not own: those of RFC 4895 (auth-rules.ts) and RFC 6525 (reconfig-checker.ts), what the users sent and got (delivery-checker.ts), the numbers in I-DATA
 * (i-data-checker.ts), what is announced (announcements.ts), what is remembered of one sender (flow.ts).
 */
import { type Acknowledgement, acknowledgementIn, isAcknowledgement } from "./acknowledgement.ts";
import { type Announcement, announcementIn } from "./announcements.ts";
import { AUTH, authComplaint } from "./auth-rules.ts";
import { Flow } from "./flow.ts";
import { I_DATA_PAYLOAD_AT } from "./i-data-checker.ts";
import { type NewNumbers, newNumbersIn } from "./reconfig-checker.ts";
import { ahead, isChecksumRight, plus, readPacket, type WireChunk, type WirePacket } from "./wire.ts";

const DATA = 0;
const INIT = 1;
const INIT_ACK = 2;
const ABORT = 6;
const SHUTDOWN = 7;
const SHUTDOWN_ACK = 8;
const COOKIE_ECHO = 10;
const COOKIE_ACK = 11;
const SHUTDOWN_COMPLETE = 14;
const I_DATA = 64;
const RE_CONFIG = 130;
const FORWARD_TSN = 192;
const I_FORWARD_TSN = 194;

/** Flags of DATA and I-DATA. */
const ENDING = 1;
const BEGINNING = 2;
const UNORDERED = 4;
const IMMEDIATE = 8;

/** So many Gap Ack Blocks any SACK has room for: what has come beyond so many may have been left out (RFC 9260 6.7). */
const LEAST_ROOM_BLOCKS = 16;

/** Whether a chunk carries user data. */
function isData(type: number): boolean {
  return type === DATA || type === I_DATA;
}

/** User data behind SACKs, or either alone, as most packets are: the rules of control chunks are kept. */
function isOrdinary({ tag, chunks }: WirePacket): boolean {
  let mayBeSack = true;
  for (const { type } of chunks) {
    if (isData(type)) mayBeSack = false;
    else if (!isAcknowledgement(type) || !mayBeSack) return false;
  }
  return tag !== 0 && chunks.length > 0;
}

/** A rule was broken. */
export class SimViolation extends Error {
  override readonly name = "SimViolation";
}

/** What a packet carried, for whoever wants to look further. */
export interface Sent {
  /** Bytes of DATA chunks, padding included, with TSNs that were not sent before. */
  readonly newDataBytes: number;
  readonly retransmittedChunks: number;
  /** The last DATA chunk has the I bit. */
  readonly asksForSack: boolean;
}

export class PacketChecker {
  /** By the host, and the tag that it sends to. */
  readonly #flows = new Map<string, Map<number, Flow>>();
  /** Who announced a tag, its Initial TSN and its window: by the tag. */
  readonly #announced = new Map<number, Announcement>();
  /** Hosts that give up messages: what leaves their flight so cannot be seen from outside. */
  readonly #abandoning = new Set<string>();
  /** The tag that the peer of a tag's owner uses, once both are known. */
  readonly #peerTag = new Map<number, Set<number>>();
  /** Tags whose owners have left the set-up: before that, SACKs are not heeded (RFC 9260 6 allows either). */
  readonly #established = new Set<number>();

  /** @throws SimViolation */
  onSent(host: string, datagram: Uint8Array, maxBytes: number): Sent {
    const packet = readPacket(datagram);
    this.#need(isChecksumRight(datagram), () => `${host} sent a wrong checksum`);
    this.#need(
      packet.strayBytes === 0 && datagram.length % 4 === 0,
      () => `${host} sent a packet that is not whole chunks`,
    );
    this.#checkBundling(host, packet);
    const hasData = packet.chunks.some(({ type }) => isData(type));
    this.#need(
      !hasData || datagram.length <= maxBytes,
      () => `${host} sent ${datagram.length} bytes, ${maxBytes} are allowed`,
    );
    let newDataBytes = 0;
    let retransmittedChunks = 0;
    let asksForSack = false;
    for (const chunk of packet.chunks) {
      if (isAcknowledgement(chunk.type)) this.#onSackSent(host, packet.tag, acknowledgementIn(chunk));
      switch (chunk.type) {
        case INIT:
        case INIT_ACK:
          this.#onAnnounced(host, packet, chunk);
          break;
        case DATA:
        case I_DATA: {
          const isNew = this.#onDataSent(host, packet.tag, chunk);
          if (isNew) newDataBytes += Math.ceil((chunk.value.byteLength + 4) / 4) * 4;
          else retransmittedChunks++;
          asksForSack = (chunk.flags & IMMEDIATE) !== 0;
          break;
        }
        case FORWARD_TSN:
        case I_FORWARD_TSN:
          this.#onForwardTsnSent(host, packet.tag, chunk);
          break;
        case RE_CONFIG:
          this.#onReconfigSent(host, packet.tag, chunk);
          break;
        case COOKIE_ACK:
          this.#establish(packet.tag);
          break;
      }
    }
    return { newDataBytes, retransmittedChunks, asksForSack };
  }

  /** A packet of somebody who is not judged. It is remembered, so that what others answer can be. */
  onSeen(host: string, datagram: Uint8Array): void {
    const packet = readPacket(datagram);
    for (const chunk of packet.chunks) {
      if (chunk.type === INIT || chunk.type === INIT_ACK) this.#onAnnounced(host, packet, chunk);
      else if (chunk.type === COOKIE_ACK) this.#establish(packet.tag);
      else if (isData(chunk.type)) this.#onDataSeen(host, packet.tag, chunk.value.getUint32(0));
    }
  }

  /** A packet arrives undamaged at a host. */
  onArrived(datagram: Uint8Array, from: string): void {
    const packet = readPacket(datagram);
    let isSure = true; // Behind AUTH, only the receiver knows whether the chunk counts.
    for (const chunk of packet.chunks) {
      if (chunk.type === AUTH) isSure = false;
      if (chunk.type === COOKIE_ACK) this.#established.add(packet.tag);
      if (isData(chunk.type)) this.#onDataArrived(from, packet.tag, chunk);
      if (chunk.type === FORWARD_TSN || chunk.type === I_FORWARD_TSN)
        this.#onForwardTsnArrived(from, packet.tag, chunk);
      if (chunk.type === RE_CONFIG) this.#onReconfigArrived(from, packet.tag, chunk);
      if (!this.#established.has(packet.tag)) continue;
      const isSack = isAcknowledgement(chunk.type);
      if (!isSack && chunk.type !== SHUTDOWN) continue;
      const flow = this.#acknowledgedFlow(packet.tag);
      if (flow !== undefined) noteHiddenAck(flow, chunk, isSure);
      if (!isSure) continue;
      if (isSack) this.#onSackArrived(packet.tag, acknowledgementIn(chunk));
      else this.#onCumulativeAckArrived(packet.tag, chunk.value.getUint32(0));
    }
  }

  /** The host has been given a message that it may give up, or has given one up. */
  onMayAbandon(host: string): void {
    this.#abandoning.add(host);
  }

  /** A host begins anew: what it sends is no longer bound by what it sent before, and what it asked for may still be answered. */
  forget(host: string): void {
    const flows = this.#flows.get(host);
    for (const [tag, flow] of flows ?? []) flows?.set(tag, new Flow(flow));
  }

  #checkBundling(host: string, packet: WirePacket): void {
    const types = packet.chunks.map((chunk) => chunk.type);
    this.#checkAuthentication(host, packet.tag, types);
    if (!isOrdinary(packet)) this.#checkControl(host, packet.tag, types);
    let last: number | undefined;
    for (const { type, value } of packet.chunks) {
      if (!isData(type)) continue;
      const tsn = value.getUint32(0);
      this.#need(last === undefined || ahead(tsn, last) > 0, () => `${host} sent TSNs in falling order`);
      last = tsn;
    }
  }

  #checkControl(host: string, tag: number, types: readonly number[]): void {
    this.#need(types.length > 0, () => `${host} sent a packet without chunks`);
    const alone = [INIT, INIT_ACK, SHUTDOWN_COMPLETE].find((type) => types.includes(type));
    this.#need(alone === undefined || types.length === 1, () => `${host} bundled chunk ${alone} with others`);
    for (const type of [COOKIE_ECHO, COOKIE_ACK]) {
      // RFC 4895 6.3: behind AUTH, where that is what comes first.
      const place = types.lastIndexOf(type) - (types[0] === AUTH ? 1 : 0);
      this.#need(place <= 0, () => `${host} sent chunk ${type} behind another one`);
    }
    const firstData = types.findIndex(isData);
    this.#need(
      firstData === -1 || types.slice(firstData).every(isData),
      () => `${host} sent control behind DATA`,
    );
    if (firstData !== -1) {
      const enemy = [ABORT, SHUTDOWN, SHUTDOWN_ACK].find((type) => types.includes(type));
      this.#need(enemy === undefined, () => `${host} bundled DATA with chunk ${enemy}`);
    }
    this.#need(
      types.includes(INIT) === (tag === 0),
      () => `${host} sent the tag ${tag} with chunks ${types}`,
    );
  }

  /** RFC 4895 5.1, 6.2. */
  #checkAuthentication(host: string, tag: number, types: readonly number[]): void {
    const receiver = this.#announced.get(tag);
    const isAgreed = receiver?.authenticates === true && this.#announcedBy(host, tag)?.authenticates === true;
    const complaint = authComplaint(types, isAgreed ? receiver.wantsAuthenticated : undefined);
    this.#need(complaint === undefined, () => `${host} ${complaint}`);
  }

  #onAnnounced(host: string, packet: WirePacket, chunk: WireChunk): void {
    const announcement = announcementIn(host, chunk.value);
    const { tag, tsn } = announcement;
    this.#need(tag !== 0, () => `${host} announced the tag 0`);
    const isAnew = (this.#announced.get(tag)?.tsn ?? tsn) !== tsn;
    this.#announced.set(tag, announcement);
    if (chunk.type === INIT) {
      if (isAnew) this.#onBegunAnew(host, tag);
      return;
    }
    // An INIT ACK: its tag and the one it carries belong together, and both Initial TSNs are known.
    this.#pair(tag, packet.tag);
    this.#flow(host, packet.tag).initialTsns.add(tsn);
    const asker = this.#announced.get(packet.tag);
    if (asker === undefined) return;
    this.#flow(asker.host, tag).initialTsns.add(asker.tsn);
  }

  /** DATA went with a cookie that had gone stale (RFC 9260 5.2.6): it is sent once more, under other numbers. */
  #onBegunAnew(host: string, tag: number): void {
    for (const peerTag of this.#peerTag.get(tag) ?? []) {
      const before = this.#flow(host, peerTag);
      const flow = new Flow(before);
      for (const initialTsn of before.initialTsns) flow.initialTsns.add(initialTsn);
      this.#flows.get(host)?.set(peerTag, flow);
    }
  }

  /** @returns whether the TSN is a new one */
  #onDataSent(host: string, tag: number, chunk: WireChunk): boolean {
    const flow = this.#flow(host, tag);
    const tsn = chunk.value.getUint32(0);
    // Nobody writes to a datagram that has been sent.
    const bytes = new Uint8Array(chunk.value.buffer, chunk.value.byteOffset, chunk.value.byteLength);
    const before = flow.sentAt(tsn);
    this.#need(
      flow.skippedThrough === undefined || ahead(tsn, flow.skippedThrough) > 0,
      () => `${host} sent TSN ${tsn}, which a FORWARD TSN had skipped`,
    );
    if (before !== undefined) {
      this.#need(
        !flow.isKnownKept(tsn),
        () => `${host} sent TSN ${tsn} again, which the other side has for good`,
      );
      this.#need(
        before.bytes.length === bytes.length && before.bytes.every((byte, i) => byte === bytes[i]),
        () => `${host} sent other bytes under TSN ${tsn}`,
      );
      return false;
    }
    const isIData = chunk.type === I_DATA;
    this.#need(
      isIData === this.#isInterleaved(host, tag),
      () => `${host} sent ${isIData ? "I-DATA" : "DATA"} where the other one was agreed on`,
    );
    if (flow.nextTsn === undefined) {
      this.#need(flow.initialTsns.has(tsn), () => `${host} did not begin with its Initial TSN`);
      flow.arrivedThrough = plus(tsn, -1);
    } else {
      // One TSN may stand for what was not sent of a message that was given up.
      const restCount = ahead(tsn, flow.nextTsn);
      const isBehindRest = restCount > 0 && restCount <= flow.restsLeft(isIData);
      this.#need(
        tsn === flow.nextTsn || isBehindRest,
        () => `${host} sent TSN ${tsn} where ${flow.nextTsn} was due`,
      );
      if (isIData) flow.messages.onRests(restCount);
      if (isBehindRest && !isIData)
        this.#need((chunk.flags & BEGINNING) !== 0, () => `${host} left out TSN ${flow.nextTsn}`);
    }
    // MIDs are looked at below.
    const isOrderedBeginning = !isIData && (chunk.flags & (BEGINNING | UNORDERED)) === BEGINNING;
    const [streamId, ssn] = [chunk.value.getUint16(4), chunk.value.getUint16(6)];
    const complaint = flow.reconfiguration.onDataSent(tsn, streamId, ssn, isOrderedBeginning);
    this.#need(complaint === undefined, () => `${host} ${complaint}`);
    flow.nextTsn = plus(tsn, 1);
    flow.lastEnds = (chunk.flags & ENDING) !== 0;
    if (isIData) {
      const complaint = flow.messages.onNew(chunk.flags, chunk.value, this.#abandoning.has(host));
      this.#need(complaint === undefined, () => `${host}: ${complaint}`);
    }
    const payloadBytes = bytes.length - (isIData ? I_DATA_PAYLOAD_AT : 12);
    this.#need(payloadBytes > 0, () => `${host} sent DATA without user data`);
    this.#checkWindow(host, tag, flow, payloadBytes);
    flow.rememberSent(tsn, { bytes, payloadBytes, flags: chunk.flags });
    return true;
  }

  /** RFC 3758 3.2, 3.5: says what the sender has given up, nothing else, and no TSN of it is sent again. */
  #onForwardTsnSent(host: string, tag: number, chunk: WireChunk): void {
    const flow = this.#flow(host, tag);
    const through = chunk.value.getUint32(0);
    const isIForward = chunk.type === I_FORWARD_TSN;
    const { skips, skipsInterleaved } = this.#announced.get(tag) ?? {};
    this.#need(
      (isIForward ? skipsInterleaved : skips) === true && flow.nextTsn !== undefined,
      () => `${host} sent FORWARD TSN to somebody who does not know it, or before all DATA`,
    );
    this.#need(
      isIForward === this.#isInterleaved(host, tag),
      () =>
        `${host} sent ${isIForward ? "I-FORWARD-TSN" : "FORWARD TSN"}, which does not go with its user data`,
    );
    this.#need(
      flow.ackKnown === undefined || ahead(through, flow.ackKnown) > 0,
      () => `${host} skips up to TSN ${through}, which has been acknowledged`,
    );
    const due = flow.nextTsn ?? 0;
    // Beyond what was sent lies at most one TSN for the rest of each half-sent message.
    const restCount = ahead(through, due) + 1;
    this.#need(
      restCount <= flow.restsLeft(isIForward),
      () => `${host} skips TSN ${through}, which was never given out`,
    );
    if (restCount > 0) {
      if (isIForward) flow.messages.onRests(restCount);
      flow.nextTsn = plus(through, 1);
      flow.lastEnds = true;
    }
    const complaint = isIForward
      ? flow.messages.onSkipped(chunk.value, flow.lastMidsThrough(through))
      : flow.onSkipped(through, chunk.value);
    this.#need(complaint === undefined || flow.hiddenAck !== undefined, () => `${host}: ${complaint}`);
    if (flow.skippedThrough === undefined || ahead(through, flow.skippedThrough) > 0)
      flow.skippedThrough = through;
  }

  /** Whether a host and the owner of a tag have both listed I-DATA (RFC 8260 2.2.1). */
  #isInterleaved(host: string, tag: number): boolean {
    return (
      this.#announced.get(tag)?.interleaves === true && this.#announcedBy(host, tag)?.interleaves === true
    );
  }

  /** What a host has announced to the owner of a tag. */
  #announcedBy(host: string, tag: number): Announcement | undefined {
    for (const peerTag of this.#peerTag.get(tag) ?? []) {
      const announcement = this.#announced.get(peerTag);
      if (announcement?.host === host) return announcement;
    }
    return undefined;
  }

  #onReconfigSent(host: string, tag: number, chunk: WireChunk): void {
    this.#need(
      this.#announced.get(tag)?.reconfigures === true,
      () => `${host} sent RE-CONFIG to somebody who does not know it`,
    );
    const other = this.#acknowledgedFlow(tag, false);
    if (other === undefined) return;
    const flow = this.#flow(host, tag);
    const complaint = flow.reconfiguration.onSent(chunk.value, flow, other.reconfiguration);
    this.#need(complaint === undefined, () => `${host} ${complaint}`);
    const numbers = newNumbersIn(chunk.value);
    if (numbers === undefined || other.resetTold === numbers.receiver) return;
    // From here on it acknowledges what comes under the new numbers.
    other.resetTold = numbers.receiver;
    other.arrived.clear();
    other.arrivedThrough = plus(numbers.receiver, -1);
    other.skipArrived = undefined;
    other.ackSent = undefined;
  }

  #onReconfigArrived(from: string, tag: number, chunk: WireChunk): void {
    const receiver = this.#acknowledgedFlow(tag, false);
    if (receiver === undefined) return;
    const sender = this.#flow(from, tag);
    const numbers = sender.reconfiguration.onArrived(chunk.value, receiver.reconfiguration);
    if (numbers === undefined) return;
    if (receiver.ackKnown === undefined) receiver.rwndKnown = this.#rwndOfPeer(tag);
    this.#renumber(receiver, sender, numbers);
  }

  /** The answer to its reset of all numbers has come (RFC 6525 5.2.7 H5). */
  #renumber(flow: Flow, other: Flow, { sender, receiver }: NewNumbers): void {
    if (flow.resetHeard === receiver) return;
    flow.resetHeard = receiver;
    flow.nextTsn = receiver;
    flow.forgetSent();
    flow.skippedThrough = undefined;
    flow.lastEnds = true;
    flow.ackKnown = plus(receiver, -1);
    if (flow.hiddenAck !== undefined) flow.hiddenAck = flow.ackKnown; // The window stays as it was told.
    if (other.arrivedThrough === undefined || ahead(plus(sender, -1), other.arrivedThrough) <= 0) return;
    other.arrivedThrough = plus(sender, -1);
    this.#advanceArrived(other);
  }

  /** TSNs may come in any order here: they count from the nearest Initial TSN before them. */
  #onDataSeen(host: string, tag: number, tsn: number): void {
    const flow = this.#flow(host, tag);
    if (flow.nextTsn !== undefined) return;
    const distances = [...flow.initialTsns].map((initial) => ahead(tsn, initial)).filter((n) => n >= 0);
    const initialTsn = plus(tsn, -Math.min(...distances));
    flow.nextTsn = initialTsn;
    flow.arrivedThrough = plus(initialTsn, -1);
  }

  /** Whoever sends a COOKIE ACK with this tag has left the set-up. */
  #establish(tag: number): void {
    for (const peerTag of this.#peerTag.get(tag) ?? []) this.#established.add(peerTag);
  }

  /** New DATA stays within the peer's window, but for one probe when nothing is outstanding (RFC 9260 6.1 A). */
  #checkWindow(host: string, tag: number, flow: Flow, payloadBytes: number): void {
    if (this.#abandoning.has(host) || flow.hiddenAck !== undefined) return;
    const outstanding = flow.outstandingBytes;
    const rwnd = flow.ackKnown === undefined ? (this.#announced.get(tag)?.rwnd ?? 0) : flow.rwndKnown;
    this.#need(
      outstanding === 0 || outstanding + payloadBytes <= rwnd,
      () =>
        `${host} has ${outstanding} bytes outstanding and sent ${payloadBytes} more into a window of ${rwnd}`,
    );
  }

  #onSackSent(host: string, tag: number, sack: Acknowledgement): void {
    const { cumulative } = sack;
    const flow = this.#acknowledgedFlow(tag);
    if (flow === undefined) return;
    this.#need(
      flow.arrivedThrough === undefined || ahead(cumulative, flow.arrivedThrough) <= 0,
      () => `${host} acknowledged up to ${cumulative}, but only ${flow.arrivedThrough} has arrived`,
    );
    this.#need(
      flow.ackSent === undefined || ahead(cumulative, flow.ackSent) >= 0,
      () => `${host} took back the Cumulative TSN Ack ${flow.ackSent} for ${cumulative}`,
    );
    flow.ackSent = cumulative;
    for (const tsn of flow.promised) if (ahead(tsn, cumulative) <= 0) flow.promised.delete(tsn);
    this.#need(
      !flow.promised.has(plus(cumulative, 1)),
      () => `${host} took back TSN ${plus(cumulative, 1)}, which it had told to be non-renegable`,
    );
    for (const blocks of [sack.blocks, sack.keptBlocks])
      this.#forEachGap(host, blocks, (offset) => {
        this.#need(
          flow.arrived.has(plus(cumulative, offset)),
          () => `${host} reported TSN ${plus(cumulative, offset)}, which never arrived`,
        );
      });
    this.#checkKept(host, sack, flow);
    for (const tsn of sack.duplicates) {
      const wasSkipped = flow.skipArrived !== undefined && ahead(tsn, flow.skipArrived) <= 0;
      this.#need(
        (flow.arrived.get(tsn) ?? 0) >= (wasSkipped ? 1 : 2),
        () => `${host} reported TSN ${tsn} as a duplicate, which it is not`,
      );
    }
  }

  /** Of draft-tuexen-tsvwg-sctp-multipath 4.2: the kinds are disjoint, and what is non-renegable stays so. */
  #checkKept(host: string, { cumulative, blocks, keptBlocks }: Acknowledgement, flow: Flow): void {
    const renegable = new Set<number>();
    this.#forEachGap(host, blocks, (offset) => renegable.add(plus(cumulative, offset)));
    for (const tsn of renegable)
      this.#need(!flow.promised.has(tsn), () => `${host} told TSN ${tsn} to be renegable again`);
    this.#forEachGap(host, keptBlocks, (offset) => {
      const tsn = plus(cumulative, offset);
      this.#need(!renegable.has(tsn), () => `${host} told TSN ${tsn} to be renegable and not`);
      flow.promised.add(tsn);
    });
  }

  /** Walks Gap Ack Blocks, which ascend and leave something else before each. */
  #forEachGap(host: string, blocks: Acknowledgement["blocks"], visit: (offset: number) => void): void {
    let previousEnd = 0;
    for (const [start, end] of blocks) {
      this.#need(
        start > previousEnd + 1 && end >= start,
        () => `${host} sent the Gap Ack Block ${start}-${end} after ${previousEnd}`,
      );
      for (let offset = start; offset <= end; offset++) visit(offset);
      previousEnd = end;
    }
  }

  #onDataArrived(from: string, tag: number, chunk: WireChunk): void {
    const flow = this.#flow(from, tag);
    const tsn = chunk.value.getUint32(0);
    flow.arrived.set(tsn, (flow.arrived.get(tsn) ?? 0) + 1);
    this.#advanceArrived(flow);
  }

  /** RFC 3758 3.6. */
  #onForwardTsnArrived(from: string, tag: number, chunk: WireChunk): void {
    const flow = this.#flow(from, tag);
    const through = chunk.value.getUint32(0);
    if (flow.arrivedThrough === undefined || ahead(through, flow.arrivedThrough) <= 0) return;
    flow.arrivedThrough = through;
    flow.skipArrived = through;
    this.#advanceArrived(flow);
  }

  #advanceArrived(flow: Flow): void {
    while (flow.arrivedThrough !== undefined && flow.arrived.has(plus(flow.arrivedThrough, 1))) {
      flow.arrivedThrough = plus(flow.arrivedThrough, 1);
    }
  }

  #onSackArrived(tag: number, sack: Acknowledgement): void {
    const { cumulative, rwnd, blocks, keptBlocks } = sack;
    const flow = this.#acknowledgedFlow(tag);
    const ackBefore = flow?.ackKnown;
    if (flow === undefined || !this.#onCumulativeAckArrived(tag, cumulative)) return;
    const ends = [...blocks, ...keptBlocks].map(([, end]) => end);
    const isWhole = ends.length < LEAST_ROOM_BLOCKS;
    const isNews = isWhole || ackBefore !== cumulative || gapsOf(sack).some((tsn) => !flow.knowsGap(tsn));
    const beyond = flow.forgetGaps(isWhole ? undefined : plus(cumulative, Math.max(...ends)));
    // It may be older than another that has come: what that one reported is kept, and the window that goes with it.
    flow.rwndKnown = beyond > 0 && !isNews ? Math.min(flow.rwndKnown, rwnd) : rwnd;
    // In any order, and not isolated: RFC 9260 3.3.4 says SHOULD.
    for (const [start, end] of blocks)
      for (let offset = start; offset <= end; offset++) flow.rememberGap(plus(cumulative, offset));
    for (const [start, end] of keptBlocks)
      for (let offset = start; offset <= end; offset++) flow.rememberPromise(plus(cumulative, offset));
  }

  /** @returns false if the acknowledgement is older than one that came before */
  #onCumulativeAckArrived(tag: number, cumulative: number): boolean {
    const flow = this.#acknowledgedFlow(tag);
    if (flow === undefined) return false;
    if (flow.ackKnown === undefined) flow.rwndKnown = this.#rwndOfPeer(tag);
    else if (ahead(cumulative, flow.ackKnown) < 0) return false;
    flow.ackKnown = cumulative;
    for (const tsn of flow.sentTsns) {
      if (ahead(tsn, cumulative) > 0) break;
      flow.forget(tsn);
    }
    return true;
  }

  #rwndOfPeer(tag: number): number {
    const [peerTag] = this.#peerTag.get(tag) ?? [];
    return peerTag === undefined ? 0 : (this.#announced.get(peerTag)?.rwnd ?? 0);
  }

  /** The flow that a SACK with this tag speaks of: the DATA that the tag's owner sends. */
  #acknowledgedFlow(tag: number, mustHaveData = true): Flow | undefined {
    const owner = this.#announced.get(tag);
    if (owner === undefined) return undefined;
    // With several, the last: DATA that went with a stale cookie went under a tag that nobody took up.
    let latest: Flow | undefined;
    let unused: Flow | undefined;
    for (const peerTag of this.#peerTag.get(tag) ?? []) {
      const flow = this.#flow(owner.host, peerTag);
      if (flow.nextTsn !== undefined || (!mustHaveData && flow.reconfiguration.isUsed)) latest = flow;
      else unused = flow;
    }
    return latest ?? (mustHaveData ? undefined : unused);
  }

  #pair(a: number, b: number): void {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const known = this.#peerTag.get(one) ?? new Set();
      known.add(other);
      this.#peerTag.set(one, known);
    }
  }

  #flow(host: string, tag: number): Flow {
    let flows = this.#flows.get(host);
    if (flows === undefined) {
      flows = new Map();
      this.#flows.set(host, flows);
    }
    let flow = flows.get(tag);
    if (flow === undefined) {
      flow = new Flow();
      flows.set(tag, flow);
    }
    return flow;
  }

  /** @param complaint made when it is needed: every packet is asked about a dozen times */
  #need(right: boolean, complaint: () => string): asserts right {
    if (!right) throw new SimViolation(complaint());
  }
}

/** The TSNs that a SACK reports beyond its Cumulative TSN Ack. */
function gapsOf({ cumulative, blocks, keptBlocks }: Acknowledgement): number[] {
  return [...blocks, ...keptBlocks].flatMap(([start, end]) =>
    Array.from({ length: end - start + 1 }, (_, i) => plus(cumulative, start + i)),
  );
}

/** A SHUTDOWN tells no window, and a SACK without AUTH may be older: what came behind AUTH may still be the last word. */
function noteHiddenAck(flow: Flow, chunk: WireChunk, isSure: boolean): void {
  const cumulative = chunk.value.getUint32(0);
  const isNews = flow.hiddenAck === undefined || ahead(cumulative, flow.hiddenAck) >= 0;
  if (!isSure && isNews) flow.hiddenAck = cumulative;
  else if (isSure && isNews && isAcknowledgement(chunk.type)) flow.hiddenAck = undefined;
}
