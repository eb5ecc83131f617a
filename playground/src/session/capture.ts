/**
 * The ladder of a capture.
 * Owns: which addresses are one host, and the ladder of its packets. Does not own: reading captures (readCapture of sctpkit/core).
 */
import { type CapturedPacket, Ladder, readCapture } from "../../../src/core.ts";
import { Chart } from "./chart.ts";

const COMMON_HEADER_BYTES = 12;
/** More hosts share the last lane: nobody reads a ladder of more. */
const MAX_LANES = 8;
/** Of which the capture says when they were seen, not when they arrived. */
const NO_TIME_MS = 10;

export interface CaptureChart {
  readonly ladder: Ladder;
  readonly chart: Chart;
  readonly endMs: number;
  /** What has been read, and what stopped it. */
  readonly told: string;
}

/** @throws Error if there is no SCTP packet in it */
export function chartOfCapture(file: Uint8Array): CaptureChart {
  const { packets, otherCount, fault } = read(file);
  if (packets.length === 0) throw new Error(fault === "" ? "there is no SCTP packet in it" : fault);
  const lanes = lanesOf(packets);
  const names = [...new Set(lanes.values())].slice(0, MAX_LANES);
  const laneOf = (address: string): number => {
    const lane = names.indexOf(lanes.get(address) ?? "");
    return lane === -1 ? names.length - 1 : lane;
  };
  const ladder = new Ladder(names);
  const chart = new Chart(ladder, NO_TIME_MS);
  let endMs = 0;
  for (const [i, { source, destination, bytes, timeMs = 0 }] of packets.entries()) {
    const atMs = Math.max(endMs, timeMs);
    endMs = atMs;
    const seen = { fate: "arrived", arrivesAtMs: atMs, lostBy: "", isDamaged: false } as const;
    ladder.sent({
      from: laneOf(source.address),
      to: laneOf(destination.address),
      source: source.address,
      destination: destination.address,
      sentAtMs: atMs,
      datagram: bytes,
      arrows: [seen],
    });
    const copy = { id: i + 1, isDamaged: false, arrivesAtMs: atMs };
    chart.onSent({ number: i + 1, sentAtMs: atMs, datagram: bytes }, [copy], undefined);
    chart.onArrived(copy, i + 1);
  }
  chart.takeWords();
  const others = otherCount === 0 ? "" : `; ${otherCount} other frames are not shown`;
  const stopped = fault === "" ? "" : `. It cannot be read to its end: ${fault}`;
  return {
    ladder,
    chart,
    endMs,
    told: `${packets.length} SCTP packets of ${names.length} hosts${others}${stopped}.`,
  };
}

function read(file: Uint8Array): { packets: CapturedPacket[]; otherCount: number; fault: string } {
  const packets: CapturedPacket[] = [];
  let otherCount = 0;
  try {
    for (const entry of readCapture(file)) {
      if (entry.kind === "packet") packets.push(entry);
      else otherCount++;
    }
  } catch (error) {
    return { packets, otherCount, fault: (error as Error).message };
  }
  return { packets, otherCount, fault: "" };
}

/**
 * The name of the host of each address: all to which packets with the same tag go are of one, for a tag is its receiver's
 * (RFC 9260 3.1).
 */
function lanesOf(packets: readonly CapturedPacket[]): Map<string, string> {
  const hosts = new Map<string, Set<string>>();
  const byTag = new Map<string, Set<string>>();
  for (const { source, destination, bytes } of packets) {
    for (const { address } of [source, destination])
      if (!hosts.has(address)) hosts.set(address, new Set([address]));
    const tag = tagOf(bytes);
    if (tag === undefined) continue;
    const known = byTag.get(tag);
    const own = hosts.get(destination.address) as Set<string>;
    if (known === undefined || known === own) byTag.set(tag, own);
    else merge(known, own, hosts, byTag);
  }
  return new Map([...hosts].map(([address, all]) => [address, [...all].join(", ")]));
}

/** The tag, and the port that tells whose it is; undefined where it says nothing: an INIT, or a reflected one. */
function tagOf(bytes: Uint8Array): string | undefined {
  const type = bytes[COMMON_HEADER_BYTES];
  if (type === undefined || type === 6 || type === 14) return undefined; // ABORT, SHUTDOWN COMPLETE
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = view.getUint32(4);
  return tag === 0 ? undefined : `${tag} ${view.getUint16(2)}`;
}

function merge(
  into: Set<string>,
  other: Set<string>,
  hosts: Map<string, Set<string>>,
  byTag: Map<string, Set<string>>,
): void {
  for (const address of other) {
    into.add(address);
    hosts.set(address, into);
  }
  for (const [tag, all] of byTag) if (all === other) byTag.set(tag, into);
}
