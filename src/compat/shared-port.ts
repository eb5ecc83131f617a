/**
 * The UDP ports under the sockets and servers of this module.
 * Owns: one for the whole process, as a host has one SCTP, and one for each `udpTransport`. Does not own: what they do.
 */
import { SctpError, SctpErrorCode } from "../base/errors.ts";
import { UdpPort } from "../node/driver/udp-port.ts";
import { defaults, stackDefaults } from "./sctp-defaults.ts";
import { UdpAdapter, type UdpPeer, type UdpTransportLike } from "./udp-adapter.ts";

/** A UDP port and where it finds the peer. */
export interface Below {
  readonly udp: UdpPort;
  /** Set where the transport knows but one peer. */
  readonly peerAddress: string | undefined;
  readonly remoteUdpPort: number;
}

export interface TransportChoice {
  readonly udpTransport?: UdpTransportLike | undefined;
  readonly udpPeer?: UdpPeer | undefined;
}

const onTransports = new WeakMap<UdpTransportLike, Promise<Below>>();
let ofProcess: Promise<UdpPort> | undefined;

/**
 * The UDP port to use; it must be held before the next turn of the event loop.
 * @param isFound whether others must find it: a port that another process has is an error then, and not gone round
 * @throws (rejects) as `UdpPort.open`
 */
export async function portFor(choice: TransportChoice, isFound: boolean): Promise<Below> {
  const { udpTransport, udpPeer } = choice;
  if (udpTransport !== undefined) {
    let below = onTransports.get(udpTransport);
    if (below === undefined) {
      below = openOn(udpTransport, udpPeer);
      onTransports.set(udpTransport, below);
    }
    return await below;
  }
  const udp = await portOfProcess(isFound);
  const { encap_port } = defaults();
  return { udp, peerAddress: undefined, remoteUdpPort: encap_port === 0 ? udp.localUdpPort : encap_port };
}

async function openOn(transport: UdpTransportLike, peer: UdpPeer | undefined): Promise<Below> {
  const adapter = new UdpAdapter(transport, peer);
  await adapter.whenBound();
  const udp = new UdpPort({ transport: adapter, stack: stackDefaults() });
  return { udp, peerAddress: adapter.peer.address, remoteUdpPort: adapter.peer.port };
}

/** One for the whole process: whoever was content with a free one shares it until somebody must be found. */
async function portOfProcess(isFound: boolean): Promise<UdpPort> {
  const { udp_port: wanted } = defaults();
  const open = ofProcess === undefined ? undefined : await ofProcess;
  const isRight = open !== undefined && (wanted === 0 || open.localUdpPort === wanted);
  if (open !== undefined && (isRight || !isFound)) return open;
  return await openOwn(wanted, isFound);
}

function openOwn(localUdpPort: number, isFound: boolean): Promise<UdpPort> {
  const opening = (async () => {
    try {
      return await UdpPort.open({ localUdpPort, stack: stackDefaults() });
    } catch (error) {
      const isTaken = error instanceof SctpError && error.sctpCode === SctpErrorCode.UdpPortInUse;
      if (!isTaken || isFound) throw error;
      return await UdpPort.open({ localUdpPort: 0, stack: stackDefaults() }); // Enough to connect with.
    }
  })();
  const before = ofProcess;
  ofProcess = opening;
  opening.catch(() => {
    if (ofProcess === opening) ofProcess = before;
  });
  return opening;
}
