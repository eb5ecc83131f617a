/**
 * A JSON document against a JSON Schema, as far as scenarios need one.
 * Owns: the part of JSON Schema (draft 2020-12) that is understood, complaints that name the field, filling in defaults and leaving
 * them out. Does not own: which documents there are (schema.ts).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { nearestName } from "../../base/nearest-name.ts";
import { received } from "../../base/option-check.ts";

interface Described {
  readonly title?: string;
  readonly description?: string;
  /** What stands for a field that is absent. */
  readonly default?: unknown;
}
export interface TextSchema extends Described {
  readonly type: "string";
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  /** With the flag `u`. */
  readonly pattern?: string;
}
export interface NumberSchema extends Described {
  readonly type: "number" | "integer";
  readonly minimum?: number;
  readonly maximum?: number;
}
export interface FlagSchema extends Described {
  readonly type: "boolean";
}
export interface ListSchema extends Described {
  readonly type: "array";
  readonly items: Schema;
  readonly minItems?: number;
  readonly maxItems: number;
}
export interface ObjectSchema extends Described {
  readonly type: "object";
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
  /** False, or what every other field is. */
  readonly additionalProperties: false | Schema;
}
/** One of several; objects among them are told apart by the constant of their field `do`. */
export interface ChoiceSchema extends Described {
  readonly anyOf: readonly Schema[];
}
export type Schema = TextSchema | NumberSchema | FlagSchema | ListSchema | ObjectSchema | ChoiceSchema;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The document with all of its defaults.
 * @throws SctpError ERR_SCTP_INVALID_ARGUMENT that names the field and what was expected
 */
export function filledDocument(schema: Schema, value: unknown, path: string): unknown {
  if ("anyOf" in schema) return filledDocument(chosen(schema, value, path), value, path);
  switch (schema.type) {
    case "string":
    case "number":
    case "integer":
    case "boolean":
      if (!isSimple(schema, value)) throw mismatch(path, schema, value);
      return value;
    case "array": {
      const { minItems = 0, maxItems, items } = schema;
      if (!Array.isArray(value) || value.length < minItems || value.length > maxItems)
        throw mismatch(path, schema, value);
      return value.map((item, i) => filledDocument(items, item, `${path}[${i}]`));
    }
    case "object":
      return filledObject(schema, value, path);
  }
}

/** The document without what would be filled in: `filledDocument` gives the same again. */
export function trimmedDocument(schema: Schema, value: unknown): unknown {
  if ("anyOf" in schema) return trimmedDocument(chosen(schema, value, "it"), value);
  if (schema.type === "array") return (value as unknown[]).map((item) => trimmedDocument(schema.items, item));
  if (schema.type !== "object") return value;
  const kept = Object.entries(value as Fields).filter(
    ([name, field]) => !isSame(field, schema.properties[name]?.default),
  );
  return Object.fromEntries(
    kept.map(([name, field]) => [name, trimmedDocument(fieldSchema(schema, name) as Schema, field)]),
  );
}

function filledObject(schema: ObjectSchema, value: unknown, path: string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw mismatch(path, schema, value);
  const fields = value as Fields;
  for (const name of Object.keys(fields)) {
    if (fieldSchema(schema, name) !== undefined) continue;
    const meant = nearestName(name, Object.keys(schema.properties));
    throw complaint(
      `there is no field "${name}" in ${path}${meant === undefined ? "" : `: it is called ${meant}`}`,
    );
  }
  const filled: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(schema.properties), ...Object.keys(fields)])) {
    const field = fieldSchema(schema, name) as Schema;
    const place = path === "the scenario" ? name : `${path}.${name}`;
    const given = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (given !== undefined) filled[name] = filledDocument(field, given, place);
    else if (schema.required.includes(name)) throw complaint(`${place} is missing: ${words(field)}`);
    else if (field.default !== undefined) filled[name] = field.default;
  }
  return filled;
}

/** Undefined where the object has no such field. A name that every object inherits is none. */
function fieldSchema({ properties, additionalProperties }: ObjectSchema, name: string): Schema | undefined {
  if (Object.hasOwn(properties, name)) return properties[name];
  return additionalProperties === false || name === "__proto__" ? undefined : additionalProperties;
}

/** The alternative that a value is meant to be. */
function chosen(schema: ChoiceSchema, value: unknown, path: string): Schema {
  const alternatives = schema.anyOf.filter((alternative) => isMeantFor(alternative, value));
  const [first] = alternatives;
  if (first === undefined) throw mismatch(path, schema, value);
  if (alternatives.length === 1) return first;
  const deeds = alternatives.map(deedOf);
  const asked = (value as Fields)["do"];
  const found = alternatives[deeds.indexOf(asked as string)];
  if (found !== undefined && typeof asked === "string") return found;
  const list = deeds.map((deed) => `"${deed}"`).join(", ");
  const meant = typeof asked === "string" ? nearestName(asked, deeds as string[]) : undefined;
  const advice = meant === undefined ? "" : `: was "${meant}" meant?`;
  throw complaint(`${path}.do must be one of ${list}, not ${received(asked)}${advice}`);
}

function deedOf(schema: Schema): string | undefined {
  if (!("type" in schema) || schema.type !== "object") return undefined;
  const { do: deed } = schema.properties;
  return deed !== undefined && "const" in deed ? deed.const : undefined;
}

function isMeantFor(schema: Schema, value: unknown): boolean {
  if ("anyOf" in schema) return schema.anyOf.some((alternative) => isMeantFor(alternative, value));
  if (schema.type === "array") return Array.isArray(value);
  if (schema.type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return schema.type === "integer" ? typeof value === "number" : typeof value === schema.type;
}

function isSimple(schema: TextSchema | NumberSchema | FlagSchema, value: unknown): boolean {
  if (schema.type === "boolean") return typeof value === "boolean";
  if (schema.type === "string") {
    if (typeof value !== "string") return false;
    const {
      const: constant,
      enum: names,
      minLength = 0,
      maxLength = Number.POSITIVE_INFINITY,
      pattern,
    } = schema;
    if (constant !== undefined && value !== constant) return false;
    if (names !== undefined && !names.includes(value)) return false;
    const { length } = [...value];
    return (
      length >= minLength &&
      length <= maxLength &&
      (pattern === undefined || new RegExp(pattern, "u").test(value))
    );
  }
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  if (schema.type === "integer" && !Number.isInteger(value)) return false;
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  return value >= minimum && value <= maximum;
}

/** What a schema wants, as the end of a sentence. */
function words(schema: Schema): string {
  if ("anyOf" in schema) {
    const deeds = schema.anyOf.map(deedOf);
    if (!deeds.includes(undefined)) return `an object that says what to do: ${deeds.join(", ")}`;
    return [...new Set(schema.anyOf.map(words))].join(", or ");
  }
  switch (schema.type) {
    case "boolean":
      return "true or false";
    case "string":
      return textWords(schema);
    case "array":
      return `a list of ${rangeWords(schema.minItems ?? 0, schema.maxItems)}`;
    case "object":
      return "an object";
    default:
      return numberWords(schema);
  }
}

function textWords({ enum: names, const: constant, pattern, maxLength }: TextSchema): string {
  if (constant !== undefined) return `"${constant}"`;
  if (names !== undefined) return `one of ${names.map((name) => `"${name}"`).join(", ")}`;
  const limit = maxLength === undefined ? "" : ` of ${maxLength} characters at most`;
  return `a string${limit}${pattern === undefined ? "" : `, like /${pattern}/`}`;
}

function numberWords({ type, minimum, maximum }: NumberSchema): string {
  const kind = type === "integer" ? "a whole number" : "a number";
  if (minimum !== undefined && maximum !== undefined) return `${kind} from ${minimum} to ${maximum}`;
  return minimum === undefined ? kind : `${kind} of ${minimum} or more`;
}

function rangeWords(least: number, most: number): string {
  return least === most ? `${least} items` : `${least} to ${most} items`;
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));
}

function mismatch(path: string, schema: Schema, value: unknown): SctpError {
  const what = Array.isArray(value) ? `a list of ${value.length}` : received(value);
  return complaint(`${path} must be ${words(schema)}, not ${what}`);
}

/** What is wrong with a document. */
export function complaint(sentence: string): SctpError {
  return new SctpError(SctpErrorCode.InvalidArgument, sentence);
}
