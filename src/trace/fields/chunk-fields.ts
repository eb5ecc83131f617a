/**
 * The fields of chunks, of the base protocol and its extensions.
 * Owns: their layouts, sections and meanings. Does not own: parameters and causes (files of their own), the packet around
 * them (packet-fields.ts).
 */
import { tsnAdd } from "../../base/serial.ts";
import { ChunkType, chunkTypeName } from "../../chunks/codes.ts";
import { DataFlag } from "../../chunks/data.ts";
import { hmacName } from "../explain-tlv.ts";
import { counted, hex32 } from "../labels.ts";
import { causeField } from "./cause-fields.ts";
import { FieldReader, type FlagBit, type PacketField } from "./packet-field.ts";
import { parameterField } from "./parameter-fields.ts";

interface ChunkLayout {
  readonly section: string;
  readonly meaning: string;
  readonly flags?: readonly FlagBit[];
  /** Reads what follows type, flags and length. @returns what the chunk says in a few words; undefined: how long it is */
  readonly read?: (fields: FieldReader, flags: number) => string | undefined;
}

const DATA_FLAGS: readonly FlagBit[] = [
  { mask: DataFlag.Immediate, name: "I", meaning: "Immediate: the sender wants this acknowledged at once." },
  {
    mask: DataFlag.Unordered,
    name: "U",
    meaning: "Unordered: delivered as soon as it is complete, in no order.",
  },
  { mask: DataFlag.Beginning, name: "B", meaning: "Beginning: the first fragment of a message." },
  { mask: DataFlag.Ending, name: "E", meaning: "Ending: the last fragment of a message." },
];
const T_FLAG: readonly FlagBit[] = [
  {
    mask: 1,
    name: "T",
    meaning: "The sender has no association: the verification tag is a copy of the one that the peer sent.",
  },
];

const MEANINGS = {
  tsn: "Counts all chunks with user data of a sender; it is what acknowledgements speak of.",
  streamId: "The stream that the message belongs to.",
  ppid: "What the message is, by agreement of the users; SCTP does not look at it.",
  userData: "The message of the user, or a fragment of it.",
  reserved: "Sent as 0, and ignored by the receiver.",
  skippedStream: "A stream on which an ordered message was given up.",
} as const;

function data(fields: FieldReader): string {
  const tsn = fields.number(4, "TSN", MEANINGS.tsn);
  const streamId = fields.number(2, "Stream Identifier", MEANINGS.streamId);
  fields.number(
    2,
    "Stream Sequence Number",
    "Counts the ordered messages of a stream; they are delivered in this order.",
  );
  fields.number(4, "Payload Protocol Identifier", MEANINGS.ppid);
  return userData(fields, tsn, streamId);
}

function iData(fields: FieldReader, flags: number): string {
  const tsn = fields.number(4, "TSN", MEANINGS.tsn);
  const streamId = fields.number(2, "Stream Identifier", MEANINGS.streamId);
  fields.number(2, "Reserved", MEANINGS.reserved);
  fields.number(
    4,
    "Message Identifier",
    "Counts the messages of a stream, ordered and unordered ones apart; the same in all fragments.",
  );
  if ((flags & DataFlag.Beginning) !== 0) fields.number(4, "Payload Protocol Identifier", MEANINGS.ppid);
  else
    fields.number(
      4,
      "Fragment Sequence Number",
      "Which fragment of the message it is; the first one, which is 0, does not say so.",
    );
  return userData(fields, tsn, streamId);
}

function userData(fields: FieldReader, tsn: number, streamId: number): string {
  const { leftBytes } = fields;
  if (leftBytes === 0) fields.stop("no user data, which a chunk of this type must have");
  else fields.rest("User Data", MEANINGS.userData);
  return `TSN ${tsn}, stream ${streamId}, ${counted(leftBytes, "byte")}`;
}

function init(fields: FieldReader): string {
  const tag = fields.number(
    4,
    "Initiate Tag",
    "The tag that every packet to the sender must carry; never 0.",
    hex32,
  );
  const rwnd = fields.number(
    4,
    "Advertised Receiver Window Credit (a_rwnd)",
    "How much user data the sender has room for.",
    bytesOf,
  );
  fields.number(2, "Number of Outbound Streams", "How many streams the sender would like to send on.");
  fields.number(2, "Number of Inbound Streams", "How many streams the sender takes at most.");
  fields.number(4, "Initial TSN", "The TSN of the first chunk with user data that the sender will send.");
  parameters(fields);
  return `tag ${hex32(tag)}, a_rwnd ${bytesOf(rwnd)}`;
}

function sack(fields: FieldReader): string {
  const { cumulative, rwnd } = sackStart(fields);
  const gapCount = fields.number(2, "Number of Gap Ack Blocks", "How many blocks follow.");
  const duplicateCount = fields.number(
    2,
    "Number of Duplicate TSNs",
    "How many duplicates follow the blocks.",
  );
  gapBlocks(fields, "Gap Ack Block", gapCount, cumulative);
  duplicates(fields, duplicateCount);
  return sackSummary(cumulative, gapCount, rwnd);
}

function nrSack(fields: FieldReader): string {
  const { cumulative, rwnd } = sackStart(fields);
  const gapCount = fields.number(
    2,
    "Number of R Gap Ack Blocks",
    "How many blocks of what may be dropped yet.",
  );
  const keptCount = fields.number(
    2,
    "Number of NR Gap Ack Blocks",
    "How many blocks of what will not be dropped.",
  );
  const duplicateCount = fields.number(
    2,
    "Number of Duplicate TSNs",
    "How many duplicates follow the blocks.",
  );
  fields.number(2, "Reserved", MEANINGS.reserved);
  gapBlocks(fields, "R Gap Ack Block", gapCount, cumulative);
  gapBlocks(fields, "NR Gap Ack Block", keptCount, cumulative);
  duplicates(fields, duplicateCount);
  return sackSummary(cumulative, gapCount + keptCount, rwnd);
}

function sackStart(fields: FieldReader): { readonly cumulative: number; readonly rwnd: number } {
  const cumulative = fields.number(4, "Cumulative TSN Ack", "Everything up to this TSN has arrived.");
  const rwnd = fields.number(
    4,
    "Advertised Receiver Window Credit (a_rwnd)",
    "How much more user data the sender has room for.",
    bytesOf,
  );
  return { cumulative, rwnd };
}

function gapBlocks(fields: FieldReader, name: string, count: number, cumulative: number): void {
  const told = (offset: number): string => `${offset}: TSN ${tsnAdd(cumulative, offset)}`;
  fields.entries(
    name,
    4,
    "TSNs that have arrived behind something that is missing.",
    (block) => {
      const start = block.number(
        2,
        `${name} Start`,
        "The first TSN, counted from the Cumulative TSN Ack.",
        told,
      );
      const end = block.number(2, `${name} End`, "The last TSN, counted from the Cumulative TSN Ack.", told);
      return `TSN ${tsnAdd(cumulative, start)} to ${tsnAdd(cumulative, end)}`;
    },
    count,
  );
}

function duplicates(fields: FieldReader, count: number): void {
  fields.entries(
    "Duplicate TSN",
    4,
    "A TSN that has arrived again since the last SACK.",
    (entry) => `TSN ${entry.number(4, "TSN", "The TSN that came again.")}`,
    count,
  );
}

function sackSummary(cumulative: number, gapCount: number, rwnd: number): string {
  const gaps = gapCount === 0 ? "" : `, ${counted(gapCount, "gap block")}`;
  return `up to TSN ${cumulative}${gaps}, a_rwnd ${bytesOf(rwnd)}`;
}

function forwardTsn(fields: FieldReader): string {
  const tsn = newCumulativeTsn(fields);
  fields.entries("Skipped Message", 4, MEANINGS.skippedStream, (entry) => {
    const streamId = entry.number(2, "Stream", "The stream.");
    const ssn = entry.number(2, "Stream Sequence", "The last message of the stream that is given up.");
    return `stream ${streamId}, SSN ${ssn}`;
  });
  return `up to TSN ${tsn}`;
}

function iForwardTsn(fields: FieldReader): string {
  const tsn = newCumulativeTsn(fields);
  fields.entries("Skipped Message", 8, "A stream on which a message was given up.", (entry) => {
    const streamId = entry.number(2, "Stream Identifier", "The stream.");
    const flags = entry.number(
      2,
      "Reserved and U bit",
      "The lowest bit tells whether the unordered messages are meant; the others are sent as 0.",
      (value) => ((value & 1) === 0 ? "U 0, ordered" : "U 1, unordered"),
    );
    const mid = entry.number(4, "Message Identifier", "The last message of the stream that is given up.");
    return `stream ${streamId}, ${(flags & 1) === 0 ? "ordered" : "unordered"} MID ${mid}`;
  });
  return `up to TSN ${tsn}`;
}

function newCumulativeTsn(fields: FieldReader): number {
  return fields.number(4, "New Cumulative TSN", "The receiver waits no longer for anything up to this TSN.");
}

function auth(fields: FieldReader): undefined {
  fields.number(2, "Shared Key Identifier", "Which of the keys that both sides share was used.");
  fields.number(2, "HMAC Identifier", "Which HMAC was used.", hmacName);
  fields.rest(
    "HMAC",
    "Computed with the key over this chunk, the HMAC taken for zero, and all chunks behind it.",
  );
}

function asconf(fields: FieldReader): undefined {
  fields.number(4, "Sequence Number", "Counts the ASCONF chunks of a side; the answer repeats it.");
  parameters(fields);
}

function parameters(fields: FieldReader): undefined {
  fields.tlvs("parameter", parameterField);
}

function causes(fields: FieldReader): undefined {
  fields.tlvs("cause", causeField);
}

const cumulativeTsnAck = (fields: FieldReader): string =>
  `up to TSN ${fields.number(4, "Cumulative TSN Ack", "Everything up to this TSN has arrived.")}`;

const opaque =
  (name: string, meaning: string) =>
  (fields: FieldReader): undefined => {
    fields.rest(name, meaning);
  };

const CHUNKS = new Map<number, ChunkLayout>([
  [
    ChunkType.Data,
    {
      section: "RFC 9260 3.3.1",
      meaning: "Carries a message of the user, or a fragment of one.",
      flags: DATA_FLAGS,
      read: data,
    },
  ],
  [ChunkType.Init, { section: "RFC 9260 3.3.2", meaning: "Asks for an association.", read: init }],
  [
    ChunkType.InitAck,
    { section: "RFC 9260 3.3.3", meaning: "Answers an INIT, with a State Cookie.", read: init },
  ],
  [
    ChunkType.Sack,
    { section: "RFC 9260 3.3.4", meaning: "Tells what has arrived and what is missing.", read: sack },
  ],
  [
    ChunkType.Heartbeat,
    { section: "RFC 9260 3.3.5", meaning: "Asks whether a destination can be reached.", read: parameters },
  ],
  [
    ChunkType.HeartbeatAck,
    { section: "RFC 9260 3.3.6", meaning: "Returns what a HEARTBEAT held.", read: parameters },
  ],
  [
    ChunkType.Abort,
    { section: "RFC 9260 3.3.7", meaning: "Ends the association at once.", flags: T_FLAG, read: causes },
  ],
  [
    ChunkType.Shutdown,
    {
      section: "RFC 9260 3.3.8",
      meaning: "Begins the graceful end of the association.",
      read: cumulativeTsnAck,
    },
  ],
  [
    ChunkType.ShutdownAck,
    { section: "RFC 9260 3.3.9", meaning: "The sender has nothing left to send either." },
  ],
  [
    ChunkType.Error,
    {
      section: "RFC 9260 3.3.10",
      meaning: "Reports what does not end the association by itself.",
      read: causes,
    },
  ],
  [
    ChunkType.CookieEcho,
    {
      section: "RFC 9260 3.3.11",
      meaning: "Returns the State Cookie.",
      read: opaque("Cookie", "The State Cookie as it came in the INIT ACK; only its maker can read it."),
    },
  ],
  [
    ChunkType.CookieAck,
    { section: "RFC 9260 3.3.12", meaning: "The cookie was genuine: the association is there." },
  ],
  [
    ChunkType.Ecne,
    {
      section: "RFC 9260 3.2",
      meaning: "Reserved for explicit congestion notification.",
      read: opaque("Chunk Value", "Not read."),
    },
  ],
  [
    ChunkType.Cwr,
    {
      section: "RFC 9260 3.2",
      meaning: "Reserved for explicit congestion notification.",
      read: opaque("Chunk Value", "Not read."),
    },
  ],
  [
    ChunkType.ShutdownComplete,
    { section: "RFC 9260 3.3.13", meaning: "The sender has removed the association.", flags: T_FLAG },
  ],
  [
    ChunkType.Auth,
    {
      section: "RFC 4895 5.1",
      meaning: "Proves that what follows was written by one who has the key.",
      read: auth,
    },
  ],
  [
    ChunkType.NrSack,
    {
      section: "draft-tuexen-tsvwg-sctp-multipath 4.2",
      meaning: "Tells what has arrived, and what of it will not be dropped any more.",
      read: nrSack,
    },
  ],
  [
    ChunkType.IData,
    {
      section: "RFC 8260 2.1",
      meaning: "Carries a message, or a fragment that may stand among those of others.",
      flags: DATA_FLAGS,
      read: iData,
    },
  ],
  [ChunkType.AsconfAck, { section: "RFC 5061 4.1.2", meaning: "Answers an ASCONF.", read: asconf }],
  [
    ChunkType.ReConfig,
    {
      section: "RFC 6525 3.1",
      meaning: "Resets or adds streams, or answers such a request.",
      read: parameters,
    },
  ],
  [
    ChunkType.Pad,
    {
      section: "RFC 4820 3",
      meaning: "Makes the packet larger.",
      read: opaque("Padding Data", "Means nothing."),
    },
  ],
  [
    ChunkType.ForwardTsn,
    {
      section: "RFC 3758 3.2",
      meaning: "Messages were given up: the receiver is not to wait for them.",
      read: forwardTsn,
    },
  ],
  [ChunkType.Asconf, { section: "RFC 5061 4.1.1", meaning: "Asks for a change of addresses.", read: asconf }],
  [
    ChunkType.IForwardTsn,
    {
      section: "RFC 8260 2.3.1",
      meaning: "Messages were given up, where they are interleaved.",
      read: iForwardTsn,
    },
  ],
]);

const UNKNOWN: ChunkLayout = {
  section: "RFC 9260 3.2",
  meaning:
    "A chunk that no RFC known here describes; the two highest bits of its type say what to do about it.",
  read: opaque("Chunk Value", "What it means is not known here."),
};

/** The chunk at [start, end), whose length has been checked, with the padding up to `paddedEnd`. */
export function chunkField(bytes: Uint8Array, start: number, end: number, paddedEnd: number): PacketField {
  const type = bytes[start] as number;
  const { section, meaning, flags: bits = [], read } = CHUNKS.get(type) ?? UNKNOWN;
  const fields = new FieldReader(bytes, start, end, section);
  fields.number(
    1,
    "Chunk Type",
    "Says which chunk it is.",
    (value) => `${value}, ${chunkTypeName(value)}`,
    "RFC 9260 3.2",
  );
  const flags = fields.flags(bits);
  fields.number(
    2,
    "Chunk Length",
    "Of the whole chunk in bytes, padding not counted.",
    bytesOf,
    "RFC 9260 3.2",
  );
  const said = read?.(fields, flags) ?? fields.summary(3);
  const chunk = fields.whole(chunkTypeName(type), said, meaning);
  if (paddedEnd === end) return chunk;
  const padding = new FieldReader(bytes, end, paddedEnd, section);
  padding.padding(paddedEnd - end);
  return { ...chunk, lengthBytes: paddedEnd - start, children: [...chunk.children, ...padding.fields] };
}

function bytesOf(value: number): string {
  return counted(value, "byte");
}
