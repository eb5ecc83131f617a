/**
 * docs/scenario.schema.json, the JSON Schema of scenarios for editors.
 * Owns: the dialect, the name, the field by which a scenario names its schema. Does not own: the fields (src/sim/scenario/schema.ts).
 */
import { SCENARIO_SCHEMA } from "../src/sim/index.ts";

/** What the file is to hold. */
export function scenarioSchemaText(): string {
  const { properties, ...rest } = SCENARIO_SCHEMA;
  const named = { $schema: { type: "string", description: "Where this schema is." }, ...properties };
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A scenario of sctpkit",
    ...rest,
    properties: named,
  };
  return `${JSON.stringify(schema, undefined, 1)}\n`;
}
