/**
 * The parent's side of a cluster: a server spread over workers that share one UDP port.
 * Owns: starting, welcoming and replacing workers, carrying what they say to one another, the shared secrets.
 * Does not own: associations, which are the workers' (cluster-worker.ts); the parent's sockets (cluster-door.ts).
 */
import { EventEmitter } from "node:events";
import type { LookupFunction } from "node:net";
import { availableParallelism } from "node:os";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import {
  checkArgument,
  checkOptions,
  isCheckedElsewhere,
  isFlag,
  isFunction,
  isObject,
  isOneOf,
  isText,
  isTexts,
  isWhole,
  type OptionNames,
} from "../../base/option-check.ts";
import { type StackOptionsInput, stackOptions } from "../../base/options.ts";
import { MAX_WORKERS } from "../../cluster/member.ts";
import { LAYOUT_KEY_BYTES } from "../../cluster/tag-layout.ts";
import type { CookieSecrets } from "../../stack/shared-port.ts";
import { portOf } from "../common/option-names.ts";
import { nodePlatform } from "../common/platform.ts";
import { resolveHosts } from "../common/resolve.ts";
import { parseHosts } from "../common/sctp-address.ts";
import { type ServerAddress, serverAddress } from "../common/server-address.ts";
import { tell } from "../common/tell.ts";
import { DEFAULT_UDP_PORT } from "../driver/open-port.ts";
import { startWorker, type WorkerHandle, type WorkerKind } from "./cluster-channel.ts";
import { ClusterDoor } from "./cluster-door.ts";
import type { ClusterWorkerInfo, OnClusterEvent } from "./cluster-events.ts";
import { DatagramLink } from "./cluster-link.ts";
import { type FromWorker, NETWORK, type SocketHolder, type ToWorker } from "./cluster-protocol.ts";
import { canReusePort } from "./cluster-sockets.ts";

const SECRET_BYTES = 32;
/** A worker that was told to abort everything and did not end by itself is ended. */
const DESTROY_MS = 2_000;

export interface ClusterServerOptions {
  /** The program of a worker: it calls `joinCluster()`. */
  readonly worker: URL;
  /** 1 to 128; as many as the host has processors if absent. */
  readonly workers?: number | undefined;
  /** "thread" if absent. */
  readonly kind?: WorkerKind | undefined;
  /**
   * Who has the UDP sockets. "workers": each its own, the kernel spreading peers over them (Linux and FreeBSD, Node
   * 22.12 and newer). "parent": this process, which hands every datagram on. If absent, the first where it is possible.
   */
  readonly sockets?: SocketHolder | undefined;
  /** Whether a worker that dies is replaced; true if absent. */
  readonly respawn?: boolean | undefined;
  /** Handed to every worker as `data`; anything that can be cloned. */
  readonly data?: unknown;
  /** Options of every worker's stack: limits hold for each worker by itself. */
  readonly stack?: StackOptionsInput | undefined;
  /** Asked of the host for each UDP socket, 4 MiB if absent. */
  readonly socketBufferBytes?: number | undefined;
  /** Node's own options for the workers' processes or threads; this process' if absent. */
  readonly execArgv?: readonly string[] | undefined;
  readonly lookup?: LookupFunction | undefined;
}

export interface ClusterListenOptions {
  /** SCTP port, 1 to 65535. */
  readonly port: number;
  /** A local address or name, or several as in `listen` of a server; all addresses of the host if absent. */
  readonly host?: string | undefined;
  /** The same as a list. */
  readonly localAddresses?: readonly string[] | undefined;
  /** 9899 if absent; 0 takes a free one. */
  readonly localUdpPort?: number | undefined;
}

const SERVER_NAMES: OptionNames<ClusterServerOptions> = {
  of: "createClusterServer()",
  see: "ClusterServerOptions; options of the associations belong to the workers' createServer()",
  kinds: {
    worker: isWorker,
    workers: isWhole(1, MAX_WORKERS),
    kind: isOneOf("thread", "process"),
    sockets: isOneOf("workers", "parent"),
    respawn: isFlag,
    data: isCheckedElsewhere,
    stack: isObject,
    socketBufferBytes: isWhole(1, 0x7fff_ffff),
    execArgv: isTexts,
    lookup: isFunction,
  },
};
const LISTEN_NAMES: OptionNames<ClusterListenOptions> = {
  of: "listen() of a cluster",
  see: "ClusterListenOptions",
  kinds: {
    port: isCheckedElsewhere,
    host: isText,
    localAddresses: isTexts,
    localUdpPort: isCheckedElsewhere,
  },
  meant: {
    udpPort: "localUdpPort",
    hosts: "localAddresses",
    addresses: "localAddresses",
    localAddress: "host",
    localPort: "port",
  },
};

interface Seat {
  readonly handle: WorkerHandle;
  readonly link: DatagramLink;
  /** It has joined: it can be told things. */
  joined: boolean;
  listening: boolean;
}

/** Events: `'listening'`, `'online'`, `'exit'`, `'error'`, `'close'`. */
export class ClusterServer extends EventEmitter {
  // The methods of an emitter, with the events that this one has.
  declare on: OnClusterEvent<this>;
  declare once: OnClusterEvent<this>;
  declare off: OnClusterEvent<this>;
  declare addListener: OnClusterEvent<this>;
  declare removeListener: OnClusterEvent<this>;
  declare prependListener: OnClusterEvent<this>;
  declare prependOnceListener: OnClusterEvent<this>;

  readonly #options: ClusterServerOptions;
  readonly #workerCount: number;
  readonly #layoutKey: Uint8Array = randomBytes(LAYOUT_KEY_BYTES);
  readonly #seats: Array<Seat | undefined> = [];
  /** Those that have not joined. */
  readonly #down: Set<number>;
  #secrets: CookieSecrets = {
    id: 0,
    current: randomBytes(SECRET_BYTES),
    previous: randomBytes(SECRET_BYTES),
  };
  #rotation: NodeJS.Timeout | undefined;
  #door: ClusterDoor | undefined;
  #sockets: SocketHolder = "parent";
  #port = 0;
  #state: "new" | "starting" | "listening" | "closing" | "closed" = "new";

  /** @throws SctpError ERR_SCTP_INVALID_OPTION */
  constructor(asked: ClusterServerOptions) {
    super();
    const options = checkedOptions(asked);
    this.#options = options;
    this.#workerCount = options.workers ?? Math.min(availableParallelism(), MAX_WORKERS);
    this.#down = new Set(Array.from({ length: this.#workerCount }, (_, index) => index));
  }

  get listening(): boolean {
    return this.#state === "listening";
  }
  /** Who has the UDP sockets; decided by `listen`. */
  get sockets(): SocketHolder {
    return this.#sockets;
  }
  /** Those that live now. */
  get workers(): readonly ClusterWorkerInfo[] {
    return this.#seats.flatMap((seat, index) => (seat === undefined ? [] : [infoOf(seat, index)]));
  }

  /** Starts the workers; `'listening'` or `'error'` follows. @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION */
  listen(asked: ClusterListenOptions, onListening?: () => void): this {
    if (this.#state !== "new") {
      throw new SctpError(
        SctpErrorCode.InvalidArgument,
        "a cluster listens once: make another with createClusterServer()",
      );
    }
    const options = checkOptions(asked, LISTEN_NAMES);
    const port = portOf(options.port, "the SCTP port of a cluster, the same for all workers,", 1);
    const localUdpPort = portOf(options.localUdpPort ?? DEFAULT_UDP_PORT, "localUdpPort", 0);
    if (onListening !== undefined) checkArgument("the listener", onListening, isFunction);
    if (onListening !== undefined) this.once("listening", onListening);
    this.#state = "starting";
    this.#port = port;
    void this.#start({ ...options, port, localUdpPort });
    return this;
  }

  /** As `Server.address`: null while the cluster does not listen. */
  address(): ServerAddress | null {
    return this.listening ? serverAddress(this.#door, this.#port) : null;
  }

  /** Ends a worker at once, with its associations: as if it had died. Replaced, unless `respawn` is false. */
  killWorker(index: number): void {
    this.#seats[index]?.handle.kill();
  }

  /** Accepts no more; `'close'` follows when every worker's last association has ended, and with it the worker. */
  close(onClose?: () => void): this {
    return this.#stop("close", onClose);
  }

  /** Aborts every association and ends the workers; `'close'` follows. */
  destroy(onClose?: () => void): this {
    this.#stop("destroy", onClose);
    setTimeout(() => {
      for (const seat of this.#seats) seat?.handle.kill();
    }, DESTROY_MS).unref();
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "new" || this.#state === "closed") return;
    await new Promise<void>((resolve) => this.close(resolve));
  }

  // ---- Starting ----------------------------------------------------------------------------------------------

  async #start(listen: ClusterListenOptions): Promise<void> {
    try {
      const names = listen.localAddresses ?? (listen.host === undefined ? [] : parseHosts(listen.host));
      const localAddresses =
        names.length === 0 ? undefined : await resolveHosts(names, { lookup: this.#options.lookup });
      this.#sockets = this.#options.sockets ?? (canReusePort() ? "workers" : "parent");
      const door = await ClusterDoor.open({
        localUdpPort: listen.localUdpPort ?? DEFAULT_UDP_PORT,
        localAddresses,
        socketBufferBytes: this.#options.socketBufferBytes,
        layoutKey: this.#layoutKey,
        workerCount: this.#workerCount,
        sockets: this.#sockets,
        down: this.#down,
        onDatagram: (worker, datagram, passage) => this.#reachable(worker)?.link.add(datagram, passage),
      });
      if (this.#state !== "starting") return door.close(); // Closed meanwhile.
      this.#door = door;
      const { cookieSecretLifeMs } = stackOptions(this.#options.stack);
      this.#rotation = setInterval(() => this.#turnSecrets(), cookieSecretLifeMs).unref();
      for (let index = 0; index < this.#workerCount; index++) this.#spawn(index);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #spawn(index: number): void {
    const { kind = "thread", worker, execArgv } = this.#options;
    const handle = startWorker(kind, worker, execArgv, {
      onMessage: (message) => this.#onMessage(seat, index, message),
      onExit: (code, error) => this.#onExit(seat, index, code, error),
    });
    const link = new DatagramLink((bytes) => handle.post({ kind: "batch", bytes }));
    const seat: Seat = { handle, link, joined: false, listening: false };
    this.#seats[index] = seat;
  }

  #welcome(seat: Seat, index: number): void {
    const door = this.#door;
    if (door === undefined) return;
    this.#down.delete(index);
    seat.handle.post({
      kind: "welcome",
      index,
      workerCount: this.#workerCount,
      down: [...this.#down],
      layoutKey: this.#layoutKey,
      cookieSecrets: this.#secrets,
      sockets: this.#sockets,
      port: this.#port,
      localUdpPort: door.localUdpPort,
      localAddresses: door.localAddresses,
      stack: this.#options.stack ?? {},
      socketBufferBytes: this.#options.socketBufferBytes,
      data: this.#options.data,
    });
    seat.joined = true;
    this.#tellOthers(index, { kind: "started", worker: index });
    if (this.#state === "closing") seat.handle.post({ kind: "close" });
  }

  #onListening(seat: Seat, index: number): void {
    seat.listening = true;
    tell(this, "online", infoOf(seat, index));
    if (
      this.#state !== "starting" ||
      this.workers.filter(({ listening }) => listening).length < this.#workerCount
    )
      return;
    this.#state = "listening";
    this.#door?.onWorkersListening();
    tell(this, "listening");
  }

  // ---- Workers -----------------------------------------------------------------------------------------------

  #onMessage(seat: Seat, index: number, message: FromWorker): void {
    if (this.#seats[index] !== seat) return; // Its last words, after another took its place.
    switch (message.kind) {
      case "hello":
        return this.#welcome(seat, index);
      case "listening":
        return this.#onListening(seat, index);
      case "failed":
        return this.#fail(new SctpError(message.code, message.message, message.details));
      case "batch":
        return this.#onBatch(seat, message.to, message.bytes);
      case "taken":
        return seat.link.onTaken();
      case "directory":
        return this.#reachable(message.to)?.handle.post({
          kind: "directory",
          from: index,
          message: message.message,
        });
      case "closed":
        return seat.handle.release();
    }
  }

  #onBatch(seat: Seat, to: number, bytes: Uint8Array<ArrayBuffer>): void {
    const onTaken = (): void => seat.handle.post({ kind: "taken", to });
    if (to === NETWORK && this.#door !== undefined) return this.#door.send(bytes, onTaken);
    this.#reachable(to)?.link.relay(bytes);
    onTaken();
  }

  #onExit(seat: Seat, index: number, code: number | null, error: Error | undefined): void {
    if (this.#seats[index] !== seat) return;
    this.#seats[index] = undefined;
    this.#down.add(index);
    this.#tellOthers(index, { kind: "gone", worker: index });
    tell(this, "exit", infoOf({ ...seat, listening: false }, index), code, error);
    if (this.#state === "closing") return this.#finishClose();
    if (this.#state === "closed") return;
    if (seat.listening && this.#options.respawn !== false) return this.#spawn(index);
    if (seat.listening) return;
    this.#fail(
      new SctpError(
        SctpErrorCode.Closed,
        `worker ${index} ended before it listened: its program must call joinCluster() and createServer()`,
        { cause: error },
      ),
    );
  }

  #reachable(index: number): Seat | undefined {
    const seat = this.#seats[index];
    return seat?.joined === true ? seat : undefined;
  }

  #tellOthers(index: number, message: ToWorker): void {
    for (const [other, seat] of this.#seats.entries())
      if (other !== index && seat?.joined === true) seat.handle.post(message);
  }

  /** The one that signed verifies for one more turn (RFC 9260 5.1.3). */
  #turnSecrets(): void {
    const { id, current } = this.#secrets;
    this.#secrets = { id: (id + 1) & 0xff, current: randomBytes(SECRET_BYTES), previous: current };
    this.#tellOthers(-1, { kind: "secrets", cookieSecrets: this.#secrets });
  }

  // ---- The end -----------------------------------------------------------------------------------------------

  /** Before the cluster listens, one failure is the end of all; afterwards the others go on. */
  #fail(error: Error): void {
    if (this.#state === "starting") {
      this.#state = "closing";
      for (const seat of this.#seats) seat?.handle.kill();
      this.#finishClose();
    }
    tell(this, "error", error);
  }

  #stop(how: "close" | "destroy", onClose: (() => void) | undefined): this {
    if (onClose !== undefined) {
      if (this.#state === "closed") process.nextTick(onClose);
      else this.once("close", onClose);
    }
    if (this.#state === "closed") return this;
    this.#state = "closing";
    for (const seat of this.#seats) {
      if (seat?.joined === true) seat.handle.post({ kind: how });
      else if (how === "destroy") seat?.handle.kill();
    }
    this.#finishClose();
    return this;
  }

  #finishClose(): void {
    if (this.#state !== "closing" || this.workers.length > 0) return;
    this.#state = "closed";
    clearInterval(this.#rotation);
    this.#door?.close();
    process.nextTick(() => this.emit("close"));
  }
}

/** A server spread over workers. @throws SctpError ERR_SCTP_INVALID_OPTION */
export function createClusterServer(options: ClusterServerOptions): ClusterServer {
  return new ClusterServer(options);
}

/** @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT */
function checkedOptions(asked: ClusterServerOptions): ClusterServerOptions {
  const options = checkOptions(asked, SERVER_NAMES);
  checkArgument("worker", options.worker, isWorker);
  if (options.sockets === "workers" && !canReusePort())
    throw new SctpError(
      SctpErrorCode.InvalidOption,
      'this host or version of Node cannot share a UDP port among sockets: leave it to sockets: "parent"',
    );
  stackOptions(options.stack);
  return options;
}

function isWorker(value: unknown): string | undefined {
  return value instanceof URL ? undefined : 'a URL: new URL("./worker.js", import.meta.url)';
}

function randomBytes(lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  nodePlatform.random.fill(bytes);
  return bytes;
}

function infoOf({ handle, listening }: Seat, index: number): ClusterWorkerInfo {
  return { index, id: handle.id, listening };
}
