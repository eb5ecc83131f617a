/**
 * Answering an INIT without keeping anything (RFC 9260 5.1 B, 5.2.1, 5.2.2).
 * Owns: what is refused and how, the INIT ACK, what goes into its State Cookie.
 * Does not own: the cookie's encoding and MAC (state-cookie.ts), whom an INIT is for (packet-subject.ts).
 */
import type { AssociationEngine } from "../association/engine.ts";
import type { Extension } from "../association/model/extension.ts";
import {
  answerTo,
  breachIn,
  type NegotiationAnswer,
  type Proposal,
  proposalParameters,
  settle,
} from "../association/model/negotiation.ts";
import { isSettingUp } from "../association/model/state.ts";
import {
  addressParameters,
  type InitReview,
  reportsWithin,
  reviewInit,
} from "../association/procedures/init-parameters.ts";
import { MIN_A_RWND_BYTES } from "../association/procedures/setup.ts";
import type { AssociationOptions, StackOptions } from "../base/options.ts";
import { ByteBuilder } from "../chunks/byte-builder.ts";
import { type Cause, protocolViolation } from "../chunks/causes.ts";
import type { Chunk, InitAckChunk, InitChunk } from "../chunks/chunk.ts";
import { CauseCode, ParameterType } from "../chunks/codes.ts";
import { COMMON_HEADER_BYTES } from "../chunks/common-header.ts";
import { encodeParameter, encodeParameters, type Parameter } from "../chunks/parameters.ts";
import { padded } from "../chunks/tlv.ts";
import { addressFamily, type TransportAddress } from "../platform/address.ts";
import type { Residents } from "./residents.ts";
import type { SctpPorts } from "./sctp-ports.ts";
import type { CookieJar } from "./state-cookie.ts";

/** A packet with an INIT ACK without parameters. */
const FIXED_BYTES = COMMON_HEADER_BYTES + 20;

/** An INIT and where it came from. */
export interface IncomingInit {
  readonly chunk: InitChunk;
  readonly localPort: number;
  readonly remotePort: number;
  readonly from: TransportAddress;
  readonly to: string;
}

/** What to send back, under which tag; "shutdown-ack" leaves the answer to the association. */
export type InitAnswer =
  | { readonly kind: "packet"; readonly verificationTag: number; readonly chunk: Chunk }
  | { readonly kind: "shutdown-ack" };

export interface InitResponderInit {
  readonly options: StackOptions;
  readonly residents: Residents;
  readonly ports: SctpPorts;
  readonly jar: CookieJar;
}

export class InitResponder {
  readonly #options: StackOptions;
  readonly #residents: Residents;
  readonly #ports: SctpPorts;
  readonly #jar: CookieJar;

  constructor({ options, residents, ports, jar }: InitResponderInit) {
    this.#options = options;
    this.#residents = residents;
    this.#ports = ports;
    this.#jar = jar;
  }

  /**
   * @param options of the listening port, or of the existing association
   * @param existing the association that the INIT's addresses and ports belong to
   */
  answer(
    init: IncomingInit,
    options: AssociationOptions,
    existing: AssociationEngine | undefined,
    nowMs: number,
  ): InitAnswer {
    const { chunk, from } = init;
    const ourFamilies = this.#residents.local.families(this.#boundAddresses(init.localPort, existing));
    const extensions = this.#wanted(options, existing);
    const review = reviewInit(chunk.parameters, from.address, options, extensions, ourFamilies);
    const refusal = refusalOf(chunk, review);
    if (refusal !== undefined) return abort(chunk, refusal);
    const breach = breachIn(review.extensions, extensions);
    if (breach !== undefined) return abort(chunk, [protocolViolation(breach)]);
    if (existing !== undefined) {
      if (existing.state === "SHUTDOWN-ACK-SENT") return { kind: "shutdown-ack" }; // 9.2
      const conflict = conflictWith(existing, review, from);
      if (conflict !== undefined) return abort(chunk, [conflict]);
    }
    return {
      kind: "packet",
      verificationTag: chunk.initiateTag,
      chunk: this.#initAck(init, review, options, existing, nowMs),
    };
  }

  #initAck(
    init: IncomingInit,
    review: InitReview,
    options: AssociationOptions,
    existing: AssociationEngine | undefined,
    nowMs: number,
  ): InitAckChunk {
    const { chunk } = init;
    // 5.2.1: in a collision the answer repeats our own INIT; otherwise it gets a tag and a TSN of its own (5.2.2).
    const collision = isCollision(existing);
    const { proposals, capabilities } = this.#negotiate(review, options, existing);
    const identity = existing?.identity;
    const localTag = collision ? existing.identity.localTag : this.#residents.newTag();
    const localInitialTsn = collision
      ? existing.identity.localInitialTsn
      : this.#residents.platform.random.uint32();
    if (existing !== undefined && existing.state !== "COOKIE-WAIT" && existing.identity.localTieTag === 0) {
      existing.identity.setTieTags(this.#newTieTag(), this.#newTieTag());
    }
    const cookie = this.#jar.seal(
      {
        createdAtMs: nowMs,
        lifeMs:
          Math.min(this.#options.cookieLifeMs, options.maxCookieLifeMs) +
          Math.min(review.preservativeMs, this.#options.maxCookiePreservativeMs),
        localTag,
        peerTag: chunk.initiateTag,
        localTieTag: identity?.localTieTag ?? 0,
        peerTieTag: identity?.peerTieTag ?? 0,
        localInitialTsn,
        peerInitialTsn: chunk.initialTsn,
        peerRwndBytes: chunk.aRwndBytes,
        outboundStreams: Math.min(options.outboundStreams, chunk.inboundStreams),
        inboundStreams: Math.min(options.maxInboundStreams, chunk.outboundStreams),
        localPort: init.localPort,
        remotePort: init.remotePort,
        remoteUdpPort: init.from.port,
        source: init.from.address,
        localAddress: init.to,
        addresses: review.addresses.slice(0, options.maxPeerAddresses),
        capabilities,
      },
      nowMs,
    );
    return {
      kind: "INIT ACK",
      initiateTag: localTag,
      aRwndBytes: options.receiveBufferBytes,
      // 3.3.3: never more than the MIS of the INIT.
      outboundStreams: Math.min(options.outboundStreams, chunk.inboundStreams),
      inboundStreams: options.maxInboundStreams,
      initialTsn: localInitialTsn,
      parameters: this.#parameters(init, existing, cookie, review, proposals, options.maxPacketBytes),
    };
  }

  /** Those of the association, which may have asked for it from another port than one that is listened on. */
  #boundAddresses(localPort: number, existing: AssociationEngine | undefined): readonly string[] | undefined {
    return existing === undefined
      ? this.#ports.boundAddresses(localPort)
      : existing.association.boundAddresses;
  }

  /** The extensions that will read parameters. */
  #wanted(options: AssociationOptions, existing: AssociationEngine | undefined): readonly Extension[] {
    return isCollision(existing)
      ? existing.proposals.map(({ extension }) => extension)
      : this.#residents.negotiation.wanted(options);
  }

  #negotiate(
    { extensions: asked }: InitReview,
    options: AssociationOptions,
    existing: AssociationEngine | undefined,
  ): NegotiationAnswer {
    if (isCollision(existing)) {
      const { proposals } = existing;
      return { proposals, capabilities: settle(proposals, asked) };
    }
    const { negotiation, platform } = this.#residents;
    return answerTo(asked, negotiation.wanted(options), options, platform.random);
  }

  #parameters(
    { localPort, from }: IncomingInit,
    existing: AssociationEngine | undefined,
    cookie: Uint8Array,
    review: InitReview,
    proposals: readonly Proposal[],
    maxPacketBytes: number,
  ): Parameter[] {
    const peerAddresses = [from.address, ...review.addresses];
    const bound = this.#boundAddresses(localPort, existing);
    const advertised = this.#residents.local.advertised(peerAddresses, bound);
    const parameters: Parameter[] = [
      ...addressParameters(advertised.filter((address) => isUsable(address, review))),
      { kind: "State Cookie", type: ParameterType.StateCookie, cookie },
      ...proposalParameters(proposals),
    ];
    if (review.unrecognized.length === 0) return parameters;
    // What is reported came in the INIT: it makes the answer no larger than its question by more than the rest does.
    const room = maxPacketBytes - FIXED_BYTES - padded(encodeParameters(parameters).length);
    for (const parameter of reportsWithin(review.unrecognized, room)) {
      const type = ParameterType.UnrecognizedParameter;
      parameters.push({ kind: "Unrecognized Parameter", type, parameter });
    }
    return parameters;
  }

  #newTieTag(): number {
    return this.#residents.platform.random.uint32() || 1; // 0 stands for none
  }
}

/** Both sides ask for the association at the same time (RFC 9260 5.2.1). */
function isCollision(existing: AssociationEngine | undefined): existing is AssociationEngine {
  return existing !== undefined && isSettingUp(existing.state);
}

/** RFC 9260 5.1.2: addresses of a family that the peer cannot use are not listed. */
function isUsable(address: string, review: InitReview): boolean {
  return review.families === undefined || review.families.includes(addressFamily(address));
}

/** What makes an INIT unacceptable by itself: the causes of the ABORT (RFC 9260 3.3.2, 5.1.2 B). */
function refusalOf(chunk: InitChunk, review: InitReview): readonly Cause[] | undefined {
  if (chunk.outboundStreams === 0 || chunk.inboundStreams === 0 || chunk.aRwndBytes < MIN_A_RWND_BYTES) {
    return [{ kind: "Invalid Mandatory Parameter", code: CauseCode.InvalidMandatoryParameter }];
  }
  if (review.hostName === undefined) return undefined;
  const address = encodeParameter(review.hostName);
  return [{ kind: "Unresolvable Address", code: CauseCode.UnresolvableAddress, address }];
}

/** What makes an INIT unacceptable to a living association. */
function conflictWith(
  existing: AssociationEngine,
  review: InitReview,
  from: TransportAddress,
): Cause | undefined {
  const currentPort = existing.pathTo(from.address)?.remoteUdpPort;
  if (currentPort !== undefined && currentPort !== from.port) {
    // The encapsulation draft, section 4 rule 7: else anybody behind the same NAT could take the association over.
    return {
      kind: "Restart of an Association with New Encapsulation Port",
      code: CauseCode.RestartWithNewEncapsulationPort,
      currentPort,
      newPort: from.port,
    };
  }
  if (existing.state === "COOKIE-WAIT") return undefined; // 5.2.1 speaks of COOKIE-ECHOED, 5.2.2 of the rest
  const added = [from.address, ...review.addresses].filter(
    (address) => existing.pathTo(address) === undefined,
  );
  if (added.length === 0) return undefined;
  const addresses = new ByteBuilder();
  for (const parameter of addressParameters(added)) addresses.raw(encodeParameter(parameter));
  return {
    kind: "Restart of an Association with New Addresses",
    code: CauseCode.RestartWithNewAddresses,
    addresses: addresses.build(),
  };
}

function abort(init: InitChunk, causes: readonly Cause[]): InitAnswer {
  return {
    kind: "packet",
    verificationTag: init.initiateTag, // 8.4 rule 3, 5.1
    chunk: { kind: "ABORT", tagReflected: false, causes },
  };
}
