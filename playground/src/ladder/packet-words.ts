/**
 * A packet in words: beside its arrow, in the list, read out.
 * Owns: these sentences. Does not own: its label, which the ladder knows (Ladder of sctpkit/core).
 */
import type { DrawnArrow, DrawnPacket, Moment } from "../session/protocol.ts";

/** "1,234.500 ms". */
export function timeWords(ms: number): string {
  return `${ms.toLocaleString("en", { minimumFractionDigits: 3, maximumFractionDigits: 3 })} ms`;
}

/** What is odd about it. */
export function marksOf({ again, isGivenUp, arrows }: DrawnPacket): string[] {
  const lost = arrows.filter(({ fate }) => fate === "lost");
  return [
    ...(again === "" ? [] : [`again: ${again}`]),
    ...(isGivenUp ? ["given up"] : []),
    ...(arrows.some(({ isDamaged }) => isDamaged) ? ["damaged"] : []),
    ...(arrows.length > 1 ? [`${arrows.length} copies`] : []),
    ...new Set(lost.map(({ lostBy }) => (lostBy === "" ? "lost" : `lost: ${lostBy}`))),
  ];
}

export function wayWords({ from, to }: DrawnPacket, { lanes }: Pick<Moment, "lanes">): string {
  return `${lanes[from] ?? ""} to ${lanes[to] ?? ""}`;
}

export function fateWords({ arrows, sentAtMs }: DrawnPacket): string {
  return arrows.map((arrow) => oneFate(arrow, sentAtMs)).join("; ");
}

function oneFate({ fate, endMs, lostBy, isDamaged }: DrawnArrow, sentAtMs: number): string {
  if (fate === "lost") return lostBy === "" ? "lost" : `lost: ${lostBy}`;
  const damaged = isDamaged ? ", damaged" : "";
  if (fate === "under way") return `under way, arrives at ${timeWords(endMs)}${damaged}`;
  return endMs === sentAtMs ? `seen${damaged}` : `arrived at ${timeWords(endMs)}${damaged}`;
}

/** All of it. */
export function wholeWords(packet: DrawnPacket, moment: Pick<Moment, "lanes" | "paths">): string {
  const { label, sentAtMs, destination, again, isGivenUp, window } = packet;
  const path = moment.paths.length > 1 ? ` (${destination})` : "";
  const marks = [...(again === "" ? [] : [`again: ${again}`]), ...(isGivenUp ? ["given up later"] : [])];
  const cwnd =
    window === undefined
      ? []
      : [`cwnd ${window.cwndBytes.toFixed(0)} bytes, ${window.flightBytes} in flight`];
  const rest = [...marks, fateWords(packet), ...cwnd].join("; ");
  return `${timeWords(sentAtMs)}, ${wayWords(packet, moment)}${path}: ${label}; ${rest}`;
}
