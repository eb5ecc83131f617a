/**
 * Every code point of the wire format.
 * Owns: the numbers and names of chunk types, parameter types and cause codes, and the meaning of their two top bits.
 * Does not own: formats (the other files of this folder), which of them a stack supports (src/association).
 */

/** RFC 9260 3.2 Table 1 and the extension RFCs. */
export const ChunkType = {
  Data: 0,
  Init: 1,
  InitAck: 2,
  Sack: 3,
  Heartbeat: 4,
  HeartbeatAck: 5,
  Abort: 6,
  Shutdown: 7,
  ShutdownAck: 8,
  Error: 9,
  CookieEcho: 10,
  CookieAck: 11,
  Ecne: 12,
  Cwr: 13,
  ShutdownComplete: 14,
  Auth: 15,
  NrSack: 16,
  IData: 64,
  AsconfAck: 128,
  ReConfig: 130,
  Pad: 132,
  ForwardTsn: 192,
  Asconf: 193,
  IForwardTsn: 194,
} as const;

export const ParameterType = {
  HeartbeatInfo: 1,
  Ipv4Address: 5,
  Ipv6Address: 6,
  StateCookie: 7,
  UnrecognizedParameter: 8,
  CookiePreservative: 9,
  HostNameAddress: 11,
  SupportedAddressTypes: 12,
  OutgoingSsnReset: 13,
  IncomingSsnReset: 14,
  SsnTsnReset: 15,
  ReConfigResponse: 16,
  AddOutgoingStreams: 17,
  AddIncomingStreams: 18,
  EcnCapable: 0x8000,
  ZeroChecksumAcceptable: 0x8001,
  Random: 0x8002,
  ChunkList: 0x8003,
  HmacAlgorithm: 0x8004,
  Padding: 0x8005,
  SupportedExtensions: 0x8008,
  ForwardTsnSupported: 0xc000,
  AddIpAddress: 0xc001,
  DeleteIpAddress: 0xc002,
  ErrorCauseIndication: 0xc003,
  SetPrimaryAddress: 0xc004,
  SuccessIndication: 0xc005,
  AdaptationLayerIndication: 0xc006,
} as const;

/** What became of a request (RFC 6525 4.4, Table 3). */
export const ReConfigResult = {
  NothingToDo: 0,
  Performed: 1,
  Denied: 2,
  WrongSsn: 3,
  RequestInProgress: 4,
  BadSequenceNumber: 5,
  InProgress: 6,
} as const;

export const CauseCode = {
  InvalidStreamIdentifier: 1,
  MissingMandatoryParameter: 2,
  StaleCookie: 3,
  OutOfResource: 4,
  UnresolvableAddress: 5,
  UnrecognizedChunkType: 6,
  InvalidMandatoryParameter: 7,
  UnrecognizedParameters: 8,
  NoUserData: 9,
  CookieReceivedWhileShuttingDown: 10,
  RestartWithNewAddresses: 11,
  UserInitiatedAbort: 12,
  ProtocolViolation: 13,
  RestartWithNewEncapsulationPort: 14,
  DeleteLastAddress: 160,
  ResourceShortage: 161,
  DeleteSourceAddress: 162,
  IllegalAsconfAck: 163,
  NoAuthorization: 164,
  UnsupportedHmac: 261,
} as const;

const RECONFIG_RESULTS = new Map<number, string>([
  [0, "Success - Nothing to do"],
  [1, "Success - Performed"],
  [2, "Denied"],
  [3, "Error - Wrong SSN"],
  [4, "Error - Request already in progress"],
  [5, "Error - Bad Sequence Number"],
  [6, "In progress"],
]);

const CHUNK_NAMES = new Map<number, string>([
  [0, "DATA"],
  [1, "INIT"],
  [2, "INIT ACK"],
  [3, "SACK"],
  [4, "HEARTBEAT"],
  [5, "HEARTBEAT ACK"],
  [6, "ABORT"],
  [7, "SHUTDOWN"],
  [8, "SHUTDOWN ACK"],
  [9, "ERROR"],
  [10, "COOKIE ECHO"],
  [11, "COOKIE ACK"],
  [12, "ECNE"],
  [13, "CWR"],
  [14, "SHUTDOWN COMPLETE"],
  [15, "AUTH"],
  [16, "NR-SACK"],
  [64, "I-DATA"],
  [128, "ASCONF-ACK"],
  [130, "RE-CONFIG"],
  [132, "PAD"],
  [192, "FORWARD TSN"],
  [193, "ASCONF"],
  [194, "I-FORWARD-TSN"],
]);
const CHUNK_TYPES = new Map(Array.from(CHUNK_NAMES, ([type, name]) => [name, type]));

const PARAMETER_NAMES = new Map<number, string>([
  [1, "Heartbeat Info"],
  [5, "IPv4 Address"],
  [6, "IPv6 Address"],
  [7, "State Cookie"],
  [8, "Unrecognized Parameter"],
  [9, "Cookie Preservative"],
  [11, "Host Name Address"],
  [12, "Supported Address Types"],
  [13, "Outgoing SSN Reset Request"],
  [14, "Incoming SSN Reset Request"],
  [15, "SSN/TSN Reset Request"],
  [16, "Re-configuration Response"],
  [17, "Add Outgoing Streams Request"],
  [18, "Add Incoming Streams Request"],
  [0x8000, "ECN Capable"],
  [0x8001, "Zero Checksum Acceptable"],
  [0x8002, "RANDOM"],
  [0x8003, "CHUNKS"],
  [0x8004, "HMAC-ALGO"],
  [0x8005, "Padding"],
  [0x8008, "Supported Extensions"],
  [0xc000, "Forward-TSN-Supported"],
  [0xc001, "Add IP Address"],
  [0xc002, "Delete IP Address"],
  [0xc003, "Error Cause Indication"],
  [0xc004, "Set Primary Address"],
  [0xc005, "Success Indication"],
  [0xc006, "Adaptation Layer Indication"],
]);

const CAUSE_NAMES = new Map<number, string>([
  [1, "Invalid Stream Identifier"],
  [2, "Missing Mandatory Parameter"],
  [3, "Stale Cookie"],
  [4, "Out of Resource"],
  [5, "Unresolvable Address"],
  [6, "Unrecognized Chunk Type"],
  [7, "Invalid Mandatory Parameter"],
  [8, "Unrecognized Parameters"],
  [9, "No User Data"],
  [10, "Cookie Received While Shutting Down"],
  [11, "Restart of an Association with New Addresses"],
  [12, "User-Initiated Abort"],
  [13, "Protocol Violation"],
  [14, "Restart of an Association with New Encapsulation Port"],
  [160, "Request to Delete Last Remaining IP Address"],
  [161, "Operation Refused Due to Resource Shortage"],
  [162, "Request to Delete Source IP Address"],
  [163, "Association Aborted Due to Illegal ASCONF-ACK"],
  [164, "Request Refused - No Authorization"],
  [261, "Unsupported HMAC Identifier"],
]);

/** The RFC's name of a chunk type, `chunk type 0x3f` for one that has none. */
export function chunkTypeName(type: number): string {
  return CHUNK_NAMES.get(type) ?? `chunk type 0x${type.toString(16).padStart(2, "0")}`;
}

/** The type of a chunk by the RFC's name; undefined if there is none of that name. */
export function chunkTypeOf(name: string): number | undefined {
  return CHUNK_TYPES.get(name);
}

export function parameterTypeName(type: number): string {
  return PARAMETER_NAMES.get(type) ?? `parameter type 0x${type.toString(16).padStart(4, "0")}`;
}

export function causeCodeName(code: number): string {
  return CAUSE_NAMES.get(code) ?? `cause code ${code}`;
}

/** The RFC's name of a result of a reconfiguration (RFC 6525 4.4). */
export function reConfigResultName(result: number): string {
  return RECONFIG_RESULTS.get(result) ?? `result ${result}`;
}

/** What to do about an element that is not known. */
export interface UnknownAction {
  /** Read no further: in the packet for a chunk, in the chunk for a parameter. */
  readonly stop: boolean;
  /** Tell the peer. */
  readonly report: boolean;
}

const ACTIONS: readonly [UnknownAction, UnknownAction, UnknownAction, UnknownAction] = [
  Object.freeze({ stop: true, report: false }),
  Object.freeze({ stop: true, report: true }),
  Object.freeze({ stop: false, report: false }),
  Object.freeze({ stop: false, report: true }),
];

/** RFC 9260 3.2, Table 2: the two top bits of the type. */
export function unknownChunkAction(type: number): UnknownAction {
  return ACTIONS[((type >>> 6) & 3) as 0 | 1 | 2 | 3];
}

/** RFC 9260 3.2.1, Table 3: the two top bits of the type. */
export function unknownParameterAction(type: number): UnknownAction {
  return ACTIONS[((type >>> 14) & 3) as 0 | 1 | 2 | 3];
}
