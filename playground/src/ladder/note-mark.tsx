/** A note beside a lane of the ladder. Owns: its shape by its kind. Does not own: its words (Ladder of sctpkit/core). */
import type { DrawnNote } from "../session/protocol.ts";
import { type LadderGeometry, notePlace, shortened } from "./geometry.ts";
import { timeWords } from "./packet-words.ts";

export function NoteMark({
  note,
  geometry,
}: {
  readonly note: DrawnNote;
  readonly geometry: LadderGeometry;
}) {
  const { x, side, characters } = notePlace(geometry, note.lane, note.kind === "state");
  return (
    <g class={`note note-${note.kind}`}>
      <title>{`${timeWords(note.atMs)}: ${note.text}`}</title>
      <path d={shapeOf(note.kind, x, note.y)} />
      <text x={x + side * 12} y={note.y + 4} text-anchor={side === 1 ? "start" : "end"}>
        {shortened(note.brief, characters)}
      </text>
    </g>
  );
}

function shapeOf(kind: DrawnNote["kind"], x: number, y: number): string {
  switch (kind) {
    case "drop":
      return `M${x - 5} ${y - 5}l10 10m0-10l-10 10`;
    case "path":
      return `M${x} ${y - 6}l6 6l-6 6l-6-6z`;
    case "timer":
      return `M${x - 5} ${y - 6}h10l-10 12h10z`;
    case "deed":
      return `M${x - 5} ${y - 5}h10v10h-10z`;
    default:
      return `M${x - 5} ${y}a5 5 0 1 0 10 0a5 5 0 1 0-10 0z`;
  }
}
