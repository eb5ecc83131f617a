/**
 * `sctp explain`: what the SCTP packets of a capture mean, in words or as a diagram.
 * Owns: reading the file, printing, writing the picture. Does not own: captures, their explanation and drawings (src/trace).
 */
import { createReadStream, writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CaptureError } from "../../trace/captures/capture-frame.ts";
import { captureLadder } from "../../trace/captures/capture-ladder.ts";
import { CaptureExplainer } from "../../trace/captures/explain-capture.ts";
import { type ReadCaptureOptions, readCapture } from "../../trace/captures/read-capture.ts";
import { ladderSvg } from "../../trace/drawings/ladder-svg.ts";
import { ladderText } from "../../trace/drawings/ladder-text.ts";
import { counted } from "../../trace/labels.ts";
import type { Terminal } from "./session.ts";

export interface ExplainSettings {
  readonly command: "explain";
  /** Standard input if absent. */
  readonly file: string | undefined;
  /** Empty: as `readCapture` finds out by itself. */
  readonly udpPorts: readonly number[];
  /** Every field of each packet is printed, too. */
  readonly bytes: boolean;
  readonly verbose: boolean;
  /** Prints the packets as a ladder, and not in words. */
  readonly diagram: boolean;
  /** Where the ladder is drawn as SVG: then nothing is said in words, either. */
  readonly svg: string | undefined;
}

/** Prints a paragraph for each frame with SCTP in it, or draws all of them; says on standard error what stopped it, or that there was none. */
export async function explain(settings: ExplainSettings, terminal: Terminal): Promise<void> {
  const { file, verbose } = settings;
  const complain = (text: string): void => void terminal.stderr.write(`sctp: ${file ?? "-"}: ${text}\n`);
  try {
    const bytes = await wholeOf(file === undefined ? terminal.stdin : createReadStream(file));
    const counts = new Map<string, number>();
    const isDrawn = settings.diagram || settings.svg !== undefined;
    const pieces = isDrawn
      ? drawing(bytes, settings, counts, complain)
      : paragraphs(bytes, settings, counts, complain);
    await pipeline(Readable.from(pieces), terminal.stdout, { end: false });
    if (verbose || !(counts.has("packet") || counts.has("fragment"))) complain(summary(counts));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EPIPE") return; // Nobody reads any more, as with `head`.
    complain((error as Error).message);
    process.exitCode = 1;
  }
}

/** What stands before a fault in the file is printed; the fault is told, and makes the exit code 1. */
function* paragraphs(
  bytes: Uint8Array,
  { udpPorts, bytes: withFields }: ExplainSettings,
  counts: Map<string, number>,
  complain: (text: string) => void,
): Generator<string> {
  const explainer = new CaptureExplainer({ withFields });
  try {
    for (const entry of readCapture(bytes, within(udpPorts))) {
      const kind = entry.kind === "other" ? entry.what : entry.kind;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      const lines = explainer.lines(entry);
      if (lines.length > 0) yield `${lines.join("\n")}\n\n`;
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    complain(error.message);
    process.exitCode = 1;
  }
}

/** The lines of the ladder if they are wanted; the picture is written. What is not in it is told. */
function drawing(
  bytes: Uint8Array,
  { udpPorts, diagram, svg, file = "Sequence diagram" }: ExplainSettings,
  counts: Map<string, number>,
  complain: (text: string) => void,
): readonly string[] {
  const drawn = captureLadder(bytes, within(udpPorts));
  const { ladder, fragmentCount, strangerCount, others, fault } = drawn;
  for (const [kind, count] of [
    ["packet", ladder.packets.length + ladder.omittedCount + strangerCount],
    ["fragment", fragmentCount],
    ...others,
  ] as const)
    if (count > 0) counts.set(kind, count);
  if (fragmentCount > 0) complain(`not drawn: ${counted(fragmentCount, "fragment")} of IP`);
  if (strangerCount > 0)
    complain(`not drawn: ${counted(strangerCount, "packet")} of hosts that are too many`);
  if (fault !== undefined) {
    complain(fault.message);
    process.exitCode = 1;
  }
  if (ladder.packets.length === 0) return [];
  if (svg !== undefined) writeFileSync(svg, ladderSvg(ladder, { title: file }));
  return diagram ? ladderText(ladder).map((line) => `${line}\n`) : [];
}

function within(udpPorts: readonly number[]): ReadCaptureOptions {
  return udpPorts.length === 0 ? {} : { udpPorts };
}

/** "2 frames with SCTP; others: 3 UDP, 1 IP protocol 6". */
function summary(counts: ReadonlyMap<string, number>): string {
  let withSctp = 0;
  const others: string[] = [];
  for (const [kind, count] of counts) {
    if (kind === "packet" || kind === "fragment") withSctp += count;
    else others.push(`${count} ${kind}`);
  }
  return `${withSctp} frames with SCTP; others: ${others.join(", ") || "none"}`;
}

async function wholeOf(stream: NodeJS.ReadableStream): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks);
}
