/**
 * A UDP port that is shared with other workers of a cluster.
 * Owns: whose datagrams go where first. Does not own: whose they are (src/node/cluster/cluster-worker.ts), the port (port-driver.ts).
 */
import type { TransportAddress } from "../../platform/address.ts";
import type { SharedPort } from "../../stack/shared-port.ts";
import type { Transport, TransportOwner } from "../transport/transport.ts";

export interface PortShare {
  readonly port: SharedPort;
  /** A datagram came in; those that are this worker's come back by `PortDriver.inject`. */
  onDatagram(datagram: Buffer, remote: TransportAddress, localIndex: number): void;
}

/** What comes in by the transports of a shared port goes to whoever knows whose it is. */
export function doorOf(
  share: PortShare,
  port: TransportOwner,
  transports: readonly Transport[],
): TransportOwner {
  return {
    onDatagram: (datagram, remote, transport) =>
      share.onDatagram(bufferOver(datagram), remote, transports.indexOf(transport)),
    onTransportError: (error) => port.onTransportError(error),
  };
}

/** Messages are views into it, and users know them as buffers. */
export function bufferOver(datagram: Uint8Array): Buffer {
  if (Buffer.isBuffer(datagram)) return datagram;
  return Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength);
}
