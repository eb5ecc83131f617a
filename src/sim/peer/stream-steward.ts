/**
 * What a scripted peer does about streams that begin anew or are added (RFC 6525).
 * Owns: the numbers of the requests of both sides, what is granted, in which form it is answered, asking again.
 * Does not own: SSNs (sender.ts, receiver.ts), packets (association.ts).
 *
 * As usrsctp does, it answers a request for its own streams, and asks by itself in a chunk of its own. Whatever is in progress is
 * answered when it is done, or when it is asked for again, as the dice fall.
 */
import { tsnAdd, tsnGte } from "../../base/serial.ts";
import type { Chunk } from "../../chunks/chunk.ts";
import { ParameterType, ReConfigResult } from "../../chunks/codes.ts";
import type { Parameter } from "../../chunks/parameters.ts";
import type { Habits } from "./behaviours.ts";
import type { Receiver } from "./receiver.ts";
import type { Sender } from "./sender.ts";

type Request = Extract<Parameter, { readonly requestNumber: number }>;
type OutgoingRequest = Extract<Parameter, { readonly kind: "Outgoing SSN Reset Request" }>;

/** A request of its own. */
interface Own {
  readonly kind: "reset" | "add" | "ask";
  readonly streamIds: readonly number[];
  readonly count: number;
  /** The number of the request that it answers. */
  readonly answers: number | undefined;
}

const REPEAT_MS = 1_500;
const DENIAL_RATE = 0.15;

export class StreamSteward {
  /** When what it asks for is asked again; Infinity while it asks for nothing. */
  repeatAtMs: number = Number.POSITIVE_INFINITY;
  readonly #habits: Habits;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  #nextNumber: number;
  #nextPeerNumber: number;
  /** Of the last chunk, by their numbers; undefined while in progress. */
  #results = new Map<number, number | undefined>();
  #deferred: OutgoingRequest | undefined;
  #waiting: Own[] = [];
  #asked: { readonly own: Own; readonly parameter: Request } | undefined;
  #out: Chunk[] = [];

  constructor(
    initialTsn: number,
    peerInitialTsn: number,
    habits: Habits,
    sender: Sender,
    receiver: Receiver,
  ) {
    this.#nextNumber = initialTsn;
    this.#nextPeerNumber = peerInitialTsn;
    this.#habits = habits;
    this.#sender = sender;
    this.#receiver = receiver;
  }

  /** Nothing that was sent waits for the end of a request. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && this.#asked === undefined;
  }

  /** Asks for something, if it asks for nothing yet. */
  ask(streamId: number): void {
    if (!this.isIdle) return;
    const kind = this.#habits.happens(0.7) ? "reset" : "ask";
    this.#begin({
      kind,
      streamIds: this.#habits.happens(0.2) ? [] : [streamId],
      count: 0,
      answers: undefined,
    });
  }

  onChunk(parameters: readonly Parameter[]): void {
    const answers: Parameter[] = [];
    for (const parameter of parameters) {
      if (parameter.kind === "Re-configuration Response")
        this.#onAnswer(parameter.responseNumber, parameter.result);
      else if ("requestNumber" in parameter) answers.push(...this.#answersTo(parameter));
    }
    if (answers.length > 0) this.#out.push({ kind: "RE-CONFIG", parameters: answers });
  }

  /** @returns what is to be sent now */
  flush(nowMs: number): Chunk[] {
    const deferred = this.#deferred;
    if (deferred !== undefined && this.#reset(deferred)) {
      this.#deferred = undefined;
      const { requestNumber } = deferred;
      this.#results.set(requestNumber, ReConfigResult.Performed);
      if (this.#habits.happens(0.5)) this.#out.push(answerChunk(requestNumber, ReConfigResult.Performed));
    }
    this.#askNext(nowMs);
    if (this.#asked !== undefined && nowMs >= this.repeatAtMs) {
      this.repeatAtMs = nowMs + REPEAT_MS;
      this.#out.push({ kind: "RE-CONFIG", parameters: [this.#asked.parameter] });
    }
    const out = this.#out;
    this.#out = [];
    return out;
  }

  #answersTo(request: Request): Parameter[] {
    const { requestNumber } = request;
    if (this.#results.has(requestNumber))
      return [response(requestNumber, this.#results.get(requestNumber) ?? ReConfigResult.InProgress)];
    if (requestNumber !== this.#nextPeerNumber)
      return [response(requestNumber, ReConfigResult.BadSequenceNumber)];
    this.#nextPeerNumber = tsnAdd(requestNumber, 1);
    if (this.#results.size > 1) this.#results = new Map([...this.#results].slice(-1));
    const result = this.#resultOf(request);
    this.#results.set(requestNumber, result === ReConfigResult.InProgress ? undefined : result);
    return [response(requestNumber, result)];
  }

  #resultOf(request: Request): number {
    this.#habits.does("reconfigures");
    const isAnswer =
      request.kind === "Outgoing SSN Reset Request" && this.#isAnswerTo(request.responseNumber);
    if (!isAnswer && this.#habits.happens(DENIAL_RATE)) return ReConfigResult.Denied;
    switch (request.kind) {
      case "Outgoing SSN Reset Request":
        if (this.#reset(request)) return ReConfigResult.Performed;
        this.#deferred = request;
        return ReConfigResult.InProgress;
      case "Incoming SSN Reset Request":
        this.#begin({
          kind: "reset",
          streamIds: request.streamIds,
          count: 0,
          answers: request.requestNumber,
        });
        return ReConfigResult.Performed;
      case "Add Outgoing Streams Request":
        return ReConfigResult.Performed;
      case "Add Incoming Streams Request":
        this.#begin({ kind: "add", streamIds: [], count: request.newStreamCount, answers: undefined });
        return ReConfigResult.Performed;
      default:
        return ReConfigResult.Denied;
    }
  }

  /** @returns false while something from before is missing */
  #reset({ lastTsn, streamIds }: OutgoingRequest): boolean {
    if (!tsnGte(this.#receiver.cumulativeTsn, lastTsn)) return false;
    this.#receiver.restart(streamIds);
    return true;
  }

  #isAnswerTo(responseNumber: number): boolean {
    const asked = this.#asked;
    if (asked?.own.kind !== "ask" || asked.parameter.requestNumber !== responseNumber) return false;
    this.#end();
    return true;
  }

  #begin(own: Own): void {
    this.#waiting.push(own);
  }

  #askNext(nowMs: number): void {
    const [own] = this.#waiting;
    if (own === undefined || this.#asked !== undefined) return;
    if (own.kind === "reset") {
      this.#sender.hold(own.streamIds); // One at a time: what waits for one would be let go by the end of another.
      if (!this.#sender.isHeldDrained) return;
    }
    this.#waiting.shift();
    this.#habits.does("reconfigures");
    const requestNumber = this.#nextNumber;
    this.#nextNumber = tsnAdd(requestNumber, 1);
    this.#asked = { own, parameter: this.#parameterOf(own, requestNumber) };
    this.repeatAtMs = nowMs;
  }

  #parameterOf({ kind, streamIds, count, answers }: Own, requestNumber: number): Request {
    if (kind === "add") {
      const type = ParameterType.AddOutgoingStreams;
      return { kind: "Add Outgoing Streams Request", type, requestNumber, newStreamCount: count };
    }
    if (kind === "ask") {
      const type = ParameterType.IncomingSsnReset;
      return { kind: "Incoming SSN Reset Request", type, requestNumber, streamIds };
    }
    const responseNumber = answers ?? tsnAdd(this.#nextPeerNumber, -1);
    const { lastTsn } = this.#sender;
    const type = ParameterType.OutgoingSsnReset;
    return { kind: "Outgoing SSN Reset Request", type, requestNumber, responseNumber, lastTsn, streamIds };
  }

  #onAnswer(responseNumber: number, result: number): void {
    const asked = this.#asked;
    if (asked?.parameter.requestNumber !== responseNumber || result === ReConfigResult.InProgress) return;
    const isDone = result === ReConfigResult.Performed || result === ReConfigResult.NothingToDo;
    if (asked.own.kind === "reset") this.#sender.letGo(isDone);
    this.#end();
  }

  #end(): void {
    this.#asked = undefined;
    this.repeatAtMs = Number.POSITIVE_INFINITY;
  }
}

function response(responseNumber: number, result: number): Parameter {
  const type = ParameterType.ReConfigResponse;
  return { kind: "Re-configuration Response", type, responseNumber, result, nextTsns: undefined };
}

function answerChunk(responseNumber: number, result: number): Chunk {
  return { kind: "RE-CONFIG", parameters: [response(responseNumber, result)] };
}
