/**
 * The SCTP packets of a capture file: bytes in, packets out.
 * Owns: which format a file has, which frames hold SCTP. Does not own: the formats and layers (beside this file), what the packets say
 * (explain.ts), the file (the host reads it).
 */

import { uint16At } from "../../base/network-order.ts";
import { checkArgument, checkOptions, type Kind, type OptionNames } from "../../base/option-check.ts";
import { COMMON_HEADER_BYTES, checksumIsValid } from "../../chunks/common-header.ts";
import { TlvCursor } from "../../chunks/tlv.ts";
import type { TransportAddress } from "../../platform/address.ts";
import { CaptureError, type CaptureFrame } from "./capture-frame.ts";
import { type IpPacket, readIpPacket, readUdp, SCTP_PROTOCOL, UDP_PROTOCOL } from "./ip-packet.ts";
import { ipPacketIn } from "./link-layer.ts";
import { pcapFrames, pcapMagic } from "./pcap-file.ts";
import { isPcapng, pcapngFrames } from "./pcapng-file.ts";

/** The registered UDP port (RFC 6951 7): what it carries is SCTP even where a checksum is wrong. */
const REGISTERED_UDP_PORT = 9_899;
const MIN_CHUNK_BYTES = 4;
/** Pairs of UDP endpoints, and IP packets in fragments, that are remembered: a capture may be of days. */
const MAX_REMEMBERED = 4_096;

export interface ReadCaptureOptions {
  /**
   * UDP ports that carry SCTP. Default: port 9899, and every pair of endpoints of which a datagram has been seen that is an SCTP
   * packet with a right checksum.
   */
  readonly udpPorts?: readonly number[];
}

const isPorts: Kind = (value) =>
  Array.isArray(value) && value.every((port) => Number.isInteger(port) && port >= 0 && port <= 65_535)
    ? undefined
    : "an array of UDP ports, as in [9899]";

const isBytes: Kind = (value) => (value instanceof Uint8Array ? undefined : "a Uint8Array");

const NAMES: OptionNames<ReadCaptureOptions> = {
  of: "readCapture",
  see: "ReadCaptureOptions",
  kinds: { udpPorts: isPorts },
};

interface EntryBase {
  readonly frame: CaptureFrame;
  /** Milliseconds since the first frame that has a time; undefined where this one has none. */
  readonly timeMs: number | undefined;
}

/** A frame that holds an SCTP packet. */
export interface CapturedPacket extends EntryBase {
  readonly kind: "packet";
  /** With their UDP ports; 0 where SCTP stands in IP by itself. */
  readonly source: TransportAddress;
  readonly destination: TransportAddress;
  readonly isUdp: boolean;
  /** The SCTP packet, a view into the file. */
  readonly bytes: Uint8Array;
  /** How much of it the capture cut off. */
  readonly missingBytes: number;
}

/** A frame that holds a part of an IP packet with SCTP in it, which the network has cut. */
export interface CapturedFragment extends EntryBase {
  readonly kind: "fragment";
  readonly source: string;
  readonly destination: string;
  /** Where in the payload of the IP packet it begins. */
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** Any other frame, and what it is, as far as was looked. */
export interface OtherFrame extends EntryBase {
  readonly kind: "other";
  readonly what: string;
}

export type CaptureEntry = CapturedPacket | CapturedFragment | OtherFrame;

/**
 * Reads a capture, pcap or pcapng, from Ethernet (with VLAN tags), Linux cooked, loopback or raw IP: what each frame holds, in order.
 * Nothing of the file is copied.
 * @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION
 * @throws CaptureError, from the generator, where the file cannot be read on: what stands before has been given
 */
export function readCapture(file: Uint8Array, options: ReadCaptureOptions = {}): Generator<CaptureEntry> {
  checkArgument("file of readCapture()", file, isBytes);
  return entriesOf(file, new FrameSorter(checkOptions(options, NAMES).udpPorts));
}

function* entriesOf(file: Uint8Array, sorter: FrameSorter): Generator<CaptureEntry> {
  let firstNs: bigint | undefined;
  for (const frame of framesOf(file)) {
    firstNs ??= frame.timeNs;
    const timeMs =
      frame.timeNs === undefined || firstNs === undefined ? undefined : Number(frame.timeNs - firstNs) / 1e6;
    yield { ...sorter.sort(frame), frame, timeMs };
  }
}

/** @throws CaptureError */
function framesOf(file: Uint8Array): Generator<CaptureFrame> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (isPcapng(view)) return pcapngFrames(view);
  const magic = pcapMagic(view);
  if (magic !== undefined) return pcapFrames(view, magic);
  throw new CaptureError("NOT_A_CAPTURE", 0, "neither pcap nor pcapng");
}

type Sorted =
  | Omit<CapturedPacket, keyof EntryBase>
  | Omit<CapturedFragment, keyof EntryBase>
  | Omit<OtherFrame, keyof EntryBase>;

/** Says what a frame holds, by what has been seen before. */
class FrameSorter {
  readonly #udpPorts: ReadonlySet<number> | undefined;
  /** Pairs of UDP endpoints that speak SCTP, as has been seen. */
  readonly #pairs: Set<string>;
  /** UDP datagrams in fragments whose first one was of such a pair. */
  readonly #fragmented: Set<string>;
  readonly #cursor: TlvCursor;

  constructor(udpPorts: readonly number[] | undefined) {
    this.#udpPorts = udpPorts && new Set(udpPorts);
    this.#pairs = new Set();
    this.#fragmented = new Set();
    this.#cursor = new TlvCursor();
  }

  sort({ linkType, bytes, originalBytes }: CaptureFrame): Sorted {
    const there = ipPacketIn(linkType, bytes);
    if (typeof there === "string") return { kind: "other", what: there };
    const ip = readIpPacket(there, originalBytes - bytes.length);
    if (typeof ip === "string") return { kind: "other", what: ip };
    if (ip.protocol === UDP_PROTOCOL) return this.#sortUdp(ip);
    if (ip.protocol !== SCTP_PROTOCOL) return { kind: "other", what: `IP protocol ${ip.protocol}` };
    if (ip.fragment !== undefined) return fragmentOf(ip);
    return packetOf(ip, 0, 0, ip.payload, ip.missingBytes);
  }

  #sortUdp(ip: IpPacket): Sorted {
    const { fragment, source, destination } = ip;
    const fragmentKey = fragment && `${source} ${destination} ${fragment.identification}`;
    if (fragment !== undefined && fragment.offsetBytes > 0)
      return this.#fragmented.has(fragmentKey as string)
        ? fragmentOf(ip)
        : { kind: "other", what: "a fragment of UDP" };
    const udp = readUdp(ip);
    if (typeof udp === "string") return { kind: "other", what: udp };
    const { sourcePort, destinationPort, payload, missingBytes } = udp;
    if (payload.length + missingBytes === 0) return { kind: "other", what: "UDP without a payload" };
    const pair = pairKey(`${source} ${sourcePort}`, `${destination} ${destinationPort}`);
    const isWhole = fragment === undefined && missingBytes === 0;
    const isSctp =
      this.#isExpected(sourcePort, destinationPort) ??
      (this.#pairs.has(pair) || (isWhole && this.#looksLikeSctp(payload)));
    if (!isSctp) return { kind: "other", what: "UDP" };
    if (fragmentKey !== undefined) {
      remember(this.#fragmented, fragmentKey);
      return fragmentOf(ip);
    }
    remember(this.#pairs, pair);
    return packetOf(ip, sourcePort, destinationPort, payload, missingBytes);
  }

  /** Whether the ports alone say that it is SCTP, or that it is not; undefined where they say nothing. */
  #isExpected(sourcePort: number, destinationPort: number): boolean | undefined {
    if (this.#udpPorts !== undefined)
      return this.#udpPorts.has(sourcePort) || this.#udpPorts.has(destinationPort);
    return sourcePort === REGISTERED_UDP_PORT || destinationPort === REGISTERED_UDP_PORT || undefined;
  }

  /** Chunks to the end, and a right checksum: one of 4,000 million other datagrams would pass. */
  #looksLikeSctp(datagram: Uint8Array): boolean {
    if (datagram.length < COMMON_HEADER_BYTES + MIN_CHUNK_BYTES || uint16At(datagram, 0) === 0) return false;
    const cursor = this.#cursor.bind(datagram, COMMON_HEADER_BYTES, datagram.length);
    while (cursor.next());
    return !cursor.malformed && checksumIsValid(datagram);
  }
}

function packetOf(
  { source, destination, protocol }: IpPacket,
  sourcePort: number,
  destinationPort: number,
  bytes: Uint8Array,
  missingBytes: number,
): Sorted {
  return {
    kind: "packet",
    source: { address: source, port: sourcePort },
    destination: { address: destination, port: destinationPort },
    isUdp: protocol === UDP_PROTOCOL,
    bytes,
    missingBytes,
  };
}

function fragmentOf({ source, destination, payload, missingBytes, fragment }: IpPacket): Sorted {
  const lengthBytes = payload.length + missingBytes;
  return { kind: "fragment", source, destination, offsetBytes: fragment?.offsetBytes ?? 0, lengthBytes };
}

/** The same for both directions. */
function pairKey(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}

function remember(keys: Set<string>, key: string): void {
  keys.add(key);
  if (keys.size <= MAX_REMEMBERED) return;
  const [oldest] = keys;
  if (oldest !== undefined) keys.delete(oldest);
}
