/**
 * The interfaces that are made from the tables of options, so that editors show the tables' texts: a language server finds no
 * text behind a mapped type.
 * Owns: how rows become members and calls. Does not own: the tables (src/base/options.ts, src/socket/options/options-table.ts).
 */
import { LOSS_DETECTIONS } from "../src/base/loss-detection.ts";
import { MULTIPATH_MODES } from "../src/base/multipath.ts";
import type { OptionSpec } from "../src/base/option-spec.ts";
import { ASSOCIATION_OPTIONS, STACK_OPTIONS } from "../src/base/options.ts";
import { PRESET_NAMES } from "../src/base/presets.ts";
import type { OptionRow } from "../src/socket/options/option-spec.ts";
import { SOCKET_OPTIONS } from "../src/socket/options/options-table.ts";

const LINE_LENGTH = 110;

/** src/base/option-types.ts */
function optionTypes(): string {
  return `/**
 * The options of associations and stacks, for the compiler and for editors.
 * Owns: nothing of its own: \`npm run docs\` makes it from the tables in options.ts. Does not own: the tables.
 */
import type { AuthenticationOption } from "./authentication.ts";
import type { CongestionControllerFactory, CongestionControlName } from "./congestion-control.ts";
import type { DynamicAddressesOption } from "./dynamic-addresses.ts";
import type { LossDetectionName } from "./loss-detection.ts";
import type { MultipathMode } from "./multipath.ts";
import type { PresetName } from "./presets.ts";
import type { StreamSchedulerName } from "./stream-schedulers.ts";

/** Every option of an association, checked and frozen. */
export interface AssociationOptions {
${members(ASSOCIATION_OPTIONS, "")}
}

/** Options of an association as they are given: what is left out has its default. */
export interface AssociationOptionsInput {
${members(ASSOCIATION_OPTIONS, "?")}
}

/** Every option of a stack, checked and frozen. */
export interface StackOptions {
${members(STACK_OPTIONS, "")}
}

/** Options of a stack as they are given: what is left out has its default. */
export interface StackOptionsInput {
${members(STACK_OPTIONS, "?")}
}
`;
}

function members(table: Readonly<Record<string, OptionSpec>>, mark: "" | "?"): string {
  return Object.entries(table)
    .map(([name, spec]) => `${comment(textOf(spec))}\n  readonly ${name}${mark}: ${typeOf(spec)};`)
    .join("\n");
}

function textOf(spec: OptionSpec): string {
  return `${spec.description} ${rangeOf(spec)} (${spec.section}).`;
}

function rangeOf(spec: OptionSpec): string {
  if (spec.type === "choice" || spec.type === "name") return `"${spec.default}" if absent`;
  if (spec.type === "boolean" || spec.type === "graded" || spec.type === "formed") return `${spec.default} if absent`;
  const unit = spec.unit === "count" ? "" : ` ${spec.unit}`;
  const range = `${grouped(spec.min)} to ${grouped(spec.max)}${unit}`;
  return `${spec.default === undefined ? spec.follows : grouped(spec.default)} if absent; ${range}`;
}

function grouped(number: number): string {
  return number.toLocaleString("en-US");
}

function typeOf(spec: OptionSpec): string {
  if (spec.type === "choice") return "CongestionControlName | CongestionControllerFactory";
  if (spec === ASSOCIATION_OPTIONS.dynamicAddresses) return "DynamicAddressesOption";
  if (spec.type === "formed") return "AuthenticationOption";
  if (spec.type === "graded") return `boolean | ${spec.names.map((name) => `"${name}"`).join(" | ")}`;
  if (spec.type === "name") {
    if (spec.names === LOSS_DETECTIONS) return "LossDetectionName";
    if (spec.names === MULTIPATH_MODES) return "MultipathMode";
    return spec.names === PRESET_NAMES ? "PresetName" : "StreamSchedulerName";
  }
  return spec.type === "number" && spec.default === undefined ? "number | undefined" : spec.type;
}

/** src/socket/options/set-option.ts */
function setOptionCalls(): string {
  return `/**
 * \`setOption\`, one call for each option that can be set.
 * Owns: nothing of its own: \`npm run docs\` makes it from the options table. Does not own: the table (options-table.ts).
 */
import type { OptionInput, WritableOption } from "./options-table.ts";

/** Sets an option of RFC 6458 or of an extension; \`Target\` says of which association, where a socket has several. */
export interface SetOption<Self, Target extends readonly unknown[] = []> {
${callsFor("read", setter)}
  /** An option whose name is known when the program runs. */
  <K extends WritableOption>(name: K, value: OptionInput<K>, ...target: Target): Self;
}
`;
}

/** src/socket/options/get-option.ts */
function getOptionCalls(): string {
  return `/**
 * \`getOption\`, one call for each option that can be read.
 * Owns: nothing of its own: \`npm run docs\` makes it from the options table. Does not own: the table (options-table.ts).
 */
import type { GetArguments, OptionValue, ReadableOption } from "./options-table.ts";

/** Reads an option of RFC 6458 or of an extension. */
export interface GetOption {
${callsFor("write", getter)}
  /** An option whose name is known when the program runs. */
  <K extends ReadableOption>(name: K, ...rest: GetArguments<K>): OptionValue<K>;
}
`;
}

/** @param but the access that has no such call */
function callsFor(but: OptionRow["access"], call: (name: string, row: OptionRow) => string): string {
  return Object.entries<OptionRow>(SOCKET_OPTIONS)
    .filter(([, { access }]) => access !== but)
    .map(([name, row]) => call(name, row))
    .join("\n");
}

function setter(name: string, row: OptionRow): string {
  const takes = [`name: "${name}"`, `value: OptionInput<"${name}">`, "...target: Target"];
  return `${comment(storyOf(row))}\n${call(takes, "Self")}`;
}

function getter(name: string, row: OptionRow): string {
  const takes = [`name: "${name}"`, `...rest: GetArguments<"${name}">`];
  return `${comment(storyOf(row))}\n${call(takes, `OptionValue<"${name}">`)}`;
}

/** As the formatter would have it. */
function call(takes: readonly string[], gives: string): string {
  const line = `  (${takes.join(", ")}): ${gives};`;
  if (line.length <= LINE_LENGTH) return line;
  return `  (\n${takes.map((one) => `    ${one}`).join(",\n")}\n  ): ${gives};`;
}

function storyOf(row: OptionRow): string {
  const value = "value" in row ? ` Value: ${row.value.description}` : "";
  return `${row.description}${value} (${row.section})`;
}

/** A comment before a member, in one line if it fits. */
function comment(text: string): string {
  const safe = text.replaceAll("*/", "* /");
  if (safe.length <= LINE_LENGTH - 9) return `  /** ${safe} */`;
  const lines = [""];
  for (const word of safe.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line.length + word.length + 6 > LINE_LENGTH) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return ["  /**", ...lines.map((line) => `   * ${line}`), "   */"].join("\n");
}

/** What `npm run docs` writes, by where from the root. */
export const MADE_SOURCES: Readonly<Record<string, () => string>> = {
  "src/base/option-types.ts": optionTypes,
  "src/socket/options/set-option.ts": setOptionCalls,
  "src/socket/options/get-option.ts": getOptionCalls,
};
