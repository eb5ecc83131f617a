/**
 * What is measured: the cases, in groups that `--only` can choose.
 * Owns: sizes, streams, associations and path MTUs of each case, and which sides run it. Does not own: how (trial.ts).
 */
import type { Measure } from "../peers/node/contract.ts";
import type { SideName } from "./sides.ts";

/** A bottleneck with a queue of one bandwidth-delay product. */
export interface LinkCase {
  readonly megabitsPerSecond: number;
  readonly roundTripMs: number;
  readonly lossPercent: number;
  readonly reorderPercent: number;
  readonly flows: number;
  /** At least: what losses do shows only in the long run. */
  readonly warmUpMs: number;
  readonly durationMs: number;
}

export const LINK_MBITS = 100;
export const LINK_RTT_MS = 20;
/** A link whose packets come in bursts: what a timer's millisecond holds of them. */
export const FAST_LINK_MBITS = 1_000;
/** On a link all have as much: what is compared is congestion control, not what a stack's default buffer holds. */
export const LINK_BUFFER_BYTES = 8_388_608;

export interface Case {
  /** Unique; starts with its group: "oneway 1000". */
  readonly name: string;
  /** Bursts are for networks alone. */
  readonly measure: Exclude<Measure, "bursts">;
  readonly messageBytes: number;
  readonly streams: number;
  readonly associations: number;
  /** Of the IP layer; every stack fills packets up to it. */
  readonly pathMtuBytes: number;
  /** Send and receive buffer of every association, on every side; absent: the side's own. */
  readonly bufferBytes?: number;
  /** The source names no UDP port of its own, and leaves that to the side's `connect()`. */
  readonly leavesPortToSide?: boolean;
  /** Absent: the loopback interface itself. */
  readonly link?: LinkCase;
  readonly sides: readonly SideName[];
}

const PATH_MTU = 1_500;
const SIZES = [64, 1_000, 1_400, 16_384, 65_536, 1_048_576];
const QUICK_SIZES = [64, 1_000, 16_384];
/** The stacks that most cases compare. */
export const STACKS: readonly SideName[] = ["sctpkit", "usrsctp", "usrsctp-128k", "pion"];
/** With the same buffers for all, usrsctp needs no second row. */
const LINK_STACKS: readonly SideName[] = ["sctpkit", "usrsctp", "pion"];
const CEILINGS: readonly SideName[] = ["raw", "raw-answered", "tcp"];
/** The SCTP packages of npm: `sctp` stalls with messages beyond its window of 16 KiB. */
const NPM_SIDES: Readonly<Record<number, readonly SideName[]>> = {
  1000: ["werift", "npm-sctp"],
  16384: ["werift"],
};

function define(name: string, fields: Partial<Case> & Pick<Case, "measure" | "sides">): Case {
  return { name, messageBytes: 1_000, streams: 1, associations: 1, pathMtuBytes: PATH_MTU, ...fields };
}

function oneWay(messageBytes: number): Case {
  const npm = NPM_SIDES[messageBytes] ?? [];
  const sides: readonly SideName[] = ["sctpkit-default", ...STACKS, ...CEILINGS, ...npm];
  return define(`oneway ${messageBytes}`, { measure: "oneway", messageBytes, sides });
}

/** At 0.1 % loss a flow loses something once or twice a second: less time shows nothing but luck. */
const LINK_MS = 12_000;
/** Each of two flows loses something every three seconds or so, and only that brings them together. */
const TWO_FLOWS_MS = 20_000;

/** Full packets, so that what the link carries is mostly payload. */
function overLink(name: string, conditions: Partial<LinkCase>): Case {
  return define(`link ${name}`, {
    measure: "oneway",
    messageBytes: 16_384,
    bufferBytes: LINK_BUFFER_BYTES,
    sides: LINK_STACKS,
    link: {
      megabitsPerSecond: LINK_MBITS,
      roundTripMs: LINK_RTT_MS,
      lossPercent: 0,
      reorderPercent: 0,
      flows: 1,
      warmUpMs: 2_000,
      durationMs: LINK_MS,
      ...conditions,
    },
  });
}

/** Where packets come in bursts, how often they are acknowledged decides how fast their sender is (RFC 9260 6.2, 7.2.4). */
function fastLinks(): Case[] {
  const conditions = { megabitsPerSecond: FAST_LINK_MBITS, warmUpMs: 1_000, durationMs: 4_000 };
  return [
    ...[20, 50, 100].map((roundTripMs) =>
      overLink(`fast rtt ${roundTripMs}`, { ...conditions, roundTripMs }),
    ),
    ...[0, 1, 5].map((roundTripMs) =>
      overLink(`fast rtt ${roundTripMs} loss 1%`, { ...conditions, roundTripMs, lossPercent: 1 }),
    ),
  ];
}

/** Every case; fewer sizes if `quick`. */
export function allCases(quick: boolean): Case[] {
  const sizes = quick ? QUICK_SIZES : SIZES;
  const bothSides: readonly SideName[] = [...STACKS, "tcp"];
  return [
    ...sizes.map(oneWay),
    ...sizes.map((messageBytes) =>
      define(`both ${messageBytes}`, { measure: "both", messageBytes, sides: bothSides }),
    ),
    define("streams 64", { measure: "oneway", streams: 64, sides: STACKS }),
    define("associations 100", { measure: "oneway", associations: 100, sides: [...STACKS, "tcp"] }),
    define("associations 100 streams 64", {
      measure: "oneway",
      associations: 100,
      streams: 64,
      sides: STACKS,
    }),
    ...[9_000, 65_000].flatMap((pathMtuBytes) =>
      [16_384, 65_536].map((messageBytes) =>
        define(`mtu ${pathMtuBytes} ${messageBytes}`, {
          measure: "oneway",
          messageBytes,
          pathMtuBytes,
          sides: ["sctpkit", "usrsctp", "usrsctp-128k", "pion", "raw-answered"],
        }),
      ),
    ),
    define("latency 100", {
      measure: "pingpong",
      messageBytes: 100,
      sides: ["raw", "sctpkit", "usrsctp", "pion", "tcp"],
    }),
    ...[0, 0.1, 1, 4].map((lossPercent) => overLink(`loss ${lossPercent}%`, { lossPercent })),
    overLink("reorder 3%", { reorderPercent: 3 }),
    overLink("two flows", { flows: 2, durationMs: TWO_FLOWS_MS }),
    ...fastLinks(),
    define("handshakes", { measure: "handshakes", sides: ["sctpkit", "usrsctp", "pion", "tcp"] }),
    define("handshakes-default", {
      measure: "handshakes",
      leavesPortToSide: true,
      sides: ["sctpkit", "tcp"],
    }),
  ];
}
