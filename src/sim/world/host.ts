/**
 * A host of the simulation: one stack on some addresses, and the users of its associations.
 * Owns: driving the stack as a driver would, flushing after every event. Does not own: time, the network (world.ts).
 */
import type { Association } from "../../association/association.ts";
import type { AssociationEvent } from "../../association/association-event.ts";
import type {
  AddedStreamCounts,
  ResetDirection,
} from "../../association/extensions/stream-reconfiguration.ts";
import type { CloseReason, UnsentMessage } from "../../association/model/events.ts";
import type { ReceivedMessage } from "../../association/model/received-message.ts";
import type { Reliability } from "../../association/model/reliability.ts";
import type { AssociationOptionsInput, StackOptionsInput } from "../../base/options.ts";
import type { TraceSink } from "../../base/trace-sink.ts";
import { PacketSlab, SLAB_BYTES } from "../../chunks/slab.ts";
import type { TransportAddress } from "../../platform/address.ts";
import type { Platform } from "../../platform/platform.ts";
import { PortableHmac } from "../../platform/portable-hmac.ts";
import { type RandomSource, SeededRandom } from "../../platform/random.ts";
import type { SharedPort } from "../../stack/shared-port.ts";
import { Stack } from "../../stack/stack.ts";
import type { LowerLayer, PacketLimits } from "../../stack/types.ts";
import { DeliveryChecker } from "../checks/delivery-checker.ts";
import { SimViolation } from "../checks/packet-checker.ts";
import { HostTrace } from "./host-trace.ts";
import type { PacketMemory } from "./packet-memory.ts";

/** The other end of an association, whoever has it. */
export interface FarEnd {
  readonly state: string;
  /** Of what it sends. */
  readonly delivery: DeliveryChecker;
}

/** What a host asks of the world. */
export interface HostWorld {
  readonly nowMs: number;
  /** Whether what hosts do is judged. */
  readonly isChecked: boolean;
  /** Where packets lie that have been sent. */
  readonly packetMemory: PacketMemory;
  /** @returns whether the network will deliver it */
  send(host: SimHost, from: string, to: string, toPort: number, datagram: Uint8Array): boolean;
  /** Messages of the host may be given up from now on. */
  mayAbandon(host: SimHost): void;
  /** The association at the other end. */
  peerOf(association: SimAssociation): FarEnd | undefined;
}

export const SIM_UDP_PORT = 9_899;

/** What may be chosen for a host. */
export interface SimHostOptions extends StackOptionsInput {
  /** Sees what this host's stack does, and, if it has `lost`, what the network loses of what the host sends or is sent. */
  readonly trace?: TraceSink | undefined;
  /** Makes the host's randomness from a seed: for tags and TSNs of your choice. */
  readonly randomFrom?: (seed: number) => RandomSource;
  /**
   * The largest UDP payload that its interface lets out whole. Larger ones leave in pieces, which every link carries, as with
   * IPv4 on Linux; 65,507 if absent: none are cut.
   */
  readonly interfaceBytes?: number;
  /** Where several hosts share one address and UDP port; asked at every boot. */
  readonly shared?: () => SharedPort;
}

/** One association with its user: sends, collects what comes, remembers what was told. */
export class SimAssociation {
  readonly association: Association;
  readonly host: SimHost;
  /** Which life of the host it belongs to. */
  readonly bootCount: number;
  readonly received = new Map<number, Uint8Array[]>();
  readonly events: AssociationEvent["kind"][] = [];
  /** Kinds of events that told of something performed (RFC 6525). */
  readonly performed = new Set<string>();
  /** What came back unsent, and whether it had been on the wire. */
  readonly failed: UnsentMessage[] = [];
  /** Of what this side sends. */
  delivery: DeliveryChecker = new DeliveryChecker();
  closeReason: CloseReason | undefined;
  /** False makes a user that does not read. */
  autoRead = true;
  receivedCount = 0;
  /** Messages of which only the beginning has been delivered, by their keys. */
  readonly #pieces = new Map<number, Uint8Array[]>();
  /** Keys of messages that will not be ended, and of which pieces may still wait. */
  readonly #aborted = new Set<number>();
  #shutdownAsked = false;
  /** Of the peer's streams, behind messages that have not been read. */
  readonly #comingResets: Array<{ readonly position: number; readonly streamIds: readonly number[] }> = [];
  /** Messages of the peer's former life that wait: no checker knows them any more. */
  #staleCount = 0;

  constructor(host: SimHost, association: Association) {
    this.host = host;
    this.association = association;
    this.bootCount = host.bootCount;
  }

  get state(): string {
    return this.association.state;
  }
  /** Whether messages are taken. */
  get isOpen(): boolean {
    return (
      this.state === "ESTABLISHED" ||
      ((this.state === "COOKIE-WAIT" || this.state === "COOKIE-ECHOED") && !this.#shutdownAsked)
    );
  }
  get primaryPath(): string {
    return this.association.primaryAddress;
  }

  send(
    streamId: number,
    payload: Uint8Array,
    more: { ppid?: number; unordered?: boolean; reliability?: Reliability | undefined } = {},
  ): void {
    const { unordered = false, reliability } = more;
    if (reliability !== undefined) this.host.world.mayAbandon(this.host);
    this.association.send(payload, { streamId, ...more }, this.host.world.nowMs);
    if (this.host.world.isChecked)
      this.delivery.onSent(streamId, payload, unordered, reliability !== undefined);
    this.host.flush();
  }

  shutdown(): void {
    this.#shutdownAsked = true;
    this.association.shutdown(this.host.world.nowMs);
    this.host.flush();
  }

  abort(reason: Uint8Array = new Uint8Array(0)): void {
    this.association.abort(reason, this.host.world.nowMs);
    this.host.flush();
  }

  /** Asks for streams to begin anew (RFC 6525). @param streamIds none: all */
  resetStreams(direction: ResetDirection, streamIds: readonly number[]): void {
    const { association, host } = this;
    if (direction !== "outgoing") host.world.peerOf(this)?.delivery.forgetResets();
    const number = association.resetStreams(direction, streamIds, host.world.nowMs);
    if (direction !== "incoming") this.delivery.onResetAsked(number, streamIds, association.outboundStreams);
    host.flush();
  }

  /** Asks for all numbers to begin anew, or for more streams (RFC 6525). */
  resetAssociation(): void {
    this.association.resetAssociation(this.host.world.nowMs);
    this.host.flush();
  }

  /** Asks the peer about an address of this side (RFC 5061), which its host must have if it is added. */
  addAddress(address: string): void {
    this.association.addLocalAddress(address, this.host.world.nowMs);
    this.host.flush();
  }

  removeAddress(address: string): void {
    this.association.removeLocalAddress(address, this.host.world.nowMs);
    this.host.flush();
  }

  setPeerPrimary(address: string): void {
    this.association.setPeerPrimaryAddress(address, this.host.world.nowMs);
    this.host.flush();
  }

  addStreams(counts: AddedStreamCounts): void {
    this.association.addStreams(counts, this.host.world.nowMs);
    this.host.flush();
  }

  /** Takes at most `count` of the messages, and pieces of messages, that wait. */
  read(count: number = Number.POSITIVE_INFINITY): number {
    let taken = 0;
    for (; taken < count; taken++) {
      this.#tellResets();
      const message = this.association.receiveMessage(this.host.world.nowMs);
      if (message === undefined) {
        this.#aborted.clear();
        break;
      }
      if (this.#staleCount > 0) {
        this.#staleCount--;
        continue;
      }
      const data = this.#whole(message);
      if (data === undefined) continue;
      if (this.host.world.isChecked)
        this.host.world.peerOf(this)?.delivery.onReceived(message.streamId, data, message.unordered);
      const stream = this.received.get(message.streamId) ?? [];
      stream.push(data);
      this.received.set(message.streamId, stream);
      this.receivedCount++;
    }
    return taken;
  }

  /** The peer's streams begin anew behind so many messages. */
  onPeerReset(position: number, streamIds: readonly number[]): void {
    this.#comingResets.push({ position, streamIds });
  }

  #tellResets(): void {
    if (this.#comingResets.length === 0) return;
    const taken = this.association.stats.receivedMessages;
    for (let next = this.#comingResets[0]; next !== undefined && next.position <= taken; ) {
      this.#comingResets.shift();
      this.host.world.peerOf(this)?.delivery.onResetTold(next.streamIds);
      next = this.#comingResets[0];
    }
  }

  /** The peer began anew: what it had begun to say will not be ended; what it had said counts for nothing. */
  onRestarted(waitingCount: number): void {
    this.#staleCount = waitingCount;
    this.delivery = new DeliveryChecker();
    this.#comingResets.length = 0;
    this.#pieces.clear();
    this.#aborted.clear();
  }

  /** A message of which some was delivered will not be ended. */
  onDeliveryAborted(messageKey: number): void {
    this.#pieces.delete(messageKey);
    this.#aborted.add(messageKey);
  }

  /** Joins a message that was delivered in pieces (RFC 9260 6.9); undefined until its last one is there. */
  #whole({ data, messageKey, endOfMessage }: ReceivedMessage): Uint8Array | undefined {
    if (this.#aborted.has(messageKey)) return undefined;
    const pieces = [...(this.#pieces.get(messageKey) ?? []), data];
    if (!endOfMessage) {
      this.#pieces.set(messageKey, pieces);
      return undefined;
    }
    this.#pieces.delete(messageKey);
    if (pieces.length === 1) return data;
    const whole = new Uint8Array(pieces.reduce((bytes, piece) => bytes + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}

export class SimHost {
  readonly name: string;
  readonly world: HostWorld;
  /** Every association that this host ever had, the oldest first. */
  readonly associations: SimAssociation[] = [];
  /** Takes events before the host does: true keeps them. For users other than SimAssociation (programs.ts). */
  takeEvent: ((event: AssociationEvent) => boolean) | undefined = undefined;
  /** Called when everything that was ready has been told and sent. */
  onFlushed: (() => void) | undefined = undefined;
  /** What leaves whole. */
  readonly interfaceBytes: number;
  readonly #seed: number;
  readonly #stackOptions: StackOptionsInput;
  readonly #randomFrom: (seed: number) => RandomSource;
  readonly #shared: (() => SharedPort) | undefined;
  readonly #trace: HostTrace | undefined;
  readonly #slab: PacketSlab = new PacketSlab();
  #addresses: readonly string[];
  #restarts = 0;
  #stack: Stack;

  constructor(
    world: HostWorld,
    name: string,
    addresses: readonly string[],
    seed: number,
    options: SimHostOptions,
  ) {
    this.world = world;
    this.name = name;
    this.#addresses = addresses;
    this.#seed = seed;
    const {
      randomFrom = (from: number): RandomSource => new SeededRandom(from),
      interfaceBytes = SLAB_BYTES,
      shared,
      trace,
      ...stackOptions
    } = options;
    this.#randomFrom = randomFrom;
    this.interfaceBytes = interfaceBytes;
    this.#shared = shared;
    this.#trace = trace === undefined ? undefined : new HostTrace(trace);
    this.#stackOptions = stackOptions;
    this.#stack = this.#boot();
  }

  /** Those that it has now. */
  get addresses(): readonly string[] {
    return this.#addresses;
  }

  /** It has one address more from now on, to which links must lead; its associations do not use it before they are told to. */
  gain(address: string): void {
    this.#addresses = [...this.#addresses, address];
    this.#stack.addLocalAddress(address, this.#lowerLayer);
  }

  /** It has one address less: nothing leaves from it, or comes to it, any more. */
  lose(address: string): void {
    this.#addresses = this.#addresses.filter((other) => other !== address);
    this.#stack.removeLocalAddress(address, this.world.nowMs);
    this.flush();
  }

  /** One address takes the place of another at once, as when a host moves to another network; the peers of its associations hear of it. */
  move(from: string, to: string): void {
    this.gain(to);
    this.lose(from);
    for (const user of this.associations) {
      const { association, isOpen } = user;
      if (!isOpen || !association.dynamicAddresses) continue;
      association.addLocalAddress(to, this.world.nowMs);
      association.removeLocalAddress(from, this.world.nowMs);
    }
    this.flush();
  }

  /** How often the host has crashed and come back. */
  get bootCount(): number {
    return this.#restarts;
  }

  get stack(): Stack {
    return this.#stack;
  }

  listen(port: number, options: AssociationOptionsInput = {}): void {
    this.#stack.listen({ port, options });
  }

  connect(
    peer: readonly string[],
    port: number,
    options: AssociationOptionsInput = {},
    localPort = 0,
  ): SimAssociation {
    const association = this.#stack.connect(
      { remoteAddresses: peer, remotePort: port, remoteUdpPort: SIM_UDP_PORT, localPort, options },
      this.world.nowMs,
    );
    const wrapped = this.#wrap(association);
    this.flush();
    return wrapped;
  }

  /** The host crashes and comes back at once, knowing nothing. */
  restart(): void {
    this.#restarts++;
    this.#stack = this.#boot();
  }

  receive(datagram: Uint8Array, from: string, fromPort: number, to: string): void {
    this.#stack.receive(datagram, { address: from, port: fromPort }, to, this.world.nowMs);
    this.flush();
    if (this.world.isChecked) this.#checkMemory();
  }

  handleTimeout(): void {
    if (this.#stack.nextDeadlineMs() > this.world.nowMs) return;
    this.#stack.handleTimeout(this.world.nowMs);
    this.flush();
  }

  get nextDeadlineMs(): number {
    return this.#stack.nextDeadlineMs();
  }

  /** Tells and sends everything that is ready. */
  flush(): void {
    const { nowMs } = this.world;
    for (;;) {
      this.#tellAll();
      const transmit = this.#stack.pollTransmit(this.#slab, nowMs);
      if (transmit === undefined) break;
      const { localAddress, remoteAddress, remoteUdpPort, lengthBytes } = transmit;
      const datagram = this.world.packetMemory.copy(this.#slab.packet(lengthBytes));
      const arrives = this.world.send(this, localAddress, remoteAddress, remoteUdpPort, datagram);
      this.#trace?.onSent(datagram, arrives);
    }
    this.#tellAll(); // A message may have been given up instead of sent.
    this.onFlushed?.();
  }

  #tellAll(): void {
    // A peer that began anew is told of behind what failed by that: nothing is read in between.
    let told: Set<SimAssociation> | undefined;
    for (let event = this.#stack.pollEvent(); event !== undefined; event = this.#stack.pollEvent()) {
      const user = this.#tell(event);
      if (!user?.autoRead) continue;
      told ??= new Set();
      told.add(user);
    }
    for (const user of told ?? []) user.read();
  }

  /** The network has lost a packet to this host. */
  traceMissed(datagram: Uint8Array, to: string, from: TransportAddress): void {
    this.#trace?.onMissed(datagram, { address: to, port: SIM_UDP_PORT }, from, this.world.nowMs);
  }

  /** The association whose packets to a peer carry this tag. */
  associationByPeerTag(tag: number): SimAssociation | undefined {
    return this.associations.findLast(
      ({ association }) => association.peerTag === tag && association.state !== "CLOSED",
    );
  }

  /** Whether a packet is none of an association's any more, or not yet, for where it comes from (RFC 5061 5.3 F13): it counts for nothing. */
  takesForStray(datagram: Uint8Array, from: string): boolean {
    const tag = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength).getUint32(4);
    const user = this.associations.findLast(({ association }) => association.localTag === tag);
    return user?.association.dynamicAddresses === true && !user.association.hasAddress(from);
  }

  #tell(event: AssociationEvent): SimAssociation | undefined {
    if (event.kind === "send-failed" && event.association.state !== "CLOSED") this.world.mayAbandon(this);
    if (this.takeEvent?.(event)) return undefined;
    const known = event.association.userData as SimAssociation | undefined;
    const user = known ?? this.#wrap(event.association);
    user.events.push(event.kind);
    if (known === undefined) {
      // Whoever waits for this COOKIE ACK sends all that an earlier association of ours may have had already.
      const peer = this.world.peerOf(user);
      if (peer?.state === "COOKIE-ECHOED") peer.delivery.forgetDeliveries();
    }
    if (event.kind === "send-failed") {
      user.failed.push(event.message);
      user.delivery.onFailed(event.message.data);
    }
    if (event.kind === "closed") user.closeReason = event.reason;
    if (event.kind === "delivery-aborted") user.onDeliveryAborted(event.delivery.messageKey);
    if (event.kind === "restarted") user.onRestarted(event.waitingCount);
    if ("outcome" in event && event.outcome === "performed") user.performed.add(event.kind);
    if (event.kind === "reconfigured" && event.outcome !== "performed")
      user.delivery.onResetRefused(event.request);
    if (event.kind === "streams-reset" && event.direction === "incoming" && event.outcome === "performed")
      user.onPeerReset(event.position, event.streamIds);
    return user;
  }

  #wrap(association: Association): SimAssociation {
    const user = new SimAssociation(this, association);
    association.userData = user;
    this.associations.push(user);
    return user;
  }

  #checkMemory(): void {
    for (const { association } of this.associations) {
      // What an open window allowed is taken, though small messages count more than their bytes.
      const limitBytes = 4 * association.options.receiveBufferLimitBytes + 65_536;
      if (association.heldBytes > limitBytes) {
        throw new SimViolation(
          `${this.name} holds ${association.heldBytes} bytes, ${limitBytes} are allowed`,
        );
      }
    }
  }

  #boot(): Stack {
    const platform: Platform = {
      random: this.#randomFrom(this.#seed + 7_919 * this.#restarts),
      hmac: new PortableHmac(),
      allocate: (lengthBytes) => new Uint8Array(lengthBytes),
    };
    const stack = new Stack({
      platform,
      udpPort: SIM_UDP_PORT,
      options: this.#stackOptions,
      trace: this.#trace,
      shared: this.#shared?.(),
    });
    for (const address of this.#addresses) stack.addLocalAddress(address, this.#lowerLayer);
    return stack;
  }

  get #lowerLayer(): LowerLayer {
    const limits: PacketLimits = { maxBytes: this.interfaceBytes, cutFromBytes: this.interfaceBytes + 1 };
    return { maxPacketBytes: SLAB_BYTES, limitsTo: () => limits };
  }
}
