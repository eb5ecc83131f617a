/**
 * What this side asks of the peer about its own addresses (RFC 5061 5.1, 5.3).
 * Owns: the changes that wait, the ASCONF that is under way, its number and T4-RTO, where it goes, what the ASCONF-ACK does.
 * Does not own: which changes go into one chunk, and under which names (batch.ts); which of our addresses the peer knows
 * (own-addresses.ts); the peer's requests (responder.ts); what the user is told (announcer.ts).
 *
 * One ASCONF is under way at any time (5.1 A3, C1); what is asked for meanwhile goes into the next one.
 */
import { tsnAdd, tsnDiff } from "../../../base/serial.ts";
import type { Cause } from "../../../chunks/causes.ts";
import type { Chunk } from "../../../chunks/chunk.ts";
import { CauseCode, causeCodeName } from "../../../chunks/codes.ts";
import { COMMON_HEADER_BYTES } from "../../../chunks/common-header.ts";
import type { Parameter } from "../../../chunks/parameters.ts";
import { addressFamily } from "../../../platform/address.ts";
import type { AddressChange, AddressChangeOutcome } from "../../model/events.ts";
import type { AssociationState } from "../../model/state.ts";
import type { Path } from "../../paths/path.ts";
import type { ExtensionHost } from "../association-extension.ts";
import type { Announcer, Change } from "./announcer.ts";
import { type Asked, type Batch, lookupParameter, staying, takeBatch } from "./batch.ts";
import type { OwnAddresses } from "./own-addresses.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** Chunk header, sequence number and the address of the sender (4.1.1), at its longest. */
const ASCONF_HEADER_BYTES = 28;

/** The ASCONF that is under way. */
interface UnderWay {
  readonly batch: Batch;
  readonly serialNumber: number;
  /** The same whenever it is sent again (5.1 B4). */
  readonly chunk: Chunk;
  /** Where it went last; undefined while there is no way. */
  way: Way | undefined;
  sentAtMs: number;
  isRepeated: boolean;
}

interface Way {
  readonly path: Path;
  readonly localAddress: string;
}

export class Requester {
  /** T4-RTO (5.1 A4). */
  deadlineMs: number = NEVER;
  readonly #host: ExtensionHost;
  readonly #own: OwnAddresses;
  readonly #announcer: Announcer;
  #nextNumber: number;
  #nextCorrelationId = 1;
  readonly #waiting: Change[] = [];
  #underWay: UnderWay | undefined = undefined;
  #timeoutMs = 0;
  /** What the peer has said that it does not understand (F3a, F3b, A9). */
  readonly #unknownToPeer = new Set<AddressChange>();

  constructor(host: ExtensionHost, own: OwnAddresses, announcer: Announcer) {
    this.#host = host;
    this.#own = own;
    this.#announcer = announcer;
    this.#nextNumber = host.identity.localInitialTsn; // 5.1 A2
  }

  get isIdle(): boolean {
    return this.#underWay === undefined && this.#waiting.length === 0;
  }

  /** All that is not done yet, in its order. */
  get pending(): readonly Change[] {
    return [...this.#changesUnderWay, ...this.#waiting];
  }

  get #changesUnderWay(): readonly Change[] {
    return this.#underWay?.batch.asked.flatMap(({ changes }) => changes) ?? [];
  }

  /** Whether the peer has said that it does not understand such a request. */
  isUnknownToPeer(kind: AddressChange): boolean {
    return this.#unknownToPeer.has(kind);
  }

  add(change: Change): void {
    if (change.kind === "add") this.#own.begin(change.address);
    this.#waiting.push(change);
  }

  /** The peer has begun anew, and knows our addresses as they are: nothing is undone. */
  leave(): void {
    for (const change of this.#takePending())
      this.#announcer.onEnded(change, "failed", "the peer has begun anew");
  }

  /** What is not done yet comes to nothing. */
  #abandon(reason: string, nowMs: number): void {
    for (const change of this.#takePending()) this.#end(change, "failed", reason, nowMs);
  }

  #takePending(): readonly Change[] {
    const { pending } = this;
    this.#stop();
    this.#waiting.length = 0;
    return pending;
  }

  #stop(): void {
    this.#underWay = undefined;
    this.deadlineMs = NEVER;
    this.#host.control.remove("ASCONF");
  }

  // ---- Asking ------------------------------------------------------------------------------------------------

  /** Asks for what waits, if that can be asked now. */
  review(nowMs: number): void {
    if (this.#underWay !== undefined) return this.#followMove(this.#underWay, nowMs);
    if (this.#waiting.length === 0) return;
    if (!maySendAsconf(this.#host.lifecycle.state)) return;
    this.#failHopeless(nowMs);
    const batch = takeBatch(this.#waiting, this.#own, this.#roomBytes, () => this.#newCorrelationId());
    if (batch === undefined) return;
    for (const { changes } of batch.asked)
      for (const { kind, address } of changes) if (kind === "remove") this.#own.leave(address, nowMs);
    const way = this.#wayFor(batch);
    const serialNumber = this.#nextNumber;
    this.#nextNumber = tsnAdd(serialNumber, 1);
    const from = way?.localAddress ?? batch.leavesFrom ?? this.#own.known[0] ?? "";
    const parameters = [lookupParameter(from, this.#own), ...batch.asked.map(({ parameter }) => parameter)];
    const chunk: Chunk = { kind: "ASCONF", serialNumber, parameters };
    const underWay = { batch, serialNumber, chunk, way, sentAtMs: nowMs, isRepeated: false };
    this.#underWay = underWay;
    this.#timeoutMs = (way?.path ?? this.#host.paths.all[0])?.rto.rtoMs ?? 0;
    this.#send(underWay, nowMs);
  }

  /** What counted on an address that has not been added: to be removed in its place, or made the primary one (F5, 5.4). */
  #failHopeless(nowMs: number): void {
    for (const change of [...this.#waiting]) {
      const index = this.#waiting.indexOf(change);
      const stay = staying(this.#waiting.slice(0, index + 1), this.#own);
      const isLast = change.kind === "remove" && stay.length === 0;
      const isUnknown = change.kind === "set-primary" && !stay.includes(change.address);
      if (!isLast && !isUnknown) continue;
      this.#waiting.splice(index, 1);
      const reason = isLast ? "it is the last address that the peer knows" : "it has not been added";
      this.#end(change, "failed", reason, nowMs);
    }
  }

  /** 5.1 C5: an ASCONF fits into a packet, whichever path that takes. */
  get #roomBytes(): number {
    const { paths, extensions } = this.#host;
    const smallest = Math.min(...paths.all.map(({ maxPacketBytes }) => maxPacketBytes));
    const authBytes = extensions.authentication?.authBytes ?? 0;
    return smallest - COMMON_HEADER_BYTES - authBytes - ASCONF_HEADER_BYTES;
  }

  #newCorrelationId(): number {
    const id = this.#nextCorrelationId;
    this.#nextCorrelationId = tsnAdd(id, 1);
    return id;
  }

  /**
   * From an address that the peer knows and that stays (F1, F6); where there is none, from one that is added (5.3.2).
   * @param preferred where it is to go, if that can be reached
   */
  #wayFor({ asked, leavesFrom }: Batch, preferred = this.#usualPath): Way | undefined {
    if (preferred === undefined) return undefined;
    const own = this.#own;
    const { usable } = own;
    const added = [...asked.flatMap(({ changes }) => changes), ...this.#waiting].flatMap(
      ({ kind, address }) => (kind === "add" && own.isThere(address) ? [address] : []),
    );
    const candidates = leavesFrom === undefined ? [...usable, ...added] : [leavesFrom, ...added];
    if (leavesFrom === undefined && usable.includes(preferred.localAddress))
      candidates.unshift(preferred.localAddress);
    for (const localAddress of candidates) {
      const path = own.isThere(localAddress) ? this.#pathFrom(localAddress, preferred) : undefined;
      if (path !== undefined) return { path, localAddress };
    }
    return undefined;
  }

  get #usualPath(): Path | undefined {
    const { paths } = this.#host;
    return paths.forData ?? paths.primary ?? paths.all[0];
  }

  #pathFrom(localAddress: string, preferred: Path): Path | undefined {
    const family = addressFamily(localAddress);
    const all = [preferred, ...this.#host.paths.all].filter(
      ({ address }) => addressFamily(address) === family,
    );
    return all.find(({ confirmed }) => confirmed) ?? all[0];
  }

  #send(underWay: UnderWay, nowMs: number): void {
    const { control } = this.#host;
    const { chunk, way } = underWay;
    this.deadlineMs = nowMs + this.#timeoutMs;
    control.remove("ASCONF");
    if (way === undefined) return;
    const { path, localAddress } = way;
    control.push(chunk, path, localAddress === path.localAddress ? undefined : localAddress);
  }

  /** This host has lost the address that the ASCONF left from, or had none, and has another one now: it is sent from there at once. */
  #followMove(underWay: UnderWay, nowMs: number): void {
    if (underWay.way !== undefined && this.#own.isThere(underWay.way.localAddress)) return;
    const way = this.#wayFor(underWay.batch);
    if (way === undefined) return;
    underWay.isRepeated ||= underWay.way !== undefined;
    underWay.way = way;
    this.#timeoutMs = way.path.rto.rtoMs;
    this.#send(underWay, nowMs);
  }

  /** 5.1 B1 to B5. */
  onTimeout(nowMs: number): void {
    const { lifecycle, monitor, paths, tracer, settings } = this.#host;
    const underWay = this.#underWay;
    this.deadlineMs = NEVER;
    if (underWay === undefined) return;
    if (!maySendAsconf(lifecycle.state)) return this.#abandon("the association ends", nowMs);
    const path = underWay.way?.path;
    tracer.onTimer("T4-rto", path);
    let next: Path | undefined;
    if (path !== undefined && paths.all.includes(path)) next = monitor.onRequestUnanswered(path, nowMs);
    if (!maySendAsconf(lifecycle.state)) return;
    underWay.way = this.#wayFor(underWay.batch, next);
    underWay.isRepeated = true;
    this.#announcer.retransmittedCount++;
    // B3, B5: the RTO of where it goes now, which has been backed off if that has not changed.
    this.#timeoutMs =
      underWay.way?.path.rto.rtoMs ?? Math.min(2 * this.#timeoutMs, settings.options.rtoMaxMs);
    this.#send(underWay, nowMs);
  }

  // ---- Answers -----------------------------------------------------------------------------------------------

  /**
   * @returns "illegal" for the answer to something that has not been asked: the association must end (F0, 4.3.4); "late" for one
   *   that has been answered already
   */
  onAnswer(
    serialNumber: number,
    responses: readonly Parameter[],
    nowMs: number,
  ): "heeded" | "late" | "illegal" {
    const underWay = this.#underWay;
    if (tsnDiff(serialNumber, this.#nextNumber) >= 0) return "illegal";
    if (underWay?.serialNumber !== serialNumber) return "late";
    this.#stop();
    this.#onHeard(underWay, nowMs);
    const { asked } = underWay.batch;
    // A7: what follows a failure has failed, unless the peer says otherwise.
    const firstFailure = asked.findIndex(
      ({ correlationId }) => errorFor(correlationId, responses) !== undefined,
    );
    asked.forEach((each, index) => {
      const causes = errorFor(each.correlationId, responses);
      const isUnsaid = !responses.some((response) => isSuccessOf(response, each.correlationId));
      if (causes !== undefined) this.#onRefused(each, causes, nowMs);
      else if (firstFailure !== -1 && index > firstFailure && isUnsaid)
        this.#endAll(each, "denied", "what the peer was asked before it has been refused", nowMs);
      else this.#endAll(each, "performed", "", nowMs);
    });
    return "heeded";
  }

  /** 5.1 A5. */
  #onHeard({ way, sentAtMs, isRepeated }: UnderWay, nowMs: number): void {
    const { monitor, paths } = this.#host;
    monitor.onPeerHeard();
    if (way === undefined || !paths.all.includes(way.path)) return;
    paths.clearErrors(way.path, "ASCONF answered");
    if (!isRepeated) way.path.rto.sample(nowMs - sentAtMs);
  }

  #onRefused(asked: Asked, causes: readonly Cause[], nowMs: number): void {
    const isUnknown = causes.some(({ code }) => code === CauseCode.UnrecognizedParameters);
    const reason = causes.map(({ code }) => causeCodeName(code)).join(", ");
    if (isUnknown) this.#onUnknown(asked);
    this.#endAll(asked, isUnknown ? "failed" : "denied", reason, nowMs);
    if (isUnknown) this.#failUnknown(reason, nowMs);
  }

  /** F3a, F3b: nothing of the kind is asked again. */
  #onUnknown({ changes }: Asked): void {
    const isPrimary = changes.some(({ kind }) => kind === "set-primary");
    for (const kind of isPrimary ? (["set-primary"] as const) : (["add", "remove"] as const))
      this.#unknownToPeer.add(kind);
  }

  #failUnknown(reason: string, nowMs: number): void {
    for (const change of [...this.#waiting]) {
      if (!this.#unknownToPeer.has(change.kind)) continue;
      this.#waiting.splice(this.#waiting.indexOf(change), 1);
      this.#end(change, "failed", reason, nowMs);
    }
  }

  /** 5.1 A9: the peer does not know the chunk. */
  onChunkUnknown(nowMs: number): void {
    for (const kind of ["add", "remove", "set-primary"] as const) this.#unknownToPeer.add(kind);
    this.#abandon(causeCodeName(CauseCode.UnrecognizedChunkType), nowMs);
  }

  #endAll({ changes }: Asked, outcome: AddressChangeOutcome, reason: string, nowMs: number): void {
    for (const change of changes) this.#end(change, outcome, reason, nowMs);
  }

  #end(change: Change, outcome: AddressChangeOutcome, reason: string, nowMs: number): void {
    const { kind, address } = change;
    const isPerformed = outcome === "performed";
    if (kind === "add" && isPerformed) this.#own.adopt(address, nowMs);
    if (kind === "add" && !isPerformed) this.#own.refuse();
    if (kind === "remove" && isPerformed) this.#own.forget(address);
    if (kind === "remove" && !isPerformed) this.#own.keep(address, nowMs);
    this.#announcer.onEnded(change, outcome, reason);
  }
}

function errorFor(correlationId: number, responses: readonly Parameter[]): readonly Cause[] | undefined {
  for (const response of responses) {
    if (response.kind !== "Error Cause Indication" || response.correlationId !== correlationId) continue;
    return response.causes;
  }
  return undefined;
}

function isSuccessOf(response: Parameter, correlationId: number): boolean {
  return response.kind === "Success Indication" && response.correlationId === correlationId;
}

/** 5.1.1 C4. */
export function maySendAsconf(state: AssociationState): boolean {
  return (
    state === "ESTABLISHED" ||
    state === "SHUTDOWN-PENDING" ||
    state === "SHUTDOWN-RECEIVED" ||
    state === "SHUTDOWN-SENT"
  );
}
