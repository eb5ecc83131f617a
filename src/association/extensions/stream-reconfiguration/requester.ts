/**
 * What this side asks of the peer (RFC 6525 5.1, 5.2.7).
 * Owns: the requests that wait, the one that is under way, its numbers and its timer, what the peer's answer does.
 * Does not own: what waits on the streams meanwhile (sending/stream-hold.ts), the peer's requests (responder.ts), what the user is
 * told (announcer.ts).
 *
 * One RE-CONFIG with requests is under way at any time (5.1.1). What the user sends on a stream after asking for its reset waits
 * from that moment on, however long the request itself has to wait.
 */
import { tsnAdd, tsnGte } from "../../../base/serial.ts";
import { ReConfigResult } from "../../../chunks/codes.ts";
import type { Parameter } from "../../../chunks/parameters.ts";
import type { ReconfigurationOutcome } from "../../model/events.ts";
import { type AssociationState, mayReceiveData, maySendData } from "../../model/state.ts";
import type { Path } from "../../paths/path.ts";
import type { ExtensionHost } from "../association-extension.ts";
import type { Announcer } from "./announcer.ts";
import {
  type AddedStreams,
  covers,
  type IncomingReset,
  isSame,
  type OutgoingReset,
  type Part,
  parameterOf,
  streamsPerRequest,
} from "./request.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** 5.1.4: the IP MSL, within which one SSN/TSN Reset Request is sent. */
export const ASSOCIATION_RESET_INTERVAL_MS = 30_000;
/**
 * So often a peer may say In progress although it has acknowledged all that it can wait for. Some repeat it for ever when the answer
 * that followed it was lost: 5.2.1 has the answer to a repeated request be the same.
 */
const MAX_IDLE_ANSWERS = 3;

type Response = Extract<Parameter, { readonly kind: "Re-configuration Response" }>;

/** One parameter that is under way. */
interface Asked {
  readonly parts: readonly [Part, ...Part[]];
  readonly requestNumber: number;
  readonly parameter: Parameter;
  isAnswered: boolean;
}

export class Requester {
  /** When the request that is under way is repeated. */
  deadlineMs: number = NEVER;
  /** Of this side, before all numbers began anew the last time. */
  lastTsnBefore: number | undefined = undefined;
  readonly #host: ExtensionHost;
  readonly #announcer: Announcer;
  #nextNumber: number;
  /** Each goes into one chunk, or more of them together. */
  #waiting: Array<readonly Part[]> = [];
  #underWay: readonly Asked[] = [];
  #path: Path | undefined = undefined;
  #timeoutMs = 0;
  /** The peer has answered, and works on it. */
  #isInProgress = false;
  /** Everything from before had been acknowledged when it was asked last; how often the peer has said In progress since. */
  #askedWhenAcknowledged = false;
  #idleAnswerCount = 0;
  /** The peer has begun by itself to reset the streams for which it was asked. */
  #isResetMeanwhile = false;
  /** Streams that the peer has agreed to reset, or to add, and has not yet. */
  #promisedReset: IncomingReset | undefined = undefined;
  #promisedStreams = 0;
  /** The request of the peer that asked for a reset which has come to nothing. */
  #undoneForPeer: number | undefined = undefined;
  #lastAssociationResetMs: number = Number.NEGATIVE_INFINITY;

  constructor(host: ExtensionHost, announcer: Announcer) {
    this.#host = host;
    this.#announcer = announcer;
    this.#nextNumber = host.identity.localInitialTsn;
  }

  get isIdle(): boolean {
    return this.#waiting.length === 0 && this.#underWay.length === 0;
  }
  get isUnderWay(): boolean {
    return this.#underWay.length > 0;
  }
  /** Whether something waits that the peer has asked for. */
  get hasWaitingForPeer(): boolean {
    return this.#waiting.some((parts) => parts.some(({ asked }) => asked === undefined));
  }
  get awaitsTsns(): boolean {
    return this.#underWay.some(({ parts: [part] }) => part.kind === "association");
  }

  /** Nothing holds of what was asked: the numbers are those of another agreement. */
  reset(): void {
    this.abandon("failed");
    this.#nextNumber = this.#host.identity.localInitialTsn;
    this.#promisedReset = undefined;
    this.#promisedStreams = 0;
    this.#undoneForPeer = undefined;
    this.lastTsnBefore = undefined;
    this.#lastAssociationResetMs = Number.NEGATIVE_INFINITY;
  }

  /** Streams that are asked for and not answered yet. */
  awaitedStreams(kind: AddedStreams["kind"]): number {
    const parts = [
      ...this.#underWay.flatMap((asked) => (asked.isAnswered ? [] : asked.parts)),
      ...this.#waiting.flat(),
    ];
    return parts.reduce((sum, part) => (part.kind === kind ? sum + part.count : sum), 0);
  }

  /** @param parts of one chunk */
  add(parts: readonly Part[]): void {
    this.#waiting.push(parts);
  }

  /** Whether a reset of all numbers may be asked for at all (5.1.4). */
  mayResetAssociation(nowMs: number): boolean {
    return nowMs - this.#lastAssociationResetMs >= ASSOCIATION_RESET_INTERVAL_MS;
  }

  // ---- Asking ------------------------------------------------------------------------------------------------

  /** Asks for what has waited longest, if that can be asked now. */
  review(nextPeerNumber: number, nowMs: number): void {
    const { lifecycle, control, paths } = this.#host;
    if (this.isUnderWay || this.#waiting.length === 0) return;
    // Nothing is begun once the association ends; what was to wait for it goes out as ever.
    if (lifecycle.state !== "ESTABLISHED") return this.#abandonWaiting("failed");
    const path = paths.forData;
    if (path === undefined || !this.#begin(nextPeerNumber, path, nowMs)) return;
    control.push({ kind: "RE-CONFIG", parameters: this.#parametersLeft }, path);
  }

  /**
   * Asks for the reset that answers a request, if that can be asked now.
   * @returns the parameter for the chunk with the other answers; undefined where it has to wait
   */
  answerNow(requestNumber: number, nextPeerNumber: number, nowMs: number): Parameter | undefined {
    const [next] = this.#waiting;
    const isNext = next?.[0]?.kind === "outgoing" && next[0].answers === requestNumber;
    const path = this.#host.paths.forData;
    if (!isNext || this.isUnderWay || path === undefined) return undefined;
    return this.#begin(nextPeerNumber, path, nowMs) ? this.#underWay[0]?.parameter : undefined;
  }

  #begin(nextPeerNumber: number, path: Path, nowMs: number): boolean {
    const groups = this.#takeReady(path);
    if (groups === undefined) return false;
    const lastTsn = tsnAdd(this.#host.outbound.sent.nextTsn, -1); // 5.1.2 A3
    this.#underWay = groups.map((parts) => {
      const requestNumber = this.#nextNumber;
      this.#nextNumber = tsnAdd(requestNumber, 1);
      const parameter = parameterOf(parts, { requestNumber, nextPeerNumber, lastTsn });
      return { parts, requestNumber, parameter, isAnswered: false };
    });
    if (this.awaitsTsns) {
      this.#lastAssociationResetMs = nowMs;
      this.#host.inbound.awaitNewNumbers();
    } else if (groups.some(([part]) => part.kind === "outgoing"))
      this.#host.outbound.abandonment?.onStreamsReset(lastTsn);
    this.#path = path;
    this.#isInProgress = false;
    this.#isResetMeanwhile = false;
    this.#askedWhenAcknowledged = false;
    this.#idleAnswerCount = 0;
    this.#startTimer(path, nowMs);
    return true;
  }

  /** What goes into the next chunk: the parts of each of its parameters; undefined where something has to be sent before. */
  #takeReady(path: Path): Array<readonly [Part, ...Part[]]> | undefined {
    const [first] = this.#waiting;
    if (first === undefined || !first.every((part) => this.#isReady(part))) return undefined;
    this.#waiting.shift();
    const [part] = first;
    if (first.length === 1 && part?.kind === "outgoing" && part.answers === undefined)
      return [[part, ...this.#takeAlike(part, path)]];
    return first.map((each) => [each]);
  }

  /** Resets of other streams that have waited with it go along: closing many streams takes no round trip for each. */
  #takeAlike(first: OutgoingReset, path: Path): OutgoingReset[] {
    const alike: OutgoingReset[] = [];
    const listed = new Set(first.streamIds);
    const packetBytes = path.maxPacketBytes - (this.#host.extensions.authentication?.authBytes ?? 0);
    while (listed.size > 0) {
      const [part, other] = this.#waiting[0] ?? [];
      if (part?.kind !== "outgoing" || other !== undefined || part.answers !== undefined) break;
      const { streamIds } = part;
      if (streamIds.length === 0 || listed.size + streamIds.length > streamsPerRequest(packetBytes, 1)) break;
      if (streamIds.some((id) => listed.has(id)) || !this.#isReady(part)) break;
      for (const id of streamIds) listed.add(id);
      alike.push(part);
      this.#waiting.shift();
    }
    return alike;
  }

  #isReady(part: Part): boolean {
    const { outbound, inbound } = this.#host;
    switch (part.kind) {
      case "outgoing":
        return outbound.queue.isDrained(part.hold);
      case "association": // 5.1.4 C2
        outbound.queue.pause();
        return !outbound.queue.isHalfSent && outbound.sent.isEmpty && !inbound.isResetDeferred;
      default:
        return true;
    }
  }

  // ---- The timer ---------------------------------------------------------------------------------------------

  onTimeout(nowMs: number): void {
    const { lifecycle, control, monitor, paths, tracer, settings } = this.#host;
    const path = this.#path;
    this.deadlineMs = NEVER;
    if (!this.isUnderWay || path === undefined) return;
    tracer.onTimer("re-configuration", path);
    if (!mayBeAnswered(lifecycle.state)) return this.abandon("failed");
    const isThere = paths.all.includes(path);
    let next: Path | undefined = isThere && path.usable ? path : paths.forData;
    // 5.2.7 H2: while the peer works on it, asking again counts as no error.
    if (!this.#isInProgress && isThere) next = monitor.onRequestUnanswered(path, nowMs);
    if (!mayBeAnswered(lifecycle.state)) return;
    this.#timeoutMs = Math.min(this.#timeoutMs * 2, settings.options.rtoMaxMs);
    this.deadlineMs = nowMs + this.#timeoutMs;
    if (next === undefined) return; // Its path has gone, and of the others none is confirmed yet.
    this.#path = next;
    this.#announcer.retransmittedCount++;
    this.#askedWhenAcknowledged = this.#isAcknowledged;
    control.push({ kind: "RE-CONFIG", parameters: this.#parametersLeft }, next);
  }

  /** Whether the peer has everything from before the resets that are asked for. */
  get #isAcknowledged(): boolean {
    const { cumulativeAckPoint } = this.#host.outbound.sent;
    return this.#underWay.every(
      ({ parameter }) =>
        parameter.kind !== "Outgoing SSN Reset Request" || tsnGte(cumulativeAckPoint, parameter.lastTsn),
    );
  }

  #startTimer(path: Path, nowMs: number): void {
    this.#timeoutMs = path.rto.rtoMs;
    this.deadlineMs = nowMs + this.#timeoutMs;
  }

  get #parametersLeft(): Parameter[] {
    return this.#underWay.flatMap(({ isAnswered, parameter }) => (isAnswered ? [] : [parameter]));
  }

  // ---- Answers -----------------------------------------------------------------------------------------------

  /** 5.2.7. */
  onResponse({ responseNumber, result, nextTsns }: Response, nowMs: number): void {
    const asked = this.#findAsked(responseNumber);
    if (asked === undefined) return; // H1
    this.#onHeard();
    const [part] = asked.parts;
    if (result === ReConfigResult.InProgress && !this.#isDoneByNow(part)) {
      this.#isInProgress = true; // H2
      if (this.#path !== undefined) this.#startTimer(this.#path, nowMs);
      return;
    }
    const isSuccess =
      result === ReConfigResult.Performed ||
      result === ReConfigResult.NothingToDo ||
      result === ReConfigResult.InProgress;
    if (part.kind === "incoming" && result === ReConfigResult.Performed) this.#promisedReset = part;
    if (part.kind === "add-incoming" && isSuccess) this.#promisedStreams = part.count;
    this.#onAnswered(asked);
    if (isSuccess && (part.kind !== "association" || nextTsns !== undefined))
      for (const each of asked.parts) this.#perform(each, result, nextTsns);
    else this.#endAll(asked.parts, result === ReConfigResult.Denied ? "denied" : "failed");
  }

  /** Whether In progress can only mean that the reset has been done: the answer that said so was lost. */
  #isDoneByNow(part: Part): boolean {
    return (
      part.kind === "outgoing" && this.#askedWhenAcknowledged && ++this.#idleAnswerCount >= MAX_IDLE_ANSWERS
    );
  }

  /**
   * The peer resets streams of its own (5.2.2 E1). Whatever they are, it names the last request of ours that it has had: what was
   * asked for it is only if the streams are the same (5.1.2 A4).
   * @param responseNumber what it says that it answers
   * @returns whether this side has asked for it
   */
  onPeerResets(responseNumber: number, streamIds: readonly number[]): boolean {
    for (const asked of this.#underWay) {
      const [part] = asked.parts;
      if (asked.isAnswered || part.kind !== "incoming" || !covers(streamIds, part.streamIds)) continue;
      this.#isResetMeanwhile = true;
      if (!covers(part.streamIds, streamIds)) continue;
      // By another number the two have crossed: that of ours is still to be answered.
      if (asked.requestNumber !== responseNumber) return true;
      this.#onHeard();
      this.#onAnswered(asked);
      this.#end(part, "performed");
      return true;
    }
    const promised = this.#promisedReset;
    if (promised === undefined || !isSame(promised.streamIds, streamIds)) return false;
    this.#promisedReset = undefined;
    return true;
  }

  /** The peer adds streams of its own. @returns whether this side has asked for so many */
  onPeerAdds(count: number): boolean {
    if (this.#promisedStreams === count) {
      this.#promisedStreams = 0;
      return true;
    }
    const asked = this.#underWay.find(
      ({ isAnswered, parts: [part] }) => !isAnswered && part.kind === "add-incoming" && part.count === count,
    );
    if (asked === undefined) return false;
    this.#onHeard();
    this.#onAnswered(asked);
    this.#end(asked.parts[0], "performed");
    return true;
  }

  /** Whether the streams are being reset by a request of this side that the peer has not answered (5.2.3). */
  isResetting(streamIds: readonly number[]): boolean {
    return this.#underWay.some(
      ({ parts, isAnswered }) =>
        !isAnswered &&
        parts[0].kind === "outgoing" &&
        covers(
          parts.flatMap((part) => (part.kind === "outgoing" ? part.streamIds : [])),
          streamIds,
        ),
    );
  }

  /** What has become of the reset that answers a request of the peer: the parameter while it is under way. */
  answerTo(requestNumber: number): Parameter | "waiting" | "done" | "not done" {
    const isIt = (part: Part | undefined): boolean =>
      part?.kind === "outgoing" && part.answers === requestNumber;
    const asked = this.#underWay.find(({ isAnswered, parts: [part] }) => !isAnswered && isIt(part));
    if (asked !== undefined) return asked.parameter;
    if (this.#waiting.some(([part]) => isIt(part))) return "waiting";
    return this.#undoneForPeer === requestNumber ? "not done" : "done";
  }

  #findAsked(requestNumber: number): Asked | undefined {
    return this.#underWay.find((asked) => asked.requestNumber === requestNumber && !asked.isAnswered);
  }

  /** RFC 9260 8.1, 8.2: an answer clears the error counts. */
  #onHeard(): void {
    const { monitor, paths } = this.#host;
    monitor.onPeerHeard();
    if (this.#path !== undefined && paths.all.includes(this.#path))
      paths.clearErrors(this.#path, "RE-CONFIG answered");
  }

  #onAnswered(asked: Asked): void {
    asked.isAnswered = true;
    if (this.#underWay.some(({ isAnswered }) => !isAnswered)) return;
    this.#underWay = [];
    this.deadlineMs = NEVER;
  }

  #perform(part: Part, result: number, nextTsns: Response["nextTsns"]): void {
    const { outbound, inbound, events } = this.#host;
    switch (part.kind) {
      case "outgoing": // H4
        outbound.queue.restart(part.streamIds.length > 0 ? part.streamIds : undefined);
        break;
      case "association": // H5
        if (nextTsns === undefined) break;
        this.lastTsnBefore = tsnAdd(outbound.sent.nextTsn, -1);
        outbound.renumber(nextTsns.receiver);
        for (const delivery of inbound.takeNewNumbers(nextTsns.sender)) events.abortDelivery(delivery);
        break;
      case "add-outgoing": // H6
        outbound.addStreams(part.count);
        break;
      case "incoming":
        // What the peer has agreed to it is about to do.
        if (result === ReConfigResult.NothingToDo) this.#onNothingToDo(part);
        break;
    }
    this.#end(part, "performed");
  }

  /** The streams are at 0 already, or the peer resets them by a request of its own: that tells of itself, in its place. */
  #onNothingToDo(part: IncomingReset): void {
    if (this.#isResetMeanwhile) return;
    if (this.#host.inbound.areAtStart(part.streamIds)) this.#announcer.onReset("incoming", part.streamIds);
    else this.#promisedReset = part;
  }

  #endAll(parts: readonly Part[], outcome: ReconfigurationOutcome): void {
    for (const part of parts) {
      if (part.kind === "association" && this.#host.inbound.isResetDeferred) this.#host.inbound.keepNumbers();
      this.#end(part, outcome);
    }
  }

  #end(part: Part, outcome: ReconfigurationOutcome): void {
    if (part.kind === "outgoing") {
      this.#host.outbound.queue.letGo(part.hold);
      if (part.answers !== undefined && outcome !== "performed") this.#undoneForPeer = part.answers;
    }
    if (part.kind === "association") this.#host.outbound.queue.resume();
    this.#announcer.onPartEnded(part, outcome);
  }

  /** The request that is under way and those that wait come to no end. */
  abandon(outcome: ReconfigurationOutcome): void {
    const asked = this.#underWay.filter(({ isAnswered }) => !isAnswered);
    this.#underWay = [];
    this.deadlineMs = NEVER;
    this.#host.inbound.stopAwaitingNumbers();
    for (const { parts } of asked) this.#endAll(parts, outcome);
    this.#abandonWaiting(outcome);
  }

  #abandonWaiting(outcome: ReconfigurationOutcome): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const parts of waiting) for (const part of parts) this.#end(part, outcome);
  }
}

/** In SHUTDOWN-SENT, too, the peer sends and answers: what it has reset must be known. */
function mayBeAnswered(state: AssociationState): boolean {
  return maySendData(state) || mayReceiveData(state);
}
