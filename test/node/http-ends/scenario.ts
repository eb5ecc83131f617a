/**
 * What befalls HTTP over one association, from a seed.
 * Owns: the choice of bodies, of the end and of its moment. Does not own: playing it (play.ts).
 */
import { SeededRandom } from "../../../src/platform/random.ts";

export const BODY_BYTES = 5_000_000;

/** Who ends: a side's association, or its end of the stream that carries the first exchange. */
const VICTIMS = ["client", "server", "client's stream", "server's stream"] as const;
const HOW = ["end()", "destroy()", "destroy(error)", "abort()"] as const;
/** The body goes down in the response, or up in the request. */
const DIRECTIONS = ["down", "up"] as const;
/** How an HTTP body says where it ends; by the end of its connection it can only go down. */
const FRAMINGS = ["content-length", "chunked", "close"] as const;

export interface Exchange {
  readonly direction: (typeof DIRECTIONS)[number];
  readonly framing: (typeof FRAMINGS)[number];
  /** Bytes that are written at a time. */
  readonly writeBytes: number;
  /** The receiver pauses after every so many pieces, for a turn of the event loop. */
  readonly pauseEvery: number;
}

export interface Scenario {
  readonly seed: number;
  readonly victim: (typeof VICTIMS)[number];
  readonly how: (typeof HOW)[number];
  /** Comes at this one of the things that happen: writes, pieces read, connections, responses. */
  readonly moment: number;
  /** In the midst of that, or in the next turn of the event loop. */
  readonly isAtOnce: boolean;
  readonly bufferBytes: number;
  readonly exchanges: readonly Exchange[];
}

export function scenarioOf(seed: number): Scenario {
  const random = new SeededRandom(seed);
  const below = (limit: number): number => random.uint32() % limit;
  const oneOf = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const victim = oneOf(VICTIMS);
  const how = oneOf(victim.endsWith("stream") ? HOW.slice(0, 3) : HOW);
  // As with net, a connection that is ended or destroyed without an error in the midst of such a body looks like its end;
  // http ends it when the client ends its side.
  const framings = victim.endsWith("stream") && how !== "destroy(error)" ? FRAMINGS.slice(0, 2) : FRAMINGS;
  const exchanges = Array.from({ length: 1 + below(2) }, (): Exchange => {
    const direction = oneOf(DIRECTIONS);
    const framing = direction === "up" ? oneOf(FRAMINGS.slice(0, 2)) : oneOf(framings);
    const writeBytes = oneOf([BODY_BYTES, 1_000_000, 100_000, 30_000]);
    return { direction, framing, writeBytes, pauseEvery: oneOf([1, 10, Number.POSITIVE_INFINITY]) };
  });
  // Early moments are as likely as all later ones together: there is more to go wrong.
  const moment = below(oneOf([10, 100, 1_500]));
  const bufferBytes = oneOf([65_536, 262_144, 1_048_576]);
  return { seed, victim, how, moment, isAtOnce: below(2) === 0, bufferBytes, exchanges };
}
