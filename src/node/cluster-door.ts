/**
 * The UDP sockets of a cluster's parent.
 * Owns: binding; where the parent holds the sockets, handing each datagram to its first worker, and sending what the
 * workers send; where the workers do, holding the port until they have it.
 * Does not own: workers (cluster-server.ts), which of them is the right one (src/cluster).
 *
 * Hot: `onDatagram` and `send`, once per datagram where the parent holds the sockets.
 */
import type { RemoteInfo } from "node:dgram";
import { firstWorkerFor } from "../cluster/addressee.ts";
import { readBatch } from "../cluster/datagram-batch.ts";
import { NO_WORKER, type Passage } from "../cluster/member.ts";
import { TagLayout } from "../cluster/tag-layout.ts";
import type { SocketHolder } from "./cluster-protocol.ts";
import { createReusingSocket } from "./cluster-sockets.ts";
import { SlabPool } from "./slab-pool.ts";
import { type TransportOwner, UdpTransport } from "./udp-transport.ts";

const WILDCARDS = ["0.0.0.0", "::"] as const;
const DEFAULT_SOCKET_BUFFER_BYTES = 4_194_304;

export interface ClusterDoorOptions {
  /** UDP port; 0 takes a free one. */
  readonly port: number;
  /** Canonical; the wildcards of both families if absent. */
  readonly addresses: readonly string[] | undefined;
  readonly socketBufferBytes: number | undefined;
  readonly layoutKey: Uint8Array;
  readonly workerCount: number;
  readonly sockets: SocketHolder;
  /** Workers that do not live; changes under our eyes. */
  readonly down: ReadonlySet<number>;
  onDatagram(worker: number, datagram: Uint8Array, passage: Passage): void;
}

export class ClusterDoor implements TransportOwner {
  readonly port: number;
  readonly addresses: readonly string[];
  readonly #options: ClusterDoorOptions;
  readonly #layout: TagLayout;
  readonly #transports: UdpTransport[] = [];

  /** Binds at once. @throws SctpError ERR_SCTP_UDP_PORT_IN_USE, ERR_SCTP_UDP_SOCKET */
  constructor(options: ClusterDoorOptions) {
    this.#options = options;
    this.#layout = new TagLayout(options.layoutKey, options.workerCount);
    this.port = this.#open(options);
    this.addresses = this.#transports.map(({ address }) => address);
  }

  /** A datagram of one of the parent's sockets. */
  onDatagram(datagram: Buffer, { address, port }: RemoteInfo, transport: UdpTransport): void {
    if (this.#options.sockets === "workers") return; // Nobody can have been told of the port yet.
    const localIndex = this.#transports.indexOf(transport);
    const passage = { address, port, localIndex, ingress: NO_WORKER, step: 0, settled: false };
    const worker = firstWorkerFor(this.#layout, datagram, address, this.#options.down);
    this.#options.onDatagram(worker, datagram, passage);
  }

  onSocketError(): void {
    // None is fatal, and a worker could do nothing about it.
  }

  /** Sends a worker's batch. @param onDone called when all of it has left this process */
  send(bytes: Uint8Array, onDone: () => void): void {
    let left = 1;
    const onSent = (): void => {
      left--;
      if (left === 0) onDone();
    };
    readBatch(bytes, (datagram, { address, port, localIndex }) => {
      const transport = this.#transports[localIndex];
      if (transport === undefined) return;
      left++;
      transport.sendBytes(datagram, address, port, onSent);
    });
    onSent();
  }

  /** Every worker has its sockets: those that held the port for them give way. */
  onWorkersListening(): void {
    if (this.#options.sockets === "workers") this.close();
  }

  close(): void {
    for (const transport of this.#transports) transport.close();
  }

  #open(options: ClusterDoorOptions): number {
    let { port } = options;
    for (const address of options.addresses ?? WILDCARDS) {
      try {
        const transport = new UdpTransport(this, {
          address,
          port,
          socketBufferBytes: options.socketBufferBytes ?? DEFAULT_SOCKET_BUFFER_BYTES,
          slabs: new SlabPool(0, () => {}), // What is sent here is in batches already.
          createSocket: options.sockets === "workers" ? createReusingSocket : undefined,
        });
        this.#transports.push(transport);
        port = transport.port; // A free port that was picked for the first socket holds for all.
      } catch (error) {
        // Without IPv6 the wildcard of IPv4 is enough, as for net.Server.
        if (options.addresses === undefined && address === "::" && this.#transports.length > 0) continue;
        this.close();
        throw error;
      }
    }
    return port;
  }
}
