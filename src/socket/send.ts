/**
 * Sending (RFC 6458 3.1.4, 9.12).
 * Owns: what ancillary data, flags and defaults mean together, implicit set-up, records, SCTP_SENDALL.
 * Does not own: the association's queue (src/association/sending/send-queue.ts).
 */

import type { Reliability } from "../association/model/reliability.ts";
import type { SendInfo } from "../association/model/send-info.ts";
import { checkArgument, isObject, isText, isTexts } from "../base/option-check.ts";
import type { AssociationEntry } from "./state/association-entry.ts";
import { joined, OpenRecord, type RecordInfo } from "./state/open-record.ts";
import type { SocketCore } from "./state/socket-core.ts";
import type {
  AuthInfo,
  InitInfo,
  PrInfo,
  SendAncillary,
  SendFlag,
  SendMessage,
  SendvInfo,
  SndInfo,
  SocketAddress,
} from "./terms/ancillary.ts";
import { isBytes, isControl, isSocketAddresses } from "./terms/arguments.ts";
import { type Errno, Fault, faultOf } from "./terms/errno.ts";

/** What became of a message to every association. */
export interface SendAllResult {
  /** The associations that have taken it. */
  readonly accepted: readonly number[];
  /** Those that have not, and why: EAGAIN where there was no room. */
  readonly failed: readonly { readonly associationId: number; readonly errno: Errno }[];
}

/** Everything that was said about a message. */
interface Request {
  readonly data: Uint8Array;
  readonly addresses: readonly SocketAddress[];
  readonly sndinfo: SndInfo;
  readonly prinfo: PrInfo | undefined;
  readonly authinfo: AuthInfo | undefined;
  readonly init: InitInfo | undefined;
  readonly receipt?: unknown;
}

export class Sender {
  readonly #core: SocketCore;

  constructor(core: SocketCore) {
    this.#core = core;
  }

  sendmsg(message: SendMessage): number {
    checkArgument("the message", message, isObject);
    const { control = [], name } = message;
    checkArgument("control", control, isControl);
    const infos = control.filter(({ type }) => type === "SCTP_SNDINFO" || type === "SCTP_SNDRCV");
    if (infos.length > 1)
      throw new Fault("EINVAL", "a message has one SCTP_SNDINFO or one SCTP_SNDRCV (RFC 6458 5.2.1)");
    const sndinfo = itemOf(control, "SCTP_SNDINFO");
    const sndrcv = itemOf(control, "SCTP_SNDRCV");
    const ttl = sndrcv?.timeToLiveMs;
    return this.#send({
      data: bytesOf(message.data),
      addresses: [...(name === undefined ? [] : [name]), ...destinations(control, name?.port)],
      sndinfo: sndinfo ?? sndrcv ?? {},
      prinfo:
        itemOf(control, "SCTP_PRINFO") ??
        (ttl === undefined ? undefined : { policy: "SCTP_PR_SCTP_TTL", value: ttl }),
      authinfo: itemOf(control, "SCTP_AUTHINFO"),
      init: itemOf(control, "SCTP_INIT"),
    });
  }

  sendv(data: Uint8Array | readonly Uint8Array[], info: SendvInfo): number {
    checkArgument("info", info, isObject);
    const { to = [], sndinfo = {}, prinfo, authinfo, init, receipt } = info;
    const addresses = (isObject(to) === undefined ? [to] : to) as readonly SocketAddress[];
    return this.#send({ data: bytesOf(data), addresses, sndinfo, prinfo, authinfo, init, receipt });
  }

  /** A message to every established association; each of them takes it or does not. */
  sendAll(data: Uint8Array | readonly Uint8Array[], info: Omit<SendvInfo, "to" | "init">): SendAllResult {
    if (!this.#core.isOneToMany) throw new Fault("EOPNOTSUPP", "a one-to-one socket has one association");
    checkArgument("info", info, isObject);
    const { sndinfo = {}, prinfo, authinfo } = info;
    const request = { data: bytesOf(data), addresses: [], sndinfo, prinfo, authinfo, init: undefined };
    checkRequest(request);
    return this.#sendAll(request);
  }

  /** Why nothing can be sent to an association; undefined if something can. */
  refusal(entry: AssociationEntry): Errno | undefined {
    if (entry.isClosed || entry.shutdownRequested) return "EPIPE";
    switch (entry.association.state) {
      case "ESTABLISHED":
      case "COOKIE-WAIT":
      case "COOKIE-ECHOED":
        return undefined;
      case "SHUTDOWN-RECEIVED":
      case "SHUTDOWN-ACK-SENT":
        return "ESHUTDOWN";
      default:
        return "EPIPE";
    }
  }

  #send(request: Request): number {
    checkRequest(request);
    const core = this.#core;
    const { data } = request;
    const { defaults } = core.settings;
    if (core.isOneToMany && (request.sndinfo.flags ?? defaults.sndinfo.flags).includes("SCTP_SENDALL")) {
      if (request.receipt !== undefined)
        throw new Fault("EINVAL", "with SCTP_SENDALL no call has a message of its own to wait for");
      const { accepted, failed } = this.#sendAll(request);
      const [firstFailure] = failed;
      if (accepted.length === 0 && firstFailure !== undefined) throw new Fault(firstFailure.errno);
      return data.length;
    }
    const entry = this.#find(request);
    if (entry !== undefined) return this.#sendTo(entry, request);
    const flags = request.sndinfo.flags ?? defaults.sndinfo.flags;
    if (flags.includes("SCTP_EOF") || flags.includes("SCTP_ABORT"))
      throw new Fault("EINVAL", "there is no association to end");
    const started = core.connect(request.addresses, request.init);
    return data.length === 0 ? 0 : this.#sendTo(started, { ...request, addresses: [] });
  }

  /** The association that a message is for; undefined if one is to be set up. */
  #find({ sndinfo, addresses }: Request): AssociationEntry | undefined {
    const core = this.#core;
    const [name] = addresses;
    if (!core.isOneToMany) {
      if (core.own === undefined && name === undefined) throw new Fault("ENOTCONN");
      return core.own;
    }
    const { associationId = 0 } = sndinfo;
    if (associationId !== 0) return core.entryOf(associationId);
    if (name === undefined)
      throw new Fault("EINVAL", "say which association: by its id, or by an address of the peer");
    return addresses.map((address) => core.entryAt(address)).find((found) => found !== undefined);
  }

  #sendTo(entry: AssociationEntry, request: Request): number {
    const core = this.#core;
    const { data, sndinfo, addresses } = request;
    const { settings, association } = entry;
    const flags: readonly SendFlag[] = sndinfo.flags ?? settings.sndinfo.flags;
    const nowMs = core.nowMs();
    if (flags.includes("SCTP_ABORT")) {
      association.abort(data, nowMs);
      core.host.scheduleFlush();
      return data.length;
    }
    const refusal = this.refusal(entry);
    if (refusal !== undefined) throw new Fault(core.takeError() ?? refusal);
    const ends = flags.includes("SCTP_EOF");
    if (data.length === 0 && !ends)
      throw new Fault("EINVAL", "SCTP has no empty messages: send at least one byte (RFC 9260 6.2)");
    if (data.length > 0) this.#queue(entry, request, flags, this.#preferred(entry, addresses, flags));
    if (ends) core.shutdownEntry(entry);
    core.host.scheduleFlush();
    return data.length;
  }

  /** The address to prefer to the primary path (RFC 6458 4.1.8, 5.3.4). */
  #preferred(
    entry: AssociationEntry,
    addresses: readonly SocketAddress[],
    flags: readonly SendFlag[],
  ): string | undefined {
    const core = this.#core;
    const [first] = addresses;
    if (first === undefined || (core.isOneToMany && !flags.includes("SCTP_ADDR_OVER"))) return undefined;
    const address = core.literal(first.address);
    if (core.isOneToMany && !entry.association.hasAddress(address))
      throw new Fault("EINVAL", `${address} is none of the addresses of association ${entry.id}`);
    return address;
  }

  #queue(
    entry: AssociationEntry,
    request: Request,
    flags: readonly SendFlag[],
    to: string | undefined,
  ): void {
    const { association, settings } = entry;
    const { sndinfo } = request;
    const { streamId = settings.sndinfo.streamId, ppid = settings.sndinfo.ppid } = sndinfo;
    const { context = settings.sndinfo.context } = sndinfo;
    const reliability = reliabilityOf(request.prinfo ?? settings.prinfo);
    if (request.receipt !== undefined && this.#core.settings.explicitEor)
      throw new Fault("EINVAL", "with SCTP_EXPLICIT_EOR no call has a message of its own to wait for");
    const unordered = flags.includes("SCTP_UNORDERED");
    const sackImmediately = flags.includes("SCTP_SACK_IMMEDIATELY");
    const { receipt } = request;
    const authKeyId = request.authinfo?.keyNumber;
    const info = { streamId, ppid, unordered, sackImmediately, context, reliability, receipt, authKeyId };
    this.#requireRoom(entry, request.data, info);
    const begun = entry.records.size === 0 ? undefined : entry.records.get(streamId);
    const data = this.#record(entry, begun, { streamId, ppid, context, flags }, request.data);
    if (data === undefined) return;
    if (to !== undefined && !association.hasAddress(to)) {
      // RFC 6458 4.1.8: a preferred address that is none of the peer's.
      this.#core.notifyUnsent(entry, { data, streamId, ppid, unordered, context }, flags);
      return;
    }
    try {
      association.send(data, { ...info, to }, this.#core.nowMs());
    } catch (error) {
      // The call fails for its own piece; what earlier calls have taken comes back.
      if (begun !== undefined) this.#core.failRecord(entry, streamId, begun);
      throw error;
    }
  }

  #requireRoom(entry: AssociationEntry, data: Uint8Array, info: SendInfo): void {
    const { association } = entry;
    const { sendBufferBytes } = association.options;
    const { disableFragments, explicitEor } = this.#core.settings;
    if (data.length > sendBufferBytes && !explicitEor)
      throw new Fault("EMSGSIZE", `the message has ${data.length} bytes, the send buffer ${sendBufferBytes}`);
    const { fragmentationPointBytes } = association;
    if (disableFragments && data.length > fragmentationPointBytes)
      throw new Fault("EMSGSIZE", `more than ${fragmentationPointBytes} bytes would have to be fragmented`);
    if (!association.makeRoom(data, info)) throw new Fault("EAGAIN");
  }

  /**
   * RFC 6458 8.1.26: the whole record, once it has ended; without the option every call ends one.
   * @param begun what has been written of the record on that stream
   */
  #record(
    { association, records }: AssociationEntry,
    begun: OpenRecord | undefined,
    info: RecordInfo & { readonly streamId: number },
    data: Uint8Array,
  ): Uint8Array | undefined {
    const ends = !this.#core.settings.explicitEor || info.flags.includes("SCTP_EOR");
    const { maxMessageBytes } = association.options;
    if ((begun !== undefined || !ends) && (begun?.lengthBytes ?? 0) + data.length > maxMessageBytes)
      throw new Fault("EMSGSIZE", `a record has at most maxMessageBytes, ${maxMessageBytes} bytes`);
    if (ends) {
      records.delete(info.streamId);
      return begun === undefined ? data : begun.endedWith(data);
    }
    const record = begun ?? new OpenRecord(info);
    record.add(data);
    records.set(info.streamId, record);
    return undefined;
  }

  #sendAll(request: Request): SendAllResult {
    const accepted: number[] = [];
    const failed: { associationId: number; errno: Errno }[] = [];
    for (const entry of this.#core.entries.values()) {
      const { association, id: associationId } = entry;
      if (association.state !== "ESTABLISHED") continue;
      try {
        this.#sendTo(entry, request);
        accepted.push(associationId);
      } catch (error) {
        const fault = faultOf(error);
        if (fault === undefined) throw error;
        failed.push({ associationId, errno: fault.errno });
      }
    }
    return { accepted, failed };
  }
}

function bytesOf(data: Uint8Array | readonly Uint8Array[]): Uint8Array {
  checkArgument("data", data, isBytes);
  return joined(data);
}

/** @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
function checkRequest({ addresses, sndinfo, prinfo, authinfo, init }: Request): void {
  checkArgument("the peer's addresses", addresses, isSocketAddresses);
  checkArgument("sndinfo", sndinfo, isObject);
  if (sndinfo.flags !== undefined) checkArgument("flags", sndinfo.flags, isTexts);
  if (prinfo !== undefined) checkArgument("prinfo", prinfo, isObject);
  if (authinfo !== undefined) checkArgument("authinfo", authinfo, isObject);
  if (init !== undefined) checkArgument("init", init, isObject);
}

function itemOf<T extends SendAncillary["type"]>(
  control: readonly SendAncillary[],
  type: T,
): Extract<SendAncillary, { readonly type: T }> | undefined {
  return control.find((item): item is Extract<SendAncillary, { readonly type: T }> => item.type === type);
}

/** SCTP_DSTADDRV4 and SCTP_DSTADDRV6 (RFC 6458 5.3.9). */
function destinations(control: readonly SendAncillary[], port: number | undefined): SocketAddress[] {
  return control.flatMap((item) => {
    if (item.type !== "SCTP_DSTADDRV4" && item.type !== "SCTP_DSTADDRV6") return [];
    checkArgument(`the address of ${item.type}`, item.address, isText);
    if (item.address.includes(":") !== (item.type === "SCTP_DSTADDRV6"))
      throw new Fault("EINVAL", `${item.address} is not an address for ${item.type}`);
    if (port === undefined) throw new Fault("EINVAL", `${item.type} needs a name with the peer's port`);
    return [{ address: item.address, port }];
  });
}

/** RFC 6458 5.3.7, RFC 7496 4.1. A lifetime of 0 is none (RFC 6458 5.3.2). */
function reliabilityOf({ policy, value }: PrInfo): Reliability | undefined {
  switch (policy) {
    case "SCTP_PR_SCTP_NONE":
      return undefined;
    case "SCTP_PR_SCTP_TTL":
      return value === 0 ? undefined : { lifetimeMs: value };
    case "SCTP_PR_SCTP_RTX":
      return { maxRetransmits: value };
    case "SCTP_PR_SCTP_PRIO":
      return { priority: value };
  }
}
