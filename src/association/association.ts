/**
 * One association: the facade that its user and the stack see.
 * Owns: the public calls, restart.
 * Does not own: what the parts ask of one another (wiring.ts); anything that has a part of its own. Where to look: a SACK
 * is handled in outbound.ts and retransmission-queue.ts, received DATA in inbound.ts, packets are read in
 * chunk-receiver.ts and composed in packet-scheduler.ts, set-up is in setup.ts, shutdown in teardown.ts, ABORT and the
 * end in wiring.ts, heartbeats and errors in path-monitor.ts, what the user is told in user-events.ts.
 */

import { SctpError, SctpErrorCode } from "../base/errors.ts";
import { type AssociationOptions, associationOptions } from "../base/options.ts";
import type { Cause } from "../chunks/causes.ts";
import type { Chunk, InitAckChunk } from "../chunks/chunk.ts";
import { CauseCode } from "../chunks/codes.ts";
import type { PacketSlab } from "../chunks/slab.ts";
import type { TransportAddress } from "../platform/address.ts";
import { TimerNode } from "../timer/timer-wheel.ts";
import { AssociationFacts } from "./association-facts.ts";
import type { AssociationHost, Route } from "./model/host.ts";
import { OutboundMessage } from "./model/outbound-message.ts";
import type { ReceivedMessage } from "./model/received-message.ts";
import { checkMessage, type SendInfo } from "./model/send-info.ts";
import { isSettingUp } from "./model/state.ts";
import { ChunkReceiver } from "./packets/chunk-receiver.ts";
import { PacketScheduler } from "./packets/packet-scheduler.ts";
import type { Path } from "./paths/path.ts";
import { Acceptance } from "./procedures/acceptance.ts";
import type { IdleCloser } from "./procedures/idle-closer.ts";
import type { PathMonitor } from "./procedures/path-monitor.ts";
import { type PathChanges, tunePath } from "./procedures/path-tuning.ts";
import { Setup } from "./procedures/setup.ts";
import type { Teardown } from "./procedures/teardown.ts";
import { type AssociationStats, emptyStats } from "./reporting/status.ts";
import type { Tracer } from "./reporting/tracer.ts";
import type { UserEvents } from "./reporting/user-events.ts";
import type { Agreement, Tcb } from "./tcb.ts";
import { Wiring } from "./wiring.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** What a peer reads that has two associations where it may have one. */
const YIELD_REASON = Uint8Array.from("another association has this address", (letter) =>
  letter.charCodeAt(0),
);

export class Association extends AssociationFacts {
  /** Unique in its stack, above 0. */
  readonly id: number;
  /** A slot for whoever drives the stack. */
  userData: unknown = undefined;
  /** The local addresses that its endpoint is bound to; undefined for all of the stack's. */
  boundAddresses: readonly string[] | undefined = undefined;
  /** This association's place in the stack's timer wheel. */
  readonly timer: TimerNode<Association>;
  /** Whether the stack has it on its list of associations with something to send. */
  isDirty = false;
  readonly stats: AssociationStats = emptyStats();
  readonly #host: AssociationHost;
  readonly #wiring: Wiring;
  protected readonly tcb: Tcb;
  readonly #events: UserEvents;
  readonly #tracer: Tracer;
  readonly #monitor: PathMonitor;
  readonly #teardown: Teardown;
  readonly #idleCloser: IdleCloser;
  readonly #acceptance: Acceptance;
  readonly #receiver: ChunkReceiver;
  readonly #scheduler: PacketScheduler;

  constructor(
    host: AssociationHost,
    id: number,
    options: AssociationOptions,
    localPort: number,
    remotePort: number,
    localTag: number,
    localInitialTsn: number,
  ) {
    super();
    this.id = id;
    this.timer = new TimerNode<Association>(this);
    this.#host = host;
    const wiring = new Wiring(this, host, options, localPort, remotePort, localTag, localInitialTsn);
    this.#wiring = wiring;
    this.tcb = wiring.tcb;
    this.#events = wiring.events;
    this.#tracer = wiring.tracer;
    this.#monitor = wiring.monitor;
    this.#teardown = wiring.teardown;
    this.#idleCloser = wiring.idleCloser;
    this.#acceptance = new Acceptance(this.tcb, host, this, this.#monitor);
    this.#receiver = new ChunkReceiver(this.tcb, wiring, this.#monitor, this.#teardown, host.scratch);
    this.#scheduler = new PacketScheduler(this.tcb, host.scratch.writer);
  }

  // ---- What the user sees ------------------------------------------------------------------------------------

  /**
   * Queues a message (the SEND primitive, RFC 9260 11.1.5). The bytes are not copied and must not change until they
   * have been acknowledged. It never refuses for lack of room: whoever calls heeds `isWritable`.
   * @throws SctpError ERR_SCTP_INVALID_STREAM, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_EMPTY_MESSAGE,
   *   ERR_SCTP_MESSAGE_TOO_LARGE, ERR_SCTP_NOT_CONNECTED; ERR_SCTP_INVALID_ADDRESS if `to` is none of the peer's
   */
  send(data: Uint8Array, info: SendInfo, nowMs: number): void {
    const { streamId = 0, ppid = 0, unordered = false, sackImmediately = false, context = 0 } = info;
    if (this.state !== "ESTABLISHED" && (!isSettingUp(this.state) || this.#teardown.isRequested)) {
      throw new SctpError(
        SctpErrorCode.NotConnected,
        `no message can be sent: the association is in ${this.state}`,
      );
    }
    checkMessage(data, info, this.outboundStreams, this.options.maxMessageBytes);
    const { to, lifetimeMs = NEVER } = info;
    const destination = to === undefined ? undefined : this.pathOf(to).address;
    const expiresAtMs = nowMs + lifetimeMs;
    this.tcb.outbound.enqueue(
      new OutboundMessage(
        data,
        streamId,
        ppid,
        unordered,
        sackImmediately,
        context,
        destination,
        expiresAtMs,
      ),
    );
    this.#idleCloser.onActivity(true, nowMs);
    this.stats.sentMessages++;
    this.stats.sentBytes += data.length;
    this.#events.onQueued();
    this.#touch(nowMs);
  }

  /** The next message from the peer; taking it opens the receive window (the RECEIVE primitive, 11.1.7). */
  receiveMessage(nowMs: number): ReceivedMessage | undefined {
    const message = this.tcb.inbound.takeMessage();
    if (message === undefined) {
      this.#events.onEmptied();
      return undefined;
    }
    this.stats.receivedMessages++;
    this.stats.receivedBytes += message.data.length;
    if (this.tcb.inbound.sackPolicy.isDue) this.#touch(nowMs);
    return message;
  }

  /** Ends the association once everything queued has been acknowledged (the SHUTDOWN primitive, 11.1.3). */
  shutdown(nowMs: number): void {
    this.#tracer.nowMs = nowMs;
    this.#teardown.request(nowMs);
    this.#afterTeardownStep();
    this.#touch(nowMs);
  }

  /** Ends the association at once (the ABORT primitive, 11.1.4). The reason is sent to the peer, 60,000 bytes at most. */
  abort(reason: Uint8Array, nowMs: number): void {
    if (this.state === "CLOSED") return;
    this.#tracer.nowMs = nowMs;
    if (reason.length > 60_000)
      throw new SctpError(SctpErrorCode.InvalidArgument, "an abort reason has at most 60,000 bytes");
    this.#wiring.abortByUser(reason);
    this.#touch(nowMs);
  }

  /**
   * Makes an address of the peer the primary path (RFC 9260 11.1.6).
   * @throws SctpError ERR_SCTP_INVALID_ADDRESS if it is none of the peer's
   */
  setPrimary(address: string): void {
    const path = this.pathOf(address);
    if (path === this.tcb.paths.primary) return;
    this.tcb.paths.setPrimary(path);
    this.#events.primaryChanged(path);
  }

  /**
   * Changes options of the living association. Those of the set-up (streams, INIT) count only while it lasts; a path
   * whose parameters were changed by themselves keeps them unless the same option changes here.
   * @throws SctpError ERR_SCTP_INVALID_OPTION, and nothing changes
   */
  setOptions(changes: Partial<AssociationOptions>, nowMs: number): void {
    const before = this.options;
    this.tcb.setOptions(associationOptions(changes, before));
    if (this.options.heartbeatIntervalMs !== before.heartbeatIntervalMs) {
      for (const path of this.tcb.paths.all) this.#monitor.reschedule(path, nowMs);
    }
    if (this.options.autoCloseMs !== before.autoCloseMs) this.#idleCloser.onActivity(true, nowMs);
    this.#events.tellReadable();
    this.#touch(nowMs);
  }

  /**
   * Changes parameters of the path to one address of the peer.
   * @throws SctpError ERR_SCTP_INVALID_ADDRESS if it is none of the peer's, ERR_SCTP_INVALID_OPTION
   */
  setPathOptions(address: string, changes: PathChanges, nowMs: number): void {
    tunePath(this.tcb, this.#monitor, this.pathOf(address), changes, nowMs);
    this.#touch(nowMs);
  }

  /**
   * Sends a HEARTBEAT on demand (RFC 9260 11.1.10).
   * @throws SctpError ERR_SCTP_INVALID_ADDRESS if the address is none of the peer's, ERR_SCTP_NOT_CONNECTED
   */
  requestHeartbeat(address: string, nowMs: number): void {
    const path = this.pathOf(address);
    if (this.state !== "ESTABLISHED")
      throw new SctpError(SctpErrorCode.NotConnected, "the association is not established");
    this.#monitor.sendHeartbeat(path, nowMs);
    this.#touch(nowMs);
  }

  // ---- What the stack sees -----------------------------------------------------------------------------------

  /** RFC 9260 5.2.2: the cookie for a peer that may have restarted carries these; they are made when first needed. */
  setTieTags(local: number, peer: number): void {
    this.tcb.localTieTag = local;
    this.tcb.peerTieTag = peer;
  }

  /** Begins to set up an association; the first address is the primary path. */
  open(addresses: readonly string[], remoteUdpPort: number, nowMs: number): void {
    for (const address of addresses) {
      this.tcb.addPath(address, this.#host.localAddressFor(this, address), remoteUdpPort, true);
    }
    const first = this.pathOf(addresses[0] ?? "");
    this.#tracer.nowMs = nowMs;
    this.#wiring.isInbound = false;
    const setup = new Setup(this.tcb, this.#host, this, this.#monitor, first, addresses);
    this.#wiring.setup = setup;
    setup.start(nowMs);
    this.#touch(nowMs);
  }

  /** Becomes what a valid State Cookie describes (RFC 9260 5.1 D). `confirmed` got the INIT ACK. */
  accept(
    agreement: Agreement,
    addresses: readonly string[],
    confirmed: Route,
    source: Route,
    nowMs: number,
  ): void {
    this.#tracer.nowMs = nowMs;
    this.tcb.agree(agreement);
    this.#acceptance.addPaths(addresses, confirmed, source);
    this.tcb.setState("COOKIE-ECHOED"); // Passed through, so that the change to ESTABLISHED is one like any other.
    this.meetDuplicateCookie(source.address, nowMs);
  }

  /** RFC 9260 5.2.4 action A: the peer restarted. `confirmed` got the INIT ACK. */
  restart(
    agreement: Agreement,
    addresses: readonly string[],
    confirmed: string,
    source: Route,
    nowMs: number,
  ): void {
    this.#tracer.nowMs = nowMs;
    this.#events.failUnsent();
    this.#events.abortDeliveries();
    this.#teardown.stop();
    this.#wiring.setup?.finish();
    this.#wiring.setup = undefined;
    this.#acceptance.restart(agreement, addresses, confirmed, source.address, nowMs);
    this.#events.restarted();
    this.#touch(nowMs);
  }

  /** RFC 9260 5.2.4 action B: a collision; the cookie's tags hold from now on. */
  adopt(agreement: Agreement, addresses: readonly string[], source: Route, nowMs: number): void {
    this.#tracer.nowMs = nowMs;
    this.#acceptance.adopt(agreement, addresses, source);
    if (isSettingUp(this.state)) this.#events.failInvalidStreams();
    this.meetDuplicateCookie(source.address, nowMs);
  }

  /** RFC 9260 5.2.4 actions B and D: enters ESTABLISHED if it is not there yet, and sends a COOKIE ACK. */
  meetDuplicateCookie(source: string, nowMs: number): void {
    if (isSettingUp(this.state)) {
      this.#wiring.setup?.finish();
      this.#wiring.onEstablished(nowMs);
    }
    this.#acceptance.sendCookieAck(source, nowMs);
    this.#touch(nowMs);
  }

  /** RFC 9260 5.2.4 A, 9.2: something tries to set up anew while our SHUTDOWN ACK is unanswered. */
  repeatShutdownAck(source: string, cookieReceived: boolean, nowMs: number): void {
    const path = this.tcb.paths.byAddress(source) ?? this.tcb.paths.forData;
    if (path === undefined) return;
    this.#teardown.repeatShutdownAck(path);
    if (cookieReceived) {
      const cause: Cause = {
        kind: "Cookie Received While Shutting Down",
        code: CauseCode.CookieReceivedWhileShuttingDown,
      };
      this.tcb.control.push({ kind: "ERROR", causes: [cause] }, this.tcb.replyPath(path));
    }
    this.#touch(nowMs);
  }

  /**
   * An address of the peer turned out to be another association's, elsewhere behind the same UDP port. One that only
   * the peer has named is given up; one that the association stands on ends it.
   */
  yieldAddress(address: string, nowMs: number): void {
    const path = this.tcb.paths.byAddress(address);
    if (path === undefined) return;
    if (path.confirmed) this.abort(YIELD_REASON, nowMs);
    else this.tcb.removePath(path);
    this.#touch(nowMs);
  }

  /** A local address is gone: paths that left from it leave from another one, under new conditions (7.2.5.2). */
  leaveLocalAddress(address: string, nowMs: number): void {
    for (const path of this.tcb.paths.all) {
      if (path.localAddress !== address) continue;
      path.localAddress = this.#host.localAddressFor(this, path.address);
      path.congestion.reset();
    }
    this.#touch(nowMs);
  }

  /** An INIT ACK for our INIT; it may come from an address that we did not know (RFC 9260 5.1.2 C). */
  receiveInitAck(chunk: InitAckChunk, source: Route, nowMs: number): void {
    this.#tracer.nowMs = nowMs;
    const outcome = this.#wiring.setup?.onInitAck(chunk, source.address, source.remoteUdpPort, nowMs) ?? {
      kind: "ignored",
    };
    this.stats.receivedPackets++;
    if (outcome.kind === "accepted") this.#events.failInvalidStreams();
    if (outcome.kind === "ignored") this.#wiring.drop("unexpected-chunk", `INIT ACK in ${this.state}`);
    if (outcome.kind === "abort") {
      const abort: Chunk = { kind: "ABORT", tagReflected: outcome.tagReflected, causes: outcome.causes };
      this.#host.sendDetached(this, outcome.tag, [abort], source);
      if (outcome.fatal) this.#wiring.closeByViolation(outcome.causes, "the INIT ACK was unacceptable");
    }
    this.#touch(nowMs);
  }

  /** A packet whose checksum and tag are right. `start` is past the chunks that the stack has dealt with. */
  receive(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    from: TransportAddress,
    maxChunks: number,
    nowMs: number,
  ): void {
    const path = this.tcb.paths.byAddress(from.address);
    if (path === undefined) return;
    this.#tracer.nowMs = nowMs;
    this.stats.receivedPackets++;
    // RFC 6951 5.4: the tag has been checked, so the port may be learned; it may have moved with a NAT's binding.
    if (path.remoteUdpPort !== from.port) path.remoteUdpPort = from.port;
    this.#receiver.receive(bytes, view, start, path, maxChunks, nowMs);
    if (this.state === "CLOSED") return;
    this.#idleCloser.onActivity(false, nowMs);
    this.#events.tellReadable();
    this.#afterTeardownStep();
    this.#touch(nowMs);
  }

  /** A SACK is due that is not to stand for the next packet, too. */
  get sackCannotWait(): boolean {
    return this.tcb.inbound.sackCannotWait;
  }

  /** The earliest moment at which `handleTimeout` has something to do. */
  get deadlineMs(): number {
    if (this.state === "CLOSED") return NEVER;
    const { setup } = this.#wiring;
    let deadlineMs = Math.min(
      this.#teardown.t2DeadlineMs,
      this.#teardown.t5DeadlineMs,
      setup === undefined ? NEVER : setup.t1DeadlineMs,
      this.tcb.inbound.sackPolicy.deadlineMs,
      this.tcb.outbound.peerWindow.probeDeadlineMs,
      this.tcb.outbound.expiryDeadlineMs,
      this.#idleCloser.deadlineMs,
    );
    for (const path of this.tcb.paths.all) deadlineMs = Math.min(deadlineMs, path.deadlineMs);
    return deadlineMs;
  }

  handleTimeout(nowMs: number): void {
    if (this.state === "CLOSED") return;
    this.#tracer.nowMs = nowMs;
    const { inbound, outbound } = this.tcb;
    inbound.sackPolicy.onTimeout(nowMs);
    if (nowMs >= outbound.peerWindow.probeDeadlineMs) outbound.peerWindow.onProbeTimeout();
    if (nowMs >= outbound.expiryDeadlineMs) this.#wiring.expireMessages(nowMs);
    if (this.#idleCloser.isDue(nowMs)) this.shutdown(nowMs);
    this.#wiring.setup?.onTimeout(nowMs);
    if (this.#teardown.onTimeout(nowMs) === "abort") this.#wiring.abandonShutdown();
    this.#monitor.onTimeout(nowMs);
    if (outbound.isIdle) {
      outbound.sent.compact();
      inbound.compact();
    }
    if (!this.#wiring.isClosed) this.#touch(nowMs);
  }

  /** Writes the next packet; 0 where there is none. `route` says where it goes. */
  pollTransmit(slab: PacketSlab, nowMs: number, gathering: boolean): number {
    if (this.#wiring.isClosed) return 0;
    const lengthBytes = this.#scheduler.next(slab, nowMs, gathering);
    if (lengthBytes > 0) this.stats.sentPackets++;
    return lengthBytes;
  }

  /** The last `pollTransmit` held back a SACK: call it again before long. */
  get holdsSack(): boolean {
    return !this.#wiring.isClosed && this.#scheduler.holdsSack;
  }

  /** Where the packet of the last `pollTransmit` goes. */
  get route(): Path | undefined {
    return this.#scheduler.path;
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  #touch(nowMs: number): void {
    this.#tracer.nowMs = nowMs;
    this.stats.heldBytes = this.tcb.inbound.buffer.usedBytes;
    this.#host.touch(this);
  }

  /** RFC 9260 8.3: no heartbeats once SHUTDOWN or SHUTDOWN ACK has been sent. */
  #afterTeardownStep(): void {
    if (this.state === "SHUTDOWN-SENT" || this.state === "SHUTDOWN-ACK-SENT") this.#monitor.stop();
  }
}
