/**
 * The arrows and marks of a ladder as SVG.
 * Owns: their shapes: each thing that may befall a packet has one of its own, besides its colour. Does not own: where they go
 * (ladder-svg.ts), the colours (svg.ts).
 */
import type { LadderArrow, LadderNote } from "./ladder.ts";
import { element, line, rounded } from "./svg.ts";

const HEAD_LENGTH = 9;

/** From where to where, and which sort of line. */
export interface ArrowPlace {
  readonly x: number;
  readonly y: number;
  readonly targetX: number;
  readonly targetY: number;
  readonly sort: number;
}

/** The end of text beside something that goes to the right, or to the left. */
export function anchorOf(side: number): string {
  return side > 0 ? "start" : "end";
}

export function arrowSvg({ fate, isDamaged }: LadderArrow, place: ArrowPlace): string {
  const { x, y, targetX, targetY, sort } = place;
  const side = targetX >= x ? 1 : -1;
  const className = `line line${sort}`;
  if (fate === "lost") {
    const end = x + (targetX - x) * 0.62;
    return line(x, y, end, y + 4, className) + cross(end, y + 4);
  }
  if (fate === "under way") {
    const end = x + (targetX - x) * 0.5;
    const dots = [8, 15, 22].map((at) =>
      element("circle", { class: `fill${sort}`, cx: end + side * at, cy: y + 6, r: 2 }),
    );
    return line(x, y, end, y + 6, className) + dots.join("");
  }
  const length = Math.hypot(targetX - x, targetY - y) || 1;
  const dx = ((targetX - x) / length) * HEAD_LENGTH;
  const dy = ((targetY - y) / length) * HEAD_LENGTH;
  const corners = [
    [targetX, targetY],
    [targetX - dx - dy / 2, targetY - dy + dx / 2],
    [targetX - dx + dy / 2, targetY - dy - dx / 2],
  ].map((corner) => corner.map((value) => rounded(value ?? 0)).join(" "));
  const head = element("path", {
    class: isDamaged ? `line${sort} hollow whole` : `fill${sort}`,
    d: `M${corners.join("L")}Z`,
  });
  return line(x, y, targetX - dx, targetY - dy, className) + head;
}

function cross(x: number, y: number): string {
  const [left, top] = [rounded(x - 5), rounded(y - 5)];
  return element("path", { class: "line alarm-line", d: `M${left} ${top}l10 10m0-10l-10 10` });
}

/** A circle that comes back to itself: what was sent before. */
export function againMark(x: number, y: number): string {
  return element("path", {
    class: "line alarm-line",
    d: `M${rounded(x + 4)} ${rounded(y - 2)}a4.5 4.5 0 1 0 .5 3.5m.5-7v4h-4`,
  });
}

/** A barred circle: what its sender gave up. */
export function givenUpMark(x: number, y: number): string {
  return element("path", {
    class: "line alarm-line",
    d: `M${rounded(x - 4.5)} ${rounded(y)}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0m1.5-3l6 6`,
  });
}

/** On a lifeline, one shape for each kind of note. */
export function noteMark(kind: LadderNote["kind"], x: number, y: number): string {
  const at = `M${rounded(x)} ${rounded(y)}`;
  switch (kind) {
    case "drop":
      return cross(x, y);
    case "path":
      return element("path", { class: "mark", d: `${at}m0-5l5 5l-5 5l-5-5z` });
    case "timer":
      return element("path", { class: "mark", d: `${at}m-4-5h8l-8 10h8z` });
    case "deed":
      return element("path", { class: "mark", d: `${at}m-4-4h8v8h-8z` });
    default:
      return element("circle", { class: "mark", cx: x, cy: y, r: 4 });
  }
}
