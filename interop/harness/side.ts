/**
 * One case's two ends: ours and the peer's, in either role.
 * Owns: ports, setting up and tearing down. Does not own: what is exchanged (the cases).
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket, UdpPort } from "../../src/index.ts";
import { awaitedLater } from "./messages.ts";
import { Peer, type PeerPorts } from "./peer.ts";

const HOST = "127.0.0.1";
const SCTP_PORT = 5_001;
const LAST_PACKETS_LIMIT_MS = 5_000;

export type Role = "client" | "server";

/** UDP ports that nobody uses. */
export async function freeUdpPorts(count: number): Promise<number[]> {
  const sockets = Array.from({ length: count }, () => createSocket("udp4"));
  await Promise.all(
    sockets.map((socket) => {
      socket.bind(0);
      return once(socket, "listening");
    }),
  );
  const ports = sockets.map((socket) => socket.address().port);
  for (const socket of sockets) socket.close();
  return ports;
}

/** Both ends of a case. `role` is ours. */
export class Side {
  readonly role: Role;
  readonly ourUdp: number;
  readonly peerUdp: number;
  readonly sctpPort = SCTP_PORT;
  #udp: UdpPort | undefined;
  #server: Server | undefined;
  readonly #peers: Peer[] = [];
  #onPeerCrash: (error: Error) => void = () => {};
  /** Rejects when a peer ends though nobody has killed it. */
  readonly peerCrash: Promise<never> = awaitedLater(
    new Promise<never>((_resolve, reject) => {
      this.#onPeerCrash = reject;
    }),
  );

  constructor(role: Role, ourUdp: number, peerUdp: number) {
    this.role = role;
    this.ourUdp = ourUdp;
    this.peerUdp = peerUdp;
  }

  /** Our UDP port, opened on first use. */
  get udp(): UdpPort {
    this.#udp ??= new UdpPort({ port: this.ourUdp, addresses: [HOST] });
    return this.#udp;
  }

  async startPeer(role: Role = this.role === "client" ? "server" : "client"): Promise<Peer> {
    const ports: PeerPorts = { localUdp: this.peerUdp, remoteUdp: this.ourUdp, sctp: SCTP_PORT };
    const peer = await Peer.start(role, ports);
    this.#peers.push(peer);
    peer.crash.catch((error: Error) => this.#onPeerCrash(error));
    return peer;
  }

  /** Our server, listening. */
  async listen(): Promise<Server> {
    this.#server = createServer({ outboundStreams: 64 });
    this.#server.listen({ port: SCTP_PORT, udp: this.udp });
    await once(this.#server, "listening");
    return this.#server;
  }

  /** A socket of ours, on the way to the peer's server. */
  connect(): Socket {
    return connect({
      port: SCTP_PORT,
      host: HOST,
      udpPort: this.peerUdp,
      udp: this.udp,
      outboundStreams: 64,
    });
  }

  /** An association between us and a fresh peer, whichever of us asks for it. */
  async associate(): Promise<{ readonly socket: Socket; readonly peer: Peer }> {
    if (this.role === "client") {
      const peer = await this.startPeer();
      const socket = await this.connect().opened;
      await peer.until("UP");
      return { socket, peer };
    }
    const server = await this.listen();
    const peer = await this.startPeer();
    const connected = once(server, "connection") as Promise<[Socket]>;
    peer.say("connect");
    const [socket] = await connected;
    await peer.until("UP");
    return { socket, peer };
  }

  /** Every association of ours is gone, at the latest when the last packets have crossed. */
  async untilNoAssociation(): Promise<void> {
    const endMs = Date.now() + LAST_PACKETS_LIMIT_MS;
    while (this.udp.associationCount > 0) {
      if (Date.now() > endMs) throw new Error(`${this.udp.associationCount} associations are left`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async close(): Promise<void> {
    for (const peer of this.#peers) await peer.kill();
    this.#server?.close();
    this.#udp?.close();
  }
}
