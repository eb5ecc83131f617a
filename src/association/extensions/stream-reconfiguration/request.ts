/**
 * What one side asks of the other (RFC 6525 4).
 * Owns: the parts of a request, how a part is written, how many streams fit into one chunk.
 * Does not own: when it is asked (requester.ts), what the peer's requests do (responder.ts).
 */
import { ParameterType } from "../../../chunks/codes.ts";
import { COMMON_HEADER_BYTES } from "../../../chunks/common-header.ts";
import type { Parameter } from "../../../chunks/parameters.ts";
import type { ReconfigurationOutcome } from "../../model/events.ts";
import type { StreamHold } from "../../sending/stream-hold.ts";

/** What the user asks for, of which every part has its own outcome. */
export interface UserRequest {
  readonly number: number;
  /** Parts that are not done yet. */
  partsLeft: number;
  /** The first that was not performed. */
  outcome: ReconfigurationOutcome;
}

interface PartOf {
  /** Undefined where the peer has asked for it. */
  readonly asked: UserRequest | undefined;
}

export interface OutgoingReset extends PartOf {
  readonly kind: "outgoing";
  /** None: all. */
  readonly streamIds: readonly number[];
  readonly hold: StreamHold;
  /** The number of the request that it answers. */
  readonly answers: number | undefined;
}

export interface IncomingReset extends PartOf {
  readonly kind: "incoming";
  /** None: all. */
  readonly streamIds: readonly number[];
}

export interface AssociationReset extends PartOf {
  readonly kind: "association";
}

export interface AddedStreams extends PartOf {
  readonly kind: "add-outgoing" | "add-incoming";
  readonly count: number;
}

export type Part = OutgoingReset | IncomingReset | AssociationReset | AddedStreams;

/** Of a RE-CONFIG with an Outgoing and an Incoming SSN Reset Request, beside the streams. */
const RESET_HEADER_BYTES = 4 + 16 + 8 + 4;

/** How many streams can be listed in one chunk, in one direction and in both. */
export function streamsPerRequest(maxPacketBytes: number, directions: 1 | 2): number {
  return Math.floor((maxPacketBytes - COMMON_HEADER_BYTES - RESET_HEADER_BYTES) / (2 * directions)) - 1;
}

/** What only the moment of asking tells. */
export interface RequestNumbers {
  readonly requestNumber: number;
  /** The next one of the peer's. */
  readonly nextPeerNumber: number;
  readonly lastTsn: number;
}

/** @param parts one, or several outgoing resets that are asked for together */
export function parameterOf(parts: readonly [Part, ...Part[]], numbers: RequestNumbers): Parameter {
  const { requestNumber, nextPeerNumber, lastTsn } = numbers;
  const [part] = parts;
  switch (part.kind) {
    case "outgoing":
      return {
        kind: "Outgoing SSN Reset Request",
        type: ParameterType.OutgoingSsnReset,
        requestNumber,
        responseNumber: part.answers ?? (nextPeerNumber - 1) >>> 0, // 5.1.2 A4
        lastTsn,
        streamIds: parts.flatMap((each) => (each.kind === "outgoing" ? each.streamIds : [])),
      };
    case "incoming": {
      const type = ParameterType.IncomingSsnReset;
      return { kind: "Incoming SSN Reset Request", type, requestNumber, streamIds: part.streamIds };
    }
    case "association":
      return { kind: "SSN/TSN Reset Request", type: ParameterType.SsnTsnReset, requestNumber };
    case "add-outgoing": {
      const type = ParameterType.AddOutgoingStreams;
      return { kind: "Add Outgoing Streams Request", type, requestNumber, newStreamCount: part.count };
    }
    case "add-incoming": {
      const type = ParameterType.AddIncomingStreams;
      return { kind: "Add Incoming Streams Request", type, requestNumber, newStreamCount: part.count };
    }
  }
}

/** Whether both mean the same streams; none: all. */
export function isSame(streamIds: readonly number[], others: readonly number[]): boolean {
  return covers(streamIds, others) && covers(others, streamIds);
}

/** Whether what is asked for covers all of some streams; none: all. */
export function covers(streamIds: readonly number[], others: readonly number[]): boolean {
  if (streamIds.length === 0) return true;
  const known = new Set(streamIds);
  return others.length > 0 && others.every((id) => known.has(id));
}
