/**
 * What the peer asks about its addresses (RFC 5061 5.2, 5.3).
 * Owns: which ASCONF is the next one, what each parameter does to the paths, the answers and how long they are remembered.
 * Does not own: whether an ASCONF is authenticated, and where answers go (dynamic-addresses.ts); paths (paths/peer-addresses.ts);
 * what the user is told (announcer.ts).
 */
import { SctpError } from "../../../base/errors.ts";
import { tsnAdd, tsnDiff } from "../../../base/serial.ts";
import type { Cause } from "../../../chunks/causes.ts";
import { type Chunk, chunkLengthBytes } from "../../../chunks/chunk.ts";
import { CauseCode, ParameterType, unknownParameterAction } from "../../../chunks/codes.ts";
import { encodeParameter, encodeParameters, type Parameter } from "../../../chunks/parameters.ts";
import { padded } from "../../../chunks/tlv.ts";
import {
  addressFamily,
  isLinkLocalAddress,
  isLoopbackAddress,
  isUnicastAddress,
  isWildcardAddress,
  zoneOf,
} from "../../../platform/address.ts";
import type { Route } from "../../model/seat.ts";
import type { Path } from "../../paths/path.ts";
import type { ExtensionHost } from "../association-extension.ts";
import type { Announcer } from "./announcer.ts";

/** Chunk header and sequence number (4.1.2). */
const ANSWER_HEADER_BYTES = 8;
/** Answers that are remembered: those of the ASCONFs of one packet, as far as anybody packs several (5.5). */
const MAX_REMEMBERED = 8;

export type Answer = Extract<Chunk, { readonly kind: "ASCONF" | "ASCONF-ACK" }>;
type Request = Extract<
  Parameter,
  { readonly kind: "Add IP Address" | "Delete IP Address" | "Set Primary Address" }
>;

/** Why a request is not performed; undefined where it is. */
type Refusal = Cause | undefined;

export class Responder {
  readonly #host: ExtensionHost;
  readonly #announcer: Announcer;
  /** 'Peer-Sequence-Number' (5.2 E1): of the last ASCONF that was performed. */
  #lastNumber: number;
  #remembered: readonly Answer[] = [];
  /** Addresses that those ASCONFs have removed: if they come again, they may name the association by one of them. */
  #removed: readonly string[] = [];

  constructor(host: ExtensionHost, announcer: Announcer) {
    this.#host = host;
    this.#announcer = announcer;
    this.#lastNumber = tsnAdd(host.identity.peerInitialTsn, -1);
  }

  /**
   * 5.2 E1 to E5.
   * @param isFirst of its packet
   * @param origin where it came from
   * @param roomBytes for the answer
   * @returns undefined where nothing is answered
   */
  answer(
    serialNumber: number,
    parameters: readonly Parameter[],
    isFirst: boolean,
    origin: Route,
    roomBytes: number,
    nowMs: number,
  ): Answer | undefined {
    const ahead = tsnDiff(serialNumber, this.#lastNumber);
    if (ahead <= 0) return this.#remembered.find((answer) => answer.serialNumber === serialNumber); // E2
    if (ahead > 1) {
      this.#host.seat.countDrop("unexpected-chunk", `ASCONF ${serialNumber}, ${ahead - 1} too early`); // E5
      return undefined;
    }
    if (isFirst) {
      this.#remembered = []; // E1
      this.#removed = [];
    }
    const responses = new Responses(roomBytes - ANSWER_HEADER_BYTES);
    this.#perform(parameters, origin, responses, nowMs);
    this.#announcer.refusedCount += responses.refusedCount;
    const answer: Answer = { kind: "ASCONF-ACK", serialNumber, parameters: responses.all };
    this.#remembered = [...this.#remembered, answer].slice(-MAX_REMEMBERED);
    this.#lastNumber = serialNumber; // V5
    return answer;
  }

  /** Whether an ASCONF may name the association by the address, though the peer has given that up: its answer may not have come (E2). */
  hasRemoved(address: string): boolean {
    return this.#removed.includes(address);
  }

  /** V1: in order. What no answer has room for is not performed: it counts as failed behind a failure (5.1 A7). */
  #perform(parameters: readonly Parameter[], origin: Route, responses: Responses, nowMs: number): void {
    let failed: Cause["kind"] | undefined;
    for (const parameter of parameters) {
      if (responses.isFull) break;
      if (!isRequest(parameter)) {
        if (parameter.kind === "unknown" && !this.#reportUnknown(parameter, responses)) break;
        continue; // 4.2: what is known, and does not belong here, is ignored.
      }
      const isChange = parameter.kind !== "Set Primary Address";
      // F11: once an addition or a removal has failed, so do those behind it.
      const refusal =
        isChange && failed !== undefined
          ? causeOf("Operation Refused Due to Resource Shortage", parameter)
          : this.#performOne(parameter, origin, nowMs);
      if (isChange && refusal !== undefined) failed = refusal.kind;
      if (refusal === undefined) responses.addSuccess(parameter.correlationId);
      else responses.addFailure(parameter.correlationId, refusal);
    }
  }

  /** V2. @returns whether what stands behind it is read */
  #reportUnknown(parameter: Extract<Parameter, { kind: "unknown" }>, responses: Responses): boolean {
    const { report, stop } = unknownParameterAction(parameter.type);
    if (report) {
      // V3: where a request has it, that of one that is not understood is taken to have it, too.
      const { value } = parameter;
      const correlationId =
        value.length < 4 ? 0 : new DataView(value.buffer, value.byteOffset, 4).getUint32(0);
      responses.addFailure(correlationId, {
        kind: "Unrecognized Parameters",
        code: CauseCode.UnrecognizedParameters,
        parameters: encodeParameter(parameter),
      });
    }
    return !stop;
  }

  #performOne(request: Request, origin: Route, nowMs: number): Refusal {
    switch (request.kind) {
      case "Add IP Address":
        return this.#add(request, origin, nowMs);
      case "Delete IP Address":
        return isWildcardAddress(request.address)
          ? this.#deleteAllBut(origin.address, request)
          : this.#delete(request, origin);
      case "Set Primary Address":
        return this.#setPrimary(request, origin);
    }
  }

  // ---- Add ---------------------------------------------------------------------------------------------------

  /** 4.2.1, 5.3 F1, F9, F14. */
  #add(request: Request, origin: Route, nowMs: number): Refusal {
    const { paths, addresses, settings, seat } = this.#host;
    const address = meant(request, origin);
    if (paths.byAddress(address) !== undefined) return undefined;
    if (!isDestination(address, origin.address)) return unresolvable(address);
    if (!seat.addressFamilies().includes(addressFamily(address)) || !seat.canReach(address))
      return unresolvable(address);
    if (paths.all.length >= settings.options.maxPeerAddresses)
      return causeOf("Operation Refused Due to Resource Shortage", request);
    // No two associations between the same ports have the same address of a peer (appendix A.2).
    if (!addresses.claim(address)) return causeOf("Request Refused - No Authorization", request);
    const path = this.#newPath(address, origin);
    if (path === undefined) return causeOf("Operation Refused Due to Resource Shortage", request);
    path.heartbeatDeadlineMs = nowMs; // F14: it is verified before it is used.
    this.#announcer.onAdded(path);
    return undefined;
  }

  /** A path is made with code of the user's, the congestion controller. */
  #newPath(address: string, { localAddress, remoteUdpPort }: Route): Path | undefined {
    const { addresses, seat, extensions } = this.#host;
    const isSource =
      addressFamily(localAddress) === addressFamily(address) &&
      seat.isTold(localAddress) &&
      extensions.dynamicAddresses?.isWithheld(localAddress) !== true;
    try {
      return addresses.add({
        address,
        localAddress: isSource ? localAddress : undefined,
        remoteUdpPort,
        confirmed: false,
      });
    } catch (error) {
      if (!(error instanceof SctpError)) throw error;
      seat.unclaimAddress(address);
      return undefined;
    }
  }

  // ---- Delete ------------------------------------------------------------------------------------------------

  /** 4.2.2, 5.3 F7, F8, F13. What is none of the peer's addresses need not be removed. */
  #delete(request: Request, origin: Route): Refusal {
    const { paths } = this.#host;
    const path = paths.byAddress(meant(request, origin));
    if (path === undefined) return undefined;
    if (paths.all.length === 1) return causeOf("Request to Delete Last Remaining IP Address", request);
    if (path.address === origin.address) return causeOf("Request to Delete Source IP Address", request);
    this.#remove(path);
    return undefined;
  }

  /** 4.2.2: the wildcard. */
  #deleteAllBut(source: string, request: Request): Refusal {
    const { paths } = this.#host;
    if (paths.byAddress(source) === undefined)
      return causeOf("Request to Delete Last Remaining IP Address", request);
    for (const path of [...paths.all]) if (path.address !== source) this.#remove(path);
    return undefined;
  }

  #remove(path: Path): void {
    const { paths, addresses, events, settings } = this.#host;
    const { primary } = paths;
    addresses.remove(path);
    this.#removed = [...this.#removed, path.address].slice(-settings.options.maxPeerAddresses);
    this.#announcer.onRemoved(path);
    if (paths.primary !== undefined && paths.primary !== primary) events.primaryChanged(paths.primary); // F12
  }

  // ---- Set primary -------------------------------------------------------------------------------------------

  /** 4.2.4, 5.4. */
  #setPrimary(request: Request, origin: Route): Refusal {
    const { paths, events } = this.#host;
    const address = meant(request, origin);
    const path = paths.byAddress(address);
    if (path === undefined) return unresolvable(address);
    if (path === paths.primary) return undefined;
    paths.setPrimary(path);
    events.primaryChanged(path);
    return undefined;
  }
}

/** The responses of one ASCONF-ACK. */
class Responses {
  readonly all: Parameter[] = [];
  refusedCount = 0;
  isFull = false;
  #bytesLeft: number;

  constructor(roomBytes: number) {
    this.#bytesLeft = roomBytes;
  }

  addFailure(correlationId: number, cause: Cause): void {
    this.refusedCount++;
    this.#add({
      kind: "Error Cause Indication",
      type: ParameterType.ErrorCauseIndication,
      correlationId,
      causes: [cause],
    });
  }

  /** 4.2.5: it goes without saying, but behind a failure (5.1 A7). */
  addSuccess(correlationId: number): void {
    if (this.all.length === 0) return;
    this.#add({ kind: "Success Indication", type: ParameterType.SuccessIndication, correlationId });
  }

  #add(response: Parameter): void {
    const bytes = padded(encodeParameters([response]).length);
    if (bytes > this.#bytesLeft) {
      this.isFull = true;
      return;
    }
    this.#bytesLeft -= bytes;
    this.all.push(response);
  }
}

export function answerBytes(answer: Answer): number {
  return padded(chunkLengthBytes(answer));
}

function isRequest(parameter: Parameter): parameter is Request {
  return (
    parameter.kind === "Add IP Address" ||
    parameter.kind === "Delete IP Address" ||
    parameter.kind === "Set Primary Address"
  );
}

/** The wildcard stands for where the packet came from; a parameter cannot say on which link its address is. */
function meant({ address }: Request, origin: Route): string {
  if (isWildcardAddress(address)) return origin.address;
  return addressFamily(address) === 6 && isLinkLocalAddress(address)
    ? address + zoneOf(origin.address)
    : address;
}

/** As for the addresses of an INIT: this host's own loopback is no address of a peer elsewhere. */
function isDestination(address: string, source: string): boolean {
  if (!isUnicastAddress(address)) return false;
  if (isLoopbackAddress(address)) return isLoopbackAddress(source);
  return !isLinkLocalAddress(address) || isLinkLocalAddress(source);
}

function causeOf(
  kind:
    | "Request to Delete Last Remaining IP Address"
    | "Operation Refused Due to Resource Shortage"
    | "Request to Delete Source IP Address"
    | "Request Refused - No Authorization",
  request: Request,
): Cause {
  return { kind, code: CAUSE_CODES[kind], parameter: encodeParameter(request) };
}

const CAUSE_CODES = {
  "Request to Delete Last Remaining IP Address": CauseCode.DeleteLastAddress,
  "Operation Refused Due to Resource Shortage": CauseCode.ResourceShortage,
  "Request to Delete Source IP Address": CauseCode.DeleteSourceAddress,
  "Request Refused - No Authorization": CauseCode.NoAuthorization,
} as const;

/** RFC 9260 3.3.10.5. */
function unresolvable(address: string): Cause {
  const [kind, type] =
    addressFamily(address) === 4
      ? (["IPv4 Address", ParameterType.Ipv4Address] as const)
      : (["IPv6 Address", ParameterType.Ipv6Address] as const);
  const parameter = encodeParameter({ kind, type, address });
  return { kind: "Unresolvable Address", code: CauseCode.UnresolvableAddress, address: parameter };
}
