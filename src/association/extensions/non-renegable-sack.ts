/**
 * NR-SACK in place of SACK (draft-tuexen-tsvwg-sctp-multipath 4).
 * Owns: what INIT and INIT ACK say of it. Does not own: what follows where it has been agreed on: the receiving half is told of it
 * when it begins (procedures/establishment.ts), and its acknowledgements say more (receiving/tsn-tracker.ts); what comes is read
 * as a SACK is (packets/chunk-receiver.ts, sending/sent-log.ts).
 */
import { ChunkType } from "../../chunks/codes.ts";
import { ExtensionId } from "../model/capabilities.ts";
import { NOTHING_SAVED, type Offer, offerOf } from "../model/extension.ts";
import type { AssociationExtension } from "./association-extension.ts";

const OFFER = offerOf(ChunkType.NrSack);

export const NON_RENEGABLE_SACK: AssociationExtension = {
  id: ExtensionId.NonRenegableSack,
  parameterTypes: [],
  isWanted: ({ nrSack }) => nrSack,
  offer: () => OFFER,
  review: (_ours: Offer, theirs: Offer) =>
    theirs.chunkTypes.includes(ChunkType.NrSack) ? NOTHING_SAVED : undefined,
  join: () => undefined,
};
