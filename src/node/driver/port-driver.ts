/**
 * One UDP encapsulation port, with the stack behind it: the driver of the core.
 * Owns: the clock, batching, the one host timer, the flush, keeping the process alive while there is something to do.
 * Does not own: the protocol (src/stack), how a port is opened (open-port.ts) and what users see of it (udp-port.ts), what
 * they see of events (socket.ts, server.ts).
 *
 * Hot: the clock is read once per batch of datagrams, and events and packets are flushed once per turn of the event
 * loop, in its check phase. A datagram that comes after a pause is flushed at once: it may be all there is, and whoever sent
 * it waits for the answer. A SACK that is due waits for no flush: the peer counts the SACKs (RFC 9260 6.2, 7.2.4).
 */

import { performance } from "node:perf_hooks";
import type { Association } from "../../association/association.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import type { StackOptionsInput } from "../../base/options.ts";
import type { TraceSink } from "../../base/trace-sink.ts";
import { SLAB_BYTES } from "../../chunks/slab.ts";
import type { TransportAddress } from "../../platform/address.ts";
import type { Acceptor, AddressFollower, AssociationUser, SocketHost } from "../../socket/state/host.ts";
import { Stack } from "../../stack/stack.ts";
import type { SctpStats } from "../../stack/stack-stats.ts";
import type { ConnectOptions, ListenOptions, LowerLayer, Transmit } from "../../stack/types.ts";
import { settleDelivery } from "../common/delivery.ts";
import {
  packetReceived,
  packetSent,
  publishConnecting,
  publishEvent,
  publishPacket,
} from "../common/diagnostics.ts";
import { nodePlatform } from "../common/platform.ts";
import type { Transport, TransportOwner } from "../transport/transport.ts";
import { type Leaver, loseTouch, stayInTouch } from "./farewell.ts";
import { shrinkPackets } from "./packet-size.ts";
import { type AddressedPort, PortAddresses } from "./port-addresses.ts";
import { PortFollower } from "./port-follower.ts";
import { bufferOver, doorOf, type PortShare } from "./port-share.ts";
import { type OpenTransport, PortTransports } from "./port-transports.ts";
import { type SendSlab, SlabPool } from "./slab-pool.ts";

/** A receiver reads at most 32 datagrams per turn of its loop: more than that at once is asking for loss. */
const MAX_PACKETS_PER_TURN = 32;
/** After so much time without a flush there is nothing to be gathered. A fast peer's datagrams are some 5 us apart. */
const PAUSE_MS = 0.02;
/** Lone datagrams this close to one another count as of one turn: what is granted per turn is not granted for each. */
const MIN_TURN_MS = 1;
/** Datagrams that may wait in libuv before the core is polled no further. */
const MAX_SENDS_IN_FLIGHT = 64;
/** How long a UDP port stays open, without keeping the process alive, to answer what was lost at the end. */
const LINGER_MS = 3_000;
const LONGEST_TIMEOUT_MS = 2_147_483_647;

export interface PortDriverOptions {
  readonly stack?: StackOptionsInput | undefined;
  readonly trace?: TraceSink | undefined;
  readonly share?: PortShare | undefined;
  /** Whether the transports are UDP sockets of this host, and no stand-ins. */
  readonly isOnHostSockets?: boolean | undefined;
  /** What is known of packets by their length on the way to an address. */
  readonly limitsTo?: LowerLayer["limitsTo"];
  /** Opens a UDP socket for one more local address; undefined where the addresses cannot change. */
  readonly openTransport?: OpenTransport | undefined;
  /** Called once, when the port is closed. */
  readonly onClose?: (() => void) | undefined;
}

/** Who accepts associations with an SCTP port, and by which local addresses; all if undefined. */
interface Listening {
  readonly acceptor: Acceptor;
  readonly localAddresses: readonly string[] | undefined;
}

/** Ports that nobody holds any more, still open to answer latecomers; they give way to whoever wants the number. */
const lingering: Set<PortDriver> = new Set();

/** Closes a port that only lingers: somebody wants its number. */
export function makeWay(localUdpPort: number): void {
  for (const driver of [...lingering]) if (driver.localUdpPort === localUdpPort) driver.close();
}

export class PortDriver implements TransportOwner, SocketHost, Leaver {
  /** 1 to 65535. */
  readonly localUdpPort: number;
  /** As they come and go. */
  readonly addresses: PortAddresses;
  /** Whether what the host hears of a peer's UDP port is about those that packets are sent to. */
  readonly isOnHostSockets: boolean;
  readonly #slabs: SlabPool = new SlabPool(SLAB_BYTES, (error, slab) => this.#onSent(error, slab));
  readonly #stack: Stack;
  readonly #transports: PortTransports;
  readonly #acceptors = new Map<number, Listening>();
  readonly #errorCounts: Record<string, number> = {};
  /** Made for the first who follows. */
  #follower: PortFollower | undefined;
  #blocked = false;
  #batchNowMs = -1;
  #flushedMs = 0;
  #flushScheduled = false;
  #telling = false;
  #timer: NodeJS.Timeout | undefined;
  #lingerTimer: NodeJS.Timeout | undefined;
  #timerDeadlineMs: number = Number.POSITIVE_INFINITY;
  #holders = 0;
  #references = 0;
  #turn = 0;
  #turnBeganMs = 0;
  #closed = false;
  #closeWhenIdle = false;
  readonly #onClose: (() => void) | undefined;
  readonly #flushCallback: () => void = this.#flush.bind(this, 0);
  readonly #timerCallback: () => void = this.#onTimer.bind(this);

  /**
   * @param transports one at least, all with one port number and without an owner
   * @throws SctpError ERR_SCTP_INVALID_OPTION
   */
  constructor(options: PortDriverOptions, transports: readonly Transport[]) {
    this.#transports = new PortTransports(transports, options.openTransport);
    this.#onClose = options.onClose;
    this.isOnHostSockets = options.isOnHostSockets ?? false;
    this.localUdpPort = this.#transports.localUdpPort;
    this.#stack = new Stack({
      platform: nodePlatform,
      shared: options.share?.port,
      udpPort: this.localUdpPort,
      trace: options.trace,
      ...(options.stack === undefined ? {} : { options: options.stack }),
    });
    const owner = options.share === undefined ? this : doorOf(options.share, this, transports);
    const onAdded = (address: string, transport: Transport): void => {
      const { limitsTo } = options;
      this.#stack.addLocalAddress(address, { maxPacketBytes: transport.maxDatagramBytes, limitsTo });
      transport.owner = owner;
    };
    for (const transport of transports) onAdded(transport.localAddress, transport);
    this.addresses = new PortAddresses(this.#asAddressed(onAdded));
    this.#updateRef();
  }

  /** Wildcards among them. */
  get localAddresses(): readonly string[] {
    return this.#transports.localAddresses;
  }
  /** Whether the port has the addresses that it was opened with. */
  get isAsOpened(): boolean {
    return this.#transports.isAsOpened;
  }

  /** Packets received and sent, drops by reason, and errors of the transports by code. */
  get counters(): Readonly<Record<string, number>> {
    return { ...this.#stack.counters, ...this.#errorCounts };
  }
  get associationCount(): number {
    return this.#stack.associationCount;
  }
  get associations(): Iterable<Association> {
    return this.#stack.associations;
  }
  stats(): SctpStats {
    return this.#stack.stats();
  }

  /** For whoever shares the port with others. */
  get stack(): Stack {
    return this.#stack;
  }

  /** Aborts every association and closes the UDP sockets. */
  close(): void {
    if (this.#closed) return;
    for (const association of [...this.#stack.associations])
      association.abort(new Uint8Array(0), this.nowMs());
    this.#tell();
    this.sendNow();
    this.#shut();
  }

  /** Sends what there is, however much: there is no later turn. */
  sendNow(): void {
    if (!this.#closed) this.#transmit(this.nowMs(), Number.POSITIVE_INFINITY);
  }

  // ---- For sockets and servers -------------------------------------------------------------------------------

  /** The stack's time. Within a batch of datagrams it stands still. */
  nowMs(): number {
    return this.#batchNowMs >= 0 ? this.#batchNowMs : performance.now();
  }

  /** Counts the turns of the event loop in which there was something to do. */
  get turn(): number {
    return this.#turn;
  }

  /** @throws SctpError as `Stack.listen` */
  listen(options: ListenOptions, acceptor: Acceptor): number {
    this.#requireOpen();
    const port = this.#stack.listen(options);
    this.#acceptors.set(port, { acceptor, localAddresses: options.localAddresses });
    return port;
  }

  unlisten(port: number): void {
    this.#acceptors.delete(port);
    this.#stack.unlisten(port);
  }

  /** @throws SctpError as `Stack.connect` */
  connect(options: ConnectOptions, user: AssociationUser): Association {
    this.#requireOpen();
    const association = this.#stack.connect(options, this.nowMs());
    association.userData = user;
    stayInTouch(this);
    publishConnecting(association);
    this.scheduleFlush();
    return association;
  }

  /** From now on the port's addresses follow the host's. @returns ends it */
  follow(follower: AddressFollower): () => void {
    const driver = this;
    this.#follower ??= new PortFollower({
      get localAddresses() {
        return driver.localAddresses;
      },
      bind: (address) => this.addresses.bind(address, undefined),
      drop: (address) => this.addresses.drop(address),
    });
    return this.#follower.add(follower);
  }

  /** Keeps the port open and the process alive until `release`, as often as it was called. */
  hold(): void {
    this.#holders++;
    if (lingering.delete(this)) clearTimeout(this.#lingerTimer);
    this.ref();
  }

  release(): void {
    this.#holders--;
    this.unref();
    if (this.#closeWhenIdle && this.#holders === 0) this.#linger();
  }

  /** Takes back an `unref`; whoever holds the port has to before `release`. */
  ref(): void {
    this.#references++;
    this.#updateRef();
  }

  /** One holder does not want the process to stay alive for it. */
  unref(): void {
    this.#references--;
    this.#updateRef();
  }

  /** Closes the port by itself once nobody holds it: for a port that one socket or server opened for itself. */
  closeWhenIdle(): void {
    this.#closeWhenIdle = true;
    if (this.#holders === 0) this.#linger();
  }

  /** Closes a port at once that was opened for something of which nothing came. */
  forgo(): void {
    if (this.#holders === 0 && !lingering.has(this)) this.close();
  }

  /** Something may be ready to be sent or told: once per turn of the event loop all of it is. */
  scheduleFlush(): void {
    if (this.#flushScheduled || this.#telling || this.#closed) return;
    this.#flushScheduled = true;
    setImmediate(this.#flushCallback);
  }

  // ---- For transports ----------------------------------------------------------------------------------------

  onDatagram(datagram: Uint8Array, remote: TransportAddress, transport: Transport): void {
    if (this.#closed) return;
    if (this.#telling) {
      // From within `send`, which was called in the middle of a flush: it comes when that has ended.
      setImmediate(() => this.onDatagram(datagram, remote, transport));
      return;
    }
    const bytes = bufferOver(datagram);
    const { localAddress } = transport;
    let isAlone = false;
    if (this.#batchNowMs < 0) {
      this.#batchNowMs = performance.now();
      isAlone = !this.#flushScheduled && this.#batchNowMs - this.#flushedMs > PAUSE_MS;
    }
    if (packetReceived.hasSubscribers) {
      publishPacket(packetReceived, bytes, { address: localAddress, port: this.localUdpPort }, remote);
    }
    this.#stack.receive(bytes, remote, localAddress, this.#batchNowMs);
    if (isAlone) return this.#flush(MIN_TURN_MS);
    while (this.#stack.sackIsDue) if (!this.#acknowledge(this.#batchNowMs)) break;
    this.scheduleFlush();
  }

  /** A datagram that is for this port, whoever read it from a socket; its memory is the stack's from now on. */
  inject(datagram: Buffer, remote: TransportAddress, localIndex: number): void {
    const transport = this.#transports.at(localIndex);
    if (transport !== undefined) this.onDatagram(datagram, remote, transport);
  }

  onTransportError(error: NodeJS.ErrnoException): void {
    const code = error.code ?? error.name;
    this.#errorCounts[code] = (this.#errorCounts[code] ?? 0) + 1;
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  #onSent(error: NodeJS.ErrnoException | null, slab: SendSlab): void {
    if (error !== null) {
      this.onTransportError(error);
      if (error.code === "EMSGSIZE") shrinkPackets(this.#stack, slab, this.nowMs());
    }
    if (!this.#blocked) return;
    this.#blocked = false;
    this.scheduleFlush();
  }

  /** @param minTurnMs how long the turn before must have lasted for this to be another one */
  #flush(minTurnMs = 0): void {
    this.#flushScheduled = false;
    if (this.#closed) return;
    const nowMs = this.#batchNowMs >= 0 ? this.#batchNowMs : performance.now();
    if (nowMs - this.#turnBeganMs >= minTurnMs) {
      this.#turn++;
      this.#turnBeganMs = nowMs;
    }
    this.#batchNowMs = nowMs; // User code that runs now sees the same time.
    let finished = false;
    this.#telling = true; // What users do now goes out below.
    try {
      this.#tell();
      finished = this.#transmit(nowMs, MAX_PACKETS_PER_TURN);
    } finally {
      this.#telling = false;
      this.#batchNowMs = -1;
      this.#flushedMs = performance.now();
      // After an exception of the user's, or with more to send than a turn takes: go on in the next turn.
      if ((!finished && !this.#blocked) || this.#stack.hasEvents) this.scheduleFlush();
    }
    this.#armTimer();
  }

  #tell(): void {
    for (let event = this.#stack.pollEvent(); event !== undefined; event = this.#stack.pollEvent()) {
      const { association } = event;
      if (event.kind === "closed" && this.#stack.associationCount === 0) loseTouch(this);
      if (event.kind === "established" && association.userData === undefined) {
        stayInTouch(this);
        const listening = this.#acceptors.get(association.localPort);
        if (listening === undefined) association.abort(new Uint8Array(0), this.nowMs());
        else association.userData = listening.acceptor.onAccept(association);
      }
      publishEvent(event);
      settleDelivery(event);
      (association.userData as AssociationUser | undefined)?.onAssociationEvent(event);
      // It was the last event. V8 let what had ended live on to a full collection while an association led to its socket.
      if (event.kind === "closed") association.userData = undefined;
    }
  }

  /** @returns whether nothing is left to send */
  #transmit(nowMs: number, maxPackets: number): boolean {
    const isLast = maxPackets > MAX_PACKETS_PER_TURN; // The port closes: nothing waits for a later turn.
    for (let count = 0; count < maxPackets; count++) {
      if (this.#slabs.inFlightCount >= MAX_SENDS_IN_FLIGHT && !isLast) {
        this.#blocked = true; // libuv would queue without bound.
        return false;
      }
      const slab = this.#slabs.take();
      if (!this.#send(slab, this.#stack.pollTransmit(slab, nowMs))) return true;
    }
    return false;
  }

  /**
   * In the middle of a batch: the packet with the SACK, and answers that go before it. Where libuv is busy, it goes with the flush.
   * @returns whether there was a packet
   */
  #acknowledge(nowMs: number): boolean {
    if (this.#slabs.inFlightCount >= MAX_SENDS_IN_FLIGHT) return false;
    const slab = this.#slabs.take();
    this.#telling = true; // What a transport delivers from within `send` comes after this.
    try {
      return this.#send(slab, this.#stack.pollSack(slab, nowMs));
    } finally {
      this.#telling = false;
    }
  }

  /** @returns whether there was a packet */
  #send(slab: SendSlab, transmit: Transmit | undefined): boolean {
    if (transmit === undefined) {
      this.#slabs.put(slab);
      return false;
    }
    const { lengthBytes, localAddress, remoteAddress, remoteUdpPort } = transmit;
    const packet = slab.packet(lengthBytes);
    if (packetSent.hasSubscribers) this.#publishSent(packet as Buffer, transmit);
    this.#slabs.lend(slab, transmit);
    this.#transports.of(localAddress).send(packet, remoteAddress, remoteUdpPort, slab.onSent);
    return true;
  }

  #publishSent(packet: Buffer, { localAddress, remoteAddress, remoteUdpPort }: Transmit): void {
    const local = { address: localAddress, port: this.localUdpPort };
    publishPacket(packetSent, packet, local, { address: remoteAddress, port: remoteUdpPort });
  }

  /** One timer for the whole stack; it is moved only when something is due earlier. */
  #armTimer(): void {
    const deadlineMs = this.#stack.nextDeadlineMs();
    if (deadlineMs >= this.#timerDeadlineMs) return;
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timerDeadlineMs = deadlineMs;
    const waitMs = Math.min(Math.max(1, Math.ceil(deadlineMs - performance.now())), LONGEST_TIMEOUT_MS);
    this.#timer = setTimeout(this.#timerCallback, waitMs).unref();
  }

  #onTimer(): void {
    this.#timer = undefined;
    this.#timerDeadlineMs = Number.POSITIVE_INFINITY;
    if (this.#closed) return;
    this.#stack.handleTimeout(this.nowMs());
    this.#flush();
  }

  #asAddressed(onAdded: AddressedPort["onAdded"]): AddressedPort {
    const driver = this;
    return {
      transports: this.#transports,
      get associations() {
        return driver.associations;
      },
      get isClosed() {
        return driver.#closed;
      },
      isListenedOn: (address) =>
        [...this.#acceptors.values()].some(
          ({ localAddresses }) => localAddresses?.includes(address) !== false,
        ),
      onAdded,
      onRemoved: (address) => {
        this.#stack.removeLocalAddress(address, this.nowMs());
        this.scheduleFlush();
      },
    };
  }

  #requireOpen(): void {
    if (this.#closed) throw new SctpError(SctpErrorCode.Closed, "the UDP port has been closed");
  }

  #updateRef(): void {
    this.#transports.reference(this.#references > 0);
  }

  /**
   * A lost SHUTDOWN COMPLETE is asked for again: stay to answer, but keep nobody waiting (RFC 9260 8.4 rule 5). And there
   * may be associations that end gracefully without their sockets.
   */
  #linger(): void {
    if (this.#closed || lingering.has(this)) return;
    lingering.add(this);
    const leave = (): void => {
      if (this.#stack.associationCount > 0) this.#lingerTimer = setTimeout(leave, LINGER_MS).unref();
      else this.#shut();
    };
    this.#lingerTimer = setTimeout(leave, LINGER_MS).unref();
  }

  #shut(): void {
    if (this.#closed) return;
    this.#closed = true;
    lingering.delete(this);
    loseTouch(this);
    clearTimeout(this.#timer);
    clearTimeout(this.#lingerTimer);
    this.addresses.close();
    this.#follower?.close();
    this.#transports.close();
    this.#onClose?.();
  }
}
