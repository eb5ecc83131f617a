/**
 * What is written beside the packets of a ladder.
 * Owns: the label with its marks, cut so that the marks stay. Does not own: where it stands (ladder-text.ts, ladder-svg.ts), the
 * packets' own labels (labels.ts).
 */
import type { Ladder, LadderPacket } from "./ladder.ts";

/** The words of a packet for so many characters: the path where there are several, what is odd about it. */
export function wordsOf(
  ladder: Ladder,
  packet: LadderPacket,
  marks: readonly string[],
  characters: number,
): string {
  const place = ladder.paths.length > 1 ? ` [${packet.destination}]` : "";
  const rest = `${place}${marks.length === 0 ? "" : ` (${marks.join(", ")})`}`;
  return shortened(shortened(packet.label, Math.max(12, characters - rest.length)) + rest, characters);
}

/** What is odd about a packet, its losses aside. */
export function marksOf({ again, isGivenUp, arrows }: LadderPacket): string[] {
  return [
    ...(again === "" ? [] : [`again: ${again}`]),
    ...(isGivenUp ? ["given up"] : []),
    ...(arrows.some(({ isDamaged }) => isDamaged) ? ["damaged"] : []),
    ...(arrows.length > 1 ? [`${arrows.length} copies`] : []),
  ];
}

/** Why copies of a packet were lost, each reason once. */
export function lossesOf({ arrows }: LadderPacket): string[] {
  const lost = arrows.filter(({ fate }) => fate === "lost");
  return [...new Set(lost.map(({ lostBy }) => (lostBy === "" ? "lost" : `lost: ${lostBy}`)))];
}

/** At most so many characters. */
export function shortened(text: string, characters: number): string {
  const all = [...text];
  return all.length <= characters ? text : `${all.slice(0, Math.max(0, characters - 3)).join("")}...`;
}
