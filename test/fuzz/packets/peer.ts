/**
 * A peer that means well: it answers what the stack sends, as far as one packet allows to say what an answer is.
 * Owns: its own numbers, what it has learned from the stack's packets, the replies.
 * Does not own: what else it says and when (states.ts, ending.ts). It keeps no timers and repeats nothing by itself.
 */
import type { Association } from "../../../src/association/association.ts";
import { tsnAdd, tsnGt } from "../../../src/base/serial.ts";
import type { Chunk, DataChunk, IDataChunk, SackChunk } from "../../../src/chunks/chunk.ts";
import type { NrSackChunk } from "../../../src/chunks/nr-sack.ts";
import { encodePacket } from "../../../src/chunks/packet.ts";
import type { Parameter } from "../../../src/chunks/parameters.ts";
import {
  cookieOf,
  cookieParameter,
  dataChunk,
  echoOf,
  FORWARD_TSN_SUPPORTED,
  iDataChunk,
  initAckChunk,
  OUR_ADDRESS,
  OUR_PORT,
  PEER_ADDRESS,
  PEER_PORT,
  PEER_TAG,
  RECONFIG_SUPPORTED,
  sackChunk,
  supportedExtensions,
} from "../../conformance/lab.ts";
import type { Sent } from "./bench.ts";

/** The peer's TSNs wrap soon, as the stack's do. */
export const PEER_TSN = 0xffff_fffa;

/** A packet on its way to the stack. */
export interface Reply {
  readonly bytes: Uint8Array;
  readonly from: string;
  readonly to: string;
}

/** What the peer sends of user data. */
export type PeerData = DataChunk | IDataChunk;

export class Peer {
  /** It knows I-DATA, and the stack does. */
  isInterleaved = false;
  /** It knows NR-SACK, and the stack does (draft-tuexen-tsvwg-sctp-multipath 4.1). */
  promises = false;
  /** It knows that addresses come and go (RFC 5061), and does what the stack asks about its own. */
  knowsAddresses = false;
  /** What it says of authentication. */
  saysOfAuthentication: readonly Parameter[] = [];
  /** The next TSN that the peer would use. */
  nextTsn: number = PEER_TSN;
  /** The stack's last INIT ACK: what a COOKIE ECHO needs. */
  initAck: { readonly tag: number; readonly cookie: Uint8Array } | undefined;
  /** The stack's last SACK or NR-SACK. */
  sack: SackChunk | NrSackChunk | undefined;
  /** The stack answered with an ABORT. */
  sawAbort = false;
  /** The peer has sent an INIT; an INIT ACK that it did not ask for it ignores (RFC 9260 5.2.3). */
  isOpening = false;
  /** Whether DATA is acknowledged. */
  acknowledges = true;
  /** Of I-DATA: the fragments of the message at hand, by stream and order. */
  #fragmentCounts = new Map<string, number>();
  /** The highest TSN of the stack's DATA, and whose it was. */
  #highestTsn = 0;
  #highestOf = -1;

  /** A peer that knows what this one knows. */
  copy(): Peer {
    const twin = new Peer();
    Object.assign(twin, this);
    twin.#fragmentCounts = new Map(this.#fragmentCounts);
    twin.#highestTsn = this.#highestTsn;
    twin.#highestOf = this.#highestOf;
    return twin;
  }

  /** Remembers what a packet of the stack's says. */
  learn(sent: Sent, association: Association | undefined): void {
    for (const chunk of sent.chunks) {
      if (chunk.kind === "INIT ACK") this.initAck = { tag: chunk.initiateTag, cookie: cookieOf(chunk) };
      if (chunk.kind === "SACK" || chunk.kind === "NR-SACK") this.sack = chunk;
      if (chunk.kind === "ABORT") this.sawAbort = true;
      if (chunk.kind === "RE-CONFIG") this.#learnNumbers(chunk.parameters);
      if (association === undefined) continue;
      if (chunk.kind === "DATA" || chunk.kind === "I-DATA") this.#learnTsn(chunk.tsn, association);
      if (chunk.kind === "FORWARD TSN" || chunk.kind === "I-FORWARD-TSN")
        this.#learnTsn(chunk.newCumulativeTsn, association);
    }
  }

  /** The highest TSN that the peer could acknowledge. */
  highestTsn(association: Association): number {
    return this.#highestOf === association.localInitialTsn
      ? this.#highestTsn
      : tsnAdd(association.localInitialTsn, -1);
  }

  /** What it says of extensions. */
  get parameters(): readonly Parameter[] {
    if (this.knowsAddresses) return [FORWARD_TSN_SUPPORTED, supportedExtensions(130, 192, 193, 128)];
    if (this.isInterleaved || this.promises) {
      const types = [130, 192, ...(this.isInterleaved ? [64, 194] : []), ...(this.promises ? [16] : [])];
      return [FORWARD_TSN_SUPPORTED, supportedExtensions(...types)];
    }
    return [...this.saysOfAuthentication, FORWARD_TSN_SUPPORTED, RECONFIG_SUPPORTED];
  }

  /** A new chunk of the peer's user data, a whole message. */
  data(more: Partial<DataChunk> = {}): PeerData {
    const chunk = this.userData(this.nextTsn, more);
    this.nextTsn = tsnAdd(this.nextTsn, 1);
    return chunk;
  }

  /** User data in the form that was agreed on; the fragments of a message follow one another. */
  userData(tsn: number, { kind: _kind, ssn = 0, ppid = 0, ...more }: Partial<DataChunk> = {}): PeerData {
    if (!this.isInterleaved) return dataChunk({ tsn, ssn, ppid, ...more });
    const { streamId = 0, unordered = false, beginning = true } = more;
    const place = `${streamId} ${unordered}`;
    const number = beginning ? 0 : (this.#fragmentCounts.get(place) ?? 0) + 1;
    this.#fragmentCounts.set(place, number);
    return iDataChunk({ tsn, mid: ssn, ppidOrFsn: beginning ? ppid : number, ...more });
  }

  /** A SACK for everything that the stack has sent. Not all associations that come of an input have agreed on NR-SACK. */
  sackFor(association: Association): SackChunk | NrSackChunk {
    const all = { cumulativeTsnAck: this.highestTsn(association) };
    return association.nrSack ? this.report(all) : sackChunk(all);
  }

  /** A SACK, or an NR-SACK where that has been agreed on: of what arrived, it promises to keep those blocks, too. */
  report(
    more: Partial<SackChunk>,
    nonRenegableBlocks: NrSackChunk["nonRenegableBlocks"] = [],
  ): SackChunk | NrSackChunk {
    const chunk = sackChunk(more);
    return this.promises ? { ...chunk, kind: "NR-SACK", nonRenegableBlocks } : chunk;
  }

  /** A packet from the peer to the stack under the association's tag. */
  packet(association: Association | undefined, chunks: readonly Chunk[], from: string = PEER_ADDRESS): Reply {
    return {
      bytes: encodePacket({
        sourcePort: PEER_PORT,
        destinationPort: association?.localPort ?? OUR_PORT,
        verificationTag: association?.localTag ?? 0,
        chunks,
      }),
      from,
      to: OUR_ADDRESS,
    };
  }

  /** What the peer says to a packet; undefined where there is nothing to say. */
  reply(sent: Sent, association: Association | undefined): Reply | undefined {
    this.learn(sent, association);
    const chunks: Chunk[] = [];
    let tag = association?.localTag ?? 0;
    for (const chunk of sent.chunks) {
      if (chunk.kind === "INIT") tag = chunk.initiateTag;
      if (chunk.kind === "INIT ACK") tag = chunk.initiateTag;
      const answer = this.#answer(chunk, association);
      if (
        answer !== undefined &&
        !chunks.some(({ kind }) => kind === answer.kind && (kind === "SACK" || kind === "NR-SACK"))
      )
        chunks.push(answer);
    }
    if (chunks.length === 0 || tag === 0) return undefined;
    const { sourcePort: destinationPort, destinationPort: sourcePort } = sent;
    return {
      bytes: encodePacket({ sourcePort, destinationPort, verificationTag: tag, chunks }),
      from: sent.to,
      to: sent.from,
    };
  }

  #answer(chunk: Chunk, association: Association | undefined): Chunk | undefined {
    switch (chunk.kind) {
      case "INIT":
        this.nextTsn = PEER_TSN;
        return initAckChunk({
          initiateTag: PEER_TAG,
          initialTsn: PEER_TSN,
          parameters: [cookieParameter(), ...this.parameters],
        });
      case "INIT ACK":
        if (!this.isOpening) return undefined;
        this.isOpening = false;
        return echoOf(chunk);
      case "COOKIE ECHO":
        return { kind: "COOKIE ACK" };
      case "DATA":
      case "I-DATA":
      case "FORWARD TSN":
      case "I-FORWARD-TSN":
        return association !== undefined && this.acknowledges ? this.sackFor(association) : undefined;
      case "RE-CONFIG":
        return consentTo(chunk.parameters);
      case "ASCONF":
        return this.knowsAddresses
          ? { kind: "ASCONF-ACK", serialNumber: chunk.serialNumber, parameters: [] }
          : undefined;
      case "HEARTBEAT":
        return { kind: "HEARTBEAT ACK", parameters: chunk.parameters, info: chunk.info };
      case "SHUTDOWN":
        return { kind: "SHUTDOWN ACK" };
      case "SHUTDOWN ACK":
        return { kind: "SHUTDOWN COMPLETE", tagReflected: false };
      default:
        return undefined;
    }
  }

  /** All numbers begin anew: the stack says with which. */
  #learnNumbers(parameters: readonly Parameter[]): void {
    for (const parameter of parameters)
      if (parameter.kind === "Re-configuration Response" && parameter.nextTsns !== undefined)
        this.nextTsn = parameter.nextTsns.receiver;
  }

  #learnTsn(tsn: number, association: Association): void {
    if (this.#highestOf === association.localInitialTsn && !tsnGt(tsn, this.#highestTsn)) return;
    this.#highestOf = association.localInitialTsn;
    this.#highestTsn = tsn;
  }
}

/** Whatever the stack asks for has been done; undefined where it asks for nothing. */
function consentTo(parameters: readonly Parameter[]): Chunk | undefined {
  const answers = parameters.flatMap((parameter): Parameter[] =>
    "requestNumber" in parameter
      ? [
          {
            kind: "Re-configuration Response",
            type: 16,
            responseNumber: parameter.requestNumber,
            result: 1,
            nextTsns: undefined,
          },
        ]
      : [],
  );
  return answers.length === 0 ? undefined : { kind: "RE-CONFIG", parameters: answers };
}
