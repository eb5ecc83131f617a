/**
 * The worker's side of a cluster.
 * Owns: joining, the worker's UDP port, its servers, carrying what `ClusterMember` passes and tells.
 * Does not own: what belongs to whom (src/cluster), the parent (cluster-server.ts), sockets (cluster-sockets.ts).
 *
 * Hot: `#onDatagram`, once per datagram of the worker's own sockets.
 */
import { performance } from "node:perf_hooks";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { checkOptions, type OptionNames } from "../../base/option-check.ts";
import type { TraceSink } from "../../base/trace-sink.ts";
import { readBatch } from "../../cluster/datagram-batch.ts";
import { ClusterMember, type DirectoryMessage, type Passage } from "../../cluster/member.ts";
import { TagLayout } from "../../cluster/tag-layout.ts";
import type { TransportAddress } from "../../platform/address.ts";
import { isTraceSink } from "../common/option-names.ts";
import { nodePlatform } from "../common/platform.ts";
import type { UdpPortOptions } from "../driver/open-port.ts";
import type { PortDriver } from "../driver/port-driver.ts";
import { driverOf, openSharedPort, type UdpPort } from "../driver/udp-port.ts";
import { Server, type ServerOptions } from "../server/server.ts";
import type { Socket } from "../socket/socket.ts";
import { type ParentChannel, parentChannel } from "./cluster-channel.ts";
import { DatagramLink } from "./cluster-link.ts";
import { type FromWorker, NETWORK, type ToWorker, type Welcome } from "./cluster-protocol.ts";
import { createReusingSocket, RelayedTransport } from "./cluster-sockets.ts";

/** What a worker did for the others. */
export interface ClusterCounters {
  /** Datagrams that came in by a socket of this worker's and were passed to another. */
  readonly passed: number;
  /** Datagrams that were passed to this worker. */
  readonly received: number;
  /** Datagrams that were lost because their receiver did not keep up. */
  readonly dropped: number;
}

export interface JoinOptions {
  /** Watches what this worker's stack does. */
  readonly trace?: TraceSink | undefined;
}

const JOIN_NAMES: OptionNames<JoinOptions> = {
  of: "joinCluster()",
  see: "JoinOptions",
  kinds: { trace: isTraceSink },
};

/** One worker's place in a cluster. */
export class ClusterWorker {
  /** 0 to `workerCount` - 1; a worker that dies is followed by one of the same number. */
  readonly index: number;
  readonly workerCount: number;
  /** The SCTP port that the cluster listens on. */
  readonly port: number;
  /** What the parent gave as `data`. */
  readonly data: unknown;
  /** For associations that this worker begins: `connect({ udp, ... })`. */
  readonly udp: UdpPort;
  readonly #driver: PortDriver;
  readonly #channel: ParentChannel;
  readonly #member: ClusterMember;
  readonly #links = new Map<number, DatagramLink>();
  readonly #servers = new Set<Server>();
  readonly #fromSockets: boolean;
  #passed = 0;
  #received = 0;
  #state: "open" | "closing" | "closed" = "open";

  /** For `joinCluster`. @throws SctpError as `UdpPort` */
  constructor(channel: ParentChannel, welcome: Welcome, options: JoinOptions) {
    this.#channel = channel;
    this.index = welcome.index;
    this.workerCount = welcome.workerCount;
    this.port = welcome.port;
    this.data = welcome.data;
    this.#fromSockets = welcome.sockets === "workers";
    const nowMs = performance.now();
    this.#member = new ClusterMember({
      index: welcome.index,
      layout: new TagLayout(welcome.layoutKey, welcome.workerCount),
      host: {
        take: (datagram, { address, port, localIndex }) =>
          this.#driver.inject(datagram as Buffer, { address, port }, localIndex),
        pass: (worker, datagram, passage) => this.#pass(worker, datagram, passage),
        tell: (worker, message) => channel.post({ kind: "directory", to: worker, message }),
      },
      random: nodePlatform.random,
      cookieSecrets: welcome.cookieSecrets,
      // The monotonic clock of the host is one for all its processes and threads; performance.now() is not.
      clockOffsetMs: Number(process.hrtime.bigint()) / 1e6 - nowMs,
      startedAtMs: nowMs,
      down: welcome.down,
    });
    this.udp = openSharedPort({
      ...(this.#fromSockets ? ownSockets(welcome) : { transport: this.#relays(welcome) }),
      stack: welcome.stack,
      trace: options.trace,
      share: {
        port: this.#member,
        onDatagram: (datagram, remote, localIndex) => this.#onDatagram(datagram, remote, localIndex),
      },
    });
    this.#driver = driverOf(this.udp);
    this.#member.attach(this.#driver.stack);
    channel.onMessage((message) => this.#onMessage(message));
    channel.onClose(() => this.#end());
  }

  get counters(): ClusterCounters {
    let dropped = 0;
    for (const link of this.#links.values()) dropped += link.droppedCount;
    return { passed: this.#passed, received: this.#received, dropped };
  }

  /**
   * A server on the cluster's port, listening; it closes when the cluster does. Options and events are those of
   * `createServer` of `sctpkit`. A second one would need a port of its own: `listen({ port, udp })` of any server.
   * @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_CLOSED
   */
  createServer(
    options: ServerOptions | ((socket: Socket) => void) = {},
    onConnection?: (socket: Socket) => void,
  ): Server {
    if (this.#state !== "open") throw new SctpError(SctpErrorCode.Closed, "the cluster is closing");
    const server = new Server(options, onConnection);
    this.#servers.add(server);
    server.once("listening", () => this.#channel.post({ kind: "listening" }));
    server.once("close", () => this.#onClosed(server));
    return server.listen({ port: this.port, udp: this.udp });
  }

  // ---- Datagrams ---------------------------------------------------------------------------------------------

  #onDatagram(datagram: Buffer, remote: TransportAddress, localIndex: number): void {
    if (this.#member.isOwn(datagram)) return this.#driver.inject(datagram, remote, localIndex);
    const { address, port } = remote;
    const passage = { address, port, localIndex, ingress: this.index, step: 0, settled: false };
    this.#member.receive(datagram, passage);
  }

  #pass(worker: number, datagram: Uint8Array, passage: Passage): void {
    this.#passed++;
    let link = this.#links.get(worker);
    if (link === undefined) {
      link = new DatagramLink((bytes) => this.#channel.post({ kind: "batch", to: worker, bytes }));
      this.#links.set(worker, link);
    }
    link.add(datagram, passage);
  }

  /** What stands for the parent's sockets. */
  #relays({ localAddresses, localUdpPort, socketBufferBytes }: Welcome): readonly RelayedTransport[] {
    const link = this.#linkOut();
    return localAddresses.map(
      (localAddress, localIndex) =>
        new RelayedTransport({ link, localIndex, localAddress, localUdpPort, socketBufferBytes }),
    );
  }

  /** To the network: at the end of the flush that makes the packets. */
  #linkOut(): DatagramLink {
    const link = new DatagramLink(
      (bytes) => this.#channel.post({ kind: "batch", to: NETWORK, bytes }),
      process.nextTick,
    );
    this.#links.set(NETWORK, link);
    return link;
  }

  #onBatch(bytes: Uint8Array): void {
    readBatch(bytes, (datagram, passage) => {
      this.#received++;
      // The stack keeps what it is given; a batch would be kept whole for the sake of one small message.
      const own = Buffer.allocUnsafeSlow(datagram.length);
      own.set(datagram);
      this.#member.receive(own, passage);
    });
    this.#channel.post({ kind: "taken" });
  }

  // ---- The parent --------------------------------------------------------------------------------------------

  #onMessage(message: ToWorker): void {
    switch (message.kind) {
      case "welcome":
        return;
      case "batch":
        return this.#onBatch(message.bytes);
      case "taken":
        return this.#links.get(message.to)?.onTaken();
      case "directory":
        return this.#onDirectory(message.from, message.message);
      case "started":
        return this.#member.onWorkerStarted(message.worker, this.#driver.nowMs());
      case "gone":
        return this.#member.onWorkerGone(message.worker, this.#driver.nowMs());
      case "secrets":
        this.#member.cookieSecrets = message.cookieSecrets;
        return;
      case "close":
        return this.#close();
      case "destroy":
        return this.#end();
    }
  }

  #onDirectory(from: number, message: DirectoryMessage): void {
    this.#member.onMessage(from, message, this.#driver.nowMs());
    this.#driver.scheduleFlush();
  }

  #close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    // One that could not listen is told of by no 'close', but calls back.
    for (const server of this.#servers) server.close(() => this.#onClosed(server));
    this.#endWhenDone();
  }

  #onClosed(server: Server): void {
    this.#servers.delete(server);
    this.#endWhenDone();
  }

  #endWhenDone(): void {
    if (this.#state === "closing" && this.#servers.size === 0) this.#end();
  }

  #end(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.udp.close();
    for (const link of this.#links.values()) link.flush();
    this.#channel.post({ kind: "closed" });
  }
}

function ownSockets({ localUdpPort, localAddresses, socketBufferBytes }: Welcome): UdpPortOptions {
  return { localUdpPort, localAddresses, socketBufferBytes, createSocket: createReusingSocket };
}

let joined: Promise<ClusterWorker> | undefined;

/**
 * Takes this program's part in the cluster that started it. Called again, it gives the same place, and the options of
 * the first call hold.
 * @throws (rejects) SctpError ERR_SCTP_INVALID_ARGUMENT in a program that no cluster started, or as `UdpPort`
 */
export function joinCluster(options: JoinOptions = {}): Promise<ClusterWorker> {
  joined ??= join(checkOptions(options, JOIN_NAMES));
  return joined;
}

async function join(options: JoinOptions): Promise<ClusterWorker> {
  const channel = parentChannel();
  if (channel === undefined) {
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      "joinCluster() is for programs that createClusterServer() starts",
    );
  }
  return await new Promise((resolve, reject) => {
    let welcomed = false;
    channel.onMessage((message) => {
      if (message.kind !== "welcome" || welcomed) return;
      welcomed = true;
      try {
        resolve(new ClusterWorker(channel, message, options));
      } catch (error) {
        channel.post(failureOf(error));
        reject(error);
      }
    });
    channel.post({ kind: "hello" });
  });
}

/** What the parent hears of a worker that cannot begin. */
function failureOf(error: unknown): FromWorker {
  if (!(error instanceof SctpError))
    return { kind: "failed", code: SctpErrorCode.Closed, message: String(error), details: {} };
  const { code, sctpCode, message, causeCodes, errno, syscall, address, port } = error;
  const hostCode = code === sctpCode ? undefined : code;
  return {
    kind: "failed",
    code: sctpCode,
    message,
    details: { hostCode, causeCodes, errno, syscall, address, port },
  };
}
