/**
 * The optional parameters of INIT and INIT ACK, as this stack understands them.
 * Owns: which are known, what is done about the rest (RFC 9260 3.2.1, 3.2.2), listing our own addresses.
 * Does not own: decoding (src/chunks), the decisions that follow (setup.ts, src/stack/init-responder.ts).
 */
import { ParameterType, unknownParameterAction } from "../chunks/codes.ts";
import { encodeParameter, type Parameter } from "../chunks/parameters.ts";
import { padded } from "../chunks/tlv.ts";
import type { AssociationOptions } from "../options.ts";
import { addressFamily, isLoopbackAddress, isUnicastAddress } from "../platform/address.ts";

/** An INIT or INIT ACK, sorted. */
export interface InitReview {
  /** Unicast addresses, each once, in the order listed. */
  readonly addresses: readonly string[];
  readonly stateCookie: Uint8Array | undefined;
  readonly preservativeMs: number;
  /** A Host Name Address parameter: answered with ABORT (RFC 9260 5.1.2 B). */
  readonly hostName: Parameter | undefined;
  /** Whole TLVs of unrecognized parameters whose type asks for a report. */
  readonly unrecognized: readonly Uint8Array[];
}

/**
 * @param source where it came from: only a peer on this host may list loopback addresses, for what is sent to them
 *   reaches whoever listens here
 * @param limits how many unrecognized parameters, and bytes of them, are reported; the rest is skipped in silence
 */
export function reviewInit(
  parameters: readonly Parameter[],
  source: string,
  limits: Pick<AssociationOptions, "maxUnrecognizedReported" | "maxUnrecognizedBytes">,
): InitReview {
  const isLocalPeer = isLoopbackAddress(source);
  let reportBytesLeft = limits.maxUnrecognizedBytes;
  const addresses = new Set<string>();
  const unrecognized: Uint8Array[] = [];
  let stateCookie: Uint8Array | undefined;
  let hostName: Parameter | undefined;
  let preservativeMs = 0;
  for (const parameter of parameters) {
    switch (parameter.kind) {
      case "IPv4 Address":
      case "IPv6 Address":
        if (isUnicastAddress(parameter.address) && (isLocalPeer || !isLoopbackAddress(parameter.address)))
          addresses.add(parameter.address);
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
      case "Unrecognized Parameter":
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
  return { addresses: [...addresses], stateCookie, preservativeMs, hostName, unrecognized };
}

/** Our own addresses as parameters. */
export function addressParameters(addresses: readonly string[]): Parameter[] {
  return addresses.map((address) =>
    addressFamily(address) === 4
      ? { kind: "IPv4 Address", type: ParameterType.Ipv4Address, address }
      : { kind: "IPv6 Address", type: ParameterType.Ipv6Address, address },
  );
}
