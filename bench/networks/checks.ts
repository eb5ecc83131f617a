/**
 * Whether the link does what it should, as what goes over it shows.
 * Owns: what can be at most, what must be at least. Does not own: the trials (trial.ts).
 */
import { median } from "../runner/statistics.ts";
import type { Cell } from "./cells.ts";
import type { Row } from "./results.ts";

interface Measured {
  readonly cell: Cell;
  readonly row: Row;
}

/** Of 1,500 bytes: the headers of IPv4 and TCP with timestamps; of IPv4, UDP, SCTP and DATA. */
const PAYLOAD_SHARES = { tcp: 1_448 / 1_500, sctp: 1_444 / 1_500 };
/** Of what the link allows; on a busy host no more is certain. */
const LEAST_SHARE = 0.05;
/** What is read late in one measurement is missing in another. */
const MOST_SHARE = 1.1;
/** Both ends and the link wait for their turn on a busy host. */
const PATIENCE_MS = 100;

/** MB/s of payload in full packets. */
export function ceilingMegabytes(cell: Cell, side: string): number {
  const share = side.startsWith("tcp") ? PAYLOAD_SHARES.tcp : PAYLOAD_SHARES.sctp;
  return (cell.conditions.megabitsPerSecond / 8) * share;
}

function roundTripMs(row: Row): number {
  return median(row.trials.map(({ flows }) => flows[0]?.p50Ms ?? Number.NaN));
}

function rateOf(row: Row): number {
  return median(row.trials.map(({ flows }) => flows[0]?.megabytesPerSecond ?? Number.NaN));
}

export function checkLines(all: readonly Measured[]): string[] {
  return all.map(({ cell, row }) => {
    const [side = ""] = row.sides;
    if (cell.measure === "pingpong")
      return `round trip of ${cell.conditions.roundTripMs} ms: single datagrams take ${roundTripMs(row).toFixed(2)} ms (median)`;
    const ceiling = ceilingMegabytes(cell, side);
    return `${row.cell}: ${side} carries ${rateOf(row).toFixed(2)} MB/s of ${ceiling.toFixed(2)}`;
  });
}

/** What cannot be, however busy the host is; empty where all is well. */
export function smokeComplaints(all: readonly Measured[]): string[] {
  return all.flatMap(({ cell, row }) => {
    const [side = ""] = row.sides;
    const name = `${row.cell}, ${side}`;
    if (row.errors.length > 0) return row.errors.map((error) => `${name}: ${error}`);
    if (cell.measure === "pingpong") {
      const measuredMs = roundTripMs(row);
      const wantedMs = cell.conditions.roundTripMs;
      const isRight = measuredMs >= wantedMs && measuredMs <= wantedMs + PATIENCE_MS;
      return isRight ? [] : [`${name}: a round trip took ${measuredMs} ms instead of ${wantedMs}`];
    }
    const share = rateOf(row) / ceilingMegabytes(cell, side);
    const isRight = share >= LEAST_SHARE && share <= MOST_SHARE;
    return isRight ? [] : [`${name}: ${(100 * share).toFixed(0)} % of what the link allows`];
  });
}
