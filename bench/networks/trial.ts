/**
 * One trial: one flow or two over the link of a cell, measured between two marks, and sampled all along where that is asked for.
 * Owns: the order of things, the figures of one trial. Does not own: processes (../runner/program.ts), medians (results.ts).
 */
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { HostLoad } from "../runner/host-load.ts";
import { Program } from "../runner/program.ts";
import type { Cell } from "./cells.ts";
import { connectionState } from "./kernel-state.ts";
import { FAR_ADDRESSES, NEAR_ADDRESS, type Network } from "./network.ts";
import { type FlowAddresses, type NetworkSide, programCommand } from "./sides.ts";
import { figuresOf, type LinkMark, type Moment, type Trial } from "./trial-figures.ts";

export interface Timing {
  readonly warmUpMs: number;
  readonly durationMs: number;
  /** 0: only before and after. */
  readonly sampleMs: number;
  readonly seed: number;
  /** 0: each side's own. */
  readonly bufferBytes: number;
}

interface Flow {
  readonly side: NetworkSide;
  readonly addresses: FlowAddresses;
  readonly sink: Program;
  readonly source: Program;
}

/** What the link answers to "samples". */
interface LinkSamples {
  readonly seconds: number;
  readonly everyMs: number;
  readonly there: readonly number[];
}

const FIRST_PORT = 20_000;

/** @throws Error saying which program failed and what it wrote */
export async function runTrial(
  network: Network,
  cell: Cell,
  sides: readonly NetworkSide[],
  timing: Timing,
): Promise<Trial> {
  const programs: Program[] = [];
  try {
    if (timing.bufferBytes > 0) network.setKernelBuffers(timing.bufferBytes);
    const link = await network.lay(cell, timing.seed);
    programs.push(link);
    const sinks = await Promise.all(
      sides.map((side, i) => startSink(network, cell, side, i, timing, programs)),
    );
    // At once: who begins first has the link for himself for a while.
    const flows = await Promise.all(sinks.map((sink) => startSource(network, cell, sink, timing, programs)));
    return await measure(network, cell, link, flows, timing);
  } finally {
    await Promise.all(programs.reverse().map((program) => program.stop()));
  }
}

async function startSink(
  network: Network,
  cell: Cell,
  side: NetworkSide,
  index: number,
  { bufferBytes }: Timing,
  programs: Program[],
): Promise<Omit<Flow, "source">> {
  const addresses: FlowAddresses = {
    sink: FAR_ADDRESSES[index] ?? FAR_ADDRESSES[0],
    source: NEAR_ADDRESS,
    sinkPort: FIRST_PORT + 2 * index,
    sourcePort: FIRST_PORT + 2 * index + 1,
  };
  if (side.kernelControl !== undefined) network.setKernelControl(addresses.sink, side.kernelControl);
  const command = programCommand(side, "sink", cell, addresses, bufferBytes);
  const sink = new Program(`${side.name} sink`, network.inside(network.far, command), undefined);
  programs.push(sink);
  await sink.next("ready");
  return { side, addresses, sink };
}

async function startSource(
  network: Network,
  cell: Cell,
  flow: Omit<Flow, "source">,
  { bufferBytes }: Timing,
  programs: Program[],
): Promise<Flow> {
  const command = programCommand(flow.side, "source", cell, flow.addresses, bufferBytes);
  const source = new Program(`${flow.side.name} source`, network.inside(network.near, command), undefined);
  programs.push(source);
  await source.next("connected");
  return { ...flow, source };
}

async function measure(
  network: Network,
  cell: Cell,
  link: Program,
  flows: readonly Flow[],
  timing: Timing,
): Promise<Trial> {
  const startMs = performance.now();
  const endMs = timing.warmUpMs + timing.durationMs;
  const moments: Moment[] = [];
  let host = new HostLoad();
  let linkBefore: LinkMark | undefined;
  for (const atMs of timesOf(timing)) {
    await sleep(Math.max(0, startMs + atMs - performance.now()));
    if (atMs === timing.warmUpMs) {
      host = new HostLoad();
      linkBefore = (await link.mark()) as LinkMark;
    }
    const ends = await Promise.all(flows.map((flow) => endsOf(network, flow, timing, atMs === endMs)));
    moments.push({ ms: atMs, ends });
  }
  const hostLoad = host.take();
  const linkAfter = (await link.mark()) as LinkMark;
  const queue = (await link.ask("samples", "samples")) as unknown as LinkSamples;
  return figuresOf({
    cell,
    sides: flows.map(({ side }) => side.name),
    timing,
    moments,
    link: [linkBefore ?? linkAfter, linkAfter],
    queue: queue.there.map((bytes, i) => ({
      ms: 1_000 * queue.seconds + i * queue.everyMs - monotonicMs(startMs),
      bytes,
    })),
    hostLoad,
  });
}

/** A time of `performance` by the clock that the link's program has. */
function monotonicMs(performanceMs: number): number {
  return Number(process.hrtime.bigint()) / 1e6 - performance.now() + performanceMs;
}

/** When everybody is asked, from the start; the end of the warm-up and the end are among them. */
export function timesOf({
  warmUpMs,
  durationMs,
  sampleMs,
}: Pick<Timing, "warmUpMs" | "durationMs" | "sampleMs">): number[] {
  const endMs = warmUpMs + durationMs;
  const regular =
    sampleMs === 0 ? [] : Array.from({ length: Math.floor(endMs / sampleMs) }, (_, i) => i * sampleMs);
  return [...new Set([...regular, warmUpMs, endMs])].sort((a, b) => a - b);
}

async function endsOf(
  network: Network,
  flow: Flow,
  { sampleMs }: Timing,
  isLast: boolean,
): Promise<Moment["ends"][number]> {
  const asksKernel = flow.side.kernelControl !== undefined && (sampleMs > 0 || isLast);
  const [sink, source, kernel] = await Promise.all([
    flow.sink.mark(),
    flow.source.mark(),
    asksKernel ? connectionState(network.inside(network.near, []), flow.addresses.sinkPort) : undefined,
  ]);
  return { sink, source, kernel };
}
