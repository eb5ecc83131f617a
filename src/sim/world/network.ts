/**
 * The virtual network: links between addresses, and what they do to datagrams.
 * Owns: delay, loss, duplication, reordering, corruption, rate, queue, MTU, cuts; all from one seeded generator.
 * Does not own: hosts, time (world.ts).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { checkOptions, isNumber, type OptionNames } from "../../base/option-check.ts";
import type { SeededRandom } from "../../platform/random.ts";

/** One direction of a link. Rates are probabilities per datagram. */
export interface LinkProfile {
  readonly delayMinMs: number;
  readonly delayMaxMs: number;
  readonly lossRate: number;
  readonly duplicateRate: number;
  /** A reordered datagram is held back for up to `reorderMs` more. */
  readonly reorderRate: number;
  readonly reorderMs: number;
  readonly corruptRate: number;
  /** 0: as fast as can be. */
  readonly bytesPerSecond: number;
  /** Bytes that may wait for a link with a rate; what does not fit is lost. */
  readonly queueBytes: number;
  /** Larger datagrams (UDP payload) vanish, unless they come in pieces. */
  readonly mtuBytes: number;
}

export const PERFECT_LINK: LinkProfile = {
  delayMinMs: 1,
  delayMaxMs: 1,
  lossRate: 0,
  duplicateRate: 0,
  reorderRate: 0,
  reorderMs: 20,
  corruptRate: 0,
  bytesPerSecond: 0,
  queueBytes: 64_000,
  mtuBytes: 65_507,
};

const isRate = isNumber(0, 1);
const isDelay = isNumber(0, Number.MAX_SAFE_INTEGER);
const isBytes = isNumber(0, Number.MAX_SAFE_INTEGER);

const LINK_NAMES: OptionNames<LinkProfile> = {
  of: "a link",
  see: "LinkProfile",
  kinds: {
    delayMinMs: isDelay,
    delayMaxMs: isDelay,
    lossRate: isRate,
    duplicateRate: isRate,
    reorderRate: isRate,
    reorderMs: isDelay,
    corruptRate: isRate,
    bytesPerSecond: isBytes,
    queueBytes: isBytes,
    mtuBytes: isBytes,
  },
  meant: { loss: "lossRate", mtu: "mtuBytes", bandwidth: "bytesPerSecond", rate: "bytesPerSecond" },
};
/** What happens to one datagram, beside what its link does. */
export type Fate = "carried" | "lost" | "doubled" | "corrupted" | { readonly lateMs: number };

/** Why nothing of a packet arrives. */
export type LossReason =
  /** Somebody wanted it so: a plan, or whoever stopped the time. */
  | "plan"
  /** The link's loss rate. */
  | "chance"
  | "full queue"
  | "cut"
  | "too large"
  | "no link"
  /** The sender has lost the address that it sends from. */
  | "lost address"
  /** Nobody has the address. */
  | "nobody there";

/** What a link did with a datagram: when each copy of it arrives. */
export interface Arrival {
  readonly atMs: number;
  /** The bytes that were sent, which nobody changes; others only where they are damaged. */
  readonly datagram: Uint8Array;
  readonly corrupted: boolean;
}

/** All that arrives of one; a reason where that is nothing. */
export interface Carried {
  readonly arrivals: readonly Arrival[];
  readonly lostBy: LossReason | undefined;
}

const lost = (lostBy: LossReason): Carried => ({ arrivals: [], lostBy });

/** Of one direction of a link, or of several that meet. */
class Queue {
  /** When the last byte that was queued will have left. */
  busyUntilMs = 0;
}

class Link {
  profile: LinkProfile;
  isCut = false;
  queue = new Queue();

  constructor(profile: LinkProfile) {
    this.profile = profile;
  }
}

export class Network {
  readonly #links = new Map<string, Link>();
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /**
   * Joins two addresses, both ways or with a profile for each way.
   * @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT
   */
  link(a: string, b: string, there: Partial<LinkProfile>, back: Partial<LinkProfile> = there): void {
    this.#links.set(`${a}>${b}`, new Link(linkProfile(there, PERFECT_LINK)));
    this.#links.set(`${b}>${a}`, new Link(linkProfile(back, PERFECT_LINK)));
  }

  /** Nothing passes any more from `from` to `to`. */
  cut(from: string, to: string): void {
    const link = this.#links.get(`${from}>${to}`);
    if (link !== undefined) link.isCut = true;
  }

  mend(from: string, to: string): void {
    const link = this.#links.get(`${from}>${to}`);
    if (link !== undefined) link.isCut = false;
  }

  /** Changes what one direction of a link does from now on. */
  adjust(from: string, to: string, profile: Partial<LinkProfile>): void {
    const link = this.#links.get(`${from}>${to}`);
    if (link !== undefined) link.profile = linkProfile(profile, link.profile);
  }

  /** What goes these ways, each from one address to another, waits in one queue: their links have one rate and one queue by their profiles. */
  share(ways: ReadonlyArray<readonly [from: string, to: string]>): void {
    const queue = new Queue();
    for (const [from, to] of ways) {
      const link = this.#links.get(`${from}>${to}`);
      if (link !== undefined) link.queue = queue;
    }
  }

  /** Undoes every cut and every fault: what is sent from now on arrives, if it waits in no full queue. */
  heal(): void {
    const { lossRate, duplicateRate, reorderRate, corruptRate, mtuBytes } = PERFECT_LINK;
    for (const link of this.#links.values()) {
      link.isCut = false;
      link.profile = { ...link.profile, lossRate, duplicateRate, reorderRate, corruptRate, mtuBytes };
    }
  }

  /**
   * The copies of a datagram that will arrive, none if it is lost or there is no link.
   * @param isWhole false: it was cut where it left, and the pieces fit everywhere
   */
  carry(
    from: string,
    to: string,
    datagram: Uint8Array,
    nowMs: number,
    fate: Fate = "carried",
    isWhole = true,
  ): Carried {
    if (fate === "lost") return lost("plan");
    const carried = this.#carry(from, to, datagram, nowMs, isWhole);
    if (fate === "carried") return carried;
    const { arrivals, lostBy } = carried;
    if (fate === "doubled") {
      const again = this.#carry(from, to, datagram, nowMs, isWhole);
      return { arrivals: [...arrivals, ...again.arrivals], lostBy: lostBy && again.lostBy };
    }
    if (fate === "corrupted") return { arrivals: arrivals.map((arrival) => this.#damaged(arrival)), lostBy };
    return {
      arrivals: arrivals.map((arrival) => ({ ...arrival, atMs: arrival.atMs + fate.lateMs })),
      lostBy,
    };
  }

  #carry(from: string, to: string, datagram: Uint8Array, nowMs: number, isWhole: boolean): Carried {
    const link = this.#links.get(`${from}>${to}`);
    if (link === undefined) return lost("no link");
    if (link.isCut) return lost("cut");
    if (isWhole && datagram.length > link.profile.mtuBytes) return lost("too large");
    const leftAtMs = this.#leavesAt(link, datagram.length, nowMs);
    if (leftAtMs === undefined) return lost("full queue");
    if (this.#happens(link.profile.lossRate)) return lost("chance");
    const arrivals = [this.#arrival(link.profile, datagram, leftAtMs)];
    if (this.#happens(link.profile.duplicateRate))
      arrivals.push(this.#arrival(link.profile, datagram, leftAtMs));
    return { arrivals, lostBy: undefined };
  }

  /** When the datagram has passed the bottleneck; undefined if its queue is full. */
  #leavesAt(link: Link, lengthBytes: number, nowMs: number): number | undefined {
    const { queue, profile } = link;
    const { bytesPerSecond, queueBytes } = profile;
    if (bytesPerSecond === 0) return nowMs;
    const waitMs = Math.max(0, queue.busyUntilMs - nowMs);
    if ((waitMs / 1_000) * bytesPerSecond + lengthBytes > queueBytes) return undefined;
    queue.busyUntilMs = nowMs + waitMs + (lengthBytes / bytesPerSecond) * 1_000;
    return queue.busyUntilMs;
  }

  #arrival(profile: LinkProfile, datagram: Uint8Array, leftAtMs: number): Arrival {
    const { delayMinMs, delayMaxMs, reorderRate, reorderMs } = profile;
    const delayMs = delayMinMs + (delayMaxMs - delayMinMs) * this.#random.fraction();
    const heldMs = this.#happens(reorderRate) ? reorderMs * this.#random.fraction() : 0;
    const arrival = { atMs: leftAtMs + delayMs + heldMs, datagram, corrupted: false };
    return this.#happens(profile.corruptRate) ? this.#damaged(arrival) : arrival;
  }

  /** One bit of it is turned over. */
  #damaged({ atMs, datagram }: Arrival): Arrival {
    const copy = datagram.slice();
    const at = this.#random.integer(0, copy.length - 1);
    copy[at] = (copy[at] ?? 0) ^ (1 << this.#random.integer(0, 7));
    return { atMs, datagram: copy, corrupted: true };
  }

  #happens(rate: number): boolean {
    return rate > 0 && this.#random.fraction() < rate;
  }
}

/**
 * What a link is to do, on top of what it does.
 * @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT
 */
export function linkProfile(changes: Partial<LinkProfile>, base: LinkProfile): LinkProfile {
  const given = checkOptions<Partial<LinkProfile>>(changes, LINK_NAMES);
  const profile = { ...base, ...given };
  // Whoever gives the shortest delay alone means all of them.
  if (given.delayMinMs !== undefined && given.delayMaxMs === undefined)
    return { ...profile, delayMaxMs: Math.max(profile.delayMinMs, profile.delayMaxMs) };
  if (profile.delayMinMs <= profile.delayMaxMs) return profile;
  if (given.delayMinMs === undefined) return { ...profile, delayMinMs: profile.delayMaxMs };
  throw new SctpError(
    SctpErrorCode.InvalidOption,
    `delayMinMs, ${profile.delayMinMs}, must not be above delayMaxMs, ${profile.delayMaxMs}`,
  );
}
