/**
 * A message on its way out.
 * Owns: the user's bytes and what the user said about them, and how far they have been cut into fragments.
 * Does not own: the order in which messages leave (send-queue.ts), the fragments (sent-log.ts).
 */
import { MessageLimit } from "./reliability.ts";
import type { SendInfo } from "./send-info.ts";

const NO_BYTES = new Uint8Array(0);
const NEVER = Number.POSITIVE_INFINITY;

/** What is said of few messages: the others do without the memory. */
interface RareInfo {
  readonly context: number;
  readonly to: string | undefined;
  readonly receipt: unknown;
  readonly authKeyId: number | undefined;
}

export class OutboundMessage {
  data: Uint8Array;
  readonly streamId: number;
  readonly ppid: number;
  readonly unordered: boolean;
  readonly sackImmediately: boolean;
  /** When it is given up; undefined for one that is sent until it has arrived. */
  readonly limit: MessageLimit | undefined;
  readonly #rare: RareInfo | undefined;
  /** Its SSN, or its MID in I-DATA; assigned when the first fragment is cut (RFC 9260 6.5, RFC 8260 2.1). */
  ssn = 0;
  /** Bytes that have been cut into fragments. */
  sentBytes = 0;
  /** Fragments that it has been cut into. */
  fragmentCount = 0;
  /** Its place among all messages of the association, in the order in which the user gave them (send-queue.ts). */
  place = 0;
  /** Bytes at its beginning that the peer has acknowledged; known once the message has failed. */
  acknowledgedBytes = 0;
  /** Bytes that the peer has acknowledged for good, where somebody waits for all of them (sending/release-watch.ts). */
  releasedBytes = 0;
  /** The message behind this one in its stream's queue (stream-queue.ts). */
  behind: OutboundMessage | undefined = undefined;

  /**
   * @param info has been checked (send-info.ts)
   * @param authKeyId where it does not name a key
   */
  constructor(data: Uint8Array, info: SendInfo = {}, nowMs = 0, authKeyId?: number) {
    this.data = data;
    this.streamId = info.streamId ?? 0;
    this.ppid = info.ppid ?? 0;
    this.unordered = info.unordered ?? false;
    this.sackImmediately = info.sackImmediately ?? false;
    const { context = 0, to, receipt, reliability } = info;
    const keyId = info.authKeyId ?? authKeyId;
    const isPlain = context === 0 && to === undefined && receipt === undefined && keyId === undefined;
    this.#rare = isPlain ? undefined : { context, to, receipt, authKeyId: keyId };
    this.limit = reliability === undefined ? undefined : new MessageLimit(reliability, nowMs);
  }

  /** What the user calls it (RFC 6458 5.3.4, snd_context). */
  get context(): number {
    return this.#rare?.context ?? 0;
  }
  /** The address of the peer that the user prefers to the primary path (RFC 6458 5.3.4, SCTP_ADDR_OVER). */
  get destination(): string | undefined {
    return this.#rare?.to;
  }
  /** The caller's token, given back when the message has arrived or failed; undefined where nobody asks. */
  get receipt(): unknown {
    return this.#rare?.receipt;
  }
  /** The shared key that it is authenticated with, where the peer wants that (RFC 4895); undefined for the active one. */
  get authKeyId(): number | undefined {
    return this.#rare?.authKeyId;
  }
  /** Nothing of the message is sent from then on, unless some of it has been (RFC 9260 11.1.5). */
  get expiresAtMs(): number {
    return this.limit?.expiresAtMs ?? NEVER;
  }

  /** Its life has ended before any of it was sent (RFC 9260 11.1.5). */
  hasExpired(nowMs: number): boolean {
    return this.limit !== undefined && this.limit.expiresAtMs <= nowMs && this.sentBytes === 0;
  }

  /** It has come back to the user: its place in a queue keeps the bytes alive no longer. */
  release(): void {
    this.data = NO_BYTES;
  }

  /** What was cut counts for nothing: the message starts anew, under other numbers. */
  rewind(): void {
    this.ssn = 0;
    this.sentBytes = 0;
    this.fragmentCount = 0;
    this.acknowledgedBytes = 0;
    this.releasedBytes = 0;
  }
}
