/**
 * Who runs over the networks: Linux's TCP by its congestion controls, sctpkit by its options, usrsctp and pion.
 * Owns: what a name stands for, the command line of each. Does not own: the programs (../peers), building them.
 */
import { CONGESTION_CONTROLS } from "../../src/base/congestion-control.ts";
import { NODE_PROGRAM, SIDES, type Side, withOptions } from "../runner/sides.ts";
import type { Cell } from "./cells.ts";

/** Options of sctpkit, by the name of a side. */
export type OptionsByName = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface NetworkSide {
  readonly name: string;
  /** The program, and what it is told in every case. */
  readonly program: Side;
  /** Of Linux's TCP; set in the namespace before the source begins. */
  readonly kernelControl: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  /** Leaves buffers and packets to the stack. */
  readonly isDefault: boolean;
}

export const USUAL_SIDES = ["tcp-cubic", "tcp-bbr", "sctpkit", "sctpkit-bbr", "usrsctp", "pion"];
/** UDP payload of a packet of 1,500 bytes. */
const PACKET_BYTES = 1_472;

function programOf(name: string): Side | undefined {
  return SIDES.find((side) => side.name === name);
}

/**
 * "tcp-X" is TCP with Linux's congestion control X, "sctpkit-X" sctpkit with the options given for that name, or with
 * its congestion control X, "sctpkit-default" without any.
 * @returns undefined if the name stands for nothing
 */
export function sideOf(name: string, optionsByName: OptionsByName): NetworkSide | undefined {
  const [kind = "", ...rest] = name.split("-");
  const more = rest.join("-");
  const program = programOf(kind);
  if (program === undefined) return undefined;
  const side = { name, program, kernelControl: undefined, options: {}, isDefault: false };
  if (kind === "tcp") return more === "" ? undefined : { ...side, kernelControl: more };
  const options = optionsByName[name];
  if (kind === "sctpkit" && options !== undefined) return { ...side, options };
  if (more === "") return ["sctpkit", "usrsctp", "pion", "raw"].includes(kind) ? side : undefined;
  if (kind !== "sctpkit") return undefined;
  if (more === "default") return { ...side, isDefault: true };
  const isControl = CONGESTION_CONTROLS.some((control) => control === more);
  return isControl ? { ...side, options: { congestionControl: more } } : undefined;
}

/** Whether the programs know the cell's measure: bursts are something of Node's programs alone. */
export function canRun({ measure }: Cell, sides: readonly NetworkSide[]): boolean {
  return measure !== "bursts" || sides.every(({ program }) => program.needs === NODE_PROGRAM);
}

/** Whether each name is given an object, as `--options` must. */
export function areOptionsByName(given: Readonly<Record<string, unknown>>): given is OptionsByName {
  return Object.values(given).every(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  );
}

/** Where the two ends of a flow are. */
export interface FlowAddresses {
  readonly sink: string;
  readonly source: string;
  readonly sinkPort: number;
  readonly sourcePort: number;
}

/** @param bufferBytes 0: each side's own */
export function programCommand(
  side: NetworkSide,
  role: "sink" | "source",
  cell: Cell,
  flow: FlowAddresses,
  bufferBytes: number,
): string[] {
  const isSink = role === "sink";
  const isOurs = side.program.name === "sctpkit";
  return withOptions(side.program.command, role, {
    measure: cell.measure,
    size: cell.messageBytes,
    packet: side.isDefault ? 0 : PACKET_BYTES,
    buffer: side.isDefault ? 0 : bufferBytes,
    udp: isSink ? flow.sinkPort : flow.sourcePort,
    remote: isSink ? flow.sourcePort : flow.sinkPort,
    address: isSink ? flow.sink : flow.source,
    to: isSink ? flow.source : flow.sink,
    ...(isOurs ? { options: JSON.stringify(side.options) } : {}),
    ...(cell.burst === 0 ? {} : { burst: cell.burst, "in-a-row": Number(cell.isInARow) }),
  });
}
