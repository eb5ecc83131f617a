/**
 * One association of a scripted peer: its state, what it answers to which chunk, its timers.
 * Owns: RFC 9260's states of one association, T1 and T2, composing packets. Does not own: INITs and cookies that arrive
 * (peer.ts), the two halves (sender.ts, receiver.ts).
 */

import { tsnAdd } from "../../base/serial.ts";
import { type Chunk, chunkLengthBytes, type InitAckChunk, type SackChunk } from "../../chunks/chunk.ts";
import { CauseCode } from "../../chunks/codes.ts";
import type { NrSackChunk } from "../../chunks/nr-sack.ts";
import type { TransportAddress } from "../../platform/address.ts";
import type { Habits } from "./behaviours.ts";
import { type Introduction, initChunk, introductionOf, oddBytes, oddCauses } from "./handshake.ts";
import { type PeerMessage, Receiver } from "./receiver.ts";
import { PACKET_BYTES, Sender } from "./sender.ts";
import { StreamSteward } from "./stream-steward.ts";

export type PeerState =
  | "COOKIE-WAIT"
  | "COOKIE-ECHOED"
  | "ESTABLISHED"
  | "SHUTDOWN-PENDING"
  | "SHUTDOWN-SENT"
  | "SHUTDOWN-RECEIVED"
  | "SHUTDOWN-ACK-SENT"
  | "CLOSED";

/** How an association of a scripted peer came to its end. */
export type PeerEnd = "shutdown" | "aborted by the other side" | "aborted" | "unreachable";

/** What an association needs of its peer. */
export interface PeerSeat {
  readonly nowMs: number;
  readonly habits: Habits;
  readonly address: string;
  readonly windowBytes: number;
  /** Retransmissions in a row, of whatever it is, until it gives up (Association.Max.Retrans). */
  readonly maxRetrans: number;
  transmit(to: TransportAddress, remotePort: number, tag: number, chunks: readonly Chunk[]): void;
  onUp(association: PeerAssociation): void;
  onMessage(association: PeerAssociation, message: PeerMessage): void;
  onEnd(association: PeerAssociation, end: PeerEnd): void;
}

/** T1-init, T1-cookie or T2-shutdown. */
interface Repeating {
  readonly chunk: () => Chunk;
  atMs: number;
  delayMs: number;
  count: number;
}

const RTO_MS = 1_000;
const RTO_MAX_MS = 60_000;
const MAX_PACKETS_AT_ONCE = 200;
const COMMON_HEADER_BYTES = 12;
const SENDS_DATA: ReadonlySet<PeerState> = new Set(["ESTABLISHED", "SHUTDOWN-PENDING", "SHUTDOWN-RECEIVED"]);
const TAKES_DATA: ReadonlySet<PeerState> = new Set(["ESTABLISHED", "SHUTDOWN-PENDING", "SHUTDOWN-SENT"]);

export class PeerAssociation {
  readonly own: Introduction;
  readonly remotePort: number;
  /** Where its packets go: wherever the last one came from (RFC 6951 5.4). */
  remote: TransportAddress;
  peerTag = 0;
  readonly #seat: PeerSeat;
  readonly #sender: Sender;
  #receiver: Receiver | undefined = undefined;
  #steward: StreamSteward | undefined = undefined;
  #state: PeerState = "COOKIE-WAIT";
  /** What goes out with the next packet, in this order. */
  #control: Chunk[] = [];
  #repeating: Repeating | undefined = undefined;
  #wantsShutdown = false;
  /** Both sides know I-DATA. */
  #isInterleaved = false;
  /** Both sides know NR-SACK. */
  #hasPromises = false;

  constructor(seat: PeerSeat, own: Introduction, remote: TransportAddress, remotePort: number) {
    this.#seat = seat;
    this.own = own;
    this.remote = remote;
    this.remotePort = remotePort;
    this.#sender = new Sender(own.initialTsn, seat.habits);
  }

  get state(): PeerState {
    return this.#state;
  }
  /** Whether `send` may be called: nothing is taken after the end of either side has begun. */
  get takesMessages(): boolean {
    return !this.#wantsShutdown && (this.isSettingUp || this.#state === "ESTABLISHED");
  }
  /** Nothing that was sent waits for its acknowledgement. */
  get isIdle(): boolean {
    return this.#sender.isIdle;
  }
  get isSettingUp(): boolean {
    return this.#state === "COOKIE-WAIT" || this.#state === "COOKIE-ECHOED";
  }
  get nextDeadlineMs(): number {
    if (this.#state === "CLOSED") return Number.POSITIVE_INFINITY;
    const { t3AtMs, companyAtMs } = this.#sender;
    return Math.min(
      this.#repeating?.atMs ?? Number.POSITIVE_INFINITY,
      ...(SENDS_DATA.has(this.#state)
        ? [t3AtMs, companyAtMs, this.#steward?.repeatAtMs ?? Number.POSITIVE_INFINITY]
        : []),
      ...(TAKES_DATA.has(this.#state) && this.#receiver !== undefined
        ? [this.#receiver.sackAtMs, this.#receiver.readAtMs]
        : []),
    );
  }

  // ---- What its user does ------------------------------------------------------------------------------------

  /** Sends INIT. */
  open(): void {
    this.#state = "COOKIE-WAIT";
    this.#repeat(() => initChunk(this.own, this.#seat.address, this.#seat.habits));
  }

  send(message: PeerMessage): void {
    this.#sender.enqueue(message);
    if (this.#state === "ESTABLISHED" && this.#seat.habits.happens(0.2)) this.#steward?.ask(message.streamId);
    this.flush();
  }

  shutdown(): void {
    this.#wantsShutdown = true;
    this.flush();
  }

  abort(): void {
    const { habits } = this.#seat;
    const isOdd = habits.does("odd-parameters");
    const reason = isOdd ? oddBytes(habits) : new Uint8Array(0);
    this.#end("aborted", {
      kind: "ABORT",
      tagReflected: false,
      causes: [
        { kind: "User-Initiated Abort", code: CauseCode.UserInitiatedAbort, reason },
        ...(isOdd ? oddCauses(habits) : []),
      ],
    });
  }

  // ---- What its peer hears of --------------------------------------------------------------------------------

  /** A COOKIE ECHO was right (5.1 D, 5.2.4). It may be the second one: then nothing is new. */
  onCookieEcho(peer: Introduction): void {
    this.#control.unshift({ kind: "COOKIE ACK" });
    if (!this.isSettingUp) return;
    this.#meet(peer);
    this.#comeUp();
  }

  /** All chunks of one packet that carried our tag. */
  onPacket(chunks: readonly Chunk[]): void {
    let hasData = false;
    for (const chunk of chunks) {
      if (this.#state === "CLOSED") return;
      const isData = chunk.kind === "DATA" || chunk.kind === "I-DATA";
      const isForward = chunk.kind === "FORWARD TSN" || chunk.kind === "I-FORWARD-TSN";
      if ((isData || isForward) && TAKES_DATA.has(this.#state) && this.#receiver !== undefined) {
        this.#requireAgreed(chunk.kind);
        if (isData) this.#receiver.onData(chunk, this.#seat.nowMs);
        else this.#receiver.onForwardTsn(chunk, this.#seat.nowMs);
        hasData = true;
      } else {
        this.#onChunk(chunk);
      }
    }
    if (hasData) this.#onDataRead();
    this.flush();
  }

  /** Says once more what the other side has missed (9.2: an INIT or COOKIE ECHO in SHUTDOWN-ACK-SENT). */
  repeatNow(): void {
    if (this.#repeating !== undefined) this.#control.push(this.#repeating.chunk());
  }

  handleTimeout(): void {
    const { nowMs, maxRetrans } = this.#seat;
    const repeating = this.#repeating;
    if (repeating !== undefined && nowMs >= repeating.atMs) {
      if (++repeating.count > maxRetrans) return this.#giveUp();
      repeating.delayMs = Math.min(2 * repeating.delayMs, RTO_MAX_MS);
      repeating.atMs = nowMs + repeating.delayMs;
      this.repeatNow();
    }
    if (nowMs >= this.#sender.companyAtMs) this.#sender.onCompanyLate();
    if (SENDS_DATA.has(this.#state) && nowMs >= this.#sender.t3AtMs) {
      this.#sender.onT3(nowMs);
      if (this.#sender.errorCount > maxRetrans) return this.#giveUp();
    }
    this.flush();
  }

  /** Sends all that may be sent now. */
  flush(): void {
    if (this.#state === "CLOSED") return;
    const { nowMs, habits } = this.#seat;
    this.#receiver?.read(nowMs);
    this.#goOnShuttingDown();
    const packets: Chunk[][] = [];
    while (packets.length < MAX_PACKETS_AT_ONCE) {
      const packet = this.#nextPacket(nowMs);
      if (packet.length === 0) break;
      packets.push(packet);
    }
    const isShuffled = packets.length > 1 && habits.does("shuffled-packets");
    for (const packet of isShuffled ? habits.shuffled(packets) : packets) this.#transmit(packet);
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  #meet(peer: Introduction): void {
    const seat = this.#seat;
    this.peerTag = peer.tag;
    this.#isInterleaved = this.own.interleaves && peer.interleaves;
    if (this.#isInterleaved) seat.habits.does("interleaves");
    this.#hasPromises = this.own.promises && peer.promises;
    this.#sender.begin(peer.windowBytes, this.#isInterleaved);
    const receiver = new Receiver(
      peer.initialTsn,
      seat.windowBytes,
      this.#hasPromises,
      seat.habits,
      (message) => seat.onMessage(this, message),
    );
    this.#receiver = receiver;
    if (!seat.habits.has("reconfigures")) return;
    const { initialTsn } = this.own;
    this.#steward = new StreamSteward(initialTsn, peer.initialTsn, seat.habits, this.#sender, receiver);
  }

  /** Of DATA and I-DATA, and of what skips them, one is right (RFC 8260 2.2.3, 2.3.1). */
  #requireAgreed(kind: "DATA" | "I-DATA" | "FORWARD TSN" | "I-FORWARD-TSN"): void {
    const isForward = kind === "FORWARD TSN" || kind === "I-FORWARD-TSN";
    const isForInterleaved = kind === "I-DATA" || kind === "I-FORWARD-TSN";
    if ((isForward && !this.#seat.habits.has("skips")) || isForInterleaved !== this.#isInterleaved)
      throw new Error(`${kind} came, which nobody had asked for`);
  }

  /** Of SACK and NR-SACK, one is right (draft-tuexen-tsvwg-sctp-multipath 4.1). */
  #onSack(chunk: SackChunk | NrSackChunk): void {
    if ((chunk.kind === "NR-SACK") !== this.#hasPromises)
      throw new Error(`${chunk.kind} came, which is not what was agreed on`);
    if (SENDS_DATA.has(this.#state)) this.#sender.onSack(chunk, this.#seat.nowMs);
  }

  #comeUp(): void {
    this.#state = "ESTABLISHED";
    this.#repeating = undefined;
    this.#sender.startT3(this.#seat.nowMs);
    this.#maybeSayOddThings();
    this.#seat.onUp(this);
  }

  #onChunk(chunk: Chunk): void {
    switch (chunk.kind) {
      case "INIT ACK":
        return this.#onInitAck(chunk);
      case "COOKIE ACK":
        if (this.#state === "COOKIE-ECHOED") this.#comeUp();
        return;
      case "SACK":
      case "NR-SACK":
        return this.#onSack(chunk);
      case "HEARTBEAT":
        this.#control.push({ ...chunk, kind: "HEARTBEAT ACK" });
        return;
      case "RE-CONFIG":
        if (!this.#seat.habits.has("reconfigures"))
          throw new Error("a RE-CONFIG came that nobody had asked for");
        return this.#steward?.onChunk(chunk.parameters);
      case "ABORT":
        return this.#end("aborted by the other side");
      case "ERROR":
        // A cookie that was too long under way: the set-up begins anew (5.2.6).
        if (
          this.#state === "COOKIE-ECHOED" &&
          chunk.causes.some(({ code }) => code === CauseCode.StaleCookie)
        )
          this.open();
        return;
      case "SHUTDOWN":
        return this.#onShutdown(chunk.cumulativeTsnAck);
      case "SHUTDOWN ACK":
        if (this.#state !== "SHUTDOWN-SENT" && this.#state !== "SHUTDOWN-ACK-SENT") return;
        return this.#end("shutdown", { kind: "SHUTDOWN COMPLETE", tagReflected: false });
      case "SHUTDOWN COMPLETE":
        if (this.#state === "SHUTDOWN-ACK-SENT") this.#end("shutdown");
        return;
      default:
        return;
    }
  }

  #onInitAck(chunk: InitAckChunk): void {
    if (this.#state !== "COOKIE-WAIT") return;
    const parameter = chunk.parameters.find(({ kind }) => kind === "State Cookie");
    if (parameter?.kind !== "State Cookie") throw new Error("an INIT ACK came without a State Cookie");
    const cookie = parameter.cookie.slice();
    this.#meet(introductionOf(chunk));
    this.#state = "COOKIE-ECHOED";
    this.#repeat(() => ({ kind: "COOKIE ECHO", cookie }));
  }

  /** SHUTDOWN acknowledges, and says that no new DATA will come (9.2). */
  #onShutdown(cumulativeTsnAck: number): void {
    if (this.isSettingUp) return;
    this.#sender.onCumulativeTsnAck(cumulativeTsnAck, this.#seat.nowMs);
    if (this.#state === "SHUTDOWN-SENT") this.#acknowledgeShutdown();
    else if (this.#state === "SHUTDOWN-ACK-SENT") this.repeatNow();
    else this.#state = "SHUTDOWN-RECEIVED";
  }

  #acknowledgeShutdown(): void {
    this.#state = "SHUTDOWN-ACK-SENT";
    this.#control = this.#control.filter(({ kind }) => kind !== "SHUTDOWN");
    this.#repeat(() => ({ kind: "SHUTDOWN ACK" }));
  }

  /** Each half of a shutdown goes on when all that was sent has been acknowledged. */
  #goOnShuttingDown(): void {
    if (this.#state === "ESTABLISHED" && this.#wantsShutdown) this.#state = "SHUTDOWN-PENDING";
    if (!this.#sender.isIdle) return;
    if (this.#state === "SHUTDOWN-RECEIVED") this.#acknowledgeShutdown();
    if (this.#state !== "SHUTDOWN-PENDING") return;
    this.#state = "SHUTDOWN-SENT";
    this.#repeat(() => this.#shutdownChunk());
  }

  #shutdownChunk(): Chunk {
    const initial = tsnAdd(this.own.initialTsn, -1);
    return { kind: "SHUTDOWN", cumulativeTsnAck: this.#receiver?.cumulativeTsn ?? initial };
  }

  /** A packet with DATA: a SACK sooner or later, and in SHUTDOWN-SENT a SHUTDOWN at once (9.2). */
  #onDataRead(): void {
    const receiver = this.#receiver;
    if (receiver === undefined) return;
    if (this.#state !== "SHUTDOWN-SENT") return receiver.onPacket(this.#seat.nowMs);
    if (receiver.hasMoreToSay || !this.#seat.habits.does("shutdown-for-sack"))
      this.#control.push(receiver.takeSack());
    else receiver.onSaid();
    this.#repeat(() => this.#shutdownChunk());
  }

  /** Sends a chunk, and sends it again until somebody stops it. */
  #repeat(chunk: () => Chunk): void {
    this.#repeating = { chunk, atMs: this.#seat.nowMs + RTO_MS, delayMs: RTO_MS, count: 0 };
    this.#control.push(chunk());
  }

  /** Chunks that ask for nothing, of which a report may come back. */
  #maybeSayOddThings(): void {
    const { habits } = this.#seat;
    if (!habits.does("odd-parameters")) return;
    this.#control.push({ kind: "ERROR", causes: oddCauses(habits) });
    for (const type of [0xbf, 0xff])
      this.#control.push({
        kind: "unknown",
        type,
        flags: habits.random.integer(0, 255),
        value: oddBytes(habits),
      });
  }

  /** Control, then a SACK if one is due or can go with DATA, then DATA (6.10). */
  #nextPacket(nowMs: number): Chunk[] {
    const init = this.#control.findIndex(({ kind }) => kind === "INIT");
    if (init !== -1) return this.#control.splice(init, 1);
    const packet = this.#control;
    this.#control = [];
    if (SENDS_DATA.has(this.#state) || this.#state === "SHUTDOWN-SENT")
      packet.push(...(this.#steward?.flush(nowMs) ?? []));
    const receiver = TAKES_DATA.has(this.#state) ? this.#receiver : undefined;
    if (receiver !== undefined && nowMs >= receiver.sackAtMs) packet.push(receiver.takeSack());
    const forward = SENDS_DATA.has(this.#state) ? this.#sender.takeForwardTsn() : undefined;
    if (forward !== undefined) packet.push(forward);
    const hasSack = packet.some(({ kind }) => kind === "SACK" || kind === "NR-SACK");
    const data = this.#dataFor(packet, nowMs);
    if (data.length === 0) return packet;
    const waitingSack = !hasSack && receiver !== undefined && receiver.sackAtMs !== Number.POSITIVE_INFINITY;
    return [...packet, ...(waitingSack ? [receiver.takeSack()] : []), ...data];
  }

  #dataFor(packet: readonly Chunk[], nowMs: number): readonly Chunk[] {
    const takesAlong = packet.some(({ kind }) => kind === "COOKIE ECHO" || kind === "COOKIE ACK");
    if (!SENDS_DATA.has(this.#state) && !(takesAlong && this.#state === "COOKIE-ECHOED")) return [];
    if (takesAlong && !this.#seat.habits.has("late-bundling")) return [];
    const usedBytes = packet.reduce(
      (bytes, chunk) => bytes + ((chunkLengthBytes(chunk) + 3) & ~3),
      COMMON_HEADER_BYTES,
    );
    return this.#sender.takePacket(PACKET_BYTES - usedBytes, nowMs, packet.length === 0);
  }

  #giveUp(): void {
    this.#end("unreachable", { kind: "ABORT", tagReflected: false, causes: [] });
  }

  #end(end: PeerEnd, last?: Chunk): void {
    if (this.#state === "CLOSED") return;
    if (last !== undefined && this.peerTag !== 0) this.#transmit([last]);
    this.#state = "CLOSED";
    this.#control = [];
    // What has been acknowledged is the user's, who reads it now at the latest.
    this.#receiver?.read(Number.POSITIVE_INFINITY);
    this.#seat.onEnd(this, end);
  }

  #transmit(chunks: readonly Chunk[]): void {
    const tag = chunks[0]?.kind === "INIT" ? 0 : this.peerTag;
    this.#seat.transmit(this.remote, this.remotePort, tag, chunks);
  }
}
