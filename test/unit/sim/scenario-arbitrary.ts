/**
 * Scenarios at random, as a person might have written them.
 * Owns: fields that fit each other. Does not own: what each may be (the schema is asked).
 */
import fc from "fast-check";
import { SCENARIO_SCHEMA } from "../../../src/sim/index.ts";
import type { ObjectSchema, Schema } from "../../../src/sim/scenario/document-schema.ts";

const HOSTS = ["alice", "bob", "carol"];
const ADDRESSES = ["10.0.0.1", "2001:db8::2", "10.0.0.3"];
const NAT = "192.0.2.1";
const SPARE = "10.9.9.9";
const hostName = fc.constantFrom(...HOSTS);
const address = fc.constantFrom(...ADDRESSES);
const pair = fc.constantFrom([ADDRESSES[0], ADDRESSES[1]], [ADDRESSES[2], NAT]);

/** What a field is whose value must fit another one, by its name. */
const FITTING: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  host: hostName,
  peer: hostName,
  between: pair,
  address,
  delayMaxMs: fc.constant(86_400_000),
};

function arbitraryOf(
  schema: Schema,
  own: Readonly<Record<string, fc.Arbitrary<unknown>>> = {},
): fc.Arbitrary<unknown> {
  if ("anyOf" in schema) return fc.oneof(...schema.anyOf.map((each) => arbitraryOf(each, own)));
  switch (schema.type) {
    case "boolean":
      return fc.boolean();
    case "string":
      if (schema.const !== undefined) return fc.constant(schema.const);
      if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
      return fc.constantFrom("x", "zwölf 12", '"<&>"');
    case "integer":
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 9, 0xffff_ffff) });
    case "number":
      return fc
        .double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1, noNaN: true })
        .map((n) => n || 0);
    case "array":
      return fc.array(arbitraryOf(schema.items, own), { minLength: schema.minItems ?? 0, maxLength: 4 });
    case "object":
      return objectOf(schema, own);
  }
}

function objectOf(
  schema: ObjectSchema,
  own: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<unknown> {
  const fields = Object.entries(schema.properties).map(
    ([name, field]) => [name, own[name] ?? FITTING[name] ?? arbitraryOf(field)] as const,
  );
  return fc.record(Object.fromEntries(fields), { requiredKeys: [...schema.required] });
}

type Fields = Record<string, unknown>;

/** Of several that exclude each other the first that is there stays; the first of all if none is. */
function onlyOne(fields: Fields, names: readonly string[], otherwise: unknown): Fields {
  const kept = names.find((name) => fields[name] !== undefined);
  const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
  return { ...rest, [kept ?? (names[0] as string)]: kept === undefined ? otherwise : fields[kept] };
}

function alternativesOf(name: "faults" | "timeline"): readonly ObjectSchema[] {
  const list = SCENARIO_SCHEMA.properties[name] as { items?: Schema };
  return (list.items as { anyOf: readonly ObjectSchema[] }).anyOf;
}

const faults = fc.oneof(
  ...alternativesOf("faults").map((schema) =>
    objectOf(schema, { from: hostName, to: hostName }).map((fault) =>
      onlyOne(fault as Fields, ["chunk", "packet"], "SACK"),
    ),
  ),
);

const small = fc.integer({ min: 1, max: 50 });
const options = fc.record(
  {
    rtoMaxMs: fc.integer({ min: 2_000, max: 9_000 }),
    noDelay: fc.boolean(),
    streamScheduler: fc.constantFrom("fcfs", "wfq"),
    pathMtuDiscovery: fc.constantFrom(true, false, "auto"),
    authentication: fc.oneof(
      fc.boolean(),
      fc.record({ keys: fc.record({ 0: fc.constantFrom("", "0aff") }), activeKeyId: fc.constant(0) }),
    ),
  },
  { requiredKeys: [] },
);
const steps = fc.oneof(
  ...alternativesOf("timeline")
    .filter(({ properties }) => (properties["do"] as { const?: string }).const !== "move")
    .map((schema) => {
      const deed = (schema.properties["do"] as { const?: string }).const;
      const to = fc.oneof(hostName, fc.array(address, { minLength: 1, maxLength: 3 }));
      const own = {
        to,
        options,
        bytes: small,
        count: small,
        ...(deed === "add-address" ? { address: fc.constant(SPARE) } : {}),
      };
      return objectOf(schema, own).map((step) => {
        const fields = step as Fields;
        if (deed === "add-address") return { ...fields, host: "alice" };
        if (deed !== "send") return fields;
        const { reliability, ...rest } = onlyOne(fields, ["bytes", "text"], 5);
        if (reliability === undefined) return rest;
        const limit = onlyOne(reliability as Fields, ["lifetimeMs", "maxRetransmits", "priority"], 9);
        return { ...rest, reliability: limit };
      });
    }),
);

/** Documents that `readScenario` takes, with and without what has a default. */
export const scenarioDocuments: fc.Arbitrary<Fields> = fc
  .record({
    top: arbitraryOf({
      ...SCENARIO_SCHEMA,
      properties: only("name", "about", "seed", "durationMs"),
      required: [],
    }),
    hosts: fc.tuple(...HOSTS.map((_, i) => arbitraryOf(hostSchema(), hostFields(i)))),
    links: fc.array(
      arbitraryOf((SCENARIO_SCHEMA.properties["links"] as { items?: Schema }).items as Schema),
      { maxLength: 3 },
    ),
    nats: fc.constant([{ inner: ADDRESSES[0], outer: NAT }]),
    faults: fc.array(faults, { maxLength: 4 }),
    timeline: fc.array(steps, { maxLength: 12 }),
  })
  .map(({ top, ...lists }) => ({ ...(top as Fields), ...lists }));

function only(...names: readonly string[]): Readonly<Record<string, Schema>> {
  return Object.fromEntries(names.map((name) => [name, SCENARIO_SCHEMA.properties[name] as Schema]));
}

function hostSchema(): Schema {
  return (SCENARIO_SCHEMA.properties["hosts"] as { items?: Schema }).items as Schema;
}

function hostFields(i: number): Readonly<Record<string, fc.Arbitrary<unknown>>> {
  return {
    name: fc.constant(HOSTS[i]),
    addresses: fc.constant([ADDRESSES[i]]),
    options,
    stack: fc.record({ maxProbesPerSecond: fc.constant(5) }, { requiredKeys: [] }),
    numbersNearWrap: fc.constant(i === 1),
  };
}
