/**
 * How the parts of one association are wired.
 * Owns: the parts that others ask for, what they ask of one another and of the stack, ABORT, the end.
 * Does not own: what the user and the stack call (association.ts), the business of any part.
 */

import type { AssociationOptions } from "../base/options.ts";
import type { DropReason } from "../base/trace-sink.ts";
import type { Cause } from "../chunks/causes.ts";
import { encodeChunk } from "../chunks/chunk.ts";
import { CauseCode, causeCodeName } from "../chunks/codes.ts";
import type { Association } from "./association.ts";
import type { CloseReason } from "./model/events.ts";
import type { AssociationHost } from "./model/host.ts";
import type { AssociationState } from "./model/state.ts";
import type { ReceiverOwner } from "./packets/chunk-receiver.ts";
import type { Path } from "./paths/path.ts";
import { IdleCloser } from "./procedures/idle-closer.ts";
import { PathMonitor } from "./procedures/path-monitor.ts";
import type { Setup } from "./procedures/setup.ts";
import { Teardown } from "./procedures/teardown.ts";
import { Tracer } from "./reporting/tracer.ts";
import { UserEvents } from "./reporting/user-events.ts";
import { Tcb, type TcbOwner } from "./tcb.ts";

export class Wiring implements TcbOwner, ReceiverOwner {
  readonly tcb: Tcb;
  readonly tracer: Tracer;
  readonly events: UserEvents;
  readonly monitor: PathMonitor;
  readonly teardown: Teardown;
  readonly idleCloser: IdleCloser;
  /** Of the side that asked for the association. */
  setup: Setup | undefined = undefined;
  /** The peer asked for the association. */
  isInbound = true;
  /** The association is over. */
  isClosed = false;
  readonly #association: Association;
  readonly #host: AssociationHost;

  constructor(
    association: Association,
    host: AssociationHost,
    options: AssociationOptions,
    localPort: number,
    remotePort: number,
    localTag: number,
    localInitialTsn: number,
  ) {
    this.#association = association;
    this.#host = host;
    this.tracer = new Tracer(host.trace, association.id, association.stats);
    this.tcb = new Tcb(
      this,
      this.tracer,
      options,
      localPort,
      remotePort,
      localTag,
      localInitialTsn,
      host.allocate,
    );
    this.events = new UserEvents(association, host, this.tcb);
    this.monitor = new PathMonitor(this.tcb, host);
    this.teardown = new Teardown(this.tcb);
    this.idleCloser = new IdleCloser(this.tcb);
  }

  // ---- What becomes of the association -----------------------------------------------------------------------

  onStateChange(from: AssociationState, to: AssociationState): void {
    this.tracer.onStateChange(from, to);
  }

  /** The handshake is complete, whichever side began it. */
  onEstablished(nowMs: number): void {
    this.tcb.setState("ESTABLISHED");
    this.tcb.errorCount = 0;
    this.tcb.outbound.onEstablished(nowMs);
    this.monitor.start(nowMs);
    this.idleCloser.onActivity(true, nowMs);
    this.events.established(this.isInbound);
    if (this.teardown.isRequested) this.teardown.request(nowMs);
  }

  onAcknowledged(nowMs: number): void {
    if (nowMs >= this.tcb.outbound.expiryDeadlineMs) return this.expireMessages(nowMs);
    this.#onBufferFreed(nowMs);
  }

  expireMessages(nowMs: number): void {
    this.events.failExpired(nowMs);
    this.#onBufferFreed(nowMs);
  }

  #onBufferFreed(nowMs: number): void {
    this.events.onBufferFreed();
    this.teardown.advance(nowMs);
  }

  drop(reason: DropReason, detail: string): void {
    this.#host.countDrop(this.#association.id, reason, detail);
  }

  onRemoteError(causes: readonly Cause[]): void {
    this.events.remoteError(causes);
  }

  // ---- Paths -------------------------------------------------------------------------------------------------

  onPathStateChange(path: Path, reason: string): void {
    this.tracer.onPathStateChange(path, reason);
    this.events.pathChanged(path);
  }

  claimAddress(address: string): boolean {
    return this.#host.claimAddress(this.#association, address);
  }

  unclaimAddress(address: string): void {
    this.#host.unclaimAddress(this.#association, address);
  }

  // ---- The end -----------------------------------------------------------------------------------------------

  onShutdownReceived(): void {
    this.events.shutdownReceived();
  }

  /** RFC 9260 9.2: the last word is ours. */
  onShutdownAck(path: Path): void {
    this.#host.sendDetached(
      this.#association,
      this.tcb.peerTag,
      [{ kind: "SHUTDOWN COMPLETE", tagReflected: false }],
      path,
    );
    this.onClosed({ kind: "shutdown" });
  }

  onShutdownComplete(): void {
    this.onClosed({ kind: "shutdown" });
  }

  /** RFC 9260 9.2: the guard timer says that the shutdown takes too long. */
  abandonShutdown(): void {
    this.#sendAbort([]);
    this.onClosed({ kind: "unreachable", during: "shutdown" });
  }

  /** The ABORT primitive (RFC 9260 11.1.4). */
  abortByUser(reason: Uint8Array): void {
    const cause: Cause = { kind: "User-Initiated Abort", code: CauseCode.UserInitiatedAbort, reason };
    this.#sendAbort([cause]);
    this.onClosed({
      kind: "aborted",
      by: "local",
      causeCodes: [cause.code],
      reason,
      detail: "this side aborted the association",
    });
  }

  /** Answers a breach of the protocol with ABORT and ends the association. */
  abortWith(causes: readonly Cause[], detail: string): void {
    this.#sendAbort(causes);
    this.closeByViolation(causes, detail);
  }

  /** Ends the association for a breach of the protocol that has been answered. */
  closeByViolation(causes: readonly Cause[], detail: string): void {
    const causeCodes = causes.map((cause) => cause.code);
    this.onClosed({ kind: "aborted", by: "local", causeCodes, reason: new Uint8Array(0), detail });
  }

  onPeerAbort(causes: readonly Cause[]): void {
    const user = causes.find((cause) => cause.kind === "User-Initiated Abort");
    const names = causes.map((cause) => causeCodeName(cause.code)).join(", ");
    this.onClosed({
      kind: "aborted",
      by: "peer",
      causeCodes: causes.map((cause) => cause.code),
      reason: user?.kind === "User-Initiated Abort" ? user.reason.slice() : new Uint8Array(0),
      detail:
        names === "" ? "the peer aborted the association" : `the peer aborted the association: ${names}`,
      chunk: encodeChunk({ kind: "ABORT", tagReflected: false, causes }),
    });
  }

  onClosed(reason: CloseReason): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.events.failUnsent(reason.kind === "aborted" ? reason.causeCodes[0] : undefined);
    this.teardown.stop();
    this.tcb.control.clear();
    this.tcb.setState("CLOSED");
    this.events.tellReadable();
    this.events.abortDeliveries();
    this.#host.release(this.#association);
    this.events.closed(reason);
  }

  #sendAbort(causes: readonly Cause[]): void {
    const { peerTag, paths } = this.tcb;
    const path = paths.forData;
    if (path === undefined || peerTag === 0) return;
    this.#host.sendDetached(
      this.#association,
      peerTag,
      [{ kind: "ABORT", tagReflected: false, causes }],
      path,
    );
  }
}
