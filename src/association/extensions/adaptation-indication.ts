/**
 * The Adaptation Layer Indication: 32 bits by which each side says what stands between SCTP and its user (RFC 5061 4.2.6).
 * Owns: what INIT and INIT ACK say of it, what the user hears of the peer's. Does not own: what the bits mean (RFC 5061 8.2).
 *
 * Nothing is agreed on: each side says its own or says nothing, and hears the other's whether it says one or not.
 */
import { uint32At } from "../../base/network-order.ts";
import { ParameterType } from "../../chunks/codes.ts";
import { encodeParameter } from "../../chunks/parameters.ts";
import { type Capabilities, ExtensionId } from "../model/capabilities.ts";
import { NOTHING_SAVED, type Offer, offerOf } from "../model/extension.ts";
import type { AssociationExtension } from "./association-extension.ts";

const HEADER_BYTES = 4;
const SILENCE = offerOf();

export const ADAPTATION_INDICATION: AssociationExtension = {
  id: ExtensionId.AdaptationIndication,
  parameterTypes: [ParameterType.AdaptationLayerIndication],
  isWanted: () => true,
  offer({ options: { adaptationIndication: adaptationCode } }) {
    if (adaptationCode === undefined) return SILENCE;
    const type = ParameterType.AdaptationLayerIndication;
    return { parameters: [{ kind: "Adaptation Layer Indication", type, adaptationCode }], chunkTypes: [] };
  },
  review: savedOf,
  join: () => undefined,
  onEstablished({ seat }, saved) {
    const indication = codeIn(saved);
    if (indication !== undefined) seat.emit({ kind: "adaptation", indication });
  },
};

/** The peer's, in network order; none where this side alone says something. */
function savedOf(ours: Offer, theirs: Offer): Uint8Array | undefined {
  const [told] = theirs.parameters; // One is all that there may be (4.2.6); what follows is not heeded.
  if (told !== undefined) return encodeParameter(told).subarray(HEADER_BYTES);
  return ours.parameters.length > 0 ? NOTHING_SAVED : undefined;
}

/** What the peer said; undefined where it said nothing. */
export function adaptationIndicationIn(capabilities: Capabilities): number | undefined {
  const saved = capabilities.stateOf(ADAPTATION_INDICATION.id);
  return saved === undefined ? undefined : codeIn(saved);
}

function codeIn(saved: Uint8Array): number | undefined {
  return saved.length < HEADER_BYTES ? undefined : uint32At(saved, 0);
}
