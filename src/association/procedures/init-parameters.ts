/**
 * The optional parameters of INIT and INIT ACK, as this stack understands them.
 * Owns: which are known, what is done about the rest (RFC 9260 3.2.1, 3.2.2), listing our own addresses.
 * Does not own: decoding (src/chunks), the decisions that follow (setup.ts, src/stack/init-responder.ts).
 */

import type { AssociationOptions } from "../../base/options.ts";
import { ParameterType, unknownParameterAction } from "../../chunks/codes.ts";
import { encodeParameter, type Parameter } from "../../chunks/parameters.ts";
import { padded } from "../../chunks/tlv.ts";
import {
  type AddressFamily,
  addressFamily,
  isLinkLocalAddress,
  isLoopbackAddress,
  isUnicastAddress,
  isWildcardAddress,
  zoneOf,
} from "../../platform/address.ts";
import type { Extension } from "../model/extension.ts";
import { isRecognised } from "../model/negotiation.ts";

/** Of an Unrecognized Parameter, and of the cause Unrecognized Parameters. */
const REPORT_HEADER_BYTES = 4;

/** An INIT or INIT ACK, sorted. */
export interface InitReview {
  /** Those of the listed addresses that can be sent to, each once, in the order listed. */
  readonly addresses: readonly string[];
  /** Addresses are listed, and this side has sockets for the family of none. */
  readonly listsForeignOnly: boolean;
  readonly stateCookie: Uint8Array | undefined;
  readonly preservativeMs: number;
  /** A Host Name Address parameter: answered with ABORT (RFC 9260 5.1.2 B). */
  readonly hostName: Parameter | undefined;
  /** The address families that the sender can use; undefined where it did not say (RFC 9260 5.1.2). */
  readonly families: readonly AddressFamily[] | undefined;
  /** What extensions read, in the order sent. */
  readonly extensions: readonly Parameter[];
  /** Whole TLVs of unrecognized parameters whose type asks for a report. */
  readonly unrecognized: readonly Uint8Array[];
}

/**
 * @param source the address that the chunk came from
 * @param limits how many unrecognized parameters, and bytes of them, are reported; the rest is skipped in silence
 * @param wanted the extensions whose parameters are read
 * @param ourFamilies the families of our own addresses: nothing can be sent to others
 */
export function reviewInit(
  parameters: readonly Parameter[],
  source: string,
  limits: Pick<AssociationOptions, "maxUnrecognizedReported" | "maxUnrecognizedBytes">,
  wanted: readonly Extension[],
  ourFamilies: readonly AddressFamily[],
): InitReview {
  let reportBytesLeft = limits.maxUnrecognizedBytes;
  const addresses = new Set<string>();
  const foreign: string[] = [];
  const extensions: Parameter[] = [];
  const unrecognized: Uint8Array[] = [];
  let stateCookie: Uint8Array | undefined;
  let hostName: Parameter | undefined;
  let preservativeMs = 0;
  let addressTypes: readonly number[] | undefined;
  for (const parameter of parameters) {
    switch (parameter.kind) {
      case "IPv4 Address":
      case "IPv6 Address":
        if (!ourFamilies.includes(addressFamily(parameter.address))) foreign.push(parameter.address);
        else if (isDestination(parameter.address, source)) addresses.add(zoned(parameter.address, source));
        continue;
      case "State Cookie":
        stateCookie ??= parameter.cookie;
        continue;
      case "Cookie Preservative":
        preservativeMs = parameter.incrementMs;
        continue;
      case "Host Name Address":
        hostName ??= parameter;
        continue;
      case "Supported Address Types":
        addressTypes ??= parameter.addressTypes;
        continue;
      case "Unrecognized Parameter":
      case "Padding": // RFC 4820 4: it means nothing, and nothing is said or kept of it.
        continue;
    }
    if (isRecognised(parameter.type, wanted)) {
      extensions.push(meant(parameter, source));
      continue;
    }
    const action = unknownParameterAction(parameter.type);
    if (action.report && unrecognized.length < limits.maxUnrecognizedReported) {
      const encoded = encodeParameter(parameter);
      if (padded(encoded.length) <= reportBytesLeft) {
        unrecognized.push(encoded);
        reportBytesLeft -= padded(encoded.length);
      }
    }
    if (action.stop) break;
  }
  const families =
    addressTypes === undefined ? undefined : familiesOf(addressTypes, [source, ...addresses, ...foreign]);
  return {
    addresses: [...addresses],
    listsForeignOnly: foreign.length > 0 && addresses.size === 0,
    stateCookie,
    preservativeMs,
    hostName,
    families,
    extensions,
    unrecognized,
  };
}

/** As many of the parameters to report as have room, each behind a header of its own (RFC 9260 3.2.2). */
export function reportsWithin(unrecognized: readonly Uint8Array[], roomBytes: number): readonly Uint8Array[] {
  let leftBytes = roomBytes;
  return unrecognized.filter((parameter) => {
    const bytes = REPORT_HEADER_BYTES + padded(parameter.length);
    if (bytes > leftBytes) return false;
    leftBytes -= bytes;
    return true;
  });
}

/**
 * Whether a listed address may be sent to. This host's own loopback is no address of a peer elsewhere, and a link-local one
 * is only the peer's on the link that we heard it on.
 */
function isDestination(address: string, source: string): boolean {
  if (!isUnicastAddress(address)) return false;
  if (isLoopbackAddress(address)) return isLoopbackAddress(source);
  return !isLinkLocalAddress(address) || isLinkLocalAddress(source);
}

/** RFC 5061 4.2.4: the wildcard stands for where the chunk came from. */
function meant(parameter: Parameter, source: string): Parameter {
  if (parameter.kind !== "Set Primary Address" || !isWildcardAddress(parameter.address)) return parameter;
  return { ...parameter, address: source };
}

/** A parameter cannot say on which link its address is: on the one that it came by. */
function zoned(address: string, source: string): string {
  const needsZone = addressFamily(address) === 6 && isLinkLocalAddress(address);
  return needsZone ? address + zoneOf(source) : address;
}

/** RFC 9260 5.1.2: what the sender lists, and what it shows that it can do. */
function familiesOf(types: readonly number[], shown: readonly string[]): readonly AddressFamily[] {
  const families: AddressFamily[] = [];
  const shows = (family: AddressFamily): boolean =>
    shown.some((address) => addressFamily(address) === family);
  if (types.includes(ParameterType.Ipv4Address) || shows(4)) families.push(4);
  if (types.includes(ParameterType.Ipv6Address) || shows(6)) families.push(6);
  return families;
}

/** The Supported Address Types parameter of an INIT (RFC 9260 3.3.2.1.5). */
export function supportedAddressTypes(families: readonly AddressFamily[]): Parameter {
  const addressTypes = families.map((family) =>
    family === 4 ? ParameterType.Ipv4Address : ParameterType.Ipv6Address,
  );
  return { kind: "Supported Address Types", type: ParameterType.SupportedAddressTypes, addressTypes };
}

/** Our own addresses as parameters. */
export function addressParameters(addresses: readonly string[]): Parameter[] {
  return addresses.map((address) =>
    addressFamily(address) === 4
      ? { kind: "IPv4 Address", type: ParameterType.Ipv4Address, address }
      : { kind: "IPv6 Address", type: ParameterType.Ipv6Address, address },
  );
}
