/**
 * `sctp sim`: plays a scenario.
 * Owns: the files that it reads and writes. Does not own: scenarios (src/sim), drawing (src/trace), the words of the command line
 * (arguments.ts).
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { TraceSink } from "../../base/trace-sink.ts";
import { ScenarioAccount } from "../../sim/scenario/account.ts";
import { ScenarioLadder } from "../../sim/scenario/ladder.ts";
import { readScenario } from "../../sim/scenario/reader.ts";
import { ScenarioRun } from "../../sim/scenario/run.ts";
import type { Scenario } from "../../sim/scenario/scenario.ts";
import { observeAll } from "../../sim/world/under-way.ts";
import { ladderSvg } from "../../trace/drawings/ladder-svg.ts";
import { ladderText } from "../../trace/drawings/ladder-text.ts";
import { PathHistory } from "../../trace/drawings/path-history.ts";
import { pathPlotSvg } from "../../trace/drawings/path-plot.ts";
import { fanOut } from "../../trace/fan-out.ts";
import { PcapngSink } from "../../trace/pcapng.ts";

export interface SimSettings {
  readonly command: "sim";
  readonly file: string;
  readonly diagram: boolean;
  readonly svg: string | undefined;
  readonly plot: string | undefined;
  readonly capture: string | undefined;
  /** Takes the place of the document's. */
  readonly seed: number | undefined;
}

/** The document makes no sense: exit code 2. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
}

/** @throws ScenarioError; SimViolation if a checker found something; what the file system throws */
export function sim(settings: SimSettings, write: (line: string) => void): void {
  const scenario = scenarioOf(settings);
  const account = new ScenarioAccount();
  const picture = new ScenarioLadder(scenario);
  const histories = new Map(scenario.hosts.map(({ name }) => [name, new PathHistory()]));
  const pieces: Uint8Array[] = [];
  const capture =
    settings.capture === undefined ? undefined : new PcapngSink((bytes) => pieces.push(bytes.slice()));
  const trace = (host: string): TraceSink => {
    const sinks = [
      account.trace(host),
      picture.trace(host),
      histories.get(host),
      capture && sentOnly(capture),
    ];
    return fanOut(...sinks.filter((sink) => sink !== undefined));
  };
  const run = new ScenarioRun(scenario, { trace, observer: observeAll(account, picture) });
  try {
    run.play();
  } finally {
    // What was found wrong can be seen in them.
    if (settings.diagram) for (const line of [...ladderText(picture.ladder), ""]) write(line);
    const title = scenario.name === "" ? "Sequence diagram" : scenario.name;
    if (settings.svg !== undefined) writeFileSync(settings.svg, ladderSvg(picture.ladder, { title }));
    if (settings.plot !== undefined) writeFileSync(settings.plot, plotOf(histories, scenario));
    if (settings.capture !== undefined) writeFileSync(settings.capture, Buffer.concat(pieces));
  }
  for (const line of account.lines(run)) write(line);
}

function scenarioOf({ file, seed }: SimSettings): Scenario {
  const text = textOf(file);
  try {
    const scenario = readScenario(text);
    return seed === undefined ? scenario : { ...scenario, seed };
  } catch (error) {
    throw new ScenarioError(`${file}: ${(error as Error).message}`);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new ScenarioError(`cannot read ${file}: ${(error as Error).message}`);
  }
}

/** Every packet is traced by two hosts: once is enough. */
function sentOnly(sink: TraceSink): TraceSink {
  return {
    packet(direction, ...rest): void {
      if (direction === "sent") sink.packet(direction, ...rest);
    },
    event: (event, nowMs) => sink.event(event, nowMs),
  };
}

function plotOf(histories: ReadonlyMap<string, PathHistory>, { durationMs }: Scenario): string {
  const paths = [...histories].flatMap(([host, history]) =>
    history.paths.map((path) => ({ ...path, name: `${host} to ${path.address}` })),
  );
  const ends = paths.flatMap(({ windows, roundTrips }) => [windows.at(-1), roundTrips.at(-1)]);
  const lastMs = Math.max(0, ...ends.map((sample) => sample?.atMs ?? 0));
  return pathPlotSvg(paths, { toMs: Math.min(durationMs, lastMs * 1.05) });
}
