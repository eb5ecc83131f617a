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
  const proposals = wanted.map((extension) => {
    const context = { options, random, asked: offerIn(asked, extension) };
    return { extension, offer: extension.offer(context) };
  });
  const capabilities = settle(proposals, asked);
  return { proposals: proposals.filter(({ extension }) => capabilities.has(extension.id)), capabilities };
}

/** What is agreed on by what both sides said. @param told by the peer, of the extensions that this side proposed */
export function settle(proposals: readonly Proposal[], told: readonly Parameter[]): Capabilities {
  let agreed = NO_CAPABILITIES;
  let bytesLeft = MAX_SAVED_BYTES;
  for (const { extension, offer } of proposals) {
    const state = extension.review(offer, offerIn(told, extension), agreed);
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
    const breach = extension.breachOf?.(offerIn(told, extension));
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

/** The types of the parameters that extensions read. */
export function recognisedTypes(extensions: readonly Extension[]): readonly number[] {
  if (extensions.length === 0) return NOTHING;
  const types: number[] = [ParameterType.SupportedExtensions];
  for (const { parameterTypes } of extensions) for (const type of parameterTypes) types.push(type);
  return types;
}

function offerIn(told: readonly Parameter[], { parameterTypes }: Extension): Offer {
  const listed = told.find((parameter) => parameter.kind === "Supported Extensions");
  return {
    parameters:
      parameterTypes.length === 0 ? NOTHING : told.filter(({ type }) => parameterTypes.includes(type)),
    chunkTypes: listed?.kind === "Supported Extensions" ? listed.chunkTypes : NOTHING,
  };
}
