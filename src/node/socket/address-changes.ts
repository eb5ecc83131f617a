/**
 * The local addresses of an association that come and go while it lives, as the user of a socket sees it (RFC 5061).
 * Owns: the order in which the UDP port and the peer are asked, the promises, what is said where it comes to nothing.
 * Does not own: the UDP sockets (src/node/driver/port-addresses.ts), what the peer is asked and when
 * (src/association/extensions/dynamic-addresses.ts).
 *
 * An address is added when the port has it, and closed when the peer has forgotten it: neither side ever sends where nobody listens.
 */
import type { Association } from "../../association/association.ts";
import type { AssociationEvent } from "../../association/association-event.ts";
import { errorOfEvent, SctpError, SctpErrorCode } from "../../base/errors.ts";
import { requireAddress } from "../../stack/local-addresses.ts";
import type { PortDriver } from "../driver/port-driver.ts";
import { PromisedOutcomes } from "./promised-outcomes.ts";

type Outcome = Extract<AssociationEvent, { readonly kind: "address-change" }>;

/** Of one association. */
export class AddressChanges {
  readonly #association: Association;
  readonly #driver: PortDriver;
  readonly #promised = new PromisedOutcomes();
  /** Resolves when the port has, or has not got, all that is to be bound: the peer is asked in the order of the calls. */
  #opened: Promise<unknown> = Promise.resolve();

  constructor(association: Association, driver: PortDriver) {
    this.#association = association;
    this.#driver = driver;
  }

  /** @throws (rejects) SctpError as `Socket.bindAddress` */
  async bind(text: string): Promise<void> {
    const association = this.#association;
    const address = requireAddress(text);
    if (association.knownLocalAddresses.includes(address))
      throw new SctpError(SctpErrorCode.InvalidAddress, `${address} is bound already`);
    // Before a socket is opened for nothing: the association says why not.
    if (association.state !== "ESTABLISHED" || !association.dynamicAddresses)
      association.addLocalAddress(address, this.#driver.nowMs());
    // Where the host has lost the address before, the peer is asked from the new one (RFC 5061 5.3.2).
    const opened = this.#driver.addresses
      .bind(address, association)
      .then(() => this.#driver.addresses.dropLost());
    this.#opened = Promise.allSettled([this.#opened, opened]);
    await opened;
    try {
      await this.#asked((nowMs) => association.addLocalAddress(address, nowMs));
    } catch (error) {
      if (!association.knownLocalAddresses.includes(address))
        this.#driver.addresses.unbind(address, association);
      throw error;
    }
  }

  /** @throws (rejects) SctpError as `Socket.unbindAddress` */
  async unbind(text: string): Promise<void> {
    const address = requireAddress(text);
    await this.#opened;
    await this.#driver.addresses.dropLost();
    await this.#asked((nowMs) => this.#association.removeLocalAddress(address, nowMs));
    this.#driver.addresses.unbind(address, this.#association);
  }

  /** @throws (rejects) SctpError as `Socket.setPeerPrimary` */
  async setPeerPrimary(text: string): Promise<void> {
    const address = requireAddress(text);
    await this.#opened;
    await this.#asked((nowMs) => this.#association.setPeerPrimaryAddress(address, nowMs));
  }

  onOutcome({ request, outcome, change, address, reason }: Outcome): void {
    const promised = this.#promised.take(request);
    if (outcome === "performed") return promised?.resolve();
    const denied = outcome === "denied";
    const code = denied ? SctpErrorCode.AddressChangeDenied : SctpErrorCode.AddressChangeFailed;
    const who = denied ? "the peer refused" : "it came to nothing";
    promised?.reject(errorOfEvent(code, `${WORDS[change]} ${address}: ${who}: ${reason}`));
  }

  /** No answer can come any more. @param why made only if somebody waits */
  rejectAll(why: () => Error): void {
    this.#promised.rejectAll(why);
  }

  #asked(ask: (nowMs: number) => number): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = ask(this.#driver.nowMs());
      this.#promised.add(request, { resolve, reject });
      this.#driver.scheduleFlush();
    });
  }
}

const WORDS: Readonly<Record<Outcome["change"], string>> = {
  add: "cannot bind",
  remove: "cannot unbind",
  "set-primary": "cannot make the peer's primary path",
};
