/**
 * A stand-in for `node:dgram` that behaves as other hosts do: a network of its own inside the process.
 * What it does of Windows' and macOS' ways is chosen per host; whatever sctpkit must not do there throws.
 */
import type { SocketOptions } from "node:dgram";
import { EventEmitter } from "node:events";
import type { DgramSocket } from "../../src/index.ts";

export interface HostWays {
  /** As macOS: a datagram larger than this is EMSGSIZE, and so is asking for a larger buffer ENOBUFS. */
  readonly sendBufferBytes?: number;
  /** What `getSendBufferSize` says, if that is not the truth. */
  readonly claimedSendBufferBytes?: number;
  /** As Windows: a datagram to a port where nobody is comes back as an ECONNRESET of the socket that sent it. */
  readonly resets?: boolean;
  /** No IPv6 on this host. */
  readonly withoutIpv6?: boolean;
  /** The network loses such a datagram of this host's. */
  readonly loses?: (datagram: Buffer) => boolean;
  /** Binding takes a turn of the event loop, as in Bun. */
  readonly bindsLater?: boolean;
}

type Callback = (error: Error | null) => void;

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code} of the stand-in`), { code });
}

/** One network, and what its hosts' sockets were asked. */
export class StandIn {
  readonly created: SocketOptions[] = [];
  readonly destinations = new Set<string>();
  refusedCount = 0;
  resetCount = 0;
  readonly bound = new Map<string, StandInSocket>();
  #nextPort = 40_000;

  freePort(): number {
    return this.#nextPort++;
  }

  /** The `createSocket` of a host with these ways. */
  host(ways: HostWays = {}): (options: SocketOptions) => StandInSocket {
    return (options) => {
      if ("reusePort" in options) throw failure("ENOTSUP"); // Windows and macOS have no such thing.
      this.created.push(options);
      return new StandInSocket(this, ways, options.type === "udp6" ? 6 : 4);
    };
  }

  receiver(address: string, port: number): StandInSocket | undefined {
    const wildcard = address.includes(":") ? "::" : "0.0.0.0";
    return this.bound.get(`${address} ${port}`) ?? this.bound.get(`${wildcard} ${port}`);
  }
}

class StandInSocket extends EventEmitter implements DgramSocket {
  readonly #network: StandIn;
  readonly #ways: HostWays;
  readonly #family: 4 | 6;
  #address = "";
  #port = 0;
  #closed = false;

  constructor(network: StandIn, ways: HostWays, family: 4 | 6) {
    super();
    this.#network = network;
    this.#ways = ways;
    this.#family = family;
  }

  bind({ port, address }: { port: number; address: string }): unknown {
    const act = (): void => {
      if (this.#family === 6 && this.#ways.withoutIpv6 === true) {
        this.emit("error", failure("EAFNOSUPPORT"));
        return;
      }
      const wanted = port === 0 ? this.#network.freePort() : port;
      if (this.#network.bound.has(`${address} ${wanted}`)) {
        this.emit("error", failure("EADDRINUSE"));
        return;
      }
      this.#address = address;
      this.#port = wanted;
      this.#network.bound.set(`${address} ${wanted}`, this);
      this.emit("listening");
    };
    if (this.#ways.bindsLater === true) setImmediate(act);
    else act();
    return this;
  }

  send(datagram: Buffer, port: number, address: string, done: Callback): void {
    const { sendBufferBytes = 65_536, resets = false } = this.#ways;
    this.#network.destinations.add(address);
    if (datagram.length > Math.min(sendBufferBytes, 65_507)) {
      this.#network.refusedCount++;
      setImmediate(done, failure("EMSGSIZE"));
      return;
    }
    const copy = Buffer.from(datagram);
    setImmediate(() => {
      done(null);
      if (this.#ways.loses?.(copy) === true) return;
      const receiver = this.#network.receiver(address, port);
      if (receiver !== undefined) receiver.#receive(copy, this);
      else if (resets && !this.#closed) {
        this.#network.resetCount++;
        this.emit("error", failure("ECONNRESET"));
      }
    });
  }

  address(): { address: string; port: number; family: string } {
    if (this.#port === 0) throw failure("EBADF");
    return { address: this.#address, port: this.#port, family: `IPv${this.#family}` };
  }

  setRecvBufferSize(bytes: number): void {
    this.#checkBuffer(bytes);
  }
  setSendBufferSize(bytes: number): void {
    this.#checkBuffer(bytes);
  }
  getSendBufferSize(): number {
    return this.#ways.claimedSendBufferBytes ?? this.#ways.sendBufferBytes ?? 65_536;
  }
  ref(): void {}
  unref(): void {}

  close(): void {
    this.#closed = true;
    this.#network.bound.delete(`${this.#address} ${this.#port}`);
  }

  #checkBuffer(bytes: number): void {
    if (bytes > (this.#ways.sendBufferBytes ?? Number.POSITIVE_INFINITY)) throw failure("ENOBUFS");
  }

  #receive(datagram: Buffer, from: StandInSocket): void {
    if (this.#closed) return;
    const wild = from.#address === "0.0.0.0" || from.#address === "::";
    const address = wild ? (this.#family === 6 ? "::1" : "127.0.0.1") : from.#address;
    this.emit("message", datagram, {
      address,
      port: from.#port,
      family: `IPv${this.#family}`,
      size: datagram.length,
    });
  }
}
