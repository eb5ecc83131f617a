/**
 * How long the sender goes on trying to get a message across (RFC 3758 1.2).
 * Owns: what a user may ask for, the check of it, and that it does not change once the message has been handed over (RFC 3758
 * 4.1 TR6). Does not own: what follows from it (src/association/extensions/partial-reliability).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { checkArgument, isObject, received } from "../../base/option-check.ts";

/**
 * When a message is given up; one of the three. It takes a peer that knows partial reliability: with another one `lifetimeMs` ends the
 * wait of a message of which nothing has been sent (RFC 9260 11.1.5), and nothing else is given up.
 */
export type Reliability =
  /** Timed reliability (RFC 3758 4.1): not sent, nor sent again, once so many ms have passed since it was handed over; above 0. */
  | { readonly lifetimeMs: number; readonly maxRetransmits?: undefined; readonly priority?: undefined }
  /** Limited retransmissions (RFC 7496 3.1): no fragment of it is sent again more often than this; 0 to 2^32 - 1. */
  | { readonly maxRetransmits: number; readonly lifetimeMs?: undefined; readonly priority?: undefined }
  /**
   * Priority (RFC 7496 3.2): while it waits to be sent, it makes room in a full send buffer for what is more important: messages with a
   * smaller number, 0 being the first, and those that are to be delivered reliably; 0 to 2^32 - 1.
   */
  | { readonly priority: number; readonly lifetimeMs?: undefined; readonly maxRetransmits?: undefined };

export type ReliabilityPolicy = "lifetime" | "retransmissions" | "priority";

/** What was asked for, for one message, as it stays. */
export class MessageLimit {
  readonly policy: ReliabilityPolicy;
  readonly value: number;
  /** When its life ends, by `lifetimeMs`. */
  readonly expiresAtMs: number;
  /** In the send queue, no part of it sent. */
  isWaiting = false;
  /** Given up while it waited: the queue passes over it. */
  isGivenUp = false;

  /**
   * @param reliability has been checked
   * @param nowMs when the message was handed over
   */
  constructor({ lifetimeMs, maxRetransmits, priority = 0 }: Reliability, nowMs: number) {
    this.policy =
      lifetimeMs !== undefined ? "lifetime" : maxRetransmits !== undefined ? "retransmissions" : "priority";
    this.value = lifetimeMs ?? maxRetransmits ?? priority;
    this.expiresAtMs = nowMs + (lifetimeMs ?? Number.POSITIVE_INFINITY);
  }
}

/** @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
export function checkReliability(reliability: Reliability): void {
  checkArgument("reliability", reliability, isObject);
  const { lifetimeMs, maxRetransmits, priority } = reliability;
  const given = Object.entries({ lifetimeMs, maxRetransmits, priority }).filter(
    ([, value]) => value !== undefined,
  );
  const [first] = given;
  if (first === undefined || given.length > 1) {
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      "reliability has one of lifetimeMs, maxRetransmits and priority: leave it out for a message that is sent until it has arrived",
    );
  }
  const [name, value] = first;
  if (name === "lifetimeMs" && !(typeof value === "number" && value > 0)) {
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      `reliability.lifetimeMs must be above 0, not ${received(value)}: leave reliability out for a message that does not expire`,
    );
  }
  const isWhole = Number.isInteger(value) && value !== undefined && value >= 0 && value <= 0xffff_ffff;
  if (name !== "lifetimeMs" && !isWhole) {
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      `reliability.${name} must be a whole number from 0 to 4294967295, not ${received(value)}`,
    );
  }
}
