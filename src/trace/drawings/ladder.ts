/**
 * A conversation of several hosts as a ladder: who sent what to whom, when it arrived or was lost, and what happened between.
 * Owns: that model: packets with their labels and marks, notes, the windows of their senders. Does not own: drawing it
 * (ladder-text.ts, ladder-svg.ts), who tells of packets (ladder-trace.ts, src/sim/scenario/ladder.ts,
 * src/trace/captures/capture-ladder.ts).
 */
import type { TimerName, TraceEvent } from "../../base/trace-sink.ts";
import type { Chunk } from "../../chunks/chunk.ts";
import { ParseError } from "../../chunks/errors.ts";
import { arrivedBlocks } from "../../chunks/nr-sack.ts";
import { decodePacket } from "../../chunks/packet.ts";
import { eventBrief, eventText } from "../event-text.ts";
import { packetLabel } from "../labels.ts";
import { OpenTsns } from "../open-tsns.ts";
import { type Direction, type WatchedFlow, Watcher } from "../watcher.ts";

/** What a packet is for, by its first chunk. */
export type LadderRole = "data" | "ack" | "control" | "unknown";

/** One copy of a packet. */
export interface LadderArrow {
  readonly fate: "arrived" | "lost" | "under way";
  /** When it arrived, or will; when it was sent if nobody knows; undefined if it is lost. */
  readonly arrivesAtMs: number | undefined;
  /** Why it was lost; empty where that is not known. */
  readonly lostBy: string;
  readonly isDamaged: boolean;
}

/** How much a sender may have in flight, as it said last. */
export interface LadderWindow {
  readonly cwndBytes: number;
  readonly flightBytes: number;
}

export interface LadderPacket {
  /** The lanes of who sent it and whom it is for. */
  readonly from: number;
  readonly to: number;
  /** Both addresses: the same for either direction. */
  readonly path: string;
  /** The address that it was sent to. */
  readonly destination: string;
  readonly sentAtMs: number;
  readonly label: string;
  readonly role: LadderRole;
  /** Why it carries what was sent before; empty if it does not. */
  readonly again: string;
  /** It carries what its sender gave up later, before it had arrived. */
  readonly isGivenUp: boolean;
  /** Of its path; undefined where its sender has not told. */
  readonly window: LadderWindow | undefined;
  /** One for each copy. */
  readonly arrows: readonly LadderArrow[];
}

export interface LadderNote {
  readonly lane: number;
  readonly atMs: number;
  readonly kind: TraceEvent["kind"] | "deed";
  readonly text: string;
  /** In a few words, for where it stands beside its host. */
  readonly brief: string;
}

/** What is said of a packet when it is sent. */
export interface LadderSending {
  readonly from: number;
  readonly to: number;
  readonly source: string;
  readonly destination: string;
  readonly sentAtMs: number;
  readonly datagram: Uint8Array;
  /** What stands at its arrow if the datagram is not all there: then it is not read. */
  readonly label?: string | undefined;
  readonly arrows: readonly LadderArrow[];
}

type Draft = { -readonly [K in keyof LadderPacket]: LadderPacket[K] } & { arrows: LadderArrow[] };

/** More are counted, and neither read nor kept. */
const MAX_PACKETS = 100_000;
const MAX_NOTES = 100_000;
/** The kinds of events that become notes; others mark packets, or change windows. */
const NOTED: ReadonlySet<TraceEvent["kind"]> = new Set(["state", "path", "drop", "timer"]);
/** Timers that expire where nothing is wrong: the packets that they send say enough. */
const QUIET_TIMERS: ReadonlySet<TimerName> = new Set([
  "heartbeat",
  "delayed-sack",
  "message-lifetime",
  "path-mtu-probe",
  "path-mtu-raise",
]);

/** Takes down what happens, in the order of time. */
export class Ladder {
  /** The names of the hosts, from left to right. */
  readonly lanes: readonly string[];
  readonly #packets: Draft[] = [];
  readonly #notes: LadderNote[] = [];
  readonly #paths: string[] = [];
  /** The same, by the addresses of the sender and of the receiver. */
  readonly #pathsFrom = new Map<string, Map<string, string>>();
  readonly #watchers = new Map<string, Watcher>();
  /** Of each flow, which packets carry what has not been acknowledged. */
  readonly #open = new WeakMap<WatchedFlow, OpenTsns<Draft>>();
  readonly #windows = new Map<string, LadderWindow>();
  /** Why the next packet of a lane with a TSN is sent again. */
  readonly #reasons = new Map<string, string>();
  #omitted = 0;
  #endMs = 0;

  constructor(lanes: readonly string[]) {
    this.lanes = lanes;
  }

  get packets(): readonly LadderPacket[] {
    return this.#packets;
  }
  get notes(): readonly LadderNote[] {
    return this.#notes;
  }
  /** Every path that a packet took, in the order in which they were first taken. */
  get paths(): readonly string[] {
    return this.#paths;
  }
  /** Packets and notes that were too many. */
  get omittedCount(): number {
    return this.#omitted;
  }
  /** The time of the latest that it was told of. */
  get endMs(): number {
    return this.#endMs;
  }

  /** A packet is sent. @returns its number, for `changeArrow`; -1 if it was one too many */
  sent({ from, to, source, destination, sentAtMs, datagram, label, arrows }: LadderSending): number {
    this.passTo(sentAtMs);
    if (this.#packets.length >= MAX_PACKETS) {
      this.#omitted++;
      return -1;
    }
    const path = this.#pathOf(source, destination);
    const draft: Draft = {
      from,
      to,
      path,
      destination,
      sentAtMs,
      label: label ?? "",
      role: "unknown",
      again: "",
      isGivenUp: false,
      window: this.#windows.get(`${from} ${destination}`),
      arrows: [...arrows],
    };
    const isHeard = arrows.some(({ fate, isDamaged }) => fate !== "lost" && !isDamaged);
    if (label === undefined) this.#read(draft, datagram, isHeard);
    return this.#packets.push(draft) - 1;
  }

  /** More is known of a copy; one that nobody has heard of is another copy. */
  changeArrow(packet: number, copy: number, arrow: LadderArrow): void {
    const draft = this.#packets[packet];
    if (draft === undefined) return;
    if (arrow.arrivesAtMs !== undefined && arrow.fate === "arrived") this.passTo(arrow.arrivesAtMs);
    draft.arrows[Math.min(copy, draft.arrows.length)] = arrow;
  }

  /** Something happened at a host. */
  event(lane: number, event: TraceEvent, nowMs: number): void {
    this.passTo(nowMs);
    if (event.kind === "congestion") {
      const { cwndBytes, flightBytes, address } = event;
      this.#windows.set(`${lane} ${address}`, { cwndBytes, flightBytes });
    } else if (event.kind === "retransmit") {
      const reason = event.reason === "T3-rtx" ? "timer T3-rtx" : event.reason.replaceAll("-", " ");
      this.#reasons.set(`${lane} ${event.tsn}`, reason);
    } else if (event.kind === "timer" && QUIET_TIMERS.has(event.timer)) {
      return;
    } else if (NOTED.has(event.kind)) {
      const text = eventText(event, this.lanes[lane] ?? "");
      this.#note({ lane, atMs: nowMs, kind: event.kind, text, brief: eventBrief(event) });
    }
  }

  /** The user of a host did something. */
  deed(lane: number, text: string, nowMs: number): void {
    this.passTo(nowMs);
    this.#note({ lane, atMs: nowMs, kind: "deed", text, brief: text });
  }

  /** Time has passed. */
  passTo(nowMs: number): void {
    this.#endMs = Math.max(this.#endMs, nowMs);
  }

  /** Its name is made once: packets by the thousand take the same. */
  #pathOf(source: string, destination: string): string {
    const known = this.#pathsFrom.get(source)?.get(destination);
    if (known !== undefined) return known;
    const path = [source, destination].sort().join(" - ");
    if (!this.#paths.includes(path)) this.#paths.push(path);
    const from = this.#pathsFrom.get(source) ?? new Map<string, string>();
    this.#pathsFrom.set(source, from.set(destination, path));
    return path;
  }

  #note(note: LadderNote): void {
    if (this.#notes.length < MAX_NOTES) this.#notes.push(note);
    else this.#omitted++;
  }

  #read(draft: Draft, datagram: Uint8Array, isHeard: boolean): void {
    let packet: ReturnType<typeof decodePacket>;
    try {
      packet = decodePacket(datagram);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      draft.label = `not SCTP: ${error.code} at byte ${error.offset} of ${datagram.length}`;
      return;
    }
    // Of two lanes the left one watches: "sent" is what goes to the right.
    const direction: Direction = draft.from <= draft.to ? "sent" : "received";
    const association = this.#watcherOf(draft).associationOf(direction, packet);
    const [own, other] =
      direction === "sent"
        ? [association.sent, association.received]
        : [association.received, association.sent];
    draft.label = packetLabel(packet.chunks, association, direction);
    draft.role = roleOf(packet.chunks);
    for (const chunk of packet.chunks) this.#heed(chunk, draft, own, other, isHeard);
  }

  #heed(chunk: Chunk, draft: Draft, own: WatchedFlow, other: WatchedFlow, isHeard: boolean): void {
    switch (chunk.kind) {
      case "DATA":
      case "I-DATA": {
        if (own.sawData(chunk.tsn)) draft.again ||= this.#takeReason(draft.from, chunk.tsn) ?? "sent again";
        this.#openOf(own).add(chunk.tsn, draft);
        return;
      }
      case "SACK":
      case "NR-SACK": {
        // Whoever sends it has the data, whether it arrives or not.
        this.#open.get(other)?.acknowledge({ ...chunk, gapBlocks: arrivedBlocks(chunk) });
        if (isHeard) other.sawCumulativeTsnAck(chunk.cumulativeTsnAck);
        return;
      }
      case "FORWARD TSN":
      case "I-FORWARD-TSN": {
        const givenUp = this.#open.get(own)?.takeThrough(chunk.newCumulativeTsn) ?? [];
        for (const draft of givenUp) draft.isGivenUp = true;
        return;
      }
      default:
        return;
    }
  }

  #takeReason(lane: number, tsn: number): string | undefined {
    const key = `${lane} ${tsn}`;
    const reason = this.#reasons.get(key);
    this.#reasons.delete(key);
    return reason;
  }

  #openOf(flow: WatchedFlow): OpenTsns<Draft> {
    const known = this.#open.get(flow);
    if (known !== undefined) return known;
    const open = new OpenTsns<Draft>();
    this.#open.set(flow, open);
    return open;
  }

  #watcherOf({ from, to }: Draft): Watcher {
    const key = from <= to ? `${from} ${to}` : `${to} ${from}`;
    const watcher = this.#watchers.get(key) ?? new Watcher();
    this.#watchers.set(key, watcher);
    return watcher;
  }
}

function roleOf(chunks: readonly Chunk[]): LadderRole {
  let isAck = chunks.length > 0;
  for (const { kind } of chunks) {
    if (kind === "DATA" || kind === "I-DATA") return "data";
    isAck &&= kind === "SACK" || kind === "NR-SACK";
  }
  return isAck ? "ack" : "control";
}
