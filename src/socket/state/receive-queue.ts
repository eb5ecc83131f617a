/**
 * What a socket's user reads next: messages and notifications in one order (RFC 6458 6, 8.1.20).
 * Owns: that order, the bound on waiting notifications, the lock that a half-read message holds at interleave level 0.
 * Does not own: the messages, which stay in their association's receive buffer until they are read, so that its window
 * closes when nobody reads (src/association/receiving/receive-buffer.ts).
 *
 * The queue has places: one for each notification, and for messages a place with a number of them. A message that
 * arrives after its association has told of messages is found when the next event or reading looks (`sync`).
 */
import type { ReceivedMessage } from "../../association/model/received-message.ts";
import type { Notification } from "../terms/notifications.ts";
import type { AssociationEntry } from "./association-entry.ts";

interface DataPlace {
  readonly kind: "data";
  readonly entry: AssociationEntry;
  count: number;
}
interface NotificationPlace {
  readonly kind: "notification";
  readonly entry: AssociationEntry | undefined;
  readonly notification: Notification;
}
type Place = DataPlace | NotificationPlace;

/** What is to be read next. */
export type Next =
  | { readonly kind: "data"; readonly entry: AssociationEntry; readonly message: ReceivedMessage }
  | { readonly kind: "notification"; readonly notification: Notification; readonly associationId: number };

/** Places at the head of the list are cut off when there are this many, and half of the list is used up. */
const COMPACT_THRESHOLD = 1_024;

export class ReceiveQueue {
  /** Set by SCTP_FRAGMENT_INTERLEAVE. */
  interleaveLevel: number;
  #places: Place[] = [];
  #head = 0;
  #notificationCount = 0;
  /** At level 0: the association whose message has been read in part; nothing else is read meanwhile. */
  #locked: AssociationEntry | undefined = undefined;
  /** The key of that message. */
  #lockedKey = 0;

  constructor(interleaveLevel: number) {
    this.interleaveLevel = interleaveLevel;
  }

  /** Notifications that wait. */
  get notificationCount(): number {
    return this.#notificationCount;
  }

  /**
   * Gives messages that have no place yet a place at the end.
   * @param waitingCount those of its messages that came before whatever is queued next
   */
  sync(entry: AssociationEntry, waitingCount: number = entry.association.readableCount): void {
    if (!entry.hasToldReadable) return;
    const newCount = waitingCount - entry.queuedCount;
    if (newCount <= 0) return;
    entry.queuedCount += newCount;
    const last = this.#head < this.#places.length ? this.#places.at(-1) : undefined;
    if (last?.kind === "data" && last.entry === entry) last.count += newCount;
    else this.#places.push({ kind: "data", entry, count: newCount });
  }

  pushNotification(entry: AssociationEntry | undefined, notification: Notification): void {
    this.#notificationCount++;
    this.#places.push({ kind: "notification", entry, notification });
  }

  /** What `take` would give. */
  peek(): Next | undefined {
    this.#unlock();
    if (this.#locked !== undefined) return dataOf(this.#locked);
    for (;;) {
      const place = this.#places[this.#head];
      if (place === undefined) return undefined;
      if (place.kind === "notification") {
        const associationId = place.entry?.id ?? 0;
        return { kind: "notification", notification: place.notification, associationId };
      }
      const ahead = Math.min(place.count, place.entry.takenAheadCount);
      place.count -= ahead;
      place.entry.takenAheadCount -= ahead;
      const next = place.count > 0 ? dataOf(place.entry) : undefined;
      if (next !== undefined) return next;
      this.#shift();
    }
  }

  /** The next thing to read; it is read then. */
  take(nowMs: number): Next | undefined {
    const next = this.peek();
    if (next === undefined) return undefined;
    if (next.kind === "notification") {
      this.#notificationCount--;
      this.#shift();
      return next;
    }
    const { entry } = next;
    const message = entry.association.receiveMessage(nowMs);
    if (message === undefined) return undefined;
    this.#countTaken(entry);
    if (this.interleaveLevel === 0) this.#locked = message.endOfMessage ? undefined : entry;
    this.#lockedKey = message.messageKey;
    this.#lookForMore(entry, nowMs);
    return { kind: "data", entry, message };
  }

  /** Moves what there is of an association to another queue, in its order. */
  move(entry: AssociationEntry, to: ReceiveQueue): void {
    const rest: Place[] = [];
    for (const place of this.#places.slice(this.#head)) {
      if (place.entry !== entry) rest.push(place);
      else to.#places.push(place);
    }
    this.#places = rest;
    this.#head = 0;
    if (this.#locked === entry) {
      this.#locked = undefined;
      to.#locked = entry;
      to.#lockedKey = this.#lockedKey;
    }
    this.#count();
    to.#count();
  }

  /** Forgets an association. */
  drop(entry: AssociationEntry): void {
    this.move(entry, new ReceiveQueue(this.interleaveLevel));
  }

  clear(): void {
    this.#places = [];
    this.#head = 0;
    this.#notificationCount = 0;
    this.#locked = undefined;
  }

  #count(): void {
    let count = 0;
    for (let i = this.#head; i < this.#places.length; i++)
      if (this.#places[i]?.kind === "notification") count++;
    this.#notificationCount = count;
  }

  /** One message fewer: off the place at the head if that is the entry's, off a later one when that comes. */
  #countTaken(entry: AssociationEntry): void {
    entry.queuedCount = Math.max(0, entry.queuedCount - 1);
    const place = this.#places[this.#head];
    if (place?.kind !== "data" || place.entry !== entry) {
      entry.takenAheadCount++;
      return;
    }
    place.count--;
    if (place.count <= 0) this.#shift();
  }

  /** The association tells again only after it has said that it has no more. */
  #lookForMore(entry: AssociationEntry, nowMs: number): void {
    if (entry.association.readableCount > 0) return this.sync(entry);
    entry.association.receiveMessage(nowMs);
    entry.hasToldReadable = false;
    entry.queuedCount = 0;
  }

  /** A message that will not be ended holds nothing up once all of it has been read. */
  #unlock(): void {
    const entry = this.#locked;
    if (entry === undefined) return;
    const next = entry.association.nextMessage;
    if (next?.messageKey === this.#lockedKey) return;
    if (entry.abortedKey === this.#lockedKey || (entry.isClosed && next === undefined))
      this.#locked = undefined;
  }

  #shift(): void {
    this.#head++;
    if (this.#head === this.#places.length) {
      this.#places = [];
      this.#head = 0;
    } else if (this.#head >= COMPACT_THRESHOLD && this.#head * 2 >= this.#places.length) {
      this.#places = this.#places.slice(this.#head);
      this.#head = 0;
    }
  }
}

function dataOf(entry: AssociationEntry): Next | undefined {
  const message = entry.association.nextMessage;
  return message === undefined ? undefined : { kind: "data", entry, message };
}
