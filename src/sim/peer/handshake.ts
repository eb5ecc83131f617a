/**
 * What a scripted peer says in INIT and INIT ACK, and what it puts into its State Cookie.
 * Owns: the fixed fields, optional parameters in any order, sealing and opening cookies.
 * Does not own: when which is sent (peer.ts, association.ts).
 */
import { ByteBuilder } from "../../chunks/byte-builder.ts";
import type { Cause } from "../../chunks/causes.ts";
import type { InitAckChunk, InitChunk } from "../../chunks/chunk.ts";
import { CauseCode, ChunkType, ParameterType } from "../../chunks/codes.ts";
import type { Parameter } from "../../chunks/parameters.ts";
import { addressFamily } from "../../platform/address.ts";
import type { Habits } from "./behaviours.ts";

/** What one side of an association told the other about itself. */
export interface Introduction {
  readonly tag: number;
  readonly initialTsn: number;
  readonly windowBytes: number;
  readonly outboundStreams: number;
  readonly inboundStreams: number;
  /** It lists I-DATA. */
  readonly interleaves: boolean;
  /** It lists NR-SACK. */
  readonly promises: boolean;
}

export function introductionOf(chunk: InitChunk | InitAckChunk): Introduction {
  const { initiateTag, initialTsn, aRwndBytes, outboundStreams, inboundStreams, parameters } = chunk;
  const lists = (type: number): boolean =>
    parameters.some(
      (parameter) => parameter.kind === "Supported Extensions" && parameter.chunkTypes.includes(type),
    );
  return {
    tag: initiateTag,
    initialTsn,
    windowBytes: aRwndBytes,
    outboundStreams,
    inboundStreams,
    interleaves: lists(ChunkType.IData),
    promises: lists(ChunkType.NrSack),
  };
}

export function initChunk(own: Introduction, address: string, habits: Habits): InitChunk {
  return { kind: "INIT", ...fields(own), parameters: optionalParameters(address, true, habits) };
}

export function initAckChunk(
  own: Introduction,
  address: string,
  cookie: Uint8Array,
  habits: Habits,
): InitAckChunk {
  const stateCookie: Parameter = { kind: "State Cookie", type: ParameterType.StateCookie, cookie };
  const others = optionalParameters(address, false, habits);
  const at = habits.has("odd-parameters") ? habits.random.integer(0, others.length) : 0;
  return { kind: "INIT ACK", ...fields(own), parameters: others.toSpliced(at, 0, stateCookie) };
}

function fields(own: Introduction): Omit<InitChunk, "kind" | "parameters"> {
  const { tag, initialTsn, windowBytes, outboundStreams, inboundStreams } = own;
  return { initiateTag: tag, aRwndBytes: windowBytes, outboundStreams, inboundStreams, initialTsn };
}

/** None, but for the peers that like them odd. What would change the protocol if it were understood is left out. */
function optionalParameters(address: string, isInit: boolean, habits: Habits): Parameter[] {
  const skips: Parameter = { kind: "Forward-TSN-Supported", type: ParameterType.ForwardTsnSupported };
  const { IData, ForwardTsn, IForwardTsn, NrSack, ReConfig } = ChunkType;
  const skipTypes = habits.has("skips") ? [IForwardTsn, ForwardTsn] : [];
  const chunkTypes = [
    ...(habits.has("interleaves") ? [...skipTypes, IData] : []),
    ...(habits.has("reconfigures") ? [ReConfig] : []),
    ...(habits.has("nr-sacks") ? [NrSack] : []),
  ];
  const listed: Parameter = {
    kind: "Supported Extensions",
    type: ParameterType.SupportedExtensions,
    chunkTypes,
  };
  return [
    ...(habits.does("skips") ? [skips] : []),
    ...(chunkTypes.length > 0 ? [listed] : []),
    ...oddParameters(address, isInit, habits),
  ];
}

function oddParameters(address: string, isInit: boolean, habits: Habits): Parameter[] {
  if (!habits.does("odd-parameters")) return [];
  const { random } = habits;
  const isIpv4 = addressFamily(address) === 4;
  const choices: Parameter[] = [
    isIpv4
      ? { kind: "IPv4 Address", type: ParameterType.Ipv4Address, address }
      : { kind: "IPv6 Address", type: ParameterType.Ipv6Address, address },
    { kind: "ECN Capable", type: ParameterType.EcnCapable },
    {
      kind: "Adaptation Layer Indication",
      type: ParameterType.AdaptationLayerIndication,
      adaptationCode: random.uint32(),
    },
    { kind: "Padding", type: ParameterType.Padding, padding: oddBytes(habits) },
    // Of the two upper bits of their types: skipped, and skipped with a report (3.2.1).
    { kind: "unknown", type: 0x8f00 + random.integer(0, 255), value: oddBytes(habits) },
    { kind: "unknown", type: 0xcf00 + random.integer(0, 255), value: oddBytes(habits) },
  ];
  if (isInit) {
    const { Ipv4Address, Ipv6Address } = ParameterType;
    choices.push(
      { kind: "Cookie Preservative", type: ParameterType.CookiePreservative, incrementMs: 5_000 },
      {
        kind: "Supported Address Types",
        type: ParameterType.SupportedAddressTypes,
        addressTypes: isIpv4 ? [Ipv4Address] : habits.shuffled([Ipv4Address, Ipv6Address]),
      },
    );
  }
  const chosen = habits.shuffled(choices).slice(0, random.integer(1, choices.length));
  // A type that ends the reading of parameters, so it is the last of an INIT. A cookie behind it would not be seen.
  if (isInit && habits.happens(0.3)) chosen.push({ kind: "unknown", type: 0x4f01, value: oddBytes(habits) });
  return chosen;
}

/** Causes for an ERROR that asks for nothing; of odd lengths. */
export function oddCauses(habits: Habits): Cause[] {
  const all: Cause[] = [
    { kind: "unknown", code: 0xff00, value: oddBytes(habits) },
    {
      kind: "Unrecognized Chunk Type",
      code: CauseCode.UnrecognizedChunkType,
      chunk: Uint8Array.from([0xfd, 0, 0, 7, 1, 2, 3]),
    },
    {
      kind: "Unrecognized Parameters",
      code: CauseCode.UnrecognizedParameters,
      parameters: Uint8Array.from([0xcf, 0, 0, 5, 9]),
    },
    { kind: "Protocol Violation", code: CauseCode.ProtocolViolation, information: oddBytes(habits) },
  ];
  return habits.shuffled(all).slice(0, habits.random.integer(1, all.length));
}

export function oddBytes(habits: Habits): Uint8Array {
  const bytes = new Uint8Array(habits.random.integer(0, 13));
  habits.random.fill(bytes);
  return bytes;
}

// What is listed, in a cookie.
const INTERLEAVES = 1;
const PROMISES = 2;

/** All that an INIT leaves behind: whoever answers one keeps nothing (5.1.3). */
export interface CookieContent {
  readonly own: Introduction;
  readonly peer: Introduction;
  /** Of the association that existed when the INIT came; 0 where there was none (5.2.2). */
  readonly localTieTag: number;
  readonly peerTieTag: number;
}

/**
 * @param secret known to this life of the peer alone. It stands where an HMAC must be: nobody in a simulation forges
 *   cookies, and every damaged packet is dropped for its checksum.
 */
export function sealCookie(content: CookieContent, secret: number, habits: Habits): Uint8Array {
  const out = new ByteBuilder().u32(secret).u32(content.localTieTag).u32(content.peerTieTag);
  for (const side of [content.own, content.peer]) {
    out.u32(side.tag).u32(side.initialTsn).u32(side.windowBytes);
    out
      .u16(side.outboundStreams)
      .u16(side.inboundStreams)
      .u32((side.interleaves ? INTERLEAVES : 0) | (side.promises ? PROMISES : 0));
  }
  if (habits.does("odd-parameters")) out.raw(oddBytes(habits));
  return out.build();
}

/** undefined for a cookie that this life of the peer has not sealed. */
export function openCookie(cookie: Uint8Array, secret: number): CookieContent | undefined {
  const view = new DataView(cookie.buffer, cookie.byteOffset, cookie.byteLength);
  if (cookie.length < 52 || view.getUint32(0) !== secret) return undefined;
  const introduction = (at: number): Introduction => ({
    tag: view.getUint32(at),
    initialTsn: view.getUint32(at + 4),
    windowBytes: view.getUint32(at + 8),
    outboundStreams: view.getUint16(at + 12),
    inboundStreams: view.getUint16(at + 14),
    interleaves: (view.getUint32(at + 16) & INTERLEAVES) !== 0,
    promises: (view.getUint32(at + 16) & PROMISES) !== 0,
  });
  return {
    localTieTag: view.getUint32(4),
    peerTieTag: view.getUint32(8),
    own: introduction(12),
    peer: introduction(32),
  };
}
