/**
 * The options and notifications of RFC 6458 for an association whose user is no socket of this folder.
 * Owns: the wrapping. Does not own: the association's events and messages, which go to its user as before.
 */
import type { Association } from "../association/association.ts";
import type { AssociationEvent } from "../association/association-event.ts";
import type {
  GetArguments,
  OptionInput,
  OptionValue,
  ReadableOption,
  WritableOption,
} from "./options/options-table.ts";
import { SctpSocket } from "./socket.ts";
import { SocketLayer } from "./socket-layer.ts";
import { announce } from "./state/announce.ts";
import { AssociationEntry } from "./state/association-entry.ts";
import type { SocketHost } from "./state/host.ts";
import { SocketCore } from "./state/socket-core.ts";
import type { Errno } from "./terms/errno.ts";
import type { Notification } from "./terms/notifications.ts";

/** A one-to-one socket's options and notifications, without its calls. Options that concern reading do nothing here. */
export class AssociationView {
  readonly #entry: AssociationEntry;
  readonly #core: SocketCore;
  readonly #socket: SctpSocket;

  constructor(host: SocketHost, association: Association) {
    const core = new SocketCore(new SocketLayer(host), "one-to-one", "PF_INET6");
    this.#entry = new AssociationEntry(core, core.settings.defaults);
    core.addEntry(this.#entry, association);
    core.settings.future = association.options; // Where options of the socket are read.
    core.port = association.localPort;
    this.#core = core;
    this.#socket = new SctpSocket(core);
    this.#entry.wasEstablished = association.state !== "COOKIE-WAIT" && association.state !== "COOKIE-ECHOED";
  }

  /** SCTP_CONTEXT: goes with every message that is received. */
  get receiveContext(): number {
    return this.#entry.settings.context;
  }

  /** A sentence about the last call that failed. */
  get errorText(): string {
    return this.#socket.errorText;
  }

  /** As `SctpSocket.setsockopt`. */
  setsockopt<K extends WritableOption>(name: K, value: OptionInput<K>): 0 | Errno {
    return this.#socket.setsockopt(name, value);
  }

  /** As `SctpSocket.getsockopt`. */
  getsockopt<K extends ReadableOption>(name: K, ...rest: GetArguments<K>): OptionValue<K> | Errno {
    return this.#socket.getsockopt(name, ...rest);
  }

  /** What an event of the association is to whoever has subscribed (SCTP_EVENT): to be called for each of them. */
  notificationsOf(event: AssociationEvent): readonly Notification[] {
    if (event.kind === "established") this.#entry.wasEstablished = true;
    if (event.kind === "closed") this.#core.stopFollowing?.();
    return announce(this.#entry, event, false).filter(({ type }) => this.#entry.wants(type));
  }
}
