/**
 * A conversation to test the tracing tools on: packets between a client and a server, put together chunk by chunk.
 */
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { encodePacket } from "../../../src/chunks/packet.ts";
import type { TransportAddress } from "../../../src/platform/address.ts";

export const CLIENT: TransportAddress = { address: "127.0.0.1", port: 40_001 };
export const SERVER: TransportAddress = { address: "127.0.0.1", port: 9899 };
export const CLIENT_TAG = 0x11111111;
export const SERVER_TAG = 0x22222222;
export const CLIENT_TSN = 0xffff_ffff; // the count goes on across the wrap
export const SERVER_TSN = 1_000;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A packet from the client; the tag defaults to the server's. */
export function fromClient(chunks: readonly Chunk[], verificationTag: number = SERVER_TAG): Uint8Array {
  return encodePacket({ sourcePort: 5_000, destinationPort: 7, verificationTag, chunks });
}

export function fromServer(chunks: readonly Chunk[], verificationTag: number = CLIENT_TAG): Uint8Array {
  return encodePacket({ sourcePort: 7, destinationPort: 5_000, verificationTag, chunks });
}

export const init: Chunk = {
  kind: "INIT",
  initiateTag: CLIENT_TAG,
  aRwndBytes: 1_048_576,
  outboundStreams: 10,
  inboundStreams: 2_048,
  initialTsn: CLIENT_TSN,
  parameters: [],
};

export const initAck: Chunk = {
  kind: "INIT ACK",
  initiateTag: SERVER_TAG,
  aRwndBytes: 65_536,
  outboundStreams: 1,
  inboundStreams: 1,
  initialTsn: SERVER_TSN,
  parameters: [{ kind: "State Cookie", type: 7, cookie: new Uint8Array(100) }],
};

export const cookieEcho: Chunk = { kind: "COOKIE ECHO", cookie: new Uint8Array(100) };
export const cookieAck: Chunk = { kind: "COOKIE ACK" };

export function data(tsn: number, text: string, more: Partial<Extract<Chunk, { kind: "DATA" }>> = {}): Chunk {
  return {
    kind: "DATA",
    beginning: true,
    ending: true,
    unordered: false,
    immediate: false,
    tsn: tsn >>> 0,
    streamId: 3,
    ssn: 0,
    ppid: 46,
    payload: bytesOf(text),
    ...more,
  };
}

export function sack(
  cumulativeTsnAck: number,
  gapBlocks: readonly { start: number; end: number }[] = [],
  duplicateTsns: readonly number[] = [],
): Chunk {
  return {
    kind: "SACK",
    cumulativeTsnAck: cumulativeTsnAck >>> 0,
    aRwndBytes: 1_000_000,
    gapBlocks,
    duplicateTsns,
  };
}

/** The four packets of a handshake, as the client sees them. */
export const HANDSHAKE: readonly (readonly ["sent" | "received", Uint8Array])[] = [
  ["sent", fromClient([init], 0)],
  ["received", fromServer([initAck])],
  ["sent", fromClient([cookieEcho])],
  ["received", fromServer([cookieAck])],
];
