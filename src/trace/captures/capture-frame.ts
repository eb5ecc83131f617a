/**
 * What a capture file holds, whatever its format.
 * Owns: the shape of a captured frame, and the error about a file that cannot be read on. Does not own: the formats (pcap-file.ts,
 * pcapng-file.ts), what is in a frame (link-layer.ts).
 */

export type CaptureErrorCode =
  /** The file does not begin as a pcap or pcapng file does. */
  | "NOT_A_CAPTURE"
  /** It is one, of a version that is not known here. */
  | "UNKNOWN_VERSION"
  /** The file ends in the midst of a record or block. */
  | "TRUNCATED"
  /** A record or block contradicts itself. */
  | "MALFORMED";

/** A capture file cannot be read on from `offset`; what stands before has been read. */
export class CaptureError extends Error {
  override readonly name = "CaptureError";
  readonly code: CaptureErrorCode;
  /** Where in the file. */
  readonly offset: number;

  constructor(code: CaptureErrorCode, offset: number, what: string) {
    super(`${what}, at byte ${offset} of the capture`);
    this.code = code;
    this.offset = offset;
  }
}

/** A frame of a capture. */
export interface CaptureFrame {
  /** Counted from 1, as Wireshark does. */
  readonly number: number;
  /** Nanoseconds since 1970; undefined where the file does not tell. */
  readonly timeNs: bigint | undefined;
  /** How the frame begins: a LINKTYPE_ value (see `ipPacketIn`). */
  readonly linkType: number;
  /** The interface that it was seen on, as far as the file names it. */
  readonly interfaceName: string | undefined;
  /** Which way it went, seen from who captured it, as far as the file tells. */
  readonly direction: "sent" | "received" | undefined;
  /** What was captured of it: a view into the file. */
  readonly bytes: Uint8Array;
  /** How long it was; more than `bytes` holds if the capture cut it. */
  readonly originalBytes: number;
  /** Comments on the packet. */
  readonly comments: readonly string[];
}
