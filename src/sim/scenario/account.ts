/**
 * The account of a scenario: what was sent, delivered, lost and sent again, by whom, on which way, and how it ended.
 * Owns: counting, and the words. Does not own: playing (run.ts), drawing (ladder.ts).
 */
import type { CloseReason } from "../../association/model/events.ts";
import type { TraceSink } from "../../base/trace-sink.ts";
import { causeCodeName } from "../../chunks/codes.ts";
import { counted, grouped } from "../../trace/labels.ts";
import type { SimAssociation } from "../world/host.ts";
import type { LossReason } from "../world/network.ts";
import type { PacketCopy, PacketObserver, SimPacket } from "../world/under-way.ts";
import type { ScenarioRun } from "./run.ts";

/** The packets from one address to another. */
export interface WayAccount {
  readonly from: string;
  readonly to: string;
  readonly packets: number;
  readonly bytes: number;
  readonly arrived: number;
  /** How many copies were lost, by the reason. */
  readonly lost: Readonly<Partial<Record<LossReason, number>>>;
}

/** One end of an association. */
export interface EndAccount {
  readonly host: string;
  readonly state: string;
  /** Its host has crashed since, and knows nothing of it. */
  readonly isForgotten: boolean;
  /** How it ended; undefined if it has not. */
  readonly closeReason: CloseReason | undefined;
  readonly sentMessages: number;
  readonly receivedMessages: number;
  /** Messages that came back unsent, or not known to have arrived. */
  readonly failedMessages: number;
  readonly retransmittedChunks: number;
  readonly fastRetransmits: number;
  /** Times that T3-rtx expired. */
  readonly timeouts: number;
  /** What the user was told, in order: "established", "path", "restarted". */
  readonly events: readonly string[];
}

type Counts = { -readonly [K in keyof WayAccount]: WayAccount[K] } & {
  lost: Partial<Record<LossReason, number>>;
};

/** An observer for `ScenarioRun`, and with `trace` a sink for each host. */
export class ScenarioAccount implements PacketObserver {
  readonly #ways = new Map<string, Counts>();
  /** When each host told of the end of an association. */
  readonly #ends = new Map<string, number[]>();

  /** Each way that a packet was sent, in the order of the first. */
  get ways(): readonly WayAccount[] {
    return [...this.#ways.values()];
  }

  trace(host: string): TraceSink {
    const times: number[] = [];
    this.#ends.set(host, times);
    return {
      packet(): void {
        // The network tells more of them.
      },
      event(event, nowMs): void {
        if (event.kind === "state" && event.to === "CLOSED") times.push(nowMs);
      },
    };
  }

  onSent(packet: SimPacket, _copies: readonly PacketCopy[], lostBy: LossReason | undefined): void {
    const way = this.#way(packet);
    way.packets++;
    way.bytes += packet.datagram.length;
    if (lostBy !== undefined) count(way, lostBy);
  }

  onArrived({ packet }: PacketCopy): void {
    this.#way(packet).arrived++;
  }

  onLost({ packet }: PacketCopy, lostBy: LossReason): void {
    count(this.#way(packet), lostBy);
  }

  /** Every association of every host, in the order in which they began. */
  ends({ hosts }: ScenarioRun): EndAccount[] {
    return hosts.flatMap(({ name, associations, bootCount }) =>
      associations.map((user) => endOf(name, user, user.bootCount < bootCount)),
    );
  }

  /** All of it in lines of text. */
  lines(run: ScenarioRun): string[] {
    const { scenario, nowMs, world, refused, interventions } = run;
    const title = scenario.name === "" ? "scenario" : scenario.name;
    const lines = [
      `${title}: ${(nowMs / 1_000).toFixed(3)} s, seed ${scenario.seed}, ${counted(world.packetCount, "packet")}`,
      ...(scenario.about === "" ? [] : [scenario.about]),
      "",
    ];
    const ends = this.ends(run);
    const width = Math.max(4, ...ends.map(({ host }) => host.length));
    for (const end of ends)
      lines.push(`${end.host.padEnd(width)}  ${endText(end, this.#ends.get(end.host) ?? [])}`);
    if (ends.length === 0) lines.push("no association was asked for");
    lines.push("", ...this.#wayLines());
    for (const { atMs, step, why } of refused)
      lines.push(`at ${atMs.toFixed(3)} ms "${step.do}" was refused: ${why}`);
    if (interventions.length > 0) lines.push(`${counted(interventions.length, "packet")} disturbed by hand`);
    return lines;
  }

  #wayLines(): string[] {
    const rows = this.ways.map(({ from, to, packets, bytes, arrived, lost }) => [
      from,
      to,
      grouped(packets),
      grouped(bytes),
      grouped(arrived),
      Object.entries(lost)
        .map(([why, many]) => `${many} ${why}`)
        .join(", ") || "0",
    ]);
    const table = [["from", "to", "packets", "bytes", "arrived", "lost"], ...rows];
    const widths =
      table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
    const isNumber = (column: number): boolean => column >= 2 && column <= 4;
    return table.map((row) =>
      row
        .map((cell, i) => (isNumber(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join("  ")
        .trimEnd(),
    );
  }

  #way({ from, to }: SimPacket): Counts {
    const key = `${from.address} ${to.address}`;
    const known = this.#ways.get(key);
    if (known !== undefined) return known;
    const way: Counts = { from: from.address, to: to.address, packets: 0, bytes: 0, arrived: 0, lost: {} };
    this.#ways.set(key, way);
    return way;
  }
}

function count(way: Counts, lostBy: LossReason): void {
  way.lost[lostBy] = (way.lost[lostBy] ?? 0) + 1;
}

function endOf(host: string, user: SimAssociation, isForgotten: boolean): EndAccount {
  const { association, closeReason, receivedCount, failed, events, state } = user;
  const { sentMessages, retransmittedChunks, fastRetransmits, timeouts } = association.stats;
  return {
    host,
    state,
    isForgotten,
    closeReason,
    sentMessages,
    receivedMessages: receivedCount,
    failedMessages: failed.length,
    retransmittedChunks,
    fastRetransmits,
    timeouts,
    events: [...events],
  };
}

function endText(end: EndAccount, closedAtMs: readonly number[]): string {
  const again =
    end.retransmittedChunks === 0
      ? "nothing sent again"
      : `${counted(end.retransmittedChunks, "chunk")} sent again (${counted(end.fastRetransmits, "fast retransmit")}, ${counted(end.timeouts, "timeout")})`;
  const failed = end.failedMessages === 0 ? "" : `, ${grouped(end.failedMessages)} came back`;
  const restarted = end.events.includes("restarted") ? "; its peer began anew" : "";
  const when =
    end.closeReason === undefined || closedAtMs.length !== 1 ? "" : ` at ${closedAtMs[0]?.toFixed(3)} ms`;
  return (
    `${counted(end.sentMessages, "message")} sent${failed}, ${grouped(end.receivedMessages)} received; ${again}${restarted}; ` +
    `${closeText(end)}${when}`
  );
}

function closeText({ closeReason, state, isForgotten }: EndAccount): string {
  if (closeReason === undefined) return isForgotten ? "forgotten in a crash" : `still ${state}`;
  if (closeReason.kind === "shutdown") return "ended by shutdown";
  if (closeReason.kind === "unreachable") return `gave up: no answer during ${closeReason.during}`;
  const causes = closeReason.causeCodes.map(causeCodeName).join(", ");
  return `aborted by ${closeReason.by === "local" ? "this side" : "its peer"}${causes === "" ? "" : `: ${causes}`}`;
}
