/**
 * The form of an option, and the check that one passes.
 * Owns: what kinds of options there are, and the complaints about a value that is none. Does not own: which options there are
 * (options.ts).
 */
import { SctpError, SctpErrorCode } from "./errors.ts";
import { nearestName } from "./nearest-name.ts";
import { received } from "./option-check.ts";

export interface NumberOption {
  readonly type: "number";
  readonly unit: "ms" | "bytes" | "count" | "packets" | "ratio";
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly section: string;
  readonly description: string;
}

/** A number that follows other options for as long as it is not given: undefined then. */
export interface FollowingOption extends Omit<NumberOption, "default"> {
  readonly default: undefined;
  /** What it is while it is not given. */
  readonly follows: string;
}

export interface BooleanOption {
  readonly type: "boolean";
  readonly default: boolean;
  readonly section: string;
  readonly description: string;
}

/** On, off, or one of some names for what is neither. */
export interface GradedOption<N extends string> {
  readonly type: "graded";
  readonly names: readonly N[];
  readonly default: boolean | N;
  readonly section: string;
  readonly description: string;
}

/** One of some names, or a function of the user's own in their place. */
export interface ChoiceOption<N extends string, F> {
  readonly type: "choice";
  readonly names: readonly N[];
  readonly default: N;
  readonly section: string;
  readonly description: string;
  /** What the function is, for the compiler alone. */
  readonly own?: F;
}

/** One of some names. */
export interface NameOption<N extends string> {
  readonly type: "name";
  readonly names: readonly N[];
  readonly default: N;
  readonly section: string;
  readonly description: string;
}

/** A value with a form of its own, of which another one is kept. */
export interface FormedOption<V> {
  readonly type: "formed";
  readonly default: V;
  readonly section: string;
  readonly description: string;
  /** How the page of options says what it may be. */
  readonly form: string;
  /** The check, and what is kept. @throws SctpError ERR_SCTP_INVALID_OPTION */
  readonly kept: (value: unknown) => V;
}

export type OptionSpec =
  | FormedOption<unknown>
  | NumberOption
  | FollowingOption
  | BooleanOption
  | GradedOption<string>
  | ChoiceOption<string, unknown>
  | NameOption<string>;

/** Makes options whose value is a number of one unit. */
const numberIn =
  (unit: NumberOption["unit"]) =>
  (value: number, min: number, max: number, section: string, description: string): NumberOption => ({
    type: "number",
    unit,
    default: value,
    min,
    max,
    section,
    description,
  });

export const ms: ReturnType<typeof numberIn> = numberIn("ms");
/** Milliseconds that follow other options unless they are given. */
export const msFollowing = (
  follows: string,
  min: number,
  max: number,
  section: string,
  description: string,
): FollowingOption => ({ ...ms(0, min, max, section, description), default: undefined, follows });
/** A whole number that there is none of unless it is given. */
export const countOrNone = (
  min: number,
  max: number,
  section: string,
  description: string,
): FollowingOption => ({
  ...numberIn("count")(0, min, max, section, description),
  default: undefined,
  follows: "none",
});
export const count: ReturnType<typeof numberIn> = numberIn("count");
export const bytes: ReturnType<typeof numberIn> = numberIn("bytes");
export const flag = (value: boolean, section: string, description: string): BooleanOption => ({
  type: "boolean",
  default: value,
  section,
  description,
});

export const graded = <N extends string>(
  value: boolean | N,
  names: readonly N[],
  section: string,
  description: string,
): GradedOption<N> => ({ type: "graded", names, default: value, section, description });

export const choice = <N extends string, F>(
  value: N,
  names: readonly N[],
  section: string,
  description: string,
): ChoiceOption<N, F> => ({ type: "choice", names, default: value, section, description });

export const name = <N extends string>(
  value: N,
  names: readonly N[],
  section: string,
  description: string,
): NameOption<N> => ({ type: "name", names, default: value, section, description });

export const formed = <V>(
  value: V,
  form: string,
  kept: (value: unknown) => V,
  section: string,
  description: string,
): FormedOption<V> => ({ type: "formed", default: value, form, kept, section, description });

export type ValueOf<S extends OptionSpec> = S extends FollowingOption
  ? number | undefined
  : S extends NumberOption
    ? number
    : S extends ChoiceOption<infer N, infer F>
      ? N | F
      : S extends NameOption<infer N>
        ? N
        : S extends GradedOption<infer N>
          ? boolean | N
          : S extends FormedOption<infer V>
            ? V
            : boolean;
export type Values<T extends Record<string, OptionSpec>> = { readonly [K in keyof T]: ValueOf<T[K]> };

const defaults = new WeakMap<Record<string, OptionSpec>, unknown>();

/** What a table says where nothing is given; the same object each time. */
function defaultsOf<T extends Record<string, OptionSpec>>(table: T): Values<T> {
  let values = defaults.get(table);
  if (values === undefined) {
    values = Object.freeze(
      Object.fromEntries(Object.entries(table).map(([name, spec]) => [name, spec.default])),
    );
    defaults.set(table, values);
  }
  return values as Values<T>;
}

/** @throws SctpError ERR_SCTP_INVALID_OPTION if an option is unknown, of the wrong type or out of range */
export function validated<T extends Record<string, OptionSpec>>(
  table: T,
  given: Partial<Values<T>>,
  base: Values<T> | undefined,
): Values<T> {
  const start = base ?? defaultsOf(table);
  let result: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue;
    const spec = Object.hasOwn(table, name) ? table[name] : undefined;
    if (spec === undefined) {
      const near = nearestName(name, Object.keys(table));
      const meant = near === undefined ? "" : `: it is called ${near}`;
      throw new SctpError(SctpErrorCode.InvalidOption, `there is no option "${name}"${meant}`);
    }
    result ??= { ...start };
    result[name] = spec.type === "formed" ? spec.kept(value) : checked(name, spec, value);
  }
  return result === undefined ? start : (Object.freeze(result) as Values<T>);
}

function checked(name: string, spec: Exclude<OptionSpec, FormedOption<unknown>>, value: unknown): unknown {
  if (spec.type === "choice" || spec.type === "name") {
    const isOwn = spec.type === "choice" && typeof value === "function";
    if (isOwn || spec.names.includes(value as string)) return value;
    const names = spec.names.map((each) => `"${each}"`).join(", ");
    const others = spec.type === "choice" ? " or a function" : "";
    throw new SctpError(
      SctpErrorCode.InvalidOption,
      `${name} must be one of ${names}${others}, not ${received(value)}`,
    );
  }
  if (spec.type === "graded") {
    if (typeof value === "boolean" || spec.names.includes(value as string)) return value;
    const names = spec.names.map((each) => `"${each}"`).join(", ");
    throw new SctpError(
      SctpErrorCode.InvalidOption,
      `${name} must be true, false or ${names}, not ${received(value)}`,
    );
  }
  if (typeof value !== spec.type) {
    throw new SctpError(
      SctpErrorCode.InvalidOption,
      `${name} must be a ${spec.type}, not ${received(value)}`,
    );
  }
  if (spec.type === "boolean") return value;
  const number = value as number;
  const wholeOnly = spec.unit !== "ms" && spec.unit !== "ratio";
  if (!(number >= spec.min && number <= spec.max) || (wholeOnly && !Number.isInteger(number))) {
    throw new SctpError(
      SctpErrorCode.InvalidOption,
      `${name} must be ${wholeOnly ? "a whole number" : "a number"} from ${spec.min} to ${spec.max} (${spec.unit}), not ${number}`,
    );
  }
  return value;
}
