/** Mistakes in the pictures of traces: ladders and plots. */
import { type Mutant, mutant } from "./mutant.ts";

const LADDER = "trace/drawings/ladder.ts";
const OPEN = "trace/open-tsns.ts";
const TEXT = "trace/drawings/ladder-text.ts";
const SVG = "trace/drawings/ladder-svg.ts";
const SCALE = "trace/drawings/ladder-scale.ts";
const ARROWS = "trace/drawings/ladder-arrow-svg.ts";
const WORDS = "trace/drawings/ladder-words.ts";
const ELEMENTS = "trace/drawings/svg.ts";
const TRACE = "trace/drawings/ladder-trace.ts";
const HISTORY = "trace/drawings/path-history.ts";
const PLOT = "trace/drawings/path-plot.ts";

export const PICTURE_MUTANTS: readonly Mutant[] = [
  mutant(
    "pic-again",
    LADDER,
    "if (own.sawData(chunk.tsn)) draft.again",
    "if (!own.sawData(chunk.tsn)) draft.again",
    "what is new is drawn as sent again",
  ),
  mutant(
    "pic-reason",
    LADDER,
    "this.#reasons.set(",
    "this.#reasons.get(",
    "nobody is told why something is sent again",
  ),
  mutant(
    "pic-gap",
    OPEN,
    "gapBlocks.some(({ start, end }) => at >= start && at <= end)",
    "false",
    "what a gap report has acknowledged is drawn as given up",
  ),
  mutant(
    "pic-given-up",
    OPEN,
    "if (!tsnGt(tsn, through)) visit",
    "if (true) visit",
    "all that is under way is drawn as given up",
  ),
  mutant(
    "pic-window",
    LADDER,
    "this.#windows.get(`",
    "this.#windows.get(`of ",
    "no packet is drawn with the window of its sender",
  ),
  mutant(
    "pic-quiet",
    LADDER,
    '  "delayed-sack",\n',
    "",
    "each delayed SACK is noted as a timer that expired",
  ),
  mutant(
    "pic-path",
    LADDER,
    'const path = [source, destination].sort().join(" - ");',
    'const path = [source, destination].join(" - ");',
    "the two directions of a path are drawn as two paths",
  ),
  mutant(
    "pic-limit",
    LADDER,
    "if (this.#packets.length >= MAX_PACKETS) {",
    "if (this.#packets.length > MAX_PACKETS) {",
    "a ladder takes one packet more than it says",
  ),
  mutant(
    "pic-copy",
    LADDER,
    "draft.arrows[Math.min(copy, draft.arrows.length)] = arrow;",
    "draft.arrows[copy] = arrow;",
    "a copy that nobody has heard of leaves holes",
  ),
  mutant("pic-way", TEXT, "from <= to ?", "from < 9 ?", "every arrow goes to the right"),
  mutant("pic-due", TEXT, 'fate === "arrived" ? "" : "due "', '""', "what is under way is told as arrived"),
  mutant("pic-order", TEXT, ".sort((a, b) => a.atMs - b.atMs)", "", "all notes stand above all packets"),
  mutant(
    "pic-lanes",
    TEXT,
    "return lane * this.#laneColumns;",
    "return Math.min(lane, 1) * this.#laneColumns;",
    "the third host has the lifeline of the second",
  ),
  mutant("pic-slant", SVG, "targetY: this.#y(arrow) ?? y", "targetY: y", "packets arrive when they are sent"),
  mutant(
    "pic-sort",
    SVG,
    "Math.max(0, this.#ladder.paths.indexOf(path)) % LINE_SORTS",
    "0",
    "all paths look alike",
  ),
  mutant(
    "pic-shown",
    SVG,
    "atMs >= fromMs && atMs <= toMs",
    "atMs >= fromMs || atMs <= toMs",
    "what was not asked for is drawn",
  ),
  mutant(
    "pic-told",
    SVG,
    "[...marksOf(packet), ...lossesOf(packet), ...arrivals]",
    "[...marksOf(packet), ...arrivals]",
    "who cannot see the cross is not told of a loss",
  ),
  mutant(
    "pic-legend",
    SVG,
    "if (isThere) entries.push",
    "if (!isThere) entries.push",
    "the legend explains what is not in the picture",
  ),
  mutant(
    "pic-room",
    SCALE,
    "Math.max(needs, Math.min(wished, MAX_GAP))",
    "Math.min(wished, MAX_GAP)",
    "what happens at once is drawn over itself",
  ),
  mutant(
    "pic-break",
    SCALE,
    "isBreak ||= wished > MAX_GAP;",
    "isBreak ||= wished > 9 * MAX_GAP && needs < 0;",
    "a long time looks like a short one, without a break",
  ),
  mutant(
    "pic-hollow",
    ARROWS,
    "class: isDamaged ?",
    "class: !isDamaged ?",
    "damaged packets look whole, and whole ones damaged",
  ),
  mutant(
    "pic-path-mark",
    ARROWS,
    'case "path":',
    'case "congestion":',
    "the news of a path looks like that of a state",
  ),
  mutant(
    "pic-marks-stay",
    WORDS,
    "Math.max(12, characters - rest.length)",
    "characters",
    "a long label pushes out that the packet was sent again",
  ),
  mutant(
    "pic-escape",
    ELEMENTS,
    ".replace(/[&<>\"']/g",
    ".replace(/[&>\"']/g",
    "the name of a host begins a tag",
  ),
  mutant("pic-xml", ELEMENTS, '"\\ufffd")', '"\\u0001")', "a picture holds characters that XML has not"),
  mutant(
    "pic-ids",
    ELEMENTS,
    "id: ids[0] as string",
    'id: "title"',
    "two pictures in one page have one title",
  ),
  mutant(
    "pic-trace-lost",
    TRACE,
    'fate: isLost ? "lost" : "arrived"',
    'fate: "arrived"',
    "a lost packet of a trace is drawn as if it arrived",
  ),
  mutant(
    "pic-most-paths",
    HISTORY,
    "if (this.#series.size < MAX_PATHS) ",
    "",
    "a trace of many peers is kept without end",
  ),
  mutant(
    "pic-scaled",
    PLOT,
    ".filter(({ isScaled }) => isScaled)",
    "",
    "an ssthresh without limit makes every other line flat",
  ),
  mutant(
    "pic-extremes",
    PLOT,
    "else if (py >= low && py <= high) continue;",
    "else continue;",
    "a peak between two pixels is not drawn",
  ),
  mutant(
    "pic-end",
    PLOT,
    "Math.max(toMs ?? 0, ...last, 1)",
    "Math.max(...last, 1)",
    "a plot ends with its last sample whatever was asked",
  ),
];
