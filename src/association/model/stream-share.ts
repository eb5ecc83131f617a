/**
 * What share of an association a stream gets (RFC 8260 3).
 * Owns: what a user may say of it, and the check of that. Does not own: what a scheduler makes of it (src/association/sending).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { received } from "../../base/option-check.ts";

export interface StreamShare {
  /** With the scheduler `priority`: streams with a smaller number go first; 0 to 65,535 (RFC 8260 3.4). */
  readonly priority: number;
  /** With the scheduler `wfq`: its part of the capacity, beside the weights of others; 1 to 65,535 (RFC 8260 3.6). */
  readonly weight: number;
}

export const DEFAULT_SHARE: StreamShare = Object.freeze({ priority: 0, weight: 1 });

/** @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
export function checkShare({ priority = 0, weight = 1 }: Partial<StreamShare>): void {
  checkNumber("priority", priority, 0);
  checkNumber("weight", weight, 1);
}

function checkNumber(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least && value <= 65_535) return;
  throw new SctpError(
    SctpErrorCode.InvalidArgument,
    `${name} must be a whole number from ${least} to 65535, not ${received(value)}`,
  );
}
