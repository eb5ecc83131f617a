/** Owns: which extensions are built in, in the order in which they are agreed on. Does not own: any of them. */
import { ADAPTATION_INDICATION } from "./adaptation-indication.ts";
import type { AssociationExtension } from "./association-extension.ts";
import { AUTHENTICATION } from "./authentication.ts";
import { BARE_DYNAMIC_ADDRESSES, DYNAMIC_ADDRESSES } from "./dynamic-addresses.ts";
import { INTERLEAVING } from "./interleaving.ts";
import { NON_RENEGABLE_SACK } from "./non-renegable-sack.ts";
import { PARTIAL_RELIABILITY } from "./partial-reliability.ts";
import { STREAM_RECONFIGURATION } from "./stream-reconfiguration.ts";

export const EXTENSIONS: readonly AssociationExtension[] = [
  AUTHENTICATION,
  DYNAMIC_ADDRESSES,
  BARE_DYNAMIC_ADDRESSES,
  INTERLEAVING,
  NON_RENEGABLE_SACK,
  STREAM_RECONFIGURATION,
  PARTIAL_RELIABILITY,
  ADAPTATION_INDICATION,
];
