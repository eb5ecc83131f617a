/**
 * What a user gave, against what a call takes: for every object of options of the public interface.
 * Owns: the kinds of values, refusing what is none, and refusing a name that does not exist with the one that was meant.
 * Does not own: which names a call takes (beside its options' interface), the numbers of the core's options
 * (option-spec.ts).
 */
import { SctpError, SctpErrorCode } from "./errors.ts";
import { nearestName } from "./nearest-name.ts";

/** What a value must be: `undefined` if it is so, otherwise the words for it, as in "a string". */
export type Kind = (value: unknown) => string | undefined;

/** What a call takes. */
export interface OptionNames<T extends object, But extends PropertyKey = never> {
  /** What the options are of, as in "there is no option x of connect()". */
  readonly of: string;
  /** The interface that describes them all. */
  readonly see: string;
  /** The call's own options. */
  readonly kinds: { readonly [K in Exclude<keyof T & string, But>]-?: Kind };
  /** Names that it used to have, or that others would give it, and which one was meant. */
  readonly meant?: Readonly<Record<string, keyof T & string>>;
  /** Names that others would give it and that are none here: why, and what to do; undefined: it changes nothing. */
  readonly foreign?: Readonly<Record<string, (value: unknown) => string | undefined>>;
  /** Names that are somebody else's to check. */
  readonly more?: readonly string[];
}

/** A value as a sentence says it: `must be a string, not 5`. */
export function received(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `"${value.length > 60 ? `${value.slice(0, 60)}...` : value}"`;
    case "function":
      return "a function";
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return "an array";
      return typeof value.constructor !== "function" || value.constructor === Object
        ? "an object"
        : `an instance of ${value.constructor.name}`;
    default:
      return String(value);
  }
}

const typed =
  (type: string, words: string): Kind =>
  (value) =>
    typeof value === type ? undefined : words;

export const isText: Kind = typed("string", "a string");
export const isNumeric: Kind = typed("number", "a number");
export const isFlag: Kind = typed("boolean", "true or false");
export const isFunction: Kind = typed("function", "a function");
export const isObject: Kind = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? undefined : "an object";
/** An object of the caller's own making that has these methods. */
export const hasMethods = (value: unknown, methods: readonly string[]): boolean => {
  if (typeof value !== "object" || value === null) return false;
  return methods.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
};
/** Whether it is a list of nothing else. */
export const hasOnly = (value: unknown, kind: Kind): boolean =>
  Array.isArray(value) && value.every((item) => kind(item) === undefined);
export const isTexts: Kind = (value) => (hasOnly(value, isText) ? undefined : "a list of strings");
export const isSignal: Kind = (value) =>
  typeof (value as { aborted?: unknown }).aborted === "boolean" &&
  typeof (value as { addEventListener?: unknown }).addEventListener === "function"
    ? undefined
    : "an AbortSignal";
/** For what another check looks at. */
export const isCheckedElsewhere: Kind = () => undefined;
export const isOneOf =
  (...all: readonly unknown[]): Kind =>
  (value) => {
    if (all.includes(value)) return undefined;
    const words = all.map(received);
    return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  };
export const isNumber =
  (min: number, max: number): Kind =>
  (value) =>
    typeof value === "number" && value >= min && value <= max ? undefined : `a number from ${min} to ${max}`;
export const isWhole =
  (min: number, max: number): Kind =>
  (value) =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `a whole number from ${min} to ${max}`;

/** @throws SctpError ERR_SCTP_INVALID_ARGUMENT that names the argument and what was received */
export function checkArgument(name: string, value: unknown, kind: Kind): void {
  const words = kind(value);
  if (words !== undefined)
    throw new SctpError(SctpErrorCode.InvalidArgument, `${name} must be ${words}, not ${received(value)}`);
}

/**
 * The options that were given. One that is undefined or null is as good as absent.
 * @throws SctpError ERR_SCTP_INVALID_ARGUMENT for options that are no object, ERR_SCTP_INVALID_OPTION for a name that does
 *   not exist, with the one that was meant, and for a value of the wrong kind
 */
export function checkOptions<T extends object, But extends PropertyKey = never>(
  options: T,
  taken: OptionNames<T, But>,
): T {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      `the options of ${taken.of} must be an object, not ${received(options)}`,
    );
  }
  const kinds: Readonly<Record<string, Kind>> = taken.kinds;
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null) continue;
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind !== undefined) {
      const words = kind(value);
      if (words !== undefined) throw refusal(`${name} must be ${words}, not ${received(value)}`);
    } else if (taken.more?.includes(name) !== true) {
      if (isForeign(name, value, taken)) continue;
      throw unknownName(name, taken);
    }
    given[name] = value;
  }
  return given as T;
}

/** Whether it is an option of another library's that changes nothing here. @throws SctpError if it would change something */
function isForeign<T extends object, B extends PropertyKey>(
  name: string,
  value: unknown,
  { of, foreign = {} }: OptionNames<T, B>,
): boolean {
  if (!Object.hasOwn(foreign, name)) return false;
  const instead = foreign[name]?.(value);
  if (instead === undefined) return true;
  throw refusal(`there is no option "${name}" of ${of}: ${instead}`);
}

function unknownName<T extends object, B extends PropertyKey>(
  name: string,
  { of, see, kinds, more = [], meant = {}, foreign = {} }: OptionNames<T, B>,
): SctpError {
  const known = [...Object.keys(kinds), ...more, ...Object.keys(foreign)];
  const better = Object.hasOwn(meant, name) ? meant[name] : nearestName(name, known);
  const isElsewhere = better !== undefined && Object.hasOwn(foreign, better);
  const instead = isElsewhere ? foreign[better]?.(undefined) : undefined;
  const advice =
    better === undefined
      ? `see ${see}`
      : instead === undefined
        ? `it is called ${better}`
        : `was ${better} meant? ${instead}`;
  return refusal(`there is no option "${name}" of ${of}: ${advice}`);
}

function refusal(sentence: string): SctpError {
  return new SctpError(SctpErrorCode.InvalidOption, sentence);
}
