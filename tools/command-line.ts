/**
 * The command lines of the scripts in package.json. Each script has one table of its options; its help is made of it.
 * Owns: reading words by such a table, the help, how a word that makes no sense is refused.
 * Does not own: which options there are (the scripts), the command line of `sctp` (src/cli).
 */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";

const HELP_COLUMNS = 110;
/** Options whose left side is longer have their description on the next line. */
const MAX_LEFT_COLUMNS = 26;

/** One option of a script; made by the functions below. */
export interface Option<T> {
  /** Stands for the value in the help; a flag takes none. */
  readonly placeholder: string | undefined;
  readonly about: string;
  /** What the script gets when the option is not given. */
  readonly fallback: T;
  /** The same in words. */
  readonly fallbackText: string;
  /** What a value must be, as the end of "--rounds wants ...". */
  readonly wants: string;
  /** undefined if the text is no such value. */
  readonly read: (text: string) => T | undefined;
}

/** What may be said of an option beside its description. */
export interface OptionDetails {
  /** Instead of `fallback` in the help: what it depends on. */
  readonly otherwise?: string;
  readonly placeholder?: string;
}

type Options = Readonly<Record<string, Option<unknown>>>;

/** What each option is, given or not. */
export type Values<O extends Options> = {
  readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};

/** What a script of package.json may be told. */
export interface Command<O extends Options> {
  /** As in `npm run NAME`. */
  readonly name: string;
  readonly about: string;
  readonly options: O;
  /** Words that are no options; without it there may be none. */
  readonly words?: {
    readonly placeholder: string;
    readonly about: string;
    readonly oneOf?: readonly string[];
  };
}

/** What the words of a command line amount to. */
export type Parsed<O extends Options> =
  | { readonly kind: "run"; readonly values: Values<O>; readonly words: readonly string[] }
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "refused"; readonly complaint: string };

/** An option without a value: false unless it is given. */
export function flag(about: string): Option<boolean> {
  return { placeholder: undefined, about, fallback: false, fallbackText: "no", wants: "", read: () => true };
}

function withValue<T, F>(
  about: string,
  fallback: F,
  wants: string,
  read: (text: string) => T | undefined,
  { otherwise, placeholder }: OptionDetails & { readonly placeholder: string },
): Option<T | F> {
  const shown = Array.isArray(fallback) ? fallback.join(",") : String(fallback ?? "none");
  return { placeholder, about, fallback, fallbackText: otherwise ?? shown, wants, read };
}

export function text<F extends string | undefined>(
  about: string,
  fallback: F,
  details: OptionDetails = {},
): Option<string | F> {
  const read = (value: string): string | undefined => (value === "" ? undefined : value);
  const placeholder = details.placeholder ?? "TEXT";
  return withValue(about, fallback, placeholder, read, { ...details, placeholder });
}

/** An object, as JSON. */
export function jsonObject(
  about: string,
  details: OptionDetails = {},
): Option<Readonly<Record<string, unknown>>> {
  const read = (value: string): Readonly<Record<string, unknown>> | undefined => {
    try {
      const parsed: unknown = JSON.parse(value);
      const isObject = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
      return isObject ? (parsed as Record<string, unknown>) : undefined;
    } catch {
      return undefined;
    }
  };
  return withValue(about, {}, "a JSON object", read, { placeholder: "JSON", otherwise: "{}", ...details });
}

/** A file that is there. */
export function existingFile(about: string): Option<string | undefined> {
  const read = (value: string): string | undefined => (existsSync(value) ? value : undefined);
  return withValue(about, undefined, "a file that exists", read, { placeholder: "FILE" });
}

export function wholeNumber<F extends number | undefined>(
  about: string,
  fallback: F,
  { from = 0, ...details }: OptionDetails & { readonly from?: number } = {},
): Option<number | F> {
  const read = (value: string): number | undefined => {
    const number = /^[0-9]+$/.test(value) ? Number(value) : Number.NaN;
    return Number.isSafeInteger(number) && number >= from ? number : undefined;
  };
  return withValue(about, fallback, `a whole number from ${from}`, read, { placeholder: "N", ...details });
}

/** Seconds and the like: above 0 unless `mayBeZero`. */
export function positiveNumber<F extends number | undefined>(
  about: string,
  fallback: F,
  { mayBeZero = false, ...details }: OptionDetails & { readonly mayBeZero?: boolean } = {},
): Option<number | F> {
  const read = (value: string): number | undefined => {
    const number = /^[0-9]*\.?[0-9]+$/.test(value) ? Number(value) : Number.NaN;
    return Number.isFinite(number) && (number > 0 || mayBeZero) ? number : undefined;
  };
  const wants = mayBeZero ? "a number from 0" : "a number above 0";
  return withValue(about, fallback, wants, read, { placeholder: "N", ...details });
}

/** Numbers from 0, with commas between them. */
export function numbers(
  about: string,
  fallback: readonly number[],
  details: OptionDetails = {},
): Option<readonly number[]> {
  const read = (value: string): number[] | undefined => {
    const parts = value.split(",");
    return parts.every((part) => /^[0-9]*\.?[0-9]+$/.test(part)) ? parts.map(Number) : undefined;
  };
  return withValue(about, fallback, "numbers from 0, N[,N]", read, { placeholder: "N[,N]", ...details });
}

export function oneOf<N extends string>(about: string, names: readonly N[], fallback: N): Option<N> {
  const read = (value: string): N | undefined => names.find((name) => name === value);
  return withValue(about, fallback, `one of ${names.join(", ")}`, read, { placeholder: "NAME" });
}

/** Texts with commas between them. */
export function list(about: string, details: OptionDetails = {}): Option<readonly string[] | undefined> {
  const one = details.placeholder ?? "TEXT";
  const read = (value: string): string[] | undefined => {
    const parts = value.split(",");
    return parts.includes("") ? undefined : parts;
  };
  const placeholder = `${one}[,${one}]`;
  return withValue(about, undefined, placeholder, read, { ...details, placeholder });
}

/** Some of the names, with commas between them. */
export function someOf<N extends string>(
  about: string,
  names: readonly N[],
  details: OptionDetails = {},
): Option<readonly N[] | undefined> {
  const read = (value: string): N[] | undefined => {
    const parts = value.split(",").map((part) => names.find((name) => name === part));
    return parts.every((part) => part !== undefined) ? parts : undefined;
  };
  const wants = `some of ${names.join(", ")}`;
  return withValue(about, undefined, wants, read, { placeholder: "NAME[,NAME]", ...details });
}

/** Reads the words of this process. Prints help or a complaint and ends the process, if that is what they amount to. */
export function readCommand<const O extends Options>(
  command: Command<O>,
): { readonly values: Values<O>; readonly words: readonly string[] } {
  const parsed = parseCommand(command, process.argv.slice(2));
  if (parsed.kind === "run") return parsed;
  if (parsed.kind === "refused") refuse(command, parsed.complaint);
  console.log(parsed.text);
  process.exit(0);
}

/** For what only the script can know to be wrong: two lines on standard error, and exit code 2. */
export function refuse({ name }: { readonly name: string }, complaint: string): never {
  console.error(`${name}: ${complaint}\nTry: npm run ${name} -- --help`);
  process.exit(2);
}

export function parseCommand<const O extends Options>(
  command: Command<O>,
  args: readonly string[],
): Parsed<O> {
  const { options } = command;
  const values: Record<string, unknown> = {};
  for (const [name, { fallback }] of Object.entries(options)) values[name] = fallback;
  const words: string[] = [];
  const tokens = tokensOf(options, args);
  if (tokens.some((token) => token.kind === "option" && token.name === "help"))
    return { kind: "help", text: helpOf(command) };
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    const complaint =
      token.kind === "option"
        ? takeOption(options, token, values)
        : takeWord(command.words, token.value, words);
    if (complaint !== undefined) return { kind: "refused", complaint };
  }
  return { kind: "run", values: values as Values<O>, words };
}

function tokensOf(options: Options, args: readonly string[]) {
  const types = Object.entries(options).map(
    ([name, { placeholder }]) => [name, { type: placeholder === undefined ? "boolean" : "string" }] as const,
  );
  return parseArgs({
    args: [...args],
    options: { ...Object.fromEntries(types), help: { type: "boolean", short: "h" } },
    allowPositionals: true,
    strict: false,
    tokens: true,
  }).tokens;
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

/** Puts the option's value among the values, or says what is wrong with it. */
function takeOption(
  options: Options,
  { name, rawName, value, inlineValue }: OptionToken,
  values: Record<string, unknown>,
): string | undefined {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined) return `there is no option ${rawName}`;
  if (option.placeholder === undefined) {
    if (value !== undefined) return `${rawName} takes no value`;
    values[name] = true;
    return undefined;
  }
  const isMissing = value === undefined || (inlineValue !== true && value.startsWith("-"));
  const read = isMissing ? undefined : option.read(value);
  if (read === undefined) return `${rawName} wants ${option.wants}${isMissing ? "" : `, not "${value}"`}`;
  values[name] = read;
  return undefined;
}

function takeWord(allowed: Command<Options>["words"], word: string, words: string[]): string | undefined {
  if (allowed === undefined) return `"${word}" is one word too many: there are options only`;
  const { oneOf: names, placeholder } = allowed;
  if (names !== undefined && !names.includes(word))
    return `"${word}" is no ${placeholder}: there are ${names.join(", ")}`;
  words.push(word);
  return undefined;
}

function helpOf({ name, about, options, words }: Command<Options>): string {
  const optionRows = Object.entries(options).map(([option, { placeholder, about: text, fallbackText }]) =>
    placeholder === undefined
      ? ([`--${option}`, text] as const)
      : ([`--${option} ${placeholder}`, `${text} (default: ${fallbackText})`] as const),
  );
  const names = words?.oneOf === undefined ? "" : `: ${words.oneOf.join(", ")}`;
  const rows: (readonly [left: string, right: string])[] = [
    ...(words === undefined ? [] : [[words.placeholder, `${words.about}${names}`] as const]),
    ...optionRows,
    ["--help", "this text"],
  ];
  const wordsUsage = words === undefined ? "" : ` [${words.placeholder}]...`;
  return [
    `npm run ${name} -- [OPTION]...${wordsUsage}`,
    "",
    ...wrapped(about, HELP_COLUMNS),
    "",
    ...rows.flatMap(([left, right]) => rowLines(left, right)),
  ].join("\n");
}

function rowLines(left: string, right: string): string[] {
  const indent = MAX_LEFT_COLUMNS + 4;
  const lines = wrapped(right, HELP_COLUMNS - indent).map((line) => " ".repeat(indent) + line);
  if (left.length > MAX_LEFT_COLUMNS) return [`  ${left}`, ...lines];
  const [first = "", ...rest] = lines;
  return [`  ${left.padEnd(MAX_LEFT_COLUMNS)}  ${first.trimStart()}`, ...rest];
}

function wrapped(sentence: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
