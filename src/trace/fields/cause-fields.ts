/**
 * The fields of error causes (RFC 9260 3.3.10, RFC 4895 4.1, RFC 5061 4.3, and the draft on encapsulation ports).
 * Owns: their layouts, sections and meanings. Does not own: the chunks that they stand in (chunk-fields.ts).
 */
import { uint16At } from "../../base/network-order.ts";
import { CauseCode, causeCodeName, chunkTypeName, parameterTypeName } from "../../chunks/codes.ts";
import { TlvCursor } from "../../chunks/tlv.ts";
import { hmacName } from "../explain-tlv.ts";
import { bytesText, FieldReader, type PacketField } from "./packet-field.ts";

interface CauseLayout {
  readonly section: string;
  readonly meaning: string;
  /** Reads what follows code and length. */
  readonly read?: (fields: FieldReader) => void;
}

const base = (section: number, meaning: string, read?: CauseLayout["read"]): CauseLayout => ({
  section: `RFC 9260 3.3.10.${section}`,
  meaning,
  ...(read === undefined ? {} : { read }),
});
const asconf = (section: number, meaning: string): CauseLayout => ({
  section: `RFC 5061 4.3.${section}`,
  meaning,
  read: (fields) =>
    fields.rest("ASCONF Parameter", "The request that is refused, whole.", (value) => elementsText(value)),
});

const CAUSES = new Map<number, CauseLayout>([
  [
    CauseCode.InvalidStreamIdentifier,
    base(1, "DATA came on a stream that does not exist.", (fields) => {
      fields.number(2, "Stream Identifier", "The stream that the DATA named.");
      fields.number(2, "Reserved", "Sent as 0, and ignored by the receiver.");
    }),
  ],
  [
    CauseCode.MissingMandatoryParameter,
    base(2, "An INIT or INIT ACK lacked a parameter that must be there.", (fields) => {
      const count = fields.number(4, "Number of missing params", "How many types follow.");
      fields.entries(
        "Missing Param Type",
        2,
        "A parameter that was not there.",
        (entry) => parameterTypeName(entry.number(2, "Parameter Type", "Its type.", parameterTypeName)),
        count,
      );
    }),
  ],
  [
    CauseCode.StaleCookie,
    base(3, "The State Cookie was genuine, and came too late.", (fields) => {
      fields.number(
        4,
        "Measure of Staleness",
        "By how many microseconds it was too late.",
        (us) => `${us} us`,
      );
    }),
  ],
  [CauseCode.OutOfResource, base(4, "The sender has no room for an association.")],
  [
    CauseCode.UnresolvableAddress,
    base(5, "An address parameter that the sender cannot use.", (fields) =>
      fields.rest("Unresolvable Address", "The address parameter, whole.", elementsText),
    ),
  ],
  [
    CauseCode.UnrecognizedChunkType,
    base(6, "A chunk of a type that the sender does not know.", (fields) =>
      fields.rest("Unrecognized Chunk", "The chunk, whole.", (value) =>
        value.length === 0 ? "" : `${chunkTypeName(value[0] as number)}, ${bytesText(value)}`,
      ),
    ),
  ],
  [
    CauseCode.InvalidMandatoryParameter,
    base(7, "A parameter that must be there had a value that it cannot have."),
  ],
  [
    CauseCode.UnrecognizedParameters,
    base(8, "Parameters of the INIT ACK that the sender does not know.", (fields) =>
      fields.rest("Unrecognized Parameters", "The parameters, whole.", elementsText),
    ),
  ],
  [
    CauseCode.NoUserData,
    base(9, "A DATA chunk had no user data.", (fields) => {
      fields.number(4, "TSN", "The TSN of that chunk.");
    }),
  ],
  [
    CauseCode.CookieReceivedWhileShuttingDown,
    base(10, "A COOKIE ECHO came while the association was being shut down."),
  ],
  [
    CauseCode.RestartWithNewAddresses,
    base(11, "An INIT for an association that exists named addresses that it did not have.", (fields) =>
      fields.rest("New Address TLVs", "The new addresses, as parameters.", elementsText),
    ),
  ],
  [
    CauseCode.UserInitiatedAbort,
    base(12, "The user of the association has ended it.", (fields) =>
      fields.rest("Upper Layer Abort Reason", "What the user said about it."),
    ),
  ],
  [
    CauseCode.ProtocolViolation,
    base(13, "The peer did what the protocol does not allow.", (fields) =>
      fields.rest("Additional Information", "What it was, in the words of the sender."),
    ),
  ],
  [
    CauseCode.RestartWithNewEncapsulationPort,
    {
      section: "draft-tuexen-tsvwg-sctp-udp-encaps-cons",
      meaning: "An INIT for an association that exists came from another UDP port.",
      read: (fields) => {
        fields.number(2, "Current Encapsulation Port", "The UDP port that the association uses.");
        fields.number(2, "New Encapsulation Port", "The UDP port that the INIT came from.");
      },
    },
  ],
  [CauseCode.DeleteLastAddress, asconf(1, "The last address of an association cannot be deleted.")],
  [CauseCode.ResourceShortage, asconf(2, "There is no room for another address.")],
  [
    CauseCode.DeleteSourceAddress,
    asconf(3, "The address that a request comes from cannot be deleted by it."),
  ],
  [
    CauseCode.IllegalAsconfAck,
    { section: "RFC 5061 4.3.4", meaning: "An ASCONF-ACK answered what had not been asked." },
  ],
  [CauseCode.NoAuthorization, asconf(5, "The receiver's policy does not allow the request.")],
  [
    CauseCode.UnsupportedHmac,
    {
      section: "RFC 4895 4.1",
      meaning: "An AUTH chunk used an HMAC that had not been offered.",
      read: (fields) => {
        fields.number(2, "HMAC Identifier", "The HMAC that was used.", hmacName);
      },
    },
  ],
]);

const UNKNOWN: CauseLayout = {
  section: "RFC 9260 3.3.10",
  meaning: "A cause that no RFC known here describes.",
  read: (fields) => fields.rest("Cause-Specific Information", "What it means is not known here."),
};

/** The cause at [start, end), whose length has been checked. */
export function causeField(bytes: Uint8Array, start: number, end: number): PacketField {
  const code = uint16At(bytes, start);
  const { section, meaning, read } = CAUSES.get(code) ?? UNKNOWN;
  const fields = new FieldReader(bytes, start, end, section);
  fields.number(
    2,
    "Cause Code",
    "Says which cause it is.",
    (value) => `${value}, ${causeCodeName(value)}`,
    "RFC 9260 3.3.10",
  );
  fields.number(
    2,
    "Cause Length",
    "Of the whole cause in bytes, padding not counted.",
    String,
    "RFC 9260 3.3.10",
  );
  read?.(fields);
  return fields.whole(causeCodeName(code), fields.summary(2), meaning);
}

/** The names of the parameters in `value`, as far as they can be told. */
function elementsText(value: Uint8Array): string {
  const cursor = new TlvCursor().bind(value, 0, value.length);
  const names: string[] = [];
  while (cursor.next()) names.push(parameterTypeName(cursor.type));
  return names.length === 0 ? bytesText(value) : `${names.join(", ")}, ${bytesText(value)}`;
}
