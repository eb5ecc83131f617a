/**
 * The steps of which fuzz inputs are made, and their text form: one line a step, so that a kept input can be read.
 * Owns: the two kinds of step, parsing and printing them. Does not own: what a step does (packets/, models/).
 */

/** Whose verification tag is written into the packet before it is thrown. */
export const TAGS = ["right", "peer", "zero", "own", "cookie"] as const;
/** Where the packet comes from. */
export const SOURCES = ["peer", "second", "rebound", "stranger", "multicast"] as const;

export type Tag = (typeof TAGS)[number];
export type Source = (typeof SOURCES)[number];

/**
 * A packet for the stack. The tag: "right" is the association's, "peer" the peer's own (as with the T bit), "own" what
 * the bytes say, "cookie" makes the packet begin with a COOKIE ECHO that answers the stack's last INIT ACK.
 */
export interface PacketStep {
  readonly kind: "packet";
  readonly tag: Tag;
  readonly source: Source;
  /** Whether the checksum is made right. */
  readonly sealed: boolean;
  /** Whether the driver polls before the next step; false puts the packets into one batch. */
  readonly flushed: boolean;
  readonly bytes: Uint8Array;
}

/** Anything else: time that passes, a call of the user's, a command to a model. */
export interface CommandStep {
  readonly kind: "command";
  readonly name: string;
  readonly values: readonly number[];
}

export type Step = PacketStep | CommandStep;
export type Input = readonly Step[];

export function command(name: string, ...values: readonly number[]): CommandStep {
  return { kind: "command", name, values };
}

export function formatStep(step: Step): string {
  if (step.kind === "command") return [step.name, ...step.values].join(" ");
  const seal = step.sealed ? "sealed" : "unsealed";
  const flush = step.flushed ? "flushed" : "held";
  return `packet ${step.tag} ${step.source} ${seal} ${flush} ${Buffer.from(step.bytes).toString("hex")}`;
}

/** @throws Error if the line is not one that `formatStep` writes */
function parseStep(line: string): Step {
  const [name = "", ...words] = line.trim().split(" ");
  if (name !== "packet") {
    const values = words.map(Number);
    if (name === "" || values.some(Number.isNaN)) throw new Error(`not a step: "${line}"`);
    return command(name, ...values);
  }
  const [tagWord, sourceWord, seal, flush, hex = ""] = words;
  const tag = TAGS.find((known) => known === tagWord);
  const source = SOURCES.find((known) => known === sourceWord);
  if (tag === undefined || source === undefined) throw new Error(`not a packet: "${line}"`);
  const bytes = new Uint8Array(Buffer.from(hex, "hex"));
  return { kind: "packet", tag, source, sealed: seal === "sealed", flushed: flush === "flushed", bytes };
}

export function formatInput(input: Input): string {
  return `${input.map(formatStep).join("\n")}\n`;
}

/** @throws Error if a line is not a step; lines that begin with # are comments */
export function parseInput(text: string): Input {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map(parseStep);
}
