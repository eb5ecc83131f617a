/**
 * Parameters and error causes in plain English.
 * Owns: one line for each. Does not own: the chunks that they stand in (explain.ts).
 */
import type { Cause } from "../chunks/causes.ts";
import type { Chunk } from "../chunks/chunk.ts";
import { chunkTypeName, parameterTypeName, reConfigResultName } from "../chunks/codes.ts";
import type { Parameter } from "../chunks/parameters.ts";
import { isWildcardAddress } from "../platform/address.ts";
import { counted, payloadPreview } from "./labels.ts";
import type { WatchedFlow } from "./watcher.ts";

type ChunkOf<K extends Chunk["kind"]> = Extract<Chunk, { readonly kind: K }>;

/** What a parameter of an INIT or INIT ACK says. */
export function parameterText(parameter: Parameter): string {
  switch (parameter.kind) {
    case "IPv4 Address":
    case "IPv6 Address":
      return `can also be reached at ${parameter.address}`;
    case "State Cookie":
      return `State Cookie of ${counted(parameter.cookie.length, "byte")}, to be returned unchanged`;
    case "Supported Address Types": {
      const names = parameter.addressTypes.map((type) => parameterTypeName(type).replace(/ Address$/, ""));
      return `understands addresses of these kinds: ${names.join(", ")}`;
    }
    case "Supported Extensions":
      return `understands the extension chunks ${parameter.chunkTypes.map(chunkTypeName).join(", ")}`;
    case "Unrecognized Parameter":
      return `returns a parameter of ${counted(parameter.parameter.length, "byte")} that it does not know`;
    case "Cookie Preservative":
      return `would like the cookie to live ${parameter.incrementMs} ms longer`;
    case "RANDOM":
      return `RANDOM: ${counted(parameter.random.length, "byte")} that go into the keys for authentication`;
    case "CHUNKS":
      return parameter.chunkTypes.length === 0
        ? "CHUNKS: wants no chunk authenticated"
        : `CHUNKS: takes these only where they are authenticated: ${parameter.chunkTypes.map(chunkTypeName).join(", ")}`;
    case "HMAC-ALGO":
      return `HMAC-ALGO: takes HMACs of ${parameter.hmacIds.map(hmacName).join(", ")}, the first one rather than the others`;
    case "Forward-TSN-Supported":
      return "understands FORWARD TSN: messages may be given up (RFC 3758 3.1)";
    case "Adaptation Layer Indication":
      return `what uses the association calls itself 0x${parameter.adaptationCode.toString(16).padStart(8, "0")} (RFC 5061 4.2.6)`;
    case "Set Primary Address":
      return `would like to be sent to at ${parameter.address} by preference`;
    case "Zero Checksum Acceptable":
      return `takes packets without a checksum where method ${parameter.errorDetectionMethod} finds errors (RFC 9653 3)`;
    case "unknown":
      return `parameter type 0x${parameter.type.toString(16).padStart(4, "0")}, not known here`;
    default:
      return `parameter: ${parameter.kind}`;
  }
}

/**
 * What a parameter of a RE-CONFIG says (RFC 6525 4).
 * @param from who says it
 * @param own the DATA of whoever does
 */
export function reConfigText(parameter: Parameter, from: string, own: WatchedFlow): string {
  switch (parameter.kind) {
    case "Outgoing SSN Reset Request":
      return (
        `request ${parameter.requestNumber}: ${from} begins ${streamsText(parameter.streamIds)} that it sends on at message 0 again, ` +
        `behind ${own.nameOf(parameter.lastTsn)} (answers ${parameter.responseNumber} if that was a request for this)`
      );
    case "Incoming SSN Reset Request":
      return `request ${parameter.requestNumber}: ${from} would like ${streamsText(parameter.streamIds)} that it receives on to begin at message 0 again`;
    case "SSN/TSN Reset Request":
      return `request ${parameter.requestNumber}: all streams and TSNs of both sides are to begin anew`;
    case "Add Outgoing Streams Request":
      return `request ${parameter.requestNumber}: ${from} would like to send on ${counted(parameter.newStreamCount, "more stream")}`;
    case "Add Incoming Streams Request":
      return `request ${parameter.requestNumber}: ${from} would like to receive on ${counted(parameter.newStreamCount, "more stream")}`;
    case "Re-configuration Response": {
      const { nextTsns } = parameter;
      const next =
        nextTsns === undefined
          ? ""
          : `; ${from} goes on with TSN ${nextTsns.sender}, the other side with TSN ${nextTsns.receiver}`;
      return `answer to request ${parameter.responseNumber}: ${reConfigResultName(parameter.result)}${next}`;
    }
    default:
      return parameterText(parameter);
  }
}

/** What an ASCONF asks, and what an ASCONF-ACK answers (RFC 5061 4.1), a line for each parameter. */
export function addressChangeTexts({ serialNumber, parameters }: ChunkOf<"ASCONF" | "ASCONF-ACK">): string[] {
  return [`number ${serialNumber}`, ...parameters.map(addressChangeText)];
}

function addressChangeText(parameter: Parameter): string {
  switch (parameter.kind) {
    case "IPv4 Address":
    case "IPv6 Address":
      return isWildcardAddress(parameter.address)
        ? "the association is found by its tag"
        : `the association is found by ${parameter.address}`;
    case "Add IP Address":
      return `request ${parameter.correlationId}: add ${addressText(parameter.address, "the address that this comes from")}`;
    case "Delete IP Address":
      return `request ${parameter.correlationId}: forget ${addressText(parameter.address, "all addresses but the one that this comes from")}`;
    case "Set Primary Address":
      return `request ${parameter.correlationId}: send to ${addressText(parameter.address, "the address that this comes from")} by preference`;
    case "Error Cause Indication":
      return `request ${parameter.correlationId} is refused: ${parameter.causes.map(causeText).join(", ")}`;
    case "Success Indication":
      return `request ${parameter.correlationId} is done`;
    default:
      return parameterText(parameter);
  }
}

function addressText(address: string, wildcardText: string): string {
  return isWildcardAddress(address) ? wildcardText : address;
}

function streamsText(streamIds: readonly number[]): string {
  if (streamIds.length === 0) return "all streams";
  const shown = streamIds.length > 8 ? [...streamIds.slice(0, 7), `${streamIds.length - 7} more`] : streamIds;
  return `${streamIds.length === 1 ? "stream" : "streams"} ${shown.join(", ")}`;
}

/** The hash of an HMAC Identifier (RFC 4895 3.3). */
export function hmacName(hmacId: number): string {
  if (hmacId === 1) return "SHA-1";
  return hmacId === 3 ? "SHA-256" : `HMAC Identifier ${hmacId}`;
}

/** What an error cause says. */
export function causeText(cause: Cause): string {
  switch (cause.kind) {
    case "User-Initiated Abort":
      return cause.reason.length === 0
        ? "the user ended it, and gave no reason"
        : `the user ended it, with the reason ${payloadPreview(cause.reason)}`;
    case "Protocol Violation":
      return cause.information.length === 0
        ? "the protocol was broken"
        : `the protocol was broken: ${payloadPreview(cause.information)}`;
    case "Invalid Stream Identifier":
      return `there is no stream ${cause.streamId}`;
    case "Stale Cookie":
      return `the cookie came ${Math.ceil(cause.stalenessUs / 1_000)} ms too late`;
    case "No User Data":
      return `the DATA chunk with TSN ${cause.tsn} was empty`;
    case "Missing Mandatory Parameter":
      return `missing: ${cause.parameterTypes.map(parameterTypeName).join(", ")}`;
    case "Unsupported HMAC Identifier":
      return `an AUTH chunk with an HMAC that was not offered: ${hmacName(cause.hmacId)}`;
    case "unknown":
      return `cause ${cause.code}, not known here`;
    default:
      return `cause: ${cause.kind}`;
  }
}
