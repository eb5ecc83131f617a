/**
 * One case's two ends: ours and the peer's, in either role.
 * Owns: ports, what stands between the ends, timers of both, setting up and tearing down. Does not own: what is exchanged
 * (the cases).
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import {
  type AssociationOptionsInput,
  connect,
  createServer,
  type Server,
  type Socket,
  type TraceSink,
  UdpPort,
} from "../../src/index.ts";
import { awaitedLater } from "./messages.ts";
import { Peer, type PeerOptions, type PeerPorts, type PeerProgram } from "./peer.ts";
import { type Fate, type Impairment, impaired, Relay } from "./relay.ts";
import { type Link, RelayProcess } from "./relay-process.ts";

const SCTP_PORT = 5_001;
const LAST_PACKETS_LIMIT_MS = 15_000;

export type Role = "client" | "server";

/** Where the two ends are. The first of an end's addresses is the one that the other end is told. */
export interface Place {
  readonly ourAddresses: readonly string[];
  readonly peerAddresses: readonly string[];
  /** What the peer's program is started by, if it is not started as it is. */
  readonly peerLauncher: readonly string[];
}

export const LOOPBACK: Place = {
  ourAddresses: ["127.0.0.1"],
  peerAddresses: ["127.0.0.1"],
  peerLauncher: [],
};

/** Timers of an end; what is left out is as it has it by itself. */
export interface Timers {
  readonly rtoInitialMs?: number;
  readonly rtoMinMs?: number;
  readonly rtoMaxMs?: number;
  readonly heartbeatIntervalMs?: number;
  readonly pathMaxRetrans?: number;
}

/** With the usual floor of a second under the RTO, a case with much loss would be all waiting. */
const TIMERS_UNDER_LOSS: Timers = { rtoInitialMs: 400, rtoMinMs: 100, rtoMaxMs: 1_600 };
/**
 * usrsctp sends nothing more on its only path once that counts as unreachable, until a HEARTBEAT has been answered or a
 * chunk acknowledged that was sent but once: so it never does. And it starts T3-rtx anew for every SHUTDOWN, also for one
 * that acknowledges nothing: were its RTO no shorter than our longest, it would not send a lost chunk again.
 */
const PEER_TIMERS_UNDER_LOSS: Timers = { ...TIMERS_UNDER_LOSS, rtoMaxMs: 400, pathMaxRetrans: 50 };

const PEER_OPTION_OF: Readonly<Record<keyof Timers, string>> = {
  rtoInitialMs: "--rto-initial",
  rtoMinMs: "--rto-min",
  rtoMaxMs: "--rto-max",
  heartbeatIntervalMs: "--heartbeat",
  pathMaxRetrans: "--path-errors",
};

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
  readonly place: Place;
  readonly sctpPort = SCTP_PORT;
  /** To be set before anything is opened. */
  timers: Timers = {};
  peerTimers: Timers = {};
  peerProgram: PeerProgram = "usrsctp-peer";
  /** More options of the peer's program, each with its value. To be set before it is started. */
  peerOptions: ReadonlyArray<readonly [name: string, value: string | number]> = [];
  /** More options of our associations. To be set before anything is opened. */
  ourOptions: AssociationOptionsInput = {};
  trace: TraceSink | undefined;
  #relay: Relay | RelayProcess | undefined;
  #udp: UdpPort | undefined;
  #server: Server | undefined;
  readonly #peers: Peer[] = [];
  #socket: Socket | undefined;
  #onPeerTrouble: (error: Error) => void = () => {};
  /** Rejects when a peer ends though nobody has killed it. */
  readonly peerTrouble: Promise<never> = awaitedLater(
    new Promise<never>((_resolve, reject) => {
      this.#onPeerTrouble = reject;
    }),
  );

  constructor(role: Role, ourUdp: number, peerUdp: number, place: Place = LOOPBACK) {
    this.role = role;
    this.ourUdp = ourUdp;
    this.peerUdp = peerUdp;
    this.place = place;
  }

  /** From now on whatever is started speaks through a relay. On loopback only. */
  async throughRelay(fate: Fate): Promise<Relay> {
    const relay = await Relay.open(this.ourUdp, this.peerUdp, fate);
    this.#relay = relay;
    return relay;
  }

  /** The same through a relay in a process of its own, where it counts how fast we are. */
  async throughLink(link: Link): Promise<RelayProcess> {
    const relay = await RelayProcess.start(this.ourUdp, this.peerUdp, link);
    this.#relay = relay;
    return relay;
  }

  /** The same for a relay that loses much, with timers to match. */
  async throughLoss(impairment: Impairment): Promise<Relay> {
    this.timers = TIMERS_UNDER_LOSS;
    this.peerTimers = PEER_TIMERS_UNDER_LOSS;
    return await this.throughRelay(impaired(impairment));
  }

  /** Our UDP port, opened on first use. */
  get udp(): UdpPort {
    this.#udp ??= new UdpPort({
      localUdpPort: this.ourUdp,
      localAddresses: this.place.ourAddresses,
      trace: this.trace,
    });
    return this.#udp;
  }

  async startPeer(role: Role = this.role === "client" ? "server" : "client"): Promise<Peer> {
    const remoteUdp = this.#relay?.portForPeer ?? this.ourUdp;
    const ports: PeerPorts = { localUdp: this.peerUdp, remoteUdp, sctp: SCTP_PORT };
    const peer = await Peer.start(role, ports, this.#peerOptions());
    this.#peers.push(peer);
    peer.trouble.catch((error: Error) => this.#onPeerTrouble(error));
    return peer;
  }

  /** Our server, listening. */
  async listen(): Promise<Server> {
    this.#server = createServer({ outboundStreams: 64, ...this.timers, ...this.ourOptions });
    this.#server.listen({ port: SCTP_PORT, udp: this.udp });
    await once(this.#server, "listening");
    return this.#server;
  }

  /** A socket of ours, on the way to the peer. */
  connect(port: number = SCTP_PORT, localPort = 0): Socket {
    return connect({
      port,
      localPort,
      host: this.place.peerAddresses[0],
      remoteUdpPort: this.#relay?.portForUs ?? this.peerUdp,
      udp: this.udp,
      outboundStreams: 64,
      ...this.timers,
      ...this.ourOptions,
    });
  }

  /** An association between us and a fresh peer, whichever of us asks for it. */
  async associate(): Promise<{ readonly socket: Socket; readonly peer: Peer }> {
    if (this.role === "client") {
      const peer = await this.startPeer();
      const socket = await this.connect().opened;
      this.#socket = socket;
      await peer.until("UP");
      return { socket, peer };
    }
    const server = await this.listen();
    const peer = await this.startPeer();
    const connected = once(server, "connection") as Promise<[Socket]>;
    peer.say("connect");
    const [socket] = await connected;
    this.#socket = socket;
    await peer.until("UP");
    return { socket, peer };
  }

  /** We end the association, and the peer has heard of it. */
  async endGracefully(socket: Socket, peer: Peer): Promise<void> {
    socket.end();
    socket.resume();
    await peer.until("ENDED");
  }

  /** Every association of ours is gone, at the latest when the last packets have crossed. */
  async untilNoAssociation(): Promise<void> {
    const endMs = Date.now() + LAST_PACKETS_LIMIT_MS;
    while (this.udp.associationCount > 0) {
      if (Date.now() > endMs) throw new Error(`${this.udp.associationCount} associations are left`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** How things stand, for whoever wonders why a case has failed: the last association, and what the peers said last. */
  describe(): string {
    const status = this.#socket?.status();
    const ours =
      status === undefined
        ? "no association"
        : `${status.state}, ${status.unackedChunks} chunks unacknowledged, ${status.pendingBytes} bytes waiting, ` +
          `${status.readableMessages} messages to be read, windows of ${status.localRwndBytes} and ${status.peerRwndBytes}`;
    return `we: ${ours}; the peer said ${this.#peers.map(({ lastSaid }) => `"${lastSaid}"`).join(" and ")}`;
  }

  async close(): Promise<void> {
    for (const peer of this.#peers) await peer.kill();
    this.#server?.close();
    this.#udp?.close();
    this.#relay?.close();
  }

  #peerOptions(): PeerOptions {
    const { ourAddresses, peerAddresses, peerLauncher } = this.place;
    const options: Array<readonly [string, string | number]> = [
      ["--remote", ourAddresses[0] ?? ""],
      ...this.peerOptions,
    ];
    if (peerAddresses.length > 1) for (const address of peerAddresses) options.push(["--bind", address]);
    for (const [name, value] of Object.entries(this.peerTimers) as [keyof Timers, number][])
      options.push([PEER_OPTION_OF[name], value]);
    return { program: this.peerProgram, options, launcher: peerLauncher };
  }
}
