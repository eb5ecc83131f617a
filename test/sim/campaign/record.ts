/**
 * A seed of the campaign as a document that `sctp sim` plays: what was drawn from the seed, and what was really done.
 * Owns: saying it as a scenario of the simulator. Does not own: what is drawn (scenario.ts), living through it (play.ts).
 */
import type { AssociationOptions } from "../../../src/base/options.ts";
import { type Scenario as Document, readScenario, type SimWorld } from "../../../src/sim/index.ts";
import { type Note, play, type StepDraft } from "./play.ts";
import { type Scenario, scenarioOf } from "./scenario.ts";

/** Behind the end of the campaign: shutdowns come a little later in the document. */
const AFTERWARDS_MS = 60_000;

export interface Recording {
  readonly document: Document;
  /** Why the seed failed; undefined if it did not. */
  readonly error: unknown;
}

/** Plays a seed of the networks, and writes down what happens. */
export function recorded(seed: number): Recording {
  const scenario = scenarioOf(seed);
  const timeline: StepDraft[] = [];
  let world: SimWorld | undefined;
  let error: unknown;
  const note: Note = (step, of) => {
    timeline.push(step);
    world = of;
  };
  try {
    play(scenario, { note });
  } catch (thrown) {
    error = thrown;
  }
  return { document: documentOf(scenario, timeline, (world?.nowMs ?? 0) + AFTERWARDS_MS), error };
}

function documentOf(scenario: Scenario, timeline: readonly StepDraft[], durationMs: number): Document {
  const { seed, paths, spares, natAddress, tsnsNearWrap } = scenario;
  const host = (name: "client" | "server", options: Partial<AssociationOptions>) => ({
    name,
    addresses: paths.map((path) => path[name]),
    options: plain(options),
    numbersNearWrap: tsnsNearWrap,
  });
  const gained = new Set(timeline.map((step) => (step.do === "move" ? step["to"] : step["address"])));
  const spare = (side: readonly string[]): readonly string[] => side.filter((address) => gained.has(address));
  const [clients, servers] = [spare(spares.client), spare(spares.server)];
  const links = [
    ...paths.map(({ client, server, there, back }) => ({
      between: [natAddress ?? client, server],
      there,
      back,
    })),
    ...[...paths.map(({ client }) => client), ...clients].flatMap((a) =>
      servers.map((b) => ({ between: [a, b], there: spares.link })),
    ),
    ...clients.flatMap((a) => paths.map(({ server }) => ({ between: [a, server], there: spares.link }))),
  ];
  const inner = paths[0]?.client;
  return readScenario({
    name: `seed ${seed} of the campaign`,
    about: "Drawn from the seed; the timeline is what was really done.",
    seed,
    durationMs,
    hosts: [host("client", scenario.clientOptions), host("server", scenario.serverOptions)],
    links,
    nats: natAddress === undefined ? [] : [{ inner, outer: natAddress }],
    timeline,
  });
}

/** Options as JSON says them: keys in hexadecimal. */
function plain(options: Partial<AssociationOptions>): object {
  const hex = (_: string, value: unknown): unknown =>
    value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value;
  return JSON.parse(JSON.stringify(options, hex)) as object;
}
