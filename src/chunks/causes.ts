/**
 * Error causes: RFC 9260 3.3.10, 4895 4.1, 5061 4.3, and the encapsulation port draft.
 * Owns: their formats. Does not own: when one is sent.
 */
import type { ByteBuilder } from "./byte-builder.ts";
import { ByteReader } from "./byte-reader.ts";
import { CauseCode } from "./codes.ts";
import { ParseError } from "./errors.ts";
import { TlvCursor } from "./tlv.ts";

/** Told apart by `kind`, the RFC's name. `code` is the 16-bit code. Byte fields that hold TLVs hold them whole. */
export type Cause = { readonly code: number } & (
  | { readonly kind: "Invalid Stream Identifier"; readonly streamId: number }
  | { readonly kind: "Missing Mandatory Parameter"; readonly parameterTypes: readonly number[] }
  | { readonly kind: "Stale Cookie"; readonly stalenessUs: number }
  | {
      readonly kind:
        | "Out of Resource"
        | "Invalid Mandatory Parameter"
        | "Cookie Received While Shutting Down";
    }
  | { readonly kind: "Unresolvable Address"; readonly address: Uint8Array }
  | { readonly kind: "Unrecognized Chunk Type"; readonly chunk: Uint8Array }
  | { readonly kind: "Unrecognized Parameters"; readonly parameters: Uint8Array }
  | { readonly kind: "No User Data"; readonly tsn: number }
  | { readonly kind: "Restart of an Association with New Addresses"; readonly addresses: Uint8Array }
  | { readonly kind: "User-Initiated Abort"; readonly reason: Uint8Array }
  | { readonly kind: "Protocol Violation"; readonly information: Uint8Array }
  | {
      readonly kind: "Restart of an Association with New Encapsulation Port";
      readonly currentPort: number;
      readonly newPort: number;
    }
  | { readonly kind: AsconfCauseName; readonly parameter: Uint8Array }
  | { readonly kind: "Association Aborted Due to Illegal ASCONF-ACK" }
  | { readonly kind: "Unsupported HMAC Identifier"; readonly hmacId: number }
  | { readonly kind: "unknown"; readonly value: Uint8Array }
);

/** RFC 5061 4.3: causes that carry the ASCONF parameter that they are about. */
type AsconfCauseName =
  | "Request to Delete Last Remaining IP Address"
  | "Operation Refused Due to Resource Shortage"
  | "Request to Delete Source IP Address"
  | "Request Refused - No Authorization";

const ASCONF_CAUSES = new Map<number, AsconfCauseName>([
  [CauseCode.DeleteLastAddress, "Request to Delete Last Remaining IP Address"],
  [CauseCode.ResourceShortage, "Operation Refused Due to Resource Shortage"],
  [CauseCode.DeleteSourceAddress, "Request to Delete Source IP Address"],
  [CauseCode.NoAuthorization, "Request Refused - No Authorization"],
]);

const MAX_CAUSES = 256;

/**
 * Decodes the causes in [start, end). Byte fields are views into `bytes`.
 * @throws ParseError MALFORMED_TLV, BAD_CAUSE_LENGTH, TOO_MANY_ELEMENTS
 */
export function decodeCauses(
  bytes: Uint8Array,
  start: number,
  end: number,
  maxCount: number = MAX_CAUSES,
): Cause[] {
  const cursor = new TlvCursor().bind(bytes, start, end);
  const causes: Cause[] = [];
  while (cursor.next()) {
    if (causes.length >= maxCount) throw new ParseError("TOO_MANY_ELEMENTS", cursor.start);
    const reader = new ByteReader(bytes, cursor.start + 4, cursor.end, "BAD_CAUSE_LENGTH");
    causes.push(readCause(cursor.type, reader));
    reader.done();
  }
  if (cursor.malformed) throw new ParseError("MALFORMED_TLV", cursor.start);
  return causes;
}

/**
 * The causes in [start, end) as far as they can be read, for a chunk that counts whatever they say (RFC 9260 9.1): one that
 * does not have its format is unknown, and nothing is read behind a length that cannot be right.
 */
export function readableCauses(bytes: Uint8Array, start: number, end: number): Cause[] {
  const cursor = new TlvCursor().bind(bytes, start, end);
  const causes: Cause[] = [];
  while (causes.length < MAX_CAUSES && cursor.next()) {
    const [cause] = readOne(bytes, cursor) ?? [];
    const value = bytes.subarray(cursor.start + 4, cursor.end);
    causes.push(cause ?? { kind: "unknown", code: cursor.type, value });
  }
  return causes;
}

/** Undefined where it does not have its format. */
function readOne(bytes: Uint8Array, { start, end }: TlvCursor): Cause[] | undefined {
  try {
    return decodeCauses(bytes, start, end);
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}

function readCause(code: number, reader: ByteReader): Cause {
  switch (code) {
    case CauseCode.InvalidStreamIdentifier: {
      const streamId = reader.u16();
      reader.u16(); // Reserved.
      return { kind: "Invalid Stream Identifier", code, streamId };
    }
    case CauseCode.MissingMandatoryParameter: {
      const parameterTypes: number[] = [];
      for (let count = reader.u32(); count > 0; count--) parameterTypes.push(reader.u16());
      return { kind: "Missing Mandatory Parameter", code, parameterTypes };
    }
    case CauseCode.StaleCookie:
      return { kind: "Stale Cookie", code, stalenessUs: reader.u32() };
    case CauseCode.OutOfResource:
      return { kind: "Out of Resource", code };
    case CauseCode.UnresolvableAddress:
      return { kind: "Unresolvable Address", code, address: reader.rest() };
    case CauseCode.UnrecognizedChunkType:
      return { kind: "Unrecognized Chunk Type", code, chunk: reader.rest() };
    case CauseCode.InvalidMandatoryParameter:
      return { kind: "Invalid Mandatory Parameter", code };
    case CauseCode.UnrecognizedParameters:
      return { kind: "Unrecognized Parameters", code, parameters: reader.rest() };
    case CauseCode.NoUserData:
      return { kind: "No User Data", code, tsn: reader.u32() };
    case CauseCode.CookieReceivedWhileShuttingDown:
      return { kind: "Cookie Received While Shutting Down", code };
    case CauseCode.RestartWithNewAddresses:
      return { kind: "Restart of an Association with New Addresses", code, addresses: reader.rest() };
    case CauseCode.UserInitiatedAbort:
      return { kind: "User-Initiated Abort", code, reason: reader.rest() };
    case CauseCode.ProtocolViolation:
      return { kind: "Protocol Violation", code, information: reader.rest() };
    case CauseCode.RestartWithNewEncapsulationPort:
      return {
        kind: "Restart of an Association with New Encapsulation Port",
        code,
        currentPort: reader.u16(),
        newPort: reader.u16(),
      };
    case CauseCode.IllegalAsconfAck:
      return { kind: "Association Aborted Due to Illegal ASCONF-ACK", code };
    case CauseCode.UnsupportedHmac:
      return { kind: "Unsupported HMAC Identifier", code, hmacId: reader.u16() };
    default: {
      const kind = ASCONF_CAUSES.get(code);
      if (kind !== undefined) return { kind, code, parameter: reader.rest() };
      return { kind: "unknown", code, value: reader.rest() };
    }
  }
}

/** Writes several causes one behind the other, each padded but the last (RFC 9260 3.2). */
export function addCauses(out: ByteBuilder, causes: readonly Cause[]): ByteBuilder {
  const start = out.length;
  for (const cause of causes) {
    const at = out.pad(start).beginTlv(cause.code);
    addValue(out, cause).endTlv(at);
  }
  return out;
}

function addValue(out: ByteBuilder, cause: Cause): ByteBuilder {
  switch (cause.kind) {
    case "Invalid Stream Identifier":
      return out.u16(cause.streamId).u16(0);
    case "Missing Mandatory Parameter":
      return out.u32(cause.parameterTypes.length).u16s(cause.parameterTypes);
    case "Stale Cookie":
      return out.u32(cause.stalenessUs);
    case "Unresolvable Address":
      return out.raw(cause.address);
    case "Unrecognized Chunk Type":
      return out.raw(cause.chunk);
    case "Unrecognized Parameters":
      return out.raw(cause.parameters);
    case "No User Data":
      return out.u32(cause.tsn);
    case "Restart of an Association with New Addresses":
      return out.raw(cause.addresses);
    case "User-Initiated Abort":
      return out.raw(cause.reason);
    case "Protocol Violation":
      return out.raw(cause.information);
    case "Restart of an Association with New Encapsulation Port":
      return out.u16(cause.currentPort).u16(cause.newPort);
    case "Request to Delete Last Remaining IP Address":
    case "Operation Refused Due to Resource Shortage":
    case "Request to Delete Source IP Address":
    case "Request Refused - No Authorization":
      return out.raw(cause.parameter);
    case "Unsupported HMAC Identifier":
      return out.u16(cause.hmacId);
    case "unknown":
      return out.raw(cause.value);
    case "Out of Resource":
    case "Invalid Mandatory Parameter":
    case "Cookie Received While Shutting Down":
    case "Association Aborted Due to Illegal ASCONF-ACK":
      return out;
  }
}

/** What no other cause describes (RFC 9260 3.3.10.13). @param information US-ASCII */
export function protocolViolation(information: string): Cause {
  return {
    kind: "Protocol Violation",
    code: CauseCode.ProtocolViolation,
    information: Uint8Array.from(information, (character) => character.charCodeAt(0)),
  };
}
