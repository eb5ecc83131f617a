/**
 * Parameters: RFC 9260 3.3.2.1 and 3.3.3.1, 3758 3.1, 4820 4, 4895 3, 5061 4.2, 6525 4, 9653 4.
 * Owns: their formats. Does not own: which are allowed where, and what becomes of unknown ones (src/association).
 */
import { uint16At } from "../base/network-order.ts";
import { addressBytes, formatAddress } from "../platform/address.ts";
import { ByteBuilder } from "./byte-builder.ts";
import { ByteReader } from "./byte-reader.ts";
import { addCauses, type Cause, decodeCauses } from "./causes.ts";
import { ParameterType } from "./codes.ts";
import { ParseError } from "./errors.ts";
import { TlvCursor } from "./tlv.ts";

/** Told apart by `kind`, the RFC's name. `type` is the 16-bit code. */
export type Parameter = { readonly type: number } & (
  | { readonly kind: "Heartbeat Info"; readonly info: Uint8Array }
  | { readonly kind: "IPv4 Address" | "IPv6 Address"; readonly address: string }
  | { readonly kind: "State Cookie"; readonly cookie: Uint8Array }
  /** `parameter` is the whole TLV. */
  | { readonly kind: "Unrecognized Parameter"; readonly parameter: Uint8Array }
  | { readonly kind: "Cookie Preservative"; readonly incrementMs: number }
  | { readonly kind: "Host Name Address"; readonly hostName: Uint8Array }
  | { readonly kind: "Supported Address Types"; readonly addressTypes: readonly number[] }
  | {
      readonly kind: "Outgoing SSN Reset Request";
      readonly requestNumber: number;
      readonly responseNumber: number;
      readonly lastTsn: number;
      readonly streamIds: readonly number[];
    }
  | {
      readonly kind: "Incoming SSN Reset Request";
      readonly requestNumber: number;
      readonly streamIds: readonly number[];
    }
  | { readonly kind: "SSN/TSN Reset Request"; readonly requestNumber: number }
  | {
      readonly kind: "Re-configuration Response";
      readonly responseNumber: number;
      readonly result: number;
      /** Both next TSNs, or neither (RFC 6525 4.4). */
      readonly nextTsns: { readonly sender: number; readonly receiver: number } | undefined;
    }
  | {
      readonly kind: "Add Outgoing Streams Request" | "Add Incoming Streams Request";
      readonly requestNumber: number;
      readonly newStreamCount: number;
    }
  | { readonly kind: "ECN Capable" | "Forward-TSN-Supported" }
  | { readonly kind: "Zero Checksum Acceptable"; readonly errorDetectionMethod: number }
  | { readonly kind: "RANDOM"; readonly random: Uint8Array }
  | { readonly kind: "CHUNKS" | "Supported Extensions"; readonly chunkTypes: readonly number[] }
  | { readonly kind: "HMAC-ALGO"; readonly hmacIds: readonly number[] }
  | { readonly kind: "Padding"; readonly padding: Uint8Array }
  /** `address` is an address parameter. */
  | {
      readonly kind: "Add IP Address" | "Delete IP Address" | "Set Primary Address";
      readonly correlationId: number;
      readonly address: string;
    }
  | {
      readonly kind: "Error Cause Indication";
      readonly correlationId: number;
      readonly causes: readonly Cause[];
    }
  | { readonly kind: "Success Indication"; readonly correlationId: number }
  | { readonly kind: "Adaptation Layer Indication"; readonly adaptationCode: number }
  | { readonly kind: "unknown"; readonly value: Uint8Array }
);

const MAX_PARAMETERS = 1_024;
const NOTHING = new Uint8Array(0);

/**
 * Decodes the parameters in [start, end). Byte fields are views into `bytes`.
 * @throws ParseError MALFORMED_TLV, BAD_PARAMETER_LENGTH, TOO_MANY_ELEMENTS
 */
export function decodeParameters(
  bytes: Uint8Array,
  start: number,
  end: number,
  maxCount: number = MAX_PARAMETERS,
): Parameter[] {
  const cursor = new TlvCursor().bind(bytes, start, end);
  const parameters: Parameter[] = [];
  while (cursor.next()) {
    if (parameters.length >= maxCount) throw new ParseError("TOO_MANY_ELEMENTS", cursor.start);
    parameters.push(decodeParameter(bytes, cursor.start, cursor.lengthBytes));
  }
  if (cursor.malformed) throw new ParseError("MALFORMED_TLV", cursor.start);
  return parameters;
}

function decodeParameter(bytes: Uint8Array, start: number, lengthBytes: number): Parameter {
  const type = uint16At(bytes, start);
  const reader = new ByteReader(bytes, start + 4, start + lengthBytes, "BAD_PARAMETER_LENGTH");
  const parameter = readParameter(type, reader, bytes, start + lengthBytes);
  reader.done();
  return parameter;
}

function readParameter(type: number, reader: ByteReader, bytes: Uint8Array, end: number): Parameter {
  switch (type) {
    case ParameterType.HeartbeatInfo:
      return { kind: "Heartbeat Info", type, info: reader.rest() };
    case ParameterType.Ipv4Address:
      return { kind: "IPv4 Address", type, address: formatAddress(reader.raw(4), 0, 4) };
    case ParameterType.Ipv6Address:
      return { kind: "IPv6 Address", type, address: formatAddress(reader.raw(16), 0, 16) };
    case ParameterType.StateCookie:
      return { kind: "State Cookie", type, cookie: reader.rest() };
    case ParameterType.UnrecognizedParameter:
      return { kind: "Unrecognized Parameter", type, parameter: reader.rest() };
    case ParameterType.CookiePreservative:
      return { kind: "Cookie Preservative", type, incrementMs: reader.u32() };
    case ParameterType.HostNameAddress:
      return { kind: "Host Name Address", type, hostName: reader.rest() };
    case ParameterType.SupportedAddressTypes:
      return { kind: "Supported Address Types", type, addressTypes: reader.u16s() };
    case ParameterType.EcnCapable:
      return { kind: "ECN Capable", type };
    case ParameterType.ForwardTsnSupported:
      return { kind: "Forward-TSN-Supported", type };
    case ParameterType.ZeroChecksumAcceptable:
      return { kind: "Zero Checksum Acceptable", type, errorDetectionMethod: reader.u32() };
    case ParameterType.Random:
      return { kind: "RANDOM", type, random: reader.rest() };
    case ParameterType.ChunkList:
      return { kind: "CHUNKS", type, chunkTypes: reader.u8s() };
    case ParameterType.SupportedExtensions:
      return { kind: "Supported Extensions", type, chunkTypes: reader.u8s() };
    case ParameterType.HmacAlgorithm:
      return { kind: "HMAC-ALGO", type, hmacIds: reader.u16s() };
    case ParameterType.Padding:
      return { kind: "Padding", type, padding: reader.rest() };
    case ParameterType.AdaptationLayerIndication:
      return { kind: "Adaptation Layer Indication", type, adaptationCode: reader.u32() };
    default:
      return readReconfiguration(type, reader) ?? readAddressChange(type, reader, bytes, end);
  }
}

/** RFC 6525 4. */
function readReconfiguration(type: number, reader: ByteReader): Parameter | undefined {
  switch (type) {
    case ParameterType.OutgoingSsnReset: {
      const [requestNumber, responseNumber, lastTsn] = [reader.u32(), reader.u32(), reader.u32()];
      return {
        kind: "Outgoing SSN Reset Request",
        type,
        requestNumber,
        responseNumber,
        lastTsn,
        streamIds: reader.u16s(),
      };
    }
    case ParameterType.IncomingSsnReset:
      return {
        kind: "Incoming SSN Reset Request",
        type,
        requestNumber: reader.u32(),
        streamIds: reader.u16s(),
      };
    case ParameterType.SsnTsnReset:
      return { kind: "SSN/TSN Reset Request", type, requestNumber: reader.u32() };
    case ParameterType.ReConfigResponse: {
      const [responseNumber, result] = [reader.u32(), reader.u32()];
      const nextTsns = reader.leftBytes === 0 ? undefined : { sender: reader.u32(), receiver: reader.u32() };
      return { kind: "Re-configuration Response", type, responseNumber, result, nextTsns };
    }
    case ParameterType.AddOutgoingStreams:
    case ParameterType.AddIncomingStreams: {
      const kind =
        type === ParameterType.AddOutgoingStreams
          ? "Add Outgoing Streams Request"
          : "Add Incoming Streams Request";
      const [requestNumber, newStreamCount] = [reader.u32(), reader.u16()];
      reader.u16(); // Reserved.
      return { kind, type, requestNumber, newStreamCount };
    }
    default:
      return undefined;
  }
}

/** RFC 5061 4.2; whatever is left is unknown. */
function readAddressChange(type: number, reader: ByteReader, bytes: Uint8Array, end: number): Parameter {
  switch (type) {
    case ParameterType.AddIpAddress:
    case ParameterType.DeleteIpAddress:
    case ParameterType.SetPrimaryAddress: {
      const kind = ADDRESS_CHANGES[type];
      const correlationId = reader.u32();
      return { kind, type, correlationId, address: readAddress(reader) };
    }
    case ParameterType.ErrorCauseIndication: {
      const correlationId = reader.u32();
      const causes = decodeCauses(bytes, reader.at, end);
      reader.rest();
      return { kind: "Error Cause Indication", type, correlationId, causes };
    }
    case ParameterType.SuccessIndication:
      return { kind: "Success Indication", type, correlationId: reader.u32() };
    default:
      return { kind: "unknown", type, value: reader.rest() };
  }
}

/** An address parameter inside another parameter; nothing else may stand there, so nothing can be nested deeper. */
function readAddress(reader: ByteReader): string {
  const type = reader.u16();
  const lengthBytes = reader.u16();
  if (type === ParameterType.Ipv4Address && lengthBytes === 8) return formatAddress(reader.raw(4), 0, 4);
  if (type === ParameterType.Ipv6Address && lengthBytes === 20) return formatAddress(reader.raw(16), 0, 16);
  throw new ParseError("BAD_PARAMETER_LENGTH", reader.at);
}

const ADDRESS_CHANGES = {
  [ParameterType.AddIpAddress]: "Add IP Address",
  [ParameterType.DeleteIpAddress]: "Delete IP Address",
  [ParameterType.SetPrimaryAddress]: "Set Primary Address",
} as const;

/** Writes the parameter's value: what follows type and length. */
function addValue(out: ByteBuilder, parameter: Parameter): ByteBuilder {
  switch (parameter.kind) {
    case "Heartbeat Info":
      return out.raw(parameter.info);
    case "IPv4 Address":
    case "IPv6 Address":
      return out.raw(addressBytes(parameter.address) ?? NOTHING);
    case "State Cookie":
      return out.raw(parameter.cookie);
    case "Unrecognized Parameter":
      return out.raw(parameter.parameter);
    case "Cookie Preservative":
      return out.u32(parameter.incrementMs);
    case "Host Name Address":
      return out.raw(parameter.hostName);
    case "Supported Address Types":
      return out.u16s(parameter.addressTypes);
    case "Outgoing SSN Reset Request":
      return out
        .u32(parameter.requestNumber)
        .u32(parameter.responseNumber)
        .u32(parameter.lastTsn)
        .u16s(parameter.streamIds);
    case "Incoming SSN Reset Request":
      return out.u32(parameter.requestNumber).u16s(parameter.streamIds);
    case "SSN/TSN Reset Request":
      return out.u32(parameter.requestNumber);
    case "Re-configuration Response":
      out.u32(parameter.responseNumber).u32(parameter.result);
      if (parameter.nextTsns === undefined) return out;
      return out.u32(parameter.nextTsns.sender).u32(parameter.nextTsns.receiver);
    case "Add Outgoing Streams Request":
    case "Add Incoming Streams Request":
      return out.u32(parameter.requestNumber).u16(parameter.newStreamCount).u16(0);
    case "ECN Capable":
    case "Forward-TSN-Supported":
      return out;
    case "Zero Checksum Acceptable":
      return out.u32(parameter.errorDetectionMethod);
    case "RANDOM":
      return out.raw(parameter.random);
    case "CHUNKS":
    case "Supported Extensions":
      return out.u8s(parameter.chunkTypes);
    case "HMAC-ALGO":
      return out.u16s(parameter.hmacIds);
    case "Padding":
      return out.raw(parameter.padding);
    case "Add IP Address":
    case "Delete IP Address":
    case "Set Primary Address": {
      const address = addressBytes(parameter.address) ?? NOTHING;
      const type = address.length === 4 ? ParameterType.Ipv4Address : ParameterType.Ipv6Address;
      return out.u32(parameter.correlationId).tlv(type, address);
    }
    case "Error Cause Indication":
      return addCauses(out.u32(parameter.correlationId), parameter.causes);
    case "Success Indication":
      return out.u32(parameter.correlationId);
    case "Adaptation Layer Indication":
      return out.u32(parameter.adaptationCode);
    case "unknown":
      return out.raw(parameter.value);
  }
}

/** Writes the whole TLV, without padding. */
function addParameter(out: ByteBuilder, parameter: Parameter): ByteBuilder {
  const at = out.beginTlv(parameter.type);
  return addValue(out, parameter).endTlv(at);
}

/** Writes several parameters one behind the other, each padded but the last (RFC 9260 3.2). */
export function addParameters(out: ByteBuilder, parameters: readonly Parameter[]): ByteBuilder {
  const start = out.length;
  for (const parameter of parameters) addParameter(out.pad(start), parameter);
  return out;
}

/** The whole TLV, without padding. */
export function encodeParameter(parameter: Parameter): Uint8Array {
  return addParameter(new ByteBuilder(), parameter).build();
}

/** Several parameters one behind the other, each padded but the last. */
export function encodeParameters(parameters: readonly Parameter[]): Uint8Array {
  return addParameters(new ByteBuilder(), parameters).build();
}
