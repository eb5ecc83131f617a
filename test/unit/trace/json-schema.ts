/**
 * Holds values to a JSON Schema.
 * Owns: the keywords that docs/sctp-qlog.schema.json uses; any other one is refused. Does not own: the schema.
 */

export interface Schema {
  readonly [keyword: string]: unknown;
}

const IGNORED = new Set(["$schema", "$id", "$defs", "title", "description"]);

/** @returns where and why `value` is not as `schema` says; undefined if it is */
export function faultOf(value: unknown, schema: Schema, root: Schema = schema, at = "$"): string | undefined {
  for (const [keyword, wanted] of Object.entries(schema)) {
    const fault = IGNORED.has(keyword) ? undefined : keywordFault(value, keyword, wanted, schema, root, at);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function keywordFault(
  value: unknown,
  keyword: string,
  wanted: unknown,
  schema: Schema,
  root: Schema,
  at: string,
): string | undefined {
  const unless = (isSo: boolean, what: string): string | undefined => (isSo ? undefined : `${at}: ${what}`);
  switch (keyword) {
    case "$ref": {
      const name = String(wanted).replace("#/$defs/", "");
      return faultOf(value, (root["$defs"] as Record<string, Schema>)[name] as Schema, root, at);
    }
    case "const":
      return unless(value === wanted, `not ${wanted}, but ${value}`);
    case "enum":
      return unless((wanted as unknown[]).includes(value), `${value} is none of ${wanted}`);
    case "type":
      return unless(
        [wanted].flat().some((type) => isOfType(value, type as string)),
        `no ${wanted}`,
      );
    case "minimum":
      return unless(typeof value !== "number" || value >= (wanted as number), `${value} < ${wanted}`);
    case "pattern":
      return unless(typeof value !== "string" || new RegExp(wanted as string).test(value), `not ${wanted}`);
    case "required":
      return unless(
        (wanted as string[]).every((name) => Object.hasOwn(value as object, name)),
        `${Object.keys(value as object)} lacks one of ${wanted}`,
      );
    case "properties":
      return objectFault(
        value as Record<string, unknown>,
        wanted as Record<string, Schema>,
        schema,
        root,
        at,
      );
    case "additionalProperties":
      if (schema["properties"] !== undefined) return undefined; // With the properties.
      return objectFault(value as Record<string, unknown>, {}, schema, root, at);
    case "items":
      return firstOf(value as unknown[], (item, i) => faultOf(item, wanted as Schema, root, `${at}[${i}]`));
    case "oneOf": {
      const faults = (wanted as Schema[]).map((one) => faultOf(value, one, root, at));
      const fitting = faults.filter((fault) => fault === undefined).length;
      // The one that is meant is the one that fails last: behind its name.
      const longest = faults.toSorted((a, b) => (b ?? "").length - (a ?? "").length)[0];
      return fitting === 1 ? undefined : `${at}: fits ${fitting} of ${faults.length}; nearest: ${longest}`;
    }
    default:
      throw new Error(`the keyword ${keyword} is not known here`);
  }
}

function objectFault(
  value: Record<string, unknown>,
  properties: Readonly<Record<string, Schema>>,
  { additionalProperties }: Schema,
  root: Schema,
  at: string,
): string | undefined {
  return firstOf(Object.entries(value), ([name, inner]) => {
    const schema = properties[name] ?? additionalProperties;
    if (schema === false) return `${at}: there is no field ${name}`;
    return typeof schema === "object" ? faultOf(inner, schema as Schema, root, `${at}.${name}`) : undefined;
  });
}

function firstOf<T>(
  items: readonly T[],
  faultIn: (item: T, i: number) => string | undefined,
): string | undefined {
  for (const [i, item] of items.entries()) {
    const fault = faultIn(item, i);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}
