/**
 * What happens while a lesson is played: packets that are sent, arrive or are lost, and what hosts tell of themselves.
 * Owns: taking it down in the order of time, the numbers by which a reader knows TSNs, finding what a lesson names.
 * Does not own: playing (lesson-run.ts), what a check asks (scene.ts).
 */
import {
  type Chunk,
  decodePacket,
  ParseError,
  type TraceDetail,
  type TraceEvent,
  type TraceSink,
} from "../../../src/core.ts";
import type { ChunkName, PacketCopy, PacketObserver, SimPacket } from "../../../src/sim/index.ts";

/** User data on the wire. */
export interface SeenData {
  /** Counted from 1, the initial TSN, as the ladder does. */
  readonly tsn: number;
  readonly streamId: number;
  readonly bytes: number;
  /** It has been sent before. */
  readonly isAgain: boolean;
}

/** What a SACK says, in the same numbers. */
export interface SeenSack {
  readonly upTo: number;
  /** The first and the last of each block. */
  readonly gaps: ReadonlyArray<readonly [number, number]>;
  readonly aRwndBytes: number;
  readonly duplicates: readonly number[];
}

export interface SeenPacket {
  /** As the network counts them. */
  readonly number: number;
  /** The names of hosts. */
  readonly from: string;
  readonly to: string;
  readonly source: string;
  readonly destination: string;
  readonly sentAtMs: number;
  /** Of the UDP payload. */
  readonly bytes: number;
  readonly chunks: readonly Chunk[];
  readonly data: readonly SeenData[];
  readonly sack: SeenSack | undefined;
  /** Of its first copy that came, or of the last that did not. */
  fate: "under way" | "arrived" | "lost";
  arrivedAtMs: number | undefined;
}

/** Details that a lesson may want to know; there are others, which come with every packet. */
type KeptDetail = Extract<TraceDetail, { readonly kind: "message" | "told" }>;
type HostNews = TraceEvent | KeptDetail;

export interface SeenEvent {
  readonly host: string;
  readonly atMs: number;
  readonly event: HostNews;
}

export type Happening =
  | { readonly what: "sent" | "arrived" | "lost"; readonly packet: SeenPacket }
  | { readonly what: "told"; readonly event: SeenEvent };

/** A packet by what it carries. */
export interface PacketQuery {
  readonly chunk: ChunkName;
  readonly from?: string;
  /** The address that it was sent to. */
  readonly destination?: string;
  /** It carries the user data of this number. */
  readonly tsn?: number;
  readonly streamId?: number;
  /** Its data has been sent before, or has not. */
  readonly isAgain?: boolean;
  /** Its SACK acknowledges all up to this number. */
  readonly upTo?: number;
  /** Its SACK has Gap Ack Blocks, or has none. */
  readonly hasGaps?: boolean;
  /** The first, if absent. */
  readonly nth?: number;
}

type Like<News> = News extends { readonly kind: infer Kind }
  ? { readonly kind: Kind } & Partial<Omit<News, "kind">>
  : never;

/** Something that a host tells, by its kind and whichever of its fields matter. */
export interface EventQuery {
  readonly host: string;
  readonly like: Like<HostNews>;
  /** The first, if absent. */
  readonly nth?: number;
}

/** An observer for a run, and with `trace` the sink of each host. */
export class Happenings implements PacketObserver {
  readonly all: Happening[] = [];
  readonly packets: SeenPacket[] = [];
  readonly events: SeenEvent[] = [];
  readonly #byNumber = new Map<number, SeenPacket>();
  /** The initial TSN of what a host sends to another: as its latest INIT or INIT ACK said. */
  readonly #initialTsns = new Map<string, number>();
  /** By sender, receiver and TSN. */
  readonly #sentTsns = new Set<string>();

  trace(host: string): TraceSink {
    const keep = (event: HostNews, atMs: number): void => {
      const seen = { host, atMs, event };
      this.events.push(seen);
      this.all.push({ what: "told", event: seen });
    };
    return {
      packet(): void {
        // The network tells more of them.
      },
      event: keep,
      detail(detail, atMs): void {
        if (detail.kind === "message" || detail.kind === "told") keep(detail, atMs);
      },
    };
  }

  onSent(packet: SimPacket, copies: readonly PacketCopy[]): void {
    const seen = this.#read(packet);
    this.packets.push(seen);
    this.#byNumber.set(packet.number, seen);
    this.all.push({ what: "sent", packet: seen });
    if (copies.length === 0) this.#lose(seen);
  }

  onArrived({ packet, arrivesAtMs, isDamaged }: PacketCopy): void {
    const seen = this.#byNumber.get(packet.number);
    if (seen === undefined || seen.fate === "arrived") return;
    if (isDamaged) return this.#lose(seen);
    seen.fate = "arrived";
    seen.arrivedAtMs = arrivesAtMs;
    this.all.push({ what: "arrived", packet: seen });
  }

  onLost({ packet }: PacketCopy): void {
    const seen = this.#byNumber.get(packet.number);
    if (seen?.fate === "under way") this.#lose(seen);
  }

  #lose(seen: SeenPacket): void {
    seen.fate = "lost";
    this.all.push({ what: "lost", packet: seen });
  }

  #read(packet: SimPacket): SeenPacket {
    const { number, sender: from, receiver: to = "", sentAtMs, datagram } = packet;
    const chunks = chunksOf(datagram);
    for (const chunk of chunks)
      if (chunk.kind === "INIT" || chunk.kind === "INIT ACK")
        this.#initialTsns.set(`${from} ${to}`, chunk.initialTsn);
    return {
      number,
      from,
      to,
      source: packet.from.address,
      destination: packet.to.address,
      sentAtMs,
      bytes: datagram.length,
      chunks,
      data: chunks.flatMap((chunk) => this.#dataOf(chunk, from, to)),
      sack: this.#sackOf(chunks, from, to),
      fate: "under way",
      arrivedAtMs: undefined,
    };
  }

  #dataOf(chunk: Chunk, from: string, to: string): SeenData[] {
    if (chunk.kind !== "DATA" && chunk.kind !== "I-DATA") return [];
    const key = `${from} ${to} ${chunk.tsn}`;
    const isAgain = this.#sentTsns.has(key);
    this.#sentTsns.add(key);
    const { streamId, payload } = chunk;
    return [{ tsn: this.#numberOf(chunk.tsn, from, to), streamId, bytes: payload.length, isAgain }];
  }

  #sackOf(chunks: readonly Chunk[], from: string, to: string): SeenSack | undefined {
    for (const chunk of chunks) {
      if (chunk.kind !== "SACK") continue;
      const upTo = this.#numberOf(chunk.cumulativeTsnAck, to, from);
      const gaps = chunk.gapBlocks.map(({ start, end }) => [upTo + start, upTo + end] as const);
      const duplicates = chunk.duplicateTsns.map((tsn) => this.#numberOf(tsn, to, from));
      return { upTo, gaps, aRwndBytes: chunk.aRwndBytes, duplicates };
    }
    return undefined;
  }

  /** Of a TSN, counted from 1; 0 is the one before. */
  #numberOf(tsn: number, from: string, to: string): number {
    return ((tsn - (this.#initialTsns.get(`${from} ${to}`) ?? 0)) | 0) + 1;
  }
}

function chunksOf(datagram: Uint8Array): readonly Chunk[] {
  try {
    return decodePacket(datagram).chunks;
  } catch (error) {
    if (error instanceof ParseError) return [];
    throw error;
  }
}

/** Whether a packet is one of those that are meant, whatever its place among them. */
export function isLike(packet: SeenPacket, query: PacketQuery): boolean {
  const { from, destination, tsn, streamId, isAgain, upTo, hasGaps } = query;
  if (from !== undefined && packet.from !== from) return false;
  if (destination !== undefined && packet.destination !== destination) return false;
  if (!packet.chunks.some(({ kind }) => kind === query.chunk)) return false;
  if (upTo !== undefined && packet.sack?.upTo !== upTo) return false;
  if (hasGaps !== undefined && (packet.sack?.gaps.length ?? 0) > 0 !== hasGaps) return false;
  if (tsn === undefined && streamId === undefined && isAgain === undefined) return true;
  return packet.data.some(
    (data) =>
      (tsn === undefined || data.tsn === tsn) &&
      (streamId === undefined || data.streamId === streamId) &&
      (isAgain === undefined || data.isAgain === isAgain),
  );
}

/** Whether a host has told something that is meant. */
export function tells({ host, event }: SeenEvent, query: EventQuery): boolean {
  const fields = event as unknown as Readonly<Record<string, unknown>>;
  return host === query.host && Object.entries(query.like).every(([name, value]) => fields[name] === value);
}
