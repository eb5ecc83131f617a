/**
 * The check of what is given for an option.
 * Owns: that check against the option's row. Does not own: the rows (options-table.ts), ranges that depend on other
 * options (src/base/options.ts).
 */
import { received } from "../../base/option-check.ts";
import { canonicalAddress } from "../../platform/address.ts";
import { Fault } from "../terms/errno.ts";
import type { Field, Fields, OptionRow } from "./option-spec.ts";

/** @throws Fault EINVAL that says which field is wrong and what it must be */
export function checkInput(option: string, row: OptionRow, value: unknown): void {
  if ("value" in row) checkField(option, row.value, value);
  else checkStruct(option, row.fields, value);
}

/** @throws Fault EINVAL */
export function checkQuery(option: string, fields: Fields | undefined, query: unknown): void {
  if (fields === undefined) return;
  checkStruct(`the query of ${option}`, fields, query ?? {});
}

function checkStruct(what: string, fields: Fields, value: unknown): void {
  if (typeof value !== "object" || value === null)
    throw new Fault("EINVAL", `${what} takes an object, not ${received(value)}`);
  for (const [key, given] of Object.entries(value)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined) throw new Fault("EINVAL", `${what} has no field "${key}"`);
    // Fields that can only be read are ignored, so that what was read can be changed and set again.
    if (given !== undefined && field.use !== "read") checkField(`${what}: ${key}`, field, given);
  }
  for (const [key, field] of Object.entries(fields)) {
    const given = Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
    if (field.use === "must" && given === undefined) throw new Fault("EINVAL", `${what} needs ${key}`);
  }
}

function checkField(what: string, field: Field, value: unknown): void {
  const problem = problemOf(field, value);
  if (problem !== undefined) throw new Fault("EINVAL", `${what} must be ${problem}, not ${received(value)}`);
}

/** What the value should have been; undefined if it is right. */
function problemOf(field: Field, value: unknown): string | undefined {
  switch (field.kind) {
    case "number": {
      const { min, max, unit } = field;
      const isRight = typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
      return isRight ? undefined : `a whole number from ${min} to ${max}${unit === "" ? "" : ` (${unit})`}`;
    }
    case "boolean":
      return typeof value === "boolean" ? undefined : "true or false";
    case "address":
      return typeof value === "string" && canonicalAddress(value) !== undefined ? undefined : "an IP literal";
    case "bytes":
      return value instanceof Uint8Array ? undefined : "a Uint8Array";
    case "numbers":
      return Array.isArray(value) && value.every((item) => Number.isInteger(item) && item >= 0)
        ? undefined
        : "an array of whole numbers";
    case "name":
      return field.names.includes(value as string) ? undefined : `one of ${field.names.join(", ")}`;
    case "names":
      return Array.isArray(value) && value.every((item) => field.names.includes(item))
        ? undefined
        : `an array of some of ${field.names.join(", ")}`;
    case "nested":
      return undefined;
  }
}
