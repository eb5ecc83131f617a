/**
 * One destination address of the peer.
 * Owns: its reachability (confirmed, active, potentially failed, error count), its RTO, its T3-rtx and heartbeat deadlines, its congestion
 * controller, its remote UDP port (RFC 6951 5.1: one per destination address) and the local address to send from.
 * Does not own: chunks (sent-log.ts), when to send a heartbeat (heartbeats.ts), which path is used.
 */
import type { CongestionController } from "../../base/congestion-control.ts";
import type { PathStateName } from "../model/events.ts";
import type { PathThresholds } from "../model/path-thresholds.ts";
import { PathFlight } from "./path-flight.ts";
import type { RetransmissionTimeout } from "./rto.ts";
import type { SourceAddresses } from "./source-addresses.ts";

const NEVER = Number.POSITIVE_INFINITY;

export interface PathInit {
  readonly address: string;
  readonly localAddress: string;
  readonly remoteUdpPort: number;
  readonly confirmed: boolean;
  readonly maxPacketBytes: number;
  readonly congestion: CongestionController;
  readonly rto: RetransmissionTimeout;
  readonly thresholds: PathThresholds;
}

export class Path {
  readonly address: string;
  /** Where its packets leave from; answers leave from where they were asked for (reply-paths.ts). */
  localAddress: string;
  /** What is known of each local address that reaches the destination; undefined while there is one only. */
  sources: SourceAddresses | undefined = undefined;
  remoteUdpPort: number;
  readonly flight: PathFlight = new PathFlight();
  congestion: CongestionController;
  readonly rto: RetransmissionTimeout;
  /** Largest SCTP packet sent here: the path MTU less IP and UDP headers (RFC 9260 7.3, RFC 6951 5.6). */
  maxPacketBytes: number;
  /** RFC 9260 5.4: until its owner has echoed a nonce, an address gets nothing but heartbeats. */
  confirmed: boolean;
  /** RFC 9260 8.2: false after more than Path.Max.Retrans consecutive errors. */
  active = true;
  errorCount = 0;

  /** T3-rtx expired and nothing sent here has been acknowledged since: one packet in flight (RFC 9260 7.2.1, 7.2.3). */
  onePacketOnly = false;

  t3DeadlineMs: number = NEVER;
  /** When the next HEARTBEAT is due, if the path stays idle. */
  heartbeatDeadlineMs: number = NEVER;
  /** When an unanswered HEARTBEAT counts as an error. */
  heartbeatAckDeadlineMs: number = NEVER;
  heartbeatSentAtMs = 0;
  heartbeatNonceHigh = 0;
  heartbeatNonceLow = 0;
  heartbeatOutstanding = false;
  heartbeatEnabled = true;
  /** HB.interval of this path; 0 sends none but for path verification and on request. */
  heartbeatIntervalMs = 0;
  /** The association's options, or this path's own (path-set.ts changes them). */
  thresholds: PathThresholds;

  /** DATA chunks sent to it again (RFC 3873, sctpAssocRemAddrRtx). */
  retransmittedChunks = 0;
  /** When DATA last went out for the first time: a path that is not measured by DATA gets HEARTBEATs (RFC 9260 8.3). */
  lastDataSentMs: number = Number.NEGATIVE_INFINITY;
  /** When DATA last went out, new or again: from then on the window decays (RFC 9260 7.2.1). */
  lastTransmissionMs: number = Number.NEGATIVE_INFINITY;

  constructor(init: PathInit) {
    this.address = init.address;
    this.localAddress = init.localAddress;
    this.remoteUdpPort = init.remoteUdpPort;
    this.confirmed = init.confirmed;
    this.maxPacketBytes = init.maxPacketBytes;
    this.congestion = init.congestion;
    this.rto = init.rto;
    this.thresholds = init.thresholds;
  }

  /** Whether it is its owner's, and has not been given up, however doubtful it is. */
  get isReachable(): boolean {
    return this.confirmed && this.active;
  }

  /** Whether DATA may be sent here and is likely to arrive. */
  get usable(): boolean {
    if (this.errorCount > 0 && this.errorCount > this.thresholds.potentiallyFailedMaxRetrans) return false;
    return this.isReachable;
  }

  /** RFC 7829 3.2-2: too many errors to send DATA here while another path is active, too few to be given up. */
  get isPotentiallyFailed(): boolean {
    return this.isReachable && !this.usable;
  }

  /** The local addresses that reach the destination, as far as is known. */
  get reachedFrom(): readonly string[] {
    if (!this.usable) return [];
    if (this.sources === undefined) return [this.localAddress];
    return this.sources.all.filter(({ state }) => state === "reaching").map(({ address }) => address);
  }

  get stateName(): PathStateName {
    if (!this.confirmed) return "unconfirmed";
    if (!this.active) return "inactive";
    return this.usable ? "active" : "potentially-failed";
  }

  get t3Running(): boolean {
    return this.t3DeadlineMs !== NEVER;
  }

  startT3(nowMs: number): void {
    this.t3DeadlineMs = nowMs + this.rto.rtoMs;
  }

  /** T3-rtx, which is running, expires an RTO after `sinceMs`, unless that is past (RFC 7765 4). */
  advanceT3(sinceMs: number, nowMs: number): void {
    const deadlineMs = sinceMs + this.rto.rtoMs;
    if (deadlineMs > nowMs) this.t3DeadlineMs = deadlineMs;
  }

  /** T3-rtx, which is running, does not expire within so long, or an RTO where that is less. */
  postponeT3(leastMs: number, nowMs: number): void {
    this.t3DeadlineMs = Math.max(this.t3DeadlineMs, nowMs + Math.min(leastMs, this.rto.rtoMs));
  }

  stopT3(): void {
    this.t3DeadlineMs = NEVER;
  }

  /** The earliest of this path's deadlines. */
  get deadlineMs(): number {
    return Math.min(this.t3DeadlineMs, this.heartbeatDeadlineMs, this.heartbeatAckDeadlineMs);
  }

  /** Its packets leave from that local address from now on: by another route, so that its windows begin anew (RFC 9260 7.2.5.2). */
  leaveFrom(localAddress: string, nowMs: number): void {
    if (localAddress === this.localAddress) return;
    this.localAddress = localAddress;
    this.congestion.reset();
    if (this.sources !== undefined) this.sources.sinceMs = nowMs;
  }

  /**
   * RFC 9260 7.2.1: when DATA goes out after a pause, whatever DATA, the window first decays by the RTOs that went by: once
   * for the whole pause, since ssthresh is to be what cwnd was when it began.
   */
  decayIdleWindow(nowMs: number): void {
    if (this.flight.flightBytes > 0 || this.lastTransmissionMs === Number.NEGATIVE_INFINITY) return;
    const idleRtos = Math.floor((nowMs - this.lastTransmissionMs) / this.rto.rtoMs);
    if (idleRtos < 1) return;
    this.congestion.onIdle(idleRtos, nowMs);
    this.lastTransmissionMs = nowMs;
  }

  /** The peer restarted: nothing that was learned about the path holds (RFC 9260 5.2.4 A). */
  reset(): void {
    this.sources = undefined;
    this.congestion.reset();
    this.rto.reset();
    this.errorCount = 0;
    this.active = true;
    this.onePacketOnly = false;
    this.t3DeadlineMs = NEVER;
    this.heartbeatAckDeadlineMs = NEVER;
    this.heartbeatOutstanding = false;
    this.lastDataSentMs = Number.NEGATIVE_INFINITY;
    this.lastTransmissionMs = Number.NEGATIVE_INFINITY;
  }
}
