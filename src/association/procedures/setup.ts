/**
 * Setting an association up from the side that asks for it (RFC 9260 5.1), with T1-init and T1-cookie.
 * Owns: the INIT, what is made of the INIT ACK, the COOKIE ECHO, their retransmissions (the DATA that went with a COOKIE
 * ECHO included), the Stale Cookie retry.
 * Does not own: the answering side, which keeps no state (src/stack/init-responder.ts); restarts (association.ts).
 */
import type { Cause } from "../../chunks/causes.ts";
import { type Chunk, chunkLengthBytes, type InitAckChunk, type InitChunk } from "../../chunks/chunk.ts";
import { CauseCode, ParameterType } from "../../chunks/codes.ts";
import { COMMON_HEADER_BYTES } from "../../chunks/common-header.ts";
import { encodeParameter, type Parameter } from "../../chunks/parameters.ts";
import { padded } from "../../chunks/tlv.ts";
import type { Association } from "../association.ts";
import type { AssociationHost } from "../model/host.ts";
import type { Path } from "../paths/path.ts";
import type { Tcb } from "../tcb.ts";
import { HEARTBEAT_BYTES } from "./heartbeats.ts";
import { addressParameters, reviewInit, supportedAddressTypes } from "./init-parameters.ts";
import type { PathMonitor } from "./path-monitor.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** RFC 9260 5.2.6: a Cookie Preservative asks for no more than a second beyond the measured round trip. */
const MAX_PRESERVATIVE_MARGIN_MS = 1_000;
/** Fresh INITs sent because the cookie had gone stale. */
const MAX_STALE_RETRIES = 8;

/** What the facade must do about an INIT ACK. */
export type InitAckOutcome =
  | { readonly kind: "ignored" }
  | { readonly kind: "accepted" }
  /** Answer with ABORT; `fatal` says whether the set-up is over too. */
  | {
      readonly kind: "abort";
      readonly fatal: boolean;
      readonly tag: number;
      readonly tagReflected: boolean;
      readonly causes: readonly Cause[];
    };

export class Setup {
  t1DeadlineMs: number = NEVER;
  readonly #tcb: Tcb;
  readonly #host: AssociationHost;
  readonly #association: Association;
  readonly #monitor: PathMonitor;
  readonly #confirmedAddresses: ReadonlySet<string>;
  #retransmitCount = 0;
  #sentAtMs = 0;
  #timeoutMs = 0;
  #path: Path;
  #cookie: Uint8Array = new Uint8Array(0);
  #preservativeMs = 0;
  #staleRetries = 0;

  /** @param addresses the peer's addresses that the user passed; they count as confirmed (RFC 9260 5.4 rule 1) */
  constructor(
    tcb: Tcb,
    host: AssociationHost,
    association: Association,
    monitor: PathMonitor,
    firstPath: Path,
    addresses: readonly string[],
  ) {
    this.#tcb = tcb;
    this.#host = host;
    this.#association = association;
    this.#monitor = monitor;
    this.#path = firstPath;
    this.#confirmedAddresses = new Set(addresses);
  }

  /** Sends the first INIT and enters COOKIE-WAIT. */
  start(nowMs: number): void {
    this.#tcb.setState("COOKIE-WAIT");
    this.#timeoutMs = this.#path.rto.rtoMs;
    this.#sendInit(nowMs);
  }

  /** The INIT of this association; an INIT ACK in a collision repeats its parameters (RFC 9260 5.2.1). */
  initChunk(): InitChunk {
    const { options } = this.#tcb;
    const parameters: Parameter[] = [
      ...addressParameters(this.#host.advertisedAddresses(this.#association)),
      supportedAddressTypes(this.#host.addressFamilies(this.#association)),
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
      initiateTag: this.#tcb.localTag,
      aRwndBytes: options.receiveBufferBytes,
      outboundStreams: options.outboundStreams,
      inboundStreams: options.maxInboundStreams,
      initialTsn: this.#tcb.localInitialTsn,
      parameters,
    };
  }

  /** RFC 9260 5.1 C, 5.1.2, 3.3.3. `source` is the address that the INIT ACK came from. */
  onInitAck(chunk: InitAckChunk, source: string, sourceUdpPort: number, nowMs: number): InitAckOutcome {
    const tcb = this.#tcb;
    if (tcb.state !== "COOKIE-WAIT") return { kind: "ignored" }; // 5.2.3
    if (chunk.initiateTag === 0)
      return { kind: "abort", fatal: true, tag: tcb.localTag, tagReflected: true, causes: [] };
    const review = reviewInit(chunk.parameters, source, tcb.options);
    const refusal = refusalOf(chunk, review.stateCookie, review.hostName);
    if (refusal !== undefined) {
      return {
        kind: "abort",
        fatal: refusal.fatal,
        tag: chunk.initiateTag,
        tagReflected: false,
        causes: refusal.causes,
      };
    }
    this.#takeAddresses(review.addresses, source, sourceUdpPort);
    this.#cookie = review.stateCookie ?? this.#cookie;
    if (this.#retransmitCount === 0) this.#path.rto.sample(nowMs - this.#sentAtMs);
    tcb.agree({
      localTag: tcb.localTag,
      peerTag: chunk.initiateTag,
      localInitialTsn: tcb.localInitialTsn,
      peerInitialTsn: chunk.initialTsn,
      peerRwndBytes: chunk.aRwndBytes,
      outboundStreams: Math.min(tcb.options.outboundStreams, chunk.inboundStreams),
      inboundStreams: Math.min(tcb.options.maxInboundStreams, chunk.outboundStreams),
    });
    tcb.setState("COOKIE-ECHOED");
    this.#retransmitCount = 0;
    this.#path = this.#cookieEchoPath(source);
    this.#timeoutMs = this.#path.rto.rtoMs;
    this.#sendCookieEcho(nowMs);
    if (review.unrecognized.length > 0) tcb.control.push(unrecognizedError(review.unrecognized), this.#path);
    return { kind: "accepted" };
  }

  /** RFC 9260 5.1 E. */
  onCookieAck(nowMs: number): void {
    if (this.#tcb.state !== "COOKIE-ECHOED") return; // 5.2.5
    if (this.#retransmitCount === 0) this.#path.rto.sample(nowMs - this.#sentAtMs);
    this.finish();
    this.#tcb.established(nowMs);
  }

  /** The association is established, one way or another: no timer, no chunk of the set-up is left. */
  finish(): void {
    this.t1DeadlineMs = NEVER;
    this.#cookie = new Uint8Array(0);
    this.#tcb.control.remove("INIT", "COOKIE ECHO");
  }

  /** RFC 9260 5.2.6, alternative 3: ask anew, for a cookie that lives longer. */
  onStaleCookie(nowMs: number): void {
    const tcb = this.#tcb;
    if (tcb.state !== "COOKIE-ECHOED") return;
    if (++this.#staleRetries > MAX_STALE_RETRIES) {
      tcb.close({ kind: "unreachable", during: "setup" });
      return;
    }
    const roundTripMs = nowMs - this.#sentAtMs;
    this.#preservativeMs = Math.ceil(roundTripMs + MAX_PRESERVATIVE_MARGIN_MS);
    this.#retransmitCount = 0;
    this.#timeoutMs = this.#path.rto.rtoMs;
    tcb.control.clear();
    tcb.setState("COOKIE-WAIT");
    this.#sendInit(nowMs);
  }

  /** T1-init or T1-cookie. */
  onTimeout(nowMs: number): void {
    if (nowMs < this.t1DeadlineMs) return;
    const tcb = this.#tcb;
    if (this.#retransmitCount >= tcb.options.maxInitRetransmits) {
      this.t1DeadlineMs = NEVER;
      tcb.close({ kind: "unreachable", during: "setup" }); // 5.1.6
      return;
    }
    this.#retransmitCount++;
    this.#timeoutMs = Math.min(this.#timeoutMs * 2, tcb.options.initTimeoutMaxMs);
    // 5.1: all addresses of the peer are tried in turn; an unconfirmed one would need a nonce (5.4).
    const next = tcb.paths.alternateTo(this.#path);
    if (next.confirmed) this.#path = next;
    if (tcb.state === "COOKIE-WAIT") {
      this.#sendInit(nowMs);
    } else {
      tcb.outbound.onSetupTimeout(nowMs);
      this.#sendCookieEcho(nowMs);
    }
  }

  /** Repeats the COOKIE ECHO, to go first in a packet that answers something before the COOKIE ACK has come. */
  repeatCookieEcho(nowMs: number): void {
    const { control } = this.#tcb;
    const path = this.#path;
    const chunk: Chunk = { kind: "COOKIE ECHO", cookie: this.#cookie };
    control.remove("COOKIE ECHO");
    if (!path.confirmed) {
      // 5.4: only beside a HEARTBEAT with a nonce, in one packet; where that does not fit, not at all.
      if (path.maxPacketBytes < COMMON_HEADER_BYTES + padded(chunkLengthBytes(chunk)) + HEARTBEAT_BYTES)
        return;
      control.remove("HEARTBEAT");
      this.#monitor.sendUntimedHeartbeat(path, nowMs); // T1-cookie repeats both.
    }
    control.pushFront(chunk, path);
  }

  #sendInit(nowMs: number): void {
    this.#tcb.control.remove("INIT");
    this.#tcb.control.pushFront(this.initChunk(), this.#path);
    this.#armT1(nowMs);
  }

  #sendCookieEcho(nowMs: number): void {
    this.repeatCookieEcho(nowMs);
    this.#armT1(nowMs);
  }

  #armT1(nowMs: number): void {
    this.#sentAtMs = nowMs;
    this.t1DeadlineMs = nowMs + this.#timeoutMs;
  }

  /** RFC 9260 5.1.2: the listed addresses and the source; without a list, the source alone. */
  #takeAddresses(listed: readonly string[], source: string, sourceUdpPort: number): void {
    const tcb = this.#tcb;
    const wanted = new Set([source, ...listed.slice(0, tcb.options.maxPeerAddresses)]);
    for (const address of wanted) {
      if (tcb.paths.byAddress(address) !== undefined || !tcb.mayClaim(address)) continue;
      const confirmed = this.#confirmedAddresses.has(address); // 5.4 rules 1 and 3
      tcb.addPath(address, this.#host.localAddressFor(this.#association, address), sourceUdpPort, confirmed);
    }
    for (const path of [...tcb.paths.all]) {
      if (!wanted.has(path.address) && tcb.paths.all.length > 1) tcb.removePath(path);
    }
  }

  /** Where the INIT ACK came from, if the user passed that address; else another one that the user passed. */
  #cookieEchoPath(source: string): Path {
    const { paths } = this.#tcb;
    const answered = paths.byAddress(source);
    if (answered?.confirmed) return answered;
    return paths.forData ?? answered ?? paths.all[0] ?? this.#path;
  }
}

function refusalOf(
  chunk: InitAckChunk,
  cookie: Uint8Array | undefined,
  hostName: Parameter | undefined,
): { readonly fatal: boolean; readonly causes: readonly Cause[] } | undefined {
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
