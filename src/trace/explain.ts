/**
 * Packets in plain English, for somebody who learns SCTP by watching it.
 * Owns: walking a packet, and the explanations of the chunks that set an association up, carry data and end it.
 * Does not own: error causes and parameters (explain-tlv.ts), short labels (labels.ts), layout (sequence-diagram.ts).
 */

import { tsnAdd, tsnDiff } from "../base/serial.ts";
import type { Chunk } from "../chunks/chunk.ts";
import { ParseError } from "../chunks/errors.ts";
import { decodePacket, type Packet } from "../chunks/packet.ts";
import { addressChangeTexts, causeText, hmacName, parameterText, reConfigText } from "./explain-tlv.ts";
import {
  chunkName,
  counted,
  gapTexts,
  grouped,
  hex32,
  isProbe,
  payloadPreview,
  rangeText,
} from "./labels.ts";
import { type Direction, type WatchedAssociation, type WatchedFlow, Watcher } from "./watcher.ts";

type ChunkOf<K extends Chunk["kind"]> = Extract<Chunk, { readonly kind: K }>;

/** What is said about one chunk. */
export interface ChunkExplanation {
  /** The RFC's name of the chunk. */
  readonly name: string;
  /** What this very chunk says. */
  readonly says: readonly string[];
  /** Why a chunk of this kind is sent at this point, with the RFC's section. */
  readonly why: string;
}

export interface PacketExplanation {
  readonly packet: Packet;
  readonly association: WatchedAssociation;
  readonly chunks: readonly ChunkExplanation[];
}

export interface ExplainerOptions {
  /** What to call the watched side. Default "this side". */
  readonly localName?: string;
  /** What to call its peer. Default "the peer". */
  readonly remoteName?: string;
}

/** Explains packet after packet, remembering what went before: TSNs are counted from 1, and repeats are told apart. */
export class PacketExplainer {
  readonly #localName: string;
  readonly #remoteName: string;
  readonly #watcher: Watcher;

  constructor(options: ExplainerOptions = {}) {
    this.#localName = options.localName ?? "this side";
    this.#remoteName = options.remoteName ?? "the peer";
    this.#watcher = new Watcher();
  }

  /**
   * @param direction which way the datagram went, seen from the watched side
   * @throws ParseError if the datagram is no SCTP packet
   */
  explain(direction: Direction, datagram: Uint8Array): PacketExplanation {
    const packet = decodePacket(datagram);
    const association = this.#watcher.associationOf(direction, packet);
    const sent = direction === "sent";
    const scene: Scene = {
      from: sent ? this.#localName : this.#remoteName,
      to: sent ? this.#remoteName : this.#localName,
      own: sent ? association.sent : association.received,
      other: sent ? association.received : association.sent,
      probeBytes: isProbe(packet.chunks) ? datagram.length : 0,
    };
    return { packet, association, chunks: packet.chunks.map((chunk) => explainChunk(chunk, scene)) };
  }

  /**
   * Takes note of a packet that the network lost: its DATA has been seen, what it acknowledges has not been heard.
   * @throws ParseError if the datagram is no SCTP packet
   */
  noteLost(direction: Direction, datagram: Uint8Array): Omit<PacketExplanation, "chunks"> {
    const packet = decodePacket(datagram);
    const association = this.#watcher.associationOf(direction, packet);
    for (const chunk of packet.chunks)
      if (chunk.kind === "DATA" || chunk.kind === "I-DATA") association[direction].sawData(chunk.tsn);
    return { packet, association };
  }
}

/**
 * The lines that explain one packet by itself: its header, each chunk, its fields, and why it is sent. Bytes that are no
 * SCTP packet are explained as such. Never throws.
 */
export function explainPacket(datagram: Uint8Array): string[] {
  try {
    const explainer = new PacketExplainer({ localName: "the sender", remoteName: "the receiver" });
    return explanationLines(explainer.explain("sent", datagram), datagram.length);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return [`not an SCTP packet: ${error.code} at byte ${error.offset} of ${datagram.length}`];
  }
}

/** An explanation in lines: the packet's header, each chunk, its fields, and why it is sent. */
export function explanationLines({ packet, chunks }: PacketExplanation, lengthBytes: number): string[] {
  const checksum = packet.checksumValid ? "" : ", WRONG CHECKSUM: the receiver drops it (RFC 9260 6.8)";
  const lines = [
    `SCTP packet of ${counted(lengthBytes, "byte")}, port ${packet.sourcePort} to ${packet.destinationPort}, ` +
      `verification tag ${hex32(packet.verificationTag)}${checksum}`,
  ];
  for (const chunk of chunks) {
    lines.push(chunk.name, ...chunk.says.map((line) => `  ${line}`), `  Why: ${chunk.why}`);
  }
  return lines;
}

/** Who speaks to whom, and the DATA of both directions. */
interface Scene {
  readonly from: string;
  readonly to: string;
  /** The DATA of whoever sent the packet. */
  readonly own: WatchedFlow;
  /** The DATA of whoever receives it: what acknowledgements speak of. */
  readonly other: WatchedFlow;
  /** The length of a packet that asks whether one of its length arrives; 0 if it is none. */
  readonly probeBytes: number;
}

function explainChunk(chunk: Chunk, scene: Scene): ChunkExplanation {
  const { says, why } = bodyOf(chunk, scene);
  return { name: chunkName(chunk), says: says.map(capitalized), why: capitalized(why) };
}

type Body = Omit<ChunkExplanation, "name">;

function bodyOf(chunk: Chunk, scene: Scene): Body {
  switch (chunk.kind) {
    case "INIT":
    case "INIT ACK":
      return initBody(chunk, scene);
    case "COOKIE ECHO":
    case "COOKIE ACK":
      return cookieBody(chunk, scene);
    case "DATA":
      return dataBody(chunk, scene);
    case "I-DATA":
      return iDataBody(chunk, scene);
    case "SACK":
    case "NR-SACK":
      return sackBody(chunk, scene);
    case "FORWARD TSN":
      return forwardTsnBody(chunk, scene);
    case "I-FORWARD-TSN":
      return iForwardTsnBody(chunk, scene);
    case "RE-CONFIG":
      return reConfigBody(chunk, scene);
    case "HEARTBEAT":
    case "HEARTBEAT ACK":
      return heartbeatBody(chunk, scene);
    case "SHUTDOWN":
    case "SHUTDOWN ACK":
    case "SHUTDOWN COMPLETE":
      return shutdownBody(chunk, scene);
    case "ABORT":
    case "ERROR":
      return failureBody(chunk, scene);
    case "AUTH":
      return authBody(chunk, scene);
    default:
      return extensionBody(chunk, scene);
  }
}

function initBody(chunk: ChunkOf<"INIT"> | ChunkOf<"INIT ACK">, { from, to }: Scene): Body {
  const says = [
    `${from}'s tag is ${hex32(chunk.initiateTag)}: every packet from ${to} must carry it`,
    `the first message will have TSN ${chunk.initialTsn}, called #1 here`,
    `${counted(chunk.outboundStreams, "stream")} out wanted, at most ${grouped(chunk.inboundStreams)} in; ` +
      `room for ${counted(chunk.aRwndBytes, "byte")} of data`,
    ...chunk.parameters.map(parameterText),
  ];
  if (chunk.kind === "INIT") {
    return {
      says,
      why:
        `handshake, step 1 of 4: ${from} asks for an association and waits in COOKIE-WAIT. The packet itself has tag 0, ` +
        `because ${to} has not chosen its own yet (RFC 9260 5.1 A, 8.5.1 A).`,
    };
  }
  return {
    says,
    why:
      `handshake, step 2 of 4: ${from} answers and forgets. All that it must remember is in the State Cookie, which it ` +
      "has signed, so that a flood of INITs takes none of its memory (RFC 9260 5.1 B, 5.1.3).",
  };
}

function cookieBody(chunk: ChunkOf<"COOKIE ECHO"> | ChunkOf<"COOKIE ACK">, { from, to }: Scene): Body {
  if (chunk.kind === "COOKIE ECHO") {
    return {
      says: [`the State Cookie, ${counted(chunk.cookie.length, "byte")}, unchanged`],
      why:
        `handshake, step 3 of 4: by returning the cookie, ${from} shows that it really is at the address it sends from. ` +
        "DATA may already ride in the same packet (RFC 9260 5.1 C).",
    };
  }
  return {
    says: [`the cookie is genuine and not stale: ${from} has made the association from it`],
    why: `handshake, step 4 of 4: ${from} is ESTABLISHED, and so is ${to} once this has arrived (RFC 9260 5.1 D, E).`,
  };
}

function dataBody(chunk: ChunkOf<"DATA">, { own }: Scene): Body {
  const order = chunk.unordered
    ? "delivered at once, in no order"
    : `message ${chunk.ssn} of stream ${chunk.streamId}`;
  const stream = chunk.unordered ? `stream ${chunk.streamId}, ` : "";
  const piece = pieceText(chunk.beginning, chunk.ending);
  return {
    says: [
      `${nameAndRepeat(chunk, own)}: ${stream}${order}${piece}, PPID ${chunk.ppid}, ${payloadText(chunk)}`,
    ],
    why:
      "user data. The TSN (#) counts all chunks of a sender and serves acknowledgement; the message number counts within a " +
      "stream and serves order, so that a loss on one stream does not hold up the others (RFC 9260 3.3.1, 6.5). " +
      (piece === ""
        ? "Small messages share a packet (RFC 9260 6.10)."
        : "A message too large for a packet goes in pieces with consecutive TSNs (RFC 9260 6.9)."),
  };
}

function iDataBody(chunk: ChunkOf<"I-DATA">, { own }: Scene): Body {
  const { beginning, ending, unordered, streamId, mid, ppidOrFsn } = chunk;
  const message = `${unordered ? "unordered message" : "message"} ${mid} of stream ${streamId}`;
  const piece =
    beginning && ending ? "" : `, piece ${beginning ? 0 : ppidOrFsn}${ending ? ", the last one" : ""}`;
  const ppid = beginning ? `, PPID ${ppidOrFsn}` : "";
  return {
    says: [`${nameAndRepeat(chunk, own)}: ${message}${piece}${ppid}, ${payloadText(chunk)}`],
    why:
      "user data whose pieces may be mixed with those of other streams: the message number and the number of the piece tell " +
      "what belongs together, and the TSN (#) serves acknowledgement alone, so that a large message holds up no other one " +
      "(RFC 8260 2.1, 2.2).",
  };
}

/** "#5", and whether it has been seen before. */
function nameAndRepeat({ tsn }: { readonly tsn: number }, own: WatchedFlow): string {
  const isRepeat = own.sawData(tsn);
  return `${own.nameOf(tsn)}${isRepeat ? " (seen before: sent again)" : ""}`;
}

function payloadText({ payload, immediate }: ChunkOf<"DATA"> | ChunkOf<"I-DATA">): string {
  const wish = immediate ? ", wants its SACK at once" : "";
  return `${counted(payload.length, "byte")}${wish}: ${payloadPreview(payload)}`;
}

function pieceText(beginning: boolean, ending: boolean): string {
  if (beginning) return ending ? "" : ", first piece";
  return ending ? ", last piece" : ", middle piece";
}

function forwardTsnBody({ newCumulativeTsn, skipped }: ChunkOf<"FORWARD TSN">, { own, to }: Scene): Body {
  const says = [goneText(own, newCumulativeTsn)];
  for (const { streamId, ssn } of skipped)
    says.push(`stream ${streamId}: goes on behind message ${ssn}, whether that has come or not`);
  return {
    says,
    why: `${GIVEN_UP} ${to} is not to wait for them, and acknowledges this as it does DATA (RFC 3758 3.5, 3.6).`,
  };
}

function iForwardTsnBody({ newCumulativeTsn, skipped }: ChunkOf<"I-FORWARD-TSN">, { own, to }: Scene): Body {
  const says = [goneText(own, newCumulativeTsn)];
  for (const { streamId, unordered, mid } of skipped)
    says.push(
      unordered
        ? `stream ${streamId}: unordered messages up to ${mid} will not be completed`
        : `stream ${streamId}: goes on behind message ${mid}, whether that has come or not`,
    );
  return {
    says,
    why: `${GIVEN_UP} ${to} is not to wait for them, and acknowledges this as it does I-DATA (RFC 8260 2.3.1).`,
  };
}

const GIVEN_UP =
  "messages were given up: their time was over, they had been sent often enough, or something more important needed their room.";

function goneText(own: WatchedFlow, newCumulativeTsn: number): string {
  return `whatever is missing up to ${own.nameOf(newCumulativeTsn)} will not come`;
}

function reConfigBody({ parameters }: ChunkOf<"RE-CONFIG">, { from, to, own }: Scene): Body {
  const says = parameters.map((parameter) => reConfigText(parameter, from, own));
  const asks = parameters.some((parameter) => parameter.kind !== "Re-configuration Response");
  return {
    says,
    why: asks
      ? `the association stays, and some of its streams begin anew or are added. ${from} asks again until ${to} has answered; what it ` +
        "sends on streams that it resets waits for the answer (RFC 6525 5.1)."
      : `${from} tells what has become of the request with that number (RFC 6525 5.1.7).`,
  };
}

function sackBody(chunk: ChunkOf<"SACK" | "NR-SACK">, { from, to, other }: Scene): Body {
  const before = other.sawCumulativeTsnAck(chunk.cumulativeTsnAck);
  const newCount = before === undefined ? 0 : tsnDiff(chunk.cumulativeTsnAck, before);
  const news =
    before === undefined || newCount <= 0
      ? "nothing new in sequence"
      : `new: ${rangeText(other, tsnAdd(before, 1), chunk.cumulativeTsnAck)}`;
  const says = [
    `everything up to ${other.nameOf(chunk.cumulativeTsnAck)} has arrived (${news}); ` +
      `room for ${counted(chunk.aRwndBytes, "byte")} more`,
  ];
  const gaps = gapTexts(chunk, other);
  if (gaps.length > 0) says.push(`after a gap, ${listed(gaps)} arrived as well`);
  if (chunk.kind === "NR-SACK" && chunk.nonRenegableBlocks.length > 0)
    says.push(`${listed(gapTexts(chunk, other, chunk.nonRenegableBlocks))} will not be dropped any more`);
  if (chunk.duplicateTsns.length > 0) {
    says.push(`arrived twice: ${listed(chunk.duplicateTsns.map((tsn) => other.nameOf(tsn)))}`);
  }
  return {
    says,
    why:
      gaps.length > 0
        ? `something is missing, so ${from} reports at once and with every packet; when three reports miss the same TSN, ` +
          `${to} sends it again without waiting for its timer (RFC 9260 6.2, 6.7, 7.2.4).`
        : "an acknowledgement is due for every second packet with DATA, or 200 ms after the last one. It also says how " +
          `much more ${to} may send (RFC 9260 6.2, 6.2.1).`,
  };
}

function heartbeatBody(
  chunk: ChunkOf<"HEARTBEAT"> | ChunkOf<"HEARTBEAT ACK">,
  { from, to, probeBytes }: Scene,
): Body {
  const carried = counted(chunk.parameters.length, "byte");
  if (chunk.kind === "HEARTBEAT") {
    if (probeBytes > 0)
      return {
        says: [`${carried} of ${from}'s own, to be returned unchanged`],
        why:
          `a probe: does a packet of ${counted(probeBytes, "byte")} arrive? If ${to} answers, ${from} may send such packets. ` +
          "If not, it was too large, and nothing else is concluded from its loss (RFC 8899 4.1, 6.2.1.2).",
      };
    return {
      says: [`${carried} of ${from}'s own, to be returned unchanged`],
      why:
        "nothing has been sent on this path for a while, or it is new: is it alive, and how long is a round trip? " +
        "(RFC 9260 8.3, 5.4)",
    };
  }
  return {
    says: [`the same ${carried}`],
    why: `the path works: ${to} counts it as active and takes the round-trip time from it (RFC 9260 8.3).`,
  };
}

function shutdownBody(
  chunk: ChunkOf<"SHUTDOWN"> | ChunkOf<"SHUTDOWN ACK"> | ChunkOf<"SHUTDOWN COMPLETE">,
  { from, to, other }: Scene,
): Body {
  if (chunk.kind === "SHUTDOWN") {
    other.sawCumulativeTsnAck(chunk.cumulativeTsnAck);
    return {
      says: [
        `${from} has no more to send, and all that it sent was acknowledged`,
        `everything up to ${other.nameOf(chunk.cumulativeTsnAck)} has arrived`,
      ],
      why: `graceful end, step 1 of 3: ${from} is in SHUTDOWN-SENT; ${to} may still finish its own sending (RFC 9260 9.2).`,
    };
  }
  if (chunk.kind === "SHUTDOWN ACK") {
    return {
      says: [`${from} has nothing left to send either`],
      why: `graceful end, step 2 of 3: both sides have everything; ${from} waits in SHUTDOWN-ACK-SENT (RFC 9260 9.2).`,
    };
  }
  return {
    says: [`${from} has removed the association`],
    why: `graceful end, step 3 of 3: ${to} may forget it too. Nothing was lost on the way (RFC 9260 9.2).`,
  };
}

function failureBody(chunk: ChunkOf<"ABORT"> | ChunkOf<"ERROR">, { from, to }: Scene): Body {
  const says = chunk.causes.length > 0 ? chunk.causes.map(causeText) : ["no cause is given"];
  if (chunk.kind === "ERROR") {
    return {
      says,
      why: `${from} reports something that does not end the association by itself (RFC 9260 3.3.10).`,
    };
  }
  const reflected = chunk.tagReflected
    ? ` The T bit says that ${from} knows no such association and has copied ${to}'s tag.`
    : "";
  return {
    says,
    why: `the end, at once: what was queued on either side is given up, and nothing is answered (RFC 9260 9.1).${reflected}`,
  };
}

/** One sentence for each chunk beyond the base protocol. */
const EXTENSION_WHY: Partial<Record<Chunk["kind"], string>> = {
  ASCONF: "asks for addresses to be added, deleted or made primary (RFC 5061).",
  "ASCONF-ACK": "answers an ASCONF (RFC 5061).",
  ECNE: "reserved for explicit congestion notification (RFC 9260 3.2).",
  CWR: "reserved for explicit congestion notification (RFC 9260 3.2).",
};

function authBody({ sharedKeyId, hmacId, hmac }: ChunkOf<"AUTH">, { from, to }: Scene): Body {
  return {
    says: [
      `made with key ${sharedKeyId}${sharedKeyId === 0 ? ", which is empty unless both sides have set it" : ""}`,
      `HMAC of ${hmacName(hmacId)}, ${counted(hmac.length, "byte")}, over this chunk and all behind it`,
    ],
    why:
      `whoever does not know the key cannot have written what follows: ${to} takes some chunks of ${from}'s only so, and drops ` +
      "the rest of the packet if the HMAC is wrong (RFC 4895 6.2, 6.3).",
  };
}

function extensionBody(chunk: Chunk, { probeBytes }: Scene): Body {
  if (chunk.kind === "PAD")
    return {
      says: [`${counted(chunk.padding.length, "byte")} that mean nothing`],
      why:
        probeBytes > 0
          ? "it brings the packet to the length that is tried (RFC 4820 3, RFC 8899 6.2.1.2)."
          : "it makes the packet larger (RFC 4820 3).",
    };
  if (chunk.kind === "ASCONF" || chunk.kind === "ASCONF-ACK")
    return { says: addressChangeTexts(chunk), why: EXTENSION_WHY[chunk.kind] ?? "" };
  if (chunk.kind !== "unknown")
    return { says: ["nothing that is read"], why: EXTENSION_WHY[chunk.kind] ?? "an extension of SCTP." };
  const says = [`${counted(chunk.value.length, "byte")} that no RFC known here describes`];
  const skip = chunk.type >= 0x80 ? "is skipped" : "stops the reading of the packet";
  const report = (chunk.type & 0x40) === 0 ? "" : " and is reported in an ERROR chunk";
  return { says, why: `by the two highest bits of its type, such a chunk ${skip}${report} (RFC 9260 3.2).` };
}

/** "a", "a and b", "a, b and c"; long lists are cut. */
function listed(items: readonly string[]): string {
  const shown = items.length > 6 ? [...items.slice(0, 5), `${items.length - 5} more`] : items;
  const last = shown.at(-1) ?? "";
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(", ")} and ${last}`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
