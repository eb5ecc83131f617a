/**
 * What the sockets ask of whoever drives the stack.
 * Owns: that seam. Does not own: the drivers (src/node/driver/port-driver.ts, stack-host.ts).
 */
import type { Association } from "../../association/association.ts";
import type { AssociationEvent } from "../../association/association-event.ts";
import type { SctpError } from "../../base/errors.ts";
import type { ConnectOptions, ListenOptions } from "../../stack/types.ts";

/** Gets the events of an association. */
export interface AssociationUser {
  onAssociationEvent(event: AssociationEvent): void;
  /** The host cannot send what the association has to: it is given up. Without this method it is aborted. */
  onHostError?(error: SctpError): void;
}

/** Gets the associations that a listening port accepts. */
export interface Acceptor {
  onAccept(association: Association): AssociationUser;
}

/** Whoever wants the local addresses to be those of the host, as these come and go. */
export interface AddressFollower {
  /** The stack has one more. */
  onAdded(address: string): void;
  /** It has lost one, which the host has no more. */
  onRemoved(address: string): void;
}

/** A stack with a clock: one UDP port. */
export interface SocketHost {
  /** Wildcards among them. */
  readonly localAddresses: readonly string[];
  /** Life of the stack's State Cookies; that of the default options if absent. */
  readonly cookieLifeMs?: number | undefined;
  nowMs(): number;
  /** @throws SctpError as `Stack.listen` */
  listen(options: ListenOptions, acceptor: Acceptor): number;
  unlisten(port: number): void;
  /** @throws SctpError as `Stack.connect` */
  connect(options: ConnectOptions, user: AssociationUser): Association;
  /** From now on the stack's addresses follow the host's; absent where nothing is known of those. @returns ends it */
  follow?(follower: AddressFollower): () => void;
  /** Something may be ready to be sent or told. */
  scheduleFlush(): void;
}
