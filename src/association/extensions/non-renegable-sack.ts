/**
 * NR-SACK in place of SACK (draft-tuexen-tsvwg-sctp-multipath 4).
 * Owns: what INIT and INIT ACK say of it. Does not own: what follows where it has been agreed on: the receiving half is told of it
 * when it begins (procedures/establishment.ts), and its acknowledgements say more (receiving/tsn-tracker.ts); what comes is read
 * as a SACK is (packets/chunk-receiver.ts, sending/sent-log.ts).
 */
import { ChunkType } from "../../chunks/codes.ts";
import { ExtensionId } from "../model/capabilities.ts";
import type { Offer } from "../model/extension.ts";
import type { AssociationExtension } from "./association-extension.ts";

export const NON_RENEGABLE_SACK: AssociationExtension = {
  id: ExtensionId.NonRenegableSack,
  parameterTypes: [],
  isWanted: ({ nrSack }) => nrSack,
  offer: () => ({ parameters: [], chunkTypes: [ChunkType.NrSack] }),
  review: (_ours: Offer, theirs: Offer) =>
    theirs.chunkTypes.includes(ChunkType.NrSack) ? new Uint8Array(0) : undefined,
  join: () => undefined,
};
