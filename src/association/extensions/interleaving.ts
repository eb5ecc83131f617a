/**
 * User message interleaving: I-DATA in place of DATA (RFC 8260 2).
 * Owns: what INIT and INIT ACK say of it. Does not own: what follows where it has been agreed on: both halves of the data
 * transfer are told of it when they begin (procedures/establishment.ts); I-FORWARD-TSN (partial-reliability.ts).
 */
import { ChunkType } from "../../chunks/codes.ts";
import { ExtensionId } from "../model/capabilities.ts";
import { NOTHING_SAVED, type Offer, offerOf } from "../model/extension.ts";
import type { AssociationExtension } from "./association-extension.ts";

const OFFER = offerOf(ChunkType.IData);

export const INTERLEAVING: AssociationExtension = {
  id: ExtensionId.Interleaving,
  parameterTypes: [],
  /** 2.2.1: not without a user who can tell the pieces of several messages apart. */
  isWanted: ({ interleaving, interleavedDelivery }) => interleaving && interleavedDelivery,
  offer: () => OFFER,
  review: (_ours: Offer, theirs: Offer) =>
    theirs.chunkTypes.includes(ChunkType.IData) ? NOTHING_SAVED : undefined,
  join: () => undefined,
};
