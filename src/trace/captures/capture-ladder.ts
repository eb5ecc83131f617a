/**
 * The ladder of a capture: every host that speaks SCTP in it, from left to right as it was seen first.
 * Owns: which packets of the file are drawn, between which hosts, and what is left out. Does not own: reading the file
 * (read-capture.ts), which hosts there are (capture-hosts.ts), the ladder and how it is drawn (src/trace/drawings).
 */
import { COMMON_HEADER_BYTES, checksumIsValid } from "../../chunks/common-header.ts";
import { Ladder } from "../drawings/ladder.ts";
import { chunkNames } from "../labels.ts";
import { CaptureError } from "./capture-frame.ts";
import { CaptureHosts } from "./capture-hosts.ts";
import {
  type CapturedPacket,
  type CaptureEntry,
  type ReadCaptureOptions,
  readCapture,
} from "./read-capture.ts";

/** Hosts that are drawn: with more it is no picture any more. */
const MAX_LANES = 16;

/** What was drawn of a capture, and what was not. */
export interface CaptureDrawing {
  readonly ladder: Ladder;
  /** IP fragments with parts of packets, which are not drawn. */
  readonly fragmentCount: number;
  /** Packets of hosts that were too many. */
  readonly strangerCount: number;
  /** Other frames, by what they are. */
  readonly others: ReadonlyMap<string, number>;
  /** Where the file cannot be read on: what stands before is drawn. */
  readonly fault: CaptureError | undefined;
}

/**
 * Takes down the packets of a capture; `ladderText` and `ladderSvg` draw them. When they arrived, the capture does not tell: that is the
 * moment at which they were seen. Losses are not seen, but what is sent again because of them is marked.
 * @param file pcap or pcapng
 * @param onTaken told of each packet once it is in the ladder: its place in `ladder.packets`, and its bytes, a view into the file
 * @throws SctpError as `readCapture`
 */
export function captureLadder(
  file: Uint8Array,
  options: ReadCaptureOptions = {},
  onTaken?: (ladder: Ladder, packet: number, datagram: Uint8Array) => void,
): CaptureDrawing {
  const hosts = new CaptureHosts();
  forEach(readCapture(file, options), (entry) => {
    if (entry.kind === "packet") hosts.see(entry);
  });
  const ladder = new Ladder(hosts.names.slice(0, MAX_LANES));
  const others = new Map<string, number>();
  let [fragmentCount, strangerCount] = [0, 0];
  const fault = forEach(readCapture(file, options), (entry) => {
    if (entry.kind === "other") others.set(entry.what, (others.get(entry.what) ?? 0) + 1);
    else if (entry.kind === "fragment") fragmentCount++;
    else {
      const packet = draw(ladder, entry, hosts.endsOf(entry));
      if (packet === undefined) strangerCount++;
      else if (packet >= 0) onTaken?.(ladder, packet, entry.bytes);
    }
  });
  return { ladder, fragmentCount, strangerCount, others, fault };
}

/** @returns what stopped it */
function forEach(
  entries: Iterable<CaptureEntry>,
  take: (entry: CaptureEntry) => void,
): CaptureError | undefined {
  try {
    for (const entry of entries) take(entry);
    return undefined;
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw error;
  }
}

/** @returns its place in the ladder; -1 if it was one too many, undefined where one of the hosts has no lane */
function draw(
  ladder: Ladder,
  captured: CapturedPacket,
  [from = MAX_LANES, to = MAX_LANES]: readonly [number | undefined, number | undefined],
): number | undefined {
  if (from >= MAX_LANES || to >= MAX_LANES) return undefined;
  const { source, destination, bytes, missingBytes, timeMs: sentAtMs = ladder.endMs } = captured;
  return ladder.sent({
    from,
    to,
    source: source.address,
    destination: destination.address,
    sentAtMs,
    datagram: bytes,
    label: missingBytes > 0 ? cutLabel(bytes) : undefined,
    arrows: [{ fate: "arrived", arrivesAtMs: sentAtMs, lostBy: "", isDamaged: isDamaged(captured) }],
  });
}

/** A capture on the host that sends shows checksums that its network card has yet to write, but not of what is in UDP. */
function isDamaged({ bytes, isUdp, missingBytes }: CapturedPacket): boolean {
  return isUdp && missingBytes === 0 && bytes.length >= COMMON_HEADER_BYTES && !checksumIsValid(bytes);
}

function cutLabel(bytes: Uint8Array): string {
  return [...chunkNames(bytes, true), "cut by the capture"].join(", ");
}
