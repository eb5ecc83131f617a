/**
 * The UDP ports that the sockets, servers and endpoints of a thread share.
 * Owns: who may share with whom, and which port that is; what is said where it cannot be. Does not own: opening a port
 * (open-port.ts), when it closes (port-driver.ts), who listens on which SCTP port of it (src/stack).
 *
 * Whoever brings something that all who share the port would see, such as a trace, options of the stack or a transport, has a
 * port for itself.
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import type { AddressFamily } from "../../platform/address.ts";
import { DEFAULT_UDP_PORT, openPort, type UdpPortOptions } from "./open-port.ts";
import type { PortDriver } from "./port-driver.ts";

/** Beyond so many associations the free SCTP ports of a UDP port become rare: the next client opens another one. */
const MAX_CLIENTS = 8_192;
const WILDCARDS: readonly string[] = ["0.0.0.0", "::"];

/** A UDP port, and which of its addresses were asked for. Whoever uses it holds it within this turn of the event loop. */
export interface PortLease {
  readonly driver: PortDriver;
  /** Undefined: all that the port has. */
  readonly localAddresses: readonly string[] | undefined;
}

/** Those that may be shared, with the addresses that were asked for: a host may lack a family. Every one is open. */
const shared: Map<PortDriver, readonly string[]> = new Map();
/** The port of the clients that leave from the same addresses. */
const ofClients: Map<string, PortDriver> = new Map();
/** Where the runtime takes its time to bind: whoever wants the same meanwhile waits for it. */
const opening: Map<string, Promise<PortLease>> = new Map();

/**
 * A UDP port with that number: one of this thread that has it already, or a new one. 0 is always a new one.
 * @throws (or rejects) SctpError as `openPort`
 */
export function leasePort(wish: UdpPortOptions): PortLease | Promise<PortLease> {
  const { localUdpPort = DEFAULT_UDP_PORT, localAddresses } = wish;
  if (isOfItsOwn(wish)) return explained(wish, () => leaseNew(wish));
  const wanted = localAddresses ?? WILDCARDS;
  if (localUdpPort === 0) return leaseNew(wish, wanted);
  const driver = withNumber(localUdpPort, wanted);
  if (driver !== undefined) return { driver, localAddresses: hasOnly(driver, wanted) ? undefined : wanted };
  const key = `${localUdpPort} ${wanted.join()}`;
  const open = (): PortLease | Promise<PortLease> => leaseNew(wish, wanted);
  return opening.get(key) ?? noted(key, explained(wish, open));
}

/**
 * The UDP port of clients that leave from these addresses, or from wildcards of these families.
 * @throws (or rejects) SctpError as `openPort`
 */
export function leaseClientPort(
  localAddresses: readonly string[] | undefined,
  families: readonly AddressFamily[],
): PortLease | Promise<PortLease> {
  // Where both are wanted a host may do that has one of them: `openTransports` knows which is missing.
  const wildcards = families.length > 1 ? undefined : [families[0] === 6 ? "::" : "0.0.0.0"];
  const addresses = localAddresses ?? wildcards;
  const key = `0 ${addresses?.join() ?? ""}`;
  const driver = ofClients.get(key);
  if (driver?.isAsOpened && driver.associationCount < MAX_CLIENTS)
    return { driver, localAddresses: undefined };
  return opening.get(key) ?? noted(key, newClientPort(key, addresses));
}

function newClientPort(
  key: string,
  localAddresses: readonly string[] | undefined,
): PortLease | Promise<PortLease> {
  let driver: PortDriver | undefined;
  const onClose = (): void => {
    if (ofClients.get(key) === driver) ofClients.delete(key);
  };
  return after(openPort({ localUdpPort: 0, localAddresses, onClose }), (opened) => {
    driver = opened;
    ofClients.set(key, opened);
    return { driver: opened, localAddresses: undefined };
  });
}

/** @param asked the addresses under which others find it; nobody else gets it if undefined */
function leaseNew(wish: UdpPortOptions, asked?: readonly string[]): PortLease | Promise<PortLease> {
  let driver: PortDriver | undefined;
  const onClose = (): void => {
    if (driver !== undefined) shared.delete(driver);
  };
  return after(openPort({ ...wish, onClose }), (opened) => {
    driver = opened;
    if (asked !== undefined) shared.set(opened, asked);
    return { driver: opened, localAddresses: undefined };
  });
}

function isOfItsOwn({ transport, trace, stack, createSocket, socketBufferBytes }: UdpPortOptions): boolean {
  return [transport, trace, stack, createSocket, socketBufferBytes].some((option) => option !== undefined);
}

/** One that has every address that is wanted: a wildcard stands for itself, not for what it covers. */
function withNumber(localUdpPort: number, wanted: readonly string[]): PortDriver | undefined {
  for (const [driver, asked] of shared) {
    if (driver.localUdpPort !== localUdpPort) continue;
    const has = (address: string): boolean => driver.localAddresses.includes(address);
    if ((driver.isAsOpened && asked.join() === wanted.join()) || wanted.every(has)) return driver;
  }
  return undefined;
}

function hasOnly(driver: PortDriver, wanted: readonly string[]): boolean {
  return driver.localAddresses.every((address) => wanted.includes(address));
}

function noted(key: string, lease: PortLease | Promise<PortLease>): PortLease | Promise<PortLease> {
  if (!(lease instanceof Promise)) return lease;
  const done = lease.finally(() => opening.delete(key));
  opening.set(key, done);
  return done;
}

/** Says what to do where a port cannot be opened because this thread has it, but not so that it could be shared. */
function explained(
  wish: UdpPortOptions,
  open: () => PortLease | Promise<PortLease>,
): PortLease | Promise<PortLease> {
  const fail = (error: unknown): never => {
    throw explanation(error, wish.localUdpPort ?? DEFAULT_UDP_PORT);
  };
  try {
    const lease = open();
    return lease instanceof Promise ? lease.catch(fail) : lease;
  } catch (error) {
    return fail(error);
  }
}

function explanation(error: unknown, localUdpPort: number): unknown {
  if (!(error instanceof SctpError) || error.sctpCode !== SctpErrorCode.UdpPortInUse) return error;
  const ours = [...shared.keys(), ...ofClients.values()].find(
    (driver) => driver.localUdpPort === localUdpPort,
  );
  if (ours === undefined) return error;
  const { code, errno, syscall, address } = error;
  const sharers = shared.has(ours)
    ? "those who ask for the same addresses and bring no trace, stack options or transport of their own"
    : "the clients that name no localUdpPort";
  const message =
    `UDP port ${localUdpPort} is open in this thread, on ${ours.localAddresses.join(" and ")}: it is shared by ${sharers}; ` +
    "choose another localUdpPort, or 0 for a free one";
  const details = { hostCode: code, errno, syscall, address, port: localUdpPort };
  return new SctpError(SctpErrorCode.UdpPortInUse, message, { cause: error.cause, ...details });
}

function after<T, R>(value: T | Promise<T>, then: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(then) : then(value);
}
