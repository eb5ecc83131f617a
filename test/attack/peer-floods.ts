/**
 * Floods of a peer that has an association and has agreed on every extension of the data transfer.
 * Owns: the floods. Does not own: running and measuring them (measure.ts), what must hold (the tests beside this file).
 */
import type { AssociationOptions } from "../../src/base/options.ts";
import type { Chunk } from "../../src/chunks/chunk.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import { FORWARD_TSN_SUPPORTED, iDataChunk, PEER_TSN, supportedExtensions } from "../conformance/lab.ts";

export interface PeerFlood {
  readonly name: string;
  /** In the peer's INIT: what it says that it supports. */
  readonly parameters: readonly Parameter[];
  /** Of the association that is flooded. */
  readonly options: Partial<AssociationOptions>;
  /** The chunks of packet `i`. */
  readonly chunks: (i: number) => readonly Chunk[];
}

const ONE_BYTE = new Uint8Array(1);
const tsnAt = (offset: number): number => (PEER_TSN + offset) >>> 0;
/** Numbers of requests begin where the peer's TSNs do, each is one higher (RFC 6525 4.1). */
const request = tsnAt;

const PLAIN = { parameters: [FORWARD_TSN_SUPPORTED, supportedExtensions(130, 192)] };
const INTERLEAVED = { parameters: [FORWARD_TSN_SUPPORTED, supportedExtensions(64, 130, 192, 194)] };
const OPEN_TO_ALL = {
  allowStreamReset: true,
  allowAssociationReset: true,
  allowAddStreams: true,
  maxInboundStreams: 65_535,
  outboundStreams: 65_535,
} as const;

export const PEER_FLOODS: readonly PeerFlood[] = [
  {
    name: "FORWARD TSN, each 60,000 TSNs ahead of the last",
    ...PLAIN,
    options: {},
    chunks: (i) => [
      {
        kind: "FORWARD TSN",
        newCumulativeTsn: tsnAt(60_000 * i),
        skipped: [{ streamId: i % 10, ssn: i & 0xffff }],
      },
    ],
  },
  {
    name: "FORWARD TSN, backwards",
    ...PLAIN,
    options: {},
    chunks: (i) => [{ kind: "FORWARD TSN", newCumulativeTsn: tsnAt(-1 - i), skipped: [] }],
  },
  {
    name: "RE-CONFIG: 65,535 streams reset in turn",
    ...PLAIN,
    options: OPEN_TO_ALL,
    chunks: (i) => [
      {
        kind: "RE-CONFIG",
        parameters: [
          {
            kind: "Outgoing SSN Reset Request",
            type: 13,
            requestNumber: request(i),
            responseNumber: 0,
            lastTsn: tsnAt(-1),
            streamIds: [i % 65_535],
          },
        ],
      },
    ],
  },
  {
    name: "RE-CONFIG: our streams asked to be reset",
    ...PLAIN,
    options: OPEN_TO_ALL,
    chunks: (i) => [
      {
        kind: "RE-CONFIG",
        parameters: [
          {
            kind: "Incoming SSN Reset Request",
            type: 14,
            requestNumber: request(i),
            streamIds: [i % 65_535],
          },
        ],
      },
    ],
  },
  {
    name: "I-DATA: in each packet 40 messages are begun, none is ended",
    ...INTERLEAVED,
    options: { interleaving: true },
    chunks: (i) =>
      Array.from({ length: 40 }, (_, k) =>
        iDataChunk({
          tsn: tsnAt(40 * i + k),
          streamId: k % 10,
          mid: 40 * i + k,
          unordered: true,
          ending: false,
          payload: ONE_BYTE,
        }),
      ),
  },
  {
    name: "I-FORWARD-TSN, each 60,000 TSNs and numbers ahead of the last",
    ...INTERLEAVED,
    options: { interleaving: true },
    chunks: (i) => [
      {
        kind: "I-FORWARD-TSN",
        newCumulativeTsn: tsnAt(60_000 * i),
        skipped: [{ streamId: i % 10, unordered: false, mid: (60_000 * i) >>> 0 }],
      },
    ],
  },
];
