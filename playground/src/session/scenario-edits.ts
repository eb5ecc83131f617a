/**
 * Changes of a scenario that the forms make.
 * Owns: where in a document a change goes: before anything has happened into the network itself, later into the timeline at that
 * moment, so that what has happened stays as it was. Does not own: the forms (src/app), the form of scenarios (sctpkit/sim).
 */
import type { LinkProfile, ScenarioLink } from "../../../src/sim/index.ts";

/** A scenario as it is written: what is left to its default is absent. */
export interface ScenarioDocument {
  readonly hosts: ReadonlyArray<{
    readonly name: string;
    readonly addresses: readonly string[];
    readonly options?: Readonly<Record<string, unknown>>;
  }>;
  readonly links: readonly DocumentLink[];
  readonly timeline: readonly DocumentStep[];
}

type DocumentLink = Pick<ScenarioLink, "between" | "back"> & { readonly there?: Partial<LinkProfile> };

interface DocumentStep {
  readonly atMs: number;
  readonly do: string;
  readonly between?: readonly [string, string];
  readonly oneWay?: boolean;
  readonly link?: Partial<LinkProfile>;
}

/** From the first to the second of the two addresses, or back. */
export type Way = "both" | "there" | "back";

/** What is left of chance once every link is mended. */
const HEALED = { lossRate: 0, duplicateRate: 0, reorderRate: 0, corruptRate: 0 };
/** A change made now comes behind all that has happened at this moment. */
const NEXT_MS = 0.001;

/** What a link does now; "both" is what it does there. */
export function linkAt(
  { links, timeline }: ScenarioDocument,
  index: number,
  way: Way,
  nowMs: number,
): Partial<LinkProfile> {
  const link = links[index];
  if (link === undefined) return {};
  const [a, b] = way === "back" ? [link.between[1], link.between[0]] : link.between;
  let profile = (way === "back" ? link.back : undefined) ?? link.there ?? {};
  for (const step of stepsTo(timeline, nowMs)) {
    if (step.do === "heal") profile = { ...profile, ...HEALED };
    if (step.do === "adjust" && concerns(step, a, b)) profile = { ...profile, ...step.link };
  }
  return profile;
}

export function isCutAt({ links, timeline }: ScenarioDocument, index: number, nowMs: number): boolean {
  const between = links[index]?.between;
  let isCut = false;
  for (const step of stepsTo(timeline, nowMs)) {
    if (step.do === "heal") isCut = false;
    if ((step.do === "cut" || step.do === "mend") && between !== undefined && concerns(step, ...between))
      isCut = step.do === "cut";
  }
  return isCut;
}

export function withLink<D extends ScenarioDocument>(
  document: D,
  index: number,
  way: Way,
  change: Partial<LinkProfile>,
  nowMs: number,
): D {
  const link = document.links[index];
  if (link === undefined) return document;
  if (nowMs === 0) return { ...document, links: document.links.with(index, changedLink(link, way, change)) };
  const [a, b] = link.between;
  return withStep(document, {
    atMs: soonAfter(nowMs),
    do: "adjust",
    between: way === "back" ? [b, a] : [a, b],
    ...(way === "both" ? {} : { oneWay: true }),
    link: change,
  });
}

export function withCut<D extends ScenarioDocument>(
  document: D,
  index: number,
  isCut: boolean,
  nowMs: number,
): D {
  const between = document.links[index]?.between;
  if (between === undefined) return document;
  const step = { atMs: nowMs === 0 ? 0 : soonAfter(nowMs), do: isCut ? "cut" : "mend", between };
  const others = document.timeline.filter(
    (other) =>
      !(
        other.atMs === step.atMs &&
        (other.do === "cut" || other.do === "mend") &&
        concerns(other, ...between)
      ),
  );
  // Before whatever else happens at the beginning.
  return { ...document, timeline: nowMs === 0 ? [step, ...others] : [...others, step] };
}

/** An option of one host's associations, or of everybody's; undefined leaves it to its default. */
export function withOption<D extends ScenarioDocument>(
  document: D,
  host: string | undefined,
  name: string,
  value: unknown,
): D {
  const hosts = document.hosts.map((each) => {
    if (host !== undefined && each.name !== host) return each;
    const { [name]: _, ...options } = each.options ?? {};
    return { ...each, options: value === undefined ? options : { ...options, [name]: value } };
  });
  return { ...document, hosts };
}

/** What the host, or the first one, has of an option; undefined if it is left to its default. */
export function optionOf({ hosts }: ScenarioDocument, host: string | undefined, name: string): unknown {
  return hosts.find((each) => host === undefined || each.name === host)?.options?.[name];
}

function changedLink(link: DocumentLink, way: Way, change: Partial<LinkProfile>): DocumentLink {
  const { there = {}, back } = link;
  if (way === "back") return { ...link, there, back: { ...(back ?? there), ...change } };
  const changed = { ...link, there: { ...there, ...change } };
  if (way === "there") return { ...changed, back: back ?? there };
  return back === undefined ? changed : { ...changed, back: { ...back, ...change } };
}

/** Two changes of one link at one moment are one. */
function withStep<D extends ScenarioDocument>(document: D, step: DocumentStep): D {
  const at = document.timeline.findIndex(
    ({ atMs, do: deed, between, oneWay }) =>
      atMs === step.atMs &&
      deed === step.do &&
      between?.join() === step.between?.join() &&
      oneWay === step.oneWay,
  );
  const before = document.timeline[at];
  const timeline =
    before === undefined
      ? [...document.timeline, step]
      : document.timeline.with(at, { ...before, link: { ...before.link, ...step.link } });
  return { ...document, timeline };
}

function soonAfter(nowMs: number): number {
  return Math.round((nowMs + NEXT_MS) * 1_000) / 1_000;
}

/** In the order in which they are done. */
function stepsTo(timeline: readonly DocumentStep[], nowMs: number): DocumentStep[] {
  const lastMs = nowMs === 0 ? 0 : soonAfter(nowMs);
  return timeline.filter(({ atMs }) => atMs <= lastMs).sort((a, b) => a.atMs - b.atMs);
}

function concerns({ between, oneWay }: DocumentStep, a: string, b: string): boolean {
  if (between === undefined) return false;
  const [from, to] = between;
  return (from === a && to === b) || (oneWay !== true && from === b && to === a);
}
