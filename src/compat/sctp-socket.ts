/**
 * `sctp.Socket`: buffers with a `ppid` instead of messages, and streams to write to.
 * Owns: that face. Does not own: the association: it is a socket of sctpkit within.
 */
import { Duplex, Readable, Writable } from "node:stream";
import { SctpError, SctpErrorCode } from "../base/errors.ts";
import type { Message } from "../node/common/message.ts";
import { resolveHosts } from "../node/common/resolve.ts";
import type { PortDriver } from "../node/driver/port-driver.ts";
import { driverOf } from "../node/driver/udp-port.ts";
import { insideOf } from "../node/socket/association-duplex.ts";
import { Socket as NativeSocket } from "../node/socket/socket.ts";
import { optionsWithPort } from "./option-names.ts";
import { associationDefaults } from "./sctp-defaults.ts";
import { portFor, type TransportChoice } from "./shared-port.ts";

/** A buffer that says with which PPID it is sent, or was received. */
export type TaggedBuffer = Buffer & { ppid?: number };

export interface SocketOptions {
  /** PPID of what is written; 0 if absent. */
  readonly ppid?: number | undefined;
  /** SCTP stream that `write` uses; 0 if absent. */
  readonly stream_id?: number | undefined;
  /** `write` without order. */
  readonly unordered?: boolean | undefined;
}

export interface ConnectOptions extends SocketOptions, TransportChoice {
  /** SCTP port of the peer. */
  readonly port: number | string;
  /** Ignored with `udpTransport`; "127.0.0.1" if absent. */
  readonly host?: string | undefined;
  /** SCTP port of this side; needed with `passive`. */
  readonly localPort?: number | undefined;
  /** Accepted, but SCTP in UDP leaves the choice to the UDP port. */
  readonly localAddress?: string | readonly string[] | undefined;
  /** Inbound streams allowed; 2 if absent. */
  readonly MIS?: number | undefined;
  /** Outbound streams asked for; 2 if absent. */
  readonly OS?: number | undefined;
  /** Do not connect: wait for the peer to do so, from `port` (and `host`, if that is given). */
  readonly passive?: boolean | undefined;
  readonly [other: string]: unknown;
}

/** Writes on one SCTP stream. */
export interface OutgoingStream extends Writable {
  readonly stream_id: number;
  readonly bytesWritten: number;
}

/** Reads one SCTP stream; the buffers have a `ppid`. */
export interface IncomingStream extends Readable {
  readonly stream_id: number;
}

export interface CompatSocketEvents {
  connect: [];
  data: [data: TaggedBuffer];
  stream: [stream: IncomingStream, id: number];
  drain: [];
  end: [];
  finish: [];
  close: [];
  error: [error: Error];
  restart: [];
  readable: [];
}

type Listener<K extends keyof CompatSocketEvents> = (...args: CompatSocketEvents[K]) => void;

export interface Socket {
  on<K extends keyof CompatSocketEvents>(event: K, listener: Listener<K>): this;
  once<K extends keyof CompatSocketEvents>(event: K, listener: Listener<K>): this;
  off<K extends keyof CompatSocketEvents>(event: K, listener: Listener<K>): this;
}

class Outgoing extends Writable implements OutgoingStream {
  readonly stream_id: number;
  bytesWritten = 0;
  readonly #send: (data: TaggedBuffer) => Promise<void>;

  constructor(id: number, send: (data: TaggedBuffer) => Promise<void>) {
    super();
    this.stream_id = id;
    this.#send = send;
  }

  override _write(
    data: TaggedBuffer,
    _encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    this.bytesWritten += data.length;
    this.#send(data).then(() => callback(), callback);
  }
}

class Incoming extends Readable implements IncomingStream {
  readonly stream_id: number;
  readonly #onRead: () => void;

  constructor(id: number, onRead: () => void) {
    super({ objectMode: true });
    this.stream_id = id;
    this.#onRead = onRead;
  }

  override _read(): void {
    this.#onRead();
  }
}

/** An association. The readable side gives buffers, one for each message. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface declares nothing that Duplex does not have.
export class Socket extends Duplex {
  #native: NativeSocket | undefined;
  readonly #options: SocketOptions;
  readonly #incoming = new Map<number, Incoming>();
  readonly #outgoing = new Map<number, Outgoing>();
  readonly #whenNative: Array<(native: NativeSocket) => void> = [];
  #asked = false;
  #wasConnected = false;

  constructor(options: SocketOptions = {}) {
    super({ readableObjectMode: true, allowHalfOpen: false });
    this.#options = options ?? {};
  }

  /** Outbound streams; undefined before `'connect'`. */
  get OS(): number | undefined {
    return this.#native?.pending === false ? this.#native.outboundStreams : undefined;
  }
  /** Inbound streams; undefined before `'connect'`. */
  get MIS(): number | undefined {
    return this.#native?.pending === false ? this.#native.inboundStreams : undefined;
  }
  get bytesRead(): number {
    return this.#native?.bytesRead ?? 0;
  }
  get bytesWritten(): number {
    return this.#native?.bytesWritten ?? 0;
  }
  get localPort(): number | undefined {
    return this.#native?.localPort;
  }
  get localAddress(): readonly string[] | undefined {
    return this.#native?.localAddresses;
  }
  get remotePort(): number | undefined {
    return this.#native?.remotePort;
  }
  get remoteAddress(): string | undefined {
    return this.#native?.remoteAddress;
  }
  get remoteFamily(): string | undefined {
    return this.#native?.remoteFamily;
  }
  address(): { port: number | undefined; address: readonly string[] | undefined; family: string } {
    return { port: this.localPort, address: this.localAddress, family: this.#native?.localFamily ?? "IPv4" };
  }

  /** Begins the association; a second call does nothing. @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
  connect(to: ConnectOptions | number | string, onConnect?: () => void): this {
    if (this.#asked) return this;
    const options = optionsWithPort<ConnectOptions>(to, "connect()", 1);
    this.#asked = true;
    if (onConnect !== undefined) this.once("connect", onConnect);
    this.#open(options, options.port).catch((error: Error) => this.destroy(error));
    return this;
  }

  /**
   * A stream to write to; asked for again, it is the same one.
   * @param ppid of what is written to it; the socket's if absent
   * @throws SctpError ERR_SCTP_INVALID_STREAM once the number of streams is known
   */
  createStream(streamId = 0, ppid: number = this.#options.ppid ?? 0): OutgoingStream {
    if (!Number.isInteger(streamId) || streamId < 0 || streamId >= (this.OS ?? 65_536)) {
      throw new SctpError(
        SctpErrorCode.InvalidStream,
        `wrong stream id ${streamId}: check the OS of this side (${this.OS}) and the MIS of the peer`,
      );
    }
    let stream = this.#outgoing.get(streamId);
    if (stream === undefined) {
      stream = new Outgoing(streamId, (data) => this.#send(data, { streamId, ppid }));
      this.#outgoing.set(streamId, stream);
    }
    return stream;
  }

  /** For servers and passive sockets: takes over an association. */
  adopt(native: NativeSocket): void {
    this.#asked = true;
    this.#native = native;
    native.on("message", (message) => this.#receive(message));
    this.#wasConnected = !native.pending;
    native.on("connect", () => {
      this.#wasConnected = true;
      this.emit("connect");
    });
    native.on("restart", () => this.emit("restart"));
    // An established association that the peer aborts ends for its user as any other does.
    native.on("error", (error) => (this.#wasConnected && isAbort(error) ? this.#end() : this.destroy(error)));
    native.on("end", () => this.#end());
    native.on("close", () => process.nextTick(() => this.destroy()));
    for (const callback of this.#whenNative.splice(0)) callback(native);
  }

  override _read(): void {
    this.#native?.resume();
  }

  override _write(
    data: TaggedBuffer,
    _encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    const { stream_id: streamId = 0, ppid = 0, unordered = false } = this.#options;
    this.#send(data, { streamId, ppid, unordered }).then(() => callback(), callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#withNative((native) => {
      native.once("close", () => callback());
      native.end();
    });
    if (this.readableFlowing === null) this.resume(); // What nobody reads is no reason to stay.
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    for (const stream of this.#incoming.values()) stream.push(null);
    for (const stream of this.#outgoing.values()) stream.destroy();
    this.#withNative((native) => {
      if (!native.destroyed) native.abort();
    });
    callback(error);
  }

  async #open(options: ConnectOptions, port: number): Promise<void> {
    const { udp, peerAddress, remoteUdpPort } = await portFor(options, options.passive === true);
    const association = associationDefaults(options);
    const host = options.host ?? "127.0.0.1";
    if (options.passive === true) {
      const [address] = options.host === undefined ? [] : await resolveHosts([host], {});
      if (this.destroyed) return;
      const expected = { port, address: peerAddress === undefined ? address : undefined };
      return this.#await(driverOf(udp), options.localPort ?? 0, expected, association);
    }
    if (this.destroyed) return;
    const native = new NativeSocket();
    this.adopt(native);
    const localPort = options.localPort ?? 0;
    native.connect({ ...association, host: peerAddress ?? host, port, localPort, udp, remoteUdpPort });
  }

  /** Waits for the one peer that may connect. */
  #await(
    driver: PortDriver,
    localPort: number,
    expected: { readonly port: number; readonly address: string | undefined },
    options: ReturnType<typeof associationDefaults>,
  ): void {
    const port = driver.listen(
      { port: localPort, options },
      {
        onAccept: (association) => {
          const native = new NativeSocket();
          const { user, attach } = insideOf(native);
          attach(driver, association, true);
          association.userData = user;
          const isPeer =
            association.remotePort === expected.port &&
            (expected.address === undefined || association.remoteAddresses.includes(expected.address));
          if (!isPeer || this.destroyed) {
            native.abort("another peer is expected");
            return user;
          }
          driver.unlisten(port);
          driver.release();
          this.adopt(native);
          process.nextTick(() => this.emit("connect"));
          return user;
        },
      },
    );
    driver.hold();
    this.once("close", () => {
      if (this.#native !== undefined) return;
      driver.unlisten(port);
      driver.release();
    });
  }

  #send(
    data: TaggedBuffer,
    { streamId, ppid, unordered }: { streamId: number; ppid: number; unordered?: boolean },
  ): Promise<void> {
    if (data.length === 0) return Promise.resolve();
    const own = Number.isInteger(data.ppid) ? data.ppid : ppid;
    return new Promise((resolve, reject) => {
      this.#withNative((native) => {
        native.send(data, { streamId, ppid: own, unordered }).then(resolve, reject);
      });
    });
  }

  #withNative(callback: (native: NativeSocket) => void): void {
    if (this.#native !== undefined) callback(this.#native);
    else this.#whenNative.push(callback);
  }

  /** Every message is the socket's; with listeners for `'stream'` it is also its stream's. */
  #receive({ data, info }: Message): void {
    const tagged: TaggedBuffer = data;
    tagged.ppid = info.ppid;
    let hasRoom = true;
    if (this.listenerCount("stream") > 0) {
      hasRoom = this.#incomingStream(info.streamId).push(tagged);
      // Without readers of its own, what streams have got is not kept a second time.
      if (this.listenerCount("data") + this.listenerCount("readable") > 0)
        hasRoom = this.push(tagged) && hasRoom;
    } else {
      hasRoom = this.push(tagged);
    }
    if (!hasRoom) this.#native?.pause();
  }

  #incomingStream(id: number): Incoming {
    let stream = this.#incoming.get(id);
    if (stream === undefined) {
      stream = new Incoming(id, () => this.#native?.resume());
      this.#incoming.set(id, stream);
      this.emit("stream", stream, id);
    }
    return stream;
  }

  /** The association has ended: that is told also to those who do not read. */
  #end(): void {
    for (const stream of this.#incoming.values()) stream.push(null);
    this.push(null);
    if (this.readableFlowing === null) this.resume();
  }
}

function isAbort(error: Error): boolean {
  return error instanceof SctpError && error.sctpCode === SctpErrorCode.AbortedByPeer;
}
