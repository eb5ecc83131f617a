/**
 * A ladder as SVG: lifelines, arrows that slant from sending to arrival, notes and windows at the sides.
 * Owns: that layout. Does not own: the ladder (ladder.ts), where time lies on the paper (ladder-scale.ts), the shapes
 * (ladder-arrow-svg.ts), the colours (svg.ts).
 */
import { checkOptions, isNumeric, isText, type OptionNames } from "../../base/option-check.ts";
import { grouped } from "../labels.ts";
import type { Ladder, LadderArrow, LadderNote, LadderPacket } from "./ladder.ts";
import { againMark, anchorOf, arrowSvg, givenUpMark, noteMark } from "./ladder-arrow-svg.ts";
import { LadderScale, type ScaleEntry } from "./ladder-scale.ts";
import { lossesOf, marksOf, shortened, wordsOf } from "./ladder-words.ts";
import { element, escaped, LINE_SORTS, line, picture, rounded, textAt } from "./svg.ts";

export interface LadderSvgOptions {
  /** What is read out in place of the picture. Default "Sequence diagram". */
  readonly title?: string;
  /** What happened before is left out; in ms. Default 0. */
  readonly fromMs?: number;
  /** What was sent later is left out. Default: nothing. */
  readonly toMs?: number;
  /** Begins the ids in the document: of two pictures in one page each needs another. Default "ladder". */
  readonly idPrefix?: string;
  /** From one lifeline to the next, in px; what is written between them is cut to it. 200 to 2,000, default 440. */
  readonly laneWidth?: number;
}

const NAMES: OptionNames<LadderSvgOptions> = {
  of: "ladderSvg()",
  see: "LadderSvgOptions",
  kinds: { title: isText, fromMs: isNumeric, toMs: isNumeric, idPrefix: isText, laneWidth: isNumeric },
};

/** Packets, and notes, that are drawn: with more it is no picture any more. */
const MAX_DRAWN = 3_000;
const MARGIN_LEFT = 300;
const MARGIN_RIGHT = 220;
const LANE_WIDTH = { least: 200, usual: 440, most: 2_000 };
const TOP = 64;
const PACKET_ROW = 18;
const NOTE_ROW = 15;
const ARRIVAL_ROW = 7;
/** The height of a typical way from host to host. */
const TYPICAL_SLANT = 26;
/** Of a label, on average. */
const CHARACTER_WIDTH = 6.5;
/** Of the way between two lifelines, which labels leave free at its end. */
const LABEL_MARGIN = 22;
const NOTE_CHARACTERS = 36;

/** The document, well-formed XML. @throws SctpError ERR_SCTP_INVALID_OPTION */
export function ladderSvg(ladder: Ladder, asked: LadderSvgOptions = {}): string {
  const {
    title = "Sequence diagram",
    fromMs = 0,
    toMs = Number.POSITIVE_INFINITY,
    idPrefix = "ladder",
    laneWidth = LANE_WIDTH.usual,
  } = checkOptions(asked, NAMES);
  const isShown = (atMs: number): boolean => atMs >= fromMs && atMs <= toMs;
  const packets = ladder.packets.filter(({ sentAtMs }) => isShown(sentAtMs));
  const notes = ladder.notes.filter(({ atMs }) => isShown(atMs));
  const width = Math.min(LANE_WIDTH.most, Math.max(LANE_WIDTH.least, laneWidth));
  return new SvgDrawing(ladder, packets, notes, width).document(title, idPrefix);
}

class SvgDrawing {
  readonly #ladder: Ladder;
  readonly #packets: readonly LadderPacket[];
  readonly #notes: readonly LadderNote[];
  readonly #omittedCount: number;
  readonly #scale: LadderScale;
  readonly #laneWidth: number;

  constructor(
    ladder: Ladder,
    packets: readonly LadderPacket[],
    notes: readonly LadderNote[],
    laneWidth: number,
  ) {
    this.#ladder = ladder;
    this.#laneWidth = laneWidth;
    this.#packets = packets.slice(0, MAX_DRAWN);
    this.#notes = notes.slice(0, MAX_DRAWN);
    const left = packets.length - this.#packets.length + notes.length - this.#notes.length;
    this.#omittedCount = ladder.omittedCount + left;
    this.#scale = new LadderScale(
      entriesOf(this.#packets, this.#notes),
      TYPICAL_SLANT / typicalMs(this.#packets),
    );
  }

  document(title: string, idPrefix: string): string {
    const { lanes } = this.#ladder;
    const width = MARGIN_LEFT + Math.max(1, lanes.length - 1) * this.#laneWidth + MARGIN_RIGHT;
    const bottom = TOP + this.#scale.height + 24;
    const legend = this.#legend();
    const height = bottom + 20 + 18 * legend.length;
    return picture({ width, height, title, description: this.#description(), idPrefix }, [
      ...lanes.map((name, lane) => this.#lifeline(name, lane, bottom)),
      ...this.#timeAxis(),
      ...this.#packets.map((packet) => this.#arrows(packet)),
      ...this.#packets.map((packet) => this.#words(packet)),
      ...this.#notes.map((note) => this.#note(note)),
      ...legend.map((entry, i) => entry(bottom + 22 + 18 * i)),
    ]);
  }

  #description(): string {
    const arrows = this.#packets.flatMap((packet) => packet.arrows);
    const lost = arrows.filter(({ fate }) => fate === "lost").length;
    const again = this.#packets.filter((packet) => packet.again !== "").length;
    const many = (count: number, one: string, more: string): string =>
      `${grouped(count)} ${count === 1 ? one : more}`;
    return (
      `Time runs down. ${this.#ladder.lanes.join(", ")}: ${many(this.#packets.length, "packet", "packets")}, ` +
      `${many(lost, "loss", "losses")}, ${many(again, "packet", "packets")} with what had been sent before.`
    );
  }

  #lifeline(name: string, lane: number, bottom: number): string {
    const x = this.#x(lane);
    const label = textAt(x, TOP - 26, shortened(name, 40), { class: "name", "text-anchor": "middle" });
    return label + line(x, TOP - 16, x, bottom, "rule");
  }

  #timeAxis(): string[] {
    const heading = textAt(72, TOP - 26, "ms", { class: "small faint", "text-anchor": "end" });
    const marks = this.#scale.marks.map(({ y, atMs, isBreak }) => {
      const time = textAt(72, TOP + y + 4, atMs.toFixed(3), { class: "small faint", "text-anchor": "end" });
      const wave = `M64 ${rounded(TOP + y - 24)}l6 3l-8 4l6 3`;
      return time + (isBreak ? element("path", { class: "rule", d: wave }) : "");
    });
    return [heading, ...marks];
  }

  #arrows(packet: LadderPacket): string {
    const { from, to, path, arrows, again, isGivenUp } = packet;
    const [x, y] = [this.#x(from), this.#y(packet) ?? 0];
    const targetX = from === to ? x + this.#laneWidth * 0.6 : this.#x(to);
    const sort = Math.max(0, this.#ladder.paths.indexOf(path)) % LINE_SORTS;
    const drawn = arrows.map((arrow) =>
      arrowSvg(arrow, { x, y, targetX, targetY: this.#y(arrow) ?? y, sort }),
    );
    const [markX, markY] = [x + sideOf(packet) * 14, y - 8];
    const mark = again !== "" ? againMark(markX, markY) : isGivenUp ? givenUpMark(markX, markY) : "";
    return [...drawn, mark].join("");
  }

  /** Above all arrows, so that none goes through it. */
  #words(packet: LadderPacket): string {
    const { from, to, again, isGivenUp } = packet;
    const y = this.#y(packet) ?? 0;
    const side = sideOf(packet);
    const isMarked = again !== "" || isGivenUp;
    const isOdd = isMarked || packet.arrows.some(({ fate }) => fate === "lost");
    const room = Math.max(1, Math.abs(to - from)) * this.#laneWidth - LABEL_MARGIN - (isMarked ? 16 : 0);
    const text = textAt(
      this.#x(from) + side * (isMarked ? 24 : 8),
      y - 4,
      wordsOf(
        this.#ladder,
        packet,
        [...marksOf(packet), ...lossesOf(packet)],
        Math.floor(room / CHARACTER_WIDTH),
      ),
      {
        class: isOdd ? "alarm" : "label",
        "text-anchor": anchorOf(side),
      },
    );
    return element(
      "g",
      {},
      element("title", {}, escaped(this.#wholeText(packet))),
      text,
      this.#window(packet, y),
    );
  }

  /** What is read out, and shown where the pointer rests. */
  #wholeText(packet: LadderPacket): string {
    const { from, to, label, destination, sentAtMs } = packet;
    const { lanes } = this.#ladder;
    const arrivals = packet.arrows.flatMap(({ fate, arrivesAtMs = sentAtMs }) => {
      if (fate === "arrived")
        return arrivesAtMs === sentAtMs ? [] : [`arrived at ${arrivesAtMs.toFixed(3)} ms`];
      return fate === "lost" ? [] : ["under way"];
    });
    const rest = [...marksOf(packet), ...lossesOf(packet), ...arrivals].join("; ");
    return `${sentAtMs.toFixed(3)} ms, ${lanes[from]} to ${lanes[to]} (${destination}): ${label}${rest === "" ? "" : `; ${rest}`}`;
  }

  /** At the side of the sender, outside of the arrows. */
  #window({ window, role, from }: LadderPacket, y: number): string {
    if (window === undefined || role !== "data") return "";
    const text = `cwnd ${grouped(Math.floor(window.cwndBytes))}, in flight ${grouped(window.flightBytes)}`;
    const side = this.#outside(from);
    return textAt(this.#x(from) + side * 10, y + 4, text, {
      class: "small faint",
      "text-anchor": anchorOf(side),
    });
  }

  #note(note: LadderNote): string {
    const { lane, kind, text, brief, atMs } = note;
    const [x, y] = [this.#x(lane), this.#y(note) ?? 0];
    const side = this.#outside(lane);
    const attributes = { class: kind === "drop" ? "small alarm" : "small", "text-anchor": anchorOf(side) };
    return element(
      "g",
      {},
      element("title", {}, escaped(`${atMs.toFixed(3)} ms: ${text}`)),
      noteMark(kind, x, y),
      textAt(x + side * 10, y + 4, shortened(brief, NOTE_CHARACTERS), attributes),
    );
  }

  /** Lines that explain what is in the picture. */
  #legend(): Array<(y: number) => string> {
    const entries: Array<(y: number) => string> = [];
    const x = MARGIN_LEFT;
    if (this.#ladder.paths.length > 1) {
      for (const [i, path] of this.#ladder.paths.entries()) {
        const sample = `line line${i % LINE_SORTS}`;
        entries.push(
          (y) => line(x, y - 4, x + 40, y - 4, sample) + textAt(x + 50, y, path, { class: "small" }),
        );
      }
    }
    const sample = (isThere: boolean, mark: (x: number, y: number) => string, text: string): void => {
      if (isThere) entries.push((y) => mark(x + 20, y - 4) + textAt(x + 50, y, text, { class: "small" }));
    };
    sample(
      this.#packets.some(({ again }) => again !== ""),
      againMark,
      "carries what was sent before",
    );
    sample(
      this.#packets.some(({ isGivenUp }) => isGivenUp),
      givenUpMark,
      "was given up by its sender",
    );
    if (this.#omittedCount > 0)
      entries.push((y) =>
        textAt(x, y, `and ${grouped(this.#omittedCount)} more, which are not drawn`, { class: "small" }),
      );
    return entries;
  }

  /** The last lifeline has its notes at the right, the first one at the left; those between have no outside. */
  #outside(lane: number): number {
    return lane === 0 ? -1 : 1;
  }

  #y(what: object): number | undefined {
    const y = this.#scale.yOf(what);
    return y === undefined ? undefined : TOP + y;
  }

  #x(lane: number): number {
    return MARGIN_LEFT + lane * this.#laneWidth;
  }
}

/** A packet takes a row where it is sent; where it arrives it only must not hide another one. */
function entriesOf(packets: readonly LadderPacket[], notes: readonly LadderNote[]): ScaleEntry[] {
  const entries: ScaleEntry[] = notes.map((note) => ({ atMs: note.atMs, needs: NOTE_ROW, of: note }));
  for (const packet of packets) {
    const { sentAtMs } = packet;
    entries.push({ atMs: sentAtMs, needs: PACKET_ROW, of: packet });
    for (const arrow of packet.arrows)
      if (hasOwnPlace(packet, arrow))
        entries.push({ atMs: arrow.arrivesAtMs ?? 0, needs: ARRIVAL_ROW, of: arrow });
  }
  return entries.sort((a, b) => a.atMs - b.atMs);
}

function hasOwnPlace({ sentAtMs }: LadderPacket, { fate, arrivesAtMs = sentAtMs }: LadderArrow): boolean {
  return fate === "arrived" && arrivesAtMs > sentAtMs;
}

/** Which way it goes: 1 to the right. */
function sideOf({ from, to }: LadderPacket): number {
  return from <= to ? 1 : -1;
}

/** How long a packet is under way: half of them take less. */
function typicalMs(packets: readonly LadderPacket[]): number {
  const delays = packets
    .flatMap(({ sentAtMs, arrows }) => arrows.map(({ arrivesAtMs = sentAtMs }) => arrivesAtMs - sentAtMs))
    .filter((ms) => ms > 0)
    .sort((a, b) => a - b);
  return delays[Math.floor(delays.length / 2)] ?? 10;
}
