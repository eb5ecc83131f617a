/**
 * The UDP ports under the sockets and servers of this module.
 * Owns: one for the whole process, as a host has one SCTP, and one for each `udpTransport`. Does not own: what they do.
 */
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

/** The UDP port to use; it must be held before the next turn of the event loop. @throws (rejects) as `UdpPort.open` */
export async function portFor(choice: TransportChoice): Promise<Below> {
  const { udpTransport, udpPeer } = choice;
  if (udpTransport !== undefined) {
    let below = onTransports.get(udpTransport);
    if (below === undefined) {
      below = openOn(udpTransport, udpPeer);
      onTransports.set(udpTransport, below);
    }
    return await below;
  }
  const udp = await (ofProcess ?? openOwn());
  const { encap_port } = defaults();
  return { udp, peerAddress: undefined, remoteUdpPort: encap_port === 0 ? udp.localUdpPort : encap_port };
}

async function openOn(transport: UdpTransportLike, peer: UdpPeer | undefined): Promise<Below> {
  const adapter = new UdpAdapter(transport, peer);
  await adapter.whenBound();
  const udp = new UdpPort({ transport: adapter, stack: stackDefaults() });
  return { udp, peerAddress: adapter.peer.address, remoteUdpPort: adapter.peer.port };
}

function openOwn(): Promise<UdpPort> {
  const opening = (async () => {
    const { udp_port: localUdpPort } = defaults();
    try {
      return await UdpPort.open({ localUdpPort, stack: stackDefaults() });
    } catch (error) {
      if ((error as { sctpCode?: unknown }).sctpCode !== "ERR_SCTP_UDP_PORT_IN_USE") throw error;
      return await UdpPort.open({ localUdpPort: 0, stack: stackDefaults() }); // Another process has it: enough to connect with.
    }
  })();
  ofProcess = opening;
  opening.catch(() => {
    ofProcess = undefined;
  });
  return opening;
}
