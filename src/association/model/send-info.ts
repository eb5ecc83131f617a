/**
 * What a user says about a message, and the check of it.
 * Owns: the limits of stream id, PPID and size. Does not own: whether messages are taken at all (association.ts), reliability
 * (reliability.ts).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import {
  checkOptions,
  isCheckedElsewhere,
  isFlag,
  isNumeric,
  isObject,
  isOneOf,
  isSignal,
  isText,
  type OptionNames,
} from "../../base/option-check.ts";
import { checkReliability, type Reliability } from "./reliability.ts";

/** What the user says about a message (RFC 9260 11.1.5, RFC 6458 5.3.4). */
export interface MessageInfo {
  /** Stream id, 0 to `outboundStreams - 1`; 0 if absent. */
  readonly streamId?: number | undefined;
  /** Payload Protocol Identifier, host order, 0 to 2^32 - 1; 0 if absent. */
  readonly ppid?: number | undefined;
  /** Deliver without waiting for other messages of the stream (RFC 9260 6.6). */
  readonly unordered?: boolean | undefined;
  /** Ask the peer to acknowledge at once (the I bit, RFC 9260 3.3.1). */
  readonly sackImmediately?: boolean | undefined;
  /** A number of the user's, given back with a send failure. */
  readonly context?: number | undefined;
  /** An address of the peer to prefer to the primary path while it works (RFC 9260 6.4). */
  readonly to?: string | undefined;
  /**
   * The shared key that it is authenticated with, where the peer wants user data authenticated (RFC 6458 5.3.8): the id of one of
   * `authentication.keys`, the active one if absent.
   */
  readonly authKeyId?: number | undefined;
  /** When the message is given up (RFC 3758, RFC 7496): by a lifetime, a number of retransmissions or a priority; never if absent. */
  readonly reliability?: Reliability | undefined;
}

/** The same, for whoever drives the stack. */
export interface SendInfo extends MessageInfo {
  /** A token of the caller's. With one, the event `delivered` or `send-failed` gives it back, once: nothing else is made of it. */
  readonly receipt?: unknown;
}

/** What a driver adds (src/node). */
interface DriverInfo {
  /** Of whoever waits for room. */
  readonly signal?: unknown;
  /** What a promise waits for. */
  readonly until?: unknown;
}

/** For those who say nothing. */
export const NO_SEND_INFO: SendInfo = Object.freeze({});

const isUntil = isOneOf("accepted", "delivered");

const NAMES: OptionNames<SendInfo & DriverInfo> = {
  of: "what is said about a message",
  see: "SendInfo",
  kinds: {
    streamId: isNumeric,
    ppid: isNumeric,
    unordered: isFlag,
    sackImmediately: isFlag,
    context: isNumeric,
    to: isText,
    authKeyId: isNumeric,
    reliability: isObject,
    receipt: isCheckedElsewhere,
    signal: isSignal,
    until: isUntil,
  },
  meant: {
    lifetimeMs: "reliability",
    maxRetransmits: "reliability",
    stream: "streamId",
    protocolId: "ppid",
    payloadProtocolId: "ppid",
    address: "to",
    keyId: "authKeyId",
  },
};

/**
 * Hot, and without an object of its own: a name costs a comparison.
 * @throws SctpError ERR_SCTP_INVALID_OPTION for a name that does not exist, with the one that was meant, and for a value that is
 *   of the wrong type
 */
export function checkSendInfo(info: SendInfo): void {
  if (info === NO_SEND_INFO) return;
  if (typeof info !== "object" || info === null) return void checkOptions<SendInfo & DriverInfo>(info, NAMES);
  for (const name in info) {
    const value = (info as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined && value !== null && !isSaid(name, value))
      return void checkOptions<SendInfo & DriverInfo>(info, NAMES);
  }
}

/** Whether it is right at first sight; the rest is looked at by the check of all options. */
function isSaid(name: string, value: unknown): boolean {
  switch (name) {
    case "streamId":
    case "ppid":
    case "context":
    case "authKeyId":
      return typeof value === "number"; // Their ranges are looked at below.
    case "unordered":
    case "sackImmediately":
      return typeof value === "boolean";
    case "to":
      return typeof value === "string";
    case "reliability":
      return typeof value === "object";
    case "signal":
      return isSignal(value) === undefined;
    case "until":
      return isUntil(value) === undefined;
    case "receipt":
      return true;
    default:
      return false;
  }
}

/**
 * @throws SctpError ERR_SCTP_INVALID_STREAM, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION, ERR_SCTP_EMPTY_MESSAGE,
 *   ERR_SCTP_MESSAGE_TOO_LARGE
 */
export function checkMessage(
  data: Uint8Array,
  info: SendInfo,
  outboundStreams: number,
  maxMessageBytes: number,
): void {
  checkSendInfo(info);
  const { streamId = 0, ppid = 0 } = info;
  checkStreamId(streamId, outboundStreams);
  if (!Number.isInteger(ppid) || ppid < 0 || ppid > 0xffff_ffff) {
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      `ppid must be a whole number from 0 to 4294967295, not ${ppid}`,
    );
  }
  if (info.reliability !== undefined) checkReliability(info.reliability);
  if (data.length === 0) {
    throw new SctpError(
      SctpErrorCode.EmptyMessage,
      "SCTP has no empty messages: send at least one byte (RFC 9260 6.2)",
    );
  }
  if (data.length > maxMessageBytes) {
    throw new SctpError(
      SctpErrorCode.MessageTooLarge,
      `the message has ${data.length} bytes, maxMessageBytes allows ${maxMessageBytes}`,
    );
  }
}

/** @throws SctpError ERR_SCTP_INVALID_STREAM */
export function checkStreamId(streamId: number, outboundStreams: number): void {
  if (Number.isInteger(streamId) && streamId >= 0 && streamId < outboundStreams) return;
  const highest = outboundStreams - 1;
  throw new SctpError(
    SctpErrorCode.InvalidStream,
    `streamId must be a whole number from 0 to ${highest}, not ${streamId}: ask for more outboundStreams`,
  );
}
