/**
 * What a scripted peer may do that a stack rarely does to itself: each is legal, and none is usual.
 * Owns: the names, which of them a peer has, which of them came to pass. Does not own: doing them (the files beside it).
 */
import type { SeededRandom } from "../../platform/random.ts";

/** Each behaviour by its name, with the sections of RFC 9260 that allow it. */
export const BEHAVIOURS = {
  "shutdown-for-sack": "a SHUTDOWN acknowledges where it can, and no SACK goes with it (9.2)",
  "small-window": "the window has room for about one message, and stays shut for seconds at a time (6.2)",
  "shuffled-packets":
    "streams take turns at random, and packets sent at one time leave in any order (6.1, 6.6)",
  "odd-gap-blocks": "Gap Ack Blocks come in any order, split and overlapping (3.3.4)",
  reneges: "what was reported in Gap Ack Blocks is dropped again (6.2.1)",
  restarts: "it crashes and comes back, in whichever state it is (5.2.4 A)",
  "odd-parameters":
    "optional parameters and causes, known and unknown, in any order and of odd lengths (3.2, 3.3)",
  "burst-per-sack":
    "each SACK lets four packets go, and nothing else does while something is outstanding (6.1 D)",
  "thin-sacks": "a SACK for many packets, gap or not, or after 500 ms (6.2)",
  "thick-sacks": "a SACK for each packet, and one whenever the user has read (6.2)",
  "late-bundling":
    "DATA waits for company, SACKs wait for DATA, the COOKIE ECHO and COOKIE ACK take DATA along (6.10)",
  "tiny-fragments": "messages are cut into fragments of any size (6.9)",
  skips: "it knows FORWARD TSN, and gives up what may be given up as soon as T3-rtx expires (RFC 3758)",
  interleaves:
    "it knows I-DATA, mixes fragments of all streams at random where the other side does, too, and FORWARD TSN is I-FORWARD-TSN (RFC 8260)",
  reconfigures:
    "it knows RE-CONFIG, resets streams and grants most of what it is asked for, in progress or at once (RFC 6525); its peers know it, too",
  "nr-sacks":
    "it knows NR-SACK, and where the other side does, too, reports what it holds now in blocks of one kind, now of the other, of both, or not again (draft-tuexen-tsvwg-sctp-multipath 4.2); what it has promised it keeps, and what it was promised it forgets",
} as const;

export type Behaviour = keyof typeof BEHAVIOURS;

export const BEHAVIOUR_NAMES = Object.keys(BEHAVIOURS) as readonly Behaviour[];

/** The behaviours of one peer. */
export class Habits {
  readonly random: SeededRandom;
  /** What was not only intended but done. */
  readonly done = new Set<Behaviour>();
  readonly #chosen: ReadonlySet<Behaviour>;

  constructor(chosen: Iterable<Behaviour>, random: SeededRandom) {
    this.#chosen = new Set(chosen);
    this.random = random;
  }

  has(behaviour: Behaviour): boolean {
    return this.#chosen.has(behaviour);
  }

  /** As `has`, by somebody who does it now if so. */
  does(behaviour: Behaviour): boolean {
    const has = this.#chosen.has(behaviour);
    if (has) this.done.add(behaviour);
    return has;
  }

  happens(probability: number): boolean {
    return this.random.fraction() < probability;
  }

  /** A copy in random order. */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.random.integer(0, i);
      [result[i], result[j]] = [result[j] as T, result[i] as T];
    }
    return result;
  }
}
