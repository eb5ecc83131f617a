/**
 * Agreeing on extensions, in whichever chunk of the handshake.
 * Owns: what an INIT and an INIT ACK say of all of them together, the one Supported Extensions parameter (RFC 5061 4.2.7), how
 * much they may save. Does not own: what each of them says (extension.ts), the chunks (src/association/procedures,
 * src/stack/init-responder.ts), the cookie's encoding (src/stack/state-cookie.ts).
 */
import type { AssociationOptions } from "../../base/options.ts";
import { ParameterType } from "../../chunks/codes.ts";
import type { Parameter } from "../../chunks/parameters.ts";
import { padded } from "../../chunks/tlv.ts";
import type { RandomSource } from "../../platform/random.ts";
import { type Capabilities, NO_CAPABILITIES } from "./capabilities.ts";
import type { Extension, Offer } from "./extension.ts";

/**
 * What all extensions together may save of one handshake, each behind a header of 4 bytes. Much of it may be the peer's, and an INIT ACK
 * that carries it back must stay small. What does not fit is not agreed on.
 */
export const MAX_SAVED_BYTES = 1_024;

const NOTHING: readonly never[] = [];
const NO_OFFER: Offer = { parameters: NOTHING, chunkTypes: NOTHING };

/** What this side says of one extension. */
export interface Proposal {
  readonly extension: Extension;
  readonly offer: Offer;
}

/** What an INIT ACK says, and what is agreed on by it. */
export interface NegotiationAnswer {
  readonly proposals: readonly Proposal[];
  readonly capabilities: Capabilities;
}

/** @typeParam E what is known of an extension beyond this seam */
export class Negotiation<E extends Extension = Extension> {
  readonly #extensions: readonly E[];

  /** @param extensions those that are built in; where one needs another, behind it */
  constructor(extensions: readonly E[]) {
    this.#extensions = extensions;
  }

  /** Undefined where it is not built in. */
  byId(id: number): E | undefined {
    return this.#extensions.find((extension) => extension.id === id);
  }

  /** Whether all are built in. */
  knows({ all }: Capabilities): boolean {
    return all.every(({ id }) => this.byId(id) !== undefined);
  }

  wanted(options: AssociationOptions): readonly E[] {
    return this.#extensions.filter((extension) => extension.isWanted(options));
  }

  /** For an INIT, to be kept until it has been answered. */
  propose(options: AssociationOptions, random: RandomSource): readonly Proposal[] {
    const context = { options, random, asked: undefined };
    return this.wanted(options).map((extension) => ({ extension, offer: extension.offer(context) }));
  }
}

/**
 * For an INIT ACK: of the extensions that are wanted, those that the INIT agrees to.
 * @param asked what the INIT said of them
 */
export function answerTo(
  asked: readonly Parameter[],
  wanted: readonly Extension[],
  options: AssociationOptions,
  random: RandomSource,
): NegotiationAnswer {
  const listed = listedIn(asked);
  const proposals = wanted.map((extension) => {
    const context = { options, random, asked: offerIn(asked, listed, extension) };
    return { extension, offer: extension.offer(context) };
  });
  const capabilities = settle(proposals, asked);
  return { proposals: proposals.filter(({ extension }) => capabilities.has(extension.id)), capabilities };
}

/** What is agreed on by what both sides said. @param told by the peer, of the extensions that this side proposed */
export function settle(proposals: readonly Proposal[], told: readonly Parameter[]): Capabilities {
  let agreed = NO_CAPABILITIES;
  let bytesLeft = MAX_SAVED_BYTES;
  const listed = listedIn(told);
  for (const { extension, offer } of proposals) {
    const state = extension.review(offer, offerIn(told, listed, extension), agreed);
    if (state === undefined) continue;
    const savedBytes = 4 + padded(state.length);
    if (savedBytes > bytesLeft) continue;
    bytesLeft -= savedBytes;
    agreed = agreed.with({ id: extension.id, state });
  }
  return agreed;
}

/** What an INIT or INIT ACK says against the RFC of an extension that this side wants; undefined where nothing is wrong. */
export function breachIn(told: readonly Parameter[], extensions: readonly Extension[]): string | undefined {
  for (const extension of extensions) {
    const breach = extension.breachOf?.(offerIn(told, listedIn(told), extension));
    if (breach !== undefined) return breach;
  }
  return undefined;
}

/** What an INIT or INIT ACK says of the extensions that are proposed in it. */
export function proposalParameters(proposals: readonly Proposal[]): Parameter[] {
  const parameters: Parameter[] = [];
  const chunkTypes: number[] = [];
  for (const { offer } of proposals) {
    for (const parameter of offer.parameters) parameters.push(parameter);
    for (const type of offer.chunkTypes) if (!chunkTypes.includes(type)) chunkTypes.push(type);
  }
  if (chunkTypes.length > 0)
    parameters.push({ kind: "Supported Extensions", type: ParameterType.SupportedExtensions, chunkTypes });
  return parameters;
}

/** Whether one of the extensions reads parameters of the type. */
export function isRecognised(type: number, extensions: readonly Extension[]): boolean {
  if (type === ParameterType.SupportedExtensions) return extensions.length > 0;
  for (const { parameterTypes } of extensions) if (parameterTypes.includes(type)) return true;
  return false;
}

/** The one Supported Extensions parameter by itself; what it lists is heard by all extensions. */
function listedIn(told: readonly Parameter[]): Offer {
  for (const parameter of told)
    if (parameter.kind === "Supported Extensions")
      return { parameters: NOTHING, chunkTypes: parameter.chunkTypes };
  return NO_OFFER;
}

/** @param listed what the peer says to all of them */
function offerIn(told: readonly Parameter[], listed: Offer, { parameterTypes }: Extension): Offer {
  if (parameterTypes.length === 0) return listed;
  const parameters = told.filter(({ type }) => parameterTypes.includes(type));
  return parameters.length === 0 ? listed : { parameters, chunkTypes: listed.chunkTypes };
}
