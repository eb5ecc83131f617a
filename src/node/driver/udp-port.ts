/**
 * A UDP port as its users know it.
 * Owns: that face, behind which nobody gets at the stack; what may not be said beside one. Does not own: what it does (port-driver.ts), opening it
 * (open-port.ts).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import type { Kind } from "../../base/option-check.ts";
import type { SctpStats } from "../../stack/stack-stats.ts";
import {
  checkPortOptions,
  type OpenPortOptions,
  openPort,
  openPortNow,
  type UdpPortOptions,
} from "./open-port.ts";
import type { PortDriver } from "./port-driver.ts";

/** Ports that were opened elsewhere, by the options that stand for them. */
const opened = new WeakMap<UdpPortOptions, PortDriver>();

/** What is behind a port: for those who set up associations. No door of the package leads here. */
export let driverOf: (port: UdpPort) => PortDriver;

/** A UDP port that servers and outgoing associations may share. */
export class UdpPort {
  readonly #driver: PortDriver;

  static {
    driverOf = (port) => port.#driver;
  }

  /**
   * Opens the UDP sockets at once, where the runtime can: Node and Deno do, Bun needs `UdpPort.open`.
   * @throws SctpError ERR_SCTP_UDP_PORT_IN_USE, ERR_SCTP_UDP_SOCKET, ERR_SCTP_INVALID_ADDRESS, ERR_SCTP_INVALID_ARGUMENT,
   *   ERR_SCTP_INVALID_OPTION
   */
  constructor(options: UdpPortOptions = {}) {
    this.#driver = opened.get(options) ?? openPortNow(checkPortOptions(options));
  }

  /** Opens a UDP port, however long the runtime takes to bind. @throws (rejects) as the constructor */
  static async open(options: UdpPortOptions = {}): Promise<UdpPort> {
    return portOf(await openPort(checkPortOptions(options)));
  }

  /** The number of the UDP port. */
  get localUdpPort(): number {
    return this.#driver.localUdpPort;
  }
  /** Canonical IP literals, wildcards among them. */
  get localAddresses(): readonly string[] {
    return this.#driver.localAddresses;
  }
  /** Packets received and sent, drops by reason, and errors of the UDP sockets by code. */
  get counters(): Readonly<Record<string, number>> {
    return this.#driver.counters;
  }
  /** Associations that exist now. */
  get associationCount(): number {
    return this.#driver.associationCount;
  }
  /** Counters since the port was opened, under the names of RFC 3873. */
  stats(): SctpStats {
    return this.#driver.stats();
  }

  /** Aborts every association and closes the UDP sockets. */
  close(): void {
    this.#driver.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

/** For options that take a port. */
export const isUdpPort: Kind = (value) => (value instanceof UdpPort ? undefined : "an open UdpPort");

/** What belongs to a UDP port: said beside one that is open already it would be of no effect. */
const OF_A_PORT = [
  "localUdpPort",
  "localAddress",
  "localAddresses",
  "trace",
  "stack",
  "createSocket",
  "transport",
] as const;

/**
 * @param said beside `udp`
 * @throws SctpError ERR_SCTP_INVALID_ARGUMENT for what belongs to the port
 */
export function checkBesideUdp(said: Readonly<Partial<Record<(typeof OF_A_PORT)[number], unknown>>>): void {
  const name = OF_A_PORT.find((each) => said[each] !== undefined);
  if (name === undefined) return;
  throw new SctpError(
    SctpErrorCode.InvalidArgument,
    `\`udp\` is open already, and has its own addresses, number, trace, stack and sockets: leave out ${name}`,
  );
}

/** The face of a port that was opened already. */
function portOf(driver: PortDriver): UdpPort {
  const standIn: UdpPortOptions = {};
  opened.set(standIn, driver);
  return new UdpPort(standIn);
}

/** Opens a port that shares its number with other workers. @throws SctpError as the constructor of `UdpPort` */
export function openSharedPort(options: OpenPortOptions): UdpPort {
  return portOf(openPortNow(options));
}
