/**
 * A conversation drawn as a sequence diagram in text, line by line as it happens.
 * Owns: the layout: two lifelines, an arrow for each packet, notes between them.
 * Does not own: what the packets mean (explain.ts), colours (the caller gives them), the terminal.
 */

import {
  checkArgument,
  checkOptions,
  isFunction,
  isNumeric,
  isOneOf,
  isText,
  isTexts,
  type OptionNames,
} from "../../base/option-check.ts";
import type { TraceEvent, TraceSink } from "../../base/trace-sink.ts";
import { ParseError } from "../../chunks/errors.ts";
import type { TransportAddress } from "../../platform/address.ts";
import { endpointText } from "../event-log.ts";
import { eventText } from "../event-text.ts";
import { type ChunkExplanation, PacketExplainer, type PacketExplanation } from "../explain.ts";
import { packetLabel } from "../labels.ts";
import type { Direction } from "../watcher.ts";

/** What a piece of a line is, for those who colour it; "problem" is also what the network lost. */
export type DiagramRole = "time" | "lifeline" | "sent" | "received" | "text" | "why" | "event" | "problem";

export interface SequenceDiagramOptions {
  /** Width of the lines in columns, 60 or more. Default 100. */
  readonly widthColumns?: number;
  /** What to call the watched side, drawn on the left: "alice", "the client". Default "this side". */
  readonly localName?: string;
  /** What to call its peer, drawn on the right. Default "the peer". */
  readonly remoteName?: string;
  /**
   * Whether each packet is explained below its arrow: "none", "all", or "first": reasons only for the first chunk of each
   * kind. Default "none".
   */
  readonly explain?: "none" | "first" | "all";
  /** The kinds of events drawn between the packets. Default: state, retransmit, path and drop. */
  readonly events?: readonly TraceEvent["kind"][];
  /** Dresses a piece of text in colours; it must not change its width. Default: as it is. */
  readonly style?: (text: string, role: DiagramRole) => string;
}

const NAMES: OptionNames<SequenceDiagramOptions> = {
  of: "SequenceDiagram",
  see: "SequenceDiagramOptions",
  kinds: {
    widthColumns: isNumeric,
    localName: isText,
    remoteName: isText,
    explain: isOneOf("none", "first", "all"),
    events: isTexts,
    style: isFunction,
  },
};

const TIME_COLUMNS = 10;
const MIN_WIDTH_COLUMNS = 60;
/** Events before the first packet that are drawn below the heading; there are one or two. */
const MAX_EARLY_EVENTS = 64;
/** Stands where the arrow of a lost packet would have gone on. */
const LOST_TEXT = " lost ";
/** Chunks of one packet that are explained; the rest is counted. */
const MAX_CHUNKS_EXPLAINED = 8;

/** A trace sink that draws; times count from the first thing that it is told. */
export class SequenceDiagram implements TraceSink {
  readonly #write: (line: string) => void;
  readonly #width: number;
  readonly #localName: string;
  readonly #remoteName: string;
  readonly #explain: "none" | "first" | "all";
  readonly #events: readonly TraceEvent["kind"][];
  readonly #style: (text: string, role: DiagramRole) => string;
  readonly #explainer: PacketExplainer;
  readonly #reasonsGiven: Set<string>;
  #startMs: number | undefined;
  /** What happened before the first packet, whose addresses the heading waits for. */
  readonly #early: { readonly event: TraceEvent; readonly nowMs: number }[];
  #path: string | undefined;
  #hasSeveralPaths: boolean;

  /**
   * @param write takes each line, without line feed
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION
   */
  constructor(write: (line: string) => void, asked: SequenceDiagramOptions = {}) {
    checkArgument("write of SequenceDiagram", write, isFunction);
    const options = checkOptions(asked, NAMES);
    this.#write = write;
    this.#width = Math.max(MIN_WIDTH_COLUMNS, options.widthColumns ?? 100);
    this.#localName = options.localName ?? "this side";
    this.#remoteName = options.remoteName ?? "the peer";
    this.#explain = options.explain ?? "none";
    this.#events = options.events ?? ["state", "retransmit", "path", "drop"];
    this.#style = options.style ?? ((text) => text);
    this.#explainer = new PacketExplainer({ localName: this.#localName, remoteName: this.#remoteName });
    this.#reasonsGiven = new Set();
    this.#startMs = undefined;
    this.#early = [];
    this.#path = undefined;
    this.#hasSeveralPaths = false;
  }

  packet(
    direction: Direction,
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
    nowMs: number,
  ): void {
    const place = this.#placeOf(local, remote, nowMs);
    const explanation = this.#read(() => this.#explainer.explain(direction, datagram), datagram);
    if (typeof explanation === "string") {
      this.#arrow(direction, `not SCTP: ${explanation}${place}`, nowMs, "problem");
      return;
    }
    const { packet, association } = explanation;
    const label = packetLabel(packet.chunks, association, direction) + place;
    if (packet.checksumValid) this.#arrow(direction, label, nowMs, direction);
    else this.#arrow(direction, `${label} (wrong checksum)`, nowMs, "problem");
    if (this.#explain !== "none") this.#explainBelow(explanation);
  }

  /** A packet of a simulated network that never arrives: its arrow does not reach the other side. */
  lost(
    direction: Direction,
    datagram: Uint8Array,
    local: TransportAddress,
    remote: TransportAddress,
    nowMs: number,
  ): void {
    const place = this.#placeOf(local, remote, nowMs);
    const seen = this.#read(() => this.#explainer.noteLost(direction, datagram), datagram);
    const label =
      typeof seen === "string"
        ? `not SCTP: ${seen}`
        : packetLabel(seen.packet.chunks, seen.association, direction);
    this.#lostArrow(direction, label + place, nowMs);
  }

  event(event: TraceEvent, nowMs: number): void {
    if (!this.#events.includes(event.kind)) return;
    if (this.#startMs !== undefined) this.#draw(event, nowMs);
    else if (this.#early.length < MAX_EARLY_EVENTS) this.#early.push({ event, nowMs });
  }

  #draw(event: TraceEvent, nowMs: number): void {
    const problem = event.kind === "drop" || event.kind === "retransmit";
    this.#textLines(eventText(event, this.#localName), "* ", problem ? "problem" : "event", nowMs);
  }

  /** A remark of the caller's between two packets. */
  note(text: string): void {
    this.#textLines(text, "", "event", undefined);
  }

  /** The path of a packet where there are several; before the first packet, the heading. */
  #placeOf(local: TransportAddress, remote: TransportAddress, nowMs: number): string {
    if (this.#startMs === undefined) {
      this.#startMs = this.#early[0]?.nowMs ?? nowMs;
      this.#heading(local, remote);
      for (const { event, nowMs: earlyMs } of this.#early) this.#draw(event, earlyMs);
    }
    const path = `${local.address} ${remote.address}`;
    this.#path ??= path;
    if (path !== this.#path) this.#hasSeveralPaths = true;
    return this.#hasSeveralPaths ? ` [${remote.address}]` : "";
  }

  /** What `explain` says of a datagram, or why it is no packet. */
  #read<T>(explain: () => T, datagram: Uint8Array): T | string {
    try {
      return explain();
    } catch (error) {
      if (error instanceof ParseError) return `${error.code} at byte ${error.offset} of ${datagram.length}`;
      throw error;
    }
  }

  #heading(local: TransportAddress, remote: TransportAddress): void {
    const inner = this.#width - TIME_COLUMNS - 1;
    const between = (left: string, right: string): string =>
      left + " ".repeat(Math.max(1, inner - left.length - right.length)) + right;
    const margin = " ".repeat(TIME_COLUMNS + 1);
    const time = "time (ms)".padEnd(TIME_COLUMNS + 1);
    this.#write(this.#style(time, "time") + this.#style(between(this.#localName, this.#remoteName), "text"));
    this.#write(margin + this.#style(between(endpointText(local), endpointText(remote)), "text"));
  }

  #explainBelow({ chunks }: PacketExplanation): void {
    const shown = chunks.slice(0, MAX_CHUNKS_EXPLAINED);
    for (const chunk of shown) {
      const name =
        chunks.length === 1
          ? ""
          : `${chunk.name}${chunk.name === "DATA" || chunk.name === "I-DATA" ? "" : ":"} `;
      for (const line of chunk.says) this.#textLines(name + line, "- ", "text", undefined);
    }
    const rest = chunks.length - shown.length;
    if (rest > 0) this.#textLines(`and ${rest} more chunk${rest === 1 ? "" : "s"}`, "- ", "text", undefined);
    for (const chunk of shown) {
      if (this.#wantsReason(chunk)) this.#textLines(chunk.why, "Why: ", "why", undefined);
    }
  }

  /** A reason is told again when it differs: a SACK with a gap is another matter than one without. */
  #wantsReason({ why }: ChunkExplanation): boolean {
    if (this.#explain === "all") return true;
    if (this.#reasonsGiven.has(why)) return false;
    this.#reasonsGiven.add(why);
    return true;
  }

  #arrow(direction: Direction, label: string, nowMs: number, role: DiagramRole): void {
    const [text, rest] = this.#fitted(label, this.#width - TIME_COLUMNS - 3);
    const arrow = direction === "sent" ? `── ${text} ${rest}►` : `◄─ ${text} ${rest}─`;
    this.#row(this.#timeText(nowMs), arrow, role);
  }

  #lostArrow(direction: Direction, label: string, nowMs: number): void {
    const [text, rest] = this.#fitted(label, this.#width - TIME_COLUMNS - 3 - LOST_TEXT.length);
    const arrow =
      direction === "sent" ? `── ${text} ${rest}✕${LOST_TEXT}` : `${LOST_TEXT}✕─ ${text} ${rest}─`;
    this.#row(this.#timeText(nowMs), arrow, "problem");
  }

  /** The label, cut if need be, and what is left of a line of so many columns. */
  #fitted(label: string, columns: number): readonly [text: string, rest: string] {
    const text = label.length > columns - 8 ? `${label.slice(0, columns - 11)}...` : label;
    return [text, "─".repeat(columns - text.length - 5)];
  }

  /** Text between the lifelines, wrapped; `lead` stands before its first line, and the others are indented alike. */
  #textLines(text: string, lead: string, role: DiagramRole, nowMs: number | undefined): void {
    const inner = this.#width - TIME_COLUMNS - 3;
    const indent = "    ";
    const lines = wrapped(text, inner - indent.length - lead.length - 1);
    lines.forEach((line, i) => {
      const start = i === 0 ? lead : " ".repeat(lead.length);
      this.#row(
        i === 0 && nowMs !== undefined ? this.#timeText(nowMs) : "",
        (indent + start + line).padEnd(inner),
        role,
      );
    });
  }

  #row(time: string, inner: string, role: DiagramRole): void {
    const lifeline = this.#style("│", "lifeline");
    const margin = this.#style(time.padStart(TIME_COLUMNS), "time");
    this.#write(`${margin} ${lifeline}${this.#style(inner, role)}${lifeline}`);
  }

  #timeText(nowMs: number): string {
    return (nowMs - (this.#startMs ?? nowMs)).toFixed(3);
  }
}

/** Breaks `text` between words into lines of at most `columns`; "RFC 9260 6.2" stays together; a longer word is cut. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.replace(/RFC (\d+) /g, "RFC\u00a0$1\u00a0").split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
    while (line.length > columns) {
      lines.push(line.slice(0, columns));
      line = line.slice(columns);
    }
  }
  lines.push(line);
  return lines.map((each) => each.replaceAll("\u00a0", " "));
}
