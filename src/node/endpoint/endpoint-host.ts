/**
 * The UDP port of an endpoint, opened when it is first needed.
 * Owns: when it is opened and with which addresses, that it stays open while the endpoint does, whether the process stays alive for it.
 * Does not own: the port (port-driver.ts), who shares it (shared-ports.ts), what the endpoint does with it (endpoint.ts).
 */
import { performance } from "node:perf_hooks";
import type { Association } from "../../association/association.ts";
import type { Acceptor, AddressFollower, AssociationUser, SocketHost } from "../../socket/state/host.ts";
import type { ConnectOptions, ListenOptions } from "../../stack/types.ts";
import { presentAs } from "../common/diagnostics.ts";
import { openPort, openPortNow, type UdpPortOptions } from "../driver/open-port.ts";
import type { PortDriver } from "../driver/port-driver.ts";
import { leasePort, type PortLease } from "../driver/shared-ports.ts";
import { checkBesideUdp, driverOf, type UdpPort } from "../driver/udp-port.ts";

const WILDCARDS = ["0.0.0.0", "::"] as const;

export class EndpointHost implements SocketHost {
  readonly #defaults: UdpPortOptions;
  readonly #face: object;
  #driver: PortDriver | undefined = undefined;
  /** Where the runtime does not bind at once, while it binds a port for `open`. */
  opening: Promise<void> | undefined;
  #isHeld = false;
  #isReferenced = true;

  /**
   * @param defaults for every port that is opened
   * @param face what stands for the associations' users where somebody watches
   */
  constructor(defaults: UdpPortOptions, face: object) {
    this.#defaults = defaults;
    this.#face = face;
  }

  /** The UDP port, if there is one yet. */
  get driver(): PortDriver | undefined {
    return this.#driver;
  }
  get localAddresses(): readonly string[] {
    if (this.#driver !== undefined) return this.#driver.localAddresses;
    const { transport } = this.#defaults;
    if (transport === undefined) return WILDCARDS;
    return "send" in transport ? [transport.localAddress] : transport.map(({ localAddress }) => localAddress);
  }

  /** Uses a port that is open already. @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
  use(udp: UdpPort): void {
    checkBesideUdp(this.#defaults);
    this.#driver = driverOf(udp);
    this.#hold();
  }

  /**
   * Uses a port that servers and endpoints of this thread share, or one of the endpoint's own; undefined: it does so already.
   * @throws (or rejects) SctpError as `UdpPort`
   */
  share(options: UdpPortOptions): Promise<void> | undefined {
    const take = ({ driver }: PortLease): void => void this.#take(driver);
    const lease = leasePort({ ...this.#defaults, ...options });
    if (lease instanceof Promise) return lease.then(take);
    take(lease);
    return undefined;
  }

  /**
   * Opens a port of the endpoint's own, unless there is one; undefined: there is one now.
   * @throws (or rejects) SctpError as `UdpPort`
   */
  open(): Promise<void> | undefined {
    if (this.#driver !== undefined || this.opening !== undefined) return this.opening;
    const opened = openPort(this.#ofItsOwn);
    if (!(opened instanceof Promise)) {
      this.#take(opened);
      return undefined;
    }
    const over = (): void => {
      this.opening = undefined;
    };
    this.opening = opened.then((driver) => void this.#take(driver)).finally(over);
    return this.opening;
  }

  /** Gives the port up: nothing has come of it. */
  forget(): void {
    this.release();
    this.#driver = undefined;
  }

  /** Keeps the process alive while the port is held: so it is from the beginning. */
  ref(): void {
    if (!this.#isReferenced && this.#isHeld) this.#driver?.ref();
    this.#isReferenced = true;
  }

  /** Lets the process end; the port stays open. */
  unref(): void {
    if (this.#isReferenced && this.#isHeld) this.#driver?.unref();
    this.#isReferenced = false;
  }

  /** The endpoint is closed: the port need not stay open. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    if (!this.#isReferenced) this.#driver?.ref();
    this.#driver?.release();
  }

  nowMs(): number {
    return this.#driver?.nowMs() ?? performance.now();
  }

  scheduleFlush(): void {
    this.#driver?.scheduleFlush();
  }

  listen(options: ListenOptions, acceptor: Acceptor): number {
    const onAccept = (association: Association): AssociationUser => {
      const user = acceptor.onAccept(association);
      presentAs(user, this.#face);
      return user;
    };
    return this.#require().listen(options, { onAccept });
  }

  unlisten(port: number): void {
    this.#driver?.unlisten(port);
  }

  connect(options: ConnectOptions, user: AssociationUser): Association {
    presentAs(user, this.#face);
    return this.#require().connect(options, user);
  }

  follow(follower: AddressFollower): () => void {
    return this.#require().follow(follower);
  }

  #require(): PortDriver {
    return this.#driver ?? this.#take(openPortNow(this.#ofItsOwn));
  }

  get #ofItsOwn(): UdpPortOptions {
    const anyPort = this.#defaults.transport === undefined ? { localUdpPort: 0 } : {};
    return { ...this.#defaults, ...anyPort };
  }

  #take(driver: PortDriver): PortDriver {
    this.#driver = driver;
    this.#hold();
    driver.closeWhenIdle();
    return driver;
  }

  #hold(): void {
    if (this.#isHeld || this.#driver === undefined) return;
    this.#isHeld = true;
    this.#driver.hold();
    if (!this.#isReferenced) this.#driver.unref();
  }
}
