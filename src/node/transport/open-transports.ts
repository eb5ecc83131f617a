/**
 * The UDP sockets of a port: one for each local address, all with the same port number.
 * Owns: which sockets are opened, in what order, and what is done when one cannot be. Does not own: a socket
 * (udp-transport.ts), what goes through them (port-driver.ts).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { received } from "../../base/option-check.ts";
import { canonicalAddress } from "../../platform/address.ts";
import { hostError } from "../common/host-error.ts";
import { type CreateDgramSocket, UdpTransport } from "./udp-transport.ts";

const WILDCARDS = ["0.0.0.0", "::"] as const;
const DEFAULT_SOCKET_BUFFER_BYTES = 4_194_304;
/** A free port of the first address may be taken on another one: so often another is tried. */
const MAX_TRIES = 8;
/** What hosts say of a wildcard whose family they do not have. */
const NO_SUCH_FAMILY: ReadonlySet<unknown> = new Set([
  "EAFNOSUPPORT",
  "EADDRNOTAVAIL",
  "EPROTONOSUPPORT",
  "EINVAL",
]);

export interface OpenOptions {
  /** 0 takes a free one. */
  readonly localUdpPort: number;
  /** IP literals; the wildcards of both families if absent. */
  readonly localAddresses?: readonly string[] | undefined;
  readonly socketBufferBytes?: number | undefined;
  readonly createSocket?: CreateDgramSocket | undefined;
}

/**
 * Opens the sockets before it returns.
 * @throws SctpError ERR_SCTP_UDP_PORT_IN_USE, ERR_SCTP_UDP_SOCKET, ERR_SCTP_INVALID_ADDRESS, ERR_SCTP_INVALID_ARGUMENT
 */
export function openTransportsNow(options: OpenOptions): readonly UdpTransport[] {
  const opening = open(options);
  for (let step = opening.next(); ; step = opening.next()) {
    if (step.done === true) return step.value;
    if (step.value.outcome !== undefined) continue;
    step.value.close();
    opening.throw(
      new SctpError(
        SctpErrorCode.UdpSocket,
        "this runtime does not bind at once: use `await UdpPort.open()`",
      ),
    );
  }
}

/** Opens the sockets: at once where the runtime binds at once, else it promises to. @throws (or rejects) as `openTransportsNow` */
export function openTransports(
  options: OpenOptions,
): readonly UdpTransport[] | Promise<readonly UdpTransport[]> {
  return finish(open(options));
}

/** Opens the socket of one address. @throws (or rejects) as `openTransportsNow` */
export function openTransport(
  options: Omit<OpenOptions, "localAddresses">,
  address: string,
): UdpTransport | Promise<UdpTransport> {
  const only = ([transport]: readonly UdpTransport[]): UdpTransport => transport as UdpTransport;
  const opened = openTransports({ ...options, localAddresses: [address] });
  return opened instanceof Promise ? opened.then(only) : only(opened);
}

function finish(opening: ReturnType<typeof open>): ReturnType<typeof openTransports> {
  for (let step = opening.next(); ; step = opening.next()) {
    if (step.done === true) return step.value;
    if (step.value.outcome === undefined) return step.value.whenBound().then(() => finish(opening));
  }
}

/** Yields each socket until its outcome is known. */
function* open(options: OpenOptions): Generator<UdpTransport, readonly UdpTransport[], void> {
  checkUdpPort(options.localUdpPort);
  const addresses = options.localAddresses?.map(literal) ?? WILDCARDS;
  for (let tries = 1; ; tries++) {
    const opened = yield* openAll(options, addresses);
    if (!(opened instanceof SctpError)) return opened;
    const another =
      options.localUdpPort === 0 && opened.sctpCode === SctpErrorCode.UdpPortInUse && tries < MAX_TRIES;
    if (!another) throw opened;
  }
}

function* openAll(
  options: OpenOptions,
  addresses: readonly string[],
): Generator<UdpTransport, readonly UdpTransport[] | SctpError, void> {
  const { createSocket, socketBufferBytes = DEFAULT_SOCKET_BUFFER_BYTES } = options;
  const transports: UdpTransport[] = [];
  let port = options.localUdpPort;
  let failure: SctpError | undefined;
  try {
    for (const address of addresses) {
      const transport = new UdpTransport({ address, port, socketBufferBytes, createSocket });
      yield transport;
      const { outcome } = transport;
      if (outcome === "bound") {
        transports.push(transport);
        port = transport.localUdpPort; // A free port that was picked for the first socket holds for all.
        continue;
      }
      failure = outcome;
      if (options.localAddresses !== undefined || !isOfFamily(outcome)) break;
    }
  } catch (error) {
    failure = error instanceof SctpError ? error : notMade(error);
  }
  // A host without IPv6 (or IPv4) is reached by what it has, as with net.Server.
  const suffices = options.localAddresses === undefined && transports.length > 0 && isOfFamily(failure);
  if (failure === undefined || suffices) return transports;
  for (const transport of transports) transport.close();
  return failure;
}

function notMade(error: unknown): SctpError {
  return hostError(SctpErrorCode.UdpSocket, `cannot make a UDP socket: ${describe(error)}`, error);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : received(error);
}

function isOfFamily(failure: SctpError | undefined): boolean {
  return failure !== undefined && NO_SUCH_FAMILY.has(failure.code);
}

function checkUdpPort(port: number): void {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return;
  throw new SctpError(
    SctpErrorCode.InvalidArgument,
    `a UDP port is a whole number from 0 to 65535, not ${received(port)}`,
  );
}

function literal(text: string): string {
  const address = canonicalAddress(text);
  if (address !== undefined) return address;
  throw new SctpError(SctpErrorCode.InvalidAddress, `"${text}" is not an IPv4 or IPv6 literal`);
}
