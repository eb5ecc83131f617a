/**
 * The local addresses of an open port as they come and go.
 * Owns: who has given up which, how long a UDP socket outlives its last user, what is said where an address is none.
 * Does not own: the sockets (port-transports.ts), what peers are told (src/association).
 *
 * An address belongs to the port, whoever asked for it; each association tells its peer by itself.
 */
import type { Association } from "../../association/association.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { isUnicastAddress, isWildcardAddress } from "../../platform/address.ts";
import { requireAddress } from "../../stack/local-addresses.ts";
import type { Transport } from "../transport/transport.ts";
import type { PortTransports } from "./port-transports.ts";

/** What was sent to an address before the peer forgot it may still be on its way. */
const LATECOMERS_MS = 2_000;

/** The port, as far as its addresses go. */
export interface AddressedPort {
  readonly transports: PortTransports;
  readonly associations: Iterable<Association>;
  readonly isClosed: boolean;
  /** Whether associations to come may want the address. */
  isListenedOn(address: string): boolean;
  /** The stack has one address more. */
  onAdded(address: string, transport: Transport): void;
  /** And one less. */
  onRemoved(address: string): void;
}

export class PortAddresses {
  readonly #port: AddressedPort;
  readonly #opening = new Map<string, Promise<void>>();
  /** The associations that do without an address, by the address. */
  readonly #leavers = new Map<string, WeakSet<Association>>();
  readonly #closing = new Map<string, NodeJS.Timeout>();
  #droppingLost: Promise<void> | undefined;

  constructor(port: AddressedPort) {
    this.#port = port;
  }

  /**
   * One more local address.
   * @param association that wants it; undefined for all
   * @returns its canonical form
   * @throws (rejects) SctpError ERR_SCTP_INVALID_ADDRESS; ERR_SCTP_UDP_SOCKET if the host does not have it;
   *   ERR_SCTP_UDP_PORT_IN_USE if the port's number is taken there; ERR_SCTP_NOT_SUPPORTED if the port is not on UDP sockets of
   *   its own; ERR_SCTP_CLOSED
   */
  async bind(text: string, association: Association | undefined): Promise<string> {
    const address = requireAddress(text);
    if (isWildcardAddress(address) || !isUnicastAddress(address))
      throw new SctpError(SctpErrorCode.InvalidAddress, `${address} is not one address of this host`);
    if (!this.#port.transports.localAddresses.includes(address)) await this.#openOnce(address);
    this.#stay(address);
    if (association === undefined) this.#leavers.delete(address);
    else this.#leavers.get(address)?.delete(association);
    return address;
  }

  /** Two who want it at once get the same. */
  #openOnce(address: string): Promise<void> {
    const opening = this.#opening.get(address) ?? this.#open(address);
    this.#opening.set(address, opening);
    return opening.finally(() => this.#opening.delete(address));
  }

  async #open(address: string): Promise<void> {
    const { transports } = this.#port;
    this.#requireOpen();
    const transport = await transports.opened(address);
    if (this.#port.isClosed && transport.localAddress === address) transport.close();
    this.#requireOpen();
    transports.add(address, transport);
    this.#port.onAdded(address, transport);
  }

  /**
   * An association does without the address, or a listener if undefined: when all do, its socket is closed, after latecomers.
   */
  unbind(address: string, association: Association | undefined): void {
    const leavers = this.#leavers.get(address) ?? new WeakSet();
    if (association !== undefined) this.#leavers.set(address, leavers.add(association));
    this.#closeIfUnused(address);
  }

  /**
   * Drops what the host has lost: nothing can leave from there, so that nobody waits for it. Who asks meanwhile gets the same answer.
   * What each peer is told, its association says.
   */
  dropLost(): Promise<void> {
    this.#droppingLost ??= this.#port.transports.lostAddresses().then((lost) => {
      this.#droppingLost = undefined;
      if (this.#port.isClosed) return;
      for (const address of lost) this.drop(address);
    });
    return this.#droppingLost;
  }

  /** Nobody wants the address any more, or the host has lost it. @returns false where the port cannot be without it */
  drop(address: string): boolean {
    const { transports } = this.#port;
    this.#stay(address);
    this.#leavers.delete(address);
    if (!transports.localAddresses.includes(address) || !transports.canRemove(address)) return false;
    transports.remove(address);
    this.#port.onRemoved(address);
    return true;
  }

  /** Nothing comes any more. */
  close(): void {
    for (const timer of this.#closing.values()) clearTimeout(timer);
    this.#closing.clear();
  }

  #closeIfUnused(address: string): void {
    if (this.#isUsed(address) || this.#closing.has(address)) return;
    const close = (): void => {
      this.#closing.delete(address);
      if (!this.#isUsed(address)) this.drop(address);
    };
    this.#closing.set(address, setTimeout(close, LATECOMERS_MS).unref());
  }

  #isUsed(address: string): boolean {
    if (this.#port.isListenedOn(address)) return true;
    const leavers = this.#leavers.get(address);
    for (const association of this.#port.associations) if (leavers?.has(association) !== true) return true;
    return false;
  }

  #stay(address: string): void {
    clearTimeout(this.#closing.get(address));
    this.#closing.delete(address);
  }

  #requireOpen(): void {
    if (this.#port.isClosed) throw new SctpError(SctpErrorCode.Closed, "the UDP port has been closed");
  }
}
