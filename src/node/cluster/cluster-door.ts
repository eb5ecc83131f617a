/**
 * The UDP sockets of a cluster's parent.
 * Owns: where the parent holds the sockets, handing each datagram to its first worker, and sending what the
 * workers send; where the workers do, holding the port until they have it.
 * Does not own: workers (cluster-server.ts), which of them is the right one (src/cluster).
 *
 * Hot: `onDatagram` and `send`, once per datagram where the parent holds the sockets.
 */
import { firstWorkerFor } from "../../cluster/addressee.ts";
import { readBatch } from "../../cluster/datagram-batch.ts";
import { NO_WORKER, type Passage } from "../../cluster/member.ts";
import { TagLayout } from "../../cluster/tag-layout.ts";
import type { TransportAddress } from "../../platform/address.ts";
import { debug } from "../common/diagnostics.ts";
import { openTransports } from "../transport/open-transports.ts";
import type { Transport, TransportOwner } from "../transport/transport.ts";
import type { SocketHolder } from "./cluster-protocol.ts";
import { createReusingSocket } from "./cluster-sockets.ts";

export interface ClusterDoorOptions {
  /** 0 takes a free one. */
  readonly localUdpPort: number;
  /** Canonical; the wildcards of both families if absent. */
  readonly localAddresses: readonly string[] | undefined;
  readonly socketBufferBytes: number | undefined;
  readonly layoutKey: Uint8Array;
  readonly workerCount: number;
  readonly sockets: SocketHolder;
  /** Workers that do not live; changes under our eyes. */
  readonly down: ReadonlySet<number>;
  onDatagram(worker: number, datagram: Uint8Array, passage: Passage): void;
}

export class ClusterDoor implements TransportOwner {
  readonly localUdpPort: number;
  readonly localAddresses: readonly string[];
  readonly #options: ClusterDoorOptions;
  readonly #layout: TagLayout;
  readonly #transports: readonly Transport[];

  private constructor(options: ClusterDoorOptions, transports: readonly Transport[]) {
    this.#options = options;
    this.#layout = new TagLayout(options.layoutKey, options.workerCount);
    this.#transports = transports;
    for (const transport of transports) transport.owner = this;
    this.localUdpPort = transports[0]?.localUdpPort ?? 0;
    this.localAddresses = transports.map(({ localAddress }) => localAddress);
  }

  /** Binds. @throws (rejects) SctpError ERR_SCTP_UDP_PORT_IN_USE, ERR_SCTP_UDP_SOCKET, ERR_SCTP_INVALID_ADDRESS */
  static async open(options: ClusterDoorOptions): Promise<ClusterDoor> {
    const { localUdpPort, localAddresses, socketBufferBytes, sockets } = options;
    const createSocket = sockets === "workers" ? createReusingSocket : undefined;
    const transports = await openTransports({
      localUdpPort,
      localAddresses,
      socketBufferBytes,
      createSocket,
    });
    return new ClusterDoor(options, transports);
  }

  /** A datagram of one of the parent's sockets. */
  onDatagram(datagram: Uint8Array, { address, port }: TransportAddress, transport: Transport): void {
    if (this.#options.sockets === "workers") return; // Nobody can have been told of the port yet.
    const localIndex = this.#transports.indexOf(transport);
    const passage = { address, port, localIndex, ingress: NO_WORKER, step: 0, settled: false };
    const worker = firstWorkerFor(this.#layout, datagram, address, this.#options.down);
    this.#options.onDatagram(worker, datagram, passage);
  }

  /** None is fatal, and a worker could do nothing about it. */
  onTransportError(error: Error): void {
    debug("the cluster's UDP sockets: %s", error.message);
  }

  /** Sends a worker's batch. @param onDone called when all of it has left this process */
  send(bytes: Uint8Array, onDone: () => void): void {
    let left = 1;
    const onSent = (error: Error | null): void => {
      if (error !== null) this.onTransportError(error);
      left--;
      if (left === 0) onDone();
    };
    readBatch(bytes, (datagram, { address, port, localIndex }) => {
      const transport = this.#transports[localIndex];
      if (transport === undefined) return;
      left++;
      transport.send(datagram, address, port, onSent);
    });
    onSent(null);
  }

  /** Every worker has its sockets: those that held the port for them give way. */
  onWorkersListening(): void {
    if (this.#options.sockets === "workers") this.close();
  }

  close(): void {
    for (const transport of this.#transports) transport.close();
  }
}
