/**
 * Watching the paths of one association (RFC 9260 8, RFC 7829 3.2).
 * Owns: the error count of the association, what expired T3-rtx and heartbeat deadlines do to it, the sending of HEARTBEATs.
 * Does not own: the error limits of single paths (path-set.ts), the contents of a HEARTBEAT (heartbeats.ts).
 */
import type { Chunk } from "../../chunks/chunk.ts";
import { ChunkType, ParameterType } from "../../chunks/codes.ts";
import { encodeParameter } from "../../chunks/parameters.ts";
import type { ChunkHandler, ChunkOutcome } from "../model/chunk-handler.ts";
import type { ControlQueue } from "../model/control-queue.ts";
import type { TimedPart } from "../model/deadlines.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
import type { Seat } from "../model/seat.ts";
import type { Settings } from "../model/settings.ts";
import { answersHeartbeats, sendsHeartbeats } from "../model/state.ts";
import type { LocalSources } from "../paths/local-sources.ts";
import type { Path } from "../paths/path.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { PeerAddresses } from "../paths/peer-addresses.ts";
import type { ReplyPaths } from "../paths/reply-paths.ts";
import type { SourceAddress } from "../paths/source-addresses.ts";
import type { Tracer } from "../reporting/tracer.ts";
import type { Outbound } from "../sending/outbound.ts";
import {
  answersHeartbeat,
  beginHeartbeat,
  heartbeatInfo,
  isIdle,
  scheduleHeartbeat,
  stopHeartbeats,
} from "./heartbeats.ts";
import type { Termination } from "./termination.ts";

const NEVER = Number.POSITIVE_INFINITY;
const CHUNK_TYPES = [ChunkType.Heartbeat, ChunkType.HeartbeatAck];

export interface PathMonitorParts {
  readonly seat: Seat;
  readonly settings: Settings;
  readonly lifecycle: Lifecycle;
  readonly paths: PathSet;
  readonly addresses: PeerAddresses;
  readonly sources: LocalSources;
  readonly replyPaths: ReplyPaths;
  readonly control: ControlQueue<Path>;
  readonly outbound: Outbound;
  readonly termination: Termination;
  readonly tracer: Tracer;
}

export class PathMonitor implements ChunkHandler<Path>, TimedPart {
  readonly #parts: PathMonitorParts;
  /** RFC 9260 5.4: the RTO at hand, in which HB.Max.Burst unconfirmed addresses are probed, and how many still may be. */
  #probeTurnEndsMs = 0;
  #probesLeft = 0;
  /** Consecutive errors of the whole association (RFC 9260 8.1). */
  #errorCount = 0;

  constructor(parts: PathMonitorParts) {
    this.#parts = parts;
  }

  get chunkTypes(): readonly number[] {
    return CHUNK_TYPES;
  }

  /** The earliest deadline of any path. */
  get deadlineMs(): number {
    let earliestMs = NEVER;
    for (const { deadlineMs } of this.#parts.paths.all) if (deadlineMs < earliestMs) earliestMs = deadlineMs;
    return earliestMs;
  }

  /** RFC 9260 8.1: the peer has been heard to be alive. */
  onPeerHeard(): void {
    this.#errorCount = 0;
  }

  onChunk(chunk: Chunk, source: Path, nowMs: number): ChunkOutcome {
    if (chunk.kind === "HEARTBEAT ACK") this.#onHeartbeatAck(chunk.info, nowMs);
    else if (chunk.kind === "HEARTBEAT" && answersHeartbeats(this.#parts.lifecycle.state))
      this.#parts.control.reply(
        { kind: "HEARTBEAT ACK", parameters: chunk.parameters, info: chunk.info },
        source,
        this.#parts.replyPaths.leavesFrom(source, source, this.#parts.seat.scratch.cameTo),
      );
    return "continue";
  }

  /** The association is established: idle paths are watched, unconfirmed ones probed (RFC 9260 5.4). */
  start(nowMs: number): void {
    for (const path of this.#parts.paths.all) {
      if (path.confirmed) this.#schedule(path, nowMs);
      else path.heartbeatDeadlineMs = nowMs;
    }
  }

  stop(): void {
    const { all } = this.#parts.paths;
    const isReached = all.some(({ confirmed }) => confirmed);
    for (const path of all) if (isReached || path.confirmed) stopHeartbeats(path);
    this.#parts.control.remove("HEARTBEAT");
  }

  /** The heartbeat parameters of a path have changed. */
  reschedule(path: Path, nowMs: number): void {
    if (path.confirmed && this.#parts.lifecycle.state === "ESTABLISHED") this.#schedule(path, nowMs);
  }

  onTimeout(nowMs: number): void {
    for (const path of [...this.#parts.paths.all]) {
      if (nowMs >= path.t3DeadlineMs) this.#onT3(path, nowMs);
      if (this.#parts.termination.isOver) return;
      if (nowMs >= path.heartbeatAckDeadlineMs) this.#onHeartbeatUnanswered(path, nowMs);
      if (nowMs >= path.heartbeatDeadlineMs && !isProbed(path)) this.#onHeartbeatDue(path, nowMs);
      if (this.#parts.termination.isOver) return;
    }
    this.#probe(nowMs);
  }

  /**
   * Sends a HEARTBEAT at once (RFC 9260 11.1.10).
   * @param localAddress to send it from; where the path leaves from if absent
   */
  sendHeartbeat(path: Path, nowMs: number, localAddress: string = path.localAddress): void {
    if (!this.#maySendHeartbeat(path)) return;
    this.#begin(path, nowMs);
    this.#sendFrom(path, localAddress, path.sources?.of(localAddress));
  }

  /** RFC 5061 5.1.1 C4, 5.3 F14: in SHUTDOWN-SENT the peer may still change its address, and be reached at no other. */
  #maySendHeartbeat(path: Path): boolean {
    const { state } = this.#parts.lifecycle;
    return sendsHeartbeats(state) || (state === "SHUTDOWN-SENT" && !path.confirmed);
  }

  #begin(path: Path, nowMs: number): void {
    beginHeartbeat(path, this.#parts.seat.platform.random, nowMs);
    path.sources?.beginProbe();
  }

  /** One of the HEARTBEATs that have been begun. @param source undefined while the path has one only */
  #sendFrom(path: Path, localAddress: string, source: SourceAddress | undefined): void {
    if (source !== undefined) source.isProbed = true;
    const info = heartbeatInfo(path, source?.number ?? 0);
    const parameters = encodeParameter({ kind: "Heartbeat Info", type: ParameterType.HeartbeatInfo, info });
    this.#parts.control.push({ kind: "HEARTBEAT", parameters, info }, path, localAddress);
  }

  /** Sends a HEARTBEAT whose answer nothing waits for: the timer of what it travels with repeats both. */
  sendUntimedHeartbeat(path: Path, nowMs: number): void {
    this.sendHeartbeat(path, nowMs);
    path.heartbeatAckDeadlineMs = NEVER;
  }

  /** RFC 9260 8.3, 5.4. An answer that is not genuine is ignored. */
  #onHeartbeatAck(info: Uint8Array | undefined, nowMs: number): void {
    if (info === undefined) return;
    for (const path of this.#parts.paths.all) {
      const source = path.sources?.all.find(
        (each) => each.isProbed && answersHeartbeat(path, info, each.number),
      );
      if (source === undefined && (path.sources !== undefined || !answersHeartbeat(path, info, 0))) continue;
      const rttMs = nowMs - path.heartbeatSentAtMs;
      if (source !== undefined) this.#parts.sources.onAnswered(path, source, rttMs, nowMs);
      // The round trip is the destination's if it was taken from where its DATA leaves.
      if (source === undefined || source.address === path.localAddress) path.rto.sample(rttMs);
      if (!path.sources?.all.some(({ isProbed }) => isProbed)) {
        path.heartbeatOutstanding = false;
        path.heartbeatAckDeadlineMs = NEVER;
      }
      this.onPeerHeard();
      if (!path.confirmed && !this.#parts.addresses.claim(path.address))
        return this.#parts.addresses.remove(path);
      this.#parts.paths.confirm(path);
      this.#parts.paths.clearErrors(path, "HEARTBEAT answered");
      if (sendsHeartbeats(this.#parts.lifecycle.state)) this.#schedule(path, nowMs);
      return;
    }
  }

  #schedule(path: Path, nowMs: number): void {
    scheduleHeartbeat(path, this.#parts.seat.platform.random, nowMs);
  }

  /** RFC 9260 8.1: one more consecutive error of the association. */
  #countAssociationError(): void {
    if (++this.#errorCount > this.#parts.settings.options.associationMaxRetrans)
      this.#parts.termination.giveUp("transfer");
  }

  #onT3(path: Path, nowMs: number): void {
    this.#parts.tracer.onTimer("T3-rtx", path);
    const { flight, onePacketOnly: isRepeated } = path;
    const { flightBytes } = flight;
    if (!this.#parts.outbound.onT3(path, nowMs)) return;
    this.#parts.sources.onTimeout(path, nowMs);
    this.#parts.paths.observer?.onDataTimeout?.(path, flightBytes, isRepeated, nowMs);
    if (this.#parts.paths.countError(path)) this.#onSuspicionChange(path, nowMs);
    this.#countAssociationError();
  }

  /** RFC 7829 3.2-6, 3.2-8: a path that has become suspected is probed at once, one that is given up at the old rhythm. */
  #onSuspicionChange(path: Path, nowMs: number): void {
    if (!sendsHeartbeats(this.#parts.lifecycle.state)) return;
    this.#schedule(path, nowMs);
    if (path.isPotentiallyFailed && path.heartbeatDeadlineMs !== NEVER) path.heartbeatDeadlineMs = nowMs;
  }

  /**
   * RFC 7829 3.2-6: DATA in flight on a suspected path, or about to be sent there again, tells what a HEARTBEAT would, and its
   * timeout is an error already.
   */
  #isTestedByData(path: Path): boolean {
    if (!path.isPotentiallyFailed) return false;
    if (path.flight.flightChunkCount > 0) return true;
    return this.#parts.outbound.sent.hasRetransmissions && this.#parts.paths.alternateTo(path) === path;
  }

  /**
   * A request of an extension was not answered within its time: an error as an expired T3-rtx is one.
   * @returns the path to repeat it on; the association may have ended
   */
  onRequestUnanswered(path: Path, nowMs: number): Path {
    path.rto.backOff();
    const next = this.#parts.sources.onTimeout(path, nowMs);
    if (this.#parts.paths.countError(path)) this.#onSuspicionChange(path, nowMs);
    this.#countAssociationError();
    return next;
  }

  #onHeartbeatUnanswered(path: Path, nowMs: number): void {
    this.#parts.tracer.onTimer("heartbeat-ack", path);
    const isReached = this.#parts.sources.onHeartbeatsUnanswered(path, nowMs);
    path.heartbeatAckDeadlineMs = NEVER;
    path.heartbeatOutstanding = false;
    if (isReached || this.#isTestedByData(path)) return;
    const isDataElsewhere = path.isPotentiallyFailed && this.#parts.outbound.sent.inFlightPayloadBytes > 0;
    path.rto.backOff();
    if (this.#parts.paths.countError(path)) this.#onSuspicionChange(path, nowMs);
    // 8.1: only the path that carries data counts against the association; 5.4: a probe of an unconfirmed one never.
    if (path.confirmed && path === this.#pathInUse && !isDataElsewhere) this.#countAssociationError();
    if (path.confirmed) return;
    if (this.#parts.paths.all.every(({ confirmed, active }) => !confirmed && !active)) {
      // No address was ever vouched for, and none answers: there is nobody there, and nothing else would find out.
      this.#parts.termination.giveUp("transfer");
      return;
    }
    // 5.4: an unconfirmed path is probed once per RTO until it is given up, and at the rate of an idle one from then on.
    if (path.active) {
      path.heartbeatDeadlineMs = nowMs;
      return;
    }
    this.#schedule(path, nowMs);
    this.#parts.addresses.unclaim(path); // RFC 5062 2: who lists an address without having it does not hold it for ever.
  }

  /**
   * What carries data, or would. Where no path is active that is the primary one here: the least doubtful one is another after each
   * error, and the peer would be given up by the probes of them all, in a fraction of the time (RFC 7829 4).
   */
  get #pathInUse(): Path | undefined {
    const { forData, primary } = this.#parts.paths;
    return forData?.usable !== true && primary?.confirmed === true ? primary : forData;
  }

  #onHeartbeatDue(path: Path, nowMs: number): void {
    if (path.heartbeatAckDeadlineMs !== NEVER) {
      // A backed-off RTO may be longer than HB.interval and the jitter: the answer has its time, or the error counts.
      path.heartbeatDeadlineMs = path.heartbeatAckDeadlineMs;
      return;
    }
    const idle = isIdle(path, nowMs) && !this.#isTestedByData(path);
    if (path.confirmed && this.#parts.sources.of(path) !== undefined) this.#sendToProbe(path, !idle, nowMs);
    else if (idle && (path.confirmed || this.#parts.seat.mayProbe(nowMs))) this.#onIdle(path, nowMs);
    this.#schedule(path, nowMs);
  }

  #onIdle(path: Path, nowMs: number): void {
    this.#parts.tracer.onTimer("heartbeat", path);
    this.sendHeartbeat(path, nowMs);
  }

  /** @param isBusy DATA tells of the source in use */
  #sendToProbe(path: Path, isBusy: boolean, nowMs: number): void {
    const probed = this.#parts.sources.toProbe(path, isBusy);
    if (probed.length === 0 || !sendsHeartbeats(this.#parts.lifecycle.state)) return;
    this.#parts.tracer.onTimer("heartbeat", path);
    this.#begin(path, nowMs);
    for (const source of probed) this.#sendFrom(path, source.address, source);
  }

  /**
   * RFC 9260 5.4, RFC 5062 6.3: of the unconfirmed addresses that are due, those that have waited longest are probed,
   * HB.Max.Burst of them in an RTO; the others wait for the next one. The peer's list may name the addresses of victims.
   */
  #probe(nowMs: number): void {
    for (let path = this.#nextToProbe(nowMs); path !== undefined; path = this.#nextToProbe(nowMs)) {
      if (nowMs >= this.#probeTurnEndsMs) {
        this.#probeTurnEndsMs = nowMs + (this.#parts.paths.forData ?? path).rto.rtoMs;
        this.#probesLeft = this.#parts.settings.options.heartbeatMaxBurst;
      }
      if (this.#probesLeft === 0 || !this.#parts.seat.mayProbe(nowMs)) {
        path.heartbeatDeadlineMs = this.#probeTurnEndsMs;
      } else {
        this.#probesLeft--;
        this.#onIdle(path, nowMs);
        path.heartbeatDeadlineMs = NEVER;
      }
    }
  }

  #nextToProbe(nowMs: number): Path | undefined {
    let next: Path | undefined;
    for (const path of this.#parts.paths.all) {
      if (nowMs < path.heartbeatDeadlineMs || !isProbed(path)) continue;
      if (next === undefined || path.heartbeatSentAtMs < next.heartbeatSentAtMs) next = path;
    }
    return next;
  }
}

/** Neither confirmed nor given up. */
function isProbed(path: Path): boolean {
  return !path.confirmed && path.active;
}
