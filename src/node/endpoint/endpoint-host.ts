/**
 * The UDP port of an endpoint, opened when it is first needed.
 * Owns: when it is opened and with which addresses, and that it stays open while the endpoint does.
 * Does not own: the port (udp-port.ts), what the endpoint does with it (endpoint.ts).
 */
import { performance } from "node:perf_hooks";
import type { Association } from "../../association/association.ts";
import type { Acceptor, AssociationUser, SocketHost } from "../../socket/state/host.ts";
import type { ConnectOptions, ListenOptions } from "../../stack/types.ts";
import { UdpPort, type UdpPortOptions } from "../driver/udp-port.ts";

const WILDCARDS = ["0.0.0.0", "::"] as const;

export class EndpointHost implements SocketHost {
  readonly #defaults: UdpPortOptions;
  #udp: UdpPort | undefined = undefined;
  #isHeld = false;

  /** @param defaults for a port that is opened because something is sent */
  constructor(defaults: UdpPortOptions) {
    this.#defaults = defaults;
  }

  /** The UDP port, if there is one yet. */
  get udp(): UdpPort | undefined {
    return this.#udp;
  }
  get addresses(): readonly string[] {
    return this.#udp?.addresses ?? WILDCARDS;
  }

  /** Uses a port that is open already. */
  use(udp: UdpPort): void {
    this.#udp = udp;
    this.hold();
  }

  /** Opens a port of the endpoint's own. @throws SctpError as `UdpPort` */
  open(options: UdpPortOptions): UdpPort {
    const udp = new UdpPort({ ...this.#defaults, ...options });
    this.#udp = udp;
    this.hold();
    udp.closeWhenIdle();
    return udp;
  }

  /** Gives the port up: nothing has come of it. */
  forget(): void {
    this.release();
    this.#udp = undefined;
  }

  /** Keeps the process alive. */
  hold(): void {
    if (this.#isHeld || this.#udp === undefined) return;
    this.#isHeld = true;
    this.#udp.hold();
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#udp?.release();
  }

  nowMs(): number {
    return this.#udp?.nowMs() ?? performance.now();
  }

  scheduleFlush(): void {
    this.#udp?.scheduleFlush();
  }

  listen(options: ListenOptions, acceptor: Acceptor): number {
    return this.#require().listen(options, acceptor);
  }

  unlisten(port: number): void {
    this.#udp?.unlisten(port);
  }

  connect(options: ConnectOptions, user: AssociationUser): Association {
    return this.#require().connect(options, user);
  }

  #require(): UdpPort {
    return this.#udp ?? this.open({ port: 0 });
  }
}
