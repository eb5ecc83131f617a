/**
 * Faults by plan: "the third SACK is lost", "the next two COOKIE ECHOs of alice come 50 ms late".
 * Owns: which packets they are. Does not own: what links do by chance, and what becomes of a packet (network.ts).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { received } from "../../base/option-check.ts";
import type { Chunk } from "../../chunks/chunk.ts";
import { chunkTypeOf } from "../../chunks/codes.ts";
import { COMMON_HEADER_BYTES } from "../../chunks/common-header.ts";
import { TlvCursor } from "../../chunks/tlv.ts";
import type { Fate } from "./network.ts";

/** A chunk by the RFC's name: "SACK", "COOKIE ECHO". */
export type ChunkName = Exclude<Chunk["kind"], "unknown">;

/** What a plan may do to a packet. */
export type PlannedFate = Exclude<Fate, "carried">;

/** Which of the packets that contain a chunk are lost, or fare otherwise. */
export interface PlannedLoss {
  /** The first of them, counted from 1 from now on. Default 1. */
  readonly nth?: number;
  /** How many in a row. Default 1. */
  readonly count?: number;
  /** Who sends them: a host or a peer. Default: anybody. */
  readonly from?: { readonly name: string };
  /** Whom they are for. Default: anybody. */
  readonly to?: { readonly name: string };
}

interface Plan {
  readonly chunkType: number;
  readonly from: { readonly name: string } | undefined;
  readonly to: { readonly name: string } | undefined;
  readonly fate: PlannedFate;
  /** Packets to let pass yet. */
  passes: number;
  /** Packets that are struck after those. */
  strikes: number;
}

export class PlannedFaults {
  #plans: Plan[] = [];
  readonly #cursor: TlvCursor = new TlvCursor();

  /** @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
  add(chunk: ChunkName, fate: PlannedFate, { nth = 1, count = 1, from, to }: PlannedLoss): void {
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
    this.#plans.push({ chunkType, from, to, fate, passes: nth - 1, strikes: count });
  }

  /** What is to become of this packet, if there is a plan for it; every plan that it fits counts it, and a loss wins. */
  take(
    sender: { readonly name: string },
    receiver: { readonly name: string } | undefined,
    datagram: Uint8Array,
  ): PlannedFate | undefined {
    if (this.#plans.length === 0) return undefined;
    const types = this.#chunkTypes(datagram);
    let fate: PlannedFate | undefined;
    for (const plan of this.#plans) {
      if (!types.has(plan.chunkType)) continue;
      if (plan.from !== undefined && plan.from !== sender) continue;
      if (plan.to !== undefined && plan.to !== receiver) continue;
      if (plan.passes > 0) {
        plan.passes--;
        continue;
      }
      plan.strikes--;
      fate = fate === undefined || plan.fate === "lost" ? plan.fate : fate;
    }
    if (fate !== undefined) this.#plans = this.#plans.filter(({ strikes }) => strikes > 0);
    return fate;
  }

  #chunkTypes(datagram: Uint8Array): ReadonlySet<number> {
    const types = new Set<number>();
    const cursor = this.#cursor.bind(datagram, COMMON_HEADER_BYTES, datagram.length);
    while (cursor.next()) types.add(cursor.chunkType);
    return types;
  }
}
