/**
 * Chunks, parameters and causes of every kind, for property tests.
 * Owns: what they may hold. Does not own: what is asked of them (the tests).
 */
import fc from "fast-check";
import type { Cause } from "../../../src/chunks/causes.ts";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import type { Parameter } from "../../../src/chunks/parameters.ts";

export const u8 = fc.integer({ min: 0, max: 0xff });
export const u16 = fc.integer({ min: 0, max: 0xffff });
export const u32 = fc.oneof(
  fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);
export const bytes = fc.uint8Array({ maxLength: 50 });
const kind = <K extends string>(name: K): fc.Arbitrary<K> => fc.constant(name);
const is = (type: number): fc.Arbitrary<number> => fc.constant(type);

const cause: fc.Arbitrary<Cause> = fc.oneof(
  fc.record({ kind: kind("Invalid Stream Identifier"), code: is(1), streamId: u16 }),
  fc.record({
    kind: kind("Missing Mandatory Parameter"),
    code: is(2),
    parameterTypes: fc.array(u16, { maxLength: 5 }),
  }),
  fc.record({ kind: kind("Stale Cookie"), code: is(3), stalenessUs: u32 }),
  fc.record({ kind: kind("Out of Resource"), code: is(4) }),
  fc.record({ kind: kind("Unresolvable Address"), code: is(5), address: bytes }),
  fc.record({ kind: kind("Unrecognized Chunk Type"), code: is(6), chunk: bytes }),
  fc.record({ kind: kind("Invalid Mandatory Parameter"), code: is(7) }),
  fc.record({ kind: kind("Unrecognized Parameters"), code: is(8), parameters: bytes }),
  fc.record({ kind: kind("No User Data"), code: is(9), tsn: u32 }),
  fc.record({ kind: kind("Cookie Received While Shutting Down"), code: is(10) }),
  fc.record({ kind: kind("Restart of an Association with New Addresses"), code: is(11), addresses: bytes }),
  fc.record({ kind: kind("User-Initiated Abort"), code: is(12), reason: bytes }),
  fc.record({ kind: kind("Protocol Violation"), code: is(13), information: bytes }),
  fc.record({
    kind: kind("Restart of an Association with New Encapsulation Port"),
    code: is(14),
    currentPort: u16,
    newPort: u16,
  }),
  fc.record({ kind: kind("Request to Delete Last Remaining IP Address"), code: is(160), parameter: bytes }),
  fc.record({ kind: kind("Association Aborted Due to Illegal ASCONF-ACK"), code: is(163) }),
  fc.record({ kind: kind("Unsupported HMAC Identifier"), code: is(261), hmacId: u16 }),
  fc.record({ kind: kind("unknown"), code: fc.integer({ min: 300, max: 0xffff }), value: bytes }),
);

const address = fc.constantFrom("10.0.0.1", "192.0.2.255", "2001:db8::1", "::1", "fe80::1:2:3:4");
const parameter: fc.Arbitrary<Parameter> = fc.oneof(
  fc.record({ kind: kind("Heartbeat Info"), type: is(1), info: bytes }),
  fc.record({
    kind: kind("IPv4 Address"),
    type: is(5),
    address: fc.constantFrom("10.0.0.1", "255.255.255.255"),
  }),
  fc.record({ kind: kind("IPv6 Address"), type: is(6), address: fc.constantFrom("2001:db8::1", "::") }),
  fc.record({ kind: kind("State Cookie"), type: is(7), cookie: bytes }),
  fc.record({ kind: kind("Unrecognized Parameter"), type: is(8), parameter: bytes }),
  fc.record({ kind: kind("Cookie Preservative"), type: is(9), incrementMs: u32 }),
  fc.record({ kind: kind("Host Name Address"), type: is(11), hostName: bytes }),
  fc.record({
    kind: kind("Supported Address Types"),
    type: is(12),
    addressTypes: fc.array(u16, { maxLength: 4 }),
  }),
  fc.record({
    kind: kind("Outgoing SSN Reset Request"),
    type: is(13),
    requestNumber: u32,
    responseNumber: u32,
    lastTsn: u32,
    streamIds: fc.array(u16, { maxLength: 9 }),
  }),
  fc.record({
    kind: kind("Incoming SSN Reset Request"),
    type: is(14),
    requestNumber: u32,
    streamIds: fc.array(u16, { maxLength: 9 }),
  }),
  fc.record({ kind: kind("SSN/TSN Reset Request"), type: is(15), requestNumber: u32 }),
  fc.record({
    kind: kind("Re-configuration Response"),
    type: is(16),
    responseNumber: u32,
    result: u32,
    nextTsns: fc.option(fc.record({ sender: u32, receiver: u32 }), { nil: undefined }),
  }),
  fc.record({
    kind: kind("Add Outgoing Streams Request"),
    type: is(17),
    requestNumber: u32,
    newStreamCount: u16,
  }),
  fc.record({
    kind: kind("Add Incoming Streams Request"),
    type: is(18),
    requestNumber: u32,
    newStreamCount: u16,
  }),
  fc.record({ kind: kind("ECN Capable"), type: is(0x8000) }),
  fc.record({ kind: kind("Zero Checksum Acceptable"), type: is(0x8001), errorDetectionMethod: u32 }),
  fc.record({ kind: kind("RANDOM"), type: is(0x8002), random: bytes }),
  fc.record({ kind: kind("CHUNKS"), type: is(0x8003), chunkTypes: fc.array(u8, { maxLength: 9 }) }),
  fc.record({ kind: kind("HMAC-ALGO"), type: is(0x8004), hmacIds: fc.array(u16, { maxLength: 3 }) }),
  fc.record({ kind: kind("Padding"), type: is(0x8005), padding: bytes }),
  fc.record({
    kind: kind("Supported Extensions"),
    type: is(0x8008),
    chunkTypes: fc.array(u8, { maxLength: 9 }),
  }),
  fc.record({ kind: kind("Forward-TSN-Supported"), type: is(0xc000) }),
  fc.record({ kind: kind("Add IP Address"), type: is(0xc001), correlationId: u32, address }),
  fc.record({ kind: kind("Delete IP Address"), type: is(0xc002), correlationId: u32, address }),
  fc.record({
    kind: kind("Error Cause Indication"),
    type: is(0xc003),
    correlationId: u32,
    causes: fc.array(cause, { maxLength: 3 }),
  }),
  fc.record({ kind: kind("Set Primary Address"), type: is(0xc004), correlationId: u32, address }),
  fc.record({ kind: kind("Success Indication"), type: is(0xc005), correlationId: u32 }),
  fc.record({ kind: kind("Adaptation Layer Indication"), type: is(0xc006), adaptationCode: u32 }),
  fc.record({ kind: kind("unknown"), type: fc.integer({ min: 0x4000, max: 0x7fff }), value: bytes }),
);
export const parameters = fc.array(parameter, { maxLength: 8 });
const causes = fc.array(cause, { maxLength: 5 });

const userData = {
  beginning: fc.boolean(),
  ending: fc.boolean(),
  unordered: fc.boolean(),
  immediate: fc.boolean(),
  tsn: u32,
  streamId: u16,
  payload: bytes,
};
const init = {
  initiateTag: u32,
  aRwndBytes: u32,
  outboundStreams: u16,
  inboundStreams: u16,
  initialTsn: u32,
  parameters,
};
export const chunk: fc.Arbitrary<Chunk> = fc.oneof(
  fc.record({ kind: kind("DATA"), ...userData, ssn: u16, ppid: u32 }),
  fc.record({ kind: kind("I-DATA"), ...userData, mid: u32, ppidOrFsn: u32 }),
  fc.record({ kind: kind("INIT"), ...init }),
  fc.record({ kind: kind("INIT ACK"), ...init }),
  fc.record({
    kind: kind("SACK"),
    cumulativeTsnAck: u32,
    aRwndBytes: u32,
    gapBlocks: fc.array(fc.record({ start: u16, end: u16 }), { maxLength: 20 }),
    duplicateTsns: fc.array(u32, { maxLength: 20 }),
  }),
  fc.record({
    kind: kind("NR-SACK"),
    cumulativeTsnAck: u32,
    aRwndBytes: u32,
    gapBlocks: fc.array(fc.record({ start: u16, end: u16 }), { maxLength: 20 }),
    nonRenegableBlocks: fc.array(fc.record({ start: u16, end: u16 }), { maxLength: 20 }),
    duplicateTsns: fc.array(u32, { maxLength: 20 }),
  }),
  fc.record({ kind: kind("ABORT"), tagReflected: fc.boolean(), causes }),
  fc.record({ kind: kind("ERROR"), causes }),
  fc.record({ kind: kind("SHUTDOWN"), cumulativeTsnAck: u32 }),
  fc.record({ kind: kind("SHUTDOWN ACK") }),
  fc.record({ kind: kind("SHUTDOWN COMPLETE"), tagReflected: fc.boolean() }),
  fc.record({ kind: kind("COOKIE ECHO"), cookie: bytes }),
  fc.record({ kind: kind("COOKIE ACK") }),
  fc.record({ kind: kind("ECNE"), value: bytes }),
  fc.record({ kind: kind("CWR"), value: bytes }),
  fc.record({ kind: kind("AUTH"), sharedKeyId: u16, hmacId: u16, hmac: bytes }),
  fc.record({ kind: kind("ASCONF"), serialNumber: u32, parameters }),
  fc.record({ kind: kind("ASCONF-ACK"), serialNumber: u32, parameters }),
  fc.record({ kind: kind("RE-CONFIG"), parameters }),
  fc.record({ kind: kind("PAD"), padding: bytes }),
  fc.record({
    kind: kind("FORWARD TSN"),
    newCumulativeTsn: u32,
    skipped: fc.array(fc.record({ streamId: u16, ssn: u16 }), { maxLength: 9 }),
  }),
  fc.record({
    kind: kind("I-FORWARD-TSN"),
    newCumulativeTsn: u32,
    skipped: fc.array(fc.record({ streamId: u16, unordered: fc.boolean(), mid: u32 }), { maxLength: 9 }),
  }),
  fc.record({ kind: kind("unknown"), type: fc.integer({ min: 65, max: 127 }), flags: u8, value: bytes }),
);
