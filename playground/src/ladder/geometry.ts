/**
 * Where the lanes of the ladder stand, and how much text there is room for.
 * Owns: that. Does not own: heights, which the worker knows (src/session/chart.ts), drawing (ladder-view.tsx).
 */
import type { DrawnArrow, DrawnPacket } from "../session/protocol.ts";

/** Of the type that is used, in pixels per character. */
const CHARACTER = 6.9;
/** Of names of states, which are large and bold. */
const BOLD_CHARACTER = 9.4;
const NARROW = 620;

export interface LadderGeometry {
  readonly width: number;
  readonly isNarrow: boolean;
  /** The right edge of the times. */
  readonly timeX: number;
  readonly laneX: readonly number[];
}

export function geometryOf(width: number, laneCount: number): LadderGeometry {
  const isNarrow = width < NARROW;
  const timeX = isNarrow ? 56 : 76;
  const margin = isNarrow ? 14 : Math.min(210, width * 0.225);
  const [left, right] = [timeX + margin, width - margin];
  const gap = laneCount > 1 ? (right - left) / (laneCount - 1) : 0;
  const laneX = Array.from({ length: laneCount }, (_, lane) =>
    laneCount === 1 ? (left + right) / 2 : left + lane * gap,
  );
  return { width, isNarrow, timeX, laneX };
}

/** Which way a packet goes: 1 to the right. */
export function sideOf({ from, to }: Pick<DrawnPacket, "from" | "to">): 1 | -1 {
  return from <= to ? 1 : -1;
}

/** From where to where the whole way goes. */
export function wayOf(
  { laneX, width }: LadderGeometry,
  { from, to }: Pick<DrawnPacket, "from" | "to">,
): [number, number] {
  const x = laneX[from] ?? 0;
  return [x, from === to ? Math.min(width - 8, x + 120) : (laneX[to] ?? x)];
}

/** Where a copy has come to. */
export function headOf(
  geometry: LadderGeometry,
  packet: Pick<DrawnPacket, "from" | "to" | "y">,
  { fate, progress, endY }: DrawnArrow,
): { readonly x: number; readonly y: number } {
  const [x, targetX] = wayOf(geometry, packet);
  const y = fate === "under way" ? packet.y + (endY - packet.y) * progress : endY;
  return { x: x + (targetX - x) * progress, y };
}

/** The room for the words beside a packet. */
export function labelCharacters(geometry: LadderGeometry, packet: Pick<DrawnPacket, "from" | "to">): number {
  const [x, targetX] = wayOf(geometry, packet);
  return Math.floor((Math.abs(targetX - x) - 30) / CHARACTER);
}

/** Notes stand outside of the outer lanes where there is room, and inside else. */
export function notePlace(
  { laneX, isNarrow, timeX, width }: LadderGeometry,
  lane: number,
  isBold = false,
): { readonly x: number; readonly side: 1 | -1; readonly characters: number } {
  const x = laneX[lane] ?? 0;
  const isLast = lane === laneX.length - 1 && lane > 0;
  const side = isNarrow === isLast || (lane > 0 && !isLast && isNarrow) ? -1 : 1;
  const isOutside = !isNarrow && (lane === 0 || isLast);
  const turned = isOutside ? (lane === 0 ? -1 : 1) : side;
  const room = isOutside
    ? turned === -1
      ? x - timeX - 24
      : width - x - 16
    : Math.abs((laneX[lane + turned] ?? x + 200 * turned) - x) - 24;
  return {
    x,
    side: turned,
    characters: Math.max(8, Math.floor(room / (isBold ? BOLD_CHARACTER : CHARACTER))),
  };
}

export function shortened(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, Math.max(1, characters - 1)).trimEnd()}…`;
}
