/**
 * A bare stack as the sockets' host: for the simulator, and for whoever embeds the core.
 * Owns: who gets the events of which association.
 * Does not own: time, datagrams, and when the stack is flushed (the driver).
 */
import type { Association } from "../association/association.ts";
import type { AssociationEvent } from "../association/association-event.ts";
import type { Stack } from "../stack/stack.ts";
import type { ConnectOptions, ListenOptions } from "../stack/types.ts";
import type { Acceptor, AssociationUser, SocketHost } from "./state/host.ts";

/** What the driver gives. */
export interface StackDriver {
  nowMs(): number;
  /** The stack is to be flushed, now or soon; called from within `tell` too. */
  scheduleFlush(): void;
}

export class StackHost implements SocketHost {
  readonly stack: Stack;
  readonly #driver: StackDriver;
  readonly #acceptors = new Map<number, Acceptor>();
  /** The stack may have other users. */
  readonly #adopted = new WeakSet<Association>();

  constructor(stack: Stack, driver: StackDriver) {
    this.stack = stack;
    this.#driver = driver;
  }

  get localAddresses(): readonly string[] {
    return this.stack.localAddresses;
  }
  get cookieLifeMs(): number {
    return this.stack.options.cookieLifeMs;
  }

  nowMs(): number {
    return this.#driver.nowMs();
  }

  scheduleFlush(): void {
    this.#driver.scheduleFlush();
  }

  listen(options: ListenOptions, acceptor: Acceptor): number {
    const port = this.stack.listen(options);
    this.#acceptors.set(port, acceptor);
    return port;
  }

  unlisten(port: number): void {
    this.#acceptors.delete(port);
    this.stack.unlisten(port);
  }

  connect(options: ConnectOptions, user: AssociationUser): Association {
    const association = this.stack.connect(options, this.nowMs());
    this.#adopt(association, user);
    return association;
  }

  /** For the driver: an event that `Stack.pollEvent` gave. @returns whether it is about an association of a socket's */
  tell(event: AssociationEvent): boolean {
    const { association } = event;
    if (event.kind === "established" && association.userData === undefined) {
      const user = this.#acceptors.get(association.localPort)?.onAccept(association);
      if (user !== undefined) this.#adopt(association, user);
    }
    if (!this.#adopted.has(association)) return false;
    (association.userData as AssociationUser).onAssociationEvent(event);
    return true;
  }

  #adopt(association: Association, user: AssociationUser): void {
    association.userData = user;
    this.#adopted.add(association);
  }
}
