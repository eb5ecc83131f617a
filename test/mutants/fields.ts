/**
 * Mistakes that somebody could make in taking packets apart; the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const FIELD = "trace/fields/packet-field.ts";
const PACKET = "trace/fields/packet-fields.ts";
const CHUNK = "trace/fields/chunk-fields.ts";
const PARAMETER = "trace/fields/parameter-fields.ts";
const CAUSE = "trace/fields/cause-fields.ts";

export const FIELD_MUTANTS: readonly Mutant[] = [
  mutant(
    "fld-cut",
    FIELD,
    "if (lengthBytes <= this.#end - this.#at) return true;",
    "if (lengthBytes <= this.bytes.length - this.#at) return true;",
    "a field that is cut is read from what lies behind its chunk",
  ),
  mutant(
    "fld-rest",
    FIELD,
    "if (this.leftBytes > 0) this.stop(",
    "if (this.leftBytes > 4) this.stop(",
    "a few bytes that nobody has read are in no field",
  ),
  mutant(
    "fld-reserved",
    FIELD,
    "const reserved = 0xff & ~bits.reduce((mask, bit) => mask | bit.mask, 0);",
    "const reserved = 0;",
    "reserved bits are in no field",
  ),
  mutant(
    "fld-padding",
    FIELD,
    "padded(cursor.lengthBytes), this.#end - cursor.start) - cursor.lengthBytes",
    "cursor.lengthBytes, this.#end - cursor.start) - cursor.lengthBytes",
    "padding between parameters is in no field",
  ),
  mutant(
    "fld-counted",
    FIELD,
    "i < count && (isCounted || this.leftBytes > 0)",
    "i < count && this.leftBytes > 0",
    "a SACK that promises more blocks than it has looks sound",
  ),
  mutant(
    "fld-fault",
    FIELD,
    "isFaulty: this.#fault !== undefined,",
    "isFaulty: false,",
    "a cut chunk looks sound",
  ),
  mutant(
    "fld-tail",
    PACKET,
    "at = Math.min(cursor.start + padded(cursor.lengthBytes), datagram.length);",
    "at = cursor.end;",
    "the padding of a chunk is in no field",
  ),
  mutant(
    "fld-checksum",
    PACKET,
    "bare.fill(0, CHECKSUM_AT, COMMON_HEADER_BYTES);",
    "bare.fill(0, CHECKSUM_AT, CHECKSUM_AT);",
    "the checksum that would be right is computed over the wrong one",
  ),
  mutant(
    "fld-fsn",
    CHUNK,
    "if ((flags & DataFlag.Beginning) !== 0)",
    "if ((flags & DataFlag.Ending) !== 0)",
    "a fragment sequence number is taken for a PPID",
  ),
  mutant(
    "fld-gap",
    CHUNK,
    "tsnAdd(cumulative, start)",
    "cumulative + start",
    "a gap block beyond the wrap names a TSN that there is not",
  ),
  mutant(
    "fld-empty",
    CHUNK,
    "if (leftBytes === 0)",
    "if (leftBytes < 0)",
    "DATA without user data looks sound",
  ),
  mutant(
    "fld-address",
    PARAMETER,
    'if (fields.leftBytes === 0) fields.stop("cut off: the address is missing");',
    "",
    "a request without an address looks sound",
  ),
  mutant(
    "fld-nested",
    PARAMETER,
    'fields.tlvs("parameter", read, 1);',
    'fields.tlvs("parameter", read);',
    "two addresses in one request look sound",
  ),
  mutant(
    "fld-response",
    PARAMETER,
    "if (fields.leftBytes === 0) return;",
    "return;",
    "the next TSNs of an answer are not read",
  ),
  mutant(
    "fld-missing",
    CAUSE,
    "        count,\n",
    "",
    "a cause that promises more types than it has looks sound",
  ),
];
