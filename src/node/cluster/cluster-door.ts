/**
 * The UDP sockets of a cluster's parent.
 * Owns: where the parent holds the sockets, handing each datagram to its first worker, and sending what the
 * workers send; where the workers do, holding the port until they have it.
 * Does not own: workers (cluster-server.ts), which of them is the right one (src/cluster).
 *
 * Hot: `onDatagram` and `send`, once per datagram where the parent holds the sockets.
 */
import type { RemoteInfo } from "node:dgram";
import { firstWorkerFor } from "../../cluster/addressee.ts";
import { readBatch } from "../../cluster/datagram-batch.ts";
import { NO_WORKER, type Passage } from "../../cluster/member.ts";
import { TagLayout } from "../../cluster/tag-layout.ts";
import { openTransports } from "../transport/open-transports.ts";
import { SlabPool } from "../transport/slab-pool.ts";
import type { TransportOwner, UdpTransport } from "../transport/udp-transport.ts";
import type { SocketHolder } from "./cluster-protocol.ts";
import { createReusingSocket } from "./cluster-sockets.ts";

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
  /** None is ever taken: what is sent here is in batches already. */
  readonly slabs: SlabPool = new SlabPool(0, () => {});
  readonly #options: ClusterDoorOptions;
  readonly #layout: TagLayout;
  readonly #transports: readonly UdpTransport[];

  private constructor(options: ClusterDoorOptions, transports: readonly UdpTransport[]) {
    this.#options = options;
    this.#layout = new TagLayout(options.layoutKey, options.workerCount);
    this.#transports = transports;
    for (const transport of transports) transport.owner = this;
    this.port = transports[0]?.port ?? 0;
    this.addresses = transports.map(({ address }) => address);
  }

  /** Binds. @throws (rejects) SctpError ERR_SCTP_UDP_PORT_IN_USE, ERR_SCTP_UDP_SOCKET, ERR_SCTP_INVALID_ADDRESS */
  static async open(options: ClusterDoorOptions): Promise<ClusterDoor> {
    const { port, addresses, socketBufferBytes, sockets } = options;
    const createSocket = sockets === "workers" ? createReusingSocket : undefined;
    const transports = await openTransports({ port, addresses, socketBufferBytes, createSocket });
    return new ClusterDoor(options, transports);
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
}
