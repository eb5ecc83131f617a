/**
 * Receiving (RFC 6458 3.1.4, 9.13).
 * Owns: what the user gets with a message, reading a message in parts.
 * Does not own: what is next (receive-queue.ts), messages (src/association).
 */
import type { ReceivedMessage } from "../association/model/received-message.ts";
import { checkArgument, isNumber, isObject } from "../base/option-check.ts";
import type { AssociationEntry } from "./state/association-entry.ts";
import type { Next } from "./state/receive-queue.ts";
import type { SocketCore } from "./state/socket-core.ts";
import type { NxtInfo, RcvInfo, ReceiveAncillary, ReceiveFlag, SocketAddress } from "./terms/ancillary.ts";
import type { Errno } from "./terms/errno.ts";
import type { Notification } from "./terms/notifications.ts";

/** How to read. */
export interface ReceiveOptions {
  /** Room for user data, 1 byte at least; a longer message is read in parts. Unlimited if absent. */
  readonly maxBytes?: number | undefined;
  /** MSG_PEEK: leave it to be read again. */
  readonly peek?: boolean | undefined;
}

/** A message, or a part of one where MSG_EOR is missing. */
export interface ReceivedData {
  readonly notification?: undefined;
  readonly data: Uint8Array;
  /** The peer: the primary address of the association, and its port. */
  readonly name: SocketAddress;
  /** What SCTP_RECVRCVINFO, SCTP_RECVNXTINFO and SCTP_EVENTS ask for. */
  readonly control: readonly ReceiveAncillary[];
  readonly flags: readonly ReceiveFlag[];
}

/** A notification; it is always whole. */
export interface ReceivedNotification {
  readonly notification: Notification;
  readonly data: Uint8Array;
  readonly control: readonly ReceiveAncillary[];
  readonly flags: readonly ReceiveFlag[];
}

/** What `recvmsg` gives. */
export type Received = ReceivedData | ReceivedNotification;

/** What `recvv` gives beside a message (RFC 6458 9.13). */
export type RecvvInfo =
  | { readonly type: "SCTP_RECVV_NOINFO" }
  | { readonly type: "SCTP_RECVV_RCVINFO"; readonly rcvinfo: RcvInfo }
  | { readonly type: "SCTP_RECVV_NXTINFO"; readonly nxtinfo: NxtInfo }
  | { readonly type: "SCTP_RECVV_RN"; readonly rcvinfo: RcvInfo; readonly nxtinfo: NxtInfo };

/** What `recvv` gives. */
export type Recvv =
  | {
      readonly notification?: undefined;
      readonly data: Uint8Array;
      readonly from: SocketAddress;
      readonly info: RecvvInfo;
      readonly flags: readonly ReceiveFlag[];
    }
  | {
      readonly notification: Notification;
      readonly data: Uint8Array;
      readonly info: RecvvInfo;
      readonly flags: readonly ReceiveFlag[];
    };

const EMPTY = new Uint8Array(0);

/** A message of which only the beginning has been read. */
interface Rest {
  readonly entry: AssociationEntry;
  readonly message: ReceivedMessage;
  readonly start: number;
}

export class Receiver {
  readonly #core: SocketCore;
  #rest: Rest | undefined = undefined;

  constructor(core: SocketCore) {
    this.#core = core;
  }

  /** Whether `recvmsg` would give something. */
  get isReadable(): boolean {
    return this.#rest !== undefined || this.#core.queue.peek() !== undefined;
  }

  /** The next message or notification; 0 at the end of a one-to-one socket's association; or why there is none. */
  recvmsg(options: ReceiveOptions): Received | 0 | Errno {
    checkArgument("the options of recvmsg()", options, isObject);
    const { maxBytes = Number.POSITIVE_INFINITY, peek = false } = options;
    checkArgument("maxBytes", maxBytes, isNumber(1, Number.POSITIVE_INFINITY));
    const core = this.#core;
    if (this.#rest !== undefined) return this.#part(this.#rest, maxBytes, peek);
    const next = peek ? core.queue.peek() : core.queue.take(core.nowMs());
    if (next === undefined) return this.#nothing();
    if (next.kind === "notification") {
      const { notification } = next;
      return { notification, data: EMPTY, control: [], flags: ["MSG_NOTIFICATION", "MSG_EOR"] };
    }
    if (!peek) core.host.scheduleFlush(); // What was read may open the window.
    return this.#part({ entry: next.entry, message: next.message, start: 0 }, maxBytes, peek);
  }

  recvv(options: ReceiveOptions): Recvv | 0 | Errno {
    const received = this.recvmsg(options);
    if (typeof received !== "object") return received;
    const { notification, data, control, flags } = received;
    const info = recvvInfo(control);
    return notification === undefined
      ? { data, from: received.name, info, flags }
      : { notification, data, info, flags };
  }

  /** Forgets the rest of a message whose association goes elsewhere; returns it. */
  takeRest(entry: AssociationEntry): Rest | undefined {
    const rest = this.#rest;
    if (rest?.entry !== entry) return undefined;
    this.#rest = undefined;
    return rest;
  }

  setRest(rest: Rest | undefined): void {
    this.#rest = rest;
  }

  #nothing(): 0 | Errno {
    const core = this.#core;
    if (core.isOneToMany) return "EAGAIN";
    if (core.own === undefined) return "ENOTCONN";
    if (core.own.isClosed) return core.takeError() ?? 0;
    return core.isReadShut ? 0 : "EAGAIN";
  }

  #part(rest: Rest, maxBytes: number, peek: boolean): ReceivedData {
    const { entry, message, start } = rest;
    const end = Math.min(message.data.length, start + maxBytes);
    const isLastPart = end === message.data.length;
    if (!peek) this.#rest = isLastPart ? undefined : { entry, message, start: end };
    const ends = isLastPart && message.endOfMessage;
    const { association } = entry;
    return {
      data: start === 0 && isLastPart ? message.data : message.data.subarray(start, end),
      name: { address: this.#core.shown(association.primaryAddress), port: association.remotePort },
      control: this.#control(entry, message, ends, peek),
      flags: ends ? ["MSG_EOR"] : [],
    };
  }

  #control(
    entry: AssociationEntry,
    message: ReceivedMessage,
    ends: boolean,
    peek: boolean,
  ): ReceiveAncillary[] {
    const { settings } = this.#core;
    const { receiveRcvInfo, receiveNxtInfo, receiveSndRcv, useExtRcvInfo } = settings;
    if (!receiveRcvInfo && !receiveNxtInfo && !receiveSndRcv) return [];
    const control: ReceiveAncillary[] = [];
    const rcvinfo = rcvInfoOf(entry, message);
    // 5.3.3: nothing is said of the next message before this one has been read to its end.
    const next = ends && !peek ? nxtInfoOf(this.#core.queue.peek()) : undefined;
    if (receiveRcvInfo) control.push({ type: "SCTP_RCVINFO", ...rcvinfo });
    if (receiveNxtInfo && next !== undefined) control.push({ type: "SCTP_NXTINFO", ...next });
    if (receiveSndRcv && useExtRcvInfo)
      control.push({ type: "SCTP_EXTRCV", ...rcvinfo, timeToLiveMs: 0, next });
    else if (receiveSndRcv) control.push({ type: "SCTP_SNDRCV", ...rcvinfo, timeToLiveMs: 0 });
    return control;
  }
}

function rcvInfoOf(entry: AssociationEntry, message: ReceivedMessage): RcvInfo {
  const { streamId, ssn, unordered, ppid, tsn } = message;
  return {
    streamId,
    ssn: ssn & 0xffff, // RFC 8260 4.1: of a MID the lower half.
    flags: unordered ? ["SCTP_UNORDERED"] : [],
    ppid,
    tsn,
    cumulativeTsn: entry.association.cumulativeTsn,
    context: entry.settings.context,
    associationId: entry.id,
  };
}

function nxtInfoOf(next: Next | undefined): NxtInfo | undefined {
  if (next === undefined) return undefined;
  if (next.kind === "notification") {
    const { associationId } = next;
    return { streamId: 0, flags: ["SCTP_NOTIFICATION"], ppid: 0, lengthBytes: 0, associationId };
  }
  const { streamId, unordered, endOfMessage, ppid, data } = next.message;
  return {
    streamId,
    flags: [
      ...(unordered ? (["SCTP_UNORDERED"] as const) : []),
      ...(endOfMessage ? (["SCTP_COMPLETE"] as const) : []),
    ],
    ppid,
    lengthBytes: data.length,
    associationId: next.entry.id,
  };
}

function recvvInfo(control: readonly ReceiveAncillary[]): RecvvInfo {
  let rcvinfo: RcvInfo | undefined;
  let nxtinfo: NxtInfo | undefined;
  for (const item of control) {
    if (item.type === "SCTP_RCVINFO") {
      const { type, ...info } = item;
      rcvinfo = info;
    } else if (item.type === "SCTP_NXTINFO") {
      const { type, ...info } = item;
      nxtinfo = info;
    }
  }
  if (rcvinfo !== undefined && nxtinfo !== undefined) return { type: "SCTP_RECVV_RN", rcvinfo, nxtinfo };
  if (rcvinfo !== undefined) return { type: "SCTP_RECVV_RCVINFO", rcvinfo };
  return nxtinfo === undefined ? { type: "SCTP_RECVV_NOINFO" } : { type: "SCTP_RECVV_NXTINFO", nxtinfo };
}
