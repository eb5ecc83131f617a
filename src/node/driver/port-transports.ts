/**
 * The transports of an open port: one for each local address, or one for all that a wildcard stands for.
 * Owns: which there are, opening one more, closing one, which of them sends from an address. Does not own: whose addresses they are
 * and how long (port-addresses.ts), UDP sockets (src/node/transport), what goes through them (port-driver.ts).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { addressFamily, isWildcardAddress } from "../../platform/address.ts";
import type { Transport } from "../transport/transport.ts";

/**
 * Opens one more UDP socket.
 * @param localUdpPort 0: a free one
 * @throws (or rejects) SctpError ERR_SCTP_UDP_PORT_IN_USE, ERR_SCTP_UDP_SOCKET
 */
export type OpenTransport = (address: string, localUdpPort: number) => Transport | Promise<Transport>;

export class PortTransports {
  /** False once one has come or gone: the port is another one than somebody has asked for. */
  isAsOpened = true;
  #all: readonly Transport[];
  /** Addresses for which a wildcard's transport sends and receives. */
  #covered: readonly string[] = [];
  #localAddresses: readonly string[];
  #isReferenced = true;
  readonly #open: OpenTransport | undefined;

  /**
   * @param all one at least, all with one port number
   * @param open undefined where the addresses cannot change
   */
  constructor(all: readonly Transport[], open: OpenTransport | undefined) {
    this.#all = all;
    this.#open = open;
    this.#localAddresses = all.map(({ localAddress }) => localAddress);
  }

  get localUdpPort(): number {
    return this.#all[0]?.localUdpPort ?? 0;
  }
  /** In the order in which they came; wildcards among them, and what was added behind a wildcard. */
  get localAddresses(): readonly string[] {
    return this.#localAddresses;
  }
  /** Those of the beginning, which alone have a place in a cluster. */
  at(index: number): Transport | undefined {
    return this.#all[index];
  }

  /** Hot. The one that sends from the address; another one of its family where there is none. */
  of(address: string): Transport {
    for (const transport of this.#all) if (transport.localAddress === address) return transport;
    return this.#standInFor(address) ?? (this.#all[0] as Transport);
  }

  #standInFor(address: string): Transport | undefined {
    const family = addressFamily(address);
    return this.#all.find(({ localAddress }) => addressFamily(localAddress) === family);
  }

  /**
   * Opens a UDP socket for an address. Where the port has a wildcard of its family no other socket could be bound, and none is needed:
   * the host is asked whether it has the address, and that is all.
   * @returns what sends from it
   * @throws (rejects) SctpError ERR_SCTP_UDP_PORT_IN_USE, ERR_SCTP_UDP_SOCKET; ERR_SCTP_NOT_SUPPORTED where the addresses cannot change
   */
  async opened(address: string): Promise<Transport> {
    if (this.#open === undefined)
      throw new SctpError(
        SctpErrorCode.NotSupported,
        "the addresses of this UDP port are those of its transports, or of its cluster: none can be added",
      );
    const wildcard = this.#all.find(
      ({ localAddress }) =>
        isWildcardAddress(localAddress) && addressFamily(localAddress) === addressFamily(address),
    );
    if (wildcard === undefined) return await this.#open(address, this.localUdpPort);
    const probe = await this.#open(address, 0);
    probe.close();
    return wildcard;
  }

  /** Those of its addresses that the host does not have any more; none where the port cannot ask it. */
  async lostAddresses(): Promise<readonly string[]> {
    const open = this.#open;
    if (open === undefined) return [];
    const own = this.#localAddresses.filter((address) => !isWildcardAddress(address));
    const areLost = await Promise.all(own.map((address) => isLost(address, open)));
    return own.filter((_, i) => areLost[i]);
  }

  /** @param transport that `opened` gave */
  add(address: string, transport: Transport): void {
    this.isAsOpened = false;
    this.#localAddresses = [...this.#localAddresses, address];
    if (transport.localAddress !== address) this.#covered = [...this.#covered, address];
    else {
      this.#all = [...this.#all, transport];
      if (!this.#isReferenced) transport.unref();
    }
  }

  /** Whether the port can do without an address: a wildcard stands for more than one, and one is to stay. */
  canRemove(address: string): boolean {
    if (this.#open === undefined || isWildcardAddress(address)) return false;
    return this.#covered.includes(address) || this.#all.some(({ localAddress }) => localAddress !== address);
  }

  /** Closes what the address alone has. */
  remove(address: string): void {
    this.isAsOpened = false;
    this.#localAddresses = this.#localAddresses.filter((each) => each !== address);
    this.#covered = this.#covered.filter((each) => each !== address);
    for (const transport of this.#all) if (transport.localAddress === address) transport.close();
    this.#all = this.#all.filter(({ localAddress }) => localAddress !== address);
  }

  /** Whether they keep the process alive. */
  reference(isReferenced: boolean): void {
    if (isReferenced === this.#isReferenced) return;
    this.#isReferenced = isReferenced;
    for (const transport of this.#all) {
      if (isReferenced) transport.ref();
      else transport.unref();
    }
  }

  close(): void {
    for (const transport of this.#all) transport.close();
  }
}

/** Whether the host says that no socket can have the address; whatever else it complains of is something else. */
async function isLost(address: string, open: OpenTransport): Promise<boolean> {
  try {
    const probe = await open(address, 0);
    probe.close();
    return false;
  } catch (error) {
    return error instanceof SctpError && error.code === "EADDRNOTAVAIL";
  }
}
