/**
 * What both sides agreed on in the handshake; from an INIT ACK, or out of a State Cookie.
 * Owns: its shape. Does not own: what follows from it (procedures/establishment.ts).
 */
import type { Capabilities } from "./capabilities.ts";

export interface Agreement {
  readonly localTag: number;
  readonly peerTag: number;
  readonly localInitialTsn: number;
  readonly peerInitialTsn: number;
  readonly peerRwndBytes: number;
  readonly outboundStreams: number;
  readonly inboundStreams: number;
  readonly capabilities: Capabilities;
}
