/**
 * Setting an association up from the side that asks for it (RFC 9260 5.1), with T1-init and T1-cookie.
 * Owns: the INIT, what is made of the INIT ACK, the COOKIE ECHO, their retransmissions (the DATA that went with a COOKIE
 * ECHO included), the Stale Cookie retry.
 * Does not own: the answering side, which keeps no state (src/stack/init-responder.ts); restarts (acceptance.ts).
 */

import { initTimeoutMaxMsOf } from "../../base/options.ts";
import type { TimerName } from "../../base/trace-sink.ts";
import { type Cause, protocolViolation } from "../../chunks/causes.ts";
import { type Chunk, chunkLengthBytes, type InitAckChunk, type InitChunk } from "../../chunks/chunk.ts";
import { CauseCode, ChunkType, ParameterType } from "../../chunks/codes.ts";
import { COMMON_HEADER_BYTES } from "../../chunks/common-header.ts";
import { encodeParameter, type Parameter } from "../../chunks/parameters.ts";
import { padded } from "../../chunks/tlv.ts";
import type { ChunkHandler, ChunkOutcome } from "../model/chunk-handler.ts";
import type { ControlQueue } from "../model/control-queue.ts";
import type { TimedPart } from "../model/deadlines.ts";
import type { Identity } from "../model/identity.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
import {
  breachIn,
  type Negotiation,
  type Proposal,
  proposalParameters,
  settle,
} from "../model/negotiation.ts";
import type { PacketAuthentication } from "../model/packet-authentication.ts";
import type { Route, Seat } from "../model/seat.ts";
import type { Settings } from "../model/settings.ts";
import { answersHeartbeats, isSettingUp } from "../model/state.ts";
import type { LocalSources } from "../paths/local-sources.ts";
import type { Path } from "../paths/path.ts";
import type { PathSet } from "../paths/path-set.ts";
import type { PeerAddresses } from "../paths/peer-addresses.ts";
import type { Tracer } from "../reporting/tracer.ts";
import type { UserEvents } from "../reporting/user-events.ts";
import type { Outbound } from "../sending/outbound.ts";
import type { Establishment } from "./establishment.ts";
import { HEARTBEAT_BYTES } from "./heartbeats.ts";
import { addressParameters, reportsWithin, reviewInit, supportedAddressTypes } from "./init-parameters.ts";
import type { PathMonitor } from "./path-monitor.ts";
import type { Termination } from "./termination.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** RFC 9260 5.2.6: a Cookie Preservative asks for no more than a second beyond the measured round trip. */
const MAX_PRESERVATIVE_MARGIN_MS = 1_000;
const CHUNK_HEADER_BYTES = 4;
/** Fresh INITs sent because the cookie had gone stale. */
const MAX_STALE_RETRIES = 8;
/** Local ports tried in place of one with which the peer has another association. */
const MAX_PORT_CHANGES = 16;
/** What a peer says that takes an INIT for a restart of an association that it has with somebody else behind that port. */
const COLLISIONS: ReadonlySet<number> = new Set([
  CauseCode.RestartWithNewAddresses,
  CauseCode.RestartWithNewEncapsulationPort,
]);
/** HEARTBEAT, ERROR: what the set-up has to say about them comes after what their own parts do. */
const CHUNK_TYPES = [ChunkType.CookieAck, ChunkType.Heartbeat, ChunkType.Error];

export interface SetupParts {
  readonly seat: Seat;
  readonly negotiation: Negotiation;
  readonly settings: Settings;
  readonly identity: Identity;
  readonly lifecycle: Lifecycle;
  readonly paths: PathSet;
  readonly addresses: PeerAddresses;
  readonly sources: LocalSources;
  readonly control: ControlQueue<Path>;
  readonly outbound: Outbound;
  readonly events: UserEvents;
  readonly monitor: PathMonitor;
  readonly establishment: Establishment;
  readonly termination: Termination;
  readonly tracer: Tracer;
  /** Asked anew each time: the INIT ACK brings it. */
  readonly extensions: { readonly authentication: PacketAuthentication<Path> | undefined };
}

/** Lives as long as the set-up does. */
export class Setup implements ChunkHandler<Path>, TimedPart {
  readonly chunkTypes: readonly number[] = CHUNK_TYPES;
  readonly #parts: SetupParts;
  readonly #confirmedAddresses: ReadonlySet<string>;
  /** What the INIT says of extensions, and each repetition of it. */
  readonly proposals: readonly Proposal[];
  #t1DeadlineMs = NEVER;
  #retransmitCount = 0;
  #sentAtMs = 0;
  #timeoutMs = 0;
  #path: Path;
  #cookie: Uint8Array = new Uint8Array(0);
  #preservativeMs = 0;
  #staleRetries = 0;
  #initCount = 0;
  #portChanges = 0;
  readonly #changePort: (() => boolean) | undefined;
  /** An INIT ACK has listed nothing but addresses of families that this side has no sockets for. */
  #namesFamilies = false;

  /**
   * @param firstPath where the first INIT goes
   * @param addresses the peer's addresses that the user passed; they count as confirmed (RFC 9260 5.4 rule 1)
   * @param changePort gives the association another local port; undefined where the user chose the one it has
   */
  constructor(
    parts: SetupParts,
    firstPath: Path,
    addresses: readonly string[],
    changePort: (() => boolean) | undefined,
  ) {
    this.#changePort = changePort;
    this.#parts = parts;
    this.#path = firstPath;
    this.#confirmedAddresses = new Set(addresses);
    this.proposals = parts.negotiation.propose(parts.settings.options, parts.seat.platform.random);
  }

  get deadlineMs(): number {
    return this.#t1DeadlineMs;
  }

  get timer(): TimerName {
    return this.#parts.lifecycle.state === "COOKIE-WAIT" ? "T1-init" : "T1-cookie";
  }

  /** Sends the first INIT and enters COOKIE-WAIT. */
  start(nowMs: number): void {
    this.#parts.events.opening();
    this.#parts.lifecycle.enter("COOKIE-WAIT");
    this.#setTimeout(this.#path.rto.rtoMs);
    this.#sendInit(nowMs);
  }

  onChunk(chunk: Chunk, _source: Path, nowMs: number): ChunkOutcome {
    switch (chunk.kind) {
      case "COOKIE ACK":
        this.#onCookieAck(nowMs);
        break;
      case "HEARTBEAT": {
        // 5.1 C against 8.3: before the COOKIE ACK nothing may go out alone, so the answer rides behind the COOKIE ECHO.
        const { state } = this.#parts.lifecycle;
        if (isSettingUp(state) && answersHeartbeats(state)) this.#repeatCookieEcho(nowMs);
        break;
      }
      case "ERROR":
        if (chunk.causes.some((cause) => cause.code === CauseCode.StaleCookie)) this.#onStaleCookie(nowMs);
        break;
    }
    return "continue";
  }

  /**
   * An INIT ACK (RFC 9260 5.1 C, 5.1.2, 3.3.3).
   * @param source where it came from: maybe an address that was not known before
   */
  onInitAck(chunk: InitAckChunk, source: Route, nowMs: number): void {
    const { state } = this.#parts.lifecycle;
    if (state !== "COOKIE-WAIT")
      return this.#parts.seat.countDrop("unexpected-chunk", `INIT ACK in ${state}`); // 5.2.3
    const { localTag } = this.#parts.identity;
    if (chunk.initiateTag === 0) return this.#refuse(localTag, true, { fatal: true, causes: [] }, source);
    const { options } = this.#parts.settings;
    const extensions = this.proposals.map(({ extension }) => extension);
    const ourFamilies = this.#parts.seat.addressFamilies();
    const review = reviewInit(chunk.parameters, source.address, options, extensions, ourFamilies);
    const breach = breachIn(review.extensions, extensions);
    const refusal =
      refusalOf(chunk, review.stateCookie, review.hostName) ??
      (breach === undefined ? undefined : { fatal: true, causes: [protocolViolation(breach)] });
    if (refusal !== undefined) return this.#refuse(chunk.initiateTag, false, refusal, source);
    if (review.listsForeignOnly && !this.#namesFamilies) {
      this.#namesFamilies = true; // 5.1.2: asked anew, once, the peer may list what can be used.
      return this.#sendInit(nowMs);
    }
    this.#takeAddresses(review.addresses, source);
    this.#cookie = review.stateCookie ?? this.#cookie;
    // 6.3.1 C5: only where it is sure which INIT this answers.
    if (this.#initCount === 1) this.#path.rto.sample(nowMs - this.#sentAtMs);
    this.#parts.establishment.agree({
      localTag,
      peerTag: chunk.initiateTag,
      localInitialTsn: this.#parts.identity.localInitialTsn,
      peerInitialTsn: chunk.initialTsn,
      peerRwndBytes: chunk.aRwndBytes,
      outboundStreams: Math.min(options.outboundStreams, chunk.inboundStreams),
      inboundStreams: Math.min(options.maxInboundStreams, chunk.outboundStreams),
      capabilities: settle(this.proposals, review.extensions),
    });
    this.#parts.lifecycle.enter("COOKIE-ECHOED");
    this.#retransmitCount = 0;
    this.#path = this.#cookieEchoPath(source.address);
    if (this.#path.address === source.address)
      this.#parts.sources.answerFrom(this.#path, source.localAddress, nowMs);
    this.#setTimeout(this.#path.rto.rtoMs);
    this.#sendCookieEcho(nowMs);
    const room = this.#path.maxPacketBytes - COMMON_HEADER_BYTES - CHUNK_HEADER_BYTES;
    const unrecognized = reportsWithin(review.unrecognized, room);
    if (unrecognized.length > 0) this.#parts.control.push(unrecognizedError(unrecognized), this.#path);
    this.#parts.events.failInvalidStreams();
  }

  /** An INIT ACK whose parameters cannot be read (RFC 9260 5.1). */
  refuseInitAck(initiateTag: number, causes: readonly Cause[], source: Route): void {
    if (this.#parts.lifecycle.state !== "COOKIE-WAIT") return; // 5.2.3
    if (initiateTag === 0)
      this.#refuse(this.#parts.identity.localTag, true, { fatal: true, causes: [] }, source);
    else this.#refuse(initiateTag, false, { fatal: true, causes }, source);
  }

  /** An ABORT came: whether it is but the port that is not free, at the peer, and another one is asked for. */
  survives(causes: readonly Cause[], nowMs: number): boolean {
    const isCollision = causes.some(({ code }) => COLLISIONS.has(code));
    if (!isCollision || this.#parts.lifecycle.state !== "COOKIE-WAIT") return false;
    if (this.#portChanges >= MAX_PORT_CHANGES || this.#changePort?.() !== true) return false;
    this.#portChanges++;
    this.#initCount = 0; // No INIT ACK can answer but the one that goes out now.
    this.#retransmitCount = 0;
    this.#setTimeout(this.#path.rto.rtoMs);
    this.#sendInit(nowMs);
    return true;
  }

  /** T1-init or T1-cookie. */
  onTimeout(nowMs: number): void {
    const { options } = this.#parts.settings;
    const isFirst = this.#parts.lifecycle.state === "COOKIE-WAIT";
    this.#parts.tracer.onTimer(isFirst ? "T1-init" : "T1-cookie", this.#path);
    if (this.#retransmitCount >= options.maxInitRetransmits) {
      this.#t1DeadlineMs = NEVER;
      this.#parts.termination.giveUp("setup"); // 5.1.6
      return;
    }
    this.#retransmitCount++;
    this.#parts.seat.scratch.writer.discountRepeated();
    this.#setTimeout(this.#timeoutMs * 2);
    // 5.1: all addresses of the peer are tried in turn, from all of ours; an unconfirmed one would need a nonce (5.4).
    const next = this.#parts.sources.onTimeout(this.#path, nowMs);
    if (next.confirmed) this.#path = next;
    if (isFirst) {
      this.#sendInit(nowMs);
    } else {
      this.#parts.outbound.onSetupTimeout(nowMs);
      this.#sendCookieEcho(nowMs);
    }
  }

  /** RFC 9260 5.1 E. */
  #onCookieAck(nowMs: number): void {
    if (this.#parts.lifecycle.state !== "COOKIE-ECHOED") return; // 5.2.5
    if (this.#retransmitCount === 0) this.#path.rto.sample(nowMs - this.#sentAtMs);
    this.#parts.control.remove("INIT", "COOKIE ECHO");
    this.#parts.establishment.complete(nowMs);
  }

  /** RFC 9260 5.2.6, alternative 3: ask anew, for a cookie that lives longer. */
  #onStaleCookie(nowMs: number): void {
    if (this.#parts.lifecycle.state !== "COOKIE-ECHOED") return;
    if (++this.#staleRetries > MAX_STALE_RETRIES) {
      this.#parts.termination.giveUp("setup");
      return;
    }
    const roundTripMs = nowMs - this.#sentAtMs;
    this.#preservativeMs = Math.ceil(roundTripMs + MAX_PRESERVATIVE_MARGIN_MS);
    this.#retransmitCount = 0;
    this.#setTimeout(this.#path.rto.rtoMs);
    this.#parts.control.clear();
    // What went with the stale cookie may come late, under tags that stay what they are: nothing else has its TSNs.
    this.#parts.identity.changeInitialTsn(this.#parts.outbound.sent.nextTsn);
    this.#parts.lifecycle.enter("COOKIE-WAIT");
    this.#sendInit(nowMs);
  }

  /** Repeats the COOKIE ECHO, to go first in a packet that answers something before the COOKIE ACK has come. */
  #repeatCookieEcho(nowMs: number): void {
    const control = this.#parts.control;
    const path = this.#path;
    const chunk: Chunk = { kind: "COOKIE ECHO", cookie: this.#cookie };
    control.remove("COOKIE ECHO");
    if (!path.confirmed) {
      // 5.4: only beside a HEARTBEAT with a nonce, in one packet; where that does not fit, not at all.
      const authBytes = this.#parts.extensions.authentication?.authBytes ?? 0;
      const cookieBytes = authBytes + padded(chunkLengthBytes(chunk));
      if (path.maxPacketBytes < COMMON_HEADER_BYTES + cookieBytes + HEARTBEAT_BYTES) return;
      control.remove("HEARTBEAT");
      this.#parts.monitor.sendUntimedHeartbeat(path, nowMs); // T1-cookie repeats both.
    }
    control.pushFront(chunk, path);
  }

  /** The INIT of this association; an INIT ACK in a collision repeats its parameters (RFC 9260 5.2.1). */
  #initChunk(): InitChunk {
    const { options } = this.#parts.settings;
    const peerAddresses = this.#parts.paths.all.map(({ address }) => address);
    const told = this.#parts.seat.advertisedAddresses(peerAddresses);
    this.#parts.seat.tell([this.#path.localAddress, ...told]);
    const parameters: Parameter[] = [
      ...addressParameters(told),
      // Optional (5.1.2), and there are peers that take no INIT with a parameter that they do not know.
      ...(this.#namesFamilies ? [supportedAddressTypes(this.#parts.seat.addressFamilies())] : []),
      ...proposalParameters(this.proposals),
    ];
    if (this.#preservativeMs > 0) {
      parameters.push({
        kind: "Cookie Preservative",
        type: ParameterType.CookiePreservative,
        incrementMs: this.#preservativeMs,
      });
    }
    return {
      kind: "INIT",
      initiateTag: this.#parts.identity.localTag,
      aRwndBytes: options.receiveBufferBytes,
      outboundStreams: options.outboundStreams,
      inboundStreams: options.maxInboundStreams,
      initialTsn: this.#parts.identity.localInitialTsn,
      parameters,
    };
  }

  #sendInit(nowMs: number): void {
    this.#initCount++;
    this.#parts.control.remove("INIT");
    this.#parts.control.pushFront(this.#initChunk(), this.#path);
    this.#armT1(nowMs);
  }

  #sendCookieEcho(nowMs: number): void {
    this.#repeatCookieEcho(nowMs);
    this.#armT1(nowMs);
  }

  /** RFC 6458 8.1.3: RTO.Max bounds T1, too, unless the user has set another bound for the set-up. */
  #setTimeout(timeoutMs: number): void {
    this.#timeoutMs = Math.min(timeoutMs, initTimeoutMaxMsOf(this.#parts.settings.options));
  }

  #armT1(nowMs: number): void {
    this.#sentAtMs = nowMs;
    this.#t1DeadlineMs = nowMs + this.#timeoutMs;
  }

  /** Answers an unacceptable INIT ACK; if that is fatal, the set-up is over. */
  #refuse(tag: number, tagReflected: boolean, { causes, fatal }: Refusal, source: Route): void {
    this.#parts.seat.sendDetached(tag, [{ kind: "ABORT", tagReflected, causes }], source);
    if (fatal) this.#parts.termination.endByViolation(causes, "the INIT ACK was unacceptable");
  }

  /** RFC 9260 5.1.2: the listed addresses and the source; without a list, the source alone. */
  #takeAddresses(listed: readonly string[], { address: source, remoteUdpPort }: Route): void {
    const reachable = listed.filter((address) => this.#parts.seat.canReach(address));
    const wanted = new Set([source, ...reachable.slice(0, this.#parts.settings.options.maxPeerAddresses)]);
    for (const address of wanted) {
      if (this.#parts.paths.byAddress(address) !== undefined || !this.#parts.addresses.claim(address))
        continue;
      const confirmed = this.#confirmedAddresses.has(address); // 5.4 rules 1 and 3
      this.#parts.addresses.add({ address, remoteUdpPort, confirmed });
    }
    this.#parts.addresses.keepOnly(wanted);
  }

  /** Where the INIT ACK came from, if the user passed that address; else another one that the user passed. */
  #cookieEchoPath(source: string): Path {
    const answered = this.#parts.paths.byAddress(source);
    if (answered?.confirmed) return answered;
    return this.#parts.paths.forData ?? answered ?? this.#parts.paths.all[0] ?? this.#path;
  }
}

/** Why an INIT ACK is unacceptable, and whether the set-up is over because of it. */
interface Refusal {
  readonly fatal: boolean;
  readonly causes: readonly Cause[];
}

function refusalOf(
  chunk: InitAckChunk,
  cookie: Uint8Array | undefined,
  hostName: Parameter | undefined,
): Refusal | undefined {
  if (chunk.outboundStreams === 0 || chunk.inboundStreams === 0) {
    return {
      fatal: true,
      causes: [{ kind: "Invalid Mandatory Parameter", code: CauseCode.InvalidMandatoryParameter }],
    };
  }
  if (chunk.aRwndBytes < MIN_A_RWND_BYTES) return { fatal: false, causes: [] }; // discarded; the state stays
  if (hostName !== undefined) {
    return {
      fatal: true,
      causes: [
        {
          kind: "Unresolvable Address",
          code: CauseCode.UnresolvableAddress,
          address: encodeParameter(hostName),
        },
      ],
    };
  }
  if (cookie !== undefined) return undefined;
  return {
    fatal: true,
    causes: [
      {
        kind: "Missing Mandatory Parameter",
        code: CauseCode.MissingMandatoryParameter,
        parameterTypes: [ParameterType.StateCookie],
      },
    ],
  };
}

/** RFC 9260 3.3.2, 3.3.3: a smaller window in an INIT or INIT ACK is refused. */
export const MIN_A_RWND_BYTES = 1_500;

/** RFC 9260 3.2.2: what we did not know in the INIT ACK, bundled with the COOKIE ECHO. */
function unrecognizedError(unrecognized: readonly Uint8Array[]): Chunk {
  const causes: Cause[] = unrecognized.map((parameter) => ({
    kind: "Unrecognized Parameters",
    code: CauseCode.UnrecognizedParameters,
    parameters: parameter,
  }));
  return { kind: "ERROR", causes };
}
