/**
 * The packets that are under way on the simulated network, and what an observer is told of each.
 * Owns: what is known of a packet from its sending to its arrival; who may still be taken out of the wire.
 * Does not own: what links do (network.ts), time and delivery (world.ts).
 */
import type { TransportAddress } from "../../platform/address.ts";
import type { Arrival, LossReason } from "./network.ts";

/** A packet that was sent. */
export interface SimPacket {
  /** Counted from 1 in the order in which they are sent, by whoever. */
  readonly number: number;
  /** The name of who sent it. */
  readonly sender: string;
  /** Who has the address that it was sent to. */
  readonly receiver: string | undefined;
  /** Where it comes from, as a NAT lets the world see it. */
  readonly from: TransportAddress;
  readonly to: TransportAddress;
  readonly sentAtMs: number;
  readonly datagram: Uint8Array;
}

/** One copy of a packet under way. */
export interface PacketCopy {
  /** Counted from 1; a copy that is held up keeps its own. */
  readonly id: number;
  readonly packet: SimPacket;
  /** What arrives: another one than was sent if it was damaged. */
  readonly datagram: Uint8Array;
  readonly isDamaged: boolean;
  readonly arrivesAtMs: number;
}

/** Sees what becomes of each packet; what it is given must not be changed. */
export interface PacketObserver {
  /** @param copies that will arrive. @param lostBy why there is none */
  onSent(packet: SimPacket, copies: readonly PacketCopy[], lostBy: LossReason | undefined): void;
  onArrived(copy: PacketCopy): void;
  /** A copy that was under way will not arrive. */
  onLost(copy: PacketCopy, lostBy: LossReason): void;
}

/** An observer that tells each of `observers`, in order. */
export function observeAll(...observers: readonly PacketObserver[]): PacketObserver {
  return {
    onSent(packet, copies, lostBy): void {
      for (const observer of observers) observer.onSent(packet, copies, lostBy);
    },
    onArrived(copy): void {
      for (const observer of observers) observer.onArrived(copy);
    },
    onLost(copy, lostBy): void {
      for (const observer of observers) observer.onLost(copy, lostBy);
    },
  };
}

/** What can be done to a packet under way. */
export type Disturbance = "lost" | "doubled" | "corrupted" | { readonly lateMs: number };

/** The copies that have not arrived. */
export class UnderWay {
  readonly #copies = new Map<number, PacketCopy>();
  #lastId = 0;

  /** The next to arrive first. */
  get all(): readonly PacketCopy[] {
    return [...this.#copies.values()].sort((a, b) => a.arrivesAtMs - b.arrivesAtMs || a.id - b.id);
  }

  launch(packet: SimPacket, { atMs, datagram, corrupted }: Arrival): PacketCopy {
    const id = ++this.#lastId;
    const copy = { id, packet, datagram, isDamaged: corrupted, arrivesAtMs: atMs };
    this.#copies.set(id, copy);
    return copy;
  }

  copy(id: number): PacketCopy | undefined {
    return this.#copies.get(id);
  }

  /** It arrives, or is taken out. @returns whether it was still to arrive, in this form and at this time */
  land(copy: PacketCopy): boolean {
    return this.#copies.get(copy.id) === copy && this.#copies.delete(copy.id);
  }

  /** Another form of a copy, or another time, takes its place. */
  replace(
    copy: PacketCopy,
    changes: Partial<Pick<PacketCopy, "datagram" | "isDamaged" | "arrivesAtMs">>,
  ): PacketCopy {
    const changed = { ...copy, ...changes };
    this.#copies.set(copy.id, changed);
    return changed;
  }
}

/** Turns over one bit, always the same: that somebody damages a packet by hand leaves the chances of others as they are. */
export function damaged(datagram: Uint8Array): Uint8Array {
  const copy = datagram.slice();
  const at = copy.length - 1;
  copy[at] = (copy[at] ?? 0) ^ 0x10;
  return copy;
}
