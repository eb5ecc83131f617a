/**
 * One association as its stack drives it.
 * Owns: what the stack calls: packets, time, cookies; who is asked for the next packet; the life of the set-up.
 * Does not own: what the user calls (association.ts), what the parts do and who they are (assembly.ts).
 */
import { SctpError } from "../base/errors.ts";
import type { Cause } from "../chunks/causes.ts";
import type { InitAckChunk } from "../chunks/chunk.ts";
import { CauseCode } from "../chunks/codes.ts";
import { COMMON_HEADER_BYTES } from "../chunks/common-header.ts";
import { isWildcardAddress } from "../platform/address.ts";
import { TimerNode } from "../timer/timer-wheel.ts";
import { type AssociationInit, AssociationParts } from "./assembly.ts";
import { Association } from "./association.ts";
import type { Identity } from "./model/identity.ts";
import type { Proposal } from "./model/negotiation.ts";
import type { PacketAuthentication } from "./model/packet-authentication.ts";
import type { Route, Seat } from "./model/seat.ts";
import { type AssociationState, isSettingUp } from "./model/state.ts";
import type { PacketScheduler } from "./packets/packet-scheduler.ts";
import type { Path } from "./paths/path.ts";
import type { AcceptedCookie } from "./procedures/acceptance.ts";
import { Setup } from "./procedures/setup.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** What a peer reads that has two associations where it may have one. */
const YIELD_REASON = Uint8Array.from("another association has this address", (letter) =>
  letter.charCodeAt(0),
);

const OUT_OF_RESOURCE: Cause = { kind: "Out of Resource", code: CauseCode.OutOfResource };

export class AssociationEngine {
  /** What the user sees of it. */
  readonly association: Association;
  /** Its place in the stack's timer wheel. */
  readonly timer: TimerNode<AssociationEngine>;
  /** Whether the stack has it on its list of those with something to send. */
  isDirty = false;
  readonly #parts: AssociationParts;
  /** Of the side that asks for the association, for as long as that takes. */
  #setup: Setup | undefined = undefined;

  constructor(seat: Seat, init: AssociationInit) {
    this.#parts = new AssociationParts(seat, init);
    this.association = new Association(this.#parts);
    this.timer = new TimerNode<AssociationEngine>(this);
  }

  get id(): number {
    return this.#parts.id;
  }
  get state(): AssociationState {
    return this.#parts.lifecycle.state;
  }
  /** Ports and tags, for demultiplexing and for cookies. */
  get identity(): Identity {
    return this.#parts.identity;
  }

  /** The path to an address of the peer; undefined if it is none of the peer's. */
  pathTo(address: string): Path | undefined {
    return this.#parts.paths.byAddress(address);
  }

  /** Who authenticates its packets; undefined where nobody does. */
  get authentication(): PacketAuthentication<Path> | undefined {
    return this.#parts.extensions.authentication;
  }

  /** What the INIT of an association that is being set up says of extensions. */
  get proposals(): readonly Proposal[] {
    return this.#setup?.proposals ?? [];
  }

  // ---- Coming up ---------------------------------------------------------------------------------------------

  /**
   * Begins to set up an association; the first address is the primary path.
   * @param changePort gives it another local port; undefined where the user chose the one it has
   */
  open(addresses: readonly string[], remoteUdpPort: number, nowMs: number, changePort?: () => boolean): void {
    const parts = this.#parts;
    for (const address of addresses) parts.addresses.add({ address, remoteUdpPort, confirmed: true });
    parts.tracer.nowMs = nowMs;
    const setup = new Setup(parts, parts.facts.pathOf(addresses[0] ?? ""), addresses, changePort);
    this.#setup = setup;
    if (changePort !== undefined) parts.termination.survives = (causes, atMs) => setup.survives(causes, atMs);
    parts.receiver.addHandler(setup);
    parts.deadlines.add(setup);
    setup.start(nowMs);
    parts.touch(nowMs);
  }

  /** An INIT ACK for our INIT; it may come from an address that we did not know (RFC 9260 5.1.2 C). */
  receiveInitAck(chunk: InitAckChunk, source: Route, nowMs: number): void {
    const parts = this.#parts;
    parts.tracer.nowMs = nowMs;
    parts.stats.receivedPackets++;
    if (this.#setup === undefined)
      parts.seat.countDrop("unexpected-chunk", `INIT ACK in ${this.state}`); // 5.2.3
    else this.#unlessUserFails(() => this.#setup?.onInitAck(chunk, source, nowMs));
    parts.touch(nowMs);
  }

  /** An INIT ACK for our INIT that cannot be read (RFC 9260 5.1). @param initiateTag what it says is the peer's tag */
  refuseInitAck(initiateTag: number, causes: readonly Cause[], source: Route, nowMs: number): void {
    this.#parts.tracer.nowMs = nowMs;
    this.#setup?.refuseInitAck(initiateTag, causes, source);
    this.#parts.touch(nowMs);
  }

  /** Becomes what a valid State Cookie describes (RFC 9260 5.1 D). */
  accept(cookie: AcceptedCookie, nowMs: number): void {
    this.#parts.tracer.nowMs = nowMs;
    this.#unlessUserFails(() => this.#parts.acceptance.accept(cookie, nowMs));
    this.#parts.touch(nowMs);
  }

  /** RFC 9260 5.2.4 action A: the peer restarted. */
  restart(cookie: AcceptedCookie, nowMs: number): void {
    this.#parts.tracer.nowMs = nowMs;
    this.#parts.acceptance.restart(cookie, nowMs);
    this.#afterStep(nowMs);
  }

  /** RFC 9260 5.2.4 action B: a collision; the cookie's tags hold from now on. */
  adopt(cookie: AcceptedCookie, nowMs: number): void {
    this.#parts.tracer.nowMs = nowMs;
    this.#unlessUserFails(() => this.#parts.acceptance.adopt(cookie, nowMs));
    this.#afterStep(nowMs);
  }

  /** RFC 9260 5.2.4 action D: enters ESTABLISHED if it is not there yet, and sends a COOKIE ACK. */
  meetDuplicateCookie(source: Route, nowMs: number): void {
    this.#parts.tracer.nowMs = nowMs;
    this.#parts.acceptance.meetDuplicate(source, nowMs);
    this.#afterStep(nowMs);
  }

  /** RFC 9260 5.2.4 A, 9.2: something tries to set up anew while our SHUTDOWN ACK is unanswered. */
  repeatShutdownAck(source: Route, cookieReceived: boolean, nowMs: number): void {
    this.#parts.acceptance.repeatShutdownAck(source, cookieReceived);
    this.#parts.touch(nowMs);
  }

  // ---- Addresses ---------------------------------------------------------------------------------------------

  /**
   * An address of the peer turned out to be another association's, elsewhere behind the same UDP port. One that only
   * the peer has named is given up; one that the association stands on ends it.
   */
  yieldAddress(address: string, nowMs: number): void {
    const path = this.pathTo(address);
    if (path === undefined) return;
    if (path.confirmed) this.association.abort(YIELD_REASON, nowMs);
    else this.#parts.addresses.remove(path);
    this.#parts.touch(nowMs);
  }

  /** The stack is about to have one address more, or less. */
  beforeLocalChange(): void {
    this.#parts.seat.beforeChange();
  }

  leaveLocalAddress(address: string, nowMs: number): void {
    this.#parts.sources.remove(address, nowMs);
    this.#parts.touch(nowMs);
  }

  /** Whether the peer takes what comes on the path from that address of ours for a packet of the association. */
  isKnownToPeer(localAddress: string, path: Path): boolean {
    return this.#parts.seat.isTold(localAddress) && this.#parts.sources.isKnownToPeer(localAddress, path);
  }

  /** Whether an ABORT that comes to that address of ours means nothing: the peer is to forget it (RFC 5061 5.3 F4, 5.3.1). */
  ignoresAbortAt(localAddress: string): boolean {
    return this.#parts.extensions.dynamicAddresses?.isLeaving(localAddress) === true;
  }

  // ---- Packets and time --------------------------------------------------------------------------------------

  /**
   * A packet whose checksum and tag are right.
   * @param start past the chunks that the stack has dealt with
   * @param source the path that it came on
   * @param udpPort the UDP port that it came from
   * @param isAuthenticated by an AUTH chunk before `start` (RFC 4895 6.3)
   * @param origin where it really came from: it counts as if it had come on that path, of which nothing is learned
   */
  receive(
    datagram: Uint8Array,
    start: number,
    source: Path,
    udpPort: number,
    maxChunks: number,
    nowMs: number,
    isAuthenticated = false,
    origin: Route | undefined = undefined,
  ): void {
    const parts = this.#parts;
    parts.tracer.nowMs = nowMs;
    parts.stats.receivedPackets++;
    if (origin === undefined) {
      // RFC 6951 5.4: the tag has been checked, so the port may be learned; it may have moved with a NAT's binding.
      if (source.remoteUdpPort !== udpPort) source.remoteUdpPort = udpPort;
      const { cameTo } = parts.seat.scratch;
      if (cameTo !== source.localAddress && source.sources?.of(cameTo)?.isKnownToPeer !== true)
        parts.sources.onCameTo(source, cameTo);
    } else {
      parts.extensions.dynamicAddresses?.comesFrom(origin);
    }
    parts.receiver.receive(datagram, start, source, maxChunks, nowMs, isAuthenticated);
    parts.extensions.dynamicAddresses?.endPacket(nowMs);
    if (this.state === "CLOSED") return;
    parts.idleCloser.onActivity(false, nowMs);
    parts.events.tellReadable();
    this.#afterStep(nowMs);
  }

  /**
   * The path for a packet with ASCONFs that comes from an address that is none of the peer's (RFC 5061 5.2 D2).
   * @param addresses those by which the ASCONFs name the association
   */
  pathForAsconf(addresses: readonly string[]): Path | undefined {
    const { extensions, paths } = this.#parts;
    const { dynamicAddresses } = extensions;
    if (dynamicAddresses === undefined) return undefined;
    for (const address of addresses) {
      const standsForAny = isWildcardAddress(address) || dynamicAddresses.hasRemoved(address);
      const path = standsForAny ? (paths.forData ?? paths.primary) : this.pathTo(address);
      if (path !== undefined) return path;
    }
    return undefined;
  }

  /** Such a packet. @param via what `pathForAsconf` gave */
  receiveAsconf(datagram: Uint8Array, origin: Route, via: Path, maxChunks: number, nowMs: number): void {
    this.receive(datagram, COMMON_HEADER_BYTES, via, via.remoteUdpPort, maxChunks, nowMs, false, origin);
  }

  /** A SACK is due: it is to leave before the next packet comes in. */
  get sackIsDue(): boolean {
    return this.#parts.inbound.sackPolicy.isDue;
  }

  /** The earliest moment at which `handleTimeout` has something to do. */
  get deadlineMs(): number {
    return this.state === "CLOSED" ? NEVER : this.#parts.deadlines.earliestMs;
  }

  handleTimeout(nowMs: number): void {
    if (this.state === "CLOSED") return;
    const { tracer, deadlines, termination, inbound, outbound } = this.#parts;
    tracer.nowMs = nowMs;
    for (let i = 0; i < deadlines.count && !termination.isOver; i++) {
      const part = deadlines.at(i);
      if (part === undefined || nowMs < part.deadlineMs) continue;
      // The receiving half, which counts no losses, has no observer to tell by itself.
      if (part === inbound) tracer.onTimer("delayed-sack");
      part.onTimeout(nowMs);
    }
    if (outbound.isIdle) {
      outbound.sent.compact();
      inbound.compact();
    }
    if (!termination.isOver) this.#parts.touch(nowMs);
  }

  /** Who is to be asked for the next packet. */
  get packets(): PacketScheduler {
    return this.#parts.scheduler;
  }

  /** A packet of its own is about to leave; told only where a trace asks for details. */
  tellSending(packet: Uint8Array, path: Path, nowMs: number): void {
    this.#parts.tracer.onSending(packet, path, nowMs);
  }

  /** It has been asked for all of its packets; told only where a trace asks for details. */
  tellSettled(nowMs: number): void {
    const { tracer, deadlines, paths, lifecycle } = this.#parts;
    if (lifecycle.state !== "CLOSED") tracer.onSettled(deadlines, paths.all, nowMs);
  }

  /** A path is made with code of the user's, the congestion controller: what that throws ends the association. */
  #unlessUserFails(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!(error instanceof SctpError)) throw error;
      this.#parts.termination.abortWith([OUT_OF_RESOURCE], error.message);
    }
  }

  #afterStep(nowMs: number): void {
    if (this.#setup !== undefined && !isSettingUp(this.state)) this.#dropSetup(this.#setup);
    this.#parts.touch(nowMs);
  }

  #dropSetup(setup: Setup): void {
    this.#setup = undefined;
    this.#parts.termination.survives = undefined;
    this.#parts.receiver.removeHandler(setup);
    this.#parts.deadlines.remove(setup);
  }
}
