/**
 * The cells of the table of networks: the conditions of each, by the name that `--only` chooses it by.
 * Owns: the conditions, and how the link's program is told of them. Does not own: the link (link.c), who runs on it (sides.ts).
 */
import type { Measure } from "../peers/node/contract.ts";

/** Of one link, the same in both directions. */
export interface Conditions {
  /** Of whole IP packets. */
  readonly megabitsPerSecond: number;
  readonly roundTripMs: number;
  /** Of the packets of each direction, and how many in a row, in the mean. */
  readonly lossPercent: number;
  readonly lossBurst: number;
  /** Added to the delay of a direction, at most; packets stay in order. */
  readonly jitterMs: number;
  readonly reorderPercent: number;
  /** How much later than its turn a reordered packet arrives. */
  readonly lateMs: number;
  readonly queueBytes: number;
  /** On the way there, the so manieth large packet after a pause is lost; 0: none is. */
  readonly dropNth: number;
  /** And so many from there on: what is sent again, too, where it is more than one. */
  readonly drops: number;
}

export interface Cell {
  readonly name: string;
  readonly conditions: Conditions;
  readonly measure: Measure;
  readonly messageBytes: number;
  /** Messages sent at a time, in the measure "bursts". */
  readonly burst: number;
  /** One burst after the other over one association, which remembers the losses of the last one. */
  readonly isInARow: boolean;
}

/** What the command line says of the links. */
export interface Wanted {
  readonly megabitsPerSecond: number;
  readonly roundTripsMs: readonly number[];
  readonly lossPercents: readonly number[];
  readonly lossBurst: number;
  readonly jitterMs: number;
  /** In products of rate and round trip. */
  readonly queueProducts: number;
}

/** Messages of several packets: what the link carries is mostly payload. */
const MESSAGE_BYTES = 16_384;
/** What fills one packet of 1,500 bytes: headers of IPv4, UDP, SCTP and DATA. */
const FULL_PACKET_BYTES = 1_500 - 28 - 12 - 16;
/** A queue of nothing would carry nothing. */
const LEAST_QUEUE_BYTES = 15_000;
const SHORT_TRIP_MS = 20;
const REORDERED = { reorderPercent: 3, lateMs: 4 };
/** Of the queue that shows how much of it a sender fills. */
const DEEP_PRODUCTS = 4;
const BURSTS = [1, 2, 9, 10];

/** The product of rate and round trip. */
export function productBytes(megabitsPerSecond: number, roundTripMs: number): number {
  return (megabitsPerSecond * 1e6 * roundTripMs) / 8 / 1_000;
}

function conditionsOf(wanted: Wanted, roundTripMs: number, more: Partial<Conditions>): Conditions {
  const { megabitsPerSecond, lossBurst, jitterMs, queueProducts } = wanted;
  const queueBytes = Math.round(queueProducts * productBytes(megabitsPerSecond, roundTripMs));
  return {
    megabitsPerSecond,
    roundTripMs,
    lossPercent: 0,
    lossBurst,
    jitterMs,
    reorderPercent: 0,
    lateMs: 0,
    queueBytes: Math.max(LEAST_QUEUE_BYTES, queueBytes),
    dropNth: 0,
    drops: 1,
    ...more,
  };
}

/** Every cell; those of the table first, in its order. */
export function allCells(wanted: Wanted): Cell[] {
  const flood = (name: string, conditions: Conditions): Cell => ({
    name,
    conditions,
    measure: "oneway",
    messageBytes: MESSAGE_BYTES,
    burst: 0,
    isInARow: false,
  });
  const tail = (name: string, burst: number, drops: number, isInARow = false): Cell => ({
    name,
    conditions: conditionsOf(wanted, SHORT_TRIP_MS, { dropNth: burst, drops }),
    measure: "bursts",
    messageBytes: FULL_PACKET_BYTES,
    burst,
    isInARow,
  });
  return [
    ...wanted.roundTripsMs.flatMap((roundTripMs) =>
      wanted.lossPercents.map((lossPercent) =>
        flood(`rtt ${roundTripMs} loss ${lossPercent}`, conditionsOf(wanted, roundTripMs, { lossPercent })),
      ),
    ),
    ...wanted.roundTripsMs.map(
      (roundTripMs): Cell => ({
        name: `ping ${roundTripMs}`,
        conditions: conditionsOf(wanted, roundTripMs, {}),
        measure: "pingpong",
        messageBytes: 100,
        burst: 0,
        isInARow: false,
      }),
    ),
    flood("reorder", conditionsOf(wanted, SHORT_TRIP_MS, REORDERED)),
    flood("deep queue", conditionsOf({ ...wanted, queueProducts: DEEP_PRODUCTS }, SHORT_TRIP_MS, {})),
    ...BURSTS.map((burst) => tail(`tail ${burst}`, burst, 1)),
    tail(`tail ${Math.max(...BURSTS)} twice`, Math.max(...BURSTS), 2),
    ...BURSTS.map((burst) => tail(`tails ${burst}`, burst, 1, true)),
  ];
}

/** "rtt 20" chooses each cell of a round trip of 20 ms, and none of 200. */
export function isChosen({ name }: Cell, beginnings: readonly string[]): boolean {
  return beginnings.some((beginning) => name === beginning || name.startsWith(`${beginning} `));
}

/** What the link's program is told of a cell. */
export function linkOptions({ conditions }: Cell): Record<string, string | number> {
  return {
    rate: conditions.megabitsPerSecond,
    delay: conditions.roundTripMs / 2,
    jitter: conditions.jitterMs,
    queue: conditions.queueBytes,
    loss: conditions.lossPercent,
    burst: conditions.lossBurst,
    reorder: conditions.reorderPercent,
    late: conditions.lateMs,
  };
}
