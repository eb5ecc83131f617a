/**
 * Captures in the pcapng format, which Wireshark and tshark read.
 * Owns: the blocks of a capture file, and a trace sink that produces them.
 * Does not own: the file (the host writes the bytes wherever it likes), the IP and UDP headers (udp-datagram.ts).
 *
 * Blocks are little-endian and padded to 4 bytes; the link type is RAW: a packet begins with its IP header.
 * Wireshark takes UDP port 9899 for SCTP by itself; for another port N say `-d udp.port==N,sctp`.
 */

import {
  checkArgument,
  checkOptions,
  isFlag,
  isFunction,
  isNumeric,
  isText,
  isTexts,
  type OptionNames,
} from "../base/option-check.ts";
import type { TraceDetail, TraceEvent, TraceSink } from "../base/trace-sink.ts";
import type { TransportAddress } from "../platform/address.ts";
import { redactedPacket } from "./redact.ts";
import { ipPacketOf } from "./udp-datagram.ts";
import { utf8Bytes } from "./utf8.ts";

const SECTION_HEADER_BLOCK = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION_BLOCK = 1;
const ENHANCED_PACKET_BLOCK = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const LINK_TYPE_RAW = 101;
const BLOCK_OVERHEAD_BYTES = 12; // type, length, and the length again at the end

const OPTION_END = 0;
const OPTION_COMMENT = 1;
const OPTION_SECTION_APPLICATION = 4;
const OPTION_INTERFACE_NAME = 2;
const OPTION_INTERFACE_RESOLUTION = 9;
const OPTION_PACKET_FLAGS = 2;
const MICROSECONDS = 6; // time stamps count units of 10^-6 s
const MAX_OPTION_BYTES = 0xffff;
/** Paths that have an interface of their own; those that come later share the first one. */
const MAX_PATH_INTERFACES = 256;
/** More events than this between two packets are left out: nothing may fill the memory. */
const MAX_EVENT_COMMENTS = 64;

export interface PcapngOptions {
  /** Wall-clock milliseconds since 1970 at which `timeMs` is 0; in Node, `performance.timeOrigin`. Default 0. */
  readonly epochMs?: number;
  /** Written into the file as the program that made it. */
  readonly application?: string;
  /** The name of the first interface of the capture. */
  readonly interfaceName?: string;
  /** Comments on the whole section: the seed by which a run can be repeated, for example. */
  readonly sectionComments?: readonly string[];
}

const NAMES: OptionNames<PcapngOptions> = {
  of: "PcapngWriter",
  see: "PcapngOptions",
  kinds: { epochMs: isNumeric, application: isText, interfaceName: isText, sectionComments: isTexts },
};

/** One datagram of a capture. */
export interface CapturedDatagram {
  /** Milliseconds on the caller's clock; see `epochMs`. */
  readonly timeMs: number;
  readonly source: TransportAddress;
  readonly destination: TransportAddress;
  /** The UDP payload: an SCTP packet. */
  readonly payload: Uint8Array;
  /** Which way it went, seen from who captures. */
  readonly direction?: "sent" | "received";
  /** Shown by Wireshark as packet comments. */
  readonly comments?: readonly string[];
  /** As `interface()` numbered it; 0, the one of the header, if absent. */
  readonly interfaceId?: number;
}

interface BlockOption {
  readonly code: number;
  readonly value: Uint8Array;
}

/**
 * Turns datagrams into the bytes of a capture file: first `header()`, once, then a `packet()` for each datagram, and an `interface()`
 * before the first packet of each further one.
 */
export class PcapngWriter {
  readonly #epochMs: number;
  readonly #application: string;
  readonly #interfaceName: string;
  readonly #sectionComments: readonly string[];
  #interfaceCount: number;
  #packetCount: number;

  /** @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION */
  constructor(options: PcapngOptions = {}) {
    const { epochMs = 0, application = "sctpkit", interfaceName = "sctpkit" } = checkOptions(options, NAMES);
    this.#sectionComments = options.sectionComments ?? [];
    this.#interfaceCount = 0;
    this.#epochMs = epochMs;
    this.#application = application;
    this.#interfaceName = interfaceName;
    this.#packetCount = 0;
  }

  /** The section header and the description of the first interface. */
  header(): Uint8Array {
    const section = new Uint8Array(16);
    const sectionView = new DataView(section.buffer);
    sectionView.setUint32(0, BYTE_ORDER_MAGIC, true);
    sectionView.setUint16(4, 1, true); // major version; the minor one stays 0
    sectionView.setUint32(8, 0xffff_ffff, true); // length of the section: not known
    sectionView.setUint32(12, 0xffff_ffff, true);
    const first = blockOf(SECTION_HEADER_BLOCK, section, [
      ...commentOptions(this.#sectionComments),
      { code: OPTION_SECTION_APPLICATION, value: utf8Bytes(this.#application) },
    ]);
    const second = this.interface(this.#interfaceName).bytes;
    const bytes = new Uint8Array(first.length + second.length);
    bytes.set(first, 0);
    bytes.set(second, first.length);
    return bytes;
  }

  /** The description of one more interface, and its number. */
  interface(name: string): { readonly bytes: Uint8Array; readonly id: number } {
    const description = new Uint8Array(8); // snapshot length 0: packets are never cut
    new DataView(description.buffer).setUint16(0, LINK_TYPE_RAW, true);
    const bytes = blockOf(INTERFACE_DESCRIPTION_BLOCK, description, [
      { code: OPTION_INTERFACE_NAME, value: shortened(utf8Bytes(name)) },
      { code: OPTION_INTERFACE_RESOLUTION, value: Uint8Array.of(MICROSECONDS) },
    ]);
    return { bytes, id: this.#interfaceCount++ };
  }

  /**
   * One enhanced packet block. `payload` is copied.
   * @throws RangeError if the payload is longer than a UDP datagram can be
   */
  packet(datagram: CapturedDatagram): Uint8Array {
    const { source, destination, payload } = datagram;
    const ipPacket = ipPacketOf(source, destination, payload, this.#packetCount++ & 0xffff);
    const body = new Uint8Array(20 + padded(ipPacket.length));
    const view = new DataView(body.buffer);
    view.setUint32(0, datagram.interfaceId ?? 0, true);
    const timeUs = Math.max(0, Math.round((this.#epochMs + datagram.timeMs) * 1_000));
    view.setUint32(4, Math.floor(timeUs / 0x1_0000_0000), true);
    view.setUint32(8, timeUs % 0x1_0000_0000, true);
    view.setUint32(12, ipPacket.length, true);
    view.setUint32(16, ipPacket.length, true);
    body.set(ipPacket, 20);
    const options = commentOptions(datagram.comments ?? []);
    if (datagram.direction !== undefined) {
      const flags = datagram.direction === "received" ? 1 : 2;
      options.push({ code: OPTION_PACKET_FLAGS, value: Uint8Array.of(flags, 0, 0, 0) });
    }
    return blockOf(ENHANCED_PACKET_BLOCK, body, options);
  }
}

export interface PcapngSinkOptions extends PcapngOptions {
  /** Makes the comments of a packet, for example with `explainPacket`. Default: none. */
  readonly comment?: (datagram: Uint8Array, direction: "sent" | "received") => readonly string[];
  /** Write zeros in place of user data, of the reason of an ABORT and of State Cookies; `comment` does not see them either. Default false. */
  readonly redact?: boolean;
}

const SINK_NAMES: OptionNames<PcapngSinkOptions> = {
  of: "PcapngSink",
  see: "PcapngSinkOptions",
  kinds: { ...NAMES.kinds, comment: isFunction, redact: isFlag },
};

/**
 * A trace sink that writes a capture: packets in both directions, each path's on an interface of its own, why they were sent, and what
 * happened inside the stack as comments on the packet that followed it.
 */
export class PcapngSink implements TraceSink {
  readonly #writer: PcapngWriter;
  readonly #write: (bytes: Uint8Array) => void;
  readonly #comment: PcapngSinkOptions["comment"];
  readonly #redact: boolean;
  readonly #interfaceIds: Map<string, number>;
  #eventComments: string[];
  /** Of the packet that is sent next. */
  #reasons: readonly string[];

  /**
   * @param write takes each piece of the file, in order; the bytes are not touched again. Called at once with the header.
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION
   */
  constructor(write: (bytes: Uint8Array) => void, options: PcapngSinkOptions = {}) {
    checkArgument("write of PcapngSink", write, isFunction);
    const { comment, redact = false, ...ofTheFile } = checkOptions(options, SINK_NAMES);
    this.#writer = new PcapngWriter(ofTheFile);
    this.#write = write;
    this.#comment = comment;
    this.#redact = redact;
    this.#interfaceIds = new Map();
    this.#eventComments = [];
    this.#reasons = [];
    write(this.#writer.header());
  }

  packet(
    direction: "sent" | "received",
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
    nowMs: number,
  ): void {
    const sent = direction === "sent";
    const shown = this.#redact ? redactedPacket(datagram) : datagram;
    const reasons = sent ? this.#reasons.map((reason) => `why it is sent: ${reason}`) : [];
    const comments = [...(this.#comment?.(shown, direction) ?? []), ...reasons, ...this.#eventComments];
    this.#eventComments = [];
    if (sent) this.#reasons = [];
    this.#write(
      this.#writer.packet({
        timeMs: nowMs,
        source: sent ? local : remote,
        destination: sent ? remote : local,
        payload: shown,
        direction,
        comments,
        interfaceId: this.#interfaceOf(local.address, remote.address),
      }),
    );
  }

  detail(detail: TraceDetail): void {
    if (detail.kind === "sending") this.#reasons = detail.reasons;
  }

  /** The interface of a path, which is described before its first packet. */
  #interfaceOf(local: string, remote: string): number {
    const name = `${local} - ${remote}`;
    const known = this.#interfaceIds.get(name);
    if (known !== undefined) return known;
    if (this.#interfaceIds.size >= MAX_PATH_INTERFACES) return 0;
    const { bytes, id } = this.#writer.interface(name);
    this.#write(bytes);
    this.#interfaceIds.set(name, id);
    return id;
  }

  event(event: TraceEvent, nowMs: number): void {
    if (this.#eventComments.length < MAX_EVENT_COMMENTS) {
      this.#eventComments.push(`before this packet, at ${nowMs.toFixed(3)} ms: ${eventText(event)}`);
    }
  }
}

function eventText(event: TraceEvent): string {
  const fields = Object.entries(event).filter(([name, value]) => name !== "kind" && value !== undefined);
  return `${event.kind} ${fields.map(([name, value]) => `${name}=${value}`).join(" ")}`;
}

function commentOptions(comments: readonly string[]): BlockOption[] {
  return comments.map((comment) => ({ code: OPTION_COMMENT, value: shortened(utf8Bytes(comment)) }));
}

function padded(lengthBytes: number): number {
  return (lengthBytes + 3) & ~3;
}

/** Cuts an option's value to what its length field can say, between two characters. */
function shortened(value: Uint8Array): Uint8Array {
  if (value.length <= MAX_OPTION_BYTES) return value;
  let end = MAX_OPTION_BYTES;
  while (end > 0 && ((value[end] ?? 0) & 0xc0) === 0x80) end--;
  return value.subarray(0, end);
}

function blockOf(type: number, body: Uint8Array, options: readonly BlockOption[]): Uint8Array {
  let optionBytes = options.length === 0 ? 0 : 4;
  for (const option of options) optionBytes += 4 + padded(option.value.length);
  const lengthBytes = BLOCK_OVERHEAD_BYTES + body.length + optionBytes;
  const bytes = new Uint8Array(lengthBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, lengthBytes, true);
  bytes.set(body, 8);
  let at = 8 + body.length;
  for (const option of options) {
    view.setUint16(at, option.code, true);
    view.setUint16(at + 2, option.value.length, true);
    bytes.set(option.value, at + 4);
    at += 4 + padded(option.value.length);
  }
  if (options.length > 0) view.setUint16(at, OPTION_END, true);
  view.setUint32(lengthBytes - 4, lengthBytes, true);
  return bytes;
}
