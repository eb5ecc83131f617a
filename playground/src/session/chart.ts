/**
 * The ladder with a place for everything in it: rows are added as things happen, and what is in view can be asked for.
 * Owns: where packets, arrivals, notes and times lie; what has been added since. Does not own: what packets and notes say (Ladder of
 * sctpkit/core), how they are drawn (src/ladder), the distances (row-scale.ts).
 */
import type { Ladder, LadderNote, LadderPacket } from "../../../src/core.ts";
import type { LossReason, PacketCopy, SimPacket } from "../../../src/sim/index.ts";
import type { DrawnArrow, DrawnNote, DrawnPacket, DrawnRows, DrawnTime } from "./protocol.ts";
import { RowScale } from "./row-scale.ts";

const TOP = 12;
const PACKET_ROW = 26;
const ARRIVAL_ROW = 9;
const NOTE_ROW = 20;
/** The height of a typical way from host to host. */
const TYPICAL_SLANT = 46;
/** A loss that is known at once is drawn as a stump. */
const STUMP = { progress: 0.62, slant: 9 };
/** Packets in view at the same time; further ones would be a black field. */
const MAX_DRAWN = 600;
/** In words, of one step. */
const MAX_WORDS = 6;
/** So many packets keep their bytes; those of later ones are found by playing again. */
const MAX_KEPT_DATAGRAMS = 10_000;

type PlacedArrow = { -readonly [K in keyof DrawnArrow]: DrawnArrow[K] };

interface PlacedPacket {
  readonly number: number;
  readonly y: number;
  readonly arrows: PlacedArrow[];
  readonly datagram: Uint8Array | undefined;
}

/** One packet, as a scenario or a capture tells of it. */
type ToldPacket = Pick<SimPacket, "number" | "sentAtMs" | "datagram">;
type ToldCopy = Pick<PacketCopy, "id" | "isDamaged" | "arrivesAtMs">;

export class Chart {
  readonly #ladder: Ladder;
  readonly #scale: RowScale;
  readonly #packets: PlacedPacket[] = [];
  readonly #notes: DrawnNote[] = [];
  readonly #times: DrawnTime[] = [];
  /** By their copies. */
  readonly #underWay = new Map<number, PlacedArrow>();
  /** What has happened since somebody asked, in words. */
  #words: string[] = [];
  #unsaidCount = 0;
  #rowCount = 0;

  /** @param typicalMs how long a packet is under way */
  constructor(ladder: Ladder, typicalMs: number) {
    this.#ladder = ladder;
    this.#scale = new RowScale(TYPICAL_SLANT / Math.max(typicalMs, 0.01), TOP);
  }

  get rowCount(): number {
    return this.#rowCount;
  }
  get packetCount(): number {
    return this.#packets.length;
  }

  /** Behind the ladder. */
  onSent(packet: ToldPacket, copies: readonly ToldCopy[], lostBy: LossReason | undefined): void {
    const { number, sentAtMs, datagram } = packet;
    const told = this.#ladder.packets[number - 1];
    if (told === undefined) return; // One too many.
    const y = this.#row(sentAtMs, PACKET_ROW, true);
    const arrows = copies.map(({ id, isDamaged, arrivesAtMs }) => {
      const arrow = arrowUnderWay(id, isDamaged, arrivesAtMs);
      this.#underWay.set(id, arrow);
      return arrow;
    });
    if (lostBy !== undefined) arrows.push(stump(y, sentAtMs, lostBy));
    const kept = this.#packets.length < MAX_KEPT_DATAGRAMS ? datagram : undefined;
    this.#packets.push({ number, y, arrows, datagram: kept });
    if (!this.#isHeard()) return;
    const what = `${this.#way(told)}: ${told.label}${told.again === "" ? "" : `, again: ${told.again}`}`;
    this.#say(lostBy === undefined ? what : `${what}, lost: ${lostBy}`);
  }

  onArrived({ id, isDamaged, arrivesAtMs }: ToldCopy, packet: number): void {
    const arrow = this.#settled(id, isDamaged, packet);
    if (arrow === undefined) return;
    arrow.fate = "arrived";
    arrow.progress = 1;
    arrow.endMs = arrivesAtMs;
    arrow.isDamaged = isDamaged;
    arrow.endY = this.#row(arrivesAtMs, ARRIVAL_ROW, false);
    this.#sayOf(packet, isDamaged ? "arrives damaged" : "arrives");
  }

  /** It had been under way. */
  onLost(
    { id, isDamaged, arrivesAtMs }: ToldCopy,
    { number, sentAtMs }: ToldPacket,
    lostBy: LossReason,
    nowMs: number,
  ): void {
    const arrow = this.#settled(id, isDamaged, number);
    if (arrow === undefined) return;
    arrow.fate = "lost";
    // A plan strikes when a packet is sent: here it was somebody's hand.
    arrow.lostBy = lostBy === "plan" ? "by hand" : lostBy;
    arrow.progress = progressOf(sentAtMs, arrivesAtMs, nowMs);
    arrow.endMs = nowMs;
    arrow.endY = this.#row(nowMs, ARRIVAL_ROW, false);
    this.#sayOf(number, `is lost: ${arrow.lostBy}`);
  }

  /** Gives the notes a place that the ladder has got since. */
  takeNotes(): void {
    for (let i = this.#notes.length; i < this.#ladder.notes.length; i++) {
      const note = this.#ladder.notes[i] as LadderNote;
      const y = this.#row(note.atMs, NOTE_ROW, true);
      this.#notes.push({ ...note, number: i + 1, y });
      this.#say(note.kind === "deed" ? `${this.#ladder.lanes[note.lane]}: ${note.text}` : note.text);
    }
  }

  /** What has happened since the last time, in words. */
  takeWords(): string {
    const more = this.#unsaidCount === 0 ? [] : [`and ${this.#unsaidCount} more`];
    const text = [...this.#words, ...more].join("; ");
    this.#words = [];
    this.#unsaidCount = 0;
    return text;
  }

  yAt(nowMs: number): number {
    return this.#scale.yAt(nowMs);
  }

  /** Puts what is under way where it is now. @returns the y below which there is nothing */
  place(copies: readonly PacketCopy[], nowMs: number): number {
    const ahead = this.#scale.ahead(nowMs);
    let bottom = ahead.yAt(nowMs);
    for (const { id, isDamaged, arrivesAtMs, packet } of copies) {
      const arrow = this.#arrowOf(id, isDamaged, packet.number);
      bottom = ahead.next(arrivesAtMs, ARRIVAL_ROW).y;
      if (arrow === undefined) continue;
      arrow.endY = bottom;
      arrow.endMs = arrivesAtMs;
      arrow.isDamaged = isDamaged;
      arrow.progress = progressOf(packet.sentAtMs, arrivesAtMs, nowMs);
    }
    return bottom;
  }

  /** What lies between two heights, or passes through. */
  rowsIn(fromY: number, toY: number): DrawnRows {
    const last = firstBelow(this.#packets, toY);
    const packets: DrawnPacket[] = [];
    // The latest first: where there are too many, those that pass through from far above are left out.
    for (let i = last - 1; i >= 0 && packets.length < MAX_DRAWN; i--) {
      const packet = this.#packets[i] as PlacedPacket;
      if (packet.y >= fromY || packet.arrows.some(({ endY }) => endY >= fromY))
        packets.push(this.#drawn(packet));
    }
    const between = <T extends { readonly y: number }>(all: readonly T[]): T[] =>
      all.slice(firstBelow(all, fromY), firstBelow(all, toY));
    return { packets: packets.reverse(), notes: between(this.#notes), times: between(this.#times) };
  }

  /** By its number. */
  packet(number: number): DrawnPacket | undefined {
    const packet = this.#packets[number - 1];
    return packet && this.#drawn(packet);
  }

  /** Undefined where they are not kept. */
  datagram(number: number): Uint8Array | undefined {
    return this.#packets[number - 1]?.datagram;
  }

  list(first: number, count: number): DrawnPacket[] {
    return this.#packets
      .slice(Math.max(0, first - 1), Math.max(0, first - 1) + count)
      .map((packet) => this.#drawn(packet));
  }

  #drawn({ number, y, arrows }: PlacedPacket): DrawnPacket {
    const { path, ...told } = this.#ladder.packets[number - 1] as LadderPacket;
    return {
      ...told,
      number,
      y,
      path: this.#ladder.paths.indexOf(path),
      arrows: arrows.map((arrow) => ({ ...arrow })),
    };
  }

  #row(atMs: number, needs: number, isTimed: boolean): number {
    this.#rowCount++;
    const { y, isBreak } = this.#scale.next(atMs, needs);
    if (isTimed && (isBreak || this.#times.at(-1)?.atMs !== atMs)) this.#times.push({ y, atMs, isBreak });
    return y;
  }

  #settled(copy: number, isDamaged: boolean, packet: number): PlacedArrow | undefined {
    const arrow = this.#arrowOf(copy, isDamaged, packet);
    this.#underWay.delete(copy);
    return arrow;
  }

  /** One that nobody has heard of came of another one by hand. */
  #arrowOf(copy: number, isDamaged: boolean, packet: number): PlacedArrow | undefined {
    const known = this.#underWay.get(copy);
    const placed = this.#packets[packet - 1];
    if (known !== undefined || placed === undefined) return known;
    const arrow = arrowUnderWay(copy, isDamaged, 0);
    placed.arrows.push(arrow);
    this.#underWay.set(copy, arrow);
    return arrow;
  }

  #way({ from, to }: LadderPacket): string {
    return `${this.#ladder.lanes[from]} to ${this.#ladder.lanes[to]}`;
  }

  #sayOf(number: number, what: string): void {
    const told = this.#ladder.packets[number - 1];
    if (told !== undefined && this.#isHeard()) this.#say(`${this.#way(told)}: ${told.label} ${what}`);
  }

  #say(text: string): void {
    if (this.#isHeard()) this.#words.push(text);
  }

  /** Whether there is room for more words; what is not said is only counted, here. */
  #isHeard(): boolean {
    if (this.#words.length < MAX_WORDS) return true;
    this.#unsaidCount++;
    return false;
  }
}

function arrowUnderWay(copy: number, isDamaged: boolean, endMs: number): PlacedArrow {
  return {
    copy,
    fate: "under way",
    endMs,
    endY: Number.POSITIVE_INFINITY,
    progress: 0,
    lostBy: "",
    isDamaged,
  };
}

function stump(y: number, atMs: number, lostBy: string): PlacedArrow {
  const { progress, slant } = STUMP;
  return { copy: 0, fate: "lost", endMs: atMs, endY: y + slant, progress, lostBy, isDamaged: false };
}

function progressOf(sentAtMs: number, arrivesAtMs: number, nowMs: number): number {
  return arrivesAtMs > sentAtMs ? Math.min(1, (nowMs - sentAtMs) / (arrivesAtMs - sentAtMs)) : 1;
}

/** The place of the first that lies below a height. */
function firstBelow(all: ReadonlyArray<{ readonly y: number }>, y: number): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle] as { readonly y: number }).y < y) low = middle + 1;
    else high = middle;
  }
  return low;
}
