/**
 * An association as its socket sees it.
 * Owns: its settings, what of its data the socket's queue knows, which records are being written, its end.
 * Does not own: the association (src/association), the order of what is read (receive-queue.ts).
 */
import type { Association } from "../../association/association.ts";
import type { AssociationEvent } from "../../association/association-event.ts";
import type { NotificationType } from "../terms/notifications.ts";
import type { AssociationSettings } from "../terms/settings.ts";
import type { AssociationUser } from "./host.ts";
import type { OpenRecord } from "./open-record.ts";

/** Whoever has the association now; peeling it off changes that. */
export interface EntryOwner {
  onEntryEvent(entry: AssociationEntry, event: AssociationEvent): void;
}

export class AssociationEntry implements AssociationUser {
  owner: EntryOwner;
  settings: AssociationSettings;
  /** Addresses and port under which the socket finds the association. */
  readonly keys: Set<string> = new Set();
  /** Messages that the socket's queue has a place for. */
  queuedCount = 0;
  /** Messages that were read before their place in the queue had come. */
  takenAheadCount = 0;
  /** Whether the association has told of messages since it had none. */
  hasToldReadable = false;
  /** The key of the message that will not be ended, of those of which some was delivered: the last one. */
  abortedKey: number | undefined = undefined;
  wasEstablished = false;
  /** The user has asked for a shutdown. */
  shutdownRequested = false;
  isClosed = false;
  /** Those that are being written with SCTP_EXPLICIT_EOR, by stream. */
  readonly records: Map<number, OpenRecord> = new Map();
  #association: Association | undefined = undefined;

  constructor(owner: EntryOwner, settings: AssociationSettings) {
    this.owner = owner;
    this.settings = settings;
  }

  get association(): Association {
    const association = this.#association;
    if (association === undefined) throw new Error("an entry is used before it has its association");
    return association;
  }
  get id(): number {
    return this.association.id;
  }

  attach(association: Association): void {
    this.#association = association;
  }

  wants(type: NotificationType): boolean {
    return this.settings.events.has(type);
  }

  onAssociationEvent(event: AssociationEvent): void {
    this.owner.onEntryEvent(this, event);
  }
}
