/**
 * The SCTP ports of a stack.
 * Owns: which are listened on, where and with what options; picking a free one.
 * Does not own: which are in use by associations (association-table.ts), the UDP port (src/node).
 */
import { SctpError, SctpErrorCode } from "../base/errors.ts";
import { type AssociationOptions, associationOptions } from "../base/options.ts";
import { isWildcardAddress } from "../platform/address.ts";
import type { RandomSource } from "../platform/random.ts";
import type { AssociationTable } from "./association-table.ts";
import type { LocalAddresses } from "./local-addresses.ts";
import type { SharedPort } from "./shared-port.ts";
import type { ListenOptions } from "./types.ts";

/** What is picked from when the user leaves the choice (RFC 6335). */
const EPHEMERAL_PORTS = { first: 49_152, count: 16_384 } as const;

interface Listener {
  readonly options: AssociationOptions;
  /** Undefined listens on all. */
  readonly localAddresses: readonly string[] | undefined;
}

export class SctpPorts {
  readonly #table: AssociationTable;
  readonly #local: LocalAddresses;
  readonly #random: RandomSource;
  readonly #shared: SharedPort | undefined;
  readonly #listeners = new Map<number, Listener>();

  constructor(
    table: AssociationTable,
    local: LocalAddresses,
    random: RandomSource,
    shared: SharedPort | undefined,
  ) {
    this.#table = table;
    this.#local = local;
    this.#random = random;
    this.#shared = shared;
  }

  /** @throws SctpError as `Stack.listen` */
  listen(listen: ListenOptions): number {
    const options = this.#local.bounded(associationOptions(listen.options));
    const port = this.choose(listen.port, "port");
    if (this.#listeners.has(port)) {
      throw new SctpError(
        SctpErrorCode.PortInUse,
        `SCTP port ${port} is taken on this UDP port: choose another, or 0`,
        { hostCode: "EADDRINUSE", syscall: "listen", port },
      );
    }
    const localAddresses = listen.localAddresses?.map((address) => this.#local.requireOwn(address));
    this.#listeners.set(port, { options, localAddresses });
    return port;
  }

  unlisten(port: number): void {
    this.#listeners.delete(port);
  }

  /** The addresses that a port is listened on; undefined for all, or if nobody listens. */
  boundAddresses(port: number): readonly string[] | undefined {
    return this.#listeners.get(port)?.localAddresses;
  }

  /** Undefined if nobody listens there. @param to the local address that was written to; a wildcard is every one */
  optionsAt(port: number, to: string): AssociationOptions | undefined {
    const listener = this.#listeners.get(port);
    const bound = listener?.localAddresses;
    const isBound = bound === undefined || bound.includes(to);
    // Behind a wildcard it may be any address, but one of its family: whoever listens on a wildcard names the family.
    const mayBe = isWildcardAddress(to) && bound?.some(isWildcardAddress) !== true;
    return isBound || mayBe ? listener?.options : undefined;
  }

  /**
   * The port that the user asked for; a free one for 0.
   * @param name of the option, for the complaint
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_PORT_IN_USE
   */
  choose(port: number, name: string): number {
    return port === 0 ? this.#free() : requirePort(port, name);
  }

  #free(): number {
    const offset = this.#random.uint32() % EPHEMERAL_PORTS.count;
    for (let i = 0; i < EPHEMERAL_PORTS.count; i++) {
      const port = EPHEMERAL_PORTS.first + ((offset + i) % EPHEMERAL_PORTS.count);
      if (this.#shared?.mayPickPort(port) === false) continue;
      if (!this.#listeners.has(port) && !this.#table.isPortUsed(port)) return port;
    }
    throw new SctpError(SctpErrorCode.PortInUse, "all ephemeral SCTP ports are in use");
  }
}

/** @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
export function requirePort(port: number, name: string): number {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new SctpError(
    SctpErrorCode.InvalidArgument,
    `${name} must be a whole number from 1 to 65535, not ${port}`,
  );
}
