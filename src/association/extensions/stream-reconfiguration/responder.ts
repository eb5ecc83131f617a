/**
 * What the peer asks of this side (RFC 6525 5.2).
 * Owns: the numbers of its requests, the policy by which they are granted, what they do, the answers to the last chunk.
 * Does not own: what this side asks by itself or because of them (requester.ts), the resets (receiving/inbound.ts,
 * sending/outbound.ts), chunks (stream-reconfiguration.ts).
 *
 * What a peer can make grow: one deferred reset, one request of ours that it has asked for, and the answers to one chunk.
 */
import { MAX_STREAMS } from "../../../base/options.ts";
import { tsnAdd } from "../../../base/serial.ts";
import { ParameterType, ReConfigResult } from "../../../chunks/codes.ts";
import type { Parameter } from "../../../chunks/parameters.ts";
import { maySendData } from "../../model/state.ts";
import type { Path } from "../../paths/path.ts";
import type { ExtensionHost } from "../association-extension.ts";
import type { Announcer } from "./announcer.ts";
import type { Requester } from "./requester.ts";

const { NothingToDo, Performed, Denied, RequestInProgress, BadSequenceNumber, InProgress } = ReConfigResult;
/** So often a reset of all numbers is asked for again before it is refused. */
const MAX_ASKED = 10;

/** Those with a request. */
export type RequestParameter = Exclude<
  Extract<Parameter, { readonly requestNumber: number }>,
  { readonly kind: "Re-configuration Response" }
>;
type OutgoingRequest = Extract<RequestParameter, { readonly kind: "Outgoing SSN Reset Request" }>;
type IncomingRequest = Extract<RequestParameter, { readonly kind: "Incoming SSN Reset Request" }>;

/** What was answered, or is to be: a repeated request gets it again (5.2.1). */
interface Answer {
  readonly requestNumber: number;
  /** "ours": a request of this side is the answer. */
  result: number | "ours";
  nextTsns: { readonly sender: number; readonly receiver: number } | undefined;
}

/** A reset of all numbers that waits until everything of ours has been acknowledged. */
interface PendingAssociationReset {
  readonly answer: Answer;
  readonly source: Path;
  /** How often the peer has asked again. */
  askedCount: number;
}

export class Responder {
  /** Of the peer, before all numbers began anew the last time. */
  lastTsnBefore: number | undefined = undefined;
  readonly #host: ExtensionHost;
  readonly #announcer: Announcer;
  readonly #requester: Requester;
  #nextNumber: number;
  /** To the last chunk with requests. */
  #answers: Answer[] = [];
  #isNewChunk = true;
  #pending: PendingAssociationReset | undefined = undefined;

  constructor(host: ExtensionHost, announcer: Announcer, requester: Requester) {
    this.#host = host;
    this.#announcer = announcer;
    this.#requester = requester;
    this.#nextNumber = host.identity.peerInitialTsn;
  }

  /** The next number that a request of the peer must have. */
  get nextNumber(): number {
    return this.#nextNumber;
  }

  /** The peer waits for a reset of all numbers: this side is to ask for nothing meanwhile. */
  get isPending(): boolean {
    return this.#pending !== undefined;
  }

  reset(): void {
    this.#nextNumber = this.#host.identity.peerInitialTsn;
    this.#answers = [];
    this.#pending = undefined;
    this.lastTsnBefore = undefined;
  }

  /** The requests of a chunk are about to be read. */
  beginChunk(): void {
    this.#isNewChunk = true;
  }

  /** @returns the answer, or the request of ours that is one */
  onRequest(request: RequestParameter, source: Path, nowMs: number): Parameter {
    const { requestNumber } = request;
    const known = this.#answers.find((answer) => answer.requestNumber === requestNumber);
    if (known !== undefined) return this.#repeated(known);
    if (requestNumber !== this.#nextNumber) return responseTo(requestNumber, BadSequenceNumber);
    this.#nextNumber = tsnAdd(requestNumber, 1);
    if (this.#isNewChunk) this.#answers = [];
    this.#isNewChunk = false;
    const answer: Answer = { requestNumber, result: InProgress, nextTsns: undefined };
    this.#answers.push(answer);
    answer.result = this.#perform(request, answer, source);
    if (answer.result === Denied || answer.result === RequestInProgress) this.#announcer.refusedCount++;
    if (answer.result !== "ours") return responseTo(requestNumber, answer.result, answer.nextTsns);
    return this.#requester.answerNow(requestNumber, this.#nextNumber, nowMs) ?? this.#postponed(answer);
  }

  /**
   * Where the request that would answer has to wait for another one of ours, that may be one for which the peer's waits: it is
   * answered by itself then, and ours follows. Where it waits for data to be sent, the peer waits, too.
   */
  #postponed(answer: Answer): Parameter {
    if (this.#requester.isUnderWay) answer.result = Performed;
    return responseTo(answer.requestNumber, this.#requester.isUnderWay ? Performed : InProgress);
  }

  /** What has waited for an acknowledgement. */
  review(): void {
    const pending = this.#pending;
    const { outbound, replyPaths, control } = this.#host;
    if (pending === undefined || outbound.queue.isHalfSent || !outbound.sent.isEmpty) return;
    this.#pending = undefined;
    this.#resetAssociation(pending.answer);
    outbound.queue.resume();
    const { requestNumber, nextTsns } = pending.answer;
    this.#takeBack(requestNumber);
    const parameters = [responseTo(requestNumber, Performed, nextTsns)];
    control.pushFront({ kind: "RE-CONFIG", parameters }, replyPaths.to(pending.source));
  }

  #repeated(answer: Answer): Parameter {
    if (this.#pending?.answer === answer && this.#isAskedInVain(this.#pending)) this.#giveUp(answer);
    const { requestNumber, result, nextTsns } = answer;
    if (result !== "ours") return responseTo(requestNumber, result, nextTsns);
    const ours = this.#requester.answerTo(requestNumber);
    if (ours === "waiting") return this.#postponed(answer);
    if (ours === "not done") return responseTo(requestNumber, Denied);
    return ours === "done" ? responseTo(requestNumber, Performed) : ours;
  }

  #perform(request: RequestParameter, answer: Answer, source: Path): Answer["result"] {
    switch (request.kind) {
      case "Outgoing SSN Reset Request":
        return this.#onOutgoing(request, answer, source);
      case "Incoming SSN Reset Request":
        return this.#onIncoming(request);
      case "SSN/TSN Reset Request":
        return this.#onAssociation(answer, source);
      case "Add Outgoing Streams Request":
        return this.#onAddOutgoing(request.newStreamCount);
      case "Add Incoming Streams Request":
        return this.#onAddIncoming(request.newStreamCount);
    }
  }

  /** 5.2.2. What this side has asked for is not denied. */
  #onOutgoing({ responseNumber, lastTsn, streamIds }: OutgoingRequest, answer: Answer, source: Path): number {
    const { inbound, settings, events } = this.#host;
    const isAsked = this.#requester.onPeerResets(responseNumber, streamIds);
    if (!isAsked && !settings.options.allowStreamReset) return Denied;
    if (streamIds.some((id) => id >= inbound.streamCount)) return Denied;
    if (inbound.isResetDeferred) return RequestInProgress;
    let isDeferred = false;
    inbound.resetAt(lastTsn, streamIds, (aborted) => {
      for (const delivery of aborted) events.abortDelivery(delivery);
      answer.result = Performed;
      this.#announcer.onReset("incoming", streamIds);
      if (isDeferred) this.#tell(answer, source);
    });
    isDeferred = answer.result === InProgress;
    return answer.result as number;
  }

  /** The peer hears that what was in progress is done, without asking again. */
  #tell({ requestNumber, result }: Answer, source: Path): void {
    const { control, replyPaths, seat } = this.#host;
    this.#takeBack(requestNumber);
    const parameters = [responseTo(requestNumber, result as number)];
    control.push({ kind: "RE-CONFIG", parameters }, replyPaths.to(source));
    seat.touch();
  }

  /** An answer that has not left yet, and is true no more: the peer may have sent what was missing behind its request. */
  #takeBack(requestNumber: number): void {
    this.#host.control.removeThose(
      (chunk) => chunk.kind === "RE-CONFIG" && isAnswerAlone(chunk.parameters, requestNumber),
    );
  }

  /** 5.2.3: the reset is the sender's, so it is this side that asks for it. */
  #onIncoming({ requestNumber, streamIds }: IncomingRequest): Answer["result"] {
    const { outbound, settings, lifecycle } = this.#host;
    const { options } = settings;
    if (!options.allowStreamReset || lifecycle.state !== "ESTABLISHED") return Denied;
    if (streamIds.some((id) => id >= outbound.streamCount)) return Denied;
    const listed = streamIds.length > 0 ? streamIds : undefined;
    if (this.#requester.isResetting(streamIds) || outbound.queue.areAtStart(listed)) return NothingToDo;
    if (this.#requester.hasWaitingForPeer) return RequestInProgress;
    const hold = outbound.queue.hold(listed);
    this.#requester.add([{ kind: "outgoing", streamIds, hold, answers: requestNumber, asked: undefined }]);
    return "ours";
  }

  /** 5.2.4. Nothing of ours that is not acknowledged is taken for it: the peer waits until it is. */
  #onAssociation(answer: Answer, source: Path): number {
    const { outbound, inbound, settings, lifecycle } = this.#host;
    if (!settings.options.allowAssociationReset || lifecycle.state !== "ESTABLISHED") return Denied;
    if (!this.#requester.isIdle || inbound.isResetDeferred || this.#pending !== undefined)
      return RequestInProgress;
    if (outbound.sent.isEmpty && !outbound.queue.isHalfSent) {
      this.#resetAssociation(answer);
      return Performed;
    }
    this.#pending = { answer, source, askedCount: 0 };
    outbound.queue.pause();
    return InProgress;
  }

  /** Whether the peer has asked too often, or this side has sent all that it will ever send. */
  #isAskedInVain(pending: PendingAssociationReset): boolean {
    return ++pending.askedCount > MAX_ASKED || !maySendData(this.#host.lifecycle.state);
  }

  /**
   * What has been begun does not come to its end: the peer may have closed its window because it waits for the new numbers. It is
   * to go on with the old ones.
   */
  #giveUp(answer: Answer): void {
    answer.result = Denied;
    this.#announcer.refusedCount++;
    this.#pending = undefined;
    this.#host.outbound.queue.resume();
  }

  #resetAssociation(answer: Answer): void {
    const { outbound, inbound, events } = this.#host;
    const receiver = tsnAdd(inbound.tsns.cumulativeTsn, 1 + 2 ** 31); // G1
    const sender = outbound.sent.nextTsn; // G2
    answer.result = Performed;
    answer.nextTsns = { sender, receiver };
    this.lastTsnBefore = inbound.tsns.cumulativeTsn;
    outbound.renumber(sender); // G3, G5
    for (const delivery of inbound.renumber(receiver)) events.abortDelivery(delivery); // G4, G5
    this.#announcer.onAssociationReset("performed");
  }

  /** 5.2.5. */
  #onAddOutgoing(count: number): number {
    const { inbound, settings } = this.#host;
    const { allowAddStreams, maxInboundStreams } = settings.options;
    const isAsked = this.#requester.onPeerAdds(count);
    if (!isAsked && !allowAddStreams) return Denied;
    if (inbound.streamCount + count > (isAsked ? MAX_STREAMS : maxInboundStreams)) return Denied;
    if (count === 0) return NothingToDo;
    inbound.addStreams(count);
    this.#announcer.onStreamsChanged("performed");
    return Performed;
  }

  /** 5.2.6. Some peers wait for an answer beside the request of ours. */
  #onAddIncoming(count: number): number {
    const { outbound, settings, lifecycle } = this.#host;
    const { allowAddStreams, maxInboundStreams } = settings.options;
    if (!allowAddStreams || lifecycle.state !== "ESTABLISHED") return Denied;
    if (outbound.streamCount + this.#requester.awaitedStreams("add-outgoing") + count > maxInboundStreams)
      return Denied;
    if (count === 0) return NothingToDo;
    if (this.#requester.hasWaitingForPeer) return RequestInProgress;
    this.#requester.add([{ kind: "add-outgoing", count, asked: undefined }]);
    return Performed;
  }
}

function responseTo(responseNumber: number, result: number, nextTsns?: Answer["nextTsns"]): Parameter {
  const type = ParameterType.ReConfigResponse;
  return { kind: "Re-configuration Response", type, responseNumber, result, nextTsns };
}

function isAnswerAlone([first, ...more]: readonly Parameter[], requestNumber: number): boolean {
  return (
    first?.kind === "Re-configuration Response" && first.responseNumber === requestNumber && more.length === 0
  );
}
