/**
 * What a peer might say: plausible packets for a state, with the numbers that are right at that moment.
 * Owns: the packets from which fresh inputs are made. Does not own: how they are spoiled (mutate.ts).
 */

import { tsnAdd } from "../../../src/base/serial.ts";
import type { Cause } from "../../../src/chunks/causes.ts";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { CauseCode } from "../../../src/chunks/codes.ts";
import { sealPacket } from "../../../src/chunks/common-header.ts";
import type { NrSackChunk } from "../../../src/chunks/nr-sack.ts";
import { encodePacket } from "../../../src/chunks/packet.ts";
import { encodeParameters, type Parameter } from "../../../src/chunks/parameters.ts";
import type { GapBlock } from "../../../src/chunks/sack-lists.ts";
import { adds, deletes, makesPrimary, PEER_THIRD_ADDRESS } from "../../conformance/address-peer.ts";
import {
  addressParameter,
  cookieParameter,
  dataChunk,
  iDataChunk,
  initAckChunk,
  initChunk,
  OUR_PORT,
  PEER_ADDRESS,
  PEER_PORT,
  PEER_SECOND_ADDRESS,
  PEER_TAG,
  sackChunk,
} from "../../conformance/lab.ts";
import { CHEAP_KEY } from "./bench.ts";
import { PEER_TSN } from "./peer.ts";
import type { Scene } from "./states.ts";

const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i & 0xff);

const PARAMETERS: readonly Parameter[] = [
  addressParameter(PEER_ADDRESS),
  addressParameter(PEER_SECOND_ADDRESS),
  addressParameter("192.0.2.77"),
  addressParameter("224.0.0.1"),
  addressParameter("2001:db8::77"),
  { kind: "Cookie Preservative", type: 9, incrementMs: 5_000 },
  { kind: "Supported Address Types", type: 12, addressTypes: [5, 6] },
  { kind: "Host Name Address", type: 11, hostName: bytesOf(8) },
  { kind: "ECN Capable", type: 0x8000 },
  { kind: "Zero Checksum Acceptable", type: 0x8001, errorDetectionMethod: 1 },
  { kind: "RANDOM", type: 0x8002, random: bytesOf(32) },
  { kind: "CHUNKS", type: 0x8003, chunkTypes: [193, 128] },
  { kind: "HMAC-ALGO", type: 0x8004, hmacIds: [1, 3] },
  { kind: "Padding", type: 0x8005, padding: bytesOf(20) },
  { kind: "Supported Extensions", type: 0x8008, chunkTypes: [64, 130, 192] },
  { kind: "Forward-TSN-Supported", type: 0xc000 },
  { kind: "Adaptation Layer Indication", type: 0xc006, adaptationCode: 7 },
  { kind: "unknown", type: 0x4444, value: bytesOf(5) },
  { kind: "unknown", type: 0x8444, value: bytesOf(6) },
  { kind: "unknown", type: 0xc444, value: bytesOf(7) },
  { kind: "unknown", type: 0x0444, value: bytesOf(8) },
  { kind: "Unrecognized Parameter", type: 8, parameter: bytesOf(8) },
];

const CAUSES: readonly Cause[] = [
  { kind: "Invalid Stream Identifier", code: CauseCode.InvalidStreamIdentifier, streamId: 3 },
  {
    kind: "Missing Mandatory Parameter",
    code: CauseCode.MissingMandatoryParameter,
    parameterTypes: [7, 5],
  },
  { kind: "Stale Cookie", code: CauseCode.StaleCookie, stalenessUs: 20_000 },
  { kind: "Out of Resource", code: CauseCode.OutOfResource },
  { kind: "Unresolvable Address", code: CauseCode.UnresolvableAddress, address: bytesOf(12) },
  { kind: "Unrecognized Chunk Type", code: CauseCode.UnrecognizedChunkType, chunk: bytesOf(9) },
  { kind: "Invalid Mandatory Parameter", code: CauseCode.InvalidMandatoryParameter },
  { kind: "Unrecognized Parameters", code: CauseCode.UnrecognizedParameters, parameters: bytesOf(8) },
  { kind: "No User Data", code: CauseCode.NoUserData, tsn: PEER_TSN },
  { kind: "Cookie Received While Shutting Down", code: CauseCode.CookieReceivedWhileShuttingDown },
  { kind: "User-Initiated Abort", code: CauseCode.UserInitiatedAbort, reason: bytesOf(11) },
  { kind: "Protocol Violation", code: CauseCode.ProtocolViolation, information: bytesOf(10) },
];

/** Packets of the extensions: known to the codec, unknown to an association that has not negotiated them. */
const EXTENSIONS: ReadonlyArray<readonly Chunk[]> = [
  [{ kind: "AUTH", sharedKeyId: 0, hmacId: 1, hmac: bytesOf(20) }],
  [{ kind: "ASCONF", serialNumber: PEER_TSN, parameters: PARAMETERS.slice(0, 3) }],
  [{ kind: "ASCONF-ACK", serialNumber: 1, parameters: [] }],
  ...[
    [adds(PEER_THIRD_ADDRESS), makesPrimary(PEER_THIRD_ADDRESS)],
    [adds("0.0.0.0"), deletes("0.0.0.0")],
    [deletes(PEER_ADDRESS), makesPrimary("192.0.2.77"), { kind: "unknown", type: 0xc444, value: bytesOf(8) }],
  ].map((asked): readonly Chunk[] => {
    const parameters = [addressParameter(PEER_ADDRESS), ...(asked as readonly Parameter[])];
    return [0, 1].map((offset) => ({ kind: "ASCONF", serialNumber: tsnAdd(PEER_TSN, offset), parameters }));
  }),
  [
    {
      kind: "RE-CONFIG",
      parameters: [
        {
          kind: "Outgoing SSN Reset Request",
          type: 13,
          requestNumber: 1,
          responseNumber: 2,
          lastTsn: PEER_TSN,
          streamIds: [0, 1],
        },
      ],
    },
  ],
  [{ kind: "PAD", padding: bytesOf(30) }],
  [{ kind: "PAD", padding: bytesOf(0) }, dataChunk(), { kind: "PAD", padding: bytesOf(1_000) }],
  [
    { kind: "HEARTBEAT", parameters: bytesOf(12), info: undefined },
    { kind: "PAD", padding: bytesOf(9_000) },
  ],
  [{ kind: "FORWARD TSN", newCumulativeTsn: PEER_TSN, skipped: [{ streamId: 0, ssn: 1 }] }],
  [
    {
      kind: "I-FORWARD-TSN",
      newCumulativeTsn: PEER_TSN,
      skipped: [{ streamId: 0, unordered: true, mid: 1 }],
    },
  ],
  [iDataChunk({ payload: bytesOf(10) })],
  [
    { kind: "ECNE", value: bytesOf(4) },
    { kind: "CWR", value: bytesOf(4) },
  ],
  [0x3f, 0x7f, 0xbf, 0xff].map((type): Chunk => ({ kind: "unknown", type, flags: 0, value: bytesOf(8) })),
];

/** Packets that a peer in its right mind might send to the stack in this state. */
export function catalogue(scene: Scene): readonly Uint8Array[] {
  const { bench, peer } = scene;
  const { association } = bench;
  const tag = association?.localTag ?? 0;
  const packet = (chunks: readonly Chunk[], verificationTag = tag): Uint8Array =>
    encodePacket({ sourcePort: PEER_PORT, destinationPort: OUR_PORT, verificationTag, chunks });
  const init = initChunk({ initiateTag: PEER_TAG, initialTsn: PEER_TSN });
  const cookie = peer.initAck?.cookie ?? bytesOf(120);
  const plain = [...setUp(cookie), ...conversation(scene), ...reconfigurations(scene), ...EXTENSIONS].map(
    (chunks) => packet(chunks),
  );
  return [
    packet([init], 0),
    packet([{ ...init, parameters: PARAMETERS.slice(0, 2) }], 0),
    packet([{ ...init, parameters: PARAMETERS }], 0),
    packet([{ ...init, initiateTag: 0x5555_0000, initialTsn: 77, parameters: PARAMETERS.slice(5, 7) }], 0),
    ...plain,
    ...authenticated(scene, cookie).map((chunks) => signed(packet(chunks))),
  ];
}

function setUp(cookie: Uint8Array): ReadonlyArray<readonly Chunk[]> {
  const initAck = initAckChunk({ initiateTag: PEER_TAG, initialTsn: PEER_TSN });
  return [
    [initAck],
    [{ ...initAck, parameters: [cookieParameter(), ...PARAMETERS] }],
    [{ ...initAck, parameters: [cookieParameter(), ...PARAMETERS.slice(0, 3)] }],
    [{ kind: "COOKIE ECHO", cookie }],
    [{ kind: "COOKIE ECHO", cookie }, dataChunk({ tsn: PEER_TSN })],
    [{ kind: "COOKIE ACK" }],
    [{ kind: "COOKIE ACK" }, dataChunk({ tsn: PEER_TSN })],
    [{ kind: "ERROR", causes: CAUSES.slice(2, 3) }],
    [{ kind: "ERROR", causes: CAUSES.filter(({ code }) => code !== CauseCode.StaleCookie) }],
    [{ kind: "ABORT", tagReflected: false, causes: [] }],
    [{ kind: "ABORT", tagReflected: true, causes: [] }],
    [{ kind: "ABORT", tagReflected: false, causes: CAUSES }],
    [{ kind: "SHUTDOWN ACK" }],
    [{ kind: "SHUTDOWN COMPLETE", tagReflected: false }],
    [{ kind: "SHUTDOWN COMPLETE", tagReflected: true }],
  ];
}

/** Behind AUTH, with a key that there is and one that there is not. */
function authenticated({ peer }: Scene, cookie: Uint8Array): ReadonlyArray<readonly Chunk[]> {
  const auth = (sharedKeyId: number, hmacId = 3): Chunk => ({
    kind: "AUTH",
    sharedKeyId,
    hmacId,
    hmac: new Uint8Array(hmacId === 3 ? 32 : 20),
  });
  const data = dataChunk({ tsn: peer.nextTsn });
  const reset: Chunk = {
    kind: "RE-CONFIG",
    parameters: [{ kind: "SSN/TSN Reset Request", type: 15, requestNumber: PEER_TSN }],
  };
  return [
    [auth(0), data],
    [auth(1, 1), reset],
    [data, auth(0), reset],
    [auth(0), reset, auth(0), data],
    [auth(2), reset, data],
    [auth(0, 2), data],
    [auth(0), { kind: "COOKIE ECHO", cookie }, data],
    [auth(0), { kind: "ABORT", tagReflected: false, causes: [] }],
    [auth(0)],
  ];
}

/** With the HMAC that the bench's platform makes, whatever the key, in the first AUTH chunk. */
function signed(bytes: Uint8Array): Uint8Array {
  let at = 12;
  while (at < bytes.length && bytes[at] !== 15)
    at += (((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0) + 3) & ~3;
  const hmacBytes = (bytes[at + 3] ?? 8) - 8;
  bytes.set(CHEAP_KEY.sign(bytes.subarray(at)).subarray(0, hmacBytes), at + 8);
  sealPacket(bytes);
  return bytes;
}

/** RE-CONFIG with every parameter, alone and in company, and with the numbers of the moment or near them. */
function reconfigurations({ bench, peer }: Scene): ReadonlyArray<readonly Chunk[]> {
  const ours = bench.association?.localInitialTsn ?? 0;
  const lastTsn = tsnAdd(peer.nextTsn, -1);
  const own = (number: number, streamIds: readonly number[], ahead = 0, answers = ours): Parameter => ({
    kind: "Outgoing SSN Reset Request",
    type: 13,
    requestNumber: tsnAdd(PEER_TSN, number),
    responseNumber: answers,
    lastTsn: tsnAdd(lastTsn, ahead),
    streamIds,
  });
  const asked = (number: number, streamIds: readonly number[]): Parameter => ({
    kind: "Incoming SSN Reset Request",
    type: 14,
    requestNumber: tsnAdd(PEER_TSN, number),
    streamIds,
  });
  const all: Parameter = { kind: "SSN/TSN Reset Request", type: 15, requestNumber: PEER_TSN };
  const answer = (number: number, result: number): Parameter => ({
    kind: "Re-configuration Response",
    type: 16,
    responseNumber: tsnAdd(ours, number),
    result,
    nextTsns: undefined,
  });
  const answerToAll: Parameter = {
    kind: "Re-configuration Response",
    type: 16,
    responseNumber: ours,
    result: 1,
    nextTsns: { sender: peer.nextTsn, receiver: 0xffff_ffff },
  };
  const added = (number: number, newStreamCount: number): Parameter => ({
    kind: "Add Outgoing Streams Request",
    type: 17,
    requestNumber: tsnAdd(PEER_TSN, number),
    newStreamCount,
  });
  const wanted = (number: number, newStreamCount: number): Parameter => ({
    kind: "Add Incoming Streams Request",
    type: 18,
    requestNumber: tsnAdd(PEER_TSN, number),
    newStreamCount,
  });
  const data = (offset: number, ssn: number): Chunk => dataChunk({ tsn: tsnAdd(peer.nextTsn, offset), ssn });
  const chunk = (...parameters: readonly Parameter[]): Chunk => ({ kind: "RE-CONFIG", parameters });
  return [
    [chunk(own(0, []))],
    [chunk(own(0, [0, 1])), data(0, 0)],
    [chunk(own(0, [0], 2)), data(1, 0), data(2, 1), data(0, 0), data(3, 0)],
    [chunk(own(0, [0, 0, 65_535]))],
    [chunk(own(0, [], 0x7fff_ffff)), data(0, 0)],
    [chunk(asked(0, []))],
    [chunk(asked(0, [1, 2])), chunk(asked(1, [0, 1])), chunk(asked(2, [3]))],
    [chunk(own(0, []), asked(1, []))],
    [chunk(all)],
    [data(0, 0), chunk(all), chunk(all)],
    [chunk(answer(0, 1)), chunk(answer(0, 6))],
    [chunk(answer(0, 2), answer(1, 1))],
    [chunk(answer(0, 0), own(0, [1]))],
    [chunk(answerToAll)],
    [chunk(added(0, 3), wanted(1, 3))],
    [chunk(wanted(0, 65_535)), chunk(added(1, 65_535)), chunk(added(2, 1))],
    [chunk(added(0, 0))],
    [chunk(all, own(1, []))],
    [chunk(own(7, []))],
    [chunk()],
  ];
}

/** DATA, SACK, HEARTBEAT and SHUTDOWN with the numbers of the moment. */
function conversation({ bench, peer }: Scene): ReadonlyArray<readonly Chunk[]> {
  const { association } = bench;
  const highest = association === undefined ? 0 : peer.highestTsn(association);
  const base = tsnAdd(association?.localInitialTsn ?? 0, -1);
  const { nextTsn } = peer;
  const data = (offset: number, more: Partial<Parameters<typeof dataChunk>[0]> = {}): Chunk =>
    peer.userData(tsnAdd(nextTsn, offset), more);
  const forward = (offset: number, ssn: number): Chunk => {
    const newCumulativeTsn = tsnAdd(nextTsn, offset);
    const streamIds = [0, 1, 9_999];
    if (!peer.isInterleaved)
      return {
        kind: "FORWARD TSN",
        newCumulativeTsn,
        skipped: streamIds.map((streamId) => ({ streamId, ssn })),
      };
    const skipped = streamIds.flatMap((streamId) =>
      [false, true].map((unordered) => ({ streamId, unordered, mid: ssn })),
    );
    return { kind: "I-FORWARD-TSN", newCumulativeTsn, skipped };
  };
  const gap = (start: number, end: number): Chunk =>
    peer.report({ cumulativeTsnAck: base, aRwndBytes: 20_000, gapBlocks: [{ start, end }] });
  const promise = (
    gapBlocks: readonly GapBlock[],
    nonRenegableBlocks: readonly GapBlock[],
    ahead = 0,
  ): NrSackChunk => ({
    ...sackChunk({ cumulativeTsnAck: tsnAdd(base, ahead), aRwndBytes: 20_000, gapBlocks }),
    kind: "NR-SACK",
    nonRenegableBlocks,
  });
  const [early, late] = [
    { start: 2, end: 3 },
    { start: 3, end: 5 },
  ];
  const heartbeat = encodeParameters([{ kind: "Heartbeat Info", type: 1, info: bytesOf(32) }]);
  return [
    [data(0)],
    [data(0, { ending: false })],
    [data(1, { beginning: false })],
    [data(0, { unordered: true, streamId: 1, immediate: true })],
    [data(0), data(1, { ssn: 1 }), data(2, { ssn: 2 })],
    [data(2, { ssn: 3 }), data(3, { streamId: 7 })],
    [data(-1)],
    [data(-2, { beginning: false, ending: false })],
    [data(0, { payload: bytesOf(1_100) })],
    [data(0, { beginning: false, ending: false, payload: bytesOf(900) })],
    [data(0, { streamId: 500 })],
    [data(0, { payload: new Uint8Array(0) })],
    [data(40_000)],
    [peer.report({ cumulativeTsnAck: highest })],
    [peer.report({ cumulativeTsnAck: base, aRwndBytes: 0 })],
    [gap(2, 2)],
    [gap(2, 4)],
    [gap(3, 5)],
    [promise([early], [])],
    [promise([], [early])],
    [promise([early], [late])],
    [promise([late], [early]), promise([], [], 0)],
    [promise([], [late, early])],
    [promise([], [early], 1), promise([late], [], 2)],
    [
      peer.report({
        cumulativeTsnAck: tsnAdd(base, 1),
        aRwndBytes: 3_000,
        gapBlocks: [
          { start: 2, end: 2 },
          { start: 4, end: 4 },
        ],
        duplicateTsns: [base, highest],
      }),
    ],
    [peer.report({ cumulativeTsnAck: highest }), data(0)],
    [forward(1, 0)],
    [data(1, { ssn: 1 }), data(3, { beginning: false, ending: false }), forward(0, 0), forward(3, 1)],
    [forward(-2, 9), forward(40_000, 5), data(40_001, { ssn: 6 })],
    [forward(0x7fff_ffff, 0x7fff)],
    [{ kind: "HEARTBEAT", parameters: heartbeat, info: undefined }],
    [{ kind: "HEARTBEAT ACK", parameters: heartbeat, info: undefined }],
    [{ kind: "SHUTDOWN", cumulativeTsnAck: highest }],
    [{ kind: "SHUTDOWN", cumulativeTsnAck: base }],
  ];
}
