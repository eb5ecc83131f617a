/**
 * Who is measured: each side's command line, and whether it can run on this host.
 * Owns: the table of sides. Does not own: building them (build.ts), running them (program.ts).
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Case, LinkCase } from "./cases.ts";

export type SideName =
  | "sctpkit"
  | "sctpkit-default"
  | "sctpkit-baseline"
  | "usrsctp"
  | "usrsctp-128k"
  | "pion"
  | "raw"
  | "raw-answered"
  | "tcp"
  | "werift"
  | "npm-sctp";

export interface Side {
  readonly name: SideName;
  readonly description: string;
  readonly command: readonly string[];
  /** A file without which the side cannot run. */
  readonly needs: string;
  /** Largest UDP payload that it can send; it is asked for no more. */
  readonly maxPacketBytes: number;
  /** Datagrams instead of messages: no larger than a packet. */
  readonly isRaw: boolean;
  /** Leaves the packet size to the stack's own default. */
  readonly hasDefaultPackets: boolean;
  /** Buffers of an association, where the case leaves them to the side; 0: the stack's own. */
  readonly bufferBytes: number;
}

const IP_UDP_HEADER_BYTES = 28;
const MAX_UDP_PAYLOAD = 65_507;
/** usrsctp 0.9.5 drops what does not fit into 32 of its 2 KiB buffers. */
const USRSCTP_MAX_PACKET = 60_000;
/** pion 1.8.6 reads into a buffer of this size. */
const PION_MAX_PACKET = 8_192;

export const BENCH = fileURLToPath(new URL("..", import.meta.url));
export const BUILD = `${BENCH}build`;
const RELAY = `${BUILD}/js/bench/peers/node/relay.js`;
export const NODE_PROGRAM = `${BUILD}/js/bench/peers/node/main.js`;
export const CORE_PROGRAM = `${BUILD}/js/bench/peers/node/core-alone.js`;

function node(transport: string, program = NODE_PROGRAM): readonly string[] {
  return [process.execPath, program, "--transport", transport];
}

function define(
  name: SideName,
  description: string,
  command: readonly string[],
  needs: string,
  more: Partial<Side> = {},
): Side {
  return {
    name,
    description,
    command,
    needs,
    maxPacketBytes: MAX_UDP_PAYLOAD,
    isRaw: false,
    hasDefaultPackets: false,
    bufferBytes: 0,
    ...more,
  };
}

const USRSCTP = `${BUILD}/usrsctp-peer`;
const PION = `${BUILD}/pion-peer`;
const WERIFT = `${BENCH}peers/werift/node_modules/werift`;
const NPM_SCTP = `${BENCH}peers/npm-sctp/node_modules/sctp`;

export const SIDES: readonly Side[] = [
  define("sctpkit", "sctpkit at the case's path MTU", node("sctpkit"), NODE_PROGRAM),
  define(
    "sctpkit-default",
    "sctpkit, all options default (what the path is found to carry)",
    node("sctpkit"),
    NODE_PROGRAM,
    {
      hasDefaultPackets: true,
    },
  ),
  define("usrsctp", "usrsctp (C), default buffers", [USRSCTP], USRSCTP, {
    maxPacketBytes: USRSCTP_MAX_PACKET,
  }),
  define("usrsctp-128k", "usrsctp (C), 128 KiB buffers: what its UDP socket holds", [USRSCTP], USRSCTP, {
    maxPacketBytes: USRSCTP_MAX_PACKET,
    bufferBytes: 131_072,
  }),
  define("pion", "pion/sctp (Go)", [PION], PION, { maxPacketBytes: PION_MAX_PACKET }),
  define("raw", "node:dgram, nothing answered", node("raw"), NODE_PROGRAM, { isRaw: true }),
  define("raw-answered", "node:dgram, every second datagram answered", node("raw-answered"), NODE_PROGRAM, {
    isRaw: true,
  }),
  define("tcp", "node:net", node("tcp"), NODE_PROGRAM),
  define("werift", "npm werift (TypeScript)", node("werift"), WERIFT),
  define("npm-sctp", "npm sctp (JavaScript)", node("npm-sctp"), NPM_SCTP),
];

/** The same program made from another revision. */
export function baselineSide(program: string): Side {
  return define("sctpkit-baseline", "sctpkit of the baseline", node("sctpkit", program), program);
}

/** Whether the host has what the side needs. */
export function isAvailable(side: Side): boolean {
  return existsSync(side.needs);
}

export function commandOf(
  side: Side,
  test: Case,
  role: "sink" | "source",
  udpPort: number,
  remotePort: number,
): string[] {
  const packetBytes = Math.min(test.pathMtuBytes - IP_UDP_HEADER_BYTES, side.maxPacketBytes);
  return withOptions(side.command, role, {
    measure: test.measure,
    size:
      side.isRaw && test.measure !== "pingpong"
        ? datagramBytes(test.messageBytes, packetBytes)
        : test.messageBytes,
    streams: test.streams,
    associations: test.associations,
    packet: side.hasDefaultPackets ? 0 : packetBytes,
    buffer: test.bufferBytes ?? (test.messageBytes > side.bufferBytes ? 0 : side.bufferBytes),
    udp: role === "source" && test.leavesPortToSide === true ? 0 : udpPort,
    remote: remotePort,
  });
}

/** A program of the contract, told its role and options. */
export function withOptions(
  command: readonly string[],
  role: "sink" | "source",
  options: Readonly<Record<string, string | number>>,
): string[] {
  const [file, ...own] = command as [string, ...string[]];
  const script = file === process.execPath ? own.splice(0, 1) : [];
  return [file, ...script, role, ...own, ...flags(options)];
}

/** A message that fills more than half of a packet travels alone; smaller ones are bundled, larger ones cut. */
function datagramBytes(messageBytes: number, packetBytes: number): number {
  return messageBytes <= packetBytes && 2 * messageBytes > packetBytes ? messageBytes : packetBytes;
}

/** UDP ports of a flow over a link. */
export interface FlowPorts {
  readonly front: number;
  readonly back: number;
  readonly sink: number;
}

/** The link drops what is larger than the case's path MTU allows. */
export function relayCommand(
  link: LinkCase,
  pathMtuBytes: number,
  flows: readonly FlowPorts[],
  seed: number,
): string[] {
  const options: Record<string, string | number> = {
    front: flows.map(({ front }) => front).join(","),
    back: flows.map(({ back }) => back).join(","),
    sinks: flows.map(({ sink }) => sink).join(","),
    rate: link.megabitsPerSecond,
    rtt: link.roundTripMs,
    loss: link.lossPercent,
    reorder: link.reorderPercent,
    largest: pathMtuBytes - IP_UDP_HEADER_BYTES,
    seed,
  };
  return [process.execPath, RELAY, ...flags(options)];
}

/** As words of a command line. */
export function flags(options: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
}
