/**
 * A ladder in text: a lifeline for each host, a row for each packet.
 * Owns: that layout. Does not own: the ladder (ladder.ts), its drawing as SVG (ladder-svg.ts).
 */
import { checkOptions, isNumeric, type OptionNames } from "../../base/option-check.ts";
import { grouped } from "../labels.ts";
import type { Ladder, LadderArrow, LadderNote, LadderPacket } from "./ladder.ts";
import { marksOf, shortened, wordsOf } from "./ladder-words.ts";

export interface LadderTextOptions {
  /** Columns between two lifelines, 40 or more. Default 58. */
  readonly laneColumns?: number;
  /** What happened before is left out; in ms. Default 0. */
  readonly fromMs?: number;
  /** What was sent later is left out. Default: nothing. */
  readonly toMs?: number;
}

const NAMES: OptionNames<LadderTextOptions> = {
  of: "ladderText()",
  see: "LadderTextOptions",
  kinds: { laneColumns: isNumeric, fromMs: isNumeric, toMs: isNumeric },
};

const TIME_COLUMNS = 10;
const MIN_LANE_COLUMNS = 40;
/** How an arrow ends, to the right and to the left. */
const HEADS = {
  arrived: ["►", "◄"],
  damaged: ["▷", "◁"],
  lost: [" ✕ lost ", " lost ✕ "],
  "under way": [" ···", "··· "],
} as const;

/** The lines of the diagram, in the order of time. @throws SctpError ERR_SCTP_INVALID_OPTION */
export function ladderText(ladder: Ladder, asked: LadderTextOptions = {}): string[] {
  const { laneColumns = 58, fromMs = 0, toMs = Number.POSITIVE_INFINITY } = checkOptions(asked, NAMES);
  const drawing = new TextDrawing(ladder, Math.max(MIN_LANE_COLUMNS, Math.floor(laneColumns)));
  const isShown = (atMs: number): boolean => atMs >= fromMs && atMs <= toMs;
  const rows = [
    ...ladder.notes
      .filter(({ atMs }) => isShown(atMs))
      .map((note) => ({ atMs: note.atMs, row: drawing.note(note) })),
    ...ladder.packets
      .filter(({ sentAtMs }) => isShown(sentAtMs))
      .flatMap((packet) =>
        packet.arrows.map((arrow) => ({ atMs: packet.sentAtMs, row: drawing.packet(packet, arrow) })),
      ),
  ].sort((a, b) => a.atMs - b.atMs); // Sorting is stable: a note stands above what was sent at its time.
  const omitted = ladder.omittedCount;
  return [
    ...drawing.heading(),
    ...rows.flatMap(({ row }) => row),
    ...(omitted === 0 ? [] : [`and ${grouped(omitted)} more, which were not kept`]),
  ];
}

class TextDrawing {
  readonly #ladder: Ladder;
  readonly #laneColumns: number;

  constructor(ladder: Ladder, laneColumns: number) {
    this.#ladder = ladder;
    this.#laneColumns = laneColumns;
  }

  heading(): string[] {
    const { lanes } = this.#ladder;
    const cells = new Array<string>(this.#width).fill(" ");
    lanes.forEach((lane, i) => {
      const name = shortened(lane, this.#laneColumns - 2);
      const isLast = i === lanes.length - 1 && i > 0;
      put(cells, isLast ? this.#column(i) - name.length + 1 : this.#column(i), name);
    });
    return [`${"time (ms)".padEnd(TIME_COLUMNS + 1)}${cells.join("").trimEnd()}`];
  }

  packet(packet: LadderPacket, arrow: LadderArrow): string[] {
    const { from, to, sentAtMs } = packet;
    const cells = this.#lifelines();
    const left = this.#column(Math.min(from, to));
    const right =
      from === to ? Math.min(this.#width - 1, left + this.#laneColumns) : this.#column(Math.max(from, to));
    const inner = right - left - 1;
    const [rightwards, leftwards] =
      HEADS[arrow.fate === "arrived" && arrow.isDamaged ? "damaged" : arrow.fate];
    const text = wordsOf(this.#ladder, packet, marksOf(packet), inner - rightwards.length - 6);
    const line = "─".repeat(Math.max(0, inner - text.length - rightwards.length - 4));
    put(cells, left + 1, from <= to ? `── ${text} ${line}${rightwards}` : `${leftwards}─ ${text} ${line}─`);
    return [this.#row(sentAtMs, cells, besides(packet, arrow))];
  }

  note({ lane, atMs, text }: LadderNote): string[] {
    const column = this.#column(lane);
    const isLast = lane === this.#ladder.lanes.length - 1 && lane > 0;
    const room = this.#laneColumns - 5;
    return wrapped(`* ${text}`, room).map((line, i) => {
      const cells = this.#lifelines();
      put(cells, isLast ? column - line.length - 2 : column + 3, line);
      return this.#row(i === 0 ? atMs : undefined, cells, "");
    });
  }

  #lifelines(): string[] {
    const cells = new Array<string>(this.#width).fill(" ");
    for (const lane of this.#ladder.lanes.keys()) cells[this.#column(lane)] = "│";
    return cells;
  }

  #row(atMs: number | undefined, cells: readonly string[], besides: string): string {
    const time = atMs === undefined ? "" : atMs.toFixed(3);
    return `${time.padStart(TIME_COLUMNS)} ${cells.join("")}${besides === "" ? "" : `  ${besides}`}`.trimEnd();
  }

  #column(lane: number): number {
    return lane * this.#laneColumns;
  }

  get #width(): number {
    return Math.max(1, this.#ladder.lanes.length - 1) * this.#laneColumns + 1;
  }
}

/** When it arrives, and what its sender may have in flight. */
function besides(packet: LadderPacket, arrow: LadderArrow): string {
  const { window, role } = packet;
  const room = window === undefined || role !== "data" ? "" : `cwnd ${grouped(Math.floor(window.cwndBytes))}`;
  return [arrivalText(packet, arrow), room].filter((text) => text !== "").join("  ");
}

function arrivalText({ sentAtMs }: LadderPacket, { fate, arrivesAtMs, lostBy }: LadderArrow): string {
  if (fate === "lost") return lostBy;
  if (arrivesAtMs === undefined || arrivesAtMs === sentAtMs) return "";
  return `${fate === "arrived" ? "" : "due "}+${(arrivesAtMs - sentAtMs).toFixed(1)}`;
}

function put(cells: string[], at: number, text: string): void {
  [...text].forEach((character, i) => {
    if (at + i >= 0 && at + i < cells.length) cells[at + i] = character;
  });
}

/** Between words, in lines of so many columns; all but the first are indented. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && longer.length > columns) {
      lines.push(line);
      line = `  ${word}`;
    } else {
      line = longer;
    }
  }
  return [...lines, line].map((each) => shortened(each, columns));
}
