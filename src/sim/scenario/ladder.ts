/**
 * The ladder of a scenario: every host and every packet, from its sending to its arrival.
 * Owns: telling the ladder what the network and the hosts say. Does not own: the ladder and its drawings (src/trace/drawings/ladder.ts).
 */
import type { TraceSink } from "../../base/trace-sink.ts";
import { Ladder, type LadderArrow } from "../../trace/drawings/ladder.ts";
import type { LossReason } from "../world/network.ts";
import type { PacketCopy, PacketObserver, SimPacket } from "../world/under-way.ts";
import type { Scenario } from "./scenario.ts";

/** An observer for `ScenarioRun`, and with `trace` the sink of each host. */
export class ScenarioLadder implements PacketObserver {
  readonly ladder: Ladder;
  readonly #lanes: ReadonlyMap<string, number>;
  /** By the ids of copies under way: which arrow of their packet they are. */
  readonly #arrows = new Map<number, number>();

  constructor({ hosts }: Scenario) {
    this.ladder = new Ladder(hosts.map(({ name }) => name));
    this.#lanes = new Map(hosts.map(({ name }, i) => [name, i]));
  }

  /** What a host tells. */
  trace(host: string): TraceSink {
    const lane = this.#lane(host);
    return {
      packet(): void {
        // The network tells more of them.
      },
      event: (event, nowMs) => this.ladder.event(lane, event, nowMs),
    };
  }

  onSent(packet: SimPacket, copies: readonly PacketCopy[], lostBy: LossReason | undefined): void {
    const from = this.#lane(packet.sender);
    const arrows = copies.map((copy) => arrowOf(copy, "under way"));
    this.ladder.sent({
      from,
      to: packet.receiver === undefined ? this.#beside(from) : this.#lane(packet.receiver),
      source: packet.from.address,
      destination: packet.to.address,
      sentAtMs: packet.sentAtMs,
      datagram: packet.datagram,
      arrows: lostBy === undefined ? arrows : [lostArrow(lostBy, false)],
    });
    for (let arrow = 0; arrow < copies.length; arrow++)
      this.#arrows.set((copies[arrow] as PacketCopy).id, arrow);
  }

  onArrived(copy: PacketCopy): void {
    this.#settle(copy, arrowOf(copy, "arrived"));
  }

  onLost(copy: PacketCopy, lostBy: LossReason): void {
    this.#settle(copy, lostArrow(lostBy, copy.isDamaged));
  }

  /** What is still under way when the drawing is made. */
  mark(copies: readonly PacketCopy[]): void {
    for (const copy of copies) this.#place(copy, arrowOf(copy, "under way"));
  }

  #settle(copy: PacketCopy, arrow: LadderArrow): void {
    this.#place(copy, arrow);
    this.#arrows.delete(copy.id);
  }

  #place(copy: PacketCopy, arrow: LadderArrow): void {
    const packet = copy.packet.number - 1; // It sees every packet.
    const known = this.#arrows.get(copy.id);
    const place = known ?? this.ladder.packets[packet]?.arrows.length ?? 0;
    if (known === undefined) this.#arrows.set(copy.id, place); // Somebody doubled it while it was under way.
    this.ladder.changeArrow(packet, place, arrow);
  }

  #lane(host: string): number {
    return this.#lanes.get(host) ?? 0;
  }

  /** Where a packet goes that is for nobody. */
  #beside(lane: number): number {
    return lane === 0 ? Math.min(1, this.#lanes.size - 1) : lane - 1;
  }
}

function arrowOf({ arrivesAtMs, isDamaged }: PacketCopy, fate: "arrived" | "under way"): LadderArrow {
  return { fate, arrivesAtMs, lostBy: "", isDamaged };
}

function lostArrow(lostBy: LossReason, isDamaged: boolean): LadderArrow {
  return { fate: "lost", arrivesAtMs: undefined, lostBy, isDamaged };
}
