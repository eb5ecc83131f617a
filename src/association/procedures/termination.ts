/**
 * ABORT, and the end of an association, whatever brings it about (RFC 9260 9.1, 11.1.4).
 * Owns: what an ABORT says, whom it goes to; what the end does to the parts, and that it comes once.
 * Does not own: the way to a graceful end (shutdown.ts), why somebody else ends it.
 */
import { type Cause, protocolViolation } from "../../chunks/causes.ts";
import { type Chunk, encodeChunk } from "../../chunks/chunk.ts";
import { CauseCode, ChunkType, causeCodeName } from "../../chunks/codes.ts";
import type { ChunkHandler, ChunkOutcome } from "../model/chunk-handler.ts";
import type { ControlQueue } from "../model/control-queue.ts";
import type { CloseReason, UnreachableDuring } from "../model/events.ts";
import type { Identity } from "../model/identity.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
import type { PacketAuthentication } from "../model/packet-authentication.ts";
import type { Route, Seat } from "../model/seat.ts";
import type { Settings } from "../model/settings.ts";
import { isSettingUp } from "../model/state.ts";
import type { Path } from "../paths/path.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { Inbound } from "../receiving/inbound.ts";
import type { UserEvents } from "../reporting/user-events.ts";

const CHUNK_TYPES = [ChunkType.Abort];

export interface TerminationParts {
  readonly seat: Seat;
  readonly settings: Settings;
  readonly identity: Identity;
  readonly lifecycle: Lifecycle;
  readonly paths: PathSet;
  readonly control: ControlQueue<Path>;
  readonly inbound: Pick<Inbound, "stopAwaitingNumbers" | "growth">;
  readonly events: UserEvents;
  /** Asked anew each time: another agreement brings another. */
  readonly extensions: { readonly authentication: PacketAuthentication<Path> | undefined };
}

export class Termination implements ChunkHandler<Path> {
  readonly #parts: TerminationParts;
  /** Of the side that asks for the association: whether the set-up goes on in spite of an ABORT. */
  survives: ((causes: readonly Cause[], nowMs: number) => boolean) | undefined = undefined;
  #isOver = false;

  constructor(parts: TerminationParts) {
    this.#parts = parts;
  }

  get chunkTypes(): readonly number[] {
    return CHUNK_TYPES;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The ABORT primitive (RFC 9260 11.1.4). */
  abort(reason: Uint8Array): void {
    const cause: Cause = { kind: "User-Initiated Abort", code: CauseCode.UserInitiatedAbort, reason };
    this.#sendAbort([cause]);
    this.end({
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
    this.endByViolation(causes, detail);
  }

  /** Answers what no cause but Protocol Violation describes (RFC 9260 3.3.10.13). @param information US-ASCII */
  abortForViolation(information: string): void {
    this.abortWith([protocolViolation(information)], information);
  }

  /** Ends the association for a breach of the protocol that has been answered. */
  endByViolation(causes: readonly Cause[], detail: string): void {
    const causeCodes = causes.map((cause) => cause.code);
    this.end({ kind: "aborted", by: "local", causeCodes, reason: new Uint8Array(0), detail });
  }

  /** RFC 9260 9.2: the guard timer says that the shutdown takes too long, which may still be waiting for the set-up. */
  abandonShutdown(): void {
    this.#abortEverywhere();
    const during = isSettingUp(this.#parts.lifecycle.state) ? "setup" : "shutdown";
    this.end({ kind: "unreachable", during });
  }

  /**
   * RFC 9260 8.1: the peer has not answered for too long. One ABORT to each address, not repeated, tells it, in case that it
   * is there and only its answers were lost: else it would keep its half until its own counters have run out.
   */
  giveUp(during: UnreachableDuring): void {
    if (this.#parts.settings.options.abortUnreachable) this.#abortEverywhere();
    this.end({ kind: "unreachable", during });
  }

  /** RFC 9260 9.2: our SHUTDOWN has been acknowledged; the last word is ours. */
  completeShutdown(route: Route): void {
    this.#parts.seat.sendDetached(
      this.#parts.identity.peerTag,
      [{ kind: "SHUTDOWN COMPLETE", tagReflected: false }],
      route,
    );
    this.end({ kind: "shutdown" });
  }

  /** An ABORT arrived. */
  onChunk(chunk: Chunk, _source: Path, nowMs: number): ChunkOutcome {
    if (chunk.kind !== "ABORT") return "continue";
    // A peer that ended gracefully, and whose SHUTDOWN COMPLETE is late or lost, answers what else comes so (RFC 9260 8.4):
    // everything had been acknowledged in both directions before, and nothing was aborted.
    if (chunk.tagReflected && this.#parts.lifecycle.state === "SHUTDOWN-ACK-SENT") {
      this.end({ kind: "shutdown" });
      return "stop";
    }
    const { causes } = chunk;
    if (this.survives?.(causes, nowMs) === true) return "stop";
    const user = causes.find((cause) => cause.kind === "User-Initiated Abort");
    const names = causes.map((cause) => causeCodeName(cause.code)).join(", ");
    this.end({
      kind: "aborted",
      by: "peer",
      causeCodes: causes.map((cause) => cause.code),
      reason: user?.kind === "User-Initiated Abort" ? user.reason.slice() : new Uint8Array(0),
      detail:
        names === "" ? "the peer aborted the association" : `the peer aborted the association: ${names}`,
      chunk: encodeChunk({ kind: "ABORT", tagReflected: false, causes }),
      ...(this.#parts.lifecycle.state === "COOKIE-WAIT" ? { answersInit: true } : {}),
    });
    return "stop";
  }

  /** The association is over; nothing happens if it was before. */
  end(reason: CloseReason): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.events.failUnsent(reason.kind === "aborted" ? reason.causeCodes[0] : undefined);
    this.#parts.control.clear();
    this.#parts.lifecycle.enter("CLOSED");
    this.#parts.inbound.stopAwaitingNumbers();
    this.#parts.events.tellReadable();
    this.#parts.events.abortDeliveries();
    this.#parts.inbound.growth?.onEnd();
    this.#parts.seat.release();
    this.#parts.events.closed(reason);
  }

  #sendAbort(causes: readonly Cause[]): void {
    const { paths } = this.#parts;
    // While no address is confirmed, the one that the COOKIE ECHO has gone to: its peer may have made an association of it.
    const path = paths.forData ?? paths.all[0];
    if (path !== undefined) this.#sendAbortTo(path, causes);
  }

  /** RFC 9260 5.4: an unconfirmed address is sent none. */
  #abortEverywhere(): void {
    for (const path of this.#parts.paths.all) if (path.confirmed) this.#sendAbortTo(path, []);
  }

  #sendAbortTo(path: Path, causes: readonly Cause[]): void {
    const { peerTag } = this.#parts.identity;
    if (peerTag === 0) return; // The peer has not told its tag: it has nothing to end.
    const chunks: Chunk[] = [{ kind: "ABORT", tagReflected: false, causes }];
    const { authentication } = this.#parts.extensions;
    this.#parts.seat.sendDetached(peerTag, authentication?.covered(chunks) ?? chunks, path);
  }
}
