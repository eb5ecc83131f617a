/** A NAT on loopback: one client's datagrams reach a server from a port that may change at any time. */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

export class UdpNat {
  readonly #inner: Socket = createSocket("udp4");
  readonly #server: number;
  #outer: Socket | undefined;
  #clientPort = 0;

  /** @param server UDP port of the server */
  constructor(server: number) {
    this.#server = server;
    this.#inner.on("message", (datagram, { port }) => {
      this.#clientPort = port;
      this.#outer?.send(datagram, this.#server, "127.0.0.1");
    });
  }

  /** The port that the client is to send to. */
  get port(): number {
    return this.#inner.address().port;
  }

  async open(): Promise<this> {
    this.#inner.bind(0, "127.0.0.1");
    await once(this.#inner, "listening");
    await this.rebind();
    return this;
  }

  /** From now on the server sees another port. */
  async rebind(): Promise<void> {
    this.#outer?.close();
    const outer = createSocket("udp4");
    outer.on("message", (datagram) => this.#inner.send(datagram, this.#clientPort, "127.0.0.1"));
    outer.bind(0, "127.0.0.1");
    await once(outer, "listening");
    this.#outer = outer;
  }

  close(): void {
    this.#inner.close();
    this.#outer?.close();
  }
}
