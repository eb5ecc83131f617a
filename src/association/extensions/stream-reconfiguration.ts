/**
 * Stream reconfiguration: streams that begin at SSN 0 again, new TSNs, more streams (RFC 6525).
 * Owns: what INIT and INIT ACK say of it; which RE-CONFIG chunks are sound; where answers go; what the user may ask for.
 * Does not own: the requests of this side (requester.ts), those of the peer (responder.ts), what the user hears (announcer.ts).
 *
 * An association has nothing of it until one of its sides asks for something.
 */

import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { checkOptions, isNumeric, type OptionNames, received } from "../../base/option-check.ts";
import { MAX_STREAMS } from "../../base/options.ts";
import { tsnAdd, tsnDiff } from "../../base/serial.ts";
import type { TimerName } from "../../base/trace-sink.ts";
import { protocolViolation } from "../../chunks/causes.ts";
import type { Chunk } from "../../chunks/chunk.ts";
import { ChunkType, ParameterType } from "../../chunks/codes.ts";
import type { Parameter } from "../../chunks/parameters.ts";
import type { ChunkOutcome } from "../model/chunk-handler.ts";
import type { TimedPart } from "../model/deadlines.ts";
import { NOTHING_SAVED, type Offer, offerOf } from "../model/extension.ts";
import { mayReceiveData } from "../model/state.ts";
import type { Path } from "../paths/path.ts";
import type { Renumbering } from "../sending/renumbering.ts";
import type { AssociationExtension, ExtensionHost, SharedHandler } from "./association-extension.ts";
import { Announcer, type ReconfigurationCounts } from "./stream-reconfiguration/announcer.ts";
import { type Part, streamsPerRequest, type UserRequest } from "./stream-reconfiguration/request.ts";
import { ASSOCIATION_RESET_INTERVAL_MS, Requester } from "./stream-reconfiguration/requester.ts";
import { type RequestParameter, Responder } from "./stream-reconfiguration/responder.ts";

/** Which streams are meant, seen from this side. */
export type ResetDirection = "incoming" | "outgoing" | "both";

/** Streams to add. */
export interface AddedStreamCounts {
  /** That the peer may use; 0 if absent. */
  readonly inbound?: number | undefined;
  /** That this side may use; 0 if absent. */
  readonly outbound?: number | undefined;
}

const COUNT_NAMES: OptionNames<AddedStreamCounts> = {
  of: "addStreams()",
  see: "AddedStreamCounts",
  kinds: { inbound: isNumeric, outbound: isNumeric },
  meant: { in: "inbound", out: "outbound", streams: "outbound" },
};

/** 3.1: what one chunk may hold, by the types in ascending order. */
const SOUND_CHUNKS: ReadonlySet<string> = new Set(
  [[13], [14], [13, 14], [15], [17], [18], [17, 18], [16], [13, 16], [16, 16]].map(String),
);
const DIRECTIONS: readonly ResetDirection[] = ["incoming", "outgoing", "both"];
/** What one side may have sent, and the other not acknowledged: Gap Ack Blocks have 16 bits. */
const MAX_OUTSTANDING_TSNS = 65_535;

const RECONFIG_HANDLER: SharedHandler = {
  chunkTypes: [ChunkType.ReConfig],
  onChunk: (chunk, host, source, nowMs) => begun(host).onChunk(chunk, source, nowMs),
};

const OFFER = offerOf(ChunkType.ReConfig);

export const STREAM_RECONFIGURATION: AssociationExtension = {
  id: 6525,
  parameterTypes: [],
  isWanted: ({ streamReconfiguration }) => streamReconfiguration,
  offer: () => OFFER,
  review: (_ours: Offer, theirs: Offer) =>
    theirs.chunkTypes.includes(ChunkType.ReConfig) ? NOTHING_SAVED : undefined,
  shared: RECONFIG_HANDLER,
  join: () => undefined,
};

/** That of an association, made with the first request of either side. */
export function begun(host: ExtensionHost): StreamReconfiguration {
  const known = streamReconfigurationOf(host.outbound);
  if (known !== undefined) return known;
  const made = new StreamReconfiguration(host);
  host.outbound.renumbering = made;
  host.deadlines.add(made);
  return made;
}

/** Undefined where neither side has asked for anything. */
export function streamReconfigurationOf({
  renumbering,
}: Pick<ExtensionHost["outbound"], "renumbering">): StreamReconfiguration | undefined {
  return renumbering instanceof StreamReconfiguration ? renumbering : undefined;
}

export class StreamReconfiguration implements Renumbering, TimedPart {
  readonly #host: ExtensionHost;
  readonly #announcer: Announcer;
  readonly #requester: Requester;
  readonly #responder: Responder;
  #requestCount = 0;
  /** When the peer was last told that what it says makes no sense. */
  #complainedMs: number | undefined = undefined;

  constructor(host: ExtensionHost) {
    this.#host = host;
    this.#announcer = new Announcer(host);
    this.#requester = new Requester(host, this.#announcer);
    this.#responder = new Responder(host, this.#announcer, this.#requester);
  }

  /** A request of this side is under way, or waits to be. */
  get isBusy(): boolean {
    return !this.#requester.isIdle;
  }
  get awaitsTsns(): boolean {
    return this.#requester.awaitsTsns;
  }
  isAckFromBefore(tsn: number): boolean {
    return liesBefore(tsn, this.#requester.lastTsnBefore);
  }
  isFromBefore(tsn: number): boolean {
    const distance = tsnDiff(tsn, this.#host.inbound.tsns.cumulativeTsn);
    return distance > MAX_OUTSTANDING_TSNS && liesBefore(tsn, this.#responder.lastTsnBefore);
  }
  get counts(): ReconfigurationCounts {
    return this.#announcer;
  }

  /** When the request that is under way is repeated. */
  get deadlineMs(): number {
    return this.#requester.deadlineMs;
  }

  get timer(): TimerName {
    return "re-configuration";
  }

  onTimeout(nowMs: number): void {
    this.#requester.onTimeout(nowMs);
  }

  review(nowMs: number): void {
    this.#responder.review();
    if (!this.#responder.isPending) this.#requester.review(this.#responder.nextNumber, nowMs);
  }

  reset(): void {
    this.#requester.reset();
    this.#responder.reset();
  }

  // ---- What the user asks for --------------------------------------------------------------------------------

  /** @returns the number by which `reconfigured` tells what has become of it @throws SctpError ERR_SCTP_INVALID_STREAM */
  resetStreams(direction: ResetDirection, streamIds: readonly number[]): number {
    if (!DIRECTIONS.includes(direction))
      throw new SctpError(
        SctpErrorCode.InvalidArgument,
        `the direction of streams is "incoming", "outgoing" or "both", not ${received(direction)}`,
      );
    const { outbound, inbound } = this.#host;
    const ids = [...new Set(streamIds)];
    if (direction !== "incoming") requireStreams(ids, outbound.streamCount, "outbound");
    if (direction !== "outgoing") requireStreams(ids, inbound.streamCount, "inbound");
    const asked = this.#newRequest();
    // A chunk that lists no stream means all of them, and takes no room.
    const isAll = ids.length === 0;
    const perRequest = streamsPerRequest(this.#smallestPacketBytes, direction === "both" ? 2 : 1);
    for (let at = 0; at === 0 || at < ids.length; at += perRequest) {
      const some = ids.slice(at, at + perRequest);
      const parts: Part[] = [];
      if (direction !== "incoming") {
        const hold = outbound.queue.hold(isAll ? undefined : some);
        parts.push({ kind: "outgoing", streamIds: some, hold, answers: undefined, asked });
      }
      if (direction !== "outgoing") parts.push({ kind: "incoming", streamIds: some, asked });
      this.#ask(parts, asked);
    }
    return asked.number;
  }

  /** @returns as `resetStreams` @throws SctpError ERR_SCTP_IN_PROGRESS within 30 s of the one before (5.1.4) */
  resetAssociation(nowMs: number): number {
    if (!this.#requester.mayResetAssociation(nowMs))
      throw new SctpError(
        SctpErrorCode.InProgress,
        `an association is reset once within ${ASSOCIATION_RESET_INTERVAL_MS / 1_000} s (RFC 6525 5.1.4): wait`,
      );
    const asked = this.#newRequest();
    this.#ask([{ kind: "association", asked }], asked);
    return asked.number;
  }

  /** @returns as `resetStreams` @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
  addStreams(counts: AddedStreamCounts): number {
    const { inbound = 0, outbound = 0 } = checkOptions(counts, COUNT_NAMES);
    const inboundCount = this.#host.inbound.streamCount + this.#requester.awaitedStreams("add-incoming");
    const outboundCount = this.#host.outbound.streamCount + this.#requester.awaitedStreams("add-outgoing");
    requireCount(inbound, inboundCount, "inbound");
    requireCount(outbound, outboundCount, "outbound");
    if (inbound + outbound === 0)
      throw new SctpError(SctpErrorCode.InvalidArgument, "no stream is to be added: say how many");
    const asked = this.#newRequest();
    const parts: Part[] = [];
    if (outbound > 0) parts.push({ kind: "add-outgoing", count: outbound, asked });
    if (inbound > 0) parts.push({ kind: "add-incoming", count: inbound, asked });
    this.#ask(parts, asked);
    return asked.number;
  }

  #newRequest(): UserRequest {
    return { number: ++this.#requestCount, partsLeft: 0, outcome: "performed" };
  }

  #ask(parts: readonly Part[], asked: UserRequest): void {
    asked.partsLeft += parts.length;
    this.#requester.add(parts);
  }

  get #smallestPacketBytes(): number {
    const { paths, extensions } = this.#host;
    const smallest = Math.min(...paths.all.map(({ maxPacketBytes }) => maxPacketBytes));
    return smallest - (extensions.authentication?.authBytes ?? 0);
  }

  // ---- What the peer says ------------------------------------------------------------------------------------

  onChunk(chunk: Chunk, source: Path, nowMs: number): ChunkOutcome {
    const { lifecycle, seat } = this.#host;
    if (chunk.kind !== "RE-CONFIG") return "continue";
    if (!mayReceiveData(lifecycle.state) && lifecycle.state !== "SHUTDOWN-RECEIVED") {
      seat.countDrop("unexpected-chunk", `RE-CONFIG in ${lifecycle.state}`);
      return "continue";
    }
    const { parameters } = chunk;
    const types = parameters.map(({ type }) => type).sort((a, b) => a - b);
    if (!SOUND_CHUNKS.has(String(types))) {
      seat.countDrop("malformed-chunk", "RE-CONFIG: no combination of parameters that may be");
      this.#complain(source, nowMs);
      return "continue";
    }
    const answers = this.#answersTo(parameters, source, nowMs);
    if (
      answers.some((answer) => answer.kind === "Re-configuration Response" && answer.nextTsns !== undefined)
    )
      // No SACK of the new numbers goes before it.
      this.#host.control.pushFront(
        { kind: "RE-CONFIG", parameters: answers },
        this.#host.replyPaths.to(source),
      );
    else if (answers.length > 0) this.#reply({ kind: "RE-CONFIG", parameters: answers }, source);
    return "continue";
  }

  /** 5.2.1: all of them go into one chunk. */
  #answersTo(parameters: readonly Parameter[], source: Path, nowMs: number): Parameter[] {
    const { inbound, data } = this.#host;
    const answers: Parameter[] = [];
    this.#responder.beginChunk();
    for (const parameter of parameters) {
      if (parameter.kind === "Re-configuration Response") {
        this.#requester.onResponse(parameter, nowMs);
      } else if (isRequest(parameter)) {
        answers.push(this.#responder.onRequest(parameter, source, nowMs));
        // A SACK along with the answer tells what is still missing. After a reset of all numbers it would tell of new ones.
        if (parameter.type === ParameterType.SsnTsnReset) continue;
        inbound.sackPolicy.requestNow();
        data.countAsData();
      }
    }
    return answers;
  }

  /** Once for all that comes at once: a senseless chunk is a tenth of what is said about it. */
  #complain(source: Path, nowMs: number): void {
    if (this.#complainedMs === nowMs) return;
    this.#complainedMs = nowMs;
    const causes = [protocolViolation("RE-CONFIG with parameters that do not go together")];
    this.#reply({ kind: "ERROR", causes }, source);
  }

  #reply(chunk: Chunk, source: Path): void {
    const { control, replyPaths, seat } = this.#host;
    const path = replyPaths.to(source);
    control.reply(chunk, path, replyPaths.leavesFrom(path, source, seat.scratch.cameTo));
  }
}

/** @param lastTsn undefined where TSNs have not begun anew */
function liesBefore(tsn: number, lastTsn: number | undefined): boolean {
  return lastTsn !== undefined && tsnAdd(lastTsn, -tsn) <= MAX_OUTSTANDING_TSNS;
}

function isRequest(parameter: Parameter): parameter is RequestParameter {
  return "requestNumber" in parameter;
}

function requireStreams(ids: readonly number[], count: number, direction: string): void {
  const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= count);
  if (wrong === undefined) return;
  throw new SctpError(
    SctpErrorCode.InvalidStream,
    `there is no ${direction} stream ${wrong}: the association has those from 0 to ${count - 1}`,
  );
}

function requireCount(added: number, count: number, direction: string): void {
  if (Number.isInteger(added) && added >= 0 && added + count <= MAX_STREAMS) return;
  throw new SctpError(
    SctpErrorCode.InvalidArgument,
    `${direction} streams to add: a whole number from 0 to ${MAX_STREAMS - count}, not ${added}`,
  );
}
