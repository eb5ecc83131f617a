/**
 * Finding the largest packet that each path carries (RFC 8899), by HEARTBEATs that are padded (6.2.1.2), without ICMP.
 * Owns: when the search of a path begins and ends, the probes and their answers, what is a black hole (4.3), that the path carries what
 * has been found. Does not own: the states and sizes of a search (paths/packet-size-search.ts), the heartbeats of RFC 9260 8.3
 * (path-monitor.ts), how a packet is padded (src/chunks/packet-writer.ts).
 *
 * An association has nothing of it until its user asks, or until it has sent enough to gain from it (`auto`). Then it stands between the
 * paths and who was told of them before. What it does unasked must do no harm to a peer that answers no probes, or has little room: only
 * larger packets than those that are known to arrive are tried, and only where the lower layer says that it is worth it.
 */

import type { AssociationOptions } from "../../base/options.ts";
import type { TimerName } from "../../base/trace-sink.ts";
import type { Chunk } from "../../chunks/chunk.ts";
import { ChunkType, ParameterType } from "../../chunks/codes.ts";
import { COMMON_HEADER_BYTES } from "../../chunks/common-header.ts";
import { encodeParameter } from "../../chunks/parameters.ts";
import { addressBytes, addressFamily } from "../../platform/address.ts";
import type { ChunkHandler, ChunkOutcome } from "../model/chunk-handler.ts";
import type { ControlQueue } from "../model/control-queue.ts";
import type { Deadlines, TimedPart } from "../model/deadlines.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
import type { PacketLimits } from "../model/packet-limits.ts";
import type { Seat } from "../model/seat.ts";
import type { Settings } from "../model/settings.ts";
import { maySendData } from "../model/state.ts";
import { PacketSizeSearch, RAISE_INTERVAL_MS } from "../paths/packet-size-search.ts";
import type { Path } from "../paths/path.ts";
import type { PacketSizes, PathObserver, PathSet } from "../paths/path-set.ts";
import type { PeerAddresses } from "../paths/peer-addresses.ts";
import type { SourceAddress } from "../paths/source-addresses.ts";
import type { Counters } from "../reporting/status.ts";
import type { Tracer } from "../reporting/tracer.ts";
import type { Outbound } from "../sending/outbound.ts";
import type { PathMonitor } from "./path-monitor.ts";

const NEVER = Number.POSITIVE_INFINITY;
const CHUNK_TYPES = [ChunkType.HeartbeatAck];
/** Nonce (8), size (4), nothing (4), destination address (16): as long as what a plain HEARTBEAT of ours carries. */
const INFO_BYTES = 32;
/** So many packets larger than the base vanish one after the other in a black hole: no more than probes of one size (5.1.2). */
const BLACK_HOLE_TIMEOUTS = 3;
/**
 * Where packets larger than Ethernet's were not asked for, so many timeouts within so long end them: few are in flight then, and too few
 * behind a lost one for Fast Retransmit.
 */
const COSTLY_TIMEOUTS = 3;
const COSTLY_WITHIN_MS = 60_000;
/** Those that a search follows. */
const OPTIONS = [
  "pathMtuDiscovery",
  "pathMtuMaxBytes",
  "pathMtuMaxProbes",
  "pathMtuProbeTimeoutMs",
  "maxPacketBytes",
] as const satisfies ReadonlyArray<keyof AssociationOptions>;
/** A packet takes no larger part of what the peer said that it has room for. */
const MAX_WINDOW_SHARE = 1 / 16;
/** So much has been sent before an unasked search begins: some 55 packets, beside which the two of each probe are few. */
export const UNASKED_FROM_BYTES = 65_536;
/** On the way from a host to itself a probe is lost where a buffer is full, and an answer takes no second (RFC 8899 5.1.1, 5.1.2). */
const ON_HOST = { probeTimeoutMs: 1_000, maxProbes: 3 } as const;

export interface PathMtuParts {
  readonly seat: Seat;
  readonly settings: Settings;
  readonly stats: Counters;
  readonly lifecycle: Lifecycle;
  readonly paths: PathSet;
  readonly addresses: PeerAddresses;
  readonly control: ControlQueue<Path>;
  readonly outbound: Outbound;
  readonly monitor: PathMonitor;
  readonly tracer: Tracer;
  readonly deadlines: Pick<Deadlines, "add">;
  readonly receiver: { addHandler(handler: ChunkHandler<Path>): void };
}

/** The search of one path. */
class Probing {
  readonly search: PacketSizeSearch;
  readonly limits: PacketLimits;
  /** Another one is another route. */
  readonly localAddress: string;
  readonly isUnasked: boolean;
  /** Of the probe that is under way. */
  nonceHigh = 0;
  nonceLow = 0;
  sentAtMs: number = Number.NEGATIVE_INFINITY;
  /** Timeouts in a row, each of packets larger than the base. */
  vanishedCount = 0;
  /** Timeouts of such packets, in a row or not, and when the first of them was. */
  costlyCount = 0;
  costlySinceMs: number = Number.NEGATIVE_INFINITY;

  constructor(search: PacketSizeSearch, limits: PacketLimits, localAddress: string, isUnasked: boolean) {
    this.search = search;
    this.limits = limits;
    this.localAddress = localAddress;
    this.isUnasked = isUnasked;
  }
}

class PathMtuDiscovery implements PathObserver, PacketSizes, TimedPart, ChunkHandler<Path> {
  readonly #parts: PathMtuParts;
  /** Who is told of the paths as well. */
  readonly #observer: PathObserver | undefined;
  readonly #probings = new Map<Path, Probing>();
  /** What the peer had room for when this began. */
  #windowBytes: number;

  constructor(parts: PathMtuParts) {
    this.#parts = parts;
    this.#windowBytes = parts.outbound.peerWindow.advertisedBytes;
    this.#observer = parts.paths.observer;
    parts.paths.observer = this;
    parts.deadlines.add(this);
    parts.receiver.addHandler(this);
  }

  get packetSizes(): this {
    return this;
  }
  get chunkTypes(): readonly number[] {
    return CHUNK_TYPES;
  }

  // ---- When a search begins and ends -------------------------------------------------------------------------

  /**
   * The path carries the base again, and the search begins from there.
   * @param baseBytes where it began last, or what the path and the options allow, if absent
   * @param isAsked the user has just said so
   */
  begin(path: Path, nowMs: number, baseBytes?: number, isAsked = false): void {
    const { settings, seat, lifecycle } = this.#parts;
    if (!path.isReachable || !maySendData(lifecycle.state)) return;
    const { pathMtuDiscovery, pathMtuMaxBytes, pathMtuMaxProbes, pathMtuProbeTimeoutMs, maxPacketBytes } =
      settings.options;
    const known = this.#probings.get(path);
    const isUnasked = !isAsked && (known?.isUnasked ?? pathMtuDiscovery === "auto");
    const limits = seat.packetLimits(path.localAddress, path.address);
    const layerBytes = isUnasked ? (limits.unaskedMaxBytes ?? 0) : limits.maxBytes;
    const isPatient = isUnasked && limits.staysOnHost === true;
    const search = new PacketSizeSearch({
      family: addressFamily(path.address),
      baseBytes: baseBytes ?? known?.search.baseBytes ?? Math.min(path.maxPacketBytes, maxPacketBytes),
      maxBytes: Math.min(layerBytes, pathMtuMaxBytes, Math.floor(this.#windowBytes * MAX_WINDOW_SHARE)),
      maxProbes: isPatient ? Math.max(pathMtuMaxProbes, ON_HOST.maxProbes) : pathMtuMaxProbes,
      probeTimeoutMs: isPatient ? ON_HOST.probeTimeoutMs : pathMtuProbeTimeoutMs,
      isUnasked,
    });
    const limit = seat.scratch.lostSizes.of(path.address);
    if (limit !== undefined) search.heed(limit);
    search.begin(nowMs);
    if (isUnasked && search.state === "SEARCH_COMPLETE") this.end(path);
    else this.#probings.set(path, new Probing(search, limits, path.localAddress, isUnasked));
    this.#settle(path, search);
  }

  /** The peer began anew: what is known of the paths is not of this association's life (RFC 9260 5.2.4 A). */
  beginAnew(nowMs: number): void {
    this.#windowBytes = this.#parts.outbound.peerWindow.advertisedBytes;
    for (const path of this.#probings.keys()) {
      if (path.isReachable) this.begin(path, nowMs);
      else this.#stop(path);
    }
  }

  /** No more is searched for: the path stays as it is. */
  end(path: Path): void {
    this.#probings.delete(path);
  }

  onPathStateChange(path: Path, reason: string): void {
    this.#observer?.onPathStateChange(path, reason);
    const search = this.#probings.get(path)?.search;
    if (!path.isReachable) this.#stop(path);
    // A path that is merely doubtful, or is so no longer, is searched on: it may be that its packets are too large.
    else if (
      search === undefined
        ? this.#parts.settings.options.pathMtuDiscovery === true
        : search.state === "DISABLED"
    )
      this.begin(path, this.#parts.tracer.nowMs);
  }

  onPathRemoved(path: Path): void {
    this.end(path);
  }

  /** 5.2: connectivity is lost. */
  #stop(path: Path): void {
    const probing = this.#probings.get(path);
    if (probing === undefined) return;
    probing.search.stop();
    this.#settle(path, probing.search);
  }

  onSourceChange(path: Path, source: SourceAddress): void {
    this.#observer?.onSourceChange(path, source);
    this.#followRoute(path, this.#parts.tracer.nowMs);
  }

  primaryChanged(path: Path): void {
    this.#observer?.primaryChanged(path);
  }

  /** 4.3: packets that were larger than the base vanish, one after the other, while nothing of them is acknowledged. */
  onDataTimeout(path: Path, flightBytes: number, isRepeated: boolean, nowMs: number): void {
    if (this.#followRoute(path, nowMs)) return;
    const probing = this.#probings.get(path);
    if (probing === undefined || probing.search.state === "DISABLED") return;
    const { search } = probing;
    if (!isRepeated) probing.vanishedCount = 0;
    const isLarge = flightBytes + COMMON_HEADER_BYTES > search.baseBytes;
    if (isLarge) probing.vanishedCount++;
    if (isLarge && probing.isUnasked && this.#isCostly(probing, nowMs))
      search.heed({ maxBytes: search.baseBytes, untilMs: nowMs + RAISE_INTERVAL_MS });
    else if (probing.vanishedCount < BLACK_HOLE_TIMEOUTS || search.confirmedBytes <= search.baseBytes) return;
    probing.vanishedCount = 0;
    search.begin(nowMs);
    this.#settle(path, search);
  }

  /** Another timeout: whether there have been too many for packets that nobody has asked for. */
  #isCostly(probing: Probing, nowMs: number): boolean {
    if (nowMs - probing.costlySinceMs > COSTLY_WITHIN_MS) {
      probing.costlySinceMs = nowMs;
      probing.costlyCount = 0;
    }
    const { confirmedBytes, usualBytes } = probing.search;
    return ++probing.costlyCount >= COSTLY_TIMEOUTS && confirmedBytes > usualBytes;
  }

  /** Packets leave from elsewhere: what was found is another route's. @returns whether it was so */
  #followRoute(path: Path, nowMs: number): boolean {
    const probing = this.#probings.get(path);
    if (probing === undefined || probing.localAddress === path.localAddress) return false;
    this.begin(path, nowMs);
    return true;
  }

  // ---- What is known -----------------------------------------------------------------------------------------

  searchOf(path: Path): PacketSizeSearch | undefined {
    return this.#probings.get(path)?.search;
  }

  isUnasked(path: Path): boolean {
    return this.#probings.get(path)?.isUnasked === true;
  }

  cutFromBytes(path: Path): number | undefined {
    return this.#probings.get(path)?.limits.cutFromBytes;
  }

  // ---- Probes ------------------------------------------------------------------------------------------------

  get deadlineMs(): number {
    let earliestMs = NEVER;
    for (const { search } of this.#probings.values()) earliestMs = Math.min(earliestMs, search.deadlineMs);
    return earliestMs;
  }

  get timer(): TimerName {
    for (const { search } of this.#probings.values()) if (search.isWaiting) return "path-mtu-probe";
    return "path-mtu-raise";
  }

  onTimeout(nowMs: number): void {
    const { paths, lifecycle } = this.#parts;
    for (const [path, probing] of this.#probings) {
      if (!paths.all.includes(path) || !maySendData(lifecycle.state)) this.end(path);
      else if (nowMs >= probing.search.deadlineMs) this.#onDue(path, probing, nowMs);
    }
  }

  #onDue(path: Path, probing: Probing, nowMs: number): void {
    const { search } = probing;
    if (this.#followRoute(path, nowMs)) return;
    const isComplete = search.state === "SEARCH_COMPLETE";
    // 5.1.1: who sends nothing needs to know of no larger packets.
    if (isComplete && path.lastTransmissionMs < probing.sentAtMs) return search.postpone(nowMs);
    if (isComplete) this.#parts.tracer.onTimer("path-mtu-raise", path);
    if (search.isWaiting) this.#parts.tracer.onTimer("path-mtu-probe", path);
    const { limit } = search;
    const isProbeDue = search.onTimeout(nowMs);
    // All peers on this host have one address, and one that reads no more than so much says nothing of the others.
    const isForAll = probing.limits.staysOnHost !== true;
    if (isForAll && search.limit !== undefined && search.limit !== limit)
      this.#parts.seat.scratch.lostSizes.note(path.address, search.limit);
    this.#settle(path, search);
    if (isProbeDue) this.#send(path, probing, nowMs);
  }

  #send(path: Path, probing: Probing, nowMs: number): void {
    const { control, seat } = this.#parts;
    const { search } = probing;
    probing.nonceHigh = seat.platform.random.uint32();
    probing.nonceLow = seat.platform.random.uint32();
    probing.sentAtMs = nowMs;
    const info = probeInfo(path, probing);
    const parameters = encodeParameter({ kind: "Heartbeat Info", type: ParameterType.HeartbeatInfo, info });
    if (control.pushProbe({ kind: "HEARTBEAT", parameters, info }, path, search.probedBytes))
      search.onSent(nowMs);
    else search.onNotSent(nowMs);
  }

  onChunk(chunk: Chunk, _source: Path, nowMs: number): ChunkOutcome {
    if (chunk.kind !== "HEARTBEAT ACK" || chunk.info?.length !== INFO_BYTES) return "continue";
    for (const [path, probing] of this.#probings) {
      if (!isAnswer(probing, chunk.info)) continue;
      this.#onAnswered(path, probing, nowMs);
      break;
    }
    return "continue";
  }

  /** 6.2.1.2: it is a success of the path and the association as well; how long it took is nobody's business. */
  #onAnswered(path: Path, probing: Probing, nowMs: number): void {
    const { paths, monitor } = this.#parts;
    if (!paths.all.includes(path) || this.#followRoute(path, nowMs)) return;
    probing.search.onAnswered(nowMs);
    this.#settle(path, probing.search);
    monitor.onPeerHeard();
    paths.clearErrors(path, "probe answered");
    if (nowMs >= probing.search.deadlineMs) this.#onDue(path, probing, nowMs);
  }

  /** The path carries what is confirmed. */
  #settle(path: Path, { confirmedBytes, state }: PacketSizeSearch): void {
    if (path.maxPacketBytes === confirmedBytes) return;
    this.#parts.addresses.setMaxPacketBytes(path, confirmedBytes);
    this.#parts.tracer.onPacketSizeChange(path, state);
  }
}

/** @returns undefined while nobody has asked for it */
function pathMtuDiscoveryOf({ observer }: PathSet): PathMtuDiscovery | undefined {
  return observer instanceof PathMtuDiscovery ? observer : undefined;
}

/** The association is established, or its peer began anew. */
export function beginPathMtuDiscovery(parts: PathMtuParts, nowMs: number): void {
  pathMtuDiscoveryOf(parts.paths)?.beginAnew(nowMs);
  const { pathMtuDiscovery } = parts.settings.options;
  if (pathMtuDiscovery === "auto") considerPathMtuDiscovery(parts, nowMs);
  else if (pathMtuDiscovery)
    for (const path of parts.paths.all) if (!isSearched(parts, path)) discover(parts, path, nowMs);
}

/** By `auto`: begins once, when enough has been sent; where it is not worth it, nothing comes of it, then and later. */
export function considerPathMtuDiscovery(parts: PathMtuParts, nowMs: number): void {
  const { stats, paths, lifecycle } = parts;
  if (stats.sentBytes < UNASKED_FROM_BYTES || pathMtuDiscoveryOf(paths) !== undefined) return;
  if (!maySendData(lifecycle.state)) return;
  const discovery = new PathMtuDiscovery(parts);
  for (const path of paths.all) discovery.begin(path, nowMs);
}

/** Other options hold. @param before those that held */
export function followPathMtuOptions(parts: PathMtuParts, before: AssociationOptions, nowMs: number): void {
  const { options } = parts.settings;
  if (OPTIONS.every((name) => options[name] === before[name])) return;
  const isSwitched = options.pathMtuDiscovery !== before.pathMtuDiscovery;
  if (isSwitched && options.pathMtuDiscovery === "auto") return considerPathMtuDiscovery(parts, nowMs);
  const isAsked = options.pathMtuDiscovery === true;
  const baseBytes = options.maxPacketBytes === before.maxPacketBytes ? undefined : options.maxPacketBytes;
  for (const path of parts.paths.all) {
    if (isAsked || (!isSwitched && isSearched(parts, path))) discover(parts, path, nowMs, baseBytes, isAsked);
    else pathMtuDiscoveryOf(parts.paths)?.end(path);
  }
}

/**
 * The user has said something of one path.
 * @param isWanted undefined where it stays as it is
 * @param baseBytes what the path is to carry; undefined where nothing was said of that
 */
export function followPathMtuChange(
  parts: PathMtuParts,
  path: Path,
  isWanted: boolean | undefined,
  baseBytes: number | undefined,
  nowMs: number,
): void {
  if (isWanted === undefined && baseBytes === undefined) return;
  const isAuto = parts.settings.options.pathMtuDiscovery === "auto";
  // What was said of a path holds: nothing is begun unasked any more.
  const discovery = pathMtuDiscoveryOf(parts.paths) ?? (isAuto ? new PathMtuDiscovery(parts) : undefined);
  if (isWanted) discover(parts, path, nowMs, baseBytes, true);
  else if (isWanted === false || discovery?.isUnasked(path)) discovery?.end(path);
  else if (isSearched(parts, path)) discover(parts, path, nowMs, baseBytes);
}

function isSearched({ paths }: PathMtuParts, path: Path): boolean {
  return pathMtuDiscoveryOf(paths)?.searchOf(path) !== undefined;
}

function discover(
  parts: PathMtuParts,
  path: Path,
  nowMs: number,
  baseBytes?: number,
  isAsked?: boolean,
): void {
  if (!maySendData(parts.lifecycle.state)) return; // It begins when the association is established.
  const discovery = pathMtuDiscoveryOf(parts.paths) ?? new PathMtuDiscovery(parts);
  discovery.begin(path, nowMs, baseBytes, isAsked);
}

function probeInfo({ address }: Path, { nonceHigh, nonceLow, search }: Probing): Uint8Array {
  const info = new Uint8Array(INFO_BYTES);
  const view = new DataView(info.buffer);
  view.setUint32(0, nonceHigh);
  view.setUint32(4, nonceLow);
  view.setUint32(8, search.probedBytes);
  const bytes = addressBytes(address) ?? new Uint8Array(0);
  info.set(bytes, INFO_BYTES - bytes.length);
  return info;
}

/** Whether it answers the probe that is under way: what comes too late, or twice, confirms nothing. */
function isAnswer({ search, nonceHigh, nonceLow }: Probing, info: Uint8Array): boolean {
  const view = new DataView(info.buffer, info.byteOffset, info.byteLength);
  return search.isWaiting && view.getUint32(0) === nonceHigh && view.getUint32(4) === nonceLow;
}
