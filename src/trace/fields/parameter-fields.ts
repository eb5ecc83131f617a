/**
 * The fields of parameters (RFC 9260 3.3.2.1 and 3.3.3.1, RFC 3758 3.1, 4820 4, 4895 3, 5061 4.2, 6525 4, 9653 4).
 * Owns: their layouts, sections and meanings. Does not own: the chunks that they stand in (chunk-fields.ts).
 */
import { uint16At } from "../../base/network-order.ts";
import { chunkTypeName, ParameterType, parameterTypeName, reConfigResultName } from "../../chunks/codes.ts";
import { formatAddress } from "../../platform/address.ts";
import { hmacName } from "../explain-tlv.ts";
import { hex32 } from "../labels.ts";
import { causeField } from "./cause-fields.ts";
import { bytesText, FieldReader, hex16, type PacketField } from "./packet-field.ts";

interface ParameterLayout {
  readonly section: string;
  readonly meaning: string;
  /** Reads what follows type and length. */
  readonly read?: (fields: FieldReader) => void;
}

const layout = (section: string, meaning: string, read?: ParameterLayout["read"]): ParameterLayout => ({
  section,
  meaning,
  ...(read === undefined ? {} : { read }),
});

const addressText =
  (lengthBytes: 4 | 16) =>
  (value: Uint8Array): string =>
    formatAddress(value, 0, lengthBytes);
const ipv4 = (fields: FieldReader): void =>
  fields.raw(4, "IPv4 Address", "In network byte order.", addressText(4));
const ipv6 = (fields: FieldReader): void =>
  fields.raw(16, "IPv6 Address", "In network byte order.", addressText(16));
const chunkTypes = (fields: FieldReader): void =>
  fields.entries("Chunk Type", 1, "One of the types in the list.", (entry) =>
    chunkTypeName(entry.number(1, "Type", "The type of a chunk.", chunkTypeName)),
  );
const requestNumber = (fields: FieldReader): void =>
  void fields.number(
    4,
    "Re-configuration Request Sequence Number",
    "Counts the requests of this side; the answer repeats it.",
  );
const streamNumbers = (fields: FieldReader): void =>
  fields.entries("Stream Number", 2, "A stream to be reset; where none is named, all are meant.", (entry) =>
    String(entry.number(2, "Stream Number", "Names a stream.")),
  );
const newStreams = (fields: FieldReader): void => {
  requestNumber(fields);
  fields.number(2, "Number of new streams", "How many are to be added.");
  fields.number(2, "Reserved", "Sent as 0, and ignored by the receiver.");
};
const correlationId = (fields: FieldReader): void =>
  void fields.number(
    4,
    "ASCONF-Request Correlation ID",
    "Names a request within its chunk; the answer repeats it.",
  );
const addressChange = (fields: FieldReader): void => {
  correlationId(fields);
  nestedAddress(fields);
};

const PARAMETERS = new Map<number, ParameterLayout>([
  [
    ParameterType.HeartbeatInfo,
    layout("RFC 9260 3.3.5", "What the sender of the HEARTBEAT wants back unchanged.", (fields) =>
      fields.rest(
        "Sender-Specific Heartbeat Info",
        "Of use to its sender alone: when it was sent, and where to.",
      ),
    ),
  ],
  [ParameterType.Ipv4Address, layout("RFC 9260 3.3.2.1.1", "An address of the sender.", ipv4)],
  [ParameterType.Ipv6Address, layout("RFC 9260 3.3.2.1.2", "An address of the sender.", ipv6)],
  [
    ParameterType.StateCookie,
    layout(
      "RFC 9260 3.3.3.1.1",
      "All that the sender must know to make the association, signed by it.",
      (fields) => fields.rest("Cookie", "Returned unchanged in the COOKIE ECHO."),
    ),
  ],
  [
    ParameterType.UnrecognizedParameter,
    layout("RFC 9260 3.3.3.1.2", "A parameter of the INIT that the sender does not know.", (fields) =>
      fields.rest("Unrecognized Parameter", "The parameter, whole.", (value) =>
        value.length < 2 ? bytesText(value) : `${parameterTypeName(uint16At(value, 0))}, ${bytesText(value)}`,
      ),
    ),
  ],
  [
    ParameterType.CookiePreservative,
    layout("RFC 9260 3.3.2.1.3", "Asks for a State Cookie that lives longer.", (fields) => {
      fields.number(4, "Suggested Cookie Life-Span Increment", "How much longer.", (ms) => `${ms} ms`);
    }),
  ],
  [
    ParameterType.HostNameAddress,
    layout("RFC 9260 3.3.2.1.4", "A name instead of an address; no longer allowed.", (fields) =>
      fields.rest("Host Name", "The name, ended by a zero byte."),
    ),
  ],
  [
    ParameterType.SupportedAddressTypes,
    layout("RFC 9260 3.3.2.1.5", "The kinds of addresses that the sender can use.", (fields) =>
      fields.entries("Address Type", 2, "One of the kinds.", (entry) =>
        parameterTypeName(entry.number(2, "Type", "The type of an address parameter.", parameterTypeName)),
      ),
    ),
  ],
  [
    ParameterType.OutgoingSsnReset,
    layout("RFC 6525 4.1", "The sender begins streams that it sends on at SSN 0 again.", (fields) => {
      requestNumber(fields);
      fields.number(
        4,
        "Re-configuration Response Sequence Number",
        "The request of the peer that this answers, or the number before its next one.",
      );
      fields.number(4, "Sender's Last Assigned TSN", "The reset takes place behind this TSN.");
      streamNumbers(fields);
    }),
  ],
  [
    ParameterType.IncomingSsnReset,
    layout("RFC 6525 4.2", "The sender asks the peer to begin streams at SSN 0 again.", (fields) => {
      requestNumber(fields);
      streamNumbers(fields);
    }),
  ],
  [
    ParameterType.SsnTsnReset,
    layout(
      "RFC 6525 4.3",
      "The sender asks for all SSNs and TSNs of both sides to begin anew.",
      requestNumber,
    ),
  ],
  [
    ParameterType.ReConfigResponse,
    layout("RFC 6525 4.4", "Tells what has become of a request.", (fields) => {
      fields.number(4, "Re-configuration Response Sequence Number", "The request that is answered.");
      fields.number(
        4,
        "Result",
        "What has become of it.",
        (result) => `${result}, ${reConfigResultName(result)}`,
      );
      if (fields.leftBytes === 0) return;
      fields.number(4, "Sender's Next TSN", "The TSN that the sender goes on with.");
      fields.number(4, "Receiver's Next TSN", "The TSN that the receiver goes on with.");
    }),
  ],
  [
    ParameterType.AddOutgoingStreams,
    layout("RFC 6525 4.5", "The sender would like to send on more streams.", newStreams),
  ],
  [
    ParameterType.AddIncomingStreams,
    layout("RFC 6525 4.6", "The sender would like to receive on more streams.", newStreams),
  ],
  [ParameterType.EcnCapable, layout("RFC 9260 3.3.2.1", "Reserved for explicit congestion notification.")],
  [
    ParameterType.ZeroChecksumAcceptable,
    layout("RFC 9653 4", "The sender takes packets with a checksum of zero.", (fields) => {
      fields.number(4, "Error Detection Method Identifier", "What finds errors instead; 1 is DTLS.");
    }),
  ],
  [
    ParameterType.Random,
    layout("RFC 4895 3.1", "A random number that goes into the keys.", (fields) =>
      fields.rest("Random Number", "32 bytes."),
    ),
  ],
  [
    ParameterType.ChunkList,
    layout("RFC 4895 3.2", "Chunks that the sender takes only behind an AUTH chunk.", chunkTypes),
  ],
  [
    ParameterType.HmacAlgorithm,
    layout("RFC 4895 3.3", "The HMACs that the sender can check, the most welcome first.", (fields) =>
      fields.entries("HMAC Identifier", 2, "One of the HMACs.", (entry) =>
        hmacName(entry.number(2, "HMAC Identifier", "Names a hash function.", hmacName)),
      ),
    ),
  ],
  [
    ParameterType.Padding,
    layout("RFC 4820 4", "Makes the INIT larger.", (fields) => fields.rest("Padding Data", "Means nothing.")),
  ],
  [
    ParameterType.SupportedExtensions,
    layout("RFC 5061 4.2.7", "Chunks beyond the base protocol that the sender knows.", chunkTypes),
  ],
  [
    ParameterType.ForwardTsnSupported,
    layout("RFC 3758 3.1", "The sender knows FORWARD TSN: messages may be given up."),
  ],
  [ParameterType.AddIpAddress, layout("RFC 5061 4.2.1", "Asks for an address to be added.", addressChange)],
  [
    ParameterType.DeleteIpAddress,
    layout("RFC 5061 4.2.2", "Asks for an address to be deleted.", addressChange),
  ],
  [
    ParameterType.ErrorCauseIndication,
    layout("RFC 5061 4.2.3", "A request was refused.", (fields) => {
      correlationId(fields);
      fields.tlvs("cause", causeField);
    }),
  ],
  [
    ParameterType.SetPrimaryAddress,
    layout("RFC 5061 4.2.4", "Asks the peer to send to an address by preference.", addressChange),
  ],
  [ParameterType.SuccessIndication, layout("RFC 5061 4.2.5", "A request was performed.", correlationId)],
  [
    ParameterType.AdaptationLayerIndication,
    layout("RFC 5061 4.2.6", "Names what uses the association.", (fields) => {
      fields.number(4, "Adaptation Code Point", "Agreed between the users.", hex32);
    }),
  ],
]);

const UNKNOWN: ParameterLayout = layout(
  "RFC 9260 3.2.1",
  "A parameter that no RFC known here describes; the two highest bits of its type say what to do about it.",
  (fields) => fields.rest("Parameter Value", "What it means is not known here."),
);

/** The parameter at [start, end), whose length has been checked. */
export function parameterField(bytes: Uint8Array, start: number, end: number): PacketField {
  const type = uint16At(bytes, start);
  const { section, meaning, read } = PARAMETERS.get(type) ?? UNKNOWN;
  const fields = typeAndLength(bytes, start, end, section);
  read?.(fields);
  return fields.whole(parameterTypeName(type), fields.summary(2), meaning);
}

/** The one address parameter that stands in another parameter. Nothing else may, so nothing is nested deeper. */
function nestedAddress(fields: FieldReader): void {
  if (fields.leftBytes === 0) fields.stop("cut off: the address is missing");
  const read = (bytes: Uint8Array, start: number, end: number): PacketField => {
    const type = uint16At(bytes, start);
    const isV4 = type === ParameterType.Ipv4Address;
    const inner = typeAndLength(bytes, start, end, isV4 ? "RFC 9260 3.3.2.1.1" : "RFC 9260 3.3.2.1.2");
    if (isV4) ipv4(inner);
    else if (type === ParameterType.Ipv6Address) ipv6(inner);
    else inner.stop("an address stands here, and nothing else");
    return inner.whole(parameterTypeName(type), inner.summary(2), "The address that the request is about.");
  };
  fields.tlvs("parameter", read, 1);
}

function typeAndLength(bytes: Uint8Array, start: number, end: number, section: string): FieldReader {
  const fields = new FieldReader(bytes, start, end, section);
  const said = (type: number): string => `${hex16(type)}, ${parameterTypeName(type)}`;
  fields.number(2, "Parameter Type", "Says which parameter it is.", said, "RFC 9260 3.2.1");
  fields.number(
    2,
    "Parameter Length",
    "Of the whole parameter in bytes, padding not counted.",
    String,
    "RFC 9260 3.2.1",
  );
  return fields;
}
