/**
 * Losses by plan: "the third SACK", "the next two COOKIE ECHOs of alice".
 * Owns: which packets they are. Does not own: what links lose by chance (network.ts).
 */
import { SctpError, SctpErrorCode } from "../base/errors.ts";
import { received } from "../base/option-check.ts";
import type { Chunk } from "../chunks/chunk.ts";
import { chunkTypeOf } from "../chunks/codes.ts";
import { COMMON_HEADER_BYTES } from "../chunks/common-header.ts";
import { TlvCursor } from "../chunks/tlv.ts";

/** A chunk by the RFC's name: "SACK", "COOKIE ECHO". */
export type ChunkName = Exclude<Chunk["kind"], "unknown">;

/** Which of the packets that contain a chunk are lost. */
export interface PlannedLoss {
  /** The first of them, counted from 1 from now on. Default 1. */
  readonly nth?: number;
  /** How many in a row. Default 1. */
  readonly count?: number;
  /** Who sends them: a host or a peer. Default: anybody. */
  readonly from?: { readonly name: string };
}

interface Plan {
  readonly chunkType: number;
  readonly from: { readonly name: string } | undefined;
  /** Packets to let pass yet. */
  passes: number;
  /** Packets to lose after those. */
  losses: number;
}

export class PlannedLosses {
  #plans: Plan[] = [];
  readonly #cursor: TlvCursor = new TlvCursor();

  /** @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
  add(chunk: ChunkName, { nth = 1, count = 1, from }: PlannedLoss): void {
    const chunkType = chunkTypeOf(chunk);
    if (chunkType === undefined) {
      throw new SctpError(
        SctpErrorCode.InvalidArgument,
        `there is no chunk "${chunk}": name it as the RFC does, such as "SACK" or "COOKIE ECHO"`,
      );
    }
    for (const [name, value] of Object.entries({ nth, count })) {
      if (Number.isSafeInteger(value) && value >= 1) continue;
      throw new SctpError(
        SctpErrorCode.InvalidArgument,
        `${name} must be a whole number of 1 or more, not ${received(value)}`,
      );
    }
    this.#plans.push({ chunkType, from, passes: nth - 1, losses: count });
  }

  /** Whether this packet is to be lost; every plan that it fits counts it. */
  take(sender: { readonly name: string }, datagram: Uint8Array): boolean {
    if (this.#plans.length === 0) return false;
    const types = this.#chunkTypes(datagram);
    let isLost = false;
    for (const plan of this.#plans) {
      if (!types.has(plan.chunkType) || (plan.from !== undefined && plan.from !== sender)) continue;
      if (plan.passes > 0) {
        plan.passes--;
        continue;
      }
      plan.losses--;
      isLost = true;
    }
    if (isLost) this.#plans = this.#plans.filter(({ losses }) => losses > 0);
    return isLost;
  }

  #chunkTypes(datagram: Uint8Array): ReadonlySet<number> {
    const types = new Set<number>();
    const cursor = this.#cursor.bind(datagram, COMMON_HEADER_BYTES, datagram.length);
    while (cursor.next()) types.add(cursor.chunkType);
    return types;
  }
}
