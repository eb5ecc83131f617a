/**
 * Where a socket is and whom it talks to, under the names of `net.Socket`.
 * Owns: the shape. Does not own: the values (socket.ts).
 */

export type IpFamily = "IPv4" | "IPv6";

/** What `net` calls an address: of one end, with its SCTP port. */
export interface AddressInfo {
  /** An IP address; a wildcard where all of the host's are meant. */
  readonly address: string;
  /** The family of `address`. */
  readonly family: IpFamily;
  /** SCTP port. */
  readonly port: number;
}

/** What the programs of `net` ask a socket for; the streams of an association all answer alike. */
export interface SocketFacts {
  /** True from `connect()` until the association is established. */
  readonly connecting: boolean;
  readonly localAddress: string | undefined;
  readonly localFamily: IpFamily | undefined;
  /** SCTP port. */
  readonly localPort: number | undefined;
  /** The primary path. */
  readonly remoteAddress: string | undefined;
  readonly remoteFamily: IpFamily | undefined;
  /** SCTP port. */
  readonly remotePort: number | undefined;
  address(): AddressInfo | Record<string, never>;
}

export function familyOf(address: string | undefined): IpFamily | undefined {
  if (address === undefined) return undefined;
  return address.includes(":") ? "IPv6" : "IPv4";
}
