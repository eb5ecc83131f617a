/**
 * The local addresses of an endpoint that come and go (RFC 5061).
 * Owns: the order in which the UDP port and the peers are asked, and waiting for their answers.
 * Does not own: the UDP sockets (src/node/driver/port-addresses.ts), which peers are asked (src/socket/state/binding.ts).
 */
import type { Association } from "../../association/association.ts";
import type { AssociationEvent } from "../../association/association-event.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import type { BindxFlag } from "../../socket/socket.ts";
import { requireAddress } from "../../stack/local-addresses.ts";
import type { PortDriver } from "../driver/port-driver.ts";

type Change = Extract<AssociationEvent, { readonly kind: "address-change" }>["change"];

/** The endpoint, as far as its addresses go. */
export interface AddressedEndpoint {
  /** @throws SctpError ERR_SCTP_CLOSED if it is not bound, or no more */
  requireBound(): PortDriver;
  /** @throws SctpError */
  bindx(address: string, flag: BindxFlag): void;
  readonly associations: Iterable<Association>;
}

interface Waiter {
  readonly association: Association;
  readonly change: Change;
  readonly address: string;
  readonly resolve: () => void;
}

export class EndpointAddresses {
  readonly #endpoint: AddressedEndpoint;
  readonly #waiters: Set<Waiter> = new Set();

  constructor(endpoint: AddressedEndpoint) {
    this.#endpoint = endpoint;
  }

  /** @throws (rejects) SctpError as `Endpoint.bindAddress` */
  async bind(text: string): Promise<void> {
    const { addresses } = this.#endpoint.requireBound();
    this.#requireAgreed();
    const address = await addresses.bind(text, undefined);
    await addresses.dropLost();
    this.#endpoint.requireBound();
    const asked = this.#asked(({ knownLocalAddresses }) => !knownLocalAddresses.includes(address));
    this.#endpoint.bindx(address, "SCTP_BINDX_ADD_ADDR");
    await this.#answered(asked, "add", address);
  }

  /** @throws (rejects) SctpError as `Endpoint.unbindAddress` */
  async unbind(text: string): Promise<void> {
    const address = requireAddress(text);
    const { addresses } = this.#endpoint.requireBound();
    const asked = this.#asked((association) => association.mayRemoveLocalAddress(address));
    this.#endpoint.bindx(address, "SCTP_BINDX_REM_ADDR");
    await this.#answered(asked, "remove", address);
    for (const association of asked)
      if (!association.knownLocalAddresses.includes(address)) addresses.unbind(address, association);
    addresses.unbind(address, undefined);
  }

  /** Of all associations of the endpoint. */
  onAssociationEvent(event: AssociationEvent): void {
    if (this.#waiters.size === 0) return;
    for (const waiter of this.#waiters) {
      if (waiter.association !== event.association) continue;
      const isAnswered =
        event.kind === "address-change" && event.change === waiter.change && event.address === waiter.address;
      if (!isAnswered && event.kind !== "closed") continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** As RFC 6458 9.1 has it; said before a socket is opened for nothing. */
  #requireAgreed(): void {
    const all = [...this.#endpoint.associations];
    if (all.length === 0 || all.some(({ dynamicAddresses }) => dynamicAddresses)) return;
    throw new SctpError(
      SctpErrorCode.NotSupported,
      "no living association has agreed on addresses that come and go (RFC 5061)",
    );
  }

  #asked(isConcerned: (association: Association) => boolean): readonly Association[] {
    return [...this.#endpoint.associations].filter(
      (association) =>
        association.state === "ESTABLISHED" && association.dynamicAddresses && isConcerned(association),
    );
  }

  /** Resolves when all have answered, or ended. */
  async #answered(asked: readonly Association[], change: Change, address: string): Promise<void> {
    const wait = (association: Association): Promise<void> =>
      new Promise((resolve) => this.#waiters.add({ association, change, address, resolve }));
    await Promise.all(asked.map(wait));
  }
}

/** @throws SctpError */
export function notBound(): never {
  throw new SctpError(SctpErrorCode.Closed, "the endpoint is not bound, or has been closed");
}
